//! This store as one of several replicas: what a session with another reads here.

use std::collections::BTreeMap;

use maitred_sync::{
    Delivery, DocId, Hash, Header, Journal, Origin, Output, Parcel, Session, Snapshot, Speaker, SubjectKey,
    Tip, Vector,
};
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::oneshot;

use crate::writer::Submission;
use crate::{CommandError, ReadError, Store, journal, made_id, personal};

impl Store {
    /// This database's lineage.
    pub fn origin(&self) -> Origin {
        self.inner.shared.origin()
    }

    /// Goes on as a new origin with the history of the old one, because a session said
    /// [`Output::Rewound`](maitred_sync::Output::Rewound). Sessions of the old origin are of no more use. What waited for a
    /// printer is marked as a possible duplicate.
    ///
    /// # Errors
    /// [`CommandError`]; after all but [`CommandError::Stopped`] it is what it was.
    pub async fn become_another(&self) -> Result<Origin, CommandError> {
        self.rebirth().await.unwrap_or(Err(CommandError::Stopped))
    }

    /// The same for those who have no runtime.
    ///
    /// # Errors
    /// As [`become_another`](Self::become_another).
    pub fn become_another_blocking(&self) -> Result<Origin, CommandError> {
        self.rebirth().blocking_recv().unwrap_or(Err(CommandError::Stopped))
    }

    fn rebirth(&self) -> oneshot::Receiver<Result<Origin, CommandError>> {
        let (reply, receiver) = oneshot::channel();
        self.inner.writer.submit(Submission::Rebirth { reply });
        receiver
    }

    /// How far each journal is known here.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn vector(&self) -> Result<Vector, ReadError> {
        let origins = self.inner.readers.read(journal::origins)?;
        Ok(origins.into_iter().map(|(_, origin, seq)| (origin, seq)).collect())
    }

    /// Starts a session with another replica of the same `realm`, with the frame to greet it with.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn open_session(&self, realm: [u8; 16]) -> Result<(Session, Vec<u8>), ReadError> {
        let speaker = Speaker { realm, origin: self.origin() };
        self.inner.readers.read(|connection| Session::open(speaker, &Journals(connection)))
    }

    /// Hands a frame of the other replica to a session.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read: the session is of no more use then.
    pub fn receive(&self, session: &mut Session, frame: &[u8]) -> Result<Vec<Output>, ReadError> {
        self.inner.readers.read(|connection| session.receive(&Journals(connection), frame))
    }

    /// The next frame for the other replica.
    ///
    /// # Errors
    /// As [`receive`](Self::receive).
    pub fn next_frame(&self, session: &mut Session) -> Result<Option<Vec<u8>>, ReadError> {
        self.inner.readers.read(|connection| session.next_frame(&Journals(connection)))
    }

    /// Writes what another replica sent, and returns how far every journal is known here, durably.
    ///
    /// # Errors
    /// [`CommandError`]; after all but [`CommandError::Stopped`] nothing of it is here.
    pub async fn deliver(&self, delivery: Delivery) -> Result<Vector, CommandError> {
        self.hand_over(delivery).await.unwrap_or(Err(CommandError::Stopped))
    }

    /// The same for those who have no runtime.
    ///
    /// # Errors
    /// As [`deliver`](Self::deliver).
    pub fn deliver_blocking(&self, delivery: Delivery) -> Result<Vector, CommandError> {
        self.hand_over(delivery).blocking_recv().unwrap_or(Err(CommandError::Stopped))
    }

    fn hand_over(&self, delivery: Delivery) -> oneshot::Receiver<Result<Vector, CommandError>> {
        let (reply, receiver) = oneshot::channel();
        self.inner.writer.submit(Submission::Delivery { delivery: Box::new(delivery), reply });
        receiver
    }
}

/// The journals of a database, as a session reads them.
struct Journals<'a>(&'a Connection);

