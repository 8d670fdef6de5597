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

use std::collections::BTreeMap;

use super::super::batch::BatchError;

/// Sixteen bytes, written `8-4-4-4-12` in lower-case hex.
pub(super) type Id = [u8; 16];
/// The n-th id that follows from the beginning of an entry's first fact; see [`Journal::made_id`](super::super::Journal::made_id).
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

const ID_CHARS: usize = 36;
const DASHES: [usize; 4] = [8, 13, 18, 23];
/// As many ids are looked for among those that an entry makes.
const MADE_MAX: u64 = 48;
/// A shorter list of numbers is left as it is.
const LIST_MIN: usize = 4;

/// What is said elsewhere of the entry that texts belong to.
#[derive(Default)]
pub(super) struct Scene {
    pub author: Id,
    pub hlc: u64,
    /// The document of each change, where it is known before the entry is read.
    pub docs: Vec<Option<Id>>,
}

/// The ids of an entry, as both sides come to know them.
#[derive(Default)]
struct Cast {
    scene: Scene,
    hlc: String,
    first_fact: Option<Vec<u8>>,
    fresh: Vec<Id>,
    /// In the order in which they were first said.
    used: Vec<Id>,
}

impl Cast {
    fn of(scene: Scene) -> Self {
        Self { hlc: scene.hlc.to_string(), scene, ..Self::default() }
    }

    fn first_fact<'a>(&'a self, so_far: &'a [u8]) -> &'a [u8] {
        self.first_fact.as_deref().unwrap_or(so_far)
    }

    fn use_made(&mut self, id: Id) {
        if !self.used.contains(&id) {
            self.used.push(id);
        }
    }

    fn ends(&mut self, text: &[u8]) {
        self.first_fact.get_or_insert_with(|| text.to_vec());
    }
}

/// Takes texts apart.
pub(super) struct Writer {
    pub text: Vec<u8>,
    /// What cannot be compressed.
    pub noise: Vec<u8>,
    made_id: MadeId,
    known: BTreeMap<Id, u64>,
    cast: Cast,
    made: Vec<Id>,
}

impl Writer {
    pub fn new(made_id: MadeId) -> Self {
        Self {
            text: Vec::new(),
            noise: Vec::new(),
            made_id,
            known: BTreeMap::new(),
            cast: Cast::default(),
            made: Vec::new(),
        }
    }

    /// The texts from here on are of the next entry.
    pub fn enter(&mut self, scene: Scene) {
        self.leave();
        self.cast = Cast::of(scene);
    }

    fn leave(&mut self) {
        self.made.clear();
        for id in std::mem::take(&mut self.cast).used {
            let number = self.known.len() as u64;
            self.known.entry(id).or_insert(number);
        }
    }

    pub fn write(&mut self, text: &[u8]) {
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            at += self.mark(text, at).unwrap_or_else(|| {
                self.text.extend((*byte <= PLAIN).then_some(PLAIN));
                self.text.push(*byte);
                1
            });
        }
        self.text.push(END);
        self.cast.ends(text);
    }

    /// An id by itself, after the first fact.
    pub fn write_id(&mut self, id: Id) {
        self.id(id, &[]);
    }

    /// Writes a mark for what stands at a place, and returns how long that was.
    fn mark(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let rest = &text[at..];
        let hlc = self.cast.hlc.as_bytes();
        if let Some(id) = id_at(rest) {
            self.id(id, &text[..at]);
            Some(ID_CHARS)
        } else if rest.starts_with(hlc) {
            self.text.push(HLC);
            Some(hlc.len())
        } else {
            let (numbers, length) = list_at(rest)?;
            self.text.push(BYTES);
            push_number(&mut self.text, numbers.len() as u64);
            self.noise.extend(numbers);
            Some(length)
        }
    }

    fn id(&mut self, id: Id, so_far: &[u8]) {
        let (kind, number) = self.name(id, so_far);
        self.text.push(kind);
        if kind != AUTHOR {
            push_number(&mut self.text, number);
        }
    }

    fn name(&mut self, id: Id, so_far: &[u8]) -> (u8, u64) {
        if id == self.cast.scene.author {
            return (AUTHOR, 0);
        }
        let is_doc = |doc: &Option<Id>| *doc == Some(id);
        if let Some(at) = self.cast.scene.docs.iter().position(is_doc) {
            return (DOC, at as u64);
        }
        if let Some(number) = self.known.get(&id) {
            return (KNOWN, *number);
        }
        if let Some(number) = self.made_number(id, so_far) {
            self.cast.use_made(id);
            return (MADE, number);
        }
        let number = self.cast.fresh.iter().position(|fresh| *fresh == id).unwrap_or_else(|| {
            self.noise.extend(id);
            self.cast.used.push(id);
            self.cast.fresh.push(id);
            self.cast.fresh.len() - 1
        });
        (FRESH, number as u64)
    }

    fn made_number(&mut self, id: Id, so_far: &[u8]) -> Option<u64> {
        let so_far = self.cast.first_fact(so_far);
        while !self.made.contains(&id) {
            let number = self.made.len() as u64;
            let next = (number < MADE_MAX).then(|| (self.made_id)(so_far, number)).flatten()?;
            self.made.push(next);
        }
        self.made.iter().position(|made| *made == id).map(|number| number as u64)
    }
}

