//! The menu as a table: one row for each item, out to a spreadsheet and back.
//!
//! *Invariant:* what was exported and is imported again changes nothing.

mod amount;
mod plan;
mod read;

use maitred_domain::catalogue::{Catalogue, Item};

use crate::views::money::Currency;

pub use plan::{Action, ImportRow, Plan, plan};
pub use read::{Table, TableError, read};

/// Columns of every export, in order; `names.xx` follow for each other language of the venue.
const COLUMNS: [&str; 13] = [
    "id",
    "name",
    "category",
    "price",
    "tax",
    "station",
    "course",
    "prep_minutes",
    "allergens",
    "modifier_groups",
    "favourite",
    "open",
    "description",
];
/// What a column of names in another language starts with.
const NAMES: &str = "names.";
/// Between the entries of one cell.
const BETWEEN: &str = " | ";
/// What a spreadsheet takes for a formula starts with one of these.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Every item that is sold, as a table: UTF-8 with a byte order mark, so that spreadsheets see what it is.
pub fn export(catalogue: &Catalogue) -> Result<Vec<u8>, csv::Error> {
    let columns = columns(catalogue);
    let mut table = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    table.write_record(&columns)?;
    for item in in_order(catalogue) {
        table.write_record(columns.iter().map(|column| guarded(&cell(catalogue, item, column))))?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

fn columns(catalogue: &Catalogue) -> Vec<String> {
    let others = catalogue.venue.languages.iter().skip(1).map(|language| format!("{NAMES}{language}"));
    COLUMNS.iter().map(|column| (*column).to_owned()).chain(others).collect()
}

fn in_order(catalogue: &Catalogue) -> Vec<&Item> {
    let mut items: Vec<&Item> = catalogue.items.values().filter(|item| !item.archived).collect();
    let place = |item: &Item| catalogue.categories.get(&item.category).map_or(u32::MAX, |it| it.sort);
    items.sort_by_key(|item| (place(item), item.category, item.sort, item.id));
    items
}

/// What stands in a column of an item's row.
fn cell(catalogue: &Catalogue, item: &Item, column: &str) -> String {
    match column {
        "id" => item.id.to_string(),
        "name" => item.name.clone(),
        "category" => catalogue.categories.get(&item.category).map_or_else(String::new, |it| it.name.clone()),
        "price" => Currency::of(&catalogue.venue).bare(item.price),
        "tax" => catalogue.taxes.get(&item.tax).map_or_else(String::new, |it| it.name.clone()),
        "station" => {
            let station = item.station.and_then(|id| catalogue.stations.get(&id));
            station.map_or_else(String::new, |it| it.name.clone())
        }
        "course" => item.course.to_string(),
        "prep_minutes" => minutes(item.prep_secs),
        "allergens" => item.allergens.join(BETWEEN),
        "modifier_groups" => {
            let groups: Vec<&str> = catalogue.groups_of(item).map(|group| group.name.as_str()).collect();
            groups.join(BETWEEN)
        }
        "favourite" => yes_or_no(item.favourite),
        "open" => yes_or_no(item.open),
        "description" => item.description.clone(),
        other => {
            let language = other.strip_prefix(NAMES).unwrap_or_default();
            item.names.get(language).cloned().unwrap_or_default()
        }
    }
}

fn yes_or_no(is: bool) -> String {
    if is { "yes" } else { "no" }.to_owned()
}

/// Whole minutes, or with as many digits as it takes.
fn minutes(secs: u32) -> String {
    match secs % 60 {
        0 => (secs / 60).to_string(),
        _ => format!("{:.2}", f64::from(secs) / 60.0),
    }
}

/// Text as a cell: what a spreadsheet would take for a formula starts with an apostrophe.
fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA) { format!("'{text}") } else { text.to_owned() }
}

/// The text of a cell, without the apostrophe that guards it.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell).trim()
}
