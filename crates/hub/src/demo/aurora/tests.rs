use super::*;
use maitred_domain::catalogue::{Entity, EntityChanged, PrinterRole, StationKind};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;

const ALLERGENS: [&str; 14] = [
    "gluten",
    "crustaceans",
    "egg",
    "fish",
    "peanuts",
    "soy",
    "milk",
    "nuts",
    "celery",
    "mustard",
    "sesame",
    "sulphites",
    "lupin",
    "molluscs",
];

fn aurora() -> Catalogue {
    catalogue(|pin| format!("hash of {pin}")).unwrap()
}

#[test]
fn the_venue_has_the_size_of_a_real_one() {
    let venue = aurora();
    assert_eq!(venue.areas.len(), 3);
    assert_eq!(venue.tables.len(), 30);
    assert_eq!(venue.categories.len(), 8);
    assert!(venue.items.len() >= 60, "{} items", venue.items.len());
    assert_eq!(venue.venue.courses.len(), 4);
    assert_eq!(venue.venue.currency, "EUR");
    assert_eq!(venue.venue.zone().iana_name(), Some("Europe/Rome"));
}

#[test]
fn no_slug_is_written_twice() {
    let file = parse(FILE).unwrap();
    let venue = aurora();
    let written = |key: &str| file[key].as_array().unwrap().len();
    assert_eq!(written("taxes"), venue.taxes.len());
    assert_eq!(written("stations"), venue.stations.len());
    assert_eq!(written("printers"), venue.printers.len());
    assert_eq!(written("staff"), venue.staff.len());
    assert_eq!(written("areas"), venue.areas.len());
    assert_eq!(written("tables"), venue.tables.len());
    assert_eq!(written("decor"), venue.decor.len());
    assert_eq!(written("sections"), venue.sections.len());
    assert_eq!(written("categories"), venue.categories.len());
    assert_eq!(written("modifier_groups"), venue.modifier_groups.len());
    assert_eq!(written("items"), venue.items.len());
    let names: BTreeSet<_> = venue.tables.values().map(|table| &table.name).collect();
    assert_eq!(names.len(), venue.tables.len(), "two tables share a name");
}

#[test]
fn every_field_written_is_a_field_read() {
    fn check<'a, E: Entity + 'a>(key: &str, entities: impl IntoIterator<Item = &'a E>) {
        let known = EntityChanged::between(None, entities.into_iter().next().unwrap()).unwrap().fields;
        for record in parse(FILE).unwrap()[key].as_array().unwrap() {
            for field in
                record.as_object().unwrap().keys().filter(|it| !["slug", "pin"].contains(&it.as_str()))
            {
                assert!(known.contains_key(field), "{key} have no {field}: {record}");
            }
        }
    }
    let venue = aurora();
    check("taxes", venue.taxes.values());
    check("stations", venue.stations.values());
    check("printers", venue.printers.values());
    check("staff", venue.staff.values());
    check("areas", venue.areas.values());
    check("tables", venue.tables.values());
    check("decor", venue.decor.values());
    check("sections", venue.sections.values());
    check("categories", venue.categories.values());
    check("modifier_groups", venue.modifier_groups.values());
    check("items", venue.items.values());
    let settings = EntityChanged::between(None, &venue.venue).unwrap().fields;
    assert!(parse(FILE).unwrap()["venue"].as_object().unwrap().keys().all(|it| settings.contains_key(it)));
}

#[test]
fn every_reference_resolves() {
    let venue = aurora();
    assert!(venue.stations.contains_key(&venue.venue.catch_all_station.unwrap()));
    for item in venue.items.values() {
        assert!(venue.categories.contains_key(&item.category), "{}", item.name);
        assert!(venue.taxes.contains_key(&item.tax), "{}", item.name);
        assert!(item.station.is_none_or(|it| venue.stations.contains_key(&it)), "{}", item.name);
        assert!(
            item.modifier_groups.iter().all(|it| venue.modifier_groups.contains_key(it)),
            "{}",
            item.name
        );
        assert!(venue.venue.courses.iter().any(|course| course.number == item.course), "{}", item.name);
    }
    assert!(venue.tables.values().all(|table| venue.areas.contains_key(&table.area)));
    for printer in venue.printers.values() {
        assert!(printer.stations.iter().all(|it| venue.stations.contains_key(it)), "{}", printer.name);
        assert!(printer.backup.is_none_or(|it| venue.printers.contains_key(&it)), "{}", printer.name);
    }
}

