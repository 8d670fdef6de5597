//! A command on its way in, and what comes back.

use std::sync::Arc;

use jiff::Timestamp;
use maitred_domain::check::{Check, CheckFact, Marked};
use maitred_domain::decide::{Answer, Approval, Command};
use maitred_domain::device_log::DeviceFact;
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, ItemId, JobId, StaffId, TableId};
use maitred_domain::permission::Role;
use maitred_sync::Origin;

/// A command with who sends it.
#[derive(Clone, Debug)]
pub struct Request {
    /// Made by the client; the same key is the same command.
    pub idempotency_key: String,
    /// Who.
    pub by: StaffId,
    /// What they may do.
    pub role: Role,
    /// What somebody who may said yes to, where they may not.
    pub approval: Option<Approval>,
    /// What.
    pub command: Command,
}

/// A command that was done, durably.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its journal entry, in the order of arrival at this hub.
    pub seq: u64,
    /// The journal of that entry, and its place in it: the same on every hub.
    pub entry: (Origin, u64),
    /// What it made.
    pub answer: Answer,
    /// The checks of the answer, as they are now.
    pub checks: Vec<Arc<Check>>,
    /// It had been done before, under the same key.
    pub replayed: bool,
}

/// A journal entry, of this hub or of another, for those who follow.
#[derive(Clone, Debug)]
pub struct Committed {
    /// Its place in the order of arrival at this hub: gapless, from 1.
    pub seq: u64,
    /// When, as a label.
    pub at: Timestamp,
    /// Who.
    pub by: StaffId,
    /// What happened.
    pub facts: Vec<Marked<Fact>>,
    /// Checks that are different now.
    pub checks: Vec<CheckId>,
    /// Tables that look different now: of those checks, before and after, and those that were marked.
    pub tables: Vec<TableId>,
    /// Items whose availability is different now.
    pub items: Vec<ItemId>,
    /// Print jobs that were queued. Empty when an old entry is read back.
    pub jobs: Vec<JobId>,
}

impl Committed {
    /// An entry read back from the journal: what it touched is what its facts name.
    pub(crate) fn of_facts(seq: u64, at: Timestamp, by: StaffId, facts: Vec<Marked<Fact>>) -> Self {
        let mut checks = Vec::new();
        let mut tables = Vec::new();
        let mut items = Vec::new();
        for fact in &facts {
            match &fact.fact {
                Fact::Check { id, fact } => {
                    if !checks.contains(id) {
                        checks.push(*id);
                    }
                    match fact {
                        CheckFact::CheckOpened { table, .. } | CheckFact::CheckTransferred { table, .. } => {
                            tables.extend(*table);
                        }
                        CheckFact::TablesJoined { tables: joined, .. } => tables.extend(joined),
                        CheckFact::TablesParted { parts, .. } => {
                            tables.extend(parts.iter().map(|(_, table)| *table));
                        }
                        _ => {}
                    }
                }
                Fact::Table { id, .. } => tables.push(*id),
                Fact::Stock { id, .. } => items.push(*id),
                Fact::Device { fact: DeviceFact::CallRaised { table, .. }, .. } => tables.push(*table),
                Fact::Day { .. } | Fact::Device { .. } | Fact::Entity { .. } => {}
            }
        }
        Self { seq, at, by, facts, checks, tables, items, jobs: Vec::new() }
    }
}
