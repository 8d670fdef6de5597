//! What a fact says, with names instead of ids: what a screen needs to say it in the person's language.

use std::collections::BTreeMap;

use maitred_domain::catalogue::{EntityKind, Rights};
use maitred_domain::check::{Check, CheckFact};
use maitred_domain::day::DayFact;
use maitred_domain::device_log::{DeviceFact, DeviceLog};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{LineId, TableId};
use maitred_domain::stock::StockFact;
use serde_json::{Value, json};

use super::Views;
use super::summary::line_name;

/// Names, numbers and amounts of something that is said under a code.
pub type Params = BTreeMap<String, Value>;

/// The fields of a JSON object, without those that are `null`.
pub fn params(object: Value) -> Params {
    match object {
        Value::Object(fields) => fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        _ => Params::new(),
    }
}

impl Views<'_> {
    /// What a fact says.
    pub fn said(&self, fact: &Fact, check: Option<&Check>) -> Params {
        params(match fact {
            Fact::Check { fact, .. } => self.said_of_check(fact, check),
            Fact::Table { id, mark, .. } => json!({ "table": self.table_name(Some(*id)), "mark": mark }),
            Fact::Stock { id, fact } => {
                let item = self.catalogue.items.get(id).map(|item| item.name.as_str());
                match fact {
                    StockFact::AvailabilitySet { available, remaining, .. } => {
                        json!({ "item": item, "available": available, "remaining": remaining })
                    }
                    StockFact::StockTaken { quantity, .. } => json!({ "item": item, "quantity": quantity }),
                }
            }
            Fact::Day { id, fact } => match fact {
                DayFact::CashMoved { kind, amount, reason, .. } => {
                    json!({ "kind": kind, "amount_minor": amount, "reason": reason })
                }
                DayFact::DrawerOpened { reason, .. } => json!({ "reason": reason }),
                DayFact::DayClosed { z, .. } => {
                    json!({ "date": id, "number": z.number, "sales_minor": z.figures.sales() })
                }
            },
            Fact::Device { log, fact } => self.said_of_device(*log, fact),
            Fact::Entity { change } if change.kind == EntityKind::Rights => json!({
                "role": Rights::role_of(change.id),
                "rights": change.fields.iter().filter(|(field, _)| *field != "id").collect::<BTreeMap<_, _>>(),
            }),
            Fact::Entity { change } => json!({
                "kind": change.kind.as_str(),
                "name": self.entity_name(change.kind, change.id),
                "fields": change.fields.keys().collect::<Vec<_>>(),
            }),
        })
    }

    fn said_of_device(&self, log: DeviceLog, fact: &DeviceFact) -> Value {
        let device = match log {
            DeviceLog::Probe { device, .. } => self.catalogue.devices.get(&device).map(|it| &it.name),
            DeviceLog::Calls { .. } | DeviceLog::Pager { .. } => None,
        };
        match fact {
            DeviceFact::TemperatureNoted { milli_celsius, standing, .. }
            | DeviceFact::AlarmRaised { milli_celsius, standing, .. } => {
                json!({ "device": device, "milli_celsius": milli_celsius, "standing": standing })
            }
            DeviceFact::AlarmCleared { milli_celsius, .. } => {
                json!({ "device": device, "milli_celsius": milli_celsius })
            }
            DeviceFact::AlarmAnswered { action, .. } => json!({ "device": device, "reason": action }),
            DeviceFact::CallRaised { table, what, .. } => {
                json!({ "table": self.table_name(Some(*table)), "what": what })
            }
            DeviceFact::CallAnswered { .. } => Value::Null,
            DeviceFact::PagerGiven { pager, .. } => json!({ "pager": pager }),
            DeviceFact::Paged { pager, .. } => json!({ "pager": pager }),
        }
    }

    fn said_of_check(&self, fact: &CheckFact, check: Option<&Check>) -> Value {
        let line = |id: &LineId| line_name(check, id);
        let names = |ids: &[TableId]| -> Vec<String> {
            ids.iter().filter_map(|id| self.table_name(Some(*id))).collect()
        };
        let course = |id| check.and_then(|check| check.ticket(id)).map(|ticket| ticket.course);
        match fact {
            CheckFact::CheckOpened { number, table, covers, .. } => {
                json!({ "number": number, "table": self.table_name(*table), "covers": covers })
            }
            CheckFact::LineAdded { line } => json!({ "name": line.name, "quantity": line.quantity }),
            CheckFact::CourseHeld { course, lines, .. } => json!({ "course": course, "count": lines.len() }),
            CheckFact::Fired { kind, tickets, .. } => {
                let lines = tickets.iter().flat_map(|ticket| &ticket.lines);
                json!({ "kind": kind, "names": lines.map(|(id, _)| line(id)).collect::<Vec<_>>() })
            }
            CheckFact::LineProgressed { line: id, phase, .. } => json!({ "name": line(id), "phase": phase }),
            CheckFact::TicketBumped { ticket, .. } | CheckFact::TicketRecalled { ticket, .. } => {
                json!({ "course": course(*ticket) })
            }
            CheckFact::Rushed { ticket, course: of, on, .. } => {
                json!({ "course": of.or_else(|| ticket.and_then(course)), "on": on })
            }
            CheckFact::LineVoided { line: id, quantity, reason, .. }
            | CheckFact::PortionVoided { line: id, quantity, reason, .. } => {
                json!({ "name": line(id), "quantity": quantity, "reason": reason })
            }
            CheckFact::LineComped { line: id, reason } => json!({ "name": line(id), "reason": reason }),
            CheckFact::Discounted { reason, basis_points, .. } => {
                json!({ "basis_points": basis_points, "reason": reason })
            }
            CheckFact::ServiceSet { basis_points, .. } => json!({ "basis_points": basis_points }),
            CheckFact::LinesMovedOut { to, parts, .. } => {
                let names: Vec<String> = parts.iter().map(|part| line(&part.line)).collect();
                json!({ "names": names, "check": self.number(*to) })
            }
            CheckFact::Tendered { tender } => json!({ "kind": tender.kind, "tip_minor": tender.tip }),
            CheckFact::TipSet { tip, .. } => json!({ "tip_minor": tip }),
            CheckFact::Refunded { reason, .. } | CheckFact::CheckReopened { reason, .. } => {
                json!({ "reason": reason })
            }
            CheckFact::SharesSet { shares, .. } => json!({ "count": shares.len() }),
            CheckFact::CheckClosed { .. } => Value::Null,
            CheckFact::CheckTransferred { table, server, covers, name, .. } => json!({
                "table": self.table_name(*table),
                "server": server.map(|id| self.staff_name(id)),
                "covers": covers,
                "name": name,
            }),
            CheckFact::TablesJoined { tables, .. } => json!({ "tables": names(tables) }),
            CheckFact::TablesParted { parts, .. } => {
                let tables: Vec<TableId> = parts.iter().map(|(_, table)| *table).collect();
                json!({ "tables": names(&tables) })
            }
            CheckFact::CheckMerged { into } => json!({ "check": self.number(*into) }),
        }
    }
}
