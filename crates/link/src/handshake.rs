//! Who is there: three messages before the first frame of a session.
//!
//! ```text
//! caller <- answerer   Challenge  version, nonce, key of the answerer
//! caller -> answerer   Proof      key, nonce, token, realm, signature
//! caller <- answerer   Verdict    realm and signature; or why not
//! ```
//!
//! Both sign everything that was said so far, so that what is proved here is of no use on another connection. A caller
//! that knows the answerer's key from before accepts no other.

use serde::{Deserialize, Serialize};

use crate::limits::{HANDSHAKE_BYTES_MAX, TOKEN_CHARS_MAX};
use crate::{Identity, PublicKey};

/// The version of the handshake that is spoken.
pub const VERSION: u16 = 1;

const CALLER: &str = "maitred 2026 caller of a link v1";
const ANSWERER: &str = "maitred 2026 answerer of a link v1";

/// What ties a venue's replicas together.
pub type Realm = [u8; 16];

/// What the answerer says first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// [`VERSION`] of the answerer.
    pub version: u16,
    /// Drawn for this connection.
    pub nonce: [u8; 32],
    /// Who answers.
    pub key: PublicKey,
}

/// Who calls, and proof of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Who calls.
    pub caller: Caller,
    signature: Vec<u8>,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Its key.
    pub key: PublicKey,
    /// Drawn for this connection.
    pub nonce: [u8; 32],
    /// What lets in a key that is not known yet.
    pub token: Option<String>,
    /// The realm that it belongs to, unless it is new.
    pub realm: Option<Realm>,
}

/// What the answerer says to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Come in.
    Welcome {
        /// The realm both belong to now.
        realm: Realm,
        /// Of everything that was said, and the realm.
        signature: Vec<u8>,
    },
    /// Stay out.
    Refused(RefusedBecause),
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum RefusedBecause {
    /// It says that it is somebody, and does not prove it.
    #[error("the proof is wrong")]
    WrongProof,
    /// Nobody enrolled that key, and there was no token.
    #[error("this hub is not enrolled")]
    Unknown,
    /// The hub was enrolled once, and is not any more.
    #[error("this hub was revoked")]
    Revoked,
    /// No such token was made.
    #[error("there is no such token")]
    UnknownToken,
    /// Somebody else was enrolled with the token.
    #[error("the token was used before")]
    UsedToken,
    /// The token came too late.
    #[error("the token has expired")]
    ExpiredToken,
    /// It belongs to another venue.
    #[error("this hub belongs to another venue")]
    OtherRealm,
    /// It speaks another version of the handshake.
    #[error("the versions do not fit together")]
    OtherVersion,
    /// There are as many connections as there may be.
    #[error("there are too many connections")]
    Busy,
    /// The fault is the answerer's, which has noted what it is.
    #[error("it cannot tell now who this is")]
    Unable,
}

/// Why a handshake came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// Not what is said at that point.
    #[error("the other side does not speak this protocol")]
    Malformed,
    /// It speaks another version.
    #[error("the other side speaks version {0} of the handshake")]
    OtherVersion(u16),
    /// It is not the one that was known here.
    #[error("the other side has the key {0}, which is not the one known")]
    OtherKey(PublicKey),
    /// It says that it is somebody, and does not prove it.
    #[error("the other side does not prove who it is")]
    WrongProof,
    /// It does not let this side in.
    #[error("{0}")]
    Refused(#[from] RefusedBecause),
}

/// Encodes a message of the handshake.
pub fn encode(message: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(message).expect("memory takes any message")
}

/// Reads a message of the handshake.
///
/// # Errors
/// [`HandshakeError::Malformed`] when it is none, or longer than [`HANDSHAKE_BYTES_MAX`].
pub fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, HandshakeError> {
    if bytes.len() > HANDSHAKE_BYTES_MAX {
        return Err(HandshakeError::Malformed);
    }
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        Ok(_) | Err(_) => Err(HandshakeError::Malformed),
    }
}

impl Challenge {
    /// What `identity` says first; `nonce` was drawn for this connection.
    pub fn of(identity: &Identity, nonce: [u8; 32]) -> Self {
        Self { version: VERSION, nonce, key: identity.public() }
    }

    /// What a caller answers. `known` is the answerer's key, once that is known.
    ///
    /// # Errors
    /// [`HandshakeError`] when this is not whom the caller wants to speak with.
    pub fn answer(
        &self,
        identity: &Identity,
        caller: Caller,
        known: Option<PublicKey>,
    ) -> Result<Proof, HandshakeError> {
        if self.version != VERSION {
            return Err(HandshakeError::OtherVersion(self.version));
        }
        if known.is_some_and(|known| known != self.key) {
            return Err(HandshakeError::OtherKey(self.key));
        }
        let signature = identity.sign(&said(CALLER, self, &caller, None));
        Ok(Proof { caller, signature })
    }

    /// Lets a caller in that [`Proof::is_right`].
    pub fn welcome(&self, identity: &Identity, caller: &Caller, realm: Realm) -> Verdict {
        Verdict::Welcome { realm, signature: identity.sign(&said(ANSWERER, self, caller, Some(realm))) }
    }
}

