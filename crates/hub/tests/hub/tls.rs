//! Screens that believe the venue's authority, and nothing else, and what is left to those that do not.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use maitred_domain::catalogue::{EntityChanged, Venue};
use maitred_hub::config::Settings;
use maitred_hub::peer::announced_as;
use maitred_hub::serve::Hub;
use maitred_hub::tls::Authority;
use maitred_process::clock;
use reqwest::{Certificate, ClientBuilder, Method, StatusCode};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::events::Stream;
use crate::pairing::{EVERYWHERE, Tablet, address, called, inside, screen_at};
use crate::standby;
use crate::support::{House, Person, edit, open, send};

const TEN_YEARS_SECS: i64 = 10 * 365 * 24 * 3600;
const DAY_SECS: i64 = 24 * 3600;
const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// A hub of the folder `data` that speaks TLS too, with a clock that is so far off.
async fn hub_at(data: &Path, listen: SocketAddr, demo: bool, skipped_secs: &Arc<AtomicI64>) -> Hub {
    let skipped = Arc::clone(skipped_secs);
    let now = move || clock::now() + SignedDuration::from_secs(skipped.load(Ordering::Relaxed));
    let settings = Settings::new(data);
    let settings = Settings { demo, listen, listen_tls: Some(listen), clock: Arc::new(now), ..settings };
    Hub::start(settings).await.unwrap()
}

async fn house_at(listen: SocketAddr, demo: bool) -> House {
    let (data, skipped_secs) = (tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(0)));
    let hub = hub_at(data.path(), listen, demo, &skipped_secs).await;
    House { hub, data, skipped_secs }
}

/// The demo's, which may say more by TLS than others.
async fn secure() -> House {
    house_at(LOOPBACK, true).await
}

fn port(house: &House) -> u16 {
    house.hub.secure_address.unwrap().port()
}

/// Somebody whose device believes `authority` alone.
fn believing(
    authority: &Authority,
    base: String,
    settle: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> Person {
    let trusted = Certificate::from_pem(authority.pem().as_bytes()).unwrap();
    let client = settle(reqwest::Client::builder().tls_certs_only([trusted])).build().unwrap();
    Person { base, token: None, client }
}

fn device(house: &House) -> Person {
    let base = format!("https://127.0.0.1:{}", port(house));
    believing(&house.hub.app().authority, base, |client| client)
}

#[tokio::test]
async fn a_device_that_believes_the_authority_works_by_name_and_by_address_and_is_not_bound_to_tls() {
    let house = secure().await;
    let name = announced_as(&house.hub.app().hubs.standing.identity.key);
    let at = house.hub.secure_address.unwrap();
    for host in ["127.0.0.1", "localhost", &name] {
        let base = format!("https://{host}:{}", at.port());
        let settle = |client: ClientBuilder| client.resolve(&name, at).resolve("localhost", at);
        let mut person = believing(&house.hub.app().authority, base, settle);
        let alive = person.request(Method::GET, "//healthz").send().await.unwrap();
        assert_eq!(alive.status(), StatusCode::OK, "{host}");
        // Names of the house are anybody's: tomorrow somebody else may have them, who speaks no TLS.
        assert!(!alive.headers().contains_key("strict-transport-security"));
        let session = person.post("/auth/login", json!({ "staff": "waiter", "pin": "2222" })).await;
        person.token = Some(session.body["access_token"].as_str().unwrap().to_owned());
        let mut stream = Stream::of(&person, None).await;
        let check = person.check_with_lines(1).await;
        assert_eq!(stream.change().await.data["changed"]["checks"][0]["id"], check["id"], "{host}");
        let page = person.request(Method::GET, "//healthz").header("Origin", &person.base);
        assert_eq!(send(page).await.status, StatusCode::OK);
        let foreign = person.request(Method::GET, "//healthz").header("Origin", "https://evil.example");
        assert_eq!(send(foreign).await.code(), "foreign-page");
    }
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn a_device_that_believes_another_authority_hangs_up() {
    let house = secure().await;
    let base = format!("https://127.0.0.1:{}", port(&house));
    let other = believing(&Authority::of(&[9; 32]), base.clone(), |client| client);
    let refused = other.request(Method::GET, "//healthz").send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    let elsewhere =
        believing(&house.hub.app().authority, format!("https://hub.example:{}", port(&house)), |it| {
            it.resolve("hub.example", house.hub.secure_address.unwrap())
        });
    let refused = elsewhere.request(Method::GET, "//healthz").send().await.unwrap_err();
    assert!(refused.is_connect(), "{refused:?}");
    house.hub.stop().await.unwrap();
}

/// A connection of a device, and the certificate that it was shown.
async fn connected(house: &House, protocol: &str) -> (TlsStream<TcpStream>, CertificateDer<'static>) {
    let mut roots = RootCertStore::empty();
    roots.add(house.hub.app().authority.certificate().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.into()];
    let socket = TcpStream::connect(("127.0.0.1", port(house))).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap();
    let shown = stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol.as_bytes()));
    (stream, shown)
}

