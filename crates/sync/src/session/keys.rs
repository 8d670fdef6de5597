//! What personal data is sealed under goes beside the entries, and only to who has not the same.

use super::{Journal, SubjectKey, half};
use crate::hash::Purpose;

/// The first version that tells keys.
pub const SINCE: u16 = 4;
/// In a greeting, where the origin of a journal stands: what follows says which keys are known. Nobody has that origin, and
/// a version before that one sees a journal without entries.
pub const KNOWN: [u8; 16] = *b"keys of personal";
/// The most keys that one frame tells.
pub const PER_FRAME_MAX: usize = 1024;

/// The place of the last key, and what is the same for the same keys in whatever order they came.
pub fn known<J: Journal>(journal: &J) -> Result<(u64, [u8; 16]), J::Error> {
    let (mut last, mut all) = (0, [0; 16]);
    while let Some((place, keys)) = journal.keys_beyond(last)? {
        for SubjectKey { subject, key } in keys {
            let key = key.as_ref().map_or(&[][..], <[u8; 32]>::as_slice);
            let hash = half(Purpose::KeyOfSomebody.hash([subject.as_slice(), key]));
            for (all, byte) in all.iter_mut().zip(hash) {
                *all ^= byte;
            }
        }
        last = place;
    }
    Ok((last, all))
}
