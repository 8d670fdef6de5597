//! Menu search: words of every item, folded so that people find what they mean.

use maitred_domain::catalogue::{Catalogue, Item};
use maitred_domain::ids::ItemId;
use rusqlite::{Connection, params};

use crate::ReadError;
use crate::search::{indexed_words, words};

/// Writes what is different about the menu.
pub fn changed(connection: &Connection, before: &Catalogue, after: &Catalogue) -> Result<(), ReadError> {
    for (id, item) in &after.items {
        let new = text(after, item);
        if before.items.get(id).map(|item| text(before, item)).as_ref() == Some(&new) {
            continue;
        }
        connection.prepare_cached("DELETE FROM menu_search WHERE item = ?1")?.execute([id.to_string()])?;
        if let Some(words) = new {
            connection
                .prepare_cached("INSERT INTO menu_search (item, words) VALUES (?1, ?2)")?
                .execute(params![id.to_string(), words])?;
        }
    }
    Ok(())
}

/// What an item is found by; `None` for one that is no longer sold.
fn text(catalogue: &Catalogue, item: &Item) -> Option<String> {
    let category = catalogue.categories.get(&item.category).map(|category| category.name.as_str());
    let names = item.names.values().map(String::as_str);
    let parts = [item.name.as_str(), item.description.as_str()].into_iter().chain(names).chain(category);
    (!item.archived).then(|| indexed_words(&parts.collect::<Vec<_>>().join(" ")).join(" "))
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
