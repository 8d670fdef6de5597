use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{id, ids, open};

#[tokio::test]
async fn a_party_is_seated_orders_eats_and_pays() {
    let house = open().await;
    let (waiter, kitchen) = (house.waiter().await, house.sign_in("kitchen", "3333").await);
    let check = waiter.check_with_lines(2).await;
    let path = format!("/checks/{}", id(&check));
    assert_eq!(check["unsent_lines"], 2);

    let fired = waiter.post(&format!("{path}/fire"), json!({})).await;
    assert_eq!((fired.status, &fired.body["unsent_lines"]), (StatusCode::OK, &json!(0)));
    let tickets = kitchen.get("/kitchen/tickets").await;
    assert!(!tickets.body.as_array().unwrap().is_empty(), "{tickets:?}");
    for ticket in ids(&tickets.body) {
        let bumped = kitchen.post(&format!("/kitchen/tickets/{ticket}/bump"), json!({})).await;
        assert_eq!((bumped.status, &bumped.body["state"]), (StatusCode::OK, &json!("bumped")));
    }
    assert_eq!(kitchen.get("/kitchen/tickets").await.body, json!([]));
    let recent = kitchen.get("/kitchen/tickets?state=recent").await.body;
    assert_eq!(recent.as_array().unwrap().len(), tickets.body.as_array().unwrap().len());

    let due = check["due_minor"].as_i64().unwrap();
    let early = waiter.post(&format!("{path}/close"), json!({})).await;
    assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "amount-due"));
    assert_eq!(early.body["due_minor"], due);
    let paid =
        waiter.post(&format!("{path}/tenders"), json!({ "kind": "cash", "amount_minor": due + 300 })).await;
    assert_eq!((paid.status, &paid.body["change_minor"]), (StatusCode::CREATED, &json!(300)));
    let closed = waiter.post(&format!("{path}/close"), json!({})).await;
    assert_eq!((closed.status, &closed.body["state"]), (StatusCode::OK, &json!("closed")));

    let jobs = waiter.get("/print-jobs").await.body;
    let kinds: Vec<&Value> = jobs.as_array().unwrap().iter().map(|job| &job["kind"]).collect();
    assert!(kinds.contains(&&json!("ticket")) && kinds.contains(&&json!("drawer")), "{kinds:?}");
    let receipt = waiter.post(&format!("{path}/receipt"), json!({})).await;
    assert_eq!((receipt.status, &receipt.body["kind"]), (StatusCode::ACCEPTED, &json!("receipt")));

    let history = waiter.get(&format!("{path}/history")).await.body;
    let history: Vec<&str> =
        history.as_array().unwrap().iter().map(|it| it["action"].as_str().unwrap()).collect();
    assert_eq!((history[0], history[history.len() - 1]), ("check_closed", "check_opened"));
}

#[tokio::test]
async fn two_waiters_at_one_table_keep_both_sets_of_lines() {
    let house = open().await;
    let (one, other) = (house.waiter().await, house.sign_in("waiter2", "4444").await);
    let check = one.check_with_lines(1).await;
    let path = format!("/checks/{}/lines", id(&check));
    let item = one.plain_items().await[0]["id"].clone();
    let line = json!({ "lines": [{ "item_id": item, "quantity": 1 }, { "item_id": item, "quantity": 2 }] });
    let (a, b) = tokio::join!(one.post(&path, line.clone()), other.post(&path, line));
    assert_eq!((a.status, b.status), (StatusCode::CREATED, StatusCode::CREATED));
    let check = one.get(&format!("/checks/{}", id(&check))).await.body;
    let there = ids(&check["lines"]);
    assert_eq!(there.len(), 5);
    for added in ids(&a.body["lines"]).iter().chain(&ids(&b.body["lines"])) {
        assert!(there.contains(added));
    }
}

#[tokio::test]
async fn the_same_key_is_the_same_write_and_another_body_under_it_is_refused() {
    let house = open().await;
    let waiter = house.waiter().await;
    let table = waiter.free_table().await;
    let body = json!({ "table_id": table, "covers": 2 });
    let first = waiter.post_with_key("/checks", "once", body.clone()).await;
    let again = waiter.post_with_key("/checks", "once", body.clone()).await;
    assert_eq!((again.status, id(&again.body)), (StatusCode::CREATED, id(&first.body)));
    let other = waiter.post_with_key("/checks", "once", json!({ "table_id": table, "covers": 3 })).await;
    assert_eq!((other.status, other.code()), (StatusCode::UNPROCESSABLE_ENTITY, "key-reused"));
    assert_eq!(waiter.get("/checks").await.body.as_array().unwrap().len(), 1);

    let colleague = house.sign_in("waiter2", "4444").await;
    let theirs = colleague.post_with_key("/checks", "once", body).await;
    assert_ne!(id(&theirs.body), id(&first.body));
}

