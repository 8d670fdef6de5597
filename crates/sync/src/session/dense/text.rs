//! Texts with what cannot be compressed set apart, and what follows from elsewhere left out.
//!
//! Facts and values are mostly JSON: the same words again and again around ids, which are random, and a time and an
//! author that the header says as well. Each of those becomes a mark of a byte or two, the same mark for the same thing
//! throughout an entry, so that the words around it repeat and compress well. Random bytes are gathered beside the
//! text, as they are.
//!
//! ```text
//! 0 end   1 n: id number n of the batch   2 n: n-th id that is new in this entry   3 n: n-th id made from the entry's
//! first fact   4 n: document of the entry's n-th change   5 the entry's hlc in decimals   6 the entry's author
//! 7 n: list of n numbers below 256   8 b: the byte b itself
//! ```
//!
//! From the third dialect on also:
//!
//! ```text
//! 9 f k l e: a fact of the entry without l bytes behind its first k and without its last e; it is f behind the one that
//! was said so before   10 n: a dot and a number, n beyond the one after that which stood so behind the same id before
//! 11 n: id of the batch, n before the last   12 the entry's hlc as 8 bytes
//! ```

mod cast;
mod reader;
mod spell;
mod writer;

pub(super) use self::cast::Scene;
pub(super) use self::reader::Reader;
pub(super) use self::writer::Writer;

/// Sixteen bytes, written `8-4-4-4-12` in lower-case hex.
pub(super) type Id = [u8; 16];
/// The n-th id that follows from the beginning of an entry's first fact; see [`Journal::made_id`](crate::Journal::made_id).
pub(super) type MadeId = fn(&[u8], u64) -> Option<Id>;

const END: u8 = 0;
const KNOWN: u8 = 1;
const FRESH: u8 = 2;
const MADE: u8 = 3;
const DOC: u8 = 4;
const HLC: u8 = 5;
const AUTHOR: u8 = 6;
const BYTES: u8 = 7;
const PLAIN: u8 = 8;
const CUT: u8 = 9;
const COUNT: u8 = 10;
const LATE: u8 = 11;
const STAMP: u8 = 12;

/// As many ids are looked for among those that an entry makes.
const MADE_MAX: u64 = 48;

/// Which marks there are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// That of version 2 of the protocol.
    Second,
    /// That of version 3.
    Third,
}

impl Dialect {
    /// Bytes up to this one are marks, those above are text.
    const fn last_mark(self) -> u8 {
        match self {
            Self::Second => PLAIN,
            Self::Third => STAMP,
        }
    }

