//! The matrix of roles and calls, against a real hub: no call without a rule, every role at every call.

use maitred_domain::permission::Role;
use maitred_hub::rights::{Rule, page};
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::support::{House, Person, id, open};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/RIGHTS.md");

/// An operation of the document.
struct Call {
    id: String,
    method: Method,
    path: String,
    rule: Rule,
    operation: Value,
}

fn calls(document: &Value) -> Vec<Call> {
    let mut calls = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            let rule = Rule::of(&id).unwrap_or_else(|| panic!("{method} {path} has no rule"));
            assert!(!operation["x-permission"].is_null(), "{method} {path}");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            calls.push(Call { id, method, path: path.clone(), rule, operation: operation.clone() });
        }
    }
    calls
}

/// Things that are there, so that nothing but a permission is missing.
struct Things {
    check: String,
    line: String,
    ticket: String,
    item: String,
    table: String,
    printer: String,
    job: String,
    probe: String,
}

impl Things {
    async fn of(manager: &Person) -> Self {
        let check = manager.check_with_lines(1).await;
        let path = format!("/checks/{}", id(&check));
        let fired = manager.post(&format!("{path}/fire"), json!({})).await;
        assert_eq!(fired.status, StatusCode::OK, "{fired:?}");
        let ticket = id(&manager.get("/kitchen/tickets").await.body[0]);
        let everything = manager.get("/catalogue").await.body;
        let probe =
            everything["devices"].as_array().unwrap().iter().find(|it| it["kind"] == "probe").unwrap();
        manager.post(&format!("{path}/receipt"), json!({})).await;
        Self {
            line: id(&check["lines"][0]),
            check: id(&check),
            ticket,
            item: id(&manager.plain_items().await[0]),
            table: manager.free_table().await,
            printer: id(&manager.get("/printers").await.body[0]),
            job: id(&manager.get("/print-jobs").await.body[0]),
            probe: id(probe),
        }
    }

    /// The address of a call, with what it is about.
    fn address(&self, path: &str) -> String {
        const NOTHING: &str = "00000000-0000-8000-8000-000000000000";
        let of = |prefix: &str| path.contains(prefix);
        let about = match () {
            () if of("/checks/") => &self.check,
            () if of("/tickets/") => &self.ticket,
            () if of("/items/") => &self.item,
            () if of("/tables/") => &self.table,
            () if of("/printers/") => &self.printer,
            () if of("/print-jobs/") => &self.job,
            () if of("/probes/") || of("/devices/") => &self.probe,
            () => NOTHING,
        };
        let zeros = "0".repeat(64);
        let names = [
            ("{id}", about),
            ("{line}", self.line.as_str()),
            ("{job}", self.job.as_str()),
            ("{tender}", NOTHING),
            ("{alarm}", NOTHING),
            ("{date}", "2026-01-02"),
            ("{homie}", "probe-fridge"),
            ("{origin}", &zeros[..32]),
            ("{seq}", "1"),
            ("{index}", "0"),
            ("{token}", "x"),
            ("{key}", &zeros),
        ];
        names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
    }
}

/// The least that a schema takes.
fn least(document: &Value, schema: &Value) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        return least(document, document.pointer(name.trim_start_matches('#')).unwrap());
    }
    if let Some(one) = schema["enum"].as_array() {
        return one[0].clone();
    }
    for several in ["oneOf", "anyOf"] {
        if let Some(all) = schema[several].as_array() {
            return all.iter().find(|it| it["type"] != "null").map_or(Value::Null, |it| least(document, it));
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        let parts = all.iter().filter_map(|it| least(document, it).as_object().cloned());
        return Value::Object(parts.flatten().collect());
    }
    let kind = schema["type"].as_str().or_else(|| schema["type"][0].as_str()).unwrap_or("object");
    match kind {
        "string" => match schema["format"].as_str() {
            Some("uuid") => json!("00000000-0000-8000-8000-000000000000"),
            Some("date") => json!("2026-01-02"),
            Some("password") => json!("4907"),
            _ => json!("x"),
        },
        "integer" | "number" => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        "boolean" => json!(false),
        "array" => json!([]),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let field = |name: &Value| {
                let name = name.as_str().unwrap();
                (name.to_owned(), least(document, &schema["properties"][name]))
            };
            Value::Object(required.iter().map(field).collect::<Map<_, _>>())
        }
    }
}

