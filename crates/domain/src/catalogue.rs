//! What a venue is made of and seldom changes: settings, floor, menu, stations, printers, staff.
//!
//! Each entity is a plain record. A change is a fact that names the fields that changed ([`EntityChanged`]), so that
//! two people editing different fields of one item never overwrite each other.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Time, civil::Weekday, tz::TimeZone};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use crate::ids::{
    AreaId, CategoryId, ItemId, ModifierGroupId, ModifierId, PrinterId, StaffId, StationId, TableId, TaxId,
};
use crate::money::Money;
use crate::permission::{Permission, Role};

/// The kinds of entity; each belongs to one shared document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// [`Venue`], of which there is one.
    Venue,
    /// [`Tax`].
    Tax,
    /// [`Category`].
    Category,
    /// [`Item`].
    Item,
    /// [`ModifierGroup`].
    ModifierGroup,
    /// [`Area`].
    Area,
    /// [`Table`].
    Table,
    /// [`Station`].
    Station,
    /// [`Printer`].
    Printer,
    /// [`Staff`].
    Staff,
}

impl EntityKind {
    /// Its name in keys and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Venue => "venue",
            Self::Tax => "tax",
            Self::Category => "category",
            Self::Item => "item",
            Self::ModifierGroup => "modifier_group",
            Self::Area => "area",
            Self::Table => "table",
            Self::Station => "station",
            Self::Printer => "printer",
            Self::Staff => "staff",
        }
    }
}

impl EntityKind {
    /// Who may change it.
    pub fn permission(self) -> Permission {
        match self {
            Self::Venue | Self::Station | Self::Printer | Self::Staff => Permission::EditSettings,
            Self::Tax | Self::Category | Self::Item | Self::ModifierGroup => Permission::EditMenu,
            Self::Area | Self::Table => Permission::EditFloor,
        }
    }
}

/// A record of the catalogue.
pub trait Entity: Serialize + DeserializeOwned {
    /// Its kind.
    const KIND: EntityKind;
    /// Its id, unique within its kind.
    fn id(&self) -> Uuid;
}

macro_rules! entities {
    ($($name:ident: $id:expr),+ $(,)?) => {$(
        impl Entity for $name {
            const KIND: EntityKind = EntityKind::$name;
            fn id(&self) -> Uuid {
                let id: fn(&$name) -> Uuid = $id;
                id(self)
            }
        }
    )+};
}

entities! {
    Venue: |_| Uuid::nil(),
    Tax: |it| it.id.0,
    Category: |it| it.id.0,
    Item: |it| it.id.0,
    ModifierGroup: |it| it.id.0,
    Area: |it| it.id.0,
    Table: |it| it.id.0,
    Station: |it| it.id.0,
    Printer: |it| it.id.0,
    Staff: |it| it.id.0,
}

/// A course: "2, Mains".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Course {
    /// From 1.
    pub number: u8,
    /// As shown.
    pub name: String,
}

/// The venue's own settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Last lines of the receipt.
    #[serde(default)]
    pub receipt_footer: Vec<String>,
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
            receipt_footer: Vec::new(),
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
pub struct Tax {
    /// Its id.
    pub id: TaxId,
    /// As on the receipt: "IVA".
    pub name: String,
    /// Rate in hundredths of a percent.
    pub basis_points: u32,
}

/// A menu category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// As shown.
    pub name: String,
    /// `#rrggbb`.
    #[serde(default)]
    pub color: String,
    /// Place among the others, ascending.
    #[serde(default)]
    pub sort: u32,
}

/// A price that holds at some hours of some days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceSchedule {
    /// "Happy hour".
    pub name: String,
    /// Days it holds on, 1 = Monday to 7 = Sunday; empty means every day.
    #[serde(default)]
    pub weekdays: Vec<u8>,
    /// From this local time.
    pub from: Time,
    /// Until before this local time; not after `from` means past midnight.
    pub to: Time,
    /// The price then.
    pub price: Money,
}

