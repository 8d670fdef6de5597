//! Menu search: words of every item, folded so that people find what they mean.

use maitred_domain::catalogue::{Catalogue, Item};
use maitred_domain::ids::ItemId;
use rusqlite::{Connection, params};

use crate::ReadError;
use crate::search::{indexed_words, words};

/// Beyond so many items the table is written anew: to find the row of one item all rows are read.
const ONE_BY_ONE_MAX: usize = 32;

/// Writes what is different about the menu.
pub fn changed(connection: &Connection, before: &Catalogue, after: &Catalogue) -> Result<(), ReadError> {
    // As it is said, not as it is found: to find the words out takes long, and most items are as they were.
    let is_different = |(id, item): &(&ItemId, &Item)| {
        before.items.get(*id).map(|item| said_of(before, item)) != Some(said_of(after, item))
    };
    let different: Vec<&Item> = after.items.iter().filter(is_different).map(|(_, item)| item).collect();
    if different.len() > ONE_BY_ONE_MAX {
        connection.execute("DELETE FROM menu_search", [])?;
        return after.items.values().try_for_each(|item| insert(connection, after, item));
    }
    for item in different {
        let id = item.id.to_string();
        connection.prepare_cached("DELETE FROM menu_search WHERE item = ?1")?.execute([id])?;
        insert(connection, after, item)?;
    }
    Ok(())
}

fn insert(connection: &Connection, catalogue: &Catalogue, item: &Item) -> Result<(), ReadError> {
    if let Some(said) = said_of(catalogue, item) {
        let words = indexed_words(&said).join(" ");
        connection
            .prepare_cached("INSERT INTO menu_search (item, words) VALUES (?1, ?2)")?
            .execute(params![item.id.to_string(), words])?;
    }
    Ok(())
}

/// What an item is found by; `None` for one that is no longer sold.
fn said_of(catalogue: &Catalogue, item: &Item) -> Option<String> {
    let category = catalogue.categories.get(&item.category).map(|category| category.name.as_str());
    let names = item.names.values().map(String::as_str);
    let parts = [item.name.as_str(), item.description.as_str()].into_iter().chain(names).chain(category);
    (!item.archived).then(|| parts.collect::<Vec<_>>().join(" "))
}

/// Items that match every word of `text` (the last may be half typed), best first.
pub fn search(connection: &Connection, text: &str, limit: usize) -> Result<Vec<ItemId>, ReadError> {
    let terms: Vec<String> = words(text).iter().map(|word| format!("\"{word}\"*")).collect();
    if terms.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection
        .prepare_cached("SELECT item FROM menu_search WHERE words MATCH ?1 ORDER BY rank LIMIT ?2")?;
    let rows = statement.query_map(params![terms.join(" "), limit], |row| row.get::<_, String>(0))?;
    rows.map(|row| row?.parse().map_err(|e| ReadError::Damaged(format!("menu search: {e}")))).collect()
}