impl Call {
    /// What it is sent with, apart from who sends it.
    fn request(&self, person: &Person, things: &Things, document: &Value) -> reqwest::RequestBuilder {
        let address = things.address(&self.path).replacen("/api/v1", "", 1);
        let address = if self.path.starts_with("/api/v1") { address } else { format!("/{address}") };
        let request = person.request(self.method.clone(), &format!("{address}?{}", self.parameters()));
        let Some(content) = self.operation["requestBody"]["content"].as_object() else { return request };
        let (kind, body) = content.iter().next().unwrap();
        if kind == "application/json" {
            request.json(&self.body().unwrap_or_else(|| least(document, &body["schema"])))
        } else {
            request.header("content-type", kind).body("x")
        }
    }

    /// What it wants, where its schema does not say all of it.
    fn body(&self) -> Option<Value> {
        match self.id.as_str() {
            "discount_check" => Some(json!({ "reason": "x", "basis_points": 1 })),
            "answer_alarm" => Some(json!({ "date": "2026-01-02", "action": "x" })),
            "progress_line" => Some(json!({ "progress": "started" })),
            _ => None,
        }
    }

    /// What it wants behind the question mark.
    fn parameters(&self) -> String {
        let all = self.operation["parameters"].as_array().cloned().unwrap_or_default();
        let wanted = all.iter().filter(|it| it["in"] == "query" && it["required"] == true);
        let value = |it: &Value| match it["schema"]["format"].as_str() {
            Some("date") => "2026-01-02".to_owned(),
            Some("uuid") => "00000000-0000-8000-8000-000000000000".to_owned(),
            _ if it["name"] == "what" => "items".to_owned(),
            _ => "x".to_owned(),
        };
        let pairs = wanted.map(|it| format!("{}={}", it["name"].as_str().unwrap(), value(it)));
        pairs.collect::<Vec<_>>().join("&")
    }
}

/// The status, and the permission that was missing.
async fn outcome(request: reqwest::RequestBuilder) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    assert!(!response.headers().contains_key("set-cookie"), "{response:?}");
    if status.is_success() {
        // An event stream has no end.
        return (status, Value::Null);
    }
    (status, response.json().await.unwrap_or(Value::Null))
}

async fn everybody(house: &House) -> Vec<(Role, Person)> {
    vec![
        (Role::Kitchen, house.sign_in("kitchen", "3333").await),
        (Role::Waiter, house.waiter().await),
        (Role::Host, house.sign_in("host", "1111").await),
        (Role::Manager, house.manager().await),
    ]
}

#[tokio::test]
async fn every_role_is_let_in_at_every_call_exactly_where_the_matrix_says_so() {
    let house = open().await;
    let nobody = house.nobody();
    let document = nobody.get("//openapi.json").await.body;
    let things = Things::of(&house.manager().await).await;
    let mut wrong = Vec::new();
    let mut people = everybody(&house).await;
    for call in calls(&document) {
        let (status, said) = outcome(call.request(&nobody, &things, &document)).await;
        let wants_session = !matches!(call.rule, Rule::Open | Rule::Printer | Rule::Device);
        if (status == StatusCode::UNAUTHORIZED && said["code"] == "unauthenticated") != wants_session {
            wrong.push(format!("{} as nobody: {status} {said}", call.id));
        }
        for (role, person) in &people {
            let (status, said) = outcome(call.request(person, &things, &document)).await;
            let is_refused = status == StatusCode::FORBIDDEN && said["code"] == "forbidden";
            if is_refused == call.rule.lets(*role) {
                wrong.push(format!("{} as {role:?}: {status} {said}", call.id));
            }
        }
        if call.id == "logout" {
            people = everybody(&house).await;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn the_page_of_rights_is_made_from_this_very_table() {
    let house = open().await;
    let document = house.nobody().get("//openapi.json").await.body;
    let made = page(&document);
    if std::env::var_os("MAITRED_WRITE").is_some() {
        std::fs::write(PAGE, &made).unwrap();
    }
    let kept = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(kept == made, "docs/RIGHTS.md is old: run this test with MAITRED_WRITE=1");
    house.hub.stop().await.unwrap();
}
