//! Who may do what as the venue decides it, for people who are signed in all the while.

use maitred_domain::catalogue::Rights;
use maitred_domain::permission::{Permission, Role};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::events::Stream;
use crate::support::{Answer, House, Person, id, open};

/// Everybody, in the order of [`Role::ALL`].
async fn everybody(house: &House) -> [Person; 4] {
    [
        house.manager().await,
        house.sign_in("host", "1111").await,
        house.waiter().await,
        house.sign_in("kitchen", "3333").await,
    ]
}

async fn decide(manager: &Person, role: Role, permission: Permission, right: &str) -> Answer {
    let entity = json!({ permission.as_str(): right });
    let change = json!({ "kind": "rights", "id": Rights::id_of(role), "entity": entity });
    manager.post("/catalogue/changes", json!({ "changes": [change] })).await
}

/// A check with a line that the kitchen has, and one that it has not.
struct Evening {
    check: String,
    sent: String,
    ticket: String,
    item: String,
}

impl Evening {
    async fn begun(manager: &Person) -> Self {
        let check = id(&manager.check_with_lines(1).await);
        let fired = manager.post(&format!("/checks/{check}/fire"), json!({})).await;
        assert_eq!(fired.status, StatusCode::OK, "{fired:?}");
        let sent = id(&fired.body["lines"][0]);
        let tickets = manager.get("/kitchen/tickets?station=expo&state=open").await;
        let ticket = id(&tickets.body[0]);
        let item = id(&manager.plain_items().await[0]);
        Self { check, sent, ticket, item }
    }

    /// Something that wants `permission`, and nothing else than was looked at before it in the order of the table.
    async fn attempt(&self, person: &Person, permission: Permission) -> Answer {
        use Permission as P;
        let Self { check, sent, ticket, item } = self;
        let nothing = json!({});
        let edit = |kind| json!({ "changes": [{ "kind": kind, "id": check, "entity": {}, "base": {} }] });
        let (path, body) = match permission {
            P::Seat => ("/checks".to_owned(), json!({ "covers": 2 })),
            P::Order => (format!("/checks/{check}/lines"), json!({ "lines": [] })),
            P::Fire => (format!("/checks/{check}/fire"), nothing),
            P::Void => (format!("/checks/{check}/lines/{check}/void"), json!({ "reason": "x" })),
            P::VoidSent => (format!("/checks/{check}/lines/{sent}/void"), json!({ "reason": "x" })),
            P::Comp => (format!("/checks/{check}/lines/{check}/comp"), json!({ "reason": "x" })),
            P::Discount => (format!("/checks/{check}/service"), json!({ "basis_points": 0 })),
            P::Transfer => (format!("/checks/{check}/transfer"), json!({ "covers": 3 })),
            P::TakePayment => (format!("/checks/{check}/close"), nothing),
            P::Refund => (
                format!("/checks/{check}/tenders/{check}/refund"),
                json!({ "amount_minor": 1, "reason": "x" }),
            ),
            P::Reopen => (format!("/checks/{check}/reopen"), json!({ "reason": "x" })),
            P::Bump => (format!("/kitchen/tickets/{ticket}/bump"), nothing),
            P::Serve => ("/kitchen/serve".to_owned(), json!({ "check_id": check, "course": 1 })),
            P::EightySix => (format!("/menu/items/{item}/availability"), json!({ "available": true })),
            P::CloseDay => ("/day/close".to_owned(), json!({ "counted": [] })),
            P::Drawer => ("/day/drawer".to_owned(), json!({ "kind": "float", "amount_minor": 1 })),
            P::EditMenu => ("/catalogue/changes".to_owned(), edit("item")),
            P::EditFloor => ("/catalogue/changes".to_owned(), edit("table")),
            P::EditSettings => ("/catalogue/changes".to_owned(), edit("venue")),
            P::EditStaff => ("/catalogue/changes".to_owned(), edit("staff")),
            P::ViewReports => return person.get("/day").await,
            P::ViewAudit => return person.get("/audit").await,
            P::Print => (format!("/checks/{check}/receipt"), nothing),
        };
        person.post(&path, body).await
    }
}

