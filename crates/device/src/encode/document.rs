//! Reports and test pages.

use super::{
    Stamp,
    layout::{Sheet, Style},
};
use crate::{
    paper::{Report, TestPage},
    profile::Profile,
    words::words,
};

pub(super) fn lay_out_report(report: &Report, stamp: Stamp) -> Sheet {
    let mut sheet = Sheet { right_to_left: report.language.is_right_to_left(), ..Sheet::default() };
    sheet.heading(report.heading, report.language);
    sheet.middle(report.title.clone(), Style::LARGE);
    for line in &report.subtitle {
        sheet.middle(line.clone(), Style::PLAIN);
    }
    for section in &report.sections {
        sheet.rule();
        if !section.title.is_empty() {
            sheet.text(section.title.clone(), Style::BOLD);
        }
        for row in &section.rows {
            let style = if row.strong { Style::BOLD } else { Style::PLAIN };
            sheet.pair(row.label.clone(), row.value.clone(), style);
        }
    }
    sheet.rule();
    if report.signed {
        sheet.feed(1);
        sheet.text(words(report.language).signature, Style::PLAIN);
        sheet.feed(2);
        sheet.rule();
    }
    foot(&mut sheet, stamp);
    sheet
}

pub(super) fn lay_out_test(page: &TestPage, profile: &Profile, stamp: Stamp) -> Sheet {
    let words = words(page.language);
    let mut sheet = Sheet { right_to_left: page.language.is_right_to_left(), ..Sheet::default() };
    sheet.heading(page.heading, page.language);
    sheet.middle(page.printer.clone(), Style::LARGE);
    for line in &page.lines {
        sheet.middle(line.clone(), Style::PLAIN);
    }
    sheet.rule();
    sheet.pair(words.profile, profile.name.clone(), Style::PLAIN);
    sheet.pair(words.columns, profile.columns.to_string(), Style::PLAIN);
    sheet.text("1234567890".repeat(usize::from(profile.columns / 10)), Style::PLAIN);
    for sample in ["Crème brûlée, Käse, jamón, 12,50 €", "Борщ, Ψάρι", "شاي بالنعناع"]
    {
        sheet.text(sample, Style::PLAIN);
    }
    sheet.rule();
    foot(&mut sheet, stamp);
    sheet
}

fn foot(sheet: &mut Sheet, stamp: Stamp) {
    sheet.pair("", format!("#{} / {}", stamp.number, stamp.attempt), Style::PLAIN);
}
