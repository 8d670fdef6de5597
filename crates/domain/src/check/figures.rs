//! What a check adds to the figures of each trading day.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Check;
use crate::figures::Figures;

impl Check {
    /// Everything sold on it so far: what a close writes down.
    pub fn sales_figures(&self) -> Figures {
        let totals = self.totals();
        let mut figures = Figures::default();
        figures.add("sales/net", totals.amounts.net.0);
        figures.add("sales/tax", totals.amounts.tax.0);
        figures.add("sales/service", totals.amounts.service.0);
        figures.add("discount", totals.discount.0);
        figures.add("comp", totals.comp.0);
        figures.add("void", totals.void.0);
        figures.add(format!("server/{}", self.server), totals.total().0);
        if self.merged_into.is_none() {
            figures.add("checks", 1);
            figures.add("covers", i64::from(self.covers));
        }
        for row in self.tax_rows() {
            let prefix = format!("tax/{}/{}", row.rate_basis_points, row.name);
            figures.add(format!("{prefix}/net"), row.net.0);
            figures.add(format!("{prefix}/tax"), row.tax.0);
        }
        for line in self.lines.values() {
            let (quantity, total) = (i64::from(line.quantity()), line.amounts().total().0);
            for prefix in [format!("category/{}", line.line.category), format!("item/{}", line.line.item)] {
                figures.add(format!("{prefix}/quantity"), quantity);
                figures.add(format!("{prefix}/total"), total);
            }
        }
        figures
    }

    /// What it adds to each trading day: what each close sold more than the close before, and the tenders of the day.
    pub fn figures(&self) -> BTreeMap<Date, Figures> {
        let mut days: BTreeMap<Date, Figures> = BTreeMap::new();
        let mut before = Figures::default();
        for close in &self.closes {
            let day = days.entry(close.business_date).or_default();
            let sold = &close.totals.figures;
            day.add_all(sold);
            day.subtract_all(&before);
            day.add(format!("hour/{}", close.hour), sold.sales().0 - before.sales().0);
            before = sold.clone();
        }
        for tender in self.tenders.values() {
            let kind = tender.tender.kind.as_str();
            let day = days.entry(tender.tender.business_date).or_default();
            day.add(format!("tender/{kind}/count"), 1);
            day.add(format!("tender/{kind}/amount"), tender.tender.amount.0);
            day.add(format!("tender/{kind}/tip"), tender.tender.tip.0);
            for (date, amount) in tender.refunds.values() {
                days.entry(*date).or_default().add(format!("tender/{kind}/refund"), amount.0);
            }
        }
        days.retain(|_, figures| !figures.is_empty());
        days
    }

    /// What was paid on it beyond what was counted as sold, for a check that is open: money that belongs to a later
    /// day's sales.
    pub fn paid_ahead(&self) -> crate::money::Money {
        let sold = self.closes.last().map(|close| close.totals.figures.sales()).unwrap_or_default();
        self.totals().paid - sold
    }
}
