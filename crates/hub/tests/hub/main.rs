//! A real hub on port 0, spoken to as its screens do.
#![expect(clippy::unwrap_used, reason = "what a test cannot unwrap fails it")]

mod approval;
mod asking;
mod backup;
mod card_numbers;
mod catalogue;
mod command_line;
mod day;
mod devices;
mod document;
mod duty;
mod elsewhere;
mod events;
mod load;
mod logo;
mod look_back;
mod matrix;
mod menu_csv;
mod merged;
mod open_items;
mod pairing;
mod papers;
mod peers;
mod permissions;
mod printing;
mod problems;
mod refused;
mod rights;
mod screens;
mod service;
mod setup;
mod sign_in;
mod standby;
mod support;
mod tips;
mod tls;
