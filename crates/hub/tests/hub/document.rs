use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::Value;

use crate::support::{open, send};

#[tokio::test]
async fn every_operation_of_the_document_is_served_and_names_its_problems() {
    let house = open().await;
    let manager = house.manager().await;
    let document = manager.get("//openapi.json").await.body;
    let mut operations = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(operations.insert(name.to_owned()), "{name} twice");
            if path == "/api/v1/events" || path == "/api/v1/auth/logout" {
                continue;
            }
            let address = format!(
                "/{}",
                path.replace("{id}", "x")
                    .replace("{line}", "x")
                    .replace("{tender}", "x")
                    .replace("{token}", "x")
            );
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = send(manager.request(method.clone(), &address)).await;
            let status = answer.status.as_u16().to_string();
            assert!(
                operation["responses"].get(&status).is_some(),
                "{method} {path} answers {status}, which is not in the document: {answer:?}"
            );
            assert_ne!(answer.body["code"], "no-such-route", "{method} {path}");
        }
    }
    assert!(operations.len() >= 50, "{}", operations.len());
}

#[tokio::test]
async fn the_document_describes_everything_that_the_screens_rely_on() {
    let house = open().await;
    let document = house.nobody().get("//openapi.json").await.body;
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for name in [
        "StaffTile",
        "Role",
        "Session",
        "Permission",
        "VenueView",
        "StationView",
        "FloorView",
        "AreaView",
        "TableView",
        "MenuView",
        "CategoryView",
        "ItemView",
        "ModifierGroupView",
        "CheckSummary",
        "CheckState",
        "Progress",
        "CheckView",
        "LineView",
        "TenderView",
        "ShareView",
        "TicketView",
        "TicketLineView",
        "PrintJobView",
        "PrinterView",
        "DayReport",
        "AuditEntry",
        "AttentionItem",
        "ChangeEvent",
        "Problem",
    ] {
        assert!(schemas.contains_key(name), "{name}");
    }
    let mut dangling = Vec::new();
    references(&document, &mut dangling);
    dangling.retain(|name| !schemas.contains_key(name));
    assert!(dangling.is_empty(), "{dangling:?}");
}

#[tokio::test]
async fn problems_of_the_door_and_the_body_are_documented_where_they_happen_and_nowhere_else() {
    let house = open().await;
    let (manager, nobody) = (house.manager().await, house.nobody());
    let document = nobody.get("//openapi.json").await.body;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if !path.starts_with("/api/v1") || operation["operationId"] == "events" {
                continue;
            }
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let documented = |status: u16| operation["responses"].get(status.to_string()).is_some();
            let at = |id: &str| {
                let ids = ["{id}", "{line}", "{tender}", "{alarm}"].iter();
                format!(
                    "/{}",
                    ids.fold(path.clone(), |path, name| path.replace(name, id)).replace("{index}", "0")
                )
            };
            let known = at("00000000-0000-8000-8000-000000000000");
            let request = |address: &str| manager.request(method.clone(), address);
            let json = |body: String| request(&known).header("content-type", "application/json").body(body);

            let signed_out = send(nobody.request(method.clone(), &known)).await.status;
            let open = operation["security"]
                .as_array()
                .is_some_and(|rules| rules[0].as_object().unwrap().is_empty());
            assert_eq!(signed_out == 401, documented(401) && !open, "{method} {path}: {signed_out}");
            // A device has the name that it gave itself: every word may be one.
            if path.contains('{') && !path.contains("{homie}") {
                assert_eq!(send(request(&at("x"))).await.status, 400, "{method} {path}");
                assert!(documented(400), "{method} {path}");
            }
            let takes_body = operation.get("requestBody").is_some();
            assert_eq!((documented(413), documented(415)), (takes_body, takes_body), "{method} {path}");
            let takes_json = operation["requestBody"]["content"].get("application/json").is_some();
            if takes_body {
                if takes_json {
                    assert_eq!(send(json("{".into())).await.status, 400, "{method} {path}");
                    assert_eq!(send(json("[".repeat(300 * 1024))).await.status, 413, "{method} {path}");
                }
                assert_eq!(send(request(&known).body("{}")).await.status, 415, "{method} {path}");
                assert!(documented(400) && documented(422), "{method} {path}");
            }
            let keyed = operation["parameters"].as_array().is_some_and(|parameters| {
                parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key")
            });
            if keyed {
                let answer = send(request(&known).header("Idempotency-Key", "two words")).await;
                assert_eq!((answer.status.as_u16(), answer.code()), (422, "invalid-key"), "{method} {path}");
                assert!(documented(422), "{method} {path}");
            }
        }
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("$ref") {
                found.extend(reference.strip_prefix("#/components/schemas/").map(str::to_owned));
            }
            fields.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// The screens' types are made from a copy of the document. `MAITRED_WRITE=1` writes it anew; then `npm run types`.
#[tokio::test]
async fn the_screens_are_made_from_this_very_document() {
    let house = open().await;
    let document = house.nobody().get("//openapi.json").await.body;
    let copy = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/openapi.json");
    if std::env::var_os("MAITRED_WRITE").is_some() {
        let text = serde_json::to_string_pretty(&document).unwrap();
        std::fs::write(&copy, format!("{text}\n")).unwrap();
    }
    let known: serde_json::Value = serde_json::from_slice(&std::fs::read(&copy).unwrap()).unwrap();
    assert!(known == document, "ui/openapi.json is of another version: run this test with MAITRED_WRITE=1");
}
