//! Which PINs may be set.

use crate::limits::{NEW_PIN_CHARS_MAX, PIN_CHARS_MIN};
use crate::problem::Problem;

/// Down the middle of a keypad, and up.
const ON_THE_PAD: [&str; 4] = ["2580", "0852", "1590", "7530"];

/// Why a PIN is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PinRefused {
    /// It is none.
    #[error("a PIN is {PIN_CHARS_MIN} to {NEW_PIN_CHARS_MAX} digits")]
    Malformed,
    /// It is tried first.
    #[error("a PIN is not one digit, a row of them, or the same again")]
    Weak,
}

impl From<PinRefused> for Problem {
    fn from(refused: PinRefused) -> Self {
        let code = match refused {
            PinRefused::Malformed => "malformed-pin",
            PinRefused::Weak => "weak-pin",
        };
        Self::new(code, refused.to_string())
    }
}

/// Refuses a PIN that is none, or that is tried first.
///
/// # Errors
/// [`PinRefused`].
pub fn accept(pin: &str) -> Result<(), PinRefused> {
    let digits: Option<Vec<u32>> = pin.chars().map(|character| character.to_digit(10)).collect();
    let digits = digits.filter(|digits| (PIN_CHARS_MIN..=NEW_PIN_CHARS_MAX).contains(&digits.len()));
    let digits = digits.ok_or(PinRefused::Malformed)?;
    if is_run(&digits) || is_repeated(&digits) || ON_THE_PAD.contains(&pin) {
        return Err(PinRefused::Weak);
    }
    Ok(())
}

/// How many digits a PIN has that was accepted: screens that know it send it by themselves.
pub fn digits_of(pin: &str) -> Option<u8> {
    u8::try_from(pin.len()).ok()
}

/// The same step between all digits: 0000, 1234, 9753, 8901.
fn is_run(digits: &[u32]) -> bool {
    let step = |pair: &[u32]| (pair[1] + 10 - pair[0]) % 10;
    let steps: Vec<u32> = digits.windows(2).map(step).collect();
    steps.iter().all(|it| *it == steps[0]) && matches!(steps[0], 0 | 1 | 2 | 8 | 9)
}

/// One half twice: 1212, 123123.
fn is_repeated(digits: &[u32]) -> bool {
    (1..=digits.len() / 2)
        .filter(|length| digits.len().is_multiple_of(*length))
        .any(|length| digits.chunks(length).all(|chunk| chunk == &digits[..length]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_that_is_tried_first_is_refused() {
        for weak in ["0000", "1234", "4321", "2468", "8901", "1212", "123123", "11111111", "2580"] {
            assert_eq!(accept(weak), Err(PinRefused::Weak), "{weak}");
        }
        for malformed in ["123", "123456789", "12a4", "", "١٢٣٥"] {
            assert_eq!(accept(malformed), Err(PinRefused::Malformed), "{malformed}");
        }
        for good in ["4907", "8361", "1357902", "20260101"] {
            assert!(accept(good).is_ok(), "{good}");
        }
    }
}
