//! Messages in parts: the first byte of a part is 1 while more of the same follows, and 0 in the last.
//!
//! What a connection is asked to hold before anybody knows who is at its other end is one part, and the little that is
//! to be said then; and a message that takes long over a slow line shows that somebody is there.

const LAST: u8 = 0;
const MORE: u8 = 1;

/// More than anybody has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message is longer than {0} bytes")]
pub struct TooLong(pub usize);

/// The parts of a message, none longer than `part_bytes_max`.
pub fn split(message: &[u8], part_bytes_max: usize) -> impl Iterator<Item = Vec<u8>> {
    let room = part_bytes_max - 1;
    let parts = message.len().div_ceil(room).max(1);
    (0..parts).map(move |n| {
        let part = &message[n * room..message.len().min((n + 1) * room)];
        [&[if n + 1 == parts { LAST } else { MORE }], part].concat()
    })
}

/// A message that is being put together.
#[derive(Debug)]
pub struct Whole {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl Whole {
    /// Nothing yet of a message of at most so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self { bytes: Vec::new(), bytes_max }
    }

    /// Lets messages be of so many bytes from now on.
    pub fn allow(&mut self, bytes_max: usize) {
        self.bytes_max = bytes_max;
    }

    /// Adds a part; returns the message when that was its last. A part without its first byte is a last one.
    ///
    /// # Errors
    /// [`TooLong`] when there is more of it than there may be.
    pub fn add(&mut self, part: &[u8]) -> Result<Option<Vec<u8>>, TooLong> {
        let (first, rest) = part.split_first().unwrap_or((&LAST, &[]));
        if self.bytes.len() + rest.len() > self.bytes_max {
            return Err(TooLong(self.bytes_max));
        }
        self.bytes.extend_from_slice(rest);
        Ok((*first == LAST).then(|| std::mem::take(&mut self.bytes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_whole_however_its_length_falls_on_its_parts() {
        for length in [0, 1, 6, 7, 8, 14, 15, 700] {
            let message: Vec<u8> = (0..=255).cycle().take(length).collect();
            let mut whole = Whole::new(length);
            let parts: Vec<Vec<u8>> = split(&message, 8).collect();
            assert!(parts.iter().all(|part| part.len() <= 8));
            let (last, before) = parts.split_last().unwrap();
            assert!(before.iter().all(|part| whole.add(part) == Ok(None)), "{length}");
            assert_eq!(whole.add(last), Ok(Some(message)), "{length}");
        }
    }

    #[test]
    fn a_message_that_does_not_end_is_not_kept() {
        let mut whole = Whole::new(1024);
        let part = [&[MORE], [7; 500].as_slice()].concat();
        assert_eq!([whole.add(&part), whole.add(&part)], [Ok(None), Ok(None)]);
        assert_eq!(whole.add(&part), Err(TooLong(1024)));
    }
}
