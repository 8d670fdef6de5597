//! `struct input_event` of Linux, as the kernel writes it.

/// Bytes of one on this machine: two words of time, type, code and value.
const EVENT_BYTES: usize = 2 * size_of::<usize>() + 8;
/// The type of keys, `EV_KEY`.
const KEY: u16 = 1;
/// The value of a key that goes down; 0 is up, 2 repeats.
const DOWN: i32 = 1;

/// A key went down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyPress {
    /// As in `linux/input-event-codes.h`.
    pub code: u16,
}

/// Cuts bytes into events, however they are split.
#[derive(Debug, Default)]
pub struct InputEvents {
    partial: Vec<u8>,
}

impl InputEvents {
    /// The keys that go down in `bytes`.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<KeyPress> {
        self.partial.extend_from_slice(bytes);
        let whole = self.partial.len() / EVENT_BYTES * EVENT_BYTES;
        let presses = self.partial[..whole].chunks_exact(EVENT_BYTES).filter_map(read).collect();
        self.partial.drain(..whole);
        presses
    }
}

fn read(event: &[u8]) -> Option<KeyPress> {
    let [class_low, class_high, code_low, code_high, value @ ..] = event.last_chunk::<8>()?;
    let class = u16::from_ne_bytes([*class_low, *class_high]);
    let is_down = class == KEY && i32::from_ne_bytes(*value) == DOWN;
    is_down.then_some(KeyPress { code: u16::from_ne_bytes([*code_low, *code_high]) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(class: u16, code: u16, value: i32) -> Vec<u8> {
        let mut bytes = vec![7; EVENT_BYTES - 8];
        bytes.extend(class.to_ne_bytes());
        bytes.extend(code.to_ne_bytes());
        bytes.extend(value.to_ne_bytes());
        bytes
    }

    proptest! {
        #[test]
        fn keys_that_go_down_are_heard_once_however_bytes_are_split(at in 0_usize..100) {
            // A keyboard says its scan code, the key, and that this was all.
            let all = [
                event(4, 4, 0x70059), event(1, 79, 1), event(0, 0, 0),
                event(1, 79, 2), event(1, 79, 0), event(1, 80, 1),
            ].concat();
            let (first, second) = all.split_at(at.min(all.len()));
            let mut events = InputEvents::default();
            let mut presses = events.push(first);
            presses.extend(events.push(second));
            prop_assert_eq!(presses, [KeyPress { code: 79 }, KeyPress { code: 80 }]);
        }

        #[test]
        fn any_bytes_are_survived_in_bounded_memory(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..90), 0..9)) {
            let mut events = InputEvents::default();
            for chunk in chunks {
                events.push(&chunk);
                prop_assert!(events.partial.len() < EVENT_BYTES);
            }
        }
    }
}
