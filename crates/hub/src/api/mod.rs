//! The operations, each: take the request apart, call the store, show what came back.

mod attention;
mod audit;
mod auth;
mod authority;
mod backup;
mod catalogue;
mod checks;
mod day;
mod days;
mod demo;
mod demo_devices;
mod devices;
mod events;
mod floor;
mod hubs;
mod kitchen;
mod logo;
mod menu;
mod menu_csv;
mod pairings;
mod print_jobs;
mod printers;
mod probes;
mod reports;
mod setup;
mod staff;
mod sync;
mod terminals;
mod venue;

use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// What a device may ask under `/api/v1` that is not paired.
pub fn open_router() -> OpenApiRouter<App> {
    pairings::open_router().merge(setup::open_router()).merge(authority::router())
}

/// Everything else under `/api/v1`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(auth::router())
        .merge(venue::router())
        .merge(logo::router())
        .merge(floor::router())
        .merge(menu::router())
        .merge(menu_csv::router())
        .merge(checks::router())
        .merge(kitchen::router())
        .merge(print_jobs::router())
        .merge(printers::router())
        .merge(devices::router())
        .merge(probes::router())
        .merge(catalogue::router())
        .merge(staff::router())
        .merge(setup::router())
        .merge(day::router())
        .merge(days::router())
        .merge(reports::router())
        .merge(audit::router())
        .merge(attention::router())
        .merge(events::router())
        .merge(sync::router())
        .merge(hubs::router())
        .merge(backup::router())
        .merge(demo::router())
        .merge(demo_devices::router())
        .merge(pairings::router())
        .merge(terminals::router())
}
