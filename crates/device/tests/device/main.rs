//! Workers against printers over real connections, and what comes out of them.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod asking;
mod clients;
mod discovery;
mod faults;
mod fuzz_printers;
mod golden;
mod looks;
mod parsed;
mod peer;
mod proof;
mod shared;
mod star;
mod support;
