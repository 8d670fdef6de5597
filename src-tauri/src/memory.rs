//! How much the allocator holds on to. As it comes, it keeps what was needed for a moment, once for each of many threads: of the app's
//! own memory that is a fifth.

use libc::{M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, c_int, mallopt};

/// Shared by all threads: one for whoever writes, one for the others.
const ARENAS: c_int = 2;
/// What is larger is given back at once when it is freed, and so is what is free at the end of an arena.
const KEPT_BYTES: c_int = 128 * 1024;

/// Has the allocator hold on to little; before the first thread starts.
#[expect(unsafe_code, reason = "the allocator of the system is told in no other way")]
pub fn hold_little() {
    // SAFETY: only numbers are set, and no other thread runs yet.
    unsafe {
        mallopt(M_ARENA_MAX, ARENAS);
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
        mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
    }
}
