//! Figures of many days, as managers look at them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use maitred_domain::check::{Check, Mark, ReductionKind};
use maitred_domain::day::ZReport;
use maitred_domain::figures::Figures;
use maitred_domain::ids::{CategoryId, CheckId, ItemId, StaffId};
use maitred_domain::money::Money;
use maitred_store::{ReasonSum, ReductionRow};
use serde::Serialize;
use utoipa::ToSchema;

use super::day::{hours, sales, tenders};
use super::{DayReport, HourSales, SalesView, TenderSales, Views};

/// A day that was closed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosedDay {
    /// The day.
    pub business_date: Date,
    /// Its number, from 1, without gaps.
    pub z_number: u32,
    /// When it was closed.
    pub closed_at: Timestamp,
    /// By whom.
    pub closed_by: String,
    /// Without tax and service.
    pub net_minor: Money,
    /// Tax.
    pub tax_minor: Money,
    /// All of it.
    pub total_minor: Money,
    /// Checks closed.
    pub checks: i64,
    /// Their covers.
    pub covers: i64,
    /// Counted less expected.
    pub over_short_minor: Money,
}

/// Closed days, newest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClosedDays {
    /// The days.
    pub days: Vec<ClosedDay>,
    /// Where the next page starts; `null` on the last.
    pub next_cursor: Option<Date>,
}

/// What came after a close: the next close reports it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LateView {
    /// What was sold.
    pub sales: SalesView,
    /// How it was paid.
    pub tenders: Vec<TenderSales>,
}

/// A closed day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayDetail {
    /// Its Z, as its close wrote it down.
    pub report: DayReport,
    /// What came later for days up to this one; `null` when nothing did.
    pub late: Option<LateView>,
}

/// What was sold of an item, a category, or by a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SoldRow {
    /// Of which item, category or person.
    pub id: String,
    /// As it is called now.
    pub name: String,
    /// How many; 0 for a person.
    pub quantity: i64,
    /// For how much.
    pub total_minor: Money,
}

/// What was sold on a day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DaySales {
    /// The day.
    pub business_date: Date,
    /// What was sold.
    pub sales: SalesView,
}

/// How often and how much somebody gave for one reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonRow {
    /// How.
    pub kind: ReductionKind,
    /// Why.
    pub reason: String,
    /// Who.
    pub staff_id: StaffId,
    /// As shown.
    pub staff: String,
    /// How often.
    pub count: u64,
    /// How much.
    pub amount_minor: Money,
}

/// A void, comp, discount or reopening.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReductionView {
    /// How.
    pub kind: ReductionKind,
    /// When.
    pub at: Timestamp,
    /// The trading day that the check was opened on.
    pub business_date: Date,
    /// The check.
    pub check_id: CheckId,
    /// What people call it.
    pub check_number: String,
    /// Who.
    pub staff: String,
    /// Who approved it with their PIN, as shown, where whoever did it may not.
    pub approved_by: Option<String>,
    /// Why.
    pub reason: String,
    /// The item, of a void or comp.
    pub what: String,
    /// How many of it.
    pub quantity: u32,
    /// How much; of a reopening what the close came to.
    pub amount_minor: Money,
}

/// What is out of the ordinary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// A check is open for very long.
    OpenLong,
    /// Somebody voided often.
    ManyVoids,
    /// A check was opened again after its close.
    Reopened,
    /// A large part of a check was taken off.
    BigDiscount,
}

/// Something out of the ordinary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExceptionRow {
    /// What.
    pub kind: ExceptionKind,
    /// Since when, or when.
    pub at: Option<Timestamp>,
    /// On which check.
    pub check_id: Option<CheckId>,
    /// What people call it.
    pub check_number: Option<String>,
    /// By whom.
    pub staff: String,
    /// Who approved it with their PIN, as shown.
    pub approved_by: Option<String>,
    /// How often.
    pub count: u64,
    /// How much.
    pub amount_minor: Money,
    /// Why.
    pub reason: String,
}

/// Figures of some trading days.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportView {
    /// The first day.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// All of them together.
    pub totals: SalesView,
    /// What guests gave on top.
    pub tips_minor: Money,
    /// By day, those without sales left out.
    pub days: Vec<DaySales>,
    /// By local hour.
    pub hours: Vec<HourSales>,
    /// By item, the most first.
    pub items: Vec<SoldRow>,
    /// By category, the most first.
    pub categories: Vec<SoldRow>,
    /// By person, the most first.
    pub servers: Vec<SoldRow>,
    /// By way of paying.
    pub tenders: Vec<TenderSales>,
    /// Voids, comps, discounts and reopenings by reason and person, the most first.
    pub reasons: Vec<ReasonRow>,
    /// The same one by one, newest first; 500 at most.
    pub reductions: Vec<ReductionView>,
    /// What is out of the ordinary.
    pub exceptions: Vec<ExceptionRow>,
}

