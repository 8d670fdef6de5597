//! How ids, lists and numbers are written.

use serde::Serialize;

use super::Id;

pub const ID_CHARS: usize = 36;
const DASHES: [usize; 4] = [8, 13, 18, 23];
/// A shorter list of numbers is left as it is.
const LIST_MIN: usize = 4;
/// A longer number is left as it is: it is none that counts anything.
const COUNT_DIGITS_MAX: usize = 15;

pub fn push_number(out: &mut Vec<u8>, number: impl Serialize) {
    let mut space = [0; 10];
    out.extend_from_slice(postcard::to_slice(&number, &mut space).expect("ten bytes take any number"));
}

pub fn id_at(text: &[u8]) -> Option<Id> {
    let text = text.get(..ID_CHARS)?;
    if !DASHES.iter().all(|at| text[*at] == b'-') {
        return None;
    }
    let mut digits = text.iter().enumerate().filter(|(at, _)| !DASHES.contains(at)).map(|(_, byte)| *byte);
    let mut id = [0; 16];
    for byte in &mut id {
        *byte = digit(digits.next()?)? << 4 | digit(digits.next()?)?;
    }
    Some(id)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

pub fn write_id(out: &mut Vec<u8>, id: Id) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for (at, byte) in id.into_iter().enumerate() {
        out.extend(matches!(at, 4 | 6 | 8 | 10).then_some(b'-'));
        out.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
}

/// A list such as `[1,2,255]`, and how long it is; `None` when it is another or would be written otherwise.
pub fn list_at(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let inside = text.strip_prefix(b"[")?;
    // Longer numbers are none, so the end of a list is near or there is none.
    let length = inside.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b','))?;
    if inside[length] != b']' {
        return None;
    }
    let numbers = inside[..length].split(|byte| *byte == b',').map(number_of).collect::<Option<Vec<u8>>>()?;
    (numbers.len() >= LIST_MIN).then_some((numbers, length + 2))
}

fn number_of(digits: &[u8]) -> Option<u8> {
    let number: u8 = str::from_utf8(digits).ok()?.parse().ok()?;
    (number.to_string().as_bytes() == digits).then_some(number)
}

pub fn write_list(out: &mut Vec<u8>, numbers: &[u8]) {
    let texts: Vec<String> = numbers.iter().map(u8::to_string).collect();
    out.push(b'[');
    out.extend_from_slice(texts.join(",").as_bytes());
    out.push(b']');
}

/// A dot and a number, such as `.17`, and how long that is; `None` when it would be written otherwise.
pub fn count_at(text: &[u8]) -> Option<(u64, usize)> {
    let digits = text.strip_prefix(b".")?;
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length > COUNT_DIGITS_MAX {
        return None;
    }
    let number: u64 = str::from_utf8(&digits[..length]).ok()?.parse().ok()?;
    (number.to_string().len() == length).then_some((number, length + 1))
}
