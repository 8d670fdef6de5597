//! Opening a check, adding lines, changing them.

use super::command::{LineChange, OpenItem, OrderLine};
use super::draft::{Draft, free_text};
use super::replace::{self, Kept};
use super::{Refusal, bill, stock};
use crate::catalogue::{Item, Venue};
use crate::check::{
    CHANGED, COVERS_MAX, CheckFact, LINES_MAX, Line, LineModifier, LineState, NOTE_CHARS_MAX,
    OPEN_NAME_CHARS_MAX, Progress, QUANTITY_MAX,
};
use crate::ids::{CheckId, LineId, ModifierId, StaffId, StationId, TableId};
use crate::money::{AMOUNT_MINOR_MAX, Amounts, Money};
use crate::permission::Role;

pub(super) fn open(
    draft: &mut Draft<'_>,
    table: Option<TableId>,
    covers: u32,
    name: &str,
) -> Result<(), Refusal> {
    if !(1..=COVERS_MAX).contains(&covers) {
        return Err(Refusal::OutOfRange { field: "covers", min: 1, max: i64::from(COVERS_MAX) });
    }
    standing_table(draft, table)?;
    let check = open_new(draft, table, covers, free_text("name", name)?, server_of(draft, table));
    draft.answer.checks.push(check);
    Ok(())
}

/// Who serves a party that sits down: a waiter whom they seat, of anybody else's the server of the table's section.
fn server_of(draft: &Draft<'_>, table: Option<TableId>) -> StaffId {
    let (catalogue, by) = (draft.catalogue(), draft.context.by);
    let of_section = table.and_then(|table| catalogue.section_of(table)).and_then(|section| section.server);
    match draft.context.role {
        Role::Waiter => by,
        Role::Manager | Role::Host | Role::Kitchen => {
            of_section.filter(|server| catalogue.works_here(*server)).unwrap_or(by)
        }
    }
}

/// Opens another check; a split has no covers of its own.
pub(super) fn open_new(
    draft: &mut Draft<'_>,
    table: Option<TableId>,
    covers: u32,
    name: String,
    server: StaffId,
) -> CheckId {
    let id = draft.ids.make();
    let fact = CheckFact::CheckOpened {
        number: draft.next_number(),
        table,
        covers,
        name,
        server,
        business_date: draft.context.business_date,
        service_basis_points: draft.catalogue().venue.service_basis_points,
    };
    draft.record(id, fact);
    id
}

/// Refuses a table that is not there, or no longer.
pub(super) fn standing_table(draft: &Draft<'_>, table: Option<TableId>) -> Result<(), Refusal> {
    match table.map(|table| draft.catalogue().tables.get(&table)) {
        None => Ok(()),
        Some(Some(table)) if !table.archived => Ok(()),
        Some(_) => Err(Refusal::Unknown("table")),
    }
}

pub(super) fn add_lines(draft: &mut Draft<'_>, check: CheckId, orders: &[OrderLine]) -> Result<(), Refusal> {
    let standing = draft.open_check(check)?;
    if orders.is_empty() || standing.lines.len() + orders.len() > LINES_MAX {
        return Err(Refusal::too_many_lines());
    }
    // Before anything else that wants one: a device knows the ids of its lines by their places.
    let ids: Vec<LineId> = orders.iter().map(|_| draft.ids.make()).collect();
    for (id, order) in ids.into_iter().zip(orders) {
        let line = make_line(draft, check, id, order, None)?;
        draft.answer.lines.push(line.id);
        draft.record(check, CheckFact::LineAdded { line: Box::new(line) });
    }
    draft.answer.checks.push(check);
    Ok(())
}