impl Caller {
    /// Whom to call as; `nonce` was drawn for this connection.
    ///
    /// # Errors
    /// [`RefusedBecause::UnknownToken`] for a token that is longer than [`TOKEN_CHARS_MAX`]: nobody made that.
    pub fn new(
        identity: &Identity,
        nonce: [u8; 32],
        token: Option<String>,
        realm: Option<Realm>,
    ) -> Result<Self, RefusedBecause> {
        if token.as_ref().is_some_and(|token| token.len() > TOKEN_CHARS_MAX) {
            return Err(RefusedBecause::UnknownToken);
        }
        Ok(Self { key: identity.public(), nonce, token, realm })
    }
}

impl Proof {
    /// Whether the caller holds its key, and answers this very challenge.
    pub fn is_right(&self, challenge: &Challenge) -> bool {
        self.caller.key.has_signed(&said(CALLER, challenge, &self.caller, None), &self.signature)
    }
}

impl Verdict {
    /// The realm, if this side is let in by whom it called.
    ///
    /// # Errors
    /// [`HandshakeError`] says why not.
    pub fn accept(self, challenge: &Challenge, caller: &Caller) -> Result<Realm, HandshakeError> {
        match self {
            Self::Refused(because) => Err(because.into()),
            Self::Welcome { realm, signature } => {
                let said = said(ANSWERER, challenge, caller, Some(realm));
                let is_right = challenge.key.has_signed(&said, &signature);
                if is_right { Ok(realm) } else { Err(HandshakeError::WrongProof) }
            }
        }
    }
}

/// Everything that was said so far, to be signed by one side.
fn said(side: &str, challenge: &Challenge, caller: &Caller, realm: Option<Realm>) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new_derive_key(side);
    hasher.update(&encode(&(challenge, caller, realm)));
    hasher.finalize().as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REALM: Realm = [9; 16];

    fn two() -> (Identity, Identity) {
        (Identity::of_seed(&[1; 32]), Identity::of_seed(&[2; 32]))
    }

    fn caller(identity: &Identity) -> Caller {
        Caller::new(identity, [5; 32], Some("token".into()), Some(REALM)).unwrap()
    }

    #[test]
    fn two_sides_prove_to_each_other_who_they_are() {
        let (hub, relay) = two();
        let challenge = Challenge::of(&relay, [4; 32]);
        let proof = challenge.answer(&hub, caller(&hub), Some(relay.public())).unwrap();
        assert!(proof.is_right(&challenge));
        let proof: Proof = decode(&encode(&proof)).unwrap();
        let verdict = challenge.welcome(&relay, &proof.caller, REALM);
        assert_eq!(verdict.accept(&challenge, &proof.caller), Ok(REALM));
    }

    #[test]
    fn a_proof_is_worth_nothing_on_another_connection_or_with_other_words() {
        let (hub, relay) = two();
        let challenge = Challenge::of(&relay, [4; 32]);
        let proof = challenge.answer(&hub, caller(&hub), None).unwrap();
        assert!(!proof.is_right(&Challenge::of(&relay, [3; 32])), "another nonce");
        assert!(!proof.is_right(&Challenge::of(&hub, [4; 32])), "another answerer");
        let mut other = proof.clone();
        other.caller.token = Some("stolen".into());
        assert!(!other.is_right(&challenge), "another token");
        let mut other = proof;
        other.caller.key = relay.public();
        assert!(!other.is_right(&challenge), "another caller");
    }

    #[test]
    fn a_caller_speaks_with_nobody_but_whom_it_knows() {
        let (hub, relay) = two();
        let challenge = Challenge::of(&relay, [4; 32]);
        let answer = challenge.answer(&hub, caller(&hub), Some(hub.public()));
        assert_eq!(answer, Err(HandshakeError::OtherKey(relay.public())));
        let newer = Challenge { version: 2, ..challenge };
        assert_eq!(newer.answer(&hub, caller(&hub), None), Err(HandshakeError::OtherVersion(2)));
        let forged = challenge.welcome(&hub, &caller(&hub), REALM);
        assert_eq!(forged.accept(&challenge, &caller(&hub)), Err(HandshakeError::WrongProof));
        let refused = Verdict::Refused(RefusedBecause::Revoked);
        let because = HandshakeError::Refused(RefusedBecause::Revoked);
        assert_eq!(refused.accept(&challenge, &caller(&hub)), Err(because));
    }

    #[test]
    fn a_message_that_is_too_long_or_none_is_not_read() {
        assert_eq!(decode::<Proof>(&[0xff; 40]), Err(HandshakeError::Malformed));
        assert_eq!(decode::<Proof>(&vec![0; HANDSHAKE_BYTES_MAX + 1]), Err(HandshakeError::Malformed));
        let (hub, _) = two();
        let long = Caller::new(&hub, [0; 32], Some("x".repeat(TOKEN_CHARS_MAX + 1)), None);
        assert_eq!(long, Err(RefusedBecause::UnknownToken));
        let longest = Caller::new(&hub, [0; 32], Some("x".repeat(TOKEN_CHARS_MAX)), Some(REALM)).unwrap();
        let relay = Challenge::of(&hub, [0; 32]);
        assert!(encode(&relay.answer(&hub, longest, None).unwrap()).len() <= HANDSHAKE_BYTES_MAX);
    }
}
