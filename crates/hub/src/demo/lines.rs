//! The demo's lines to the relay and to other hubs, which a person may cut to see what happens.
//!
//! *Invariant:* in a venue that is no demo every line is whole.

use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use utoipa::ToSchema;

/// A line to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// To the relay.
    Internet,
    /// To the other hubs of the venue.
    Lan,
}

/// Which lines are whole.
pub struct Lines {
    internet: watch::Sender<bool>,
    lan: watch::Sender<bool>,
}

impl Default for Lines {
    fn default() -> Self {
        Self { internet: watch::Sender::new(true), lan: watch::Sender::new(true) }
    }
}

impl Lines {
    fn of(&self, line: Line) -> &watch::Sender<bool> {
        match line {
            Line::Internet => &self.internet,
            Line::Lan => &self.lan,
        }
    }

    /// Cuts a line, or mends it.
    pub fn set(&self, line: Line, is_whole: bool) {
        self.of(line).send_replace(is_whole);
    }

    /// Whether it is whole.
    pub fn is_whole(&self, line: Line) -> bool {
        *self.of(line).borrow()
    }

    /// Waits until it is whole.
    pub async fn mended(&self, line: Line) {
        self.until(line, true).await;
    }

    /// Waits until it is cut.
    pub async fn cut(&self, line: Line) {
        self.until(line, false).await;
    }

    async fn until(&self, line: Line, is_whole: bool) {
        // The sender is here for as long as anybody waits.
        let _ = self.of(line).subscribe().wait_for(|is| *is == is_whole).await;
    }
}