/// Writes an order down as a line, with all that the menu says of it now. `instead` is the line that it is ordered
/// instead of, as far as the kitchen was with it.
fn make_line(
    draft: &mut Draft<'_>,
    check: CheckId,
    id: LineId,
    order: &OrderLine,
    instead: Option<(&LineState, Progress)>,
) -> Result<Line, Refusal> {
    let item = draft.item(order.item)?;
    check_bounds(order)?;
    let note = free_text("note", &order.note)?;
    let was_open = instead.is_some_and(|(old, _)| old.line.open);
    let OpenItem { name, price } = said(draft, item, order.open.as_ref(), was_open)?;
    let modifiers = choose_modifiers(draft, item, &order.modifiers)?;
    let counted = match instead {
        Some((old, kitchen)) => stock::exchange(draft, old, kitchen, item, order.quantity)?,
        None => stock::take(draft, id, item, order.quantity)?,
    };
    let catalogue = draft.catalogue();
    let venue = &catalogue.venue;
    let tax = catalogue.taxes.get(&item.tax).cloned().ok_or(Refusal::Unknown("tax"))?;
    let unit_price = price + modifiers.iter().map(|modifier| modifier.price).sum();
    let service = draft.check(check)?.service_basis_points;
    let amounts = worth(venue, unit_price, order.quantity, tax.basis_points, service)?;
    let (station, unrouted) = route(draft, item);
    let mut allergens = item.allergens.clone();
    allergens.extend(allergens_of(draft, &order.modifiers));
    allergens.sort();
    allergens.dedup();
    Ok(Line {
        id,
        item: item.id,
        name,
        open: order.open.is_some(),
        category: item.category,
        quantity: order.quantity,
        seat: order.seat,
        course: order.course.unwrap_or(item.course),
        modifiers,
        note,
        allergens,
        unit_price,
        amounts,
        tax,
        station,
        unrouted,
        prep_secs: item.prep_secs,
        counted,
        replaces: None,
        moved_from: None,
    })
}

/// What `item` is called and costs now: as the menu says, or of an open one as whoever orders it does. What was
/// ordered as open goes on so, whatever the menu says by now.
fn said(
    draft: &Draft<'_>,
    item: &Item,
    open: Option<&OpenItem>,
    was_open: bool,
) -> Result<OpenItem, Refusal> {
    match open {
        None if item.open => Err(Refusal::PriceNeeded(item.name.clone())),
        None => {
            let price = item.price_at(draft.context.now, &draft.catalogue().venue.zone());
            Ok(OpenItem { name: item.name.clone(), price })
        }
        Some(_) if !item.open && !was_open => Err(Refusal::NotOpen(item.name.clone())),
        Some(OpenItem { price, .. }) if !(1..=AMOUNT_MINOR_MAX).contains(&price.0) => {
            Err(Refusal::amount_range("price_minor", 1))
        }
        Some(OpenItem { name, .. }) if name.trim().chars().count() > OPEN_NAME_CHARS_MAX => {
            Err(Refusal::TooLong { field: "name", chars_max: OPEN_NAME_CHARS_MAX })
        }
        Some(OpenItem { name, price }) => {
            let said = free_text("name", name)?;
            let name = if said.is_empty() { item.name.clone() } else { said };
            Ok(OpenItem { name, price: *price })
        }
    }
}

fn check_bounds(order: &OrderLine) -> Result<(), Refusal> {
    if !(1..=QUANTITY_MAX).contains(&order.quantity) {
        return Err(Refusal::quantity());
    }
    if order.seat == Some(0) {
        return Err(Refusal::OutOfRange { field: "seat", min: 1, max: i64::from(u8::MAX) });
    }
    if order.course == Some(0) {
        return Err(Refusal::OutOfRange { field: "course", min: 1, max: i64::from(u8::MAX) });
    }
    if order.note.chars().count() > NOTE_CHARS_MAX {
        return Err(Refusal::note());
    }
    Ok(())
}

fn choose_modifiers(
    draft: &Draft<'_>,
    item: &Item,
    chosen: &[ModifierId],
) -> Result<Vec<LineModifier>, Refusal> {
    let mut modifiers = Vec::with_capacity(chosen.len());
    for group in draft.catalogue().groups_of(item) {
        let of_group =
            chosen.iter().filter_map(|id| group.modifiers.iter().find(|modifier| modifier.id == *id));
        let before = modifiers.len();
        modifiers.extend(of_group.map(|modifier| LineModifier {
            id: modifier.id,
            name: modifier.name.clone(),
            price: modifier.price,
        }));
        let count = modifiers.len() - before;
        if !(group.min as usize..=group.max as usize).contains(&count) {
            return Err(Refusal::Modifiers {
                group: group.name.clone(),
                min: group.min,
                max: group.max,
                chosen: count,
            });
        }
    }
    if modifiers.len() == chosen.len() {
        Ok(modifiers)
    } else {
        Err(Refusal::ForeignModifier(item.name.clone()))
    }
}

