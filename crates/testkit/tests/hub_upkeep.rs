//! A hub finds out by itself what is wrong with its database.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use maitred_testkit::hub::http::Client;
use maitred_testkit::hub::parties::Waiter;
use maitred_testkit::hub::seed;
use rusqlite::Connection;

/// How long a hub may take to find out.
const FOUND_MAX: Duration = Duration::from_secs(30);
const PAGE_BYTES: usize = 4096;

async fn start(data: &Path) -> Hub {
    Hub::start(Settings { demo: true, virtual_printers: false, ..Settings::new(data) }).await.unwrap()
}

/// Waits until `holds` of what the hub answers to a device.
async fn wait_until(hub: &Hub, what: &str, holds: impl Fn(&mut Waiter) -> bool + Send + 'static) {
    let (client, what) = (Client::new(hub.address), what.to_owned());
    let waited = tokio::task::spawn_blocking(move || {
        let mut waiter = Waiter::sign_in(client).unwrap();
        let begun = Instant::now();
        while !holds(&mut waiter) {
            assert!(begun.elapsed() < FOUND_MAX, "{what} is not found out");
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    waited.await.unwrap();
}

fn has_item(waiter: &mut Waiter, kind: &str) -> bool {
    let items = waiter.client.get("/api/v1/attention").unwrap();
    items.body.as_array().unwrap().iter().any(|item| item["kind"] == kind)
}

fn metric(waiter: &mut Waiter, name: &str) -> Option<u64> {
    let text = waiter.client.get("/metrics").unwrap().body.as_str().unwrap().to_owned();
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

/// Scratches an index that only the books of a day look at.
fn scratch(data: &Path) {
    let file = data.join("maitred.db");
    let page: usize = Connection::open(&file)
        .unwrap()
        .query_row("SELECT rootpage FROM sqlite_master WHERE name = 'cash_moves_by_date'", [], |row| {
            row.get(0)
        })
        .unwrap();
    let mut bytes = fs::read(&file).unwrap();
    bytes[(page - 1) * PAGE_BYTES..][..PAGE_BYTES].fill(0xee);
    fs::write(&file, bytes).unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_found_after_the_start_and_the_hub_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_owned();
    tokio::task::spawn_blocking(move || seed(&folder).unwrap()).await.unwrap();
    let hub = start(data.path()).await;
    wait_until(&hub, "that all is well", |waiter| metric(waiter, "maitred_database_damages") == Some(0))
        .await;
    hub.stop().await.unwrap();
    scratch(data.path());
    let hub = start(data.path()).await;
    wait_until(&hub, "the damage", |waiter| has_item(waiter, "damaged")).await;
    wait_until(&hub, "the damage", |waiter| {
        metric(waiter, "maitred_database_damages").unwrap() > 0
            && waiter.client.get("/healthz").unwrap().body["status"] == "damaged"
    })
    .await;
    hub.stop().await.unwrap();
}

#[tokio::test]
async fn a_log_that_a_reader_holds_is_an_alarm_until_the_reader_ends() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().to_owned();
    tokio::task::spawn_blocking(move || seed(&folder).unwrap()).await.unwrap();
    let hub = start(data.path()).await;
    let file = data.path().join("maitred.db");
    let reader = Connection::open(&file).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM meta;").unwrap();
    reader.query_row("SELECT count(*) FROM meta", [], |row| row.get::<_, i64>(0)).unwrap();
    let mut writer = Connection::open(&file).unwrap();
    for megabytes in [30, 40] {
        let write = writer.transaction().unwrap();
        write.execute_batch("CREATE TABLE IF NOT EXISTS ballast (content BLOB)").unwrap();
        write.execute("DELETE FROM ballast", []).unwrap();
        write.execute("INSERT INTO ballast VALUES (zeroblob(?1))", [megabytes << 20]).unwrap();
        write.commit().unwrap();
    }
    drop(writer);
    wait_until(&hub, "the long log", |waiter| {
        has_item(waiter, "log_large") && metric(waiter, "maitred_wal_bytes").unwrap() > 64 << 20
    })
    .await;
    reader.execute_batch("COMMIT").unwrap();
    wait_until(&hub, "that the log is short again", |waiter| !has_item(waiter, "log_large")).await;
    hub.stop().await.unwrap();
}
