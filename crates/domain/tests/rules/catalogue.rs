//! Editing the catalogue: what is written, what is refused, what is pointed out.

use jiff::civil::time;
use maitred_domain::catalogue::lint::Severity;
use maitred_domain::catalogue::{
    Area, Catalogue, Decor, DecorKind, Entity, EntityChanged, EntityEdit, EntityKind, Item, ModifierGroup,
    PLAN_HEIGHT, PLAN_WIDTH, PriceSchedule, Printer, PrinterRole, Section, Shape, Staff, Table,
};
use maitred_domain::decide::{Command, EDIT_CHANGES_MAX, Refusal};
use maitred_domain::ids::{AreaId, PrinterId, StaffId, named};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::support::{Room, menu};

/// The venue of the stories, set right: it has an area, a manager who can sign in, and no dish without a tax.
fn sound() -> Catalogue {
    let mut catalogue = menu::catalogue();
    let area = Area {
        id: room(),
        name: "Room".into(),
        sort: 0,
        width: PLAN_WIDTH,
        height: PLAN_HEIGHT,
        archived: false,
    };
    catalogue.areas.insert(area.id, area);
    for staff in catalogue.staff.values_mut() {
        staff.pin_hash = "a hash".into();
    }
    catalogue.items.retain(|_, item| !["moonshine", "fondue", "water"].contains(&item.name.as_str()));
    catalogue.tables.get_mut(&menu::table("2")).unwrap().x = 20.0;
    for (name, role) in [("hot", PrinterRole::Kitchen), ("front", PrinterRole::Receipt)] {
        catalogue.printers.insert(named(name), printer(name, role));
    }
    assert_eq!(catalogue.flaws(), []);
    catalogue
}

fn room() -> AreaId {
    named("area/room")
}

fn printer(name: &str, role: PrinterRole) -> Printer {
    Printer {
        id: named(name),
        name: name.into(),
        address: "tcp://10.0.0.9:9100".into(),
        role,
        stations: Vec::new(),
        areas: Vec::new(),
        copies: 1,
        backup: None,
        profile: String::new(),
        archived: false,
    }
}

fn soup(catalogue: &mut Catalogue) -> &mut Item {
    catalogue.items.get_mut(&menu::item("soup")).unwrap()
}

fn fields<E: Entity + serde::Serialize>(entity: &E) -> Map<String, Value> {
    match serde_json::to_value(entity) {
        Ok(Value::Object(fields)) => fields,
        other => panic!("{other:?}"),
    }
}

fn edit_of(kind: EntityKind, id: Uuid, entity: Value) -> EntityEdit {
    let Value::Object(entity) = entity else { panic!("{entity}") };
    EntityEdit { kind, id, entity: Some(entity), base: None }
}

