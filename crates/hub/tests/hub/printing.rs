use std::time::Duration;

use maitred_device::virtual_printer::{Fault, Model, VirtualPrinter};
use maitred_domain::catalogue::{EntityChanged, Printer};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::events::Stream;
use crate::support::{House, Person, edit, id, open, send};

/// Puts a virtual printer where the venue's printer called `name` is; returns both.
pub async fn replace(manager: &Person, name: &str, backup: Option<&str>) -> (VirtualPrinter, String) {
    let virtual_printer = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    let printers = manager.get("/printers").await.body;
    let printer = printers.as_array().unwrap().iter().find(|printer| printer["name"] == name).unwrap();
    let body = json!({
        "name": name,
        "address": format!("tcp://{}", virtual_printer.addr()),
        "role": printer["role"],
        "backup": backup,
    });
    let changed = send(manager.request(Method::PUT, &format!("/printers/{}", id(printer))).json(&body)).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    (virtual_printer, id(printer))
}

/// Waits until a job that `wanted` likes is there.
pub async fn job(person: &Person, wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..150 {
        let jobs = person.get("/print-jobs").await.body;
        if let Some(job) = jobs.as_array().unwrap().iter().find(|job| wanted(job)) {
            return job.clone();
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("{}", person.get("/print-jobs").await.body);
}

pub async fn fire_pizza(manager: &Person) -> Value {
    let stations = manager.get("/venue").await.body["stations"].clone();
    let pizza = stations.as_array().unwrap().iter().find(|it| it["slug"] == "pizza").unwrap().clone();
    let items = manager.plain_items().await;
    let item = items.iter().find(|item| item["station"] == pizza["id"]).unwrap();
    let check =
        manager.post("/checks", json!({ "table_id": manager.free_table().await, "covers": 1 })).await.body;
    let path = format!("/checks/{}", id(&check));
    let line = json!({ "item_id": item["id"], "quantity": 2, "note": "ben cotta" });
    manager.post(&format!("{path}/lines"), json!({ "lines": [line] })).await;
    manager.post(&format!("{path}/fire"), json!({})).await.body
}

#[tokio::test]
async fn a_fired_course_is_on_paper_once_and_proven() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, printer) = replace(&manager, "Kitchen", None).await;
    let check = fire_pizza(&manager).await;
    let done = job(&manager, |job| job["state"] == "confirmed").await;
    assert_eq!((&done["grade"], &done["printer"]), (&json!("A"), &json!(printer)));
    let slips = kitchen.slips();
    assert_eq!(slips.len(), 1);
    assert!(
        slips[0].text.contains("ben cotta") && slips[0].text.contains(check["table_name"].as_str().unwrap())
    );
    let house = house.restart().await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    drop(house);
    assert_eq!(kitchen.slips().len(), 1);
}

