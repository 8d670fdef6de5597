//! TLS for screens: the venue's own authority, this hub's certificate of it, and the listener that shows it.
//!
//! *Invariant:* nothing here is kept on a disk. The authority follows from the pepper, which every hub of the venue and every
//! sealed backup has; a hub's own key and certificate are made anew at each start, and whenever they no longer fit.

mod authority;
mod certificate;
mod door;
mod house;

pub use authority::Authority;
pub use certificate::{Certificates, keep_fresh};
pub use door::SecureDoor;
pub use house::House;
