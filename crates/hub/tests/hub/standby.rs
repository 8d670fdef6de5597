//! Two hubs of one venue, over real sockets: one joins, both take orders, one goes and comes back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use maitred_domain::decide::Command;
use maitred_domain::ids::{StaffId, named};
use maitred_domain::permission::Role;
use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use maitred_store::Request;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{self, House, Person, id};

/// Longer than anything here takes, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until `look` finds what it looks for.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn url(hub: &Hub) -> String {
    format!("http://{}", hub.address)
}

async fn token(manager: &Person) -> String {
    let issued = manager.post("/hubs/tokens", json!({})).await;
    assert_eq!(issued.status, StatusCode::OK, "{issued:?}");
    issued.body["token"].as_str().unwrap().to_owned()
}

fn standby_of(hub: &Hub, token: Option<String>, data: &tempfile::TempDir) -> Settings {
    Settings { standby_of: Some(url(hub).parse().unwrap()), enrol: token, ..Settings::new(data.path()) }
}

async fn start(settings: Settings, data: tempfile::TempDir) -> House {
    let hub = Hub::start(settings).await.unwrap();
    House { hub, data, skipped_secs: Arc::new(AtomicI64::new(0)) }
}

/// The demo's hub and its standby, which has caught up.
pub async fn pair() -> (House, House) {
    let acting = support::open().await;
    let token = token(&acting.manager().await).await;
    let data = tempfile::tempdir().unwrap();
    let standby = start(standby_of(&acting.hub, Some(token), &data), data).await;
    both_are(&acting, "acting", &standby, "standby").await;
    (acting, standby)
}

/// A hub that has joined the venue of another, at an address of its own.
pub async fn joined(acting: &House, listen: SocketAddr) -> House {
    let token = token(&acting.manager().await).await;
    let data = tempfile::tempdir().unwrap();
    let standby_of = Some(acting.url().parse().unwrap());
    let settings = Settings { standby_of, enrol: Some(token), listen, ..Settings::new(data.path()) };
    start_beside(acting, settings, data).await
}

/// The same, and it speaks TLS too.
pub async fn joined_over_tls(acting: &House, listen: SocketAddr) -> House {
    let token = token(&acting.manager().await).await;
    let data = tempfile::tempdir().unwrap();
    let settings = standby_of(&acting.hub, Some(token), &data);
    start_beside(acting, Settings { listen, listen_tls: Some(listen), ..settings }, data).await
}

async fn start_beside(acting: &House, settings: Settings, data: tempfile::TempDir) -> House {
    let standby = start(settings, data).await;
    both_are(acting, "acting", &standby, "standby").await;
    standby
}

pub async fn both_are(one: &House, role: &str, other: &House, other_role: &str) {
    eventually("the roles", async || {
        let roles =
            [one, other].map(|house| serde_json::to_value(house.hub.app().hubs.standing.role()).unwrap());
        (roles == [role, other_role]).then_some(())
    })
    .await;
}

/// Waits until both know the same.
pub async fn alike(one: &House, other: &House) {
    eventually("the same vector on both", async || {
        let [one, other] = [one, other].map(|house| house.hub.app().store.sync_state().unwrap().vector);
        (one == other).then_some(())
    })
    .await;
    let [one, other] = [&one.hub.app().store, &other.hub.app().store];
    assert_eq!(*one.catalogue(), *other.catalogue());
    assert_eq!(one.open_checks(), other.open_checks());
    assert_eq!(one.tables(), other.tables());
}