#[test]
fn a_slug_that_names_nothing_is_refused_by_name() {
    let broken = FILE.replacen(r#""station": "bar""#, r#""station": "cellar""#, 1);
    let refused = read(&broken, &|_| String::new()).unwrap_err();
    assert_eq!(refused.to_string(), r#""acqua" refers to station "cellar", which does not exist"#);
}

#[test]
fn nothing_is_wrong_with_it_and_every_table_is_looked_after() {
    let venue = catalogue(|pin| format!("hash of {pin}")).unwrap();
    assert_eq!(venue.flaws(), []);
    assert!(venue.tables.keys().all(|table| venue.section_of(*table).is_some()));
    assert!(venue.areas.keys().all(|area| venue.decor.values().any(|decor| decor.area == *area)));
    assert!(venue.tables.keys().any(|table| venue.neighbours(*table).len() == 2));
    assert_eq!(venue.venue.hours.len(), 2);
}

#[test]
fn everything_ordered_is_made_somewhere_and_printed_there() {
    let venue = aurora();
    let expo = venue.stations.values().find(|station| station.kind == StationKind::Expo).unwrap();
    for item in venue.items.values() {
        let station = item.station.unwrap_or_else(|| panic!("nobody makes {}", item.name));
        assert_ne!(station, expo.id, "expo makes nothing: {}", item.name);
        assert!(item.prep_secs > 0, "{}", item.name);
    }
    for station in venue.stations.values().filter(|station| station.kind == StationKind::Prep) {
        let printers: Vec<_> = venue.ticket_printers(station.id, None).collect();
        assert_eq!(printers.len(), 1, "{}", station.name);
        assert!(printers[0].backup.is_some(), "{}", printers[0].name);
        assert!(venue.items.values().any(|item| item.station == Some(station.id)), "{} idles", station.name);
    }
    assert_eq!(venue.ticket_printers(venue.venue.catch_all_station.unwrap(), None).count(), 1);
    assert_eq!(venue.receipt_printer(None).unwrap().role, PrinterRole::Receipt);
    let colors: BTreeSet<_> = venue.stations.values().map(|station| &station.color).collect();
    assert_eq!(colors.len(), venue.stations.len());
}

#[test]
fn prices_and_choices_can_be_sold() {
    let venue = aurora();
    for item in venue.items.values() {
        assert!(item.open || item.price > Money::ZERO, "{}", item.name);
        assert!(item.price_schedules.iter().all(|it| Money::ZERO < it.price && it.price < item.price));
    }
    for group in venue.modifier_groups.values() {
        let choices = u32::try_from(group.modifiers.len()).unwrap();
        assert!(group.min <= group.max && group.max <= choices && group.max > 0, "{}", group.name);
        assert!(group.modifiers.iter().all(|it| it.price >= Money::ZERO), "{}", group.name);
    }
    let happy: Vec<_> = venue.items.values().filter(|item| !item.price_schedules.is_empty()).collect();
    assert!(!happy.is_empty() && happy.iter().all(|item| item.name.to_lowercase().contains("spritz")));
}

#[test]
fn a_guest_can_read_the_menu_in_every_language_and_trust_its_allergens() {
    let venue = aurora();
    let (own, others) = venue.venue.languages.split_first().unwrap();
    assert_eq!(own, "it");
    let arabic = |text: &str| text.chars().any(|letter| ('\u{600}'..='\u{6ff}').contains(&letter));
    let mut named = BTreeSet::new();
    for item in venue.items.values() {
        assert!(others.iter().all(|language| item.names.contains_key(language)), "{}", item.name);
        assert!(arabic(&item.names["ar"]), "{}", item.name);
        named.extend(item.allergens.iter().map(String::as_str));
    }
    named.extend(
        venue
            .modifier_groups
            .values()
            .flat_map(|it| &it.modifiers)
            .flat_map(|it| &it.allergens)
            .map(String::as_str),
    );
    assert_eq!(named, BTreeSet::from(ALLERGENS));
}

#[test]
fn staff_sign_in_with_the_pins_that_are_announced() {
    let venue = aurora();
    let signs_in = |handle: &str| venue.staff.values().find(|it| it.handle == handle).unwrap();
    let announced: Vec<_> = pins().unwrap().into_iter().map(|it| (it.handle, it.pin)).collect();
    assert_eq!(announced.len(), venue.staff.len());
    for (handle, pin) in &announced {
        assert_eq!(signs_in(handle).pin_hash, format!("hash of {pin}"));
    }
    for (handle, role, pin) in [
        ("manager", Role::Manager, "2468"),
        ("host", Role::Host, "1111"),
        ("waiter", Role::Waiter, "2222"),
        ("kitchen", Role::Kitchen, "3333"),
        ("waiter2", Role::Waiter, "4444"),
    ] {
        assert_eq!(signs_in(handle).role, role);
        assert!(announced.contains(&(handle.into(), pin.into())));
    }
}

#[test]
fn ids_never_change() {
    let margherita = aurora().items.into_values().find(|item| item.name == "Margherita").unwrap();
    assert_eq!(margherita.id.to_string(), "39bde5d3-5a98-8d94-8dc5-487509a4e7f7");
}
