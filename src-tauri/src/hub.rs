//! The hub that the app carries.

use maitred_hub::config::Settings as HubSettings;
use maitred_hub::serve::Hub;

use crate::cli::Settings;
use crate::places::Places;

/// What of a data folder says that a hub has run there.
const DATABASE: &str = "maitred.db";

/// Starts the app's own hub where there is to be one: that of a venue, one that joins a venue, or the only one far and wide.
/// A new venue is not begun beside hubs of another.
pub async fn carry(settings: &Settings, places: &Places) -> Option<Hub> {
    if settings.only_window {
        return None;
    }
    let is_member = settings.hub.standby_of.is_some();
    if is_member || settings.hub.data.join(DATABASE).exists() {
        let hub = start(&settings.hub).await?;
        if is_member || !hub.app().store.catalogue().staff.is_empty() {
            return Some(hub);
        }
        put_down(hub).await;
    }
    if places.any_that_answers().await.is_some() {
        return None;
    }
    tracing::info!("no hub is near: this box is the only one");
    start(&settings.hub).await
}

async fn start(settings: &HubSettings) -> Option<Hub> {
    match Hub::start(settings.clone()).await {
        Ok(hub) => Some(hub),
        // A window on another hub serves as well: that there is none behind it is no reason to show nothing.
        Err(error) => {
            let error = anyhow::Error::from(error);
            tracing::error!("the app carries no hub: {error:#}");
            None
        }
    }
}

/// Stops it, with everything that it has accepted on the disk.
pub async fn put_down(hub: Hub) {
    if let Err(error) = hub.stop().await {
        tracing::error!(%error, "the hub did not end well");
    }
}
