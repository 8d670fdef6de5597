//! When a backup is due: once for each night, as soon as the box runs after it.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use maitred_domain::business_day::{begins_at, business_date};
use maitred_domain::catalogue::Venue;

use super::kept::Plan;

/// How far a clock may be ahead of this one before what it said is not believed.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// Whether a backup is to be made at `now`, when the last one was made at `made`.
pub fn is_due(plan: &Plan, venue: &Venue, now: Timestamp, made: Option<Timestamp>) -> bool {
    let Some(made) = made else { return true };
    // A clock that was years ahead would have made the last one for years.
    made.duration_since(now) > AHEAD_MAX || made < last_time(plan, venue, now)
}

/// When the last one should have been made.
fn last_time(plan: &Plan, venue: &Venue, now: Timestamp) -> Timestamp {
    let zone = TimeZone::get(&venue.time_zone).unwrap_or(TimeZone::UTC);
    let Some(at) = plan.at else {
        let hour = venue.day_starts_at_hour;
        return begins_at(business_date(now, &zone, hour), &zone, hour).unwrap_or(now);
    };
    let today = now.to_zoned(zone.clone()).date();
    let on = |date: jiff::civil::Date| zone.to_ambiguous_timestamp(date.to_datetime(at)).compatible().ok();
    let yesterday = || today.checked_sub(1.day()).ok().and_then(on);
    on(today).filter(|time| *time <= now).or_else(yesterday).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("{text}[Europe/Rome]").parse::<jiff::Zoned>().unwrap().timestamp()
    }

    fn venue() -> Venue {
        Venue { time_zone: "Europe/Rome".into(), day_starts_at_hour: 4, ..Venue::default() }
    }

    #[test]
    fn a_night_has_one_backup_also_when_the_box_was_off_at_the_time() {
        let (plan, venue) = (Plan::default(), venue());
        let due = |now: &str, made: &str| is_due(&plan, &venue, at(now), Some(at(made)));
        assert!(is_due(&plan, &venue, at("2026-11-21T12:00"), None), "the first at once");
        assert!(!due("2026-11-22T01:30", "2026-11-21T12:00"), "the evening is not over");
        assert!(due("2026-11-22T04:00", "2026-11-21T12:00"));
        assert!(!due("2026-11-22T23:00", "2026-11-22T04:00"));
        assert!(due("2026-11-23T10:00", "2026-11-22T04:00"), "switched on in the morning");
    }

    #[test]
    fn a_time_of_its_own_is_kept_to_also_when_the_clock_changes() {
        let plan = Plan { at: Some(jiff::civil::Time::constant(2, 30, 0, 0)), ..Plan::default() };
        let due = |now: &str, made: &str| is_due(&plan, &venue(), at(now), Some(at(made)));
        assert!(!due("2026-11-22T02:29", "2026-11-21T02:31"));
        assert!(due("2026-11-22T02:30", "2026-11-21T02:31"));
        assert!(due("2026-03-29T03:31", "2026-03-28T02:31"), "an hour that is left out");
        assert!(!due("2026-10-25T12:00", "2026-10-25T03:00"), "one that comes twice");
    }

    #[test]
    fn a_clock_that_was_years_ahead_does_not_put_backups_off_for_years() {
        let (plan, venue) = (Plan::default(), venue());
        assert!(is_due(&plan, &venue, at("2026-11-22T12:00"), Some(at("2036-11-22T12:00"))));
        assert!(is_due(&plan, &venue, at("2036-11-22T12:00"), Some(at("2026-11-22T12:00"))));
        assert!(!is_due(&plan, &venue, at("2026-11-22T12:00"), Some(at("2026-11-22T12:05"))));
    }
}
