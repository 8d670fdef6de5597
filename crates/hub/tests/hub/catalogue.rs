use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Person, id, open, send};

pub async fn catalogue(person: &Person) -> Value {
    let answer = person.get("/catalogue").await;
    assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    answer.body
}

fn named<'a>(entities: &'a Value, name: &str) -> &'a Value {
    entities.as_array().unwrap().iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

fn with(entity: &Value, field: &str, value: Value) -> Value {
    let mut entity = entity.clone();
    entity[field] = value;
    entity
}

fn change(kind: &str, entity: &Value) -> Value {
    json!({ "kind": kind, "id": entity["id"], "entity": entity })
}

fn fresh_id() -> String {
    uuid::Uuid::new_v8(maitred_process::clock::random()).to_string()
}

#[tokio::test]
async fn the_whole_catalogue_is_there_for_who_edits_it_and_holds_no_secret() {
    let house = open().await;
    let manager = house.manager().await;
    let whole = catalogue(&manager).await;
    for part in ["areas", "tables", "categories", "items", "modifier_groups", "taxes", "stations", "printers"]
    {
        assert!(!whole[part].as_array().unwrap().is_empty(), "{part}");
    }
    let waiter = named(&whole["staff"], "Luca Moretti");
    assert_eq!((&waiter["has_pin"], &waiter["handle"]), (&json!(true), &json!("waiter")));
    assert!(!whole.to_string().contains("argon2") && !whole.to_string().contains("pin_hash"));
    let refused = house.waiter().await.get("/catalogue").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "forbidden"));
}

#[tokio::test]
async fn what_is_changed_is_sold_at_once_and_a_thing_taken_away_is_kept_and_gone() {
    let house = open().await;
    let manager = house.manager().await;
    let whole = catalogue(&manager).await;
    let pizza = with(named(&whole["items"], "Margherita"), "price", json!(1234));
    let gone = named(&whole["items"], "Tiramisù");
    let area = json!({ "id": fresh_id(), "name": "Giardino" });
    let table = json!({ "id": fresh_id(), "name": "G1", "area": area["id"], "seats": 4, "shape": "round",
        "x": 10, "y": 10, "width": 10, "height": 10 });
    let changes = json!({ "changes": [
        change("item", &pizza),
        { "kind": "item", "id": gone["id"], "entity": null },
        change("table", &table),
        change("area", &area),
    ] });
    let before = manager.get("/sync").await.body["vector"].clone();
    let done = manager.post_with_key("/catalogue/changes", "k1", changes.clone()).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    assert_eq!(done.body["entities"][0]["entity"]["price"], 1234);
    assert_eq!(done.body["entities"][1]["entity"]["archived"], true);
    let again = manager.post_with_key("/catalogue/changes", "k1", changes).await;
    assert_eq!(again.status, StatusCode::OK, "{again:?}");
    let after = manager.get("/sync").await.body["vector"].clone();
    let sum =
        |vector: &Value| vector.as_object().unwrap().values().map(|it| it.as_i64().unwrap()).sum::<i64>();
    assert_eq!(sum(&after), sum(&before) + 1, "one command is one entry");

    let menu = manager.get("/menu").await.body;
    assert_eq!(named(&menu["items"], "Margherita")["price_minor"], 1234);
    assert!(!menu["items"].as_array().unwrap().iter().any(|item| item["id"] == gone["id"]));
    let kept = catalogue(&manager).await;
    assert_eq!(named(&kept["items"], "Tiramisù")["archived"], true);
    let floor = manager.get("/floor").await.body;
    assert_eq!(named(&floor["areas"], "Giardino")["tables"][0]["name"], "G1");
}

