//! The lineage of one database.

/// 128 random bits, minted when a database is created, restored or found cloned; never reused.
///
/// It is also the Automerge actor id of that replica, which is why a second database must not carry it: Automerge
/// answers two different changes for one `(actor, seq)` with an error for ever.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Origin([u8; 16]);

crate::hex::hex_newtype!(Origin, 16);

impl Origin {
    /// An origin made of `bytes`; the caller draws them at random.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HexError;

    const TEXT: &str = "000102030405060708090a0b0c0d0eff";

    #[test]
    fn an_origin_survives_text_and_json() {
        let origin: Origin = TEXT.parse().unwrap();
        assert_eq!(origin.to_string(), TEXT);
        let json = serde_json::to_string(&origin).unwrap();
        assert_eq!(json, format!("\"{TEXT}\""));
        assert_eq!(serde_json::from_str::<Origin>(&json).unwrap(), origin);
    }

    #[test]
    fn one_origin_has_one_spelling() {
        assert_eq!(TEXT.to_uppercase().parse::<Origin>(), Err(HexError::Digit { at: 21 }));
        assert_eq!("00".parse::<Origin>(), Err(HexError::Length { expected: 32, got: 2 }));
        assert_eq!("é".repeat(16).parse::<Origin>(), Err(HexError::Digit { at: 0 }));
    }
}
