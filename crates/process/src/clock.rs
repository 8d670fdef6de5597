//! The only place that reads the clock and draws random bits; everybody else is handed them.

use std::sync::Arc;

use jiff::Timestamp;

/// The time, by the machine's clock.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The machine's clock.
pub fn system() -> Arc<dyn Fn() -> Timestamp + Send + Sync> {
    Arc::new(now)
}

/// Random bytes of the operating system.
///
/// # Panics
/// When the operating system has none.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random bits");
    bytes
}

/// Random bits for new origins.
pub fn mint() -> Arc<dyn Fn() -> [u8; 16] + Send + Sync> {
    Arc::new(random::<16>)
}
