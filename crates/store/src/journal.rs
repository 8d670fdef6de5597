//! The journals on disk: entries, documents and their changes.

use std::ops::Range;

use maitred_domain::check::Marked;
use maitred_domain::decide::Answer;
use maitred_domain::fact::Fact;
use maitred_domain::ids::IdSource;
use maitred_sync::{Ahead, ApplyError, Document, Hash, Header, Hlc, Origin, Tip, Vector};
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use uuid::Uuid;

use crate::documents::DocId;
use crate::{ReadError, personal};

/// Between facts of one entry: JSON holds no line break.
const FACTS_SEPARATOR: u8 = b'\n';

/// What the line of a command starts with; a fact starts otherwise.
const COMMAND: &[u8] = b"{\"command\":";

/// How many changes of one entry have numbers of their own: more than an entry may have.
const CHANGES_PER_ENTRY: u64 = 1 << 16;

/// How much of a command's hash is kept, in bytes: it tells one command from another sent under the same key by mistake.
pub const COMMAND_HASH_BYTES: usize = 8;

/// The command that wrote an entry. It is the first line of the entry's facts, so that every replica knows the key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DoneCommand {
    /// The client's idempotency key.
    pub key: String,
    /// What tells the command from another.
    pub hash: [u8; COMMAND_HASH_BYTES],
    /// What it was answered: an [`Answer`] as JSON.
    pub answer: Box<RawValue>,
}

/// How the line of a command goes on as long as its key needs no escaping.
const KEY: &[u8] = b"{\"command\":{\"key\":\"";

/// The `n`-th id that the command makes whose line begins like this; `None` while its key is not known.
pub fn made_id(line: &[u8], n: u64) -> Option<[u8; 16]> {
    let rest = line.strip_prefix(KEY)?;
    let key = &rest[..rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?];
    (rest[key.len()] == b'"').then_some(())?;
    let id: Uuid = IdSource::starting_at(str::from_utf8(key).ok()?, n).make();
    Some(*id.as_bytes())
}

#[derive(Serialize, Deserialize)]
struct Line<C> {
    command: C,
}

impl DoneCommand {
    /// A command that was done now.
    pub fn new(key: String, hash: [u8; COMMAND_HASH_BYTES], answer: &Answer) -> Self {
        Self { key, hash, answer: to_raw_value(answer).expect("an answer is JSON") }
    }

    /// As a line of an entry's facts.
    pub fn to_line(&self) -> Vec<u8> {
        serde_json::to_vec(&Line { command: self }).expect("an answer is JSON")
    }

    /// The command among an entry's facts; `None` when the entry was not written for one.
    pub fn of_lines<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> Result<Option<Self>, ReadError> {
        let line = lines.find(|line| line.starts_with(COMMAND));
        line.map(|line| serde_json::from_slice(line).map(|Line { command }: Line<Self>| command))
            .transpose()
            .map_err(|e| ReadError::Damaged(format!("the command of an entry: {e}")))
    }
}

/// The number that stands for `origin` in this database; `None` when nothing of it is here.
pub fn known_origin(connection: &Connection, origin: Origin) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT n FROM origins WHERE origin = ?1")?
        .query_row([origin.as_bytes().as_slice()], |row| row.get(0))
        .optional()
}

/// The same, given it now if it had none.
pub fn origin_number(connection: &Connection, origin: Origin) -> rusqlite::Result<i64> {
    if let Some(n) = known_origin(connection, origin)? {
        return Ok(n);
    }
    connection.execute("INSERT INTO origins (origin) VALUES (?1)", [origin.as_bytes().as_slice()])?;
    Ok(connection.last_insert_rowid())
}

/// The place of an entry in the order of arrival.
pub fn arrival(connection: &Connection, origin: i64, seq: u64) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT n FROM entries WHERE origin = ?1 AND seq = ?2")?
        .query_row(params![origin, seq], |row| row.get(0))
}

/// Whose journal the entry is from that arrived as number `n`, and its place there.
pub fn place(connection: &Connection, n: u64) -> rusqlite::Result<(Origin, u64)> {
    connection
        .prepare_cached(
            "SELECT origins.origin, entries.seq FROM entries JOIN origins ON origins.n = entries.origin
             WHERE entries.n = ?1",
        )?
        .query_row([n], |row| Ok((Origin::from_bytes(row.get(0)?), row.get(1)?)))
}

/// Every lineage, with how far its journal is kept here.
pub fn origins(connection: &Connection) -> Result<Vec<(i64, Origin, u64)>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT n, origin, coalesce((SELECT max(seq) FROM entries WHERE entries.origin = origins.n), 0) FROM origins",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, [u8; 16]>(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (n, origin, seq) = row?;
        Ok((n, Origin::from_bytes(origin), seq))
    })
    .collect()
}

/// The end of a journal.
pub fn tip(connection: &Connection, origin: i64) -> rusqlite::Result<Tip> {
    let last = connection
        .prepare_cached("SELECT seq, hash, hlc FROM entries WHERE origin = ?1 ORDER BY seq DESC LIMIT 1")?
        .query_row([origin], |row| {
            let (hash, hlc) = (Hash::from(row.get::<_, [u8; 32]>(1)?), Hlc::from_bits(row.get(2)?));
            Ok(Tip { seq: row.get(0)?, hash, hlc })
        })
        .optional()?;
    Ok(last.unwrap_or(Tip::START))
}

