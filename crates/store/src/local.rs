//! Writes that are this hub's alone: print jobs, sessions, lock-outs. Durable when they return, like commands.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maitred_domain::ids::{JobId, PrinterId, StaffId};
use maitred_domain::paper::{PaperSource, PaperWanted};
use rusqlite::Connection;
use tokio::sync::{oneshot, watch};

use crate::people::rows;
use crate::writer::{Local, Submission};
use crate::{
    CommandError, JobFilter, JobSettled, JobState, Lockout, People, PrintJob, ReadError, Session, Store,
    print_jobs,
};

/// Sessions kept in memory; beyond it they are read again.
const SESSIONS_MAX: usize = 4096;

struct Write<F> {
    run: F,
    reply: oneshot::Sender<Result<(), CommandError>>,
}

impl<F: FnMut(&Connection) -> rusqlite::Result<()> + Send> Local for Write<F> {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        (self.run)(connection)
    }

    fn done(self: Box<Self>, outcome: Result<(), CommandError>) {
        drop(self.reply.send(outcome));
    }
}

impl Store {
    pub(crate) async fn write(
        &self,
        run: impl FnMut(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), CommandError> {
        let (reply, receiver) = oneshot::channel();
        self.inner.writer.submit(Submission::Local(Box::new(Write { run, reply })));
        receiver.await.unwrap_or(Err(CommandError::Stopped))
    }

    /// Writes something that nobody reads, durably: whether the database still takes a write.
    ///
    /// # Errors
    /// [`CommandError`] when it does not.
    pub async fn try_write(&self) -> Result<(), CommandError> {
        let pulse = "INSERT OR REPLACE INTO meta (name, value) VALUES ('pulse', x'00')";
        self.write(move |connection| connection.prepare_cached(pulse)?.execute([]).map(drop)).await
    }

    fn now(&self) -> Timestamp {
        (self.inner.clock)()
    }

    fn job_after(&self, id: JobId) -> Result<PrintJob, CommandError> {
        let job = self.print_job(id).map_err(|e| CommandError::Unhealthy(e.to_string()))?;
        job.ok_or(CommandError::Refused(maitred_domain::decide::Refusal::Unknown("print job")))
    }

    /// Jobs, newest first.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn print_jobs(&self, filter: &JobFilter, limit: usize) -> Result<Vec<PrintJob>, ReadError> {
        self.inner.readers.read(|connection| print_jobs::list(connection, filter, limit))
    }

