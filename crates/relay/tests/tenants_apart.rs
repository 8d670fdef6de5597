//! Row-level security, attacked by somebody who is logged in as a node is and may say any SQL at all.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::io::Write;
use std::sync::Arc;

use jiff::Timestamp;
use maitred_link::PublicKey;
use maitred_relay::ids::{OrganisationId, UserId, VenueId};
use maitred_relay::storage::accounts::{NewUser, Sighting, UserRole};
use maitred_relay::storage::backups::Sealed;
use maitred_relay::storage::postgres::Postgres;
use maitred_relay::storage::{Enrolment, NewToken, Storage};
use maitred_sync::{
    AuthorId, Chain, Delivery, DocId, Draft, Entry, Hlc, Origin, Snapshot, SubjectKey, Vector,
};
use maitred_testkit::servers;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};
use uuid::Uuid;

const DATABASE: &str = "relay";
const ROLE: &str = "node";
const PASSWORD: &str = "of-the-node";
/// Every table, and the column that says whose a row is.
const TABLES: [(&str, &str); 16] = [
    ("meta", "name"),
    ("organisations", "id"),
    ("users", "organisation"),
    ("user_sessions", "user_id"),
    ("guesses", "subject"),
    ("venues", "id"),
    ("tokens", "venue"),
    ("hubs", "venue"),
    ("growth", "venue"),
    ("journals", "venue"),
    ("entries", "venue"),
    ("snapshots", "venue"),
    ("personal_keys", "venue"),
    ("sightings", "venue"),
    ("backups", "venue"),
    ("backup_parts", "venue"),
];
/// Those whose rows a venue may let go.
const PASSING: [&str; 2] = ["backups", "backup_parts"];
/// Those of which a venue has rows.
const OF_VENUES: std::ops::Range<usize> = 5..TABLES.len();