#[tokio::test]
async fn two_people_who_edit_different_fields_of_one_thing_both_win() {
    let house = open().await;
    let manager = house.manager().await;
    let seen = named(&catalogue(&manager).await["items"], "Margherita").clone();
    let dearer = with(&seen, "price", json!(1500));
    let renamed = with(&seen, "name", json!("Regina"));
    for wanted in [&dearer, &renamed] {
        let change = json!({ "kind": "item", "id": seen["id"], "entity": wanted, "base": seen });
        let done = manager.post("/catalogue/changes", json!({ "changes": [change] })).await;
        assert_eq!(done.status, StatusCode::OK, "{done:?}");
    }
    let now = named(&catalogue(&manager).await["items"], "Regina").clone();
    assert_eq!(now["price"], 1500);
    let partly = json!({ "changes": [{ "kind": "item", "id": seen["id"], "entity": { "sort": 7 } }] });
    assert_eq!(manager.post("/catalogue/changes", partly).await.status, StatusCode::OK);
    let now = named(&catalogue(&manager).await["items"], "Regina").clone();
    assert_eq!((&now["sort"], &now["names"]), (&json!(7), &seen["names"]));
    let nothing = json!({ "changes": [change("item", &now)] });
    assert_eq!(manager.post("/catalogue/changes", nothing).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_would_not_work_is_refused_whole_and_says_where() {
    let house = open().await;
    let manager = house.manager().await;
    let whole = catalogue(&manager).await;
    let pizza = named(&whole["items"], "Margherita");
    let cooking = named(&whole["modifier_groups"], "Cottura");
    let (nobody, boss) = (fresh_id(), named(&whole["staff"], "Giulia Ferrante"));
    let cases = [
        (change("item", &with(pizza, "price", json!(-1))), "price", "out-of-range"),
        (change("item", &with(pizza, "price", json!("dear"))), "price", "malformed"),
        (change("item", &with(pizza, "colour", json!("red"))), "colour", "unknown-field"),
        (change("item", &with(pizza, "category", json!(nobody))), "category", "category-unknown"),
        (change("item", &with(pizza, "tax", json!(nobody))), "tax", "tax-unknown"),
        (change("item", &with(pizza, "name", json!("  "))), "name", "name-missing"),
        (change("item", &json!({ "id": fresh_id(), "name": "Half" })), "category", "missing-field"),
        (change("modifier_group", &with(cooking, "min", json!(9))), "max", "min-above-max"),
        (json!({ "kind": "tax", "id": pizza["tax"], "entity": null }), "tax", "tax-unknown"),
        (json!({ "kind": "tax", "id": nobody, "entity": null }), "", "not-found"),
        (json!({ "kind": "venue", "entity": null }), "", "not-removable"),
        (
            json!({ "kind": "venue", "entity": { "time_zone": "Mars/Base" } }),
            "time_zone",
            "time-zone-unknown",
        ),
        (json!({ "kind": "staff", "id": boss["id"], "entity": null }), "", "no-manager"),
        (json!({ "kind": "staff", "id": boss["id"], "entity": { "pin_hash": "x" } }), "pin_hash", "not-here"),
        (
            json!({ "kind": "printer", "id": whole["printers"][0]["id"], "entity": { "address": "ftp://10.0.0.9" } }),
            "address",
            "address-malformed",
        ),
    ];
    let good = change("item", &with(named(&whole["items"], "Tiramisù"), "price", json!(1)));
    for (wrong, field, code) in cases {
        let body = json!({ "changes": [good, wrong] });
        let refused = manager.post("/catalogue/changes", body.clone()).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid-edit"), "{code}");
        let error = &refused.body["errors"][0];
        assert_eq!(
            (&error["code"], error["field"].as_str().unwrap_or_default()),
            (&json!(code), field),
            "{error}"
        );
        if code != "no-manager" {
            assert_eq!(error["index"], 1, "{error}");
        }
        let checked = manager.post("/catalogue/check", body).await;
        let problems = checked.body["problems"].as_array().unwrap().clone();
        assert!(problems.iter().any(|it| it["code"] == code && it["severity"] == "error"), "{checked:?}");
    }
    assert_eq!(catalogue(&manager).await, whole, "nothing happened");
}

#[tokio::test]
async fn the_check_says_what_is_probably_not_meant_and_writes_nothing() {
    let house = open().await;
    let manager = house.manager().await;
    let whole = catalogue(&manager).await;
    let now = manager.post("/catalogue/check", json!({ "changes": [] })).await;
    assert_eq!(now.body["problems"], json!([]), "the demo has no problem");
    let (first, second) = (&whole["tables"][0], &whole["tables"][1]);
    let moved = with(&with(first, "x", second["x"].clone()), "y", second["y"].clone());
    let free = with(named(&whole["items"], "Margherita"), "price", json!(0));
    let body = json!({ "changes": [change("table", &moved), change("item", &free)] });
    let checked = manager.post("/catalogue/check", body).await;
    let problems = checked.body["problems"].as_array().unwrap();
    let find =
        |code: &str| problems.iter().find(|it| it["code"] == code).unwrap_or_else(|| panic!("{problems:?}"));
    assert_eq!((&find("overlap")["severity"], &find("overlap")["index"]), (&json!("warning"), &json!(0)));
    assert_eq!(
        (&find("price-zero")["name"], &find("price-zero")["index"]),
        (&json!("Margherita"), &json!(1))
    );
    assert_eq!(catalogue(&manager).await, whole);
}

#[tokio::test]
async fn a_new_person_gets_a_pin_signs_in_and_a_changed_pin_signs_them_out() {
    let house = open().await;
    let manager = house.manager().await;
    let new = json!({ "id": fresh_id(), "handle": "nina", "name": "Nina", "role": "waiter" });
    let done = manager.post("/catalogue/changes", json!({ "changes": [change("staff", &new)] })).await;
    assert_eq!(done.body["entities"][0]["entity"]["has_pin"], false, "{done:?}");
    let problems = done.body["problems"].as_array().unwrap();
    assert!(problems.iter().any(|it| it["code"] == "no-pin" && it["index"] == 0), "{done:?}");
    let without = house.nobody().post("/auth/login", json!({ "staff": "nina", "pin": "" })).await;
    assert_eq!(without.code(), "wrong-pin");

    let path = format!("/staff/{}/pin", id(&new));
    assert_eq!(manager.post(&path, json!({ "pin": "1234" })).await.code(), "weak-pin");
    assert_eq!(manager.post(&path, json!({ "pin": "12" })).await.code(), "malformed-pin");
    for _ in 0..2 {
        let set = manager.post_with_key(&path, "first", json!({ "pin": "4907" })).await;
        assert_eq!((set.status, &set.body["has_pin"]), (StatusCode::OK, &json!(true)), "{set:?}");
    }
    let nina = house.sign_in("nina", "4907").await;
    assert_eq!(nina.post(&path, json!({ "pin": "8361" })).await.code(), "forbidden");
    for _ in 0..5 {
        house.nobody().post("/auth/login", json!({ "staff": "nina", "pin": "0000" })).await;
    }
    let right = json!({ "staff": "nina", "pin": "4907" });
    assert_eq!(house.nobody().post("/auth/login", right.clone()).await.code(), "locked-out");
    let forget = manager.request(Method::DELETE, &format!("/staff/{}/lockout", id(&new)));
    assert_eq!(send(forget).await.status, StatusCode::NO_CONTENT);
    assert_eq!(house.nobody().post("/auth/login", right.clone()).await.status, StatusCode::OK);

    assert_eq!(manager.post(&path, json!({ "pin": "8361" })).await.status, StatusCode::OK);
    assert_eq!(nina.get("/auth/me").await.code(), "unauthenticated");
    assert_eq!(house.nobody().post("/auth/login", right).await.code(), "wrong-pin");
    house.sign_in("nina", "8361").await;
}

#[tokio::test]
async fn a_station_taken_away_takes_no_order_and_what_went_there_is_refused_first() {
    let house = open().await;
    let manager = house.manager().await;
    let whole = catalogue(&manager).await;
    let grill = named(&whole["stations"], "Grill");
    let close = json!({ "kind": "station", "id": grill["id"], "entity": null });
    let refused = manager.post("/catalogue/changes", json!({ "changes": [close] })).await;
    assert!(refused.body["errors"].as_array().unwrap().iter().all(|it| it["code"] == "station-unknown"));
    let items = whole["items"].as_array().unwrap().iter().filter(|item| item["station"] == grill["id"]);
    let mut changes: Vec<Value> =
        items.map(|item| change("item", &with(item, "station", json!(null)))).collect();
    changes.push(close);
    let done = manager.post("/catalogue/changes", json!({ "changes": changes })).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let stations = manager.get("/venue").await.body["stations"].to_string();
    assert!(!stations.contains("Grill"));
}

#[tokio::test]
async fn everybody_may_read_which_role_may_do_what() {
    let house = open().await;
    let rights = house.waiter().await.get("/permissions").await.body;
    let roles = rights["roles"].as_array().unwrap();
    assert_eq!(roles.len(), 4);
    assert!(roles[0]["permissions"].as_array().unwrap().contains(&json!("edit_menu")));
    assert!(!roles[2]["permissions"].as_array().unwrap().contains(&json!("edit_menu")));
}

#[tokio::test]
async fn an_edit_of_too_many_things_is_refused() {
    let house = open().await;
    let manager = house.manager().await;
    let one = json!({ "kind": "tax", "id": fresh_id(), "entity": null });
    let refused = manager.post("/catalogue/changes", json!({ "changes": vec![one; 1001] })).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "out-of-range"));
}

