//! Looks whether everything stored agrees with itself: the chain, the documents, and the projections rebuilt from them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use maitred_domain::catalogue::Catalogue;
use maitred_domain::ids::{CheckId, ItemId, TableId};
use maitred_sync::{Chain, DocId, Document, Header, Origin};
use rusqlite::Connection;
use uuid::Uuid;

use crate::documents::{self, Kind};
use crate::projections::DayChanges;
use crate::sqlite::Database;
use crate::{OpenError, ReadError, Store, journal, projections};

/// Differences that are written out; the rest are counted.
const DIFFERENCES_MAX: usize = 20;

/// What the doctor found.
#[derive(Clone, Debug, Default)]
pub struct Diagnosis {
    /// What was looked at, with figures.
    pub checked: Vec<String>,
    /// What is wrong; empty when all is well.
    pub problems: Vec<String>,
}

/// Looks at the database of a data folder; a hub may be running on it.
///
/// # Errors
/// [`OpenError`] when there is no database to look at. What is wrong with it is no error, but in the diagnosis.
pub fn doctor(data: &Path) -> Result<Diagnosis, OpenError> {
    examine(&Database::of(data, None))
}

impl Store {
    /// Looks at this store's own database, as [`doctor`] does.
    ///
    /// # Errors
    /// As [`doctor`].
    pub fn examine(&self) -> Result<Diagnosis, OpenError> {
        examine(self.inner.readers.database())
    }
}

pub(crate) fn examine(database: &Database) -> Result<Diagnosis, OpenError> {
    let mut connection = database.reader()?;
    // One read transaction: everything is of the same commit, whatever is written meanwhile.
    let connection = connection.transaction()?;
    let mut diagnosis = Diagnosis::default();
    let steps: [(&str, Step); 4] = [
        ("database file", check_file),
        ("journal", check_journal),
        ("documents", check_documents),
        ("projections", check_projections),
    ];
    for (name, step) in steps {
        match step(&connection, &mut diagnosis.problems) {
            Ok(summary) => diagnosis.checked.push(format!("{name}: {summary}")),
            Err(e) => diagnosis.problems.push(format!("{name}: {e}")),
        }
    }
    Ok(diagnosis)
}

type Step = fn(&Connection, &mut Vec<String>) -> Result<String, ReadError>;

fn check_file(connection: &Connection, problems: &mut Vec<String>) -> Result<String, ReadError> {
    let mut statement = connection.prepare("PRAGMA quick_check")?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let damage = rows.into_iter().filter(|row| row != "ok").map(|row| format!("database file: {row}"));
    problems.extend(damage);
    Ok("read".to_owned())
}

fn check_journal(connection: &Connection, problems: &mut Vec<String>) -> Result<String, ReadError> {
    let mut entries = 0;
    let origins = journal::origins(connection)?;
    for (number, origin, _) in &origins {
        let mut chain = Chain::new(*origin);
        let mut statement = connection
            .prepare("SELECT header, hash, facts, n FROM entries WHERE origin = ?1 ORDER BY seq")?;
        let mut rows = statement.query([number])?;
        while let Some(row) = rows.next()? {
            entries += 1;
            let facts: Vec<Vec<u8>> =
                journal::split_lines(&row.get::<_, Vec<u8>>(2)?).map(<[u8]>::to_vec).collect();
            let entry = Entry { n: row.get(3)?, header: row.get(0)?, hash: row.get(1)?, facts };
            if let Err(problem) = check_entry(connection, &mut chain, &entry) {
                problems.push(format!("journal of {origin}: {problem}"));
                break;
            }
        }
    }
    Ok(format!("{entries} entries of {} journals chain and match their hashes", origins.len()))
}

struct Entry {
    n: u64,
    header: Vec<u8>,
    hash: [u8; 32],
    facts: Vec<Vec<u8>>,
}

fn check_entry(connection: &Connection, chain: &mut Chain, entry: &Entry) -> Result<(), String> {
    let header = Header::decode(&entry.header).map_err(|e| e.to_string())?;
    chain.accept(&header).map_err(|e| e.to_string())?;
    let seq = header.seq;
    if chain.tip().hash.as_bytes() != &entry.hash {
        return Err(format!("entry {seq} is kept under another hash"));
    }
    if !header.holds_facts(&entry.facts) {
        return Err(format!("the facts of entry {seq} are not those that were written"));
    }
    for (index, digest) in header.changes.iter().enumerate() {
        let change = journal::change(connection, &digest.doc, entry.n).map_err(|e| e.to_string())?;
        match change {
            Some(bytes) if bytes.is_empty() || header.holds_change(index, &bytes) => {}
            Some(_) => return Err(format!("a change of entry {seq} is not the one that was written")),
            None => return Err(format!("a change of entry {seq} is missing")),
        }
    }
    Ok(())
}

