//! A relay and two hubs of one venue, each a process of its own: what happens when the relay or the internet is gone.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "relay/names.rs"]
mod names;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use maitred_process::clock;
use maitred_relay::storage::postgres::Postgres;
use maitred_relay::tenants;
use maitred_testkit::hub::parties::{COMMANDS_PER_PARTY, Waiter, check};
use maitred_testkit::hub::{HubProcess, doctor, seed};
use maitred_testkit::relay::{RelayProcess, enrol};
use maitred_testkit::servers;
use serde_json::{Value, json};

/// How long something may take that happens by itself.
const SOON: Duration = Duration::from_mins(1);
/// How long a guest may wait for any command, whatever the relay does.
const COMMAND_TIME_MAX: Duration = Duration::from_secs(5);

/// A program that a build of the workspace puts beside our own.
fn program(name: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_hub-worker")).with_file_name(name);
    assert!(program.exists(), "build it first: cargo build --bin {name}");
    program
}

fn relay(data: &Path, listen: &str) -> RelayProcess {
    RelayProcess::start(&program("maitred-relay"), data, listen, &[]).unwrap()
}

fn token(data: &Path) -> String {
    enrol(&program("maitred-relay"), data).unwrap()
}

fn start(data: &Path, url: &str, token: &str) -> HubProcess {
    let options = ["--listen", "127.0.0.1:0", "--relay", url, "--enrol", token, "--number-prefix", "X"];
    HubProcess::start_with(&program("maitred"), data, &options, Stdio::inherit()).unwrap()
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < SOON, "not in time: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn state(waiter: &mut Waiter) -> Value {
    waiter.client.look("/api/v1/sync").unwrap()
}

/// The relay among the peers of a hub.
fn relay_of(waiter: &mut Waiter) -> Value {
    let peers = state(waiter)["peers"].as_array().unwrap().clone();
    peers.into_iter().find(|peer| peer["kind"] == "relay").unwrap()
}

/// Serves parties; none of their commands waits for anybody.
fn serve(waiter: &mut Waiter, parties: std::ops::Range<u64>) {
    let mut last = Instant::now();
    for party in parties {
        let served = waiter.serve_one(party, |_| {
            assert!(last.elapsed() < COMMAND_TIME_MAX, "a command waited");
            last = Instant::now();
        });
        served.unwrap();
    }
}

