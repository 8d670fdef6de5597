//! Every bound of the hub, by name. A store's and a printer's own bounds are theirs.

use std::time::Duration;

/// The largest request body.
pub const BODY_BYTES_MAX: usize = 256 * 1024;
/// The longest that a request may take, its body included.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(20);
/// The longest that stopping waits for requests under way.
pub const DRAIN_TIME_MAX: Duration = Duration::from_secs(3);
/// The longest idempotency key.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 128;

/// Connections that one address may have open; this box itself may have any number.
pub const CONNECTIONS_OF_ADDRESS_MAX: usize = 128;
/// Connections that all addresses together may have open.
pub const CONNECTIONS_MAX: usize = 4_096;
/// The longest that a device may take to agree on a cipher.
pub const TLS_GREETING_TIME_MAX: Duration = Duration::from_secs(10);
/// How long the certificate is good that this hub shows to screens.
pub const CERTIFICATE_TIME: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 90);
/// After how long another one is shown.
pub const CERTIFICATE_RENEWED_AFTER: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 60);
/// How often it is looked whether the certificate still fits.
pub const CERTIFICATE_WATCH: Duration = Duration::from_secs(5);
/// Requests that one device may send in a second for long.
pub const REQUESTS_PER_SEC_MAX: u32 = 200;
/// Requests that one device may send at once.
pub const REQUESTS_AHEAD_MAX: u32 = 1_000;
/// Requests that this box may send in a second for long.
pub const REQUESTS_PER_SEC_OF_BOX_MAX: u32 = 50_000;
/// Requests that this box may send at once.
pub const REQUESTS_AHEAD_OF_BOX_MAX: u32 = 100_000;
/// Refusals to one device that are written into the log in a second for long.
pub const REFUSALS_PER_SEC_MAX: u32 = 1;
/// Refusals to one device that are written into the log at once.
pub const REFUSALS_AHEAD_MAX: u32 = 20;
/// The most devices of which it is counted how often they ask.
pub const PACE_KEYS_MAX: usize = 4_096;
/// Event streams that one device may have open; this box itself may have all of them.
pub const STREAMS_OF_DEVICE_MAX: usize = 32;

