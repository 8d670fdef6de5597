//! The floor: a bare SQLite commit with the store's settings, and bare edits of the documents.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::{Duration, Instant};

use maitred_domain::check::Marked;
use maitred_domain::fact::Fact;
use maitred_store::Store;
use maitred_sync::{Document, Hlc, Origin};
use rusqlite::Connection;

use crate::Outcome;

/// Commands whose edits are made once more.
const ENTRIES_MAX: usize = 5_000;

/// A database that takes one small row at a time.
pub struct Commits(Connection);

impl Commits {
    /// Opens it, set up as the store's.
    pub fn open(folder: &Path) -> Outcome<Self> {
        let connection = Connection::open(folder.join("bare.db"))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        connection.pragma_update(None, "cache_size", -8192)?;
        connection
            .execute_batch("CREATE TABLE bare (n INTEGER PRIMARY KEY, filling BLOB NOT NULL) STRICT")?;
        Ok(Self(connection))
    }

    /// How long one durable row takes.
    pub fn one(&self) -> Outcome<Duration> {
        let started = Instant::now();
        self.0
            .prepare_cached("INSERT INTO bare (filling) VALUES (?1)")?
            .execute([[0x55_u8; 200].as_slice()])?;
        Ok(started.elapsed())
    }
}

/// How long each edit takes that writes what the commands of `store` wrote, and nothing else.
pub fn edits(store: &Store) -> Outcome<Vec<Duration>> {
    let mut entries: BTreeMap<u64, Vec<Marked<Fact>>> = BTreeMap::new();
    for entry in store.entries_after(1, ENTRIES_MAX)? {
        entries.insert(entry.seq, entry.facts);
    }
    let mut documents: HashMap<String, Document> = HashMap::new();
    let mut took = Vec::new();
    for facts in entries.values() {
        let mut writes: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for fact in facts {
            let (document, key, json) = laid_out(fact)?;
            writes.entry(document).or_default().push((key, json));
        }
        let hlc = Hlc::from_bits(facts.first().map_or(0, |fact| fact.mark.hlc));
        for (id, facts) in writes {
            let document = documents.entry(id).or_insert_with(|| Document::new(Origin::from_bytes([3; 16])));
            let started = Instant::now();
            let mut edit = document.edit(hlc);
            for (key, json) in &facts {
                match key.as_str() {
                    "" => edit.set("value", "current", Some(json))?,
                    key => edit.insert("fact", key, json)?,
                }
            }
            std::hint::black_box(edit.commit());
            took.push(started.elapsed());
        }
    }
    Ok(took)
}

/// Which document a fact is in, under which key (none for a value that replaces the one before), and its text.
fn laid_out(fact: &Marked<Fact>) -> Outcome<(String, String, String)> {
    let mark = fact.mark;
    Ok(match &fact.fact {
        Fact::Check { id, fact } => {
            (id.to_string(), fact.key(), serde_json::to_string(&Marked { mark, fact })?)
        }
        Fact::Table { id, mark: said, .. } => {
            (id.to_string(), String::new(), serde_json::to_string(&(mark, said))?)
        }
        Fact::Stock { id, fact } => (id.to_string(), String::new(), serde_json::to_string(fact)?),
        Fact::Day { .. } | Fact::Device { .. } | Fact::Entity { .. } => {
            let json = serde_json::to_string(&fact.fact)?;
            ("other".to_owned(), format!("{}", mark.hlc), json)
        }
    })
}
