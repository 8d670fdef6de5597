//! Facts in plain English, for the audit log.

use maitred_domain::catalogue::{EntityChanged, EntityKind, Rights};
use maitred_domain::check::{Check, CheckFact, FireKind, Phase, TenderKind};
use maitred_domain::day::{CashKind, DayFact};
use maitred_domain::device_log::{CallKind, DeviceFact};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, LineId, TableId};
use maitred_domain::permission::Role;
use maitred_domain::stock::StockFact;
use maitred_domain::table::TableMark;

use super::Views;
use crate::money::Currency;

impl Views<'_> {
    /// A fact in words.
    pub fn summary_of(&self, fact: &Fact, check: Option<&Check>) -> String {
        match fact {
            Fact::Check { fact, .. } => self.check_fact(fact, check),
            Fact::Table { id, mark, .. } => {
                let mark = match mark {
                    TableMark::Free => "free",
                    TableMark::Dirty => "to be cleared",
                    TableMark::Blocked => "blocked",
                };
                format!("marked table {} as {mark}", self.table_name(Some(*id)).unwrap_or_default())
            }
            Fact::Stock { id, fact } => {
                let item = self.catalogue.items.get(id).map_or("?", |item| item.name.as_str());
                match fact {
                    StockFact::AvailabilitySet { available: false, .. } => format!("eighty-sixed {item}"),
                    StockFact::AvailabilitySet { remaining: Some(left), .. } => {
                        format!("counted {left} of {item}")
                    }
                    StockFact::AvailabilitySet { .. } => format!("{item} is available again"),
                    StockFact::StockTaken { quantity, .. } if *quantity < 0 => {
                        format!("gave {} of {item} back", -quantity)
                    }
                    StockFact::StockTaken { quantity: 0, .. } => format!("took no more of {item}"),
                    StockFact::StockTaken { quantity, .. } => format!("took {quantity} of {item}"),
                }
            }
            Fact::Day { id, fact } => self.day_fact(*id, fact),
            Fact::Device { fact, .. } => self.device_fact(fact),
            Fact::Entity { change } if change.kind == EntityKind::Rights => decided(change),
            Fact::Entity { change } => edited(change, &self.entity_name(change.kind, change.id)),
        }
    }

    fn device_fact(&self, fact: &DeviceFact) -> String {
        match fact {
            DeviceFact::TemperatureNoted { milli_celsius, .. } => {
                format!("measured {}", degrees(*milli_celsius))
            }
            DeviceFact::AlarmRaised { milli_celsius, limit_milli_celsius, .. } => {
                let (is, may_be) = (degrees(*milli_celsius), degrees(*limit_milli_celsius));
                format!("raised an alarm: {is}, and the limit is {may_be}")
            }
            DeviceFact::AlarmCleared { milli_celsius, .. } => {
                format!("cleared the alarm: {}", degrees(*milli_celsius))
            }
            DeviceFact::AlarmAnswered { action, .. } => format!("answered an alarm{}", because(action)),
            DeviceFact::CallRaised { table, what, .. } => {
                let table = self.table_name(Some(*table)).unwrap_or_else(|| "?".to_owned());
                match what {
                    CallKind::Service => format!("table {table} called"),
                    CallKind::Bill => format!("table {table} asked for the bill"),
                }
            }
            DeviceFact::CallAnswered { .. } => "answered a call".to_owned(),
            DeviceFact::PagerGiven { pager: Some(pager), .. } => format!("gave pager {pager}"),
            DeviceFact::PagerGiven { pager: None, .. } => "took the pager back".to_owned(),
            DeviceFact::Paged { pager, .. } => format!("called pager {pager}"),
        }
    }

    fn day_fact(&self, date: jiff::civil::Date, fact: &DayFact) -> String {
        let money = self.currency();
        match fact {
            DayFact::CashMoved { kind, amount, reason, .. } => {
                let what = match kind {
                    CashKind::Float => "put in as float",
                    CashKind::PaidIn => "paid in",
                    CashKind::PaidOut => "paid out",
                };
                format!("{} {what}{}", money.format(*amount), because(reason))
            }
            DayFact::DrawerOpened { reason, .. } => {
                format!("opened the drawer without a sale{}", because(reason))
            }
            DayFact::DayClosed { z, .. } => {
                format!("closed {date} as Z {}: sales of {}", z.number, money.format(z.figures.sales()))
            }
        }
    }

    fn check_fact(&self, fact: &CheckFact, check: Option<&Check>) -> String {
        let money = self.currency();
        let line = |id: &LineId| line_name(check, id);
        match fact {
            CheckFact::CheckOpened { number, table, covers, .. } => {
                let at =
                    self.table_name(*table).map(|table| format!(" at table {table}")).unwrap_or_default();
                format!("opened check {number}{at} for {covers}")
            }
            CheckFact::LineAdded { line } => format!("ordered {} x {}", line.quantity, line.name),
            CheckFact::CourseHeld { course, lines, .. } => {
                let names: Vec<String> = lines.iter().map(line).collect();
                format!("held course {course}: {}", names.join(", "))
            }
            CheckFact::Fired { kind, tickets, .. } => {
                let lines: Vec<String> =
                    tickets.iter().flat_map(|ticket| &ticket.lines).map(|(id, _)| line(id)).collect();
                match kind {
                    FireKind::Fire => format!("fired {}", lines.join(", ")),
                    FireKind::Refire => format!("had {} made once more", lines.join(", ")),
                }
            }
            CheckFact::LineProgressed { line: id, phase: Phase::Fired, .. } => {
                format!("{} is made again", line(id))
            }
            CheckFact::LineProgressed { line: id, phase, .. } => {
                format!("{} is {}", line(id), phase.as_str())
            }
            CheckFact::TicketBumped { .. } => "bumped a ticket".to_owned(),
            CheckFact::TicketRecalled { .. } => "recalled a ticket".to_owned(),
            CheckFact::Rushed { course, on, .. } => {
                let of = course.map(|course| format!(" of course {course}")).unwrap_or_default();
                if *on { format!("asked for a rush{of}") } else { format!("took a rush{of} back") }
            }
            CheckFact::LineVoided { line: id, quantity, reason, .. }
            | CheckFact::PortionVoided { line: id, quantity, reason, .. } => {
                format!("voided {quantity} x {}{}", line(id), because(reason))
            }
            CheckFact::LineComped { line: id, reason } => format!("comped {}{}", line(id), because(reason)),
            CheckFact::Discounted { reason, parts, .. } => {
                let off = parts.iter().map(|(_, amounts)| amounts.total()).sum();
                format!("took {} off{}", money.format(off), because(reason))
            }
            CheckFact::ServiceSet { basis_points, .. } => {
                format!("set the service charge to {}", percent(*basis_points))
            }
            CheckFact::LinesMovedOut { to, parts, .. } => {
                let names: Vec<String> = parts.iter().map(|part| line(&part.line)).collect();
                format!("moved {} to check {}", names.join(", "), self.number(*to))
            }
            CheckFact::Tendered { tender } => {
                let by = match tender.kind {
                    TenderKind::Cash => "in cash",
                    TenderKind::Card => "by card",
                    TenderKind::Voucher => "by voucher",
                };
                format!("took {} {by}", money.format(tender.amount))
            }
            CheckFact::Refunded { amount, reason, .. } => {
                format!("gave {} back{}", money.format(*amount), because(reason))
            }
            CheckFact::TipSet { tip, .. } => format!("set the tip to {}", money.format(*tip)),
            CheckFact::SharesSet { shares, .. } => format!("cut the check into {} shares", shares.len()),
            CheckFact::CheckClosed { totals, .. } => {
                format!("closed the check at {}", money.format(totals.amounts.total()))
            }
            CheckFact::CheckReopened { reason, .. } => format!("opened the check again{}", because(reason)),
            CheckFact::CheckTransferred { .. } => self.transferred(fact),
            CheckFact::TablesJoined { tables, .. } => format!("joined {}", self.tables(tables)),
            CheckFact::TablesParted { parts, .. } => {
                let tables: Vec<TableId> = parts.iter().map(|(_, table)| *table).collect();
                format!("parted from {}", self.tables(&tables))
            }
            CheckFact::CheckMerged { into } => format!("merged the check into {}", self.number(*into)),
        }
    }

    fn transferred(&self, fact: &CheckFact) -> String {
        let CheckFact::CheckTransferred { table, server, covers, name, .. } = fact else {
            return String::new();
        };
        let changes = [
            table.map(|id| format!("table {}", self.table_name(Some(id)).unwrap_or_default())),
            server.map(|id| format!("server {}", self.staff_name(id))),
            covers.map(|covers| format!("covers {covers}")),
            name.as_ref().map(|name| format!("name {name}")),
        ];
        format!("transferred the check: {}", changes.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }

    fn tables(&self, ids: &[TableId]) -> String {
        let names: Vec<String> = ids.iter().filter_map(|id| self.table_name(Some(*id))).collect();
        format!("table {}", names.join(", "))
    }

    pub(super) fn number(&self, id: CheckId) -> String {
        self.check(id).map_or_else(|| "?".to_owned(), |check| check.number.clone())
    }

    fn currency(&self) -> Currency {
        Currency::of(&self.catalogue.venue)
    }

    pub(super) fn entity_name(&self, kind: EntityKind, id: uuid::Uuid) -> String {
        let fields = self.catalogue.fields(kind, id);
        fields.get("name").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
    }
}

