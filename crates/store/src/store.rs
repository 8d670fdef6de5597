//! The store as its users see it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{Timestamp, civil::Date};
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, Marked};
use maitred_domain::decide::Answer;
use maitred_domain::device_log::{DeviceFact, DeviceLog, GoingOn};
use maitred_domain::ids::{CheckId, ItemId, StationId, TableId, TicketId};
use maitred_domain::stock::Stock;
use maitred_domain::table::TableStatus;
use maitred_sync::Hlc;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{oneshot, watch};
use tokio::task::block_in_place;

use crate::readers::Readers;
use crate::search::QUERY_CHARS_MAX;
use crate::sqlite::Database;
use crate::writer::{Shared, State, Submission, Turns, Writer, find_key};
use crate::{
    AuditFilter, AuditPage, CheckFilter, CommandError, Committed, DayBooks, Health, OpenError, ReadError,
    Reply, Request, Session, SyncState, books, journal, lineage, past, projections, seed,
};

/// Tells the time; a label, never an order.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Makes 128 random bits, for a new origin.
pub type Mint = Arc<dyn Fn() -> [u8; 16] + Send + Sync>;

/// How hard a commit is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Acknowledged is on disk.
    #[default]
    Full,
    /// For proving that a test would notice: an acknowledged command can be lost with the power.
    Normal,
}

/// How to open a store.
#[derive(Clone)]
pub struct Options {
    /// The folder of the database.
    pub data: PathBuf,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub mint: Mint,
    /// What check numbers start with.
    pub number_prefix: String,
    /// How hard a commit is.
    pub durability: Durability,
    /// A SQLite VFS other than the default one.
    pub vfs: Option<String>,
}

/// The store. Cheap to clone; the last clone to go stops the writer.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub writer: Writer,
    pub shared: Arc<Shared>,
    pub readers: Readers,
    pub clock: Clock,
    pub sessions: Mutex<HashMap<[u8; 32], Session>>,
    pub realm: [u8; 16],
    /// Counts changes to sessions and lock-outs.
    pub people: watch::Sender<u64>,
}

impl Store {
    /// Opens (or makes) the database of `options.data`. When it is new, `seed` is its catalogue.
    ///
    /// # Errors
    /// [`OpenError`] when the folder cannot be used, or what is in it is damaged.
    pub fn open(options: &Options, seed: impl FnOnce() -> Catalogue) -> Result<Self, OpenError> {
        let (store, turns) = Self::open_by_hand(options, seed)?;
        store.inner.writer.start(turns)?;
        Ok(store)
    }

