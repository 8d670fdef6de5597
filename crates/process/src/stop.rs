//! The end of a program.

use std::io;

/// Hears when a program is told to stop.
#[cfg(unix)]
pub struct Stop {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    /// Listens from now on: who tells it to stop before it waits for that is heard too.
    ///
    /// # Errors
    /// When signals cannot be heard.
    pub fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits until somebody says so.
    pub async fn told(mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Hears when a program is told to stop.
#[cfg(not(unix))]
pub struct Stop;

#[cfg(not(unix))]
impl Stop {
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    /// Listens from now on: who tells it to stop before it waits for that is heard too.
    ///
    /// # Errors
    /// When signals cannot be heard.
    pub fn listen() -> io::Result<Self> {
        Ok(Self)
    }

    /// Waits until somebody says so.
    pub async fn told(self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
