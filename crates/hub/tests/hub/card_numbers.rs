//! A card number is nowhere, wherever somebody types one.

use std::fs;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::support::{Person, id, log_to, open, send};

const CARD: &str = "4111 1111 1111 1111";
const DIGITS: &str = "4111111111111111";

/// Every field of text in the body that an operation takes, by its path in JSON, and whether somebody types it.
fn texts(document: &Value, schema: &Value, path: &str, depth: usize, found: &mut Vec<String>) {
    if depth > 8 {
        return;
    }
    if let Some(name) = schema["$ref"].as_str() {
        let named = &document["components"]["schemas"][name.rsplit('/').next().unwrap()];
        return texts(document, named, path, depth + 1, found);
    }
    for choice in
        ["oneOf", "anyOf", "allOf"].iter().flat_map(|kind| schema[*kind].as_array().into_iter().flatten())
    {
        texts(document, choice, path, depth + 1, found);
    }
    let is_text = schema["type"] == "string"
        || schema["type"].as_array().is_some_and(|it| it.contains(&json!("string")));
    let is_free = schema["format"].is_null() && schema["enum"].is_null() && schema["pattern"].is_null();
    if is_text && is_free {
        found.push(path.to_owned());
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        texts(document, field, &format!("{path}/{name}"), depth + 1, found);
    }
    if schema["items"].is_object() {
        texts(document, &schema["items"], &format!("{path}/0"), depth + 1, found);
    }
}

/// The body that has `text` at `path` and nothing else.
fn body_with(path: &str, text: &str) -> Value {
    path.rsplit('/').filter(|part| !part.is_empty()).fold(json!(text), |inner, part| match part {
        "0" => json!([inner]),
        name => Value::Object(Map::from_iter([(name.to_owned(), inner)])),
    })
}

/// Fields of text that are no words of a person: ids of devices, codes, times.
fn is_code(operation: &str, path: &str) -> bool {
    path == "/secret"
        || operation.starts_with("/demo/")
        || path.ends_with("/homie")
        || path.ends_with("/at")
        || path.ends_with("/folder")
}

/// Whether the digits are in any file of a data folder, as they were typed or in a row.
fn is_in(folder: &Path) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_in(&path);
        }
        let bytes = fs::read(path).unwrap();
        [CARD, DIGITS].iter().any(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    })
}

/// Bodies that are whole but for a card number in one text, for every operation that writes one down.
async fn whole_bodies(manager: &Person) -> Vec<(Method, String, Value)> {
    let check = manager.check_with_lines(2).await;
    let (check_id, line) = (id(&check), id(&check["lines"][0]));
    let item = id(&manager.plain_items().await[0]);
    let table = manager.free_table().await;
    let of_check = |rest: &str| format!("/checks/{check_id}{rest}");
    let fired = manager.post(&of_check("/fire"), json!({})).await;
    assert_eq!(fired.status, StatusCode::OK, "{fired:?}");
    let order = json!({ "item_id": item, "quantity": 1, "note": CARD });
    let post = |path: String, body: Value| (Method::POST, path, body);
    vec![
        post("/checks".into(), json!({ "table_id": table, "covers": 2, "name": CARD })),
        post(of_check("/lines"), json!({ "lines": [order] })),
        post(of_check(&format!("/lines/{line}/change")), json!({ "note": CARD })),
        post(of_check(&format!("/lines/{line}/void")), json!({ "reason": CARD })),
        post(of_check(&format!("/lines/{line}/comp")), json!({ "reason": CARD })),
        post(of_check(&format!("/lines/{line}/refire")), json!({ "reason": CARD })),
        post(of_check("/discounts"), json!({ "reason": CARD, "basis_points": 100 })),
        post(of_check("/tenders"), json!({ "kind": "card", "amount_minor": 1, "reference": CARD })),
        post(of_check("/transfer"), json!({ "name": CARD })),
        post("/day/drawer".into(), json!({ "kind": "paid_out", "amount_minor": 1, "reason": CARD })),
        post("/day/drawer/open".into(), json!({ "reason": CARD })),
        post("/printers".into(), json!({ "name": CARD, "address": "tcp://127.0.0.1:9", "role": "kitchen" })),
    ]
}

/// One entity of each kind that has a name, with the card number in a text of it.
fn entities() -> Vec<Value> {
    let new = |kind: &str, fields: Value| {
        let id = Uuid::new_v8(maitred_process::clock::random());
        let mut entity = fields;
        entity["id"] = json!(id);
        json!({ "kind": kind, "id": id, "entity": entity })
    };
    vec![
        new("staff", json!({ "handle": "bea", "name": CARD, "role": "waiter" })),
        new("staff", json!({ "handle": DIGITS, "name": "Bea", "role": "waiter" })),
        new("tax", json!({ "name": CARD, "basis_points": 1000 })),
        new("area", json!({ "name": CARD, "sort": 1 })),
        json!({ "kind": "venue", "id": Uuid::nil(), "entity": { "receipt_footer": [CARD] } }),
        json!({ "kind": "venue", "id": Uuid::nil(), "entity": { "void_reasons": ["Dropped", CARD] } }),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_number_is_refused_wherever_it_is_typed_and_found_in_no_file_and_no_log() {
    let logs = tempfile::tempdir().unwrap();
    log_to(&logs.path().join("hub.log"), "debug,maitred=trace");
    let house = open().await;
    let manager = house.manager().await;
    for (method, path, body) in whole_bodies(&manager).await {
        let refused = send(manager.request(method, &path).json(&body)).await;
        assert!(refused.status.is_client_error(), "{path}: {refused:?}");
        let errors = &refused.body["errors"];
        assert!(refused.code() == "card-number" || errors[0]["code"] == "card-number", "{path}: {refused:?}");
    }
    for change in entities() {
        let refused = manager.post("/catalogue/changes", json!({ "changes": [change] })).await;
        let codes: Vec<&Value> =
            refused.body["errors"].as_array().into_iter().flatten().map(|it| &it["code"]).collect();
        assert!(codes.contains(&&json!("card-number")), "{change}: {refused:?}");
    }
    // Whatever else takes a text, now and later, keeps it no more than these.
    let document = manager.get("//openapi.json").await.body;
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let mut found = Vec::new();
            texts(&document, schema, "", 0, &mut found);
            let operation = path.trim_start_matches("/api/v1");
            for field in found.into_iter().filter(|field| !is_code(operation, field)) {
                let address = operation.replace(['{', '}'], "");
                let method = method.to_uppercase().parse::<Method>().unwrap();
                let answer = send(manager.request(method, &address).json(&body_with(&field, CARD))).await;
                assert!(!answer.status.is_success(), "{path} {field}: {answer:?}");
                tried += 1;
            }
        }
    }
    assert!(tried > 20, "{tried}");
    let data = house.data;
    house.hub.stop().await.unwrap();
    assert!(!is_in(data.path()) && !is_in(logs.path()));
    let log = fs::read_to_string(logs.path().join("hub.log")).unwrap();
    assert!(log.contains("/discounts"), "the log says what was asked: {} bytes", log.len());
}
