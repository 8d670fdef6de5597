//! The report of a trading day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use maitred_domain::check::{Check, Mark};
use maitred_domain::day::ZReport;
use maitred_domain::figures::Figures;
use maitred_domain::ids::CheckId;
use maitred_domain::money::Money;
use maitred_store::DayBooks;
use serde::Serialize;
use utoipa::ToSchema;

use super::{TaxView, Views};

/// Whether a day is still open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// So far.
    X,
    /// Closed.
    Z,
}

/// The report of a trading day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayReport {
    /// The day.
    pub business_date: Date,
    /// Whether it is still open.
    pub kind: ReportKind,
    /// From 1, without gaps.
    pub z_number: Option<u32>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<String>,
    /// Each close, when hubs that did not hear of each other closed the day apart: the report is their sum.
    pub closes: Vec<CloseView>,
    /// What was sold.
    pub sales: SalesView,
    /// Each tax.
    pub taxes: Vec<TaxView>,
    /// How it was paid.
    pub tenders: Vec<TenderSales>,
    /// What was sold, by category.
    pub categories: Vec<CategorySales>,
    /// What was sold, by local hour.
    pub hours: Vec<HourSales>,
    /// Cash.
    pub drawer: DrawerView,
    /// They outlive the day.
    pub open_checks: Vec<OpenCheckView>,
    /// Sales against payments.
    pub balance: BalanceView,
}

/// One of several closes of a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CloseView {
    /// As on its paper.
    pub z_number: u32,
    /// When.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// What it reports as sold.
    pub total_minor: Money,
}

/// What was sold.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SalesView {
    /// Without tax and service.
    pub net_minor: Money,
    /// Tax.
    pub tax_minor: Money,
    /// Service charge.
    pub service_minor: Money,
    /// All of it.
    pub total_minor: Money,
    /// Taken off by discounts.
    pub discount_minor: Money,
    /// Given away.
    pub comp_minor: Money,
    /// Undone.
    pub void_minor: Money,
    /// Checks closed.
    pub checks: i64,
    /// Their covers.
    pub covers: i64,
}

/// What was paid in one way.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct TenderSales {
    /// `cash`, `card`, `voucher`.
    pub kind: String,
    /// How often.
    pub count: i64,
    /// What it paid of checks.
    pub amount_minor: Money,
    /// Gratuities.
    pub tip_minor: Money,
    /// What was given back.
    pub refund_minor: Money,
}

/// What was sold of a category.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct CategorySales {
    /// The category.
    pub name: String,
    /// How many.
    pub quantity: i64,
    /// For how much.
    pub total_minor: Money,
}

/// What was sold in an hour.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HourSales {
    /// Local, 0 to 23.
    pub hour: i8,
    /// For how much.
    pub total_minor: Money,
}

/// How many of one note or coin were counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountedView {
    /// What one is worth.
    pub denomination_minor: Money,
    /// How many.
    pub count: u32,
}

/// The drawer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DrawerView {
    /// Put in at the start.
    pub float_minor: Money,
    /// Cash taken, less refunds.
    pub cash_minor: Money,
    /// Put in.
    pub paid_in_minor: Money,
    /// Taken out.
    pub paid_out_minor: Money,
    /// What should be in it.
    pub expected_minor: Money,
    /// What was counted.
    pub counted_minor: Option<Money>,
    /// Counted less expected.
    pub over_short_minor: Option<Money>,
    /// Notes and coins.
    pub counted: Vec<CountedView>,
}

/// A check that the day leaves open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OpenCheckView {
    /// Its id.
    pub id: CheckId,
    /// What people call it.
    pub number: String,
    /// What is still to be paid.
    pub due_minor: Money,
    /// What was paid.
    pub paid_minor: Money,
}

/// Sales against payments.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BalanceView {
    /// What was sold.
    pub sales_minor: Money,
    /// What was paid.
    pub tenders_minor: Money,
    /// Paid on checks that are still open.
    pub paid_ahead_minor: Money,
    /// Paid on earlier days for checks closed on this one.
    pub paid_before_minor: Money,
    /// Nothing, when the books balance.
    pub difference_minor: Money,
}

