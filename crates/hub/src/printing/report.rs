//! The report of a trading day, on paper.

use jiff::civil::Date;
use maitred_device::paper::{Report, ReportSection, Row};
use maitred_device::words::{Words, words};
use maitred_domain::money::Money;

use super::papers::{language, local};
use super::receipt::tender_name;
use crate::views::money::Currency;
use crate::views::{BalanceView, DayReport, DrawerView, OpenCheckView, ReportKind, SalesView, Views};

/// How amounts and words are written.
struct Ink {
    money: Currency,
    words: &'static Words,
}

impl Ink {
    fn row(&self, label: impl Into<String>, amount: Money) -> Row {
        Row::new(label, self.money.bare(amount))
    }

    /// Rows of the amounts that are there: a row of nothing says nothing.
    fn rows<'a>(&'a self, amounts: &'a [(&'static str, Money)]) -> impl Iterator<Item = Row> + 'a {
        let rows = amounts.iter().filter(|(_, amount)| *amount != Money::ZERO);
        rows.map(|(label, amount)| self.row(*label, *amount))
    }
}

/// The report of a day; `None` when its books cannot be read.
pub fn report(views: &Views<'_>, date: Option<Date>) -> Option<Report> {
    let books = views.store.day(date).inspect_err(|error| tracing::error!(%error, "no books")).ok()?;
    let day = views.day_report(&books);
    let language = language(&views.catalogue);
    let ink = Ink { money: Currency::of(&views.catalogue.venue), words: words(language) };
    let words = ink.words;
    let sections = [
        sales(&day.sales, &ink),
        taken_off(&day.sales, &ink),
        section(words.taxes, day.taxes.iter().map(|tax| ink.row(&tax.name, tax.tax_minor))),
        section(words.payments, payments(&day, &ink)),
        section(words.categories, day.categories.iter().map(|it| ink.row(&it.name, it.total_minor))),
        section(
            words.hours,
            day.hours.iter().map(|it| ink.row(format!("{:02}:00", it.hour), it.total_minor)),
        ),
        drawer(&day.drawer, &ink),
        section(words.open_checks, day.open_checks.iter().map(|check| open_check(views, check, &ink))),
        balance(&day.balance, &ink),
    ];
    let (title, signed) = match (day.kind, day.z_number) {
        (ReportKind::Z, Some(number)) => (format!("{} {number}", words.z_report), true),
        (ReportKind::Z | ReportKind::X, _) => (words.x_report.to_owned(), false),
    };
    Some(Report {
        title,
        subtitle: subtitle(views, &day),
        sections: sections.into_iter().filter(|section| !section.rows.is_empty()).collect(),
        signed,
        language,
        ..Report::default()
    })
}

fn subtitle(views: &Views<'_>, day: &DayReport) -> Vec<String> {
    let at = local(&views.catalogue, day.closed_at.unwrap_or(views.now), "%Y-%m-%d %H:%M");
    let who = day.closed_by.as_ref().map_or_else(|| at.clone(), |by| format!("{at}, {by}"));
    vec![views.catalogue.venue.name.clone(), day.business_date.to_string(), who]
}

fn section(title: &str, rows: impl Iterator<Item = Row>) -> ReportSection {
    ReportSection { title: title.to_owned(), rows: rows.collect() }
}

fn sales(sales: &SalesView, ink: &Ink) -> ReportSection {
    let words = ink.words;
    let counts = [(words.checks, sales.checks), (words.covers, sales.covers)];
    let counts = counts.into_iter().filter(|(_, count)| *count != 0);
    let counts = counts.map(|(label, count)| Row::new(label, count.to_string()));
    let amounts =
        [(words.net, sales.net_minor), (words.tax, sales.tax_minor), (words.service, sales.service_minor)];
    let total = ink.row(words.total, sales.total_minor).strong();
    section(words.sales, counts.chain(ink.rows(&amounts)).chain([total]))
}

fn taken_off(sales: &SalesView, ink: &Ink) -> ReportSection {
    let words = ink.words;
    let amounts = [
        (words.discounts, sales.discount_minor),
        (words.comps, sales.comp_minor),
        (words.voids, sales.void_minor),
    ];
    section(words.taken_off, ink.rows(&amounts))
}

fn payments<'a>(day: &'a DayReport, ink: &'a Ink) -> impl Iterator<Item = Row> + 'a {
    let words = ink.words;
    day.tenders.iter().flat_map(move |tender| {
        let name = tender_name(&tender.kind, words);
        let paid = ink.row(format!("{name} ({})", tender.count), tender.amount_minor);
        let more = [(words.tips, tender.tip_minor), (words.refund, -tender.refund_minor)];
        let more = more.into_iter().filter(|(_, amount)| *amount != Money::ZERO);
        let more = more.map(|(what, amount)| ink.row(format!("{what}, {name}"), amount));
        std::iter::once(paid).chain(more).collect::<Vec<_>>()
    })
}

fn drawer(drawer: &DrawerView, ink: &Ink) -> ReportSection {
    let words = ink.words;
    let moved = [
        (words.float, drawer.float_minor),
        (words.cash, drawer.cash_minor),
        (words.paid_in, drawer.paid_in_minor),
        (words.paid_out, -drawer.paid_out_minor),
    ];
    let expected = ink.row(words.expected, drawer.expected_minor).strong();
    let counted = drawer.counted.iter().filter(|row| row.count != 0).map(|row| {
        let worth = row.denomination_minor.times(row.count);
        ink.row(format!("{} x {}", row.count, ink.money.bare(row.denomination_minor)), worth)
    });
    let found = [(words.counted, drawer.counted_minor), (words.over_short, drawer.over_short_minor)];
    let found = found.into_iter().filter_map(|(label, amount)| Some(ink.row(label, amount?).strong()));
    section(words.drawer, ink.rows(&moved).chain([expected]).chain(counted).chain(found))
}

/// `1042, table 12`, and what is still to be paid.
fn open_check(views: &Views<'_>, open: &OpenCheckView, ink: &Ink) -> Row {
    let check = views.check(open.id);
    let table = check.map(|check| check.place(&views.catalogue)).unwrap_or_default();
    let place = match &*table {
        "" => ink.words.take_away.to_owned(),
        table => format!("{} {table}", ink.words.table),
    };
    ink.row(format!("{}, {place}", open.number), open.due_minor)
}

fn balance(balance: &BalanceView, ink: &Ink) -> ReportSection {
    let words = ink.words;
    let amounts = [
        (words.sales, balance.sales_minor),
        (words.payments, balance.tenders_minor),
        (words.paid_ahead, balance.paid_ahead_minor),
        (words.paid_before, balance.paid_before_minor),
    ];
    let difference = ink.row(words.difference, balance.difference_minor).strong();
    section(words.balance, ink.rows(&amounts).chain([difference]))
}
