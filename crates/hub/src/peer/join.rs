//! A fresh box becomes a hub of a venue: it proves a token, and is told what it must know. Everything else it catches up
//! with, as any hub does that was away.

use maitred_store::OpenError;

use super::call::{CallError, call};
use super::identity::{Identity, IdentityError, keep_secret};
use super::say::{Message, Say, Welcome};
use super::secure::{self, SecureError, Side};
use super::ticket;
use crate::auth::PEPPER_FILE;
use crate::config::Settings;
use crate::limits::PEER_GREETING_TIME_MAX;
use crate::peers::PeerUrl;

/// Why a hub did not join a venue.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// The other hub cannot be reached.
    #[error(transparent)]
    Call(#[from] CallError),
    /// It did not take the token.
    #[error(
        "the hub at {url} does not take that token: a manager gets a new one there (POST /api/v1/hubs/tokens)"
    )]
    Refused {
        /// Which hub.
        url: PeerUrl,
        /// How it said so.
        #[source]
        source: SecureError,
    },
    /// No token, and the other hub is not a demo on this box.
    #[error(
        "the hub at {0} wants a token (--enrol TOKEN): a manager gets one there (POST /api/v1/hubs/tokens)"
    )]
    NoToken(PeerUrl),
    /// It said something else.
    #[error("what answers at {0} is no hub of this kind")]
    Malformed(PeerUrl),
    /// The key of this hub cannot be used.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// What it was told cannot be kept.
    #[error("cannot keep what the hub said")]
    Io(#[from] std::io::Error),
    /// The folder holds something else.
    #[error(transparent)]
    Store(#[from] OpenError),
}

/// Joins the venue of the hub at `standby_of`, unless this one was let in before. One that has the venue's journals
/// from the relay, or from a backup, keeps them.
///
/// # Errors
/// [`JoinError`]; then the same may be tried again, with a new token.
pub async fn join(settings: &Settings) -> Result<(), JoinError> {
    let Some(url) = &settings.standby_of else { return Ok(()) };
    let known = Identity::read(&settings.data)?;
    if known.as_ref().is_some_and(|identity| identity.is_let_in) {
        return Ok(());
    }
    let identity = known.unwrap_or_else(Identity::mint);
    let token = settings.enrol.as_deref().map_or_else(|| ticket::DEMO.to_owned(), ticket::tidy);
    let (welcome, key) =
        ask(url, &identity, &token).await.map_err(|error| match (error, &settings.enrol) {
            (JoinError::Refused { url, .. }, None) => JoinError::NoToken(url),
            (error, _) => error,
        })?;
    let Welcome { realm, pepper, you, mut hubs } = welcome;
    for hub in &mut hubs {
        if hub.key.as_bytes() == &key {
            hub.url = Some(url.to_string());
        }
    }
    // A folder of another venue is left as it is.
    maitred_store::join(&settings.data, *realm.as_bytes(), &[])?;
    keep_secret(&settings.data.join(PEPPER_FILE), pepper.as_bytes())?;
    maitred_store::join(&settings.data, *realm.as_bytes(), &hubs)?;
    // The last thing: without it, the next start joins again.
    Identity { prefix: you.prefix, is_let_in: true, ..identity }.keep(&settings.data)?;
    tracing::info!(hubs = hubs.len(), rank = you.rank, "joined the venue");
    Ok(())
}

async fn ask(url: &PeerUrl, identity: &Identity, token: &str) -> Result<(Welcome, [u8; 32]), JoinError> {
    let wire = call(url, Some(ticket::name(token))).await?;
    let refused = |source| JoinError::Refused { url: url.clone(), source };
    let secret = ticket::secret(token);
    let asking = async {
        let mut secured =
            secure::meet(wire, Side::Caller, &identity.secret, Some(&secret)).await.map_err(refused)?;
        secured.writer.send(&Message::Say(Say::Join).encode()).await.map_err(refused)?;
        let answer = secured.reader.receive().await.map_err(refused)?;
        match Message::decode(&answer) {
            Some(Message::Say(Say::Welcome(welcome))) => Ok((*welcome, secured.peer)),
            Some(_) | None => Err(JoinError::Malformed(url.clone())),
        }
    };
    let silent = |_| JoinError::Call(CallError::Silent(url.clone()));
    tokio::time::timeout(PEER_GREETING_TIME_MAX, asking).await.map_err(silent)?
}
