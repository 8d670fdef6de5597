//! The menu: categories, items, modifiers, prices by time.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Time, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize};

use crate::ids::{CategoryId, ItemId, ModifierGroupId, ModifierId, StationId, TaxId};
use crate::money::Money;

/// A menu category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// In the venue's own language.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// `#rrggbb`.
    #[serde(default)]
    pub color: String,
    /// Place among the others, ascending.
    #[serde(default)]
    pub sort: u32,
    /// No longer on the menu.
    #[serde(default)]
    pub archived: bool,
}

/// A price that holds at some hours of some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriceSchedule {
    /// "Happy hour".
    pub name: String,
    /// Days it holds on, 1 = Monday to 7 = Sunday; empty means every day.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// From this local time.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "17:00:00"))]
    pub from: Time,
    /// Until before this local time; not after `from` means past midnight.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "19:00:00"))]
    pub to: Time,
    /// The price then.
    pub price: Money,
}

impl PriceSchedule {
    /// Whether it holds at that local time.
    pub fn holds(&self, weekday: Weekday, time: Time) -> bool {
        let on = |day: Weekday| {
            self.weekdays.is_empty() || self.weekdays.contains(&day.to_monday_one_offset().unsigned_abs())
        };
        if self.from < self.to {
            on(weekday) && self.from <= time && time < self.to
        } else {
            (on(weekday) && self.from <= time) || (on(weekday.previous()) && time < self.to)
        }
    }
}

/// Something to order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// In the venue's own language.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// What is in it.
    #[serde(default)]
    pub description: String,
    /// Where it stands on the menu.
    pub category: CategoryId,
    /// Its ordinary price, with or without tax as the venue says.
    pub price: Money,
    /// Prices by time; the first that holds wins.
    #[serde(default)]
    pub price_schedules: Vec<PriceSchedule>,
    /// Its tax.
    pub tax: TaxId,
    /// Who makes it; without one it goes to the venue's catch-all.
    #[serde(default)]
    pub station: Option<StationId>,
    /// The course it usually belongs to.
    #[serde(default = "first_course")]
    pub course: u8,
    /// How long it should take.
    #[serde(default)]
    pub prep_secs: u32,
    /// What it contains that can hurt a guest.
    #[serde(default)]
    pub allergens: Vec<String>,
    /// Choices that go with it.
    #[serde(default)]
    pub modifier_groups: Vec<ModifierGroupId>,
    /// Place within its category, ascending.
    #[serde(default)]
    pub sort: u32,
    /// Shown first on the order pad.
    #[serde(default)]
    pub favourite: bool,
    /// Whoever orders it says what it is and what it costs; its own price is only proposed.
    #[serde(default)]
    pub open: bool,
    /// No longer sold.
    #[serde(default)]
    pub archived: bool,
}

fn first_course() -> u8 {
    1
}

impl Item {
    /// The price at `now` in `zone`, schedules applied.
    pub fn price_at(&self, now: Timestamp, zone: &TimeZone) -> Money {
        if self.price_schedules.is_empty() {
            return self.price;
        }
        let local = now.to_zoned(zone.clone());
        self.price_schedules
            .iter()
            .find(|schedule| schedule.holds(local.weekday(), local.time()))
            .map_or(self.price, |schedule| schedule.price)
    }
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Modifier {
    /// Its id.
    pub id: ModifierId,
    /// As shown and printed.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// What it adds to the price.
    #[serde(default)]
    pub price: Money,
    /// What it contains that can hurt a guest.
    #[serde(default)]
    pub allergens: Vec<String>,
}

/// Choices that belong together: "Cooking", exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ModifierGroup {
    /// Its id.
    pub id: ModifierGroupId,
    /// As shown.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// At least so many.
    #[serde(default)]
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// The choices.
    pub modifiers: Vec<Modifier>,
    /// No longer offered.
    #[serde(default)]
    pub archived: bool,
}
