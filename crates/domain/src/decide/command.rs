//! What can be asked for.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::catalogue::EntityChanged;
use crate::check::{Phase, TenderKind};
use crate::day::{CashKind, Counted};
use crate::device_log::{CallKind, DeviceLog};
use crate::ids::{
    ChangeId, CheckId, DeviceId, ItemId, LineId, ModifierId, ShareId, StaffId, TableId, TenderId, TicketId,
};
use crate::money::Money;
use crate::permission::Permission;
use crate::table::TableMark;

/// What an open item is this time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItem {
    /// As shown and printed; the item's own when empty.
    pub name: String,
    /// Price of one without its modifiers, with or without tax as the venue says.
    pub price: Money,
}

/// A line as a waiter orders it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// What.
    pub item: ItemId,
    /// How many.
    pub quantity: u32,
    /// For whom, from 1.
    pub seat: Option<u8>,
    /// Which course; the item's own when not said.
    pub course: Option<u8>,
    /// How.
    pub modifiers: Vec<ModifierId>,
    /// What else.
    pub note: String,
    /// What it is this time, of an open item and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<OpenItem>,
}

/// What is to be different about a line; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineChange {
    /// How many.
    pub quantity: Option<u32>,
    /// For whom.
    pub seat: Option<u8>,
    /// How.
    pub modifiers: Option<Vec<ModifierId>>,
    /// What else.
    pub note: Option<String>,
}

/// How much a discount takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscountBy {
    /// Hundredths of a percent.
    BasisPoints(u32),
    /// An amount.
    Amount(Money),
}

/// Some of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Of which.
    pub line: LineId,
    /// How many; all when not said.
    pub quantity: Option<u32>,
}

/// How to split a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// A check for each seat after the first; lines without a seat stay.
    BySeat,
    /// A check for each group of lines after the first; other lines stay.
    ByLine(Vec<Vec<LineId>>),
    /// So many equal shares of one check.
    Evenly(u32),
    /// Shares of these amounts, and one for the rest.
    ByAmount(Vec<Money>),
}

/// A command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what the commands' own names say")]
pub enum Command {
    OpenCheck {
        table: Option<TableId>,
        covers: u32,
        name: String,
    },
    AddLines {
        check: CheckId,
        lines: Vec<OrderLine>,
    },
    ChangeLine {
        check: CheckId,
        line: LineId,
        change: LineChange,
    },
    HoldCourse {
        check: CheckId,
        course: u8,
    },
    Fire {
        check: CheckId,
        course: Option<u8>,
    },
    RefireLine {
        check: CheckId,
        line: LineId,
        reason: String,
    },
    Rush {
        check: CheckId,
        ticket: Option<TicketId>,
        on: bool,
    },
    /// All of a course, also what of it is fired later.
    RushCourse {
        check: CheckId,
        course: u8,
        on: bool,
    },
    ProgressLine {
        check: CheckId,
        ticket: TicketId,
        line: LineId,
        phase: Phase,
    },
    BumpTicket {
        check: CheckId,
        ticket: TicketId,
    },
    RecallTicket {
        check: CheckId,
        ticket: TicketId,
    },
    /// Takes back that one line of an open ticket is started, ready or served.
    RecallLine {
        check: CheckId,
        ticket: TicketId,
        line: LineId,
    },
    Serve {
        check: CheckId,
        course: u8,
    },
    VoidLine {
        check: CheckId,
        line: LineId,
        reason: String,
        quantity: Option<u32>,
    },
    CompLine {
        check: CheckId,
        line: LineId,
        reason: String,
    },
    Discount {
        check: CheckId,
        reason: String,
        by: DiscountBy,
        lines: Vec<LineId>,
    },
    SetService {
        check: CheckId,
        basis_points: u32,
    },
    TransferCheck {
        check: CheckId,
        table: Option<TableId>,
        server: Option<StaffId>,
        covers: Option<u32>,
        name: Option<String>,
    },
    /// The party sits at these tables too.
    JoinTables {
        check: CheckId,
        tables: Vec<TableId>,
    },
    /// It leaves some of its tables.
    PartTables {
        check: CheckId,
        tables: Vec<TableId>,
    },
    MoveLines {
        from: CheckId,
        to: Option<CheckId>,
        parts: Vec<Part>,
    },
    MergeChecks {
        into: CheckId,
        from: CheckId,
    },
    Split {
        check: CheckId,
        split: Split,
    },
    Tender {
        check: CheckId,
        kind: TenderKind,
        amount: Money,
        tip: Money,
        share: Option<ShareId>,
        reference: String,
    },
    Refund {
        check: CheckId,
        tender: TenderId,
        amount: Money,
        reason: String,
    },
    /// What the slip of a card payment says.
    SetTip {
        check: CheckId,
        tender: TenderId,
        tip: Money,
    },
    CloseCheck {
        check: CheckId,
    },
    ReopenCheck {
        check: CheckId,
        reason: String,
    },
    MarkTable {
        table: TableId,
        mark: TableMark,
    },
    SetAvailability {
        item: ItemId,
        available: bool,
        remaining: Option<i64>,
    },
    MoveCash {
        kind: CashKind,
        amount: Money,
        reason: String,
    },
    OpenDrawer {
        reason: String,
    },
    CloseDay {
        date: Option<Date>,
        counted: Vec<Counted>,
    },
    Edit {
        changes: Vec<EntityChanged>,
    },
    /// The first settings of a venue and its first manager, once.
    SetUp {
        changes: Vec<EntityChanged>,
    },
    /// A probe says a temperature that is to be written down.
    NoteTemperature {
        device: DeviceId,
        at: Timestamp,
        milli_celsius: i32,
    },
    /// It was over a limit for too long.
    RaiseAlarm {
        device: DeviceId,
        at: Timestamp,
        since: Timestamp,
        milli_celsius: i32,
    },
    /// It is back.
    ClearAlarm {
        device: DeviceId,
        at: Timestamp,
        milli_celsius: i32,
    },
    /// What was done about it.
    AnswerAlarm {
        log: DeviceLog,
        alarm: ChangeId,
        action: String,
    },
    /// A table presses its button.
    Call {
        device: DeviceId,
        what: CallKind,
    },
    /// It takes that back.
    CancelCalls {
        device: DeviceId,
    },
    /// Somebody is on their way.
    AnswerCall {
        call: ChangeId,
    },
    /// The party of a check gets a pager, or gives it back.
    GivePager {
        check: CheckId,
        pager: Option<u16>,
    },
    /// The party is called by its pager.
    Page {
        check: CheckId,
    },
}

