//! The kitchen's paper: read from two metres, with wet hands, in a hurry.

use super::{
    Stamp,
    layout::{Line, Sheet, Style},
};
use crate::{
    paper::{KitchenTicket, ReplacedLine, TicketKind, TicketLine},
    words::{Words, words},
};

/// "12x " at double size.
const QUANTITY_COLUMNS: u16 = 4;
/// Modifiers and notes stand below the name, at single width.
const DETAIL_COLUMNS: u16 = 8;

pub(super) fn lay_out(ticket: &KitchenTicket, stamp: Stamp) -> Sheet {
    let words = words(ticket.language);
    let mut sheet = Sheet { right_to_left: ticket.language.is_right_to_left(), ..Sheet::default() };
    sheet.heading(ticket.heading, ticket.language);
    kind(&mut sheet, ticket, words);
    head(&mut sheet, ticket, words);
    sheet.rule();
    for line in &ticket.lines {
        item(&mut sheet, line, ticket.kind, words);
    }
    if let Some(note) = &ticket.note {
        sheet.rule();
        sheet.text(format!("\"{note}\""), Style::TALL.bold());
    }
    sheet.rule();
    foot(&mut sheet, ticket, stamp);
    sheet
}

fn kind(sheet: &mut Sheet, ticket: &KitchenTicket, words: &Words) {
    let shown = match ticket.kind {
        TicketKind::Fire => None,
        TicketKind::Refire => Some(words.refire),
        TicketKind::Change => Some(words.changed),
        TicketKind::Void => Some(words.void),
    };
    let rush = ticket.rush.then_some(words.rush);
    for word in rush.into_iter().chain(shown) {
        sheet.middle(word, Style::LARGE.inverse());
    }
}

fn head(sheet: &mut Sheet, ticket: &KitchenTicket, words: &Words) {
    sheet.middle(ticket.station.clone(), Style::LARGE);
    let table = if ticket.table.is_empty() {
        words.take_away.to_owned()
    } else {
        format!("{} {}", words.table, ticket.table)
    };
    sheet.middle(table, Style::HUGE);
    let mut facts = vec![format!("{} {}", words.check, ticket.check)];
    if ticket.covers > 0 {
        facts.push(format!("{} {}", words.covers, ticket.covers));
    }
    sheet.pair(facts.join(" · "), ticket.fired_at.clone(), Style::TALL.bold());
    if !ticket.server.is_empty() || !ticket.course.is_empty() {
        sheet.pair(ticket.server.clone(), ticket.course.clone(), Style::TALL);
    }
}

fn item(sheet: &mut Sheet, line: &TicketLine, kind: TicketKind, words: &Words) {
    if let Some(old) = &line.replaces {
        replaced(sheet, old, words);
    }
    let is_void = line.voided || kind == TicketKind::Void;
    let style = if is_void { Style::LARGE.inverse() } else { Style::LARGE };
    let body = match (is_void, &line.replaces) {
        (true, _) => format!("{} {}", words.void, line.name),
        (false, Some(_)) => format!("{} {}", words.now, line.name),
        (false, None) => line.name.clone(),
    };
    let lead = format!("{}x", line.quantity);
    sheet.line(Line { lead, lead_columns: QUANTITY_COLUMNS, body, style, ..Line::default() });
    for modifier in &line.modifiers {
        detail(sheet, "+", modifier.clone(), Style::TALL.bold());
    }
    if !line.allergens.is_empty() {
        let text = format!("{}: {}", words.allergy, line.allergens.join(", "));
        detail(sheet, "!!", text, Style::TALL.bold().inverse());
    }
    if let Some(note) = &line.note {
        detail(sheet, "", format!("\"{note}\""), Style::TALL);
    }
    if let Some(seat) = line.seat {
        detail(sheet, "", format!("{} {seat}", words.seat), Style::TALL.bold());
    }
}

/// What the kitchen was told before, above what it is told now and smaller.
fn replaced(sheet: &mut Sheet, old: &ReplacedLine, words: &Words) {
    let note = old.note.as_ref().map(|note| format!("\"{note}\""));
    let parts = std::iter::once(old.name.clone()).chain(old.modifiers.iter().cloned()).chain(note);
    let body = format!("{} {}", words.was, parts.collect::<Vec<_>>().join(", "));
    let lead = format!("{}x", old.quantity);
    sheet.line(Line { lead, lead_columns: DETAIL_COLUMNS, body, style: Style::TALL, ..Line::default() });
}

fn detail(sheet: &mut Sheet, sign: &str, body: String, style: Style) {
    let lead = if sign.is_empty() { String::new() } else { format!("{sign:>6}") };
    sheet.line(Line { lead, lead_columns: DETAIL_COLUMNS, body, style, ..Line::default() });
}

fn foot(sheet: &mut Sheet, ticket: &KitchenTicket, stamp: Stamp) {
    sheet.pair(ticket.station.clone(), format!("#{} / {}", stamp.number, stamp.attempt), Style::PLAIN);
}