#[tokio::test]
async fn a_held_course_waits_on_the_screen_and_cannot_be_bumped() {
    let house = open().await;
    let manager = house.manager().await;
    let check = manager.check_with_lines(1).await;
    let path = format!("/checks/{}", id(&check));
    let course = check["lines"][0]["course"].clone();
    assert_eq!(
        manager.post(&format!("{path}/hold"), json!({ "course": course })).await.status,
        StatusCode::OK
    );
    let tickets = manager.get("/kitchen/tickets").await.body;
    assert_eq!((tickets.as_array().unwrap().len(), &tickets[0]["kind"]), (1, &json!("held")));
    let bump = manager.post(&format!("/kitchen/tickets/{}/bump", id(&tickets[0])), json!({})).await;
    assert_eq!((bump.status, bump.code()), (StatusCode::CONFLICT, "ticket-not-open"));
    assert_eq!(manager.get("/kitchen/all-day").await.body, json!([]));
}

#[tokio::test]
async fn food_of_a_check_that_was_paid_or_merged_stays_on_the_kitchens_screen() {
    let house = open().await;
    let manager = house.manager().await;
    let (eaten, merged) = (manager.check_with_lines(1).await, manager.check_with_lines(1).await);
    for check in [&eaten, &merged] {
        manager.post(&format!("/checks/{}/fire", id(check)), json!({})).await;
    }
    let path = format!("/checks/{}", id(&eaten));
    let into = manager.post(&format!("{path}/merge"), json!({ "from": id(&merged) })).await;
    assert_eq!(into.status, StatusCode::OK, "{into:?}");
    let due = into.body["due_minor"].as_i64().unwrap();
    manager.post(&format!("{path}/tenders"), json!({ "kind": "card", "amount_minor": due })).await;
    assert_eq!(manager.post(&format!("{path}/close"), json!({})).await.status, StatusCode::OK);

    for house in [house.restart().await] {
        let tickets = house.manager().await.get("/kitchen/tickets").await.body;
        assert_eq!(tickets.as_array().unwrap().len(), 2, "{tickets}");
        assert_eq!(tickets[1]["table_name"], eaten["table_name"]);
    }
}

#[tokio::test]
async fn an_evenly_split_check_has_shares_that_add_up() {
    let house = open().await;
    let waiter = house.waiter().await;
    let check = waiter.check_with_lines(2).await;
    let split =
        waiter.post(&format!("/checks/{}/split", id(&check)), json!({ "by": "even", "parts": 3 })).await;
    let shares = split.body["checks"][0]["shares"].as_array().unwrap().clone();
    let sum: i64 = shares.iter().map(|share| share["amount_minor"].as_i64().unwrap()).sum();
    assert_eq!((shares.len(), sum), (3, check["due_minor"].as_i64().unwrap()));
}

#[tokio::test]
async fn an_eighty_sixed_item_is_refused_and_shown() {
    let house = open().await;
    let waiter = house.waiter().await;
    let check = waiter.check_with_lines(1).await;
    let item = check["lines"][0]["item_id"].as_str().unwrap().to_owned();
    let gone = waiter.post(&format!("/menu/items/{item}/availability"), json!({ "available": false })).await;
    assert_eq!((gone.status, &gone.body["available"]), (StatusCode::OK, &json!(false)));
    let lines = json!({ "lines": [{ "item_id": item, "quantity": 1 }] });
    let refused = waiter.post(&format!("/checks/{}/lines", id(&check)), lines).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "eighty-sixed"));
}

#[tokio::test]
async fn a_course_is_rushed_by_its_waiter_and_a_slip_of_the_cook_is_undone() {
    let house = open().await;
    let (waiter, cook) = (house.waiter().await, house.sign_in("kitchen", "3333").await);
    let check = waiter.check_with_lines(1).await;
    let (path, course) = (format!("/checks/{}", id(&check)), check["lines"][0]["course"].clone());
    let rushed = waiter.post(&format!("{path}/rush"), json!({ "on": true, "course": course })).await;
    assert_eq!(rushed.status, 200, "{rushed:?}");
    assert_eq!(rushed.body["lines"][0]["rush"], true);
    waiter.post(&format!("{path}/fire"), json!({})).await;
    let tickets = cook.get("/kitchen/tickets").await.body;
    let mut tickets = tickets.as_array().unwrap().iter();
    let ticket = tickets.find(|it| it["check_id"] == check["id"]).unwrap();
    assert_eq!(ticket["rush"], true);

    let line = format!("/kitchen/tickets/{}/lines/{}", id(ticket), id(&ticket["lines"][0]));
    let ready = cook.post(&format!("{line}/progress"), json!({ "progress": "ready" })).await;
    assert_eq!(ready.body["lines"][0]["progress"], "ready", "{ready:?}");
    let undone = cook.post(&format!("{line}/recall"), json!({})).await;
    assert_eq!(undone.body["lines"][0]["progress"], "fired", "{undone:?}");
    assert_eq!(cook.post(&format!("{line}/recall"), json!({})).await.code(), "wrong-phase");
    assert_eq!(waiter.post(&format!("{line}/recall"), json!({})).await.code(), "forbidden");
    let other = json!({ "on": true, "course": 99 });
    assert_eq!(waiter.post(&format!("{path}/rush"), other).await.code(), "nothing-to-do");
}

