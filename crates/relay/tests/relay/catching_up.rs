use std::path::Path;

use maitred_domain::decide::Command;
use maitred_domain::ids::named;
use maitred_domain::permission::Role;
use maitred_relay::ids::VenueId;
use maitred_store::Request;

use crate::house::{House, Hub, REALM, open, open_at, until, until_alike};

fn venue(house: &House) -> VenueId {
    house.relay.app().storage.venues().unwrap()[0].id
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_hub_writes_reaches_the_other_live_and_both_ways() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let (one, two) = (Hub::new(1), Hub::new(2));
    one.open_check("before").await;
    let _one = one.talk(&house, Some(&house.token("Aurora"))).await;
    let _two = two.talk(&house, Some(&house.token("Aurora"))).await;
    until_alike(&one.store, &two.store).await;
    for n in 0..20 {
        one.open_check(&format!("one {n}")).await;
        two.open_check(&format!("two {n}")).await;
    }
    until("all checks are known to both", || one.store.open_checks().len() == 41).await;
    until_alike(&one.store, &two.store).await;
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hubs_that_are_never_there_together_catch_up_over_restarts_of_the_relay() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let (one, two) = (Hub::new(1), Hub::new(2));
    let (token, other) = (house.token("Aurora"), house.token("Aurora"));
    one.open_check("a").await;
    let talk = one.talk(&house, Some(&token)).await;
    let app = house.relay.app().clone();
    until("the relay has the entries of one", || {
        let tips = app.storage.tips(venue(&house)).unwrap();
        tips.get(&one.store.origin()).is_some_and(|tip| tip.seq == one.store.head())
    })
    .await;
    house.relay.stop().await;
    drop(app);
    talk.await.unwrap();
    let house = open(data.path()).await;
    let _two = two.talk(&house, Some(&other)).await;
    until("two knows the check", || two.store.open_checks().len() == 1).await;
    // Who is enrolled needs no token any more.
    let _one = one.talk(&house, None).await;
    until_alike(&one.store, &two.store).await;
    house.relay.stop().await;
}

/// Until nobody has the journals open: the last who closes a database takes its log away.
async fn until_closed(data: &Path, venue: VenueId) {
    let journals = data.join("venues").join(venue.to_string());
    let logs = [data.join("tenants.db-wal"), journals.join("journals.db-wal")];
    until("the journals are closed", || logs.iter().all(|log| !log.exists())).await;
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_from_yesterdays_backup_is_told_again_what_it_forgot_and_its_cloud_replica_is_built_anew() {
    let (data, yesterday) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let house = open(data.path()).await;
    let hub = Hub::new(1);
    hub.open_check("yesterday").await;
    let talk = hub.talk(&house, Some(&house.token("Aurora"))).await;
    let (app, venue) = (house.relay.app().clone(), venue(&house));
    let cloud = app.cloud.of(venue, REALM).unwrap();
    until_alike(&hub.store, &cloud.store).await;
    drop((cloud, app));
    house.relay.stop().await;
    talk.await.unwrap();
    until_closed(data.path(), venue).await;
    copy(data.path(), yesterday.path());

    let house = open(data.path()).await;
    let talk = hub.talk(&house, None).await;
    hub.open_check("today").await;
    let app = house.relay.app().clone();
    let cloud = app.cloud.of(venue, REALM).unwrap();
    let first_life = cloud.store.origin();
    let seat = Request {
        idempotency_key: "in the cloud".into(),
        by: named("manager"),
        role: Role::Manager,
        approval: None,
        command: Command::OpenCheck { table: None, covers: 2, name: "web".into() },
    };
    cloud.store.command(seat).await.unwrap();
    until("the hub knows what the cloud wrote", || hub.store.open_checks().len() == 3).await;
    drop((cloud, app));
    house.relay.stop().await;
    talk.await.unwrap();

    let house = open(yesterday.path()).await;
    let _talk = hub.talk(&house, None).await;
    let app = house.relay.app().clone();
    until("the relay knows again what the cloud wrote", || {
        let tips = app.storage.tips(venue).unwrap();
        tips.contains_key(&first_life)
    })
    .await;
    until("the cloud replica is another and knows all", || {
        let cloud = app.cloud.of(venue, REALM).unwrap();
        cloud.store.origin() != first_life && cloud.store.open_checks().len() == 3
    })
    .await;
    until_alike(&hub.store, &app.cloud.of(venue, REALM).unwrap().store).await;
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_that_is_cut_goes_on_where_it_was() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let address = house.relay.address.to_string();
    let hub = Hub::new(1);
    let token = house.token("Aurora");
    for n in 0..5 {
        let talk = hub.talk(&house, Some(&token)).await;
        hub.open_check(&format!("{n}")).await;
        talk.abort();
    }
    let venue = venue(&house);
    house.relay.stop().await;
    let house = open_at(data.path(), &address).await;
    let _talk = hub.talk(&house, None).await;
    let app = house.relay.app().clone();
    let cloud = app.cloud.of(venue, REALM).unwrap();
    until_alike(&hub.store, &cloud.store).await;
    assert_eq!(cloud.store.open_checks().len(), 5);
    house.relay.stop().await;
}
