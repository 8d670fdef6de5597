//! Checks as a table for other programs: a row for each line and each tender.

use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::Check;

/// What stands in each column.
pub const CHECK_COLUMNS: [&str; 14] = [
    "row",
    "business_date",
    "check",
    "table",
    "server",
    "at",
    "name",
    "quantity",
    "net_minor",
    "tax_minor",
    "service_minor",
    "total_minor",
    "tip_minor",
    "state",
];

/// The rows of a check: its lines, then its tenders.
pub fn check_rows(catalogue: &Catalogue, check: &Check) -> Vec<[String; CHECK_COLUMNS.len()]> {
    let place = check.place(catalogue);
    let lines = check.lines_in_order().into_iter().map(|line| {
        let amounts = line.amounts();
        let state = match (&line.void, &line.comp) {
            (Some(_), _) => "void",
            (None, Some(_)) => "comp",
            (None, None) => line.progress.phase.as_str(),
        };
        [
            "line".to_owned(),
            check.business_date.to_string(),
            check.number.clone(),
            place.clone(),
            catalogue.staff_name(line.mark.by).to_owned(),
            line.mark.at().to_string(),
            line.line.name.clone(),
            line.quantity().to_string(),
            amounts.net.0.to_string(),
            amounts.tax.0.to_string(),
            amounts.service.0.to_string(),
            amounts.total().0.to_string(),
            String::new(),
            state.to_owned(),
        ]
    });
    let tenders = check.tenders.values().map(|tender| {
        [
            "tender".to_owned(),
            tender.tender.business_date.to_string(),
            check.number.clone(),
            place.clone(),
            catalogue.staff_name(tender.mark.by).to_owned(),
            tender.mark.at().to_string(),
            tender.tender.kind.as_str().to_owned(),
            "1".to_owned(),
            String::new(),
            String::new(),
            String::new(),
            (tender.tender.amount - tender.refunded()).0.to_string(),
            tender.tender.tip.0.to_string(),
            String::new(),
        ]
    });
    lines.chain(tenders).collect()
}

/// Text as a cell: what a spreadsheet would take for a formula starts with an apostrophe. Numbers are what they are.
pub fn guarded(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<i64>().is_err();
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_looks_like_a_formula_is_text() {
        assert_eq!(guarded("=HYPERLINK(\"http://x\")"), "'=HYPERLINK(\"http://x\")");
        assert_eq!(guarded("@SUM(A1)"), "'@SUM(A1)");
        assert_eq!(guarded("-12"), "-12");
        assert_eq!(guarded("Margherita"), "Margherita");
    }
}
