use jiff::tz::TimeZone;

use super::*;
use crate::ids::named;
use crate::money::Money;

fn spritz() -> Item {
    Item {
        id: named("spritz"),
        name: "Spritz".into(),
        names: BTreeMap::new(),
        description: String::new(),
        category: named("drinks"),
        price: Money(700),
        price_schedules: vec![PriceSchedule {
            name: "Aperitivo".into(),
            weekdays: vec![5],
            from: jiff::civil::time(22, 0, 0, 0),
            to: jiff::civil::time(1, 0, 0, 0),
            price: Money(500),
        }],
        tax: named("vat"),
        station: None,
        course: 1,
        prep_secs: 60,
        allergens: vec![],
        modifier_groups: vec![],
        sort: 0,
        favourite: false,
        open: false,
        archived: false,
    }
}

#[test]
fn a_price_schedule_runs_past_midnight_into_the_next_day() {
    let zone = TimeZone::get("Europe/Rome").unwrap();
    let price = |local: &str| {
        spritz().price_at(
            local.parse::<jiff::civil::DateTime>().unwrap().to_zoned(zone.clone()).unwrap().timestamp(),
            &zone,
        )
    };
    assert_eq!(price("2026-11-20T22:30"), Money(500), "a Friday");
    assert_eq!(price("2026-11-21T00:30"), Money(500), "the night after");
    assert_eq!(price("2026-11-21T22:30"), Money(700), "a Saturday");
    assert_eq!(price("2026-11-20T01:00"), Money(700), "half open");
}

#[test]
fn a_change_names_only_the_fields_that_differ() {
    let before = spritz();
    let after = Item { price: Money(800), ..before.clone() };
    let changed = EntityChanged::between(Some(&before), &after).unwrap();
    assert_eq!(changed.fields.keys().collect::<Vec<_>>(), ["price"]);
    assert_eq!(EntityChanged::between(Some(&after), &after), None);
}

#[test]
fn exponents_come_from_the_currency() {
    let venue = |code: &str| Venue { currency: code.into(), ..Venue::default() };
    assert_eq!(venue("EUR").currency_exponent(), 2);
    assert_eq!(venue("JPY").currency_exponent(), 0);
    assert_eq!(venue("KWD").currency_exponent(), 3);
}
