//! Screens that are not the hub's own box, at addresses of a network of their own.
//!
//! Each story runs this binary once more inside a network namespace, where the hub has a real address beside loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::events::Stream;
use crate::support::{Answer, House, Person, open_at, send};
use crate::{setup, standby};

/// Set in the process that is inside.
const INSIDE: &str = "MAITRED_TEST_INSIDE";
/// Addresses of this box that are not loopback: one for the hub and one for each screen.
const NETWORK: &str = "ip link set lo up && ip address add 10.77.0.1/32 dev lo && ip route add local 10.77.0.0/24 dev lo && exec \"$@\"";

fn can_have_networks() -> bool {
    let runs = |program: &str, arguments: &[&str]| {
        let status =
            Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    let can = runs("unshare", &["--net", "sh", "-c", "ip link set lo up"]);
    if !can {
        println!("skipped: no network of one's own can be made here (it takes root, unshare and ip)");
    }
    can
}

/// Tells a story inside a network of its own.
pub fn inside(module: &str, name: &str, story: impl Future<Output = ()>) {
    if std::env::var_os(INSIDE).is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(story);
    }
    if !can_have_networks() {
        return;
    }
    let output = Command::new("unshare")
        .args(["--net", "sh", "-c", NETWORK, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("{module}::{name}"), "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let (said, failed) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{failed}");
}

pub const fn address(n: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(10, 77, 0, n))
}

/// On every address, so that there is a box itself to pair the first screen from.
pub const EVERYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

pub async fn venue() -> House {
    open_at(EVERYWHERE).await
}

fn url(hub: &Hub) -> String {
    format!("http://{}", SocketAddr::new(address(1), hub.address.port()))
}

/// Somebody with a screen at an address of its own.
pub fn screen_at(house: &House, n: u8) -> Person {
    let client = reqwest::Client::builder().local_address(address(n)).build().unwrap();
    Person { base: url(&house.hub), token: None, client }
}

/// The screen of a person, paired or not.
pub struct Tablet {
    person: Person,
    pub terminal: String,
    pub id: String,
}

