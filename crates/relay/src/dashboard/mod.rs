//! What people see of their venues from elsewhere, and what they change there: `/cloud/api/v1`.
//!
//! *Invariant:* a venue is reached through [`venue::of`] only, which knows whose it is. What a venue is like comes from
//! its replica, by the same views as the hub's; a change is a command to it, and an entry of it like a hub's.

mod audit;
mod document;
mod events;
mod extract;
mod history;
mod menu;
mod session;
mod venue;
mod venues;

use axum::Router;
use axum::routing::{any, get};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::problem::Problem;

/// The API of the dashboard, and its `OpenAPI` document.
pub fn router() -> Router<App> {
    let (router, document) = OpenApiRouter::with_openapi(document::Document::openapi())
        .merge(session::router())
        .merge(venues::router())
        .merge(venue::router())
        .merge(menu::router())
        .merge(history::router())
        .merge(audit::router())
        .merge(events::router())
        .split_for_parts();
    let unknown = async || Problem::new("no-such-route", "the OpenAPI document says what there is");
    router.route("/openapi.json", get(async || axum::Json(document))).route("/{*rest}", any(unknown))
}
