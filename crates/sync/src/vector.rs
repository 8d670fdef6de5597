//! How far each journal is known.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Deserializer, Serialize};

use crate::Origin;

/// For each journal, the last entry known; entries are gapless from 1, so one number says it all.
///
/// A journal of which nothing is known is absent: 0 is never stored, so equal knowledge is an equal vector.
/// In JSON: `{"<origin hex>": seq}`, ordered by origin.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Vector(BTreeMap<Origin, u64>);

impl Vector {
    /// Knows nothing.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// The last entry known of `origin`'s journal; 0 when none is.
    pub fn get(&self, origin: Origin) -> u64 {
        self.0.get(&origin).copied().unwrap_or(0)
    }

    /// Knows `origin`'s journal up to `seq`; never moves back.
    pub fn advance(&mut self, origin: Origin, seq: u64) {
        if seq > 0 {
            let known = self.0.entry(origin).or_insert(seq);
            *known = seq.max(*known);
        }
    }

    /// True when everything `other` knows is known here.
    pub fn covers(&self, other: &Vector) -> bool {
        other.iter().all(|(origin, seq)| self.get(origin) >= seq)
    }

    /// What lies here beyond `other`: per origin, in order, the entries `other` lacks.
    pub fn beyond(&self, other: &Vector) -> impl Iterator<Item = (Origin, RangeInclusive<u64>)> {
        self.iter()
            .map(|(origin, seq)| (origin, other.get(origin) + 1..=seq))
            .filter(|(_, entries)| !entries.is_empty())
    }

    /// The part of `self` that `other` does not cover: each journal known further here, and how far.
    ///
    /// Merged into `other` it brings the same as all of `self`; an entry's `after` is such a difference.
    #[must_use]
    pub fn diff(&self, other: &Vector) -> Vector {
        Self(self.iter().filter(|&(origin, seq)| seq > other.get(origin)).collect())
    }

    /// Knows what either knew.
    pub fn merge(&mut self, other: &Vector) {
        for (origin, seq) in other.iter() {
            self.advance(origin, seq);
        }
    }

    /// Each known journal and its last entry, ordered by origin.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Origin, u64)> {
        self.0.iter().map(|(origin, seq)| (*origin, *seq))
    }

    /// Number of journals known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when no journal is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Origin, u64)> for Vector {
    fn from_iter<I: IntoIterator<Item = (Origin, u64)>>(known: I) -> Self {
        let mut vector = Self::new();
        known.into_iter().for_each(|(origin, seq)| vector.advance(origin, seq));
        vector
    }
}

impl<'de> Deserialize<'de> for Vector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(|known: BTreeMap<Origin, u64>| known.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn origin(n: u8) -> Origin {
        Origin::from_bytes([n; 16])
    }

    fn vectors() -> impl Strategy<Value = Vector> {
        prop::collection::vec((0_u8..5, 0_u64..9), 0..8)
            .prop_map(|known| known.into_iter().map(|(n, seq)| (origin(n), seq)).collect())
    }

    proptest! {
        #[test]
        fn sending_what_lies_beyond_makes_the_other_cover(mine in vectors(), theirs in vectors()) {
            let mut after = theirs.clone();
            for (origin, entries) in mine.beyond(&theirs) {
                prop_assert_eq!(*entries.start(), after.get(origin) + 1, "no gap is sent");
                after.advance(origin, *entries.end());
            }
            let mut merged = theirs.clone();
            merged.merge(&mine);
            prop_assert!(after.covers(&mine) && after.covers(&theirs));
            prop_assert_eq!(&after, &merged);
            merged = theirs.clone();
            merged.merge(&mine.diff(&theirs));
            prop_assert_eq!(after, merged);
        }

        #[test]
        fn covering_is_having_nothing_to_receive(mine in vectors(), theirs in vectors()) {
            prop_assert_eq!(mine.covers(&theirs), theirs.beyond(&mine).next().is_none());
            prop_assert_eq!(mine.covers(&theirs), theirs.diff(&mine).is_empty());
        }

        #[test]
        fn a_vector_survives_json(mine in vectors()) {
            let json = serde_json::to_string(&mine).unwrap();
            prop_assert_eq!(serde_json::from_str::<Vector>(&json).unwrap(), mine);
        }
    }

    #[test]
    fn knowing_nothing_of_a_journal_has_one_form() {
        let json = format!("{{\"{}\":0}}", origin(1));
        assert_eq!(serde_json::from_str::<Vector>(&json).unwrap(), Vector::new());
    }
}
