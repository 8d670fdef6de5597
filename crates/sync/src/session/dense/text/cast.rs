//! What both sides know of an entry, and of those before it, when a text is said.

use std::collections::BTreeMap;

use super::Id;

/// As many ids have numbers behind them that are counted.
const COUNTED_MAX: usize = 4_096;

/// What is said elsewhere of the entry that texts belong to.
#[derive(Default)]
pub struct Scene {
    pub author: Id,
    pub hlc: u64,
    /// The document of each change, where it is known before the entry is read.
    pub docs: Vec<Option<Id>>,
}

/// The ids and facts of an entry, as both sides come to know them.
#[derive(Default)]
pub struct Cast {
    pub scene: Scene,
    /// In decimals.
    pub hlc: String,
    first_text: Option<Vec<u8>>,
    pub facts: Vec<Vec<u8>>,
    /// The fact that was said again last.
    pub repeated: usize,
    pub fresh: Vec<Id>,
    /// In the order in which they were first said.
    pub used: Vec<Id>,
    /// The id that ends where the text has got to.
    pub behind: Option<Id>,
}

impl Cast {
    pub fn of(scene: Scene) -> Self {
        Self { hlc: scene.hlc.to_string(), scene, ..Self::default() }
    }

    /// What the made ids follow from: the first text, or what there is of it.
    pub fn first_text<'a>(&'a self, so_far: &'a [u8]) -> &'a [u8] {
        self.first_text.as_deref().unwrap_or(so_far)
    }

    pub fn use_made(&mut self, id: Id) {
        if !self.used.contains(&id) {
            self.used.push(id);
        }
    }

    pub fn ends(&mut self, text: &[u8]) {
        self.behind = None;
        self.first_text.get_or_insert_with(|| text.to_vec());
    }
}

/// Numbers behind ids, which are mostly one more than the last behind the same id.
#[derive(Default)]
pub struct Counts(BTreeMap<Id, u64>);

impl Counts {
    /// The number that is expected; `None` where none is counted.
    pub fn expected(&self, id: Id) -> Option<u64> {
        match self.0.get(&id) {
            Some(last) => Some(last.wrapping_add(1)),
            None => (self.0.len() < COUNTED_MAX).then_some(0),
        }
    }

    pub fn follow(&mut self, id: Id, number: u64) {
        self.0.insert(id, number);
    }
}

/// A text that is a fact without some bytes in its middle and at its end.
#[derive(Clone, Copy)]
pub struct Cut {
    pub kept: usize,
    pub left_out: usize,
    pub end: usize,
}

impl Cut {
    /// A shorter text is left as it is.
    const TEXT_BYTES_MIN: usize = 24;
    /// So much of the end is left out at most.
    const END_BYTES_MAX: usize = 2;

    /// How `text` is cut from `fact`; `None` when it is not.
    pub fn of(text: &[u8], fact: &[u8]) -> Option<Self> {
        if text.len() < Self::TEXT_BYTES_MIN {
            return None;
        }
        let kept = text.iter().zip(fact).take_while(|(one, other)| one == other).count();
        let cuts = (0..=Self::END_BYTES_MAX).filter_map(|end| {
            let left_out = fact.len().checked_sub(end)?.checked_sub(text.len())?;
            Some(Self { kept, left_out, end })
        });
        let mut fits = cuts.filter(|cut| cut.parts(fact).is_some_and(|(_, rest)| rest == &text[kept..]));
        fits.next()
    }

    /// What is left of `fact`; `None` when it is too short.
    pub fn parts(self, fact: &[u8]) -> Option<(&[u8], &[u8])> {
        let end = fact.len().checked_sub(self.end)?;
        let start = self.kept.checked_add(self.left_out)?;
        Some((fact.get(..self.kept)?, fact.get(start..end)?))
    }
}
