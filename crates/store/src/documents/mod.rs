//! How each aggregate is laid out in the vocabulary of `maitred-sync`, and read back: one file per aggregate.

pub mod catalogue;
pub mod check;
pub mod day;
pub mod device_log;
pub mod stock;
pub mod table;

use jiff::civil::Date;
use maitred_domain::catalogue::{Catalogue, EntityKind};
use maitred_domain::device_log::DeviceLog;
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, ItemId, TableId, named};
pub use maitred_sync::DocId;
use maitred_sync::Document;
use rusqlite::Connection;
use uuid::Uuid;

use crate::ReadError;

/// What a document is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One check.
    Check,
    /// Marks of one table.
    Table,
    /// Availability of one item.
    Stock,
    /// One trading day.
    Day,
    /// What devices said: a probe's day, a day's calls, a check's pager.
    DeviceLog,
    /// Categories, items, modifiers, taxes.
    Menu,
    /// Areas, tables, decor, sections.
    Floor,
    /// The venue, its stations, printers and devices, and who may do what.
    Settings,
    /// Staff.
    Staff,
}

impl Kind {
    /// The kinds that one document each holds all of.
    pub const SHARED: [Self; 4] = [Self::Menu, Self::Floor, Self::Settings, Self::Staff];

    /// As in the database and the journal.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Table => "table",
            Self::Stock => "stock",
            Self::Day => "day",
            Self::DeviceLog => "device_log",
            Self::Menu => "menu",
            Self::Floor => "floor",
            Self::Settings => "settings",
            Self::Staff => "staff",
        }
    }

    /// The kind called `name`.
    pub fn named(name: &str) -> Option<Self> {
        let kinds = [Self::Check, Self::Table, Self::Stock, Self::Day, Self::DeviceLog];
        kinds.into_iter().chain(Self::SHARED).find(|kind| kind.as_str() == name)
    }

    /// The one document of a shared kind.
    pub fn shared_document(self) -> DocId {
        DocId::from(named::<Uuid>(self.as_str()).into_bytes())
    }
}

/// The shared document that an entity is kept in.
pub const fn kind_of_entity(kind: EntityKind) -> Kind {
    match kind {
        EntityKind::Tax | EntityKind::Category | EntityKind::Item | EntityKind::ModifierGroup => Kind::Menu,
        EntityKind::Area | EntityKind::Table | EntityKind::Decor | EntityKind::Section => Kind::Floor,
        EntityKind::Venue
        | EntityKind::Station
        | EntityKind::Printer
        | EntityKind::Device
        | EntityKind::Rights
        | EntityKind::Terminal => Kind::Settings,
        EntityKind::Staff => Kind::Staff,
    }
}

/// Why this version cannot read a document of a kind that it knows: a newer one wrote what is in it.
pub fn unreadable(
    connection: &Connection,
    doc: &DocId,
    kind: &str,
    document: &Document,
) -> Option<ReadError> {
    let read = match Kind::named(kind)? {
        Kind::Check => check::read(CheckId(Uuid::from_bytes(*doc.as_bytes())), document).map(drop),
        Kind::Table => table::read(document).map(drop),
        Kind::Stock => stock::read(document).map(drop),
        Kind::Day => day::facts(document).map(drop),
        Kind::DeviceLog => device_log::read(document).map(drop),
        kind @ (Kind::Menu | Kind::Floor | Kind::Settings | Kind::Staff) => {
            catalogue::read(connection, kind, document, &mut Catalogue::default())
        }
    };
    read.err()
}

/// The document of a check.
pub fn of_check(id: CheckId) -> DocId {
    DocId::from(id.0.into_bytes())
}

/// The document of a table's marks.
pub fn of_table(id: TableId) -> DocId {
    DocId::from(id.0.into_bytes())
}

/// The document of an item's availability; the item's own id.
pub fn of_stock(id: ItemId) -> DocId {
    DocId::from(id.0.into_bytes())
}

/// The document of a trading day.
pub fn of_day(date: Date) -> DocId {
    DocId::from(named::<Uuid>(&format!("day/{date}")).into_bytes())
}

/// The document of a log of devices.
pub fn of_log(log: DeviceLog) -> DocId {
    DocId::from(named::<Uuid>(&log.name()).into_bytes())
}

/// Where a fact is kept.
pub fn of_fact(fact: &Fact) -> (DocId, Kind) {
    match fact {
        Fact::Check { id, .. } => (of_check(*id), Kind::Check),
        Fact::Table { id, .. } => (of_table(*id), Kind::Table),
        Fact::Stock { id, .. } => (of_stock(*id), Kind::Stock),
        Fact::Day { id, .. } => (of_day(*id), Kind::Day),
        Fact::Device { log, .. } => (of_log(*log), Kind::DeviceLog),
        Fact::Entity { change } => {
            let kind = kind_of_entity(change.kind);
            (kind.shared_document(), kind)
        }
    }
}
