//! What will go wrong with a catalogue: found before service, not during it.
//!
//! An error is something that cannot work (a dish whose category is gone): an edit that makes one is refused. A warning
//! is something that works and is probably not meant (a dish at no price).

mod devices;
mod floor;
mod menu;
mod routing;
mod terminals;
mod venue;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Catalogue, Entity, EntityKind};
use crate::ids::TableId;

pub use venue::LOGO_CHARS_MAX;

/// The longest name of anything, in characters.
pub const NAME_CHARS_MAX: usize = 120;
/// The longest description, in characters.
pub const TEXT_CHARS_MAX: usize = 2_000;

/// How bad a flaw is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = CatalogueSeverity))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot work.
    Error,
    /// It works, and is probably not meant.
    Warning,
}

/// Something in the catalogue that will go wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flaw {
    /// How bad it is.
    pub severity: Severity,
    /// Of which kind of entity.
    pub kind: EntityKind,
    /// Of which one.
    pub id: Uuid,
    /// In which field; `price_schedules.1` is the second.
    pub field: Option<String>,
    /// A stable name for programs.
    pub code: &'static str,
    /// The other one that it is about.
    pub other: Option<(EntityKind, Uuid)>,
    /// In words.
    pub detail: String,
}

impl Catalogue {
    /// Everything that will go wrong, errors first.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut found = Findings::default();
        venue::check(self, &mut found);
        menu::check(self, &mut found);
        floor::check(self, &mut found);
        routing::check(self, &mut found);
        devices::check(self, &mut found);
        terminals::check(self, &mut found);
        ids_are_used_once(self, &mut found);
        found.0.sort();
        found.0
    }

    /// The errors that `before` does not have.
    pub fn errors_beyond(&self, before: &Self) -> Vec<Flaw> {
        let errors = |catalogue: &Self| {
            let flaws = catalogue.flaws().into_iter();
            flaws.filter(|flaw| flaw.severity == Severity::Error).collect::<Vec<_>>()
        };
        let known = errors(before);
        let same = |a: &Flaw, b: &Flaw| {
            (a.kind, a.id, &a.field, a.code, a.other) == (b.kind, b.id, &b.field, b.code, b.other)
        };
        let mut errors = errors(self);
        errors.retain(|flaw| !known.iter().any(|old| same(old, flaw)));
        errors
    }
}

/// Flaws as they are found.
#[derive(Default)]
struct Findings(Vec<Flaw>);

impl Findings {
    fn error<E: Entity>(
        &mut self,
        of: &E,
        field: &str,
        code: &'static str,
        detail: impl Into<String>,
    ) -> &mut Flaw {
        self.add(Severity::Error, of, field, code, detail.into())
    }

    fn warning<E: Entity>(
        &mut self,
        of: &E,
        field: &str,
        code: &'static str,
        detail: impl Into<String>,
    ) -> &mut Flaw {
        self.add(Severity::Warning, of, field, code, detail.into())
    }

    fn add<E: Entity>(
        &mut self,
        severity: Severity,
        of: &E,
        field: &str,
        code: &'static str,
        detail: String,
    ) -> &mut Flaw {
        let field = (!field.is_empty()).then(|| field.to_owned());
        let (kind, id, other) = (E::KIND, of.id(), None);
        self.0.push(Flaw { severity, kind, id, field, code, other, detail });
        self.0.last_mut().expect("one was added just now")
    }

    /// A name is there and not endless.
    fn name<E: Entity>(&mut self, of: &E, name: &str) {
        if name.trim().is_empty() {
            self.error(of, "name", "name-missing", format!("a {} has a name", E::KIND.as_str()));
        }
        self.length(of, "name", name, NAME_CHARS_MAX);
    }

    fn names<E: Entity>(&mut self, of: &E, names: &BTreeMap<String, String>) {
        for (language, name) in names {
            let field = format!("names.{language}");
            if !is_language(language) {
                self.error(of, &field, "language-malformed", format!("{language:?} is no BCP 47 tag"));
            }
            self.length(of, &field, name, NAME_CHARS_MAX);
        }
    }

    fn length<E: Entity>(&mut self, of: &E, field: &str, text: &str, chars_max: usize) {
        if text.chars().count() > chars_max {
            self.error(of, field, "too-long", format!("at most {chars_max} characters"));
        }
    }

    fn range<E: Entity>(&mut self, of: &E, field: &str, value: i64, range: std::ops::RangeInclusive<i64>) {
        if !range.contains(&value) {
            let detail = format!("{} to {}", range.start(), range.end());
            self.error(of, field, "out-of-range", detail);
        }
    }

    fn color<E: Entity>(&mut self, of: &E, color: &str) {
        let is_color = color
            .strip_prefix('#')
            .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if !color.is_empty() && !is_color {
            self.error(of, "color", "color-malformed", "a color is #rrggbb");
        }
    }

    fn weekdays<E: Entity>(&mut self, of: &E, field: &str, weekdays: &[u8]) {
        for weekday in weekdays {
            self.range(of, field, i64::from(*weekday), 1..=7);
        }
    }
}

impl Flaw {
    /// Says which other entity it is about.
    fn about<E: Entity>(&mut self, other: &E) {
        self.about_id(E::KIND, other.id());
    }

    fn about_id(&mut self, kind: EntityKind, id: Uuid) {
        self.other = Some((kind, id));
    }
}

/// Two letters or more, and what follows them behind hyphens.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let is_first = (2..=8).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_first
        && parts.all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
}

/// Warns of entities that people cannot tell apart.
fn names_differ<'a, E: Entity + 'a>(
    found: &mut Findings,
    entities: impl Iterator<Item = (&'a E, &'a str)>,
    what: &str,
) {
    let mut first: BTreeMap<String, &E> = BTreeMap::new();
    for (entity, name) in entities {
        let folded = name.trim().to_lowercase();
        if folded.is_empty() {
            continue;
        }
        match first.get(&folded) {
            Some(other) => {
                let detail = format!("two {what} are called {}", name.trim());
                found.warning(entity, "name", "name-twice", detail).about(*other);
            }
            None => drop(first.insert(folded, entity)),
        }
    }
}

/// An id names one thing only, whatever its kind: a document is found by it.
fn ids_are_used_once(catalogue: &Catalogue, found: &mut Findings) {
    let mut seen: BTreeMap<Uuid, EntityKind> = BTreeMap::new();
    macro_rules! each {
        ($($entities:ident),+) => {$(
            for entity in catalogue.$entities.values() {
                if let Some(kind) = seen.insert(entity.id(), kind_of(entity)) {
                    let detail = format!("a {} has this id", kind.as_str());
                    found.error(entity, "id", "id-taken", detail).about_id(kind, entity.id());
                }
            }
        )+};
    }
    each!(
        tables,
        items,
        areas,
        decor,
        sections,
        taxes,
        categories,
        modifier_groups,
        stations,
        printers,
        devices,
        staff,
        rights
    );
}

fn kind_of<E: Entity>(_: &E) -> EntityKind {
    E::KIND
}

/// A table as people call it.
fn table_name(catalogue: &Catalogue, id: TableId) -> &str {
    catalogue.tables.get(&id).map_or("?", |table| table.name.as_str())
}
