use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{House, Person, open};

/// A hub of a folder that nobody has used.
async fn empty() -> House {
    empty_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
}

/// The same at another address.
pub async fn empty_at(listen: SocketAddr) -> House {
    let data = tempfile::tempdir().unwrap();
    let hub = Hub::start(Settings { listen, ..Settings::new(data.path()) }).await.unwrap();
    House { hub, data, skipped_secs: Arc::new(AtomicI64::new(0)) }
}

pub fn venue() -> Value {
    json!({
        "venue": { "name": "Da Ada", "currency": "KWD", "time_zone": "Asia/Kuwait", "languages": ["ar", "en"] },
        "manager": { "name": "Ada", "pin": "4907" },
    })
}

fn with(path: &str, value: Value) -> Value {
    let mut body = venue();
    *body.pointer_mut(path).unwrap() = value;
    body
}

#[tokio::test]
async fn an_empty_venue_is_set_up_by_whoever_is_there_and_takes_its_first_order() {
    let house = empty().await;
    let mut person = house.nobody();
    let state = person.get("/setup").await.body;
    let nothing = json!({ "venue": false, "manager": false, "floor": false, "menu": false, "station": false, "printer": false });
    assert_eq!(state, json!({ "needed": true, "steps": nothing }));
    let session = person.post("/setup", venue()).await;
    assert_eq!(
        (session.status, &session.body["staff"]["role"]),
        (StatusCode::OK, &json!("manager")),
        "{session:?}"
    );
    person.token = Some(session.body["access_token"].as_str().unwrap().to_owned());
    let state = person.get("/setup").await.body;
    assert_eq!(
        (&state["needed"], &state["steps"]["station"], &state["steps"]["menu"]),
        (&json!(false), &json!(true), &json!(false))
    );
    let settings = person.get("/venue").await.body;
    assert_eq!(
        (&settings["currency_exponent"], &settings["stations"][0]["name"]),
        (&json!(3), &json!("المطبخ"))
    );
    assert_eq!(settings["courses"].as_array().unwrap().len(), 4);

    let table = "name,category,price\nشاي,مشروبات,1.250\n";
    let import = person.request(reqwest::Method::POST, "/menu/import?dry_run=false");
    let import = crate::support::send(import.header("content-type", "text/csv").body(table)).await;
    assert_eq!(import.body["added"], 1, "{import:?}");
    let item = person.get("/menu").await.body["items"][0].clone();
    assert_eq!(item["price_minor"], 1250);
    let check = person.post("/checks", json!({ "covers": 1 })).await.body;
    let path = format!("/checks/{}", check["id"].as_str().unwrap());
    let lines = json!({ "lines": [{ "item_id": item["id"], "quantity": 1 }] });
    assert_eq!(person.post(&format!("{path}/lines"), lines).await.status, StatusCode::CREATED);
    assert_eq!(person.post(&format!("{path}/fire"), json!({})).await.status, StatusCode::OK);
    assert_eq!(person.get("/kitchen/tickets?station=kitchen").await.body.as_array().unwrap().len(), 1);
    assert_eq!(house.sign_in("manager", "4907").await.get("/auth/me").await.status, StatusCode::OK);
}

async fn refused_for_ever(person: &Person) {
    let again = person.post("/setup", with("/manager/pin", json!("8361"))).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "already-set-up"));
}

#[tokio::test]
async fn a_venue_is_set_up_once_also_after_everybody_left_and_a_restart() {
    let house = empty().await;
    let person = house.nobody();
    let first = person.post_with_key("/setup", "one", venue()).await;
    assert_eq!(first.status, StatusCode::OK);
    let lost = person.post_with_key("/setup", "one", venue()).await;
    assert_eq!(lost.status, StatusCode::OK, "an answer that was lost is given again: {lost:?}");
    refused_for_ever(&person).await;
    let manager = house.sign_in("manager", "4907").await;
    let me = manager.get("/auth/me").await.body["staff"]["id"].clone();
    let other = json!({ "id": uuid::Uuid::new_v8(maitred_process::clock::random()), "handle": "bea", "name": "Bea", "role": "manager" });
    let hire = json!({ "changes": [{ "kind": "staff", "id": other["id"], "entity": other }] });
    assert_eq!(manager.post("/catalogue/changes", hire).await.status, StatusCode::OK);
    let pin = format!("/staff/{}/pin", other["id"].as_str().unwrap());
    assert_eq!(manager.post(&pin, json!({ "pin": "8361" })).await.status, StatusCode::OK);
    let leave = json!({ "changes": [{ "kind": "staff", "id": me, "entity": null }] });
    assert_eq!(manager.post("/catalogue/changes", leave).await.status, StatusCode::OK);
    refused_for_ever(&person).await;
    let House { hub, data, .. } = house;
    hub.stop().await.unwrap();
    let hub = Hub::start(Settings::new(data.path())).await.unwrap();
    let house = House { hub, data, skipped_secs: Arc::new(AtomicI64::new(0)) };
    refused_for_ever(&house.nobody()).await;
    assert_eq!(house.nobody().get("/setup").await.body["needed"], false);
    refused_for_ever(&open().await.nobody()).await;
}

#[tokio::test]
async fn of_two_who_set_it_up_at_once_one_does() {
    let house = empty().await;
    let (one, two) = (house.nobody(), house.nobody());
    let other = with("/manager/name", json!("Bea"));
    let (first, second) = tokio::join!(one.post("/setup", venue()), two.post("/setup", other));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(one.get("/staff/tiles").await.body.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_venue_is_said_and_nothing_is_made() {
    let house = empty().await;
    let person = house.nobody();
    for (path, value, code, field) in [
        ("/manager/pin", json!("1234"), "weak-pin", ""),
        ("/venue/currency", json!("GOLD"), "invalid-edit", "currency"),
        ("/venue/time_zone", json!("Mars/Base"), "invalid-edit", "time_zone"),
        ("/venue/name", json!(" "), "invalid-edit", "name"),
        ("/venue/languages", json!([]), "invalid-edit", "languages"),
        ("/manager/name", json!(""), "invalid-edit", "name"),
    ] {
        let refused = person.post("/setup", with(path, value)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, code), "{path}");
        if !field.is_empty() {
            assert_eq!(refused.body["errors"][0]["field"], field, "{refused:?}");
        }
    }
    assert_eq!(person.get("/setup").await.body["needed"], true);
}