    const fn knows(self, mark: u8) -> bool {
        mark <= self.last_mark()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Speech;
    use super::spell::{write_id, write_list};
    use super::*;
    use proptest::prelude::*;

    const DIALECTS: [Dialect; 2] = [Dialect::Second, Dialect::Third];

    fn made(first: &[u8], n: u64) -> Option<Id> {
        first.starts_with(b"key").then(|| [u8::try_from(n).unwrap_or(u8::MAX); 16])
    }

    fn speech(dialect: Dialect) -> Speech {
        Speech { dialect, made_id: made }
    }

    fn scene() -> Scene {
        Scene { author: [0xaa; 16], hlc: 77, docs: vec![None, Some([0xbb; 16])] }
    }

    fn text() -> impl Strategy<Value = Vec<u8>> {
        let id = (0_u8..60).prop_map(|n| {
            let mut text = Vec::new();
            write_id(&mut text, [if n > 56 { 0x99 + n % 4 * 0x11 } else { n }; 16]);
            text
        });
        let piece = prop_oneof![
            id,
            Just(b"77".to_vec()),
            Just(b"key".to_vec()),
            Just(77_u64.to_be_bytes().to_vec()),
            (0_u64..9).prop_map(|n| format!(".{n}").into_bytes()),
            prop::collection::vec(any::<u8>(), 0..9),
            prop::collection::vec(any::<u8>(), 0..9).prop_map(|list| {
                let mut text = Vec::new();
                write_list(&mut text, &list);
                text
            }),
        ];
        prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    /// Texts that may each be cut from one of the facts.
    fn cuts(facts: &[Vec<u8>]) -> Vec<Vec<u8>> {
        let long = facts.iter().rev().filter(|fact| fact.len() > 40);
        long.map(|fact| [&fact[..12], &fact[19..fact.len() - 1]].concat()).collect()
    }

    proptest! {
        #[test]
        fn texts_come_back_as_they_were(
            entries in prop::collection::vec((prop::collection::vec(text(), 1..6), prop::collection::vec(text(), 1..3)), 1..6),
            is_third in any::<bool>(),
        ) {
            let speech = speech(DIALECTS[usize::from(is_third)]);
            let mut writer = Writer::new(speech);
            for (facts, texts) in &entries {
                writer.enter(scene());
                for fact in facts {
                    writer.write_fact(fact);
                }
                for text in cuts(facts).iter().chain(texts) {
                    writer.write(text);
                }
                writer.write_id([0xcc; 16]);
            }
            let mut reader = Reader::new(speech, (&writer.text, &writer.noise), 1 << 20);
            for (facts, texts) in &entries {
                reader.enter(scene());
                for fact in facts {
                    prop_assert_eq!(&reader.read_fact().unwrap(), fact);
                }
                for text in cuts(facts).iter().chain(texts) {
                    prop_assert_eq!(&reader.read().unwrap(), text);
                }
                prop_assert_eq!(reader.read_id().unwrap(), [0xcc; 16]);
            }
            prop_assert!(reader.is_done());
        }

        #[test]
        fn any_bytes_are_read_or_refused(text in prop::collection::vec(0_u8..20, 0..200), noise in prop::collection::vec(any::<u8>(), 0..99)) {
            for dialect in DIALECTS {
                let mut reader = Reader::new(speech(dialect), (&text, &noise), 1_000);
                reader.enter(scene());
                let mut bytes = 0;
                while let Ok(read) = if bytes == 0 { reader.read_fact() } else { reader.read() } {
                    bytes += read.len();
                }
                prop_assert!(bytes <= 1_000);
            }
        }
    }

    #[test]
    fn an_entry_s_own_ids_time_and_author_take_a_byte_or_two() {
        let mut text = b"{\"command\":".to_vec();
        write_id(&mut text, [0xaa; 16]);
        text.extend(b"77");
        write_id(&mut text, [0xbb; 16]);
        let mut writer = Writer::new(speech(Dialect::Second));
        writer.enter(scene());
        writer.write(&text);
        assert_eq!(writer.text, b"{\"command\":\x06\x05\x04\x01\x00");
        assert!(writer.noise.is_empty());
    }

    #[test]
    fn what_a_fact_says_already_takes_a_few_bytes() {
        let fact = b"{\"mark\":7,\"fact\":{\"about\":\"check\",\"fact\":{\"type\":\"fired\",\"course\":1}}}";
        let value = b"{\"mark\":7,\"fact\":{\"type\":\"fired\",\"course\":1}}";
        let mut writer = Writer::new(speech(Dialect::Third));
        writer.enter(scene());
        writer.write_fact(b"key");
        writer.write_fact(fact);
        writer.text.clear();
        writer.write(value);
        assert_eq!(writer.text, [CUT, 2, 19, 24, 1, END]);
    }

    #[test]
    fn the_next_number_behind_an_id_takes_two_bytes() {
        let mut writer = Writer::new(speech(Dialect::Third));
        let said = [41, 42, 43].map(|n| {
            writer.enter(scene());
            writer.text.clear();
            let mut key = Vec::new();
            write_id(&mut key, [0xcc; 16]);
            key.extend(format!(".{n}").bytes());
            writer.write_fact(&key);
            writer.text.clone()
        });
        assert_eq!(said[0], [FRESH, 0, COUNT, 82, END]);
        assert_eq!(said[1..], [[KNOWN, 0, COUNT, 0, END], [KNOWN, 0, COUNT, 0, END]]);
    }
}
