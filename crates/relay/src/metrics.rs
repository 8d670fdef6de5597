//! Figures for Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use maitred_link::handshake::RefusedBecause;

use crate::app::App;

/// Counters since the start.
#[derive(Default)]
pub struct Metrics {
    connected: AtomicU64,
    stored: AtomicU64,
    forked: AtomicU64,
    journals_refused: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
}

/// A hub that is connected, for as long as this lives.
pub struct Connected<'a>(&'a AtomicU64);

impl Drop for Connected<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Metrics {
    /// Counts a hub while it is connected.
    pub fn connected(&self) -> Connected<'_> {
        self.connected.fetch_add(1, Ordering::Relaxed);
        Connected(&self.connected)
    }

    /// Counts deliveries that are durable.
    pub fn stored(&self) {
        self.stored.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a journal that was found forked.
    pub fn forked(&self) {
        self.forked.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a journal of which no more is taken.
    pub fn journal_refused(&self) {
        self.journals_refused.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a hub that was not let in.
    pub fn refused(&self, because: RefusedBecause) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        *refused.entry(word(because)).or_default() += 1;
    }
}

fn word(because: RefusedBecause) -> &'static str {
    match because {
        RefusedBecause::WrongProof => "wrong_proof",
        RefusedBecause::Unknown => "unknown",
        RefusedBecause::Revoked => "revoked",
        RefusedBecause::UnknownToken => "unknown_token",
        RefusedBecause::UsedToken => "used_token",
        RefusedBecause::ExpiredToken => "expired_token",
        RefusedBecause::OtherRealm => "other_realm",
        RefusedBecause::OtherVersion => "other_version",
        RefusedBecause::Busy => "busy",
        RefusedBecause::Unable => "unable",
    }
}

/// Everything, as Prometheus reads it.
pub fn text(app: &App) -> String {
    let metrics = &app.metrics;
    let mut text = String::new();
    let plain = [
        ("maitred_relay_hubs", "gauge", "Hubs that are connected.", &metrics.connected),
        (
            "maitred_relay_deliveries_total",
            "counter",
            "Transactions with entries that are durable.",
            &metrics.stored,
        ),
        ("maitred_relay_forks_total", "counter", "Journals that were found forked.", &metrics.forked),
        (
            "maitred_relay_journals_refused_total",
            "counter",
            "Journals of which no more was taken in a session.",
            &metrics.journals_refused,
        ),
    ];
    for (name, kind, help, value) in plain {
        let value = value.load(Ordering::Relaxed);
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}");
    }
    let name = "maitred_relay_hubs_refused_total";
    let _ = writeln!(text, "# HELP {name} Hubs that were not let in, by reason.\n# TYPE {name} counter");
    for (because, count) in &*metrics.refused.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = writeln!(text, "{name}{{because=\"{because}\"}} {count}");
    }
    let name = "maitred_relay_venues_followed";
    let followed = app.wakeups.followed().len();
    let _ = writeln!(
        text,
        "# HELP {name} Venues with somebody connected.\n# TYPE {name} gauge\n{name} {followed}"
    );
    let name = "maitred_relay_cloud_replicas";
    let open = app.cloud.open_count();
    let _ = writeln!(text, "# HELP {name} Cloud replicas that are open.\n# TYPE {name} gauge\n{name} {open}");
    text
}
