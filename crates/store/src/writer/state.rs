//! What the writer knows without asking the database. It can always be loaded again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use maitred_domain::business_day::business_date;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, CheckState, Marked};
use maitred_domain::day::DayFact;
use maitred_domain::decide::{Command, World};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, ItemId, StaffId, TableId};
use maitred_domain::stock::{Stock, StockFact};
use maitred_domain::table::TableState;
use maitred_sync::{
    AuthorId, Chain, Change, Draft, Header, Hlc, HlcClock, Observed, Origin, SubjectKey, Vector,
};
use rusqlite::Connection;

use super::batch::WriteError;
use super::pages::Pages;
use super::published::{Published, Small};
use crate::documents::{self, DocId, Kind};
use crate::projections::DayChanges;
use crate::store::Mint;
use crate::{ReadError, books, journal, personal, projections};

/// Finished documents that may wait to be saved compact: those of a busy hour in which nobody ever paused. Until then each
/// is longer on disk than it need be, and here it is an id.
const UNTIDY_MAX: usize = 4096;

/// How many are saved compact in one transaction: somebody may come and wait for it.
const TIDY_MAX: usize = 4;

/// An alarm or a call that is older than so many days before the last close is forgotten by whoever starts: nobody
/// answered it, and a probe that is still too warm says so again.
const GOING_ON_DAYS: i64 = 7;

/// The writer's memory.
pub struct State {
    origin: Origin,
    origin_number: i64,
    chain: Chain,
    /// The last entry that arrived.
    head: u64,
    /// Entries of others since the last of its own: what the next builds on.
    news: Vector,
    clock: HlcClock,
    number_prefix: String,
    numbers: Option<(Date, u32)>,
    /// Documents.
    pub pages: Pages,
    checks: HashMap<CheckId, Arc<Check>>,
    /// Checks that were looked at and are not open.
    finished: Vec<CheckId>,
    /// Checks that are not open, and whose documents were not saved compact since.
    untidy: BTreeSet<CheckId>,
    catalogue: Arc<Catalogue>,
    small: Small,
    /// What this transaction adds to figures of days, and has not written yet.
    days: DayChanges,
    mint: Mint,
    /// The log of the database may hold a key that was destroyed.
    pub is_log_to_empty: bool,
    /// How far entries that were put aside long ago were tried to be said again.
    pub unsaid_tried: i64,
}

impl State {
    /// Loads it.
    pub fn load(
        connection: &Connection,
        origin: Origin,
        number_prefix: &str,
        mint: &Mint,
    ) -> Result<Self, WriteError> {
        let origin_number = journal::origin_number(connection, origin)?;
        let tip = journal::tip(connection, origin_number)?;
        let mut state = Self {
            origin,
            origin_number,
            chain: Chain::resume(origin, tip),
            head: journal::head(connection)?,
            news: journal::others_since_last(connection, origin_number)?,
            clock: HlcClock::resume(Hlc::from_bits(journal::latest_hlc(connection)?)),
            number_prefix: number_prefix.to_owned(),
            numbers: None,
            pages: Pages::of(origin),
            checks: HashMap::new(),
            finished: Vec::new(),
            untidy: BTreeSet::new(),
            catalogue: Arc::default(),
            small: Small { last_closed: projections::last_closed(connection)?, ..Small::default() },
            days: DayChanges::new(),
            mint: Arc::clone(mint),
            is_log_to_empty: personal::is_any_erased(connection)?,
            unsaid_tried: 0,
        };
        state.load_catalogue(connection)?;
        state.load_small(connection)?;
        for id in projections::open_checks(connection)? {
            state.check(connection, id)?;
        }
        Ok(state)
    }

    fn load_catalogue(&mut self, connection: &Connection) -> Result<(), WriteError> {
        let mut catalogue = Catalogue::default();
        for kind in Kind::SHARED {
            let doc = kind.shared_document();
            if let Some(document) = journal::load(connection, &doc, self.origin)? {
                documents::catalogue::read(connection, kind, &document, &mut catalogue)?;
            }
        }
        self.keep_catalogue(connection, catalogue)
    }

