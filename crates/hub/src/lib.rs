//! The venue's server: HTTP API, live events, sign-in, printing.
//!
//! *Invariant:* no rule of the house is decided here and nothing is stored here. A handler takes a request apart,
//! calls the store, and turns what comes back into what clients see. Time and random bits
//! come from `maitred_process::clock`.

pub mod app;
pub mod attention;
pub mod auth;
pub mod backup;
pub mod config;
pub mod demo;
pub mod devices;
pub mod door;
pub mod in_use;
pub mod limits;
pub mod peer;
pub mod peers;
pub mod problem;
pub mod relay;
pub mod reset_pin;
pub mod rights;
pub mod router;
pub mod serve;
pub mod tls;
pub mod views;

mod api;
mod export;
mod extract;
mod first_day;
mod live;
mod menu_csv;
mod metrics;
mod openapi;
mod plain;
mod printing;
mod ui;
mod upkeep;
