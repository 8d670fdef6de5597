//! A room in which commands are given: it loads what each command may look at, keeps the facts, and folds them as a
//! store would.

pub mod commands;
pub mod menu;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::{Timestamp, ToSpan, civil::Date};
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, CheckFact, CheckState, Marked, Ticket, TicketState};
use maitred_domain::day::{Books, CashKind, Day, DayFact, Drawer, ZReport};
use maitred_domain::decide::{
    Answer, Approval, Command, Context, Decision, OrderLine, Refusal, World, decide,
};
use maitred_domain::device_log::{DeviceFact, DeviceLog, GoingOn};
use maitred_domain::fact::Fact;
use maitred_domain::figures::Figures;
use maitred_domain::ids::{ChangeId, CheckId, ItemId, LineId, TableId, TicketId};
use maitred_domain::money::Money;
use maitred_domain::permission::{Permission, Role};
use maitred_domain::stock::{Stock, StockFact, taken_by_ends};
use maitred_domain::table::TableState;

/// A venue as one hub knows it.
#[derive(Clone)]
pub struct Room {
    pub catalogue: Arc<Catalogue>,
    pub checks: BTreeMap<CheckId, Arc<Check>>,
    pub facts: BTreeMap<CheckId, Vec<Marked<CheckFact>>>,
    pub days: BTreeMap<Date, Day>,
    pub tables: BTreeMap<TableId, TableState>,
    pub now: Timestamp,
    pub today: Date,
    pub going_on: GoingOn,
    logs: BTreeMap<DeviceLog, Vec<Marked<DeviceFact>>>,
    stock: Vec<Marked<(ItemId, StockFact)>>,
    day_facts: Vec<Marked<(Date, DayFact)>>,
    hub: &'static str,
    hlc: u64,
    numbers: u32,
}

/// What came of a command.
pub struct Outcome<'a> {
    pub room: &'a mut Room,
    result: Result<Decision, Refusal>,
}

impl Outcome<'_> {
    /// It happened.
    #[track_caller]
    pub fn happens(self) -> Answer {
        match self.result {
            Ok(decision) => decision.answer,
            Err(refusal) => panic!("refused: {refusal}"),
        }
    }

    /// It happened, and then this is so.
    #[track_caller]
    pub fn then<T>(self, holds: impl FnOnce(&Room, &Answer) -> T) -> T {
        match self.result {
            Ok(decision) => holds(self.room, &decision.answer),
            Err(refusal) => panic!("refused: {refusal}"),
        }
    }

    /// It may not happen, for this reason.
    #[track_caller]
    pub fn refuses(self, refusal: &Refusal) {
        match self.result {
            Ok(decision) => panic!("happened: {:?}", decision.facts),
            Err(given) => assert_eq!(given, *refusal),
        }
    }

    /// It may or may not happen.
    pub fn result(self) -> Result<Decision, Refusal> {
        self.result
    }
}

impl Room {
    /// Given an evening that begins.
    pub fn given() -> Self {
        let today: Date = "2026-11-20".parse().unwrap();
        Self {
            catalogue: Arc::new(menu::catalogue()),
            checks: BTreeMap::new(),
            facts: BTreeMap::new(),
            days: BTreeMap::new(),
            tables: BTreeMap::new(),
            now: "2026-11-20T21:00+01[Europe/Rome]".parse::<jiff::Zoned>().unwrap().timestamp(),
            today,
            going_on: GoingOn::default(),
            logs: BTreeMap::new(),
            stock: Vec::new(),
            day_facts: Vec::new(),
            hub: "",
            hlc: 1 << 16,
            numbers: 0,
        }
    }

    /// Given a venue that differs.
    pub fn given_with(differs: impl FnOnce(&mut Catalogue)) -> Self {
        let mut room = Self::given();
        differs(Arc::make_mut(&mut room.catalogue));
        room
    }

    /// Another hub that knows what this one knows.
    pub fn copied_to(&self, hub: &'static str) -> Self {
        Self { hub, ..self.clone() }
    }

