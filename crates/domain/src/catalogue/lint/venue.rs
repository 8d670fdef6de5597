//! Settings, staff, and who may do what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::{Findings, NAME_CHARS_MAX, is_language};
use crate::catalogue::{Catalogue, Right, Staff, Venue};
use crate::money::AMOUNT_MINOR_MAX;
use crate::permission::Role;

/// The most entries of a list of settings: reasons, lines of the receipt, notes and coins.
const LIST_MAX: usize = 64;
/// The longest logo: what the largest picture of dots can come to, in base64, and some.
pub const LOGO_CHARS_MAX: usize = 16 * 1024;
const TURN_MINUTES_MAX: i64 = 12 * 60;

pub(super) fn check(catalogue: &Catalogue, found: &mut Findings) {
    settings(&catalogue.venue, found);
    lists(&catalogue.venue, found);
    courses(&catalogue.venue, found);
    staff(catalogue, found);
    rights(catalogue, found);
}

fn settings(venue: &Venue, found: &mut Findings) {
    if *venue == Venue::default() {
        return;
    }
    found.name(venue, &venue.name);
    if iso_currency::Currency::from_code(&venue.currency).is_none() {
        found.error(venue, "currency", "currency-unknown", "a currency is an ISO 4217 code");
    }
    if TimeZone::get(&venue.time_zone).is_err() {
        found.error(venue, "time_zone", "time-zone-unknown", "a time zone is an IANA name");
    }
    found.range(venue, "drawer_open_minutes", i64::from(venue.drawer_open_minutes), 0..=240);
    found.range(venue, "day_starts_at_hour", i64::from(venue.day_starts_at_hour), 0..=12);
    found.range(venue, "service_basis_points", i64::from(venue.service_basis_points), 0..=10_000);
    if venue.languages.is_empty() {
        found.error(venue, "languages", "language-missing", "the venue has a language of its own");
    }
    for language in venue.languages.iter().filter(|language| !is_language(language)) {
        let detail = format!("{language:?} is no BCP 47 tag");
        found.error(venue, "languages", "language-malformed", detail);
    }
    for service in &venue.hours {
        if service.name.trim().is_empty() {
            found.error(venue, "hours", "name-missing", "a service has a name");
        }
        found.weekdays(venue, "hours", &service.weekdays);
    }
    for percent in &venue.tip_percents {
        found.range(venue, "tip_percents", i64::from(*percent), 0..=100);
    }
    for denomination in &venue.cash_denominations {
        found.range(venue, "cash_denominations", denomination.0, 1..=AMOUNT_MINOR_MAX);
    }
    found.length(venue, "logo", &venue.logo, LOGO_CHARS_MAX);
    turn_times(venue, found);
}

fn turn_times(venue: &Venue, found: &mut Findings) {
    for turn in &venue.turn_times {
        found.range(venue, "turn_times", i64::from(turn.minutes), 5..=TURN_MINUTES_MAX);
    }
    if !venue.turn_times.is_sorted_by(|one, next| one.covers_max < next.covers_max) {
        found.error(
            venue,
            "turn_times",
            "turn-times-order",
            "turn times go from small parties to large ones",
        );
    }
}

fn lists(venue: &Venue, found: &mut Findings) {
    let texts = [
        ("address", &venue.address),
        ("void_reasons", &venue.void_reasons),
        ("comp_reasons", &venue.comp_reasons),
        ("discount_reasons", &venue.discount_reasons),
        ("receipt_footer", &venue.receipt_footer),
        ("languages", &venue.languages),
    ];
    for (field, texts) in texts {
        too_many(venue, field, texts.len(), found);
        for text in texts {
            found.length(venue, field, text, NAME_CHARS_MAX);
        }
    }
    for (field, count) in [
        ("hours", venue.hours.len()),
        ("tip_percents", venue.tip_percents.len()),
        ("cash_denominations", venue.cash_denominations.len()),
        ("courses", venue.courses.len()),
        ("turn_times", venue.turn_times.len()),
    ] {
        too_many(venue, field, count, found);
    }
}

fn too_many(venue: &Venue, field: &str, count: usize, found: &mut Findings) {
    if count > LIST_MAX {
        found.error(venue, field, "too-many", format!("at most {LIST_MAX}"));
    }
}

fn courses(venue: &Venue, found: &mut Findings) {
    let mut numbers = BTreeSet::new();
    for (place, course) in venue.courses.iter().enumerate() {
        let field = format!("courses.{place}");
        if course.number == 0 || !numbers.insert(course.number) {
            let detail = "courses are numbered from 1, each once";
            found.error(venue, &field, "course-number", detail);
        }
        if course.name.trim().is_empty() {
            found.error(venue, &field, "name-missing", "a course has a name");
        }
        found.length(venue, &field, &course.name, NAME_CHARS_MAX);
        found.names(venue, &course.names);
    }
}

fn staff(catalogue: &Catalogue, found: &mut Findings) {
    let working: Vec<&Staff> = catalogue.staff.values().filter(|staff| !staff.archived).collect();
    let mut handles: BTreeMap<&str, &Staff> = BTreeMap::new();
    for staff in &working {
        found.name(*staff, &staff.name);
        found.length(*staff, "handle", &staff.handle, NAME_CHARS_MAX);
        if staff.handle.is_empty() || staff.handle.contains(char::is_whitespace) {
            found.error(*staff, "handle", "handle-malformed", "a handle is one word");
        }
        if let Some(other) = handles.insert(&staff.handle, staff) {
            let detail = format!("{} signs in as {} too", other.name, staff.handle);
            found.error(*staff, "handle", "handle-taken", detail).about(other);
        }
        if staff.pin_hash.is_empty() {
            found.warning(*staff, "", "no-pin", format!("{} has no PIN and cannot sign in", staff.name));
        }
    }
    let runs_it = |staff: &&Staff| staff.role == Role::Manager && !staff.pin_hash.is_empty();
    if !working.iter().any(runs_it) {
        found.error(&catalogue.venue, "", "no-manager", "no manager has a PIN: nobody could change anything");
    }
}

/// What locks everybody out is not to be had.
fn rights(catalogue: &Catalogue, found: &mut Findings) {
    for rights in catalogue.rights.values() {
        let taken = rights.cells.iter().filter(|(_, right)| **right == Right::MayNot);
        for (permission, _) in taken.filter(|(permission, _)| rights.role.keeps(**permission)) {
            let detail = "managers keep staff and rights: nobody could ever give them back";
            found.error(rights, permission.as_str(), "right-kept", detail);
        }
    }
}