/// The same person, at another hub, as soon as it has heard of them.
pub async fn at(person: &Person, house: &House) -> Person {
    let there = Person { base: url(&house.hub), token: person.token.clone(), client: reqwest::Client::new() };
    eventually("the session there", async || {
        (there.get("/floor").await.status == StatusCode::OK).then_some(())
    })
    .await;
    there
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_box_joins_with_a_token_and_becomes_a_replica_of_the_venue() {
    let acting = support::open().await;
    let waiter = acting.waiter().await;
    let check = waiter.check_with_lines(2).await;
    let token = token(&acting.manager().await).await;
    let data = tempfile::tempdir().unwrap();
    let standby = start(standby_of(&acting.hub, Some(token), &data), data).await;
    both_are(&acting, "acting", &standby, "standby").await;
    alike(&acting, &standby).await;
    // Nobody signs in again, and PINs are the same.
    let there = at(&waiter, &standby).await;
    let same = there.get(&format!("/checks/{}", id(&check))).await;
    assert_eq!((same.status, &same.body["number"]), (StatusCode::OK, &check["number"]));
    standby.waiter().await;
    // What is opened there is numbered apart, and is here before it is acknowledged there.
    let opened = there.check_with_lines(1).await;
    assert!(opened["number"].as_str().unwrap().starts_with('B'), "{opened}");
    assert_eq!(waiter.get(&format!("/checks/{}", id(&opened))).await.status, StatusCode::OK);
    // Each knows the other, as stations are to know both.
    for (house, other, rank) in [(&acting, &standby, 0), (&standby, &acting, 1)] {
        let sync = at(&waiter, house).await.get("/sync").await.body;
        assert_eq!((&sync["peers"][0]["url"], &sync["rank"]), (&json!(url(&other.hub)), &json!(rank)));
        assert_eq!(sync["peers"][0]["state"], "connected");
        let hubs = at(&waiter, house).await.get("/hubs").await.body;
        assert_eq!(hubs.as_array().unwrap().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_of_the_standby_shows_an_order_that_the_acting_hub_took() {
    let (acting, standby) = pair().await;
    let waiter = acting.waiter().await;
    let there = at(&waiter, &standby).await;
    let mut events = there.request(reqwest::Method::GET, "/events").send().await.unwrap();
    let check = waiter.check_with_lines(1).await;
    let (mut heard, number) = (String::new(), check["number"].as_str().unwrap());
    while !heard.contains(&id(&check)) {
        heard.push_str(&String::from_utf8_lossy(&events.chunk().await.unwrap().unwrap()));
    }
    assert!(heard.contains("event: change"), "{heard}");
    let floor = there.get("/floor").await.body.to_string();
    assert!(floor.contains(number) && floor.contains(&id(&check)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_on_one_hub_is_signed_out_on_both_also_after_a_cut() {
    let (acting, standby) = pair().await;
    let waiter = acting.waiter().await;
    let there = at(&waiter, &standby).await;
    for wrong in 0..5 {
        let refused = standby.nobody().post("/auth/login", json!({ "staff": "host", "pin": "9999" })).await;
        assert!(refused.status != StatusCode::OK, "{wrong}");
    }
    eventually("the lock-out here", async || {
        let people = acting.hub.app().store.people().unwrap();
        people.lockouts.iter().any(|(_, lockout, _)| lockout.locked_until.is_some()).then_some(())
    })
    .await;
    let locked = acting.nobody().post("/auth/login", json!({ "staff": "host", "pin": "1111" })).await;
    assert_eq!(locked.code(), "locked-out");
    let (address, settings) = (acting.hub.address, Settings::new(acting.data.path()));
    acting.hub.stop().await.unwrap();
    assert!(there.post("/auth/logout", json!({})).await.status.is_success());
    let hub = Hub::start(Settings { listen: address, ..settings }).await.unwrap();
    let acting = House { hub, data: acting.data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    both_are(&acting, "acting", &standby, "standby").await;
    let here = Person { base: url(&acting.hub), ..waiter };
    eventually("the end of the session", async || {
        (here.get("/floor").await.status == StatusCode::UNAUTHORIZED).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_standby_goes_on_alone_and_the_other_comes_back_without_a_person() {
    let (acting, standby) = pair().await;
    let waiter = acting.waiter().await;
    let check = waiter.check_with_lines(2).await;
    let (address, settings) = (acting.hub.address, Settings::new(acting.data.path()));
    acting.hub.stop().await.unwrap();
    let there = at(&waiter, &standby).await;
    let begun = Instant::now();
    let fired = there.post(&format!("/checks/{}/fire", id(&check)), json!({})).await;
    assert!(fired.status.is_success() && begun.elapsed() < Duration::from_secs(5), "{fired:?}");
    eventually("solo", async || (there.get("/sync").await.body["role"] == "solo").then_some(())).await;
    let alone = there.check_with_lines(1).await;
    let hub = Hub::start(Settings { listen: address, ..settings }).await.unwrap();
    let acting = House { hub, data: acting.data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    both_are(&acting, "acting", &standby, "standby").await;
    alike(&acting, &standby).await;
    let here = at(&waiter, &acting).await;
    assert_eq!(here.get(&format!("/checks/{}", id(&alone))).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_comes_back_from_an_older_copy_goes_on_as_another_origin() {
    let (acting, standby) = pair().await;
    let waiter = acting.waiter().await;
    waiter.check_with_lines(1).await;
    let (address, data) = (acting.hub.address, acting.data);
    acting.hub.stop().await.unwrap();
    let older = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(data.path()).unwrap().map(Result::unwrap) {
        if file.file_type().unwrap().is_file() {
            std::fs::copy(file.path(), older.path().join(file.file_name())).unwrap();
        }
    }
    let hub = Hub::start(Settings { listen: address, ..Settings::new(data.path()) }).await.unwrap();
    let acting = House { hub, data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    both_are(&acting, "acting", &standby, "standby").await;
    let here = at(&waiter, &acting).await;
    let since = here.check_with_lines(2).await;
    let before = acting.hub.app().store.origin();
    acting.hub.stop().await.unwrap();
    let hub = Hub::start(Settings { listen: address, ..Settings::new(older.path()) }).await.unwrap();
    let restored = House { hub, data: older, skipped_secs: Arc::new(AtomicI64::new(0)) };
    both_are(&restored, "acting", &standby, "standby").await;
    alike(&restored, &standby).await;
    assert!(restored.hub.app().store.origin() != before, "it is another origin now");
    let here = at(&waiter, &restored).await;
    assert_eq!(here.get(&format!("/checks/{}", id(&since))).await.status, StatusCode::OK);
    let opened = here.check_with_lines(1).await;
    let there = at(&waiter, &standby).await;
    assert_eq!(there.get(&format!("/checks/{}", id(&opened))).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_that_was_restored_is_another_hub_until_it_is_let_in_and_numbers_apart() {
    let acting = support::open().await;
    let waiter = acting.waiter().await;
    waiter.check_with_lines(1).await;
    let (copies, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copy = copies.path().join("copy.db");
    maitred_store::backup(acting.data.path(), &copy).unwrap();
    maitred_hub::auth::back_up_pepper(acting.data.path(), &copy).unwrap();
    let since = waiter.check_with_lines(1).await;
    maitred_store::restore(&copy, data.path()).unwrap();
    maitred_hub::auth::restore_pepper(&copy, data.path()).unwrap();
    // Nobody knows it, and it does nobody any harm: it is neither the hub that it was copied from nor numbers as that.
    let alone = start(
        Settings { peers: vec![url(&acting.hub).parse().unwrap()], ..Settings::new(data.path()) },
        data,
    )
    .await;
    let (there, me) = (alone.waiter().await, alone.hub.app().hubs.standing.identity.clone());
    assert_ne!(me.key, acting.hub.app().hubs.standing.identity.key);
    assert_ne!(alone.hub.app().store.origin(), acting.hub.app().store.origin());
    let opened = there.check_with_lines(1).await;
    assert!(opened["number"].as_str().unwrap().starts_with('B'), "{opened}");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(acting.hub.app().hubs.standing.connected().is_empty());
    let House { hub, data, .. } = alone;
    hub.stop().await.unwrap();
    // With a token it is one of the venue, knows what came after the copy, and keeps what it did alone.
    let token = token(&acting.manager().await).await;
    let standby = start(standby_of(&acting.hub, Some(token), &data), data).await;
    both_are(&acting, "acting", &standby, "standby").await;
    alike(&acting, &standby).await;
    assert_eq!(standby.hub.app().hubs.standing.identity.key, me.key);
    let there = at(&waiter, &standby).await;
    assert_eq!(there.get(&format!("/checks/{}", id(&since))).await.status, StatusCode::OK);
    assert_eq!(waiter.get(&format!("/checks/{}", id(&opened))).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_has_a_venue_of_its_own_joins_no_other_and_is_left_as_it_was() {
    let acting = support::open().await;
    let other = support::open().await;
    let token = token(&acting.manager().await).await;
    let House { hub, data, .. } = other;
    hub.stop().await.unwrap();
    let Err(error) = Hub::start(standby_of(&acting.hub, Some(token), &data)).await else {
        panic!("it joined")
    };
    assert!(format!("{error:?}").contains("another venue"), "{error:?}");
    let again = start(Settings::new(data.path()), data).await;
    again.waiter().await.check_with_lines(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_that_is_good_nobody_joins() {
    let acting = support::open().await;
    let manager = acting.manager().await;
    let good = token(&manager).await;
    let wrong = format!("{}{}", &good[..good.len() - 4], "ffff");
    for refused in [Some("000000000000".to_owned()), Some(wrong)] {
        let data = tempfile::tempdir().unwrap();
        let Err(error) = Hub::start(standby_of(&acting.hub, refused, &data)).await else {
            panic!("it joined")
        };
        assert!(error.to_string().contains("does not take that token"), "{error}");
    }
    let data = tempfile::tempdir().unwrap();
    let first = start(standby_of(&acting.hub, Some(good.clone()), &data), data).await;
    let data = tempfile::tempdir().unwrap();
    assert!(Hub::start(standby_of(&acting.hub, Some(good), &data)).await.is_err(), "a token is good once");
    assert_eq!(first.hub.app().store.hubs().unwrap().len(), 2);
    let waiter = acting.waiter().await;
    assert_eq!(waiter.post("/hubs/tokens", json!({})).await.code(), "forbidden");
    // The demo takes a hub of its own box without one.
    let data = tempfile::tempdir().unwrap();
    let without = start(standby_of(&acting.hub, None, &data), data).await;
    eventually("the third hub", async || (without.hub.app().store.hubs().unwrap().len() == 3).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_of_another_venue_and_one_that_was_removed_are_not_spoken_with() {
    let (acting, standby) = pair().await;
    let stranger_data = tempfile::tempdir().unwrap();
    let settings = Settings::new(stranger_data.path());
    let peers = vec![url(&acting.hub).parse().unwrap()];
    let stranger = Hub::start(Settings { demo: true, peers, ..settings }).await.unwrap();
    let manager = acting.manager().await;
    let hubs = manager.get("/hubs").await.body;
    let gone = hubs.as_array().unwrap().iter().find(|hub| hub["is_me"] == false).unwrap()["key"].clone();
    let path = format!("/hubs/{}", gone.as_str().unwrap());
    let removed = support::send(manager.request(reqwest::Method::DELETE, &path)).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT, "{removed:?}");
    eventually("alone", async || acting.hub.app().hubs.standing.connected().is_empty().then_some(())).await;
    let check = acting.waiter().await.check_with_lines(1).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(acting.hub.app().hubs.standing.connected().is_empty());
    let id: uuid::Uuid = id(&check).parse().unwrap();
    assert!(standby.hub.app().store.check(maitred_domain::ids::CheckId(id)).unwrap().is_none());
    let vector = |hub: &Hub| hub.app().store.sync_state().unwrap().vector.len();
    assert_eq!((vector(&stranger), vector(&acting.hub)), (1, 1));
    stranger.stop().await.unwrap();
}

/// A way between two hubs that can be cut: what is sent then goes nowhere, and nobody is told.
struct Cable {
    address: std::net::SocketAddr,
    is_whole: tokio::sync::watch::Sender<bool>,
}

impl Cable {
    async fn to(hub: &Hub) -> Self {
        Self::slow(hub, 64 * 1024, Duration::ZERO).await
    }

    /// One that carries so many bytes and then rests.
    async fn slow(hub: &Hub, bytes: usize, rest: Duration) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, there) = (listener.local_addr().unwrap(), hub.address);
        let (is_whole, cut) = tokio::sync::watch::channel(true);
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let far = tokio::net::TcpStream::connect(there).await.unwrap();
                let ((near_out, near_in), (far_out, far_in)) = (near.into_split(), far.into_split());
                tokio::spawn(carry(near_out, far_in, cut.clone(), (bytes, rest)));
                tokio::spawn(carry(far_out, near_in, cut.clone(), (bytes, rest)));
            }
        });
        Self { address, is_whole }
    }
}

async fn carry(
    mut from: tokio::net::tcp::OwnedReadHalf,
    mut to: tokio::net::tcp::OwnedWriteHalf,
    mut cut: tokio::sync::watch::Receiver<bool>,
    (bytes, rest): (usize, Duration),
) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut bytes = vec![0; bytes];
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        if cut.wait_for(|is_whole| *is_whole).await.is_err() || to.write_all(&bytes[..length]).await.is_err()
        {
            return;
        }
        tokio::time::sleep(rest).await;
    }
}

/// As many guests without a table, each by a name that nothing else is said like.
async fn many_guests(hub: &Hub, count: u64) {
    let store = &hub.app().store;
    let staff = store.catalogue().staff.values().find(|staff| staff.role == Role::Manager).unwrap().clone();
    for n in 0..count {
        let name: StaffId = named(&format!("guest {n}"));
        // Digits would look like the number of a card.
        let letter = |it: char| it.to_digit(16).and_then(|digit| char::from_digit(digit + 10, 36));
        let name = name.to_string().chars().filter_map(letter).collect();
        let command = Command::OpenCheck { table: None, covers: 1, name };
        let request = Request {
            idempotency_key: format!("guest-{n}"),
            by: staff.id,
            role: staff.role,
            approval: None,
            command,
        };
        store.command(request).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_standby_says_how_far_it_is_and_carries_on_after_a_cut_and_a_restart() {
    let acting = support::open().await;
    many_guests(&acting.hub, 1_500).await;
    let manager = acting.manager().await;
    let token = token(&manager).await;
    let cable = Cable::slow(&acting.hub, 512, Duration::from_millis(20)).await;
    let data = tempfile::tempdir().unwrap();
    let url: maitred_hub::peers::PeerUrl = format!("http://{}", cable.address).parse().unwrap();
    let settings = |data: &std::path::Path, token| Settings {
        standby_of: Some(url.clone()),
        enrol: token,
        ..Settings::new(data)
    };
    let standby = start(settings(data.path(), Some(token)), data).await;
    let there = at(&manager, &standby).await;
    let catching_up = eventually("half of it", async || {
        let catching_up = there.get("/sync").await.body["catching_up"].clone();
        (catching_up["entries"].as_u64() > Some(300)).then_some(catching_up)
    })
    .await;
    let number = |field: &str| catching_up[field].as_u64().unwrap();
    assert!(number("entries") < number("of") && number("of") >= 1_500, "{catching_up}");
    assert!(number("bytes") > 300 * 16, "{catching_up}");
    let attention = there.get("/attention").await.body;
    assert!(attention.as_array().unwrap().iter().any(|item| item["kind"] == "catching_up"), "{attention}");
    cable.is_whole.send_replace(false);
    standby.hub.stop().await.unwrap();
    let settings = settings(standby.data.path(), None);
    let standby = start(settings, standby.data).await;
    assert!(standby.hub.app().store.head() > 300, "what came is kept");
    cable.is_whole.send_replace(true);
    both_are(&acting, "acting", &standby, "standby").await;
    alike(&acting, &standby).await;
    assert_eq!(standby.hub.app().hubs.standing.catching_up(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_side_of_a_cut_goes_on_alone_and_both_are_one_venue_when_it_is_mended() {
    let acting = support::open().await;
    let token = token(&acting.manager().await).await;
    let cable = Cable::to(&acting.hub).await;
    let data = tempfile::tempdir().unwrap();
    let url = format!("http://{}", cable.address).parse().unwrap();
    let settings = Settings { standby_of: Some(url), enrol: Some(token), ..Settings::new(data.path()) };
    let standby = start(settings, data).await;
    both_are(&acting, "acting", &standby, "standby").await;
    let waiter = acting.waiter().await;
    let there = at(&waiter, &standby).await;
    cable.is_whole.send_replace(false);
    for person in [&waiter, &there] {
        let begun = Instant::now();
        person.check_with_lines(1).await;
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
    both_are(&acting, "solo", &standby, "solo").await;
    let alone = waiter.get("/attention").await.body;
    assert!(alone.as_array().unwrap().iter().any(|item| item["kind"] == "hub_alone"), "{alone}");
    cable.is_whole.send_replace(true);
    both_are(&acting, "acting", &standby, "standby").await;
    alike(&acting, &standby).await;
    assert_eq!(acting.hub.app().store.open_checks().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_of_a_demo_is_cut_and_mended_by_a_person_and_nobody_elses() {
    let (acting, standby) = pair().await;
    let waiter = acting.waiter().await;
    let lines = async || waiter.get("/demo/lines").await.body;
    assert_eq!(lines().await, json!([{ "line": "lan", "is_whole": true }]));
    let set =
        async |is_whole| waiter.post("/demo/lines", json!({ "line": "lan", "is_whole": is_whole })).await;
    assert_eq!(set(false).await.status, StatusCode::NO_CONTENT);
    both_are(&acting, "solo", &standby, "solo").await;
    waiter.check_with_lines(1).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(acting.hub.app().hubs.standing.connected().is_empty());
    assert_eq!(lines().await, json!([{ "line": "lan", "is_whole": false }]));
    set(true).await;
    both_are(&acting, "acting", &standby, "standby").await;
    alike(&acting, &standby).await;
    // The standby of this pair runs no demo.
    let there = at(&waiter, &standby).await;
    assert_eq!(there.get("/demo/lines").await.body, json!([]));
    assert_eq!(
        there.post("/demo/lines", json!({ "line": "lan", "is_whole": false })).await.code(),
        "not-found"
    );
}
