//! How a connection ends.

use maitred_store::{CommandError, HubKey, ReadError};
use maitred_sync::ByeReason;

use crate::peer::secure::SecureError;

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It broke, or somebody is not who they say.
    #[error(transparent)]
    Secure(#[from] SecureError),
    /// The other side is no hub of this venue, or not any more.
    #[error("hub {0} does not belong to this venue")]
    Stranger(HubKey),
    /// Nothing was heard for too long.
    #[error("the other hub is silent")]
    Silent,
    /// A newer connection to the same hub stands.
    #[error("a newer connection took its place")]
    Replaced,
    /// What came makes no sense.
    #[error("the other hub speaks another language")]
    Malformed,
    /// The session ended.
    #[error("the session ended: {0:?}")]
    Bye(ByeReason),
    /// The database cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The database cannot be written.
    #[error(transparent)]
    Write(#[from] CommandError),
    /// This hub was restored or copied, and greets again under its new origin.
    #[error("this hub goes on under another origin")]
    Reborn,
    /// Somebody cut the line on purpose.
    #[error("the line is cut")]
    Cut,
    /// The hub stops.
    #[error("the hub stops")]
    Stopping,
}
