use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{id, open, send};

#[tokio::test]
async fn whatever_is_malformed_is_a_clear_problem() {
    let house = open().await;
    let waiter = house.waiter().await;
    let post = |path: &str| waiter.request(Method::POST, path);
    let json =
        |path: &str, body: &'static str| post(path).header("content-type", "application/json").body(body);
    let some_id = "00000000-0000-8000-8000-000000000000";
    let cases = [
        (json("/checks", "{"), 400, "malformed-json"),
        (json("/checks", "{}"), 422, "invalid-body"),
        (json("/checks", r#"{"covers":"two"}"#), 422, "invalid-body"),
        (post("/checks").body(r#"{"covers":2}"#), 415, "unsupported-media-type"),
        (post("/checks/7/close"), 400, "malformed-id"),
        (post(&format!("/checks/{some_id}/close")), 404, "not-found"),
        (waiter.request(Method::GET, "/checks?state=lost"), 400, "malformed-query"),
        (waiter.request(Method::GET, "/floor?at=yesterday"), 400, "malformed-query"),
        (waiter.request(Method::GET, "/kitchen/tickets?station=sauna"), 404, "not-found"),
        (waiter.request(Method::GET, "/no/such/thing"), 404, "no-such-route"),
        (waiter.request(Method::DELETE, "/venue"), 405, "method-not-allowed"),
        (house.nobody().request(Method::GET, "/venue"), 401, "unauthenticated"),
        (post("/checks").header("Idempotency-Key", "two words"), 422, "invalid-key"),
        (post("/checks").header("Idempotency-Key", "k".repeat(129)), 422, "invalid-key"),
        (post("/checks").json(&json!({ "table_id": some_id, "covers": 2 })), 404, "not-found"),
        (post("/checks").json(&json!({ "covers": 100_000 })), 422, "out-of-range"),
    ];
    for (request, status, code) in cases {
        let answer = send(request).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{answer:?}");
    }
}

#[tokio::test]
async fn a_huge_body_is_refused_before_it_is_read() {
    let house = open().await;
    let waiter = house.waiter().await;
    let body = json!({ "covers": 2, "name": "x".repeat(300 * 1024) });
    let answer = waiter.post("/checks", body).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
}

#[tokio::test]
async fn a_refused_command_leaves_nothing_behind() {
    let house = open().await;
    let waiter = house.waiter().await;
    let check = waiter.check_with_lines(1).await;
    let item = check["lines"][0]["item_id"].clone();
    let lines = json!({ "lines": [
        { "item_id": item, "quantity": 1 },
        { "item_id": item, "quantity": 1, "note": "card 4111 1111 1111 1111" },
    ] });
    let refused = waiter.post(&format!("/checks/{}/lines", id(&check)), lines).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "card-number"));
    let now = waiter.get(&format!("/checks/{}", id(&check))).await.body;
    assert_eq!(now["lines"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_hub_says_how_it_is_and_keeps_pages_to_themselves() {
    let house = open().await;
    let nobody = house.nobody();
    for path in ["//healthz", "//readyz", "//metrics", "//openapi.json"] {
        let answer = nobody.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    let response = nobody.request(Method::GET, "//healthz").send().await.unwrap();
    for header in ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"]
    {
        assert!(response.headers().contains_key(header), "{header}");
    }
}
