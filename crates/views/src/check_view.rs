//! How checks become what clients see of them.

use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::check::{self, Check, LineState, Phase, Removal};
use maitred_domain::ids::{CheckId, DiscountId};
use maitred_domain::money::{Amounts, Money};

use super::{
    CheckState, CheckSummary, CheckView, CompView, CourseProgress, DiscountView, LineModifierView, LineView,
    ServerView, ShareView, TaxView, TenderView, Views, VoidView,
};

impl Views<'_> {
    /// A check in a list.
    pub fn summary(&self, check: &Check) -> CheckSummary {
        let totals = check.totals();
        let state = match check.state() {
            check::CheckState::Open => CheckState::Open,
            check::CheckState::Closed => CheckState::Closed,
            check::CheckState::Merged { .. } => CheckState::Merged,
        };
        let counts = |line: &&LineState| line.is_standing();
        let unsent = |line: &&LineState| line.progress.phase == Phase::New && line.line.moved_from.is_none();
        let unsent_lines = check.lines.values().filter(counts).filter(unsent).count();
        let untipped_cards = check.tenders.values().filter(|tender| tender.is_untipped_card()).count();
        CheckSummary {
            id: check.id,
            number: check.number.clone(),
            name: check.name.clone(),
            state,
            table_id: check.table,
            joined_table_ids: check.tables().into_iter().filter(|id| Some(*id) != check.table).collect(),
            table_name: self.place(check),
            covers: check.covers,
            server: ServerView { id: check.server, name: self.staff_name(check.server) },
            opened_at: check.opened.at(),
            closed_at: check.standing_close().map(|close| close.mark.at()),
            business_date: check.business_date,
            total_minor: totals.total(),
            paid_minor: totals.paid,
            due_minor: totals.due(),
            courses: self.courses(check),
            unsent_lines: u32::try_from(unsent_lines).unwrap_or(u32::MAX),
            untipped_cards: u32::try_from(untipped_cards).unwrap_or(u32::MAX),
            revision: self.revision(check),
        }
    }

    /// That of the check, and of those where the kitchen knows lines that were moved to it.
    fn revision(&self, check: &Check) -> u32 {
        let homes = check.lines.values().filter_map(|line| line.line.moved_from);
        let homes: BTreeSet<CheckId> = homes.map(|home| home.check).collect();
        let of_homes = homes.into_iter().filter_map(|id| self.check(id)).map(|home| home.revision());
        check.revision() + of_homes.sum::<u32>()
    }

    fn courses(&self, check: &Check) -> Vec<CourseProgress> {
        let mut courses: BTreeMap<u8, CourseProgress> = BTreeMap::new();
        for line in check.lines.values().filter(|line| line.is_standing()) {
            let (course, progress) = (line.line.course, self.progress(line));
            let row = courses.entry(course).or_insert(CourseProgress { course, progress, lines: 0 });
            row.progress = row.progress.min(progress);
            row.lines += 1;
        }
        courses.into_values().collect()
    }

    /// A check.
    pub fn check_view(&self, check: &Check) -> CheckView {
        let totals = check.totals();
        CheckView {
            summary: self.summary(check),
            lines: check.lines_in_order().into_iter().map(|line| self.line(check, line)).collect(),
            tenders: self.tenders(check),
            shares: check.shares.iter().map(|share| share_view(check, share)).collect(),
            discounts: self.discounts(check),
            subtotal_minor: totals.amounts.net,
            tax_minor: totals.amounts.tax,
            taxes: check.tax_rows().into_iter().map(TaxView::from).collect(),
            service_minor: totals.amounts.service,
            service_basis_points: check.service_basis_points,
            discount_minor: totals.discount,
            tips_minor: totals.tips,
            merged_into: check.merged_into,
        }
    }

    /// What `amounts` are on the menu: with tax where prices include it, without service.
    pub fn as_on_menu(&self, amounts: Amounts) -> Money {
        if self.catalogue.venue.tax_included { amounts.net + amounts.tax } else { amounts.net }
    }

    fn line(&self, check: &Check, state: &LineState) -> LineView {
        let line = &state.line;
        let modifiers = line.modifiers.iter().map(|it| LineModifierView {
            id: it.id,
            name: it.name.clone(),
            price_minor: it.price,
        });
        LineView {
            id: line.id,
            item_id: line.item,
            name: line.name.clone(),
            open: line.open,
            quantity: shown_quantity(state),
            seat: line.seat,
            course: line.course,
            modifiers: modifiers.collect(),
            note: line.note.clone(),
            allergens: line.allergens.clone(),
            unit_price_minor: line.unit_price,
            total_minor: self.as_on_menu(state.amounts()),
            discount_minor: state.discounted.total(),
            station: line.station,
            progress: self.progress(state),
            rush: check.goes_first(state),
            ordered_at: state.mark.at(),
            ordered_by: self.staff_name(state.mark.by),
            void: state.void.as_ref().map(|void| self.void(void, state)),
            comp: state.comp.as_ref().map(|comp| self.comp(comp, state)),
            moved_to: state.moved_to.filter(|_| state.void.is_none() && state.quantity() == 0),
            replaces: line.replaces,
        }
    }

    fn void(&self, void: &Removal, state: &LineState) -> VoidView {
        let (by, at) = (self.staff_name(void.mark.by), void.mark.at());
        VoidView { reason: void.reason.clone(), by, at, waste: state.is_waste() }
    }

    fn comp(&self, comp: &Removal, state: &LineState) -> CompView {
        let (by, at) = (self.staff_name(comp.mark.by), comp.mark.at());
        CompView { reason: comp.reason.clone(), by, at, amount_minor: state.standing_amounts().total() }
    }

    fn tenders(&self, check: &Check) -> Vec<TenderView> {
        let mut tenders: Vec<_> = check.tenders.values().collect();
        tenders.sort_by_key(|state| state.mark);
        let view = |state: &&check::TenderState| {
            let tender = &state.tender;
            TenderView {
                id: tender.id,
                kind: tender.kind,
                amount_minor: tender.amount,
                tip_minor: tender.tip,
                tendered_minor: tender.handed,
                change_minor: tender.handed - tender.amount - tender.tip,
                reference: tender.reference.clone(),
                share_id: tender.share,
                refunded_minor: state.refunded(),
                by: self.staff_name(state.mark.by),
                at: state.mark.at(),
            }
        };
        tenders.iter().map(view).collect()
    }

    fn discounts(&self, check: &Check) -> Vec<DiscountView> {
        let mut discounts: Vec<_> = check.discounts.iter().collect();
        discounts.sort_by_key(|(_, discount)| discount.mark);
        let view = |(id, discount): (&DiscountId, &check::Discount)| DiscountView {
            id: *id,
            reason: discount.reason.clone(),
            amount_minor: discount.parts.iter().map(|(_, amounts)| amounts.total()).sum(),
            by: self.staff_name(discount.mark.by),
            at: discount.mark.at(),
        };
        discounts.into_iter().map(view).collect()
    }
}

/// How many to show: of a voided line what was voided, of a moved one what stayed.
fn shown_quantity(state: &LineState) -> u32 {
    match &state.void {
        Some(void) => void.quantity,
        None => state.quantity(),
    }
}

fn share_view(check: &Check, share: &check::Share) -> ShareView {
    let paid = check.share_paid(share.id);
    ShareView {
        id: share.id,
        label: share.label.clone(),
        amount_minor: share.amount,
        paid_minor: paid,
        due_minor: share.amount - paid,
    }
}
