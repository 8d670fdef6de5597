//! What a table would change: row by row, before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::catalogue::{Catalogue, Category, EntityChanged, EntityEdit, EntityKind, Item};
use maitred_domain::ids::{CategoryId, IdSource, ItemId};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::amount::AmountError;
use super::read::Row;
use super::{NAMES, Table, amount, cell};
use crate::views::{Params, params};

/// What a row comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportAction)]
pub enum Action {
    /// A new item.
    Add,
    /// An item is different then.
    Change,
    /// Nothing.
    Same,
    /// It cannot be read.
    Problem,
}

/// A cell that is different.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportChange)]
pub struct CellChange {
    /// The column.
    pub field: String,
    /// As it is; empty for a new item.
    pub before: String,
    /// As it would be.
    pub after: String,
}

/// A cell that cannot be read.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ImportProblem)]
pub struct CellProblem {
    /// The column.
    pub field: String,
    /// A stable name.
    pub code: String,
    /// In plain English, for whoever does not know `code`.
    pub detail: String,
    /// What the words of `code` are about: `cell` as it stands, and where it is one of several or something else, the
    /// `name`.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub params: Params,
}

/// What a row comes to, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// What it comes to.
    pub action: Action,
    /// The item's name.
    pub name: String,
    /// The item, when it is known.
    pub item_id: Option<ItemId>,
    /// Cells that are different.
    pub changes: Vec<CellChange>,
    /// Cells that cannot be read.
    pub problems: Vec<CellProblem>,
}

/// What a table comes to.
pub struct Plan {
    /// Row by row.
    pub rows: Vec<ImportRow>,
    /// Names of categories that are new.
    pub new_categories: Vec<String>,
    /// What is to be written, without the rows that cannot be read.
    pub changes: Vec<EntityChanged>,
}

/// What `table` would make of `catalogue`. Ids of what is new derive from `key`.
pub fn plan(catalogue: &Catalogue, table: &Table, key: &str) -> Plan {
    let mut planner = Planner {
        catalogue,
        after: catalogue.clone(),
        table,
        names: by_name(catalogue),
        places: places(catalogue),
        key,
        seen: BTreeSet::new(),
        categories: Vec::new(),
        changes: Vec::new(),
    };
    let mut rows: Vec<ImportRow> = table.rows.iter().map(|row| planner.row(row)).collect();
    planner.refuse_flaws(&mut rows);
    for (read, row) in table.rows.iter().zip(&mut rows) {
        for problem in &mut row.problems {
            let cell = table.cell(read, &problem.field).map(|cell| ("cell".to_owned(), cell.into()));
            problem.params.extend(cell);
        }
    }
    let written = rows.iter().filter(|row| matches!(row.action, Action::Add | Action::Change));
    let items: BTreeSet<ItemId> = written.filter_map(|row| row.item_id).collect();
    let of_items = planner.after.items.values().filter(|item| items.contains(&item.id));
    let categories: BTreeSet<CategoryId> = of_items.map(|item| item.category).collect();
    let mut changes = planner.changes;
    changes.retain(|change| match change.kind {
        EntityKind::Category => categories.contains(&change.id.into()),
        _ => items.contains(&change.id.into()),
    });
    let new = planner.categories.into_iter().filter(|category| categories.contains(&category.id));
    Plan { rows, new_categories: new.map(|category| category.name).collect(), changes }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

fn by_name(catalogue: &Catalogue) -> BTreeMap<String, ItemId> {
    let items = catalogue.items.values().filter(|item| !item.archived);
    items.map(|item| (folded(&item.name), item.id)).collect()
}

fn places(catalogue: &Catalogue) -> BTreeMap<CategoryId, u32> {
    let mut places = BTreeMap::new();
    for item in catalogue.items.values() {
        let place: &mut u32 = places.entry(item.category).or_default();
        *place = (*place).max(item.sort.saturating_add(1));
    }
    places
}

struct Planner<'a> {
    catalogue: &'a Catalogue,
    /// With every row so far.
    after: Catalogue,
    table: &'a Table,
    names: BTreeMap<String, ItemId>,
    /// The next place in each category.
    places: BTreeMap<CategoryId, u32>,
    key: &'a str,
    seen: BTreeSet<ItemId>,
    categories: Vec<Category>,
    changes: Vec<EntityChanged>,
}

