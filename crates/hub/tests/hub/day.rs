use reqwest::StatusCode;
use serde_json::json;

use crate::support::{id, open};

#[tokio::test]
async fn a_day_is_counted_closed_and_balances_and_open_checks_outlive_it() {
    let house = open().await;
    let manager = house.manager().await;
    manager.post("/day/drawer", json!({ "kind": "float", "amount_minor": 10_000 })).await;
    let (paid, left) = (manager.check_with_lines(2).await, manager.check_with_lines(1).await);
    let due = paid["due_minor"].as_i64().unwrap();
    let path = format!("/checks/{}", id(&paid));
    manager.post(&format!("{path}/tenders"), json!({ "kind": "cash", "amount_minor": due })).await;
    assert_eq!(manager.post(&format!("{path}/close"), json!({})).await.status, StatusCode::OK);

    let x = manager.get("/day").await.body;
    assert_eq!((&x["kind"], &x["sales"]["total_minor"]), (&json!("x"), &json!(due)));
    assert_eq!(x["drawer"]["expected_minor"], 10_000 + due);
    assert_eq!(x["balance"]["difference_minor"], 0);

    let counted = json!({ "counted": [{ "denomination_minor": 1, "count": 10_000 + due - 5 }] });
    let z = manager.post("/day/close", counted.clone()).await;
    assert_eq!((z.status, &z.body["kind"], &z.body["z_number"]), (StatusCode::OK, &json!("z"), &json!(1)));
    assert_eq!(z.body["drawer"]["over_short_minor"], -5);
    assert_eq!(z.body["open_checks"][0]["id"], left["id"]);
    let date = z.body["business_date"].as_str().unwrap();
    assert_eq!(manager.get(&format!("/day?date={date}")).await.body["kind"], "z");

    let jobs = manager.get("/print-jobs").await.body;
    assert!(jobs.as_array().unwrap().iter().any(|job| job["kind"] == "report"));
    let open = manager.get("/checks").await.body;
    assert_eq!(open.as_array().unwrap().len(), 1);
    let after = manager.get("/day").await.body;
    assert_eq!((&after["kind"], &after["sales"]["total_minor"]), (&json!("x"), &json!(0)));
    assert_ne!(after["business_date"], z.body["business_date"]);
}
