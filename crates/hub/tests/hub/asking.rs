use std::time::Duration;

use maitred_device::virtual_printer::{Fault, VirtualPrinter};
use maitred_domain::address::Caller;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::printing::{fire_pizza, job};
use crate::support::{House, Person, id, open, send};

const MAC: &str = "00:11:62:0a:0b:0c";

fn star() -> Caller {
    Caller::CloudPrnt(MAC.to_owned())
}

fn epson() -> Caller {
    Caller::Epson("pizza-1".to_owned())
}

/// Where printers of its kind ask at the hub of `house`.
async fn url(house: &House, manager: &Person, caller: &Caller) -> String {
    let paths = manager.get("/printers/asking").await.body;
    let path = match caller {
        Caller::CloudPrnt(_) => &paths["cloudprnt"],
        Caller::Epson(_) => &paths["epson"],
    };
    format!("http://{}{}", house.hub.address, path.as_str().unwrap())
}

/// Puts a virtual printer that asks where the venue's kitchen printer is; returns both.
async fn replace(house: &House, manager: &Person, caller: Caller) -> (VirtualPrinter, String) {
    let printers = manager.get("/printers").await.body;
    let kitchen = printers.as_array().unwrap().iter().find(|printer| printer["name"] == "Kitchen").unwrap();
    let body = json!({ "name": "Kitchen", "address": caller.to_string(), "role": "kitchen", "backup": null });
    let changed = send(manager.request(Method::PUT, &format!("/printers/{}", id(kitchen))).json(&body)).await;
    assert_eq!(changed.status, StatusCode::OK, "{changed:?}");
    let url = url(house, manager, &caller).await;
    (VirtualPrinter::asking(url, caller, Duration::from_millis(50)), id(kitchen))
}

async fn until(manager: &Person, printer: &str, field: &str, value: &str) {
    for _ in 0..300 {
        let printers = manager.get("/printers").await.body;
        let one = printers.as_array().unwrap().iter().find(|one| id(one) == printer).unwrap().clone();
        if one[field] == value {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{field} never {value}: {}", manager.get("/printers").await.body);
}

#[tokio::test]
async fn a_printer_that_asks_gets_its_ticket_once_and_proves_it() {
    for caller in [star(), epson()] {
        let house = open().await;
        let manager = house.manager().await;
        let (kitchen, printer) = replace(&house, &manager, caller).await;
        until(&manager, &printer, "health", "ready").await;
        fire_pizza(&manager).await;
        let done = job(&manager, |job| job["state"] == "confirmed").await;
        assert_eq!((&done["grade"], &done["printer"]), (&json!("A"), &json!(printer)));
        assert_eq!(kitchen.slips().len(), 1);
    }
}

#[tokio::test]
async fn what_a_printer_that_asks_needs_is_seen_and_nothing_is_doubled_when_it_has_it() {
    for caller in [star(), epson()] {
        let house = open().await;
        let manager = house.manager().await;
        let (kitchen, printer) = replace(&house, &manager, caller).await;
        kitchen.fault(Fault::PaperOut);
        until(&manager, &printer, "health", "paper_out").await;
        fire_pizza(&manager).await;
        job(&manager, |job| job["problem"] == "no paper").await;
        assert_eq!(kitchen.slips().len(), 0);
        kitchen.fault(Fault::None);
        job(&manager, |job| job["state"] == "confirmed").await;
        assert_eq!(kitchen.slips().len(), 1);
    }
}

#[tokio::test]
async fn the_drawer_of_a_printer_that_asks_is_seen_open_and_shut() {
    for caller in [star(), epson()] {
        let house = open().await;
        let manager = house.manager().await;
        let (kitchen, printer) = replace(&house, &manager, caller).await;
        for (is_open, state) in [(false, "closed"), (true, "open"), (false, "closed")] {
            kitchen.leave_drawer(is_open);
            until(&manager, &printer, "drawer", state).await;
        }
    }
}

#[tokio::test]
async fn a_printer_that_forgets_its_paper_in_the_middle_gets_a_copy_that_says_so() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, _) = replace(&house, &manager, epson()).await;
    kitchen.line_time(Duration::from_millis(400));
    fire_pizza(&manager).await;
    job(&manager, |job| job["state"] == "sent").await;
    kitchen.fault(Fault::PowerCycle);
    kitchen.line_time(Duration::ZERO);
    let done = job(&manager, |job| job["state"] == "reprinted").await;
    assert!(done["heading"].as_str().unwrap().contains("POSSIBILE DUPLICATO"), "{done}");
    let slips = kitchen.slips();
    let last = slips.last().unwrap();
    assert!(last.text.contains("POSSIBILE DUPLICATO"), "{}", last.text);
}

