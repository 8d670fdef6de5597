//! The allocator, and the one setting of it.

use libmimalloc_sys::{mi_option_set, mi_option_t};
use mimalloc::MiMalloc;

/// Serves SQLite too: its build takes the place of the C library's `malloc`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// What nobody uses is given back after so many milliseconds. As it comes it is a second, in which a busy hub takes half as
/// much again.
const PURGE_DELAY_MS: std::ffi::c_long = 10;

/// Its number in `mi_option_e`, which the bindings leave out.
const OPTION_PURGE_DELAY: mi_option_t = 15;

/// Gives memory back soon; before the first thread starts.
#[expect(unsafe_code, reason = "a call into the allocator that Rust has no safe function for")]
pub fn give_back_soon() {
    // SAFETY: it takes two numbers by value, and no other thread runs yet.
    unsafe { mi_option_set(OPTION_PURGE_DELAY, PURGE_DELAY_MS) };
}