    /// Keeps a catalogue as the one that is, without the names of people who are erased.
    fn keep_catalogue(
        &mut self,
        connection: &Connection,
        mut catalogue: Catalogue,
    ) -> Result<(), WriteError> {
        self.is_log_to_empty |= personal::erase(connection, &mut catalogue)?;
        self.catalogue = Arc::new(catalogue);
        Ok(())
    }

    /// Takes the keys of personal data that another replica knows; true when the catalogue is another with them.
    pub fn learn(&mut self, connection: &Connection, keys: &[SubjectKey]) -> Result<bool, WriteError> {
        let learnt = personal::learn(connection, keys)?;
        self.is_log_to_empty |= learnt.is_erased;
        Ok(learnt.is_new)
    }

    /// Facts as they are written down: what says who somebody is, sealed.
    pub fn seal(
        &self,
        connection: &Connection,
        facts: &[Marked<Fact>],
    ) -> Result<Vec<Marked<Fact>>, WriteError> {
        Ok(personal::seal(connection, &self.mint, facts)?)
    }

    fn load_small(&mut self, connection: &Connection) -> Result<(), WriteError> {
        let mut left = BTreeMap::new();
        for table in self.catalogue.tables.keys() {
            left.extend(projections::table_left(connection, *table, u64::MAX)?.map(|at| (*table, at)));
        }
        self.small.tables = Arc::new(projections::small::tables(connection)?);
        self.small.stock = Arc::new(projections::small::stock(connection)?);
        self.small.left = Arc::new(left);
        let since = self.small.last_closed.unwrap_or(Date::MIN);
        let since = since.saturating_sub(jiff::Span::new().days(GOING_ON_DAYS));
        self.small.going_on = Arc::new(projections::device_log::going_on(connection, since)?);
        Ok(())
    }

    /// What everybody may look at.
    pub fn published(&self) -> Published {
        let open = self.checks.iter().filter(|(_, check)| check.state() == CheckState::Open);
        Published {
            catalogue: Arc::clone(&self.catalogue),
            open: open.map(|(id, check)| (*id, Arc::clone(check))).collect(),
            small: self.small.clone(),
        }
    }

    /// The last entry that arrived, its own or another's.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// This database's lineage.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What check numbers start with.
    pub fn number_prefix(&self) -> &str {
        &self.number_prefix
    }

    /// Settings, floor, menu, staff.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// Tables, stock, days.
    pub fn small(&self) -> Small {
        self.small.clone()
    }

    /// The next instant.
    pub fn tick(&mut self, now: Timestamp) -> Hlc {
        self.clock.tick(u64::try_from(now.as_millisecond()).unwrap_or_default())
    }

    /// The open trading day: the calendar's, unless that one is closed already.
    pub fn business_date(&self, now: Timestamp) -> Date {
        open_date(&self.catalogue, self.small.last_closed, now)
    }

    /// A check, if it is in memory.
    pub fn cached_check(&self, id: CheckId) -> Option<&Check> {
        self.checks.get(&id).map(AsRef::as_ref)
    }

    /// A check, loaded if need be; `None` when there is no such check.
    pub fn check(&mut self, connection: &Connection, id: CheckId) -> Result<Option<Arc<Check>>, WriteError> {
        if let Some(check) = self.checks.get(&id) {
            return Ok(Some(Arc::clone(check)));
        }
        let Some(document) = journal::load(connection, &documents::of_check(id), self.origin)? else {
            return Ok(None);
        };
        let check = Arc::new(documents::check::read(id, &document)?);
        self.keep(Arc::clone(&check));
        Ok(Some(check))
    }

