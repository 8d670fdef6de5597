//! Two replicas on one connection: who they are to each other, and the frames of a `sync::Session` in both directions.
//!
//! A [`Wire`] is a WebSocket of either side, and a [`Socket`] the same with messages of any length. A [`handshake`] proves to each side which key the other holds, and
//! [`converse`] then keeps both replicas caught up until the connection ends.
//!
//! *Invariant:* nothing is stored here and nobody is let in here: which key belongs to whom is the caller's to say.

mod connect;
mod converse;
pub mod deposit;
pub mod handshake;
mod identity;
pub mod limits;
pub mod parts;
mod socket;
mod store;
mod wire;

pub use connect::{ConnectError, Trust, TrustError, connect};
pub use converse::{Ended, Event, Replica, converse};
pub use identity::{BadKey, Identity, PublicKey};
pub use socket::Socket;
pub use store::{StoreError, StoreReplica};
pub use wire::{Incoming, SocketError, Wire, WireReader, WireWriter, config, limited};
