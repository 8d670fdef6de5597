//! What hubs say to each other: frames of a session, and everything that is not of the journal.

use maitred_store::{HubRecord, People};
use maitred_sync::{Hash, Origin, Vector};
use serde::{Deserialize, Serialize};

/// A frame of the session follows.
const FRAME: u8 = 0;
/// JSON follows.
const SAY: u8 = 1;
/// A piece of a copy follows.
const PIECE: u8 = 2;

/// A message.
#[derive(Debug)]
pub enum Message {
    /// A frame of the session.
    Frame(Vec<u8>),
    /// Anything else.
    Say(Say),
    /// A piece of a copy of the store, packed.
    Piece(Vec<u8>),
}

/// What is not of the journal.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "say", rename_all = "snake_case")]
pub enum Say {
    /// Who speaks, first of all.
    Introduce {
        /// The lineage of its database.
        origin: Origin,
        /// Where it listens.
        at: At,
        /// How large a copy of its store would be that it gives; 0 from versions that give none.
        #[serde(default)]
        copy_bytes: u64,
    },
    /// It is there: twice a second, and whenever this changes.
    Beat {
        /// It can write, and knows what the other side knew when it last said so.
        ready: bool,
        /// How far it knows each journal.
        vector: Vector,
    },
    /// The hubs of the venue.
    Hubs {
        /// All of them.
        hubs: Vec<HubRecord>,
    },
    /// Who is signed in or locked out.
    People {
        /// Everybody.
        people: People,
    },
    /// Papers that it has printed, or that nobody will: by their keys.
    Printed {
        /// Which.
        papers: Vec<String>,
    },
    /// Papers of the other side that it took over while that was gone.
    TookOver {
        /// Which.
        papers: Vec<String>,
    },
    /// It knows nothing yet and wants a copy of the other's store.
    WantCopy {
        /// The newest schema that it knows.
        schema: i64,
    },
    /// The copy follows, in pieces.
    Copy {
        /// How large it is.
        bytes: u64,
    },
    /// One piece more is written down.
    CopyTaken,
    /// That was all of it.
    Copied {
        /// The BLAKE3 of the whole.
        hash: Hash,
    },
    /// There is none, or it ends here.
    NoCopy {
        /// For the log.
        why: String,
    },
    /// A hub with a token wants to belong to the venue.
    Join,
    /// It does now.
    Welcome(Box<Welcome>),
    /// What a newer version says.
    #[serde(other)]
    Unknown,
}

/// Where a hub listens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct At {
    /// The port, at the address that it speaks from.
    pub port: u16,
    /// Or another address altogether.
    pub url: Option<String>,
    /// The port at which it speaks with screens over TLS.
    #[serde(default)]
    pub secure_port: Option<u16>,
}

/// What a hub must know that joins a venue.
#[derive(Debug, Serialize, Deserialize)]
pub struct Welcome {
    /// What the hubs of the venue have in common: the origin of none.
    pub realm: Origin,
    /// What PINs are hashed with.
    pub pepper: Hash,
    /// The new hub.
    pub you: HubRecord,
    /// All of them.
    pub hubs: Vec<HubRecord>,
}

impl Message {
    /// As bytes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Frame(frame) => [&[FRAME], frame.as_slice()].concat(),
            Self::Piece(piece) => [&[PIECE], piece.as_slice()].concat(),
            Self::Say(say) => {
                let mut bytes = vec![SAY];
                serde_json::to_writer(&mut bytes, say).expect("it is JSON, and memory takes it");
                bytes
            }
        }
    }

    /// From bytes; `None` when they are none.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first()? {
            (&FRAME, frame) => Some(Self::Frame(frame.to_vec())),
            (&PIECE, piece) => Some(Self::Piece(piece.to_vec())),
            (&SAY, json) => serde_json::from_slice(json).ok().map(Self::Say),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_version_says_is_no_reason_to_hang_up() {
        let newer = [&[SAY], br#"{"say":"sing","song":"Volare"}"#.as_slice()].concat();
        assert!(matches!(Message::decode(&newer), Some(Message::Say(Say::Unknown))));
        assert!(matches!(Message::decode(&[FRAME, 5]), Some(Message::Frame(frame)) if frame == [5]));
        let older = [
            &[SAY],
            br#"{"say":"introduce","origin":"00000000000000000000000000000000","at":{"port":1,"url":null}}"#
                .as_slice(),
        ];
        let older = Message::decode(&older.concat());
        assert!(matches!(older, Some(Message::Say(Say::Introduce { copy_bytes: 0, .. }))), "{older:?}");
        for no_message in [&[][..], &[SAY], &[9, 9]] {
            assert!(Message::decode(no_message).is_none());
        }
        let beat = Message::Say(Say::Beat { ready: true, vector: Vector::new() });
        assert!(matches!(Message::decode(&beat.encode()), Some(Message::Say(Say::Beat { ready: true, .. }))));
    }
}
