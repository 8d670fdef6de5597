//! A session on a socket: reading, writing and thinking go on at the same time, so that two sides that both have much to
//! say never wait for each other.

use maitred_sync::{ByeReason, Delivery, Output, Session, Vector};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::limits::{INCOMING_FRAMES_MAX, OUTGOING_FRAMES_MAX, PING_EVERY, SILENCE_MAX, WRITE_TIME_MAX};
use crate::socket::{Reader, Writer};
use crate::{Socket, SocketError};

/// What is kept caught up. Every call may wait for a disk: they are made off the threads that serve others.
pub trait Replica: Clone + Send + 'static {
    /// Why it cannot be read or written.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Starts a session, with the frame to greet with.
    ///
    /// # Errors
    /// When it cannot be read.
    fn open(&self) -> Result<(Session, Vec<u8>), Self::Error>;

    /// Hands a frame to a session.
    ///
    /// # Errors
    /// When it cannot be read.
    fn receive(&self, session: &mut Session, frame: &[u8]) -> Result<Vec<Output>, Self::Error>;

    /// The next frame for the other side.
    ///
    /// # Errors
    /// When it cannot be read.
    fn next_frame(&self, session: &mut Session) -> Result<Option<Vec<u8>>, Self::Error>;

    /// Makes deliveries durable, all or none, and returns how far every journal is known then.
    ///
    /// # Errors
    /// When it cannot be written.
    fn deliver(&self, deliveries: Vec<Delivery>) -> Result<Vector, Self::Error>;

    /// Changes whenever there is more to send.
    fn growth(&self) -> watch::Receiver<u64>;
}

/// What a caller may want to know of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Entries of the other side are durable here.
    Stored(Vector),
    /// Something that the session says, other than what to send or to store.
    Session(Output),
}

/// Why a conversation ended.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// One side said why.
    #[error("a side ended it: {0:?}")]
    Bye(ByeReason),
    /// The connection is gone.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// This side cannot read or write.
    #[error("this side cannot go on: {0}")]
    Failed(String),
}

/// Keeps `replica` and whoever is at the other end of `socket` caught up until one of them cannot go on. `tell` must not
/// block. To stop, drop the future. Whoever is at the other end has proved before who it is.
pub async fn converse<R: Replica>(replica: R, mut socket: Socket, tell: impl FnMut(Event)) -> Ended {
    socket.reader.trust();
    let (frames, incoming) = mpsc::channel(INCOMING_FRAMES_MAX);
    let (outgoing, queue) = mpsc::channel(OUTGOING_FRAMES_MAX);
    let growth = replica.growth();
    let talk = async {
        let (session, hello) = off_thread(replica.clone(), Replica::open).await?;
        send(&outgoing, hello).await?;
        let mut talk = Talk { replica, session: Some(session), tell };
        talk.run(incoming, &outgoing, growth).await
    };
    let ended = tokio::select! {
        error = read(socket.reader, frames) => Ended::Socket(error),
        error = write(socket.writer, queue) => Ended::Socket(error),
        ended = talk => match ended {
            Ok(never) => match never {},
            Err(ended) => ended,
        },
    };
    ended
}

enum Never {}

async fn read(mut reader: Reader, frames: mpsc::Sender<Vec<u8>>) -> SocketError {
    loop {
        match timeout(SILENCE_MAX, reader.next()).await {
            Ok(Ok(Some(frame))) => {
                if frames.send(frame).await.is_err() {
                    return SocketError::Closed;
                }
            }
            Ok(Ok(None)) => {}
            Ok(Err(error)) => return error,
            Err(_) => return SocketError::Silent,
        }
    }
}

async fn write(mut writer: Writer, mut queue: mpsc::Receiver<Say>) -> SocketError {
    loop {
        let say = match timeout(PING_EVERY, queue.recv()).await {
            Ok(Some(say)) => Some(say),
            Ok(None) => return SocketError::Closed,
            Err(_) => None,
        };
        let written = async {
            match say {
                Some(Say::Frame(frame)) => writer.send(&frame).await,
                Some(Say::LastWords(done)) => {
                    writer.close().await;
                    // It fails only when nobody waits any more.
                    let _ = done.send(());
                    Ok(())
                }
                None => writer.ping().await,
            }
        };
        match timeout(WRITE_TIME_MAX, written).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error,
            Err(_) => return SocketError::Silent,
        }
    }
}

