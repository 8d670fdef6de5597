//! What clients see of checks.

use jiff::Timestamp;
use jiff::civil::Date;
use maitred_domain::check::{Phase, TaxRow, TenderKind};
use maitred_domain::ids::{
    CheckId, DiscountId, ItemId, LineId, ModifierId, ShareId, StaffId, StationId, TableId, TenderId,
};
use maitred_domain::money::Money;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the phases of the domain")]
pub enum Progress {
    New,
    Held,
    Fired,
    Started,
    Ready,
    Served,
}

impl From<Phase> for Progress {
    fn from(phase: Phase) -> Self {
        match phase {
            Phase::New => Self::New,
            Phase::Held => Self::Held,
            Phase::Fired => Self::Fired,
            Phase::Started => Self::Started,
            Phase::Ready => Self::Ready,
            Phase::Served => Self::Served,
        }
    }
}

/// Where a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// To be paid, or to be ordered on.
    Open,
    /// Paid and done.
    Closed,
    /// Everything went to another check.
    Merged,
}

/// Who serves.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServerView {
    /// Their id.
    pub id: StaffId,
    /// As shown.
    pub name: String,
}

/// How far a course is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CourseProgress {
    /// From 1.
    pub course: u8,
    /// That of its least advanced line.
    pub progress: Progress,
    /// Lines that count.
    pub lines: u32,
}

/// A check in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckSummary {
    /// Its id.
    pub id: CheckId,
    /// What people call it.
    pub number: String,
    /// A name, where there is one.
    pub name: String,
    /// Where it stands.
    pub state: CheckState,
    /// The table.
    pub table_id: Option<TableId>,
    /// Tables that the party sits at too.
    pub joined_table_ids: Vec<TableId>,
    /// The names of all of them, `12+14`.
    pub table_name: Option<String>,
    /// How many eat.
    pub covers: u32,
    /// Who serves.
    pub server: ServerView,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The trading day it was opened on.
    pub business_date: Date,
    /// What is to be paid in all.
    pub total_minor: Money,
    /// What was paid, less refunds.
    pub paid_minor: Money,
    /// What is still to be paid; negative when a refund is due.
    pub due_minor: Money,
    /// How far each course is.
    pub courses: Vec<CourseProgress>,
    /// Lines that the kitchen does not know of.
    pub unsent_lines: u32,
    /// Card payments for which no tip was said.
    pub untipped_cards: u32,
    /// Grows, at one hub, with everything that happens to the check: of two pictures the one with the higher is newer.
    pub revision: u32,
}

/// A page of checks, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckPage {
    /// The checks.
    pub checks: Vec<CheckSummary>,
    /// Where the next page starts; `null` on the last.
    pub next_cursor: Option<String>,
}

/// A check.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// As in a list.
    #[serde(flatten)]
    pub summary: CheckSummary,
    /// Its lines, in the order they were added.
    pub lines: Vec<LineView>,
    /// Its payments.
    pub tenders: Vec<TenderView>,
    /// The shares it was cut into.
    pub shares: Vec<ShareView>,
    /// Its discounts.
    pub discounts: Vec<DiscountView>,
    /// Without tax and service, after discounts.
    pub subtotal_minor: Money,
    /// All taxes.
    pub tax_minor: Money,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// Service charge.
    pub service_minor: Money,
    /// Its rate, in hundredths of a percent.
    pub service_basis_points: u32,
    /// Taken off by discounts.
    pub discount_minor: Money,
    /// Gratuities.
    pub tips_minor: Money,
    /// The check that everything went to.
    pub merged_into: Option<CheckId>,
}

/// A chosen modifier.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineModifierView {
    /// Which.
    pub id: ModifierId,
    /// As shown.
    pub name: String,
    /// What it adds to one.
    pub price_minor: Money,
}

/// A void.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VoidView {
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The kitchen had begun: food in the bin.
    pub waste: bool,
}

/// A comp.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompView {
    /// Why.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What it would have cost.
    pub amount_minor: Money,
}

/// A line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineView {
    /// Its id.
    pub id: LineId,
    /// What was ordered.
    pub item_id: ItemId,
    /// As shown.
    pub name: String,
    /// Its name and price are those that whoever ordered it said.
    pub open: bool,
    /// How many this check still counts for.
    pub quantity: u32,
    /// For whom, from 1.
    pub seat: Option<u8>,
    /// Which course, from 1.
    pub course: u8,
    /// How.
    pub modifiers: Vec<LineModifierView>,
    /// What else.
    pub note: String,
    /// What can hurt a guest.
    pub allergens: Vec<String>,
    /// Price of one with its modifiers, as on the menu.
    pub unit_price_minor: Money,
    /// What it still counts for on this check, as on the menu: with tax where prices include it, without service.
    pub total_minor: Money,
    /// Taken off by discounts.
    pub discount_minor: Money,
    /// Who makes it.
    pub station: Option<StationId>,
    /// How far the kitchen is.
    pub progress: Progress,
    /// It goes first, or will when it is fired.
    pub rush: bool,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// By whom.
    pub ordered_by: String,
    /// Undone.
    pub void: Option<VoidView>,
    /// Given away.
    pub comp: Option<CompView>,
    /// The check that all of it moved to.
    pub moved_to: Option<CheckId>,
    /// The voided line it stands for.
    pub replaces: Option<LineId>,
}

/// A payment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TenderView {
    /// Its id.
    pub id: TenderId,
    /// How.
    pub kind: TenderKind,
    /// What it pays of the check.
    pub amount_minor: Money,
    /// Gratuity on top.
    pub tip_minor: Money,
    /// What the guest handed over.
    pub tendered_minor: Money,
    /// What went back.
    pub change_minor: Money,
    /// Slip number, voucher code.
    pub reference: String,
    /// The share it pays.
    pub share_id: Option<ShareId>,
    /// What was given back later.
    pub refunded_minor: Money,
    /// By whom it was taken.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// A part of a check that one payer takes over.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ShareView {
    /// Its id.
    pub id: ShareId,
    /// As shown.
    pub label: String,
    /// What it comes to.
    pub amount_minor: Money,
    /// What was paid of it.
    pub paid_minor: Money,
    /// What is to be paid of it.
    pub due_minor: Money,
}

/// A discount.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiscountView {
    /// Its id.
    pub id: DiscountId,
    /// Why.
    pub reason: String,
    /// What it took off.
    pub amount_minor: Money,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What one tax comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaxView {
    /// As printed.
    pub name: String,
    /// In hundredths of a percent.
    pub rate_basis_points: u32,
    /// What it is levied on.
    pub net_minor: Money,
    /// The tax.
    pub tax_minor: Money,
}

impl From<TaxRow> for TaxView {
    fn from(row: TaxRow) -> Self {
        let TaxRow { name, rate_basis_points, net, tax } = row;
        Self { name, rate_basis_points, net_minor: net, tax_minor: tax }
    }
}
