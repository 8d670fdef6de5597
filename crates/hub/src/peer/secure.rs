//! A connection between two hubs that nobody else can read, change or pretend to be one end of: Noise `XX`, in which each
//! side proves that it has the key it names. A hub that is not known yet proves a one-time token instead (`XXpsk0`).
//!
//! Without a clock, randomness of its own or knowledge of what a hub is: it carries messages over a [`Wire`].

use std::sync::Arc;

use bytes::Bytes;
use snow::{Builder, HandshakeState, StatelessTransportState};

use maitred_link::limits::PART_BYTES_MAX;
use maitred_link::parts::{TooLong, Whole, split};
use maitred_link::{SocketError, Wire, WireReader, WireWriter};

const KNOWN: &str = "Noise_XX_25519_ChaChaPoly_BLAKE2s";
const BY_TOKEN: &str = "Noise_XXpsk0_25519_ChaChaPoly_BLAKE2s";
/// Both sides must mean the same conversation: another one of this kind is never mistaken for it.
const PROLOGUE: &[u8] = b"maitred peer 1";
/// What a message grows by.
const TAG_BYTES: usize = 16;
/// The most of a message that goes into one of Noise: with its tag it is one part of a connection.
const SEALED_BYTES_MAX: usize = PART_BYTES_MAX - TAG_BYTES;
/// The longest message: a frame of a session, and what tells it from others.
pub const MESSAGE_BYTES_MAX: usize = maitred_sync::FRAME_BYTES_MAX + 1;

/// Why a connection cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SecureError {
    /// It broke.
    #[error(transparent)]
    Wire(#[from] SocketError),
    /// The other side has not the key it says, or the token is another, or something was changed on the way.
    #[error("the other side cannot prove who it is")]
    Unproven,
    /// More than anybody has to say.
    #[error(transparent)]
    TooLong(#[from] TooLong),
}

impl From<snow::Error> for SecureError {
    fn from(_: snow::Error) -> Self {
        Self::Unproven
    }
}

/// Which side of a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// That opened it.
    Caller,
    /// That answers.
    Answerer,
}

/// A new key: its secret half and its public one.
pub fn key_pair() -> ([u8; 32], [u8; 32]) {
    let pair = builder(KNOWN).generate_keypair().expect("the operating system has random bits");
    let half = |bytes: Vec<u8>| bytes.try_into().expect("a key has 32 bytes");
    (half(pair.private), half(pair.public))
}

fn builder(pattern: &str) -> Builder<'static> {
    Builder::new(pattern.parse().expect("the pattern is one that is built in"))
}

/// A connection whose other side has proved who it is.
pub struct Secured {
    /// The key it proved.
    pub peer: [u8; 32],
    /// What it says.
    pub reader: SecureReader,
    /// What it is told.
    pub writer: SecureWriter,
}

/// Proves to each other who both are, and with a token that both know it.
///
/// # Errors
/// [`SecureError`] when the other side does not.
pub async fn meet(
    mut wire: Wire,
    side: Side,
    secret: &[u8; 32],
    token: Option<&[u8; 32]>,
) -> Result<Secured, SecureError> {
    let mut handshake = begin(side, secret, token)?;
    let mut buffer = vec![0; PART_BYTES_MAX];
    while !handshake.is_handshake_finished() {
        if handshake.is_my_turn() {
            let length = handshake.write_message(&[], &mut buffer)?;
            wire.writer.send(Bytes::copy_from_slice(&buffer[..length])).await?;
        } else {
            let message = wire.reader.receive().await?;
            handshake.read_message(&message, &mut buffer)?;
        }
    }
    let peer = handshake.get_remote_static().and_then(|key| key.try_into().ok());
    let peer = peer.ok_or(SecureError::Unproven)?;
    let state = Arc::new(handshake.into_stateless_transport_mode()?);
    let whole = Whole::new(MESSAGE_BYTES_MAX);
    let reader = SecureReader { wire: wire.reader, state: Arc::clone(&state), nonce: 0, whole };
    let writer = SecureWriter { wire: wire.writer, state, nonce: 0 };
    Ok(Secured { peer, reader, writer })
}