impl Views<'_> {
    /// The report of a day: its Z when it is closed, otherwise the X so far.
    pub fn day_report(&self, books: &DayBooks) -> DayReport {
        let (kind, mark, report) = match &books.closed {
            Some((mark, z)) => (ReportKind::Z, Some(*mark), z.clone()),
            None => (ReportKind::X, None, books.books.report(Vec::new())),
        };
        let open = self.store.open_checks();
        let open_checks = open.iter().filter(|check| check.business_date <= books.date);
        DayReport {
            business_date: books.date,
            kind,
            z_number: mark.map(|_| report.number),
            closed_at: mark.map(Mark::at),
            closed_by: mark.map(|mark| self.staff_name(mark.by)),
            closes: self.closes(&books.parts),
            sales: sales(&report.figures),
            taxes: taxes(&report.figures),
            tenders: tenders(&report.figures),
            categories: self.categories(&report.figures),
            hours: hours(&report.figures),
            drawer: drawer(&report, kind),
            open_checks: open_checks.map(|check| open_check(check)).collect(),
            balance: BalanceView {
                sales_minor: report.figures.sales(),
                tenders_minor: report.figures.tendered(),
                paid_ahead_minor: report.paid_ahead,
                paid_before_minor: report.paid_before,
                difference_minor: report.difference(),
            },
        }
    }

    /// Several closes of one day; of one alone the report says all.
    fn closes(&self, closes: &[(Mark, ZReport)]) -> Vec<CloseView> {
        let several = if closes.len() > 1 { closes } else { &[] };
        let close = |(mark, z): &(Mark, ZReport)| CloseView {
            z_number: z.number,
            closed_at: mark.at(),
            closed_by: self.staff_name(mark.by),
            total_minor: z.figures.sales(),
        };
        several.iter().map(close).collect()
    }

    fn categories(&self, figures: &Figures) -> Vec<CategorySales> {
        let mut rows: BTreeMap<&str, CategorySales> = BTreeMap::new();
        for (name, value) in figures.under("category/") {
            let Some((id, what)) = name.split_once('/') else { continue };
            let row = rows.entry(id).or_default();
            match what {
                "quantity" => row.quantity = value,
                _ => row.total_minor = Money(value),
            }
        }
        let name = |id: &str| {
            let category = id.parse().ok().and_then(|id| self.catalogue.categories.get(&id));
            category.map_or_else(|| "?".to_owned(), |category| category.name.clone())
        };
        let mut rows: Vec<_> =
            rows.into_iter().map(|(id, row)| CategorySales { name: name(id), ..row }).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.total_minor));
        rows
    }
}

fn open_check(check: &Check) -> OpenCheckView {
    let totals = check.totals();
    let (due_minor, paid_minor) = (totals.due(), totals.paid);
    OpenCheckView { id: check.id, number: check.number.clone(), due_minor, paid_minor }
}

pub(super) fn sales(figures: &Figures) -> SalesView {
    SalesView {
        net_minor: figures.money("sales/net"),
        tax_minor: figures.money("sales/tax"),
        service_minor: figures.money("sales/service"),
        total_minor: figures.sales(),
        discount_minor: figures.money("discount"),
        comp_minor: figures.money("comp"),
        void_minor: figures.money("void"),
        checks: figures.get("checks"),
        covers: figures.get("covers"),
    }
}

/// `tax/{basis points}/{name}/net|tax`; a name may hold a stroke itself.
fn taxes(figures: &Figures) -> Vec<TaxView> {
    let mut rows: BTreeMap<(u32, &str), (Money, Money)> = BTreeMap::new();
    for (key, value) in figures.under("tax/") {
        let parts = key.split_once('/').and_then(|(rate, rest)| {
            let (name, what) = rest.rsplit_once('/')?;
            Some((rate.parse().ok()?, name, what))
        });
        let Some((rate, name, what)) = parts else { continue };
        let row = rows.entry((rate, name)).or_default();
        match what {
            "net" => row.0 = Money(value),
            _ => row.1 = Money(value),
        }
    }
    let view = |((rate, name), (net, tax)): ((u32, &str), (Money, Money))| TaxView {
        name: name.to_owned(),
        rate_basis_points: rate,
        net_minor: net,
        tax_minor: tax,
    };
    rows.into_iter().map(view).collect()
}

pub(super) fn tenders(figures: &Figures) -> Vec<TenderSales> {
    let mut rows: BTreeMap<&str, TenderSales> = BTreeMap::new();
    for (name, value) in figures.under("tender/") {
        let Some((kind, what)) = name.split_once('/') else { continue };
        let row = rows.entry(kind).or_default();
        match what {
            "count" => row.count = value,
            "amount" => row.amount_minor = Money(value),
            "tip" => row.tip_minor = Money(value),
            _ => row.refund_minor = Money(value),
        }
    }
    rows.into_iter().map(|(kind, row)| TenderSales { kind: kind.to_owned(), ..row }).collect()
}

pub(super) fn hours(figures: &Figures) -> Vec<HourSales> {
    let hour = |(hour, value): (&str, i64)| {
        let hour = hour.parse().ok()?;
        Some(HourSales { hour, total_minor: Money(value) })
    };
    let mut hours: Vec<HourSales> = figures.under("hour/").filter_map(hour).collect();
    hours.sort_by_key(|row| row.hour);
    hours
}

fn drawer(report: &ZReport, kind: ReportKind) -> DrawerView {
    let drawer = &report.drawer;
    let counted_minor = match kind {
        ReportKind::X => None,
        ReportKind::Z => Some(report.counted_total()),
    };
    let counted = report
        .counted
        .iter()
        .map(|row| CountedView { denomination_minor: row.denomination_minor, count: row.count });
    DrawerView {
        float_minor: drawer.float,
        cash_minor: drawer.cash,
        paid_in_minor: drawer.paid_in,
        paid_out_minor: drawer.paid_out,
        expected_minor: drawer.expected(),
        counted_minor,
        over_short_minor: counted_minor.map(|counted| counted - drawer.expected()),
        counted: counted.collect(),
    }
}
