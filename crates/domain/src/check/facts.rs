//! What can have happened to a check. Facts are never changed or removed; a correction is another fact.
//!
//! Every fact has a natural key under which a document keeps it, so that the same command, accepted twice by hubs
//! that could not see each other, is one fact after they merge.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::line::{Line, Phase};
use crate::figures::Figures;
use crate::ids::{
    ChangeId, CheckId, DiscountId, LineId, MoveId, ShareId, StaffId, StationId, TableId, TenderId, TicketId,
};
use crate::money::{Amounts, Money};

/// Who did something, and its place in the order of everything that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Mark {
    /// Hybrid logical clock: milliseconds since 1970 << 16 | counter.
    pub hlc: u64,
    /// Place among the facts of one command.
    #[serde(default, skip_serializing_if = "is_first")]
    pub index: u16,
    /// The member of staff.
    pub by: StaffId,
    /// Who approved it with their PIN, where whoever did it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<StaffId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(index: &u16) -> bool {
    *index == 0
}

impl Mark {
    /// The mark of the first fact of a command that nobody had to approve.
    pub const fn of(hlc: u64, by: StaffId) -> Self {
        Self { hlc, index: 0, by, approved_by: None }
    }

    /// When, by the wall clock of whoever recorded it: a label, never an order.
    pub fn at(self) -> Timestamp {
        i64::try_from(self.hlc >> 16)
            .ok()
            .and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

/// A fact with its mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Marked<F> {
    /// Who and when.
    pub mark: Mark,
    /// What.
    pub fact: F,
}

/// One ticket of a fire: what one station is to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiredTicket {
    /// Its id.
    pub id: TicketId,
    /// Who makes it; `None` when the venue has not one station.
    pub station: Option<StationId>,
    /// Its course.
    pub course: u8,
    /// Its lines, each with the round that this fire starts.
    pub lines: Vec<(LineId, u32)>,
    /// Some line had no station of its own, and came here because this is the catch-all.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unrouted: bool,
}

/// Why a ticket exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FireKind {
    /// Ordered.
    Fire,
    /// To be made once more.
    Refire,
}

/// Part of a line that went to another check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedPart {
    /// The line it was part of.
    pub line: LineId,
    /// How many of it.
    pub quantity: u32,
    /// What it is worth.
    pub amounts: Amounts,
    /// The line it became.
    pub becomes: LineId,
    /// The kitchen had it already, and goes on knowing it by `line`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sent: bool,
}

/// How a payment was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TenderKind {
    /// Notes and coins.
    Cash,
    /// A card on a terminal that is not ours.
    Card,
    /// A voucher.
    Voucher,
}

impl TenderKind {
    /// As in figures and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::Voucher => "voucher",
        }
    }
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// Its id.
    pub id: TenderId,
    /// How.
    pub kind: TenderKind,
    /// What it pays of the check.
    pub amount: Money,
    /// Gratuity on top.
    #[serde(default)]
    pub tip: Money,
    /// What the guest handed over, cash only; the rest is change.
    #[serde(default)]
    pub handed: Money,
    /// Slip number, voucher code. Never a card number.
    #[serde(default)]
    pub reference: String,
    /// The share it pays.
    #[serde(default)]
    pub share: Option<ShareId>,
    /// The trading day it belongs to.
    pub business_date: Date,
}

/// A part of a check that one payer takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// As shown: "1 of 3".
    pub label: String,
    /// What it comes to.
    pub amount: Money,
}

/// Everything a check has counted for up to a close; sales of a day are the differences between closes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CloseTotals {
    /// What is to be paid.
    pub amounts: Amounts,
    /// What was paid.
    pub paid: Money,
    /// What was sold, in detail.
    pub figures: Figures,
}

