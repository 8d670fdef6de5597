//! What happens at the limits.

use std::sync::Arc;

use maitred_process::clock;
use maitred_relay::cloud::{CloudError, CloudReplicas};
use maitred_relay::ids::VenueId;
use maitred_relay::limits::{CLOUD_REPLICAS_MAX, HANDSHAKES_MAX};
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