    /// Gives a command.
    pub fn when(&mut self, role: Role, command: Command) -> Outcome<'_> {
        let key = format!("{}{}", self.hub, self.hlc);
        self.when_keyed(role, command, key)
    }

    /// Gives a command that somebody said yes to with their PIN.
    pub fn when_approved(
        &mut self,
        role: Role,
        by: Role,
        permissions: &[Permission],
        command: Command,
    ) -> Outcome<'_> {
        let key = format!("{}{}", self.hub, self.hlc);
        let approval = Approval { by: menu::someone(by), role: by, permissions: permissions.to_vec() };
        self.given_by(role, Some(approval), command, key)
    }

    /// Gives a command under an idempotency key of its sender.
    pub fn when_keyed(&mut self, role: Role, command: Command, idempotency_key: String) -> Outcome<'_> {
        self.given_by(role, None, command, idempotency_key)
    }

    #[expect(clippy::needless_pass_by_value, reason = "stories read better without borrowing every command")]
    fn given_by(
        &mut self,
        role: Role,
        approval: Option<Approval>,
        command: Command,
        idempotency_key: String,
    ) -> Outcome<'_> {
        // No two hubs' clocks ever show the same.
        let hub = self.hub.bytes().next().map_or(0, |letter| u64::from(letter - b'a') + 1);
        self.hlc = (self.hlc / 4 + 1) * 4 + hub;
        let context = Context {
            now: self.now,
            hlc: self.hlc,
            by: menu::someone(role),
            role,
            approval,
            business_date: self.business_date(),
            idempotency_key,
        };
        let result = decide(&command, &self.world(&command), &context);
        if let Ok(decision) = &result {
            self.commit(decision);
        }
        Outcome { room: self, result }
    }

    /// Just what a store promises to load: the checks a command names and the homes of their moved lines.
    fn world(&self, command: &Command) -> World {
        let named: Vec<&Arc<Check>> = command.checks().iter().filter_map(|id| self.checks.get(id)).collect();
        let lines = || named.iter().flat_map(|check| check.lines.values());
        let homes = lines().filter_map(|line| line.line.moved_from.map(|from| from.check));
        let checks: BTreeSet<CheckId> = command.checks().into_iter().chain(homes).collect();
        let items = command.items().into_iter().chain(lines().map(|line| line.line.item));
        World {
            catalogue: self.catalogue.clone(),
            checks: checks.into_iter().filter_map(|id| Some((id, self.checks.get(&id)?.clone()))).collect(),
            stock: items.map(|item| (item, self.stock(item))).collect(),
            number_prefix: self.hub.to_owned(),
            numbers_given: self.numbers,
            books: match command {
                Command::CloseDay { date, .. } => self.books_to_close(*date),
                _ => None,
            },
            last_closed: self.closes().last().map(|(date, _)| *date),
            going_on: Arc::new(self.going_on.clone()),
            log: command.log().map(|log| self.log(log)).unwrap_or_default(),
        }
    }

    /// What a log of devices says.
    pub fn log(&self, log: DeviceLog) -> Vec<Marked<DeviceFact>> {
        self.logs.get(&log).cloned().unwrap_or_default()
    }

    fn commit(&mut self, decision: &Decision) {
        for Marked { mark, fact } in &decision.facts {
            let mark = *mark;
            match fact.clone() {
                Fact::Check { id, fact } => self.keep(id, Marked { mark, fact }),
                Fact::Stock { id, fact } => self.stock.push(Marked { mark, fact: (id, fact) }),
                Fact::Table { id, mark: said, .. } => {
                    self.tables.insert(id, TableState { marked: Some((mark, said)) });
                }
                Fact::Day { id, fact } => {
                    self.days.entry(id).or_default().apply(mark, &fact);
                    self.day_facts.push(Marked { mark, fact: (id, fact) });
                }
                Fact::Device { log, fact } => {
                    self.logs.entry(log).or_default().push(Marked { mark, fact });
                    self.going_on.put(log, &self.logs[&log]);
                }
                Fact::Entity { change } => Arc::make_mut(&mut self.catalogue).change(&change).unwrap(),
            }
        }
        for (id, check) in &decision.checks {
            assert_eq!(*self.checks[id], *check, "what was decided is what is folded");
        }
    }

    fn keep(&mut self, id: CheckId, fact: Marked<CheckFact>) {
        if let Some(check) = self.checks.get_mut(&id) {
            assert!(check.is_next(&fact));
            Arc::make_mut(check).apply(&fact);
        } else {
            self.checks.insert(id, Arc::new(Check::open(id, &fact).unwrap()));
            self.numbers += 1;
        }
        self.facts.entry(id).or_default().push(fact);
    }

    /// Takes in everything that another hub knows: facts by their keys, the first of each.
    pub fn learns_from(&mut self, other: &Self) {
        for (id, theirs) in &other.facts {
            let ours = self.facts.entry(*id).or_default();
            ours.extend(theirs.iter().cloned());
            ours.sort_by_cached_key(|fact| (fact.mark, fact.fact.key()));
            let mut keys = BTreeSet::new();
            ours.retain(|fact| keys.insert(fact.fact.key()));
            self.checks.insert(*id, Arc::new(Check::fold(*id, ours.clone()).unwrap()));
        }
        self.stock.extend(other.stock.iter().cloned());
        for theirs in &other.day_facts {
            if !self.day_facts.iter().any(|ours| ours.fact.1.key() == theirs.fact.1.key()) {
                self.days.entry(theirs.fact.0).or_default().apply(theirs.mark, &theirs.fact.1);
                self.day_facts.push(theirs.clone());
            }
        }
        for (log, theirs) in &other.logs {
            let ours = self.logs.entry(*log).or_default();
            ours.extend(theirs.iter().cloned());
            ours.sort_by_cached_key(|fact| (fact.mark, fact.fact.key()));
            let mut keys = BTreeSet::new();
            ours.retain(|fact| keys.insert(fact.fact.key()));
            self.going_on.put(*log, ours);
        }
        self.hlc = self.hlc.max(other.hlc);
    }

    /// Availability of an item: the last count, less what was taken under it.
    pub fn stock(&self, item: ItemId) -> Stock {
        let said = |fact: &&Marked<(ItemId, StockFact)>| {
            fact.fact.0 == item && matches!(fact.fact.1, StockFact::AvailabilitySet { .. })
        };
        let Some(Marked { fact: (_, StockFact::AvailabilitySet { count, available, remaining }), .. }) =
            self.stock.iter().filter(said).max_by_key(|fact| fact.mark)
        else {
            return Stock::default();
        };
        let mut deltas: BTreeMap<ChangeId, i64> = BTreeMap::new();
        let mut ends = BTreeMap::new();
        for (id, fact) in self.stock.iter().map(|fact| fact.fact.clone()).filter(|(id, _)| *id == item) {
            match fact {
                StockFact::StockTaken { count: under, taken, quantity, of: None } if under == *count => {
                    deltas.insert(taken, quantity);
                }
                StockFact::StockTaken { count: under, quantity, of: Some(end), .. } => {
                    let key = (id, end.line, end.instead.map(|(_, line)| line), under);
                    let end = (end, under, quantity);
                    ends.entry(key).and_modify(|known| *known = end.min(*known)).or_insert(end);
                }
                StockFact::StockTaken { .. } | StockFact::AvailabilitySet { .. } => {}
            }
        }
        let ends: Vec<_> = ends.into_values().collect();
        let taken = deltas.values().sum::<i64>() + taken_by_ends(&ends, *count);
        let remaining = remaining.map(|remaining| remaining - taken);
        Stock { count: Some(*count), available: *available, remaining }
    }

    /// What happened last to a trading day.
    pub fn last_of_the_day(&self) -> Fact {
        let (id, fact) = self.day_facts.last().expect("something happened").fact.clone();
        Fact::Day { id, fact }
    }

    /// Every close that holds, oldest day first.
    pub fn closes(&self) -> Vec<(Date, &ZReport)> {
        self.days.iter().flat_map(|(date, day)| day.closes.iter().map(|(_, z)| (*date, z))).collect()
    }

    /// What all checks add to the days up to `date`.
    pub fn figures_until(&self, date: Date) -> Figures {
        let mut sum = Figures::default();
        for check in self.checks.values() {
            for (_, figures) in check.figures().range(..=date) {
                sum.add_all(figures);
            }
        }
        sum
    }

    /// Paid beyond what was sold by the end of `date`, on checks that were open then.
    fn paid_ahead(&self, date: Date) -> Money {
        let mut sum = Money::ZERO;
        for check in self.checks.values() {
            let days = check.figures();
            let went_on = days.keys().any(|day| *day > date);
            if check.state() == CheckState::Open || went_on {
                sum += days.range(..=date).map(|(_, day)| day.tendered() - day.sales()).sum();
            }
        }
        sum
    }

    /// The books of `date`, or of the oldest day that is not closed; `None` when that is closed, or has not begun.
    pub fn books_to_close(&self, date: Option<Date>) -> Option<Books> {
        let closes = self.closes();
        let last = closes.last().map(|(date, _)| *date);
        let begun = self.checks.values().flat_map(|check| check.figures().into_keys().collect::<Vec<_>>());
        let begun = begun.chain(self.days.keys().copied()).filter(|day| last.is_none_or(|last| *day > last));
        let today = self.business_date();
        let date = date.unwrap_or_else(|| begun.min().unwrap_or(today));
        if date > today || last.is_some_and(|last| date <= last) {
            return None;
        }
        let mut figures = self.figures_until(date);
        for (_, z) in &closes {
            figures.subtract_all(&z.figures);
        }
        Some(Books {
            date,
            closes: closes.last().map(|(_, z)| z.number).unwrap_or_default(),
            figures,
            cash: Drawer::unreported(&self.cash_moved(date), closes.iter().map(|(_, z)| &z.drawer)),
            paid_ahead: self.paid_ahead(date),
            of: self.sold_on(last, date),
            paid_before: ZReport::carried(closes.iter().map(|(_, z)| *z)),
        })
    }

    /// What a close of the days from the one after `last` to `date` is made of.
    fn sold_on(&self, last: Option<Date>, date: Date) -> String {
        let is_of = |day: &Date| *day <= date && last.is_none_or(|last| *day > last);
        let sold =
            |check: &Check| check.figures().into_iter().filter(|(day, _)| is_of(day)).collect::<Vec<_>>();
        let checks: Vec<_> = self.checks.iter().map(|(id, check)| (id, sold(check))).collect();
        let cash: Vec<_> = self.days.range(..=date).flat_map(|(_, day)| day.cash.keys()).collect();
        format!("{checks:?} {cash:?}")
    }

    pub fn cash_moved(&self, until: Date) -> Vec<(CashKind, Money)> {
        self.days
            .range(..=until)
            .flat_map(|(_, day)| day.cash.values().map(|(_, kind, amount, _)| (*kind, *amount)))
            .collect()
    }

    /// The open trading day: the calendar's, or the one after the last close, whichever is later.
    pub fn business_date(&self) -> Date {
        let next = self.closes().last().map(|(date, _)| date.tomorrow().unwrap());
        next.map_or(self.today, |next| next.max(self.today))
    }

    /// The next trading day begins.
    pub fn sleeps(&mut self) {
        self.today = self.today.tomorrow().unwrap();
        self.now += 24.hours();
    }
}

