//! Pictures as `GS v 0`, which every model prints.

use crate::bitmap::Bitmap;

/// Rows of one command: small printers hold little more in memory.
const BAND_ROWS_MAX: usize = 128;

/// `GS ( D` 20: the drawer pulse and power-off by real-time command are disabled.
pub(super) const REAL_TIME_OFF: [u8; 10] = [0x1d, 0x28, 0x44, 0x05, 0x00, 0x14, 0x01, 0x00, 0x02, 0x00];
/// The drawer pulse is enabled again; power-off stays disabled.
pub(super) const REAL_TIME_ON: [u8; 8] = [0x1d, 0x28, 0x44, 0x03, 0x00, 0x14, 0x01, 0x01];

/// Appends `bitmap`, without the white at its right edge, in bands.
pub(super) fn append(out: &mut Vec<u8>, bitmap: &Bitmap) {
    let inked = inked_bytes(bitmap).max(1);
    let mut data: Vec<u8> =
        bitmap.bytes().chunks(bitmap.stride().max(1)).flat_map(|row| &row[..inked]).copied().collect();
    defang(&mut data);
    for band in data.chunks(inked * BAND_ROWS_MAX) {
        out.extend([0x1d, 0x76, 0x30, 0x00]);
        out.extend(le16(inked));
        out.extend(le16(band.len() / inked));
        out.extend(band);
    }
}

/// A printer scans pictures, too, for `DLE EOT`, `DLE ENQ`, `DLE DC4`, and `GS ( D` disables only the last: one dot more
/// in such a pair is invisible, a picture that obeys is not.
fn defang(data: &mut [u8]) {
    for at in 1..data.len() {
        if data[at - 1] == 0x10 && matches!(data[at], 0x04 | 0x05 | 0x14) {
            data[at] |= 0x02;
        }
    }
}

fn inked_bytes(bitmap: &Bitmap) -> usize {
    let last_inked = |row: &[u8]| row.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    bitmap.bytes().chunks(bitmap.stride().max(1)).map(last_inked).max().unwrap_or(0)
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
            append(&mut out, &Bitmap::from_rows(width, &rows));
            let obeyed = out.windows(2).find(|pair| pair[0] == 0x10 && matches!(pair[1], 0x04 | 0x05 | 0x14));
            prop_assert_eq!(obeyed, None);
        }
    }
}