fn is_refused(answer: &Answer, permission: Permission) -> bool {
    let refused = answer.status == StatusCode::FORBIDDEN;
    assert!(!refused || answer.body["permission"] == permission.as_str(), "{permission:?}: {answer:?}");
    refused
}

#[tokio::test]
async fn every_role_does_what_was_decided_and_nothing_else_though_signed_in_all_the_while() {
    let house = open().await;
    let people = everybody(&house).await;
    let manager = &people[0];
    let evening = Evening::begun(manager).await;
    for permission in Permission::ALL {
        for right in ["may_not", "may"] {
            for (role, person) in Role::ALL.into_iter().zip(&people) {
                let decided = decide(manager, role, permission, right).await;
                let is_kept = role.keeps(permission) && right == "may_not";
                assert_eq!(
                    decided.status == StatusCode::OK,
                    !is_kept,
                    "{role:?} {permission:?}: {decided:?}"
                );
                let refused = is_refused(&evening.attempt(person, permission).await, permission);
                assert_eq!(refused, right == "may_not" && !is_kept, "{role:?} {permission:?} {right}");
                let me = person.get("/auth/me").await.body;
                let has = me["permissions"].as_array().unwrap().contains(&json!(permission));
                assert_eq!(has, !refused, "{role:?} {permission:?} {right}");
            }
        }
    }
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn the_table_is_told_to_open_screens_and_to_who_asks_and_is_in_the_audit_log() {
    let house = open().await;
    let (manager, waiter) = (house.manager().await, house.waiter().await);
    let mut stream = Stream::of(&waiter, None).await;
    assert_eq!(decide(&manager, Role::Waiter, Permission::Comp, "may").await.status, StatusCode::OK);
    let event = stream.change().await;
    let table = waiter.get("/permissions").await.body;
    assert_eq!(event.data["changed"]["rights"], table);
    let of_waiter = &table["roles"][2];
    let holds = |list: &str| of_waiter[list].as_array().unwrap().contains(&json!("comp"));
    assert!(of_waiter["role"] == "waiter" && holds("permissions") && !holds("delivered"), "{of_waiter}");
    let other = manager.post("/checks", json!({ "covers": 2 })).await;
    assert_eq!(other.status, StatusCode::CREATED);
    assert_eq!(stream.change().await.data["changed"]["rights"], Value::Null);
    let audit = manager.get("/audit?limit=2").await.body.to_string();
    assert!(audit.contains("decided that a waiter may comp"), "{audit}");

    let house = house.restart().await;
    assert_eq!(house.waiter().await.get("/permissions").await.body, table);
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn what_would_lock_the_venue_out_is_refused_and_says_what_and_why() {
    let house = open().await;
    let manager = house.manager().await;
    let refused = decide(&manager, Role::Manager, Permission::EditStaff, "may_not").await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-edit"));
    let error = &refused.body["errors"][0];
    assert_eq!((&error["code"], &error["field"]), (&json!("right-kept"), &json!("edit_staff")));
    assert_eq!((&error["kind"], &error["name"]), (&json!("rights"), &json!("manager")));
    let waiter = house.waiter().await;
    let own = decide(&waiter, Role::Waiter, Permission::Comp, "may").await;
    assert_eq!((own.status, own.code()), (StatusCode::FORBIDDEN, "forbidden"));
    for (field, right) in [("teleport", "may"), ("comp", "perhaps")] {
        let change = json!({ "kind": "rights", "id": Rights::id_of(Role::Host), "entity": { field: right } });
        let answer = manager.post("/catalogue/changes", json!({ "changes": [change] })).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid-edit"));
    }
    house.hub.stop().await.unwrap();
}
