//! What people of an organisation see and do at `/cloud/api/v1`, and what others do not.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use maitred_domain::catalogue::{Catalogue, Category, EntityChanged, EntityKind, Item, Staff, Station, Tax};
use maitred_domain::decide::Command;
use maitred_domain::ids::named;
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use maitred_relay::accounts::{self, Wanted};
use maitred_relay::storage::accounts::UserRole;
use maitred_store::Request;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::tempdir;
use tokio::task::JoinHandle;

use crate::house::{House, Hub, open, until, until_async};

const PASSWORD: &str = "correct horse battery";

struct Browser {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Browser {
    fn of(house: &House) -> Self {
        let url = format!("http://{}/cloud/api/v1", house.relay.address);
        Self { client: reqwest::Client::new(), url, token: None }
    }

    async fn signed_in(house: &House, organisation: &str, email: &str, role: UserRole) -> Self {
        let wanted = Wanted {
            organisation: organisation.into(),
            email: email.into(),
            name: "Olga".into(),
            role,
            password: Some(PASSWORD.into()),
        };
        accounts::make(&*house.relay.app().storage, &wanted).unwrap();
        let mut browser = Self::of(house);
        let body = json!({ "email": email, "password": PASSWORD, "bearer": true });
        let (status, answer) = browser.send(Method::POST, "/session", &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        browser.token = answer["token"].as_str().map(str::to_owned);
        browser
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    async fn patch(&self, venue: &str, body: Value) -> (StatusCode, Value) {
        let item = soup().id;
        self.send(Method::PATCH, &format!("/venues/{venue}/menu/items/{item}"), &body).await
    }
}

fn soup() -> Item {
    serde_json::from_value(json!({
        "id": named::<uuid::Uuid>("soup"), "name": "Soup", "price": 600,
        "category": named::<uuid::Uuid>("starters"), "tax": named::<uuid::Uuid>("tax"),
        "station": named::<uuid::Uuid>("grill"),
    }))
    .unwrap()
}

/// What a hub's first entry makes: somebody who runs it, and a dish.
fn venue() -> Command {
    let category: Category =
        serde_json::from_value(json!({ "id": named::<uuid::Uuid>("starters"), "name": "Starters" })).unwrap();
    let tax: Tax = serde_json::from_value(
        json!({ "id": named::<uuid::Uuid>("tax"), "name": "VAT", "basis_points": 1000 }),
    )
    .unwrap();
    let grill: Station = serde_json::from_value(
        json!({ "id": named::<uuid::Uuid>("grill"), "slug": "grill", "name": "Grill", "kind": "prep" }),
    )
    .unwrap();
    let ada = Staff {
        id: named("ada"),
        handle: "ada".into(),
        name: "Ada".into(),
        role: Role::Manager,
        pin_hash: "hash".into(),
        pin_digits: None,
        archived: false,
        erased: false,
    };
    let mut catalogue = Catalogue::default();
    catalogue.categories.insert(category.id, category);
    catalogue.taxes.insert(tax.id, tax);
    catalogue.items.insert(soup().id, soup());
    catalogue.stations.insert(grill.id, grill);
    catalogue.staff.insert(ada.id, ada);
    catalogue.venue.currency = "EUR".into();
    Command::SetUp { changes: catalogue.as_changes() }
}

/// A hub that is set up and talks to the relay, until the task is stopped.
async fn hub(house: &House) -> (Hub, JoinHandle<()>) {
    let hub = Hub::new(1);
    command(&hub, "set up", venue()).await;
    let talk = hub.talk(house, Some(&house.token("Aurora"))).await;
    (hub, talk)
}

async fn command(hub: &Hub, key: &str, command: Command) {
    let request = Request {
        idempotency_key: key.into(),
        by: named("ada"),
        role: Role::Manager,
        approval: None,
        command,
    };
    hub.store.command(request).await.unwrap();
}

#[tokio::test]
async fn an_edit_of_the_cloud_reaches_the_hub_and_keeps_what_the_venue_edited_meanwhile() {
    let data = tempdir().unwrap();
    let house = open(data.path()).await;
    let (hub, talk) = hub(&house).await;
    let olga = Browser::signed_in(&house, "Ada", "olga@example.org", UserRole::Owner).await;
    let id = olga.get("/venues").await[0]["id"].as_str().unwrap().to_owned();
    until_async("the cloud knows the menu", async || {
        let (status, menu) = olga.send(Method::GET, &format!("/venues/{id}/menu"), &Value::Null).await;
        status == StatusCode::OK && menu["items"].as_array().is_some_and(|items| items.len() == 1)
    })
    .await;

    talk.abort();
    let (status, changed) = olga.patch(&id, json!({ "price_minor": 650 })).await;
    assert_eq!((status, &changed["item"]["price"]), (StatusCode::OK, &json!(650)), "{changed}");
    assert_eq!(changed["arrival"], "pending");
    command(&hub, "rename", rename("Tomato soup")).await;
    let _talk = hub.talk(&house, None).await;
    until("the hub has both edits", || {
        let item = hub.store.catalogue().items[&soup().id].clone();
        (item.name.as_str(), item.price) == ("Tomato soup", Money(650))
    })
    .await;
    until_async("the cloud has both, and knows that the hub has", async || {
        let menu = olga.get(&format!("/venues/{id}/menu")).await;
        menu["pending"] == 0 && menu["items"][0]["item"]["name"] == "Tomato soup"
    })
    .await;
    assert_eq!(hub.store.catalogue().staff_name(person(&olga, &id).await), "Olga", "hubs say who did it");

    let (_, same) = olga.patch(&id, json!({ "price_minor": 650 })).await;
    assert_eq!(same["arrival"], Value::Null, "it was so already");
    let (_, gone) = olga.patch(&id, json!({ "available": false })).await;
    assert_eq!((&gone["is_available"], &gone["item"]["price"]), (&json!(false), &json!(650)));
    let history = olga.get(&format!("/venues/{id}/menu/items/{}/history", soup().id)).await;
    let prices: Vec<_> = history.as_array().unwrap().iter().filter(|it| it["field"] == "price").collect();
    let seen: Vec<_> = prices.iter().map(|it| (&it["value"], &it["stands"], &it["from_cloud"])).collect();
    let (yes, no) = (json!(true), json!(false));
    assert_eq!(seen, [(&json!(650), &yes, &yes), (&json!(600), &no, &no)]);
}

fn rename(name: &str) -> Command {
    let fields = [("id".to_owned(), json!(soup().id)), ("name".to_owned(), json!(name))].into();
    Command::Edit { changes: vec![EntityChanged { kind: EntityKind::Item, id: soup().id.0, fields }] }
}

async fn person(browser: &Browser, venue: &str) -> maitred_domain::ids::StaffId {
    let people = browser.get(&format!("/venues/{venue}/people")).await;
    let people = people.as_array().unwrap();
    let olga = people.iter().find(|person| person["name"] == "Olga").unwrap();
    olga["id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_user_of_another_organisation_finds_nothing_and_a_viewer_changes_nothing() {
    let data = tempdir().unwrap();
    let house = open(data.path()).await;
    let (_hub, _talk) = hub(&house).await;
    let olga = Browser::signed_in(&house, "Ada", "olga@example.org", UserRole::Owner).await;
    let id = olga.get("/venues").await[0]["id"].as_str().unwrap().to_owned();
    let other = Browser::signed_in(&house, "Grace", "pete@example.org", UserRole::Owner).await;
    let viewer = Browser::signed_in(&house, "Ada", "vera@example.org", UserRole::Viewer).await;
    assert_eq!(other.get("/venues").await, json!([]));
    let (check, item) = (named::<uuid::Uuid>("check"), soup().id);
    for path in [
        format!("/venues/{id}"),
        format!("/venues/{id}/report"),
        format!("/venues/{id}/menu"),
        format!("/venues/{id}/audit"),
        format!("/venues/{id}/people"),
        format!("/venues/{id}/events"),
        format!("/venues/{id}/checks/{check}"),
        format!("/venues/{id}/checks/{check}/history"),
        format!("/venues/{id}/menu/items/{item}/history"),
    ] {
        let (status, body) = other.send(Method::GET, &path, &Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {body}");
        let nowhere = path.replace(&id, &named::<uuid::Uuid>("nowhere").to_string());
        assert_eq!(other.send(Method::GET, &nowhere, &Value::Null).await.1, body, "{path}");
        let (status, _) = Browser::of(&house).send(Method::GET, &path, &Value::Null).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
    }
    let price = json!({ "price_minor": 1 });
    assert_eq!(other.patch(&id, price.clone()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(viewer.patch(&id, price.clone()).await.0, StatusCode::FORBIDDEN);
    let own = json!({ "venue_id": id, "item_id": item, "change": price, "venue_ids": [id] });
    assert_eq!(other.send(Method::POST, "/menu/changes", &own).await.0, StatusCode::NOT_FOUND);
    let enrol = json!({ "venue": "Borealis" });
    assert_eq!(viewer.send(Method::POST, "/venues", &enrol).await.0, StatusCode::FORBIDDEN);
    assert_eq!(other.send(Method::POST, "/venues", &json!({ "venue": "Aurora" })).await.0, StatusCode::OK);
    assert_eq!(olga.get("/venues").await.as_array().unwrap().len(), 1, "the same name is another venue");
}

#[tokio::test]
async fn nobody_learns_which_addresses_there_are_and_guesses_end() {
    let data = tempdir().unwrap();
    let house = open(data.path()).await;
    let olga = Browser::signed_in(&house, "Ada", "olga@example.org", UserRole::Owner).await;
    let stranger = Browser::of(&house);
    let guess = async |email: &str| {
        stranger
            .send(Method::POST, "/session", &json!({ "email": email, "password": "wrong password" }))
            .await
    };
    for attempt in 1..=6 {
        let (known, unknown) = (guess("olga@example.org").await, guess("nobody@example.org").await);
        assert_eq!((known.0, &known.1["code"]), (unknown.0, &unknown.1["code"]), "attempt {attempt}");
        let locked = attempt > 5;
        assert_eq!(known.0 == StatusCode::TOO_MANY_REQUESTS, locked, "attempt {attempt}");
    }
    let right = json!({ "email": "olga@example.org", "password": PASSWORD });
    assert_eq!(stranger.send(Method::POST, "/session", &right).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(olga.get("/session").await["email"], "olga@example.org", "who is in stays in");
    house.skipped_secs.fetch_add(120, Ordering::Relaxed);
    assert_eq!(stranger.send(Method::POST, "/session", &right).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_the_choice_of_another() {
    let data = tempdir().unwrap();
    let house = open(data.path()).await;
    let wanted = Wanted {
        organisation: "Ada".into(),
        email: "Olga@Example.org".into(),
        name: String::new(),
        role: UserRole::Manager,
        password: None,
    };
    let once = accounts::make(&*house.relay.app().storage, &wanted).unwrap();
    let mut olga = Browser::of(&house);
    let sign_in = json!({ "email": "olga@example.org", "password": once, "bearer": true });
    let (_, answer) = olga.send(Method::POST, "/session", &sign_in).await;
    assert_eq!(answer["user"]["must_change_password"], true);
    olga.token = answer["token"].as_str().map(str::to_owned);
    assert_eq!(olga.send(Method::GET, "/venues", &Value::Null).await.1["code"], "password-to-change");
    let weak = json!({ "old": once, "new": "short", "bearer": true });
    assert_eq!(olga.send(Method::PUT, "/session/password", &weak).await.1["code"], "weak-password");
    let new = json!({ "old": once, "new": PASSWORD, "bearer": true });
    let (status, answer) = olga.send(Method::PUT, "/session/password", &new).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(olga.send(Method::GET, "/session", &Value::Null).await.0, StatusCode::UNAUTHORIZED);
    olga.token = answer["token"].as_str().map(str::to_owned);
    assert_eq!(olga.get("/venues").await, json!([]));
    let (status, _) = olga.send(Method::DELETE, "/session", &Value::Null).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(olga.send(Method::GET, "/session", &Value::Null).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_with_the_cookie() {
    let data = tempdir().unwrap();
    let house = open(data.path()).await;
    let olga = Browser::signed_in(&house, "Ada", "olga@example.org", UserRole::Owner).await;
    let body = json!({ "email": "olga@example.org", "password": PASSWORD });
    let session = format!("{}/session", olga.url);
    let answer = olga.client.post(&session).json(&body).send().await.unwrap();
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["maitred-cloud=", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let proxied = olga.client.post(&session).header("x-forwarded-proto", "https").json(&body);
    let proxied = proxied.send().await.unwrap().headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(proxied.starts_with("__Host-") && proxied.contains("Secure"), "{proxied}");
    let cookie = cookie.split(';').next().unwrap();
    let enrol = |site: &'static str| {
        let request = olga.client.post(format!("{}/venues", olga.url)).header("cookie", cookie);
        request.header("sec-fetch-site", site).json(&json!({ "venue": "Aurora" })).send()
    };
    assert_eq!(enrol("cross-site").await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(enrol("same-origin").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn every_operation_of_the_document_is_served() {
    let data = tempdir().unwrap();
    let house = open(data.path()).await;
    let nobody = Browser::of(&house);
    let document = nobody.get("/openapi.json").await;
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(operations.insert(name.to_owned()), "{name} twice");
            let id = named::<uuid::Uuid>("nowhere").to_string();
            let address = path.replace("{id}", &id).replace("{item}", &id).replace("{check}", &id);
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let (status, body) = nobody.send(method.clone(), &address, &Value::Null).await;
            assert!(operation["responses"].get(status.as_str()).is_some(), "{method} {path}: {status}");
            assert_ne!(body["code"], "no-such-route", "{method} {path}");
        }
    }
    assert!(operations.len() >= 14, "{}", operations.len());
}

/// The pages' types are made from a copy of the document. `MAITRED_WRITE=1` writes it anew; then `npm run types`.
#[tokio::test]
async fn the_pages_are_made_for_this_version_of_the_document() {
    let data = tempdir().unwrap();
    let document = Browser::of(&open(data.path()).await).get("/openapi.json").await;
    let document = serde_json::to_string_pretty(&document).unwrap() + "\n";
    let copy = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/cloud-openapi.json");
    if std::env::var_os("MAITRED_WRITE").is_some() {
        std::fs::write(&copy, &document).unwrap();
    }
    let known = std::fs::read_to_string(copy).unwrap_or_default();
    assert!(
        known == document,
        "ui/cloud-openapi.json is of another version: run this test with MAITRED_WRITE=1"
    );
}