    /// One job.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn print_job(&self, id: JobId) -> Result<Option<PrintJob>, ReadError> {
        self.inner.readers.read(|connection| print_jobs::get(connection, id))
    }

    /// The oldest job of a printer that is to be tried at `now`: queued, or indeterminate and to be printed again.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn next_job(&self, printer: PrinterId, now: Timestamp) -> Result<Option<PrintJob>, ReadError> {
        self.inner.readers.read(|connection| print_jobs::next(connection, printer, now))
    }

    /// When the next waiting job of the printer is due, if there is one.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn next_job_at(&self, printer: PrinterId) -> Result<Option<Timestamp>, ReadError> {
        self.inner.readers.read(|connection| print_jobs::next_at(connection, printer))
    }

    /// How many jobs of a printer wait, and since when.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn waiting_jobs(&self, printer: PrinterId) -> Result<(u32, Option<Timestamp>), ReadError> {
        self.inner.readers.read(|connection| print_jobs::waiting(connection, printer))
    }

    /// How many jobs of each state are not done; those that a person must decide about too.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn job_counts(&self) -> Result<BTreeMap<JobState, u64>, ReadError> {
        self.inner.readers.read(print_jobs::counts)
    }

    /// Queues a paper that no fact asks for. The same key gives the same job.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn queue_job(
        &self,
        key: String,
        printer: PrinterId,
        source: PaperSource,
        duplicate: bool,
    ) -> Result<PrintJob, CommandError> {
        let paper = PaperWanted { key, printer, source };
        let id = maitred_domain::ids::named(&format!("job/{}", paper.key));
        let now = self.now();
        self.write(move |connection| print_jobs::queue(connection, now, &paper, duplicate).map(drop)).await?;
        self.job_after(id)
    }

    /// Commits that an attempt begins, before its first byte. Returns the job with its attempt counted.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written: then no byte may be sent.
    pub async fn begin_attempt(&self, id: JobId) -> Result<PrintJob, CommandError> {
        self.write(move |connection| print_jobs::begin(connection, id)).await?;
        self.job_after(id)
    }

    /// Commits how an attempt, or a job, ended.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn settle_job(&self, id: JobId, settled: JobSettled) -> Result<PrintJob, CommandError> {
        let now = self.now();
        self.write(move |connection| print_jobs::settle(connection, now, id, &settled)).await?;
        self.job_after(id)
    }

    /// At start: jobs that a dead process left half done become indeterminate.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn recover_jobs(&self) -> Result<(), CommandError> {
        self.write(|connection| print_jobs::recover(connection).map(drop)).await
    }

    /// Keeps a session under the hash of its token, and drops those that expired.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn put_session(&self, token_hash: [u8; 32], session: Session) -> Result<(), CommandError> {
        let now = self.now();
        let kept = session.clone();
        self.write(move |connection| {
            rows::drop_expired(connection, now)?;
            rows::put_session(connection, &token_hash, &session)
        })
        .await?;
        let mut sessions = self.sessions();
        if sessions.len() >= SESSIONS_MAX {
            sessions.clear();
        }
        sessions.insert(token_hash, kept);
        drop(sessions);
        self.people_changed();
        Ok(())
    }

    /// Signs out.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn end_session(&self, token_hash: [u8; 32]) -> Result<(), CommandError> {
        self.sessions().remove(&token_hash);
        self.write(move |connection| rows::end_session(connection, &token_hash)).await?;
        self.sessions().remove(&token_hash);
        self.people_changed();
        Ok(())
    }

    /// Signs a person out wherever they are, but for the session that `keep` is the hash of the token of.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn end_sessions_of(&self, staff: StaffId, keep: [u8; 32]) -> Result<(), CommandError> {
        let forget = || self.sessions().retain(|token, it| it.staff != staff || *token == keep);
        forget();
        self.write(move |connection| rows::end_sessions_of(connection, staff, &keep)).await?;
        forget();
        self.people_changed();
        Ok(())
    }

    /// Forgets a person's wrong PINs, on every device.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn forget_lockouts(&self, staff: StaffId) -> Result<(), CommandError> {
        let now = self.now();
        self.write(move |connection| rows::forget_lockouts(connection, staff, now)).await?;
        self.people_changed();
        Ok(())
    }

    /// Wrong PINs of `subject`.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn lockout(&self, subject: &str) -> Result<Lockout, ReadError> {
        self.inner.readers.read(|connection| rows::lockout(connection, subject).map_err(Into::into))
    }

    /// Keeps what is known of wrong PINs of `subject`; the default forgets it.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn set_lockout(&self, subject: String, lockout: Lockout) -> Result<(), CommandError> {
        let now = self.now();
        self.write(move |connection| rows::set_lockout(connection, &subject, &lockout, now)).await?;
        self.people_changed();
        Ok(())
    }

    /// Everybody who is signed in or locked out, for another hub.
    ///
    /// # Errors
    /// [`ReadError`] when the database cannot be read.
    pub fn people(&self) -> Result<People, ReadError> {
        self.inner.readers.read(|connection| rows::people(connection).map_err(Into::into))
    }

    /// Takes what another hub knows of who is signed in or locked out. Whoever follows [`Store::people_news`] is not told:
    /// every hub tells every other.
    ///
    /// # Errors
    /// [`CommandError`] when it was not written.
    pub async fn merge_people(&self, people: People) -> Result<(), CommandError> {
        self.write(move |connection| rows::merge(connection, &people)).await?;
        // What ended there may be remembered here.
        self.sessions().clear();
        Ok(())
    }

    /// Follows changes to who is signed in or locked out that were made here.
    pub fn people_news(&self) -> watch::Receiver<u64> {
        self.inner.people.subscribe()
    }

    fn people_changed(&self) {
        self.inner.people.send_modify(|changes| *changes += 1);
    }
}