impl Tablet {
    /// Asks for a code, has it typed by a manager on the hub's own box, and fetches its token.
    pub async fn paired(house: &House, n: u8, wanted: Value) -> Self {
        let person = screen_at(house, n);
        let asked = ask(&person).await;
        let accepted = accept(&house.manager().await, &asked.body, &wanted).await;
        assert_eq!(accepted.status, StatusCode::CREATED, "{accepted:?}");
        let claimed = claim(&person, &asked.body).await.body;
        assert_eq!(claimed["state"], "paired", "{claimed}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self { person, terminal: text(&claimed["token"]), id: text(&claimed["terminal"]["id"]) }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.person.request(method, path).header("Maitred-Terminal", &self.terminal)
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    async fn login(&self, staff: &str, pin: &str) -> Answer {
        send(self.request(Method::POST, "/auth/login").json(&json!({ "staff": staff, "pin": pin }))).await
    }

    pub async fn sign_in(&mut self, staff: &str, pin: &str) {
        let session = self.login(staff, pin).await;
        assert_eq!(session.status, StatusCode::OK, "{session:?}");
        self.person.token = Some(session.body["access_token"].as_str().unwrap().to_owned());
    }
}

async fn ask(person: &Person) -> Answer {
    let asked = send(person.request(Method::POST, "/pairings")).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{asked:?}");
    asked
}

async fn claim(person: &Person, asked: &Value) -> Answer {
    person.post("/pairings/claim", json!({ "secret": asked["secret"] })).await
}

async fn accept(by: &Person, asked: &Value, wanted: &Value) -> Answer {
    let mut body = wanted.clone();
    body["code"] = asked["code"].clone();
    by.post("/pairings/accept", body).await
}

pub fn called(name: &str) -> Value {
    json!({ "name": name })
}

#[test]
fn a_venue_is_set_up_from_a_screen_elsewhere_which_is_let_in_by_that() {
    inside("pairing", "a_venue_is_set_up_from_a_screen_elsewhere_which_is_let_in_by_that", async {
        let house = setup::empty_at(EVERYWHERE).await;
        let (mut ada, bea) = (screen_at(&house, 7), screen_at(&house, 8));
        let (asked, other) = (ask(&ada).await.body, ask(&bea).await.body);
        assert_eq!(asked["sets_up"], true);
        let on = |asked: &Value| {
            let mut body = setup::venue();
            body["terminal"] = json!({ "secret": asked["secret"], "name": "Ada's tablet" });
            body
        };
        for body in [setup::venue(), on(&json!({ "secret": "guess" }))] {
            let refused = ada.post("/setup", body).await;
            assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "device-not-paired"));
        }
        let session = ada.post_with_key("/setup", "one", on(&asked)).await;
        assert_eq!(session.status, StatusCode::OK, "{session:?}");
        let again = ada.post_with_key("/setup", "one", on(&asked)).await;
        assert_eq!(again.status, StatusCode::OK, "an answer that was lost is given again: {again:?}");
        let claimed = claim(&ada, &asked).await.body;
        ada.token = Some(again.body["access_token"].as_str().unwrap().to_owned());
        let of_ada = |path| {
            ada.request(Method::GET, path).header("Maitred-Terminal", claimed["token"].as_str().unwrap())
        };
        let terminals = send(of_ada("/terminals")).await.body;
        let names: Vec<_> = terminals["terminals"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
        assert_eq!(names, ["Ada's tablet"], "{terminals}");

        let late = bea.post("/setup", on(&other)).await;
        assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "already-set-up"));
        assert_eq!(claim(&bea, &other).await.body["state"], "waiting");
        assert_eq!(ask(&bea).await.body["sets_up"], false);
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn an_unpaired_screen_may_ask_for_a_code_and_see_the_pages_and_nothing_else() {
    inside("pairing", "an_unpaired_screen_may_ask_for_a_code_and_see_the_pages_and_nothing_else", async {
        let house = venue().await;
        let stranger = screen_at(&house, 7);
        let document = stranger.get("//openapi.json").await.body;
        let mut open = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                let address = path.replace(['{', '}'], "").replace("/api/v1", "");
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                if !path.starts_with("/api/v1") {
                    continue;
                }
                let answer = send(stranger.request(method.clone(), &address).bearer_auth("guess")).await;
                if answer.status == StatusCode::FORBIDDEN && answer.code() == "device-not-paired" {
                    continue;
                }
                open.push(format!("{method} {address}"));
            }
        }
        let public = ["GET /authority", "POST /pairings", "POST /pairings/claim", "GET /pairings/proof"];
        assert_eq!(open[..4], public);
        // Once, before anybody works there.
        assert_eq!(open[4..], ["POST /setup"]);
        assert_eq!(stranger.get("//healthz").await.status, StatusCode::OK);
        assert_eq!(stranger.get("//metrics").await.code(), "device-not-paired");
        let forged = stranger.request(Method::GET, "/staff/tiles").header("X-Forwarded-For", "127.0.0.1");
        assert_eq!(send(forged).await.code(), "device-not-paired");
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn a_code_that_a_manager_types_lets_the_screen_in_once_and_as_what_was_said() {
    inside("pairing", "a_code_that_a_manager_types_lets_the_screen_in_once_and_as_what_was_said", async {
        let house = venue().await;
        let (manager, screen) = (house.manager().await, screen_at(&house, 7));
        let asked = ask(&screen).await.body;
        let waiting = manager.get("/pairings").await.body;
        assert_eq!(waiting[0]["address"], "10.77.0.7");
        assert!(!waiting.to_string().contains(asked["code"].as_str().unwrap()), "{waiting}");
        let attention = manager.get("/attention").await.body.to_string();
        assert!(attention.contains("pairing_waits"), "{attention}");
        assert_eq!(claim(&screen, &asked).await.body["state"], "waiting");

        let unnamed = accept(&manager, &asked, &called(" ")).await;
        assert_eq!((unnamed.status, unnamed.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-edit"));
        let kitchen = json!({ "name": "Grill", "screen": "kitchen", "role": "kitchen" });
        let accepted = accept(&manager, &asked, &kitchen).await;
        assert_eq!(accepted.status, StatusCode::CREATED, "{accepted:?}");
        assert_eq!(accept(&manager, &asked, &kitchen).await.code(), "wrong-code");

        let claimed = claim(&screen, &asked).await.body;
        assert_eq!((&claimed["state"], &claimed["terminal"]["name"]), (&json!("paired"), &json!("Grill")));
        let token = claimed["token"].as_str().unwrap().to_owned();
        assert_eq!(token.len(), 64);
        let everything = house.hub.app().store.catalogue();
        assert!(everything.terminals.values().all(|it| it.token_hash != token));
        let said = manager.get("/audit?limit=1").await.body.to_string();
        let hash = everything.terminals.values().next().unwrap().token_hash.clone();
        assert!(said.contains("Grill") && !said.contains(&hash), "{said}");

        let id = claimed["terminal"]["id"].as_str().unwrap().to_owned();
        let mut tablet = Tablet { person: screen, terminal: token, id };
        let handles = |tiles: &Value| -> Vec<Value> {
            tiles.as_array().unwrap().iter().map(|tile| tile["role"].clone()).collect()
        };
        let tiles = handles(&tablet.get("/staff/tiles").await.body);
        assert!(tiles.iter().all(|role| role == "kitchen" || role == "manager"), "{tiles:?}");
        assert_eq!(tablet.login("waiter", "2222").await.code(), "not-on-this-terminal");
        tablet.sign_in("manager", "2468").await;
        assert_eq!(tablet.get("/audit").await.code(), "forbidden");
        assert_eq!(tablet.get("/kitchen/tickets").await.status, StatusCode::OK);
        let seen = manager.get("/terminals").await.body;
        assert!(seen["terminals"][0]["last_seen"].is_string() && seen["trusts_network"] == false, "{seen}");
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn five_wrong_codes_or_five_minutes_end_a_pairing() {
    inside("pairing", "five_wrong_codes_or_five_minutes_end_a_pairing", async {
        let house = venue().await;
        let (manager, screen) = (house.manager().await, screen_at(&house, 7));
        let late = ask(&screen).await.body;
        house.skip(5 * 60 + 1);
        assert_eq!(claim(&screen, &late).await.body["state"], "gone");
        assert_eq!(accept(&manager, &late, &called("Bar")).await.code(), "wrong-code");

        let asked = ask(&screen).await.body;
        for left in (0..4).rev() {
            let wrong = accept(&manager, &json!({ "code": "000-000" }), &called("Bar")).await;
            assert_eq!((wrong.code(), &wrong.body["attempts_left"]), ("wrong-code", &json!(left)));
        }
        assert_eq!(accept(&manager, &asked, &called("Bar")).await.code(), "locked-out");
        let waiter = house.waiter().await;
        assert_eq!(accept(&waiter, &asked, &called("Bar")).await.code(), "forbidden");
        house.skip(5 * 60 + 1);
        let fresh = ask(&screen).await.body;
        assert_eq!(accept(&manager, &fresh, &called("Bar")).await.status, StatusCode::CREATED);
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn a_stolen_tablet_is_out_at_once_in_mid_service_and_the_others_go_on() {
    inside("pairing", "a_stolen_tablet_is_out_at_once_in_mid_service_and_the_others_go_on", async {
        let house = venue().await;
        let manager = house.manager().await;
        let mut stolen = Tablet::paired(&house, 7, called("Bar")).await;
        let mut kept = Tablet::paired(&house, 8, called("Till")).await;
        stolen.sign_in("waiter", "2222").await;
        kept.sign_in("waiter", "2222").await;
        let mut events = Stream::answering(stolen.request(Method::GET, "/events")).await;
        let mut others = Stream::answering(kept.request(Method::GET, "/events")).await;

        // A token of one terminal is nobody's at another, nor at the box.
        let own = kept.person.token.clone();
        kept.person.token.clone_from(&stolen.person.token);
        assert_eq!(kept.get("/floor").await.code(), "unauthenticated");
        kept.person.token = own;
        let mut at_box = house.nobody();
        at_box.token.clone_from(&stolen.person.token);
        assert_eq!(at_box.get("/floor").await.code(), "unauthenticated");

        let revoked = send(manager.request(Method::DELETE, &format!("/terminals/{}", stolen.id))).await;
        assert_eq!(revoked.status, StatusCode::NO_CONTENT, "{revoked:?}");
        events.ends().await;
        assert_eq!(stolen.get("/floor").await.code(), "unauthenticated");
        assert_eq!(stolen.login("waiter", "2222").await.code(), "unauthenticated");
        stolen.person.token = None;
        assert_eq!(stolen.get("/staff/tiles").await.code(), "device-not-paired");
        let back =
            json!({ "changes": [{ "kind": "terminal", "id": stolen.id, "entity": { "archived": false } }] });
        assert_eq!(manager.post("/catalogue/changes", back).await.code(), "invalid-edit");

        assert_eq!(kept.get("/floor").await.status, StatusCode::OK);
        let check = manager.post("/checks", json!({ "covers": 2 })).await;
        assert_eq!(check.status, StatusCode::CREATED);
        others.change().await;
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn an_event_stream_proves_its_terminal_without_its_token_in_the_address() {
    inside("pairing", "an_event_stream_proves_its_terminal_without_its_token_in_the_address", async {
        let house = venue().await;
        let mut tablet = Tablet::paired(&house, 7, called("Bar")).await;
        tablet.sign_in("waiter", "2222").await;
        let access = tablet.person.token.take().unwrap();
        let key = blake3::hash(tablet.terminal.as_bytes());
        let proof = blake3::keyed_hash(key.as_bytes(), access.as_bytes());
        let path = |proof: blake3::Hash| format!("/events?access_token={access}&terminal_proof={proof}");
        let mut events = Stream::answering(tablet.person.request(Method::GET, &path(proof))).await;
        let wrong = send(tablet.person.request(Method::GET, &path(blake3::hash(b"guess")))).await;
        assert_eq!(wrong.code(), "device-not-paired");
        house.manager().await.post("/checks", json!({ "covers": 2 })).await;
        events.change().await;
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn wrong_pins_from_ten_terminals_at_once_lock_out_nobody_but_those_who_guess() {
    inside("pairing", "wrong_pins_from_ten_terminals_at_once_lock_out_nobody_but_those_who_guess", async {
        let house = venue().await;
        let mut terminals = Vec::new();
        for n in 7..=17 {
            terminals.push(Tablet::paired(&house, n, called(&format!("Tablet {n}"))).await);
        }
        let own = terminals.pop().unwrap();
        let mut guesses = tokio::task::JoinSet::new();
        for (index, terminal) in terminals.iter().enumerate() {
            for guess in 0..8 {
                let body = json!({ "staff": "manager", "pin": format!("{:04}", index * 8 + guess) });
                let request = terminal.request(Method::POST, "/auth/login").json(&body);
                guesses.spawn(async move { (index, send(request).await.code().to_owned()) });
            }
        }
        let codes = guesses.join_all().await;
        for index in 0..terminals.len() {
            let looked_at = codes.iter().filter(|(of, code)| *of == index && code == "wrong-pin").count();
            // Of ten thousand PINs: one in two thousand.
            assert!(looked_at <= 5, "{looked_at} guesses at terminal {index}");
            assert!(
                codes.iter().all(|(_, code)| code == "wrong-pin" || code == "locked-out" || code == "busy")
            );
        }
        assert_eq!(own.login("manager", "2468").await.status, StatusCode::OK, "who is guessed at");
        assert_eq!(terminals[0].login("waiter", "2222").await.status, StatusCode::OK, "who comes next");
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn a_terminal_is_one_of_the_standby_too_and_each_hub_proves_that_it_is_of_the_venue() {
    inside(
        "pairing",
        "a_terminal_is_one_of_the_standby_too_and_each_hub_proves_that_it_is_of_the_venue",
        async {
            let acting = venue().await;
            let mut tablet = Tablet::paired(&acting, 7, called("Bar")).await;
            tablet.sign_in("waiter", "2222").await;
            let standby = standby::joined(&acting, EVERYWHERE).await;
            standby::alike(&acting, &standby).await;
            assert_proves(&tablet, &acting.hub, true).await;
            acting.hub.stop().await.unwrap();

            tablet.person.base = url(&standby.hub);
            assert_proves(&tablet, &standby.hub, true).await;
            tablet.sign_in("waiter", "2222").await;
            assert_eq!(tablet.get("/floor").await.status, StatusCode::OK);

            let data = tempfile::tempdir().unwrap();
            let listen = EVERYWHERE;
            let foreign =
                Hub::start(Settings { demo: true, listen, ..Settings::new(data.path()) }).await.unwrap();
            assert_proves(&tablet, &foreign, false).await;
            foreign.stop().await.unwrap();
            standby.hub.stop().await.unwrap();
        },
    );
}

/// Whether a hub can say what only a hub of the tablet's venue can.
async fn assert_proves(tablet: &Tablet, hub: &Hub, can: bool) {
    let nonce = "5a".repeat(32);
    let screen = Person { base: url(hub), token: None, client: tablet.person.client.clone() };
    let answer = screen.get(&format!("/pairings/proof?terminal={}&nonce={nonce}", tablet.id)).await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    let said = answer.body["hub"].as_str().unwrap();
    assert_eq!(said, hub.app().hubs.standing.identity.key.to_string());
    let key = blake3::hash(tablet.terminal.as_bytes());
    let proof = blake3::keyed_hash(key.as_bytes(), format!("{nonce}{said}").as_bytes());
    assert_eq!(answer.body["proof"] == proof.to_string(), can, "{answer:?}");
}
