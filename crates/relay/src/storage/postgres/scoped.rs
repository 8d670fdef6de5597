//! Transactions that say what they may reach.

use deadpool_postgres::{Client, Transaction};
use maitred_link::PublicKey;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::ids::{OrganisationId, UserId, VenueId};
use crate::storage::StorageError;

/// What a statement is given.
pub type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What a transaction may reach. The database lets it see nothing else.
#[derive(Clone)]
pub enum Scope {
    /// What is of one venue.
    Venue(VenueId),
    /// Where a hub belongs that proved its key.
    Hub(PublicKey),
    /// The token that is shown, by its hash.
    Token([u8; 32]),
    /// Backups that are handed out for a token, by its hash.
    Fetch([u8; 32]),
    /// The user who says that this is their address.
    Address(String),
    /// Whoever is signed in by what is shown, by its hash.
    Session([u8; 32]),
    /// One user.
    User(UserId),
    /// The names of an organisation and its venues.
    Organisation(OrganisationId),
    /// What a node asks about itself: its key, who of its hubs was revoked, which venues grew, wrong passwords.
    Node,
    /// Names of organisations, venues and users.
    Operator,
}

impl Scope {
    fn setting(self) -> (&'static str, String) {
        match self {
            Self::Venue(venue) => ("app.tenant", venue.to_string()),
            Self::Hub(hub) => ("app.hub", hub.to_string()),
            Self::Token(hash) => ("app.token", PublicKey(hash).to_string()),
            Self::Fetch(hash) => ("app.fetch", PublicKey(hash).to_string()),
            Self::Address(email) => ("app.address", email),
            Self::Session(hash) => ("app.session", PublicKey(hash).to_string()),
            Self::User(user) => ("app.user", user.0.to_string()),
            Self::Organisation(organisation) => ("app.organisation", organisation.0.to_string()),
            Self::Node => ("app.scope", "node".into()),
            Self::Operator => ("app.scope", "operator".into()),
        }
    }
}

/// A transaction; dropped without [`commit`](Self::commit), nothing of it happened.
pub struct Scoped<'a>(Transaction<'a>);

impl<'a> Scoped<'a> {
    /// Begins one on a connection.
    pub async fn begin(client: &'a mut Client, scope: Scope) -> Result<Self, StorageError> {
        let begun = Self(client.transaction().await?);
        begun.reach(scope).await?;
        Ok(begun)
    }

    /// Reaches this too, until the end of the transaction.
    pub async fn reach(&self, scope: Scope) -> Result<(), StorageError> {
        let (name, value) = scope.setting();
        self.row("SELECT set_config($1, $2, true)", &[&name, &value]).await.map(drop)
    }

    pub async fn rows(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, StorageError> {
        let statement = self.0.prepare_cached(sql).await?;
        Ok(self.0.query(&statement, values).await?)
    }

    /// The one row that there must be.
    pub async fn row(&self, sql: &str, values: Values<'_>) -> Result<Row, StorageError> {
        let statement = self.0.prepare_cached(sql).await?;
        Ok(self.0.query_one(&statement, values).await?)
    }

    pub async fn row_if_any(&self, sql: &str, values: Values<'_>) -> Result<Option<Row>, StorageError> {
        let statement = self.0.prepare_cached(sql).await?;
        Ok(self.0.query_opt(&statement, values).await?)
    }

    /// How many rows were changed.
    pub async fn execute(&self, sql: &str, values: Values<'_>) -> Result<u64, StorageError> {
        let statement = self.0.prepare_cached(sql).await?;
        Ok(self.0.execute(&statement, values).await?)
    }

    /// Rows in portions of at most `portion`, until `take` wants no more.
    pub async fn portions(
        &self,
        sql: &str,
        values: Values<'_>,
        portion: i32,
        mut take: impl FnMut(&Row) -> Result<bool, StorageError>,
    ) -> Result<(), StorageError> {
        let statement = self.0.prepare_cached(sql).await?;
        let portal = self.0.bind(&statement, values).await?;
        loop {
            let rows = self.0.query_portal(&portal, portion).await?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in &rows {
                if !take(row)? {
                    return Ok(());
                }
            }
        }
    }

    pub async fn commit(self) -> Result<(), StorageError> {
        Ok(self.0.commit().await?)
    }
}
