//! Puts texts together again.

use super::super::Speech;
use super::cast::{Cast, Counts, Cut, Scene};
use super::spell::{write_id, write_list};
use super::{
    AUTHOR, BYTES, COUNT, CUT, DOC, Dialect, END, FRESH, HLC, Id, KNOWN, LATE, MADE, MADE_MAX, MadeId, PLAIN,
    STAMP,
};
use crate::session::batch::BatchError;

/// Puts texts together again.
pub struct Reader<'a> {
    text: &'a [u8],
    noise: &'a [u8],
    dialect: Dialect,
    made_id: MadeId,
    known: Vec<Id>,
    counts: Counts,
    cast: Cast,
    /// Bytes that may still come of it.
    room: usize,
}

impl<'a> Reader<'a> {
    pub fn new(
        Speech { dialect, made_id }: Speech,
        (text, noise): (&'a [u8], &'a [u8]),
        bytes_max: usize,
    ) -> Self {
        Self {
            text,
            noise,
            dialect,
            made_id,
            known: Vec::new(),
            counts: Counts::default(),
            cast: Cast::default(),
            room: bytes_max,
        }
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

    /// A fact, which texts behind it may repeat.
    pub fn read_fact(&mut self) -> Result<Vec<u8>, BatchError> {
        let fact = self.read()?;
        if self.dialect.knows(CUT) {
            self.cast.facts.push(fact.clone());
        }
        Ok(fact)
    }

    pub fn read(&mut self) -> Result<Vec<u8>, BatchError> {
        let mut out = Vec::new();
        loop {
            let mark = self.byte()?;
            if mark == END {
                break;
            }
            let behind = self.cast.behind.take();
            let before = out.len();
            self.piece(mark, behind, &mut out)?;
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

    /// What a mark stands for, or a byte of the text.
    fn piece(&mut self, mark: u8, behind: Option<Id>, out: &mut Vec<u8>) -> Result<(), BatchError> {
        match mark {
            plain if !self.dialect.knows(plain) => out.push(plain),
            HLC => out.extend_from_slice(self.cast.hlc.as_bytes()),
            BYTES => {
                let count = self.number()?;
                write_list(out, self.take(count)?);
            }
            PLAIN => out.push(self.byte()?),
            CUT => self.repeated(out)?,
            COUNT => {
                let id = behind.ok_or(BatchError::Malformed)?;
                let expected = self.counts.expected(id).ok_or(BatchError::Malformed)?;
                let number = expected.wrapping_add(self.step()?);
                self.counts.follow(id, number);
                out.extend_from_slice(format!(".{number}").as_bytes());
            }
            STAMP => out.extend_from_slice(&self.cast.scene.hlc.to_be_bytes()),
            id => {
                let id = self.named(id, out)?;
                write_id(out, id);
            }
        }
        Ok(())
    }

    fn repeated(&mut self, out: &mut Vec<u8>) -> Result<(), BatchError> {
        let place = (self.cast.repeated as u64).wrapping_add(self.step()?);
        let [kept, left_out, end] = [self.size()?, self.size()?, self.size()?];
        self.cast.repeated = usize::try_from(place).map_err(|_| BatchError::Dangling)?;
        let fact = self.cast.facts.get(self.cast.repeated).ok_or(BatchError::Dangling)?;
        let (start, rest) = Cut { kept, left_out, end }.parts(fact).ok_or(BatchError::Dangling)?;
        out.extend_from_slice(start);
        out.extend_from_slice(rest);
        Ok(())
    }

    fn named(&mut self, kind: u8, so_far: &[u8]) -> Result<Id, BatchError> {
        let id = self.id(kind, so_far)?;
        self.cast.behind = Some(id);
        Ok(id)
    }

    fn id(&mut self, kind: u8, so_far: &[u8]) -> Result<Id, BatchError> {
        if kind == AUTHOR {
            return Ok(self.cast.scene.author);
        }
        if !self.dialect.knows(kind) {
            return Err(BatchError::Malformed);
        }
        let number = self.number()?;
        let place = usize::try_from(number).map_err(|_| BatchError::Dangling)?;
        match kind {
            KNOWN => self.known.get(place).copied().ok_or(BatchError::Dangling),
            LATE => self.known.iter().rev().nth(place).copied().ok_or(BatchError::Dangling),
            DOC => self.cast.scene.docs.get(place).copied().flatten().ok_or(BatchError::Dangling),
            MADE if number < MADE_MAX => {
                let id = (self.made_id)(self.cast.first_text(so_far), number).ok_or(BatchError::Dangling)?;
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

    fn size(&mut self) -> Result<usize, BatchError> {
        usize::try_from(self.number()?).map_err(|_| BatchError::Dangling)
    }

    /// A signed number, to be added with a wrap.
    fn step(&mut self) -> Result<u64, BatchError> {
        let (step, rest) = postcard::take_from_bytes::<i64>(self.text).map_err(|_| BatchError::Malformed)?;
        self.text = rest;
        Ok(step.cast_unsigned())
    }

    fn take(&mut self, count: u64) -> Result<&'a [u8], BatchError> {
        let taken = usize::try_from(count).ok().and_then(|count| self.noise.split_at_checked(count));
        let (taken, rest) = taken.ok_or(BatchError::Malformed)?;
        self.noise = rest;
        Ok(taken)
    }
}