/// What the writer is handed.
enum Say {
    Frame(Vec<u8>),
    /// Everything before it is to be written, then it is over.
    LastWords(tokio::sync::oneshot::Sender<()>),
}

async fn send(outgoing: &mpsc::Sender<Say>, frame: Vec<u8>) -> Result<(), Ended> {
    outgoing.send(Say::Frame(frame)).await.map_err(|_| Ended::Socket(SocketError::Closed))
}

async fn off_thread<R: Replica, T: Send + 'static>(
    replica: R,
    call: impl FnOnce(&R) -> Result<T, R::Error> + Send + 'static,
) -> Result<T, Ended> {
    let done = tokio::task::spawn_blocking(move || call(&replica)).await;
    let failed = |error: &dyn std::error::Error| Ended::Failed(error.to_string());
    done.map_err(|error| failed(&error))?.map_err(|error| failed(&error))
}

struct Talk<R, F> {
    replica: R,
    /// Away while a call is under way.
    session: Option<Session>,
    tell: F,
}

impl<R: Replica, F: FnMut(Event)> Talk<R, F> {
    async fn run(
        &mut self,
        mut incoming: mpsc::Receiver<Vec<u8>>,
        outgoing: &mpsc::Sender<Say>,
        mut growth: watch::Receiver<u64>,
    ) -> Result<Never, Ended> {
        let mut has_more = false;
        loop {
            tokio::select! {
                room = outgoing.reserve(), if has_more => {
                    let Ok(room) = room else { return Err(SocketError::Closed.into()) };
                    match self.with_session(R::next_frame).await? {
                        Some(frame) => room.send(Say::Frame(frame)),
                        None => has_more = false,
                    }
                }
                frame = incoming.recv() => {
                    let Some(frame) = frame else { return Err(SocketError::Closed.into()) };
                    let mut frames = vec![frame];
                    while frames.len() < INCOMING_FRAMES_MAX && let Ok(frame) = incoming.try_recv() {
                        frames.push(frame);
                    }
                    self.hear(frames, outgoing).await?;
                    has_more = true;
                }
                grown = growth.changed() => {
                    if grown.is_err() {
                        return Err(Ended::Failed("the replica is gone".into()));
                    }
                    has_more = true;
                }
            }
        }
    }

    /// Takes frames that arrived together: what they bring is made durable together.
    async fn hear(&mut self, frames: Vec<Vec<u8>>, outgoing: &mpsc::Sender<Say>) -> Result<(), Ended> {
        let heard = self.with_session(move |replica, session| {
            let mut outputs = Vec::new();
            for frame in frames {
                outputs.extend(replica.receive(session, &frame)?);
            }
            Ok(outputs)
        });
        let mut deliveries = Vec::new();
        let mut bye = None;
        for output in heard.await? {
            match output {
                Output::Send(frame) => send(outgoing, frame).await?,
                Output::Store(delivery) => deliveries.push(delivery),
                Output::Close(reason) => bye = Some(reason),
                said => (self.tell)(Event::Session(said)),
            }
        }
        if let Some(last) = deliveries.last().map(|delivery| delivery.number) {
            let stored = self.with_session(move |replica, session| {
                let vector = replica.deliver(deliveries)?;
                Ok((session.stored(last, &vector), vector))
            });
            let (acknowledgement, vector) = stored.await?;
            send(outgoing, acknowledgement).await?;
            (self.tell)(Event::Stored(vector));
        }
        match bye {
            Some(reason) => Err(last_words(outgoing, reason).await),
            None => Ok(()),
        }
    }

    async fn with_session<T: Send + 'static>(
        &mut self,
        call: impl FnOnce(&R, &mut Session) -> Result<T, R::Error> + Send + 'static,
    ) -> Result<T, Ended> {
        let mut session = self.session.take().expect("calls are made one after the other");
        let (session, result) = off_thread(self.replica.clone(), move |replica| {
            let result = call(replica, &mut session);
            Ok((session, result))
        })
        .await?;
        self.session = Some(session);
        result.map_err(|error| Ended::Failed(error.to_string()))
    }
}

/// Lets the other side hear why, before the connection ends.
async fn last_words(outgoing: &mpsc::Sender<Say>, reason: ByeReason) -> Ended {
    let (done, written) = tokio::sync::oneshot::channel();
    if outgoing.send(Say::LastWords(done)).await.is_ok() {
        // An error means that the connection broke first.
        let _ = written.await;
    }
    Ended::Bye(reason)
}