/// What a report is made of.
pub struct ReportParts {
    /// The first day.
    pub from: Date,
    /// The last one.
    pub to: Date,
    /// All of them together.
    pub figures: Figures,
    /// By day.
    pub days: Vec<(Date, Figures)>,
    /// By reason.
    pub reasons: Vec<ReasonSum>,
    /// One by one.
    pub reductions: Vec<ReductionRow>,
}

/// How many voids of one person are many, for each day of the report.
const VOIDS_A_DAY_MANY: u64 = 8;
/// A check that is open for so many hours is pointed out.
pub const CHECK_OPEN_HOURS_MAX: i64 = 4;
/// A discount beyond this part of what the check would cost is large, in percent.
const DISCOUNT_PERCENT_BIG: i64 = 25;

impl Views<'_> {
    /// A day that was closed, in a list.
    pub fn closed_day(&self, date: Date, mark: Mark, report: &ZReport) -> ClosedDay {
        let figures = &report.figures;
        ClosedDay {
            business_date: date,
            z_number: report.number,
            closed_at: mark.at(),
            closed_by: self.staff_name(mark.by),
            net_minor: figures.money("sales/net"),
            tax_minor: figures.money("sales/tax"),
            total_minor: figures.sales(),
            checks: figures.get("checks"),
            covers: figures.get("covers"),
            over_short_minor: report.counted_total() - report.drawer.expected(),
        }
    }

    /// What came after a close; `None` when nothing did.
    pub fn late(&self, figures: &Figures) -> Option<LateView> {
        (!figures.is_empty()).then(|| LateView { sales: sales(figures), tenders: tenders(figures) })
    }

    /// Figures of many days.
    pub fn report(&self, parts: &ReportParts) -> ReportView {
        let figures = &parts.figures;
        let tenders = tenders(figures);
        let day =
            |(date, figures): &(Date, Figures)| DaySales { business_date: *date, sales: sales(figures) };
        ReportView {
            from: parts.from,
            to: parts.to,
            totals: sales(figures),
            tips_minor: tenders.iter().map(|tender| tender.tip_minor).sum(),
            days: parts.days.iter().map(day).collect(),
            hours: hours(figures),
            items: self.items_sold(figures),
            categories: self.categories_sold(figures),
            servers: self.servers_sold(figures),
            tenders,
            reasons: parts.reasons.iter().map(|sum| self.reason(sum)).collect(),
            reductions: parts.reductions.iter().map(|row| self.reduction(row)).collect(),
            exceptions: self.exceptions(parts),
        }
    }

    /// What was sold of each item, the most first.
    pub fn items_sold(&self, figures: &Figures) -> Vec<SoldRow> {
        let name = |id: &str| {
            let item = id.parse::<ItemId>().ok().and_then(|id| self.catalogue.items.get(&id));
            item.map(|item| item.name.clone())
        };
        sold(figures, "item/", name)
    }

    fn categories_sold(&self, figures: &Figures) -> Vec<SoldRow> {
        let name = |id: &str| {
            let category = id.parse::<CategoryId>().ok().and_then(|id| self.catalogue.categories.get(&id));
            category.map(|category| category.name.clone())
        };
        sold(figures, "category/", name)
    }

    fn servers_sold(&self, figures: &Figures) -> Vec<SoldRow> {
        let row = |(id, total): (&str, i64)| SoldRow {
            id: id.to_owned(),
            name: id.parse().map_or_else(|_| "?".to_owned(), |id| self.staff_name(id)),
            quantity: 0,
            total_minor: Money(total),
        };
        most_first(figures.under("server/").map(row).collect())
    }

    fn reason(&self, sum: &ReasonSum) -> ReasonRow {
        ReasonRow {
            kind: sum.kind,
            reason: sum.reason.clone(),
            staff_id: sum.by,
            staff: self.staff_name(sum.by),
            count: sum.count,
            amount_minor: sum.amount,
        }
    }

    fn reduction(&self, row: &ReductionRow) -> ReductionView {
        let reduction = &row.reduction;
        ReductionView {
            kind: reduction.kind,
            at: reduction.mark.at(),
            business_date: row.business_date,
            check_id: row.check,
            check_number: row.number.clone(),
            staff: self.staff_name(reduction.mark.by),
            approved_by: reduction.mark.approved_by.map(|id| self.staff_name(id)),
            reason: reduction.reason.clone(),
            what: reduction.what.clone(),
            quantity: reduction.quantity,
            amount_minor: reduction.amount,
        }
    }

    fn exceptions(&self, parts: &ReportParts) -> Vec<ExceptionRow> {
        let mut rows: Vec<ExceptionRow> = Vec::new();
        let open = self.store.open_checks();
        let long = open.iter().filter(|check| (parts.from..=parts.to).contains(&check.business_date));
        rows.extend(long.filter_map(|check| self.open_long(check)));
        rows.extend(self.many_voids(parts));
        for row in &parts.reductions {
            let kind = match row.reduction.kind {
                ReductionKind::Reopening => ExceptionKind::Reopened,
                ReductionKind::Discount if is_big(row) => ExceptionKind::BigDiscount,
                ReductionKind::Discount | ReductionKind::Void | ReductionKind::Comp => continue,
            };
            rows.push(ExceptionRow {
                kind,
                at: Some(row.reduction.mark.at()),
                check_id: Some(row.check),
                check_number: Some(row.number.clone()),
                staff: self.staff_name(row.reduction.mark.by),
                approved_by: row.reduction.mark.approved_by.map(|id| self.staff_name(id)),
                count: 1,
                amount_minor: row.reduction.amount,
                reason: row.reduction.reason.clone(),
            });
        }
        rows
    }

    fn open_long(&self, check: &Check) -> Option<ExceptionRow> {
        let age = self.now.duration_since(check.opened.at());
        (age.as_hours() >= CHECK_OPEN_HOURS_MAX).then(|| ExceptionRow {
            kind: ExceptionKind::OpenLong,
            at: Some(check.opened.at()),
            check_id: Some(check.id),
            check_number: Some(check.number.clone()),
            staff: self.staff_name(check.server),
            approved_by: None,
            count: 1,
            amount_minor: check.totals().due(),
            reason: String::new(),
        })
    }

    fn many_voids(&self, parts: &ReportParts) -> Vec<ExceptionRow> {
        let mut voids: BTreeMap<StaffId, (u64, Money)> = BTreeMap::new();
        for sum in parts.reasons.iter().filter(|sum| sum.kind == ReductionKind::Void) {
            let (count, amount) = voids.entry(sum.by).or_default();
            *count += sum.count;
            *amount += sum.amount;
        }
        let days = u64::try_from(parts.days.len()).unwrap_or(1).max(1);
        let many = voids.into_iter().filter(|(_, (count, _))| *count >= VOIDS_A_DAY_MANY * days);
        let row = |(by, (count, amount)): (StaffId, (u64, Money))| ExceptionRow {
            kind: ExceptionKind::ManyVoids,
            at: None,
            check_id: None,
            check_number: None,
            staff: self.staff_name(by),
            approved_by: None,
            count,
            amount_minor: amount,
            reason: String::new(),
        };
        many.map(row).collect()
    }
}

/// Whether a discount took off a large part of what its check would cost.
fn is_big(row: &ReductionRow) -> bool {
    let off = row.reduction.amount.0;
    off > 0 && off * 100 >= DISCOUNT_PERCENT_BIG * (row.total.0 + off)
}

fn sold(figures: &Figures, prefix: &str, name: impl Fn(&str) -> Option<String>) -> Vec<SoldRow> {
    let mut rows: BTreeMap<&str, (i64, Money)> = BTreeMap::new();
    for (key, value) in figures.under(prefix) {
        let Some((id, what)) = key.split_once('/') else { continue };
        let row = rows.entry(id).or_default();
        match what {
            "quantity" => row.0 = value,
            _ => row.1 = Money(value),
        }
    }
    let row = |(id, (quantity, total)): (&str, (i64, Money))| SoldRow {
        id: id.to_owned(),
        name: name(id).unwrap_or_else(|| "?".to_owned()),
        quantity,
        total_minor: total,
    };
    most_first(rows.into_iter().map(row).collect())
}

fn most_first(mut rows: Vec<SoldRow>) -> Vec<SoldRow> {
    rows.sort_by_key(|row| std::cmp::Reverse((row.total_minor, row.quantity)));
    rows
}
