//! Trattoria Aurora, the demo venue: three areas, thirty tables, a whole menu in three languages.
//!
//! `aurora.json` names things by slug; reading it turns slugs into ids ([`named`]) that are the same on every
//! machine, so that two hubs which both start with the demo hold one venue. Apart from slugs and PINs the file is
//! written as the catalogue's own records: a field added there can be used here without touching this module.
//! An entity's `sort` is its place in the file unless it says otherwise.

use std::collections::BTreeSet;

use maitred_domain::catalogue::{Catalogue, EntityKind};
use maitred_domain::ids::named;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::auth::digits_of;

const FILE: &str = include_str!("aurora.json");

/// Why the demo venue could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AuroraError {
    /// The file, or a record in it, is not what the catalogue expects.
    #[error("the record {slug:?} of {section} cannot be read")]
    Record {
        /// Section of the file; `aurora.json` for the whole of it.
        section: &'static str,
        /// The record; empty when it has no slug.
        slug: String,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// A slug names nothing.
    #[error("{record:?} refers to {field} {slug:?}, which does not exist")]
    DanglingSlug {
        /// Who refers to it.
        record: String,
        /// In which field.
        field: &'static str,
        /// The slug.
        slug: String,
    },
}

/// Someone who can sign in to the demo.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DemoPin {
    /// What they sign in as.
    pub handle: String,
    /// Their name.
    pub name: String,
    /// Their PIN, in clear: it is a demo.
    pub pin: String,
}

/// A section of the file: its key there, what it holds, and the word its ids are made with.
struct Section {
    key: &'static str,
    kind: EntityKind,
    word: &'static str,
}

const SECTIONS: [Section; 12] = [
    Section { key: "taxes", kind: EntityKind::Tax, word: "tax" },
    Section { key: "stations", kind: EntityKind::Station, word: "station" },
    Section { key: "printers", kind: EntityKind::Printer, word: "printer" },
    Section { key: "staff", kind: EntityKind::Staff, word: "staff" },
    Section { key: "areas", kind: EntityKind::Area, word: "area" },
    Section { key: "tables", kind: EntityKind::Table, word: "table" },
    Section { key: "devices", kind: EntityKind::Device, word: "device" },
    Section { key: "decor", kind: EntityKind::Decor, word: "decor" },
    Section { key: "sections", kind: EntityKind::Section, word: "section" },
    Section { key: "categories", kind: EntityKind::Category, word: "category" },
    Section { key: "modifier_groups", kind: EntityKind::ModifierGroup, word: "modifier_group" },
    Section { key: "items", kind: EntityKind::Item, word: "item" },
];

/// The fields of one kind that hold slugs, one or a list, and the word of what they name.
fn references(kind: EntityKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        EntityKind::Venue => &[("catch_all_station", "station")],
        EntityKind::Item => &[
            ("category", "category"),
            ("tax", "tax"),
            ("station", "station"),
            ("modifier_groups", "modifier_group"),
        ],
        EntityKind::Table => &[("area", "area"), ("combines_with", "table")],
        EntityKind::Decor => &[("area", "area")],
        EntityKind::Section => &[("tables", "table"), ("server", "staff")],
        EntityKind::Device => &[("station", "station"), ("table", "table"), ("area", "area")],
        EntityKind::Printer => &[("stations", "station"), ("areas", "area"), ("backup", "printer")],
        EntityKind::Tax
        | EntityKind::Category
        | EntityKind::ModifierGroup
        | EntityKind::Area
        | EntityKind::Station
        | EntityKind::Staff
        | EntityKind::Rights
        | EntityKind::Terminal => &[],
    }
}

/// The venue, each PIN as `hash_pin` makes it.
///
/// # Errors
/// [`AuroraError`] when the file does not make a catalogue.
pub fn catalogue(hash_pin: impl Fn(&str) -> String) -> Result<Catalogue, AuroraError> {
    read(FILE, &hash_pin)
}

