//! A distinct type per identity, so that a table can never be passed where a check is wanted.
//!
//! Ids made by a command derive from its idempotency key ([`IdSource`]): the same command sent twice, even to two
//! hubs that cannot see each other, names the same things, and merging keeps one of each.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A part of the room: "Terrace".
    AreaId,
    /// A menu category.
    CategoryId,
    /// One change of something that has only one value at a time: a close, a transfer, a count.
    ChangeId,
    /// What a party pays.
    CheckId,
    /// Something on the floor plan that is not a table.
    DecorId,
    /// A device other than a printer.
    DeviceId,
    /// A discount applied once to some lines.
    DiscountId,
    /// A print job.
    JobId,
    /// A menu item.
    ItemId,
    /// A menu item as ordered.
    LineId,
    /// One choice of a modifier group.
    ModifierId,
    /// A group of modifiers with a minimum and a maximum.
    ModifierGroupId,
    /// A movement of lines between checks.
    MoveId,
    /// A printer.
    PrinterId,
    /// Tables that one server looks after.
    SectionId,
    /// A part of a check that one payer takes over.
    ShareId,
    /// A member of staff.
    StaffId,
    /// Where work is made.
    StationId,
    /// A table.
    TableId,
    /// A tax with its rate.
    TaxId,
    /// A payment applied.
    TenderId,
    /// A screen that a manager let in.
    TerminalId,
    /// The lines of one fire for one station.
    TicketId,
}

impl StaffId {
    /// Whoever wrote down what a venue came with: nobody, but Maitred itself.
    pub fn maitred() -> Self {
        named("system")
    }
}

/// Derives ids from an idempotency key, in the order they are asked for.
#[derive(Debug, Clone)]
pub struct IdSource {
    hasher: blake3::Hasher,
    next: u64,
}

impl IdSource {
    /// Starts at the first id of `key`.
    pub fn new(key: &str) -> Self {
        Self::starting_at(key, 0)
    }

    /// Starts at the id of `key` that comes after `before` others.
    pub fn starting_at(key: &str, before: u64) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("maitred 2026 id from idempotency key");
        hasher.update(key.as_bytes());
        Self { hasher, next: before }
    }

    /// The next id: a version 8 UUID (RFC 9562) of the key and a counter.
    pub fn make<T: From<Uuid>>(&mut self) -> T {
        let digest = self.hasher.clone().update(&self.next.to_be_bytes()).finalize();
        self.next += 1;
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.as_bytes()[..16]);
        Uuid::new_v8(bytes).into()
    }
}

/// An id that never changes for a given `name`: for the fixed parts of a venue (its settings, the demo's items).
pub fn named<T: From<Uuid>>(name: &str) -> T {
    IdSource::new(&format!("named/{name}")).make()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_names_the_same_things_and_another_key_others() {
        let take = |key: &str| {
            let mut ids = IdSource::new(key);
            (ids.make::<LineId>(), ids.make::<LineId>())
        };
        assert_eq!(take("a"), take("a"));
        assert_ne!(take("a").0, take("a").1);
        assert_ne!(take("a").0, take("b").0);
    }

    /// Devices work ids out before the hub answers: `ui/src/lib/live/ids.test.ts` expects the same.
    #[test]
    fn an_id_is_the_same_on_every_device() {
        let mut ids = IdSource::new("0197-staff/key");
        assert_eq!(ids.make::<LineId>().to_string(), "3be57f28-d65e-8469-aab9-40ddcc593849");
        assert_eq!(ids.make::<LineId>().to_string(), "0e76a292-5737-8fbe-b239-791c5b195ce0");
    }
}
