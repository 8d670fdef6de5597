//! The report of a trading day, on paper.

use jiff::civil::Date;
use maitred_device::paper::{Report, ReportSection, Row};
use maitred_domain::money::Money;

use super::papers::{language, local};
use super::receipt::tender_name;
use crate::money::Currency;
use crate::views::{DayReport, DrawerView, ReportKind, Views};

/// The report of a day; `None` when its books cannot be read.
pub fn report(views: &Views<'_>, date: Option<Date>) -> Option<Report> {
    let books = views.store.day(date).inspect_err(|error| tracing::error!(%error, "no books")).ok()?;
    let day = views.day_report(&books);
    let money = Currency::of(&views.catalogue.venue);
    let sections = [
        sales(&day, &money),
        section("Taxes", day.taxes.iter().map(|tax| Row::new(&tax.name, money.bare(tax.tax_minor)))),
        section("Payments", payments(&day, &money)),
        section("Categories", day.categories.iter().map(|it| Row::new(&it.name, money.bare(it.total_minor)))),
        section(
            "Hours",
            day.hours.iter().map(|it| Row::new(format!("{:02}:00", it.hour), money.bare(it.total_minor))),
        ),
        drawer(&day.drawer, &money),
        section(
            "Open checks",
            day.open_checks.iter().map(|it| Row::new(&it.number, money.bare(it.due_minor))),
        ),
        balance(&day, &money),
    ];
    Some(Report {
        title: match (day.kind, day.z_number) {
            (ReportKind::Z, Some(number)) => format!("Z {number}, {}", day.business_date),
            (ReportKind::Z | ReportKind::X, _) => format!("X, {}", day.business_date),
        },
        subtitle: subtitle(views, &day),
        sections: sections.into_iter().filter(|section| !section.rows.is_empty()).collect(),
        language: language(&views.catalogue),
        ..Report::default()
    })
}

fn subtitle(views: &Views<'_>, day: &DayReport) -> Vec<String> {
    let at = local(&views.catalogue, day.closed_at.unwrap_or(views.now), "%Y-%m-%d %H:%M");
    let who = day.closed_by.as_ref().map_or_else(|| at.clone(), |by| format!("{at}, {by}"));
    vec![views.catalogue.venue.name.clone(), who]
}

fn section(title: &str, rows: impl Iterator<Item = Row>) -> ReportSection {
    ReportSection { title: title.to_owned(), rows: rows.collect() }
}

fn sales(day: &DayReport, money: &Currency) -> ReportSection {
    let sales = &day.sales;
    let amounts = [
        ("Net", sales.net_minor),
        ("Tax", sales.tax_minor),
        ("Service", sales.service_minor),
        ("Total", sales.total_minor),
        ("Discounts", sales.discount_minor),
        ("Comps", sales.comp_minor),
        ("Voids", sales.void_minor),
    ];
    let counts = [("Checks", sales.checks), ("Covers", sales.covers)];
    let amounts = amounts.into_iter().map(|(label, amount)| Row::new(label, money.bare(amount)));
    section(
        "Sales",
        amounts.chain(counts.into_iter().map(|(label, count)| Row::new(label, count.to_string()))),
    )
}

fn payments<'a>(day: &'a DayReport, money: &'a Currency) -> impl Iterator<Item = Row> + 'a {
    day.tenders.iter().flat_map(move |tender| {
        let name = tender_name(&tender.kind);
        let paid = Row::new(format!("{name} ({})", tender.count), money.bare(tender.amount_minor));
        let more = [("tips", tender.tip_minor), ("refunds", -tender.refund_minor)];
        let more = more.into_iter().filter(|(_, amount)| *amount != Money::ZERO);
        let more = more.map(move |(what, amount)| Row::new(format!("{name}, {what}"), money.bare(amount)));
        std::iter::once(paid).chain(more).collect::<Vec<_>>()
    })
}

fn drawer(drawer: &DrawerView, money: &Currency) -> ReportSection {
    let amounts = [
        ("Float", Some(drawer.float_minor)),
        ("Cash", Some(drawer.cash_minor)),
        ("Paid in", Some(drawer.paid_in_minor)),
        ("Paid out", Some(-drawer.paid_out_minor)),
        ("Expected", Some(drawer.expected_minor)),
        ("Counted", drawer.counted_minor),
        ("Over or short", drawer.over_short_minor),
    ];
    let rows = amounts.into_iter().filter_map(|(label, amount)| Some(Row::new(label, money.bare(amount?))));
    let counted = drawer.counted.iter().map(|row| {
        let worth = row.denomination_minor.times(row.count);
        Row::new(format!("{} x {}", row.count, money.bare(row.denomination_minor)), money.bare(worth))
    });
    section("Drawer", rows.chain(counted))
}

fn balance(day: &DayReport, money: &Currency) -> ReportSection {
    let balance = &day.balance;
    let amounts = [
        ("Sales", balance.sales_minor),
        ("Payments", balance.tenders_minor),
        ("Paid ahead", balance.paid_ahead_minor),
        ("Paid before", balance.paid_before_minor),
        ("Difference", balance.difference_minor),
    ];
    section("Balance", amounts.into_iter().map(|(label, amount)| Row::new(label, money.bare(amount))))
}
