//! What a venue is made of and seldom changes: settings, floor, menu, stations, printers, staff.
//!
//! Each entity is a plain record. A change is a fact that names the fields that changed ([`EntityChanged`]), so that
//! two people editing different fields of one item never overwrite each other.

mod device;
mod edit;
mod entity;
mod floor;
pub mod lint;
mod menu;
mod rights;
mod terminal;
#[cfg(test)]
mod tests;
mod venue;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use uuid::Uuid;

pub use device::{Device, DeviceKey, DeviceKind, KeyAction};
pub use edit::{EditError, EntityEdit};
pub use entity::{Entity, EntityChanged, EntityKind};
pub use floor::{Area, Decor, DecorKind, PLAN_HEIGHT, PLAN_WIDTH, Section, Shape, Table};
pub use menu::{Category, Item, Modifier, ModifierGroup, PriceSchedule};
pub use rights::{Right, Rights};
pub use terminal::{Screen, Terminal};
pub use venue::{Course, Printer, PrinterRole, Service, Staff, Station, StationKind, Tax, TurnTime, Venue};

use crate::ids::{
    AreaId, CategoryId, DecorId, DeviceId, ItemId, ModifierGroupId, PrinterId, SectionId, StaffId, StationId,
    TableId, TaxId, TerminalId,
};
use crate::permission::Role;
use entity::record;

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
    /// What else stands in the areas.
    pub decor: BTreeMap<DecorId, Decor>,
    /// Who looks after which tables.
    pub sections: BTreeMap<SectionId, Section>,
    /// Stations.
    pub stations: BTreeMap<StationId, Station>,
    /// Printers.
    pub printers: BTreeMap<PrinterId, Printer>,
    /// Devices other than printers.
    pub devices: BTreeMap<DeviceId, Device>,
    /// Staff.
    pub staff: BTreeMap<StaffId, Staff>,
    /// What was decided about roles.
    pub rights: BTreeMap<Role, Rights>,
    /// Screens that were let in.
    pub terminals: BTreeMap<TerminalId, Terminal>,
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
            EntityKind::Decor => keep(&mut self.decor, from_value(fields)?, |it: &Decor| it.id),
            EntityKind::Section => keep(&mut self.sections, from_value(fields)?, |it: &Section| it.id),
            EntityKind::Station => keep(&mut self.stations, from_value(fields)?, |it: &Station| it.id),
            EntityKind::Printer => keep(&mut self.printers, from_value(fields)?, |it: &Printer| it.id),
            EntityKind::Device => keep(&mut self.devices, from_value(fields)?, |it: &Device| it.id),
            EntityKind::Staff => keep(&mut self.staff, from_value(fields)?, |it: &Staff| it.id),
            EntityKind::Rights => keep(&mut self.rights, from_value(fields)?, |it: &Rights| it.role),
            EntityKind::Terminal => keep(&mut self.terminals, from_value(fields)?, |it: &Terminal| it.id),
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
            EntityKind::Decor => self.decor.get(&id.into()).map(record),
            EntityKind::Section => self.sections.get(&id.into()).map(record),
            EntityKind::Station => self.stations.get(&id.into()).map(record),
            EntityKind::Printer => self.printers.get(&id.into()).map(record),
            EntityKind::Device => self.devices.get(&id.into()).map(record),
            EntityKind::Staff => self.staff.get(&id.into()).map(record),
            EntityKind::Rights => self.rights.values().find(|it| it.id() == id).map(record),
            EntityKind::Terminal => self.terminals.get(&id.into()).map(record),
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
            all(self.decor.values()),
            all(self.printers.values()),
            all(self.devices.values()),
            all(self.staff.values()),
            all(self.rights.values()),
            all(self.terminals.values()),
            all(self.sections.values()),
        ]
        .concat()
    }

    /// The name a staff member is shown [under](Self::name_of), the device that did something, or Maitred itself; a question mark for
    /// one who is not known.
    pub fn staff_name(&self, id: StaffId) -> &str {
        let device = || self.devices.get(&DeviceId(id.0)).map(|device| device.name.as_str());
        let maitred = || (id == StaffId::maitred()).then_some("Maitred");
        let staff = || self.staff.get(&id).map(|staff| self.name_of(staff));
        staff().or_else(device).or_else(maitred).unwrap_or("?")
    }

    /// The name a member of staff is shown under: for one whose name was erased a word of the venue's language.
    pub fn name_of<'a>(&'a self, staff: &'a Staff) -> &'a str {
        let is_arabic = || self.venue.languages.first().is_some_and(|it| it.split('-').next() == Some("ar"));
        match staff.erased {
            false => &staff.name,
            true if is_arabic() => "موظف سابق",
            true => "Former staff",
        }
    }

    /// Whether `id` is of the staff, and still here.
    pub fn works_here(&self, id: StaffId) -> bool {
        self.staff.get(&id).is_some_and(|staff| !staff.archived)
    }

    /// How many digits the PIN has of everybody who works here, when that is one number and known of all.
    pub fn pin_digits(&self) -> Option<u8> {
        let mut all = self.staff.values().filter(|staff| !staff.archived && !staff.pin_hash.is_empty());
        let first = all.next()?.pin_digits?;
        all.all(|staff| staff.pin_digits == Some(first)).then_some(first)
    }

    /// The device in use that is called `homie` on the broker.
    pub fn device_called(&self, homie: &str) -> Option<&Device> {
        self.devices.values().find(|device| !device.archived && device.homie == homie)
    }

    /// The station of an id in its text form or of a slug.
    pub fn station_named(&self, name: &str) -> Option<&Station> {
        match name.parse() {
            Ok(id) => self.stations.get(&id),
            Err(_) => self
                .stations
                .values()
                .filter(|station| station.slug == name)
                .min_by_key(|station| station.archived),
        }
    }

    /// Whether a station is there and makes things.
    pub fn makes(&self, station: StationId) -> bool {
        self.stations.get(&station).is_some_and(|it| !it.archived && it.kind == StationKind::Prep)
    }

    /// The sections in use, in order.
    pub fn sections_in_order(&self) -> Vec<&Section> {
        let mut sections: Vec<&Section> = self.sections.values().filter(|it| !it.archived).collect();
        sections.sort_by_key(|section| (section.sort, section.id));
        sections
    }

    /// The section of a table.
    pub fn section_of(&self, table: TableId) -> Option<&Section> {
        self.sections_in_order().into_iter().find(|section| section.tables.contains(&table))
    }

    /// The tables in use that `table` can be put together with, whichever of two says so.
    pub fn neighbours(&self, table: TableId) -> BTreeSet<TableId> {
        let own = self.tables.get(&table).map(|it| it.combines_with.as_slice()).unwrap_or_default();
        let named = |it: &&Table| own.contains(&it.id) || it.combines_with.contains(&table);
        let others = self.tables.values().filter(|it| !it.archived && it.id != table);
        others.filter(named).map(|it| it.id).collect()
    }

    /// The choices that go with `item`.
    pub fn groups_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a ModifierGroup> {
        let groups = item.modifier_groups.iter().filter_map(|id| self.modifier_groups.get(id));
        groups.filter(|group| !group.archived)
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