#[test]
fn every_flaw_is_found_where_it_is() {
    type Spoil = fn(&mut Catalogue);
    let cases: [(&str, Severity, Spoil); 37] = [
        ("unrouted", Severity::Error, |it| {
            it.venue.catch_all_station = None;
        }),
        ("station-unknown", Severity::Error, |it| soup(it).station = Some(named("sauna"))),
        ("station-unknown", Severity::Error, |it| soup(it).station = Some(menu::station("expo"))),
        ("category-unknown", Severity::Error, |it| soup(it).category = named("nowhere")),
        ("tax-unknown", Severity::Error, |it| soup(it).tax = named("none")),
        ("modifier-group-unknown", Severity::Error, |it| soup(it).modifier_groups = vec![named("none")]),
        ("course-unknown", Severity::Warning, |it| soup(it).course = 9),
        ("price-zero", Severity::Warning, |it| soup(it).price = Money(0)),
        ("out-of-range", Severity::Error, |it| soup(it).price = Money(-1)),
        ("name-twice", Severity::Warning, |it| soup(it).name = "Steak ".into()),
        ("name-missing", Severity::Error, |it| soup(it).name = " ".into()),
        ("too-long", Severity::Error, |it| soup(it).name = "x".repeat(121)),
        ("language-malformed", Severity::Error, |it| drop(soup(it).names.insert("?".into(), "x".into()))),
        ("min-above-max", Severity::Error, |it| group(it, |group| group.min = 2)),
        ("too-few-choices", Severity::Error, |it| group(it, |group| group.modifiers.clear())),
        ("no-choices", Severity::Warning, |it| group(it, |group| (group.min, group.max) = (0, 0))),
        ("outside-plan", Severity::Warning, |it| table(it, |table| table.x = 95.0)),
        ("overlap", Severity::Warning, |it| table(it, |table| table.x = 15.0)),
        ("area-unknown", Severity::Error, |it| table(it, |table| table.area = named("roof"))),
        ("table-itself", Severity::Error, |it| table(it, |table| table.combines_with = vec![table.id])),
        ("not-printed", Severity::Warning, |it| {
            it.printers.get_mut(&named::<PrinterId>("hot")).unwrap().stations = vec![menu::station("grill")];
        }),
        ("never-prints", Severity::Warning, |it| {
            let gone = it.stations.get_mut(&menu::station("cold")).unwrap();
            gone.archived = true;
            soup(it).station = None;
            it.printers.get_mut(&named::<PrinterId>("hot")).unwrap().stations = vec![menu::station("cold")];
        }),
        ("route-gap", Severity::Warning, |it| {
            let yard = Area { id: named("yard"), name: "Yard".into(), ..it.areas[&room()].clone() };
            it.areas.insert(yard.id, yard);
            it.printers.get_mut(&named::<PrinterId>("hot")).unwrap().areas = vec![room()];
        }),
        ("no-receipt-printer", Severity::Warning, |it| {
            drop(it.printers.remove(&named::<PrinterId>("front")));
        }),
        ("backup-itself", Severity::Error, |it| backups(it, &[("hot", "hot")])),
        ("backup-round", Severity::Warning, |it| {
            it.printers.insert(named("third"), printer("third", PrinterRole::Kitchen));
            backups(it, &[("hot", "front"), ("front", "third"), ("third", "hot")]);
        }),
        ("address-malformed", Severity::Error, |it| {
            it.printers.get_mut(&named::<PrinterId>("hot")).unwrap().address = "ftp://10.0.0.9".into();
        }),
        ("no-pin", Severity::Warning, |it| person(it, "Wim", |staff| staff.pin_hash.clear())),
        ("no-manager", Severity::Error, |it| person(it, "Ada", |staff| staff.pin_hash.clear())),
        ("no-manager", Severity::Error, |it| person(it, "Ada", |staff| staff.role = Role::Host)),
        ("handle-taken", Severity::Error, |it| person(it, "Wim", |staff| staff.handle = "kim".into())),
        ("slug-taken", Severity::Error, |it| {
            it.stations.get_mut(&menu::station("cold")).unwrap().slug = "grill".into();
        }),
        ("currency-unknown", Severity::Error, |it| it.venue.currency = "XXQ".into()),
        ("time-zone-unknown", Severity::Error, |it| it.venue.time_zone = "Mars/Base".into()),
        ("turn-times-order", Severity::Error, |it| it.venue.turn_times.reverse()),
        ("course-number", Severity::Error, |it| it.venue.courses[1].number = 1),
        ("id-taken", Severity::Error, |it| {
            let area =
                Area { id: AreaId(menu::table("1").0), name: "Yard".into(), ..it.areas[&room()].clone() };
            it.areas.insert(area.id, area);
        }),
    ];
    for (code, severity, spoil) in cases {
        let mut spoilt = sound();
        spoil(&mut spoilt);
        let flaws = spoilt.flaws();
        assert!(flaws.iter().any(|it| (it.code, it.severity) == (code, severity)), "{code}: {flaws:?}");
    }
}

fn group(catalogue: &mut Catalogue, spoil: fn(&mut ModifierGroup)) {
    spoil(catalogue.modifier_groups.get_mut(&named("group/cooking")).unwrap());
}

fn table(catalogue: &mut Catalogue, spoil: fn(&mut Table)) {
    spoil(catalogue.tables.get_mut(&menu::table("2")).unwrap());
    catalogue.tables.get_mut(&menu::table("1")).unwrap().x = 10.0;
}

fn person(catalogue: &mut Catalogue, name: &str, spoil: fn(&mut Staff)) {
    spoil(catalogue.staff.get_mut(&menu::staff(name)).unwrap());
}

fn backups(catalogue: &mut Catalogue, pairs: &[(&str, &str)]) {
    for (printer, backup) in pairs {
        catalogue.printers.get_mut(&named::<PrinterId>(printer)).unwrap().backup = Some(named(backup));
    }
}