/// What stories look at.
impl Room {
    /// A party at table 1.
    #[track_caller]
    pub fn seats(&mut self) -> CheckId {
        self.when(Role::Waiter, commands::open("1")).happens().checks[0]
    }

    /// The party orders.
    #[track_caller]
    pub fn orders<const N: usize>(&mut self, check: CheckId, lines: [OrderLine; N]) -> [LineId; N] {
        let answer = self.when(Role::Waiter, commands::add(check, lines.into())).happens();
        answer.lines.try_into().unwrap()
    }

    /// Everything new is fired; the tickets that are open then.
    #[track_caller]
    pub fn fires(&mut self, check: CheckId) -> Vec<TicketId> {
        self.when(Role::Waiter, commands::fire(check)).happens();
        self.open_tickets(check)
    }

    /// All that is due is paid by card.
    #[track_caller]
    pub fn pays(&mut self, check: CheckId) {
        let due = self.checks[&check].totals().due();
        self.when(Role::Waiter, commands::card(check, due.0)).happens();
    }

    /// All is paid, and the check closed.
    #[track_caller]
    pub fn pays_and_closes(&mut self, check: CheckId) {
        self.pays(check);
        self.when(Role::Waiter, Command::CloseCheck { check }).happens();
    }

    pub fn open_tickets(&self, check: CheckId) -> Vec<TicketId> {
        let tickets = self.checks[&check].tickets();
        tickets.iter().filter(|ticket| ticket.state == TicketState::Open).map(|ticket| ticket.id).collect()
    }

    pub fn ticket(&self, check: CheckId, ticket: TicketId) -> Ticket<'_> {
        self.checks[&check].ticket(ticket).unwrap()
    }

    /// What is to be paid of all of it, in minor units.
    pub fn total(&self, check: CheckId) -> i64 {
        self.checks[&check].totals().total().0
    }

    pub fn due(&self, check: CheckId) -> i64 {
        self.checks[&check].totals().due().0
    }

    pub fn state(&self, check: CheckId) -> CheckState {
        self.checks[&check].state()
    }
}
