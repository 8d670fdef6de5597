//! What every record of the catalogue has: a kind, an id, and changes field by field.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Area, Catalogue, Category, Decor, Device, Item, ModifierGroup, Printer, Rights, Section, Staff, Station,
    Table, Tax, Terminal, Venue,
};
use crate::permission::Permission;

/// The kinds of entity; each belongs to one shared document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// [`Decor`].
    Decor,
    /// [`Section`].
    Section,
    /// [`Station`].
    Station,
    /// [`Printer`].
    Printer,
    /// [`Device`].
    Device,
    /// [`Staff`].
    Staff,
    /// [`Rights`].
    Rights,
    /// [`Terminal`].
    Terminal,
}

impl EntityKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Venue,
        Self::Tax,
        Self::Category,
        Self::Item,
        Self::ModifierGroup,
        Self::Area,
        Self::Table,
        Self::Decor,
        Self::Section,
        Self::Station,
        Self::Printer,
        Self::Device,
        Self::Staff,
        Self::Rights,
        Self::Terminal,
    ];

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
            Self::Decor => "decor",
            Self::Section => "section",
            Self::Station => "station",
            Self::Printer => "printer",
            Self::Device => "device",
            Self::Staff => "staff",
            Self::Rights => "rights",
            Self::Terminal => "terminal",
        }
    }

    /// Its fields that say who a person is: journals and documents hold them sealed, under that person's own key.
    pub const fn personal_fields(self) -> &'static [&'static str] {
        match self {
            Self::Staff => &["handle", "name"],
            Self::Venue
            | Self::Tax
            | Self::Category
            | Self::Item
            | Self::ModifierGroup
            | Self::Area
            | Self::Table
            | Self::Decor
            | Self::Section
            | Self::Station
            | Self::Printer
            | Self::Device
            | Self::Rights
            | Self::Terminal => &[],
        }
    }

    /// Who may change it.
    pub fn permission(self) -> Permission {
        match self {
            Self::Venue | Self::Station | Self::Printer | Self::Device | Self::Terminal => {
                Permission::EditSettings
            }
            Self::Staff | Self::Rights => Permission::EditStaff,
            Self::Tax | Self::Category | Self::Item | Self::ModifierGroup => Permission::EditMenu,
            Self::Area | Self::Table | Self::Decor | Self::Section => Permission::EditFloor,
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
    Decor: |it| it.id.0,
    Section: |it| it.id.0,
    Station: |it| it.id.0,
    Printer: |it| it.id.0,
    Device: |it| it.id.0,
    Staff: |it| it.id.0,
    Rights: |it| Rights::id_of(it.role),
    Terminal: |it| it.id.0,
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

    /// The same, without what says who a person is.
    #[must_use]
    pub fn without_personal(&self) -> Self {
        let mut rest = self.clone();
        rest.fields.retain(|field, _| !self.kind.personal_fields().contains(&field.as_str()));
        rest
    }

    /// The part of it that is not so in `catalogue` already.
    pub(crate) fn beyond(&self, catalogue: &Catalogue) -> Option<Self> {
        if self.kind == EntityKind::Venue && catalogue.venue == Venue::default() {
            return Some(self.clone());
        }
        let known = catalogue.fields(self.kind, self.id);
        let differs = |(name, value): &(&String, &Value)| known.get(*name).unwrap_or(&Value::Null) != *value;
        let fields: BTreeMap<String, Value> =
            self.fields.iter().filter(differs).map(|(name, value)| (name.clone(), value.clone())).collect();
        (!fields.is_empty()).then(|| Self { fields, ..self.clone() })
    }
}

/// The fields of an entity.
pub(super) fn record<E: Entity>(entity: &E) -> BTreeMap<String, Value> {
    match serde_json::to_value(entity) {
        Ok(Value::Object(fields)) => fields.into_iter().collect(),
        _ => BTreeMap::new(),
    }
}
