//! What a waiter may not do, and a manager says yes to at the waiter's own screen.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::pairing::{Tablet, inside, venue};
use crate::support::{Answer, House, Person, id, open, send};

/// A line that the kitchen has, and a waiter who wants it off the bill.
struct Table {
    house: House,
    waiter: Person,
    check: String,
    line: String,
}

impl Table {
    async fn given() -> Self {
        let house = open().await;
        let waiter = house.waiter().await;
        let check = waiter.check_with_lines(2).await;
        let (check, line) = (id(&check), id(&check["lines"][0]));
        assert_eq!(waiter.post(&format!("/checks/{check}/fire"), json!({})).await.status, StatusCode::OK);
        Self { house, waiter, check, line }
    }

    async fn comp(&self, key: &str) -> Answer {
        self.comp_as(&self.waiter, key).await
    }

    async fn comp_as(&self, person: &Person, key: &str) -> Answer {
        let path = format!("/checks/{}/lines/{}/comp", self.check, self.line);
        person.post_with_key(&path, key, json!({ "reason": "late" })).await
    }

    /// Asks for an approval of `permissions` for the command under `key`.
    async fn asked(&self, key: &str, permissions: Value, (staff, pin): (&str, &str)) -> Answer {
        let body = json!({ "command_key": key, "permissions": permissions, "staff": staff, "pin": pin });
        self.waiter.post("/auth/approve", body).await
    }

    async fn approved(&self, key: &str) -> Answer {
        let answer = self.asked(key, json!(["comp"]), MANAGER).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer
    }

    /// The newest line of the audit log.
    async fn audited(&self) -> Value {
        self.house.manager().await.get("/audit?limit=1").await.body["entries"][0].clone()
    }
}

const MANAGER: (&str, &str) = ("manager", "2468");

fn forbids(answer: &Answer, permission: &str) {
    assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "forbidden"));
    assert_eq!(answer.body["permission"], permission);
}

