//! What was changed on the menu, entry by entry: also what does not stand any more.

use maitred_domain::check::Mark;
use maitred_domain::fact::Fact;
use maitred_domain::ids::ItemId;
use maitred_sync::Origin;
use rusqlite::{Connection, Row, params};

use crate::documents::{Kind, of_stock};
use crate::{ReadError, Store, journal};

/// One change of an item, or of its availability.
#[derive(Clone, Debug)]
pub struct EditRow {
    /// The journal it was written in, and its place there: the same at every replica.
    pub entry: (Origin, u64),
    /// Who and when.
    pub mark: Mark,
    /// What.
    pub fact: Fact,
}

impl Store {
    /// What was ever changed of an item, newest first. Sales that count it down are left out.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn item_edits(&self, item: ItemId, limit: usize) -> Result<Vec<EditRow>, ReadError> {
        let is_about = |fact: &Fact| match fact {
            Fact::Entity { change } => change.id == item.0,
            Fact::Stock { id, fact } => {
                *id == item && matches!(fact, maitred_domain::stock::StockFact::AvailabilitySet { .. })
            }
            Fact::Check { .. } | Fact::Table { .. } | Fact::Day { .. } | Fact::Device { .. } => false,
        };
        self.inner.readers.read(|connection| of_item(connection, item, limit, is_about))
    }

    /// What this replica itself wrote after `seq` of its own journal, in order.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn own_edits_after(&self, seq: u64, limit: usize) -> Result<Vec<EditRow>, ReadError> {
        let origin = self.origin();
        self.inner.readers.read(|connection| own_after(connection, origin, seq, limit))
    }
}

fn of_item(
    connection: &Connection,
    item: ItemId,
    limit: usize,
    is_about: impl Fn(&Fact) -> bool,
) -> Result<Vec<EditRow>, ReadError> {
    let (menu, stock) = (Kind::Menu.shared_document(), of_stock(item));
    let mut statement = connection.prepare_cached(
        "SELECT origins.origin, entries.seq, entries.facts FROM entries
         JOIN origins ON origins.n = entries.origin
         WHERE entries.n IN (SELECT change / 65536 FROM document_changes
                             WHERE doc IN (SELECT n FROM documents WHERE doc IN (?1, ?2)))
         ORDER BY entries.hlc DESC",
    )?;
    let mut rows = statement.query(params![menu.as_bytes().as_slice(), stock.as_bytes().as_slice()])?;
    let mut edits = Vec::new();
    while edits.len() < limit
        && let Some(row) = rows.next()?
    {
        edits.extend(rows_of(connection, row)?.into_iter().rev().filter(|edit| is_about(&edit.fact)));
    }
    edits.truncate(limit);
    Ok(edits)
}

fn own_after(
    connection: &Connection,
    origin: Origin,
    seq: u64,
    limit: usize,
) -> Result<Vec<EditRow>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT origins.origin, entries.seq, entries.facts FROM entries
         JOIN origins ON origins.n = entries.origin
         WHERE origins.origin = ?1 AND entries.seq > ?2 ORDER BY entries.seq LIMIT ?3",
    )?;
    let mut rows = statement.query(params![origin.as_bytes().as_slice(), seq, limit])?;
    let mut edits = Vec::new();
    while let Some(row) = rows.next()? {
        edits.extend(rows_of(connection, row)?);
    }
    Ok(edits)
}

fn rows_of(connection: &Connection, row: &Row<'_>) -> Result<Vec<EditRow>, ReadError> {
    let entry = (Origin::from_bytes(row.get(0)?), row.get(1)?);
    let facts = journal::read_facts(connection, row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?)?;
    Ok(facts.into_iter().map(|fact| EditRow { entry, mark: fact.mark, fact: fact.fact }).collect())
}
