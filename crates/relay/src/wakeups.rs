//! Who waits for more of a venue's journals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};

use crate::ids::VenueId;
use crate::limits::UNTOLD_VENUES_MAX;

/// Wakes conversations of a venue when its journals grow.
#[derive(Default)]
pub struct Wakeups {
    followed: Mutex<BTreeMap<VenueId, watch::Sender<u64>>>,
    /// Venues that grew here; other nodes, if there are any, are still to be told.
    untold: Mutex<BTreeSet<VenueId>>,
    news: Notify,
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wakeups {
    /// Changes whenever the journals of `venue` grow.
    pub fn follow(&self, venue: VenueId) -> watch::Receiver<u64> {
        let mut followed = lock(&self.followed);
        // Venues that nobody follows any more go when somebody comes to a new one.
        if !followed.contains_key(&venue) {
            followed.retain(|_, grown| grown.receiver_count() > 0);
        }
        followed.entry(venue).or_default().subscribe()
    }

    /// The journals of `venue` grew here.
    pub fn grown(&self, venue: VenueId) {
        self.wake(venue);
        let mut untold = lock(&self.untold);
        // Others find by looking what they are not told.
        if untold.len() < UNTOLD_VENUES_MAX {
            untold.insert(venue);
            self.news.notify_one();
        }
    }

    /// The journals of `venue` grew, here or at another node.
    pub fn wake(&self, venue: VenueId) {
        if let Some(grown) = lock(&self.followed).get(&venue) {
            grown.send_modify(|times| *times += 1);
        }
    }

    /// Waits until venues grew here, and takes at most `most` of them.
    pub async fn grown_here(&self, most: usize) -> Vec<VenueId> {
        loop {
            let grown = self.take(most);
            if !grown.is_empty() {
                return grown;
            }
            self.news.notified().await;
        }
    }

    fn take(&self, most: usize) -> Vec<VenueId> {
        let mut grown = lock(&self.untold);
        let mut some = std::mem::take(&mut *grown);
        if let Some(first_left) = some.iter().nth(most).copied() {
            *grown = some.split_off(&first_left);
        }
        some.into_iter().collect()
    }

    /// Venues that somebody follows.
    pub fn followed(&self) -> Vec<VenueId> {
        let followed = lock(&self.followed);
        let is_followed = |grown: &watch::Sender<u64>| grown.receiver_count() > 0;
        followed.iter().filter(|(_, grown)| is_followed(grown)).map(|(venue, _)| *venue).collect()
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
        assert_eq!(wakeups.followed(), [one, other]);
        drop((of_one, of_other));
        let _again = wakeups.follow(other);
        assert_eq!(wakeups.followed(), [other]);
        let _new = wakeups.follow(VenueId(Uuid::from_u128(7)));
        assert_eq!(wakeups.followed.lock().unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_venue_that_grows_often_is_told_of_once_and_so_many_at_a_time() {
        let (wakeups, venue) = (Wakeups::default(), |n| VenueId(Uuid::from_u128(n)));
        for n in [1, 1, 2, 1, 3] {
            wakeups.grown(venue(n));
        }
        wakeups.wake(venue(4));
        assert_eq!(wakeups.grown_here(2).await, [venue(1), venue(2)]);
        assert_eq!(wakeups.grown_here(2).await, [venue(3)]);
        for n in 0..=UNTOLD_VENUES_MAX as u128 {
            wakeups.grown(venue(n));
        }
        assert_eq!(wakeups.grown_here(usize::MAX).await.len(), UNTOLD_VENUES_MAX);
        let nothing = tokio::time::timeout(std::time::Duration::from_millis(1), wakeups.grown_here(2));
        assert!(nothing.await.is_err());
    }
}