/// Puts texts together again.
pub(super) struct Reader<'a> {
    text: &'a [u8],
    noise: &'a [u8],
    made_id: MadeId,
    known: Vec<Id>,
    cast: Cast,
    /// Bytes that may still come of it.
    room: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a [u8], noise: &'a [u8], made_id: MadeId, bytes_max: usize) -> Self {
        Self { text, noise, made_id, known: Vec::new(), cast: Cast::default(), room: bytes_max }
    }

    /// The texts from here on are of the next entry.
    pub fn enter(&mut self, scene: Scene) {
        let earlier = std::mem::replace(&mut self.cast, Cast::of(scene));
        self.known.extend(earlier.used);
    }

    /// True when nothing is left over.
    pub fn is_done(&self) -> bool {
        self.text.is_empty() && self.noise.is_empty()
    }

    pub fn read(&mut self) -> Result<Vec<u8>, BatchError> {
        let mut out = Vec::new();
        loop {
            let before = out.len();
            match self.byte()? {
                END => break,
                kind @ (KNOWN..=DOC | AUTHOR) => {
                    let id = self.named(kind, &out)?;
                    write_id(&mut out, id);
                }
                HLC => out.extend_from_slice(self.cast.hlc.as_bytes()),
                BYTES => {
                    let count = self.number()?;
                    write_list(&mut out, self.take(count)?);
                }
                PLAIN => out.push(self.byte()?),
                plain => out.push(plain),
            }
            self.room = self.room.checked_sub(out.len() - before).ok_or(BatchError::Compression)?;
        }
        self.cast.ends(&out);
        Ok(out)
    }

    /// An id by itself, after the first fact.
    pub fn read_id(&mut self) -> Result<Id, BatchError> {
        let kind = self.byte()?;
        self.named(kind, &[])
    }

    fn named(&mut self, kind: u8, so_far: &[u8]) -> Result<Id, BatchError> {
        if kind == AUTHOR {
            return Ok(self.cast.scene.author);
        }
        let number = self.number()?;
        let place = usize::try_from(number).map_err(|_| BatchError::Dangling)?;
        match kind {
            KNOWN => self.known.get(place).copied().ok_or(BatchError::Dangling),
            DOC => self.cast.scene.docs.get(place).copied().flatten().ok_or(BatchError::Dangling),
            MADE if number < MADE_MAX => {
                let id = (self.made_id)(self.cast.first_fact(so_far), number).ok_or(BatchError::Dangling)?;
                self.cast.use_made(id);
                Ok(id)
            }
            FRESH if place == self.cast.fresh.len() => {
                let id = *self.take(16)?.first_chunk().expect("as many were taken");
                self.cast.used.push(id);
                self.cast.fresh.push(id);
                Ok(id)
            }
            FRESH => self.cast.fresh.get(place).copied().ok_or(BatchError::Dangling),
            _ => Err(BatchError::Malformed),
        }
    }

    fn byte(&mut self) -> Result<u8, BatchError> {
        let (byte, rest) = self.text.split_first().ok_or(BatchError::Malformed)?;
        self.text = rest;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u64, BatchError> {
        let (number, rest) = postcard::take_from_bytes(self.text).map_err(|_| BatchError::Malformed)?;
        self.text = rest;
        Ok(number)
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], BatchError> {
        let taken = usize::try_from(count).ok().and_then(|count| self.noise.split_at_checked(count));
        let (taken, rest) = taken.ok_or(BatchError::Malformed)?;
        self.noise = rest;
        Ok(taken)
    }
}