#[tokio::test]
async fn without_paper_a_ticket_goes_to_the_backup_and_people_are_told() {
    let house = open().await;
    let manager = house.manager().await;
    let (bar, bar_id) = replace(&manager, "Bar", None).await;
    let (kitchen, kitchen_id) = replace(&manager, "Kitchen", Some(&bar_id)).await;
    kitchen.fault(Fault::PaperOut);
    fire_pizza(&manager).await;
    let done = job(&manager, |job| job["state"] == "confirmed").await;
    assert_eq!(done["printer"], json!(bar_id));
    assert_eq!((kitchen.slips().len(), bar.slips().len()), (0, 1));
    let printers = manager.get("/printers").await.body;
    let down = printers.as_array().unwrap().iter().find(|it| id(it) == kitchen_id).unwrap().clone();
    assert_eq!(down["health"], "paper_out");
    let told = async || {
        let items = manager.get("/attention").await.body;
        items.as_array().unwrap().iter().find(|it| it["kind"] == "printer_down").cloned()
    };
    let item = told().await.unwrap();
    let about =
        json!({ "printer": "Kitchen", "health": "paper_out", "count": 0, "backup": "Bar", "moved": 1 });
    assert_eq!((&item["severity"], &item["params"]), (&json!("warning"), &about));
    kitchen.fault(Fault::None);
    for _ in 0..150 {
        if told().await.is_none() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it prints again, and still: {:?}", told().await);
}

#[tokio::test]
async fn a_drawer_that_is_left_open_is_shown_and_told_of_after_a_while() {
    let house = open().await;
    let manager = house.manager().await;
    let (bar, bar_id) = replace(&manager, "Bar", None).await;
    let until = async |state: &str| {
        for _ in 0..300 {
            let printers = manager.get("/printers").await.body;
            let one = printers.as_array().unwrap().iter().find(|it| id(it) == bar_id).unwrap().clone();
            if one["drawer"] == state {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("never {state}");
    };
    let told = async || {
        let items = manager.get("/attention").await.body;
        items.as_array().unwrap().iter().find(|it| it["kind"] == "drawer_open").cloned()
    };
    until("closed").await;
    bar.leave_drawer(true);
    until("open").await;
    assert_eq!(told().await, None);
    house.skip(5 * 60);
    let item = told().await.unwrap();
    assert_eq!((&item["printer_id"], &item["params"]["printer"]), (&json!(bar_id), &json!("Bar")));
    bar.leave_drawer(false);
    until("closed").await;
    assert_eq!(told().await, None);
}

/// Takes the printer called `name` out of use.
async fn retire(house: &House, name: &str) {
    let catalogue = house.hub.app().store.catalogue();
    let printer = catalogue.printers.values().find(|printer| printer.name == name).unwrap();
    let retired = Printer { archived: true, ..printer.clone() };
    let changes = EntityChanged::between(Some(printer), &retired).into_iter().collect();
    edit(&house.hub, &format!("retire {name}"), changes).await;
}

#[tokio::test]
async fn what_a_printer_that_is_gone_was_to_print_goes_to_its_backup() {
    let house = open().await;
    let manager = house.manager().await;
    let (bar, bar_id) = replace(&manager, "Bar", None).await;
    let (kitchen, _) = replace(&manager, "Kitchen", Some(&bar_id)).await;
    kitchen.line_time(Duration::from_millis(500));
    fire_pizza(&manager).await;
    job(&manager, |job| job["state"] == "sent").await;
    retire(&house, "Kitchen").await;
    let done = job(&manager, |job| job["state"] == "reprinted").await;
    assert_eq!(done["printer"], json!(bar_id));
    assert!(bar.slips()[0].text.contains("POSSIBILE DUPLICATO"), "it may be on paper at the other");
    let again = manager.post(&format!("/print-jobs/{}/reprint", id(&done)), json!({})).await;
    assert_eq!(again.body["printer"], json!(bar_id));
}

#[tokio::test]
async fn what_a_printer_without_backup_was_to_print_asks_a_person() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, _) = replace(&manager, "Kitchen", None).await;
    kitchen.fault(Fault::PaperOut);
    fire_pizza(&manager).await;
    job(&manager, |job| job["problem"] == "no paper").await;
    let queued = r#"maitred_print_jobs{state="queued"} 1"#;
    assert!(manager.get("//metrics").await.body.as_str().unwrap().contains(queued));
    retire(&house, "Kitchen").await;
    let left = job(&manager, |job| job["state"] == "expired").await;
    assert_eq!(left["problem"], "Kitchen is not used any more");
    let attention = manager.get("/attention").await.body;
    let item = attention.as_array().unwrap().iter().find(|it| it["kind"] == "print_expired").unwrap();
    assert_eq!(item["job_id"], left["id"]);
    let expired = r#"maitred_print_jobs{state="expired"} 1"#;
    assert!(manager.get("//metrics").await.body.as_str().unwrap().contains(expired));
    let again = manager.post(&format!("/print-jobs/{}/reprint", id(&left)), json!({})).await;
    assert_eq!(again.code(), "no-printer");
}

#[tokio::test]
async fn a_printer_without_paper_and_backup_is_an_alarm_until_it_prints() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, kitchen_id) = replace(&manager, "Kitchen", None).await;
    kitchen.fault(Fault::PaperOut);
    fire_pizza(&manager).await;
    job(&manager, |job| job["problem"] == "no paper").await;
    let attention = manager.get("/attention").await.body;
    let alarm = attention.as_array().unwrap().iter().find(|it| it["kind"] == "printer_down").unwrap();
    assert_eq!((&alarm["printer_id"], &alarm["severity"]), (&json!(kitchen_id), &json!("alarm")));
    let about = json!({ "printer": "Kitchen", "health": "paper_out", "count": 1 });
    assert_eq!(alarm["params"], about);
    kitchen.fault(Fault::None);
    job(&manager, |job| job["state"] == "confirmed").await;
    assert_eq!(kitchen.slips().len(), 1);
    assert_eq!(manager.get("/attention").await.body, json!([]));
}

