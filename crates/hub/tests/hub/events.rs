use std::time::Duration;

use maitred_domain::decide::Command;
use maitred_store::Request;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::support::{Person, id, open};

/// An open event stream.
pub struct Stream {
    response: Response,
    text: String,
}

#[derive(Debug)]
pub struct Event {
    pub name: String,
    pub id: Option<u64>,
    pub data: Value,
}

impl Stream {
    pub async fn of(person: &Person, cursor: Option<u64>) -> Self {
        let token = person.token.clone().unwrap();
        let mut request =
            person.client.request(Method::GET, format!("{}/api/v1/events?access_token={token}", person.base));
        if let Some(cursor) = cursor {
            request = request.header("Last-Event-ID", cursor);
        }
        Self::answering(request).await
    }

    pub async fn answering(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// Waits until the hub ends it, whatever it says before.
    pub async fn ends(&mut self) {
        while self.next().await.is_some() {}
    }

    /// The next event; `None` when the stream ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name));
                let Some(data) = field("data: ") else { continue };
                return Some(Event {
                    name: field("event: ").unwrap().to_owned(),
                    id: field("id: ").map(|id| id.parse().unwrap()),
                    data: serde_json::from_str(data).unwrap(),
                });
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.response.chunk()).await.unwrap();
            self.text.push_str(std::str::from_utf8(&chunk.ok()??).unwrap());
        }
    }

    pub async fn change(&mut self) -> Event {
        loop {
            let event = self.next().await.unwrap();
            if event.name == "change" {
                return event;
            }
        }
    }
}

#[tokio::test]
async fn a_stream_shows_every_change_in_order_and_resumes_without_gap_or_double() {
    let house = open().await;
    let waiter = house.waiter().await;
    let mut stream = Stream::of(&waiter, None).await;
    let first = stream.next().await.unwrap();
    assert_eq!(first.name, "heartbeat");
    let start = first.data["seq"].as_u64().unwrap();

    let check = waiter.check_with_lines(1).await;
    let opened = stream.change().await;
    assert_eq!((opened.id, &opened.data["facts"][0]["type"]), (Some(start + 1), &json!("check_opened")));
    assert_eq!(opened.data["changed"]["checks"][0]["id"], check["id"]);
    assert_eq!(opened.data["changed"]["tables"][0]["state"], "seated");
    drop(stream);

    let path = format!("/checks/{}/rush", id(&check));
    for on in [true, false, true, false] {
        waiter.post(&path, json!({ "on": on })).await;
    }
    let mut stream = Stream::of(&waiter, opened.id).await;
    let toggle = async {
        for on in [true, false, true, false] {
            waiter.post(&path, json!({ "on": on })).await;
        }
    };
    let follow = async {
        let mut seen = Vec::new();
        while seen.len() < 9 {
            seen.push(stream.change().await.id.unwrap());
        }
        seen
    };
    let ((), seen) = tokio::join!(toggle, follow);
    assert_eq!(seen, (start + 2..start + 11).collect::<Vec<_>>());
}

#[tokio::test]
async fn heartbeats_come_every_two_seconds_and_say_how_far_the_journal_went() {
    let house = open().await;
    let waiter = house.waiter().await;
    let mut stream = Stream::of(&waiter, None).await;
    stream.next().await.unwrap();
    waiter.check_with_lines(1).await;
    let (_, second) = (stream.change().await, stream.change().await);
    let begun = std::time::Instant::now();
    let (a, b) = (stream.next().await.unwrap(), stream.next().await.unwrap());
    assert_eq!((a.name.as_str(), b.name.as_str()), ("heartbeat", "heartbeat"));
    assert_eq!(b.data["seq"].as_u64(), second.id);
    assert!((Duration::from_millis(1500)..Duration::from_secs(5)).contains(&begun.elapsed()));
}

#[tokio::test]
async fn a_cursor_of_another_journal_is_told_to_start_anew() {
    let house = open().await;
    let waiter = house.waiter().await;
    let mut stream = Stream::of(&waiter, Some(1_000_000)).await;
    assert_eq!(stream.next().await.unwrap().name, "reset");
}

