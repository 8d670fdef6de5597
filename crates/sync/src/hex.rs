//! Fixed-size byte strings that people and JSON see as lower-case hex.

/// Why a text is not the hex form of an identifier.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum HexError {
    /// The text has the wrong number of digits.
    #[error("expected {expected} hex digits, got {got}")]
    Length {
        /// Digits that make up the identifier.
        expected: usize,
        /// Bytes of the text given.
        got: usize,
    },
    /// A byte is not a lower-case hex digit; there is one spelling for one identifier.
    #[error("byte {at} is not a lower-case hex digit")]
    Digit {
        /// Position of the first wrong byte.
        at: usize,
    },
}

pub(crate) fn write(bytes: &[u8], f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

pub(crate) fn parse<const N: usize>(text: &str) -> Result<[u8; N], HexError> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return Err(HexError::Length { expected: N * 2, got: digits.len() });
    }
    let mut bytes = [0; N];
    for (at, digit) in digits.iter().enumerate() {
        let nibble = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return Err(HexError::Digit { at }),
        };
        bytes[at / 2] = bytes[at / 2] << 4 | nibble;
    }
    Ok(bytes)
}

/// Gives a `[u8; N]` newtype one text form: Display, Debug, `FromStr` and serde, all lower-case hex.
macro_rules! hex_newtype {
    ($name:ident, $bytes:literal) => {
        impl $name {
            /// The raw bytes.
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl From<[u8; $bytes]> for $name {
            fn from(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::hex::write(&self.0, f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::hex::HexError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::hex::parse(text).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use hex_newtype;
