//! A small venue on a real disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};

use jiff::Timestamp;
use maitred_domain::catalogue::{
    Area, Catalogue, Category, Course, Item, PLAN_HEIGHT, PLAN_WIDTH, Printer, PrinterRole, Shape, Staff,
    Station, StationKind, Table, Tax, Venue,
};
use maitred_domain::check::{Check, TenderKind};
use maitred_domain::decide::{Command, OrderLine};
use maitred_domain::ids::{CheckId, named};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use maitred_store::{CommandError, Durability, Options, Reply, Request, Store};

/// Saturday 2026-11-21, 19:00 in Rome.
pub const OPENING: i64 = 1_795_284_000_000;

/// A store with a clock that is set by hand.
pub struct Venue1 {
    pub store: Store,
    pub clock: Arc<AtomicI64>,
}

pub fn options(data: &Path, clock: &Arc<AtomicI64>) -> Options {
    static MINTED: AtomicU8 = AtomicU8::new(1);
    let clock = Arc::clone(clock);
    Options {
        data: data.to_path_buf(),
        clock: Arc::new(move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap()),
        mint: Arc::new(|| [MINTED.fetch_add(1, Ordering::Relaxed); 16]),
        number_prefix: String::new(),
        durability: Durability::Full,
        vfs: None,
    }
}

impl Venue1 {
    pub fn open(data: &Path) -> Self {
        Self::open_with(data, |_| {})
    }

    pub fn open_with(data: &Path, adjust: impl FnOnce(&mut Options)) -> Self {
        let clock = Arc::new(AtomicI64::new(OPENING));
        let mut options = options(data, &clock);
        adjust(&mut options);
        Self { store: Store::open(&options, catalogue).unwrap(), clock }
    }

    pub fn wait_minutes(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60_000, Ordering::Relaxed);
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    pub fn send(&self, key: &str, command: Command) -> Result<Reply, CommandError> {
        self.store.command_blocking(request(key, command))
    }

    pub fn done(&self, key: &str, command: Command) -> Reply {
        self.send(key, command).unwrap_or_else(|e| panic!("{key}: {e}"))
    }

    pub fn open_check(&self, key: &str, table: &str) -> CheckId {
        let command = Command::OpenCheck { table: Some(named(table)), covers: 2, name: String::new() };
        self.done(key, command).answer.checks[0]
    }

    pub fn order(&self, key: &str, check: CheckId, items: &[&str]) -> Reply {
        let lines = items.iter().map(|item| order_line(item)).collect();
        self.done(key, Command::AddLines { check, lines })
    }

    pub fn pay(&self, key: &str, check: CheckId, kind: TenderKind, amount: i64) -> Reply {
        let command = Command::Tender {
            check,
            kind,
            amount: Money(amount),
            tip: Money::ZERO,
            share: None,
            reference: String::new(),
        };
        self.done(key, command)
    }

    pub fn check(&self, id: CheckId) -> Arc<Check> {
        self.store.check(id).unwrap().unwrap()
    }

    /// A party from seat to close: what it was sold for.
    pub fn serve(&self, key: &str, table: &str, items: &[&str]) -> Money {
        let check = self.open_check(&format!("{key}-open"), table);
        self.order(&format!("{key}-order"), check, items);
        self.done(&format!("{key}-fire"), Command::Fire { check, course: None });
        let total = self.check(check).totals().total();
        self.pay(&format!("{key}-pay"), check, TenderKind::Card, total.0);
        self.done(&format!("{key}-close"), Command::CloseCheck { check });
        total
    }
}

pub fn request(key: &str, command: Command) -> Request {
    Request {
        idempotency_key: key.into(),
        by: named("manager"),
        role: Role::Manager,
        approval: None,
        command,
    }
}

pub fn order_line(item: &str) -> OrderLine {
    let item = named(item);
    OrderLine {
        item,
        quantity: 1,
        seat: None,
        course: None,
        modifiers: vec![],
        note: String::new(),
        open: None,
    }
}

fn item(name: &str, price: i64, station: &str, description: &str) -> Item {
    let pizza = name == "margherita";
    Item {
        id: named(name),
        name: name.into(),
        names: [
            ("ar", if pizza { "مارغريتا" } else { "طبق" }),
            ("zh", if pizza { "玛格丽特披萨" } else { "菜" }),
        ]
        .map(|(language, name)| (language.to_owned(), name.to_owned()))
        .into(),
        description: description.into(),
        category: named("food"),
        price: Money(price),
        price_schedules: vec![],
        tax: named("vat"),
        station: Some(named(station)),
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

pub fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue {
        venue: Venue {
            name: "Test".into(),
            time_zone: "Europe/Rome".into(),
            courses: vec![Course { number: 1, name: "All".into(), names: BTreeMap::new() }],
            ..Venue::default()
        },
        ..Catalogue::default()
    };
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
    for (slug, kind) in
        [("grill", StationKind::Prep), ("pizza", StationKind::Prep), ("expo", StationKind::Expo)]
    {
        let station = Station {
            id: named(slug),
            slug: slug.into(),
            name: slug.into(),
            kind,
            color: String::new(),
            archived: false,
        };
        catalogue.stations.insert(station.id, station);
    }
    for item in [
        item("margherita", 850, "pizza", "tomato, mozzarella"),
        item("steak", 2400, "grill", "Chianina"),
        item("crème brûlée", 700, "pizza", ""),
        item("bread", 0, "pizza", ""),
    ] {
        catalogue.items.insert(item.id, item);
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
    for name in ["T1", "T2", "T3"] {
        let table = Table {
            id: named(name),
            name: name.into(),
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
        };
        catalogue.tables.insert(table.id, table);
    }
    for (name, role) in [("kitchen printer", PrinterRole::Kitchen), ("front printer", PrinterRole::Receipt)] {
        let printer = Printer {
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
        };
        catalogue.printers.insert(printer.id, printer);
    }
    for (handle, role) in [("manager", Role::Manager), ("waiter", Role::Waiter)] {
        let staff = Staff {
            id: named(handle),
            handle: handle.into(),
            name: handle.into(),
            role,
            pin_hash: String::new(),
            pin_digits: None,
            archived: false,
            erased: false,
        };
        catalogue.staff.insert(staff.id, staff);
    }
    catalogue
}