#[test]
fn two_printers_may_stand_in_for_each_other() {
    let mut catalogue = sound();
    backups(&mut catalogue, &[("hot", "front"), ("front", "hot")]);
    assert_eq!(catalogue.flaws(), []);
}

#[test]
fn a_price_that_earlier_ones_cover_never_holds_and_one_that_they_leave_an_hour_does() {
    let schedule = |weekdays: &[u8], from, to| PriceSchedule {
        name: "x".into(),
        weekdays: weekdays.to_vec(),
        from: time(from, 0, 0, 0),
        to: time(to, 0, 0, 0),
        price: Money(1),
    };
    let never = |schedules: Vec<PriceSchedule>| {
        let mut catalogue = sound();
        soup(&mut catalogue).price_schedules = schedules;
        catalogue.flaws().iter().any(|flaw| flaw.code == "schedule-never")
    };
    assert!(never(vec![schedule(&[], 17, 20), schedule(&[5], 18, 19)]));
    assert!(!never(vec![schedule(&[], 17, 20), schedule(&[5], 18, 21)]));
    assert!(!never(vec![schedule(&[1, 2], 0, 0), schedule(&[], 17, 19)]), "five days are left");
    assert!(never(vec![schedule(&[], 0, 0), schedule(&[], 22, 2)]));
    assert!(never(vec![schedule(&[5], 22, 3), schedule(&[6], 3, 4), schedule(&[5], 23, 2)]));
}

#[test]
fn round_and_turned_tables_are_measured_as_they_stand() {
    let overlap = |shape, rotation, x| {
        let mut catalogue = sound();
        let other = catalogue.tables.get_mut(&menu::table("2")).unwrap();
        (other.shape, other.rotation, other.x, other.y) = (shape, rotation, x, 20.0);
        let first = catalogue.tables.get_mut(&menu::table("1")).unwrap();
        (first.shape, first.x, first.y) = (shape, 20.0, 29.0);
        catalogue.flaws().iter().any(|flaw| flaw.code == "overlap")
    };
    assert!(overlap(Shape::Rect, 0.0, 29.0), "corners share a square");
    assert!(!overlap(Shape::Round, 0.0, 29.0), "circles do not reach it");
    assert!(!overlap(Shape::Rect, 0.0, 30.0));
    assert!(overlap(Shape::Round, 0.0, 22.0));
    assert!(!overlap(Shape::Rect, 45.0, 34.0));
}

#[test]
fn an_edit_writes_what_differs_from_what_its_editor_saw() {
    let catalogue = sound();
    let soup = &catalogue.items[&menu::item("soup")];
    let base = fields(soup);
    let mut wanted = base.clone();
    wanted.insert("price".into(), json!(1000));
    let mut edit = EntityEdit { base: Some(base), ..edit_of(EntityKind::Item, soup.id.0, wanted.into()) };
    let change = edit.change(&catalogue).unwrap().unwrap();
    assert_eq!(change.fields.keys().collect::<Vec<_>>(), ["id", "price"]);
    edit.entity = edit.base.clone();
    assert_eq!(edit.change(&catalogue), Ok(None), "nothing was meant");
    edit.entity = None;
    assert_eq!(edit.change(&catalogue).unwrap().unwrap().fields["archived"], true);
}

#[test]
fn an_older_editor_does_not_take_away_what_it_does_not_know() {
    let mut catalogue = sound();
    soup(&mut catalogue).names.insert("ar".into(), "حساء".into());
    let edit = edit_of(EntityKind::Item, menu::item("soup").0, json!({ "name": "Broth" }));
    catalogue.change(&edit.change(&catalogue).unwrap().unwrap()).unwrap();
    let soup = soup(&mut catalogue);
    assert_eq!((soup.name.as_str(), soup.names["ar"].as_str()), ("Broth", "حساء"));
}

#[test]
fn an_edit_that_makes_no_sense_names_its_field() {
    let catalogue = sound();
    let soup = menu::item("soup").0;
    let error = |kind, id, entity| {
        let error = edit_of(kind, id, entity).change(&catalogue).unwrap_err();
        (error.code, error.field.unwrap_or_default())
    };
    assert_eq!(error(EntityKind::Item, soup, json!({ "price": "x" })), ("malformed", "price".into()));
    assert_eq!(error(EntityKind::Item, soup, json!({ "colour": 1 })), ("unknown-field", "colour".into()));
    assert_eq!(
        error(EntityKind::Item, named("new"), json!({ "name": "x" })),
        ("missing-field", "category".into())
    );
    let late = json!({ "price_schedules": [{ "name": "x", "from": "26:00", "to": "1:00", "price": 1 }] });
    assert_eq!(error(EntityKind::Item, soup, late), ("malformed", "price_schedules.0.from".into()));
    for (field, value) in [("pin_hash", json!("x")), ("pin_digits", json!(4))] {
        let entity = json!({ field: value });
        assert_eq!(error(EntityKind::Staff, menu::staff("Wim").0, entity), ("not-here", field.into()));
    }
}