/// Who can sign in and with which PIN, in the order of the file.
///
/// # Errors
/// [`AuroraError::Record`] when the file cannot be read.
pub fn pins() -> Result<Vec<DemoPin>, AuroraError> {
    let mut file = parse(FILE)?;
    serde_json::from_value(file.remove("staff").unwrap_or_default()).map_err(|source| AuroraError::Record {
        section: "staff",
        slug: String::new(),
        source,
    })
}

fn parse(file: &str) -> Result<Map<String, Value>, AuroraError> {
    serde_json::from_str(file).map_err(|source| AuroraError::Record {
        section: "aurora.json",
        slug: String::new(),
        source,
    })
}

fn read(file: &str, hash_pin: &dyn Fn(&str) -> String) -> Result<Catalogue, AuroraError> {
    let mut file = parse(file)?;
    let slugs = Slugs::of(&file);
    let mut catalogue = Catalogue::default();

    let mut venue = file.remove("venue").unwrap_or_default();
    slugs.resolve(EntityKind::Venue, "venue", &mut venue)?;
    put(&mut catalogue, "venue", EntityKind::Venue, "", venue)?;

    for Section { key, kind, word } in SECTIONS {
        let records = file.get_mut(key).and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
        for (place, mut record) in records.into_iter().enumerate() {
            let slug = slug(&record);
            slugs.resolve(kind, &slug, &mut record)?;
            if let Value::Object(fields) = &mut record {
                complete(fields, word, &slug, place, hash_pin);
            }
            put(&mut catalogue, key, kind, &slug, record)?;
        }
    }
    Ok(catalogue)
}

fn put(
    catalogue: &mut Catalogue,
    section: &'static str,
    kind: EntityKind,
    slug: &str,
    record: Value,
) -> Result<(), AuroraError> {
    catalogue.put(kind, record).map_err(|source| AuroraError::Record { section, slug: slug.into(), source })
}

/// Adds what the file leaves out: ids, places, and the hash of a PIN in place of the PIN.
fn complete(
    fields: &mut Map<String, Value>,
    word: &str,
    slug: &str,
    place: usize,
    hash_pin: &dyn Fn(&str) -> String,
) {
    fields.insert("id".into(), id(word, slug));
    fields.entry("sort").or_insert(place.into());
    if let Some(Value::String(pin)) = fields.remove("pin") {
        fields.insert("pin_hash".into(), hash_pin(&pin).into());
        fields.insert("pin_digits".into(), digits_of(&pin).into());
    }
    for modifier in fields.get_mut("modifiers").and_then(Value::as_array_mut).into_iter().flatten() {
        let modifier_id = id("modifier", &format!("{slug}/{}", self::slug(modifier)));
        if let Value::Object(fields) = modifier {
            fields.insert("id".into(), modifier_id);
        }
    }
}

fn slug(record: &Value) -> String {
    record.get("slug").and_then(Value::as_str).unwrap_or_default().into()
}

fn id(word: &str, slug: &str) -> Value {
    named::<Uuid>(&format!("aurora/{word}/{slug}")).to_string().into()
}

/// Every slug of the file, as (word, slug).
struct Slugs(BTreeSet<(&'static str, String)>);

impl Slugs {
    fn of(file: &Map<String, Value>) -> Self {
        let slugs_of = |section: &Section| {
            let word = section.word;
            let records = file.get(section.key).and_then(Value::as_array);
            records.into_iter().flatten().map(move |record| (word, slug(record))).collect::<Vec<_>>()
        };
        Self(SECTIONS.iter().flat_map(slugs_of).collect())
    }

    /// Turns the slugs that `record` refers to into ids.
    fn resolve(&self, kind: EntityKind, of: &str, record: &mut Value) -> Result<(), AuroraError> {
        for &(field, word) in references(kind) {
            let named = match record.get_mut(field) {
                Some(Value::Array(slugs)) => slugs.iter_mut().collect(),
                Some(one) => vec![one],
                None => vec![],
            };
            for reference in named {
                let slug = reference.as_str().unwrap_or_default().to_owned();
                if !self.0.contains(&(word, slug.clone())) {
                    return Err(AuroraError::DanglingSlug { record: of.into(), field, slug });
                }
                *reference = id(word, &slug);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
