//! Why a command may not happen.

use crate::catalogue::lint::Flaw;
use crate::check::{CheckState, LINES_MAX, NOTE_CHARS_MAX, Phase, QUANTITY_MAX};
use crate::money::{AMOUNT_MINOR_MAX, Money};
use crate::permission::Permission;

/// A refusal. Nothing has happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message describes its variant")]
pub enum Refusal {
    #[error("this needs permission to {0:?}")]
    Forbidden(Permission),
    #[error("there is no such {0}")]
    Unknown(&'static str),
    #[error("the check is {}", state_name(*.0))]
    CheckNotOpen(CheckState),
    #[error("the check is open already")]
    CheckAlreadyOpen,
    #[error("{0} is not available")]
    EightySixed(String),
    #[error("only {remaining} of {item} are left")]
    OnlyLeft { item: String, remaining: i64 },
    #[error("{group} takes {min} to {max} choices, not {chosen}")]
    Modifiers { group: String, min: u32, max: u32, chosen: usize },
    #[error("a modifier does not belong to {0}")]
    ForeignModifier(String),
    #[error("{0} costs what whoever orders it says, and no price was said")]
    PriceNeeded(String),
    #[error("{0} has its own name and price")]
    NotOpen(String),
    #[error("{field} must be {min} to {max}")]
    OutOfRange { field: &'static str, min: i64, max: i64 },
    #[error("{field} is longer than {chars_max} characters")]
    TooLong { field: &'static str, chars_max: usize },
    #[error("{0} looks like a card number, which is never written down")]
    CardNumber(&'static str),
    #[error("a reason is needed")]
    NoReason,
    #[error("there is nothing to {0}")]
    Nothing(&'static str),
    #[error("the line no longer counts")]
    LineGone,
    #[error("the line is {}", .0.as_str())]
    WrongPhase(Phase),
    #[error("the ticket is held, or cleared already")]
    TicketNotOpen,
    #[error("the ticket is still open")]
    TicketStillOpen,
    #[error("{due} is still to be paid", due = .0.0)]
    AmountDue(Money),
    #[error("that is more than the {due} to be paid", due = .0.0)]
    ExceedsDue(Money),
    #[error("that is more than the {left} left of the tender", left = .0.0)]
    ExceedsTender(Money),
    #[error("only a card payment has its tip said later")]
    NotACard,
    #[error("the check has payments; it cannot be merged into another")]
    HasTenders,
    #[error("a check cannot be merged with itself")]
    SameCheck,
    #[error("the party has to sit somewhere")]
    LastTable,
    #[error("the trading day is closed")]
    DayClosed,
    #[error("the venue is set up")]
    AlreadySetUp,
    #[error("{}", first(.0))]
    InvalidEdit(Vec<Flaw>),
    #[error("it would not make a valid {kind}: {problem}")]
    InvalidEntity { kind: &'static str, problem: String },
}

fn state_name(state: CheckState) -> &'static str {
    match state {
        CheckState::Open => "open",
        CheckState::Closed => "closed",
        CheckState::Merged { .. } => "merged into another",
    }
}

fn first(flaws: &[Flaw]) -> String {
    let Some(flaw) = flaws.first() else { return String::new() };
    match flaws.len() {
        1 => flaw.detail.clone(),
        more => format!("{}, and {} more", flaw.detail, more - 1),
    }
}

impl Refusal {
    /// A stable name for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden(_) => "forbidden",
            Self::Unknown(_) => "not-found",
            Self::CheckNotOpen(_) => "check-not-open",
            Self::CheckAlreadyOpen => "check-open",
            Self::EightySixed(_) => "eighty-sixed",
            Self::OnlyLeft { .. } => "not-enough-left",
            Self::Modifiers { .. } => "modifiers",
            Self::ForeignModifier(_) => "foreign-modifier",
            Self::PriceNeeded(_) => "price-needed",
            Self::NotOpen(_) => "not-open",
            Self::OutOfRange { .. } => "out-of-range",
            Self::TooLong { .. } => "too-long",
            Self::CardNumber(_) => "card-number",
            Self::NoReason => "reason-needed",
            Self::Nothing(_) => "nothing-to-do",
            Self::LineGone => "line-gone",
            Self::WrongPhase(_) => "wrong-phase",
            Self::TicketNotOpen => "ticket-not-open",
            Self::TicketStillOpen => "ticket-open",
            Self::AmountDue(_) => "amount-due",
            Self::ExceedsDue(_) => "exceeds-due",
            Self::ExceedsTender(_) => "exceeds-tender",
            Self::NotACard => "not-a-card",
            Self::HasTenders => "has-tenders",
            Self::SameCheck => "same-check",
            Self::LastTable => "last-table",
            Self::DayClosed => "day-closed",
            Self::AlreadySetUp => "already-set-up",
            Self::InvalidEdit(_) => "invalid-edit",
            Self::InvalidEntity { .. } => "invalid-entity",
        }
    }

    pub(super) fn amount_range(field: &'static str, min: i64) -> Self {
        Self::OutOfRange { field, min, max: AMOUNT_MINOR_MAX }
    }

    pub(super) fn quantity() -> Self {
        Self::OutOfRange { field: "quantity", min: 1, max: i64::from(QUANTITY_MAX) }
    }

    pub(super) fn too_many_lines() -> Self {
        Self::OutOfRange { field: "lines", min: 1, max: i64::try_from(LINES_MAX).unwrap_or(i64::MAX) }
    }

    pub(super) fn note() -> Self {
        Self::TooLong { field: "note", chars_max: NOTE_CHARS_MAX }
    }
}
