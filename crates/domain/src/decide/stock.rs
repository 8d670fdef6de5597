//! What a command takes of items that are counted down, and gives back.
//!
//! What becomes of a line in the end is one delta under the line's own id: whatever two hubs do to it at once, it is
//! given back once. Where they differ the least stands, and so a void of all of it does.

use super::Refusal;
use super::draft::Draft;
use crate::catalogue::Item;
use crate::check::{LineState, Progress};
use crate::ids::{ChangeId, LineId, named};

/// Takes `quantity` for a new line. The count it was taken under, if there is one.
pub(super) fn take(draft: &mut Draft<'_>, item: &Item, quantity: u32) -> Result<Option<ChangeId>, Refusal> {
    let count = reserve(draft, item, quantity, 0)?;
    if let Some(count) = count {
        let taken = draft.ids.make();
        draft.take(item.id, count, taken, i64::from(quantity));
    }
    Ok(count)
}

/// Gives back what was not begun of a voided line, but for the `kept` that goes on.
pub(super) fn give_back(draft: &mut Draft<'_>, old: &LineState, kitchen: Progress, kept: u32) {
    if let Some(count) = old.line.counted.filter(|_| !kitchen.is_begun()) {
        settle(draft, old, count, i64::from(kept) - i64::from(old.quantity()));
    }
}

/// Takes `quantity` for what is ordered instead of a line, which gives back what was not begun.
pub(super) fn exchange(
    draft: &mut Draft<'_>,
    old: &LineState,
    kitchen: Progress,
    item: &Item,
    quantity: u32,
) -> Result<Option<ChangeId>, Refusal> {
    let given_back = old.line.counted.filter(|_| !kitchen.is_begun());
    let back = i64::from(old.quantity());
    let now = draft.stock(item.id).count;
    let count =
        reserve(draft, item, quantity, given_back.filter(|count| Some(*count) == now).map_or(0, |_| back))?;
    match (given_back, count) {
        (Some(before), Some(now)) if before == now => settle(draft, old, now, i64::from(quantity) - back),
        (before, now) => {
            if let Some(before) = before {
                settle(draft, old, before, -back);
            }
            if let Some(now) = now {
                settle(draft, old, now, i64::from(quantity));
            }
        }
    }
    Ok(count)
}

/// Refuses what is eighty-sixed, or not there in that number once `back` of it have come back.
fn reserve(draft: &Draft<'_>, item: &Item, quantity: u32, back: i64) -> Result<Option<ChangeId>, Refusal> {
    let mut stock = draft.stock(item.id);
    stock.remaining = stock.remaining.map(|remaining| remaining + back);
    if !stock.is_available() {
        return Err(Refusal::EightySixed(item.name.clone()));
    }
    match stock.remaining {
        Some(remaining) if remaining < i64::from(quantity) => {
            Err(Refusal::OnlyLeft { item: item.name.clone(), remaining })
        }
        Some(_) => Ok(stock.count),
        None => Ok(None),
    }
}

fn settle(draft: &mut Draft<'_>, old: &LineState, count: ChangeId, quantity: i64) {
    if quantity != 0 {
        draft.take(old.line.item, count, of_line(old.line.id), quantity);
    }
}

/// The delta that says what becomes of a line.
fn of_line(line: LineId) -> ChangeId {
    named(&format!("stock/{line}"))
}
