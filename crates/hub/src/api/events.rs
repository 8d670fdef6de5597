//! The live events.

use std::convert::Infallible;

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Actor, Device};
use crate::door::Met;
use crate::extract::Query;
use crate::live::follow;
use crate::openapi::QueryProblems;
use crate::problem::{Problem, ProblemView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(events))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct EventQuery {
    /// The token, for clients that cannot set a header.
    #[serde(rename = "access_token")]
    _access_token: Option<String>,
    /// Resumes beyond this entry, like the header `Last-Event-ID`, which counts first.
    last_event_id: Option<u64>,
}

/// Every change that a station shows, in commit order.
///
/// Server-sent events. `change` has a `ChangeEvent` and its seq as id; `heartbeat` comes every 2 s with a `Heartbeat`;
/// `reset` says that everything is to be fetched anew; `print` has a `PrintEvent`.
#[utoipa::path(get, path = "/events", tag = "events",
    params(EventQuery, ("Last-Event-ID" = Option<u64>, Header, description = "Resumes beyond this entry")),
    responses((status = 200, content_type = "text/event-stream", body = String), QueryProblems,
        (status = 429, description = "Too many streams", body = ProblemView,
            content_type = "application/problem+json")))]
async fn events(
    State(app): State<App>,
    actor: Actor,
    device: Device,
    ConnectInfo(met): ConnectInfo<Met>,
    headers: HeaderMap,
    Query(query): Query<EventQuery>,
) -> Result<Response, Problem> {
    let cursor = match headers.get("last-event-id") {
        None => query.last_event_id,
        Some(value) => {
            Some(value.to_str().ok().and_then(|text| text.trim().parse().ok()).ok_or_else(|| {
                Problem::new("malformed-query", "Last-Event-ID is the id of an event, a whole number")
            })?)
        }
    };
    let seat =
        app.live.seat(device).ok_or_else(|| Problem::new("busy", "too many event streams are open"))?;
    let frames = ReceiverStream::new(follow(&app, &actor, met, cursor, seat)).map(Ok::<_, Infallible>);
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(frames)).into_response())
}
