//! Printing for a hub that is gone: whoever accepted a command prints what it asks for, until it is silent for too long,
//! or does not come back when this hub starts. Then the hub that acts prints what is not known to be on paper, and every
//! such paper says that it may be there twice.

use maitred_sync::Origin;

use super::standing::HubRole;
use crate::app::App;
use crate::limits::{PEER_BEAT, PRINTS_TAKEN_OVER_OF};

/// Takes the papers of hubs over that are gone, until this one stops.
pub async fn take_over(app: App) {
    // What cannot be read is in the log, and is found again when its hub has come and gone.
    if let Ok(others) = app.read(|app| Ok(app.store.others_of_late(PRINTS_TAKEN_OVER_OF)?)).await {
        app.hubs.standing.expect(others);
    }
    let mut look = tokio::time::interval(PEER_BEAT);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => {}
        }
        if app.hubs.standing.role() == HubRole::Standby {
            continue;
        }
        for origin in app.hubs.standing.take_gone() {
            if !print_for(&app, origin).await {
                app.hubs.standing.gone_still(origin);
            }
        }
    }
}

/// False when it could not be written: a disk that is full now may have room later.
async fn print_for(app: &App, origin: Origin) -> bool {
    // What cannot be read is in the log.
    let read = app.read(move |app| Ok(app.store.unprinted_of(origin, PRINTS_TAKEN_OVER_OF)?));
    let Ok(papers) = read.await else { return false };
    if papers.is_empty() {
        return true;
    }
    tracing::warn!(%origin, papers = papers.len(), "another hub is gone: its papers are printed here");
    let taken_over = app.store.take_over(papers).await;
    if let Err(error) = &taken_over {
        tracing::error!(%origin, %error, "papers of a hub that is gone were not taken over");
    }
    app.printers.wake();
    taken_over.is_ok()
}
