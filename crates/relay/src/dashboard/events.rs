//! A venue as it changes: a page that follows is told that it did, and reads what it shows anew.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::document::Problems;
use super::extract::{Path, Visitor, user_of};
use super::venue::{Looking, look};
use crate::app::App;
use crate::limits::{STREAM_BEAT, STREAM_PACE};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

/// A venue is different now.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct Changed {
    /// Entries that the cloud has of it.
    pub seq: u64,
    /// How many of its hubs are connected.
    pub connected: usize,
    /// Entries that its hubs do not have yet.
    pub behind: u64,
}

/// A stream of server-sent events: `changed`, with a `Changed`, when the venue or one of its hubs is different, and
/// comments while nothing is.
#[utoipa::path(get, path = "/venues/{id}/events", tag = "venues", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/event-stream", body = String), Problems))]
async fn events(State(app): State<App>, visitor: Visitor, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let busy = |_| Problem::new("busy", "too many pages are open").with("retry_after_secs", 10);
    let seat = Arc::clone(&app.streams).try_acquire_owned().map_err(busy)?;
    let looking = look(&app, &visitor, id).await?;
    let (to, frames) = mpsc::channel(4);
    tokio::spawn(async move {
        let _seat = seat;
        let app = looking.app.clone();
        tokio::select! {
            () = app.stopped() => {}
            _ = follow(looking, &visitor, to) => {}
        }
    });
    let kind = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    let frames = ReceiverStream::new(frames).map(Ok::<_, std::convert::Infallible>);
    Ok((kind, Body::from_stream(frames)).into_response())
}

/// Why a stream ends: the page is gone, nobody is signed in any more, or the venue cannot be read.
struct Ended;

async fn follow(looking: Looking, visitor: &Visitor, to: mpsc::Sender<Bytes>) -> Result<(), Ended> {
    let mut growth = looking.replica.growth.clone();
    let mut last = None;
    let mut beat = Instant::now() + STREAM_BEAT;
    loop {
        let changed = state(&looking).await.map_err(|_| Ended)?;
        if last.as_ref() != Some(&changed) {
            let data = serde_json::to_string(&changed).map_err(|_| Ended)?;
            send(&to, format!("event: changed\ndata: {data}\n\n")).await?;
            last = Some(changed);
        }
        // Growth wakes it; how hubs are is looked up each time.
        let pace = Instant::now() + STREAM_PACE;
        let _ = timeout(STREAM_PACE * 3, growth.changed()).await;
        sleep_until(pace).await;
        if Instant::now() >= beat {
            user_of(&looking.app, &visitor.token).await.ok().flatten().ok_or(Ended)?;
            send(&to, ":\n\n".to_owned()).await?;
            beat = Instant::now() + STREAM_BEAT;
        }
    }
}

async fn state(looking: &Looking) -> Result<Changed, Problem> {
    let card = looking.card().await?;
    Ok(Changed {
        seq: looking.replica.store.head(),
        connected: card.hubs.iter().filter(|hub| hub.is_connected).count(),
        behind: card.hubs.iter().map(|hub| hub.behind).sum(),
    })
}

/// A page that does not read is left: it comes back by itself.
async fn send(to: &mpsc::Sender<Bytes>, frame: String) -> Result<(), Ended> {
    timeout(STREAM_BEAT, to.send(frame.into())).await.map_err(|_| Ended)?.map_err(|_| Ended)
}
