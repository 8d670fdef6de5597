//! The trading day: it ends at a set hour of the venue's clock, not at midnight.

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// The business date that `now` falls on, where a new day starts at `day_starts_at_hour` (0 to 12) local time.
///
/// Local hours are used as they are read off the wall, so a day of a clock change is 23 or 25 hours long.
pub fn business_date(now: Timestamp, zone: &TimeZone, day_starts_at_hour: i8) -> Date {
    let local = now.to_zoned(zone.clone()).datetime();
    if local.hour() < day_starts_at_hour {
        local.date().checked_sub(1.day()).unwrap_or(local.date())
    } else {
        local.date()
    }
}

/// When the trading day `date` begins; `None` beyond the calendar.
pub fn begins_at(date: Date, zone: &TimeZone, day_starts_at_hour: i8) -> Option<Timestamp> {
    let local = date.at(day_starts_at_hour.clamp(0, 23), 0, 0, 0);
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rome(local: &str) -> Date {
        let zone = TimeZone::get("Europe/Rome").unwrap();
        let now = zone.to_ambiguous_timestamp(local.parse().unwrap()).compatible().unwrap();
        business_date(now, &zone, 4)
    }

    #[test]
    fn half_past_one_at_night_belongs_to_the_evening_before() {
        assert_eq!(rome("2026-11-21T01:30"), "2026-11-20".parse().unwrap());
        assert_eq!(rome("2026-11-21T04:00"), "2026-11-21".parse().unwrap());
    }

    #[test]
    fn a_trading_day_begins_where_the_one_before_ends() {
        let zone = TimeZone::get("Europe/Rome").unwrap();
        for date in ["2026-11-21", "2026-10-25", "2026-03-29"] {
            let date: Date = date.parse().unwrap();
            let begin = begins_at(date, &zone, 4).unwrap();
            assert_eq!(business_date(begin, &zone, 4), date);
            assert_eq!(business_date(begin - 1.second(), &zone, 4), date.yesterday().unwrap());
        }
    }

    #[test]
    fn the_night_the_clock_goes_back_has_one_business_date() {
        assert_eq!(rome("2026-10-25T02:30"), "2026-10-24".parse().unwrap());
        assert_eq!(rome("2026-10-25T03:59"), "2026-10-24".parse().unwrap());
        assert_eq!(rome("2026-10-25T04:00"), "2026-10-25".parse().unwrap());
    }
}