/// Why a cell cannot be read: code, words, and the name it is about if that is not the whole cell.
struct Refused(&'static str, String, Option<String>);

fn refused(code: &'static str, detail: impl Into<String>) -> Refused {
    Refused(code, detail.into(), None)
}

/// Fields of an item as they are read, and what cannot be.
#[derive(Default)]
struct Read {
    fields: Map<String, Value>,
    problems: Vec<CellProblem>,
}

impl Read {
    fn take(&mut self, column: &str, field: &str, value: Result<Option<Value>, Refused>) {
        match value {
            Ok(value) => self.fields.extend(value.map(|value| (field.to_owned(), value))),
            Err(refused) => self.refuse(column, refused),
        }
    }

    fn refuse(&mut self, column: &str, Refused(code, detail, name): Refused) {
        let params = params(json!({ "name": name }));
        self.problems.push(CellProblem { field: column.to_owned(), code: code.to_owned(), detail, params });
    }
}

impl<'a> Planner<'a> {
    fn row(&mut self, row: &Row) -> ImportRow {
        let name = self.table.cell(row, "name").unwrap_or_default().to_owned();
        let (id, known) = self.item(row, &name);
        let mut read = self.read(row, known);
        if !self.seen.insert(id) {
            read.refuse("name", refused("row-twice", "a row before it is about the same item"));
        }
        self.names.entry(folded(&name)).or_insert(id);
        let changes = self.apply(id, known, &mut read);
        let action = match (known, changes.is_empty()) {
            _ if !read.problems.is_empty() => Action::Problem,
            (None, _) => Action::Add,
            (Some(_), false) => Action::Change,
            (Some(_), true) => Action::Same,
        };
        ImportRow { line: row.line, action, name, item_id: Some(id), changes, problems: read.problems }
    }

    /// The item that a row is about: by its id, else by its name, else a new one.
    fn item(&self, row: &Row, name: &str) -> (ItemId, Option<&'a Item>) {
        let given: Option<ItemId> = self.table.cell(row, "id").and_then(|id| id.parse().ok());
        let by_id = given.filter(|id| self.catalogue.items.contains_key(id));
        let known = by_id.or_else(|| self.names.get(&folded(name)).copied());
        let new =
            || given.unwrap_or_else(|| IdSource::new(&format!("import/{}/{}", self.key, row.line)).make());
        let id = known.unwrap_or_else(new);
        (id, self.catalogue.items.get(&id))
    }

    fn read(&mut self, row: &Row, known: Option<&Item>) -> Read {
        let mut read = Read::default();
        let table = self.table;
        let is_new = known.is_none();
        let cell = |column: &str| table.cell(row, column);
        // What an item cannot be without stays as it is when its cell is empty.
        let needed = |column: &str| cell(column).filter(|text| !text.is_empty());
        match needed("name") {
            Some(name) => read.take("name", "name", Ok(Some(name.into()))),
            None => read.refuse("name", refused("name-missing", "an item has a name")),
        }
        let category = needed("category").map(|name| json!(self.category(name)));
        read.take("category", "category", required(is_new, "category", category.map(Ok)));
        let exponent = self.catalogue.venue.currency_exponent();
        let price = needed("price").map(|text| price(text, exponent));
        read.take("price", "price", required(is_new, "price", price));
        let tax =
            needed("tax").map(|text| self.tax(text)).or_else(|| self.only_tax().filter(|_| is_new).map(Ok));
        read.take("tax", "tax", required(is_new, "tax", tax));
        read.take("station", "station", cell("station").map(|text| self.station(text)).transpose());
        read.take("course", "course", needed("course").map(|text| self.course(text)).transpose());
        read.take("prep_minutes", "prep_secs", cell("prep_minutes").map(seconds).transpose());
        read.take(
            "allergens",
            "allergens",
            Ok(cell("allergens").map(|text| json!(entries(text, &['|', ';', ','])))),
        );
        let groups = cell("modifier_groups").map(|text| self.groups(text));
        read.take("modifier_groups", "modifier_groups", groups.transpose());
        read.take("favourite", "favourite", cell("favourite").map(yes_or_no).transpose());
        read.take("open", "open", cell("open").map(yes_or_no).transpose());
        read.take("description", "description", Ok(cell("description").map(Value::from)));
        read.take("name", "names", Ok(self.names_of(row, known)));
        if known.is_some_and(|item| item.archived) {
            read.fields.insert("archived".into(), false.into());
        }
        read
    }

    /// The category of that name, made when there is none.
    fn category(&mut self, name: &str) -> CategoryId {
        let wanted = folded(name);
        let mut standing = self.after.categories.values().filter(|it| !it.archived);
        if let Some(category) = standing.find(|category| folded(&category.name) == wanted) {
            return category.id;
        }
        let sort = self.after.categories.values().map(|it| it.sort + 1).max().unwrap_or_default();
        let category = Category {
            id: IdSource::new(&format!("import/{}/category/{wanted}", self.key)).make(),
            name: name.to_owned(),
            names: BTreeMap::new(),
            color: String::new(),
            sort,
            archived: false,
        };
        self.changes.extend(EntityChanged::between(None, &category));
        self.after.categories.insert(category.id, category.clone());
        let id = category.id;
        self.categories.push(category);
        id
    }

    /// The tax of that name, or the only one of that rate.
    fn tax(&self, text: &str) -> Result<Value, Refused> {
        let standing = || self.catalogue.taxes.values().filter(|tax| !tax.archived);
        if let Some(tax) = standing().find(|tax| folded(&tax.name) == folded(text)) {
            return Ok(json!(tax.id));
        }
        let rate = amount::parse(text.trim_end_matches('%'), 2).ok();
        let of_rate: Vec<_> =
            standing().filter(|it| rate.is_some_and(|rate| rate.0 == i64::from(it.basis_points))).collect();
        match of_rate[..] {
            [tax] => Ok(json!(tax.id)),
            _ => Err(refused("tax-unknown", format!("there is no tax called {text}"))),
        }
    }

    fn only_tax(&self) -> Option<Value> {
        let standing: Vec<_> = self.catalogue.taxes.values().filter(|tax| !tax.archived).collect();
        if let [tax] = standing[..] { Some(json!(tax.id)) } else { None }
    }

    fn station(&self, text: &str) -> Result<Value, Refused> {
        if text.is_empty() {
            return Ok(Value::Null);
        }
        let standing = self.catalogue.stations.values().filter(|station| !station.archived);
        let station =
            standing.into_iter().find(|it| folded(&it.name) == folded(text) || it.slug == folded(text));
        let station = station.map(|station| json!(station.id));
        station.ok_or_else(|| refused("station-unknown", format!("there is no station called {text}")))
    }

    fn course(&self, text: &str) -> Result<Value, Refused> {
        let mut courses = self.catalogue.venue.courses.iter();
        let named = |name: &str| folded(name) == folded(text);
        let course = courses.find(|it| named(&it.name) || it.names.values().any(|name| named(name)));
        let number =
            course.map(|course| course.number).or_else(|| text.parse().ok().filter(|number| *number > 0));
        number.map(Value::from).ok_or_else(|| refused("course-unknown", format!("there is no course {text}")))
    }

    fn groups(&self, text: &str) -> Result<Value, Refused> {
        let mut ids = Vec::new();
        for name in entries(text, &['|', ';']) {
            let mut standing = self.catalogue.modifier_groups.values().filter(|group| !group.archived);
            let group = standing.find(|group| folded(&group.name) == folded(&name));
            let group = group.ok_or_else(|| {
                let detail = format!("there are no choices called {name}");
                Refused("modifier-group-unknown", detail, Some(name.clone()))
            })?;
            ids.push(group.id);
        }
        Ok(json!(ids))
    }

    /// Names in other languages: those of the table's columns, and those that the item has besides.
    fn names_of(&self, row: &Row, known: Option<&Item>) -> Option<Value> {
        let mut names = known.map(|item| item.names.clone()).unwrap_or_default();
        let before = names.clone();
        for language in self.table.languages() {
            match self.table.cell(row, &format!("{NAMES}{language}")).unwrap_or_default() {
                "" => drop(names.remove(language)),
                name => drop(names.insert(language.to_owned(), name.to_owned())),
            }
        }
        (names != before).then(|| json!(names))
    }

    /// Makes the item so, and says which cells are different then.
    fn apply(&mut self, id: ItemId, known: Option<&Item>, read: &mut Read) -> Vec<CellChange> {
        if !read.problems.is_empty() {
            return Vec::new();
        }
        if known.is_none() {
            let place = self.next_place(read.fields.get("category"));
            read.fields.insert("sort".into(), place.into());
        }
        let entity = Some(read.fields.clone());
        let edit = EntityEdit { kind: EntityKind::Item, id: id.0, entity, base: None };
        let change = match edit.change(&self.after) {
            Ok(Some(change)) if self.after.change(&change).is_ok() => change,
            Ok(_) => return Vec::new(),
            Err(error) => {
                read.refuse(error.field.as_deref().unwrap_or("name"), refused(error.code, error.detail));
                return Vec::new();
            }
        };
        let changes = self.differences(id, known);
        if known.is_none() || !changes.is_empty() {
            self.changes.push(change);
        }
        changes
    }

    fn differences(&self, id: ItemId, known: Option<&Item>) -> Vec<CellChange> {
        let Some(after) = self.after.items.get(&id) else { return Vec::new() };
        let columns = self.table.columns.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "id");
        let mut changes = Vec::new();
        for column in columns {
            let before = known.map(|item| cell(self.catalogue, item, column)).unwrap_or_default();
            let after = cell(&self.after, after, column);
            if before != after {
                changes.push(CellChange { field: column.to_owned(), before, after });
            }
        }
        if known.is_some_and(|item| item.archived) {
            changes.push(CellChange { field: "archived".into(), before: "yes".into(), after: "no".into() });
        }
        changes
    }

    /// Behind the items of its category.
    fn next_place(&mut self, category: Option<&Value>) -> u32 {
        let category: Option<CategoryId> = category.and_then(Value::as_str).and_then(|id| id.parse().ok());
        let place = category.map(|category| self.places.entry(category).or_default());
        place.map_or(0, |place| {
            *place += 1;
            *place - 1
        })
    }

    /// What is read well and would not work all the same.
    fn refuse_flaws(&self, rows: &mut [ImportRow]) {
        for flaw in self.after.errors_beyond(self.catalogue) {
            let of_row = |row: &ImportRow| {
                let item = row.item_id.filter(|_| row.action != Action::Same);
                item.is_some_and(|id| match flaw.kind {
                    EntityKind::Item => id.0 == flaw.id,
                    _ => self.after.items.get(&id).is_some_and(|item| item.category.0 == flaw.id),
                })
            };
            for row in rows.iter_mut().filter(|row| of_row(row)) {
                let field = flaw.field.clone().unwrap_or_default();
                let other = flaw.other.map(|(kind, id)| self.after.fields(kind, id));
                let name = other.and_then(|fields| fields.get("name").cloned());
                row.problems.push(CellProblem {
                    field,
                    code: flaw.code.to_owned(),
                    detail: flaw.detail.clone(),
                    params: params(json!({ "name": name })),
                });
                row.action = Action::Problem;
            }
        }
    }
}