/// The most addresses of other hubs that are kept.
pub const PEERS_MAX: usize = 16;
/// Time between two beats of a hub for another.
pub const PEER_BEAT: Duration = Duration::from_millis(500);
/// A hub that says nothing for so long is gone, and the next one acts.
pub const PEER_SILENCE_MAX: Duration = Duration::from_secs(3);
/// The longest that proving who one is may take.
pub const PEER_GREETING_TIME_MAX: Duration = Duration::from_secs(5);
/// Hubs, or who pretends to be one, that are greeted at once.
pub const PEER_GREETINGS_MAX: usize = 8;
/// Messages on their way to another hub, and from it. More than a session has on the way: else two that send at once
/// would wait for each other.
pub const PEER_MESSAGES_MAX: usize = 64;
/// The longest that another hub may take to read a message.
pub const PEER_SEND_TIME_MAX: Duration = Duration::from_secs(10);
/// How soon a hub is called again.
pub const PEER_RETRY_MIN: Duration = Duration::from_millis(200);
/// How late at most.
pub const PEER_RETRY_MAX: Duration = Duration::from_secs(2);
/// How long an address is left alone where somebody else answers.
pub const PEER_STRANGER_TIME: Duration = Duration::from_mins(1);
/// How often it is looked whether a hub is to be called.
pub const PEER_CALL_WATCH: Duration = Duration::from_millis(200);
/// The longest that an acknowledgement waits for another hub's disk.
pub const TWICE_TIME_MAX: Duration = Duration::from_secs(2);
/// The longest that an acknowledgement waits for the disk of a hub that says nothing: two beats may be lost.
pub const TWICE_SILENCE_MAX: Duration = Duration::from_millis(1_200);
/// A hub that is gone for so long does not print any more what it accepted: the next one does.
pub const PRINTS_TAKEN_OVER_AFTER: Duration = Duration::from_secs(6);
/// The same when this hub starts: the power may have been away for all, and another box takes longer to come back.
pub const PRINTS_TAKEN_OVER_AFTER_START: Duration = Duration::from_secs(20);
/// How old the papers of a hub that is gone may be and still be printed by another: as old as tickets that are printed by
/// themselves.
pub const PRINTS_TAKEN_OVER_OF: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);
/// For how long a hub that was gone is told of what was printed for it.
pub const TAKEN_OVER_TOLD_FOR: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
/// A store of less is told entry by entry to a hub that knows nothing yet: that takes no longer than to start anew with
/// a copy.
pub const COPY_BYTES_MIN: u64 = 16 * 1024 * 1024;
/// The most of a copy that goes in one message, before it is packed.
pub const COPY_PIECE_BYTES: usize = 256 * 1024;
/// Pieces of a copy that are on their way and not written down. Fewer than messages may be, so that beats come through.
pub const COPY_PIECES_AHEAD_MAX: usize = 16;
/// How often a hub begins to take a copy before it is content with entries: a cut that always comes in the middle must not
/// keep it from knowing anything.
pub const COPY_TRIES_MAX: u32 = 3;
/// The longest that a hub waits for a copy, or for the next piece of it, before it is content with entries. Another hub
/// makes it meanwhile, on a slow disk, and perhaps for somebody else first.
pub const COPY_SILENCE_MAX: Duration = Duration::from_mins(10);
/// The most alarms about other hubs.
pub const PEER_ALARMS_MAX: usize = 32;
/// How long a token is good with which a hub joins.
pub const TICKET_TIME: Duration = Duration::from_hours(1);
/// How often such a token may be tried.
pub const TICKET_TRIES_MAX: u32 = 5;
/// The most such tokens at once.
pub const TICKETS_MAX: usize = 8;
/// How long a browser remembers that a page of a peer may ask.
pub const CORS_TIME_MAX: Duration = Duration::from_mins(10);

/// Messages on their way from the broker and to it.
pub const BROKER_MESSAGES_MAX: usize = 256;
/// How soon a broker is tried again.
pub const BROKER_RETRY: Duration = Duration::from_millis(500);
/// The most devices on one broker.
pub const DEVICES_SEEN_MAX: usize = 256;
/// A key that was pressed so long ago does nothing any more: whoever pressed it has cleared the ticket by hand since.
pub const KEY_AGE_MAX: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);
/// Who sees nothing happen for so long presses again.
pub const KEY_LATE: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);
/// Commands of keys that a standby keeps for the case that it has to act.
pub const KEYS_LEFT_MAX: usize = 256;
/// Whoever called so long ago was seen, or has left.
pub const CALL_AGE_MAX: jiff::SignedDuration = jiff::SignedDuration::from_mins(30);
/// How often it is looked for what devices are to do.
pub const TASK_WATCH: Duration = Duration::from_millis(500);
/// How soon a device that does not answer is told again.
pub const TASK_TOLD_AGAIN: Duration = Duration::from_secs(2);
/// For how long it is news that a device came or went.
pub const DEVICE_NEWS_TIME: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);