/// A table as the floor shows it.
fn table<'a>(floor: &'a Value, wanted: &str) -> &'a Value {
    let areas = floor["areas"].as_array().unwrap().iter();
    let mut tables = areas.flat_map(|area| area["tables"].as_array().unwrap());
    tables.find(|table| table["id"] == wanted).unwrap()
}

#[tokio::test]
async fn a_large_party_sits_at_two_tables_with_one_check() {
    let house = open().await;
    let waiter = house.waiter().await;
    let own = waiter.free_table().await;
    let check = waiter.post("/checks", json!({ "table_id": own, "covers": 8 })).await.body;
    let (path, other) = (format!("/checks/{}", id(&check)), waiter.free_table().await);
    let joined = waiter.post(&format!("{path}/join-tables"), json!({ "table_ids": [other] })).await;
    assert_eq!(joined.status, StatusCode::OK, "{joined:?}");
    assert_eq!(joined.body["joined_table_ids"], json!([other]));
    assert!(joined.body["table_name"].as_str().unwrap().contains('+'), "{joined:?}");
    let floor = waiter.get("/floor").await.body;
    for (one, beside) in [(&own, &other), (&other, &own)] {
        let one = table(&floor, one);
        assert_eq!((&one["state"], &one["joined"]), (&json!("seated"), &json!([beside])));
        assert_eq!(ids(&one["checks"]), [id(&check)]);
    }
    let attention = house.manager().await.get("/attention").await.body;
    assert!(!attention.to_string().contains("double_seated"), "{attention}");

    let parted = waiter.post(&format!("{path}/part-tables"), json!({ "table_ids": [own] })).await;
    assert_eq!((&parted.body["table_id"], &parted.body["joined_table_ids"]), (&json!(other), &json!([])));
    let floor = waiter.get("/floor").await.body;
    assert_eq!(table(&floor, &own)["state"], "free");
    let nobody = waiter.post(&format!("{path}/part-tables"), json!({ "table_ids": [other] })).await;
    assert_eq!(nobody.code(), "last-table");
    let cook = house.sign_in("kitchen", "3333").await;
    let refused = cook.post(&format!("{path}/join-tables"), json!({ "table_ids": [own] })).await;
    assert_eq!(refused.code(), "forbidden");
}

#[tokio::test]
async fn what_was_paid_before_it_was_made_stays_on_the_screens_for_as_long_as_anybody_would_make_it() {
    let house = open().await;
    let waiter = house.waiter().await;
    let mut paid = Vec::new();
    for _ in 0..2 {
        let check = waiter.check_with_lines(1).await;
        let path = format!("/checks/{}", id(&check));
        waiter.post(&format!("{path}/fire"), json!({})).await;
        let tender = json!({ "kind": "card", "amount_minor": check["due_minor"] });
        waiter.post(&format!("{path}/tenders"), tender).await;
        assert_eq!(waiter.post(&format!("{path}/close"), json!({})).await.status, StatusCode::OK);
        paid.push(id(&check));
    }
    let house = house.restart().await;
    let cook = house.sign_in("kitchen", "3333").await;
    let shown = async || cook.get("/kitchen/tickets").await.body.as_array().unwrap().clone();
    let tickets = shown().await;
    let of: Vec<&str> = tickets.iter().map(|ticket| ticket["check_id"].as_str().unwrap()).collect();
    assert_eq!(of, paid);
    cook.post(&format!("/kitchen/tickets/{}/bump", id(&tickets[0])), json!({})).await;
    assert_eq!(shown().await.len(), 1);
    house.skip(13 * 60 * 60);
    let cook = house.sign_in("kitchen", "3333").await;
    assert_eq!(cook.get("/kitchen/tickets").await.body, json!([]));
}
