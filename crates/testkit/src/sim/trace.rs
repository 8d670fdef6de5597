//! What happened, in order: its hash tells two runs apart, its lines tell a person why.

use std::fmt;

/// A trace.
#[derive(Debug)]
pub struct Trace {
    hash: u64,
    /// Lines so far.
    pub lines: u64,
    is_printed: bool,
}

impl Trace {
    /// A trace that is printed as it grows, or only hashed.
    pub const fn new(is_printed: bool) -> Self {
        Self { hash: 0xcbf2_9ce4_8422_2325, lines: 0, is_printed }
    }

    /// Notes what happened at `now_ms`.
    pub fn note(&mut self, now_ms: u64, what: fmt::Arguments<'_>) {
        let line = format!("{:>4}.{:03} {what}", now_ms / 1000, now_ms % 1000);
        if self.is_printed {
            println!("{line}");
        }
        for byte in line.bytes().chain([b'\n']) {
            // FNV-1a.
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        self.lines += 1;
    }

    /// The hash so far.
    pub const fn hash(&self) -> u64 {
        self.hash
    }
}