/// Two venues with everything that there can be.
fn fill(storage: &dyn Storage, n: u8) -> VenueId {
    let at = Timestamp::from_millisecond(1_795_262_400_000).unwrap();
    let id = |what: u8| Uuid::from_bytes([n, what, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    let token = NewToken {
        organisation: (format!("Organisation {n}"), OrganisationId(id(1))),
        venue: ("Aurora".into(), VenueId(id(2))),
        hash: [n; 32],
        expires_at: at,
    };
    let venue = storage.issue(&token).unwrap();
    let enrolment =
        Enrolment { token_hash: [n; 32], hub: PublicKey([n; 32]), realm: None, new_realm: [n; 16], at };
    storage.enrol(&enrolment).unwrap();
    let draft = Draft {
        hlc: Hlc::from_bits(1 << 16),
        author: AuthorId::SYSTEM,
        facts: vec![b"a secret".to_vec()],
        ..Draft::default()
    };
    let entry: Entry = Chain::new(Origin::from_bytes([n; 16])).next(draft).unwrap();
    let snapshot = Snapshot { doc: DocId::from([n; 16]), kind: "note".into(), bytes: vec![n] };
    let delivery = Delivery {
        number: 1,
        keys: vec![SubjectKey { subject: [n; 16], key: Some([n; 32]) }],
        forked: Vec::new(),
        snapshots: vec![snapshot],
        parcels: vec![entry.into()],
    };
    storage.store(venue, &[delivery]).unwrap();
    storage.seed([7; 32]).unwrap();
    let mut backup = storage.draft().unwrap();
    backup.write_all(b"sealed").unwrap();
    let sealed = Sealed { fetch: [n; 32], venue, hub: PublicKey([n; 32]), at, bytes: 6 };
    storage.keep_backup(&sealed, backup).unwrap();
    fill_accounts(storage, n, venue, at);
    venue
}

fn fill_accounts(storage: &dyn Storage, n: u8, venue: VenueId, at: Timestamp) {
    let user = NewUser {
        id: UserId(Uuid::from_bytes([n; 16])),
        organisation: (format!("Organisation {n}"), OrganisationId(Uuid::nil())),
        email: format!("{n}@example.com"),
        name: String::new(),
        role: UserRole::Owner,
        password_hash: "a secret".into(),
        must_change: false,
    };
    let id = storage.put_user(&user).unwrap();
    storage.open_user_session([n; 32], id, at, at + jiff::SignedDuration::from_hours(1)).unwrap();
    storage.charge(n.into(), at).unwrap();
    let sighting = Sighting {
        hub: PublicKey([n; 32]),
        venue,
        seen_at: at,
        is_connected: true,
        version: String::new(),
        origin: None,
        known: Vector::new(),
    };
    storage.sight(&sighting).unwrap();
}

struct Attacker(Client);

impl Attacker {
    async fn rows(&self, sql: &str) -> usize {
        let said = self.0.simple_query(sql).await.unwrap();
        said.iter().filter(|message| matches!(message, SimpleQueryMessage::Row(_))).count()
    }

    /// Says what PostgreSQL refuses with; nothing of it may happen.
    async fn refused(&self, sql: &str) -> String {
        match self.0.batch_execute(sql).await {
            Ok(()) => panic!("this was let through: {sql}"),
            Err(error) => error.as_db_error().map(|it| it.code().code().to_owned()).unwrap_or_default(),
        }
    }

    /// Rows that a statement changes; being refused is as good as none.
    async fn changed(&self, sql: &str) -> u64 {
        self.0.execute(sql, &[]).await.unwrap_or(0)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_another_venue_whatever_they_say() {
    let Some(server) = servers::Postgres::start().unwrap() else { return };
    server.create(DATABASE).unwrap();
    server.sql(DATABASE, &format!("CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")).unwrap();
    Postgres::migrate(&server.url(DATABASE), None, ROLE).unwrap();
    let url = server.url_of(ROLE, PASSWORD, DATABASE);
    let storage: Arc<dyn Storage> = Arc::new(Postgres::open(&url, None).unwrap());
    let (own, other) = (fill(&*storage, 1), fill(&*storage, 2));
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("SET search_path = maitred").await.unwrap();
    let attacker = Attacker(client);

    every_table_is_locked_and_the_node_owns_none(&server, &attacker).await;
    without_a_venue_there_is_nothing(&attacker).await;
    attacker.0.batch_execute(&format!("SET app.tenant = '{own}'")).await.unwrap();
    rows_of_another_venue_cannot_be_read(&attacker, own, other).await;
    rows_of_another_venue_cannot_be_written(&attacker, own, other).await;
    nobody_becomes_somebody_else(&attacker).await;
    // Nothing of all that happened.
    let kept = storage.tips(other).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(storage.beyond(other, &Vector::new(), usize::MAX).unwrap().len(), 1);
    assert_eq!(storage.hubs(other).unwrap().len(), 1);
    assert!(storage.newest_backup([2; 32]).unwrap().is_some());
    let owners = server.sql(DATABASE, "SELECT count(*) FROM maitred.entries").unwrap();
    assert_eq!(owners.trim(), "2");
}

async fn every_table_is_locked_and_the_node_owns_none(server: &servers::Postgres, attacker: &Attacker) {
    let of = "FROM pg_class WHERE relnamespace = 'maitred'::regnamespace AND relkind = 'r'";
    let sql = format!("SELECT relname {of} AND relrowsecurity AND relforcerowsecurity ORDER BY relname");
    let mut names: Vec<_> = TABLES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(server.sql(DATABASE, &sql).unwrap().lines().collect::<Vec<_>>(), names);
    let unlocked = format!("SELECT relname {of} AND NOT (relrowsecurity AND relforcerowsecurity)");
    assert_eq!(server.sql(DATABASE, &unlocked).unwrap().trim(), "migrations", "it names no tenant");
    assert_eq!(attacker.rows("SELECT FROM pg_class WHERE pg_get_userbyid(relowner) = current_user").await, 0);
    let may = "SELECT FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)";
    assert_eq!(attacker.rows(may).await, 0);
}

async fn without_a_venue_there_is_nothing(attacker: &Attacker) {
    for (table, _) in TABLES {
        assert_eq!(attacker.rows(&format!("SELECT * FROM {table}")).await, 0, "{table}");
    }
    // What a transaction said is forgotten with it.
    attacker
        .0
        .batch_execute("BEGIN; SELECT set_config('app.tenant', gen_random_uuid()::text, true); COMMIT")
        .await
        .unwrap();
    for (table, _) in TABLES {
        assert_eq!(attacker.rows(&format!("SELECT * FROM {table}")).await, 0, "{table}");
    }
}

async fn rows_of_another_venue_cannot_be_read(attacker: &Attacker, own: VenueId, other: VenueId) {
    for (table, column) in &TABLES[OF_VENUES] {
        let of = |venue: VenueId| format!("SELECT * FROM {table} WHERE {column} = '{venue}'");
        assert_eq!(attacker.rows(&of(own)).await, 1, "{table}");
        assert_eq!(attacker.rows(&of(other)).await, 0, "{table}");
        assert_eq!(attacker.rows(&format!("SELECT * FROM {table}")).await, 1, "{table}");
        let copied = attacker.0.copy_out(&format!("COPY (SELECT 1 FROM {table}) TO STDOUT")).await.unwrap();
        let copied: Vec<_> = futures_util::StreamExt::collect::<Vec<_>>(copied).await;
        assert_eq!(copied.len(), 1, "{table}");
    }
    // With row-level security off a query fails; it does not see more.
    assert_eq!(attacker.refused("SET row_security = off; SELECT * FROM entries").await, "42501");
    attacker.0.batch_execute("RESET row_security").await.unwrap();
}

async fn rows_of_another_venue_cannot_be_written(attacker: &Attacker, own: VenueId, other: VenueId) {
    let other_id = format!("'{other}'");
    for insert in [
        format!("INSERT INTO growth VALUES ({other_id}, 1)"),
        format!("INSERT INTO journals VALUES ({other_id}, gen_random_uuid(), 1, '', 1)"),
        format!("INSERT INTO entries VALUES ({other_id}, 9, gen_random_uuid(), 1, '', '')"),
        format!("INSERT INTO snapshots VALUES ({other_id}, gen_random_uuid(), 'note', '')"),
        format!("INSERT INTO personal_keys VALUES ({other_id}, 9, gen_random_uuid(), gen_random_uuid(), '')"),
        format!("INSERT INTO backups VALUES ({other_id}, gen_random_uuid(), '', '', 1, 1)"),
        format!("INSERT INTO backup_parts VALUES ({other_id}, gen_random_uuid(), 1, '')"),
        format!("INSERT INTO tokens VALUES ('new', {other_id}, 9)"),
        format!("INSERT INTO hubs VALUES ('new', {other_id}, 9)"),
        format!("INSERT INTO venues SELECT gen_random_uuid(), {other_id}, 'new'"),
        format!("INSERT INTO sightings VALUES ('new', {other_id}, 1, true, '', NULL, '')"),
        "INSERT INTO users SELECT gen_random_uuid(), gen_random_uuid(), 'new', '', '', '', true".into(),
        "INSERT INTO user_sessions VALUES ('new', gen_random_uuid(), 1)".into(),
        "INSERT INTO guesses VALUES (9, 1)".into(),
        "INSERT INTO organisations VALUES (gen_random_uuid(), 'new')".into(),
        "INSERT INTO meta VALUES ('new', '')".into(),
    ] {
        assert_eq!(attacker.refused(&insert).await, "42501", "{insert}");
    }
    for (table, column) in &TABLES[OF_VENUES] {
        let update = format!("UPDATE {table} SET {column} = {column} WHERE {column} = {other_id}");
        assert_eq!(attacker.changed(&update).await, 0, "{update}");
        // One's own rows cannot be given away either.
        let give = format!("UPDATE {table} SET {column} = {other_id} WHERE {column} = '{own}'");
        assert_eq!(attacker.refused(&give).await, "42501", "{give}");
        let delete = format!("DELETE FROM {table} WHERE {column} = {other_id}");
        if PASSING.contains(table) {
            assert_eq!(attacker.changed(&delete).await, 0, "{delete}");
        } else {
            assert_eq!(attacker.refused(&delete).await, "42501", "{delete}");
        }
        assert_eq!(attacker.refused(&format!("TRUNCATE {table}")).await, "42501", "{table}");
    }
    for rewrite in [
        "UPDATE entries SET body = ''",
        "COPY entries FROM STDIN",
        "ALTER TABLE entries DISABLE ROW LEVEL SECURITY",
    ] {
        assert!(!attacker.refused(rewrite).await.is_empty(), "{rewrite}");
    }
}

async fn nobody_becomes_somebody_else(attacker: &Attacker) {
    for become_another in [
        "SET ROLE owner",
        "SET SESSION AUTHORIZATION owner",
        "ALTER ROLE node SUPERUSER",
        "ALTER ROLE node BYPASSRLS",
        "GRANT owner TO node",
        "DROP POLICY of_tenant ON entries",
        "CREATE POLICY all_of_it ON entries USING (true)",
        "CREATE OR REPLACE FUNCTION tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
        "CREATE TABLE maitred.own (n int)",
    ] {
        assert_eq!(attacker.refused(become_another).await, "42501", "{become_another}");
    }
}

#[test]
fn a_role_that_could_do_more_does_not_serve() {
    let Some(server) = servers::Postgres::start().unwrap() else { return };
    server.create(DATABASE).unwrap();
    // Nobody has set it up, and who serves may not.
    server.sql(DATABASE, &format!("CREATE ROLE {ROLE} LOGIN PASSWORD '{PASSWORD}'")).unwrap();
    let url = server.url_of(ROLE, PASSWORD, DATABASE);
    let Err(error) = Postgres::open(&url, None) else { panic!("it opened") };
    assert!(error.to_string().contains("maitred-relay migrate"), "{error}");
    // The owner sets it up, and somebody else serves, also the second time.
    for seed in [1, 2] {
        let storage = Postgres::open(&server.url(DATABASE), None).unwrap();
        assert_eq!(storage.seed([seed; 32]).unwrap(), [1; 32]);
        let serving = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'relay_relay'";
        assert_ne!(server.sql(DATABASE, serving).unwrap().trim(), "0");
    }
    Postgres::migrate(&server.url(DATABASE), None, ROLE).unwrap();
    Postgres::open(&url, None).unwrap().check().unwrap();
    server.sql(DATABASE, "ALTER ROLE relay_relay BYPASSRLS").unwrap();
    let Err(error) = Postgres::open(&server.url(DATABASE), None) else { panic!("it opened") };
    assert!(error.to_string().contains("more than it should"), "{error}");
}
