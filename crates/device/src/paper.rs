//! What a sheet of paper says, before anybody decides how: pure documents that are stored with their jobs.
//!
//! *Invariant:* no arithmetic and no clock. Amounts and times arrive as text that somebody else formatted, once.

use serde::{Deserialize, Serialize};

use crate::words::words;

/// A document for a printer.
#[expect(clippy::large_enum_variant, reason = "a paper exists for one job, seldom in lists")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum Paper {
    /// The lines of one fire for one station.
    Ticket(KitchenTicket),
    /// What a party pays.
    Receipt(Receipt),
    /// Rows under titles: an X or Z report, a counted drawer.
    Report(Report),
    /// Opens the cash drawer now, and prints nothing.
    Drawer(DrawerKick),
    /// Shows that a printer works and what it can do.
    Test(TestPage),
}

impl Paper {
    /// The same paper under another heading; a drawer has none.
    #[must_use]
    pub fn headed(mut self, new: Heading) -> Self {
        match &mut self {
            Self::Ticket(KitchenTicket { heading, .. })
            | Self::Receipt(Receipt { heading, .. })
            | Self::Report(Report { heading, .. })
            | Self::Test(TestPage { heading, .. }) => *heading = new,
            Self::Drawer(_) => {}
        }
        self
    }

    /// What the first line admits.
    pub fn heading(&self) -> Heading {
        match self {
            Self::Ticket(KitchenTicket { heading, .. })
            | Self::Receipt(Receipt { heading, .. })
            | Self::Report(Report { heading, .. })
            | Self::Test(TestPage { heading, .. }) => *heading,
            Self::Drawer(_) => Heading::Original,
        }
    }
}

/// The first line: whether another copy of this paper may exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "heading", rename_all = "snake_case")]
pub enum Heading {
    /// The only copy; nothing is printed.
    #[default]
    Original,
    /// A person asked for another copy: `DUPLICATE`, in the language of the paper.
    Duplicate,
    /// An earlier attempt may have printed: `REPRINT n - POSSIBLE DUPLICATE`.
    Reprint {
        /// Counts from 1.
        n: u32,
    },
}

impl Heading {
    /// The line to print, if any.
    pub fn text(self, language: Language) -> Option<String> {
        let words = words(language);
        match self {
            Self::Original => None,
            Self::Duplicate => Some(words.duplicate.to_owned()),
            Self::Reprint { n } => Some(format!("{} {n} - {}", words.reprint, words.possible_duplicate)),
        }
    }
}

/// The language of the fixed words on a paper, and with it the side it starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Arabic, from the right.
    Ar,
    /// German.
    De,
    /// Spanish.
    Es,
    /// French.
    Fr,
    /// Italian.
    It,
}

impl Language {
    /// Whether names stand on the right and amounts on the left.
    pub fn is_right_to_left(self) -> bool {
        match self {
            Self::Ar => true,
            Self::En | Self::De | Self::Es | Self::Fr | Self::It => false,
        }
    }

    /// From a BCP 47 tag such as `ar-AE`; English when unknown.
    pub fn from_tag(tag: &str) -> Self {
        match tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "ar" => Self::Ar,
            "de" => Self::De,
            "es" => Self::Es,
            "fr" => Self::Fr,
            "it" => Self::It,
            _ => Self::En,
        }
    }
}

/// Why a ticket exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// Start cooking.
    #[default]
    Fire,
    /// Make again what was already made.
    Refire,
    /// Something already fired is now different.
    Change,
    /// Stop: all lines are void.
    Void,
}

/// The lines of one fire for one station.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct KitchenTicket {
    /// Whether another copy may exist.
    pub heading: Heading,
    /// Why this ticket exists.
    pub kind: TicketKind,
    /// Before its turn.
    pub rush: bool,
    /// "Grill".
    pub station: String,
    /// The human check number: "1042".
    pub check: String,
    /// "12", "Terrace 4"; empty for take-away.
    pub table: String,
    /// Who serves.
    pub server: String,
    /// Diners; 0 when not counted.
    pub covers: u32,
    /// "Mains"; empty when there are no courses.
    pub course: String,
    /// Local time of firing as the venue writes it: "19:42".
    pub fired_at: String,
    /// In the order to make them.
    pub lines: Vec<TicketLine>,
    /// A note of the whole table.
    pub note: Option<String>,
    /// Of the fixed words.
    pub language: Language,
}

/// One line of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TicketLine {
    /// How many, as it is now.
    pub quantity: u32,
    /// What the kitchen calls it.
    pub name: String,
    /// "no onion", "extra cheese".
    pub modifiers: Vec<String>,
    /// Free text from the guest.
    pub note: Option<String>,
    /// The diner's place.
    pub seat: Option<u32>,
    /// Allergies to stand out: "NUTS".
    pub allergens: Vec<String>,
    /// Do not make, or stop making.
    pub voided: bool,
    /// What a previous ticket said, when this one changes it.
    pub replaces: Option<ReplacedLine>,
}

