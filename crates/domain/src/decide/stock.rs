//! What a command takes of items that are counted down, and gives back.
//!
//! What becomes of a line is said with the line that goes on for it: whatever two hubs do to it at once, what stands on
//! the check is what was taken. So it is said also where nothing is taken or given back by it.

use super::Refusal;
use super::draft::Draft;
use crate::catalogue::Item;
use crate::check::{LineState, Progress};
use crate::ids::{ChangeId, CheckId, LineId, named};
use crate::stock::{LineEnd, StockFact};

/// Takes `quantity` for a new line. The count it was taken under, if there is one.
pub(super) fn take(
    draft: &mut Draft<'_>,
    line: LineId,
    item: &Item,
    quantity: u32,
) -> Result<Option<ChangeId>, Refusal> {
    let count = reserve(draft, item, quantity, 0)?;
    if let Some(count) = count {
        // The line's, not the next of the command's: another hub that does the command may know of fewer counts.
        let taken = named(&format!("taken/{line}"));
        draft.take(item.id, count, taken, i64::from(quantity));
    }
    Ok(count)
}

/// A line that was voided or changed, as it was before, as far as the kitchen was with it, and what goes on for it.
pub(super) struct Ended<'a> {
    pub check: CheckId,
    pub old: &'a LineState,
    pub kitchen: Progress,
    pub instead: Option<LineId>,
}

impl Ended<'_> {
    /// The count that what was not begun goes back to.
    fn given_back(&self) -> Option<ChangeId> {
        self.old.line.counted.filter(|_| !self.kitchen.is_begun())
    }

    fn settle(&self, draft: &mut Draft<'_>, count: ChangeId, quantity: i64) -> Result<(), Refusal> {
        let instead = match self.instead {
            Some(id) => {
                let line = draft.check(self.check)?.lines.get(&id).ok_or(Refusal::Unknown("line"))?;
                Some((line.mark, id))
            }
            None => None,
        };
        let line = self.old.line.id;
        let taken = named(&format!("stock/{line}"));
        let of = Some(LineEnd { line, instead });
        draft.end(self.old.line.item, StockFact::StockTaken { count, taken, quantity, of }, quantity);
        Ok(())
    }
}

/// Gives back what was not begun of a voided line, but for the `kept` that goes on.
pub(super) fn give_back(draft: &mut Draft<'_>, ended: &Ended<'_>, kept: u32) -> Result<(), Refusal> {
    let Some(count) = ended.old.line.counted else { return Ok(()) };
    let back = i64::from(ended.old.quantity()) - i64::from(kept);
    ended.settle(draft, count, ended.given_back().map_or(0, |_| -back))
}

/// Whether `quantity` can be had for what is ordered instead of a line, which gives back what was not begun. The count
/// it is taken under, if there is one.
pub(super) fn exchange(
    draft: &Draft<'_>,
    old: &LineState,
    kitchen: Progress,
    item: &Item,
    quantity: u32,
) -> Result<Option<ChangeId>, Refusal> {
    let given_back = old.line.counted.filter(|_| !kitchen.is_begun());
    let now = draft.stock(item.id).count;
    let back = given_back.filter(|count| Some(*count) == now).map_or(0, |_| i64::from(old.quantity()));
    reserve(draft, item, quantity, back)
}

/// Takes `quantity` under `count` for what was ordered instead of a line.
pub(super) fn exchanged(
    draft: &mut Draft<'_>,
    ended: &Ended<'_>,
    count: Option<ChangeId>,
    quantity: u32,
) -> Result<(), Refusal> {
    let (back, taken) = (i64::from(ended.old.quantity()), i64::from(quantity));
    match (ended.given_back(), count) {
        (Some(before), Some(now)) if before == now => ended.settle(draft, now, taken - back),
        (Some(before), Some(now)) => {
            ended.settle(draft, before, -back)?;
            ended.settle(draft, now, taken)
        }
        (Some(before), None) => ended.settle(draft, before, -back),
        (None, Some(now)) => ended.settle(draft, now, taken),
        (None, None) => match ended.old.line.counted {
            Some(before) => ended.settle(draft, before, 0),
            None => Ok(()),
        },
    }
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