async fn ask(stream: &mut TlsStream<TcpStream>) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
    let mut said = String::new();
    while !said.ends_with('}') {
        let mut chunk = [0; 1024];
        let length = stream.read(&mut chunk).await.unwrap();
        assert_ne!(length, 0, "the hub hung up after {said}");
        said.push_str(std::str::from_utf8(&chunk[..length]).unwrap());
    }
    said
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_who_comes_and_hangs_up_on_nobody() {
    let house = secure().await;
    let (mut stream, first) = connected(&house, "http/1.1").await;
    assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200"));
    let (_, again) = connected(&house, "h2").await;
    assert_eq!(first, again);
    house.skip(61 * DAY_SECS);
    standby::eventually("another certificate", async || {
        let (_, shown) = connected(&house, "http/1.1").await;
        (shown != first).then_some(())
    })
    .await;
    assert!(ask(&mut stream).await.starts_with("HTTP/1.1 200"));
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn a_clock_that_is_ten_years_off_at_boot_locks_nobody_out() {
    let (data, clock) = (tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(0)));
    // What was written while it was right is known whatever the clock says later.
    hub_at(data.path(), LOOPBACK, true, &clock).await.stop().await.unwrap();
    let mut data: Option<TempDir> = Some(data);
    for off_secs in [-TEN_YEARS_SECS, TEN_YEARS_SECS] {
        let skipped_secs = Arc::new(AtomicI64::new(off_secs));
        let folder = data.take().unwrap();
        let hub = hub_at(folder.path(), LOOPBACK, true, &skipped_secs).await;
        let house = House { hub, data: folder, skipped_secs };
        assert_eq!(device(&house).get("//healthz").await.status, StatusCode::OK, "{off_secs}");
        house.hub.stop().await.unwrap();
        data = Some(house.data);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_shows_a_certificate_of_the_same_authority_and_says_where() {
    let acting = secure().await;
    let standby = standby::joined_over_tls(&acting, LOOPBACK).await;
    let believes =
        believing(&acting.hub.app().authority, format!("https://127.0.0.1:{}", port(&standby)), |client| {
            client
        });
    assert_eq!(believes.get("//healthz").await.status, StatusCode::OK);
    let mut there = device(&standby);
    there.token = acting.manager().await.token;
    let told = device(&acting).get("/authority").await.body;
    assert_eq!(told["fingerprint"], there.get("/authority").await.body["fingerprint"]);
    let manager = acting.manager().await;
    let peers = manager.get("/sync").await.body["peers"].clone();
    assert_eq!(peers[0]["secure_url"], format!("https://127.0.0.1:{}", port(&standby)), "{peers}");
    // A page of the one may ask the other.
    let origin = format!("https://127.0.0.1:{}", port(&acting));
    let asked = believes.request(Method::GET, "//healthz").header("Origin", origin);
    assert_eq!(send(asked).await.status, StatusCode::OK);
    standby.hub.stop().await.unwrap();
    acting.hub.stop().await.unwrap();
}

/// Has the venue allow plain http, or not.
async fn allow_plain(house: &House, key: &str, plain_http: bool) {
    let before = house.hub.app().store.catalogue().venue.clone();
    let after = Venue { plain_http, ..before.clone() };
    edit(&house.hub, key, EntityChanged::between(Some(&before), &after).into_iter().collect()).await;
}

#[test]
fn plain_http_is_for_who_the_venue_allows_it_and_else_only_leads_to_tls() {
    inside("tls", "plain_http_is_for_who_the_venue_allows_it_and_else_only_leads_to_tls", async {
        let house = house_at(EVERYWHERE, true).await;
        let tablet = screen_at(&house, 7);
        assert_eq!(tablet.get("/floor").await.code(), "device-not-paired");
        allow_plain(&house, "off", false).await;
        for path in ["/floor", "/pairings/proof", "/events", "/auth/login"] {
            assert_eq!(tablet.get(path).await.code(), "not-encrypted", "{path}");
        }
        assert_eq!(tablet.post("/pairings", json!({})).await.code(), "not-encrypted");
        assert_eq!(tablet.get("//assets/app.js").await.code(), "not-encrypted");
        for path in ["//healthz", "//readyz", "//ca.crt", "/authority", "//secure", "//secure.js"] {
            assert_eq!(tablet.get(path).await.status, StatusCode::OK, "{path}");
        }
        assert_ne!(tablet.get("//print/cloudprnt/x").await.body["code"], "not-encrypted");
        assert_ne!(tablet.get("/peer").await.body["code"], "not-encrypted");

        // A person is led over, to where they wanted to go.
        let still = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let still =
            Person { client: still.local_address(address(7)).build().unwrap(), ..screen_at(&house, 7) };
        let led = still.request(Method::GET, "//kitchen/grill?a=b&c").header("Accept", "text/html,*/*");
        let led = led.send().await.unwrap();
        assert_eq!(led.status(), StatusCode::TEMPORARY_REDIRECT);
        assert_eq!(led.headers()["location"], "/secure?to=/kitchen/grill%3Fa%3Db%26c");
        let page = tablet.get("//secure").await.body.as_str().unwrap().to_owned();
        assert!(page.contains(&format!("https://10.77.0.1:{}/", port(&house))), "{page}");
        assert!(page.contains(&house.hub.app().authority.fingerprint()), "{page}");
        let told = tablet.get("/authority").await.body;
        assert_eq!(told["urls"][0], format!("https://10.77.0.1:{}", port(&house)), "{told}");
        assert_eq!(told["install_url"], format!("http://10.77.0.1:{}/secure", house.hub.address.port()));

        // Over TLS the same device is asked for its pairing, and on the box itself nothing changes.
        let base = format!("https://10.77.0.1:{}", port(&house));
        let certified = tablet.request(Method::GET, "//ca.crt").send().await.unwrap();
        assert_eq!(certified.headers()["content-type"], "application/x-x509-ca-cert");
        let trusted = Certificate::from_der(&certified.bytes().await.unwrap()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([trusted]).local_address(address(7));
        let secure = Person { base, token: None, client: client.build().unwrap() };
        assert_eq!(secure.get("/floor").await.code(), "device-not-paired");
        assert_eq!(house.waiter().await.get("/floor").await.status, StatusCode::OK);
        allow_plain(&house, "on", true).await;
        assert_eq!(tablet.get("/floor").await.code(), "device-not-paired");
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn a_stream_over_plain_http_ends_as_soon_as_it_is_not_allowed_and_others_go_on() {
    inside("tls", "a_stream_over_plain_http_ends_as_soon_as_it_is_not_allowed_and_others_go_on", async {
        let house = house_at(EVERYWHERE, true).await;
        let mut tablet = Tablet::paired(&house, 7, called("Bar")).await;
        tablet.sign_in("waiter", "2222").await;
        let mut overheard = Stream::answering(tablet.request(Method::GET, "/events")).await;
        let mut on_the_box = Stream::of(&house.waiter().await, None).await;
        allow_plain(&house, "off", false).await;
        overheard.ends().await;
        on_the_box.change().await;
        assert_eq!(tablet.get("/events").await.code(), "not-encrypted");
        house.hub.stop().await.unwrap();
    });
}

fn first_day() -> serde_json::Value {
    json!({
        "venue": { "name": "Da Ada", "currency": "EUR", "time_zone": "UTC", "languages": ["en"] },
        "manager": { "name": "Ada", "pin": "4907" },
    })
}

#[tokio::test]
async fn a_venue_that_is_set_up_where_there_is_tls_wants_it() {
    let house = house_at(LOOPBACK, false).await;
    assert_eq!(device(&house).post("/setup", first_day()).await.status, StatusCode::OK);
    assert!(!house.hub.app().store.catalogue().venue.plain_http);
    house.hub.stop().await.unwrap();
}

#[test]
fn a_venue_that_is_set_up_over_plain_http_goes_on_with_it() {
    inside("tls", "a_venue_that_is_set_up_over_plain_http_goes_on_with_it", async {
        let (data, skipped_secs) = (tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(0)));
        let settings = Settings::new(data.path());
        let devices = maitred_hub::auth::DevicePolicy::TrustNetwork;
        let settings = Settings { listen: EVERYWHERE, listen_tls: Some(EVERYWHERE), devices, ..settings };
        let hub = Hub::start(settings).await.unwrap();
        let house = House { hub, data, skipped_secs };
        let tablet = screen_at(&house, 7);
        assert_eq!(tablet.post("/setup", first_day()).await.status, StatusCode::OK);
        assert!(house.hub.app().store.catalogue().venue.plain_http);
        assert_eq!(tablet.get("/setup").await.body["needed"], false);
        house.hub.stop().await.unwrap();
    });
}

#[tokio::test]
async fn a_hub_without_tls_says_so_and_leads_nowhere() {
    let house = open().await;
    let told = house.nobody().get("/authority").await.body;
    assert_eq!((&told["urls"], &told["install_url"]), (&json!([]), &json!(null)));
    assert_eq!(house.nobody().get("//secure").await.code(), "no-such-route");
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn who_is_greeted_and_says_nothing_holds_up_nobody() {
    let house = secure().await;
    let silent = TcpStream::connect(("127.0.0.1", port(&house))).await.unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(30), device(&house).get("//healthz")).await;
    assert_eq!(answer.unwrap().status, StatusCode::OK);
    drop(silent);
    house.hub.stop().await.unwrap();
}