impl PriceSchedule {
    fn holds(&self, weekday: Weekday, time: Time) -> bool {
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
pub struct Modifier {
    /// Its id.
    pub id: ModifierId,
    /// As shown and printed.
    pub name: String,
    /// What it adds to the price.
    #[serde(default)]
    pub price: Money,
    /// What it contains that can hurt a guest.
    #[serde(default)]
    pub allergens: Vec<String>,
}

/// Choices that belong together: "Cooking", exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModifierGroup {
    /// Its id.
    pub id: ModifierGroupId,
    /// As shown.
    pub name: String,
    /// At least so many.
    #[serde(default)]
    pub min: u32,
    /// At most so many.
    pub max: u32,
    /// The choices.
    pub modifiers: Vec<Modifier>,
}

/// A part of the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// As shown.
    pub name: String,
    /// Place among the others, ascending.
    #[serde(default)]
    pub sort: u32,
}

/// A table's outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// With corners.
    Rect,
    /// Without.
    Round,
    /// A stretch of the bar.
    Bar,
}

/// A table on the plan. Lengths are grid units of its area's plan of 100 x 60.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    /// Its id.
    pub id: TableId,
    /// As on the plan.
    pub name: String,
    /// Where it stands.
    pub area: AreaId,
    /// For how many it is laid.
    pub seats: u32,
    /// Its outline.
    pub shape: Shape,
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Clockwise, in degrees.
    #[serde(default)]
    pub rotation: f64,
    /// No longer there.
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
pub struct Printer {
    /// Its id.
    pub id: PrinterId,
    /// As shown.
    pub name: String,
    /// `tcp://host:port`.
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
    /// Argon2 hash of their PIN, with the hub's pepper.
    pub pin_hash: String,
    /// No longer works here.
    #[serde(default)]
    pub archived: bool,
}

/// Fields of one entity changed; `null` takes a field away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntityChanged {
    /// Of which kind.
    pub kind: EntityKind,
    /// Which one.
    pub id: Uuid,
    /// New values by field.
    pub fields: BTreeMap<String, Value>,
}

