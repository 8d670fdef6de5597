//! Peers that lie, and hubs that have no business here.

use std::sync::atomic::Ordering;
use std::time::Duration;

use maitred_link::handshake::{HandshakeError, RefusedBecause};
use maitred_link::limits::{HANDSHAKE_BYTES_MAX, HANDSHAKE_TIME_MAX, MESSAGE_BYTES_MAX, PART_BYTES_MAX};
use maitred_link::{ConnectError, Identity, Socket, Wire};
use maitred_sync::{Output, Session, Speaker, Vector};

use crate::house::{House, Hub, REALM, open, until, until_alike};

async fn refused(house: &House, seed: u8, token: Option<&str>) -> RefusedBecause {
    match house.call(seed, token, Some(REALM)).await {
        Err(ConnectError::Handshake(HandshakeError::Refused(because))) => because,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was let in"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_without_a_token_or_with_one_that_was_used_or_is_too_old() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    assert_eq!(refused(&house, 1, None).await, RefusedBecause::Unknown);
    assert_eq!(refused(&house, 1, Some("guessed")).await, RefusedBecause::UnknownToken);
    let (token, late) = (house.token("Aurora"), house.token("Aurora"));
    house.call(1, Some(&token), Some(REALM)).await.unwrap();
    // An answer that got lost is asked for again; nobody else profits.
    house.call(1, Some(&token), Some(REALM)).await.unwrap();
    assert_eq!(refused(&house, 2, Some(&token)).await, RefusedBecause::UsedToken);
    house.skipped_secs.store(25 * 60 * 60, Ordering::Relaxed);
    assert_eq!(refused(&house, 2, Some(&late)).await, RefusedBecause::ExpiredToken);
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_hub_is_cut_off_and_kept_out_and_the_others_go_on() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let (one, two) = (Hub::new(1), Hub::new(2));
    let cut = one.talk(&house, Some(&house.token("Aurora"))).await;
    let stays = two.talk(&house, Some(&house.token("Aurora"))).await;
    let app = house.relay.app().clone();
    assert!(app.storage.revoke(Identity::of_seed(&[1; 32]).public(), (app.clock)()).unwrap());
    tokio::time::timeout(Duration::from_secs(10), cut).await.unwrap().unwrap();
    assert_eq!(refused(&house, 1, None).await, RefusedBecause::Revoked);
    assert!(!stays.is_finished());
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_of_another_venue_is_told_so_and_learns_nothing() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let hub = Hub::new(1);
    hub.open_check("ours").await;
    let _talk = hub.talk(&house, Some(&house.token("Aurora"))).await;
    // It knows the realm, which is no secret, but was enrolled for another venue.
    let other = Hub::new(2);
    let _other = other.talk(&house, Some(&house.token("Borealis"))).await;
    other.open_check("theirs").await;
    let app = house.relay.app().clone();
    let venues = app.storage.venues().unwrap();
    until("both venues have entries", || {
        venues.iter().all(|venue| !app.storage.tips(venue.id).unwrap().is_empty())
    })
    .await;
    let names = |hub: &Hub| -> Vec<String> {
        hub.store.open_checks().iter().map(|check| check.name.clone()).collect()
    };
    assert_eq!((names(&hub), names(&other)), (vec!["ours".to_owned()], vec!["theirs".to_owned()]));
    match house.call(1, None, Some([8; 16])).await {
        Err(ConnectError::Handshake(HandshakeError::Refused(because))) => {
            assert_eq!(because, RefusedBecause::OtherRealm);
        }
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was let in"),
    }
    house.relay.stop().await;
}

/// A hub that says what it wants.
struct Liar {
    socket: Socket,
}

impl Liar {
    async fn call(house: &House, token: &str) -> Self {
        let (socket, _) = house.call(66, Some(token), Some(REALM)).await.unwrap();
        Self { socket }
    }

    /// Says something, and hears whether the relay still speaks.
    async fn say(mut self, bytes: Vec<u8>) -> bool {
        // The relay may have hung up while it was still being written.
        let _ = self.socket.send(bytes).await;
        let heard = async { while self.socket.receive().await.is_ok() {} };
        tokio::time::timeout(Duration::from_secs(15), heard).await.is_err()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_said_who_it_is_cannot_make_the_relay_hold_more_than_a_little() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let url = format!("ws://{}/api/v1/peer", house.relay.address);
    // One message that is too long for a part, and one of as many short parts as it takes.
    for (message, of_each) in [(PART_BYTES_MAX + 1, PART_BYTES_MAX + 1), (HANDSHAKE_BYTES_MAX * 2, 100)] {
        let (socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
        let Wire { mut reader, mut writer } = Wire::of_client(socket);
        reader.receive().await.unwrap();
        for _ in 0..message / of_each {
            // It may be hung up on while it still speaks.
            if writer.send([1].repeat(of_each).into()).await.is_err() {
                break;
            }
        }
        let hung_up = tokio::time::timeout(HANDSHAKE_TIME_MAX / 2, reader.receive()).await;
        assert!(hung_up.is_ok_and(|heard| heard.is_err()), "{message} bytes in parts of {of_each}");
    }
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_make_no_sense_end_that_conversation_and_no_other() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let hub = Hub::new(1);
    let talk = hub.talk(&house, Some(&house.token("Aurora"))).await;
    let token = house.token("Aurora");
    // A kind that nobody knows, a batch before a greeting, a greeting of another version, a frame that is too long.
    let newer = [1, 9, 9].iter().chain(&[7; 16]).chain(&[3; 16]).chain(&[0]).copied().collect();
    for said in [vec![99; 10], vec![2, 0, 0], newer, vec![2; MESSAGE_BYTES_MAX + 1]] {
        let begins = said[..2].to_vec();
        assert!(!Liar::call(&house, &token).await.say(said).await, "{begins:?}");
    }
    hub.open_check("after the lies").await;
    let app = house.relay.app().clone();
    let venue = app.storage.venues().unwrap()[0].id;
    until("the hub is served on", || {
        let tips = app.storage.tips(venue).unwrap();
        tips.get(&hub.store.origin()).is_some_and(|tip| tip.seq == hub.store.head())
    })
    .await;
    assert!(!talk.is_finished());
    house.relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forked_journal_is_refused_and_the_rest_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let house = open(data.path()).await;
    let hub = Hub::new(1);
    let first = hub.talk(&house, Some(&house.token("Aurora"))).await;
    hub.open_check("on the first box").await;
    let app = house.relay.app().clone();
    let venue = app.storage.venues().unwrap()[0].id;
    let known = |hub: &Hub| app.storage.tips(venue).unwrap().get(&hub.store.origin()).map(|tip| tip.seq);
    until("the relay has it", || known(&hub) == Some(hub.store.head())).await;
    first.abort();

    // Somebody else says that the last entry of that journal is another.
    let token = house.token("Aurora");
    let (mut socket, _) = house.call(2, Some(&token), Some(REALM)).await.unwrap();
    let liar = Forger { hub: &hub };
    let speaker = Speaker { realm: REALM, origin: maitred_sync::Origin::from_bytes([0xfe; 16]) };
    let (mut session, hello) = Session::open(speaker, &liar).unwrap();
    socket.send(hello).await.unwrap();
    let mut refused = false;
    while !refused {
        let frame = tokio::time::timeout(Duration::from_secs(10), socket.receive()).await.unwrap().unwrap();
        let outputs = session.receive(&liar, &frame).unwrap();
        refused = outputs.iter().any(|output| matches!(output, Output::Forked { .. }));
    }
    let honest = Hub::new(3);
    let _honest = honest.talk(&house, Some(&house.token("Aurora"))).await;
    let _hub = hub.talk(&house, None).await;
    until_alike(&hub.store, &honest.store).await;
    house.relay.stop().await;
}

/// The journal of a hub, whose last entry it says is another.
struct Forger<'a> {
    hub: &'a Hub,
}

impl maitred_sync::Journal for Forger<'_> {
    type Error = std::convert::Infallible;

    fn tips(
        &self,
    ) -> Result<std::collections::BTreeMap<maitred_sync::Origin, maitred_sync::Tip>, Self::Error> {
        let hlc = maitred_sync::Hlc::from_bits(1 << 20);
        let tip = maitred_sync::Tip { seq: self.hub.store.head(), hash: [5; 32].into(), hlc };
        Ok([(self.hub.store.origin(), tip)].into())
    }

    fn tip(&self, origin: maitred_sync::Origin) -> Result<maitred_sync::Tip, Self::Error> {
        Ok(self.tips()?.get(&origin).copied().unwrap_or(maitred_sync::Tip::START))
    }

    fn hash_at(&self, _: maitred_sync::Origin, _: u64) -> Result<Option<maitred_sync::Hash>, Self::Error> {
        Ok(None)
    }

    fn beyond(&self, _: &Vector, _: usize) -> Result<Vec<maitred_sync::Parcel>, Self::Error> {
        Ok(Vec::new())
    }

    fn snapshot(&self, _: maitred_sync::DocId) -> Result<Option<maitred_sync::Snapshot>, Self::Error> {
        Ok(None)
    }

    fn keys_beyond(&self, _: u64) -> Result<Option<(u64, Vec<maitred_sync::SubjectKey>)>, Self::Error> {
        Ok(None)
    }

    fn made_id(_: &[u8], _: u64) -> Option<[u8; 16]> {
        None
    }
}
