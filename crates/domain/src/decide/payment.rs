//! Taking money, giving it back, closing.

use super::Refusal;
use super::draft::{Draft, free_text, reason};
use crate::check::{Check, CheckFact, CheckState, Tender, TenderKind, TenderState};
use crate::ids::{CheckId, ShareId, TenderId};
use crate::money::{AMOUNT_MINOR_MAX, Money};
use crate::permission::Permission;

/// What a guest offers.
pub(super) struct Offer {
    pub kind: TenderKind,
    /// Cash: what is handed over, the tip included. Otherwise what is to be paid of the check.
    pub amount: Money,
    pub tip: Money,
    pub share: Option<ShareId>,
}

pub(super) fn tender(
    draft: &mut Draft<'_>,
    check: CheckId,
    offer: &Offer,
    reference: &str,
) -> Result<(), Refusal> {
    let reference = free_text("reference", reference)?;
    let due = due(draft.open_check(check)?, offer.share)?;
    if !(1..=AMOUNT_MINOR_MAX).contains(&offer.amount.0) {
        return Err(Refusal::amount_range("amount_minor", 1));
    }
    if !(0..=AMOUNT_MINOR_MAX).contains(&offer.tip.0) {
        return Err(Refusal::amount_range("tip_minor", 0));
    }
    if due <= Money::ZERO {
        return Err(Refusal::ExceedsDue(due));
    }
    let (amount, handed) = match offer.kind {
        TenderKind::Cash => ((offer.amount - offer.tip).min(due), offer.amount),
        TenderKind::Card | TenderKind::Voucher if offer.amount > due => return Err(Refusal::ExceedsDue(due)),
        TenderKind::Card | TenderKind::Voucher => (offer.amount, offer.amount + offer.tip),
    };
    if amount <= Money::ZERO {
        return Err(Refusal::OutOfRange { field: "tip_minor", min: 0, max: offer.amount.0 - 1 });
    }
    let id = draft.ids.make();
    let tender = Tender {
        id,
        kind: offer.kind,
        amount,
        tip: offer.tip,
        handed,
        reference,
        share: offer.share,
        business_date: draft.context.business_date,
    };
    draft.answer.change = handed - amount - offer.tip;
    draft.answer.tender = Some(id);
    draft.record(check, CheckFact::Tendered { tender });
    draft.answer.checks.push(check);
    Ok(())
}

/// What is to be paid of the check, or of one share of it.
fn due(check: &Check, share: Option<ShareId>) -> Result<Money, Refusal> {
    let due = check.totals().due();
    let Some(id) = share else { return Ok(due) };
    let share = check.shares.iter().find(|share| share.id == id).ok_or(Refusal::Unknown("share"))?;
    Ok((share.amount - check.share_paid(id)).min(due))
}

pub(super) fn refund(
    draft: &mut Draft<'_>,
    check: CheckId,
    tender: TenderId,
    amount: Money,
    why: &str,
) -> Result<(), Refusal> {
    let reason = reason(why)?;
    let state = draft.check(check)?.tenders.get(&tender).ok_or(Refusal::Unknown("tender"))?;
    let left = state.tender.amount - state.refunded();
    if amount <= Money::ZERO {
        return Err(Refusal::amount_range("amount_minor", 1));
    }
    if amount > left {
        return Err(Refusal::ExceedsTender(left));
    }
    let (refund, business_date) = (draft.ids.make(), draft.context.business_date);
    draft.record(check, CheckFact::Refunded { refund, tender, amount, reason, business_date });
    draft.answer.checks.push(check);
    Ok(())
}

/// Sets the tip of a card payment once its slip says it, until the payment's day is closed. Whoever took the payment or
/// serves the check may; anybody else needs the permission to give money back.
pub(super) fn set_tip(
    draft: &mut Draft<'_>,
    check: CheckId,
    tender: TenderId,
    tip: Money,
) -> Result<(), Refusal> {
    let standing = draft.check(check)?;
    let TenderState { mark, tender: taken, .. } =
        standing.tenders.get(&tender).ok_or(Refusal::Unknown("tender"))?;
    if ![mark.by, standing.server].contains(&draft.context.by) {
        draft.allow(Permission::Refund)?;
    }
    match taken.kind {
        TenderKind::Card => {}
        TenderKind::Cash | TenderKind::Voucher => return Err(Refusal::NotACard),
    }
    if !(0..=AMOUNT_MINOR_MAX).contains(&tip.0) {
        return Err(Refusal::amount_range("tip_minor", 0));
    }
    if draft.world.last_closed.is_some_and(|closed| taken.business_date <= closed) {
        return Err(Refusal::DayClosed);
    }
    let change = draft.ids.make();
    draft.record(check, CheckFact::TipSet { change, tender, tip });
    draft.answer.checks.push(check);
    Ok(())
}

pub(super) fn close(draft: &mut Draft<'_>, check: CheckId) -> Result<(), Refusal> {
    let due = draft.open_check(check)?.totals().due();
    if due != Money::ZERO {
        return Err(Refusal::AmountDue(due));
    }
    record_close(draft, check)?;
    draft.answer.checks.push(check);
    Ok(())
}

pub(super) fn record_close(draft: &mut Draft<'_>, check: CheckId) -> Result<(), Refusal> {
    let totals = draft.check(check)?.close_totals();
    let hour = draft.context.now.to_zoned(draft.catalogue().venue.zone()).hour();
    let (close, business_date) = (draft.ids.make(), draft.context.business_date);
    draft.record(check, CheckFact::CheckClosed { close, business_date, hour, totals });
    Ok(())
}

pub(super) fn reopen(draft: &mut Draft<'_>, check: CheckId, why: &str) -> Result<(), Refusal> {
    let reason = reason(why)?;
    let standing = draft.check(check)?;
    match (standing.state(), standing.standing_close()) {
        (CheckState::Closed, Some(close)) => {
            let close = close.id;
            draft.record(check, CheckFact::CheckReopened { close, reason });
            draft.answer.checks.push(check);
            Ok(())
        }
        (state @ CheckState::Merged { .. }, _) => Err(Refusal::CheckNotOpen(state)),
        (CheckState::Open | CheckState::Closed, _) => Err(Refusal::CheckAlreadyOpen),
    }
}
