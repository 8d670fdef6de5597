//! Who started a program, where that is systemd: it hears that the program serves, that it still works, and that it ends.

use std::convert::Infallible;
use std::time::Duration;

/// How often within its patience the supervisor hears of the program: two answers may be late.
const WORDS_IN_TIME: u32 = 3;

/// What the supervisor is told.
enum Word {
    Serves,
    Works,
    Ends,
}

/// The supervisor of this program; quiet when there is none.
pub struct Supervisor {
    /// How long it waits for a word before it starts the program anew; `None` when it waits for none.
    patience: Option<Duration>,
}

impl Supervisor {
    /// The one that the environment names.
    pub fn of_environment() -> Self {
        Self { patience: patience() }
    }

    /// The program serves from now on.
    pub fn serves(&self) {
        tell(&Word::Serves);
    }

    /// The program ends, and will be silent meanwhile.
    pub fn ends(&self) {
        tell(&Word::Ends);
    }

    /// Says as often as is wanted that the program works, whenever `works` says so; for ever. A look that does not end is as
    /// good as one that says no.
    pub async fn reassure<F: Future<Output = bool>>(&self, works: impl Fn() -> F) -> Infallible {
        let Some(patience) = self.patience else { return std::future::pending().await };
        let mut look = tokio::time::interval(patience / WORDS_IN_TIME);
        loop {
            look.tick().await;
            if works().await {
                tell(&Word::Works);
            } else {
                tracing::error!("the program does not do its work; without a change it is started anew");
            }
        }
    }
}

#[cfg(target_os = "linux")]
fn patience() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

#[cfg(not(target_os = "linux"))]
fn patience() -> Option<Duration> {
    None
}

#[cfg(target_os = "linux")]
fn tell(word: &Word) {
    let state = match word {
        Word::Serves => sd_notify::NotifyState::Ready,
        Word::Works => sd_notify::NotifyState::Watchdog,
        Word::Ends => sd_notify::NotifyState::Stopping,
    };
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "the supervisor does not hear");
    }
}

#[cfg(not(target_os = "linux"))]
fn tell(_word: &Word) {}
