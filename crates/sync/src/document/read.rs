//! Reading: the same answer on every replica that holds the same changes. What does not parse is skipped.

use std::borrow::Cow;
use std::ops::RangeBounds;

use automerge::iter::MapRange;
use automerge::{ROOT, ReadDoc, ScalarValue, ScalarValueRef, Value, ValueRef};

use super::value::{Register, Stamped};
use super::{Document, key, value};

impl Document {
    /// The facts of a section as `(id, value)`, ordered by id.
    ///
    /// Where replicas gave one id different values, the least stands; [`Document::rivals`] has the others.
    pub fn facts<'a>(
        &'a self,
        section: &str,
    ) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> + use<'a> {
        let skip = section.len() + 1;
        self.texts(key::under(&[section])).map(move |(key, value)| (tail(key, skip), value))
    }

    /// Every fact of the document as `(section, id, value)`, ordered by section (as if it ended in `/`), then id.
    pub fn all_facts(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>, Cow<'_, str>)> {
        self.texts(..).filter_map(|(key, value)| {
            let length = key::split(&key)?.0.len();
            let section = match &key {
                Cow::Borrowed(key) => Cow::Borrowed(&key[..length]),
                Cow::Owned(key) => Cow::Owned(key[..length].to_owned()),
            };
            Some((section, tail(key, length + 1), value))
        })
    }

    /// The value of one fact, as [`Document::facts`] gives it.
    pub fn fact(&self, section: &str, id: &str) -> Option<String> {
        self.fact_values(section, id).into_iter().next()
    }

    /// The other values that replicas gave to one fact's id, ascending; empty unless an id was used twice.
    pub fn rivals(&self, section: &str, id: &str) -> Vec<String> {
        self.fact_values(section, id).into_iter().skip(1).collect()
    }

    /// One register; `None` when it was never set. A cleared one is there, holding `None`.
    pub fn register(&self, section: &str, key: &str) -> Option<Register> {
        let key = key::join(&[section], key).ok()?;
        Register::settle(self.stamped(&key))
    }

    /// The registers of a section as `(key, register)`, ordered by key, cleared ones included.
    pub fn registers<'a>(
        &'a self,
        section: &str,
    ) -> impl Iterator<Item = (Cow<'a, str>, Register)> + use<'a> {
        let skip = section.len() + 1;
        self.range(key::under(&[section])).filter_map(move |item| {
            let written = match (item.value, item.conflict) {
                (_, true) => self.stamped(&item.key),
                (ValueRef::Scalar(ScalarValueRef::Bytes(bytes)), false) => vec![value::decode(&bytes)?],
                _ => return None,
            };
            Some((tail(item.key, skip), Register::settle(written)?))
        })
    }

    /// The sum of an epoch's deltas, held at the ends of `i64` should it pass them; 0 for an unknown epoch.
    pub fn counter(&self, section: &str, epoch: &str) -> i64 {
        let sum: i128 = self.deltas(section, epoch).map(|(_, delta)| i128::from(delta)).sum();
        i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
    }

    /// The deltas of an epoch as `(delta_id, delta)`, ordered by id.
    ///
    /// Where replicas gave one id different deltas, the least stands.
    pub fn deltas<'a>(
        &'a self,
        section: &str,
        epoch: &str,
    ) -> impl Iterator<Item = (Cow<'a, str>, i64)> + use<'a> {
        let skip = section.len() + epoch.len() + 2;
        self.range(key::under(&[section, epoch])).filter_map(move |item| {
            let delta = match (item.value, item.conflict) {
                (_, true) => self.scalars(&item.key).iter().filter_map(int).min()?,
                (ValueRef::Scalar(ScalarValueRef::Int(delta)), false) => delta,
                _ => return None,
            };
            Some((tail(item.key, skip), delta))
        })
    }

    /// All that a key holds: several values when replicas wrote it side by side.
    pub(super) fn scalars(&self, key: &str) -> Vec<ScalarValue> {
        let held = self.automerge.get_all(ROOT, key).unwrap_or_default();
        let scalar = |(value, _)| match value {
            Value::Scalar(scalar) => Some(scalar.into_owned()),
            Value::Object(_) => None,
        };
        held.into_iter().filter_map(scalar).collect()
    }

    fn stamped(&self, key: &str) -> Vec<Stamped> {
        let decode = |held: &ScalarValue| match held {
            ScalarValue::Bytes(bytes) => value::decode(bytes),
            _ => None,
        };
        self.scalars(key).iter().filter_map(decode).collect()
    }

    /// Every value given to one fact, ascending, each once.
    fn fact_values(&self, section: &str, id: &str) -> Vec<String> {
        let Ok(key) = key::join(&[section], id) else { return Vec::new() };
        let mut values: Vec<_> = self.scalars(&key).into_iter().filter_map(text).collect();
        values.sort_unstable();
        values.dedup();
        values
    }

    fn range(&self, range: impl RangeBounds<String> + 'static) -> MapRange<'_> {
        self.automerge.map_range(ROOT, range)
    }

    fn texts<R: RangeBounds<String> + 'static>(
        &self,
        range: R,
    ) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> + use<'_, R> {
        self.range(range).filter_map(|item| {
            let value = match (item.value, item.conflict) {
                (_, true) => Cow::Owned(self.scalars(&item.key).into_iter().filter_map(text).min()?),
                (ValueRef::Scalar(ScalarValueRef::Str(value)), false) => value,
                _ => return None,
            };
            Some((item.key, value))
        })
    }
}

fn tail(key: Cow<'_, str>, skip: usize) -> Cow<'_, str> {
    match key {
        Cow::Borrowed(key) => Cow::Borrowed(&key[skip..]),
        Cow::Owned(key) => Cow::Owned(key[skip..].to_owned()),
    }
}

fn text(value: ScalarValue) -> Option<String> {
    match value {
        ScalarValue::Str(text) => Some(text.to_string()),
        _ => None,
    }
}

fn int(value: &ScalarValue) -> Option<i64> {
    match value {
        ScalarValue::Int(delta) => Some(*delta),
        _ => None,
    }
}
