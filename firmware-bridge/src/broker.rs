//! The connection to the broker. Each is a new client with a clean session: what has to survive a connection is in the
//! outbox, and everything that the client itself would keep is let go with it.

use std::str::FromStr;
use std::time::Duration;

use rumqttc::{
    AsyncClient, ClientError, Event, EventLoop, Incoming, LastWill, MqttOptions, Outgoing, QoS,
    SubscribeFilter,
};
use tokio::sync::mpsc;

use crate::outbox::Publication;

/// After which silence the broker takes the bridge for gone, and says its last will: once and a half of this.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Bytes of a packet in either direction.
const PACKET_BYTES_MAX: usize = 64 * 1024;
/// Requests that the client holds; more than the outbox ever has under way.
const REQUESTS_MAX: usize = 256;
/// What the client tells and nobody took yet.
const NEWS_MAX: usize = 256;

/// Where the broker is: `mqtt://[USER:PASSWORD@]HOST[:PORT]`.
#[derive(Clone, PartialEq, Eq)]
pub struct BrokerUrl {
    host: String,
    port: u16,
    login: Option<(String, String)>,
}

/// What is no such URL.
#[derive(Debug, thiserror::Error)]
#[error("say where the broker is as mqtt://[USER:PASSWORD@]HOST[:PORT]")]
pub struct NoBrokerUrl;

impl FromStr for BrokerUrl {
    type Err = NoBrokerUrl;

    fn from_str(text: &str) -> Result<Self, NoBrokerUrl> {
        let rest = text.strip_prefix("mqtt://").ok_or(NoBrokerUrl)?.trim_end_matches('/');
        let (login, place) = match rest.rsplit_once('@') {
            None => (None, rest),
            Some((login, place)) => {
                let (user, password) = login.split_once(':').ok_or(NoBrokerUrl)?;
                (Some((user.to_owned(), password.to_owned())), place)
            }
        };
        let (host, port) = match place.rsplit_once(':') {
            None => (place, 1883),
            Some((host, port)) => (host, port.parse().map_err(|_| NoBrokerUrl)?),
        };
        if host.is_empty() || host.contains(['/', '?', ' ']) {
            return Err(NoBrokerUrl);
        }
        Ok(Self { host: host.to_owned(), port, login })
    }
}

/// What a connection tells.
#[derive(Debug)]
pub enum News {
    /// The broker answers.
    Connected,
    /// The next publication went out under that packet id.
    Sent(u16),
    /// The broker has that packet.
    Taken(u16),
    /// Somebody published something.
    Heard {
        /// Where.
        topic: String,
        /// What.
        payload: Vec<u8>,
    },
    /// The connection is gone, for that reason.
    Lost(String),
}

/// One connection.
pub struct Connection {
    client: AsyncClient,
    news: mpsc::Receiver<News>,
    poller: tokio::task::JoinHandle<()>,
}

impl Connection {
    /// Calls the broker; `will` is what it says when the bridge is gone without a word.
    pub fn open(url: &BrokerUrl, client: &str, will: Publication) -> Self {
        let mut options = MqttOptions::new(client, &url.host, url.port);
        options
            .set_clean_session(true)
            .set_keep_alive(KEEP_ALIVE)
            .set_max_packet_size(PACKET_BYTES_MAX, PACKET_BYTES_MAX)
            .set_last_will(LastWill::new(will.topic, will.payload, QoS::AtLeastOnce, will.is_retained));
        if let Some((user, password)) = &url.login {
            options.set_credentials(user, password);
        }
        let (client, mut events) = AsyncClient::new(options, REQUESTS_MAX);
        let mut network = events.network_options();
        network.set_tcp_nodelay(true);
        network.set_connection_timeout(2);
        events.set_network_options(network);
        let (tell, news) = mpsc::channel(NEWS_MAX);
        let poller = tokio::spawn(poll(events, tell));
        Self { client, news, poller }
    }

    /// What it tells next; [`News::Lost`] is the last.
    pub async fn next(&mut self) -> News {
        self.news.recv().await.unwrap_or_else(|| News::Lost("the client ended".into()))
    }

    /// Wants to hear what is published under these filters.
    ///
    /// # Errors
    /// When the client takes no more.
    pub fn subscribe(&self, filters: Vec<String>) -> Result<(), ClientError> {
        let filters = filters.into_iter().map(|filter| SubscribeFilter::new(filter, QoS::AtLeastOnce));
        self.client.try_subscribe_many(filters)
    }

    /// Hands over a publication.
    ///
    /// # Errors
    /// When the client takes no more.
    pub fn publish(&self, it: Publication) -> Result<(), ClientError> {
        self.client.try_publish(it.topic, QoS::AtLeastOnce, it.is_retained, it.payload)
    }

    /// Leaves in good order: the broker then keeps the last will to itself.
    pub fn leave(&self) {
        // A connection that is gone has been left already.
        let _ = self.client.try_disconnect();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.poller.abort();
    }
}

/// Polls on a task of its own: the client must never wait for whoever publishes.
async fn poll(mut events: EventLoop, tell: mpsc::Sender<News>) {
    loop {
        let news = match events.poll().await {
            Ok(Event::Incoming(Incoming::ConnAck(_))) => News::Connected,
            Ok(Event::Incoming(Incoming::PubAck(ack))) => News::Taken(ack.pkid),
            Ok(Event::Incoming(Incoming::Publish(it))) => {
                News::Heard { topic: it.topic, payload: it.payload.to_vec() }
            }
            Ok(Event::Outgoing(Outgoing::Publish(packet))) => News::Sent(packet),
            Ok(_) => continue,
            Err(error) => News::Lost(error.to_string()),
        };
        let is_over = matches!(news, News::Lost(_));
        if tell.send(news).await.is_err() || is_over {
            return;
        }
    }
}
