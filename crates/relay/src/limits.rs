//! Every bound of the relay, by name. A connection's and a session's own bounds are theirs.

use std::time::Duration;

/// How long a token can be used.
pub const TOKEN_LIFETIME: Duration = Duration::from_hours(24);
/// Random bytes of a token.
pub const TOKEN_BYTES: usize = 20;
/// The longest name of an organisation or a venue.
pub const NAME_CHARS_MAX: usize = 200;

/// Conversations with hubs at once.
pub const CONVERSATIONS_MAX: usize = 10_000;
/// Handshakes at once: whoever is not known yet holds one of these.
pub const HANDSHAKES_MAX: usize = 256;
/// How often a hub that is connected is looked up again: the longest that a revoked one stays.
pub const REVOCATION_WATCH: Duration = Duration::from_secs(2);
/// Hubs of a venue that are not revoked.
pub const HUBS_PER_VENUE_MAX: usize = 16;
/// The longest snapshot of a document, in bytes (16 MiB).
pub const SNAPSHOT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Databases of venues that are kept open.
pub const VENUES_OPEN_MAX: usize = 256;
/// Connections of one node to PostgreSQL.
pub const DATABASE_CONNECTIONS_MAX: usize = 16;
/// How long a call waits for one of them.
pub const DATABASE_WAIT_MAX: Duration = Duration::from_secs(10);
/// The longest that connecting to PostgreSQL takes.
pub const DATABASE_CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// The longest that PostgreSQL may take for one statement, and wait for a lock.
pub const DATABASE_STATEMENT_TIME_MAX: Duration = Duration::from_secs(30);

/// How often a node looks for what other nodes wrote when nobody tells it.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it looks although it is told: the longest that a lost wake-up delays anything.
pub const LOOK_EVERY_WHEN_TOLD: Duration = Duration::from_secs(5);
/// Venues that other nodes are still to be told of; of more they are not told.
pub const UNTOLD_VENUES_MAX: usize = 10_000;
/// Venues in one wake-up.
pub const WAKEUP_VENUES_MAX: usize = 1_000;
/// The longest that telling other nodes may take; what they are not told they find.
pub const WAKEUP_TIME_MAX: Duration = Duration::from_secs(1);
/// Hubs that are looked up together.
pub const HUBS_LOOKED_UP_MAX: usize = 1_000;
/// Cloud replicas that are kept open.
pub const CLOUD_REPLICAS_MAX: usize = 16;
/// How long a cloud replica that nobody reads stays open.
pub const CLOUD_IDLE: Duration = Duration::from_mins(5);

/// The longest that a command of a cloud replica waits until all nodes know it.
pub const CLOUD_SHARED_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a cloud replica waits before it catches up again after it could not.
pub const CLOUD_RETRY: Duration = Duration::from_secs(1);

/// The longest backup of a hub, in bytes (2 GiB).
pub const BACKUP_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// All backups of a venue, in bytes (16 GiB).
pub const BACKUPS_BYTES_MAX: u64 = 16 * 1024 * 1024 * 1024;
/// Backups of a venue: two hubs, each night of a month.
pub const BACKUPS_PER_VENUE_MAX: usize = 64;
/// A backup that is older goes when a newer one comes.
pub const BACKUP_AGE_MAX: jiff::SignedDuration = jiff::SignedDuration::from_hours(30 * 24);
/// Backups on their way, here and from here.
pub const DEPOSITS_MAX: usize = 16;
/// The longest that nothing may come of a backup before it is given up.
pub const BACKUP_SILENCE_MAX: Duration = Duration::from_mins(1);

/// The largest request body.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The longest that a request may take.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(20);
/// The longest that stopping waits for conversations and requests.
pub const DRAIN_TIME_MAX: Duration = Duration::from_secs(3);

/// How long somebody stays signed in.
pub const USER_SESSION_TIME: Duration = Duration::from_hours(12);
/// Wrong passwords before the first lock-out.
pub const WRONG_PASSWORDS_MAX: u32 = 5;
/// The first lock-out, in seconds; each further wrong password doubles it.
pub const LOCKOUT_SECS_MIN: i64 = 60;
/// The longest lock-out, in seconds.
pub const LOCKOUT_SECS_MAX: i64 = 15 * 60;
/// The shortest password that is set.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// The longest password, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// The longest address of a user.
pub const EMAIL_CHARS_MAX: usize = 254;
/// Sign-ins that are looked at together: each keeps a core and 19 MiB busy.
pub const SIGN_INS_AT_ONCE_MAX: usize = 2;
/// The longest that a sign-in waits for its turn.
pub const SIGN_IN_WAIT_MAX: Duration = Duration::from_secs(5);

/// The longest that a request waits for a cloud replica to know what the relay knows.
pub const CATCHING_UP_TIME_MAX: Duration = Duration::from_secs(5);
/// The longest that an edit waits until the relay has it on its disk.
pub const SHARING_TIME_MAX: Duration = Duration::from_secs(5);
/// Pages of the cloud that are followed live at once.
pub const STREAMS_MAX: usize = 200;
/// Time between two signs of life on such a stream, and between two looks at who is signed in.
pub const STREAM_BEAT: Duration = Duration::from_secs(15);
/// How often a followed venue is told at most that it changed.
pub const STREAM_PACE: Duration = Duration::from_millis(300);
/// How often it is kept how a hub that is connected was seen, at most, and at least.
pub const SIGHTING_PACE: Duration = Duration::from_millis(500);
/// The same, when nothing changes.
pub const SIGHTING_EVERY: Duration = Duration::from_mins(1);
/// A hub that was not seen for so long is gone, whatever was kept of it: the node it spoke with is.
pub const SIGHTING_LASTS: Duration = Duration::from_secs(150);
/// The longest idempotency key.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 128;
/// The most days between the first and the last of a report.
pub const REPORT_DAYS_MAX: i32 = 400;
/// The most voids, comps, discounts and reopenings that a report lists one by one.
pub const REDUCTIONS_MAX: usize = 200;
/// The most lines of a page of the audit log.
pub const AUDIT_PAGE_MAX: usize = 500;
/// Lines of a page of the audit log when nobody says how many.
pub const AUDIT_PAGE_DEFAULT: usize = 100;
/// The most changes in the history of an item or a check.
pub const HISTORY_MAX: usize = 500;
/// The most venues that one change goes to.
pub const PUSH_VENUES_MAX: usize = 200;
