//! The receipt as text, as wide as a till roll.

use maitred_device::paper::{Receipt, Row};
use maitred_domain::check::Check;

use super::receipt::receipt;
use crate::limits::RECEIPT_COLUMNS;
use crate::views::Views;

/// The receipt of a check as text.
pub fn receipt_text(views: &Views<'_>, check: &Check) -> String {
    let receipt = receipt(views, check);
    let mut text = Text::default();
    head(&mut text, &receipt);
    for line in &receipt.lines {
        text.pair(&format!("{:>3} x {}", line.quantity, line.name), &line.amount);
        for modifier in &line.modifiers {
            text.pair(&format!("      {}", modifier.label), &modifier.value);
        }
    }
    text.rule();
    let rows = receipt.discounts.iter().chain(&receipt.service).chain(&receipt.taxes);
    text.rows(std::iter::once(&Row::new("Subtotal", receipt.subtotal.clone())).chain(rows));
    text.pair("TOTAL", &receipt.total);
    text.rule();
    text.rows(receipt.tenders.iter());
    for (label, amount) in [("Tip", &receipt.tip), ("Change", &receipt.change)] {
        if let Some(amount) = amount {
            text.pair(label, amount);
        }
    }
    for line in &receipt.footer {
        text.middle(line);
    }
    text.0
}

fn head(text: &mut Text, receipt: &Receipt) {
    text.middle(&receipt.venue);
    for line in &receipt.venue_lines {
        text.middle(line);
    }
    text.line("");
    text.middle(&receipt.title);
    let table = if receipt.table.is_empty() { String::new() } else { format!("Table {}", receipt.table) };
    text.pair(&format!("Check {}", receipt.check), &table);
    text.pair(&receipt.server, &format!("Covers {}", receipt.covers));
    text.line(&receipt.date);
    text.rule();
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        self.0.push_str(line.trim_end());
        self.0.push('\n');
    }

    fn rule(&mut self) {
        self.line(&"-".repeat(RECEIPT_COLUMNS));
    }

    fn middle(&mut self, line: &str) {
        let before = RECEIPT_COLUMNS.saturating_sub(line.chars().count()) / 2;
        self.line(&format!("{}{line}", " ".repeat(before)));
    }

    /// A label and an amount at the far edge; below it when there is no room.
    fn pair(&mut self, label: &str, end: &str) {
        let used = label.chars().count() + end.chars().count();
        if used < RECEIPT_COLUMNS || end.is_empty() {
            let between = " ".repeat(RECEIPT_COLUMNS.saturating_sub(used));
            self.line(&format!("{label}{between}{end}"));
        } else {
            self.line(label);
            self.line(&format!("{end:>RECEIPT_COLUMNS$}"));
        }
    }

    fn rows<'a>(&mut self, rows: impl Iterator<Item = &'a Row>) {
        for row in rows {
            self.pair(&row.label, &row.value);
        }
    }
}
