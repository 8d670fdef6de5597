//! What somebody sees and does who has nothing but mosquitto's own clients.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::house::{Bridge, Broker, PATIENCE, Stranger};

const ID: &str = "11111111-2222-4333-8444-";

fn command(id: &str, expires_in: Duration, action: &Value) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    let at = i64::try_from((now + expires_in).as_millis()).unwrap();
    json!({"id": format!("{ID}{id}"), "expires_at_ms": at, "do": action}).to_string()
}

#[test]
fn a_stranger_reads_what_there_is_and_sets_a_light() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/#"]);
    let bridge = Bridge::start(&broker, &["--simulate", "probe:walk-in,beacon:pass"]);
    stranger.hear_ready(&["bridge-test", "probe-walk-in", "beacon-pass"]);
    // One who comes later reads the same: everything is kept by the broker.
    let later = Stranger::listen(&broker, "later", &["homie/5/probe-walk-in/#"]);
    let root = Stranger::listen(&broker, "root", &["homie/5/bridge-test/$description"]);
    assert_eq!(
        root.json("homie/5/bridge-test/$description")["children"],
        json!(["beacon-pass", "probe-walk-in"])
    );
    let description = later.json("homie/5/probe-walk-in/$description");
    assert_eq!(description["type"], "probe");
    assert_eq!(description["root"], "bridge-test");
    assert_eq!(description["nodes"]["temperature"]["properties"]["value"]["unit"], "°C");
    let later = Stranger::listen(&broker, "much later", &["homie/5/probe-walk-in/temperature/value"]);
    later.hear("homie/5/probe-walk-in/temperature/value", "4");
    bridge.post("probe-walk-in/temperature", r#"{"milli_celsius": 9250}"#);
    later.hear("homie/5/probe-walk-in/temperature/value", "9.25");
    bridge.post("probe-walk-in/temperature", r#"{"milli_celsius": null}"#);
    stranger.hear("homie/5/probe-walk-in/$alert/fault", "no sensor answers");
    bridge.post("probe-walk-in/temperature", r#"{"milli_celsius": 3000}"#);
    stranger.hear("homie/5/probe-walk-in/$alert/fault", "");
    broker.publish("homie/5/beacon-pass/light/colour/set", "red");
    stranger.hear("homie/5/beacon-pass/light/on", "true");
    stranger.hear("homie/5/beacon-pass/light/colour", "red");
    broker.publish("homie/5/beacon-pass/light/colour/set", "plaid");
    broker.publish("homie/5/beacon-pass/light/on/set", "false");
    stranger.hear("homie/5/beacon-pass/light/on", "false");
    assert_eq!(bridge.simulated("beacon-pass")["done"], json!(["light red", "light off"]));
}

#[test]
fn a_command_is_done_once_and_answered_as_often_as_it_is_said() {
    let broker = Broker::start();
    let bridge = Bridge::start(&broker, &["--simulate", "pager-base:host,customer-display:till"]);
    let stranger = Stranger::listen(&broker, "hub", &["maitred/1/+/answer", "homie/5/+/$state"]);
    stranger.hear_ready(&["bridge-test", "pager-base-host", "customer-display-till"]);
    let page = command("000000000001", PATIENCE, &json!({"kind": "page", "pager": 12, "pattern": "long"}));
    let done = json!({"id": format!("{ID}000000000001"), "outcome": "done"});
    for _ in 0..3 {
        broker.publish("maitred/1/pager-base-host/command", &page);
        assert_eq!(stranger.json("maitred/1/pager-base-host/answer"), done);
    }
    assert_eq!(bridge.simulated("pager-base-host")["done"], json!(["pages 12: long"]));
    let show = json!({"kind": "show", "lines": ["Total", "€ 12.50"]});
    broker.publish("maitred/1/customer-display-till/command", &command("000000000002", PATIENCE, &show));
    assert_eq!(stranger.json("maitred/1/customer-display-till/answer")["outcome"], "done");
    assert_eq!(bridge.simulated("customer-display-till")["done"], json!(["Total\n€ 12.50"]));
    broker.publish("maitred/1/pager-base-host/command", &command("000000000003", PATIENCE, &show));
    assert_eq!(stranger.json("maitred/1/pager-base-host/answer")["outcome"], "refused");
    let late =
        command("000000000004", Duration::ZERO, &json!({"kind": "page", "pager": 1, "pattern": "short"}));
    broker.publish("maitred/1/pager-base-host/command", &late);
    assert_eq!(stranger.json("maitred/1/pager-base-host/answer")["outcome"], "expired");
    broker.publish("maitred/1/pager-base-host/command", "{nonsense");
    assert_eq!(bridge.simulated("pager-base-host")["done"], json!(["pages 12: long"]));
}

#[test]
fn what_is_unplugged_is_lost_and_what_is_plugged_in_again_is_ready_and_does_what_waited() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state", "maitred/1/#"]);
    let bridge = Bridge::start(&broker, &["--simulate", "pager-base:host,bump-bar:grill"]);
    stranger.hear_ready(&["pager-base-host", "bump-bar-grill"]);
    bridge.post("pager-base-host/unplug", "");
    stranger.hear("homie/5/pager-base-host/$state", "lost");
    let page = |id, within| command(id, within, &json!({"kind": "page", "pager": 7, "pattern": "short"}));
    broker.publish("maitred/1/pager-base-host/command", &page("00000000000a", Duration::from_secs(1)));
    assert_eq!(stranger.json("maitred/1/pager-base-host/answer")["outcome"], "expired");
    broker.publish("maitred/1/pager-base-host/command", &page("00000000000b", PATIENCE));
    // Meanwhile the others work.
    bridge.post("bump-bar-grill/press", r#"{"code": 3}"#);
    assert_eq!(stranger.json("maitred/1/bump-bar-grill/event")["event"], json!({"kind": "key", "code": 3}));
    bridge.post("pager-base-host/plug", "");
    let answer = stranger.json("maitred/1/pager-base-host/answer");
    assert_eq!(answer, json!({"id": format!("{ID}00000000000b"), "outcome": "done"}));
    assert_eq!(bridge.ask("POST", "/simulated/pager-base-host/press", r#"{"code": 3}"#).0, 409);
    assert_eq!(bridge.ask("POST", "/simulated/bump-bar-grill/press", r#"{"code": 99}"#).0, 422);
    assert_eq!(bridge.ask("POST", "/simulated/toaster/unplug", "").0, 404);
}

#[test]
fn a_call_goes_out_with_its_button() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state", "maitred/1/+/event"]);
    let bridge = Bridge::start(&broker, &["--simulate", "call-button:terrace"]);
    stranger.hear("homie/5/call-button-terrace/$state", "ready");
    bridge.post("call-button-terrace/call", r#"{"button": 4, "what": "bill"}"#);
    let event = stranger.json("maitred/1/call-button-terrace/event");
    assert_eq!(event["event"], json!({"kind": "call", "button": 4, "what": "bill"}));
}

/// From the key to a client of the broker, as `cargo nextest run -p maitred-bridge --run-ignored only --no-capture`.
#[test]
#[ignore = "a measurement"]
fn how_long_a_key_takes_to_whoever_listens() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state", "maitred/1/+/event"]);
    let board = crate::house::Board::on(crate::lines::hello("grill", 1));
    let _bridge = Bridge::start(&broker, &["--port", board.path.to_str().unwrap()]);
    stranger.hear("homie/5/bump-bar-grill/$state", "ready");
    let mut took: Vec<Duration> = (0..500)
        .map(|code| {
            let pressed = Instant::now();
            board.press(code);
            stranger.hear_where("maitred/1/bump-bar-grill/event", |_| true);
            pressed.elapsed()
        })
        .collect();
    took.sort_unstable();
    println!("key to subscriber: p50 {:?}, p99 {:?}, most {:?}", took[250], took[495], took[499]);
}
