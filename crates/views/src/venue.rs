//! The venue's settings, as screens need them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use maitred_domain::catalogue::{Course, Service, Staff, Station, StationKind, TurnTime};
use maitred_domain::ids::{StaffId, StationId};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use serde::Serialize;
use utoipa::ToSchema;

use super::Views;

/// Someone who can sign in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffTile {
    /// Their id.
    pub id: StaffId,
    /// What they sign in as.
    pub handle: String,
    /// As shown.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

impl From<&Staff> for StaffTile {
    fn from(staff: &Staff) -> Self {
        Self { id: staff.id, handle: staff.handle.clone(), name: staff.name.clone(), role: staff.role }
    }
}

/// A station.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StationView {
    /// Its id.
    pub id: StationId,
    /// In addresses: `/kitchen/grill`.
    pub slug: String,
    /// As shown.
    pub name: String,
    /// What it does.
    pub kind: StationKind,
    /// `#rrggbb`.
    pub color: String,
}

impl From<&Station> for StationView {
    fn from(station: &Station) -> Self {
        let Station { id, slug, name, kind, color, .. } = station.clone();
        Self { id, slug, name, kind, color }
    }
}

/// The venue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VenueView {
    /// Its name.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Digits after the decimal point.
    pub currency_exponent: u8,
    /// IANA time zone.
    pub time_zone: String,
    /// BCP 47 tags; the first is the venue's own.
    pub languages: Vec<String>,
    /// Whether menu prices include tax.
    pub tax_included: bool,
    /// The open trading day.
    pub business_date: Date,
    /// The local hour at which the next trading day begins.
    pub day_starts_at_hour: i8,
    /// A venue to try things out in: its PINs are public.
    pub is_demo: bool,
    /// Where work is made.
    pub stations: Vec<StationView>,
    /// Reasons offered for a void.
    pub void_reasons: Vec<String>,
    /// Reasons offered for a comp.
    pub comp_reasons: Vec<String>,
    /// Reasons offered for a discount.
    pub discount_reasons: Vec<String>,
    /// In the order they leave the kitchen.
    pub courses: Vec<Course>,
    /// Every allergen of the menu.
    pub allergens: Vec<String>,
    /// When guests are served.
    pub hours: Vec<Service>,
    /// Tips offered to who pays, in percent.
    pub tip_percents: Vec<u8>,
    /// Notes and coins that the drawer is counted in, largest first; empty means those of the currency.
    pub cash_denominations: Vec<Money>,
    /// How long parties stay by their size, smallest first; the last one counts for larger parties too.
    pub turn_times: Vec<TurnTime>,
}

impl Views<'_> {
    /// The venue. The store does not know whether it is the demo.
    pub fn venue(&self, is_demo: bool) -> VenueView {
        let venue = &self.catalogue.venue;
        let of_items = self.catalogue.items.values().flat_map(|item| &item.allergens);
        let modifiers = self.catalogue.modifier_groups.values().flat_map(|group| &group.modifiers);
        let allergens: BTreeSet<&String> = of_items.chain(modifiers.flat_map(|it| &it.allergens)).collect();
        let mut stations: Vec<StationView> =
            self.catalogue.stations.values().filter(|it| !it.archived).map(StationView::from).collect();
        stations.sort_by(|a, b| a.name.cmp(&b.name));
        VenueView {
            name: venue.name.clone(),
            currency: venue.currency.clone(),
            currency_exponent: venue.currency_exponent(),
            time_zone: venue.time_zone.clone(),
            languages: venue.languages.clone(),
            tax_included: venue.tax_included,
            business_date: self.store.business_date(),
            day_starts_at_hour: venue.day_starts_at_hour,
            is_demo,
            stations,
            void_reasons: venue.void_reasons.clone(),
            comp_reasons: venue.comp_reasons.clone(),
            discount_reasons: venue.discount_reasons.clone(),
            courses: venue.courses.clone(),
            allergens: allergens.into_iter().cloned().collect(),
            hours: venue.hours.clone(),
            tip_percents: venue.tip_percents.clone(),
            cash_denominations: venue.cash_denominations.clone(),
            turn_times: venue.turn_times.clone(),
        }
    }
}