/// The most checks in one answer.
pub const CHECKS_MAX: usize = 1_000;
/// How long a ticket that nobody clears stays on the screens when its check is paid: a venue may clear none.
pub const TICKET_TIME_MAX: Duration = Duration::from_hours(12);
/// The most recently cleared tickets in one answer.
pub const RECENT_TICKETS_MAX: usize = 100;
/// Checks of a page when nobody says how many.
pub const CHECKS_PAGE_DEFAULT: usize = 50;
/// The most checks of a page.
pub const CHECKS_PAGE_MAX: usize = 200;
/// Closed days of a page when nobody says how many.
pub const DAYS_PAGE_DEFAULT: usize = 31;
/// The most closed days of a page.
pub const DAYS_PAGE_MAX: usize = 400;
/// The most days between the first and the last of a report: three years.
pub const REPORT_DAYS_MAX: i32 = 1_100;
/// The most voids, comps, discounts and reopenings that a report lists one by one.
pub const REDUCTIONS_MAX: usize = 500;
/// Exports that are written at once: each keeps a thread.
pub const EXPORTS_AT_ONCE_MAX: usize = 2;
/// Checks, or entries, that an export reads at once.
pub const EXPORT_PAGE: usize = 200;
/// Pages of an export that wait for their reader.
pub const EXPORT_CHUNKS_MAX: usize = 4;
/// The longest that an export waits for its reader before it breaks off.
pub const EXPORT_READ_TIME_MAX: Duration = Duration::from_secs(30);
/// Columns of a receipt as text.
pub const RECEIPT_COLUMNS: usize = 42;
/// The most print jobs in one answer.
pub const PRINT_JOBS_MAX: usize = 500;
/// The most lines of a page of the audit log.
pub const AUDIT_PAGE_MAX: usize = 500;
/// Lines of a page of the audit log when nobody says how many.
pub const AUDIT_PAGE_DEFAULT: usize = 100;
/// The most facts in the history of one check.
pub const HISTORY_MAX: usize = 2_000;
/// The most items that a search finds.
pub const SEARCH_ITEMS_MAX: usize = 50;
/// The longest text to search for.
pub const SEARCH_CHARS_MAX: usize = 100;
/// The most changes of the catalogue in one request.
pub const CATALOGUE_CHANGES_MAX: usize = 1_000;
/// The most rows of a menu that is imported.
pub const IMPORT_ROWS_MAX: usize = 5_000;
/// The largest picture that is made a logo.
pub const PICTURE_BYTES_MAX: usize = 2 * 1024 * 1024;
/// The largest menu that is imported.
pub const IMPORT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// The most problems of a catalogue in one answer.
pub const CATALOGUE_PROBLEMS_MAX: usize = 500;
/// Entries of others that do not fit and that are shown to be looked at.
pub const ATTENTION_ASIDE_MAX: usize = 50;
/// The most jobs of one state that attention looks at.
pub const ATTENTION_JOBS_MAX: usize = 50;

/// The most event streams at once.
pub const STREAMS_MAX: usize = 500;
/// Entries that wait for the publisher; when there are more it reads them from the journal.
pub const FEED_ENTRIES_MAX: usize = 4_096;
/// Frames that a stream may be behind before it is cut off.
pub const STREAM_FRAMES_MAX: usize = 1_024;
/// Frames on their way to one client.
pub const CLIENT_FRAMES_MAX: usize = 16;
/// The longest that a client may take to read a frame before it is cut off.
pub const CLIENT_READ_TIME_MAX: Duration = Duration::from_secs(10);
/// The most entries that a stream replays; who is further behind starts anew.
pub const REPLAY_ENTRIES_MAX: usize = 1_000;
/// Entries read at once for a replay.
pub const REPLAY_BATCH: usize = 50;
/// Time between heartbeats.
pub const HEARTBEAT: Duration = Duration::from_secs(2);

/// Sign-ins that are looked at together: each keeps a core busy.
pub const SIGN_INS_AT_ONCE_MAX: usize = 2;
/// The longest that a sign-in waits for its turn.
pub const SIGN_IN_WAIT_MAX: Duration = Duration::from_secs(5);
/// How long a session lasts.
pub const SESSION_TIME: Duration = Duration::from_hours(16);
/// Wrong PINs before the first lock-out.
pub const WRONG_PINS_MAX: u32 = 5;
/// The first lock-out, in seconds; each further wrong PIN doubles it.
pub const LOCKOUT_SECS_MIN: i64 = 60;
/// The longest lock-out, in seconds.
pub const LOCKOUT_SECS_MAX: i64 = 15 * 60;
/// How long an approved command may take to arrive.
pub const APPROVAL_TIME: Duration = Duration::from_mins(2);
/// The most approvals that wait for their commands.
pub const APPROVALS_MAX: usize = 256;
/// The longest PIN that is looked at.
pub const PIN_CHARS_MAX: usize = 16;
/// The longest PIN that is set.
pub const NEW_PIN_CHARS_MAX: usize = 8;
/// The shortest PIN.
pub const PIN_CHARS_MIN: usize = 4;

