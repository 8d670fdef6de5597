//! The venue that the stories happen in: Rome, prices with tax, a happy hour from six to eight.

use std::collections::BTreeMap;

use jiff::civil::time;
use maitred_domain::catalogue::{
    Catalogue, Category, Course, Item, Modifier, ModifierGroup, PriceSchedule, Shape, Staff, Station,
    StationKind, Table, Tax, Venue,
};
use maitred_domain::ids::{ItemId, ModifierId, StaffId, StationId, TableId, named};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;

pub fn item(name: &str) -> ItemId {
    named(&format!("item/{name}"))
}

pub fn modifier(name: &str) -> ModifierId {
    named(&format!("modifier/{name}"))
}

pub fn station(name: &str) -> StationId {
    named(&format!("station/{name}"))
}

pub fn table(name: &str) -> TableId {
    named(&format!("table/{name}"))
}

pub fn staff(name: &str) -> StaffId {
    named(&format!("staff/{name}"))
}

/// Who does what is asked of a role.
pub fn someone(role: Role) -> StaffId {
    staff(match role {
        Role::Manager => "Ada",
        Role::Host => "Hugo",
        Role::Waiter => "Wim",
        Role::Kitchen => "Kim",
    })
}

pub fn catalogue() -> Catalogue {
    let mut made = Catalogue {
        venue: Venue {
            name: "Da Ada".into(),
            time_zone: "Europe/Rome".into(),
            courses: vec![
                Course { number: 1, name: "Starters".into(), names: BTreeMap::new() },
                Course { number: 2, name: "Mains".into(), names: BTreeMap::new() },
            ],
            catch_all_station: Some(station("pass")),
            ..Venue::default()
        },
        ..Catalogue::default()
    };
    for (name, basis_points) in [("food", 1000), ("drinks", 2200)] {
        let id = named(&format!("tax/{name}"));
        made.taxes.insert(id, Tax { id, name: format!("VAT {name}"), basis_points, archived: false });
    }
    let id = named("category/all");
    made.categories.insert(
        id,
        Category {
            id,
            name: "All".into(),
            names: BTreeMap::new(),
            color: String::new(),
            sort: 0,
            archived: false,
        },
    );
    for name in ["grill", "cold", "bar", "pass", "expo"] {
        let kind = if name == "expo" { StationKind::Expo } else { StationKind::Prep };
        let id = station(name);
        made.stations.insert(
            id,
            Station { id, slug: name.into(), name: name.into(), kind, color: String::new(), archived: false },
        );
    }
    for (name, archived) in [("1", false), ("2", false), ("gone", true)] {
        made.tables.insert(table(name), a_table(name, archived));
    }
    for (name, role, archived) in [
        ("Ada", Role::Manager, false),
        ("Hugo", Role::Host, false),
        ("Wim", Role::Waiter, false),
        ("Kim", Role::Kitchen, false),
        ("Left", Role::Waiter, true),
    ] {
        let id = staff(name);
        let (handle, name) = (name.to_lowercase(), name.to_owned());
        made.staff.insert(
            id,
            Staff {
                id,
                handle,
                name,
                role,
                pin_hash: String::new(),
                pin_digits: None,
                archived,
                erased: false,
            },
        );
    }
    for group in
        [group("cooking", 1, 1, &["rare", "well done"], 0), group("sides", 0, 2, &["fries", "slaw"], 350)]
    {
        made.modifier_groups.insert(group.id, group);
    }
    for item in items() {
        made.items.insert(item.id, item);
    }
    made
}

fn a_table(name: &str, archived: bool) -> Table {
    Table {
        id: table(name),
        name: name.into(),
        area: named("area/room"),
        seats: 4,
        shape: Shape::Rect,
        x: 0.0,
        y: 0.0,
        width: 10.0,
        height: 10.0,
        rotation: 0.0,
        combines_with: Vec::new(),
        archived,
    }
}

fn group(name: &str, min: u32, max: u32, choices: &[&str], price_minor: i64) -> ModifierGroup {
    let modifiers = choices
        .iter()
        .map(|choice| Modifier {
            id: modifier(choice),
            name: (*choice).into(),
            names: BTreeMap::new(),
            price: Money(price_minor),
            allergens: if *choice == "slaw" { vec!["celery".into()] } else { Vec::new() },
        })
        .collect();
    ModifierGroup {
        id: named(&format!("group/{name}")),
        name: name.into(),
        names: BTreeMap::new(),
        min,
        max,
        modifiers,
        archived: false,
    }
}

fn items() -> Vec<Item> {
    let plain = |name: &str, price_minor: i64, station_name: Option<&str>, course: u8| Item {
        id: item(name),
        name: name.into(),
        names: BTreeMap::new(),
        description: String::new(),
        category: named("category/all"),
        price: Money(price_minor),
        price_schedules: Vec::new(),
        tax: named("tax/food"),
        station: station_name.map(station),
        course,
        prep_secs: 300,
        allergens: Vec::new(),
        modifier_groups: Vec::new(),
        sort: 0,
        favourite: false,
        open: false,
        archived: false,
    };
    let happy_hour = PriceSchedule {
        name: "Aperitivo".into(),
        weekdays: Vec::new(),
        from: time(18, 0, 0, 0),
        to: time(20, 0, 0, 0),
        price: Money(500),
    };
    vec![
        plain("soup", 900, Some("cold"), 1),
        Item {
            modifier_groups: vec![named("group/cooking"), named("group/sides")],
            allergens: vec!["mustard".into()],
            prep_secs: 900,
            ..plain("steak", 2400, Some("grill"), 2)
        },
        Item {
            tax: named("tax/drinks"),
            price_schedules: vec![happy_hour],
            ..plain("spritz", 700, Some("bar"), 1)
        },
        Item { open: true, ..plain("off the menu", 0, Some("grill"), 2) },
        plain("bread", 333, None, 1),
        plain("fondue", 1999, Some("expo"), 2),
        plain("water", 0, Some("bar"), 1),
        Item { archived: true, ..plain("dodo", 5000, Some("grill"), 2) },
        Item { tax: named("tax/unknown"), ..plain("moonshine", 800, Some("bar"), 1) },
    ]
}
