//! What a party pays, on paper.

use maitred_device::paper::{Receipt, ReceiptLine, Row};
use maitred_domain::check::{Check, CheckState, LineState, TenderKind};
use maitred_domain::money::Money;

use super::papers::{language, local, table_name};
use crate::money::Currency;
use crate::views::Views;

/// The receipt of a check; while something is to be paid, it says that it is none.
pub fn receipt(views: &Views<'_>, check: &Check) -> Receipt {
    let catalogue = &views.catalogue;
    let (venue, totals) = (&catalogue.venue, check.totals());
    let money = Currency::of(venue);
    let lines: Vec<&LineState> =
        check.lines_in_order().into_iter().filter(|line| line.is_standing()).collect();
    let full = |line: &LineState| match line.comp {
        Some(_) => Money::ZERO,
        None => views.as_on_menu(line.amounts() + line.discounted),
    };
    let paid = check.state() == CheckState::Closed;
    let at = check.standing_close().map_or(views.now, |close| close.mark.at());
    Receipt {
        venue: venue.name.clone(),
        venue_lines: venue.address.clone(),
        title: if paid { "RECEIPT".to_owned() } else { "GUEST CHECK - NOT A RECEIPT".to_owned() },
        check: check.number.clone(),
        table: table_name(catalogue, check.table),
        server: catalogue.staff_name(check.server).to_owned(),
        covers: check.covers,
        date: local(catalogue, at, "%Y-%m-%d %H:%M"),
        lines: lines.iter().map(|line| receipt_line(line, full(line), &money)).collect(),
        subtotal: money.bare(lines.iter().map(|line| full(line)).sum()),
        discounts: discounts(views, check, &money),
        taxes: taxes(check, venue.tax_included, &money),
        service: (totals.amounts.service != Money::ZERO)
            .then(|| Row::new("Service", money.bare(totals.amounts.service))),
        total: money.format(totals.total()),
        tenders: tenders(check, &money),
        change: change(check).map(|change| money.bare(change)),
        tip: (totals.tips != Money::ZERO).then(|| money.bare(totals.tips)),
        qr: Some(format!("maitred:check/{}", check.id)),
        footer: venue.receipt_footer.clone(),
        language: language(catalogue),
        ..Receipt::default()
    }
}

fn receipt_line(state: &LineState, amount: Money, money: &Currency) -> ReceiptLine {
    let modifiers = state.line.modifiers.iter().map(|modifier| {
        let price = if modifier.price == Money::ZERO { String::new() } else { money.bare(modifier.price) };
        Row::new(modifier.name.clone(), price)
    });
    ReceiptLine {
        quantity: state.quantity(),
        name: state.line.name.clone(),
        amount: money.bare(amount),
        modifiers: modifiers.collect(),
    }
}

/// What each discount takes off lines that still count.
fn discounts(views: &Views<'_>, check: &Check, money: &Currency) -> Vec<Row> {
    let counts = |line| {
        let state: Option<&LineState> = check.lines.get(line);
        state.is_some_and(|state| state.is_standing() && state.comp.is_none())
    };
    let rows = check.discounts.values().filter_map(|discount| {
        let parts = discount.parts.iter().filter(|(line, _)| counts(line));
        let off: Money = parts.map(|(_, amounts)| views.as_on_menu(*amounts)).sum();
        (off != Money::ZERO).then(|| Row::new(discount.reason.clone(), money.bare(-off)))
    });
    rows.collect()
}

fn taxes(check: &Check, included: bool, money: &Currency) -> Vec<Row> {
    let row = |row: maitred_domain::check::TaxRow| {
        let label = if included { format!("incl. {}", row.name) } else { row.name };
        Row::new(label, money.bare(row.tax))
    };
    check.tax_rows().into_iter().map(row).collect()
}

/// A way of paying, as papers say it.
pub fn tender_name(kind: &str) -> &'static str {
    match kind {
        "cash" => "Cash",
        "card" => "Card",
        _ => "Voucher",
    }
}

fn tenders(check: &Check, money: &Currency) -> Vec<Row> {
    let mut tenders: Vec<_> = check.tenders.values().collect();
    tenders.sort_by_key(|state| state.mark);
    let rows = tenders.iter().flat_map(|state| {
        let name = tender_name(state.tender.kind.as_str());
        let paid = match state.tender.kind {
            TenderKind::Cash => state.tender.handed,
            TenderKind::Card | TenderKind::Voucher => state.tender.amount + state.tender.tip,
        };
        let refund = (state.refunded() != Money::ZERO)
            .then(|| Row::new(format!("{name}, refund"), money.bare(-state.refunded())));
        [Some(Row::new(name, money.bare(paid))), refund]
    });
    rows.flatten().collect()
}

fn change(check: &Check) -> Option<Money> {
    let given = check.tenders.values().map(|it| it.tender.handed - it.tender.amount - it.tender.tip);
    Some(given.sum()).filter(|change| *change != Money::ZERO)
}
