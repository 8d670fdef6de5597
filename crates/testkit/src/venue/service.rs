//! Guests who never stop coming: an endless row of numbered commands, ten for each party.

use std::collections::BTreeSet;
use std::path::Path;

use maitred_domain::check::TenderKind;
use maitred_domain::decide::{Answer, Command, OrderLine};
use maitred_domain::ids::{CheckId, IdSource, StaffId, TicketId, named};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use maitred_domain::table::TableMark;
use maitred_store::{Options, Reply, Request, Store, doctor};
use rusqlite::{Connection, OpenFlags};

use super::{DISHES, PRICE, TABLES, catalogue};

/// Stations that send commands.
const STATIONS: u64 = 4;
/// Commands from a party's arrival until its table is laid again.
pub const COMMANDS_PER_PARTY: u64 = 10;

/// The key of command `n`, as a station makes it: who sends it, the station's own part, and a number.
pub fn key(n: u64) -> String {
    let [staff, station]: [StaffId; 2] = [named("manager"), named(&format!("station {}", n % STATIONS))];
    format!("{staff}/{station}.{n}")
}

/// Command `n`, as the manager sends it. It may happen once those of its party before it have.
pub fn request(n: u64) -> Request {
    Request {
        idempotency_key: key(n),
        by: named("manager"),
        role: Role::Manager,
        approval: None,
        command: command(n),
    }
}

fn command(n: u64) -> Command {
    let (party, step) = (n / COMMANDS_PER_PARTY, n % COMMANDS_PER_PARTY);
    let first = party * COMMANDS_PER_PARTY;
    let table = named(&format!("T{}", party % TABLES + 1));
    let check = check_of(n);
    match step {
        0 => Command::OpenCheck { table: Some(table), covers: 2, name: String::new() },
        1 => Command::AddLines { check, lines: order(party, dishes_of(party)) },
        2 => Command::Fire { check, course: None },
        3 => Command::BumpTicket { check, ticket: ticket_of(first + 2) },
        4 => Command::AddLines { check, lines: order(party, 1) },
        5 => Command::VoidLine {
            check,
            line: IdSource::new(&key(first + 4)).make(),
            reason: String::new(),
            quantity: None,
        },
        6 => Command::Tender {
            check,
            kind: TenderKind::Card,
            amount: bill_of(party),
            tip: Money::ZERO,
            share: None,
            reference: String::new(),
        },
        7 => Command::CloseCheck { check },
        8 => Command::MarkTable { table, mark: TableMark::Free },
        _ => {
            let item = named(&format!("D{}", party % DISHES + 1));
            Command::SetAvailability { item, available: true, remaining: None }
        }
    }
}

/// The check of the party that command `n` is about.
pub fn check_of(n: u64) -> CheckId {
    IdSource::new(&key(n - n % COMMANDS_PER_PARTY)).make()
}

/// The one ticket of the fire that is command `n`: its id follows that of the fire.
fn ticket_of(n: u64) -> TicketId {
    let mut ids = IdSource::new(&key(n));
    let _fire: maitred_domain::ids::ChangeId = ids.make();
    ids.make()
}

/// How many dishes a party eats.
pub fn dishes_of(party: u64) -> u64 {
    2 + party % 4
}

fn bill_of(party: u64) -> Money {
    Money(PRICE.0 * i64::try_from(dishes_of(party)).expect("nobody eats so much"))
}

/// Dishes of one station, so that they are one ticket.
fn order(party: u64, dishes: u64) -> Vec<OrderLine> {
    let dish = |number: u64| OrderLine {
        item: named(&format!("D{}", (party + 2 * number) % DISHES + 1)),
        quantity: 1,
        seat: None,
        course: None,
        modifiers: vec![],
        note: String::new(),
        open: None,
    };
    (0..dishes).map(dish).collect()
}

/// What command `n` is answered.
pub fn answer(n: u64) -> Answer {
    let (party, step) = (n / COMMANDS_PER_PARTY, n % COMMANDS_PER_PARTY);
    let mut ids = IdSource::new(&key(n));
    let mut answer = Answer::default();
    match step {
        1 => answer.lines = (0..dishes_of(party)).map(|_| ids.make()).collect(),
        4 => answer.lines = vec![ids.make()],
        6 => answer.tender = Some(ids.make()),
        _ => {}
    }
    if step < 8 {
        answer.checks = vec![check_of(n)];
    }
    answer
}

/// The first number that no command in the data folder has, at the start of a party.
///
/// # Errors
/// Why the folder cannot be read.
pub fn next_party(data: &Path) -> Result<u64, String> {
    let last = known(data)?.last().copied();
    Ok(last.map_or(0, |last| last / COMMANDS_PER_PARTY + 1) * COMMANDS_PER_PARTY)
}

/// Numbers of the commands whose keys are in the data folder.
///
/// # Errors
/// Why the folder cannot be read.
pub fn known(data: &Path) -> Result<BTreeSet<u64>, String> {
    read_keys(&data.join("maitred.db")).map_err(|e| format!("cannot read the keys: {e}"))
}

fn read_keys(database: &Path) -> rusqlite::Result<BTreeSet<u64>> {
    let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut statement = connection.prepare("SELECT key FROM keys")?;
    let keys = statement.query_map([], |row| row.get::<_, String>(0))?;
    let number = |key: String| key.rsplit_once('.').and_then(|(_, n)| n.parse().ok());
    keys.filter_map(|key| key.map(number).transpose()).collect()
}

/// Which commands are in a data folder, after everything about it was found to be right.
///
/// # Errors
/// As [`inspect`].
pub fn present(options: &Options) -> Result<BTreeSet<u64>, String> {
    inspect(options).map(|(numbers, _)| numbers)
}

/// Opens what a store left, as the store itself would, and sends every command it knows once more: each must be
/// answered as it was, and nothing may happen twice. Then asks the doctor. Returns the numbers that are there.
///
/// # Errors
/// The first thing that is wrong.
pub fn inspect(options: &Options) -> Result<(BTreeSet<u64>, Store), String> {
    let store = Store::open(options, catalogue).map_err(|e| format!("does not open: {e}"))?;
    let (numbers, head) = (known(&options.data)?, store.head());
    for &n in &numbers {
        let reply = store.command_blocking(request(n)).map_err(|e| format!("command {n} again: {e}"))?;
        check_reply(n, &reply)?;
    }
    if store.head() != head {
        return Err(format!("{} commands happened twice", store.head() - head));
    }
    healthy(&options.data)?;
    Ok((numbers, store))
}

fn check_reply(n: u64, reply: &Reply) -> Result<(), String> {
    if !reply.replayed {
        return Err(format!("command {n} was known and happened again"));
    }
    if reply.answer != answer(n) {
        return Err(format!("command {n} is answered {:?} now", reply.answer));
    }
    let party = n / COMMANDS_PER_PARTY;
    let lines_max = usize::try_from(dishes_of(party) + 1).unwrap_or(usize::MAX);
    match reply.checks.first() {
        Some(check) if check.lines.len() > lines_max => Err(format!("check {} has lines twice", check.id)),
        Some(check) if check.closes.len() > 1 => Err(format!("check {} was closed twice", check.id)),
        Some(_) | None => Ok(()),
    }
}

/// Whether the doctor finds nothing.
///
/// # Errors
/// What it finds.
pub fn healthy(data: &Path) -> Result<(), String> {
    let diagnosis = doctor(data).map_err(|e| format!("the doctor cannot come: {e}"))?;
    match diagnosis.problems.as_slice() {
        [] => Ok(()),
        problems => Err(format!("the doctor finds: {}", problems.join("; "))),
    }
}
