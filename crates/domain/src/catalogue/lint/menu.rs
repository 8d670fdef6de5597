//! Taxes, categories, items, modifiers, prices by time.

use jiff::civil::{Time, Weekday};

use super::{Findings, TEXT_CHARS_MAX, names_differ};
use crate::catalogue::{Catalogue, Item, ModifierGroup, PriceSchedule};
use crate::money::AMOUNT_MINOR_MAX;

/// The most prices by time of one item.
const SCHEDULES_MAX: usize = 24;
/// The most choices of one group, and groups or allergens of one item.
const CHOICES_MAX: usize = 100;
/// The longest time that something is made for, in seconds.
const PREP_SECS_MAX: i64 = 24 * 60 * 60;

pub(super) fn check(catalogue: &Catalogue, found: &mut Findings) {
    for tax in catalogue.taxes.values().filter(|tax| !tax.archived) {
        found.name(tax, &tax.name);
        found.range(tax, "basis_points", i64::from(tax.basis_points), 0..=10_000);
    }
    let categories = || catalogue.categories.values().filter(|category| !category.archived);
    for category in categories() {
        found.name(category, &category.name);
        found.names(category, &category.names);
        found.color(category, &category.color);
    }
    names_differ(found, categories().map(|it| (it, it.name.as_str())), "categories");
    for group in catalogue.modifier_groups.values().filter(|group| !group.archived) {
        choices(group, found);
    }
    let items = || catalogue.items.values().filter(|item| !item.archived);
    for item in items() {
        words(item, found);
        references(catalogue, item, found);
        prices(item, found);
    }
    names_differ(found, items().map(|it| (it, it.name.as_str())), "items");
}

fn choices(group: &ModifierGroup, found: &mut Findings) {
    found.name(group, &group.name);
    found.names(group, &group.names);
    let count = group.modifiers.len();
    if count > CHOICES_MAX {
        found.error(group, "modifiers", "too-many", format!("at most {CHOICES_MAX}"));
    }
    if group.min > group.max {
        let detail = format!("at least {} and at most {} cannot both be", group.min, group.max);
        found.error(group, "max", "min-above-max", detail);
    }
    if count < group.min as usize {
        let detail =
            format!("{} are wanted and there are {count}: nothing with it can be ordered", group.min);
        found.error(group, "modifiers", "too-few-choices", detail);
    } else if count == 0 || group.max == 0 {
        found.warning(group, "modifiers", "no-choices", "there is nothing to choose");
    }
    for (place, modifier) in group.modifiers.iter().enumerate() {
        let field = format!("modifiers.{place}");
        if modifier.name.trim().is_empty() {
            found.error(group, &field, "name-missing", "a modifier has a name");
        }
        if group.modifiers[..place].iter().any(|earlier| earlier.id == modifier.id) {
            found.error(group, &field, "id-taken", "a modifier before it has this id");
        }
        found.length(group, &field, &modifier.name, super::NAME_CHARS_MAX);
        found.names(group, &modifier.names);
        found.range(group, &field, modifier.price.0, -AMOUNT_MINOR_MAX..=AMOUNT_MINOR_MAX);
    }
}

fn words(item: &Item, found: &mut Findings) {
    found.name(item, &item.name);
    found.names(item, &item.names);
    found.length(item, "description", &item.description, TEXT_CHARS_MAX);
    found.range(item, "prep_secs", i64::from(item.prep_secs), 0..=PREP_SECS_MAX);
    if item.allergens.len() > CHOICES_MAX || item.modifier_groups.len() > CHOICES_MAX {
        found.error(item, "allergens", "too-many", format!("at most {CHOICES_MAX}"));
    }
}

fn references(catalogue: &Catalogue, item: &Item, found: &mut Findings) {
    use crate::catalogue::EntityKind as K;
    let name = &item.name;
    if catalogue.categories.get(&item.category).is_none_or(|category| category.archived) {
        let detail = format!("{name} is in no category: nobody finds it");
        found.error(item, "category", "category-unknown", detail).about_id(K::Category, item.category.0);
    }
    if catalogue.taxes.get(&item.tax).is_none_or(|tax| tax.archived) {
        let detail = format!("{name} has no tax: it cannot be ordered");
        found.error(item, "tax", "tax-unknown", detail).about_id(K::Tax, item.tax.0);
    }
    for group in item.modifier_groups.iter().filter(|id| !catalogue.modifier_groups.contains_key(*id)) {
        let detail = format!("{name} wants choices that are not there");
        found
            .error(item, "modifier_groups", "modifier-group-unknown", detail)
            .about_id(K::ModifierGroup, group.0);
    }
    match item.station {
        Some(station) if !catalogue.makes(station) => {
            let detail = format!("{name} goes to a station that makes nothing");
            found.error(item, "station", "station-unknown", detail).about_id(K::Station, station.0);
        }
        Some(_) => {}
        None if catalogue.venue.catch_all_station.is_some_and(|id| catalogue.makes(id)) => {}
        None => {
            let detail = format!("no station makes {name}, and there is no catch-all: nobody would see it");
            found.error(item, "station", "unrouted", detail);
        }
    }
    let known = |number| catalogue.venue.courses.iter().any(|course| course.number == number);
    if item.course == 0 {
        found.range(item, "course", 0, 1..=i64::from(u8::MAX));
    } else if !known(item.course) {
        let detail = format!("{name} belongs to course {}, which the venue does not have", item.course);
        found.warning(item, "course", "course-unknown", detail);
    }
}

fn prices(item: &Item, found: &mut Findings) {
    if item.open {
        found.range(item, "price", item.price.0, 0..=AMOUNT_MINOR_MAX);
        return;
    }
    price(item, "price", item.price.0, found);
    if item.price_schedules.len() > SCHEDULES_MAX {
        found.error(item, "price_schedules", "too-many", format!("at most {SCHEDULES_MAX}"));
        return;
    }
    for (place, schedule) in item.price_schedules.iter().enumerate() {
        let field = format!("price_schedules.{place}");
        found.weekdays(item, &field, &schedule.weekdays);
        price(item, &field, schedule.price.0, found);
        if never_holds(&item.price_schedules[..place], schedule) {
            let detail = format!("the price {:?} never holds: earlier ones cover its hours", schedule.name);
            found.warning(item, &field, "schedule-never", detail);
        }
    }
}

fn price(item: &Item, field: &str, minor: i64, found: &mut Findings) {
    found.range(item, field, minor, 0..=AMOUNT_MINOR_MAX);
    if minor == 0 {
        found.warning(item, field, "price-zero", format!("{} costs nothing", item.name));
    }
}

/// Whether one of `earlier` holds whenever `schedule` would: prices change only where one begins or ends.
fn never_holds(earlier: &[PriceSchedule], schedule: &PriceSchedule) -> bool {
    let all = || earlier.iter().chain([schedule]);
    let instants = || all().flat_map(|it| [it.from, it.to]).chain([Time::midnight()]);
    let holds = |weekday: Weekday, time: Time| {
        schedule.holds(weekday, time) && !earlier.iter().any(|it| it.holds(weekday, time))
    };
    !Weekday::Monday.cycle_forward().take(7).any(|weekday| instants().any(|time| holds(weekday, time)))
}
