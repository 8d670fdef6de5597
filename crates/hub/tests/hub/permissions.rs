use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{id, open};

/// Who may: manager, host, waiter, kitchen.
type Row = (&'static str, &'static str, fn() -> Value, [bool; 4]);

/// Everybody who may gets past the door, whatever the check says then; everybody else gets 403.
const TABLE: [Row; 27] = [
    ("POST", "/checks", || json!({ "covers": 2 }), [true, true, true, false]),
    ("POST", "/checks/{id}/lines", || json!({ "lines": [] }), [true, true, true, false]),
    ("POST", "/checks/{id}/fire", || json!({}), [true, true, true, false]),
    (
        "POST",
        "/checks/{id}/discounts",
        || json!({ "reason": "x", "basis_points": 1 }),
        [true, false, false, false],
    ),
    ("POST", "/checks/{id}/service", || json!({ "basis_points": 0 }), [true, false, false, false]),
    ("POST", "/checks/{id}/transfer", || json!({ "covers": 3 }), [true, true, true, false]),
    (
        "POST",
        "/checks/{id}/tenders",
        || json!({ "kind": "cash", "amount_minor": 1 }),
        [true, true, true, false],
    ),
    ("POST", "/checks/{id}/reopen", || json!({ "reason": "x" }), [true, false, false, false]),
    ("POST", "/checks/{id}/lines/{id}/comp", || json!({ "reason": "x" }), [true, false, false, false]),
    ("POST", "/kitchen/serve", || json!({ "check_id": "{id}", "course": 1 }), [true, false, true, true]),
    ("POST", "/day/drawer", || json!({ "kind": "float", "amount_minor": 1 }), [true, false, false, false]),
    ("POST", "/day/drawer/open", || json!({ "reason": "x" }), [true, false, false, false]),
    ("POST", "/day/report/print", || json!({}), [true, false, false, false]),
    (
        "POST",
        "/printers",
        || json!({ "name": "x", "address": "tcp://127.0.0.1:1", "role": "kitchen" }),
        [true, false, false, false],
    ),
    ("GET", "/printers/found", || Value::Null, [true, false, false, false]),
    ("GET", "/day", || Value::Null, [true, false, false, false]),
    ("GET", "/audit", || Value::Null, [true, false, false, false]),
    ("GET", "/catalogue", || Value::Null, [true, false, false, false]),
    ("POST", "/catalogue/check", || json!({ "changes": [] }), [true, false, false, false]),
    ("POST", "/catalogue/changes", || json!({ "changes": [] }), [true, false, false, false]),
    ("GET", "/menu/export.csv", || Value::Null, [true, false, false, false]),
    ("GET", "/reports", || Value::Null, [true, false, false, false]),
    ("GET", "/days", || Value::Null, [true, false, false, false]),
    ("GET", "/export?what=items", || Value::Null, [true, false, false, false]),
    ("GET", "/checks/search", || Value::Null, [true, true, true, true]),
    ("GET", "/permissions", || Value::Null, [true, true, true, true]),
    ("GET", "/floor", || Value::Null, [true, true, true, true]),
];

#[tokio::test]
async fn everybody_may_do_what_the_table_says_and_nothing_else() {
    let house = open().await;
    let people = [
        house.manager().await,
        house.sign_in("host", "1111").await,
        house.waiter().await,
        house.sign_in("kitchen", "3333").await,
    ];
    let check = id(&people[0].check_with_lines(1).await);
    for (method, path, body, may) in TABLE {
        let path = path.replace("{id}", &check);
        for (person, may) in people.iter().zip(may) {
            let answer = if method == "GET" {
                person.get(&path).await
            } else {
                let body = body().to_string().replace("{id}", &check);
                person.post(&path, serde_json::from_str(&body).unwrap()).await
            };
            assert_eq!(answer.status != StatusCode::FORBIDDEN, may, "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn nobody_sees_a_pins_hash() {
    let house = open().await;
    let manager = house.manager().await;
    let printer = json!({ "name": "New", "address": "tcp://127.0.0.1:9", "role": "kitchen" });
    assert_eq!(manager.post("/printers", printer).await.status, StatusCode::CREATED);
    let audit = manager.get("/audit?limit=500").await.body.to_string();
    assert!(audit.contains("entity_changed") && !audit.contains("argon2"));
}
