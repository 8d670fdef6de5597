//! Papers of another hub that is gone: whoever accepted a command prints what it asks for, until it cannot.

use jiff::Timestamp;
use maitred_domain::ids::JobId;
use maitred_domain::paper::{PaperWanted, wanted};
use maitred_sync::Origin;
use rusqlite::{Connection, params};

use crate::{CommandError, PrintJob, ReadError, Store, journal, print_jobs};

/// What a job says that was taken over.
const TAKEN_OVER: &str = "the hub that was to print it is gone";
/// The most papers that are told or taken over at once.
const PAPERS_MAX: usize = 1_000;

impl Store {
    /// The papers that entries of another journal asked for since then, oldest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn papers_of(&self, origin: Origin, since: Timestamp) -> Result<Vec<PaperWanted>, ReadError> {
        let catalogue = self.catalogue();
        let facts = self.inner.readers.read(|connection| facts_of(connection, origin, since))?;
        let mut papers = Vec::new();
        for facts in facts {
            for fact in journal::read_facts(&facts)? {
                let check = fact.fact.check().map(|id| self.check(id)).transpose()?.flatten();
                papers.extend(wanted(&fact.fact, check.as_deref(), &catalogue));
            }
        }
        Ok(papers)
    }

    /// Papers that this hub printed and another was asked for as well, because one command reached both while they did not
    /// hear of each other: neither could say that there may be another. Newest first; not those that a person has seen.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn printed_twice(&self, limit: usize) -> Result<Vec<PrintJob>, ReadError> {
        self.inner.readers.read(|connection| print_jobs::printed_twice(connection, limit))
    }

    /// A person has seen that there may be two papers of a job.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn dismiss_printed_twice(&self, job: JobId) -> Result<(), CommandError> {
        self.write(move |connection| print_jobs::seen_twice(connection, job)).await
    }

    /// Queues papers that another hub was to print, and may have printed: they say so. Those that were queued here before
    /// are left alone.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn take_over(&self, papers: Vec<PaperWanted>) -> Result<(), CommandError> {
        let now = (self.inner.clock)();
        self.write(move |connection| {
            papers.iter().try_for_each(|paper| print_jobs::take_over(connection, now, paper, TAKEN_OVER))
        })
        .await
    }

    /// Jobs left over from an earlier run may have been printed by another hub meanwhile: they say so.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn doubt_jobs(&self) -> Result<(), CommandError> {
        self.write(|connection| print_jobs::doubt(connection, print_jobs::AWAY).map(drop)).await
    }

    /// Keys of the papers that are on paper, or will never be, settled since then.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn settled_papers(&self, since: Timestamp) -> Result<Vec<String>, ReadError> {
        self.keys("settled >= ?1", since)
    }

    /// Keys of the papers that were taken over since then.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn taken_over(&self, since: Timestamp) -> Result<Vec<String>, ReadError> {
        self.keys("taken_over = 1 AND created >= ?1", since)
    }

    fn keys(&self, which: &str, since: Timestamp) -> Result<Vec<String>, ReadError> {
        let sql = format!("SELECT key FROM print_jobs WHERE {which} ORDER BY number DESC LIMIT ?2");
        self.inner.readers.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let keys = statement.query_map(params![since.as_millisecond(), PAPERS_MAX], |row| row.get(0))?;
            Ok(keys.collect::<Result<_, _>>()?)
        })
    }

    /// Another hub took these papers over: what still waits here is not printed again.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn dismiss_taken(&self, keys: Vec<String>) -> Result<(), CommandError> {
        let now = (self.inner.clock)();
        self.write(move |connection| {
            keys.iter().try_for_each(|key| print_jobs::dismiss_taken(connection, now, key))
        })
        .await
    }
}

fn facts_of(connection: &Connection, origin: Origin, since: Timestamp) -> Result<Vec<Vec<u8>>, ReadError> {
    let Some(number) = journal::known_origin(connection, origin)? else { return Ok(Vec::new()) };
    let since = u64::try_from(since.as_millisecond()).unwrap_or_default() << 16;
    let mut statement = connection.prepare_cached(
        "SELECT facts FROM entries WHERE hlc >= ?2 AND origin = ?1 ORDER BY n DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![number, since, PAPERS_MAX], |row| row.get(0))?;
    let mut facts = rows.collect::<Result<Vec<Vec<u8>>, _>>()?;
    facts.reverse();
    Ok(facts)
}
