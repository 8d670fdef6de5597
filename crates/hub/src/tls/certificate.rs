//! The certificate that this hub shows now.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::{Authority, House};
use crate::app::App;
use crate::limits::{CERTIFICATE_RENEWED_AFTER, CERTIFICATE_TIME, CERTIFICATE_WATCH};

/// No hub of this version was ever started before: whose clock says so has an empty battery.
const WRITTEN_AT: Timestamp = Timestamp::constant(1_795_305_600, 0);

/// This hub's certificate, and what it was made for. Every connection is shown the latest.
pub struct Certificates {
    authority: Authority,
    shown: RwLock<Shown>,
}

struct Shown {
    house: House,
    until: Timestamp,
    certified: Arc<CertifiedKey>,
}

impl Certificates {
    /// The first, about `house`, where the latest time that is known is `known`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(authority: Authority, house: House, known: Timestamp) -> Result<Self, rcgen::Error> {
        let shown = RwLock::new(make(&authority, house, known)?);
        Ok(Self { authority, shown })
    }

    /// Makes another one if the one that is shown is about another house, has lived for two thirds of its time, or is good
    /// for longer than any that is made now: then the clock was ahead. Says whether it did.
    ///
    /// # Errors
    /// When it cannot be made; then the one before is shown on.
    pub fn keep(&self, house: House, known: Timestamp) -> Result<bool, rcgen::Error> {
        {
            let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
            let left = shown.until.duration_since(known.max(WRITTEN_AT));
            let is_young = left >= CERTIFICATE_TIME - CERTIFICATE_RENEWED_AFTER && left <= CERTIFICATE_TIME;
            if is_young && shown.house == house {
                return Ok(false);
            }
        }
        let made = make(&self.authority, house, known)?;
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = made;
        Ok(true)
    }

    /// Names and addresses that are certified.
    pub fn house(&self) -> House {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).house.clone()
    }
}

fn make(authority: &Authority, house: House, known: Timestamp) -> Result<Shown, rcgen::Error> {
    let until = known.max(WRITTEN_AT).saturating_add(CERTIFICATE_TIME).unwrap_or(Timestamp::MAX);
    let certified = Arc::new(authority.certify(&house, until)?);
    Ok(Shown { house, until, certified })
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner).certified))
    }
}

/// Shows another certificate whenever the one that is shown no longer fits, until the hub stops. Connections that stand stay.
pub async fn keep_fresh(app: App) {
    let Some(secure) = &app.secure else { return };
    let mut look = tokio::time::interval(CERTIFICATE_WATCH);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => {}
        }
        match secure.certificates.keep(House::of_box(app.names.all()), app.time_known()) {
            Ok(true) => tracing::info!("another certificate is shown to screens"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "no certificate can be made for screens"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn house(name: &str) -> House {
        House { names: [name.to_owned()].into(), addresses: ["127.0.0.1".parse().unwrap()].into() }
    }

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_time_and_when_addresses_or_the_clock_change() {
        let begun = WRITTEN_AT + SignedDuration::from_hours(24 * 365);
        let days = |count: i64| begun + SignedDuration::from_hours(24 * count);
        let certificates = Certificates::new(Authority::of(&[7; 32]), house("a.local"), begun).unwrap();
        assert!(!certificates.keep(house("a.local"), days(59)).unwrap());
        assert!(certificates.keep(house("a.local"), days(61)).unwrap());
        assert!(!certificates.keep(house("a.local"), days(61)).unwrap());
        assert!(certificates.keep(house("b.local"), days(61)).unwrap());
        // Ten years ahead, and back again.
        assert!(certificates.keep(house("b.local"), days(3_650)).unwrap());
        assert!(certificates.keep(house("b.local"), days(61)).unwrap());
        assert!(!certificates.keep(house("b.local"), days(61)).unwrap());
    }

    #[test]
    fn a_clock_that_knows_no_time_is_as_good_as_one_that_stands_where_this_was_written() {
        let certificates =
            Certificates::new(Authority::of(&[7; 32]), house("a.local"), Timestamp::UNIX_EPOCH).unwrap();
        let until = certificates.shown.read().unwrap().until;
        assert_eq!(until, WRITTEN_AT + CERTIFICATE_TIME);
    }
}