impl Command {
    /// What one must be allowed to do, whatever the state; some commands ask for more when they see it. `None` for what
    /// a device says, which no person does.
    pub fn permission(&self) -> Option<Permission> {
        Some(match self {
            Self::NoteTemperature { .. }
            | Self::RaiseAlarm { .. }
            | Self::ClearAlarm { .. }
            | Self::Call { .. }
            | Self::CancelCalls { .. } => return None,
            Self::OpenCheck { .. }
            | Self::MarkTable { .. }
            | Self::JoinTables { .. }
            | Self::PartTables { .. }
            | Self::AnswerCall { .. }
            | Self::GivePager { .. }
            | Self::Page { .. } => Permission::Seat,
            Self::AddLines { .. } | Self::ChangeLine { .. } => Permission::Order,
            Self::HoldCourse { .. }
            | Self::Fire { .. }
            | Self::RefireLine { .. }
            | Self::Rush { ticket: None, .. }
            | Self::RushCourse { .. } => Permission::Fire,
            Self::Rush { ticket: Some(_), .. }
            | Self::ProgressLine { .. }
            | Self::BumpTicket { .. }
            | Self::RecallTicket { .. }
            | Self::RecallLine { .. }
            | Self::AnswerAlarm { .. } => Permission::Bump,
            Self::Serve { .. } => Permission::Serve,
            Self::VoidLine { .. } => Permission::Void,
            Self::CompLine { .. } => Permission::Comp,
            Self::Discount { .. } | Self::SetService { .. } => Permission::Discount,
            Self::TransferCheck { .. }
            | Self::MoveLines { .. }
            | Self::MergeChecks { .. }
            | Self::Split { .. } => Permission::Transfer,
            Self::Tender { .. } | Self::SetTip { .. } | Self::CloseCheck { .. } => Permission::TakePayment,
            Self::Refund { .. } => Permission::Refund,
            Self::ReopenCheck { .. } => Permission::Reopen,
            Self::SetAvailability { .. } => Permission::EightySix,
            Self::MoveCash { .. } | Self::OpenDrawer { .. } => Permission::Drawer,
            Self::CloseDay { .. } => Permission::CloseDay,
            Self::Edit { changes } => match changes.first() {
                Some(change) => change.kind.permission(),
                None => Permission::EditSettings,
            },
            Self::SetUp { .. } => Permission::EditSettings,
        })
    }

    /// The checks it names.
    pub fn checks(&self) -> Vec<CheckId> {
        match self {
            Self::AddLines { check, .. }
            | Self::ChangeLine { check, .. }
            | Self::HoldCourse { check, .. }
            | Self::Fire { check, .. }
            | Self::RefireLine { check, .. }
            | Self::Rush { check, .. }
            | Self::RushCourse { check, .. }
            | Self::ProgressLine { check, .. }
            | Self::BumpTicket { check, .. }
            | Self::RecallTicket { check, .. }
            | Self::RecallLine { check, .. }
            | Self::Serve { check, .. }
            | Self::VoidLine { check, .. }
            | Self::CompLine { check, .. }
            | Self::Discount { check, .. }
            | Self::SetService { check, .. }
            | Self::TransferCheck { check, .. }
            | Self::JoinTables { check, .. }
            | Self::PartTables { check, .. }
            | Self::Split { check, .. }
            | Self::Tender { check, .. }
            | Self::Refund { check, .. }
            | Self::SetTip { check, .. }
            | Self::CloseCheck { check }
            | Self::ReopenCheck { check, .. }
            | Self::GivePager { check, .. }
            | Self::Page { check } => vec![*check],
            Self::MoveLines { from, to, .. } => std::iter::once(*from).chain(*to).collect(),
            Self::MergeChecks { into, from } => vec![*into, *from],
            Self::OpenCheck { .. }
            | Self::MarkTable { .. }
            | Self::SetAvailability { .. }
            | Self::MoveCash { .. }
            | Self::OpenDrawer { .. }
            | Self::CloseDay { .. }
            | Self::Edit { .. }
            | Self::SetUp { .. }
            | Self::NoteTemperature { .. }
            | Self::RaiseAlarm { .. }
            | Self::ClearAlarm { .. }
            | Self::AnswerAlarm { .. }
            | Self::Call { .. }
            | Self::CancelCalls { .. }
            | Self::AnswerCall { .. } => Vec::new(),
        }
    }

    /// The log of a device that it looks at.
    pub const fn log(&self) -> Option<DeviceLog> {
        match self {
            Self::AnswerAlarm { log, .. } => Some(*log),
            _ => None,
        }
    }

    /// The items whose availability it asks about, besides those on the lines of its checks.
    pub fn items(&self) -> Vec<ItemId> {
        match self {
            Self::AddLines { lines, .. } => lines.iter().map(|line| line.item).collect(),
            Self::SetAvailability { item, .. } => vec![*item],
            _ => Vec::new(),
        }
    }
}
