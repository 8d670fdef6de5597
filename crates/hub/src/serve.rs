//! A running hub.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::{Connected, IntoMakeServiceWithConnectInfo};
use axum::serve::{IncomingStream, Listener};
use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_store::{CommandError, Durability, OpenError, Options, ReadError, Store};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::app::{App, AppState, Secure, time_known};
use crate::auth::{Approvals, Gate, Names, Paces, Pairings, PepperError, Pins, Terminals};
use crate::backup::{self, Backups, KeptError};
use crate::config::Settings;
use crate::demo::aurora::{self, AuroraError};
use crate::demo::lines::Lines;
use crate::demo::printers::DemoPrinters;
use crate::devices::{self, Devices};
use crate::door::{Door, Met, Places};
use crate::in_use::{self, Held, InUse};
use crate::limits::{DRAIN_TIME_MAX, EXPORTS_AT_ONCE_MAX, SLIP_WATCH};
use crate::live::{self, Live};
use crate::peer::{self, At, Hubs, HubsError, Identity, IdentityError, JoinError};
use crate::peers::Peers;
use crate::relay::{self, Relay, RelayError};
use crate::tls::{self, Authority, Certificates, House, SecureDoor};
use crate::upkeep::{self, Upkeep};
use crate::{printing, router, ui};
use maitred_process::clock;

/// How often the hub looks whether its store still runs.
const STORE_WATCH: Duration = Duration::from_millis(200);

