//! Menu, floor, settings, staff: a register for each field of each entity, so that two people who edit different
//! fields never overwrite each other.

use std::collections::BTreeMap;

use maitred_domain::catalogue::{Catalogue, EntityChanged, EntityKind};
use maitred_sync::{Document, Edit, EditError};
use serde_json::{Map, Value};

use crate::ReadError;
use crate::documents::{Kind, kind_of_entity};

/// Writes a change down.
pub fn write(edit: &mut Edit<'_>, change: &EntityChanged) -> Result<(), EditError> {
    for (field, value) in &change.fields {
        let value = (!value.is_null()).then(|| value.to_string());
        edit.set(change.kind.as_str(), &format!("{}/{field}", change.id), value.as_deref())?;
    }
    Ok(())
}

/// Adds what `document` holds to `catalogue`. An entity that is not whole (its making has not arrived, or a newer
/// version wrote it) is left out.
pub fn read(kind: Kind, document: &Document, catalogue: &mut Catalogue) -> Result<(), ReadError> {
    for entity in EntityKind::ALL.into_iter().filter(|entity| kind_of_entity(*entity) == kind) {
        let mut entities: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for (key, register) in document.registers(entity.as_str()) {
            let (Some((id, field)), Some(json)) = (key.split_once('/'), register.value) else { continue };
            let value = serde_json::from_str(&json)
                .map_err(|e| ReadError::Damaged(format!("{} {key}: {e}", entity.as_str())))?;
            entities.entry(id.to_owned()).or_default().insert(field.to_owned(), value);
        }
        for (id, fields) in entities {
            if let Err(problem) = catalogue.put(entity, Value::Object(fields)) {
                tracing::warn!(kind = entity.as_str(), id, %problem, "entity left out");
            }
        }
    }
    Ok(())
}