/// How far a journal is kept here.
pub fn seq_of(connection: &Connection, origin: Origin) -> rusqlite::Result<u64> {
    match known_origin(connection, origin)? {
        Some(number) => Ok(tip(connection, number)?.seq),
        None => Ok(0),
    }
}

/// The hash of an entry; `None` when it is not here.
pub fn hash_at(connection: &Connection, origin: i64, seq: u64) -> rusqlite::Result<Option<Hash>> {
    let hash = connection
        .prepare_cached("SELECT hash FROM entries WHERE origin = ?1 AND seq = ?2")?
        .query_row(params![origin, seq], |row| row.get::<_, [u8; 32]>(0))
        .optional()?;
    Ok(hash.map(Hash::from))
}

/// The last entry that arrived; 0 when there is none.
pub fn head(connection: &Connection) -> rusqlite::Result<u64> {
    connection.prepare_cached("SELECT coalesce(max(n), 0) FROM entries")?.query_row([], |row| row.get(0))
}

/// Entries of other journals that arrived after the last of journal `own`.
pub fn others_since_last(connection: &Connection, own: i64) -> rusqlite::Result<Vector> {
    let mut statement = connection.prepare_cached(
        "SELECT origins.origin, max(seq) FROM entries JOIN origins ON origins.n = entries.origin
         WHERE entries.origin <> ?1
           AND entries.n > (SELECT coalesce(max(n), 0) FROM entries WHERE origin = ?1 AND seq =
                            (SELECT max(seq) FROM entries WHERE origin = ?1))
         GROUP BY entries.origin",
    )?;
    let rows = statement.query_map([own], |row| Ok((Origin::from_bytes(row.get(0)?), row.get(1)?)))?;
    rows.collect()
}

/// The latest instant of any journal, as the bits of a hybrid logical clock.
pub fn latest_hlc(connection: &Connection) -> rusqlite::Result<u64> {
    connection
        .prepare_cached("SELECT max(hlc) FROM entries")?
        .query_row([], |row| row.get::<_, Option<u64>>(0))
        .map(Option::unwrap_or_default)
}

/// Writes an entry, without its changes, and returns its place in the order of arrival.
///
/// `hash` is the entry's own.
pub fn append(
    connection: &Connection,
    origin: i64,
    header: &Header,
    hash: Hash,
    facts: &[Vec<u8>],
) -> rusqlite::Result<u64> {
    connection
        .prepare_cached(
            "INSERT INTO entries (origin, seq, hlc, author, hash, header, facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            origin,
            header.seq,
            header.hlc.to_bits(),
            header.author.as_bytes().as_slice(),
            hash.as_bytes().as_slice(),
            header.encode(),
            join_lines(facts),
        ])?;
    Ok(connection.last_insert_rowid().cast_unsigned())
}

/// Lists a document, unless it is, and returns its number in this database.
pub fn add_document(connection: &Connection, doc: &DocId, kind: &str) -> rusqlite::Result<i64> {
    let id = doc.as_bytes().as_slice();
    let added = connection
        .prepare_cached("INSERT OR IGNORE INTO documents (doc, kind) VALUES (?1, ?2)")?
        .execute(params![id, kind])?;
    match added {
        0 => connection
            .prepare_cached("SELECT n FROM documents WHERE doc = ?1")?
            .query_row([id], |row| row.get(0)),
        _ => Ok(connection.last_insert_rowid()),
    }
}

/// Writes the change of document `number` that is number `place` in an entry; no bytes when a snapshot covers it.
pub fn add_change(
    connection: &Connection,
    number: i64,
    (entry, place): (u64, usize),
    bytes: &[u8],
) -> rusqlite::Result<()> {
    let change = changes_of(entry).start + u64::try_from(place).unwrap_or(u64::MAX);
    connection
        .prepare_cached("INSERT INTO document_changes (doc, change) VALUES (?1, ?2)")?
        .execute(params![number, change])?;
    if bytes.is_empty() {
        return Ok(());
    }
    connection
        .prepare_cached("INSERT INTO changes (n, bytes) VALUES (?1, ?2)")?
        .execute(params![change, bytes])
        .map(drop)
}

/// The change that an entry made to a document: its bytes, or none when a snapshot covers it. `None` when the entry made
/// none.
pub fn change(connection: &Connection, doc: &DocId, entry: u64) -> rusqlite::Result<Option<Vec<u8>>> {
    let Range { start, end } = changes_of(entry);
    connection
        .prepare_cached(
            "SELECT coalesce(bytes, x'') FROM document_changes LEFT JOIN changes ON n = change
             WHERE doc = (SELECT n FROM documents WHERE doc = ?1) AND change >= ?2 AND change < ?3",
        )?
        .query_row(params![doc.as_bytes().as_slice(), start, end], |row| row.get(0))
        .optional()
}

