//! The backend of several nodes: one PostgreSQL database, in which row-level security keeps venues apart.
//!
//! *Invariant:* a node logs in as a role that owns nothing, and every transaction says first what it may reach: without
//! that it finds nothing at all. What is acknowledged is on the database's disk.

mod accounts;
mod backups;
mod keys;
mod login;
mod scoped;
mod tenants;
mod venue;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime as OfPool, Timeouts};
use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_sync::{Delivery, DocId, Hash, Origin, Parcel, Snapshot, SubjectKey, Tip, Vector};
use tempfile::NamedTempFile;
use tokio::runtime::Runtime;
use uuid::Uuid;

use self::login::{Login, log_in};
use self::scoped::{Scope, Scoped};
use super::accounts::{Accounts, Guesses, NewUser, Sighting, User, UserError};
use super::backups::{Backups, Sealed};
use super::{EnrolError, EnrolledHub, Enrolment, NewToken, Storage, StorageError, Venue};
use crate::ids::{OrganisationId, UserId, VenueId};
use crate::limits::{DATABASE_CONNECT_TIME_MAX, DATABASE_CONNECTIONS_MAX, DATABASE_WAIT_MAX};
use maitred_process::clock;

/// Tenants and journals in a PostgreSQL database.
pub struct Postgres {
    pool: Pool,
    /// What reads and writes the sockets; `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Postgres {
    /// Opens the database at `url`. The URL is of the role that serves, or of an owner: then the schema is brought up to
    /// date first, and a role that owns nothing logs in. Certificates of the file `authority` are believed beside those
    /// of the system.
    ///
    /// # Errors
    /// [`StorageError`] when it cannot be used.
    pub fn open(url: &str, authority: Option<&Path>) -> Result<Self, StorageError> {
        let runtime = runtime()?;
        let Login { config, tls } = wait(&runtime, log_in(url, authority))?;
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, tls, recycling))
            .max_size(DATABASE_CONNECTIONS_MAX)
            .runtime(OfPool::Tokio1)
            .timeouts(Timeouts {
                wait: Some(DATABASE_WAIT_MAX),
                create: Some(DATABASE_CONNECT_TIME_MAX),
                recycle: Some(DATABASE_CONNECT_TIME_MAX),
            })
            .build()
            .map_err(|error| StorageError::Unusable(error.to_string()))?;
        Ok(Self { pool, runtime: Some(runtime) })
    }

    /// Brings the schema up to date, as the owner at `url`, and lets `role` serve with it.
    ///
    /// # Errors
    /// [`StorageError`] when the owner may not, or there is no such role.
    pub fn migrate(url: &str, authority: Option<&Path>, role: &str) -> Result<(), StorageError> {
        let runtime = runtime()?;
        let migrated = wait(&runtime, login::migrate(url, authority, role));
        runtime.shutdown_background();
        migrated
    }

    /// Waits for the database, on whatever thread this is called.
    fn wait<T>(&self, asked: impl Future<Output = T>) -> T {
        wait(self.runtime.as_ref().expect("it is there until it is dropped"), asked)
    }

    /// One transaction, which reaches what `scope` lets it.
    fn within<T, E: From<StorageError>>(
        &self,
        scope: Scope,
        call: impl AsyncFnOnce(&Scoped<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.wait(async {
            let mut client = self.pool.get().await.map_err(StorageError::from)?;
            let transaction = Scoped::begin(&mut client, scope).await?;
            let done = call(&transaction).await?;
            transaction.commit().await?;
            Ok(done)
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Whoever drops this may be a task of another runtime, which must not wait.
            runtime.shutdown_background();
        }
    }
}

fn runtime() -> Result<Runtime, StorageError> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(1).thread_name("database").enable_all().build()?)
}

fn wait<T>(runtime: &Runtime, asked: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| runtime.block_on(asked))
}

