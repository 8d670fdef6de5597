//! One connection between two hubs, from the greeting to the end: frames of the session both ways, and beats.
//!
//! What arrives is read by one task and what goes is sent by another, so that a slow disk does not look like a dead hub;
//! between them and here are short queues, and who fills one waits.

mod ended;
mod fresh;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use maitred_store::{CommandError, Health, HubKey, HubRecord, ReadError};
use maitred_sync::{Delivery, Output, Session, Vector};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};

pub use self::ended::LinkError;
use self::fresh::Fresh;
use super::copy::{CopyError, Step};
use super::progress::{CatchingUp, Paced, Progress};
use super::say::{At, Message, Say};
use super::secure::{SecureReader, SecureWriter, Secured};
use super::standing::{Alarm, AlarmKind};
use crate::app::App;
use crate::demo::lines::Line;
use crate::limits::{
    COPY_PIECES_AHEAD_MAX, PEER_BEAT, PEER_MESSAGES_MAX, PEER_SEND_TIME_MAX, PEER_SILENCE_MAX,
    TAKEN_OVER_TOLD_FOR,
};
use crate::peers::PeerUrl;

/// Where the other side is, as far as the connection tells.
pub enum Seen {
    /// It was called there.
    At(PeerUrl),
    /// It called from there.
    From(IpAddr),
}

impl Seen {
    /// Its address, after it said where it listens.
    fn url(&self, at: &At) -> Option<PeerUrl> {
        if let Some(url) = &at.url {
            return url.parse().ok();
        }
        match self {
            Self::At(url) => Some(url.clone()),
            Self::From(IpAddr::V4(ip)) => format!("http://{ip}:{}", at.port).parse().ok(),
            Self::From(IpAddr::V6(ip)) => format!("http://[{ip}]:{}", at.port).parse().ok(),
        }
    }
}

/// The hub of this venue that has this key.
///
/// # Errors
/// [`LinkError::Stranger`] when there is none.
pub fn hub_of(app: &App, key: HubKey) -> Result<HubRecord, LinkError> {
    let hubs = app.store.hubs()?;
    hubs.into_iter().find(|hub| hub.key == key && !hub.removed).ok_or(LinkError::Stranger(key))
}

/// One connection.
struct Link<'a> {
    app: &'a App,
    hub: HubRecord,
    number: u64,
    seen: Seen,
    session: Option<Session>,
    /// This hub knows nothing yet, and there is no session before it has asked for a copy.
    fresh: Option<Fresh>,
    /// What becomes of a copy that arrives is told here.
    steps: mpsc::Sender<Step>,
    /// A copy that is given away, and room for pieces of it.
    giving: JoinSet<()>,
    ahead: Arc<Semaphore>,
    /// What is to be sent.
    out: mpsc::Sender<Vec<u8>>,
    /// How far this hub has got with what the other knows.
    catching_up: CatchingUp,
    begun_at: Instant,
    logs: Paced,
    shows: Paced,
    /// What the other side knew when it last said so.
    there: Option<Vector>,
    /// Papers settled since then are still to be told.
    told_papers: Timestamp,
    is_caught_up: bool,
    heard_at: Instant,
}

/// Talks to another hub until something ends it.
pub async fn run(app: &App, secured: Secured, seen: Seen) -> LinkError {
    let Secured { peer, reader, writer } = secured;
    let hub = match hub_of(app, peer.into()) {
        Ok(hub) => hub,
        Err(error) => return error,
    };
    let number = app.hubs.standing.connect(&hub);
    let (out, to_send) = mpsc::channel(PEER_MESSAGES_MAX);
    let (heard, inbox) = mpsc::channel(PEER_MESSAGES_MAX);
    let key = hub.key;
    let mut ends = JoinSet::new();
    ends.spawn(send(writer, to_send));
    ends.spawn(listen(reader, heard));
    let (steps, stepped) = mpsc::channel(COPY_PIECES_AHEAD_MAX);
    let mut link = Link {
        app,
        hub,
        number,
        seen,
        session: None,
        fresh: (app.store.head() == 0).then(Fresh::default),
        steps,
        giving: JoinSet::new(),
        ahead: Arc::new(Semaphore::new(COPY_PIECES_AHEAD_MAX)),
        out,
        catching_up: CatchingUp::default(),
        begun_at: Instant::now(),
        logs: Paced::every(CATCH_UP_LOGGED_EVERY),
        shows: Paced::every(CATCH_UP_SHOWN_EVERY),
        there: None,
        told_papers: Timestamp::MIN,
        is_caught_up: false,
        heard_at: Instant::now(),
    };
    let ended = tokio::select! {
        ended = link.talk(inbox, stepped) => ended,
        () = app.lines.cut(Line::Lan) => LinkError::Cut,
        broken = ends.join_next() => match broken {
            Some(Ok(error)) => error,
            Some(Err(_)) | None => LinkError::Malformed,
        },
    };
    app.hubs.standing.disconnect(key, number);
    ended
}

