//! Everything that is not about a check: tables, availability, the drawer, the day, settings.

use std::collections::BTreeMap;

use super::Refusal;
use super::draft::{Draft, free_text, reason};
use super::order::standing_table;
use crate::card_number::fields_with_card_numbers;
use crate::catalogue::lint::{Flaw, Severity};
use crate::catalogue::{Catalogue, EntityChanged, EntityKind};
use crate::day::{CashKind, Counted, DayFact};
use crate::fact::Fact;
use crate::ids::{ItemId, StaffId, TableId};
use crate::money::{AMOUNT_MINOR_MAX, Money};
use crate::stock::StockFact;
use crate::table::TableMark;

/// The most of an item that can be counted.
const REMAINING_MAX: i64 = 100_000;
/// The most entities that one edit changes: a whole menu that is imported.
pub const EDIT_CHANGES_MAX: usize = 6_000;
/// The most kinds of notes and coins.
const DENOMINATIONS_MAX: usize = 64;

pub(super) fn mark_table(draft: &mut Draft<'_>, table: TableId, mark: TableMark) -> Result<(), Refusal> {
    standing_table(draft, Some(table))?;
    let change = draft.ids.make();
    draft.record_other(Fact::Table { id: table, change, mark });
    Ok(())
}

pub(super) fn set_availability(
    draft: &mut Draft<'_>,
    item: ItemId,
    available: bool,
    remaining: Option<i64>,
) -> Result<(), Refusal> {
    draft.item(item)?;
    if remaining.is_some_and(|remaining| !(0..=REMAINING_MAX).contains(&remaining)) {
        return Err(Refusal::OutOfRange { field: "remaining", min: 0, max: REMAINING_MAX });
    }
    let count = draft.ids.make();
    draft.record_other(Fact::Stock {
        id: item,
        fact: StockFact::AvailabilitySet { count, available, remaining },
    });
    Ok(())
}

pub(super) fn move_cash(
    draft: &mut Draft<'_>,
    kind: CashKind,
    amount: Money,
    why: &str,
) -> Result<(), Refusal> {
    if !(1..=AMOUNT_MINOR_MAX).contains(&amount.0) {
        return Err(Refusal::amount_range("amount_minor", 1));
    }
    let reason = match kind {
        CashKind::Float => free_text("reason", why)?,
        CashKind::PaidIn | CashKind::PaidOut => reason(why)?,
    };
    let (change, id) = (draft.ids.make(), draft.context.business_date);
    draft.record_other(Fact::Day { id, fact: DayFact::CashMoved { change, kind, amount, reason } });
    Ok(())
}

pub(super) fn open_drawer(draft: &mut Draft<'_>, why: &str) -> Result<(), Refusal> {
    let (change, id, reason) = (draft.ids.make(), draft.context.business_date, reason(why)?);
    draft.record_other(Fact::Day { id, fact: DayFact::DrawerOpened { change, reason } });
    Ok(())
}

pub(super) fn close_day(draft: &mut Draft<'_>, counted: &[Counted]) -> Result<(), Refusal> {
    let books = draft.world.books.as_ref().ok_or(Refusal::DayClosed)?;
    let in_range = |row: &Counted| (1..=AMOUNT_MINOR_MAX).contains(&row.denomination_minor.0);
    if counted.len() > DENOMINATIONS_MAX || !counted.iter().all(in_range) {
        return Err(Refusal::amount_range("denomination_minor", 1));
    }
    let z = Box::new(books.report(counted.to_vec()));
    if z.counted_total().0 > AMOUNT_MINOR_MAX {
        return Err(Refusal::amount_range("counted", 0));
    }
    let change = draft.ids.make();
    draft.record_other(Fact::Day { id: books.date, fact: DayFact::DayClosed { change, z } });
    draft.answer.closed_day = Some(books.date);
    Ok(())
}

/// Somebody who works here, or did, ends the time of setting up for good.
pub(super) fn set_up(draft: &mut Draft<'_>, changes: &[EntityChanged]) -> Result<(), Refusal> {
    if draft.catalogue().staff.is_empty() { edit(draft, changes) } else { Err(Refusal::AlreadySetUp) }
}

pub(super) fn edit(draft: &mut Draft<'_>, changes: &[EntityChanged]) -> Result<(), Refusal> {
    if changes.is_empty() {
        return Err(Refusal::Nothing("change"));
    }
    if changes.len() > EDIT_CHANGES_MAX {
        let max = i64::try_from(EDIT_CHANGES_MAX).unwrap_or(i64::MAX);
        return Err(Refusal::OutOfRange { field: "changes", min: 1, max });
    }
    let before = draft.catalogue();
    for change in changes.iter().filter(|change| change.kind == EntityKind::Staff) {
        erasing(before, draft.context.by, change)?;
    }
    let mut edited = Catalogue::clone(before);
    for change in changes {
        draft.allow(change.kind.permission())?;
        edited.change(change).map_err(|problem| Refusal::InvalidEntity {
            kind: change.kind.as_str(),
            problem: problem.to_string(),
        })?;
    }
    let different: Vec<EntityChanged> = changes.iter().filter_map(|change| change.beyond(before)).collect();
    if different.is_empty() {
        return Err(Refusal::Nothing("change"));
    }
    let mut errors = edited.errors_beyond(before);
    errors.extend(different.iter().flat_map(card_numbers));
    if !errors.is_empty() {
        return Err(Refusal::InvalidEdit(errors));
    }
    for change in different {
        draft.record_other(Fact::Entity { change });
    }
    Ok(())
}

/// Only who has left loses their name, nobody their own, and what is erased stays as it is.
fn erasing(catalogue: &Catalogue, by: StaffId, change: &EntityChanged) -> Result<(), Refusal> {
    let Some(staff) = catalogue.staff.get(&StaffId(change.id)) else { return Ok(()) };
    let refused = |problem: &str| {
        Err(Refusal::InvalidEntity { kind: change.kind.as_str(), problem: problem.to_owned() })
    };
    let erases = change.fields.contains_key("erased");
    if staff.erased && change.fields != BTreeMap::from([("erased".to_owned(), true.into())]) {
        return refused("their name was erased, and they can not be changed any more");
    }
    if erases && !staff.archived {
        return refused("they still work here");
    }
    if erases && staff.id == by {
        return refused("nobody erases their own name");
    }
    Ok(())
}

/// A name or a text of the settings is as free as a note.
fn card_numbers(change: &EntityChanged) -> impl Iterator<Item = Flaw> {
    fields_with_card_numbers(&change.fields).map(|field| Flaw {
        severity: Severity::Error,
        kind: change.kind,
        id: change.id,
        field: Some(field.to_owned()),
        code: "card-number",
        other: None,
        detail: "it looks like a card number".to_owned(),
    })
}
