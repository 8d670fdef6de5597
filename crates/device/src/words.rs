//! The fixed words on papers: one table a language, and no word anywhere else.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod it;

use crate::paper::Language;

/// The fixed words of one language.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// Before what a guest must not eat.
    pub allergy: &'static str,
    /// Title: sales against payments.
    pub balance: &'static str,
    /// A way of paying.
    pub card: &'static str,
    /// A way of paying.
    pub cash: &'static str,
    /// Given back.
    pub cash_change: &'static str,
    /// Title: sales by category.
    pub categories: &'static str,
    /// Heads a ticket that changes an earlier one.
    pub changed: &'static str,
    /// Before the number of a check.
    pub check: &'static str,
    /// How many checks.
    pub checks: &'static str,
    /// Characters of a line, on the test page.
    pub columns: &'static str,
    /// A line that is given away.
    pub comp: &'static str,
    /// What was given away.
    pub comps: &'static str,
    /// What is in the drawer.
    pub counted: &'static str,
    /// How many eat.
    pub covers: &'static str,
    /// What does not balance.
    pub difference: &'static str,
    /// Taken off a check.
    pub discount: &'static str,
    /// All that was taken off.
    pub discounts: &'static str,
    /// Title: the cash drawer.
    pub drawer: &'static str,
    /// What is still to be paid.
    pub due: &'static str,
    /// Heads a copy that a person asked for.
    pub duplicate: &'static str,
    /// What should be in the drawer.
    pub expected: &'static str,
    /// In the drawer at the start.
    pub float: &'static str,
    /// Title: nothing was paid yet.
    pub guest_check: &'static str,
    /// Title: sales by hour.
    pub hours: &'static str,
    /// Before a tax that prices include.
    pub included: &'static str,
    /// Sales without tax and service.
    pub net: &'static str,
    /// What a changed line is now.
    pub now: &'static str,
    /// Title: checks that outlive the day.
    pub open_checks: &'static str,
    /// Counted less expected.
    pub over_short: &'static str,
    /// What a guest has just paid.
    pub paid: &'static str,
    /// Paid for checks that are still open.
    pub paid_ahead: &'static str,
    /// Paid on earlier days.
    pub paid_before: &'static str,
    /// Put into the drawer.
    pub paid_in: &'static str,
    /// Taken out of the drawer.
    pub paid_out: &'static str,
    /// Title: how it was paid.
    pub payments: &'static str,
    /// Behind that number.
    pub possible_duplicate: &'static str,
    /// What model a printer is taken for.
    pub profile: &'static str,
    /// Title: it is paid.
    pub receipt: &'static str,
    /// Heads a ticket to be made again.
    pub refire: &'static str,
    /// Given back of a payment.
    pub refund: &'static str,
    /// Heads what may be on paper already, before a number.
    pub reprint: &'static str,
    /// Heads a ticket that goes first.
    pub rush: &'static str,
    /// Title: what was sold.
    pub sales: &'static str,
    /// Below the code of a check.
    pub scan: &'static str,
    /// Before a diner's place.
    pub seat: &'static str,
    /// Before the name of who serves.
    pub server: &'static str,
    /// Service charge.
    pub service: &'static str,
    /// Who counted signs here.
    pub signature: &'static str,
    /// Sum of the lines.
    pub subtotal: &'static str,
    /// Before the name of a table.
    pub table: &'static str,
    /// No table.
    pub take_away: &'static str,
    /// Title: discounts, comps, voids.
    pub taken_off: &'static str,
    /// All taxes.
    pub tax: &'static str,
    /// Title: each tax.
    pub taxes: &'static str,
    /// Gratuity.
    pub tip: &'static str,
    /// All gratuities.
    pub tips: &'static str,
    /// To a guest who has paid everything.
    pub thank_you: &'static str,
    /// What is to be paid.
    pub total: &'static str,
    /// Not to be made.
    pub void: &'static str,
    /// What was undone.
    pub voids: &'static str,
    /// A way of paying.
    pub voucher: &'static str,
    /// What a changed line was.
    pub was: &'static str,
    /// Title: a day so far.
    pub x_report: &'static str,
    /// Title: a closed day, before its number.
    pub z_report: &'static str,
}

/// The words of `language`.
pub const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::Ar => &ar::WORDS,
        Language::De => &de::WORDS,
        Language::Es => &es::WORDS,
        Language::Fr => &fr::WORDS,
        Language::It => &it::WORDS,
    }
}
