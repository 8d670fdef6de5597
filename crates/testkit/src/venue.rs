//! A small venue: its catalogue, its clock, and guests who never stop coming.
//!
//! Every command of the [`service`] has a number, and everything about it (its key, what it says, what is answered)
//! follows from that number: whoever finds a data folder can tell what must be in it.

pub mod service;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use maitred_domain::catalogue::{
    Area, Catalogue, Category, Course, Item, PLAN_HEIGHT, PLAN_WIDTH, Printer, PrinterRole, Shape, Staff,
    Station, StationKind, Table, Tax, Venue,
};
use maitred_domain::ids::named;
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use maitred_store::{Durability, Options};

/// Tables of the venue, called T1 and so on.
pub const TABLES: u64 = 8;
/// Dishes of the menu, called D1 and so on.
pub const DISHES: u64 = 12;
/// What every dish costs, tax included, in minor units.
pub const PRICE: Money = Money(850);

/// Saturday 2026-11-21, 19:00 in Rome, in milliseconds since 1970.
pub const OPENING_MS: i64 = 1_795_284_000_000;

/// Options for a store whose clock starts at [`OPENING_MS`] and runs.
pub fn options(data: &Path) -> Options {
    let started = Instant::now();
    Options {
        data: data.to_path_buf(),
        clock: Arc::new(move || {
            let elapsed_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
            Timestamp::from_millisecond(OPENING_MS + elapsed_ms).expect("no test runs for centuries")
        }),
        mint: Arc::new(|| [7; 16]),
        number_prefix: String::new(),
        durability: Durability::Full,
        vfs: None,
    }
}

/// Settings, floor, menu and staff of the venue.
pub fn catalogue() -> Catalogue {
    let venue = Venue {
        name: "Osteria".into(),
        time_zone: "Europe/Rome".into(),
        courses: vec![Course { number: 1, name: "All".into(), names: BTreeMap::new() }],
        ..Venue::default()
    };
    let mut catalogue = Catalogue { venue, ..Catalogue::default() };
    let tax = Tax { id: named("vat"), name: "VAT".into(), basis_points: 1000, archived: false };
    catalogue.taxes.insert(tax.id, tax);
    let category = Category {
        id: named("food"),
        name: "Food".into(),
        names: BTreeMap::new(),
        color: String::new(),
        sort: 0,
        archived: false,
    };
    catalogue.categories.insert(category.id, category);
    for slug in ["grill", "pizza"] {
        let (name, kind) = (slug.to_owned(), StationKind::Prep);
        let station =
            Station { id: named(slug), slug: slug.into(), name, kind, color: String::new(), archived: false };
        catalogue.stations.insert(station.id, station);
    }
    for dish in (1..=DISHES).map(dish) {
        catalogue.items.insert(dish.id, dish);
    }
    let area = Area {
        id: named("room"),
        name: "Room".into(),
        sort: 0,
        width: PLAN_WIDTH,
        height: PLAN_HEIGHT,
        archived: false,
    };
    catalogue.areas.insert(area.id, area);
    for table in (1..=TABLES).map(table) {
        catalogue.tables.insert(table.id, table);
    }
    for (name, role) in [("kitchen printer", PrinterRole::Kitchen), ("front printer", PrinterRole::Receipt)] {
        let printer = printer(name, role);
        catalogue.printers.insert(printer.id, printer);
    }
    let manager = Staff {
        id: named("manager"),
        handle: "manager".into(),
        name: "Manager".into(),
        role: Role::Manager,
        pin_hash: String::new(),
        pin_digits: None,
        archived: false,
        erased: false,
    };
    catalogue.staff.insert(manager.id, manager);
    catalogue
}

fn dish(number: u64) -> Item {
    let name = format!("D{number}");
    Item {
        id: named(&name),
        name,
        names: [("ar".to_owned(), "طبق".to_owned())].into(),
        description: "as every day".into(),
        category: named("food"),
        price: PRICE,
        price_schedules: vec![],
        tax: named("vat"),
        station: Some(named(if number.is_multiple_of(2) { "grill" } else { "pizza" })),
        course: 1,
        prep_secs: 300,
        allergens: vec![],
        modifier_groups: vec![],
        sort: 0,
        favourite: false,
        open: false,
        archived: false,
    }
}

fn table(number: u64) -> Table {
    let name = format!("T{number}");
    Table {
        id: named(&name),
        name,
        area: named("room"),
        seats: 4,
        shape: Shape::Rect,
        x: 0.0,
        y: 0.0,
        width: 10.0,
        height: 10.0,
        rotation: 0.0,
        combines_with: Vec::new(),
        archived: false,
    }
}

fn printer(name: &str, role: PrinterRole) -> Printer {
    Printer {
        id: named(name),
        name: name.into(),
        address: "tcp://127.0.0.1:9".into(),
        role,
        stations: vec![],
        areas: vec![],
        copies: 1,
        backup: None,
        profile: String::new(),
        archived: false,
    }
}