    /// Keeps a check as it is now, and returns it as it was.
    pub fn put_check(&mut self, check: Arc<Check>) -> Option<Arc<Check>> {
        if let (Some((date, given)), None) = (&mut self.numbers, self.checks.get(&check.id))
            && *date == check.business_date
        {
            *given += 1;
        }
        self.keep(check)
    }

    /// Writes what is different about a check, and when its tables were left if it is not open, or was not.
    pub fn project(
        &mut self,
        connection: &Connection,
        before: Option<&Check>,
        after: &Check,
    ) -> Result<(), WriteError> {
        projections::check_changed(connection, before, after, &mut self.days)?;
        let both = || before.into_iter().chain([after]);
        if both().all(|check| check.state() == CheckState::Open) {
            return Ok(());
        }
        for table in both().flat_map(Check::tables) {
            let left = Arc::make_mut(&mut self.small.left);
            left.remove(&table);
            left.extend(projections::table_left(connection, table, u64::MAX)?.map(|at| (table, at)));
        }
        Ok(())
    }

    /// Writes what checks added to figures of days: once, however many did.
    pub fn write_days(&mut self, connection: &Connection) -> Result<(), WriteError> {
        Ok(projections::add_to_days(connection, std::mem::take(&mut self.days))?)
    }

    /// Notes an entry of another journal: what is written next comes after it.
    pub fn arrived(&mut self, now: Timestamp, header: &Header, n: u64) {
        self.head = n;
        self.news.advance(header.origin, header.seq);
        self.heard_of(now, header.origin, header.hlc);
    }

    /// Follows another replica's clock: what is written next is above what was heard of.
    pub fn heard_of(&mut self, now: Timestamp, origin: Origin, hlc: Hlc) {
        let now_ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
        match self.clock.observe(hlc, now_ms) {
            Observed::InStep => {}
            Observed::FarAhead { ahead_millis } => {
                tracing::warn!(%origin, ahead_millis, "another hub's clock is far ahead");
            }
            Observed::Refused => tracing::warn!(%origin, "another hub's clock is no clock"),
        }
    }

    /// Keeps what is known of a table.
    pub fn put_table(
        &mut self,
        connection: &Connection,
        id: TableId,
        state: TableState,
    ) -> Result<(), WriteError> {
        projections::small::table_marked(connection, id, state)?;
        Arc::make_mut(&mut self.small.tables).insert(id, state);
        Ok(())
    }

    /// Keeps what is known of an item's availability.
    pub fn put_stock(&mut self, connection: &Connection, id: ItemId, stock: Stock) -> Result<(), WriteError> {
        projections::small::stock_changed(connection, id, stock)?;
        Arc::make_mut(&mut self.small.stock).insert(id, stock);
        Ok(())
    }

    /// Keeps what is known of a trading day.
    pub fn put_day(
        &mut self,
        connection: &Connection,
        facts: &[Marked<(Date, DayFact)>],
    ) -> Result<(), WriteError> {
        projections::day_again(connection, facts)?;
        self.small.last_closed = projections::last_closed(connection)?;
        Ok(())
    }

    /// Keeps what the log in `doc` says by now.
    pub fn put_log(&mut self, connection: &Connection, doc: &DocId) -> Result<(), WriteError> {
        let Some((log, facts)) = documents::device_log::read(self.pages.document(connection, doc)?)? else {
            return Ok(());
        };
        projections::device_log::write(connection, log, &facts)?;
        Arc::make_mut(&mut self.small.going_on).put(log, &facts);
        Ok(())
    }

    /// Reads the catalogue again from its documents.
    pub fn read_catalogue_again(&mut self, connection: &Connection) -> Result<Arc<Catalogue>, WriteError> {
        let before = Arc::clone(&self.catalogue);
        self.load_catalogue(connection)?;
        projections::menu_changed(connection, &before, &self.catalogue)?;
        Ok(Arc::clone(&self.catalogue))
    }

    /// Notes that nothing more is likely to happen to a check that is not open: its document is to be saved compact
    /// while nobody waits.
    pub fn note_finished(&mut self, check: &Check) {
        if check.state() != CheckState::Open {
            self.untidy.insert(check.id);
        }
    }

