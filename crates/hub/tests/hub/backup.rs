//! Backups that nobody thinks of, and a new box out of one of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use maitred_hub::backup::{RecoveryKey, RestoreError, Source, UnsealError, restore};
use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Answer, House, Person, id, open, send};

/// How long a backup of a small venue may take on a busy machine.
const MADE_MAX: Duration = Duration::from_mins(2);
const DAY_SECS: i64 = 24 * 60 * 60;

async fn plan(manager: &Person, folder: &Path) -> Answer {
    let plan = json!({ "folder": folder, "to_relay": false, "at": null, "keep_days": 30 });
    send(manager.request(Method::PUT, "/backup").json(&plan)).await
}

async fn key_of(manager: &Person) -> RecoveryKey {
    let made = manager.post("/backup/recovery-key", json!({})).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    made.body["recovery_key"].as_str().unwrap().parse().unwrap()
}

/// Waits until what is known of backups is as wanted.
async fn until(manager: &Person, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let state = manager.get("/backup").await.body;
        if holds(&state) {
            return state;
        }
        assert!(begun.elapsed() < MADE_MAX, "{what}: {state}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files
}

/// A venue with an evening behind it and one backup, the key of that, and the check that is open.
async fn backed_up(folder: &Path) -> (House, Person, RecoveryKey, Value) {
    let house = open().await;
    let manager = house.manager().await;
    let check = manager.check_with_lines(3).await;
    manager.post(&format!("/checks/{}/fire", id(&check)), json!({})).await;
    assert_eq!(plan(&manager, folder).await.status, StatusCode::OK);
    let key = key_of(&manager).await;
    until(&manager, "a first backup", |it| it["folder"]["at"].is_string() && it["is_running"] == false).await;
    (house, manager, key, check)
}

async fn restored(from: &Path, key: &RecoveryKey) -> Result<TempDir, RestoreError> {
    let data = tempfile::tempdir().unwrap();
    restore(&Source::Path(from.to_owned()), key, data.path(), None).await.map(|_| data)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_box_out_of_last_nights_backup_knows_the_evening_and_every_pin() {
    let folder = tempfile::tempdir().unwrap();
    let (house, manager, key, check) = backed_up(folder.path()).await;
    let made = files(folder.path());
    assert_eq!(made.len(), 1, "{made:?}");
    let later = manager.check_with_lines(1).await;
    let metrics = manager.get("//metrics").await.body.as_str().unwrap().to_owned();
    assert!(metrics.contains("maitred_backup_age_seconds{place=\"folder\"} "), "{metrics}");
    assert!(metrics.contains("maitred_backup_failing{place=\"folder\"} 0"), "{metrics}");
    let (origin, data) = (house.hub.app().store.origin(), house.data);
    house.hub.stop().await.unwrap();
    assert!(!data.path().join("backup.copy").exists() && !data.path().join("backup.sealed").exists());

    let data = restored(folder.path(), &key).await.unwrap();
    assert!(maitred_store::doctor(data.path()).unwrap().problems.is_empty());
    let hub = Hub::start(Settings::new(data.path())).await.unwrap();
    let house = House { hub, data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    assert_ne!(house.hub.app().store.origin(), origin, "it is a hub of its own");
    let waiter = house.waiter().await;
    let there = waiter.get(&format!("/checks/{}", id(&check))).await;
    assert_eq!(there.body["lines"].as_array().unwrap().len(), 3, "{there:?}");
    assert_eq!(waiter.get(&format!("/checks/{}", id(&later))).await.status, StatusCode::NOT_FOUND);
    let state = house.manager().await.get("/backup").await.body;
    assert_eq!(state["recovery_key"], key.seal().mark(), "and it goes on to be backed up: {state}");
    house.hub.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_restored_says_why_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (house, _, key, _) = backed_up(folder.path()).await;
    let taken = Source::Path(folder.path().to_owned());
    let busy = restore(&taken, &key, house.data.path(), None).await;
    assert!(matches!(busy, Err(RestoreError::InUse(_))), "{busy:?}");
    let data = house.data;
    house.hub.stop().await.unwrap();
    let refused = restore(&taken, &key, data.path(), None).await;
    assert!(matches!(refused, Err(RestoreError::Taken(_))), "{refused:?}");
    assert!(maitred_store::doctor(data.path()).unwrap().problems.is_empty(), "it is what it was");

    let backup = files(folder.path()).remove(0);
    let bytes = fs::read(&backup).unwrap();
    let spoilt = folder.path().join("spoilt");
    let into = tempfile::tempdir().unwrap();
    for (length, flipped) in [
        (bytes.len(), 10),
        (bytes.len(), 300),
        (bytes.len(), bytes.len() / 2),
        (bytes.len(), bytes.len() - 1),
        (bytes.len() / 2, 0),
        (bytes.len() - 1, 0),
    ] {
        let mut bytes = bytes[..length].to_vec();
        bytes[flipped] ^= u8::from(flipped > 0) << 3;
        fs::write(&spoilt, bytes).unwrap();
        let new = into.path().join("new");
        let refused = restore(&Source::Path(spoilt.clone()), &key, &new, None).await;
        assert!(matches!(refused, Err(RestoreError::Unseal(_))), "{length} {flipped}: {refused:?}");
        assert!(!new.exists(), "nothing half-written");
        assert!(refused.unwrap_err().to_string().lines().count() == 1);
    }
    let other = restored(&backup, &RecoveryKey::mint()).await;
    assert!(matches!(other, Err(RestoreError::Unseal(UnsealError::WrongKey))), "{other:?}");
    let none = restored(folder.path(), &RecoveryKey::mint()).await;
    assert!(matches!(none, Err(RestoreError::NoneOpens { count: 1, .. })), "{none:?}");
    let empty = restored(into.path(), &key).await;
    assert!(matches!(empty, Err(RestoreError::NoBackup(_))), "{empty:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_was_never_set_up_is_restored_over_and_one_that_was_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (house, _, key, check) = backed_up(folder.path()).await;
    house.hub.stop().await.unwrap();
    let data = tempfile::tempdir().unwrap();
    Hub::start(Settings::new(data.path())).await.unwrap().stop().await.unwrap();
    restore(&Source::Path(folder.path().to_owned()), &key, data.path(), None).await.unwrap();
    let hub = Hub::start(Settings::new(data.path())).await.unwrap();
    let house = House { hub, data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    let waiter = house.waiter().await;
    assert_eq!(waiter.get(&format!("/checks/{}", id(&check))).await.status, StatusCode::OK);
    let opened = waiter.check_with_lines(1).await;
    assert!(opened["number"].as_str().unwrap().starts_with('B'), "its numbers are its own: {opened}");
    house.hub.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stick_that_is_pulled_is_said_and_backups_go_on_when_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let stick = folder.path().join("stick");
    fs::create_dir(&stick).unwrap();
    let (house, manager, _, _) = backed_up(&stick).await;
    let away = folder.path().join("away");
    fs::rename(&stick, &away).unwrap();
    house.skip(60 * 60);
    manager.post("/backup/now", json!({})).await;
    let state = until(&manager, "it is said", |it| it["folder"]["problem"].is_string()).await;
    assert!(state["folder"]["problem"].as_str().unwrap().contains("is the stick in"), "{state}");
    assert!(!stick.exists(), "nothing is written where the stick is not");
    let items = manager.get("/attention").await.body;
    let item = items.as_array().unwrap().iter().find(|item| item["kind"] == "backup_failed").unwrap().clone();
    assert_eq!(
        (&item["severity"], &item["params"]["place"]),
        (&json!("warning"), &json!("folder")),
        "{item}"
    );
    fs::rename(&away, &stick).unwrap();
    manager.post("/backup/now", json!({})).await;
    until(&manager, "it is made", |it| it["folder"]["problem"].is_null() && it["is_running"] == false).await;
    assert_eq!(files(&stick).len(), 2);
    let items = manager.get("/attention").await.body;
    assert!(items.as_array().unwrap().iter().all(|item| item["kind"] != "backup_failed"), "{items}");
    house.hub.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_ten_years_ahead_for_a_while_costs_no_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (house, manager, key, _) = backed_up(folder.path()).await;
    house.skip(3_650 * DAY_SECS);
    let manager = {
        drop(manager);
        house.manager().await
    };
    manager.post("/backup/now", json!({})).await;
    until(&manager, "one of the future", |_| files(folder.path()).len() == 2).await;
    until(&manager, "it is done", |it| it["is_running"] == false).await;
    house.skip(-3_650 * DAY_SECS);
    let manager = house.manager().await;
    manager.post("/backup/now", json!({})).await;
    until(&manager, "one of today", |_| files(folder.path()).len() >= 2).await;
    until(&manager, "it is done", |it| it["is_running"] == false && it["folder"]["problem"].is_null()).await;
    house.hub.stop().await.unwrap();
    assert!(restored(folder.path(), &key).await.is_ok());
}

#[tokio::test]
async fn backups_are_planned_by_who_may_and_only_where_there_is_a_folder() {
    let house = open().await;
    let manager = house.manager().await;
    assert_eq!(manager.post("/backup/now", json!({})).await.code(), "no-recovery-key");
    assert_eq!(plan(&manager, Path::new("/no/such/stick")).await.code(), "bad-folder");
    assert_eq!(plan(&manager, Path::new("stick")).await.code(), "bad-folder");
    for (field, value, code) in [
        ("keep_days", json!(31), "out-of-range"),
        ("keep_days", json!(0), "out-of-range"),
        ("at", json!("25:00"), "invalid-body"),
    ] {
        let mut plan = json!({ "folder": null, "to_relay": false, "at": null, "keep_days": 30 });
        plan[field] = value;
        let refused = send(manager.request(Method::PUT, "/backup").json(&plan)).await;
        assert_eq!(refused.code(), code, "{refused:?}");
    }
    let waiter = house.waiter().await;
    assert_eq!(waiter.get("/backup").await.code(), "forbidden");
    assert_eq!(waiter.post("/backup/recovery-key", json!({})).await.code(), "forbidden");
    let state = manager.get("/backup").await.body;
    assert!(state["recovery_key"].is_null() && state["plan"]["folder"].is_null(), "{state}");
}
