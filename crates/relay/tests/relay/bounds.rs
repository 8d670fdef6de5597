//! What happens at the limits.

use std::sync::Arc;
use std::time::Instant;

use maitred_link::ConnectError;
use maitred_link::handshake::{HandshakeError, RefusedBecause};
use maitred_process::clock;
use maitred_relay::cloud::{CloudError, CloudReplicas};
use maitred_relay::ids::VenueId;
use maitred_relay::limits::{CLOUD_IDLE, CLOUD_REPLICAS_MAX, CONVERSATIONS_MAX, HANDSHAKES_MAX};
use maitred_relay::storage::Storage;
use maitred_relay::storage::sqlite::Sqlite;
use maitred_relay::wakeups::Wakeups;
use uuid::Uuid;

use crate::house::{REALM, open};

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_callers_may_leave_open_who_they_are() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let call = || async { tokio_tungstenite::connect_async(house.url()).await };
    let mut silent = Vec::new();
    for _ in 0..HANDSHAKES_MAX {
        silent.push(call().await.unwrap());
    }
    let refused = call().await.unwrap_err();
    assert!(refused.to_string().contains("429"), "{refused}");
    drop(silent);
    crate::house::until_async("there is room again", async || call().await.is_ok()).await;
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_hubs_are_spoken_with_and_one_more_when_one_goes() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let places = Arc::clone(&house.relay.app().conversations);
    assert_eq!(places.available_permits(), CONVERSATIONS_MAX);
    let others = places.acquire_many(u32::try_from(CONVERSATIONS_MAX - 1).unwrap()).await.unwrap();
    let token = house.token("Aurora");
    let (socket, realm) = house.call(1, Some(&token), Some(REALM)).await.unwrap();
    let busy = ConnectError::Handshake(HandshakeError::Refused(RefusedBecause::Busy));
    let refused = house.call(1, None, Some(realm)).await.err().map(|error| error.to_string());
    assert_eq!(refused, Some(busy.to_string()));
    socket.close().await;
    crate::house::until_async("there is room again", async || house.call(1, None, Some(realm)).await.is_ok())
        .await;
    drop(others);
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_replica_that_nobody_reads_is_closed_after_a_while_and_one_that_is_read_is_not() {
    let data = tempfile::tempdir().unwrap();
    let storage: Arc<dyn Storage> = Arc::new(Sqlite::open(data.path()).unwrap());
    let folder = data.path().join("venues");
    let cloud = CloudReplicas::new(folder, storage, Arc::new(Wakeups::default()), clock::system());
    let venue = |n: u128| VenueId(Uuid::from_u128(n));
    let read = cloud.of(venue(1), REALM).unwrap();
    drop(cloud.of(venue(2), REALM).unwrap());
    let now = Instant::now();
    cloud.close_idle(now + CLOUD_IDLE / 2);
    assert_eq!(cloud.open_count(), 2);
    cloud.close_idle(now + CLOUD_IDLE);
    assert_eq!(cloud.open_count(), 1, "the one that is read");
    drop(read);
    cloud.close_idle(now + CLOUD_IDLE * 2);
    assert_eq!(cloud.open_count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_so_many_cloud_replicas_are_open_and_those_that_somebody_reads_stay() {
    let data = tempfile::tempdir().unwrap();
    let storage: Arc<dyn Storage> = Arc::new(Sqlite::open(data.path()).unwrap());
    let folder = data.path().join("venues");
    let cloud = CloudReplicas::new(folder, storage, Arc::new(Wakeups::default()), clock::system());
    let venue = |n: usize| VenueId(Uuid::from_u128(n as u128 + 1));
    let mut read: Vec<_> = (0..CLOUD_REPLICAS_MAX).map(|n| cloud.of(venue(n), REALM).unwrap()).collect();
    assert!(matches!(cloud.of(venue(99), REALM), Err(CloudError::Busy)));
    let closed = read.remove(3).store.origin();
    cloud.of(venue(99), REALM).unwrap();
    assert_eq!(cloud.open_count(), CLOUD_REPLICAS_MAX);
    drop(read);
    assert_eq!(
        cloud.of(venue(3), REALM).unwrap().store.origin(),
        closed,
        "it is the same when it comes back"
    );
    cloud.close();
    assert_eq!(cloud.open_count(), 0);
}