#[tokio::test]
async fn a_printer_that_asks_and_is_not_known_is_found_and_added_as_it_is() {
    let house = open().await;
    let manager = house.manager().await;
    let url = url(&house, &manager, &star()).await;
    let _stranger = VirtualPrinter::asking(url, star(), Duration::from_millis(50));
    let found = loop {
        let found = manager.get("/printers/found").await.body;
        let one = found.as_array().unwrap().iter().find(|one| one["mac"] == MAC).cloned();
        if let Some(one) = one {
            break one;
        }
    };
    assert_eq!((&found["printer"], &found["model"]), (&Value::Null, &json!("CloudPRNT")));
    let body = json!({ "name": found["name"], "address": found["address"], "role": "receipt" });
    let added = manager.post("/printers", body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
    let tested = manager.post(&format!("/printers/{}/test", id(&added.body)), json!({})).await.body;
    let done = job(&manager, |job| job["id"] == tested["id"] && job["state"] == "confirmed").await;
    assert_eq!(done["grade"], "A");
}

#[tokio::test]
async fn a_printer_that_knows_only_pictures_gets_one() {
    let house = open().await;
    let manager = house.manager().await;
    let (kitchen, _) = replace(&house, &manager, star()).await;
    kitchen.fault(Fault::CutCable);
    let url = url(&house, &manager, &star()).await;
    fire_pizza(&manager).await;
    let client = reqwest::Client::new();
    let body = format!(r#"{{"statusCode":"200 OK","printerMAC":"{MAC}","printingInProgress":false}}"#);
    let token = loop {
        let answer: Value = client.post(&url).body(body.clone()).send().await.unwrap().json().await.unwrap();
        if let Some(token) = answer["jobToken"].as_str() {
            assert_eq!(answer["mediaTypes"][1], "image/png");
            break token.to_owned();
        }
    };
    let get = |kind: &str| client.get(format!("{url}?mac={MAC}&type={kind}&token={token}")).send();
    assert_eq!(get("text/plain").await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let paper = get("image/png").await.unwrap();
    assert_eq!(paper.headers()["x-star-cut"], "full; feed=true");
    assert!(paper.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let done = client.delete(format!("{url}?mac={MAC}&code=200%20OK&token={token}")).send().await.unwrap();
    assert_eq!(done.status(), StatusCode::OK);
    assert_eq!(job(&manager, |job| job["state"] == "confirmed").await["grade"], "A");
}

#[tokio::test]
async fn without_the_token_nobody_asks() {
    let house = open().await;
    let client = reqwest::Client::new();
    let ask = |path: &str| client.post(format!("http://{}{path}", house.hub.address));
    let poll = format!(r#"{{"statusCode":"200 OK","printerMAC":"{MAC}"}}"#);
    let wrong = ask("/print/cloudprnt/aaaaaaaaaaaaaaaa").body(poll.clone()).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::NOT_FOUND);
    let wrong = ask("/print/epson/x").body("ConnectionType=GetRequest&ID=bar").send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::NOT_FOUND);
    let manager = house.manager().await;
    let right = manager.get("/printers/asking").await.body;
    let nonsense = ask(right["epson"].as_str().unwrap()).body("x").send().await.unwrap();
    assert_eq!(nonsense.status(), StatusCode::BAD_REQUEST);
    let answer = ask(right["cloudprnt"].as_str().unwrap()).body(poll).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["jobReady"], false);
}
