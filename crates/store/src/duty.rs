//! Papers of another hub that is gone: whoever accepted a command prints what it asks for, until it cannot.

use jiff::{SignedDuration, Timestamp};
use maitred_domain::ids::JobId;
use maitred_domain::paper::{PaperSource, PaperWanted, wanted};
use maitred_sync::{Hlc, Origin};
use rusqlite::{Connection, params};

use crate::{CommandError, PrintJob, ReadError, Store, journal, print_jobs};

/// What a job says that was taken over.
const TAKEN_OVER: &str = "the hub that was to print it is gone";
/// The most papers that are told or taken over at once.
const PAPERS_MAX: usize = 1_000;
/// The most papers of which it is known that another hub has printed them, the latest. Without it they would only be
/// printed twice, and say so.
const PAPERS_ELSEWHERE_MAX: usize = 10_000;

impl Store {
    /// The other journals that somebody wrote to of late.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn others_of_late(&self, look_back: SignedDuration) -> Result<Vec<Origin>, ReadError> {
        let now = (self.inner.clock)();
        let read = |connection: &Connection| origins_since(connection, long_ago(connection, now, look_back)?);
        let origins = self.inner.readers.read(read)?;
        Ok(origins.into_iter().filter(|origin| *origin != self.origin()).collect())
    }

    /// The papers that entries of another journal asked for of late and that are not known to be on paper, oldest first.
    /// A drawer that did not open, and a test, are of no use to anybody any more.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn unprinted_of(
        &self,
        origin: Origin,
        look_back: SignedDuration,
    ) -> Result<Vec<PaperWanted>, ReadError> {
        let (catalogue, now) = (self.catalogue(), (self.inner.clock)());
        let facts = self
            .inner
            .readers
            .read(|connection| facts_of(connection, origin, long_ago(connection, now, look_back)?))?;
        let mut papers = Vec::new();
        for facts in facts {
            for fact in journal::facts_of(journal::split_lines(&facts))? {
                let check = fact.fact.check().map(|id| self.check(id)).transpose()?.flatten();
                papers.extend(wanted(&fact.fact, check.as_deref(), &catalogue));
            }
        }
        papers.retain(|paper| !matches!(paper.source, PaperSource::Drawer { .. } | PaperSource::Test));
        self.inner.readers.read(|connection| without_printed(connection, papers))
    }

    /// Another hub has printed these, or knows that nobody will.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn know_printed(&self, keys: Vec<String>) -> Result<(), CommandError> {
        self.write(move |connection| know_printed(connection, &keys)).await
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

/// The stamp of so long ago, by the later of the clock and the last that happened: a clock that was put back must not
/// bring last night's papers back.
fn long_ago(connection: &Connection, now: Timestamp, look_back: SignedDuration) -> rusqlite::Result<u64> {
    let last_ms = Hlc::from_bits(journal::latest_hlc(connection)?).millis();
    let now_ms = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let back_ms = u64::try_from(look_back.as_millis()).unwrap_or_default();
    Ok(Hlc::new(last_ms.max(now_ms).saturating_sub(back_ms), 0).to_bits())
}

fn origins_since(connection: &Connection, since: u64) -> Result<Vec<Origin>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT origin FROM origins WHERE n IN (SELECT origin FROM entries WHERE hlc >= ?1) ORDER BY n",
    )?;
    let rows = statement.query_map([since], |row| row.get(0).map(Origin::from_bytes))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn facts_of(connection: &Connection, origin: Origin, since: u64) -> Result<Vec<Vec<u8>>, ReadError> {
    let Some(number) = journal::known_origin(connection, origin)? else { return Ok(Vec::new()) };
    let mut statement = connection.prepare_cached(
        "SELECT facts FROM entries WHERE hlc >= ?2 AND origin = ?1 ORDER BY n DESC LIMIT ?3",
    )?;
    let rows = statement.query_map(params![number, since, PAPERS_MAX], |row| row.get(0))?;
    let mut facts = rows.collect::<Result<Vec<Vec<u8>>, _>>()?;
    facts.reverse();
    Ok(facts)
}

fn without_printed(connection: &Connection, papers: Vec<PaperWanted>) -> Result<Vec<PaperWanted>, ReadError> {
    let mut statement = connection.prepare_cached("SELECT 1 FROM papers_elsewhere WHERE key = ?1")?;
    let mut unprinted = Vec::new();
    for paper in papers {
        if !statement.exists([&paper.key])? {
            unprinted.push(paper);
        }
    }
    Ok(unprinted)
}

fn know_printed(connection: &Connection, keys: &[String]) -> rusqlite::Result<()> {
    let mut insert = connection.prepare_cached("INSERT OR IGNORE INTO papers_elsewhere (key) VALUES (?1)")?;
    for key in keys {
        insert.execute([key])?;
    }
    connection
        .prepare_cached("DELETE FROM papers_elsewhere WHERE n <= (SELECT max(n) FROM papers_elsewhere) - ?1")?
        .execute([PAPERS_ELSEWHERE_MAX])
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_printed_is_remembered_as_far_as_it_matters() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(include_str!("../migrations/V19__papers_elsewhere.sql")).unwrap();
        let papers = |count: usize| (0..count).map(|n| format!("ticket/{n}")).collect::<Vec<_>>();
        let knows = |n: usize| {
            let mut statement = connection.prepare("SELECT 1 FROM papers_elsewhere WHERE key = ?1").unwrap();
            statement.exists([format!("ticket/{n}")]).unwrap()
        };
        know_printed(&connection, &papers(PAPERS_ELSEWHERE_MAX / 2)).unwrap();
        assert!(knows(0));
        know_printed(&connection, &papers(PAPERS_ELSEWHERE_MAX + 1)).unwrap();
        assert!(!knows(0) && knows(1) && knows(PAPERS_ELSEWHERE_MAX));
    }
}
