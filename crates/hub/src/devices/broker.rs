//! The connection to the broker.
//!
//! The client forgets what was not acknowledged when the broker has lost the session, and does not subscribe again by
//! itself: so it subscribes at every connection, and nothing is kept here that the store does not have.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, Publish, QoS, SubscribeFilter};
use tokio::sync::mpsc;

use crate::limits::{BROKER_MESSAGES_MAX, BROKER_RETRY};
use maitred_device::field::homie;
use maitred_device::field::message::Channel;

/// Where the broker is: `mqtt://host:port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokerAt {
    host: String,
    port: u16,
}

/// What is no address of a broker.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a broker is mqtt://host or mqtt://host:port, not {0:?}")]
pub struct NoBroker(String);

/// MQTT without TLS: the broker is on this box.
const PORT: u16 = 1883;

impl FromStr for BrokerAt {
    type Err = NoBroker;

    fn from_str(text: &str) -> Result<Self, NoBroker> {
        let no_broker = || NoBroker(text.to_owned());
        let rest = text.strip_prefix("mqtt://").ok_or_else(no_broker)?.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| no_broker())?),
            None => (rest, PORT),
        };
        if host.is_empty() || host.contains(['/', '@', ' ']) || port == 0 {
            return Err(no_broker());
        }
        Ok(Self { host: host.to_owned(), port })
    }
}

/// A message of the broker.
#[derive(Clone, Debug)]
pub struct Message {
    pub topic: String,
    pub payload: Vec<u8>,
    /// What the broker wants to hear when it was taken, on the connection of that number: on another, the same packet id
    /// is another message.
    receipt: Option<(u64, Publish)>,
}

/// What comes from the broker.
#[derive(Debug)]
pub enum FromBroker {
    Connected,
    Lost,
    Message(Message),
}

/// The way to a broker; tests have one without a network.
pub trait Broker: Send + Sync {
    /// Sends a message, at least once. False when it cannot be taken now.
    fn publish(&self, topic: String, payload: Vec<u8>) -> bool;
    /// Says that a message was taken, durably: until then it comes again.
    fn taken(&self, message: &Message);
}

/// A broker over MQTT 3.1.1.
pub struct Mqtt {
    client: AsyncClient,
    connections: Arc<AtomicU64>,
}

impl Broker for Mqtt {
    fn publish(&self, topic: String, payload: Vec<u8>) -> bool {
        self.client.try_publish(topic, QoS::AtLeastOnce, false, payload).is_ok()
    }

    fn taken(&self, message: &Message) {
        if let Some((connection, publish)) = &message.receipt
            && *connection == self.connections.load(Ordering::Relaxed)
            && let Err(error) = self.client.try_ack(publish)
        {
            // It comes again, and is known then.
            tracing::debug!(%error, topic = message.topic, "a message was not acknowledged");
        }
    }
}

/// Connects to a broker, for ever again, as `client_id`: the broker keeps what it has for it while it is away.
pub fn connect(at: &BrokerAt, client_id: String) -> (Mqtt, mpsc::Receiver<FromBroker>) {
    let mut options = MqttOptions::new(client_id, at.host.clone(), at.port);
    options.set_keep_alive(Duration::from_secs(5));
    options.set_clean_session(false);
    options.set_manual_acks(true);
    let (client, mut events) = AsyncClient::new(options, BROKER_MESSAGES_MAX);
    events.network_options.set_tcp_nodelay(true);
    let (to, from) = mpsc::channel(BROKER_MESSAGES_MAX);
    let connections = Arc::<AtomicU64>::default();
    tokio::spawn(poll(events, client.clone(), Arc::clone(&connections), to));
    (Mqtt { client, connections }, from)
}

/// Turns the wheel until nobody listens any more.
async fn poll(
    mut events: EventLoop,
    client: AsyncClient,
    connections: Arc<AtomicU64>,
    to: mpsc::Sender<FromBroker>,
) {
    let mut is_connected = false;
    loop {
        let heard = match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                is_connected = true;
                connections.fetch_add(1, Ordering::Relaxed);
                // It fails only when the queue is full, and then the connection is of no use anyway.
                if let Err(error) = client.try_subscribe_many(wanted()) {
                    tracing::error!(%error, "the broker was not asked for anything");
                }
                FromBroker::Connected
            }
            Ok(Event::Incoming(Packet::Publish(publish))) => FromBroker::Message(Message {
                topic: publish.topic.clone(),
                payload: publish.payload.to_vec(),
                receipt: Some((connections.load(Ordering::Relaxed), publish)),
            }),
            Ok(Event::Incoming(_) | Event::Outgoing(_)) => continue,
            Err(error) => {
                if is_connected {
                    tracing::warn!(%error, "the broker is gone");
                }
                tokio::time::sleep(BROKER_RETRY).await;
                if !std::mem::take(&mut is_connected) {
                    if to.is_closed() {
                        return;
                    }
                    continue;
                }
                FromBroker::Lost
            }
        };
        if to.send(heard).await.is_err() {
            // In good order, so that the broker does not wait for it.
            drop(client.try_disconnect());
            drop(tokio::time::timeout(BROKER_RETRY, events.poll()).await);
            return;
        }
    }
}

fn wanted() -> Vec<SubscribeFilter> {
    let filters = [homie::everything(), Channel::Event.filter(), Channel::Answer.filter()];
    filters.into_iter().map(|filter| SubscribeFilter::new(filter, QoS::AtLeastOnce)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_broker_is_a_host_and_perhaps_a_port() {
        let at = |text: &str| text.parse::<BrokerAt>();
        assert_eq!(at("mqtt://127.0.0.1"), at("mqtt://127.0.0.1:1883"));
        assert_eq!(at("mqtt://box:2000/").map(|at| at.port), Ok(2000));
        for wrong in ["127.0.0.1:1883", "mqtt://", "mqtt://a:b", "mqtt://u@h", "mqtt://h:0", "http://h"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
