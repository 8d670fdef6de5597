//! Who logs in: always a role that owns nothing and that row-level security binds.

use std::path::Path;

use maitred_link::Trust;
use postgres_protocol::password::scram_sha_256;
use tokio::task::JoinHandle;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::limits::{DATABASE_CONNECT_TIME_MAX, DATABASE_STATEMENT_TIME_MAX};
use crate::storage::StorageError;

mod schema {
    refinery::embed_migrations!("migrations/postgres");
}

const SCHEMA: &str = "maitred";
const MIGRATIONS: &str = "migrations";
const ROLE_PASSWORD: &str = "maitred 2026 password of the relay's role";
/// Held by the one node that brings the schema up to date.
const SET_UP_LOCK: i64 = 0x6d61_6974_7265_6400;

/// What the role that serves may do. Journals are only ever added to.
const GRANTS: &str = "
GRANT USAGE ON SCHEMA maitred TO {role};
GRANT SELECT ON maitred.migrations TO {role};
GRANT SELECT, INSERT ON maitred.meta, maitred.organisations, maitred.entries TO {role};
GRANT SELECT, INSERT, UPDATE ON maitred.venues, maitred.tokens, maitred.hubs, maitred.growth, maitred.journals,
    maitred.snapshots, maitred.personal_keys TO {role};
GRANT SELECT, INSERT, UPDATE ON maitred.users, maitred.sightings TO {role};
GRANT SELECT, INSERT, DELETE ON maitred.user_sessions, maitred.backups, maitred.backup_parts TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON maitred.guesses TO {role};";

/// How to log in.
pub struct Login {
    pub config: Config,
    pub tls: MakeRustlsConnect,
}

/// A connection that belongs to no pool.
struct Single {
    client: Client,
    /// Ends with the client.
    _reads: JoinHandle<()>,
}

impl Single {
    async fn open(login: &Login) -> Result<Self, StorageError> {
        let (client, connection) = login.config.connect(login.tls.clone()).await?;
        let reads = tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(%error, "a connection to the database broke");
            }
        });
        Ok(Self { client, _reads: reads })
    }
}

/// Finds out how to log in at `url`, and sets up what is missing when the URL is of an owner.
pub async fn log_in(url: &str, authority: Option<&Path>) -> Result<Login, StorageError> {
    let login = parse(url, authority)?;
    let mut single = Single::open(&login).await?;
    let login = if is_owner(&single.client).await? {
        set_up(&mut single.client, login).await?
    } else {
        check_version(&single.client).await?;
        login
    };
    // A role of its own must not be one that could do more.
    let single = Single::open(&login).await?;
    if is_owner(&single.client).await? {
        return Err(StorageError::Unusable("the role that serves may do more than it should".into()));
    }
    Ok(login)
}

/// Brings the schema up to date as the owner at `url`, for `role` to serve with.
pub async fn migrate(url: &str, authority: Option<&Path>, role: &str) -> Result<(), StorageError> {
    let mut single = Single::open(&parse(url, authority)?).await?;
    lock(&single.client).await?;
    bring_up_to_date(&mut single.client).await?;
    grant(&single.client, role).await
}

fn parse(url: &str, authority: Option<&Path>) -> Result<Login, StorageError> {
    let mut config: Config = url.parse()?;
    let statement_ms = DATABASE_STATEMENT_TIME_MAX.as_millis();
    let theirs = config.get_options().unwrap_or_default();
    let options = format!(
        "{theirs} -c search_path={SCHEMA} -c statement_timeout={statement_ms} -c lock_timeout={statement_ms} \
         -c idle_in_transaction_session_timeout={statement_ms} -c synchronous_commit=on -c client_min_messages=warning"
    );
    config.options(options).application_name("maitred-relay").connect_timeout(DATABASE_CONNECT_TIME_MAX);
    // A server that is gone without a word is noticed no later than one that answers nothing.
    config.tcp_user_timeout(DATABASE_STATEMENT_TIME_MAX);
    let trust = Trust::new(authority).map_err(|error| StorageError::Unusable(error.to_string()))?;
    Ok(Login { config, tls: MakeRustlsConnect::new(trust.config()) })
}

