//! How fast one device may ask: a terminal by its id, whoever is none by its address.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use maitred_domain::ids::TerminalId;

use super::Device;
use crate::app::App;
use crate::limits::{
    PACE_KEYS_MAX, REFUSALS_AHEAD_MAX, REFUSALS_PER_SEC_MAX, REQUESTS_AHEAD_MAX, REQUESTS_AHEAD_OF_BOX_MAX,
    REQUESTS_PER_SEC_MAX, REQUESTS_PER_SEC_OF_BOX_MAX,
};
use crate::problem::Problem;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Asker {
    Device(uuid::Uuid),
    Address(IpAddr),
}

impl Asker {
    /// A terminal by its id, whoever is none by the address.
    pub(super) fn new(terminal: Option<TerminalId>, from: SocketAddr) -> Self {
        terminal.map_or_else(|| Self::Address(from.ip().to_canonical()), |id| Self::Device(id.0))
    }
}

/// What somebody may still ask at once, and since when that is so.
#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: Timestamp,
}

#[derive(Clone, Copy)]
struct Rate {
    per_sec: u32,
    ahead: u32,
}

impl Rate {
    const fn of_requests(asker: Asker) -> Self {
        match asker {
            Asker::Address(address) if address.is_loopback() => {
                Self { per_sec: REQUESTS_PER_SEC_OF_BOX_MAX, ahead: REQUESTS_AHEAD_OF_BOX_MAX }
            }
            Asker::Device(_) | Asker::Address(_) => {
                Self { per_sec: REQUESTS_PER_SEC_MAX, ahead: REQUESTS_AHEAD_MAX }
            }
        }
    }

    const fn of_refusals(_: Asker) -> Self {
        Self { per_sec: REFUSALS_PER_SEC_MAX, ahead: REFUSALS_AHEAD_MAX }
    }

    fn filled(self, bucket: Bucket, now: Timestamp) -> f64 {
        let secs = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        (bucket.left + secs * f64::from(self.per_sec)).min(f64::from(self.ahead))
    }
}

/// Counts who does something how often. When more do than can be told apart, those who do it seldom are forgotten.
pub(super) struct Pace {
    rate: fn(Asker) -> Rate,
    buckets: Mutex<HashMap<Asker, Bucket>>,
}

impl Pace {
    fn at(rate: fn(Asker) -> Rate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Whether it may be once more.
    pub(super) fn allows(&self, asker: Asker, now: Timestamp) -> bool {
        let rate = (self.rate)(asker);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= PACE_KEYS_MAX && !buckets.contains_key(&asker) {
            buckets.retain(|asker, bucket| {
                let rate = (self.rate)(*asker);
                rate.filled(*bucket, now) < f64::from(rate.ahead)
            });
            if buckets.len() >= PACE_KEYS_MAX {
                return false;
            }
        }
        let full = Bucket { left: f64::from(rate.ahead), at: now };
        let bucket = buckets.entry(asker).or_insert(full);
        let left = rate.filled(*bucket, now);
        let may = left >= 1.0;
        *bucket = Bucket { left: if may { left - 1.0 } else { left }, at: now };
        may
    }
}

/// What is counted of each device.
pub struct Paces {
    /// Requests.
    requests: Pace,
    /// Refusals that are written down.
    pub(super) refusals: Pace,
}

impl Default for Paces {
    fn default() -> Self {
        Self { requests: Pace::at(Rate::of_requests), refusals: Pace::at(Rate::of_refusals) }
    }
}

/// Lets nobody ask faster than their device may.
pub async fn at_its_pace(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let terminal = Device::of(&app, &parts, from).and_then(Device::terminal);
    if app.paces.requests.allows(Asker::new(terminal, from), app.now()) {
        next.run(Request::from_parts(parts, body)).await
    } else {
        Problem::new("busy", "this device asks too often").with("retry_after_secs", 1).into_response()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn address(n: u32) -> Asker {
        Asker::Address(IpAddr::from((0x0a00_0000 + n).to_be_bytes()))
    }

    #[test]
    fn a_device_that_asks_too_often_waits_and_nobody_else_does() {
        let pace = Pace::at(Rate::of_requests);
        let asked = (0..REQUESTS_AHEAD_MAX * 2).filter(|_| pace.allows(address(1), NOW)).count();
        assert_eq!(asked, REQUESTS_AHEAD_MAX as usize);
        assert!(pace.allows(address(2), NOW));
        let later = NOW + SignedDuration::from_secs(1);
        let asked = (0..REQUESTS_AHEAD_MAX).filter(|_| pace.allows(address(1), later)).count();
        assert_eq!(asked, REQUESTS_PER_SEC_MAX as usize);
    }

    #[test]
    fn a_network_full_of_addresses_does_not_fill_the_hub() {
        let pace = Pace::at(Rate::of_requests);
        let all = u32::try_from(PACE_KEYS_MAX).unwrap();
        assert!((0..all).all(|n| pace.allows(address(n), NOW)));
        assert!(!pace.allows(address(all), NOW));
        assert!(pace.allows(address(all), NOW + SignedDuration::from_secs(1)));
        assert_eq!(pace.buckets.lock().unwrap().len(), 1);
    }
}
