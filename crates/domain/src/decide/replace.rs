//! The line that stands for one that was voided: the rest of it, or what was ordered instead.

use super::draft::Draft;
use super::{Refusal, kitchen, stock};
use crate::check::{Check, CheckFact, Line, LineState, Phase, Progress};
use crate::ids::{CheckId, LineId};
use crate::money::{Amounts, Money};

/// What of a voided line goes on.
pub(super) struct Kept {
    pub id: LineId,
    pub quantity: u32,
    pub seat: Option<u8>,
    pub note: String,
}

/// Goes on with some of `old`, as it was before it was voided. It is worth its share of that, whatever the menu says
/// by now, and keeps its discounts; what was made of it is not made again.
pub(super) fn keep(
    draft: &mut Draft<'_>,
    check: CheckId,
    old: &LineState,
    kitchen: Progress,
    kept: Kept,
) -> Result<(), Refusal> {
    let Kept { id, quantity, seat, note } = kept;
    let weights = [u64::from(quantity), u64::from(old.quantity() - quantity)];
    let worth = old.standing_amounts().allocate(&weights).map(|parts| parts[0]).unwrap_or_default();
    let discounts = discounts_on(draft.check(check)?, old, quantity);
    let amounts = worth + discounts.iter().map(|discount| discount.off).sum();
    let made = old.progress.phase >= Phase::Ready && note == old.line.note;
    let replaces = Some(old.line.id);
    let line = Line { id, quantity, seat, note, amounts, replaces, ..old.line.clone() };
    let phase = if made || old.line.moved_from.is_some() { Phase::New } else { old.progress.phase };
    add(draft, check, line, phase)?;
    stock::give_back(draft, &stock::Ended { check, old, kitchen, instead: Some(id) }, quantity)?;
    if made {
        let fact = CheckFact::LineProgressed { line: id, round: 0, phase: old.progress.phase };
        draft.record(check, fact);
    }
    discount_again(draft, check, id, discounts);
    Ok(())
}

/// Adds what was ordered instead of `old`, with the discounts that were on that.
pub(super) fn order_instead(
    draft: &mut Draft<'_>,
    check: CheckId,
    old: &LineState,
    line: Line,
) -> Result<(), Refusal> {
    let kept = line.quantity.min(old.quantity());
    let mut discounts = discounts_on(draft.check(check)?, old, kept);
    let mut left = line.amounts;
    for LineDiscount { off, .. } in &mut discounts {
        let at_most = |off: Money, left: Money| off.min(left.max(Money::ZERO));
        *off = Amounts {
            net: at_most(off.net, left.net),
            tax: at_most(off.tax, left.tax),
            service: at_most(off.service, left.service),
        };
        left -= *off;
    }
    let id = line.id;
    add(draft, check, Line { replaces: Some(old.line.id), ..line }, old.progress.phase)?;
    discount_again(draft, check, id, discounts);
    Ok(())
}

/// A discount of one line.
struct LineDiscount {
    reason: String,
    basis_points: Option<u32>,
    off: Amounts,
}

/// The discounts on `quantity` of a line.
fn discounts_on(check: &Check, line: &LineState, quantity: u32) -> Vec<LineDiscount> {
    let weights = [u64::from(quantity), u64::from(line.line.quantity - quantity)];
    let mut discounts = Vec::new();
    for discount in check.discounts.values() {
        for (_, off) in discount.parts.iter().filter(|(id, _)| *id == line.line.id) {
            let off = off.allocate(&weights).map(|parts| parts[0]).unwrap_or_default();
            let (reason, basis_points) = (discount.reason.clone(), discount.basis_points);
            discounts.push(LineDiscount { reason, basis_points, off });
        }
    }
    discounts
}

fn discount_again(draft: &mut Draft<'_>, check: CheckId, line: LineId, discounts: Vec<LineDiscount>) {
    for LineDiscount { reason, basis_points, off } in discounts {
        if off == Amounts::ZERO {
            continue;
        }
        let (discount, parts) = (draft.ids.make(), vec![(line, off)]);
        draft.record(check, CheckFact::Discounted { discount, reason, basis_points, parts });
    }
}

/// Adds a line, as far along as the voided one was sent.
fn add(draft: &mut Draft<'_>, check: CheckId, line: Line, sent: Phase) -> Result<(), Refusal> {
    let (id, course) = (line.id, line.course);
    draft.answer.lines.push(id);
    draft.record(check, CheckFact::LineAdded { line: Box::new(line) });
    match sent {
        Phase::New => {}
        Phase::Held => {
            let change = draft.ids.make();
            draft.record(check, CheckFact::CourseHeld { change, course, lines: vec![id] });
        }
        Phase::Fired | Phase::Started | Phase::Ready | Phase::Served => {
            kitchen::fire_lines(draft, check, &[id])?;
        }
    }
    Ok(())
}