/// Whether whoever is logged in could change the schema, or be somebody who can, or see past row-level security.
async fn is_owner(client: &Client) -> Result<bool, StorageError> {
    let select = "SELECT rolsuper OR rolbypassrls OR rolcreaterole
            OR has_database_privilege(current_database(), 'CREATE')
            OR EXISTS (SELECT FROM pg_namespace WHERE nspname = $1 AND pg_has_role(current_user, nspowner, 'MEMBER'))
        FROM pg_roles WHERE rolname = current_user";
    Ok(client.query_one(select, &[&SCHEMA]).await?.try_get(0)?)
}

/// Sets the database up as its owner, and returns how the role that serves logs in.
async fn set_up(client: &mut Client, owner: Login) -> Result<Login, StorageError> {
    lock(client).await?;
    bring_up_to_date(client).await?;
    let database: String = client.query_one("SELECT current_database()::text", &[]).await?.try_get(0)?;
    let role = format!("{database}_relay");
    let password = owner.config.get_password().map(password_of_role);
    let exists = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)";
    let exists: bool = client.query_one(exists, &[&role]).await?.try_get(0)?;
    let verb = if exists { "ALTER" } else { "CREATE" };
    // What is sent is what PostgreSQL would keep of the password.
    let secret = password.as_ref().map_or("NULL".into(), |it| format!("'{}'", scram_sha_256(it.as_bytes())));
    let role_sql = quoted(&role);
    client.batch_execute(&format!("{verb} ROLE {role_sql} LOGIN PASSWORD {secret}")).await?;
    grant(client, &role).await?;
    let mut config = owner.config;
    config.user(role);
    if let Some(password) = password {
        config.password(password);
    }
    Ok(Login { config, ..owner })
}

/// The same on every node that knows the owner's.
fn password_of_role(owners: &[u8]) -> String {
    blake3::Hash::from_bytes(blake3::derive_key(ROLE_PASSWORD, owners)).to_hex().to_string()
}

async fn lock(client: &Client) -> Result<(), StorageError> {
    client.batch_execute("SET lock_timeout = 0; SET statement_timeout = 0").await?;
    client.execute("SELECT pg_advisory_lock($1)", &[&SET_UP_LOCK]).await?;
    Ok(())
}

async fn bring_up_to_date(client: &mut Client) -> Result<(), StorageError> {
    client.batch_execute(&format!("CREATE SCHEMA IF NOT EXISTS {SCHEMA}")).await?;
    let mut runner = schema::migrations::runner();
    runner.set_migration_table_name(MIGRATIONS);
    runner.set_grouped(true).run_async(client).await?;
    Ok(())
}

async fn grant(client: &Client, role: &str) -> Result<(), StorageError> {
    Ok(client.batch_execute(&GRANTS.replace("{role}", &quoted(role))).await?)
}

async fn check_version(client: &Client) -> Result<(), StorageError> {
    let newest = schema::migrations::runner().get_migrations().last().map_or(0, refinery::Migration::version);
    let behind = || StorageError::Unusable("the schema is not up to date: `maitred-relay migrate`".into());
    let select = format!("SELECT max(version)::bigint FROM {SCHEMA}.{MIGRATIONS}");
    let row = client.query_one(&select, &[]).await.map_err(|error| match error.as_db_error() {
        Some(_) => behind(),
        None => error.into(),
    })?;
    let version: Option<i64> = row.try_get(0)?;
    if version.is_some_and(|version| version >= i64::from(newest)) { Ok(()) } else { Err(behind()) }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_a_name() {
        assert_eq!(quoted(r#"a"; DROP ROLE b"#), r#""a""; DROP ROLE b""#);
    }
}