fn check_documents(connection: &Connection, _problems: &mut Vec<String>) -> Result<String, ReadError> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    each_document(connection, |_, kind, _| {
        // One that a newer version made is kept as it is, and read by those who know what it is.
        let kind = Kind::named(kind).map_or("of kinds unknown here", Kind::as_str);
        *counts.entry(kind.to_owned()).or_default() += 1;
        Ok(())
    })?;
    let counts: Vec<String> = counts.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    Ok(format!("loaded {}", counts.join(", ")))
}

/// Loads every document, one at a time.
fn each_document(
    connection: &Connection,
    mut visit: impl FnMut(DocId, &str, &Document) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let reader = Origin::from_bytes([0; 16]);
    let mut statement = connection.prepare("SELECT doc, kind FROM documents")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (doc, kind) = (DocId::from(row.get::<_, [u8; 16]>(0)?), row.get::<_, String>(1)?);
        let document = journal::load(connection, &doc, reader)?
            .ok_or_else(|| ReadError::Damaged(format!("document {doc} is listed and not there")))?;
        visit(doc, &kind, &document)?;
    }
    Ok(())
}

fn check_projections(connection: &Connection, problems: &mut Vec<String>) -> Result<String, ReadError> {
    let mut rebuilt = Connection::open_in_memory()?;
    crate::sqlite::migrate(&mut rebuilt).map_err(|e| ReadError::Damaged(e.to_string()))?;
    let rebuilt = rebuilt.transaction()?;
    rebuild(connection, &rebuilt)?;
    let mut rows = 0;
    for table in projections::TABLES {
        let live: BTreeSet<String> = projections::dump(connection, table)?.into_iter().collect();
        let wanted: BTreeSet<String> = projections::dump(&rebuilt, table)?.into_iter().collect();
        rows += wanted.len();
        let extra = live.difference(&wanted).map(|row| format!("{table}: should not be there: {row}"));
        let missing = wanted.difference(&live).map(|row| format!("{table}: is missing: {row}"));
        let differences: Vec<String> = extra.chain(missing).collect();
        problems.extend(differences.iter().take(DIFFERENCES_MAX).cloned());
        if differences.len() > DIFFERENCES_MAX {
            problems.push(format!("{table}: {} more differences", differences.len() - DIFFERENCES_MAX));
        }
    }
    Ok(format!("{rows} rows rebuilt from documents and compared"))
}

/// Writes every projection anew, from the documents of `from`.
fn rebuild(from: &Connection, to: &Connection) -> Result<(), ReadError> {
    let mut catalogue = Catalogue::default();
    let mut days = DayChanges::new();
    each_document(from, |doc, kind, document| match Kind::named(kind) {
        Some(Kind::Check) => {
            let check = documents::check::read(CheckId(Uuid::from_bytes(*doc.as_bytes())), document)?;
            projections::check_changed(to, None, &check, &mut days)
        }
        Some(Kind::Day) => projections::day_again(to, &documents::day::facts(document)?),
        Some(Kind::DeviceLog) => match documents::device_log::read(document)? {
            Some((log, facts)) => projections::device_log::write(to, log, &facts),
            None => Ok(()),
        },
        Some(kind @ (Kind::Menu | Kind::Floor | Kind::Settings | Kind::Staff)) => {
            documents::catalogue::read(from, kind, document, &mut catalogue)
        }
        Some(Kind::Table) => {
            let id = TableId(Uuid::from_bytes(*doc.as_bytes()));
            projections::small::table_marked(to, id, documents::table::read(document)?)
        }
        Some(Kind::Stock) => {
            let id = ItemId(Uuid::from_bytes(*doc.as_bytes()));
            projections::small::stock_changed(to, id, documents::stock::read(document)?)
        }
        None => Ok(()),
    })?;
    projections::add_to_days(to, days)?;
    projections::menu_changed(to, &Catalogue::default(), &catalogue)
}
