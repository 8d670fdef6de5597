//! The broker goes away, and so does the bridge.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::house::{Board, Bridge, Broker, PATIENCE, Stranger};
use crate::lines::hello;

const EVENT: &str = "maitred/1/bump-bar-grill/event";

/// Hears events until `count` different ones came, in order; how many came in all.
fn hear_all(stranger: &Stranger, count: u16) -> u16 {
    let (mut last, mut heard, begun) = (0, 0, Instant::now());
    while last < count {
        assert!(begun.elapsed() < 2 * PATIENCE, "{last} of {count} were heard");
        let event: Value = serde_json::from_str(&stranger.hear_where(EVENT, |_| true)).unwrap();
        let seq = event["id"].as_str().unwrap().split_once('-').unwrap().1.parse::<u16>().unwrap();
        assert_eq!(event["event"]["code"], seq, "the same event has the same id");
        assert!(seq <= last + 1, "{seq} came after {last}");
        last = last.max(seq);
        heard += 1;
    }
    heard
}

#[test]
fn a_broker_that_restarts_in_the_middle_costs_no_event_and_is_told_everything_again() {
    let mut broker = Broker::start();
    let board = Board::on(hello("grill", 1));
    let _bridge = Bridge::start(&broker, &["--port", board.path.to_str().unwrap()]);
    let stranger = Stranger::listen(&broker, "hub", &[EVENT, "homie/5/bump-bar-grill/$state"]);
    stranger.hear("homie/5/bump-bar-grill/$state", "ready");
    thread::scope(|scope| {
        scope.spawn(|| {
            for code in 1..=100 {
                board.press(code);
                thread::sleep(Duration::from_millis(30));
            }
        });
        thread::sleep(Duration::from_millis(700));
        broker.stop();
        thread::sleep(Duration::from_millis(1500));
        broker.again();
    });
    let heard = hear_all(&stranger, 100);
    println!("100 events came {heard} times");
    let begun = Instant::now();
    while board.waiting() > 0 {
        assert!(begun.elapsed() < PATIENCE, "the device is told that all are safe");
        thread::sleep(Duration::from_millis(50));
    }
    // A broker that remembers nothing is told everything again.
    broker.destroy();
    broker.again();
    let later = Stranger::listen(&broker, "later", &["homie/5/#"]);
    later.hear("homie/5/bridge-test/$state", "ready");
    let later = Stranger::listen(&broker, "latest", &["homie/5/bump-bar-grill/#"]);
    later.hear("homie/5/bump-bar-grill/$state", "ready");
}

#[test]
fn a_bridge_that_is_killed_is_lost_and_no_event_with_it() {
    let broker = Broker::start();
    let board = Board::on(hello("grill", 1));
    let arguments = ["--port", board.path.to_str().unwrap()];
    let stranger = Stranger::listen(&broker, "hub", &[EVENT, "homie/5/+/$state"]);
    let bridge = Bridge::start(&broker, &arguments);
    stranger.hear("homie/5/bump-bar-grill/$state", "ready");
    thread::scope(|scope| {
        scope.spawn(|| {
            for code in 1..=100 {
                board.press(code);
                thread::sleep(Duration::from_millis(20));
            }
        });
        thread::sleep(Duration::from_millis(500));
        // Killed, with whatever it holds.
        drop(bridge);
        let watcher = Stranger::listen(&broker, "watcher", &["homie/5/bridge-test/$state"]);
        watcher.hear("homie/5/bridge-test/$state", "lost");
        let bridge = Bridge::start(&broker, &arguments);
        watcher.hear("homie/5/bridge-test/$state", "ready");
        let heard = hear_all(&stranger, 100);
        println!("100 events came {heard} times");
        drop(bridge);
    });
}

#[test]
fn a_device_that_a_bridge_no_longer_has_is_lost_when_that_starts_again() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state"]);
    let mut bridge = Bridge::start(&broker, &["--simulate", "probe:walk-in,beacon:pass"]);
    stranger.hear_ready(&["probe-walk-in", "beacon-pass", "bridge-test"]);
    bridge.process.signal("-TERM");
    assert!(bridge.process.0.wait().unwrap().success());
    stranger.hear("homie/5/bridge-test/$state", "disconnected");
    let _bridge = Bridge::start(&broker, &["--simulate", "beacon:pass"]);
    stranger.hear("homie/5/probe-walk-in/$state", "lost");
    let later = Stranger::listen(&broker, "later", &["homie/5/bridge-test/$description"]);
    later.hear_where("homie/5/bridge-test/$description", |it| it.contains("probe-walk-in"));
}

#[test]
fn an_alert_of_before_is_over_and_a_device_can_be_forgotten() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/#"]);
    let bridge = Bridge::start(&broker, &["--simulate", "probe:walk-in,probe:bar"]);
    stranger.hear_ready(&["probe-walk-in", "probe-bar"]);
    bridge.post("probe-walk-in/temperature", r#"{"milli_celsius": null}"#);
    stranger.hear("homie/5/probe-walk-in/$alert/fault", "no sensor answers");
    drop(bridge);
    let _bridge = Bridge::start(&broker, &["--simulate", "probe:walk-in"]);
    stranger.hear("homie/5/probe-walk-in/$alert/fault", "");
    let later = Stranger::listen(&broker, "later", &["homie/5/bridge-test/$description"]);
    later.hear_where("homie/5/bridge-test/$description", |it| it.contains("probe-bar"));
    broker.forget("homie/5/probe-bar/$description");
    later.hear_where("homie/5/bridge-test/$description", |it| !it.contains("probe-bar"));
}
