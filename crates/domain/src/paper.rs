//! Which paper a fact asks for, and at which printer. What stands on it is written when it is printed.

use serde::{Deserialize, Serialize};

use crate::catalogue::{Catalogue, Printer};
use crate::check::{Check, CheckFact, LineState, Phase};
use crate::day::DayFact;
use crate::fact::Fact;
use crate::ids::{AreaId, CheckId, DeviceId, LineId, PrinterId, StationId, TicketId};
use jiff::civil::Date;

/// What a paper is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case")]
#[expect(missing_docs, reason = "ids of what the variant names")]
pub enum PaperSource {
    /// A ticket for a station.
    Ticket { check: CheckId, ticket: TicketId },
    /// A station is told that a line it has is not to be made.
    VoidSlip { check: CheckId, line: LineId, quantity: u32, reason: String },
    /// What the party pays, or has paid.
    Receipt { check: CheckId },
    /// The figures of a day; of the open one as they are when it is printed.
    Report { date: Option<Date> },
    /// What a probe measured on a day, its alarms, and what was done about them.
    Temperatures { probe: DeviceId, date: Date },
    /// Opens the drawer; on no account late.
    Drawer { check: Option<CheckId> },
    /// Shows that the printer works.
    Test,
}

impl PaperSource {
    /// Its kind, as in addresses.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Ticket { .. } | Self::VoidSlip { .. } => "ticket",
            Self::Receipt { .. } => "receipt",
            Self::Report { .. } | Self::Temperatures { .. } => "report",
            Self::Drawer { .. } => "drawer",
            Self::Test => "test",
        }
    }

    /// The check it is about.
    pub fn check(&self) -> Option<CheckId> {
        match self {
            Self::Ticket { check, .. } | Self::VoidSlip { check, .. } | Self::Receipt { check } => {
                Some(*check)
            }
            Self::Drawer { check } => *check,
            Self::Report { .. } | Self::Temperatures { .. } | Self::Test => None,
        }
    }

    /// The ticket it is about.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Ticket { ticket, .. } => Some(*ticket),
            Self::VoidSlip { .. }
            | Self::Receipt { .. }
            | Self::Report { .. }
            | Self::Temperatures { .. }
            | Self::Drawer { .. }
            | Self::Test => None,
        }
    }
}

/// A paper for a printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperWanted {
    /// What + where + which copy: the same paper is never wanted twice.
    pub key: String,
    /// Where.
    pub printer: PrinterId,
    /// What.
    pub source: PaperSource,
}

/// The papers that `fact` asks for. `check` is the check it is about, as it is after it.
pub fn wanted(fact: &Fact, check: Option<&Check>, catalogue: &Catalogue) -> Vec<PaperWanted> {
    match (fact, check) {
        (Fact::Check { id, fact }, Some(check)) => of_check(*id, fact, check, catalogue),
        (
            Fact::Day {
                fact: DayFact::CashMoved { change, .. } | DayFact::DrawerOpened { change, .. }, ..
            },
            _,
        ) => at_front(catalogue, None, format!("drawer/{change}"), PaperSource::Drawer { check: None }),
        (Fact::Day { id, fact: DayFact::DayClosed { change, .. } }, _) => {
            let source = PaperSource::Report { date: Some(*id) };
            at_front(catalogue, None, format!("z/{change}"), source)
        }
        (
            Fact::Check { .. }
            | Fact::Table { .. }
            | Fact::Stock { .. }
            | Fact::Device { .. }
            | Fact::Entity { .. },
            _,
        ) => Vec::new(),
    }
}

fn of_check(id: CheckId, fact: &CheckFact, check: &Check, catalogue: &Catalogue) -> Vec<PaperWanted> {
    let area = check.table.and_then(|table| catalogue.tables.get(&table)).map(|table| table.area);
    match fact {
        CheckFact::Fired { tickets, .. } => tickets
            .iter()
            .flat_map(|ticket| {
                let source = PaperSource::Ticket { check: id, ticket: ticket.id };
                at_station(catalogue, ticket.station, area, &format!("ticket/{}", ticket.id), &source)
            })
            .collect(),
        CheckFact::LineVoided { line, quantity, reason, phase, .. }
        | CheckFact::PortionVoided { line, quantity, reason, phase, .. }
            if phase.is_sent() =>
        {
            let Some(state) = check.lines.get(line).filter(|state| state.line.moved_from.is_none()) else {
                return Vec::new();
            };
            let told = match fact {
                CheckFact::LineVoided { .. } => told_otherwise(check, state),
                _ => 0,
            };
            let quantity = quantity.saturating_sub(told);
            if quantity == 0 {
                return Vec::new();
            }
            let source = PaperSource::VoidSlip { check: id, line: *line, quantity, reason: reason.clone() };
            at_station(catalogue, state.line.station, area, &fact.key(), &source)
        }
        CheckFact::Tendered { tender } if tender.kind == crate::check::TenderKind::Cash => at_front(
            catalogue,
            area,
            format!("drawer/{}", tender.id),
            PaperSource::Drawer { check: Some(id) },
        ),
        _ => Vec::new(),
    }
}

/// How many of a voided line its station need not be told to stop: what goes on was made already, and what was
/// ordered instead is fired on a ticket that says what it was before.
fn told_otherwise(check: &Check, old: &LineState) -> u32 {
    let instead = check.lines.values().filter(|line| line.line.replaces == Some(old.line.id));
    instead
        .filter(|line| line.line.station == old.line.station && line.progress.phase.is_sent())
        .map(|line| if line.progress.phase < Phase::Ready { old.line.quantity } else { line.line.quantity })
        .sum()
}

fn at_station(
    catalogue: &Catalogue,
    station: Option<StationId>,
    area: Option<AreaId>,
    key: &str,
    source: &PaperSource,
) -> Vec<PaperWanted> {
    let Some(station) = station else { return Vec::new() };
    let copies =
        |printer: &Printer| (0..printer.copies.max(1)).map(|copy| (printer.id, copy)).collect::<Vec<_>>();
    catalogue
        .ticket_printers(station, area)
        .flat_map(copies)
        .map(|(printer, copy)| PaperWanted {
            key: format!("{key}/{printer}/{copy}"),
            printer,
            source: source.clone(),
        })
        .collect()
}

/// A paper for the receipt printer of an area.
pub fn at_front(
    catalogue: &Catalogue,
    area: Option<AreaId>,
    key: String,
    source: PaperSource,
) -> Vec<PaperWanted> {
    let printer = catalogue.receipt_printer(area).map(|printer| printer.id);
    printer.map(|printer| PaperWanted { key, printer, source }).into_iter().collect()
}
