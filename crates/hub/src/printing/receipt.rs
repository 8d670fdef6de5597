//! What a party pays, on paper.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maitred_device::paper::{Logo, Receipt, ReceiptLine, Row};
use maitred_device::picture;
use maitred_device::words::{Words, words};
use maitred_domain::check::{Check, CheckState, LineState, TenderKind};
use maitred_domain::money::Money;

use super::papers::{language, local};
use crate::views::Views;
use crate::views::money::Currency;

/// The receipt of a check; while something is to be paid, it says that it is none.
pub fn receipt(views: &Views<'_>, check: &Check) -> Receipt {
    let catalogue = &views.catalogue;
    let (venue, totals) = (&catalogue.venue, check.totals());
    let money = Currency::of(venue);
    let lines: Vec<&LineState> =
        check.lines_in_order().into_iter().filter(|line| line.is_standing()).collect();
    let full = |line: &LineState| views.as_on_menu(line.standing_amounts() + line.discounted);
    let charged = |line: &LineState| if line.comp.is_some() { Money::ZERO } else { full(line) };
    let words = words(language(catalogue));
    let is_paid =
        check.state() == CheckState::Closed || (totals.due() <= Money::ZERO && !check.tenders.is_empty());
    let at = check.standing_close().map_or(views.now, |close| close.mark.at());
    Receipt {
        logo: logo(&venue.logo),
        venue: venue.name.clone(),
        venue_lines: venue.address.clone(),
        title: if is_paid { words.receipt } else { words.guest_check }.to_owned(),
        check: check.number.clone(),
        table: check.place(catalogue),
        server: catalogue.staff_name(check.server).to_owned(),
        covers: check.covers,
        date: local(catalogue, at, "%Y-%m-%d %H:%M"),
        lines: lines.iter().map(|line| receipt_line(line, full(line), &money, words)).collect(),
        subtotal: money.bare(lines.iter().map(|line| charged(line)).sum()),
        discounts: discounts(views, check, &money, words),
        taxes: taxes(check, venue.tax_included, &money, words),
        service: (totals.amounts.service != Money::ZERO)
            .then(|| Row::new(words.service, money.bare(totals.amounts.service))),
        total: money.format(totals.total()),
        tenders: tenders(check, &money, words),
        change: change(check).map(|change| money.bare(change)),
        tip: (totals.tips != Money::ZERO).then(|| money.bare(totals.tips)),
        due: (!is_paid && totals.paid != Money::ZERO).then(|| money.format(totals.due())),
        qr_caption: words.scan.to_owned(),
        qr: Some(format!("maitred:check/{}", check.id)),
        footer: venue.receipt_footer.clone(),
        language: language(catalogue),
        ..Receipt::default()
    }
}

/// The logo as dots; without them a receipt is a receipt still.
fn logo(base64: &str) -> Option<Logo> {
    let png = STANDARD.decode(base64).ok().filter(|png| !png.is_empty())?;
    let dots = picture::logo(&png).ok()?;
    Some(Logo { width_dots: u16::try_from(dots.width()).ok()?, rows: dots.bytes().to_vec() })
}

fn receipt_line(state: &LineState, amount: Money, money: &Currency, words: &Words) -> ReceiptLine {
    let modifiers = state.line.modifiers.iter().map(|modifier| {
        let price = if modifier.price == Money::ZERO { String::new() } else { money.bare(modifier.price) };
        Row::new(modifier.name.clone(), price)
    });
    ReceiptLine {
        quantity: state.quantity(),
        name: state.line.name.clone(),
        amount: money.bare(amount),
        modifiers: modifiers.collect(),
        comp: state
            .comp
            .as_ref()
            .map(|comp| Row::new(because(words.comp, &comp.reason), money.bare(-amount))),
    }
}

/// A word with the reason that was given for it.
fn because(word: &str, reason: &str) -> String {
    if reason.is_empty() { word.to_owned() } else { format!("{word}: {reason}") }
}

/// What discounts take off lines that still count; those alike in one row.
fn discounts(views: &Views<'_>, check: &Check, money: &Currency, words: &Words) -> Vec<Row> {
    let counts = |line| {
        let state: Option<&LineState> = check.lines.get(line);
        state.is_some_and(|state| state.is_standing() && state.comp.is_none())
    };
    let mut rows: BTreeMap<String, Money> = BTreeMap::new();
    for discount in check.discounts.values() {
        let word = match discount.basis_points {
            Some(basis_points) => format!("{} {}", words.discount, percent(basis_points)),
            None => words.discount.to_owned(),
        };
        let parts = discount.parts.iter().filter(|(line, _)| counts(line));
        let off: Money = parts.map(|(_, amounts)| views.as_on_menu(*amounts)).sum();
        *rows.entry(because(&word, &discount.reason)).or_insert(Money::ZERO) += off;
    }
    let rows = rows.into_iter().filter(|(_, off)| *off != Money::ZERO);
    rows.map(|(label, off)| Row::new(label, money.bare(-off))).collect()
}

/// `12.5%`.
fn percent(basis_points: u32) -> String {
    let (whole, hundredths) = (basis_points / 100, basis_points % 100);
    let digits = format!("{whole}.{hundredths:02}");
    format!("{}%", digits.trim_end_matches('0').trim_end_matches('.'))
}

fn taxes(check: &Check, included: bool, money: &Currency, words: &Words) -> Vec<Row> {
    let row = |row: maitred_domain::check::TaxRow| {
        let label = if included { format!("{} {}", words.included, row.name) } else { row.name };
        Row::new(label, money.bare(row.tax))
    };
    check.tax_rows().into_iter().map(row).collect()
}

/// A way of paying, as papers say it.
pub fn tender_name(kind: &str, words: &Words) -> &'static str {
    match kind {
        "cash" => words.cash,
        "card" => words.card,
        _ => words.voucher,
    }
}

fn tenders(check: &Check, money: &Currency, words: &Words) -> Vec<Row> {
    let mut tenders: Vec<_> = check.tenders.values().collect();
    tenders.sort_by_key(|state| state.mark);
    let rows = tenders.iter().flat_map(|state| {
        let name = tender_name(state.tender.kind.as_str(), words);
        let paid = match state.tender.kind {
            TenderKind::Cash => state.tender.handed,
            TenderKind::Card | TenderKind::Voucher => state.tender.amount + state.tender.tip,
        };
        let refund = (state.refunded() != Money::ZERO)
            .then(|| Row::new(format!("{}, {name}", words.refund), money.bare(-state.refunded())));
        [Some(Row::new(name, money.bare(paid))), refund]
    });
    rows.flatten().collect()
}

fn change(check: &Check) -> Option<Money> {
    let given = check.tenders.values().map(|it| it.tender.handed - it.tender.amount - it.tender.tip);
    Some(given.sum()).filter(|change| *change != Money::ZERO)
}