fn begin(side: Side, secret: &[u8; 32], token: Option<&[u8; 32]>) -> Result<HandshakeState, SecureError> {
    let builder =
        Builder::new(token.map_or(KNOWN, |_| BY_TOKEN).parse().expect("the pattern is one that is built in"));
    let mut builder = builder.local_private_key(secret)?.prologue(PROLOGUE)?;
    if let Some(token) = token {
        builder = builder.psk(0, token)?;
    }
    Ok(match side {
        Side::Caller => builder.build_initiator()?,
        Side::Answerer => builder.build_responder()?,
    })
}

/// What the other side says.
pub struct SecureReader {
    wire: WireReader,
    state: Arc<StatelessTransportState>,
    nonce: u64,
    whole: Whole,
}

impl SecureReader {
    /// The next message.
    ///
    /// # Errors
    /// [`SecureError`] when there is none, or it was not the other side that sent it.
    pub async fn receive(&mut self) -> Result<Vec<u8>, SecureError> {
        let mut part = vec![0; PART_BYTES_MAX];
        loop {
            let sealed = self.wire.receive().await?;
            let length = self.state.read_message(self.nonce, &sealed, &mut part)?;
            self.nonce += 1;
            if let Some(message) = self.whole.add(&part[..length])? {
                return Ok(message);
            }
        }
    }
}

/// What the other side is told.
pub struct SecureWriter {
    wire: WireWriter,
    state: Arc<StatelessTransportState>,
    nonce: u64,
}

impl SecureWriter {
    /// Sends a message.
    ///
    /// # Errors
    /// [`SecureError`] when it cannot be sent.
    pub async fn send(&mut self, message: &[u8]) -> Result<(), SecureError> {
        if message.len() > MESSAGE_BYTES_MAX {
            return Err(TooLong(MESSAGE_BYTES_MAX).into());
        }
        for plain in split(message, SEALED_BYTES_MAX) {
            let mut sealed = vec![0; plain.len() + TAG_BYTES];
            let length = self.state.write_message(self.nonce, &plain, &mut sealed)?;
            self.nonce += 1;
            sealed.truncate(length);
            self.wire.send(sealed.into()).await?;
        }
        Ok(())
    }

    /// Says that nothing more comes.
    pub async fn close(mut self) {
        self.wire.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: usize = SEALED_BYTES_MAX - 1;

    async fn met(
        caller_token: Option<[u8; 32]>,
        answerer_token: Option<[u8; 32]>,
    ) -> (Result<Secured, SecureError>, Result<Secured, SecureError>, [u8; 32], [u8; 32]) {
        let ((caller, caller_key), (answerer, answerer_key)) = (key_pair(), key_pair());
        let (near, far) = Wire::pair().await;
        let (one, other) = tokio::join!(
            meet(near, Side::Caller, &caller, caller_token.as_ref()),
            meet(far, Side::Answerer, &answerer, answerer_token.as_ref()),
        );
        (one, other, caller_key, answerer_key)
    }

    #[tokio::test]
    async fn each_side_knows_the_key_of_the_other_and_hears_it_to_the_last_byte() {
        let (caller, answerer, caller_key, answerer_key) = met(None, None).await;
        let (mut caller, mut answerer) = (caller.unwrap(), answerer.unwrap());
        assert_eq!((caller.peer, answerer.peer), (answerer_key, caller_key));
        for length in [0, 1, ROOM - 1, ROOM, ROOM + 1, 3 * ROOM + 7] {
            let message: Vec<u8> = (0..=255).cycle().take(length).collect();
            let (sent, heard) = tokio::join!(caller.writer.send(&message), answerer.reader.receive());
            sent.unwrap();
            assert_eq!(heard.unwrap(), message);
        }
        assert!(matches!(
            caller.writer.send(&vec![0; MESSAGE_BYTES_MAX + 1]).await,
            Err(SecureError::TooLong(_))
        ));
    }

    #[tokio::test]
    async fn who_has_another_token_or_none_is_nobody() {
        let (same, ..) = met(Some([7; 32]), Some([7; 32])).await;
        assert!(same.is_ok());
        for (caller, answerer) in
            [(Some([7; 32]), Some([8; 32])), (None, Some([8; 32])), (Some([8; 32]), None)]
        {
            let (_, refused, ..) = met(caller, answerer).await;
            assert!(refused.is_err(), "{caller:?} {answerer:?}");
        }
    }
}
