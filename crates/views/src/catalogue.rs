//! The catalogue as its editors see it: whole, what is archived included.

use maitred_domain::catalogue::lint::{Flaw, Severity};
use maitred_domain::catalogue::{
    Area, Catalogue, Category, Decor, Device, EntityKind, Item, ModifierGroup, Printer, Rights, Section,
    Staff, Station, Table, Tax, Venue,
};
use maitred_domain::ids::StaffId;
use maitred_domain::permission::{Permission, Role};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// A member of staff as edited; the PIN stays in the hub.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StaffRecord {
    /// Their id.
    pub id: StaffId,
    /// What they sign in as.
    pub handle: String,
    /// As shown.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they have a PIN, and so can sign in.
    pub has_pin: bool,
    /// No longer works here.
    pub archived: bool,
    /// Their name was erased, for good: `name` and `handle` say nothing of them.
    pub erased: bool,
}

impl From<&Staff> for StaffRecord {
    fn from(staff: &Staff) -> Self {
        let Staff { id, handle, name, role, pin_hash, archived, erased, .. } = staff.clone();
        Self { id, handle, name, role, has_pin: !pin_hash.is_empty(), archived, erased }
    }
}

/// The whole catalogue. A part that one may not edit is empty.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogueView {
    /// Settings.
    pub venue: Venue,
    /// Areas.
    pub areas: Vec<Area>,
    /// Tables.
    pub tables: Vec<Table>,
    /// What else stands in the areas.
    pub decor: Vec<Decor>,
    /// Who looks after which tables.
    pub sections: Vec<Section>,
    /// Menu categories.
    pub categories: Vec<Category>,
    /// Menu items.
    pub items: Vec<Item>,
    /// Modifier groups.
    pub modifier_groups: Vec<ModifierGroup>,
    /// Taxes.
    pub taxes: Vec<Tax>,
    /// Stations.
    pub stations: Vec<Station>,
    /// Printers.
    pub printers: Vec<Printer>,
    /// Devices other than printers.
    pub devices: Vec<Device>,
    /// Staff.
    pub staff: Vec<StaffRecord>,
}

impl CatalogueView {
    /// What somebody with these permissions may edit of it.
    pub fn of(catalogue: &Catalogue, permissions: &[Permission]) -> Self {
        let may = |permission| permissions.contains(&permission);
        let menu = may(Permission::EditMenu);
        let floor = may(Permission::EditFloor);
        let settings = may(Permission::EditSettings);
        let staff = may(Permission::EditStaff);
        Self {
            venue: catalogue.venue.clone(),
            areas: part(floor, catalogue.areas.values().cloned(), |it| (it.sort, it.id.0)),
            tables: part(floor, catalogue.tables.values().cloned(), |it| {
                (it.name.chars().count(), it.name.clone())
            }),
            decor: part(floor, catalogue.decor.values().cloned(), |it| it.id),
            sections: part(floor, catalogue.sections.values().cloned(), |it| (it.sort, it.id.0)),
            categories: part(menu, catalogue.categories.values().cloned(), |it| (it.sort, it.id.0)),
            items: part(menu, catalogue.items.values().cloned(), |it| (it.category, it.sort, it.id)),
            modifier_groups: part(menu, catalogue.modifier_groups.values().cloned(), |it| it.name.clone()),
            taxes: part(menu, catalogue.taxes.values().cloned(), |it| (it.basis_points, it.name.clone())),
            stations: part(menu || settings, catalogue.stations.values().cloned(), |it| it.name.clone()),
            printers: part(settings, catalogue.printers.values().cloned(), |it| it.name.clone()),
            devices: part(settings, catalogue.devices.values().cloned(), |it| it.name.clone()),
            staff: part(staff, catalogue.staff.values().map(StaffRecord::from), |it| {
                (it.role, it.name.clone())
            }),
        }
    }
}

fn part<E, K: Ord>(may: bool, entities: impl Iterator<Item = E>, order: impl Fn(&E) -> K) -> Vec<E> {
    let mut entities: Vec<E> = if may { entities.collect() } else { Vec::new() };
    entities.sort_by_key(order);
    entities
}

/// An entity as its editors see it: of staff everything but the hash of their PIN.
pub fn entity_fields(catalogue: &Catalogue, kind: EntityKind, id: Uuid) -> Map<String, Value> {
    if kind == EntityKind::Staff {
        let staff = catalogue.staff.get(&id.into()).map(StaffRecord::from);
        return match staff.map(serde_json::to_value) {
            Some(Ok(Value::Object(fields))) => fields,
            _ => Map::new(),
        };
    }
    catalogue.fields(kind, id).into_iter().collect()
}

/// What is wrong with a catalogue, or with a change of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CatalogueProblem {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name: `unrouted`, `tax-unknown`, `overlap`.
    pub code: String,
    /// Of which kind of entity.
    pub kind: EntityKind,
    /// Of which one; of the venue all zeros.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// In which field; `price_schedules.1` is the second.
    pub field: Option<String>,
    /// The other one that it is about.
    pub other_kind: Option<EntityKind>,
    /// Which one that is.
    pub other_id: Option<Uuid>,
    /// What people call the other one.
    pub other_name: Option<String>,
    /// The change that brings it about, from 0; `null` when it is there already, or no single one does.
    pub index: Option<usize>,
    /// In words.
    pub detail: String,
}

impl CatalogueProblem {
    /// A flaw of `catalogue`.
    pub fn of(catalogue: &Catalogue, flaw: &Flaw) -> Self {
        Self {
            severity: flaw.severity,
            code: flaw.code.to_owned(),
            kind: flaw.kind,
            id: flaw.id,
            name: name_of(catalogue, flaw.kind, flaw.id),
            field: flaw.field.clone(),
            other_kind: flaw.other.map(|(kind, _)| kind),
            other_id: flaw.other.map(|(_, id)| id),
            other_name: flaw.other.map(|(kind, id)| name_of(catalogue, kind, id)),
            index: None,
            detail: flaw.detail.clone(),
        }
    }
}

/// What people call an entity.
pub fn name_of(catalogue: &Catalogue, kind: EntityKind, id: Uuid) -> String {
    if let Some(role) = Rights::role_of(id).filter(|_| kind == EntityKind::Rights) {
        return role.as_str().to_owned();
    }
    let fields = catalogue.fields(kind, id);
    let name = fields.get("name").or_else(|| fields.get("label")).and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}
