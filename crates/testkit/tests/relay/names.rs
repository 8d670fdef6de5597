//! The name of one who left: on no disk of hub, standby and relay in clear, and gone from all three when it is erased.

use std::path::Path;

use maitred_testkit::hub::http::Client;

use super::{
    HubProcess, Stdio, Value, Waiter, doctor, files, json, program, relay, relay_of, seed, start, state,
    token, until,
};

const NAME: &str = "Xanthippe Quillfeather";
const HANDLE: &str = "xanthippeq";
const WHO: &str = "7d8c6e0a-4b7e-4c6e-9a51-5f1d2c3b4a59";
const PIN: &str = "739182";

fn changed(manager: &mut Client, entity: &Value) {
    let changes = json!({ "changes": [{ "kind": "staff", "id": WHO, "entity": entity }] });
    let answer = manager.post("/api/v1/catalogue/changes", None, &changes).unwrap();
    assert!(answer.is_success(), "{answer:?}");
}

/// What a hub says of her where a manager looks: the settings, and who did what.
fn said(client: &Client) -> String {
    let mut manager = client.again();
    manager.sign_in("manager", "2468").unwrap();
    let looks = ["/api/v1/catalogue", "/api/v1/audit?limit=200", "/api/v1/checks?limit=50"];
    looks.map(|path| manager.look(path).unwrap().to_string()).concat()
}

fn holds(file: &Path, wanted: &[u8]) -> bool {
    // One that is gone by now holds nothing.
    let bytes = std::fs::read(file).unwrap_or_default();
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// Her key, as a hub keeps it.
fn key_of(database: &Path) -> Vec<u8> {
    let database = rusqlite::Connection::open(database).unwrap();
    let query = "SELECT key FROM personal_keys WHERE hex(subject) = ?1";
    database.query_row(query, [WHO.replace('-', "").to_uppercase()], |row| row.get(0)).unwrap()
}

/// Files of these folders that hold some bytes.
fn holding(folders: &[&Path], wanted: &[u8]) -> Vec<std::path::PathBuf> {
    let all = folders.iter().flat_map(|folder| files(folder));
    all.filter(|file| file.is_file() && holds(file, wanted)).collect()
}

#[test]
fn a_name_is_on_no_disk_in_clear_and_gone_from_hub_standby_and_relay_when_it_is_erased() {
    let folders: [tempfile::TempDir; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let all = folders.each_ref().map(tempfile::TempDir::path);
    let [of_relay, of_one, of_two] = all;
    seed(of_one).unwrap();
    let relay = relay(of_relay, "127.0.0.1:0");
    let hub = start(of_one, &relay.url(), &token(of_relay));
    let mut manager = hub.client();
    manager.sign_in("manager", "2468").unwrap();
    let told = manager.post("/api/v1/hubs/tokens", None, &json!({})).unwrap();
    let beside = format!("http://{}", hub.address());
    let options = ["--listen", "127.0.0.1:0", "--standby-of", &beside, "--enrol"];
    let options = [&options[..], &[told.body["token"].as_str().unwrap()]].concat();
    let second = HubProcess::start_with(&program("maitred"), of_two, &options, Stdio::inherit()).unwrap();
    let mut two = until("PINs fit", || Waiter::sign_in(second.client()).ok());

    let entity = json!({ "id": WHO, "name": NAME, "handle": HANDLE, "role": "waiter" });
    changed(&mut manager, &entity);
    let pin = manager.post(&format!("/api/v1/staff/{WHO}/pin"), None, &json!({ "pin": PIN })).unwrap();
    assert!(pin.is_success(), "{pin:?}");
    until("she signs in at the standby", || second.client().sign_in(HANDLE, PIN).ok());
    let mut she = hub.client();
    she.sign_in(HANDLE, PIN).unwrap();
    let check = she.post("/api/v1/checks", None, &json!({ "covers": 2 })).unwrap();
    assert!(check.is_success() && check.body.to_string().contains(NAME), "{check:?}");
    let mut one = Waiter::sign_in(hub.client()).unwrap();
    let mut level = || {
        until("all know the same", || {
            let is_level = relay_of(&mut one)["lag_ms"] == 0;
            (is_level && state(&mut one)["vector"] == state(&mut two)["vector"]).then_some(())
        });
    };
    level();
    for client in [hub.client(), second.client()] {
        assert!(said(&client).contains(NAME));
    }
    for secret in [NAME, HANDLE] {
        assert_eq!(holding(&all, secret.as_bytes()), Vec::<std::path::PathBuf>::new(), "in clear");
    }
    let key = key_of(&of_one.join("maitred.db"));
    assert!(holding(&[of_relay], &key).len() + holding(&[of_two], &key).len() >= 2, "both were told her key");

    changed(&mut manager, &Value::Null);
    let erased = manager.post(&format!("/api/v1/staff/{WHO}/erase"), Some("erase"), &json!({})).unwrap();
    assert!(erased.is_success(), "{erased:?}");
    assert!(
        manager.post(&format!("/api/v1/staff/{WHO}/erase"), Some("erase"), &json!({})).unwrap().is_success()
    );
    level();
    for client in [hub.client(), second.client()] {
        until("nobody says her name", || {
            let said = said(&client);
            (![NAME, HANDLE].iter().any(|it| said.contains(it)) && said.contains("Former staff"))
                .then_some(())
        });
        assert!(client.again().sign_in(HANDLE, PIN).is_err());
    }
    until("her key is nowhere", || holding(&all, &key).is_empty().then_some(()));
    for stopped in [hub, second] {
        stopped.stop().unwrap();
    }
    drop(relay);
    for secret in [NAME.as_bytes(), HANDLE.as_bytes(), &key] {
        assert_eq!(holding(&all, secret), Vec::<std::path::PathBuf>::new());
    }
    for data in [of_one, of_two] {
        doctor(&program("maitred"), data).unwrap();
    }
}
