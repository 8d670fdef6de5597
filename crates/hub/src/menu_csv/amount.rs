//! Amounts as people write them: with a point or a comma, grouped or not, in any digits.

use maitred_domain::money::Money;

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a number.
    #[error("that is not an amount")]
    NotANumber,
    /// More decimals than the currency has, or thousands: 1.234.
    #[error("that may be thousands, or more decimals than the currency has")]
    Ambiguous,
}

/// The amount that `text` says, in a currency with `exponent` decimals. Currency signs beside it do not matter.
pub fn parse(text: &str, exponent: u8) -> Result<Money, AmountError> {
    let mut digits = String::new();
    // Where separators stand, as counts of digits before them.
    let mut separators: Vec<(char, usize)> = Vec::new();
    let beside = |letter: char| {
        let counts = letter.is_numeric() || is_separator(letter) || matches!(letter, '-' | '−');
        letter.is_whitespace() || !counts
    };
    let number = text.trim_matches(beside);
    let (number, negative) = match number.strip_prefix(['-', '−']) {
        Some(rest) => (rest.trim_start_matches(beside), true),
        None => (number, false),
    };
    for letter in number.chars() {
        match digit(letter) {
            Some(digit) => digits.push(digit),
            None if is_separator(letter) => separators.push((letter, digits.len())),
            None => return Err(AmountError::NotANumber),
        }
    }
    if digits.is_empty() || digits.len() > 15 {
        return Err(AmountError::NotANumber);
    }
    let decimals = decimals(&separators, digits.len(), usize::from(exponent))?;
    let zeros = "0".repeat(usize::from(exponent) - decimals);
    let minor: i64 = format!("{digits}{zeros}").parse().map_err(|_| AmountError::NotANumber)?;
    Ok(Money(if negative { -minor } else { minor }))
}

fn digit(letter: char) -> Option<char> {
    let arabic = |zero: char| {
        let value = u32::from(letter).checked_sub(u32::from(zero)).filter(|value| *value < 10)?;
        char::from_digit(value, 10)
    };
    letter.is_ascii_digit().then_some(letter).or_else(|| arabic('٠')).or_else(|| arabic('۰'))
}

fn is_separator(letter: char) -> bool {
    matches!(letter, '.' | ',' | '\'' | '’' | '٫' | '٬' | '\u{a0}' | '\u{202f}' | ' ')
}

/// How many of the digits are decimals: those behind the last separator, unless it groups thousands.
fn decimals(separators: &[(char, usize)], digits: usize, exponent: usize) -> Result<usize, AmountError> {
    let Some(((mark, before), earlier)) = separators.split_last() else { return Ok(0) };
    let behind = digits - before;
    let repeated = earlier.iter().any(|(other, _)| other == mark);
    let is_decimal = !repeated && matches!(mark, '.' | ',' | '٫') && (1..=exponent).contains(&behind);
    let groups = if is_decimal { earlier } else { separators };
    if !in_thousands(groups, if is_decimal { *before } else { digits }) {
        return Err(if behind > exponent { AmountError::Ambiguous } else { AmountError::NotANumber });
    }
    if is_decimal {
        return Ok(behind);
    }
    // One group of three: thousands where nothing else is possible, and a riddle elsewhere.
    let riddle = separators.len() == 1 && exponent > 0 && matches!(mark, '.' | ',');
    if riddle { Err(AmountError::Ambiguous) } else { Ok(0) }
}

/// Whether the separators, all alike, stand between groups of three.
fn in_thousands(groups: &[(char, usize)], digits: usize) -> bool {
    let alike = groups.windows(2).all(|pair| pair[0].0 == pair[1].0);
    let ends = groups.iter().skip(1).map(|(_, at)| *at).chain([digits]);
    alike && groups.iter().zip(ends).all(|((_, at), end)| *at > 0 && end - at == 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_it_is_meant_in_its_currency() {
        for (text, exponent, minor) in [
            ("12.50", 2, 1250),
            ("12,5", 2, 1250),
            ("€ 12,50", 2, 1250),
            ("12", 2, 1200),
            ("1.234,50", 2, 123_450),
            ("1,234.50", 2, 123_450),
            ("1 234,50 €", 2, 123_450),
            ("1'234.50", 2, 123_450),
            ("1,234,567.00", 2, 123_456_700),
            ("1,200", 0, 1200),
            ("1.200", 0, 1200),
            ("¥1200", 0, 1200),
            ("1.250", 3, 1250),
            ("2,5", 3, 2500),
            ("١٢٫٥٠", 2, 1250),
            ("-3.00", 2, -300),
            ("0", 2, 0),
        ] {
            assert_eq!(parse(text, exponent), Ok(Money(minor)), "{text}");
        }
        for (text, exponent) in [("1.234", 2), ("12.345", 2), ("1,5", 0)] {
            assert_eq!(parse(text, exponent), Err(AmountError::Ambiguous), "{text}");
        }
        for text in ["", "free", "1.2.3", "12.50.1", "..", "1,23,4", "9999999999999999"] {
            assert!(parse(text, 2).is_err(), "{text}");
        }
    }
}
