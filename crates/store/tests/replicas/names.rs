//! Names of staff: on no disk in clear, readable wherever their keys are, and gone for good when they are erased.

use std::path::Path;

use crate::meeting::{alike, healthy, meet, newcomer};
use crate::support::Venue1;
use maitred_domain::catalogue::{EntityChanged, EntityKind, Staff};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{StaffId, named};
use maitred_domain::permission::Role;
use maitred_store::{AuditFilter, CommandError, ExportFormat, Store, backup, export, restore};

const NAME: &str = "Xanthippe Quillfeather";
const HANDLE: &str = "xanthippeq";
const GONE: &str = "Former staff";

fn id() -> StaffId {
    named("Xanthippe")
}

fn hired() -> Command {
    let staff = Staff {
        id: id(),
        handle: HANDLE.into(),
        name: NAME.into(),
        role: Role::Waiter,
        pin_hash: String::new(),
        pin_digits: None,
        archived: false,
        erased: false,
    };
    Command::Edit { changes: vec![EntityChanged::between(None, &staff).unwrap()] }
}

fn field(name: &str, value: &str) -> Command {
    let fields = [(name.to_owned(), serde_json::from_str(value).unwrap())].into();
    Command::Edit { changes: vec![EntityChanged { kind: EntityKind::Staff, id: id().0, fields }] }
}

/// Lets her go, and takes her name away.
fn erase(hub: &Venue1) {
    hub.done("let go", field("archived", "true"));
    hub.done("erase", field("erased", "true"));
}

/// What she is called everywhere where somebody looks: now, in the audit log, in an export.
fn called(store: &Store, data: &Path) -> [bool; 3] {
    let catalogue = store.catalogue();
    let is_named = catalogue.staff_name(id()) == NAME;
    let has_handle = catalogue.staff.values().any(|staff| staff.handle == HANDLE);
    assert_eq!(is_named, has_handle);
    let rows = store.audit(&AuditFilter::default(), 1_000).unwrap().rows;
    let is_hiring = |fact: &Fact| matches!(fact, Fact::Entity { change } if change.id == id().0);
    let said = rows.iter().filter(|row| is_hiring(&row.fact)).any(|row| format!("{row:?}").contains(NAME));
    let mut lines = Vec::new();
    export(data, ExportFormat::Jsonl, &mut lines).unwrap();
    [is_named, said, contains(&lines, NAME.as_bytes())]
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Whether any file of a folder holds these bytes.
fn holds(folder: &Path, wanted: &[u8]) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.is_file()).any(|file| contains(&std::fs::read(file).unwrap(), wanted))
}

fn keys(data: &Path) -> Vec<Vec<u8>> {
    let connection = rusqlite::Connection::open(data.join("maitred.db")).unwrap();
    let mut statement =
        connection.prepare("SELECT key FROM personal_keys WHERE subject = ?1 AND key IS NOT NULL").unwrap();
    let rows = statement.query_map([id().0.as_bytes().as_slice()], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_name_is_on_no_disk_in_clear_and_everybody_of_the_venue_reads_it() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let hub = Venue1::open(folders[0].path());
    let standby = newcomer(folders[1].path(), "B");
    assert_eq!(meet(&hub.store, &standby.store), []);
    hub.done("hire", hired());
    assert!(hub.done("hire", hired()).replayed);
    assert_eq!(meet(&hub.store, &standby.store), []);
    alike(&hub.store, &standby.store);
    for (venue, folder) in [(&hub, &folders[0]), (&standby, &folders[1])] {
        assert_eq!(called(&venue.store, folder.path()), [true; 3]);
        venue.store.shut_down();
        for secret in [NAME, HANDLE] {
            assert!(!holds(folder.path(), secret.as_bytes()));
        }
        healthy(folder.path());
    }
    drop((hub, standby));
    let again = Venue1::open(folders[1].path());
    assert_eq!(called(&again.store, folders[1].path()), [true; 3]);
}

#[test]
fn an_erased_name_is_gone_everywhere_and_what_she_did_stays() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let hub = Venue1::open(folders[0].path());
    let standby = newcomer(folders[1].path(), "B");
    hub.done("hire", hired());
    assert_eq!(meet(&hub.store, &standby.store), []);
    let key = keys(folders[0].path()).concat();
    assert_eq!(key, keys(folders[1].path()).concat());
    assert!(folders.iter().all(|folder| holds(folder.path(), &key)));
    let entries = hub.store.head();
    erase(&hub);
    assert_eq!(meet(&hub.store, &standby.store), []);
    alike(&hub.store, &standby.store);
    assert_eq!(hub.store.head(), entries + 2);
    for (venue, folder) in [(&hub, &folders[0]), (&standby, &folders[1])] {
        assert_eq!(venue.store.catalogue().staff_name(id()), GONE);
        assert_eq!(called(&venue.store, folder.path()), [false; 3]);
        assert!(!holds(folder.path(), &key), "neither the database nor its log holds the key");
    }
    // Whoever missed all of it and still has her key does not bring it back.
    assert_eq!(keys(folders[0].path()), [vec![0; 32]]);
    for venue in [hub, standby] {
        venue.store.shut_down();
    }
    for folder in &folders {
        healthy(folder.path());
    }
}

