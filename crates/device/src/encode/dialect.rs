//! What each language of printers calls the few things that papers need.

use super::pin;
use crate::{
    paper::DrawerKick,
    profile::{Dialect, Profile},
};

/// In units of 10 ms: what a drawer's magnet needs.
const STAR_PULSE: [u8; 4] = [0x1b, 0x07, 20, 20];

/// `ESC t` or `ESC GS t`: the code page; `ESC R 0`: so that `#` and `$` are themselves.
pub(super) fn begin(profile: &Profile) -> Vec<u8> {
    match profile.dialect {
        Dialect::EscPos => vec![0x1b, 0x74, profile.table, 0x1b, 0x52, 0x00],
        Dialect::StarPrnt => vec![0x1b, 0x1d, 0x74, profile.table, 0x1b, 0x52, 0x00],
    }
}

/// `GS V 66 0`, `ESC d 2`: feeds to the cutter and cuts.
pub(super) fn cut(dialect: Dialect) -> &'static [u8] {
    match dialect {
        Dialect::EscPos => &[0x1d, 0x56, 0x42, 0x00],
        Dialect::StarPrnt => &[0x1b, 0x64, 0x02],
    }
}

/// `ESC d`, `ESC a`.
pub(super) fn feed(dialect: Dialect, lines: u8) -> [u8; 3] {
    match dialect {
        Dialect::EscPos => [0x1b, 0x64, lines],
        Dialect::StarPrnt => [0x1b, 0x61, lines],
    }
}

/// `ESC E n`; `ESC E` and `ESC F`.
pub(super) fn bold(dialect: Dialect, is_on: bool) -> Vec<u8> {
    match dialect {
        Dialect::EscPos => vec![0x1b, 0x45, u8::from(is_on)],
        Dialect::StarPrnt => vec![0x1b, if is_on { 0x45 } else { 0x46 }],
    }
}

/// `GS B n`; `ESC 4` and `ESC 5`.
pub(super) fn inverse(dialect: Dialect, is_on: bool) -> Vec<u8> {
    match dialect {
        Dialect::EscPos => vec![0x1d, 0x42, u8::from(is_on)],
        Dialect::StarPrnt => vec![0x1b, if is_on { 0x34 } else { 0x35 }],
    }
}

/// `GS !`, `ESC i`: so many times font A, from 1.
pub(super) fn size(dialect: Dialect, width: u16, height: u16) -> Vec<u8> {
    let less = |times: u16| u8::try_from(times - 1).unwrap_or(0);
    match dialect {
        Dialect::EscPos => vec![0x1d, 0x21, less(width) << 4 | less(height)],
        Dialect::StarPrnt => vec![0x1b, 0x69, less(height), less(width)],
    }
}

/// `ESC p m t1 t2`, in units of 2 ms; `BEL` and `SUB`. In its turn.
pub(super) fn kick(dialect: Dialect, kick: DrawerKick) -> Vec<u8> {
    match (dialect, kick) {
        (Dialect::EscPos, _) => vec![0x1b, 0x70, pin(kick), 50, 250],
        (Dialect::StarPrnt, DrawerKick::Pin2) => [&STAR_PULSE[..], &[0x07]].concat(),
        (Dialect::StarPrnt, DrawerKick::Pin5) => vec![0x1a],
    }
}

/// `DLE DC4 1 m t`, `FS`: real-time, so that a no-sale opens now or never, not when the paper is back. Star's second drawer
/// has no such command.
pub(super) fn kick_now(dialect: Dialect, kick: DrawerKick) -> Vec<u8> {
    const PULSE_200_MS: u8 = 2;
    match (dialect, kick) {
        (Dialect::EscPos, _) => vec![0x10, 0x14, 0x01, pin(kick), PULSE_200_MS],
        (Dialect::StarPrnt, DrawerKick::Pin2) => vec![0x1c],
        (Dialect::StarPrnt, DrawerKick::Pin5) => vec![0x1a],
    }
}