pub(super) fn line_name(check: Option<&Check>, id: &LineId) -> String {
    let line = check.and_then(|check| check.lines.get(id));
    line.map_or_else(|| "a line".to_owned(), |state| state.line.name.clone())
}

/// What was decided about a role: "decided that a waiter may comp, may not discount".
fn decided(change: &EntityChanged) -> String {
    let role = Rights::role_of(change.id).map_or("role", Role::as_str);
    let cells = change.fields.iter().filter(|(field, _)| *field != "id");
    let cell = |(permission, right): (&String, &serde_json::Value)| {
        format!("{} {permission}", right.as_str().unwrap_or_default()).replace('_', " ")
    };
    format!("decided that a {role} {}", cells.map(cell).collect::<Vec<_>>().join(", "))
}

/// What was done to something of the venue: "added item Soup", "changed item Soup: name".
fn edited(change: &EntityChanged, name: &str) -> String {
    let fields = || change.fields.keys().filter(|field| *field != "id").map(String::as_str);
    let about = format!("{} {name}", change.kind.as_str());
    match change.fields.get("archived").and_then(serde_json::Value::as_bool) {
        Some(true) => format!("took out {about}"),
        Some(false) if fields().count() == 1 => format!("brought back {about}"),
        // Of something new every field is said.
        Some(false) => format!("added {about}"),
        None => format!("changed {about}: {}", fields().collect::<Vec<_>>().join(", ").replace('_', " ")),
    }
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}

fn percent(basis_points: u32) -> String {
    match basis_points % 100 {
        0 => format!("{} %", basis_points / 100),
        rest => format!("{}.{rest:02} %", basis_points / 100),
    }
}

/// A temperature as people read it: `4.5 °C`.
pub fn degrees(milli_celsius: i32) -> String {
    let tenths = (milli_celsius + if milli_celsius < 0 { -50 } else { 50 }) / 100;
    let sign = if tenths < 0 { "-" } else { "" };
    format!("{sign}{}.{} °C", tenths.abs() / 10, tenths.abs() % 10)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_edit_is_said_as_what_it_did() {
        let said = |fields: serde_json::Value| {
            let fields = serde_json::from_value(fields).unwrap_or_default();
            edited(&EntityChanged { kind: EntityKind::Item, id: Uuid::nil(), fields }, "Soup")
        };
        assert_eq!(said(json!({ "id": 1, "name": "Soup", "archived": false })), "added item Soup");
        assert_eq!(said(json!({ "archived": true })), "took out item Soup");
        assert_eq!(said(json!({ "id": 1, "archived": false })), "brought back item Soup");
        assert_eq!(said(json!({ "id": 1, "name": "Soup" })), "changed item Soup: name");
    }
}