#[tokio::test]
async fn a_cook_reads_dishes_and_choices_in_another_language() {
    let house = open().await;
    let manager = house.manager().await;
    let whole = catalogue(&manager).await;
    let mut cooking = named(&whole["modifier_groups"], "Cottura").clone();
    cooking["modifiers"][0]["names"] = json!({ "ar": "نيء" });
    let done =
        manager.post("/catalogue/changes", json!({ "changes": [change("modifier_group", &cooking)] })).await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let takes_cooking = |item: &&Value| item["modifier_groups"].to_string().contains(&id(&cooking));
    let item = whole["items"].as_array().unwrap().iter().find(takes_cooking).unwrap();
    let wanted = |group: &&Value| {
        item["modifier_groups"].as_array().unwrap().contains(&group["id"]) && group["min"] == 1
    };
    let groups = whole["modifier_groups"].as_array().unwrap().iter().filter(wanted);
    let choices: Vec<String> = groups.map(|group| id(&group["modifiers"][0])).collect();
    let check = manager.post("/checks", json!({ "covers": 1 })).await.body;
    let line = json!({ "item_id": item["id"], "quantity": 1, "modifiers": choices });
    let added = manager.post(&format!("/checks/{}/lines", id(&check)), json!({ "lines": [line] })).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    manager.post(&format!("/checks/{}/fire", id(&check)), json!({})).await;
    let tickets = manager.get("/kitchen/tickets").await.body;
    let shown = &tickets[0]["lines"][0];
    assert_eq!(shown["names"], item["names"]);
    assert!(shown["modifier_names"].as_array().unwrap().contains(&json!({ "ar": "نيء" })), "{shown}");
    assert_eq!(shown["modifier_names"].as_array().unwrap().len(), choices.len());
    let menu = manager.get("/menu").await.body;
    assert_eq!(named(&menu["categories"], "Dolci")["names"]["en"], "Desserts");
    let venue = manager.get("/venue").await.body;
    assert_eq!(
        (&venue["courses"][0]["names"]["en"], &venue["hours"][1]["name"]),
        (&json!("Drinks"), &json!("Cena"))
    );
    let floor = manager.get("/floor").await.body;
    assert_eq!(floor["sections"].as_array().unwrap().len(), 4);
    let sala = named(&floor["areas"], "Sala");
    assert!(!sala["decor"].as_array().unwrap().is_empty() && sala["tables"][0]["section_id"].is_string());
}