/// A value that a new item cannot be without.
fn required(
    is_new: bool,
    what: &str,
    value: Option<Result<Value, Refused>>,
) -> Result<Option<Value>, Refused> {
    match value {
        None if is_new => {
            let code = match what {
                "category" => "category-missing",
                "price" => "price-missing",
                _ => "tax-missing",
            };
            Err(refused(code, format!("a new item has a {what}")))
        }
        value => value.transpose(),
    }
}

fn price(text: &str, exponent: u8) -> Result<Value, Refused> {
    match amount::parse(text, exponent) {
        Ok(price) => Ok(json!(price)),
        Err(error @ AmountError::Ambiguous) => Err(refused("price-ambiguous", error.to_string())),
        Err(error @ AmountError::NotANumber) => Err(refused("price-malformed", error.to_string())),
    }
}

fn seconds(text: &str) -> Result<Value, Refused> {
    let hundredths = if text.is_empty() { Some(0) } else { amount::parse(text, 2).ok().map(|it| it.0) };
    let secs = hundredths.map(|it| (it * 60 + 50) / 100).and_then(|secs| u32::try_from(secs).ok());
    secs.map(Value::from)
        .ok_or_else(|| refused("minutes-malformed", format!("{text} is no number of minutes")))
}

fn yes_or_no(text: &str) -> Result<Value, Refused> {
    match folded(text).as_str() {
        "yes" | "y" | "true" | "1" | "x" | "sì" | "si" | "oui" | "ja" | "نعم" => Ok(true.into()),
        "" | "no" | "n" | "false" | "0" | "non" | "nein" | "لا" => Ok(false.into()),
        _ => Err(refused("yes-or-no", format!("{text} is neither yes nor no"))),
    }
}

/// The entries of a cell.
fn entries(text: &str, between: &[char]) -> Vec<String> {
    text.split(between).map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}
