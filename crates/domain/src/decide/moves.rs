//! Moving things about: tables, servers, lines between checks, merging and splitting. None of it reaches the kitchen.

use std::collections::BTreeMap;

use super::command::{Part, Split};
use super::draft::{Draft, free_text};
use super::order::{open_new, standing_table};
use super::{Refusal, payment, tables};
use crate::check::{COVERS_MAX, CheckFact, LINES_MAX, Line, LineState, MovedFrom, MovedPart, Phase, Share};
use crate::ids::{CheckId, LineId, StaffId, TableId};
use crate::money::Money;

pub(super) fn transfer(
    draft: &mut Draft<'_>,
    check: CheckId,
    table: Option<TableId>,
    server: Option<StaffId>,
    covers: Option<u32>,
    name: Option<&str>,
) -> Result<(), Refusal> {
    let standing = draft.open_check(check)?;
    let leaves = table.is_some() && table != standing.table;
    standing_table(draft, table)?;
    if server.is_some_and(|server| !draft.catalogue().works_here(server)) {
        return Err(Refusal::Unknown("staff member"));
    }
    if covers.is_some_and(|covers| covers > COVERS_MAX) {
        return Err(Refusal::OutOfRange { field: "covers", min: 0, max: i64::from(COVERS_MAX) });
    }
    let name = name.map(|name| free_text("name", name)).transpose()?;
    if table.is_none() && server.is_none() && covers.is_none() && name.is_none() {
        return Err(Refusal::Nothing("transfer"));
    }
    let change = draft.ids.make();
    draft.record(check, CheckFact::CheckTransferred { change, table, server, covers, name });
    if leaves {
        tables::part_all(draft, check)?;
    }
    draft.answer.checks.push(check);
    Ok(())
}

pub(super) fn move_lines(
    draft: &mut Draft<'_>,
    from: CheckId,
    to: Option<CheckId>,
    parts: &[Part],
) -> Result<(), Refusal> {
    if to == Some(from) {
        return Err(Refusal::SameCheck);
    }
    let to = match to {
        Some(to) => to,
        None => beside(draft, from)?,
    };
    carry(draft, from, to, parts)?;
    draft.answer.checks.extend([from, to]);
    Ok(())
}

/// A new check at the same table with the same server.
fn beside(draft: &mut Draft<'_>, check: CheckId) -> Result<CheckId, Refusal> {
    let check = draft.open_check(check)?;
    let (table, name, server) = (check.table, check.name.clone(), check.server);
    Ok(open_new(draft, table, 0, name, server))
}

/// Carries parts of lines over, with their worth.
fn carry(draft: &mut Draft<'_>, from: CheckId, to: CheckId, parts: &[Part]) -> Result<(), Refusal> {
    let source = draft.open_check(from)?;
    if parts.is_empty() {
        return Err(Refusal::Nothing("move"));
    }
    if draft.open_check(to)?.lines.len() + parts.len() > LINES_MAX {
        return Err(Refusal::too_many_lines());
    }
    let mut taken: Vec<(LineState, MovedPart)> = Vec::with_capacity(parts.len());
    for part in parts {
        let state = source.lines.get(&part.line).ok_or(Refusal::Unknown("line"))?;
        let repeated = taken.iter().any(|(other, _)| other.line.id == part.line);
        if !state.is_standing() || repeated {
            return Err(Refusal::LineGone);
        }
        let moved = cut(state, part.quantity.unwrap_or(state.quantity()), LineId(uuid::Uuid::nil()))?;
        taken.push((state.clone(), moved));
    }
    for (_, part) in &mut taken {
        part.becomes = draft.ids.make();
    }
    let movement = draft.ids.make();
    let parts = taken.iter().map(|(_, part)| part.clone()).collect();
    draft.record(from, CheckFact::LinesMovedOut { movement, to, parts });
    for (state, part) in &taken {
        arrive(draft, from, to, state, part);
    }
    Ok(())
}

/// `quantity` of a line, with its share of what the line is worth.
fn cut(state: &LineState, quantity: u32, becomes: LineId) -> Result<MovedPart, Refusal> {
    let standing = state.quantity();
    if quantity == 0 || quantity > standing {
        return Err(Refusal::quantity());
    }
    let weights = [u64::from(quantity), u64::from(standing - quantity)];
    let amounts = state.standing_amounts().allocate(&weights).map(|parts| parts[0]).unwrap_or_default();
    let sent = state.progress.phase.is_sent() || state.line.moved_from.is_some();
    Ok(MovedPart { line: state.line.id, quantity, amounts, becomes, sent })
}

