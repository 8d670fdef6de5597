//! Checks.

mod bill;
mod courses;
mod look;
mod moves;
mod order;
mod payment;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(look::router())
        .merge(order::router())
        .merge(courses::router())
        .merge(bill::router())
        .merge(moves::router())
        .merge(payment::router())
}
