//! An entity as somebody wants it to be: what of it is a change.
//!
//! A field that an editor did not send, or sent as they saw it, is left alone: neither a stale screen nor an older one
//! that does not know the field takes away what others wrote.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::entity::record;
use super::{
    Area, Catalogue, Category, Decor, Device, Entity, EntityChanged, EntityKind, Item, ModifierGroup,
    Printer, Rights, Section, Staff, Station, Table, Tax, Terminal, Venue,
};

/// An entity as somebody wants it to be.
#[derive(Clone, Debug, PartialEq)]
pub struct EntityEdit {
    /// Of which kind.
    pub kind: EntityKind,
    /// Which one.
    pub id: Uuid,
    /// How; `None` archives it.
    pub entity: Option<Map<String, Value>>,
    /// How the editor saw it; without it every field sent is meant.
    pub base: Option<Map<String, Value>>,
}

/// Why an edit makes no sense, whatever else there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditError {
    /// In which field.
    pub field: Option<String>,
    /// A stable name for programs.
    pub code: &'static str,
    /// In words.
    pub detail: String,
}

impl EditError {
    fn new(field: Option<&str>, code: &'static str, detail: impl Into<String>) -> Self {
        Self { field: field.map(str::to_owned), code, detail: detail.into() }
    }
}

/// Only the hub makes them, out of a PIN.
const OF_PIN: [&str; 2] = ["pin_hash", "pin_digits"];
/// Said of staff to those who look: in place of the hash, and what no edit takes back.
const SAID_OF_STAFF: [&str; 2] = ["has_pin", "erased"];
/// Only the hub makes it, out of a picture.
const LOGO: &str = "logo";
const ARCHIVED: &str = "archived";
/// What pairing alone decides about a terminal. What was taken out may be in anybody's hands.
const OF_PAIRING: [&str; 4] = ["token_hash", "paired_by", "paired_at", ARCHIVED];

impl EntityEdit {
    /// The change that makes of what `catalogue` holds what is wanted; `None` when no field is meant to change.
    ///
    /// The values in it depend on the edit alone, so that the same edit sent again is the same change.
    ///
    /// # Errors
    /// [`EditError`] when what is wanted is no such entity.
    pub fn change(&self, catalogue: &Catalogue) -> Result<Option<EntityChanged>, EditError> {
        let Some(wanted) = &self.entity else { return self.archive(catalogue).map(Some) };
        let meant = self.meant(wanted);
        if let Some(field) = OF_PIN.into_iter().find(|it| meant.contains_key(*it)) {
            return Err(EditError::new(Some(field), "not-here", "a PIN is set by itself"));
        }
        if let Some(field) =
            OF_PAIRING.into_iter().find(|it| self.kind == EntityKind::Terminal && meant.contains_key(*it))
        {
            return Err(EditError::new(Some(field), "not-here", "a terminal is paired, and paired anew"));
        }
        if self.kind == EntityKind::Venue && meant.contains_key(LOGO) {
            return Err(EditError::new(Some(LOGO), "not-here", "a logo is put on the receipt by itself"));
        }
        let mut fields: Map<String, Value> = catalogue.fields(self.kind, self.id).into_iter().collect();
        fields.extend(meant.clone());
        let whole = whole(self.kind, self.id, fields)?;
        if let Some(unknown) = meant.keys().find(|name| !whole.contains_key(*name)) {
            let detail = format!("a {} has no {unknown}", self.kind.as_str());
            return Err(EditError::new(Some(unknown), "unknown-field", detail));
        }
        let fields = whole.into_iter().filter(|(name, _)| name == "id" || meant.contains_key(name)).collect();
        Ok((!meant.is_empty()).then_some(EntityChanged { kind: self.kind, id: self.id, fields }))
    }

    /// The fields that differ from what the editor saw.
    fn meant(&self, wanted: &Map<String, Value>) -> Map<String, Value> {
        let seen = |name: &str| self.base.as_ref().and_then(|base| base.get(name));
        let fields = wanted.iter().filter(|(name, value)| {
            let is_said = self.kind == EntityKind::Staff && SAID_OF_STAFF.contains(&name.as_str());
            !is_said && *name != "id" && seen(name) != Some(value)
        });
        fields.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn archive(&self, catalogue: &Catalogue) -> Result<EntityChanged, EditError> {
        if matches!(self.kind, EntityKind::Venue | EntityKind::Rights) {
            let detail = format!("the {} cannot be taken away", self.kind.as_str());
            return Err(EditError::new(None, "not-removable", detail));
        }
        if catalogue.fields(self.kind, self.id).is_empty() {
            return Err(EditError::new(
                None,
                "not-found",
                format!("there is no such {}", self.kind.as_str()),
            ));
        }
        let fields = [(ARCHIVED.to_owned(), Value::Bool(true))].into();
        Ok(EntityChanged { kind: self.kind, id: self.id, fields })
    }
}

/// Every field of the entity that `fields` make, as it is written down.
fn whole(
    kind: EntityKind,
    id: Uuid,
    fields: Map<String, Value>,
) -> Result<BTreeMap<String, Value>, EditError> {
    match kind {
        EntityKind::Venue => read::<Venue>(id, fields),
        EntityKind::Tax => read::<Tax>(id, fields),
        EntityKind::Category => read::<Category>(id, fields),
        EntityKind::Item => read::<Item>(id, fields),
        EntityKind::ModifierGroup => read::<ModifierGroup>(id, fields),
        EntityKind::Area => read::<Area>(id, fields),
        EntityKind::Table => read::<Table>(id, fields),
        EntityKind::Decor => read::<Decor>(id, fields),
        EntityKind::Section => read::<Section>(id, fields),
        EntityKind::Station => read::<Station>(id, fields),
        EntityKind::Printer => read::<Printer>(id, fields),
        EntityKind::Device => read::<Device>(id, fields),
        EntityKind::Staff => read::<Staff>(id, fields),
        EntityKind::Rights => read::<Rights>(id, fields),
        EntityKind::Terminal => read::<Terminal>(id, fields),
    }
}

fn read<E: Entity>(id: Uuid, mut fields: Map<String, Value>) -> Result<BTreeMap<String, Value>, EditError> {
    if E::KIND != EntityKind::Venue {
        fields.insert("id".into(), id.to_string().into());
    }
    let entity: Result<E, _> = serde_path_to_error::deserialize(Value::Object(fields));
    match entity {
        Ok(entity) if entity.id() == id => Ok(record(&entity)),
        Ok(_) => Err(EditError::new(Some("id"), "id-differs", "that is the id of another one")),
        Err(error) => {
            let detail = error.inner().to_string();
            let missing = detail.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
            let path = error.path().to_string().replace('[', ".").replace(']', "");
            let field = missing.map(str::to_owned).or(Some(path).filter(|path| path != "."));
            let code = if missing.is_some() { "missing-field" } else { "malformed" };
            Err(EditError { field, code, detail })
        }
    }
}