fn arrive(draft: &mut Draft<'_>, from: CheckId, to: CheckId, state: &LineState, part: &MovedPart) {
    let home = state.line.moved_from.or(part.sent.then_some(MovedFrom { check: from, line: part.line }));
    let line = Line {
        id: part.becomes,
        quantity: part.quantity,
        amounts: part.amounts,
        replaces: None,
        moved_from: home,
        ..state.line.clone()
    };
    let course = line.course;
    draft.record(to, CheckFact::LineAdded { line: Box::new(line) });
    if !part.sent && state.progress.phase == Phase::Held {
        let change = draft.ids.make();
        draft.record(to, CheckFact::CourseHeld { change, course, lines: vec![part.becomes] });
    }
    if let Some(comp) = &state.comp {
        draft.record(to, CheckFact::LineComped { line: part.becomes, reason: comp.reason.clone() });
    }
}

pub(super) fn merge(draft: &mut Draft<'_>, into: CheckId, from: CheckId) -> Result<(), Refusal> {
    if into == from {
        return Err(Refusal::SameCheck);
    }
    draft.open_check(into)?;
    let source = draft.open_check(from)?;
    if source.totals().paid != Money::ZERO {
        return Err(Refusal::HasTenders);
    }
    let parts: Vec<Part> = source
        .lines_in_order()
        .into_iter()
        .filter(|line| line.is_standing())
        .map(|line| Part { line: line.line.id, quantity: None })
        .collect();
    let covers = source.covers;
    if !parts.is_empty() {
        carry(draft, from, into, &parts)?;
    }
    if covers > 0 {
        let covers = Some((draft.check(into)?.covers + covers).min(COVERS_MAX));
        let change = draft.ids.make();
        let (table, server, name) = (None, None, None);
        draft.record(into, CheckFact::CheckTransferred { change, table, server, covers, name });
    }
    draft.record(from, CheckFact::CheckMerged { into });
    payment::record_close(draft, from)?;
    draft.answer.checks.extend([into, from]);
    Ok(())
}

pub(super) fn split(draft: &mut Draft<'_>, check: CheckId, split: &Split) -> Result<(), Refusal> {
    draft.answer.checks.push(check);
    match split {
        Split::BySeat => {
            let groups = seats(draft, check)?;
            split_off(draft, check, &groups)
        }
        Split::ByLine(groups) => split_off(draft, check, groups),
        Split::Evenly(parts) => {
            if !(2..=COVERS_MAX).contains(parts) {
                return Err(Refusal::OutOfRange { field: "parts", min: 2, max: i64::from(COVERS_MAX) });
            }
            let due = draft.open_check(check)?.totals().due();
            let amounts = due.split(*parts).map_err(|_| Refusal::Nothing("split"))?;
            set_shares(draft, check, due, amounts)
        }
        Split::ByAmount(amounts) => {
            let due = draft.open_check(check)?.totals().due();
            let sum: Money = amounts.iter().copied().sum();
            if amounts.is_empty() || amounts.len() > COVERS_MAX as usize || amounts.iter().any(|it| it.0 <= 0)
            {
                return Err(Refusal::amount_range("amounts_minor", 1));
            }
            if sum > due {
                return Err(Refusal::ExceedsDue(due));
            }
            let rest = due - sum;
            let rest = (rest > Money::ZERO).then_some(rest);
            set_shares(draft, check, due, amounts.iter().copied().chain(rest).collect())
        }
    }
}

fn set_shares(draft: &mut Draft<'_>, check: CheckId, due: Money, amounts: Vec<Money>) -> Result<(), Refusal> {
    if due <= Money::ZERO {
        return Err(Refusal::Nothing("split"));
    }
    let of = amounts.len();
    let mut shares = Vec::with_capacity(of);
    for (index, amount) in amounts.into_iter().enumerate() {
        shares.push(Share { id: draft.ids.make(), label: format!("{}/{of}", index + 1), amount });
    }
    let change = draft.ids.make();
    draft.record(check, CheckFact::SharesSet { change, shares });
    Ok(())
}

/// The standing lines of each seat, the first seat first.
fn seats(draft: &Draft<'_>, check: CheckId) -> Result<Vec<Vec<LineId>>, Refusal> {
    let mut seats: BTreeMap<u8, Vec<LineId>> = BTreeMap::new();
    for line in draft.open_check(check)?.lines_in_order() {
        if let Some(seat) = line.line.seat.filter(|_| line.is_standing()) {
            seats.entry(seat).or_default().push(line.line.id);
        }
    }
    Ok(seats.into_values().collect())
}

/// Every group after the first goes to a check of its own.
fn split_off(draft: &mut Draft<'_>, check: CheckId, groups: &[Vec<LineId>]) -> Result<(), Refusal> {
    if groups.len() < 2 {
        return Err(Refusal::Nothing("split"));
    }
    for group in &groups[1..] {
        let parts: Vec<Part> = group.iter().map(|line| Part { line: *line, quantity: None }).collect();
        let to = beside(draft, check)?;
        carry(draft, check, to, &parts)?;
        draft.answer.checks.push(to);
    }
    Ok(())
}
