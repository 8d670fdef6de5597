//! What makes a check cost less or more: voids, comps, discounts, service charge.

use super::command::DiscountBy;
use super::draft::{Draft, reason};
use super::order::service_of;
use super::replace::{self, Kept};
use super::{Refusal, stock};
use crate::check::{CheckFact, Line, Phase, Progress};
use crate::ids::{CheckId, LineId};
use crate::money::{Amounts, Money};
use crate::permission::Permission;

/// The largest discount, and the largest service charge, in hundredths of a percent.
const BASIS_POINTS_MAX: u32 = 10_000;

pub(super) fn void_line(
    draft: &mut Draft<'_>,
    check: CheckId,
    line: LineId,
    why: &str,
    quantity: Option<u32>,
) -> Result<(), Refusal> {
    let state = draft.standing_line(check, line)?.clone();
    let sent = state.progress.phase > Phase::New || state.line.moved_from.is_some();
    let why = if sent {
        draft.allow(Permission::VoidSent)?;
        reason(why)?
    } else {
        super::draft::free_text("reason", why)?
    };
    let standing = state.quantity();
    let voided = quantity.unwrap_or(standing);
    if voided == 0 || voided > standing {
        return Err(Refusal::quantity());
    }
    draft.answer.checks.push(check);
    let goes_on = (voided < standing).then(|| draft.ids.make());
    let kitchen = record_void(draft, check, line, Undone { reason: why, quantity: voided, goes_on })?;
    let Some(id) = goes_on else {
        let ended = stock::Ended { check, old: &state, kitchen, instead: None };
        return stock::give_back(draft, &ended, 0);
    };
    let Line { seat, note, .. } = state.line.clone();
    replace::keep(draft, check, &state, kitchen, Kept { id, quantity: standing - voided, seat, note })
}

/// What of a line is undone.
pub(super) struct Undone {
    /// Why.
    pub reason: String,
    /// How many of it are not to be made.
    pub quantity: u32,
    /// The line that goes on for it.
    pub goes_on: Option<LineId>,
}

/// Undoes what stands of a line, and tells the check that the kitchen knows it by. How far the kitchen was with it.
pub(super) fn record_void(
    draft: &mut Draft<'_>,
    check: CheckId,
    line: LineId,
    undone: Undone,
) -> Result<Progress, Refusal> {
    let Undone { reason, quantity: unwanted, goes_on } = undone;
    let state = draft.standing_line(check, line)?.clone();
    let quantity = state.quantity();
    let mut progress = state.progress;
    if let Some(home) = state.line.moved_from {
        progress = draft.check(home.check)?.lines.get(&home.line).map_or(progress, |line| line.progress);
        let (reason, phase) = (reason.clone(), progress.phase);
        let fact =
            CheckFact::PortionVoided { line: home.line, part: line, quantity: unwanted, reason, phase };
        draft.record(home.check, fact);
    }
    let phase = progress.phase;
    draft.record(check, CheckFact::LineVoided { line, quantity, reason, phase, goes_on });
    Ok(progress)
}

pub(super) fn comp(draft: &mut Draft<'_>, check: CheckId, line: LineId, why: &str) -> Result<(), Refusal> {
    let reason = reason(why)?;
    draft.standing_line(check, line)?;
    draft.record(check, CheckFact::LineComped { line, reason });
    draft.answer.checks.push(check);
    Ok(())
}

pub(super) fn discount(
    draft: &mut Draft<'_>,
    check: CheckId,
    why: &str,
    by: DiscountBy,
    lines: &[LineId],
) -> Result<(), Refusal> {
    let reason = reason(why)?;
    for line in lines {
        draft.standing_line(check, *line)?;
    }
    let worth: Vec<(LineId, Amounts)> = draft
        .open_check(check)?
        .lines_in_order()
        .into_iter()
        .filter(|line| lines.is_empty() || lines.contains(&line.line.id))
        .map(|line| (line.line.id, line.amounts()))
        .filter(|(_, amounts)| amounts.total() > Money::ZERO)
        .collect();
    let total: Money = worth.iter().map(|(_, amounts)| amounts.total()).sum();
    let amount = match by {
        DiscountBy::BasisPoints(basis_points) if (1..=BASIS_POINTS_MAX).contains(&basis_points) => {
            total.percent(basis_points)
        }
        DiscountBy::BasisPoints(_) => return Err(basis_points_range(1)),
        DiscountBy::Amount(amount) if amount > Money::ZERO && amount <= total => amount,
        DiscountBy::Amount(_) => {
            return Err(Refusal::OutOfRange { field: "amount_minor", min: 1, max: total.0 });
        }
    };
    let parts = share_out(amount, &worth);
    if parts.is_empty() {
        return Err(Refusal::Nothing("discount"));
    }
    let discount = draft.ids.make();
    let basis_points = match by {
        DiscountBy::BasisPoints(basis_points) => Some(basis_points),
        DiscountBy::Amount(_) => None,
    };
    draft.record(check, CheckFact::Discounted { discount, reason, basis_points, parts });
    draft.answer.checks.push(check);
    Ok(())
}

/// Takes `amount` off lines in proportion to what they are worth, and within each off net, tax and service alike.
fn share_out(amount: Money, worth: &[(LineId, Amounts)]) -> Vec<(LineId, Amounts)> {
    let weights: Vec<u64> =
        worth.iter().map(|(_, amounts)| amounts.total().0.max(0).unsigned_abs()).collect();
    let shares = amount.allocate(&weights).unwrap_or_default();
    worth
        .iter()
        .zip(shares)
        .filter(|(_, share)| *share != Money::ZERO)
        .map(|((line, amounts), share)| (*line, amounts.part(share)))
        .collect()
}

pub(super) fn set_service(draft: &mut Draft<'_>, check: CheckId, basis_points: u32) -> Result<(), Refusal> {
    if basis_points > BASIS_POINTS_MAX {
        return Err(basis_points_range(0));
    }
    let venue = &draft.catalogue().venue;
    let parts: Vec<(LineId, Money)> = draft
        .open_check(check)?
        .lines_in_order()
        .into_iter()
        .filter(|line| line.is_standing() && line.comp.is_none())
        .map(|line| {
            let amounts = line.amounts();
            (line.line.id, service_of(venue, amounts, basis_points) - amounts.service)
        })
        .filter(|(_, change)| *change != Money::ZERO)
        .collect();
    let (change, after) = (draft.ids.make(), draft.check(check)?.last_service());
    draft.record(check, CheckFact::ServiceSet { change, after, basis_points, parts });
    draft.answer.checks.push(check);
    Ok(())
}

fn basis_points_range(min: i64) -> Refusal {
    Refusal::OutOfRange { field: "basis_points", min, max: i64::from(BASIS_POINTS_MAX) }
}