#[tokio::test]
async fn a_reprint_that_a_person_wants_is_headed_duplicate() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, _) = replace(&manager, "Kitchen", None).await;
    fire_pizza(&manager).await;
    let first = job(&manager, |job| job["state"] == "confirmed").await;
    let again = manager.post(&format!("/print-jobs/{}/reprint", id(&first)), json!({})).await;
    assert_eq!((again.status, &again.body["heading"]), (StatusCode::OK, &json!("DUPLICATO")));
    job(&manager, |job| job["id"] == again.body["id"] && job["state"] == "confirmed").await;
    let slips = kitchen.slips();
    assert_eq!(slips.len(), 2);
    assert!(!slips[0].text.contains("DUPLICATO") && slips[1].text.contains("DUPLICATO"));
}

#[tokio::test]
async fn a_ticket_of_a_quarter_of_an_hour_ago_waits_for_a_person() {
    let house = open().await;
    let manager = house.manager().await;
    fire_pizza(&manager).await;
    job(&manager, |job| job["state"] == "queued").await;
    house.skip(15 * 60 + 1);
    let (kitchen, _) = replace(&manager, "Kitchen", None).await;
    let old = job(&manager, |job| job["state"] == "expired").await;
    assert_eq!(kitchen.slips().len(), 0);
    let attention = manager.get("/attention").await.body;
    assert!(
        attention
            .as_array()
            .unwrap()
            .iter()
            .any(|it| it["kind"] == "print_expired" && it["job_id"] == old["id"])
    );
    let dismissed = manager.post(&format!("/print-jobs/{}/dismiss", id(&old)), json!({})).await;
    assert_eq!(dismissed.body["state"], "dismissed");
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    let house = open().await;
    let manager = house.manager().await;
    for address in ["", "local host", "tcp://", "tcp://x:0", "http://x:80", "tcp://a/b:1"] {
        let body = json!({ "name": "New", "address": address, "role": "kitchen" });
        assert_eq!(manager.post("/printers", body).await.code(), "invalid-entity", "{address}");
    }
}

#[tokio::test]
async fn a_ticket_that_may_be_on_paper_is_printed_again_and_says_so() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, _) = replace(&manager, "Kitchen", None).await;
    kitchen.line_time(Duration::from_millis(300));
    fire_pizza(&manager).await;
    job(&manager, |job| job["state"] == "sent").await;
    kitchen.fault(Fault::PowerCycle);
    kitchen.line_time(Duration::ZERO);
    let done = job(&manager, |job| job["state"] == "reprinted").await;
    assert_eq!(done["heading"], "RISTAMPA 1 - POSSIBILE DUPLICATO");
    let slips = kitchen.slips();
    assert!(slips.last().unwrap().text.contains("RISTAMPA 1 - POSSIBILE DUPLICATO"), "{slips:?}");
}

#[tokio::test]
async fn a_hub_that_stops_in_the_middle_of_a_ticket_marks_the_next_copy() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, _) = replace(&manager, "Kitchen", None).await;
    kitchen.line_time(Duration::from_millis(500));
    fire_pizza(&manager).await;
    job(&manager, |job| job["state"] == "sent").await;
    let house = house.restart().await;
    kitchen.line_time(Duration::ZERO);
    job(&house.manager().await, |job| job["state"] == "reprinted").await;
    assert!(kitchen.slips().last().unwrap().text.contains("POSSIBILE DUPLICATO"));
}

#[tokio::test]
async fn screens_learn_of_printing_without_asking() {
    let house = open().await;
    let manager = house.manager().await;
    let (_kitchen, _) = replace(&manager, "Kitchen", None).await;
    let mut stream = Stream::of(&manager, None).await;
    fire_pizza(&manager).await;
    loop {
        let event = stream.next().await.unwrap();
        let jobs = event.data["print_jobs"].as_array().cloned().unwrap_or_default();
        if event.name == "print" && jobs.iter().any(|job| job["state"] == "confirmed") {
            assert!(event.id.is_none());
            return;
        }
    }
}