/// How long the code is good by which a screen is let in; wrong codes are forgotten as soon.
pub const PAIRING_TIME: Duration = Duration::from_mins(5);
/// Wrong codes before those that are shown are no longer good, and whoever typed them has to wait.
pub const PAIRING_TRIES_MAX: u32 = 5;
/// The most screens that wait to be let in.
pub const PAIRINGS_MAX: usize = 32;
/// The most of one address.
pub const PAIRINGS_OF_ADDRESS_MAX: usize = 3;
/// How often one address may ask within the time of a code.
pub const PAIRING_ASKED_MAX: u32 = 20;
/// The most addresses of which that is counted.
pub const PAIRING_ADDRESSES_MAX: usize = 1_024;

/// A write-ahead log of the database beyond so many bytes is an alarm.
pub const WAL_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// How often the database's files are looked at.
pub const UPKEEP: Duration = Duration::from_secs(5);

/// Refusals in a row before a printer's papers go to its backup.
pub const REFUSALS_BEFORE_BACKUP: u32 = 3;
/// Attempts that may have left something on paper before a person is asked.
pub const DOUBTS_MAX: u32 = 4;
/// Time between a doubt and the reprint.
pub const REPRINT_WAIT: Duration = Duration::from_secs(2);
/// How old a ticket may be and still be printed by itself.
pub const TICKET_LIFETIME: Duration = Duration::from_mins(15);
/// The same for receipts, reports and tests.
pub const RECEIPT_LIFETIME: Duration = Duration::from_hours(2);
/// The same for the drawer.
pub const DRAWER_LIFETIME: Duration = Duration::from_secs(10);
/// The longest that stopping waits for printers.
pub const PRINTERS_STOP_MAX: Duration = Duration::from_secs(2);
/// Visits of one printer that asks, at once.
pub const CALLER_VISITS_MAX: usize = 8;
/// The most printers that asked of late.
pub const CALLERS_MAX: usize = 64;
/// How often the times of the demo's slips are noted.
pub const SLIP_WATCH: Duration = Duration::from_secs(1);

/// The first wait before the relay is called again; each further one is twice as long.
pub const RELAY_RETRY_MIN: Duration = Duration::from_millis(500);
/// The longest wait before the relay is called again.
pub const RELAY_RETRY_MAX: Duration = Duration::from_secs(4);

/// How often it is looked whether a backup is due.
pub const BACKUP_WATCH: Duration = Duration::from_secs(30);
/// How soon a backup that came to nothing is tried again.
pub const BACKUP_RETRY: jiff::SignedDuration = jiff::SignedDuration::from_mins(15);
/// Bytes that a backup leaves free on the disk of the data, and a copy for another hub or from one.
pub const BACKUP_ROOM_LEFT: u64 = 64 * 1024 * 1024;
/// The most days that a backup is kept: what was erased since is gone after them.
pub const BACKUP_DAYS_MAX: u8 = 30;
/// So many of the newest backups are kept however old they seem to be.
pub const BACKUPS_KEPT_MIN: usize = 3;
/// A venue that was not backed up for so long is alarmed about it.
pub const BACKUP_AGE_MAX: jiff::SignedDuration = jiff::SignedDuration::from_hours(48);
/// The longest that the relay may be silent while it takes a backup, or hands one out.
pub const BACKUP_SILENCE_MAX: Duration = Duration::from_mins(1);
