//! How fast one device may ask: a terminal by its id, whoever is none by its address.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::Device;
use crate::app::App;
use crate::limits::{
    PACE_KEYS_MAX, REQUESTS_AHEAD_MAX, REQUESTS_AHEAD_OF_BOX_MAX, REQUESTS_PER_SEC_MAX,
    REQUESTS_PER_SEC_OF_BOX_MAX,
};
use crate::problem::Problem;

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Asker {
    Device(uuid::Uuid),
    Address(IpAddr),
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
    const fn of(asker: Asker) -> Self {
        match asker {
            Asker::Address(address) if address.is_loopback() => {
                Self { per_sec: REQUESTS_PER_SEC_OF_BOX_MAX, ahead: REQUESTS_AHEAD_OF_BOX_MAX }
            }
            Asker::Device(_) | Asker::Address(_) => {
                Self { per_sec: REQUESTS_PER_SEC_MAX, ahead: REQUESTS_AHEAD_MAX }
            }
        }
    }

    fn filled(self, bucket: Bucket, now: Timestamp) -> f64 {
        let secs = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        (bucket.left + secs * f64::from(self.per_sec)).min(f64::from(self.ahead))
    }
}

/// Counts who asks how often. When more ask than can be told apart, those who ask seldom are forgotten.
#[derive(Default)]
pub struct Pace(Mutex<HashMap<Asker, Bucket>>);

impl Pace {
    /// Whether they may ask once more.
    fn allows(&self, asker: Asker, now: Timestamp) -> bool {
        let rate = Rate::of(asker);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= PACE_KEYS_MAX && !buckets.contains_key(&asker) {
            buckets.retain(|asker, bucket| {
                let rate = Rate::of(*asker);
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

/// Lets nobody ask faster than their device may.
pub async fn at_its_pace(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let terminal = Device::of(&app, &parts, from).and_then(Device::terminal);
    let asker = terminal.map_or(Asker::Address(from.ip().to_canonical()), |id| Asker::Device(id.0));
    if app.pace.allows(asker, app.now()) {
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
        let pace = Pace::default();
        let asked = (0..REQUESTS_AHEAD_MAX * 2).filter(|_| pace.allows(address(1), NOW)).count();
        assert_eq!(asked, REQUESTS_AHEAD_MAX as usize);
        assert!(pace.allows(address(2), NOW));
        let later = NOW + SignedDuration::from_secs(1);
        let asked = (0..REQUESTS_AHEAD_MAX).filter(|_| pace.allows(address(1), later)).count();
        assert_eq!(asked, REQUESTS_PER_SEC_MAX as usize);
    }

    #[test]
    fn a_network_full_of_addresses_does_not_fill_the_hub() {
        let pace = Pace::default();
        let all = u32::try_from(PACE_KEYS_MAX).unwrap();
        assert!((0..all).all(|n| pace.allows(address(n), NOW)));
        assert!(!pace.allows(address(all), NOW));
        assert!(pace.allows(address(all), NOW + SignedDuration::from_secs(1)));
        assert_eq!(pace.0.lock().unwrap().len(), 1);
    }
}
