//! Papers become bytes of a printer's language.
//!
//! *Invariant:* the bytes never contain `10 04`, `10 05` or `10 14`, nor in Star's language `1B 06` out of place,
//! which printers obey wherever they stand, also in the middle of a picture or a name; the drawer's own paper is the one
//! exception. A property test holds this.

mod dialect;
mod document;
mod emit;
mod layout;
mod qr;
mod raster;
mod receipt;
mod shape;
mod text;
mod ticket;

use crate::{
    paper::{DrawerKick, Heading, Paper},
    profile::Profile,
};

pub(crate) use text::decode_byte;
pub use text::{MARK, TEXT_CHARS_MAX};

/// What tells two copies of one paper apart, printed at its foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The job's number, for people.
    pub number: u32,
    /// Counts from 1.
    pub attempt: u32,
}

/// The body of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// From the code page to the cut.
    pub bytes: Vec<u8>,
    /// Lines of paper, for the time budget; a picture counts by its height.
    pub lines: u32,
}

/// Encodes `paper` for `profile`. Nothing that an earlier job set is relied on, except `ESC @`.
///
/// A reprint cuts first: what the earlier attempt left on the paper must not become its head. It opens no drawer.
pub fn encode(paper: &Paper, profile: &Profile, stamp: Stamp) -> Encoded {
    if let Paper::Drawer(kick) = paper {
        return Encoded { bytes: dialect::kick_now(profile.dialect, *kick), lines: 0 };
    }
    let sheet = match paper {
        Paper::Ticket(ticket) => ticket::lay_out(ticket, stamp),
        Paper::Receipt(receipt) => receipt::lay_out(receipt, stamp),
        Paper::Report(report) => document::lay_out_report(report, stamp),
        Paper::Test(page) => document::lay_out_test(page, profile, stamp),
        Paper::Drawer(_) => layout::Sheet::default(),
    };
    let mut emitter = emit::Emitter::new(profile, sheet.right_to_left);
    emitter.begin(matches!(paper.heading(), Heading::Reprint { .. }));
    for block in &sheet.blocks {
        emitter.block(block);
    }
    emitter.finish()
}

/// The `m` of drawer commands.
fn pin(kick: DrawerKick) -> u8 {
    match kick {
        DrawerKick::Pin2 => 0,
        DrawerKick::Pin5 => 1,
    }
}

#[cfg(test)]
mod tests;
