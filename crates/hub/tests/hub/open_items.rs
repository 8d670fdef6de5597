//! Open items: whoever orders one says what it is and what it costs.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Person, id, open, send};

/// The demo venue's open item.
async fn open_item(person: &Person) -> Value {
    let menu = person.get("/menu").await.body;
    menu["items"].as_array().unwrap().iter().find(|item| item["open"] == true).unwrap().clone()
}

#[tokio::test]
async fn an_open_item_is_ordered_made_and_paid_as_what_the_waiter_says_it_is() {
    let house = open().await;
    let waiter = house.waiter().await;
    let check = id(&waiter.post("/checks", json!({ "covers": 2 })).await.body);
    let item = open_item(&waiter).await;
    let turbot = json!({ "name": "Turbot for two", "price_minor": 4400 });
    let lines = json!({ "lines": [{ "item_id": item["id"], "quantity": 2, "open": turbot }] });
    let added = waiter.post(&format!("/checks/{check}/lines"), lines).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let line = &added.body["check"]["lines"][0];
    assert_eq!((&line["name"], &line["open"]), (&json!("Turbot for two"), &json!(true)));
    assert_eq!((&line["unit_price_minor"], &added.body["check"]["due_minor"]), (&json!(4400), &json!(8800)));
    waiter.post(&format!("/checks/{check}/fire"), json!({})).await;
    let tickets = waiter.get("/kitchen/tickets?station=grill").await.body;
    assert_eq!(tickets[0]["lines"][0]["name"], "Turbot for two");
}

#[tokio::test]
async fn a_price_where_none_belongs_and_none_where_one_does_are_clear_problems() {
    let house = open().await;
    let waiter = house.waiter().await;
    let check = id(&waiter.post("/checks", json!({ "covers": 2 })).await.body);
    let (item, plain) = (open_item(&waiter).await, waiter.plain_items().await[0].clone());
    let priced = |price_minor: i64, name: &str| json!({ "price_minor": price_minor, "name": name });
    for (item, open, code) in [
        (&item, Value::Null, "price-needed"),
        (&item, priced(0, "air"), "out-of-range"),
        (&item, priced(1_000_000_001, "gold"), "out-of-range"),
        (&item, priced(100, &"x".repeat(33)), "too-long"),
        (&plain, priced(100, "stew"), "not-open"),
    ] {
        let line = json!({ "item_id": item["id"], "quantity": 1, "open": open });
        let refused = waiter.post(&format!("/checks/{check}/lines"), json!({ "lines": [line] })).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, code), "{open}");
        let names_item = ["price-needed", "not-open"].contains(&code);
        assert_eq!(refused.body.get("item") == Some(&item["name"]), names_item, "{refused:?}");
    }
}

#[tokio::test]
async fn a_table_of_the_menu_says_which_items_are_open() {
    let house = open().await;
    let manager = house.manager().await;
    let plain = manager.plain_items().await[0].clone();
    let table =
        format!("id,name,open\n{},{},yes\n", plain["id"].as_str().unwrap(), plain["name"].as_str().unwrap());
    let import = manager.request(Method::POST, "/menu/import?dry_run=false");
    let report = send(import.header("content-type", "text/csv").body(table)).await.body;
    let change = json!({ "field": "open", "before": "no", "after": "yes" });
    assert_eq!((&report["changed"], &report["rows"][0]["changes"]), (&json!(1), &json!([change])));
    let menu = manager.get("/menu").await.body;
    let item = menu["items"].as_array().unwrap().iter().find(|item| item["id"] == plain["id"]).unwrap();
    assert_eq!(item["open"], true);
}