#[test]
fn a_second_hub_starts_from_the_relay_and_neither_notices_when_the_relay_is_gone() {
    let folders: [tempfile::TempDir; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let [of_relay, of_one, of_two] = folders.each_ref().map(tempfile::TempDir::path);
    seed(of_one).unwrap();
    let first = relay(of_relay, "127.0.0.1:0");
    let (url, address) = (first.url(), first.address().to_owned());
    let hub = start(of_one, &url, &token(of_relay));
    let mut one = Waiter::sign_in(hub.client()).unwrap();
    serve(&mut one, 0..5);
    until("the relay knows everything", || {
        let relay = relay_of(&mut one);
        (relay["state"] == "connected" && relay["lag_ms"] == 0).then_some(())
    });

    // The key to the PINs is no cloud's business: whoever sets the second hub up brings it.
    std::fs::copy(of_one.join("pepper"), of_two.join("pepper")).unwrap();
    let second = start(of_two, &url, &token(of_relay));
    let mut two = until("the second hub knows the staff", || Waiter::sign_in(second.client()).ok());
    until("both know the same", || (state(&mut one)["vector"] == state(&mut two)["vector"]).then_some(()));
    assert_ne!(state(&mut one)["origin"], state(&mut two)["origin"]);

    // Killed in the middle of it, and away for a while: the room goes on, and the badge says so.
    drop(first);
    serve(&mut one, 5..10);
    serve(&mut two, 10..15);
    until("the relay is missed", || {
        let relay = relay_of(&mut one);
        (relay["state"] == "lost" && relay["lag_ms"].as_u64() > Some(0)).then_some(())
    });
    let _second = relay(of_relay, &address);
    until("both know the same again", || {
        let vectors = (state(&mut one)["vector"].clone(), state(&mut two)["vector"].clone());
        (vectors.0 == vectors.1).then_some(())
    });
    let all: std::collections::BTreeSet<u64> = (0..15 * COMMANDS_PER_PARTY).collect();
    assert_eq!((check(&mut one).unwrap(), check(&mut two).unwrap()), (all.clone(), all));
    let both = [hub, second].map(HubProcess::stop);
    assert!(both.iter().all(Result::is_ok), "{both:?}");
    for data in [of_one, of_two] {
        doctor(&program("maitred"), data).unwrap();
    }
}

#[test]
fn a_hub_that_began_at_the_relay_joins_its_neighbour_with_another_token_and_stands_by_for_it() {
    let folders: [tempfile::TempDir; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let [of_relay, of_one, of_two] = folders.each_ref().map(tempfile::TempDir::path);
    seed(of_one).unwrap();
    let relay = relay(of_relay, "127.0.0.1:0");
    let hub = start(of_one, &relay.url(), &token(of_relay));
    let mut one = Waiter::sign_in(hub.client()).unwrap();
    serve(&mut one, 0..2);
    until("the relay knows everything", || (relay_of(&mut one)["lag_ms"] == 0).then_some(()));
    // It has the venue's journals from the relay, and nobody's PIN.
    let second = start(of_two, &relay.url(), &token(of_relay));
    until("the second hub knows the staff", || {
        let answer = second.client().get("/api/v1/staff/tiles").ok()?;
        answer.body.as_array().is_some_and(|staff| !staff.is_empty()).then_some(())
    });
    assert!(Waiter::sign_in(second.client()).is_err());
    second.stop().unwrap();

    let mut manager = hub.client();
    manager.sign_in("manager", "2468").unwrap();
    let told = manager.post("/api/v1/hubs/tokens", None, &json!({})).unwrap();
    let (beside, url) = (format!("http://{}", hub.address()), relay.url());
    let options = ["--listen", "127.0.0.1:0", "--relay", &url, "--standby-of", &beside, "--enrol"];
    let options = [&options[..], &[told.body["token"].as_str().unwrap()]].concat();
    let second = HubProcess::start_with(&program("maitred"), of_two, &options, Stdio::inherit()).unwrap();
    let mut two = until("PINs fit", || Waiter::sign_in(second.client()).ok());
    until("one acts, the other stands by", || {
        (state(&mut one)["role"] == "acting" && state(&mut two)["role"] == "standby").then_some(())
    });
    assert_eq!(state(&mut two)["rank"], 1);
    until("the relay knows it still", || (relay_of(&mut two)["state"] == "connected").then_some(()));
    let party = two.client.post("/api/v1/checks", None, &json!({ "covers": 1 })).unwrap();
    assert!(party.body["number"].as_str().unwrap().starts_with('B'), "{party:?}");
    for stopped in [hub, second] {
        stopped.stop().unwrap();
    }
    for data in [of_one, of_two] {
        doctor(&program("maitred"), data).unwrap();
    }
}

#[test]
fn a_hub_whose_relay_was_never_there_serves_and_a_new_one_says_why_it_cannot_join() {
    let folders: [tempfile::TempDir; 2] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let [of_one, of_two] = folders.each_ref().map(tempfile::TempDir::path);
    seed(of_one).unwrap();
    let hub = start(of_one, "http://127.0.0.1:1", "token");
    let mut one = Waiter::sign_in(hub.client()).unwrap();
    serve(&mut one, 0..3);
    assert_eq!(relay_of(&mut one)["state"], "known");
    hub.stop().unwrap();
    let output = Command::new(program("maitred"))
        .args(["serve", "--listen", "127.0.0.1:0", "--relay", "http://127.0.0.1:1", "--enrol", "token"])
        .arg("--data")
        .arg(of_two)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("must reach its relay once"), "{said}");
}

#[test]
fn a_hub_turns_to_another_node_when_its_own_is_killed() {
    let Some(postgres) = servers::Postgres::start().unwrap() else { return };
    postgres.create("relay").unwrap();
    let database = postgres.url("relay");
    let folders: [tempfile::TempDir; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let node = |n: usize| {
        let options = ["--database-url", &database];
        RelayProcess::start(&program("maitred-relay"), folders[n].path(), "127.0.0.1:0", &options).unwrap()
    };
    let (first, second) = (node(0), node(1));
    let storage = Postgres::open(&database, None).unwrap();
    let token = tenants::issue(&storage, &clock::system(), "Ada", "Aurora").unwrap();
    let data = folders[2].path();
    seed(data).unwrap();
    let hub = start(data, &format!("{},{}", first.url(), second.url()), &token);
    let mut waiter = Waiter::sign_in(hub.client()).unwrap();
    let until_known_to = |waiter: &mut Waiter, url: String| {
        until("the node knows everything", || {
            let relay = relay_of(waiter);
            let is_level = relay["state"] == "connected" && relay["lag_ms"] == 0;
            (is_level && relay["url"] == url).then_some(())
        });
    };
    serve(&mut waiter, 0..3);
    until_known_to(&mut waiter, first.url());
    drop(first);
    serve(&mut waiter, 3..6);
    until_known_to(&mut waiter, second.url());
}

#[test]
fn a_new_box_is_made_of_the_backup_at_the_relay_with_nothing_but_the_recovery_key() {
    let folders: [tempfile::TempDir; 3] = std::array::from_fn(|_| tempfile::tempdir().unwrap());
    let [of_relay, of_one, of_two] = folders.each_ref().map(tempfile::TempDir::path);
    seed(of_one).unwrap();
    let relay = relay(of_relay, "127.0.0.1:0");
    let hub = start(of_one, &relay.url(), &token(of_relay));
    let mut one = Waiter::sign_in(hub.client()).unwrap();
    serve(&mut one, 0..3);
    until("the relay knows the hub", || (relay_of(&mut one)["state"] == "connected").then_some(()));
    let mut manager = hub.client();
    manager.sign_in("manager", "2468").unwrap();
    let plan = json!({ "folder": null, "to_relay": true, "at": null, "keep_days": 30 });
    assert!(manager.send("PUT", "/api/v1/backup", None, &plan).unwrap().is_success());
    let made = manager.post("/api/v1/backup/recovery-key", None, &json!({})).unwrap();
    let key = made.body["recovery_key"].as_str().unwrap().to_owned();
    until("a backup is at the relay", || {
        let state = manager.get("/api/v1/backup").unwrap().body;
        assert!(state["relay"]["problem"].is_null(), "{state}");
        state["relay"]["at"].as_str().map(str::to_owned)
    });
    hub.stop().unwrap();
    // What the relay keeps gives nothing away.
    let kept: Vec<PathBuf> = files(&of_relay.join("backups"));
    assert!(kept.iter().all(|file| !std::fs::read(file).unwrap().starts_with(b"SQLite")), "{kept:?}");
    let restore = |key: &str| {
        Command::new(program("maitred"))
            .args(["restore", "--from", &relay.url(), "--data", of_two.to_str().unwrap()])
            .env("MAITRED_RECOVERY_KEY", key)
            .output()
            .unwrap()
    };
    let other = restore("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX");
    let said = String::from_utf8(other.stderr).unwrap();
    assert!(!other.status.success() && said.trim_end().lines().count() == 1, "{said}");
    let done = restore(&key);
    assert!(done.status.success(), "{done:?}");
    doctor(&program("maitred"), of_two).unwrap();
    let again = restore(&key);
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(!again.status.success() && said.contains("holds a venue already"), "{said}");
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