    /// The same without a thread that writes: nothing happens to what is sent until the caller takes a turn. For those
    /// who want everything to happen in one order.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_by_hand(
        options: &Options,
        seed: impl FnOnce() -> Catalogue,
    ) -> Result<(Self, Turns), OpenError> {
        // What another VFS writes to is not this folder's disk.
        let is_on_disk = options.vfs.is_none();
        if is_on_disk {
            std::fs::create_dir_all(&options.data)?;
        }
        let database = Database::of(&options.data, options.vfs.clone());
        let mut connection = database.writer(options.durability)?;
        let origin = lineage::origin(&connection, &options.mint)?;
        let realm = lineage::realm(&connection, &*options.mint)?;
        projections::fill(&mut connection, origin)
            .map_err(|error| damaged(crate::writer::WriteError::from(error)))?;
        let mut state =
            State::load(&connection, origin, &options.number_prefix, &options.mint).map_err(damaged)?;
        seed::sow(&connection, &mut state, (options.clock)(), seed).map_err(damaged)?;
        let shared = Arc::new(Shared::new(&state));
        if is_on_disk {
            database.reserve().fill();
        }
        let (writer, turns) = Writer::idle(options, &shared, state, connection);
        let inner = Inner {
            writer,
            shared,
            readers: Readers::new(database),
            clock: Arc::clone(&options.clock),
            sessions: Mutex::default(),
            realm,
            people: watch::Sender::new(0),
        };
        Ok((Self { inner: Arc::new(inner) }, turns))
    }

    /// Whether a data folder holds a database.
    pub fn is_in(data: &Path) -> bool {
        Database::of(data, None).file.exists()
    }

    /// Calls `observer` for each entry, in commit order, after its commit, on the thread that wrote it: it must not block.
    pub fn observe(&self, observer: impl Fn(&Arc<Committed>) + Send + Sync + 'static) {
        self.inner.shared.observe(Box::new(observer));
    }

    /// Does `request`, and returns when it is durable. A command whose future is dropped still happens. When nobody else
    /// is writing it is written on this thread, if that belongs to a runtime with several.
    ///
    /// # Errors
    /// [`CommandError`]; after all but [`CommandError::Stopped`] nothing has happened.
    pub async fn command(&self, request: Request) -> Result<Reply, CommandError> {
        let (submission, receiver) = submission(request);
        match Handle::try_current().map(|handle| handle.runtime_flavor()) {
            // Other tasks of this thread go on elsewhere meanwhile.
            Ok(RuntimeFlavor::MultiThread) => {
                block_in_place(|| self.inner.writer.submit_or_write(submission));
            }
            _ => self.inner.writer.submit(submission),
        }
        receiver.await.unwrap_or(Err(CommandError::Stopped))
    }

    /// The same for those who have no runtime.
    ///
    /// # Errors
    /// As [`command`](Self::command).
    pub fn command_blocking(&self, request: Request) -> Result<Reply, CommandError> {
        let (submission, receiver) = submission(request);
        self.inner.writer.submit_or_write(submission);
        receiver.blocking_recv().unwrap_or(Err(CommandError::Stopped))
    }

    /// What the command under `key` was answered, here or where it was done; `None` when nothing is known of it.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn answer_to(&self, key: &str) -> Result<Option<Answer>, ReadError> {
        self.inner.readers.read(|connection| Ok(find_key(connection, key)?.map(|(_, _, answer)| answer)))
    }

    /// Stops the writer when everything accepted is committed. Commands after that get [`CommandError::Stopped`].
    pub fn shut_down(&self) {
        self.inner.writer.stop();
    }

    /// Whether the writer has ended: of its own accord when the fate of a commit is unknown.
    pub fn is_stopped(&self) -> bool {
        self.inner.shared.is_stopped()
    }

    /// Whether it can write.
    pub fn health(&self) -> Health {
        self.inner.shared.health()
    }

    /// The last committed entry, in the order of arrival.
    pub fn head(&self) -> u64 {
        self.inner.shared.head()
    }

    /// Origin and vector.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn sync_state(&self) -> Result<SyncState, ReadError> {
        let origins = self.inner.readers.read(journal::origins)?;
        let known = origins.into_iter().filter(|(_, _, seq)| *seq > 0);
        let vector = known.map(|(_, origin, seq)| (origin.to_string(), seq)).collect();
        Ok(SyncState { origin: self.origin().to_string(), vector })
    }

    /// Settings, floor, menu, staff, as they are now.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.inner.shared.now().catalogue)
    }

    /// Changes when names became readable, or unreadable, because another replica told keys, and not with an entry.
    pub fn names_news(&self) -> watch::Receiver<u64> {
        self.inner.shared.names_news()
    }

    /// The open trading day.
    pub fn business_date(&self) -> Date {
        let now = self.inner.shared.now();
        crate::writer::open_date(&now.catalogue, now.small.last_closed, (self.inner.clock)())
    }

    /// One check.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn check(&self, id: CheckId) -> Result<Option<Arc<Check>>, ReadError> {
        if let Some(check) = self.inner.shared.now().open.get(&id) {
            return Ok(Some(Arc::clone(check)));
        }
        let check = self.inner.readers.read(|connection| past::check(connection, id, self.origin()))?;
        Ok(check.map(Arc::new))
    }

    /// One check as it was.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn check_at(&self, id: CheckId, at: Timestamp) -> Result<Option<Check>, ReadError> {
        self.inner.readers.read(|connection| past::check_at(connection, id, at, self.origin()))
    }

    /// Every open check, oldest first.
    pub fn open_checks(&self) -> Vec<Arc<Check>> {
        let mut checks: Vec<Arc<Check>> = self.inner.shared.now().open.values().map(Arc::clone).collect();
        checks.sort_by_key(|check| (check.opened, check.id));
        checks
    }

    /// Checks, newest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn checks(&self, filter: &CheckFilter, limit: usize) -> Result<Vec<Arc<Check>>, ReadError> {
        let ids =
            self.inner.readers.read(|connection| projections::find_checks(connection, filter, limit))?;
        let checks = ids.into_iter().map(|id| self.check(id));
        checks.filter_map(Result::transpose).collect()
    }

    /// The check of a ticket.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn check_of_ticket(&self, ticket: TicketId) -> Result<Option<CheckId>, ReadError> {
        self.inner.readers.read(|connection| projections::check_of_ticket(connection, ticket))
    }

    /// Checks that the kitchen may have on its screens, in the order they were opened: open ones, and those that were paid
    /// or merged before their food was made, as long as it was fired after `since`.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn kitchen_checks(&self, since: Timestamp) -> Result<Vec<Arc<Check>>, ReadError> {
        let since = u64::try_from(since.as_millisecond()).unwrap_or_default() << 16;
        let finished =
            self.inner.readers.read(|connection| projections::checks_to_be_made(connection, since))?;
        let mut checks = self.open_checks();
        for id in finished {
            // One that was opened again meanwhile is there already.
            if !checks.iter().any(|check| check.id == id) {
                checks.extend(self.check(id)?);
            }
        }
        checks.sort_by_key(|check| check.opened);
        Ok(checks)
    }

    /// Tickets cleared last, newest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn bumped_tickets(
        &self,
        station: Option<StationId>,
        limit: usize,
    ) -> Result<Vec<(TicketId, CheckId)>, ReadError> {
        self.inner.readers.read(|connection| projections::bumped_tickets(connection, station, limit))
    }

    /// What each table is now.
    pub fn tables(&self) -> BTreeMap<TableId, TableStatus> {
        let now = self.inner.shared.now();
        let seated: BTreeSet<TableId> = now.open.values().flat_map(|check| check.tables()).collect();
        let status = |id: &TableId| {
            let state = now.small.tables.get(id).copied().unwrap_or_default();
            state.status(seated.contains(id), now.small.left.get(id).copied())
        };
        now.catalogue.tables.keys().map(|id| (*id, status(id))).collect()
    }

    /// What each table was, and the checks that were open.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn floor_at(&self, at: Timestamp) -> Result<(BTreeMap<TableId, TableStatus>, Vec<Check>), ReadError> {
        let catalogue = self.catalogue();
        self.inner.readers.read(|connection| past::floor_at(connection, at, &catalogue, self.origin()))
    }

    /// Availability of every item that somebody set.
    pub fn stock(&self) -> Arc<BTreeMap<ItemId, Stock>> {
        Arc::clone(&self.inner.shared.now().small.stock)
    }

    /// Alarms that stand, calls nobody answered, pagers that are out.
    pub fn going_on(&self) -> Arc<GoingOn> {
        Arc::clone(&self.inner.shared.now().small.going_on)
    }

    /// What a log of devices says, oldest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn device_log(&self, log: DeviceLog) -> Result<Vec<Marked<DeviceFact>>, ReadError> {
        self.inner.readers.read(|connection| projections::device_log::read(connection, log))
    }

    /// Items that match, best first: accents and Arabic letter forms do not matter, the last word may be half typed.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn search_menu(&self, text: &str, limit: usize) -> Result<Vec<ItemId>, ReadError> {
        let text: String = text.chars().take(QUERY_CHARS_MAX).collect();
        self.inner.readers.read(|connection| projections::search(connection, &text, limit))
    }

    /// Books of a day; without a date of the day that a close would close.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn day(&self, date: Option<Date>) -> Result<DayBooks, ReadError> {
        let today = self.business_date();
        self.inner.readers.read(|connection| books::of_day(connection, date, today))
    }

    /// Who did what.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn audit(&self, filter: &AuditFilter, limit: usize) -> Result<AuditPage, ReadError> {
        self.inner.readers.read(|connection| past::audit(connection, filter, limit))
    }

    /// Entries that arrived after `seq`, in order.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn entries_after(&self, seq: u64, limit: usize) -> Result<Vec<Committed>, ReadError> {
        self.inner.readers.read(|connection| past::entries_after(connection, seq, limit))
    }

    /// The latest instant of any journal: the clock of this box may have fallen behind it.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn latest_instant(&self) -> Result<Timestamp, ReadError> {
        self.inner.readers.read(|connection| {
            let millis = Hlc::from_bits(crate::journal::latest_hlc(connection)?).millis();
            let millis = i64::try_from(millis).unwrap_or(i64::MAX);
            Ok(Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX))
        })
    }

    /// The session of a token; `None` when unknown or expired at `now`.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn session(&self, token_hash: &[u8; 32], now: Timestamp) -> Result<Option<Session>, ReadError> {
        let known = self.sessions().get(token_hash).cloned();
        let session = match known {
            Some(session) => Some(session),
            None => {
                self.inner.readers.read(|connection| crate::people::rows::session(connection, token_hash))?
            }
        };
        if let Some(session) = &session {
            self.sessions().insert(*token_hash, session.clone());
        }
        Ok(session.filter(|session| now < session.expires_at))
    }

    pub(crate) fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.inner.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Answered = oneshot::Receiver<Result<Reply, CommandError>>;

fn submission(request: Request) -> (Submission, Answered) {
    let (reply, receiver) = oneshot::channel();
    (Submission::Command { request: Box::new(request), reply }, receiver)
}

fn damaged(error: crate::writer::WriteError) -> OpenError {
    match error {
        crate::writer::WriteError::Sqlite(error) => OpenError::Sqlite(error),
        other => OpenError::Damaged(other.to_string()),
    }
}
