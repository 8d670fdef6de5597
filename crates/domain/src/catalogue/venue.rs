//! The venue itself: its settings, taxes, stations, printers and staff.

use std::collections::BTreeMap;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::ids::{AreaId, PrinterId, StaffId, StationId, TaxId};
use crate::money::Money;
use crate::permission::Role;

/// A course: "2, Mains".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Course {
    /// From 1.
    pub number: u8,
    /// As shown.
    pub name: String,
    /// In other languages, by BCP 47 tag.
    #[serde(default)]
    pub names: BTreeMap<String, String>,
}

/// A named span of the week in which guests are served: lunch, dinner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Service {
    /// As shown.
    pub name: String,
    /// Days it begins on, 1 = Monday to 7 = Sunday; empty means every day.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// From this local time.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "18:30:00"))]
    pub from: Time,
    /// Until before this local time; not after `from` means past midnight.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "23:00:00"))]
    pub to: Time,
}

/// How long a party of some size usually stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TurnTime {
    /// Parties of up to so many, and of more than the entry before.
    pub covers_max: u16,
    /// From seated to gone, in minutes.
    pub minutes: u16,
}

/// The venue's own settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Venue {
    /// Name on the receipt.
    pub name: String,
    /// Address lines on the receipt, VAT number and the like.
    #[serde(default)]
    pub address: Vec<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA time zone.
    pub time_zone: String,
    /// The hour (0 to 12) at which a new business date starts.
    #[serde(default = "four")]
    pub day_starts_at_hour: i8,
    /// BCP 47 tags of the languages the menu is kept in, the first is the venue's own.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Whether menu prices include tax.
    pub tax_included: bool,
    /// Service charge on new checks, in hundredths of a percent.
    #[serde(default)]
    pub service_basis_points: u32,
    /// Courses in the order they leave the kitchen.
    #[serde(default)]
    pub courses: Vec<Course>,
    /// Reasons offered for a void.
    #[serde(default)]
    pub void_reasons: Vec<String>,
    /// Reasons offered for a comp.
    #[serde(default)]
    pub comp_reasons: Vec<String>,
    /// Reasons offered for a discount.
    #[serde(default)]
    pub discount_reasons: Vec<String>,
    /// Where a line goes that has no station of its own, so that no food is ever lost.
    #[serde(default)]
    pub catch_all_station: Option<StationId>,
    /// Above the name on the receipt: a one-bit PNG in base64, made by the hub; empty for none.
    #[serde(default)]
    pub logo: String,
    /// Last lines of the receipt.
    #[serde(default)]
    pub receipt_footer: Vec<String>,
    /// When guests are served.
    #[serde(default)]
    pub hours: Vec<Service>,
    /// Tips offered to who pays, in percent.
    #[serde(default = "tip_percents")]
    pub tip_percents: Vec<u8>,
    /// Notes and coins that the drawer is counted in, largest first; empty means those of the currency.
    #[serde(default)]
    pub cash_denominations: Vec<Money>,
    /// How long parties stay by their size, smallest first; the last one counts for larger parties too.
    #[serde(default = "turn_times")]
    pub turn_times: Vec<TurnTime>,
    /// Minutes for which a cash drawer may stand open before somebody is told; 0 tells nobody.
    #[serde(default = "five")]
    pub drawer_open_minutes: u32,
    /// Whether screens may speak with hubs over plain http, which whoever listens on the network reads along.
    #[serde(default = "yes")]
    pub plain_http: bool,
}

fn yes() -> bool {
    true
}

fn turn_times() -> Vec<TurnTime> {
    [(2, 90), (4, 105), (6, 120), (8, 150)]
        .map(|(covers_max, minutes)| TurnTime { covers_max, minutes })
        .into()
}

fn tip_percents() -> Vec<u8> {
    vec![5, 10, 15]
}

fn five() -> u32 {
    5
}

fn four() -> i8 {
    4
}

impl Default for Venue {
    fn default() -> Self {
        Self {
            name: String::new(),
            address: Vec::new(),
            currency: "EUR".into(),
            time_zone: "UTC".into(),
            day_starts_at_hour: four(),
            languages: vec!["en".into()],
            tax_included: true,
            service_basis_points: 0,
            courses: Vec::new(),
            void_reasons: Vec::new(),
            comp_reasons: Vec::new(),
            discount_reasons: Vec::new(),
            catch_all_station: None,
            logo: String::new(),
            receipt_footer: Vec::new(),
            hours: Vec::new(),
            tip_percents: tip_percents(),
            cash_denominations: Vec::new(),
            turn_times: turn_times(),
            drawer_open_minutes: five(),
            plain_http: yes(),
        }
    }
}

impl Venue {
    /// The venue's zone; UTC when the setting names none that is known.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// Digits after the decimal point of the venue's currency; 2 when the code is unknown.
    pub fn currency_exponent(&self) -> u8 {
        iso_currency::Currency::from_code(&self.currency)
            .and_then(iso_currency::Currency::exponent)
            .and_then(|exponent| u8::try_from(exponent).ok())
            .unwrap_or(2)
    }
}

/// A tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tax {
    /// Its id.
    pub id: TaxId,
    /// As on the receipt: "IVA".
    pub name: String,
    /// Rate in hundredths of a percent.
    pub basis_points: u32,
    /// No longer used.
    #[serde(default)]
    pub archived: bool,
}

/// What a station does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StationKind {
    /// Makes food or drinks.
    Prep,
    /// Puts a table's food together.
    Expo,
}

/// Where work is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Station {
    /// Its id.
    pub id: StationId,
    /// In addresses: `/kitchen/grill`.
    pub slug: String,
    /// As shown.
    pub name: String,
    /// What it does.
    pub kind: StationKind,
    /// `#rrggbb`.
    #[serde(default)]
    pub color: String,
    /// No longer there.
    #[serde(default)]
    pub archived: bool,
}

/// What a printer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum PrinterRole {
    /// Kitchen tickets.
    Kitchen,
    /// Receipts and reports; has the drawer.
    Receipt,
}

/// A printer and what is routed to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Printer {
    /// Its id.
    pub id: PrinterId,
    /// As shown.
    pub name: String,
    /// `tcp://host:port`, `usb:/dev/usb/lp0` or `serial:/dev/ttyUSB0?baud=38400`.
    pub address: String,
    /// What it is for.
    pub role: PrinterRole,
    /// Stations whose tickets it prints; empty means every station.
    #[serde(default)]
    pub stations: Vec<StationId>,
    /// Areas whose checks it prints; empty means every area.
    #[serde(default)]
    pub areas: Vec<AreaId>,
    /// Copies of each ticket.
    #[serde(default = "one")]
    pub copies: u8,
    /// Who prints when this one cannot.
    #[serde(default)]
    pub backup: Option<PrinterId>,
    /// Name of its profile: width, code page, what it can prove.
    #[serde(default)]
    pub profile: String,
    /// No longer there.
    #[serde(default)]
    pub archived: bool,
}

fn one() -> u8 {
    1
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// What they sign in as.
    pub handle: String,
    /// As shown.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Argon2 hash of their PIN, with the hub's pepper; empty when they have none, and cannot sign in.
    #[serde(default)]
    pub pin_hash: String,
    /// How many digits that PIN has; `None` when it was set before anybody noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_digits: Option<u8>,
    /// No longer works here.
    #[serde(default)]
    pub archived: bool,
    /// Their name is gone for good: nobody can read it any more, and it never comes back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}
