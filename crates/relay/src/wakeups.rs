//! Who waits for more of a venue's journals.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::ids::VenueId;

/// Wakes conversations of a venue when its journals grow.
#[derive(Default)]
pub struct Wakeups(Mutex<BTreeMap<VenueId, watch::Sender<u64>>>);

impl Wakeups {
    /// Changes whenever the journals of `venue` grow.
    pub fn follow(&self, venue: VenueId) -> watch::Receiver<u64> {
        let mut followed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Venues that nobody follows any more go when somebody comes.
        followed.retain(|_, grown| grown.receiver_count() > 0);
        followed.entry(venue).or_default().subscribe()
    }

    /// The journals of `venue` grew.
    pub fn grown(&self, venue: VenueId) {
        let followed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(grown) = followed.get(&venue) {
            grown.send_modify(|times| *times += 1);
        }
    }

    /// Venues that somebody follows.
    pub fn followed(&self) -> usize {
        let followed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        followed.values().filter(|grown| grown.receiver_count() > 0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn only_those_of_the_venue_are_woken_and_nobody_is_remembered_for_ever() {
        let (wakeups, one, other) = (Wakeups::default(), VenueId(Uuid::nil()), VenueId(Uuid::max()));
        let (of_one, of_other) = (wakeups.follow(one), wakeups.follow(other));
        wakeups.grown(one);
        assert!(of_one.has_changed().unwrap() && !of_other.has_changed().unwrap());
        assert_eq!(wakeups.followed(), 2);
        drop((of_one, of_other));
        let _again = wakeups.follow(other);
        assert_eq!(wakeups.0.lock().unwrap().len(), 1);
    }
}
