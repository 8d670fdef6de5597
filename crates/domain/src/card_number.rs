//! Card numbers, which are never written down: not in a note, not in a name, whoever typed or dictated them.

use serde_json::Value;
use uuid::Uuid;

/// Digits of a card number (ISO/IEC 7812-1; the shortest and the longest in use).
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
/// What a card number begins with: the industries of payment, travel and shops.
const FIRST: std::ops::RangeInclusive<u8> = 2..=6;
/// Characters between two groups of digits that still belong together.
const BETWEEN_MAX: usize = 3;

/// Whether a text holds a card number: 13 to 19 digits of any script, in groups or not, that begin with 2 to 6 and pass the
/// Luhn check. Other digits beside it, such as a quantity, do not hide it. About one other number of that length in ten passes
/// as well.
pub fn holds_card_number(text: &str) -> bool {
    runs(text).iter().any(|groups| {
        (0..groups.len()).any(|first| {
            let mut digits: Vec<u8> = Vec::new();
            groups[first..].iter().any(|group| {
                digits.extend(group);
                is_card_number(&digits)
            })
        })
    })
}

/// The fields of an entity that hold a card number. Ids, and what is made by the hub out of other things, are no text.
pub fn fields_with_card_numbers<'a>(
    fields: impl IntoIterator<Item = (&'a String, &'a Value)>,
) -> impl Iterator<Item = &'a str> {
    let is_text = |name: &str| !matches!(name, "pin_hash" | "token_hash" | "logo");
    let found = fields.into_iter().filter(move |(name, value)| is_text(name) && value_holds_one(value));
    found.map(|(name, _)| name.as_str())
}

fn value_holds_one(value: &Value) -> bool {
    match value {
        Value::String(text) => text.parse::<Uuid>().is_err() && holds_card_number(text),
        Value::Array(values) => values.iter().any(value_holds_one),
        Value::Object(fields) => fields.values().any(value_holds_one),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Runs of groups of digits with little between them.
fn runs(text: &str) -> Vec<Vec<Vec<u8>>> {
    let (mut runs, mut groups, mut group, mut between) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for character in text.chars() {
        if let Some(digit) = digit(character) {
            between = 0;
            group.push(digit);
            continue;
        }
        if !group.is_empty() {
            groups.push(std::mem::take(&mut group));
        }
        between += usize::from(!is_invisible(character));
        if !separates(character) || between > BETWEEN_MAX {
            runs.push(std::mem::take(&mut groups));
        }
    }
    groups.push(group);
    runs.push(groups);
    runs
}

fn is_card_number(digits: &[u8]) -> bool {
    DIGITS.contains(&digits.len())
        && digits.first().is_some_and(|first| FIRST.contains(first))
        && passes_luhn(digits)
}

fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// What a digit is worth in the scripts that venues write.
fn digit(character: char) -> Option<u8> {
    const ZEROS: [char; 6] = ['0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{ff10}'];
    ZEROS.iter().find_map(|zero| {
        let worth = u32::from(character).checked_sub(u32::from(*zero))?;
        u8::try_from(worth).ok().filter(|worth| *worth < 10)
    })
}

fn separates(character: char) -> bool {
    let is_dash = matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    character.is_whitespace()
        || is_dash
        || is_invisible(character)
        || matches!(character, '.' | '/' | '_' | '·' | '*')
}

/// Marks of direction and joints, which nobody sees.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_found_however_it_is_written() {
        for text in [
            "4111111111111111",
            "card 4111 1111-1111 1111, exp 12/29",
            "2 x 4111 1111 1111 1111",
            "12 4111111111111111",
            "4111.1111.1111.1111",
            "4111/1111/1111/1111",
            "4111\u{a0}1111\u{2013}1111 - 1111",
            "4\u{200b}111\u{2060}1111 1111 1111",
            "٤١١١ ١١١١ ١١١١ ١١١١",
            "４１１１１１１１１１１１１１１１",
            "3782 822463 10005",
            "30569309025904",
            "6304000000000000 00",
            "5555555555554444",
            "2223003122003222",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_written_down() {
        for text in [
            "",
            "4111 1111 1111 1112",
            "call +39 055 1234567, table 12",
            "0039 055 123 45 67 89",
            "1767225600000",
            "12:30, 14:45, 16:00, 18:15",
            "4111, 1111, 1111, 1111",
            "order 9-400-1111-1111-11113",
            "00000000000000000000000000000000",
            "12.50 13.50 14.50",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn of_an_entity_every_text_is_looked_at_and_no_id() {
        let fields: std::collections::BTreeMap<String, Value> = serde_json::from_str(
            r#"{"id":"41111111-1111-1111-0000-000000000000","name":"Ada","names":{"ar":"4111111111111111"},
                "reasons":["x","5555 5555 5555 4444"],"pin_hash":"4111111111111111",
                "token_hash":"4111111111111111","price":4111111111111111}"#,
        )
        .unwrap();
        assert_eq!(fields_with_card_numbers(&fields).collect::<Vec<_>>(), ["names", "reasons"]);
    }
}
