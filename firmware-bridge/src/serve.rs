//! A running bridge.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use maitred_device::field::homie::{self, Part, State};
use maitred_device::field::message::{Channel, SAY_AGAIN};
use maitred_process::clock;
use tokio::sync::mpsc;

use crate::bridge::Bridge;
pub use crate::broker::{BrokerUrl, NoBrokerUrl};
use crate::broker::{Connection, News};
use crate::outbox::Publication;
use crate::ports::{FROM_PORTS_MAX, FromPort, Wanted, Watched, watch};
pub use crate::simulate::SimulatedKind;
use crate::simulate::{self, SimulateError};

/// How often is looked for what is too late.
const TICK: Duration = Duration::from_millis(100);
/// How long to wait before the broker is called again, at first and at most.
const CALL_AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));
/// How long the bridge takes to say that it leaves.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// How a bridge is to run.
pub struct Settings {
    /// Where the broker is.
    pub broker: BrokerUrl,
    /// What the bridge is called.
    pub name: String,
    /// Which ports.
    pub ports: Vec<Wanted>,
    /// Devices to simulate, and where their controls listen.
    pub simulate: Option<(Vec<SimulatedKind>, SocketAddr)>,
}

/// Why a bridge did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No thread can be started.
    #[error("cannot start the threads")]
    Thread(#[source] std::io::Error),
    /// Devices cannot be simulated.
    #[error(transparent)]
    Simulate(#[from] SimulateError),
}

/// A running bridge.
pub struct Running {
    settings: Settings,
    bridge: Bridge,
    from_ports: mpsc::Receiver<FromPort>,
    /// Where the controls of simulated devices are.
    pub controls: Option<SocketAddr>,
    /// Ends with it.
    _simulated: Option<simulate::Simulated>,
}

impl Running {
    /// Opens ports, and starts what is simulated.
    ///
    /// # Errors
    /// [`ServeError`] when something is missing.
    pub async fn start(mut settings: Settings) -> Result<Self, ServeError> {
        let simulated = match settings.simulate.take() {
            Some((kinds, address)) => Some(simulate::start(&kinds, address).await?),
            None => None,
        };
        let (to_bridge, from_ports) = mpsc::channel(FROM_PORTS_MAX);
        let mut wanted = settings.ports.clone();
        wanted.extend(simulated.as_ref().map(simulate::Simulated::ports));
        let draw = || u32::from_ne_bytes(clock::random());
        watch(Watched { wanted, draw, to_bridge }).map_err(ServeError::Thread)?;
        let bridge = Bridge::new(&settings.name, || u128::from_ne_bytes(clock::random()));
        let controls = simulated.as_ref().map(|it| it.address);
        Ok(Self { settings, bridge, from_ports, controls, _simulated: simulated })
    }

    /// Runs until `told` ends, and says farewell.
    pub async fn until(mut self, told: impl Future<Output = ()>) {
        let mut told = std::pin::pin!(told);
        let mut wait = CALL_AGAIN.0;
        loop {
            let mut connection = self.call();
            let called = Instant::now();
            tokio::select! {
                () = &mut told => break self.say_farewell(&mut connection).await,
                why = self.serve(&mut connection) => tracing::warn!("the broker is away: {why}"),
            }
            self.bridge.outbox.lost();
            drop(connection);
            wait = if called.elapsed() > CALL_AGAIN.1 { CALL_AGAIN.0 } else { (wait * 2).min(CALL_AGAIN.1) };
            tokio::select! {
                () = &mut told => break,
                () = self.without_broker(wait) => {}
            }
        }
    }

    fn call(&self) -> Connection {
        let root = self.bridge.root();
        let topic = Part::State.topic(root);
        let will = Publication { topic, payload: State::Lost.word().into(), is_retained: true };
        Connection::open(&self.settings.broker, root.as_str(), will)
    }

    /// Serves on one connection; why it ended.
    async fn serve(&mut self, connection: &mut Connection) -> String {
        let mut tick = tokio::time::interval(TICK);
        loop {
            tokio::select! {
                news = connection.next() => {
                    if let Some(why) = self.take(news, connection) {
                        return why;
                    }
                }
                Some(what) = self.from_ports.recv() => self.bridge.port_told(now_ms(), what),
                _ = tick.tick() => self.bridge.tick(now_ms()),
            }
            if let Err(why) = self.hand_over(connection) {
                return why;
            }
        }
    }

    /// Takes news; why the connection is over, if it is.
    fn take(&mut self, news: News, connection: &Connection) -> Option<String> {
        match news {
            News::Connected => {
                tracing::info!("the broker answers");
                let filters = vec![
                    Channel::Command.filter(),
                    SAY_AGAIN.to_owned(),
                    // What the broker remembers of devices that may be gone.
                    homie::descriptions(),
                    homie::alerts(),
                    homie::settings(),
                ];
                self.bridge.connected();
                return connection.subscribe(filters).err().map(|error| error.to_string());
            }
            News::Sent(packet) => self.bridge.outbox.sent(packet),
            News::Taken(packet) => self.bridge.taken(packet),
            News::Heard { topic, payload } => self.bridge.heard(now_ms(), &topic, &payload),
            News::Lost(why) => return Some(why),
        }
        None
    }

    fn hand_over(&mut self, connection: &Connection) -> Result<(), String> {
        while let Some(publication) = self.bridge.next() {
            connection.publish(publication).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Listens to ports while there is no broker.
    async fn without_broker(&mut self, wait: Duration) {
        let over = tokio::time::sleep(wait);
        let mut over = std::pin::pin!(over);
        let mut tick = tokio::time::interval(TICK);
        loop {
            tokio::select! {
                () = &mut over => return,
                Some(what) = self.from_ports.recv() => self.bridge.port_told(now_ms(), what),
                _ = tick.tick() => self.bridge.tick(now_ms()),
            }
        }
    }

    async fn say_farewell(&mut self, connection: &mut Connection) {
        tracing::info!("stopping");
        self.bridge.farewell();
        let farewell = async {
            while !self.bridge.outbox.is_empty() {
                if self.hand_over(connection).is_err() {
                    return;
                }
                let news = connection.next().await;
                if self.take(news, connection).is_some() {
                    return;
                }
            }
            connection.leave();
            while !matches!(connection.next().await, News::Lost(_)) {}
        };
        // A broker that does not answer says the last will.
        let _ = tokio::time::timeout(FAREWELL_MAX, farewell).await;
    }
}

fn now_ms() -> i64 {
    clock::now().as_millisecond()
}
