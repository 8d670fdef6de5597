//! What the window shows: the app's own hub, or one of the venue's, from the start until the app ends.

use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use maitred_hub::serve::{Hub, ServeError};
use tauri::Url;
use tokio::sync::watch;

use crate::cli::Settings;
use crate::hub;
use crate::naps::Naps;
use crate::places::Places;
use crate::window::Stage;

/// How often a window that shows no hub looks for one, and whether the machine has slept is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Where a hub's pages begin for who stands at the door.
const FIRST_PAGE: &str = "/host";

/// The window and where it may look.
pub struct Stand {
    pub stage: Stage,
    pub places: Places,
    pub settings: Settings,
}

impl Stand {
    /// Carries a hub if it is to, shows one as soon as one answers, and again after each sleep and whenever a page cannot
    /// be loaded; until `leaving` says so. A page that is shown finds its way from one hub to the next by itself.
    ///
    /// # Errors
    /// When the hub that it carries does not go on.
    pub async fn keep(self, mut leaving: watch::Receiver<bool>) -> Result<()> {
        let hub = hub::carry(&self.settings, &self.places).await;
        let ended = tokio::select! {
            // An error means that the program itself is gone.
            _ = leaving.wait_for(|leaving| *leaving) => Ok(()),
            ended = self.show() => ended,
            error = failed(hub.as_ref()) => Err(error.into()),
        };
        if let Some(hub) = hub {
            hub::put_down(hub).await;
        }
        ended
    }

    async fn show(&self) -> Result<()> {
        let (mut naps, mut is_stale) = (Naps::new(), true);
        let mut look = tokio::time::interval(LOOK);
        loop {
            look.tick().await;
            is_stale |= naps.woke() | self.stage.is_lost.swap(false, Ordering::Relaxed);
            if !is_stale {
                continue;
            }
            if let Some(hub) = self.places.any_that_answers().await {
                self.turn_to(&hub.to_string())?;
                is_stale = false;
            }
        }
    }

    /// Loads the page that is shown anew when it is that hub's, else the first page of that hub.
    fn turn_to(&self, hub: &str) -> Result<()> {
        let shown = self.stage.window.url().context("the window is gone")?;
        if shown.origin().ascii_serialization() == hub {
            tracing::info!(%hub, "the page is loaded anew");
            return self.stage.window.reload().context("the window is gone");
        }
        let Ok(page) = Url::parse(&format!("{hub}{FIRST_PAGE}")) else { bail!("{hub} is no address") };
        tracing::info!(%hub, "the window shows a hub");
        self.stage.window.navigate(page).context("the window is gone")
    }
}

/// Waits until the hub that is carried ends by itself; for ever when there is none.
async fn failed(hub: Option<&Hub>) -> ServeError {
    match hub {
        Some(hub) => hub.failed().await,
        None => std::future::pending().await,
    }
}