#[tokio::test]
async fn a_managers_pin_lets_a_waiter_do_one_thing_and_both_are_in_the_audit_log() {
    let table = Table::given().await;
    forbids(&table.comp("k1").await, "comp");
    let approved = table.approved("k1").await;
    assert_eq!(approved.body["by"]["handle"], "manager");
    let done = table.comp("k1").await;
    assert_eq!(done.status, StatusCode::OK, "{done:?}");
    let (manager, waiter) = (approved.body["by"]["name"].clone(), table.waiter.get("/auth/me").await.body);
    let audited = table.audited().await;
    assert_eq!(audited["action"], "line_comped");
    assert_eq!((&audited["staff"], &audited["approved_by"]), (&waiter["staff"]["name"], &manager));
    let history = table.waiter.get(&format!("/checks/{}/history", table.check)).await.body;
    assert_eq!(history[0]["approved_by"], manager);
    assert_eq!(history[1]["approved_by"], Value::Null, "nobody approved what the waiter may");
    let of_reasons = table.house.manager().await.get("/reports").await.body["reductions"][0].clone();
    assert_eq!((&of_reasons["kind"], &of_reasons["staff"]), (&json!("comp"), &waiter["staff"]["name"]));
    assert_eq!(of_reasons["approved_by"], manager);
    let csv = table.house.manager().await.get("/export?what=audit").await.body;
    let name = manager.as_str().unwrap();
    assert!(csv.as_str().unwrap().lines().any(|row| row.ends_with(name)), "{csv}");
    table.house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn an_approval_does_its_command_once_and_is_of_no_other() {
    let table = Table::given().await;
    table.approved("k1").await;
    forbids(&table.comp("k2").await, "comp");
    let done = table.comp("k1").await;
    assert_eq!(table.comp("k1").await.body, done.body, "the same key, the same answer");
    let other = format!("/checks/{}/discounts", table.check);
    let off = json!({ "reason": "late", "basis_points": 1000 });
    let again = table.waiter.post_with_key(&other, "k1", off).await;
    assert_eq!(again.code(), "key-reused");
    table.house.skip(121);
    assert_eq!(table.comp("k1").await.body, done.body, "what was done is told without another approval");
    table.house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn an_approval_is_of_the_session_that_asked_and_ends_after_two_minutes_and_with_the_hub() {
    let mut table = Table::given().await;
    table.approved("k1").await;
    let same_waiter = table.house.waiter().await;
    forbids(&table.comp_as(&same_waiter, "k1").await, "comp");
    table.house.skip(121);
    forbids(&table.comp("k1").await, "comp");
    table.approved("k1").await;
    table.house = table.house.restart().await;
    table.waiter.base = table.house.nobody().base;
    forbids(&table.comp("k1").await, "comp");
    table.approved("k1").await;
    assert_eq!(table.comp("k1").await.status, StatusCode::OK);
    table.house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn who_may_not_either_cannot_approve_and_pages_cannot_be_approved() {
    let table = Table::given().await;
    forbids(&table.asked("k1", json!(["comp"]), ("host", "1111")).await, "comp");
    forbids(&table.asked("k1", json!(["comp", "edit_staff"]), MANAGER).await, "edit_staff");
    let nothing = table.asked("k1", json!([]), MANAGER).await;
    assert_eq!((nothing.status, nothing.code()), (StatusCode::UNPROCESSABLE_ENTITY, "out-of-range"));
    assert_eq!(table.asked("", json!(["comp"]), MANAGER).await.code(), "invalid-key");
    forbids(&table.comp("k1").await, "comp");
    let stranger = table.house.nobody();
    let body = json!({ "command_key": "k1", "permissions": ["comp"], "staff": "manager", "pin": "2468" });
    assert_eq!(stranger.post("/auth/approve", body).await.code(), "unauthenticated");
    table.house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_approved_of_one_right_does_not_do_for_another() {
    let table = Table::given().await;
    let answer = table.asked("k1", json!(["discount"]), MANAGER).await;
    assert_eq!(answer.status, StatusCode::OK);
    forbids(&table.comp("k1").await, "comp");
    table.house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn wrong_pins_of_an_approval_count_with_those_of_a_sign_in_and_sign_nobody_out() {
    let table = Table::given().await;
    let door = table.house.nobody();
    for left in (2..5).rev() {
        let wrong = table.asked("k1", json!(["comp"]), ("manager", "0000")).await;
        assert_eq!((wrong.status, wrong.code()), (StatusCode::UNAUTHORIZED, "wrong-pin"));
        assert_eq!(wrong.body["attempts_left"], left);
    }
    for _ in 0..2 {
        let wrong = door.post("/auth/login", json!({ "staff": "manager", "pin": "0000" })).await;
        assert_eq!(wrong.code(), "wrong-pin");
    }
    let locked = table.asked("k1", json!(["comp"]), MANAGER).await;
    assert_eq!((locked.status, locked.code()), (StatusCode::TOO_MANY_REQUESTS, "locked-out"));
    forbids(&table.comp("k1").await, "comp");
    assert_eq!(table.waiter.get("/auth/me").await.status, StatusCode::OK);
    let unknown = table.asked("k1", json!(["comp"]), ("nobody", "2468")).await;
    assert_eq!(unknown.code(), "wrong-pin", "a name that nobody has is answered like a wrong PIN");
    table.house.skip(61);
    table.approved("k1").await;
    assert_eq!(table.comp("k1").await.status, StatusCode::OK);
    table.house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_left_meanwhile_has_approved_nothing() {
    let table = Table::given().await;
    let manager = table.house.manager().await;
    let deputy = json!({ "kind": "staff", "id": "00000000-0000-8000-8000-00000000dead",
        "entity": { "handle": "deputy", "name": "Deputy", "role": "manager" } });
    let deputy_id = "00000000-0000-8000-8000-00000000dead";
    let made = manager.post("/catalogue/changes", json!({ "changes": [deputy] })).await;
    assert_eq!(made.status, StatusCode::OK, "{made:?}");
    let pin = manager.post(&format!("/staff/{deputy_id}/pin"), json!({ "pin": "490716" })).await;
    assert_eq!(pin.status, StatusCode::OK, "{pin:?}");
    assert_eq!(table.asked("k1", json!(["comp"]), ("deputy", "490716")).await.status, StatusCode::OK);
    let left = json!({ "kind": "staff", "id": deputy_id, "entity": { "archived": true } });
    let gone = manager.post("/catalogue/changes", json!({ "changes": [left] })).await;
    assert_eq!(gone.status, StatusCode::OK, "{gone:?}");
    forbids(&table.comp("k1").await, "comp");
    table.house.hub.stop().await.unwrap();
}

#[test]
fn a_terminal_of_one_role_takes_an_approval_of_whoever_may_sign_in_there() {
    inside("approval", "a_terminal_of_one_role_takes_an_approval_of_whoever_may_sign_in_there", async {
        let house = venue().await;
        let waiter = house.waiter().await;
        let check = waiter.check_with_lines(1).await;
        let (check, line) = (id(&check), id(&check["lines"][0]));
        let pad = json!({ "name": "Pad", "screen": "order", "role": "waiter" });
        let mut tablet = Tablet::paired(&house, 7, pad).await;
        tablet.sign_in("waiter", "2222").await;
        let asked = async |(staff, pin): (&str, &str)| {
            let body = json!({ "command_key": "k1", "permissions": ["comp"], "staff": staff, "pin": pin });
            send(tablet.request(Method::POST, "/auth/approve").json(&body)).await
        };
        assert_eq!(asked(("host", "1111")).await.code(), "not-on-this-terminal");
        assert_eq!(asked(MANAGER).await.status, StatusCode::OK);
        let path = format!("/checks/{check}/lines/{line}/comp");
        let comp = tablet.request(Method::POST, &path).json(&json!({ "reason": "late" }));
        assert_eq!(send(comp.header("Idempotency-Key", "k1")).await.status, StatusCode::OK);
        house.hub.stop().await.unwrap();
    });
}
