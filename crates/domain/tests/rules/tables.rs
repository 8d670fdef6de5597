//! One party at several tables.

use maitred_domain::catalogue::Table;
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::ids::{CheckId, TableId};
use maitred_domain::permission::Role::Host;

use super::support::commands::{join, part};
use super::support::{Room, menu};

fn tables(names: &[&str]) -> Vec<TableId> {
    names.iter().map(|name| menu::table(name)).collect()
}

/// A room with these tables beside those of every room.
fn room_with(names: &[&str]) -> Room {
    Room::given_with(|catalogue| {
        let like = catalogue.tables[&menu::table("1")].clone();
        for name in names {
            let id = menu::table(name);
            catalogue.tables.insert(id, Table { id, name: (*name).into(), ..like.clone() });
        }
    })
}

#[track_caller]
fn sits_at(room: &Room, check: CheckId, names: &[&str]) {
    assert_eq!(room.checks[&check].tables(), tables(names));
}

fn moves_to(check: CheckId, table: &str) -> Command {
    let table = Some(menu::table(table));
    Command::TransferCheck { check, table, server: None, covers: None, name: None }
}

#[test]
fn a_party_sits_at_all_the_tables_that_were_joined_for_it() {
    let mut room = room_with(&["3"]);
    let check = room.seats();
    room.when(Host, join(check, &["3", "2", "3", "1"])).happens();
    sits_at(&room, check, &["1", "3", "2"]);
    assert_eq!(room.checks[&check].place(&room.catalogue), "1+3+2");
    room.when(Host, part(check, &["3"])).happens();
    sits_at(&room, check, &["1", "2"]);
    room.when(Host, join(check, &["3"])).happens();
    sits_at(&room, check, &["1", "2", "3"]);
}

#[test]
fn the_next_table_is_its_own_when_it_leaves_its_own() {
    let mut room = room_with(&["3"]);
    let check = room.seats();
    room.when(Host, join(check, &["2", "3"])).happens();
    room.when(Host, part(check, &["1"])).happens();
    assert_eq!(room.checks[&check].table, Some(menu::table("2")));
    sits_at(&room, check, &["2", "3"]);
    room.when(Host, part(check, &["3"])).happens();
    sits_at(&room, check, &["2"]);
}

#[test]
fn a_party_that_moves_leaves_every_table() {
    let mut room = room_with(&["3"]);
    let check = room.seats();
    room.when(Host, join(check, &["2"])).happens();
    room.when(Host, moves_to(check, "1")).happens();
    sits_at(&room, check, &["1", "2"]);
    room.when(Host, moves_to(check, "3")).happens();
    sits_at(&room, check, &["3"]);
}

#[test]
fn only_tables_that_are_there_are_joined_and_somewhere_it_has_to_sit() {
    let mut room = room_with(&["3"]);
    let check = room.seats();
    room.when(Host, join(check, &["gone"])).refuses(&Refusal::Unknown("table"));
    room.when(Host, join(check, &["none"])).refuses(&Refusal::Unknown("table"));
    room.when(Host, join(check, &["1"])).refuses(&Refusal::Nothing("join"));
    room.when(Host, part(check, &["2"])).refuses(&Refusal::Nothing("part"));
    room.when(Host, part(check, &["1"])).refuses(&Refusal::LastTable);
    let takeaway = Command::OpenCheck { table: None, covers: 1, name: String::new() };
    let takeaway = room.when(Host, takeaway).happens().checks[0];
    room.when(Host, join(takeaway, &["1"])).refuses(&Refusal::Unknown("table"));
}

#[test]
fn a_party_sits_at_sixteen_tables_at_most() {
    let many: Vec<String> = (1..=17).map(|n| format!("t{n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut room = room_with(&many);
    let check = room.seats();
    let refusal = Refusal::OutOfRange { field: "tables", min: 1, max: 16 };
    room.when(Host, join(check, &many)).refuses(&refusal);
    room.when(Host, join(check, &many[..15])).happens();
    room.when(Host, join(check, &many[15..16])).refuses(&refusal);
}

#[test]
fn a_table_that_is_joined_beside_its_parting_stays_joined() {
    let mut one = room_with(&["3"]);
    let check = one.seats();
    one.when(Host, join(check, &["2"])).happens();
    let mut two = one.copied_to("b");
    one.when(Host, part(check, &["2"])).happens();
    two.when(Host, part(check, &["2"])).happens();
    two.when(Host, join(check, &["2", "3"])).happens();
    let mut other = two.clone();
    other.learns_from(&one);
    one.learns_from(&two);
    sits_at(&one, check, &["1", "2", "3"]);
    sits_at(&other, check, &["1", "2", "3"]);
}
