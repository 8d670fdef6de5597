//! Everything durable: the journal, documents, projections, menu search, print jobs, sessions. One thread at a time writes.
//!
//! *Invariant:* the only user of SQLite, and the only one that lays aggregates out in documents. It makes no decision:
//! rules are `maitred-domain`'s, merging is `maitred-sync`'s, and the clock and randomness are arguments.

mod backup;
mod books;
mod check_rows;
mod copy;
mod device_tasks;
mod doctor;
mod documents;
mod duty;
mod edits;
mod error;
mod export;
mod hubs;
mod jobs;
mod journal;
mod key_presses;
mod lineage;
mod local;
mod look_back;
mod past;
mod people;
mod personal;
mod print_jobs;
mod projections;
mod readers;
mod reading;
mod replica;
mod request;
mod reserve;
mod search;
mod seed;
mod set_aside;
mod sqlite;
mod store;
mod upkeep;
mod writer;

pub use backup::{backup, clear_vacant, examine_backup, is_vacant, prepare_restored, restore};
pub use check_rows::{CHECK_COLUMNS, check_rows, guarded};
pub use copy::{ArrivingCopy, GivenCopy, take_arrived};
pub use device_tasks::{TaskRow, TaskState};
pub use doctor::{Diagnosis, doctor};
pub use edits::EditRow;
pub use error::{CommandError, OpenError, ReadError};
pub use export::{ExportError, ExportFormat, export};
pub use hubs::{HubKey, HubRecord, hubs_of, join};
pub use jobs::{JobFilter, JobSettled, JobState, PrintGrade, PrintJob};
pub use journal::made_id;
pub use key_presses::KeyPress;
pub use look_back::{CheckCursor, CheckSearch, ReasonSum, ReductionRow};
pub use people::{Lockout, People, Session};
pub use personal::{KEYS_MAX, Learnt, beyond as keys_beyond, id as key_id, learn as learn_keys};
pub use reading::{AuditFilter, AuditPage, AuditRow, CheckFilter, DayBooks, Health, SyncState};
pub use request::{Committed, Reply, Request};
pub use set_aside::SetAside;
pub use sqlite::schema;
pub use store::{Clock, Durability, Mint, Options, Store};
pub use writer::Turns;
