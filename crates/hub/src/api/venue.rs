//! The venue's settings.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::openapi::ReadProblems;
use crate::views::VenueView;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(venue))
}

/// The venue.
#[utoipa::path(get, path = "/venue", tag = "venue", responses((status = 200, body = VenueView), ReadProblems))]
async fn venue(State(app): State<App>, _: Actor) -> axum::Json<VenueView> {
    axum::Json(app.views().venue(app.is_demo))
}
