//! The one task that talks with the broker.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use maitred_device::field::homie::Part;
use maitred_device::field::message::{Answer, Channel, Event, Message as _, SAY_AGAIN};
use maitred_domain::check::CheckFact;
use maitred_domain::fact::Fact;
use maitred_store::Committed;
use tokio::sync::broadcast::{self, error::RecvError};

use super::broker::{self, Broker, BrokerAt, FromBroker, Message};
use super::{heard, keys, tasks};
use crate::app::App;
use crate::limits::TASK_WATCH;

/// Listens to devices and tells them what waits for them, until the hub stops. `feed` tells of what facts want of them.
pub async fn run(app: App, at: BrokerAt, mut feed: broadcast::Receiver<Arc<Committed>>) {
    let origin = app.store.origin().to_string();
    let client_id = format!("maitred-hub-{}", origin.get(..12).unwrap_or(&origin));
    match app.store.key_presses() {
        Ok(presses) => app.wired.recall(presses),
        Err(error) => tracing::error!(%error, "what bump bars had chosen cannot be read"),
    }
    let (broker, mut from) = broker::connect(&at, client_id);
    let mut watch = tokio::time::interval(TASK_WATCH);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            heard = from.recv() => match heard {
                Some(heard) => take(&app, &broker, heard).await,
                None => return,
            },
            entry = feed.recv() => match entry {
                Ok(entry) if entry.facts.iter().any(|fact| wants_devices(&fact.fact)) => {
                    tasks::tell(&app, &broker).await;
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => tasks::tell(&app, &broker).await,
                Err(RecvError::Closed) => return,
            },
            () = app.wired.work.notified() => tasks::tell(&app, &broker).await,
            _ = watch.tick() => {
                keys::take_over(&app).await;
                tasks::tell(&app, &broker).await;
            }
        }
    }
}

fn wants_devices(fact: &Fact) -> bool {
    match fact {
        Fact::Check { fact, .. } => matches!(fact, CheckFact::Fired { .. } | CheckFact::Tendered { .. }),
        Fact::Device { .. } => true,
        Fact::Table { .. } | Fact::Stock { .. } | Fact::Day { .. } | Fact::Entity { .. } => false,
    }
}

async fn take(app: &App, broker: &dyn Broker, heard: FromBroker) {
    match heard {
        FromBroker::Connected => {
            app.wired.is_connected.store(true, Ordering::Relaxed);
            app.live.devices_changed();
            // A broker that was killed may have forgotten that this hub wants to hear anything.
            broker.publish(SAY_AGAIN.to_owned(), Vec::new());
        }
        FromBroker::Lost => {
            app.wired.is_connected.store(false, Ordering::Relaxed);
            app.wired.known().lose_all(app.now());
            app.live.devices_changed();
        }
        FromBroker::Message(message) => {
            understand(app, &message).await;
            broker.taken(&message);
        }
    }
}

/// What is malformed is dropped: it would be no better if it came again.
async fn understand(app: &App, message: &Message) {
    if let Some((homie, part)) = Part::of_topic(&message.topic) {
        let now = app.now();
        let changed = app.wired.known().hears_of(homie.as_str(), &part, &message.payload, now);
        for homie in changed {
            app.live.device_changed(&homie);
        }
        return;
    }
    match Channel::of_topic(&message.topic) {
        Some((Channel::Event, homie)) => match Event::read(&message.payload) {
            Ok(event) => heard::event(app, &homie, &event).await,
            Err(error) => tracing::warn!(%error, topic = message.topic, "a device says nonsense"),
        },
        Some((Channel::Answer, _)) => match Answer::read(&message.payload) {
            Ok(answer) => tasks::answered(app, answer).await,
            Err(error) => tracing::warn!(%error, topic = message.topic, "a device answers nonsense"),
        },
        Some((Channel::Command, _)) | None => {}
    }
}
