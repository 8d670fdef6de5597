//! Everything that the relay serves.

use std::path::Path;

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::backups;
use crate::dashboard;
use crate::hubs;
use crate::limits::{BODY_BYTES_MAX, REQUEST_TIME_MAX};
use crate::metrics;
use crate::pages;
use crate::problem::Problem;

/// The router of a relay.
pub fn router(app: App, pages: Option<&Path>) -> Router {
    Router::new()
        .merge(pages::router(pages))
        .nest("/cloud/api/v1", dashboard::router())
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures))
        .route("/api/v1/peer", get(hubs::peer))
        .fallback(async || Problem::new("no-such-route", "hubs call at /api/v1/peer; people look at /cloud"))
        .method_not_allowed_fallback(async || {
            Problem::new("method-not-allowed", "the OpenAPI document says which methods it takes")
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIME_MAX))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::new("internal", "the relay's log says what").into_response()
        }))
        .merge(backups::router())
        .with_state(app)
}

/// The process runs.
async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Hubs can be served.
async fn ready(State(app): State<App>) -> Result<Json<Value>, Problem> {
    if *app.stopping.borrow() {
        return Err(Problem::new("stopping", "another one will start"));
    }
    match app.with_storage(|app| app.storage.check()).await {
        Some(Ok(())) => Ok(Json(json!({ "status": "ok" }))),
        Some(Err(error)) => {
            tracing::error!(%error, "the storage cannot be reached");
            Err(Problem::new("unhealthy", "the relay's log says what"))
        }
        None => Err(Problem::new("internal", "the relay's log says what")),
    }
}

/// Figures for Prometheus.
async fn figures(State(app): State<App>) -> Response {
    let format = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (format, metrics::text(&app)).into_response()
}