    /// Whether there are finished documents that were not saved compact.
    pub fn is_untidy(&self) -> bool {
        !self.untidy.is_empty()
    }

    /// Whether there are so many that somebody may wait for it.
    pub fn is_cluttered(&self) -> bool {
        self.untidy.len() > UNTIDY_MAX
    }

    /// Saves some finished documents compact. One that is forgotten because the process dies is only longer.
    pub fn tidy(&mut self, connection: &Connection) -> Result<(), WriteError> {
        for _ in 0..TIDY_MAX {
            let Some(id) = self.untidy.pop_first() else { break };
            // One that was opened again has time.
            if self.checks.get(&id).is_none_or(|check| check.state() != CheckState::Open) {
                let doc = documents::of_check(id);
                self.pages.page(connection, &doc)?;
                self.pages.compact(connection, &doc)?;
                self.pages.drop(&doc);
            }
        }
        Ok(())
    }

    /// Appends an entry to this database's own journal, and returns its place in the order of arrival, and
    /// there.
    pub fn append(
        &mut self,
        connection: &Connection,
        hlc: Hlc,
        by: StaffId,
        facts: Vec<Vec<u8>>,
        changes: Vec<Change>,
    ) -> Result<(u64, u64), WriteError> {
        let author = AuthorId::from(by.0.into_bytes());
        let after = std::mem::take(&mut self.news);
        let entry = self.chain.next(Draft { after, hlc, author, facts, changes })?;
        let tip = self.chain.tip();
        self.head = journal::append(connection, self.origin_number, entry.header(), tip.hash, entry.facts())?;
        for (place, Change { doc, kind, bytes }) in entry.changes().iter().enumerate() {
            self.pages.changed(connection, (self.head, place), (doc, kind), bytes)?;
        }
        Ok((self.head, tip.seq))
    }

    /// Everything `command` looks at.
    pub fn world(
        &mut self,
        connection: &Connection,
        now: Timestamp,
        command: &Command,
    ) -> Result<World, WriteError> {
        let mut checks = BTreeMap::new();
        let mut wanted = command.checks();
        while let Some(id) = wanted.pop() {
            if checks.contains_key(&id) {
                continue;
            }
            if let Some(check) = self.check(connection, id)? {
                let homes = check.lines.values().filter_map(|line| line.line.moved_from);
                wanted.extend(homes.map(|home| home.check));
                checks.insert(id, check);
            }
        }
        let items = command.items();
        let counted = checks.values().flat_map(|check| check.lines.values()).map(|line| line.line.item);
        let stock: BTreeMap<ItemId, Stock> = items
            .into_iter()
            .chain(counted)
            .filter_map(|item| self.small.stock.get(&item).map(|stock| (item, *stock)))
            .collect();
        let books = match command {
            Command::CloseDay { date, .. } => {
                self.write_days(connection)?;
                books::to_close(connection, *date, open_date(&self.catalogue, None, now))?
            }
            _ => None,
        };
        let log = match command.log() {
            Some(log) => projections::device_log::read(connection, log)?,
            None => Vec::new(),
        };
        Ok(World {
            catalogue: Arc::clone(&self.catalogue),
            checks,
            stock,
            number_prefix: self.number_prefix.clone(),
            numbers_given: self.numbers_given(connection, now)?,
            books,
            last_closed: self.small.last_closed,
            going_on: Arc::clone(&self.small.going_on),
            log,
        })
    }

    fn numbers_given(&mut self, connection: &Connection, now: Timestamp) -> Result<u32, WriteError> {
        let today = self.business_date(now);
        match self.numbers {
            Some((date, given)) if date == today => Ok(given),
            Some(_) | None => {
                let given = projections::checks_opened(connection, today)?;
                self.numbers = Some((today, given));
                Ok(given)
            }
        }
    }

