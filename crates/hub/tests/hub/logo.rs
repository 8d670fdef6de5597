//! The logo: what is taken, what is refused, and what is on the paper.

use std::time::Duration;

use maitred_device::picture;
use maitred_device::virtual_printer::{Model, Slip, VirtualPrinter};
use maitred_domain::catalogue::{EntityChanged, Printer, PrinterRole};
use maitred_hub::limits::PICTURE_BYTES_MAX;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::events::Stream;
use crate::support::{Answer, House, Person, edit, id, open, send};

const RINGS: &[u8] = include_bytes!("../../../device/tests/pictures/rings.jpg");

async fn put(person: &Person, kind: &str, picture: &[u8]) -> Answer {
    let request = person.request(Method::PUT, "/venue/logo").header("content-type", kind);
    send(request.body(picture.to_vec())).await
}

async fn logo(person: &Person) -> Value {
    person.get("/catalogue").await.body["venue"]["logo"].clone()
}

/// The receipt printer of the venue, on this box.
async fn receipt_printer(house: &House) -> VirtualPrinter {
    let there = VirtualPrinter::bind("127.0.0.1:0", Model::Full).await.unwrap();
    let catalogue = house.hub.app().store.catalogue();
    let printers = catalogue.printers.values().filter(|it| it.role == PrinterRole::Receipt);
    let moved = |printer: &Printer| Printer { address: format!("tcp://{}", there.addr()), ..printer.clone() };
    edit(
        &house.hub,
        "here",
        printers.filter_map(|it| EntityChanged::between(Some(it), &moved(it))).collect(),
    )
    .await;
    there
}

async fn next_slip(printer: &VirtualPrinter, number: usize) -> Slip {
    for _ in 0..150 {
        let slips: Vec<Slip> = printer.slips().into_iter().filter(|slip| slip.is_cut).collect();
        if slips.len() > number {
            return slips[number].clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no paper comes");
}

#[tokio::test]
async fn a_logo_is_on_the_next_receipt_after_a_restart_too_until_it_is_taken_off() {
    let house = open().await;
    let printer = receipt_printer(&house).await;
    let manager = house.manager().await;
    let set = put(&manager, "image/jpeg", RINGS).await;
    assert_eq!(set.status, StatusCode::OK, "{set:?}");
    assert_eq!(set.body["logo"], logo(&manager).await);
    let check = id(&manager.check_with_lines(1).await);

    let house = house.restart().await;
    let manager = house.manager().await;
    manager.post(&format!("/checks/{check}/receipt"), json!({})).await;
    let slip = next_slip(&printer, 0).await;
    assert!(slip.text.starts_with("[picture "), "{}", slip.text);
    let dots = picture::logo(RINGS).unwrap();
    let paper = slip.bitmap();
    assert!((0..192).all(|y| (0..384).all(|x| paper.get(96 + x, 24 + y) == dots.get(x, y))));

    let gone = send(manager.request(Method::DELETE, "/venue/logo")).await;
    assert_eq!((gone.status, &gone.body["logo"]), (StatusCode::OK, &json!("")));
    manager.post(&format!("/checks/{check}/receipt"), json!({})).await;
    let slip = next_slip(&printer, 1).await;
    assert!(!slip.text.starts_with("[picture "), "{}", slip.text);
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn the_same_logo_again_is_no_change_and_no_event_carries_the_picture() {
    let house = open().await;
    let manager = house.manager().await;
    let mut stream = Stream::of(&manager, None).await;
    let first = put(&manager, "image/jpeg", RINGS).await;
    let event = stream.change().await;
    assert!(event.data["changed"]["venue"] == true && event.data.to_string().len() < 2_000);
    let made = first.body["logo"].as_str().unwrap().to_owned();
    assert!(made.len() <= maitred_domain::catalogue::lint::LOGO_CHARS_MAX);
    let entries = || house.hub.app().store.entries_after(event.id.unwrap(), 10).unwrap().len();
    put(&manager, "image/jpeg", RINGS).await;
    assert_eq!(entries(), 0);
    let audit = manager.get("/audit?limit=3").await.body.to_string();
    assert!(audit.contains("logo") && !audit.contains(&made));
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_no_logo_is_refused_and_the_old_one_stays() {
    let house = open().await;
    let (manager, waiter) = (house.manager().await, house.waiter().await);
    put(&manager, "image/jpeg", RINGS).await;
    let before = logo(&manager).await;
    let refused = |answer: Answer| (answer.status.as_u16(), answer.code().to_owned());
    let is = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(refused(put(&manager, "image/png", b"GIF89a").await), is(422, "bad-picture"));
    assert_eq!(refused(put(&manager, "image/png", &RINGS[..600]).await), is(422, "bad-picture"));
    assert_eq!(refused(put(&manager, "image/gif", RINGS).await), is(415, "unsupported-media-type"));
    let large = put(&manager, "image/png", &vec![0; PICTURE_BYTES_MAX + 1]).await;
    assert_eq!(large.body["bytes_max"], PICTURE_BYTES_MAX);
    assert_eq!(refused(large), is(413, "too-large"));
    assert_eq!(refused(put(&waiter, "image/jpeg", RINGS).await), is(403, "forbidden"));
    let change = json!({ "kind": "venue", "entity": { "logo": "AAAA" } });
    let by_hand = manager.post("/catalogue/changes", json!({ "changes": [change] })).await;
    assert_eq!(by_hand.body["errors"][0]["code"], "not-here");
    assert_eq!(logo(&manager).await, before);
    house.hub.stop().await.unwrap();
}
