//! One event stream.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use maitred_domain::ids::TerminalId;
use tokio::sync::{broadcast, mpsc};

use super::frame::{self, Frame, FrameKind};
use super::publisher::{change, heartbeat};
use crate::app::App;
use crate::auth::{Actor, Device};
use crate::door::Met;
use crate::limits::{CLIENT_FRAMES_MAX, CLIENT_READ_TIME_MAX, REPLAY_BATCH, REPLAY_ENTRIES_MAX};
use crate::plain;

/// Streams that are open, by device.
pub(super) type Clients = Arc<Mutex<HashMap<Device, usize>>>;

/// A stream that counts while it is open.
pub struct Seat {
    all: Arc<AtomicUsize>,
    of: Clients,
    device: Device,
}

impl Seat {
    pub(super) fn new(all: Arc<AtomicUsize>, of: Clients, device: Device) -> Self {
        all.fetch_add(1, Ordering::Relaxed);
        *of.lock().unwrap_or_else(PoisonError::into_inner).entry(device).or_default() += 1;
        Self { all, of, device }
    }

    /// Streams of the same device, this one among them.
    pub(super) fn of_device(&self) -> usize {
        let of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        of.get(&self.device).copied().unwrap_or_default()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::Relaxed);
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = of.get_mut(&self.device) {
            *count -= 1;
            if *count == 0 {
                of.remove(&self.device);
            }
        }
    }
}

/// Why a stream ends.
struct Ended;

/// Follows everything beyond `cursor` (without one: from now on) for `actor`, until the client leaves or falls behind,
/// the session ends, what it came over is no longer allowed, or the hub stops.
pub fn follow(app: &App, actor: &Actor, met: Met, cursor: Option<u64>, seat: Seat) -> mpsc::Receiver<Bytes> {
    let (to, frames) = mpsc::channel(CLIENT_FRAMES_MAX);
    let (token_hash, terminal) = (actor.token_hash, actor.terminal);
    let client = Client { app: app.clone(), token_hash, terminal, met, at: 0, to };
    // Subscribed before the journal is read, so that nothing falls between.
    let live = app.live.frames.subscribe();
    tokio::spawn(async move {
        let _seat = seat;
        let app = client.app.clone();
        tokio::select! {
            () = app.stopped() => {}
            Err(Ended) = client.run(cursor, live) => {}
        }
    });
    frames
}

struct Client {
    app: App,
    token_hash: [u8; 32],
    terminal: Option<TerminalId>,
    /// The connection that it came over.
    met: Met,
    /// The last entry that was sent.
    at: u64,
    to: mpsc::Sender<Bytes>,
}

impl Client {
    async fn run(mut self, cursor: Option<u64>, mut live: broadcast::Receiver<Frame>) -> Result<(), Ended> {
        self.send(Bytes::from_static(b"retry: 1000\n\n")).await?;
        self.start(cursor).await?;
        self.send(heartbeat(&self.app, self.at)).await?;
        loop {
            match live.recv().await {
                Ok(frame) => self.pass_on(frame).await?,
                Err(_) => return Err(self.cut_off()),
            }
        }
    }

    /// Sends what is beyond the cursor, or says that it is too much.
    async fn start(&mut self, cursor: Option<u64>) -> Result<(), Ended> {
        let head = self.app.store.head();
        self.at = cursor.unwrap_or(head);
        let behind = head.checked_sub(self.at).and_then(|behind| usize::try_from(behind).ok());
        if behind.is_some_and(|behind| behind <= REPLAY_ENTRIES_MAX) {
            return self.replay_to(head).await;
        }
        // Too far behind, or ahead: then it followed a journal that is no more.
        self.at = head;
        self.send(frame::reset(head)).await
    }

    async fn pass_on(&mut self, frame: Frame) -> Result<(), Ended> {
        if !Actor::is_let_in(&self.app, self.terminal) || !plain::is_allowed(&self.app, self.met) {
            return Err(Ended);
        }
        match frame.kind {
            FrameKind::Change(seq) if seq <= self.at => Ok(()),
            FrameKind::Change(seq) => {
                self.replay_to(seq - 1).await?;
                self.at = seq;
                self.send(frame.bytes).await
            }
            FrameKind::Heartbeat(seq) => {
                Actor::of_token(&self.app, self.token_hash, self.terminal).map_err(|_| Ended)?;
                self.replay_to(seq).await?;
                self.send(frame.bytes).await
            }
            FrameKind::Print => self.send(frame.bytes).await,
        }
    }

    /// Reads entries up to `seq` from the journal, where they were not sent yet.
    async fn replay_to(&mut self, seq: u64) -> Result<(), Ended> {
        while self.at < seq {
            let at = self.at;
            let read = self.app.read(move |app| Ok(app.store.entries_after(at, REPLAY_BATCH)?)).await;
            let entries = read.map_err(|_| Ended)?;
            if entries.is_empty() {
                return Err(Ended);
            }
            for entry in entries.iter().take_while(|entry| entry.seq <= seq) {
                self.at = entry.seq;
                self.send(change(&self.app, entry)).await?;
            }
        }
        Ok(())
    }

    async fn send(&self, bytes: Bytes) -> Result<(), Ended> {
        match tokio::time::timeout(CLIENT_READ_TIME_MAX, self.to.send(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ended),
            Err(_) => Err(self.cut_off()),
        }
    }

    fn cut_off(&self) -> Ended {
        self.app.metrics.cut_off.fetch_add(1, Ordering::Relaxed);
        Ended
    }
}
