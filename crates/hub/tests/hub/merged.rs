//! What wants somebody after two hubs worked apart: two real stores, and what the hub says once they have met.

use std::collections::VecDeque;
use std::sync::Arc;

use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::TenderKind;
use maitred_domain::decide::{Command, OrderLine};
use maitred_domain::ids::{CheckId, ItemId};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use maitred_store::{Durability, Options, Request, Store};
use maitred_sync::{Output, Session};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{House, Person, id, open};

/// The demo's hub, and another of its venue that nobody sees.
struct Venue {
    house: House,
    other: Store,
    _data: tempfile::TempDir,
}

async fn venue() -> Venue {
    let (house, data) = (open().await, tempfile::tempdir().unwrap());
    let options = Options {
        data: data.path().to_path_buf(),
        clock: Arc::new(maitred_process::clock::now),
        mint: Arc::new(|| [9; 16]),
        number_prefix: "B".into(),
        durability: Durability::Normal,
        vfs: None,
    };
    let venue = Venue { house, other: Store::open(&options, Catalogue::default).unwrap(), _data: data };
    venue.meet().await;
    venue
}

impl Venue {
    /// Lets both tell each other everything.
    async fn meet(&self) {
        let stores = [&self.house.hub.app().store, &self.other];
        let realm = stores[0].realm();
        let [mut one, mut other] = stores.map(|store| store.open_session(realm).unwrap());
        let mut inboxes = [VecDeque::from([other.1]), VecDeque::from([one.1])];
        loop {
            let said = [
                turn(stores[0], &mut one.0, &mut inboxes[0]).await,
                turn(stores[1], &mut other.0, &mut inboxes[1]).await,
            ];
            if said.iter().all(Vec::is_empty) && inboxes.iter().all(VecDeque::is_empty) {
                return;
            }
            let [of_one, of_other] = said;
            inboxes[1].extend(of_one);
            inboxes[0].extend(of_other);
        }
    }

    /// Something is done at the other hub.
    async fn there(&self, key: &str, command: Command) {
        let staff =
            self.other.catalogue().staff.values().find(|staff| staff.role == Role::Manager).unwrap().id;
        let request =
            Request { idempotency_key: key.into(), by: staff, role: Role::Manager, approval: None, command };
        self.other.command(request).await.unwrap();
    }

    /// What the hub says of a kind.
    async fn said(&self, kind: &str) -> Vec<Value> {
        let said = self.house.manager().await.get("/attention").await.body;
        said.as_array().unwrap().iter().filter(|item| item["kind"] == kind).cloned().collect()
    }
}

async fn turn(store: &Store, session: &mut Session, inbox: &mut VecDeque<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut said = Vec::new();
    if let Some(frame) = inbox.pop_front() {
        for output in store.receive(session, &frame).unwrap() {
            match output {
                Output::Send(frame) => said.push(frame),
                Output::Store(delivery) => {
                    let number = delivery.number;
                    let vector = store.deliver(delivery).await.unwrap();
                    said.push(session.stored(number, &vector));
                }
                Output::Agreed { .. } | Output::Acknowledged(_) => {}
                alarm => panic!("{alarm:?}"),
            }
        }
    }
    said.extend(store.next_frame(session).unwrap());
    said
}

fn path(check: &Value) -> String {
    format!("/checks/{}", id(check))
}

fn check_id(check: &Value) -> CheckId {
    id(check).parse().unwrap()
}

async fn pay(person: &Person, check: &Value) -> Value {
    let due = person.get(&path(check)).await.body["due_minor"].clone();
    let tender = json!({ "kind": "card", "amount_minor": due });
    let paid = person.post(&format!("{}/tenders", path(check)), tender).await;
    assert!(paid.status.is_success(), "{paid:?}");
    paid.body
}

fn card(check: &Value) -> Command {
    Command::Tender {
        check: check_id(check),
        kind: TenderKind::Card,
        amount: Money(check["due_minor"].as_i64().unwrap()),
        tip: Money::ZERO,
        share: None,
        reference: String::new(),
    }
}

