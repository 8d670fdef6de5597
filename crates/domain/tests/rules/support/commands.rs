//! Commands as people would say them.

use maitred_domain::check::{Phase, TenderKind};
use maitred_domain::decide::{Command, DiscountBy, LineChange, OpenItem, OrderLine, Part, Split};
use maitred_domain::ids::{CheckId, LineId, TenderId, TicketId};
use maitred_domain::money::Money;

use super::menu;

pub fn open(table: &str) -> Command {
    Command::OpenCheck { table: Some(menu::table(table)), covers: 2, name: String::new() }
}

/// One of an item.
pub fn one(name: &str) -> OrderLine {
    let item = menu::item(name);
    OrderLine {
        item,
        quantity: 1,
        seat: None,
        course: None,
        modifiers: Vec::new(),
        note: String::new(),
        open: None,
    }
}

/// So many of an item.
pub fn some(quantity: u32, name: &str) -> OrderLine {
    OrderLine { quantity, ..one(name) }
}

/// One of an item, made like this.
pub fn made(name: &str, modifiers: &[&str]) -> OrderLine {
    OrderLine { modifiers: modifiers.iter().map(|name| menu::modifier(name)).collect(), ..one(name) }
}

/// One of an open item, as a waiter says what it is.
pub fn said(item: &str, name: &str, price_minor: i64) -> OrderLine {
    OrderLine { open: Some(OpenItem { name: name.into(), price: Money(price_minor) }), ..one(item) }
}

/// One of an item for a seat.
pub fn at_seat(seat: u8, name: &str) -> OrderLine {
    OrderLine { seat: Some(seat), ..one(name) }
}

pub fn add(check: CheckId, lines: Vec<OrderLine>) -> Command {
    Command::AddLines { check, lines }
}

pub fn change(check: CheckId, line: LineId, change: LineChange) -> Command {
    Command::ChangeLine { check, line, change }
}

pub fn hold(check: CheckId, course: u8) -> Command {
    Command::HoldCourse { check, course }
}

pub fn fire(check: CheckId) -> Command {
    Command::Fire { check, course: None }
}

pub fn fire_course(check: CheckId, course: u8) -> Command {
    Command::Fire { check, course: Some(course) }
}

pub fn refire(check: CheckId, line: LineId) -> Command {
    Command::RefireLine { check, line, reason: "dropped".into() }
}

pub fn progress(check: CheckId, ticket: TicketId, line: LineId, phase: Phase) -> Command {
    Command::ProgressLine { check, ticket, line, phase }
}

pub fn bump(check: CheckId, ticket: TicketId) -> Command {
    Command::BumpTicket { check, ticket }
}

pub fn recall(check: CheckId, ticket: TicketId) -> Command {
    Command::RecallTicket { check, ticket }
}

pub fn recall_line(check: CheckId, ticket: TicketId, line: LineId) -> Command {
    Command::RecallLine { check, ticket, line }
}

pub fn rush_course(check: CheckId, course: u8, on: bool) -> Command {
    Command::RushCourse { check, course, on }
}

pub fn serve(check: CheckId, course: u8) -> Command {
    Command::Serve { check, course }
}

pub fn void(check: CheckId, line: LineId) -> Command {
    Command::VoidLine { check, line, reason: "mistake".into(), quantity: None }
}

pub fn void_some(check: CheckId, line: LineId, quantity: u32) -> Command {
    Command::VoidLine { check, line, reason: "mistake".into(), quantity: Some(quantity) }
}

pub fn comp(check: CheckId, line: LineId) -> Command {
    Command::CompLine { check, line, reason: "apology".into() }
}

pub fn percent_off(check: CheckId, percent: u32) -> Command {
    let by = DiscountBy::BasisPoints(percent * 100);
    Command::Discount { check, reason: "friends".into(), by, lines: Vec::new() }
}

pub fn amount_off(check: CheckId, amount_minor: i64) -> Command {
    let by = DiscountBy::Amount(Money(amount_minor));
    Command::Discount { check, reason: "friends".into(), by, lines: Vec::new() }
}

pub fn service(check: CheckId, percent: u32) -> Command {
    Command::SetService { check, basis_points: percent * 100 }
}

/// All of a line.
pub fn all_of(line: LineId) -> Part {
    Part { line, quantity: None }
}

/// Some of a line.
pub fn some_of(quantity: u32, line: LineId) -> Part {
    Part { line, quantity: Some(quantity) }
}

pub fn carry(from: CheckId, to: Option<CheckId>, parts: &[Part]) -> Command {
    Command::MoveLines { from, to, parts: parts.to_vec() }
}

pub fn merge(from: CheckId, into: CheckId) -> Command {
    Command::MergeChecks { into, from }
}

pub fn join(check: CheckId, tables: &[&str]) -> Command {
    Command::JoinTables { check, tables: tables.iter().map(|name| menu::table(name)).collect() }
}

pub fn part(check: CheckId, tables: &[&str]) -> Command {
    Command::PartTables { check, tables: tables.iter().map(|name| menu::table(name)).collect() }
}

pub fn split(check: CheckId, split: Split) -> Command {
    Command::Split { check, split }
}

pub fn pay(check: CheckId, kind: TenderKind, amount_minor: i64) -> Command {
    Command::Tender {
        check,
        kind,
        amount: Money(amount_minor),
        tip: Money::ZERO,
        share: None,
        reference: String::new(),
    }
}

pub fn card(check: CheckId, amount_minor: i64) -> Command {
    pay(check, TenderKind::Card, amount_minor)
}

pub fn cash(check: CheckId, amount_minor: i64) -> Command {
    pay(check, TenderKind::Cash, amount_minor)
}

pub fn refund(check: CheckId, tender: TenderId, amount_minor: i64) -> Command {
    Command::Refund { check, tender, amount: Money(amount_minor), reason: "cold".into() }
}

pub fn tip(check: CheckId, tender: TenderId, tip_minor: i64) -> Command {
    Command::SetTip { check, tender, tip: Money(tip_minor) }
}

pub fn reopen(check: CheckId) -> Command {
    Command::ReopenCheck { check, reason: "one more".into() }
}

pub fn close_day() -> Command {
    Command::CloseDay { date: None, counted: Vec::new() }
}
