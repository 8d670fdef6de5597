//! Money is whole minor units of one currency, and this is the one place where it is rounded.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An amount in minor units (cents, fils, yen) of the venue's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Money(pub i64);

/// The largest amount that any one command may name: ten million major units of a two-digit currency.
pub const AMOUNT_MINOR_MAX: i64 = 1_000_000_000;

/// Why money could not be divided.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SplitError {
    /// There is nobody to divide between.
    #[error("cannot split between no covers")]
    NoCovers,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Splits `self` over `covers`; the first covers carry the odd minor units.
    ///
    /// # Errors
    /// [`SplitError::NoCovers`] when `covers` is zero.
    pub fn split(self, covers: u32) -> Result<Vec<Self>, SplitError> {
        self.allocate(&vec![1; covers as usize]).ok_or(SplitError::NoCovers)
    }

    /// Divides `self` in proportion to `weights` so that the parts add up to `self` exactly: each part is cut
    /// down to a whole minor unit, and what remains goes to the first parts, one unit each.
    ///
    /// `None` when no weight is positive.
    pub fn allocate(self, weights: &[u64]) -> Option<Vec<Self>> {
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        if total == 0 {
            return None;
        }
        let amount = i128::from(self.0);
        let mut parts: Vec<i64> = weights
            .iter()
            .map(|w| {
                i64::try_from(amount * i128::from(*w) / total).expect("a part is not larger than the whole")
            })
            .collect();
        let mut rest = self.0 - parts.iter().sum::<i64>();
        for (part, weight) in parts.iter_mut().zip(weights) {
            if rest != 0 && *weight > 0 {
                *part += rest.signum();
                rest -= rest.signum();
            }
        }
        Some(parts.into_iter().map(Self).collect())
    }

    /// `self` × `basis_points` / 10 000, rounded half away from zero.
    #[must_use]
    pub fn percent(self, basis_points: u32) -> Self {
        Self(divide_half_away(i128::from(self.0) * i128::from(basis_points), 10_000))
    }

    /// The part of a price that is tax, where the price includes it: `self` × r / (10 000 + r), rounded half away
    /// from zero.
    #[must_use]
    pub fn tax_within(self, basis_points: u32) -> Self {
        let rate = i128::from(basis_points);
        Self(divide_half_away(i128::from(self.0) * rate, 10_000 + rate))
    }

    /// `self` taken `quantity` times.
    #[must_use]
    pub fn times(self, quantity: u32) -> Self {
        Self(self.0.saturating_mul(i64::from(quantity)))
    }
}

/// The only rounding in Maitred: half away from zero, as cash registers and tax authorities expect by default.
fn divide_half_away(numerator: i128, denominator: i128) -> i64 {
    let half = denominator / 2;
    let adjusted = if numerator < 0 { numerator - half } else { numerator + half };
    i64::try_from(adjusted / denominator).expect("amounts are bounded by AMOUNT_MINOR_MAX")
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

/// What a line, or a part of one, is worth. Computed once, when a fact is decided; from then on only added and
/// subtracted, so that no order of commands can lose a minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Amounts {
    /// Without tax and service charge.
    pub net: Money,
    /// Tax, whether it was inside the price or came on top.
    pub tax: Money,
    /// Service charge.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub service: Money,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(money: &Money) -> bool {
    money.0 == 0
}

impl Amounts {
    /// Nothing.
    pub const ZERO: Self = Self { net: Money::ZERO, tax: Money::ZERO, service: Money::ZERO };

    /// What the guest pays.
    pub fn total(self) -> Money {
        self.net + self.tax + self.service
    }

    /// Divides the total in proportion to `weights`, as [`Money::allocate`] does, and net, tax and service with it:
    /// one of three soups costs a third, though neither its net nor its tax can be cut in three. The parts add up
    /// exactly. `None` when no weight is positive.
    pub fn allocate(self, weights: &[u64]) -> Option<Vec<Self>> {
        let mut left = self;
        let mut parts = Vec::with_capacity(weights.len());
        for total in self.total().allocate(weights)? {
            let part = left.part(total);
            left -= part;
            parts.push(part);
        }
        let last = weights.iter().rposition(|weight| *weight > 0)?;
        parts[last] += left;
        Some(parts)
    }

    /// `total` of it, off net, tax and service in proportion; nothing of an amount that is not positive.
    #[must_use]
    pub fn part(self, total: Money) -> Self {
        let weights = [self.net, self.tax, self.service].map(|amount| amount.0.max(0).unsigned_abs());
        match total.allocate(&weights).as_deref() {
            Some(&[net, tax, service]) => Self { net, tax, service },
            Some(_) | None => Self { net: total, ..Self::ZERO },
        }
    }
}

impl Add for Amounts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { net: self.net + other.net, tax: self.tax + other.tax, service: self.service + other.service }
    }
}

impl Sub for Amounts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { net: self.net - other.net, tax: self.tax - other.tax, service: self.service - other.service }
    }
}

impl AddAssign for Amounts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Amounts {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Amounts {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_covers_carry_the_odd_minor_units() {
        assert_eq!(Money(1000).split(3), Ok(vec![Money(334), Money(333), Money(333)]));
        assert_eq!(Money(1).split(0), Err(SplitError::NoCovers));
    }

    #[test]
    fn a_part_of_an_amount_costs_its_share_of_the_total() {
        let three = Amounts { net: Money(2455), tax: Money(245), service: Money::ZERO };
        let parts = three.allocate(&[1, 2]).unwrap();
        assert_eq!(parts.iter().map(|part| part.total()).collect::<Vec<_>>(), [Money(900), Money(1800)]);
        assert_eq!(parts.into_iter().sum::<Amounts>(), three);
    }

    #[test]
    fn tax_is_rounded_half_away_from_zero() {
        assert_eq!(Money(105).percent(1000), Money(11));
        assert_eq!(Money(-105).percent(1000), Money(-11));
        assert_eq!(Money(1100).tax_within(1000), Money(100));
    }

    proptest! {
        #[test]
        fn splitting_never_loses_a_minor_unit(amount in -AMOUNT_MINOR_MAX..AMOUNT_MINOR_MAX, covers in 1_u32..200) {
            let parts = Money(amount).split(covers).unwrap();
            prop_assert_eq!(parts.iter().copied().sum::<Money>(), Money(amount));
            let spread = parts.iter().max().unwrap().0 - parts.iter().min().unwrap().0;
            prop_assert!(spread <= 1);
        }

        #[test]
        fn allocation_adds_up_whatever_the_weights(
            amount in -AMOUNT_MINOR_MAX..AMOUNT_MINOR_MAX,
            weights in prop::collection::vec(0_u64..1_000_000, 1..40),
        ) {
            if let Some(parts) = Money(amount).allocate(&weights) {
                prop_assert_eq!(parts.into_iter().sum::<Money>(), Money(amount));
            }
        }
    }
}