impl Journal for Journals<'_> {
    type Error = ReadError;

    fn tips(&self) -> Result<BTreeMap<Origin, Tip>, ReadError> {
        let origins = journal::origins(self.0)?;
        let known = origins.into_iter().filter(|(_, _, seq)| *seq > 0);
        known.map(|(number, origin, _)| Ok((origin, journal::tip(self.0, number)?))).collect()
    }

    fn tip(&self, origin: Origin) -> Result<Tip, ReadError> {
        match journal::known_origin(self.0, origin)? {
            Some(number) => Ok(journal::tip(self.0, number)?),
            None => Ok(Tip::START),
        }
    }

    fn hash_at(&self, origin: Origin, seq: u64) -> Result<Option<Hash>, ReadError> {
        let Some(number) = journal::known_origin(self.0, origin)? else { return Ok(None) };
        Ok(journal::hash_at(self.0, number, seq)?)
    }

    fn beyond(&self, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, ReadError> {
        let origins = journal::origins(self.0)?;
        let mut lacking: BTreeMap<i64, u64> = BTreeMap::new();
        let mut first: Option<u64> = None;
        for (number, origin, last) in origins {
            let known = known.get(origin);
            if last > known {
                let next = journal::arrival(self.0, number, known + 1)?;
                first = Some(first.map_or(next, |first| first.min(next)));
                lacking.insert(number, known);
            }
        }
        match first {
            Some(first) => self.parcels(first, &lacking, bytes_max),
            None => Ok(Vec::new()),
        }
    }

    fn snapshot(&self, doc: DocId) -> Result<Option<Snapshot>, ReadError> {
        let row: Option<(String, Vec<u8>)> = self
            .0
            .prepare_cached(
                "SELECT kind, bytes FROM documents JOIN snapshots ON snapshots.doc = n WHERE documents.doc = ?1",
            )?
            .query_row([doc.as_bytes().as_slice()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(row.map(|(kind, bytes)| Snapshot { doc, kind, bytes }))
    }

    fn keys_beyond(&self, n: u64) -> Result<Option<(u64, Vec<SubjectKey>)>, ReadError> {
        Ok(personal::beyond(self.0, n)?)
    }

    fn made_id(first_fact: &[u8], n: u64) -> Option<[u8; 16]> {
        made_id(first_fact, n)
    }
}

impl Journals<'_> {
    /// Entries from place `first` in the order of arrival, of the journals that are `lacking`, each beyond what is known.
    fn parcels(
        &self,
        first: u64,
        lacking: &BTreeMap<i64, u64>,
        bytes_max: usize,
    ) -> Result<Vec<Parcel>, ReadError> {
        let mut statement = self
            .0
            .prepare_cached("SELECT origin, seq, n, header, facts FROM entries WHERE n >= ?1 ORDER BY n")?;
        let mut rows = statement.query([first])?;
        let (mut parcels, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let (number, seq): (i64, u64) = (row.get(0)?, row.get(1)?);
            if lacking.get(&number).is_none_or(|known| seq <= *known) {
                continue;
            }
            let parcel = self.parcel(row.get(2)?, &row.get::<_, Vec<u8>>(3)?, &row.get::<_, Vec<u8>>(4)?)?;
            bytes += parcel.bytes();
            if bytes > bytes_max && !parcels.is_empty() {
                break;
            }
            parcels.push(parcel);
        }
        Ok(parcels)
    }

    fn parcel(&self, n: u64, header: &[u8], facts: &[u8]) -> Result<Parcel, ReadError> {
        let damaged =
            |e: &dyn std::error::Error| ReadError::Damaged(format!("entry that arrived as {n}: {e}"));
        let header = Header::decode(header).map_err(|e| damaged(&e))?;
        let facts = journal::split_lines(facts).map(<[u8]>::to_vec).collect();
        let change = |doc: &DocId| -> rusqlite::Result<Option<Vec<u8>>> {
            let bytes = journal::change(self.0, doc, n)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
            Ok((!bytes.is_empty()).then_some(bytes))
        };
        let docs = header.changes.iter().map(|digest| &digest.doc);
        let changes = docs.map(change).collect::<Result<_, _>>()?;
        Parcel::assemble(header, facts, changes).map_err(|e| damaged(&e))
    }
}
