//! Commands, and whether they may happen: `decide` may refuse, `apply` may not.

mod bill;
mod command;
mod devices;
mod draft;
mod kitchen;
mod moves;
mod order;
mod payment;
mod refusal;
mod replace;
mod room;
mod stock;
mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use command::{Command, DiscountBy, LineChange, OpenItem, OrderLine, Part, Split};
pub use refusal::Refusal;
pub use room::EDIT_CHANGES_MAX;

use crate::catalogue::Catalogue;
use crate::check::{Check, Mark, Marked};
use crate::day::Books;
use crate::device_log::{DeviceFact, GoingOn};
use crate::fact::Fact;
use crate::ids::{CheckId, DeviceId, ItemId, LineId, StaffId, TenderId};
use crate::money::Money;
use crate::permission::{Permission, Role};
use crate::stock::Stock;

/// What a command looks at: loaded before it is decided, never while.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Settings, floor, menu, staff.
    pub catalogue: Arc<Catalogue>,
    /// The checks the command names, and those that their moved lines came from.
    pub checks: BTreeMap<CheckId, Arc<Check>>,
    /// Availability of the items the command touches; one that is missing was never counted.
    pub stock: BTreeMap<ItemId, Stock>,
    /// What numbers of checks start with, so that two hubs never give the same.
    pub number_prefix: String,
    /// How many numbers were given on the open trading day.
    pub numbers_given: u32,
    /// The books of the day to close; only read by a close.
    pub books: Option<Books>,
    /// The last trading day that was closed.
    pub last_closed: Option<Date>,
    /// Alarms, calls and pagers.
    pub going_on: Arc<GoingOn>,
    /// The log that the command names.
    pub log: Vec<Marked<DeviceFact>>,
}

/// What somebody said yes to with their PIN: one command of somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// Who.
    pub by: StaffId,
    /// What they are; the catalogue says what that may do.
    pub role: Role,
    /// What they said yes to.
    pub permissions: Vec<Permission>,
}

/// Who commands, and when.
#[derive(Clone, Debug)]
pub struct Context {
    /// The instant, as a label.
    pub now: Timestamp,
    /// Its place in the order of things.
    pub hlc: u64,
    /// Who.
    pub by: StaffId,
    /// What they are; the catalogue says what that may do.
    pub role: Role,
    /// Somebody who may lets them, this once.
    pub approval: Option<Approval>,
    /// The open trading day.
    pub business_date: Date,
    /// What ids derive from.
    pub idempotency_key: String,
}

impl Context {
    fn mark(&self, index: usize) -> Mark {
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        let approved_by = self.approval.as_ref().map(|approval| approval.by);
        Mark { hlc: self.hlc, index, by: self.by, approved_by }
    }

    /// Whether whoever commands may, or whoever approved it.
    fn may(&self, catalogue: &Catalogue, permission: Permission) -> bool {
        let is_approved = |it: &Approval| {
            permission.is_approvable()
                && it.permissions.contains(&permission)
                && catalogue.may(it.role, permission)
        };
        catalogue.may(self.role, permission) || self.approval.as_ref().is_some_and(is_approved)
    }
}

/// What a command made, for the one who sent it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Checks to show, the one asked about first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckId>,
    /// Lines that were added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<LineId>,
    /// The tender that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tender: Option<TenderId>,
    /// What goes back to the guest.
    #[serde(default)]
    pub change: Money,
    /// The trading day that was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_day: Option<Date>,
}

/// What a command does when it may.
#[derive(Clone, Debug, Default)]
pub struct Decision {
    /// What happened, in order.
    pub facts: Vec<Marked<Fact>>,
    /// The checks as they are then.
    pub checks: BTreeMap<CheckId, Check>,
    /// What to tell.
    pub answer: Answer,
}