/// A line as a previous ticket said it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplacedLine {
    /// How many.
    pub quantity: u32,
    /// What the kitchen calls it.
    pub name: String,
    /// "no onion", "extra cheese".
    pub modifiers: Vec<String>,
    /// Free text from the guest.
    pub note: Option<String>,
}

/// A label with its amount.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Row {
    /// "VAT 5%".
    pub label: String,
    /// "1.05".
    pub value: String,
    /// A sum, or what people look for first.
    #[serde(default)]
    pub strong: bool,
}

impl Row {
    /// A row of two texts.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), strong: false }
    }

    /// The same row, to stand out.
    #[must_use]
    pub fn strong(self) -> Self {
        Self { strong: true, ..self }
    }
}

/// What a party pays, or paid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Receipt {
    /// Whether another copy may exist.
    pub heading: Heading,
    /// Above the venue's name.
    pub logo: Option<Logo>,
    /// Name of the venue.
    pub venue: String,
    /// Address, telephone, tax number: one line each.
    pub venue_lines: Vec<String>,
    /// "RECEIPT", "GUEST CHECK - NOT A RECEIPT"; empty for none.
    pub title: String,
    /// The human check number.
    pub check: String,
    /// Empty for take-away.
    pub table: String,
    /// Who served.
    pub server: String,
    /// Diners; 0 when not counted.
    pub covers: u32,
    /// Local date and time as the venue writes them.
    pub date: String,
    /// What was had.
    pub lines: Vec<ReceiptLine>,
    /// Sum of the lines.
    pub subtotal: String,
    /// What is taken off.
    pub discounts: Vec<Row>,
    /// One row a tax, or "incl. VAT 5%" when prices include it.
    pub taxes: Vec<Row>,
    /// Service charge.
    pub service: Option<Row>,
    /// What is to pay, with its currency.
    pub total: String,
    /// How it was paid.
    pub tenders: Vec<Row>,
    /// Cash given back.
    pub change: Option<String>,
    /// Gratuity.
    pub tip: Option<String>,
    /// What is still to be paid of a check that is paid in part.
    pub due: Option<String>,
    /// Text of a QR code below the amounts: a link, or what a tax office wants.
    pub qr: Option<String>,
    /// Below the code: what it is for; empty for nothing.
    pub qr_caption: String,
    /// "Thank you".
    pub footer: Vec<String>,
    /// Opens the cash drawer together with the first attempt; a reprint never does.
    pub opens_drawer: Option<DrawerKick>,
    /// Of the fixed words; Arabic stands from the right.
    pub language: Language,
}

/// One line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiptLine {
    /// How many.
    pub quantity: u32,
    /// What the guest calls it.
    pub name: String,
    /// Amount of the whole line.
    pub amount: String,
    /// With their prices, if they have any.
    pub modifiers: Vec<Row>,
    /// Why the line is given away, and what it would have cost, less than nothing.
    pub comp: Option<Row>,
}

/// A one-colour picture, rows from the top, 8 dots a byte, the leftmost the highest bit, black is 1.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Logo {
    /// Dots across.
    pub width_dots: u16,
    /// `width_dots / 8`, rounded up, bytes for each row.
    pub rows: Vec<u8>,
}

/// Rows under titles.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Whether another copy may exist.
    pub heading: Heading,
    /// "Z report 2026-03-02".
    pub title: String,
    /// Below the title: who, when.
    pub subtitle: Vec<String>,
    /// In order.
    pub sections: Vec<ReportSection>,
    /// Somebody signs it.
    pub signed: bool,
    /// Of the fixed words; decides the side values stand on.
    pub language: Language,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportSection {
    /// "Sales by hour".
    pub title: String,
    /// Label and value.
    pub rows: Vec<Row>,
}

/// Which drawer of a printer to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DrawerKick {
    /// Connector pin 2: the usual one.
    #[default]
    Pin2,
    /// Connector pin 5: a second drawer.
    Pin5,
}

/// Shows that a printer works.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TestPage {
    /// Whether another copy may exist.
    pub heading: Heading,
    /// What staff call this printer.
    pub printer: String,
    /// Further lines: address, role, time.
    pub lines: Vec<String>,
    /// Of the fixed words.
    pub language: Language,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_paper_survives_being_stored() {
        let papers = [
            Paper::Ticket(KitchenTicket { lines: vec![TicketLine::default()], ..KitchenTicket::default() }),
            Paper::Receipt(Receipt { logo: Some(Logo::default()), ..Receipt::default() }),
            Paper::Report(Report { sections: vec![ReportSection::default()], ..Report::default() }),
            Paper::Drawer(DrawerKick::Pin5),
            Paper::Test(TestPage::default()),
        ];
        for paper in papers {
            let paper = paper.headed(Heading::Reprint { n: 2 });
            let stored = serde_json::to_string(&paper).unwrap();
            assert_eq!(serde_json::from_str::<Paper>(&stored).unwrap(), paper, "{stored}");
        }
    }

    #[test]
    fn a_paper_stored_before_a_field_existed_is_still_read() {
        let stored = r#"{"kind":"ticket","content":{"station":"Grill"}}"#;
        let paper: Paper = serde_json::from_str(stored).unwrap();
        assert_eq!(paper.heading(), Heading::Original);
    }
}