    /// Applies facts that are not about checks. True when the catalogue is another now.
    pub fn apply_others(
        &mut self,
        connection: &Connection,
        facts: &[Marked<Fact>],
    ) -> Result<bool, WriteError> {
        let mut edited: Option<Catalogue> = None;
        let logs = facts.iter().filter_map(|fact| match &fact.fact {
            Fact::Device { log, .. } => Some(documents::of_log(*log)),
            _ => None,
        });
        for doc in logs.collect::<BTreeSet<DocId>>() {
            self.put_log(connection, &doc)?;
        }
        for fact in facts {
            match &fact.fact {
                Fact::Check { .. } | Fact::Device { .. } => {}
                Fact::Table { id, mark, .. } => {
                    self.put_table(connection, *id, TableState { marked: Some((fact.mark, *mark)) })?;
                }
                Fact::Stock { id, fact } => self.apply_stock(connection, *id, fact)?,
                Fact::Day { id, fact: day } => self.apply_day(connection, *id, fact, day)?,
                Fact::Entity { change } => {
                    let catalogue = edited.get_or_insert_with(|| Catalogue::clone(&self.catalogue));
                    catalogue
                        .change(change)
                        .map_err(|e| ReadError::Damaged(format!("a change that was decided: {e}")))?;
                }
            }
        }
        let Some(catalogue) = edited else { return Ok(false) };
        projections::menu_changed(connection, &self.catalogue, &catalogue)?;
        self.keep_catalogue(connection, catalogue)?;
        Ok(true)
    }

    fn apply_stock(
        &mut self,
        connection: &Connection,
        id: ItemId,
        fact: &StockFact,
    ) -> Result<(), WriteError> {
        let mut stock = self.small.stock.get(&id).copied().unwrap_or_default();
        match fact {
            StockFact::AvailabilitySet { count, available, remaining } => {
                stock = Stock { count: Some(*count), available: *available, remaining: *remaining };
            }
            StockFact::StockTaken { count, quantity, .. } if stock.count == Some(*count) => {
                stock.remaining = stock.remaining.map(|remaining| remaining - quantity);
            }
            StockFact::StockTaken { .. } => {}
        }
        self.put_stock(connection, id, stock)
    }

    fn apply_day(
        &mut self,
        connection: &Connection,
        date: Date,
        marked: &Marked<Fact>,
        fact: &DayFact,
    ) -> Result<(), WriteError> {
        projections::day_changed(connection, date, marked.mark, fact)?;
        if matches!(fact, DayFact::DayClosed { .. }) {
            self.small.last_closed = self.small.last_closed.max(Some(date));
        }
        Ok(())
    }

    /// Drops what is not likely to be needed again.
    pub fn forget_finished(&mut self) {
        for id in std::mem::take(&mut self.finished) {
            if self.checks.get(&id).is_some_and(|check| check.state() != CheckState::Open) {
                self.checks.remove(&id);
                // One that is to be saved compact soon would have to be loaded for it.
                if !self.untidy.contains(&id) {
                    self.pages.drop(&documents::of_check(id));
                }
            }
        }
        // What is to be saved compact is wanted once more, and nobody waits for that.
        self.pages.forget_beyond_most(self.untidy.iter().map(|id| documents::of_check(*id)));
    }

    /// Keeps a check in memory: for good when it is open, else until this transaction is over.
    fn keep(&mut self, check: Arc<Check>) -> Option<Arc<Check>> {
        if check.state() != CheckState::Open {
            self.finished.push(check.id);
        }
        self.checks.insert(check.id, check)
    }
}

/// The calendar's trading day, or the one after the last that was closed, whichever is later.
pub fn open_date(catalogue: &Catalogue, last_closed: Option<Date>, now: Timestamp) -> Date {
    let venue = &catalogue.venue;
    let today = business_date(now, &venue.zone(), venue.day_starts_at_hour);
    let next = last_closed.and_then(|date| date.tomorrow().ok());
    next.map_or(today, |next| next.max(today))
}
