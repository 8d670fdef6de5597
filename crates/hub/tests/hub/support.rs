//! A hub, and people who use it.

use std::fs::File;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use maitred_domain::catalogue::{EntityChanged, Printer};
use maitred_domain::decide::Command;
use maitred_domain::permission::Role;
use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use maitred_process::clock;
use maitred_store::{Clock, Request};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A hub of the demo venue with a clock that can be set forward.
pub struct House {
    pub hub: Hub,
    pub data: TempDir,
    pub skipped_secs: Arc<AtomicI64>,
}

pub async fn open() -> House {
    open_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
}

/// The same at another address.
pub async fn open_at(listen: SocketAddr) -> House {
    let data = tempfile::tempdir().unwrap();
    let skipped_secs = Arc::new(AtomicI64::new(0));
    let hub = start(data.path(), listen, ticking(&skipped_secs)).await;
    unplug_printers(&hub).await;
    House { hub, data, skipped_secs }
}

/// Moves the demo's printers to an address where nobody listens: another demo on this box may have theirs.
async fn unplug_printers(hub: &Hub) {
    let unplugged = |printer: &Printer| Printer { address: "tcp://127.0.0.1:1".into(), ..printer.clone() };
    let catalogue = hub.app().store.catalogue();
    let printers = catalogue.printers.values();
    edit(hub, "unplug", printers.filter_map(|it| EntityChanged::between(Some(it), &unplugged(it))).collect())
        .await;
}

/// Changes settings as a manager does.
pub async fn edit(hub: &Hub, key: &str, changes: Vec<EntityChanged>) {
    let store = &hub.app().store;
    let catalogue = store.catalogue();
    let manager = catalogue.staff.values().find(|staff| staff.role == Role::Manager).unwrap();
    let request = Request {
        idempotency_key: key.into(),
        by: manager.id,
        role: manager.role,
        approval: None,
        command: Command::Edit { changes },
    };
    store.command(request).await.unwrap();
}

/// One for which no time passes but what is skipped, however long anything takes.
pub async fn open_out_of_time(listen: SocketAddr) -> House {
    let data = tempfile::tempdir().unwrap();
    let skipped_secs = Arc::new(AtomicI64::new(0));
    let (begun, skipped) = (clock::now(), Arc::clone(&skipped_secs));
    let now = move || begun + SignedDuration::from_secs(skipped.load(Ordering::Relaxed));
    let hub = start(data.path(), listen, Arc::new(now)).await;
    House { hub, data, skipped_secs }
}

fn ticking(skipped_secs: &Arc<AtomicI64>) -> Clock {
    let skipped = Arc::clone(skipped_secs);
    Arc::new(move || clock::now() + SignedDuration::from_secs(skipped.load(Ordering::Relaxed)))
}

async fn start(data: &Path, listen: SocketAddr, clock: Clock) -> Hub {
    Hub::start(Settings { demo: true, listen, clock, ..Settings::new(data) }).await.unwrap()
}

impl House {
    pub async fn restart(self) -> Self {
        let Self { hub, data, skipped_secs } = self;
        hub.stop().await.unwrap();
        let hub = start(data.path(), SocketAddr::from(([127, 0, 0, 1], 0)), ticking(&skipped_secs)).await;
        Self { hub, data, skipped_secs }
    }

    pub fn skip(&self, secs: i64) {
        self.skipped_secs.fetch_add(secs, Ordering::Relaxed);
    }

    /// Where the hub is for its own box.
    pub fn url(&self) -> String {
        let port = self.hub.address.port();
        format!("http://{}", SocketAddr::from(([127, 0, 0, 1], port)))
    }

    pub fn nobody(&self) -> Person {
        Person { base: self.url(), token: None, client: reqwest::Client::new() }
    }

    pub async fn manager(&self) -> Person {
        self.sign_in("manager", "2468").await
    }

    pub async fn waiter(&self) -> Person {
        self.sign_in("waiter", "2222").await
    }

    pub async fn sign_in(&self, handle: &str, pin: &str) -> Person {
        let mut person = self.nobody();
        let session = person.post("/auth/login", json!({ "staff": handle, "pin": pin })).await;
        assert_eq!(session.status, StatusCode::OK, "{session:?}");
        person.token = Some(session.body["access_token"].as_str().unwrap().to_owned());
        person
    }
}

/// Somebody with a screen.
pub struct Person {
    pub base: String,
    pub token: Option<String>,
    pub client: reqwest::Client,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub content_type: String,
    pub body: Value,
}

impl Answer {
    pub fn code(&self) -> &str {
        assert_eq!(self.content_type, "application/problem+json", "{self:?}");
        assert_eq!(self.body["status"], self.status.as_u16(), "{self:?}");
        self.body["code"].as_str().unwrap()
    }
}

impl Person {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = match path.strip_prefix("//") {
            Some(path) => format!("{}/{path}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let request = self.client.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    pub async fn post_with_key(&self, path: &str, key: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).header("Idempotency-Key", key).json(&body)).await
    }

    /// The first table that is free.
    pub async fn free_table(&self) -> String {
        let floor = self.get("/floor").await.body;
        let areas = floor["areas"].as_array().unwrap().iter();
        let mut tables = areas.flat_map(|area| area["tables"].as_array().unwrap());
        id(tables.find(|table| table["state"] == "free").unwrap())
    }

    /// Items that want no choice, with a station.
    pub async fn plain_items(&self) -> Vec<Value> {
        let menu = self.get("/menu").await.body;
        let items = menu["items"].as_array().unwrap().iter();
        let plain = items.filter(|item| {
            item["modifier_groups"].as_array().unwrap().iter().all(|group| group["min"] == 0)
                && item["station"].is_string()
                && item["open"] == false
        });
        plain.cloned().collect()
    }

    /// Opens a check at a free table with `count` lines.
    pub async fn check_with_lines(&self, count: usize) -> Value {
        let table = self.free_table().await;
        let check = self.post("/checks", json!({ "table_id": table, "covers": 2 })).await;
        assert_eq!(check.status, StatusCode::CREATED, "{check:?}");
        let items = self.plain_items().await;
        let lines: Vec<Value> =
            items.iter().take(count).map(|item| json!({ "item_id": item["id"], "quantity": 1 })).collect();
        let added = self.post(&format!("/checks/{}/lines", id(&check.body)), json!({ "lines": lines })).await;
        assert_eq!(added.status, StatusCode::CREATED, "{added:?}");
        added.body["check"].clone()
    }
}

pub async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status();
    let content_type = response.headers().get("content-type").map(|value| value.to_str().unwrap().to_owned());
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Answer { status, content_type: content_type.unwrap_or_default(), body }
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

pub fn ids(values: &Value) -> Vec<String> {
    values.as_array().unwrap().iter().map(id).collect()
}

/// Has logged to a file, from now on, what `filter` names.
pub fn log_to(file: &Path, filter: &str) {
    let writer = Mutex::new(File::create(file).unwrap());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).init();
}