impl Storage for Postgres {
    fn check(&self) -> Result<(), StorageError> {
        self.within(Scope::Node, async |it| it.row("SELECT 1", &[]).await.map(drop))
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn seed(&self, new: [u8; 32]) -> Result<[u8; 32], StorageError> {
        self.within(Scope::Node, async |it| tenants::seed(it, new).await)
    }

    fn issue(&self, token: &NewToken) -> Result<VenueId, StorageError> {
        self.within(Scope::Operator, async |it| tenants::issue(it, token).await)
    }

    fn enrol(&self, enrolment: &Enrolment) -> Result<EnrolledHub, EnrolError> {
        self.within(Scope::Token(enrolment.token_hash), async |it| tenants::enrol(it, enrolment).await)
    }

    fn hub(&self, hub: PublicKey) -> Result<Option<EnrolledHub>, StorageError> {
        self.within(Scope::Hub(hub), async |it| tenants::hub(it, hub).await)
    }

    fn let_in_no_more(&self, hubs: &[(PublicKey, VenueId)]) -> Result<Vec<PublicKey>, StorageError> {
        self.within(Scope::Node, async |it| tenants::let_in_no_more(it, hubs).await)
    }

    fn revoke(&self, hub: PublicKey, at: Timestamp) -> Result<bool, StorageError> {
        self.within(Scope::Hub(hub), async |it| tenants::revoke(it, hub, at).await)
    }

    fn venues(&self) -> Result<Vec<Venue>, StorageError> {
        self.within(Scope::Operator, async |it| tenants::venues(it).await)
    }

    fn hubs(&self, venue: VenueId) -> Result<Vec<EnrolledHub>, StorageError> {
        self.within(Scope::Venue(venue), async |it| tenants::hubs(it, venue).await)
    }

    fn growth(&self, venues: &[VenueId]) -> Result<BTreeMap<VenueId, u64>, StorageError> {
        self.within(Scope::Node, async |it| venue::growth(it, venues).await)
    }

    fn tips(&self, venue: VenueId) -> Result<BTreeMap<Origin, Tip>, StorageError> {
        self.within(Scope::Venue(venue), async |it| venue::tips(it, venue).await)
    }

    fn hash_at(&self, venue: VenueId, origin: Origin, seq: u64) -> Result<Option<Hash>, StorageError> {
        self.within(Scope::Venue(venue), async |it| venue::hash_at(it, venue, origin, seq).await)
    }

    fn beyond(&self, venue: VenueId, known: &Vector, bytes_max: usize) -> Result<Vec<Parcel>, StorageError> {
        self.within(Scope::Venue(venue), async |it| venue::beyond(it, venue, known, bytes_max).await)
    }

    fn snapshot(&self, venue: VenueId, doc: DocId) -> Result<Option<Snapshot>, StorageError> {
        self.within(Scope::Venue(venue), async |it| venue::snapshot(it, venue, doc).await)
    }

    fn keys_beyond(&self, venue: VenueId, n: u64) -> Result<Option<(u64, Vec<SubjectKey>)>, StorageError> {
        self.within(Scope::Venue(venue), async |it| keys::beyond(it, venue, n).await)
    }

    fn store(&self, venue: VenueId, deliveries: &[Delivery]) -> Result<Vector, StorageError> {
        self.within(Scope::Venue(venue), async |it| venue::store(it, venue, deliveries).await)
    }
}

impl Backups for Postgres {
    fn draft(&self) -> Result<NamedTempFile, StorageError> {
        Ok(NamedTempFile::new()?)
    }

    fn keep_backup(&self, sealed: &Sealed, mut draft: NamedTempFile) -> Result<(), StorageError> {
        let id = Uuid::from_bytes(clock::random());
        self.within(Scope::Venue(sealed.venue), async |it| {
            backups::keep(it, id, sealed, draft.as_file_mut()).await
        })
    }

    fn newest_backup(&self, fetch: [u8; 32]) -> Result<Option<File>, StorageError> {
        let mut copy = tempfile::tempfile()?;
        let is_there =
            self.within(Scope::Fetch(fetch), async |it| backups::newest(it, fetch, &mut copy).await)?;
        Ok(is_there.then_some(copy))
    }
}

impl Accounts for Postgres {
    fn put_user(&self, user: &NewUser) -> Result<UserId, UserError> {
        self.within(Scope::Operator, async |it| accounts::put_user(it, user).await)
    }

    fn user_of_email(&self, email: &str) -> Result<Option<User>, StorageError> {
        self.within(Scope::Address(email.into()), async |it| accounts::user_of_email(it, email).await)
    }

    fn set_password(&self, user: UserId, password_hash: &str) -> Result<(), StorageError> {
        self.within(Scope::User(user), async |it| accounts::set_password(it, user, password_hash).await)
    }

    fn charge(&self, subject: u32, now: Timestamp) -> Result<(Guesses, bool), StorageError> {
        self.within(Scope::Node, async |it| accounts::charge(it, subject, now).await)
    }

    fn forgive(&self, subject: u32) -> Result<(), StorageError> {
        self.within(Scope::Node, async |it| accounts::forgive(it, subject).await)
    }

    fn open_user_session(
        &self,
        hash: [u8; 32],
        user: UserId,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> Result<(), StorageError> {
        let (scope, until) = (Scope::User(user), (now, expires_at));
        self.within(scope, async |it| accounts::open_user_session(it, hash, user, until).await)
    }

    fn user_of_session(&self, hash: [u8; 32], now: Timestamp) -> Result<Option<User>, StorageError> {
        self.within(Scope::Session(hash), async |it| accounts::user_of_session(it, hash, now).await)
    }

    fn end_user_session(&self, hash: [u8; 32]) -> Result<(), StorageError> {
        self.within(Scope::Session(hash), async |it| accounts::end_user_session(it, hash).await)
    }

    fn venues_of(&self, organisation: OrganisationId) -> Result<Vec<Venue>, StorageError> {
        let scope = Scope::Organisation(organisation);
        self.within(scope, async |it| accounts::venues_of(it, organisation).await)
    }

    fn sight(&self, sighting: &Sighting) -> Result<(), StorageError> {
        self.within(Scope::Venue(sighting.venue), async |it| accounts::sight(it, sighting).await)
    }

    fn sightings(&self, venue: VenueId) -> Result<Vec<Sighting>, StorageError> {
        self.within(Scope::Venue(venue), async |it| accounts::sightings(it, venue).await)
    }
}
