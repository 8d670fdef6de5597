//! Everything that can happen, whatever it is about.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalogue::EntityChanged;
use crate::check::CheckFact;
use crate::day::DayFact;
use crate::device_log::{DeviceFact, DeviceLog};
use crate::ids::{ChangeId, CheckId, ItemId, TableId};
use crate::stock::StockFact;
use crate::table::TableMark;

/// A fact and what it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
#[expect(missing_docs, reason = "an id and a fact about it")]
pub enum Fact {
    /// A check.
    Check { id: CheckId, fact: CheckFact },
    /// A table was marked.
    Table { id: TableId, change: ChangeId, mark: TableMark },
    /// An item's availability.
    Stock { id: ItemId, fact: StockFact },
    /// A trading day.
    Day { id: Date, fact: DayFact },
    /// A device said something, or somebody did something about it.
    Device { log: DeviceLog, fact: DeviceFact },
    /// Settings, floor, menu, staff.
    Entity { change: EntityChanged },
}

impl Fact {
    /// The check it is about.
    pub fn check(&self) -> Option<CheckId> {
        match self {
            Self::Check { id, .. } => Some(*id),
            Self::Device { log: DeviceLog::Pager { check, .. }, .. } => Some(*check),
            Self::Table { .. }
            | Self::Stock { .. }
            | Self::Day { .. }
            | Self::Device { .. }
            | Self::Entity { .. } => None,
        }
    }

    /// Its name in logs and addresses: `line_voided`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Check { fact, .. } => fact.name(),
            Self::Table { .. } => "table_marked",
            Self::Stock { fact: StockFact::AvailabilitySet { .. }, .. } => "availability_set",
            Self::Stock { fact: StockFact::StockTaken { .. }, .. } => "stock_taken",
            Self::Day { fact: DayFact::CashMoved { .. }, .. } => "cash_moved",
            Self::Day { fact: DayFact::DrawerOpened { .. }, .. } => "drawer_opened",
            Self::Day { fact: DayFact::DayClosed { .. }, .. } => "day_closed",
            Self::Device { fact, .. } => fact.name(),
            Self::Entity { .. } => "entity_changed",
        }
    }
}
