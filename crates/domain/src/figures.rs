//! Figures of a trading day: named sums that can be added and subtracted, so that a day is the sum of its checks and
//! a correction is a difference.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::Money;

/// Sums by name; a name that is missing is zero, and a zero is not kept.
///
/// Names: `sales/net`, `sales/tax`, `sales/service`, `discount`, `comp`, `void`, `checks`, `covers`,
/// `tax/{basis points}/{name}/net|tax`, `category/{id}/quantity|total`, `item/{id}/quantity|total`, `server/{id}`,
/// `hour/{0..23}`, `tender/{kind}/count|amount|tip|refund`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Figures(BTreeMap<String, i64>);

impl Figures {
    /// Adds `value` to the sum called `name`.
    pub fn add(&mut self, name: impl Into<String>, value: i64) {
        use std::collections::btree_map::Entry;
        match self.0.entry(name.into()) {
            Entry::Vacant(slot) => {
                if value != 0 {
                    slot.insert(value);
                }
            }
            Entry::Occupied(mut slot) => {
                *slot.get_mut() += value;
                if *slot.get() == 0 {
                    slot.remove();
                }
            }
        }
    }

    /// Adds every sum of `other`.
    pub fn add_all(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            self.add(name.as_str(), *value);
        }
    }

    /// Takes every sum of `other` away.
    pub fn subtract_all(&mut self, other: &Self) {
        for (name, value) in &other.0 {
            self.add(name.as_str(), -*value);
        }
    }

    /// The sum called `name`.
    pub fn get(&self, name: &str) -> i64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// The sum called `name`, as money.
    pub fn money(&self, name: &str) -> Money {
        Money(self.get(name))
    }

    /// Names under `prefix` with what follows it, in order.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, i64)> {
        self.0
            .range(prefix.to_owned()..)
            .map_while(move |(name, value)| name.strip_prefix(prefix).map(|rest| (rest, *value)))
    }

    /// Whether every sum is zero.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Everything that was sold: net, tax and service.
    pub fn sales(&self) -> Money {
        self.money("sales/net") + self.money("sales/tax") + self.money("sales/service")
    }

    /// How many items were sold, given away or not.
    pub fn items(&self) -> i64 {
        self.under("item/").filter(|(name, _)| name.ends_with("/quantity")).map(|(_, value)| value).sum()
    }

    /// Everything that was paid, less refunds, without tips.
    pub fn tendered(&self) -> Money {
        let sum = |what: &str| {
            self.under("tender/")
                .filter(|(name, _)| name.ends_with(what))
                .map(|(_, value)| value)
                .sum::<i64>()
        };
        Money(sum("/amount") - sum("/refund"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subtracting_what_was_added_leaves_nothing() {
        let mut day = Figures::default();
        let mut check = Figures::default();
        check.add("sales/net", 100);
        check.add("tender/cash/amount", 110);
        day.add_all(&check);
        assert_eq!((day.sales(), day.tendered()), (Money(100), Money(110)));
        day.subtract_all(&check);
        assert!(day.is_empty());
    }
}