#[tokio::test]
async fn a_fired_course_appears_and_its_held_ticket_goes() {
    let house = open().await;
    let waiter = house.waiter().await;
    let check = waiter.check_with_lines(1).await;
    let path = format!("/checks/{}", id(&check));
    let course = json!({ "course": check["lines"][0]["course"] });
    let mut stream = Stream::of(&waiter, None).await;
    waiter.post(&format!("{path}/hold"), course.clone()).await;
    let held = stream.change().await.data["changed"]["tickets"].clone();
    assert_eq!((&held[0]["kind"], &held[0]["state"]), (&json!("held"), &json!("open")));
    waiter.post(&format!("{path}/fire"), course).await;
    let fired = stream.change().await.data["changed"]["tickets"].clone();
    let of = |wanted: &Value| fired.as_array().unwrap().iter().find(|it| it["id"] == *wanted).cloned();
    assert_eq!(of(&held[0]["id"]).unwrap()["state"], "bumped");
    assert!(fired.as_array().unwrap().iter().any(|it| it["kind"] == "fire" && it["state"] == "open"));
}

#[tokio::test]
async fn what_the_kitchen_does_is_told_of_the_check_that_the_line_was_moved_to() {
    let house = open().await;
    let manager = house.manager().await;
    let home = manager.check_with_lines(1).await;
    manager.post(&format!("/checks/{}/fire", id(&home)), json!({})).await;
    let ticket = id(&manager.get("/kitchen/tickets").await.body[0]);
    let parts = json!({ "to": null, "lines": [{ "line_id": id(&home["lines"][0]) }] });
    let moved = manager.post(&format!("/checks/{}/move-lines", id(&home)), parts).await.body;
    let path = format!("/checks/{}", id(&moved["to"]));
    let before = manager.get(&path).await.body;

    let mut stream = Stream::of(&manager, None).await;
    manager.post(&format!("/kitchen/tickets/{ticket}/bump"), json!({})).await;
    let changed = stream.change().await.data["changed"].clone();
    let told = changed["checks"].as_array().unwrap().iter().find(|it| it["id"] == before["id"]).unwrap();
    assert_eq!(
        (&before["courses"][0]["progress"], &told["courses"][0]["progress"]),
        (&json!("fired"), &json!("ready"))
    );
    assert!(told["revision"].as_u64() > before["revision"].as_u64(), "{told} after {before}");
    assert_eq!(manager.get(&path).await.body["revision"], told["revision"]);
}

#[tokio::test]
async fn a_stream_ends_when_its_session_does_and_when_the_hub_stops() {
    let house = open().await;
    let (gone, here) = (house.waiter().await, house.manager().await);
    let (mut ending, mut staying) = (Stream::of(&gone, None).await, Stream::of(&here, None).await);
    gone.post("/auth/logout", json!({})).await;
    while ending.next().await.is_some() {}
    assert!(staying.next().await.is_some());
    let begun = std::time::Instant::now();
    house.hub.stop().await.unwrap();
    while staying.next().await.is_some() {}
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_stream_that_is_more_than_a_thousand_entries_behind_starts_anew() {
    let house = open().await;
    let waiter = house.waiter().await;
    let check = waiter.check_with_lines(1).await;
    let app = house.hub.app();
    let start = app.store.head();
    let staff = app.store.catalogue().staff.values().find(|staff| staff.handle == "waiter").unwrap().clone();
    let mut writes = tokio::task::JoinSet::new();
    for write in 0..1_001 {
        let command = Command::Rush { check: id(&check).parse().unwrap(), ticket: None, on: write % 2 == 0 };
        let request = Request {
            idempotency_key: format!("{write}"),
            by: staff.id,
            role: staff.role,
            approval: None,
            command,
        };
        let store = app.store.clone();
        writes.spawn(async move { store.command(request).await.unwrap() });
        if write % 100 == 0 {
            while writes.join_next().await.is_some() {}
        }
    }
    while writes.join_next().await.is_some() {}
    let reset = Stream::of(&waiter, Some(start)).await.next().await.unwrap();
    assert_eq!((reset.name.as_str(), reset.id), ("reset", Some(start + 1_001)));
    let mut stream = Stream::of(&waiter, Some(start + 1)).await;
    for seq in start + 2..=start + 1_001 {
        assert_eq!(stream.change().await.id, Some(seq));
    }
}
