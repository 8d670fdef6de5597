//! A contact that bounces, and is pressed once.

/// How long a contact has to stay as it is, in milliseconds.
const STEADY_MS: u64 = 5;

/// A change of a contact that stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Pressed.
    Down,
    /// Let go.
    Up,
}

/// One contact.
#[derive(Clone, Copy, Debug, Default)]
pub struct Debounce {
    is_down: bool,
    /// Since when it reads otherwise.
    other_since: Option<u64>,
}

impl Debounce {
    /// Takes a sample; the change that it confirms.
    pub fn sample(&mut self, now_ms: u64, is_down: bool) -> Option<Edge> {
        if is_down == self.is_down {
            self.other_since = None;
            return None;
        }
        let since = *self.other_since.get_or_insert(now_ms);
        if now_ms.saturating_sub(since) < STEADY_MS {
            return None;
        }
        self.is_down = is_down;
        self.other_since = None;
        Some(if is_down { Edge::Down } else { Edge::Up })
    }
}
