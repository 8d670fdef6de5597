//! Papers of a hub that is gone: the other prints them, and says so.

use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use jiff::SignedDuration;
use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use reqwest::StatusCode;
use serde_json::json;

use crate::standby::{alike, at, both_are, eventually, pair, url};
use crate::support::{House, Person, id};

#[tokio::test(flavor = "multi_thread")]
async fn papers_of_a_hub_that_is_gone_are_printed_by_the_other_and_say_so() {
    let (acting, standby) = pair().await;
    let waiter = acting.waiter().await;
    let check = waiter.check_with_lines(1).await;
    waiter.post(&format!("/checks/{}/fire", id(&check)), json!({})).await;
    let there = at(&waiter, &standby).await;
    let jobs = async |person: &Person| person.get("/print-jobs").await.body.as_array().unwrap().clone();
    let wanted = jobs(&waiter).await;
    assert!(!wanted.is_empty() && jobs(&there).await.is_empty(), "whoever accepts it prints it");
    let (address, settings) = (acting.hub.address, Settings::new(acting.data.path()));
    acting.hub.stop().await.unwrap();
    let taken =
        eventually("the duty", async || Some(jobs(&there).await).filter(|jobs| !jobs.is_empty())).await;
    assert_eq!(taken.len(), wanted.len());
    let stored = standby.hub.app().store.print_jobs(&maitred_store::JobFilter::default(), 10).unwrap();
    assert!(stored.iter().all(|job| job.indeterminate_attempts > 0), "each says that it may be there twice");
    let hub = Hub::start(Settings { listen: address, ..settings }).await.unwrap();
    let acting = House { hub, data: acting.data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    both_are(&acting, "acting", &standby, "standby").await;
    let here = Person { base: url(&acting.hub), ..waiter };
    eventually("the end of its own", async || {
        jobs(&here).await.iter().all(|job| job["state"] == "dismissed").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn papers_of_a_box_that_a_blackout_took_for_good_are_printed_by_the_other_but_not_those_it_had_printed()
{
    let (acting, standby) = pair().await;
    let waiter = acting.waiter().await;
    let check = waiter.check_with_lines(1).await;
    waiter.post(&format!("/checks/{}/fire", id(&check)), json!({})).await;
    let jobs = async |person: &Person| person.get("/print-jobs").await.body.as_array().unwrap().clone();
    let settled = jobs(&waiter).await;
    assert!(!settled.is_empty());
    let manager = acting.manager().await;
    for job in &settled {
        let done = manager.post(&format!("/print-jobs/{}/dismiss", id(job)), json!({})).await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
    }
    let lines = json!({ "lines": [{ "item_id": check["lines"][0]["item_id"], "quantity": 1 }] });
    waiter.post(&format!("/checks/{}/lines", id(&check)), lines).await;
    waiter.post(&format!("/checks/{}/fire", id(&check)), json!({})).await;
    let key = |job: &serde_json::Value| (job["printer"].clone(), job["title"].clone(), id(job).clone());
    let wanted: Vec<_> = jobs(&waiter).await.iter().filter(|job| job["state"] == "queued").map(key).collect();
    assert!(!wanted.is_empty());
    alike(&acting, &standby).await;
    let (theirs, lately) = (acting.hub.app().store.origin(), SignedDuration::from_mins(15));
    eventually("what is settled there", async || {
        let unprinted = standby.hub.app().store.unprinted_of(theirs, lately).unwrap();
        (unprinted.len() == wanted.len()).then_some(())
    })
    .await;
    let (address, settings) = (standby.hub.address, Settings::new(standby.data.path()));
    acting.hub.stop().await.unwrap();
    standby.hub.stop().await.unwrap();
    let hub = Hub::start(Settings { listen: address, ..settings }).await.unwrap();
    let standby = House { hub, data: standby.data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    let there = Person { base: url(&standby.hub), ..waiter };
    let taken =
        eventually("the duty", async || Some(jobs(&there).await).filter(|jobs| !jobs.is_empty())).await;
    assert_eq!(taken.iter().map(key).collect::<Vec<_>>(), wanted);
    let stored = standby.hub.app().store.print_jobs(&maitred_store::JobFilter::default(), 10).unwrap();
    assert!(stored.iter().all(|job| job.indeterminate_attempts > 0), "each says that it may be there twice");
}