#[test]
fn an_error_is_refused_when_it_is_new_and_not_when_it_was_there() {
    let mut room = Room::given();
    let edit = |room: &Room, kind, id, entity| Command::Edit {
        changes: edit_of(kind, id, entity).change(&room.catalogue).unwrap().into_iter().collect(),
    };
    let moonshine = menu::item("moonshine").0;
    let rename = edit(&room, EntityKind::Item, moonshine, json!({ "name": "Grappa" }));
    room.when(Role::Manager, rename).happens();
    let broken = edit(&room, EntityKind::Item, moonshine, json!({ "price": -5 }));
    match room.when(Role::Manager, broken).result() {
        Err(Refusal::InvalidEdit(flaws)) => assert_eq!(flaws[0].field.as_deref(), Some("price")),
        other => panic!("{other:?}"),
    }
    let same = edit(&room, EntityKind::Item, moonshine, json!({ "name": "Grappa" }));
    room.when(Role::Manager, same).refuses(&Refusal::Nothing("change"));
}

#[test]
fn an_edit_is_bounded() {
    let mut room = Room::given();
    let one = EntityChanged { kind: EntityKind::Item, id: menu::item("soup").0, fields: [].into() };
    let max = i64::try_from(EDIT_CHANGES_MAX).unwrap();
    let refusal = Refusal::OutOfRange { field: "changes", min: 1, max };
    room.when(Role::Manager, Command::Edit { changes: vec![one; EDIT_CHANGES_MAX + 1] }).refuses(&refusal);
}

#[test]
fn a_table_belongs_to_the_first_section_and_adjacency_holds_both_ways() {
    let mut catalogue = sound();
    let (one, two) = (menu::table("1"), menu::table("2"));
    for (name, sort) in [("late", 2), ("early", 1)] {
        let section = Section {
            id: named(name),
            name: name.into(),
            color: "#123456".into(),
            tables: vec![one],
            server: Some(menu::staff("Left")),
            sort,
            archived: false,
        };
        catalogue.sections.insert(section.id, section);
    }
    catalogue.tables.get_mut(&two).unwrap().combines_with = vec![one, menu::table("gone")];
    assert_eq!(catalogue.section_of(one).unwrap().name, "early");
    assert!(catalogue.section_of(two).is_none());
    assert!(catalogue.neighbours(one).contains(&two) && catalogue.neighbours(two).contains(&one));
    assert_eq!(catalogue.neighbours(two).len(), 1, "one that is gone is no neighbour");
    let codes: Vec<&str> = catalogue.flaws().iter().map(|flaw| flaw.code).collect();
    assert_eq!(codes, ["staff-gone", "staff-gone", "table-in-two-sections"]);
}

#[test]
fn decor_is_an_entity_like_any_other() {
    let mut catalogue = sound();
    let plant = Decor {
        id: named("plant"),
        area: room(),
        kind: DecorKind::Plant,
        x: 1.0,
        y: 1.0,
        width: 4.0,
        height: 4.0,
        rotation: 0.0,
        label: String::new(),
        archived: false,
    };
    let change = EntityChanged::between(None, &plant).unwrap();
    catalogue.change(&change).unwrap();
    assert_eq!(catalogue.decor[&plant.id], plant);
    assert!(catalogue.as_changes().contains(&change));
    catalogue.areas.get_mut(&room()).unwrap().archived = true;
    assert!(catalogue.flaws().iter().any(|flaw| flaw.id == plant.id.0 && flaw.code == "area-unknown"));
}

#[test]
fn whoever_did_something_has_a_name_and_what_a_venue_came_with_is_maitreds_doing() {
    let catalogue = menu::catalogue();
    let named =
        [menu::staff("Left"), StaffId::maitred(), menu::staff("Nobody")].map(|id| catalogue.staff_name(id));
    assert_eq!(named, ["Left", "Maitred", "?"]);
}