#[tokio::test]
async fn a_table_that_two_hubs_gave_away_is_pointed_out_until_one_party_has_another() {
    let venue = venue().await;
    let waiter = venue.house.waiter().await;
    let table = waiter.free_table().await;
    let check = waiter.post("/checks", json!({ "table_id": table, "covers": 2 })).await.body;
    let table = Some(table.parse().unwrap());
    venue.there("seat", Command::OpenCheck { table, covers: 2, name: String::new() }).await;
    assert!(venue.said("double_seated").await.is_empty());
    venue.meet().await;
    let said = venue.said("double_seated").await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0]["params"]["checks"].as_array().unwrap().len(), 2);
    let free = waiter.free_table().await;
    let moved = waiter.post(&format!("{}/transfer", path(&check)), json!({ "table_id": free })).await;
    assert_eq!(moved.status, StatusCode::OK, "{moved:?}");
    assert!(venue.said("double_seated").await.is_empty());
}

#[tokio::test]
async fn what_was_paid_at_two_hubs_is_pointed_out_until_it_is_given_back() {
    let venue = venue().await;
    let waiter = venue.house.waiter().await;
    let check = waiter.check_with_lines(1).await;
    venue.meet().await;
    pay(&waiter, &check).await;
    venue.there("pay", card(&check)).await;
    venue.meet().await;
    let said = venue.said("refund_due").await;
    assert_eq!((said.len(), &said[0]["params"]["amount_minor"]), (1, &check["due_minor"]));
    let tender = id(&waiter.get(&path(&check)).await.body["tenders"][0]);
    let back = json!({ "amount_minor": check["due_minor"], "reason": "paid twice" });
    let manager = venue.house.manager().await;
    let refund = manager.post(&format!("{}/tenders/{tender}/refund", path(&check)), back).await;
    assert!(refund.status.is_success(), "{refund:?}");
    assert!(venue.said("refund_due").await.is_empty());
}

#[tokio::test]
async fn a_check_that_was_closed_beside_an_order_is_pointed_out_until_it_is_closed_again() {
    let venue = venue().await;
    let waiter = venue.house.waiter().await;
    let check = waiter.check_with_lines(1).await;
    let item: ItemId = id(&waiter.plain_items().await[0]).parse().unwrap();
    venue.meet().await;
    pay(&waiter, &check).await;
    assert_eq!(waiter.post(&format!("{}/close", path(&check)), json!({})).await.status, StatusCode::OK);
    let line = OrderLine {
        item,
        quantity: 1,
        seat: None,
        course: None,
        modifiers: vec![],
        note: String::new(),
        open: None,
    };
    venue.there("late", Command::AddLines { check: check_id(&check), lines: vec![line] }).await;
    venue.meet().await;
    let said = venue.said("check_reopened").await;
    assert_eq!((said.len(), &said[0]["check_id"]), (1, &check["id"]));
    assert_eq!(said[0]["params"]["amount_minor"], check["due_minor"]);
    pay(&waiter, &check).await;
    assert_eq!(waiter.post(&format!("{}/close", path(&check)), json!({})).await.status, StatusCode::OK);
    assert!(venue.said("check_reopened").await.is_empty());
}

#[tokio::test]
async fn what_two_hubs_fired_is_on_one_ticket_and_pointed_out_until_it_is_made() {
    let venue = venue().await;
    let waiter = venue.house.waiter().await;
    let check = waiter.check_with_lines(1).await;
    venue.meet().await;
    waiter.post(&format!("{}/fire", path(&check)), json!({})).await;
    venue.there("fire", Command::Fire { check: check_id(&check), course: None }).await;
    venue.meet().await;
    let said = venue.said("fired_twice").await;
    assert_eq!((said.len(), &said[0]["severity"]), (1, &json!("alarm")));
    let cook = venue.house.sign_in("kitchen", "3333").await;
    let tickets = cook.get("/kitchen/tickets").await.body;
    let of_check: Vec<&Value> =
        tickets.as_array().unwrap().iter().filter(|ticket| ticket["check_id"] == check["id"]).collect();
    assert_eq!(of_check.len(), 1, "{of_check:?}");
    let jobs = cook.get("/print-jobs").await.body;
    let papers: Vec<&Value> =
        jobs.as_array().unwrap().iter().filter(|job| job["check_id"] == check["id"]).collect();
    let may_be_there_twice = |job: &&Value| job["heading"].as_str().unwrap_or_default().contains("DUPLICAT");
    assert!(!papers.is_empty() && papers.iter().all(may_be_there_twice), "{papers:?}");
    let bumped = cook.post(&format!("/kitchen/tickets/{}/bump", id(of_check[0])), json!({})).await;
    assert_eq!(bumped.status, StatusCode::OK, "{bumped:?}");
    assert!(venue.said("fired_twice").await.is_empty());
}