/// Decides `command`.
///
/// # Errors
/// [`Refusal`] when it may not happen; then nothing has.
pub fn decide(command: &Command, world: &World, context: &Context) -> Result<Decision, Refusal> {
    let mut draft = draft::Draft::new(world, context);
    if let Some(permission) = command.permission() {
        draft.allow(permission)?;
    }
    match command {
        Command::OpenCheck { table, covers, name } => order::open(&mut draft, *table, *covers, name)?,
        Command::AddLines { check, lines } => order::add_lines(&mut draft, *check, lines)?,
        Command::ChangeLine { check, line, change } => order::change_line(&mut draft, *check, *line, change)?,
        Command::HoldCourse { check, course } => kitchen::hold(&mut draft, *check, *course)?,
        Command::Fire { check, course } => kitchen::fire(&mut draft, *check, *course)?,
        Command::RefireLine { check, line, reason } => kitchen::refire(&mut draft, *check, *line, reason)?,
        Command::Rush { check, ticket, on } => kitchen::rush(&mut draft, *check, *ticket, *on)?,
        Command::RushCourse { check, course, on } => {
            kitchen::rush_course(&mut draft, *check, *course, *on)?;
        }
        Command::ProgressLine { check, ticket, line, phase } => {
            kitchen::progress(&mut draft, *check, *ticket, *line, *phase)?;
        }
        Command::BumpTicket { check, ticket } => {
            kitchen::bump(&mut draft, *check, *ticket)?;
            devices::page_when_ready(&mut draft, *check)?;
        }
        Command::RecallTicket { check, ticket } => kitchen::recall(&mut draft, *check, *ticket)?,
        Command::RecallLine { check, ticket, line } => {
            kitchen::recall_line(&mut draft, *check, *ticket, *line)?;
        }
        Command::Serve { check, course } => kitchen::serve(&mut draft, *check, *course)?,
        Command::VoidLine { check, line, reason, quantity } => {
            bill::void_line(&mut draft, *check, *line, reason, *quantity)?;
        }
        Command::CompLine { check, line, reason } => bill::comp(&mut draft, *check, *line, reason)?,
        Command::Discount { check, reason, by, lines } => {
            bill::discount(&mut draft, *check, reason, *by, lines)?;
        }
        Command::SetService { check, basis_points } => bill::set_service(&mut draft, *check, *basis_points)?,
        Command::TransferCheck { check, table, server, covers, name } => {
            moves::transfer(&mut draft, *check, *table, *server, *covers, name.as_deref())?;
        }
        Command::JoinTables { check, tables } => tables::join(&mut draft, *check, tables)?,
        Command::PartTables { check, tables } => tables::part(&mut draft, *check, tables)?,
        Command::MoveLines { from, to, parts } => moves::move_lines(&mut draft, *from, *to, parts)?,
        Command::MergeChecks { into, from } => moves::merge(&mut draft, *into, *from)?,
        Command::Split { check, split } => moves::split(&mut draft, *check, split)?,
        Command::Tender { check, kind, amount, tip, share, reference } => {
            let offer = payment::Offer { kind: *kind, amount: *amount, tip: *tip, share: *share };
            payment::tender(&mut draft, *check, &offer, reference)?;
        }
        Command::Refund { check, tender, amount, reason } => {
            payment::refund(&mut draft, *check, *tender, *amount, reason)?;
        }
        Command::SetTip { check, tender, tip } => payment::set_tip(&mut draft, *check, *tender, *tip)?,
        Command::CloseCheck { check } => payment::close(&mut draft, *check)?,
        Command::ReopenCheck { check, reason } => payment::reopen(&mut draft, *check, reason)?,
        Command::MarkTable { table, mark } => room::mark_table(&mut draft, *table, *mark)?,
        Command::SetAvailability { item, available, remaining } => {
            room::set_availability(&mut draft, *item, *available, *remaining)?;
        }
        Command::MoveCash { kind, amount, reason } => room::move_cash(&mut draft, *kind, *amount, reason)?,
        Command::OpenDrawer { reason } => room::open_drawer(&mut draft, reason)?,
        Command::CloseDay { counted, .. } => room::close_day(&mut draft, counted)?,
        Command::Edit { changes } => room::edit(&mut draft, changes)?,
        Command::SetUp { changes } => room::set_up(&mut draft, changes)?,
        Command::NoteTemperature { device, at, milli_celsius } => {
            devices::note(&mut draft, reading(*device, *at, *milli_celsius))?;
        }
        Command::RaiseAlarm { device, at, since, milli_celsius } => {
            devices::raise_alarm(&mut draft, reading(*device, *at, *milli_celsius), *since)?;
        }
        Command::ClearAlarm { device, at, milli_celsius } => {
            devices::clear_alarm(&mut draft, reading(*device, *at, *milli_celsius))?;
        }
        Command::AnswerAlarm { log, alarm, action } => {
            devices::answer_alarm(&mut draft, *log, *alarm, action)?;
        }
        Command::Call { device, what } => devices::call(&mut draft, *device, *what)?,
        Command::CancelCalls { device } => devices::cancel_calls(&mut draft, *device)?,
        Command::AnswerCall { call } => devices::answer_call(&mut draft, *call)?,
        Command::GivePager { check, pager } => devices::give_pager(&mut draft, *check, *pager)?,
        Command::Page { check } => devices::page(&mut draft, *check)?,
    }
    Ok(draft.finish())
}

fn reading(device: DeviceId, at: Timestamp, milli_celsius: i32) -> devices::Reading {
    devices::Reading { device, at, milli_celsius }
}
