//! A station: a person's finger, an outbox, and a key for every command.

use std::collections::VecDeque;

use maitred_domain::catalogue::EntityChanged;
use maitred_domain::check::{Check, TenderKind};
use maitred_domain::day::CashKind;
use maitred_domain::decide::{Command, DiscountBy, OrderLine, Part, Split};
use maitred_domain::ids::named;
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use maitred_domain::table::TableMark;
use maitred_store::{CheckFilter, Request, Store};

use super::HubId;
use super::rng::Rng;
use crate::venue::{DISHES, TABLES};

/// The most checks that a station knows of.
const CHECKS_SEEN_MAX: usize = 30;

/// A station.
pub struct Station {
    /// Which.
    pub number: usize,
    /// The hub it speaks with.
    pub hub: HubId,
    /// Commands that were not answered, oldest first.
    pub outbox: VecDeque<Request>,
    /// Commands made so far.
    pub made: u64,
}

impl Station {
    /// A station that speaks with `hub`.
    pub fn new(number: usize, hub: HubId) -> Self {
        Self { number, hub, outbox: VecDeque::new(), made: 0 }
    }

    /// Does something that makes sense in the picture that `store` shows; what the rules think of it is seen later.
    pub fn act(&mut self, store: &Store, rng: &mut Rng) {
        let checks = store.checks(&CheckFilter::default(), CHECKS_SEEN_MAX).unwrap_or_default();
        let open: Vec<&Check> = checks.iter().map(AsRef::as_ref).collect();
        let command = match rng.pick(&open) {
            Some(check) if !rng.chance(15) => at_check(check, &open, rng),
            Some(_) | None => elsewhere(store, rng),
        };
        let Some(command) = command else { return };
        self.made += 1;
        self.outbox.push_back(Request {
            idempotency_key: format!("s{}-{}", self.number, self.made),
            by: named("manager"),
            role: Role::Manager,
            approval: None,
            command,
        });
    }
}

fn table(rng: &mut Rng) -> maitred_domain::ids::TableId {
    named(&format!("T{}", rng.between(1, TABLES)))
}

fn dish(rng: &mut Rng) -> maitred_domain::ids::ItemId {
    named(&format!("D{}", rng.between(1, DISHES)))
}

fn elsewhere(store: &Store, rng: &mut Rng) -> Option<Command> {
    Some(match rng.below(20) {
        0..=11 => Command::OpenCheck { table: Some(table(rng)), covers: 2, name: String::new() },
        12 | 13 => Command::MarkTable { table: table(rng), mark: TableMark::Free },
        14 | 15 => {
            let remaining = rng.chance(60).then(|| i64::try_from(rng.below(30)).unwrap_or_default());
            Command::SetAvailability { item: dish(rng), available: rng.chance(80), remaining }
        }
        16 => Command::MoveCash { kind: CashKind::PaidIn, amount: Money(500), reason: "change".into() },
        17 | 18 => edit(store, rng)?,
        _ => Command::CloseDay { date: None, counted: vec![] },
    })
}

/// Another price, or another name.
fn edit(store: &Store, rng: &mut Rng) -> Option<Command> {
    let catalogue = store.catalogue();
    let item = catalogue.items.get(&dish(rng))?;
    let mut edited = item.clone();
    if rng.chance(50) {
        edited.price = Money(i64::try_from(rng.between(100, 3000)).unwrap_or_default());
    } else {
        edited.description = format!("edition {}", rng.below(100));
    }
    let change = EntityChanged::between(Some(item), &edited)?;
    Some(Command::Edit { changes: vec![change] })
}

fn at_check(check: &Check, checks: &[&Check], rng: &mut Rng) -> Option<Command> {
    let id = check.id;
    let lines: Vec<_> = check.lines.keys().copied().collect();
    let line = rng.pick(&lines).copied();
    let reason = || "changed their mind".to_owned();
    let ticket = {
        let tickets: Vec<_> = check.tickets().iter().map(|ticket| ticket.id).collect();
        rng.pick(&tickets).copied()
    };
    Some(match rng.below(40) {
        0..=11 => Command::AddLines { check: id, lines: order(rng) },
        12..=16 => Command::Fire { check: id, course: None },
        17..=19 => Command::BumpTicket { check: id, ticket: ticket? },
        20 => Command::RecallTicket { check: id, ticket: ticket? },
        21 | 22 => Command::VoidLine { check: id, line: line?, reason: reason(), quantity: None },
        23 => Command::CompLine { check: id, line: line?, reason: reason() },
        24 => Command::Discount {
            check: id,
            reason: reason(),
            by: DiscountBy::BasisPoints(1000),
            lines: Vec::new(),
        },
        25..=29 => tender(check, rng),
        30..=33 => Command::CloseCheck { check: id },
        34 => Command::ReopenCheck { check: id, reason: reason() },
        35 => Command::TransferCheck {
            check: id,
            table: Some(table(rng)),
            server: None,
            covers: None,
            name: None,
        },
        36 => Command::MoveLines {
            from: id,
            to: rng.pick(checks).map(|check| check.id).filter(|to| *to != id),
            parts: vec![Part { line: line?, quantity: None }],
        },
        37 => Command::MergeChecks { into: id, from: rng.pick(checks)?.id },
        38 => Command::Split { check: id, split: Split::Evenly(2) },
        _ => {
            let tender = check.tenders.values().next()?;
            Command::Refund {
                check: id,
                tender: tender.tender.id,
                amount: tender.tender.amount,
                reason: reason(),
            }
        }
    })
}

fn order(rng: &mut Rng) -> Vec<OrderLine> {
    let line = |rng: &mut Rng| OrderLine {
        item: dish(rng),
        quantity: u32::try_from(rng.between(1, 3)).unwrap_or(1),
        seat: None,
        course: None,
        modifiers: vec![],
        note: String::new(),
        open: None,
    };
    (0..rng.between(1, 4)).map(|_| line(rng)).collect()
}

fn tender(check: &Check, rng: &mut Rng) -> Command {
    let due = check.totals().due();
    let amount = if rng.chance(75) { due } else { Money(due.0 / 2) };
    Command::Tender {
        check: check.id,
        kind: if rng.chance(50) { TenderKind::Cash } else { TenderKind::Card },
        amount,
        tip: Money::ZERO,
        share: None,
        reference: String::new(),
    }
}