impl EntityChanged {
    /// What turns `before` into `after`; `None` when nothing differs.
    pub fn between<E: Entity>(before: Option<&E>, after: &E) -> Option<Self> {
        let before = before.map(record).unwrap_or_default();
        let after_record = record(after);
        let mut fields: BTreeMap<String, Value> = after_record
            .iter()
            .filter(|(name, value)| before.get(*name) != Some(*value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for name in before.keys().filter(|name| !after_record.contains_key(*name)) {
            fields.insert(name.clone(), Value::Null);
        }
        (!fields.is_empty()).then(|| Self { kind: E::KIND, id: after.id(), fields })
    }
}

fn record<E: Entity>(entity: &E) -> BTreeMap<String, Value> {
    match serde_json::to_value(entity) {
        Ok(Value::Object(fields)) => fields.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}

/// Everything the venue is made of, as rules and screens read it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// Settings.
    pub venue: Venue,
    /// Taxes.
    pub taxes: BTreeMap<TaxId, Tax>,
    /// Menu categories.
    pub categories: BTreeMap<CategoryId, Category>,
    /// Menu items.
    pub items: BTreeMap<ItemId, Item>,
    /// Modifier groups.
    pub modifier_groups: BTreeMap<ModifierGroupId, ModifierGroup>,
    /// Areas.
    pub areas: BTreeMap<AreaId, Area>,
    /// Tables.
    pub tables: BTreeMap<TableId, Table>,
    /// Stations.
    pub stations: BTreeMap<StationId, Station>,
    /// Printers.
    pub printers: BTreeMap<PrinterId, Printer>,
    /// Staff.
    pub staff: BTreeMap<StaffId, Staff>,
}

impl Catalogue {
    /// Puts one entity, given as its fields, where it belongs.
    ///
    /// # Errors
    /// When the fields do not make an entity of that kind; nothing is changed then.
    pub fn put(&mut self, kind: EntityKind, fields: Value) -> Result<(), serde_json::Error> {
        use serde_json::from_value;
        match kind {
            EntityKind::Venue => self.venue = from_value(fields)?,
            EntityKind::Tax => keep(&mut self.taxes, from_value(fields)?, |it: &Tax| it.id),
            EntityKind::Category => keep(&mut self.categories, from_value(fields)?, |it: &Category| it.id),
            EntityKind::Item => keep(&mut self.items, from_value(fields)?, |it: &Item| it.id),
            EntityKind::ModifierGroup => {
                keep(&mut self.modifier_groups, from_value(fields)?, |it: &ModifierGroup| it.id);
            }
            EntityKind::Area => keep(&mut self.areas, from_value(fields)?, |it: &Area| it.id),
            EntityKind::Table => keep(&mut self.tables, from_value(fields)?, |it: &Table| it.id),
            EntityKind::Station => keep(&mut self.stations, from_value(fields)?, |it: &Station| it.id),
            EntityKind::Printer => keep(&mut self.printers, from_value(fields)?, |it: &Printer| it.id),
            EntityKind::Staff => keep(&mut self.staff, from_value(fields)?, |it: &Staff| it.id),
        }
        Ok(())
    }

    /// The fields of one entity; none when there is no such entity.
    pub fn fields(&self, kind: EntityKind, id: Uuid) -> BTreeMap<String, Value> {
        let fields = match kind {
            EntityKind::Venue => Some(record(&self.venue)),
            EntityKind::Tax => self.taxes.get(&id.into()).map(record),
            EntityKind::Category => self.categories.get(&id.into()).map(record),
            EntityKind::Item => self.items.get(&id.into()).map(record),
            EntityKind::ModifierGroup => self.modifier_groups.get(&id.into()).map(record),
            EntityKind::Area => self.areas.get(&id.into()).map(record),
            EntityKind::Table => self.tables.get(&id.into()).map(record),
            EntityKind::Station => self.stations.get(&id.into()).map(record),
            EntityKind::Printer => self.printers.get(&id.into()).map(record),
            EntityKind::Staff => self.staff.get(&id.into()).map(record),
        };
        fields.unwrap_or_default()
    }

    /// Applies one change.
    ///
    /// # Errors
    /// When the fields then do not make an entity of that kind; nothing is changed then.
    pub fn change(&mut self, change: &EntityChanged) -> Result<(), serde_json::Error> {
        let mut fields = self.fields(change.kind, change.id);
        for (name, value) in &change.fields {
            if value.is_null() {
                fields.remove(name);
            } else {
                fields.insert(name.clone(), value.clone());
            }
        }
        self.put(change.kind, Value::Object(fields.into_iter().collect()))
    }

    /// Everything, as the changes that make it out of nothing.
    pub fn as_changes(&self) -> Vec<EntityChanged> {
        fn all<'a, E: Entity + 'a>(entities: impl Iterator<Item = &'a E>) -> Vec<EntityChanged> {
            entities.filter_map(|entity| EntityChanged::between(None, entity)).collect()
        }
        [
            all(std::iter::once(&self.venue)),
            all(self.taxes.values()),
            all(self.categories.values()),
            all(self.modifier_groups.values()),
            all(self.stations.values()),
            all(self.items.values()),
            all(self.areas.values()),
            all(self.tables.values()),
            all(self.printers.values()),
            all(self.staff.values()),
        ]
        .concat()
    }

    /// The name a staff member is shown under; a question mark for one who is not known.
    pub fn staff_name(&self, id: StaffId) -> &str {
        self.staff.get(&id).map_or("?", |staff| staff.name.as_str())
    }

    /// The station of an id in its text form or of a slug.
    pub fn station_named(&self, name: &str) -> Option<&Station> {
        match name.parse() {
            Ok(id) => self.stations.get(&id),
            Err(_) => self.stations.values().find(|station| station.slug == name),
        }
    }

    /// Who prints a ticket of `station` for a check in `area`.
    pub fn ticket_printers(
        &self,
        station: StationId,
        area: Option<AreaId>,
    ) -> impl Iterator<Item = &Printer> {
        self.printers.values().filter(move |printer| {
            !printer.archived
                && printer.role == PrinterRole::Kitchen
                && (printer.stations.is_empty() || printer.stations.contains(&station))
                && (printer.areas.is_empty() || area.is_some_and(|area| printer.areas.contains(&area)))
        })
    }

    /// Who prints a receipt for a check in `area`: a printer of that area before one of every area.
    pub fn receipt_printer(&self, area: Option<AreaId>) -> Option<&Printer> {
        self.printers
            .values()
            .filter(|printer| !printer.archived && printer.role == PrinterRole::Receipt)
            .filter(|printer| {
                printer.areas.is_empty() || area.is_some_and(|area| printer.areas.contains(&area))
            })
            .min_by_key(|printer| (printer.areas.is_empty(), printer.name.clone()))
    }
}

fn keep<K: Ord, E>(map: &mut BTreeMap<K, E>, entity: E, id: impl Fn(&E) -> K) {
    map.insert(id(&entity), entity);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::named;

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
}
