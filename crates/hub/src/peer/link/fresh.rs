//! The beginning of a connection for a hub that knows nothing yet: it asks for a copy, and without one begins the session.

use std::sync::Arc;

use maitred_sync::Hash;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;

use super::{Link, LinkError};
use crate::limits::COPY_SILENCE_MAX;
use crate::peer::copy::{Arrival, CopyError, Step, give};
use crate::peer::progress::Progress;
use crate::peer::say::{Message, Say};

/// What a hub that knows nothing yet has got so far.
#[derive(Default)]
pub(super) struct Fresh {
    /// The other side's greeting: the session begins with it.
    hello: Option<Vec<u8>>,
    /// How large a copy of the other's store would be, once it said so.
    offered: Option<u64>,
    copy: Copy,
}

/// How it stands about the copy.
#[derive(Default)]
enum Copy {
    /// It was not asked for.
    #[default]
    None,
    /// It was.
    Asked { one: OwnedSemaphorePermit, at: Instant },
    /// It comes.
    Arrives { arrival: Arrival, heard_at: Instant },
    /// It lies beside the database: this hub starts anew.
    Arrived,
}

impl Link<'_> {
    /// The greeting of the other side's session waits until there is one here.
    pub(super) fn hold(&mut self, hello: Vec<u8>) -> Result<(), LinkError> {
        let fresh = self.fresh.as_mut().ok_or(LinkError::Malformed)?;
        if fresh.hello.replace(hello).is_some() { Err(LinkError::Malformed) } else { Ok(()) }
    }

    /// The other side said how large a copy would be.
    pub(super) async fn offered(&mut self, bytes: u64) -> Result<(), LinkError> {
        if let Some(fresh) = &mut self.fresh {
            fresh.offered = Some(bytes);
        }
        self.go_on().await
    }

    /// Asks for a copy, or begins the session without one, as soon as either is possible.
    pub(super) async fn go_on(&mut self) -> Result<(), LinkError> {
        let Some(fresh) = &mut self.fresh else { return Ok(()) };
        match (&fresh.copy, fresh.offered) {
            (Copy::None, Some(bytes)) => {
                let copies = &self.app.hubs.copies;
                if self.app.store.head() > 0 || !copies.is_wanted(bytes) {
                    return self.begin_session().await;
                }
                // Another connection may bring one.
                let Some(one) = copies.try_one() else { return Ok(()) };
                let now = Instant::now();
                fresh.copy = Copy::Asked { one, at: now };
                self.begun_at = now;
                self.tell_copied(0, bytes);
                self.say(Say::WantCopy { schema: maitred_store::schema() }).await
            }
            (Copy::Asked { at: heard_at, .. } | Copy::Arrives { heard_at, .. }, _)
                if heard_at.elapsed() > COPY_SILENCE_MAX =>
            {
                self.without_copy(CopyError::Silent).await
            }
            _ => Ok(()),
        }
    }

    /// A copy of so many bytes comes.
    pub(super) async fn copy_comes(&mut self, of: u64) -> Result<(), LinkError> {
        let fresh = self.fresh.as_mut().ok_or(LinkError::Malformed)?;
        let Copy::Asked { one, .. } = std::mem::take(&mut fresh.copy) else {
            return Err(LinkError::Malformed);
        };
        tracing::info!(bytes = of, "a copy of the venue's store arrives");
        // How long the rest takes is not to be told by how long the other side took to make it.
        self.begun_at = Instant::now();
        match Arrival::begin(&self.app.store, of, one, self.steps.clone()) {
            Ok(arrival) => fresh.copy = Copy::Arrives { arrival, heard_at: Instant::now() },
            Err(error) => return self.without_copy(error).await,
        }
        Ok(())
    }

    /// A piece of it came.
    pub(super) fn piece_came(&mut self, packed: Vec<u8>) {
        // Without one they were on their way when it was given up.
        if let Some(Fresh { copy: Copy::Arrives { arrival, heard_at }, .. }) = &mut self.fresh {
            *heard_at = Instant::now();
            arrival.piece(packed);
        }
    }

    /// All of it came.
    pub(super) fn copy_came(&mut self, hash: Hash) {
        if let Some(Fresh { copy: Copy::Arrives { arrival, .. }, .. }) = &self.fresh {
            arrival.end(hash);
        }
    }

    /// What became of what came.
    pub(super) async fn step(&mut self, step: Step) -> Result<(), LinkError> {
        let Some(Fresh { copy: Copy::Arrives { arrival, .. }, .. }) = &mut self.fresh else {
            return Ok(());
        };
        match step {
            Step::Taken(bytes) => {
                let of = arrival.of;
                self.tell_copied(bytes, of);
                self.say(Say::CopyTaken).await
            }
            Step::Ended(Ok(())) => {
                tracing::info!(
                    bytes = arrival.of,
                    "the copy of the venue's store is here: the hub starts anew with it"
                );
                if let Some(fresh) = &mut self.fresh {
                    fresh.copy = Copy::Arrived;
                }
                self.app.hubs.copies.arrived.send_replace(true);
                Ok(())
            }
            Step::Ended(Err(error)) => self.without_copy(error).await,
        }
    }

    /// The other side gives none.
    pub(super) async fn no_copy_comes(&mut self, error: CopyError) -> Result<(), LinkError> {
        match &self.fresh {
            Some(Fresh { copy: Copy::Asked { .. } | Copy::Arrives { .. }, .. }) => {
                self.without_copy(error).await
            }
            _ => Ok(()),
        }
    }

    /// There is no copy: the session tells the entries.
    async fn without_copy(&mut self, error: CopyError) -> Result<(), LinkError> {
        tracing::warn!("no copy of the venue's store, entries are told instead: {error}");
        self.begin_session().await
    }

    /// Gives the other side a copy, once in a connection.
    pub(super) fn give_copy(&mut self, schema: i64) -> Result<(), LinkError> {
        if !self.giving.is_empty() {
            return Err(LinkError::Malformed);
        }
        self.giving.spawn(give(self.app.clone(), schema, self.out.clone(), Arc::clone(&self.ahead)));
        Ok(())
    }

    async fn begin_session(&mut self) -> Result<(), LinkError> {
        let fresh = self.fresh.take();
        self.greet().await?;
        match fresh.and_then(|fresh| fresh.hello) {
            Some(hello) => Box::pin(self.hear(Message::Frame(hello))).await,
            None => Ok(()),
        }
    }

    fn tell_copied(&mut self, bytes: u64, of: u64) {
        self.show(Progress::of_copy(bytes, of, self.begun_at.elapsed()));
    }
}