/// What happened to a check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the columns of the variants' own descriptions")]
pub enum CheckFact {
    /// A party started to order.
    CheckOpened {
        number: String,
        table: Option<TableId>,
        covers: u32,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        name: String,
        server: StaffId,
        business_date: Date,
        service_basis_points: u32,
    },
    /// Something was ordered, or came here from another check.
    LineAdded { line: Box<Line> },
    /// The kitchen may see these lines, and waits.
    CourseHeld { change: ChangeId, course: u8, lines: Vec<LineId> },
    /// The kitchen starts.
    Fired { fire: ChangeId, kind: FireKind, tickets: Vec<FiredTicket> },
    /// Work on a line went on.
    LineProgressed { line: LineId, round: u32, phase: Phase },
    /// A station cleared a ticket, having seen these voids.
    TicketBumped { ticket: TicketId, round: u32, voids_seen: Vec<LineId> },
    /// A station brought a ticket back.
    TicketRecalled { ticket: TicketId, round: u32 },
    /// A ticket, every ticket of a course, or every ticket of the check goes first or no longer does.
    Rushed {
        change: ChangeId,
        ticket: Option<TicketId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        course: Option<u8>,
        on: bool,
    },
    /// A line was undone; `phase` is how far the voider knew it to be. Another line may go on for it.
    LineVoided {
        line: LineId,
        quantity: u32,
        reason: String,
        phase: Phase,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        goes_on: Option<LineId>,
    },
    /// Part of a line that had moved to another check was undone there; here only the kitchen learns of it.
    PortionVoided { line: LineId, part: LineId, quantity: u32, reason: String, phase: Phase },
    /// A line was given away; it still counts as made.
    LineComped { line: LineId, reason: String },
    /// A discount was shared out over lines.
    Discounted {
        discount: DiscountId,
        reason: String,
        /// In hundredths of a percent, when it was given as a part.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        basis_points: Option<u32>,
        parts: Vec<(LineId, Amounts)>,
    },
    /// The service charge was set, which adds to (or takes from) lines, beyond what the change `after` which it was
    /// decided had done. Of two that were decided after the same one, the later holds and the other does nothing.
    ServiceSet {
        change: ChangeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<ChangeId>,
        basis_points: u32,
        parts: Vec<(LineId, Money)>,
    },
    /// Lines went to another check.
    LinesMovedOut { movement: MoveId, to: CheckId, parts: Vec<MovedPart> },
    /// A payment.
    Tendered { tender: Tender },
    /// Money was given back.
    Refunded { refund: ChangeId, tender: TenderId, amount: Money, reason: String, business_date: Date },
    /// What the slip of a card payment says; the last that was said holds.
    TipSet { change: ChangeId, tender: TenderId, tip: Money },
    /// The check was cut into shares; the last cut holds.
    SharesSet { change: ChangeId, shares: Vec<Share> },
    /// Paid and done, as far as these totals go.
    CheckClosed { close: ChangeId, business_date: Date, hour: i8, totals: CloseTotals },
    /// Opened once more.
    CheckReopened { close: ChangeId, reason: String },
    /// Table, server, covers or name changed.
    CheckTransferred {
        change: ChangeId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        table: Option<TableId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        server: Option<StaffId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        covers: Option<u32>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// The party sits at these tables too.
    TablesJoined { join: ChangeId, tables: Vec<TableId> },
    /// It no longer sits at tables that these joinings brought.
    TablesParted { change: ChangeId, parts: Vec<(ChangeId, TableId)> },
    /// Everything went to another check.
    CheckMerged { into: CheckId },
}

impl CheckFact {
    /// The key under which a document keeps it.
    ///
    /// One command that two hubs did is one fact, or, where each did it to other lines of a course, two: both were done.
    pub fn key(&self) -> String {
        match self {
            Self::CheckOpened { .. } => "opened".into(),
            Self::LineAdded { line } => format!("line/{}", line.id),
            Self::CourseHeld { change, lines, .. } => format!("held/{change}/{}", short_of(lines.iter())),
            Self::Fired { fire, tickets, .. } => {
                let lines = tickets.iter().flat_map(|ticket| &ticket.lines).map(|(line, _)| line);
                format!("fired/{fire}/{}", short_of(lines))
            }
            Self::LineProgressed { line, round, phase } => {
                format!("progress/{line}/{round}/{}", phase.as_str())
            }
            Self::TicketBumped { ticket, round, voids_seen } => {
                format!("bumped/{ticket}/{round}/{}", voids_seen.len())
            }
            Self::TicketRecalled { ticket, round } => format!("recalled/{ticket}/{round}"),
            Self::Rushed { change, .. } => format!("rushed/{change}"),
            Self::LineVoided { line, goes_on: None, .. } => format!("voided/{line}"),
            Self::LineVoided { line, goes_on: Some(other), .. } => format!("voided/{line}/{other}"),
            Self::PortionVoided { line, part, .. } => format!("portion/{line}/{part}"),
            Self::LineComped { line, .. } => format!("comped/{line}"),
            Self::Discounted { discount, .. } => format!("discount/{discount}"),
            Self::ServiceSet { change, .. } => format!("service/{change}"),
            Self::LinesMovedOut { movement, .. } => format!("moved/{movement}"),
            Self::Tendered { tender } => format!("tender/{}", tender.id),
            Self::Refunded { refund, .. } => format!("refund/{refund}"),
            Self::TipSet { change, .. } => format!("tip/{change}"),
            Self::SharesSet { change, .. } => format!("shares/{change}"),
            Self::CheckClosed { close, .. } => format!("closed/{close}"),
            Self::CheckReopened { close, .. } => format!("reopened/{close}"),
            Self::CheckTransferred { change, .. } => format!("transferred/{change}"),
            Self::TablesJoined { join, .. } => format!("joined/{join}"),
            Self::TablesParted { change, .. } => format!("parted/{change}"),
            Self::CheckMerged { into } => format!("merged/{into}"),
        }
    }
}

/// Tells one set of lines from another: eight hexadecimal digits, whatever their order.
fn short_of<'a>(lines: impl Iterator<Item = &'a LineId>) -> String {
    let lines: BTreeSet<LineId> = lines.copied().collect();
    let mut hasher = blake3::Hasher::new();
    for line in lines {
        hasher.update(line.0.as_bytes());
    }
    hasher.finalize().to_hex()[..8].to_owned()
}

impl CheckFact {
    /// Its name in logs and addresses.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CheckOpened { .. } => "check_opened",
            Self::LineAdded { .. } => "line_added",
            Self::CourseHeld { .. } => "course_held",
            Self::Fired { .. } => "fired",
            Self::LineProgressed { .. } => "line_progressed",
            Self::TicketBumped { .. } => "ticket_bumped",
            Self::TicketRecalled { .. } => "ticket_recalled",
            Self::Rushed { .. } => "rushed",
            Self::LineVoided { .. } => "line_voided",
            Self::PortionVoided { .. } => "portion_voided",
            Self::LineComped { .. } => "line_comped",
            Self::Discounted { .. } => "discounted",
            Self::ServiceSet { .. } => "service_set",
            Self::LinesMovedOut { .. } => "lines_moved_out",
            Self::Tendered { .. } => "tendered",
            Self::Refunded { .. } => "refunded",
            Self::TipSet { .. } => "tip_set",
            Self::SharesSet { .. } => "shares_set",
            Self::CheckClosed { .. } => "check_closed",
            Self::CheckReopened { .. } => "check_reopened",
            Self::CheckTransferred { .. } => "check_transferred",
            Self::TablesJoined { .. } => "tables_joined",
            Self::TablesParted { .. } => "tables_parted",
            Self::CheckMerged { .. } => "check_merged",
        }
    }
}
