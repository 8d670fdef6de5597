//! The one setting of the system's allocator.

/// Threads share so many heaps. glibc gives each thread one of its own otherwise, and each keeps what its busiest moment
/// took: a third of what a hub holds after a day.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HEAPS_MAX: libc::c_int = 2;

/// Limits the heaps; before the first thread starts.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "a call into the C library that Rust has no safe function for")]
pub fn share_heaps() {
    // SAFETY: `mallopt` takes two numbers by value, and no other thread runs yet.
    let is_set = unsafe { libc::mallopt(libc::M_ARENA_MAX, HEAPS_MAX) };
    // Without it the hub only holds more.
    debug_assert_eq!(is_set, 1);
}

/// Other allocators need no limit.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn share_heaps() {}