/// Why a hub did not start, or did not go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Another one runs there.
    #[error(transparent)]
    InUse(#[from] InUse),
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The database cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// PINs cannot be compared.
    #[error(transparent)]
    Pepper(#[from] PepperError),
    /// The key of this hub cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// It did not join the venue.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// The hubs of the venue are not known.
    #[error(transparent)]
    Hubs(#[from] HubsError),
    /// The relay cannot be used, or is needed once and not there.
    #[error(transparent)]
    Relay(#[from] RelayError),
    /// What is known of backups cannot be used.
    #[error(transparent)]
    Backups(#[from] KeptError),
    /// The demo venue is damaged.
    #[error(transparent)]
    Demo(#[from] AuroraError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// No certificate can be made for screens.
    #[error("cannot make a certificate for screens")]
    Certificate(#[from] rcgen::Error),
    /// Nothing can be encrypted.
    #[error("cannot speak TLS")]
    Tls(#[from] rustls::Error),
    /// The server failed.
    #[error("the server failed")]
    Server(#[from] std::io::Error),
    /// The store ended by itself: whether the last commit happened is unknown until it is opened again.
    #[error("the store stopped by itself; start again to recover")]
    StoreStopped,
}

/// How somebody signs in for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstPin {
    /// What they sign in as.
    pub handle: String,
    /// Their PIN.
    pub pin: String,
}

/// A running hub.
pub struct Hub {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it listens for encrypted connections.
    pub secure_address: Option<SocketAddr>,
    /// PINs to show: those of the demo.
    pub pins: Vec<FirstPin>,
    app: App,
    started_with: Settings,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    printers: JoinHandle<()>,
    _held: Held,
}

impl Hub {
    /// Opens the store, listens and serves.
    ///
    /// # Errors
    /// [`ServeError`] when something is missing.
    pub async fn start(settings: Settings) -> Result<Self, ServeError> {
        std::fs::create_dir_all(&settings.data)?;
        let held = in_use::hold(&settings.data)?;
        if maitred_store::take_arrived(&settings.data)? {
            tracing::info!("the store is now the copy of another hub's");
        }
        // They are large, and seldom needed: everybody who starts a hub would carry them along.
        Box::pin(peer::join(&settings)).await?;
        Self::open(settings, held).await
    }

    /// Starts on a folder that is held, and belongs to a venue if it is to.
    async fn open(settings: Settings, held: Held) -> Result<Self, ServeError> {
        let started_with = settings.clone();
        let identity = Identity::open(&settings.data)?;
        let relay = open_relay(&settings, &identity).await?;
        let pins = Pins::open(&settings.data)?;
        let backups = Backups::open(&settings.data)?;
        let (store, shown) = open_store(&settings, &pins, &identity)?;
        let (stop, stopping) = watch::channel(false);
        let live = Live::default();
        let feed = live.feed();
        let (entries, papers, wants, last) =
            (feed.subscribe(), feed.subscribe(), feed.subscribe(), store.head());
        let peers: Peers = settings.peers.iter().cloned().collect();
        let hubs = Hubs::open(&store, identity, peers.clone(), settings.demo, settings.runner).await?;
        let grown = hubs.grown.clone();
        store.observe(move |entry| {
            grown.send_replace(entry.seq);
            // It fails only when nobody follows any more.
            let _ = feed.send(Arc::clone(entry));
        });
        let listener = listen(settings.listen).await?;
        let (address, places) = (listener.local_addr()?, Places::default());
        let demo = if settings.virtual_printers {
            demo_printers(&store, address, &pins).await
        } else {
            DemoPrinters::default()
        };
        let at_url = settings.url.iter().map(|url| url.host().to_owned());
        let announced = peer::announced_as(&hubs.standing.identity.key);
        let names = Names::new(settings.names.into_iter().chain(at_url).chain([announced]));
        let authority = Authority::of(pins.pepper());
        let (secure_door, secure) = match settings.listen_tls {
            Some(at) => {
                let door = Door::new(listen(at).await?, places.clone());
                let known = time_known(&store, &settings.clock);
                let (door, secure) = behind_tls(door, &authority, &names, known)?;
                (Some(door), Some(secure))
            }
            None => (None, None),
        };
        let secure_address = secure_door.as_ref().map(SecureDoor::local_addr).transpose()?;
        let app = App::from(AppState {
            store,
            clock: Arc::clone(&settings.clock),
            pins,
            gate: Gate::default(),
            devices: settings.devices,
            names,
            authority,
            secure,
            paces: Paces::default(),
            terminals: Terminals::default(),
            approvals: Approvals::default(),
            pairings: Pairings::default(),
            stopping: stopping.clone(),
            is_demo: settings.demo,
            peers,
            relay,
            hubs,
            live,
            metrics: crate::metrics::Metrics::default(),
            printers: printing::Printers::default(),
            wired: Devices::default(),
            has_broker: settings.broker.is_some(),
            simulated: settings.simulated.filter(|_| settings.demo),
            demo,
            lines: Lines::default(),
            exports: Arc::new(Semaphore::new(EXPORTS_AT_ONCE_MAX)),
            upkeep: Upkeep::default(),
            backups,
        });
        tokio::spawn(live::publish(app.clone(), entries, last));
        let printers = tokio::spawn(printing::run(app.clone(), papers));
        if let Some(broker) = settings.broker {
            tokio::spawn(devices::run(app.clone(), broker, wants));
        }
        let screens = ui::folder(settings.ui);
        let service = router::router(&app, screens.as_deref()).into_make_service_with_connect_info::<Met>();
        let door = Door::new(listener, places);
        let server = tokio::spawn(serve_all(door, secure_door, service, stopping));
        let url = settings.url.map(String::from);
        let secure_port = secure_address.map(|at| at.port());
        app.hubs.at.send_replace(Some(At { port: address.port(), url, secure_port }));
        keep_up(&app);
        if settings.discovers {
            tokio::spawn(peer::discover(app.clone()));
        }
        Ok(Self {
            address,
            secure_address,
            pins: shown,
            app,
            started_with,
            stop,
            server,
            printers,
            _held: held,
        })
    }

    /// What the handlers share.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Waits until the store ends by itself, which it does only when it does not know what it committed.
    pub async fn failed(&self) -> ServeError {
        let mut look = tokio::time::interval(STORE_WATCH);
        while !self.app.store.is_stopped() {
            look.tick().await;
        }
        ServeError::StoreStopped
    }

    /// Waits until the hub is to [start anew](Self::start_anew), because a copy of another hub's store lies beside its own.
    pub async fn asks_to_start_anew(&self) {
        self.app.hubs.copies.arrived().await;
    }

    /// Stops, and starts with what lies there then, at the same addresses.
    ///
    /// # Errors
    /// As [`start`](Self::start) and [`stop`](Self::stop).
    pub async fn start_anew(self) -> Result<Self, ServeError> {
        let listen_tls = self.secure_address;
        let settings = Settings { listen: self.address, listen_tls, ..self.started_with.clone() };
        self.stop().await?;
        Self::start(settings).await
    }

    /// Whether it does its work: a task of its own has its turn, and the database answers a write. A disk that refuses is an
    /// answer: reading goes on, and a hub that was started anew would fare no better.
    pub async fn works(&self) -> bool {
        let app = self.app.clone();
        let wrote = tokio::spawn(async move { app.store.try_write().await }).await;
        matches!(wrote, Ok(Ok(()) | Err(CommandError::Unhealthy(_))))
    }

    /// Ends event streams, waits for requests under way, and for everything accepted to be durable.
    ///
    /// # Errors
    /// When the server had failed.
    pub async fn stop(self) -> Result<(), ServeError> {
        self.stop.send_replace(true);
        let mut server = self.server;
        let drained = tokio::time::timeout(DRAIN_TIME_MAX, &mut server).await;
        if drained.is_err() {
            tracing::warn!("some requests did not end in time");
            server.abort();
            // It gives its addresses back.
            let _ = (&mut server).await;
        }
        // Printers end what they began; their own limit is shorter than ours.
        let _ = self.printers.await;
        let store = self.app.store.clone();
        // The writer's thread is waited for off the runtime.
        let _ = tokio::task::spawn_blocking(move || store.shut_down()).await;
        match drained {
            Ok(Ok(ended)) => Ok(ended?),
            Ok(Err(_)) | Err(_) => Ok(()),
        }
    }
}

/// The relay, where there is to be one.
async fn open_relay(settings: &Settings, identity: &Identity) -> Result<Option<Relay>, ServeError> {
    let Some(at) = settings.relay.clone() else { return Ok(None) };
    Ok(Some(Box::pin(Relay::open(at, &identity.secret_at_relay(), settings)).await?))
}

/// What a hub does by itself, until it stops.
fn keep_up(app: &App) {
    tokio::spawn(watch_slips(app.clone()));
    tokio::spawn(tls::keep_fresh(app.clone()));
    tokio::spawn(relay::keep_in_touch(app.clone()));
    tokio::spawn(peer::keep_calling(app.clone()));
    tokio::spawn(peer::take_over(app.clone()));
    tokio::spawn(upkeep::watch(app.clone()));
    upkeep::check(app.clone());
    tokio::spawn(backup::keep_backing_up(app.clone()));
}

/// Where the hub that listens at `address` is for its own box.
fn on_this_box(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { (Ipv4Addr::LOCALHOST, address.port()).into() } else { address }
}

async fn watch_slips(app: App) {
    let mut look = tokio::time::interval(SLIP_WATCH);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => app.demo.watch(app.now()),
        }
    }
}

async fn demo_printers(store: &Store, address: SocketAddr, pins: &Pins) -> DemoPrinters {
    let asked_at = format!("http://{}{}", on_this_box(address), printing::cloudprnt_path(pins));
    DemoPrinters::start(&store.catalogue(), &asked_at).await
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// Puts TLS behind a door, with a certificate for the house as it is now.
fn behind_tls(
    door: Door,
    authority: &Authority,
    names: &Names,
    known: Timestamp,
) -> Result<(SecureDoor, Secure), ServeError> {
    let port = door.local_addr()?.port();
    let certificates = Certificates::new(authority.clone(), House::of_box(names.all()), known)?;
    let certificates = Arc::new(certificates);
    Ok((SecureDoor::new(door, Arc::clone(&certificates))?, Secure { port, certificates }))
}

/// Serves whoever comes through either door, until the hub stops.
async fn serve_all(
    door: Door,
    secure_door: Option<SecureDoor>,
    service: IntoMakeServiceWithConnectInfo<axum::Router, Met>,
    stopping: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let Some(secure_door) = secure_door else { return serve(door, service, stopping).await };
    let secure = serve(secure_door, service.clone(), stopping.clone());
    tokio::try_join!(serve(door, service, stopping), secure).map(drop)
}

async fn serve<L: Listener<Addr = SocketAddr>>(
    door: L,
    service: IntoMakeServiceWithConnectInfo<axum::Router, Met>,
    mut stopping: watch::Receiver<bool>,
) -> std::io::Result<()>
where
    Met: for<'a> Connected<IncomingStream<'a, L>>,
{
    let stop = async move {
        // An error means that the hub itself is gone.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    axum::serve(door, service).with_graceful_shutdown(stop).await
}

/// Opens the store. A new one starts with the demo venue, or with nothing.
fn open_store(
    settings: &Settings,
    pins: &Pins,
    identity: &Identity,
) -> Result<(Store, Vec<FirstPin>), ServeError> {
    let options = Options {
        data: settings.data.clone(),
        clock: Arc::clone(&settings.clock),
        mint: clock::mint(),
        number_prefix: settings.number_prefix.clone().unwrap_or_else(|| identity.prefix.clone()),
        durability: Durability::Full,
        vfs: None,
    };
    if settings.demo && settings.standby_of.is_none() {
        let mut seed = Ok(());
        let store = Store::open(&options, || {
            aurora::catalogue(|pin| pins.hash(pin)).unwrap_or_else(|error| {
                seed = Err(error);
                Catalogue::default()
            })
        })?;
        seed?;
        let shown = aurora::pins()?.into_iter().map(|it| FirstPin { handle: it.handle, pin: it.pin });
        return Ok((store, shown.collect()));
    }
    // An empty venue: whoever opens its page first sets it up.
    Ok((Store::open(&options, Catalogue::default)?, Vec::new()))
}
