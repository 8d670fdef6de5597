//! Menu, floor, settings, staff: a register for each field of each entity, so that two people who edit different
//! fields never overwrite each other.

use std::collections::BTreeMap;

use maitred_domain::catalogue::{Catalogue, EntityChanged, EntityKind};
use maitred_sync::{Document, Edit, EditError};
use rusqlite::Connection;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::documents::{Kind, kind_of_entity};
use crate::{ReadError, personal};

/// Writes a change down.
pub fn write(edit: &mut Edit<'_>, change: &EntityChanged) -> Result<(), EditError> {
    for (field, value) in &change.fields {
        let value = (!value.is_null()).then(|| value.to_string());
        edit.set(change.kind.as_str(), &format!("{}/{field}", change.id), value.as_deref())?;
    }
    Ok(())
}

/// Adds what `document` holds to `catalogue`. An entity that is not whole (its making has not arrived, or a newer
/// version wrote it) is left out. Personal fields whose keys are not here say nothing.
pub fn read(
    connection: &Connection,
    kind: Kind,
    document: &Document,
    catalogue: &mut Catalogue,
) -> Result<(), ReadError> {
    for entity in EntityKind::ALL.into_iter().filter(|entity| kind_of_entity(*entity) == kind) {
        let mut entities: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for (key, register) in document.registers(entity.as_str()) {
            let (Some((id, field)), Some(json)) = (key.split_once('/'), register.value) else { continue };
            let mut value = serde_json::from_str(&json)
                .map_err(|e| ReadError::Damaged(format!("{} {key}: {e}", entity.as_str())))?;
            if let Ok(id) = Uuid::try_parse(id) {
                personal::open_field(connection, entity, id, field, &mut value)?;
            }
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use maitred_domain::catalogue::{Decor, DecorKind, Entity, Section};
    use maitred_domain::ids::named;
    use maitred_sync::{Hlc, Origin};

    use super::*;

    fn section() -> Section {
        Section {
            id: named("terrace"),
            name: "Terrace".into(),
            color: "#15803d".into(),
            tables: vec![named("T1")],
            server: None,
            sort: 0,
            archived: false,
        }
    }

    fn plant() -> Decor {
        Decor {
            id: named("plant"),
            area: named("terrace"),
            kind: DecorKind::Plant,
            x: 1.0,
            y: 1.0,
            width: 4.0,
            height: 4.0,
            rotation: 0.0,
            label: String::new(),
            archived: false,
        }
    }

    fn write_down<E: Entity>(document: &mut Document, at: u64, before: Option<&E>, after: &E) -> Vec<u8> {
        let mut edit = document.edit(Hlc::from_bits(at));
        write(&mut edit, &EntityChanged::between(before, after).unwrap()).unwrap();
        edit.commit().unwrap()
    }

    fn floor(document: &Document) -> Catalogue {
        let mut catalogue = Catalogue::default();
        let connection = Connection::open_in_memory().unwrap();
        read(&connection, Kind::Floor, document, &mut catalogue).unwrap();
        catalogue
    }

    #[test]
    fn what_two_hubs_edited_apart_merges_field_by_field_and_the_later_wins_on_one_field() {
        let (mut here, mut there) =
            (Document::new(Origin::from_bytes([1; 16])), Document::new(Origin::from_bytes([2; 16])));
        for change in
            [write_down(&mut here, 1 << 16, None, &section()), write_down(&mut here, 2 << 16, None, &plant())]
        {
            there.apply(&change).unwrap();
        }
        let served = Section { server: Some(named("Wim")), name: "Garden".into(), ..section() };
        let larger = Section { tables: vec![named("T1"), named("T2")], name: "Yard".into(), ..section() };
        let moved = Decor { x: 50.0, ..plant() };
        let gone = Decor { archived: true, ..plant() };
        let ours = [
            write_down(&mut here, 3 << 16, Some(&section()), &served),
            write_down(&mut here, 4 << 16, Some(&plant()), &moved),
        ];
        let theirs = [
            write_down(&mut there, 5 << 16, Some(&section()), &larger),
            write_down(&mut there, 6 << 16, Some(&plant()), &gone),
        ];
        for change in &theirs {
            here.apply(change).unwrap();
        }
        for change in &ours {
            there.apply(change).unwrap();
        }
        let merged = floor(&here);
        assert_eq!(merged, floor(&there));
        let wanted = Section { name: "Yard".into(), server: served.server, ..larger };
        assert_eq!(merged.sections, BTreeMap::from([(wanted.id, wanted)]));
        let wanted = Decor { x: 50.0, archived: true, ..plant() };
        assert_eq!(merged.decor, BTreeMap::from([(wanted.id, wanted)]));
    }
}
