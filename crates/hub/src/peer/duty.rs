//! Printing for a hub that is gone: whoever accepted a command prints what it asks for, until it is silent for too long.
//! Then the hub that acts prints what is not known to be on paper, and every such paper says that it may be there twice.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use maitred_domain::paper::{PaperSource, PaperWanted};
use maitred_sync::Origin;

use super::standing::HubRole;
use crate::app::App;
use crate::limits::{PEER_BEAT, PRINTED_MAX, PRINTS_TAKEN_OVER_AFTER, TICKET_LIFETIME};

/// Papers that others have printed, the latest. Without it they would only be printed twice, and say so.
#[derive(Default)]
pub struct Printed(Mutex<Keys>);

/// Keys, and the order in which they came.
#[derive(Default)]
struct Keys {
    known: BTreeSet<String>,
    in_order: VecDeque<String>,
}

impl Printed {
    /// These are printed.
    pub fn add(&self, papers: Vec<String>) {
        let mut printed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for paper in papers {
            if printed.known.insert(paper.clone()) {
                printed.in_order.push_back(paper);
            }
        }
        while printed.in_order.len() > PRINTED_MAX {
            let oldest = printed.in_order.pop_front();
            oldest.map(|oldest| printed.known.remove(&oldest));
        }
    }

    fn has(&self, paper: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).known.contains(paper)
    }
}

/// What is older than this is not printed by itself any more.
pub fn long_ago(app: &App) -> Timestamp {
    let lifetime = SignedDuration::try_from(TICKET_LIFETIME).unwrap_or_default();
    app.now().checked_sub(lifetime).unwrap_or(Timestamp::MIN)
}

/// Takes the papers of hubs over that are gone, until this one stops.
pub async fn take_over(app: App) {
    let mut look = tokio::time::interval(PEER_BEAT);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            _ = look.tick() => {}
        }
        if app.hubs.standing.role() == HubRole::Standby {
            continue;
        }
        for (hub, origin) in app.hubs.standing.take_gone(PRINTS_TAKEN_OVER_AFTER) {
            if !print_for(&app, origin).await {
                app.hubs.standing.gone_still(hub, origin);
            }
        }
    }
}

/// False when it could not be written: a disk that is full now may have room later.
async fn print_for(app: &App, origin: Origin) -> bool {
    let since = long_ago(app);
    // What cannot be read is in the log.
    let read = app.read(move |app| Ok(app.store.papers_of(origin, since)?));
    let Ok(papers) = read.await else { return false };
    let papers: Vec<PaperWanted> = papers
        .into_iter()
        .filter(|paper| !matches!(paper.source, PaperSource::Drawer { .. } | PaperSource::Test))
        .filter(|paper| !app.hubs.printed.has(&paper.key))
        .collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_printed_is_remembered_as_far_as_it_matters() {
        let printed = Printed::default();
        let paper = |n: usize| format!("ticket/{n}");
        printed.add((0..PRINTED_MAX / 2).map(paper).collect());
        assert!(printed.has(&paper(0)));
        printed.add((0..=PRINTED_MAX).map(paper).collect());
        assert!(!printed.has(&paper(0)) && printed.has(&paper(PRINTED_MAX)));
    }
}
