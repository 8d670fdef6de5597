//! Takes texts apart.

use std::collections::BTreeMap;

use super::super::Speech;
use super::cast::{Cast, Counts, Cut, Scene};
use super::spell::{ID_CHARS, count_at, id_at, list_at, push_number};
use super::{
    AUTHOR, BYTES, COUNT, CUT, DOC, Dialect, END, FRESH, HLC, Id, KNOWN, LATE, MADE, MADE_MAX, MadeId, PLAIN,
    STAMP,
};

/// A text is looked for in as many facts of its entry.
const FACTS_LOOKED_AT_MAX: usize = 64;
/// Ids with lower numbers are mostly those of dishes and tables, which come again and again: they keep one name.
const EARLY: u64 = 128;

/// Takes texts apart.
pub struct Writer {
    pub text: Vec<u8>,
    /// What cannot be compressed.
    pub noise: Vec<u8>,
    dialect: Dialect,
    made_id: MadeId,
    known: BTreeMap<Id, u64>,
    counts: Counts,
    cast: Cast,
    made: Vec<Id>,
}

impl Writer {
    pub fn new(Speech { dialect, made_id }: Speech) -> Self {
        Self {
            text: Vec::new(),
            noise: Vec::new(),
            dialect,
            made_id,
            known: BTreeMap::new(),
            counts: Counts::default(),
            cast: Cast::default(),
            made: Vec::new(),
        }
    }

    /// The texts from here on are of the next entry.
    pub fn enter(&mut self, scene: Scene) {
        self.made.clear();
        for id in std::mem::replace(&mut self.cast, Cast::of(scene)).used {
            let number = self.known.len() as u64;
            self.known.entry(id).or_insert(number);
        }
    }

    /// A fact, which texts behind it may repeat.
    pub fn write_fact(&mut self, fact: &[u8]) {
        self.spell(fact);
        self.cast.facts.push(fact.to_vec());
    }

    pub fn write(&mut self, text: &[u8]) {
        match self.cut(text) {
            Some((fact, cut)) => self.repeat(text, fact, cut),
            None => self.spell(text),
        }
    }

    /// An id by itself, after the first fact.
    pub fn write_id(&mut self, id: Id) {
        self.id(id, &[]);
    }

    /// The fact that a text repeats a part of.
    fn cut(&self, text: &[u8]) -> Option<(usize, Cut)> {
        if !self.dialect.knows(CUT) {
            return None;
        }
        let (count, last) = (self.cast.facts.len(), self.cast.repeated);
        let near = (1..=count.min(FACTS_LOOKED_AT_MAX)).map(|step| (last + step) % count);
        let mut cuts = near.filter_map(|fact| Cut::of(text, &self.cast.facts[fact]).map(|cut| (fact, cut)));
        cuts.next()
    }

    fn repeat(&mut self, text: &[u8], fact: usize, cut: Cut) {
        let last = std::mem::replace(&mut self.cast.repeated, fact);
        let step = (fact as u64).wrapping_sub(last as u64).cast_signed();
        self.text.push(CUT);
        push_number(&mut self.text, step);
        for number in [cut.kept, cut.left_out, cut.end] {
            push_number(&mut self.text, number as u64);
        }
        self.text.push(END);
        self.cast.ends(text);
    }

    fn spell(&mut self, text: &[u8]) {
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            at += self.mark(text, at).unwrap_or_else(|| {
                self.text.extend((*byte <= self.dialect.last_mark()).then_some(PLAIN));
                self.text.push(*byte);
                1
            });
        }
        self.text.push(END);
        self.cast.ends(text);
    }

    /// Writes a mark for what stands at a place, and returns how long that was.
    fn mark(&mut self, text: &[u8], at: usize) -> Option<usize> {
        let rest = &text[at..];
        let behind = self.cast.behind.take();
        let hlc = self.cast.hlc.as_bytes();
        if let Some(id) = id_at(rest) {
            self.id(id, &text[..at]);
            Some(ID_CHARS)
        } else if rest.starts_with(hlc) {
            self.text.push(HLC);
            Some(hlc.len())
        } else if rest.starts_with(&self.cast.scene.hlc.to_be_bytes()) && self.dialect.knows(STAMP) {
            self.text.push(STAMP);
            Some(size_of::<u64>())
        } else if let Some(length) = behind.and_then(|id| self.count(id, rest)) {
            Some(length)
        } else {
            let (numbers, length) = list_at(rest)?;
            self.text.push(BYTES);
            push_number(&mut self.text, numbers.len() as u64);
            self.noise.extend(numbers);
            Some(length)
        }
    }

    /// Writes a mark for a number that stands behind an id.
    fn count(&mut self, id: Id, rest: &[u8]) -> Option<usize> {
        let (number, length) = count_at(rest).filter(|_| self.dialect.knows(COUNT))?;
        let step = number.wrapping_sub(self.counts.expected(id)?).cast_signed();
        self.counts.follow(id, number);
        self.text.push(COUNT);
        push_number(&mut self.text, step);
        Some(length)
    }

    fn id(&mut self, id: Id, so_far: &[u8]) {
        let (kind, number) = self.name(id, so_far);
        self.text.push(kind);
        if kind != AUTHOR {
            push_number(&mut self.text, number);
        }
        self.cast.behind = Some(id);
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
            let is_late = *number >= EARLY && self.dialect.knows(LATE);
            let late = self.known.len() as u64 - 1 - number;
            return if is_late { (LATE, late) } else { (KNOWN, *number) };
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
        let so_far = self.cast.first_text(so_far);
        while !self.made.contains(&id) {
            let number = self.made.len() as u64;
            let next = (number < MADE_MAX).then(|| (self.made_id)(so_far, number)).flatten()?;
            self.made.push(next);
        }
        self.made.iter().position(|made| *made == id).map(|number| number as u64)
    }
}