/// The numbers of an entry's changes.
fn changes_of(entry: u64) -> Range<u64> {
    entry * CHANGES_PER_ENTRY..(entry + 1) * CHANGES_PER_ENTRY
}

/// An entry's facts as they are kept.
pub fn join_lines(facts: &[Vec<u8>]) -> Vec<u8> {
    facts.join(&FACTS_SEPARATOR)
}

/// The lines of an entry's facts, one after the other as they were hashed.
pub fn split_lines(facts: &[u8]) -> impl Iterator<Item = &[u8]> {
    facts.split(|byte| *byte == FACTS_SEPARATOR).filter(|line| !line.is_empty())
}

/// The bytes of an entry's facts, one after the other.
pub fn split_facts(facts: &[u8]) -> impl Iterator<Item = &[u8]> {
    split_lines(facts).filter(|line| !line.starts_with(COMMAND))
}

/// An entry's facts, as they were said.
pub fn read_facts(connection: &Connection, facts: &[u8]) -> Result<Vec<Marked<Fact>>, ReadError> {
    let mut facts = facts_of(split_lines(facts))?;
    personal::open(connection, &mut facts)?;
    Ok(facts)
}

/// The facts among the lines of an entry, as they are kept: personal fields are sealed.
pub fn facts_of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Marked<Fact>>, ReadError> {
    lines
        .filter(|line| !line.starts_with(COMMAND))
        .map(|fact| {
            serde_json::from_slice(fact).map_err(|e| ReadError::Damaged(format!("facts of an entry: {e}")))
        })
        .collect()
}

/// A document as the database has it.
pub struct Loaded {
    pub document: Ahead,
    /// Changes that no snapshot covers.
    pub loose: usize,
    /// Its number there; `None` when the database has not heard of it.
    pub number: Option<i64>,
}

/// Loads a document; `None` when it was never written to.
pub fn load(connection: &Connection, doc: &DocId, origin: Origin) -> Result<Option<Document>, ReadError> {
    let found = find(connection, doc, origin)?;
    Ok(found.map(|(document, ..)| document))
}

/// The same, to be written to.
pub fn load_to_write(
    connection: &Connection,
    doc: &DocId,
    origin: Origin,
) -> Result<Option<Loaded>, ReadError> {
    let found = find(connection, doc, origin)?;
    Ok(found.map(|(document, loose, number)| Loaded {
        document: Ahead::of(document),
        loose,
        number: Some(number),
    }))
}

/// A document, how many of its changes no snapshot covers, and its number.
fn find(
    connection: &Connection,
    doc: &DocId,
    origin: Origin,
) -> Result<Option<(Document, usize, i64)>, ReadError> {
    let row: Option<(i64, u64, Option<Vec<u8>>)> = connection
        .prepare_cached(
            "SELECT n, coalesce(until, 0), bytes FROM documents LEFT JOIN snapshots ON snapshots.doc = n
             WHERE documents.doc = ?1",
        )?
        .query_row([doc.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((number, until, snapshot)) = row else { return Ok(None) };
    let mut document = match snapshot {
        Some(bytes) => Document::load(&bytes, origin).map_err(|e| damaged(doc, &e))?,
        None => Document::new(origin),
    };
    let mut statement = connection.prepare_cached(
        "SELECT bytes FROM document_changes JOIN changes ON n = change WHERE doc = ?1 AND change > ?2 ORDER BY change",
    )?;
    let changes = statement
        .query_map(params![number, until], |row| row.get(0))?
        .collect::<Result<Vec<Vec<u8>>, _>>()?;
    let loose = changes.len();
    apply_all(&mut document, changes).map_err(|e| damaged(doc, &e))?;
    Ok(Some((document, loose, number)))
}

/// Saves document `number` compact, and drops the bytes of the changes that are in it. It must hold all that are kept
/// here.
pub fn compact(connection: &Connection, number: i64, document: &Document) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM changes WHERE n IN (SELECT change FROM document_changes WHERE doc = ?1 AND change >
                 coalesce((SELECT until FROM snapshots WHERE doc = ?1), 0))",
        )?
        .execute([number])?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO snapshots (doc, until, bytes) VALUES
                 (?1, coalesce((SELECT max(change) FROM document_changes WHERE doc = ?1), 0), ?2)",
        )?
        .execute(params![number, document.save()])?;
    Ok(())
}

/// Applies changes that may stand in any order, each after those it builds on.
fn apply_all(document: &mut Document, mut changes: Vec<Vec<u8>>) -> Result<(), ApplyError> {
    while !changes.is_empty() {
        let before = changes.len();
        let mut waiting = Vec::new();
        let mut missing = None;
        for change in changes {
            match document.apply(&change) {
                Ok(_) => {}
                Err(e @ ApplyError::MissingDependencies { .. }) => {
                    missing = Some(e);
                    waiting.push(change);
                }
                Err(e) => return Err(e),
            }
        }
        match missing {
            Some(e) if waiting.len() == before => return Err(e),
            Some(_) | None => changes = waiting,
        }
    }
    Ok(())
}

fn damaged(doc: &DocId, error: &dyn std::error::Error) -> ReadError {
    ReadError::Damaged(format!("document {doc}: {error}"))
}