#[test]
fn a_backup_made_before_holds_the_name_until_it_hears_that_it_was_erased() {
    let folders: [_; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let [data, restored, aside] = folders.each_ref().map(tempfile::TempDir::path);
    let hub = Venue1::open(data);
    hub.done("hire", hired());
    backup(data, &aside.join("night.db")).unwrap();
    erase(&hub);
    restore(&aside.join("night.db"), restored).unwrap();
    let old = newcomer(restored, "B");
    assert_eq!(called(&old.store, restored), [true; 3]);
    assert_eq!(meet(&old.store, &hub.store), []);
    for (store, data) in [(&old.store, restored), (&hub.store, data)] {
        assert_eq!(called(store, data), [false; 3]);
        assert_eq!(keys(data), [vec![0; 32]]);
    }
}

#[test]
fn two_keys_that_were_made_apart_both_open_what_was_sealed_under_them() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [one, other] = [Venue1::open(folders[0].path()), newcomer(folders[1].path(), "B")];
    // Her entity is made on one hub, renamed on another that has the journal and not her key.
    one.done("hire", hired());
    assert_eq!(meet(&one.store, &other.store), []);
    for folder in &folders {
        let connection = rusqlite::Connection::open(folder.path().join("maitred.db")).unwrap();
        connection
            .execute("DELETE FROM personal_keys WHERE subject = ?1", [id().0.as_bytes().as_slice()])
            .unwrap();
    }
    one.done("rename", field("name", r#""Xanthippe One""#));
    other.done("sign", field("handle", r#""other""#));
    assert_ne!(keys(folders[0].path()), keys(folders[1].path()));
    let mut news = one.store.names_news();
    assert_eq!(meet(&one.store, &other.store), []);
    assert!(news.has_changed().unwrap(), "{:?}", news.borrow_and_update());
    alike(&one.store, &other.store);
    let staff = other.store.catalogue().staff[&id()].clone();
    assert_eq!((staff.name.as_str(), staff.handle.as_str()), ("Xanthippe One", "other"));
    for (n, venue) in [&one, &other].into_iter().enumerate() {
        venue.done(&format!("again{n}"), field("name", &format!("\"Name {n}\"")));
    }
    assert_eq!(keys(folders[0].path()).len(), 2);
    erase(&one);
    assert_eq!(meet(&one.store, &other.store), []);
    for folder in &folders {
        assert_eq!(keys(folder.path()), [[0; 32], [0; 32]]);
    }
}

#[test]
fn only_who_has_left_loses_their_name_and_nobody_gets_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let hub = Venue1::open(folder.path());
    hub.done("hire", hired());
    let refused = |key: &str, command: Command| {
        let answer = hub.send(key, command);
        assert!(matches!(answer, Err(CommandError::Refused(Refusal::InvalidEntity { .. }))), "{answer:?}");
    };
    refused("too early", field("erased", "true"));
    erase(&hub);
    refused("back", field("erased", "false"));
    refused("rename", field("name", r#""Xanthippe""#));
    refused("hire again", field("archived", "false"));
}