fn allergens_of(draft: &Draft<'_>, chosen: &[ModifierId]) -> Vec<String> {
    let groups = draft.catalogue().modifier_groups.values();
    groups
        .flat_map(|group| &group.modifiers)
        .filter(|modifier| chosen.contains(&modifier.id))
        .flat_map(|modifier| modifier.allergens.iter().cloned())
        .collect()
}

/// Who makes `item`, and whether that is only because it has nowhere else to go.
fn route(draft: &Draft<'_>, item: &Item) -> (Option<StationId>, bool) {
    let catalogue = draft.catalogue();
    match item.station.filter(|id| catalogue.makes(*id)) {
        Some(station) => (Some(station), false),
        None => (catalogue.venue.catch_all_station, true),
    }
}

/// What `quantity` at `unit_price` is worth.
fn worth(
    venue: &Venue,
    unit_price: Money,
    quantity: u32,
    tax_basis_points: u32,
    service_basis_points: u32,
) -> Result<Amounts, Refusal> {
    let gross = unit_price.times(quantity);
    if gross.0.abs() > AMOUNT_MINOR_MAX {
        return Err(Refusal::amount_range("amount", 0));
    }
    let (net, tax) = if venue.tax_included {
        let tax = gross.tax_within(tax_basis_points);
        (gross - tax, tax)
    } else {
        (gross, gross.percent(tax_basis_points))
    };
    let before_service = Amounts { net, tax, service: Money::ZERO };
    Ok(Amounts { service: service_of(venue, before_service, service_basis_points), ..before_service })
}

/// Service charge on `amounts`: on what the menu says, which is with tax where prices include it.
pub(super) fn service_of(venue: &Venue, amounts: Amounts, basis_points: u32) -> Money {
    let base = if venue.tax_included { amounts.net + amounts.tax } else { amounts.net };
    base.percent(basis_points)
}

/// A change is a void and a new line, linked; what was sent stays sent. The menu is asked only for what is new:
/// other modifiers, or more of it.
pub(super) fn change_line(
    draft: &mut Draft<'_>,
    check: CheckId,
    line: LineId,
    change: &LineChange,
) -> Result<(), Refusal> {
    let state = draft.standing_line(check, line)?.clone();
    let (phase, instead) = (state.progress.phase, draft.ids.make());
    if phase.is_sent() || state.line.moved_from.is_some() {
        draft.allow(crate::permission::Permission::VoidSent)?;
    }
    if state.line.moved_from.is_some() {
        return Err(Refusal::WrongPhase(phase));
    }
    let old = &state.line;
    let order = OrderLine {
        item: old.item,
        quantity: change.quantity.unwrap_or(state.quantity()),
        seat: change.seat.or(old.seat),
        course: Some(old.course),
        modifiers: change.modifiers.clone().unwrap_or_else(|| modifiers_of(old)),
        note: change.note.clone().unwrap_or_else(|| old.note.clone()),
        open: old.open.then(|| open_of(old)),
    };
    check_bounds(&order)?;
    let note = free_text("note", &order.note)?;
    draft.answer.checks.push(check);
    let undone =
        bill::Undone { reason: CHANGED.to_owned(), quantity: state.quantity(), goes_on: Some(instead) };
    let kitchen = bill::record_void(draft, check, line, undone)?;
    if order.quantity <= state.quantity() && order.modifiers == modifiers_of(old) {
        let kept = Kept { id: instead, quantity: order.quantity, seat: order.seat, note };
        return replace::keep(draft, check, &state, kitchen, kept);
    }
    let made = make_line(draft, check, instead, &order, Some((&state, kitchen)))?;
    let counted = made.counted;
    replace::order_instead(draft, check, &state, made)?;
    let ended = stock::Ended { check, old: &state, kitchen, instead: Some(instead) };
    stock::exchanged(draft, &ended, counted, order.quantity)
}

fn modifiers_of(line: &Line) -> Vec<ModifierId> {
    line.modifiers.iter().map(|modifier| modifier.id).collect()
}

/// What an open item was that time.
fn open_of(line: &Line) -> OpenItem {
    let modifiers: Money = line.modifiers.iter().map(|modifier| modifier.price).sum();
    OpenItem { name: line.name.clone(), price: line.unit_price - modifiers }
}
