//! Money in words: whole units, a point, as many digits as the currency has.

use maitred_domain::catalogue::Venue;
use maitred_domain::money::Money;

/// How amounts of a venue are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    code: String,
    exponent: u8,
}

impl Currency {
    /// The venue's currency.
    pub fn of(venue: &Venue) -> Self {
        Self { code: venue.currency.clone(), exponent: venue.currency_exponent() }
    }

    /// `EUR 12.50`.
    pub fn format(&self, amount: Money) -> String {
        format!("{} {}", self.code, self.bare(amount))
    }

    /// `12.50`.
    pub fn bare(&self, amount: Money) -> String {
        let sign = if amount.0 < 0 { "-" } else { "" };
        let digits = usize::from(self.exponent);
        let all = format!("{:0width$}", amount.0.unsigned_abs(), width = digits + 1);
        let (units, rest) = all.split_at(all.len() - digits);
        if digits == 0 { format!("{sign}{units}") } else { format!("{sign}{units}.{rest}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_as_many_digits_as_their_currency() {
        let of = |code: &str| Currency::of(&Venue { currency: code.into(), ..Venue::default() });
        assert_eq!(of("EUR").format(Money(-5)), "EUR -0.05");
        assert_eq!(of("EUR").bare(Money(123_456)), "1234.56");
        assert_eq!(of("JPY").bare(Money(1_200)), "1200");
        assert_eq!(of("KWD").bare(Money(1_200)), "1.200");
    }
}
