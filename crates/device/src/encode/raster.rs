//! Pictures as `GS v 0`, which every model prints, or as Star's `ESC GS S`.

use crate::{bitmap::Bitmap, profile::Dialect};

/// Rows of one command: small printers hold little more in memory.
const BAND_ROWS_MAX: usize = 128;

/// `GS ( D` 20: the drawer pulse and power-off by real-time command are disabled.
pub(super) const REAL_TIME_OFF: [u8; 10] = [0x1d, 0x28, 0x44, 0x05, 0x00, 0x14, 0x01, 0x00, 0x02, 0x00];
/// The drawer pulse is enabled again; power-off stays disabled.
pub(super) const REAL_TIME_ON: [u8; 8] = [0x1d, 0x28, 0x44, 0x03, 0x00, 0x14, 0x01, 0x01];

/// Appends `bitmap`, without the white at its right edge, in bands.
pub(super) fn append(out: &mut Vec<u8>, bitmap: &Bitmap, dialect: Dialect) {
    let inked = inked_bytes(bitmap).max(1);
    let stride = bitmap.stride().max(1);
    out.reserve(bitmap.height() * (inked + 1));
    for band in bitmap.bytes().chunks(stride * BAND_ROWS_MAX) {
        let (begin, end): (&[u8], &[u8]) = match dialect {
            Dialect::EscPos => (&[0x1d, 0x76, 0x30, 0x00], &[]),
            Dialect::StarPrnt => (&[0x1b, 0x1d, 0x53, 0x01], &[0x00]),
        };
        out.extend(begin);
        out.extend(le16(inked));
        out.extend(le16(band.len() / stride));
        out.extend(end);
        let start = out.len();
        for row in band.chunks(stride) {
            out.extend_from_slice(&row[..inked]);
        }
        match dialect {
            Dialect::EscPos => defang(&mut out[start..], 0x10, &[0x04, 0x05, 0x14], 0x02),
            Dialect::StarPrnt => defang(&mut out[start..], 0x1b, &[0x06], 0x01),
        }
    }
}

/// A printer scans pictures, too, for `DLE EOT`, `DLE ENQ`, `DLE DC4`, and `GS ( D` disables only the last; Star's for
/// `ESC ACK`: one `dot` more in such a pair is invisible, a picture that obeys is not.
fn defang(data: &mut [u8], first: u8, seconds: &[u8], dot: u8) {
    let mut from = 0;
    while let Some(found) = data[from..].iter().position(|byte| *byte == first) {
        from += found + 1;
        if let Some(next) = data.get_mut(from).filter(|next| seconds.contains(next)) {
            *next |= dot;
        }
    }
}

/// Each row is looked at only beyond the widest before it.
fn inked_bytes(bitmap: &Bitmap) -> usize {
    bitmap.bytes().chunks(bitmap.stride().max(1)).fold(0, |widest, row| {
        let beyond = &row[widest.min(row.len())..];
        beyond.iter().rposition(|byte| *byte != 0).map_or(widest, |at| widest + at + 1)
    })
}

fn le16(value: usize) -> [u8; 2] {
    u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_picture_holds_a_real_time_command(
            width in 1_usize..64,
            rows in proptest::collection::vec(prop_oneof![Just(0x10_u8), Just(0x04), Just(0x05), Just(0x14), any::<u8>()], 0..2_000),
        ) {
            let mut out = Vec::new();
            append(&mut out, &Bitmap::from_rows(width, &rows), Dialect::EscPos);
            let obeyed = out.windows(2).find(|pair| pair[0] == 0x10 && matches!(pair[1], 0x04 | 0x05 | 0x14));
            prop_assert_eq!(obeyed, None);
            let mut star = Vec::new();
            let rows: Vec<u8> = rows.iter().map(|byte| match byte { 0x10 => 0x1b, 0x04 => 0x06, other => *other }).collect();
            append(&mut star, &Bitmap::from_rows(width, &rows), Dialect::StarPrnt);
            prop_assert!(!star.windows(2).any(|pair| pair == [0x1b, 0x06]));
        }
    }
}
