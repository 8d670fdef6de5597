//! The bytes of a ticket and a receipt, so that a change in them is somebody's decision.

use std::fmt::Write as _;

use crate::support::{default_profile, receipt, rich_ticket, ticket};
use maitred_device::{
    encode::{Stamp, encode},
    paper::{DrawerKick, Heading, Paper, Receipt},
    profile::{Profile, profile},
};

/// One printed line a line; bytes outside ASCII escaped; pictures as a digest of 32 bits.
fn readable(paper: &Paper) -> String {
    readable_for(paper, &default_profile())
}

fn readable_for(paper: &Paper, profile: &Profile) -> String {
    let bytes = encode(paper, profile, Stamp { number: 57, attempt: 1 }).bytes;
    let (mut out, mut rest) = (String::new(), &bytes[..]);
    while let Some(byte) = rest.first() {
        if let [0x1d, 0x76, 0x30, 0x00, x, 0x00, y, 0x00, data @ ..]
        | [0x1b, 0x1d, 0x53, 0x01, x, 0x00, y, 0x00, 0x00, data @ ..] = rest
        {
            let length = usize::from(*x) * usize::from(*y);
            let digest = data[..length]
                .iter()
                .fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
            writeln!(out, "<picture {x} bytes by {y} rows, {digest:08x}>").unwrap();
            rest = &data[length..];
            continue;
        }
        out.push_str(&byte.escape_ascii().to_string());
        if *byte == 0x0a {
            out.push('\n');
        }
        rest = &rest[1..];
    }
    out
}

#[test]
fn ticket_with_everything() {
    insta::assert_snapshot!(readable(&Paper::Ticket(rich_ticket())));
}

#[test]
fn ticket_reprinted() {
    insta::assert_snapshot!(readable(&Paper::Ticket(ticket("Steak")).headed(Heading::Reprint { n: 1 })));
}

#[test]
fn star_ticket_with_everything() {
    insta::assert_snapshot!(readable_for(&Paper::Ticket(rich_ticket()), &profile("starprnt").unwrap()));
}

#[test]
fn star_receipt_opens_its_drawer() {
    let paper = Receipt { opens_drawer: Some(DrawerKick::Pin2), ..receipt() };
    insta::assert_snapshot!(readable_for(&Paper::Receipt(paper), &profile("starprnt").unwrap()));
}

#[test]
fn receipt_with_code() {
    let mut paper = receipt();
    paper.qr = Some("https://example.com/r/1042".to_owned());
    insta::assert_snapshot!(readable(&Paper::Receipt(paper)));
}
