//! A bump bar behind a real bridge and a real broker, with whole hubs: what is pressed acts once, whoever is away.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hub;

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use maitred_testkit::bridge::{
    BridgeProcess, KEY_BUMP, KEY_FIRST, KEY_RECALL, bar, ticket_for_the_bar, until_the_bar_is_there,
};
use maitred_testkit::hub::http::Client;
use maitred_testkit::hub::{HubProcess, seed};
use maitred_testkit::servers::Mosquitto;
use serde_json::{Value, json};

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_mins(1);

fn start(data: &Path, options: &[&str]) -> HubProcess {
    HubProcess::start_with(&hub::maitred(), data, options, Stdio::inherit()).unwrap()
}

fn bridge(broker: &Mosquitto) -> BridgeProcess {
    let binary = hub::maitred().with_file_name("maitred-bridge");
    assert!(binary.exists(), "build the bridge first: cargo build -p maitred-bridge");
    BridgeProcess::start(&binary, &broker.url()).unwrap()
}

fn manager(hub: &HubProcess) -> Client {
    let mut manager = hub.client();
    manager.sign_in("manager", "2468").unwrap();
    manager
}

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn role(client: &mut Client) -> Value {
    client.look("/api/v1/sync").unwrap()["role"].clone()
}

/// Presses a key, and waits until the hub has heard it.
fn press(bridge: &BridgeProcess, client: &mut Client, code: u16) {
    bridge.press(code).unwrap();
    wait_for("the key is heard", || bar(client).unwrap()["health"]["last_key"] == code);
}

fn is_open(client: &mut Client, ticket: &Value) -> bool {
    let tickets = client.look("/api/v1/kitchen/tickets").unwrap();
    tickets.as_array().unwrap().iter().any(|it| it["id"] == ticket["id"])
}

/// How often the journal says that a ticket was cleared.
fn bumps(client: &mut Client) -> usize {
    let page = client.look("/api/v1/audit?limit=500").unwrap();
    page["entries"].as_array().unwrap().iter().filter(|entry| entry["action"] == "ticket_bumped").count()
}

#[test]
fn a_standby_goes_on_with_a_bump_bar_where_the_hub_that_acted_was_killed() {
    let Some(broker) = Mosquitto::start().unwrap() else { return };
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    seed(folders[0].path()).unwrap();
    let url = broker.url();
    let acting = start(folders[0].path(), &["--listen", "127.0.0.1:0", "--broker", &url]);
    let mut first = manager(&acting);
    let token = first.post("/api/v1/hubs/tokens", None, &json!({})).unwrap().body;
    let (token, at) = (token["token"].as_str().unwrap(), format!("http://{}", acting.address()));
    let options = ["--listen", "127.0.0.1:0", "--broker", &url, "--standby-of", &at, "--enrol", token];
    let standby = start(folders[1].path(), &options);
    let bridge = bridge(&broker);
    until_the_bar_is_there(&mut first).unwrap();
    let tickets = [0, 1, 2].map(|number| ticket_for_the_bar(&mut first, number).unwrap());
    wait_for("one acts and one stands by", || {
        role(&mut first) == "acting" && role(&mut manager(&standby)) == "standby"
    });
    let mut second = manager(&standby);
    until_the_bar_is_there(&mut second).unwrap();
    wait_for("the standby has the tickets", || tickets.iter().all(|ticket| is_open(&mut second, ticket)));

    press(&bridge, &mut first, KEY_FIRST);
    press(&bridge, &mut first, KEY_BUMP);
    wait_for("the first is cleared", || !is_open(&mut first, &tickets[0]));
    wait_for("the standby knows", || !is_open(&mut second, &tickets[0]));
    wait_for("the standby has heard the key", || bar(&mut second).unwrap()["health"]["last_key"] == KEY_BUMP);

    // What is chosen is known there too: the next key clears the next ticket, though nobody acts when it is pressed.
    drop(acting);
    bridge.press(KEY_BUMP).unwrap();
    wait_for("the standby clears the second", || !is_open(&mut second, &tickets[1]));
    assert_eq!(role(&mut second), "solo");
    assert!(is_open(&mut second, &tickets[2]), "one press, one ticket");
    assert_eq!(bumps(&mut second), 2);
    standby.stop().unwrap();
}

#[test]
fn a_key_that_the_broker_took_and_forgot_is_said_again_and_acts_once() {
    let Some(mut broker) = Mosquitto::start().unwrap() else { return };
    let folder = tempfile::tempdir().unwrap();
    seed(folder.path()).unwrap();
    let url = broker.url();
    let options = ["--listen", "127.0.0.1:0", "--broker", &url];
    let acting = start(folder.path(), &options);
    let bridge = bridge(&broker);
    let mut client = manager(&acting);
    until_the_bar_is_there(&mut client).unwrap();
    let tickets = [0, 1].map(|number| ticket_for_the_bar(&mut client, number).unwrap());
    press(&bridge, &mut client, KEY_FIRST);

    // The hub is away, the broker takes the key, and then it is killed with all that it has.
    acting.stop().unwrap();
    bridge.press(KEY_BUMP).unwrap();
    broker.kill();
    broker.start_again().unwrap();
    let acting = start(folder.path(), &options);
    let mut client = manager(&acting);
    wait_for("the key acts", || !is_open(&mut client, &tickets[0]));
    until_the_bar_is_there(&mut client).unwrap();
    assert!(is_open(&mut client, &tickets[1]));

    // Whoever begins to listen now lets it be said once more.
    broker.start_again().unwrap();
    until_the_bar_is_there(&mut client).unwrap();
    press(&bridge, &mut client, KEY_RECALL);
    wait_for("the key brings it back", || is_open(&mut client, &tickets[0]));
    assert_eq!(bumps(&mut client), 1);
    acting.stop().unwrap();
}