fn push_number(out: &mut Vec<u8>, number: u64) {
    let mut space = [0; 10];
    out.extend_from_slice(postcard::to_slice(&number, &mut space).expect("ten bytes take any number"));
}

fn id_at(text: &[u8]) -> Option<Id> {
    let text = text.get(..ID_CHARS)?;
    if !DASHES.iter().all(|at| text[*at] == b'-') {
        return None;
    }
    let mut digits = text.iter().enumerate().filter(|(at, _)| !DASHES.contains(at)).map(|(_, byte)| *byte);
    let mut id = [0; 16];
    for byte in &mut id {
        *byte = digit(digits.next()?)? << 4 | digit(digits.next()?)?;
    }
    Some(id)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

fn write_id(out: &mut Vec<u8>, id: Id) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (at, byte) in id.into_iter().enumerate() {
        out.extend(matches!(at, 4 | 6 | 8 | 10).then_some(b'-'));
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// A list such as `[1,2,255]`, and how long it is; `None` when it is another or would be written otherwise.
fn list_at(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let inside = text.strip_prefix(b"[")?;
    // Longer numbers are none, so the end of a list is near or there is none.
    let length = inside.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b','))?;
    if inside[length] != b']' {
        return None;
    }
    let numbers = inside[..length].split(|byte| *byte == b',').map(number_of).collect::<Option<Vec<u8>>>()?;
    (numbers.len() >= LIST_MIN).then_some((numbers, length + 2))
}

fn number_of(digits: &[u8]) -> Option<u8> {
    let number: u8 = str::from_utf8(digits).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == digits).then_some(number)
}

fn write_list(out: &mut Vec<u8>, numbers: &[u8]) {
    let texts: Vec<String> = numbers.iter().map(u8::to_string).collect();
    out.push(b'[');
    out.extend_from_slice(texts.join(",").as_bytes());
    out.push(b']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(first: &[u8], n: u64) -> Option<Id> {
        first.starts_with(b"key").then(|| [u8::try_from(n).unwrap_or(u8::MAX); 16])
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
            prop::collection::vec(any::<u8>(), 0..9),
            prop::collection::vec(any::<u8>(), 0..9).prop_map(|list| {
                let mut text = Vec::new();
                write_list(&mut text, &list);
                text
            }),
        ];
        prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn texts_come_back_as_they_were(entries in prop::collection::vec(prop::collection::vec(text(), 1..6), 1..6)) {
            let mut writer = Writer::new(made);
            for texts in &entries {
                writer.enter(scene());
                for text in texts {
                    writer.write(text);
                }
                writer.write_id([0xcc; 16]);
            }
            let mut reader = Reader::new(&writer.text, &writer.noise, made, 1 << 20);
            for texts in &entries {
                reader.enter(scene());
                for text in texts {
                    prop_assert_eq!(&reader.read().unwrap(), text);
                }
                prop_assert_eq!(reader.read_id().unwrap(), [0xcc; 16]);
            }
            prop_assert!(reader.is_done());
        }

        #[test]
        fn any_bytes_are_read_or_refused(text in prop::collection::vec(0_u8..20, 0..200), noise in prop::collection::vec(any::<u8>(), 0..99)) {
            let mut reader = Reader::new(&text, &noise, made, 1_000);
            reader.enter(scene());
            let mut bytes = 0;
            while let Ok(read) = reader.read() {
                bytes += read.len();
            }
            prop_assert!(bytes <= 1_000);
        }
    }

    #[test]
    fn an_entry_s_own_ids_time_and_author_take_a_byte_or_two() {
        let mut text = b"{\"command\":".to_vec();
        write_id(&mut text, [0xaa; 16]);
        text.extend(b"77");
        write_id(&mut text, [0xbb; 16]);
        let mut writer = Writer::new(made);
        writer.enter(scene());
        writer.write(&text);
        assert_eq!(writer.text, b"{\"command\":\x06\x05\x04\x01\x00");
        assert!(writer.noise.is_empty());
    }
}
