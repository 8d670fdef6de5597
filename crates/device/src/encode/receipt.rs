//! The guest's paper.

use super::{
    Stamp,
    layout::{Block, Line, Sheet, Style},
};
use crate::{
    bitmap::Bitmap,
    paper::{Heading, Receipt, ReceiptLine, Row},
    words::{Words, words},
};

/// "12 x".
const QUANTITY_COLUMNS: u16 = 4;

pub(super) fn lay_out(receipt: &Receipt, stamp: Stamp) -> Sheet {
    let words = words(receipt.language);
    let mut sheet = Sheet { right_to_left: receipt.language.is_right_to_left(), ..Sheet::default() };
    if let (Some(kick), false) = (receipt.opens_drawer, matches!(receipt.heading, Heading::Reprint { .. })) {
        sheet.blocks.push(Block::Kick(kick));
    }
    sheet.heading(receipt.heading, receipt.language);
    head(&mut sheet, receipt, words);
    sheet.rule();
    for line in &receipt.lines {
        item(&mut sheet, line);
    }
    sheet.rule();
    amounts(&mut sheet, receipt, words);
    paid(&mut sheet, receipt, words);
    foot(&mut sheet, receipt, stamp);
    sheet
}

fn head(sheet: &mut Sheet, receipt: &Receipt, words: &Words) {
    if let Some(logo) = &receipt.logo {
        sheet.blocks.push(Block::Picture(Bitmap::from_rows(usize::from(logo.width_dots), &logo.rows)));
    }
    sheet.middle(receipt.venue.clone(), Style::LARGE);
    for line in &receipt.venue_lines {
        sheet.middle(line.clone(), Style::PLAIN);
    }
    sheet.feed(1);
    if !receipt.title.is_empty() {
        sheet.middle(receipt.title.clone(), Style::BOLD);
        sheet.feed(1);
    }
    let table = labelled(words.table, &receipt.table);
    sheet.pair(labelled(words.check, &receipt.check), table, Style::BOLD);
    let covers =
        if receipt.covers > 0 { format!("{} {}", words.covers, receipt.covers) } else { String::new() };
    let server = labelled(words.server, &receipt.server);
    if !server.is_empty() || !covers.is_empty() {
        sheet.pair(server, covers, Style::PLAIN);
    }
    sheet.text(receipt.date.clone(), Style::PLAIN);
}

fn labelled(label: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{label} {value}") }
}

fn item(sheet: &mut Sheet, line: &ReceiptLine) {
    sheet.line(Line {
        lead: line.quantity.to_string(),
        lead_columns: QUANTITY_COLUMNS,
        body: line.name.clone(),
        end: line.amount.clone(),
        ..Line::default()
    });
    for detail in line.modifiers.iter().chain(&line.comp) {
        sheet.line(Line {
            lead_columns: QUANTITY_COLUMNS + 2,
            body: detail.label.clone(),
            end: detail.value.clone(),
            ..Line::default()
        });
    }
}

fn amounts(sheet: &mut Sheet, receipt: &Receipt, words: &Words) {
    if !receipt.subtotal.is_empty() {
        sheet.pair(words.subtotal, receipt.subtotal.clone(), Style::PLAIN);
    }
    for row in receipt.discounts.iter().chain(&receipt.service).chain(&receipt.taxes) {
        row_of(sheet, row);
    }
    sheet.feed(1);
    sheet.pair(words.total, receipt.total.clone(), Style::LARGE);
    sheet.feed(1);
}

fn paid(sheet: &mut Sheet, receipt: &Receipt, words: &Words) {
    for tender in &receipt.tenders {
        row_of(sheet, tender);
    }
    if let Some(tip) = &receipt.tip {
        sheet.pair(words.tip, tip.clone(), Style::PLAIN);
    }
    if let Some(change) = &receipt.change {
        sheet.pair(words.cash_change, change.clone(), Style::BOLD);
    }
    if let Some(due) = &receipt.due {
        sheet.feed(1);
        sheet.pair(words.due, due.clone(), Style::LARGE);
    }
}

fn row_of(sheet: &mut Sheet, row: &Row) {
    sheet.pair(row.label.clone(), row.value.clone(), Style::PLAIN);
}

fn foot(sheet: &mut Sheet, receipt: &Receipt, stamp: Stamp) {
    if let Some(qr) = &receipt.qr {
        sheet.feed(1);
        sheet.blocks.push(Block::Qr(qr.clone()));
        if !receipt.qr_caption.is_empty() {
            sheet.middle(receipt.qr_caption.clone(), Style::PLAIN);
        }
    }
    if !receipt.footer.is_empty() {
        sheet.feed(1);
    }
    for line in &receipt.footer {
        sheet.middle(line.clone(), Style::PLAIN);
    }
    sheet.feed(1);
    sheet.pair("", format!("#{} / {}", stamp.number, stamp.attempt), Style::PLAIN);
}