async fn listen(mut reader: SecureReader, heard: mpsc::Sender<Message>) -> LinkError {
    loop {
        let bytes = match reader.receive().await {
            Ok(bytes) => bytes,
            Err(error) => return error.into(),
        };
        let Some(message) = Message::decode(&bytes) else { return LinkError::Malformed };
        if heard.send(message).await.is_err() {
            return LinkError::Stopping;
        }
    }
}

async fn send(mut writer: SecureWriter, mut to_send: mpsc::Receiver<Vec<u8>>) -> LinkError {
    while let Some(message) = to_send.recv().await {
        match tokio::time::timeout(PEER_SEND_TIME_MAX, writer.send(&message)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error.into(),
            Err(_) => return LinkError::Silent,
        }
    }
    writer.close().await;
    LinkError::Stopping
}

impl Link<'_> {
    async fn talk(&mut self, inbox: mpsc::Receiver<Message>, stepped: mpsc::Receiver<Step>) -> LinkError {
        match self.converse(inbox, stepped).await {
            Ok(()) => LinkError::Stopping,
            Err(error) => error,
        }
    }

    async fn converse(
        &mut self,
        mut inbox: mpsc::Receiver<Message>,
        mut stepped: mpsc::Receiver<Step>,
    ) -> Result<(), LinkError> {
        let mut grown = self.app.hubs.grown.subscribe();
        let mut people = self.app.store.people_news();
        let mut hubs = self.app.hubs.known.subscribe();
        let mut beat = interval(PEER_BEAT);
        let mut at = self.app.hubs.at.subscribe();
        let at = at.wait_for(Option::is_some).await.ok().and_then(|at| at.clone());
        let at = at.ok_or(LinkError::Stopping)?;
        let copy_bytes = self.app.store.size_bytes()?;
        self.say(Say::Introduce { origin: self.app.store.origin(), at, copy_bytes }).await?;
        self.say(Say::Hubs { hubs: self.app.store.hubs()? }).await?;
        self.say(Say::People { people: self.app.store.people()? }).await?;
        let since = self.app.now().checked_sub(TAKEN_OVER_TOLD_FOR).unwrap_or(Timestamp::MIN);
        let papers = self.app.store.taken_over(since)?;
        self.say(Say::TookOver { papers }).await?;
        if self.fresh.is_none() {
            self.greet().await?;
        }
        loop {
            tokio::select! {
                () = self.app.stopped() => return Ok(()),
                message = inbox.recv() => {
                    self.heard_at = Instant::now();
                    self.app.hubs.standing.heard(self.hub.key);
                    self.hear(message.ok_or(LinkError::Malformed)?).await?;
                }
                Some(step) = stepped.recv() => self.step(step).await?,
                _ = grown.changed() => {}
                _ = people.changed() => self.say(Say::People { people: self.app.store.people()? }).await?,
                _ = hubs.changed() => {
                    hub_of(self.app, self.hub.key)?;
                    self.say(Say::Hubs { hubs: self.app.store.hubs()? }).await?;
                }
                _ = beat.tick() => self.beat().await?,
            }
            self.send_frames().await?;
        }
    }

    /// Begins the session.
    async fn greet(&mut self) -> Result<(), LinkError> {
        let (session, hello) = self.app.store.open_session(self.app.store.realm())?;
        self.catching_up = CatchingUp::from(self.app.store.vector()?);
        self.begun_at = Instant::now();
        self.session = Some(session);
        self.send(&Message::Frame(hello)).await
    }

    async fn beat(&mut self) -> Result<(), LinkError> {
        if self.heard_at.elapsed() > PEER_SILENCE_MAX {
            return Err(LinkError::Silent);
        }
        if !self.app.hubs.standing.is_latest(self.hub.key, self.number) {
            return Err(LinkError::Replaced);
        }
        self.go_on().await?;
        self.tell_papers().await?;
        let ready = self.is_caught_up && self.app.store.health() == Health::Healthy;
        self.say(Say::Beat { ready, vector: self.app.store.vector()? }).await
    }

    /// Tells which papers need not be printed by anybody else.
    async fn tell_papers(&mut self) -> Result<(), LinkError> {
        let now = self.app.now();
        let papers = self.app.store.settled_papers(self.told_papers)?;
        self.told_papers = now.checked_sub(SETTLED_AGAIN).unwrap_or(now);
        if papers.is_empty() { Ok(()) } else { self.say(Say::Printed { papers }).await }
    }

    async fn hear(&mut self, message: Message) -> Result<(), LinkError> {
        match message {
            Message::Frame(hello) if self.fresh.is_some() => self.hold(hello)?,
            Message::Piece(packed) => self.piece_came(packed),
            Message::Frame(frame) => {
                self.catching_up.bytes += frame.len() as u64;
                let app = self.app.clone();
                let outputs = self.with_session(move |session| app.store.receive(session, &frame)).await?;
                for output in outputs {
                    self.act(output).await?;
                }
            }
            Message::Say(Say::Introduce { origin, at, copy_bytes }) => {
                let url = self.seen.url(&at).ok_or(LinkError::Malformed)?;
                let secure = at.secure_port.map(|port| url.secured(port));
                self.app.hubs.standing.introduced(self.hub.key, origin, url.clone(), secure.clone());
                let (url, secure_url) = (Some(url.into()), secure.map(String::from));
                self.learn(vec![HubRecord { url, secure_url, ..self.hub.clone() }]).await?;
                self.offered(copy_bytes).await?;
            }
            Message::Say(Say::Beat { ready, vector }) => {
                self.app.hubs.standing.is_ready(self.hub.key, ready);
                self.there = Some(vector);
                self.compare().await?;
            }
            Message::Say(Say::Hubs { hubs }) => self.learn(hubs).await?,
            Message::Say(Say::People { people }) => self.app.store.merge_people(people).await?,
            Message::Say(Say::Printed { papers }) => self.app.store.know_printed(papers).await?,
            Message::Say(Say::TookOver { papers }) => {
                self.app.store.dismiss_taken(papers).await?;
                self.app.printers.wake();
            }
            Message::Say(Say::WantCopy { schema }) => self.give_copy(schema)?,
            Message::Say(Say::CopyTaken) => self.ahead.add_permits(1),
            Message::Say(Say::Copy { bytes }) => self.copy_comes(bytes).await?,
            Message::Say(Say::Copied { hash }) => self.copy_came(hash),
            Message::Say(Say::NoCopy { why }) => self.no_copy_comes(CopyError::Refused(why)).await?,
            Message::Say(Say::Join | Say::Welcome(_) | Say::Unknown) => {}
        }
        Ok(())
    }

    /// Takes what the other side knows of the hubs of the venue.
    async fn learn(&mut self, hubs: Vec<HubRecord>) -> Result<(), LinkError> {
        let before = self.app.store.hubs()?;
        self.app.store.know_hubs(hubs).await?;
        if self.app.store.hubs()? != before {
            self.app.hubs.changed();
        }
        Ok(())
    }

    /// Finds out whether this hub now knows what the other knew.
    async fn compare(&mut self) -> Result<(), LinkError> {
        let is_done = self.is_caught_up || self.fresh.is_some();
        let Some(there) = self.there.as_ref().filter(|_| !is_done) else { return Ok(()) };
        let here = self.app.store.vector()?;
        if !here.covers(there) {
            let progress = self.catching_up.progress(&here, there, self.begun_at.elapsed());
            self.tell(progress);
            return Ok(());
        }
        self.is_caught_up = true;
        self.app.hubs.standing.caught_up_with(self.hub.key);
        self.app.live.attention_changed();
        tracing::info!(hub = %self.hub.key, "caught up with another hub");
        self.beat().await
    }

    /// Tells people how far this hub has got, when there is much.
    fn tell(&mut self, progress: Progress) {
        if progress.of >= CATCH_UP_TOLD_ENTRIES_MIN {
            self.show(progress);
        }
    }

    fn show(&mut self, progress: Progress) {
        self.app.hubs.standing.catching_up_with(self.hub.key, progress);
        if self.shows.is_due() {
            self.app.live.attention_changed();
        }
        if self.logs.is_due() {
            let Progress { entries, of, bytes, copy_bytes, secs_left } = progress;
            tracing::info!(entries, of, bytes, copy_bytes, secs_left, "catching up with another hub");
        }
    }

    async fn act(&mut self, output: Output) -> Result<(), LinkError> {
        match output {
            Output::Send(frame) => self.send(&Message::Frame(frame)).await?,
            Output::Agreed { knows, .. } => self.acknowledged(&knows)?,
            Output::Acknowledged(vector) => self.acknowledged(&vector)?,
            Output::Store(delivery) => self.store(delivery).await?,
            Output::Rewound { seq } => {
                self.alarm(AlarmKind::Rewound, self.app.store.origin(), seq);
                self.app.store.become_another().await?;
                return Err(LinkError::Reborn);
            }
            Output::Forked { origin, seq } => self.alarm(AlarmKind::Forked, origin, seq),
            Output::Refused { origin, seq, reason, .. } => {
                self.alarm(AlarmKind::Refused(reason), origin, seq);
            }
            Output::Close(reason) => return Err(LinkError::Bye(reason)),
        }
        Ok(())
    }

    fn acknowledged(&self, vector: &Vector) -> Result<(), LinkError> {
        self.app.hubs.standing.acknowledged(self.hub.key, vector, &self.app.store.vector()?);
        Ok(())
    }

    fn alarm(&self, kind: AlarmKind, origin: maitred_sync::Origin, seq: u64) {
        self.app.hubs.standing.raise(Alarm { kind, origin, seq, at: self.app.now() });
    }

    async fn store(&mut self, delivery: Delivery) -> Result<(), LinkError> {
        let number = delivery.number;
        let vector = loop {
            match self.app.store.deliver(delivery.clone()).await {
                Err(CommandError::Busy) => tokio::time::sleep(BUSY_WAIT).await,
                delivered => break delivered?,
            }
        };
        let ack = self.session.as_mut().map(|session| session.stored(number, &vector));
        if let Some(ack) = ack {
            self.send(&Message::Frame(ack)).await?;
        }
        self.compare().await
    }

    /// Sends what lies here and not there, as far as the other side keeps up.
    async fn send_frames(&mut self) -> Result<(), LinkError> {
        if self.fresh.is_some() {
            return Ok(());
        }
        loop {
            let app = self.app.clone();
            let frame = self.with_session(move |session| app.store.next_frame(session)).await?;
            match frame {
                Some(frame) => self.send(&Message::Frame(frame)).await?,
                None => return Ok(()),
            }
        }
    }

    /// Reads from the disk, off the threads that serve requests.
    async fn with_session<T: Send + 'static>(
        &mut self,
        read: impl FnOnce(&mut Session) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, LinkError> {
        let mut session = self.session.take().ok_or(LinkError::Stopping)?;
        let done = tokio::task::spawn_blocking(move || {
            let outcome = read(&mut session);
            (session, outcome)
        });
        let (session, outcome) = done.await.map_err(|_| LinkError::Stopping)?;
        self.session = Some(session);
        Ok(outcome?)
    }

    async fn say(&self, say: Say) -> Result<(), LinkError> {
        self.send(&Message::Say(say)).await
    }

    async fn send(&self, message: &Message) -> Result<(), LinkError> {
        self.out.send(message.encode()).await.map_err(|_| LinkError::Stopping)
    }
}

/// What was settled so shortly before it was told is told again: the clock may stand between the two.
const SETTLED_AGAIN: SignedDuration = SignedDuration::from_secs(1);
/// Catching up with less is not told: it is over before anybody looks.
const CATCH_UP_TOLD_ENTRIES_MIN: u64 = 1_000;
/// How often screens hear of progress.
const CATCH_UP_SHOWN_EVERY: Duration = Duration::from_secs(1);
/// How often progress is logged.
const CATCH_UP_LOGGED_EVERY: Duration = Duration::from_secs(5);
/// How long to wait when the writer has too much to do.
const BUSY_WAIT: Duration = Duration::from_millis(20);
