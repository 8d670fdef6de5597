//! Two whole hubs of one venue: the acting one dies under load, its disk with it or not, and comes back.
//!
//! `MAITRED_FAILOVERS` says how often it dies.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hub;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use maitred_testkit::hub::http::Client;
use maitred_testkit::hub::parties::{Party, Waiter, check, next_party};
use maitred_testkit::hub::{HubProcess, doctor, seed};
use serde_json::{Value, json};
use tempfile::TempDir;

const DEVICES: usize = 4;
/// Longer than anything takes that is not measured.
const PATIENCE: Duration = Duration::from_mins(1);
/// From the last answer of the hub that dies to the first of the other.
const FAILOVER_MAX: Duration = Duration::from_secs(5);

fn start(data: &Path, options: &[&str]) -> HubProcess {
    HubProcess::start_with(&hub::maitred(), data, options, Stdio::inherit()).unwrap()
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

fn role(manager: &mut Client) -> Value {
    manager.look("/api/v1/sync").unwrap()["role"].clone()
}

/// An acting hub and its standby.
struct Pair {
    folders: [TempDir; 2],
    acting: HubProcess,
    standby: HubProcess,
}

impl Pair {
    fn start() -> Self {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        seed(folders[0].path()).unwrap();
        let acting = start(folders[0].path(), &["--listen", "127.0.0.1:0"]);
        let token = manager(&acting).post("/api/v1/hubs/tokens", None, &json!({})).unwrap();
        let (token, url) = (token.body["token"].as_str().unwrap(), format!("http://{}", acting.address()));
        let options = ["--listen", "127.0.0.1:0", "--standby-of", &url, "--enrol", token];
        let standby = start(folders[1].path(), &options);
        let pair = Self { folders, acting, standby };
        pair.stand();
        pair
    }

    fn stand(&self) {
        wait_for("one acts and one stands by", || {
            role(&mut manager(&self.acting)) == "acting" && role(&mut manager(&self.standby)) == "standby"
        });
    }
}

/// Serves parties at the acting hub until it does not answer; after `for_ms` it is killed. What was acknowledged, and when
/// the last time.
fn serve_until_killed(acting: HubProcess, for_ms: u64) -> (BTreeSet<u64>, Instant) {
    let mut waiter = Waiter::sign_in(acting.client()).unwrap();
    let first = next_party(&mut waiter.client).unwrap();
    let acknowledged = Mutex::new((BTreeSet::new(), Instant::now()));
    std::thread::scope(|scope| {
        for (device, party) in (0..DEVICES).zip(first..) {
            let (mut waiter, acknowledged) = (waiter.again(), &acknowledged);
            scope.spawn(move || {
                let refusal = waiter.serve(party, DEVICES, |n| {
                    let mut acknowledged = acknowledged.lock().unwrap();
                    acknowledged.0.insert(n);
                    acknowledged.1 = Instant::now();
                });
                assert!(refusal.is_none(), "device {device}: {refusal:?}");
            });
        }
        std::thread::sleep(Duration::from_millis(for_ms));
        drop(acting);
    });
    acknowledged.into_inner().unwrap()
}

/// The first command that the standby answers, by somebody who had signed in at the other hub.
fn first_answer(standby: &HubProcess, client: &Client) -> Instant {
    let mut waiter = Waiter::sign_in(client.at(standby.address())).unwrap();
    let party = Party::new(1_000_000);
    wait_for("the standby answers", || waiter.send(&party, 0).is_ok_and(|answer| answer.is_success()));
    Instant::now()
}

fn nothing_is_lost(standby: &HubProcess, acknowledged: &BTreeSet<u64>) {
    let present = check(&mut Waiter::sign_in(standby.client()).unwrap()).unwrap();
    let lost: Vec<_> = acknowledged.difference(&present).collect();
    assert!(lost.is_empty(), "{lost:?} of {} are lost", acknowledged.len());
}

#[test]
fn an_acting_hub_that_is_destroyed_takes_nothing_with_it_that_it_has_acknowledged() {
    let failovers = std::env::var("MAITRED_FAILOVERS").ok().and_then(|count| count.parse().ok()).unwrap_or(3);
    let mut slowest = Duration::ZERO;
    let mut count = 0;
    for failover in 0..failovers {
        let Pair { folders: [destroyed, kept], acting, standby } = Pair::start();
        let client = manager(&acting);
        let (acknowledged, last) = serve_until_killed(acting, 300 + 211 * (failover % 5));
        destroyed.close().unwrap();
        slowest = slowest.max(first_answer(&standby, &client) - last);
        nothing_is_lost(&standby, &acknowledged);
        assert_eq!(role(&mut manager(&standby)), "solo");
        standby.stop().unwrap();
        doctor(&hub::maitred(), kept.path()).unwrap();
        assert!(acknowledged.len() > DEVICES, "{} commands are no load", acknowledged.len());
        count += acknowledged.len();
    }
    eprintln!("{failovers} hubs destroyed, {count} commands kept, the slowest took over in {slowest:?}");
    assert!(slowest < FAILOVER_MAX, "{slowest:?}");
}

#[test]
fn a_killed_hub_comes_back_by_itself_and_both_are_equal() {
    let Pair { folders, acting, standby } = Pair::start();
    let (address, client): (SocketAddr, _) = (acting.address(), manager(&acting));
    let (acknowledged, _) = serve_until_killed(acting, 500);
    first_answer(&standby, &client);
    let acting = start(folders[0].path(), &["--listen", &address.to_string()]);
    let pair = Pair { folders, acting, standby };
    pair.stand();
    wait_for("both know the same", || {
        let vector = |hub| manager(hub).look("/api/v1/sync").unwrap()["vector"].clone();
        vector(&pair.acting) == vector(&pair.standby)
    });
    nothing_is_lost(&pair.acting, &acknowledged);
    for stopped in [pair.acting, pair.standby] {
        stopped.stop().unwrap();
    }
    for folder in &pair.folders {
        doctor(&hub::maitred(), folder.path()).unwrap();
    }
}
