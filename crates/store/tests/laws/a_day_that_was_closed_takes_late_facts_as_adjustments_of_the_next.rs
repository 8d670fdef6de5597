//! A day that was closed while another hub still sold: the close stands as it was, what comes late is an adjustment of
//! the next, every close balances, and all closes together with what is still to be reported are what the checks say.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use maitred_domain::check::{CheckState, TenderKind};
use maitred_domain::day::{CashKind, DayFact, Drawer, ZReport};
use maitred_domain::decide::Command;
use maitred_domain::fact::Fact;
use maitred_domain::figures::Figures;
use maitred_domain::ids::{CheckId, named};
use maitred_domain::money::Money;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, Step, config, evenings, pick};
use crate::support::{Venue1, order_line};

#[derive(Clone, Copy, Debug)]
enum Act {
    Seat,
    Order { check: usize },
    Pay { check: usize, cash: bool },
    Finish { check: usize },
    Refund { check: usize },
    Tip { check: usize, tip: i64 },
    Cash { kind: CashKind, amount: i64 },
    CloseDay,
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    let which = || 0..4_usize;
    let kind = prop_oneof![Just(CashKind::Float), Just(CashKind::PaidIn), Just(CashKind::PaidOut)];
    evenings(prop_oneof![
        1 => Just(Act::Seat),
        2 => which().prop_map(|check| Act::Order { check }),
        3 => (which(), any::<bool>()).prop_map(|(check, cash)| Act::Pay { check, cash }),
        3 => which().prop_map(|check| Act::Finish { check }),
        1 => which().prop_map(|check| Act::Refund { check }),
        1 => (which(), 0..900_i64).prop_map(|(check, tip)| Act::Tip { check, tip }),
        1 => (kind, 1..9000_i64).prop_map(|(kind, amount)| Act::Cash { kind, amount }),
        3 => Just(Act::CloseDay),
    ])
}

fn prepare(venue: &Venue1) {
    venue.serve("early", "T3", &["steak"]);
    for (key, table) in [("one", "T1"), ("two", "T2")] {
        let check = venue.open_check(&format!("{key} open"), table);
        venue.order(&format!("{key} order"), check, &["margherita"]);
    }
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let mut checks: Vec<CheckId> = venue.store.open_checks().iter().map(|check| check.id).collect();
    checks.sort();
    Some(match *act {
        Act::Seat => Command::OpenCheck { table: Some(named("T3")), covers: 2, name: String::new() },
        Act::Order { check } => {
            Command::AddLines { check: pick(&checks, check)?, lines: vec![order_line("steak")] }
        }
        Act::Pay { check, cash } => {
            let check = pick(&checks, check)?;
            Command::Tender {
                check,
                kind: if cash { TenderKind::Cash } else { TenderKind::Card },
                amount: venue.check(check).totals().due(),
                tip: Money::ZERO,
                share: None,
                reference: String::new(),
            }
        }
        Act::Finish { check } => Command::CloseCheck { check: pick(&checks, check)? },
        Act::Refund { check } => {
            let check = pick(&checks, check)?;
            let tender = *venue.check(check).tenders.keys().next()?;
            Command::Refund { check, tender, amount: Money(100), reason: "cold".into() }
        }
        Act::Tip { check, tip } => {
            let check = pick(&checks, check)?;
            let tender = *venue.check(check).tenders.keys().next()?;
            Command::SetTip { check, tender, tip: Money(tip) }
        }
        Act::Cash { kind, amount } => {
            Command::MoveCash { kind, amount: Money(amount), reason: "change".into() }
        }
        Act::CloseDay => Command::CloseDay { date: None, counted: vec![] },
    })
}

/// The closes that stand, and what is still to be reported.
fn reported(venue: &Venue1) -> (BTreeMap<Date, Vec<ZReport>>, maitred_domain::day::Books) {
    let today = venue.store.business_date();
    let mut date = today.saturating_sub(Span::new().days(5));
    let end = today.saturating_add(Span::new().days(15));
    let mut closes = BTreeMap::new();
    while date < end {
        let parts: Vec<ZReport> =
            venue.store.day(Some(date)).unwrap().parts.into_iter().map(|(_, z)| z).collect();
        if !parts.is_empty() {
            closes.insert(date, parts);
        }
        date = date.tomorrow().unwrap();
    }
    (closes, venue.store.day(Some(end)).unwrap().books)
}

/// Plays an evening and looks whether the law holds.
fn holds(evening: &Evening<Act>) {
    let apart = Apart::play(evening, prepare, command, |_, _| {});
    let venue = apart.at(0);
    let mut by_checks = Figures::default();
    for check in venue.store.checks(&maitred_store::CheckFilter::default(), 1000).unwrap() {
        check.figures().values().for_each(|figures| by_checks.add_all(figures));
        assert!(check.state() != CheckState::Closed || check.totals().due() == Money::ZERO);
    }
    let (closes, left) = reported(venue);
    let mut by_days = left.figures.clone();
    let mut drawer = Drawer::of(&Figures::default(), &left.cash);
    for z in closes.values().flatten() {
        assert_eq!(z.difference(), Money::ZERO, "a close balances");
        by_days.add_all(&z.figures);
        drawer.float += z.drawer.float;
        drawer.paid_in += z.drawer.paid_in;
        drawer.paid_out += z.drawer.paid_out;
    }
    assert_eq!(by_days, by_checks);
    let mut moved = BTreeMap::new();
    let mut made = BTreeMap::new();
    for fact in apart.facts() {
        match fact.fact {
            Fact::Day { fact: DayFact::CashMoved { change, kind, amount, .. }, .. } => {
                moved.insert(change, (kind, amount));
            }
            Fact::Day { id, fact: DayFact::DayClosed { change, z } } => {
                // A command that two hubs did is one: of what they say, what comes first as it is written down.
                let written = serde_json::to_string(&(fact.mark, id, &z)).unwrap();
                let known = made.entry(change).or_insert((written.clone(), fact.mark, id, z.clone()));
                if written < known.0 {
                    *known = (written, fact.mark, id, z);
                }
            }
            _ => {}
        }
    }
    let moved: Vec<_> = moved.into_values().collect();
    let all = Drawer::of(&Figures::default(), &moved);
    assert_eq!(
        (drawer.float, drawer.paid_in, drawer.paid_out),
        (all.float, all.paid_in, all.paid_out),
        "cash is in one drawer or the next"
    );
    // Every close that somebody signed stands, unless one before it reports the same.
    let mut made: Vec<_> = made.into_values().map(|(_, mark, date, z)| (mark, date, z)).collect();
    made.sort_by_key(|(mark, ..)| *mark);
    let mut stand: BTreeMap<Date, Vec<ZReport>> = BTreeMap::new();
    for (_, date, z) in made {
        let known = stand.entry(date).or_default();
        if known.iter().all(|known| known != &*z) {
            known.push(*z);
        }
    }
    assert_eq!(closes, stand);
    apart.close();
}

#[test]
fn of_two_closes_of_one_moment_under_one_key_the_one_stands_that_is_written_the_lesser() {
    let act = |at, again_at, act| Step::Act { at, again_at, act };
    let steps = vec![
        act(0, None, Act::Pay { check: 0, cash: false }),
        act(1, None, Act::Seat),
        act(2, None, Act::Seat),
        act(3, Some(1), Act::CloseDay),
    ];
    holds(&Evening { replicas: 3, steps, ends: Vec::new() });
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_day_that_was_closed_takes_late_facts_as_adjustments_of_the_next(evening in acts()) {
        holds(&evening);
    }
}
