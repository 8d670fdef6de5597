//! The tip of a card payment, once its slip says it.

use reqwest::StatusCode;
use serde_json::json;

use crate::support::{id, open};

#[tokio::test]
async fn the_tip_on_a_slip_is_in_the_check_the_report_and_the_log_until_the_day_is_closed() {
    let house = open().await;
    let (waiter, manager) = (house.waiter().await, house.manager().await);
    let check = waiter.check_with_lines(1).await;
    let (check, due) = (id(&check), check["due_minor"].clone());
    let paid = waiter
        .post(&format!("/checks/{check}/tenders"), json!({ "kind": "card", "amount_minor": due }))
        .await;
    waiter.post(&format!("/checks/{check}/close"), json!({})).await;
    let path = format!("/checks/{check}/tenders/{}/tip", id(&paid.body));
    assert_eq!(paid.body["check"]["untipped_cards"], 1);
    let set = waiter.post(&path, json!({ "tip_minor": 450 })).await;
    assert_eq!((set.status, &set.body["tips_minor"]), (StatusCode::OK, &json!(450)), "{set:?}");
    assert_eq!(set.body["untipped_cards"], 0);
    assert_eq!((&set.body["state"], &set.body["due_minor"]), (&json!("closed"), &json!(0)));
    let day = manager.get("/day").await.body;
    let card = day["tenders"].as_array().unwrap().iter().find(|row| row["kind"] == "card").unwrap();
    assert_eq!(card["tip_minor"], 450, "{day}");
    let log = manager.get("/audit").await.body;
    let said = log["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == "tip_set");
    assert_eq!(said.map(|entry| &entry["amount_minor"]), Some(&json!(450)), "{log}");
    let other = house.sign_in("waiter2", "4444").await;
    let refused = other.post(&path, json!({ "tip_minor": 900 })).await;
    assert_eq!((refused.code(), &refused.body["permission"]), ("forbidden", &json!("refund")));
    manager.post("/day/close", json!({ "counted": [] })).await;
    let late = waiter.post(&path, json!({ "tip_minor": 500 })).await;
    assert_eq!((late.status, late.code()), (StatusCode::CONFLICT, "day-closed"));
    let day = manager.get("/day").await.body;
    assert!(day["tenders"].as_array().unwrap().iter().all(|row| row["tip_minor"] == 0), "{day}");
}
