//! Laws that hold whatever happens, on evenings made up at random.

use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::check::{
    Check, CheckFact, CheckState, LineState, Marked, Phase, Progress, Tender, TenderKind, TicketState, Totals,
};
use maitred_domain::day::{CashKind, Drawer};
use maitred_domain::decide::{Command, DiscountBy, LineChange, OrderLine, Part, Split};
use maitred_domain::figures::Figures;
use maitred_domain::ids::{CheckId, LineId, StationId, TableId, TicketId};
use maitred_domain::money::{Amounts, Money};
use maitred_domain::permission::Role::Manager;
use proptest::prelude::*;

use super::support::Room;
use super::support::commands::{made, open, said, some};
use super::support::menu;

/// A step of an evening: which command, and what it picks of what there is.
type Step = (u8, u8, u8, u8);

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(any::<Step>(), 1..most)
}

pub fn laws(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn pick<T: Copy>(from: &[T], which: u8) -> Option<T> {
    (!from.is_empty()).then(|| from[usize::from(which) % from.len()])
}

/// The command that a step is, given what is there.
fn command(room: &Room, (kind, a, b, c): Step) -> Option<Command> {
    let checks: Vec<CheckId> = room.checks.keys().copied().collect();
    let Some(check) = pick(&checks, a) else { return Some(open("1")) };
    let other = pick(&checks, b);
    let lines: Vec<LineId> = room.checks[&check].lines_in_order().iter().map(|line| line.line.id).collect();
    let tickets: Vec<TicketId> = room.checks[&check].tickets().iter().map(|ticket| ticket.id).collect();
    let reason = || "why".to_owned();
    let quantity = (c > 60).then_some(u32::from(c % 4));
    Some(match kind % 45 {
        0 | 1 => open(if b.is_multiple_of(2) { "1" } else { "2" }),
        2..=8 => Command::AddLines { check, lines: vec![order(b, c), order(c, b)] },
        9 => Command::ChangeLine { check, line: pick(&lines, b)?, change: change(c) },
        10 => Command::HoldCourse { check, course: 1 + b % 2 },
        11 | 12 => Command::Fire { check, course: None },
        13 => Command::Fire { check, course: Some(1 + b % 2) },
        14 => Command::RefireLine { check, line: pick(&lines, b)?, reason: reason() },
        15 => Command::ProgressLine {
            check,
            ticket: pick(&tickets, b)?,
            line: pick(&lines, c)?,
            phase: if c.is_multiple_of(2) { Phase::Started } else { Phase::Ready },
        },
        16 | 17 => Command::BumpTicket { check, ticket: pick(&tickets, b)? },
        18 => Command::RecallTicket { check, ticket: pick(&tickets, b)? },
        19 => Command::Serve { check, course: 1 + b % 2 },
        20 => Command::VoidLine { check, line: pick(&lines, b)?, reason: reason(), quantity },
        21 => Command::CompLine { check, line: pick(&lines, b)?, reason: reason() },
        22 => Command::Discount {
            check,
            reason: reason(),
            by: DiscountBy::BasisPoints(u32::from(b) * 40),
            lines: Vec::new(),
        },
        23 => Command::Discount {
            check,
            reason: reason(),
            by: DiscountBy::Amount(Money(i64::from(b) * 3)),
            lines: lines.into_iter().skip(usize::from(c % 3)).take(3).collect(),
        },
        24 => Command::SetService { check, basis_points: u32::from(b % 4) * 625 },
        25 | 26 => Command::MoveLines {
            from: check,
            to: if c.is_multiple_of(3) { None } else { other },
            parts: vec![Part { line: pick(&lines, b)?, quantity }],
        },
        27 => Command::MoveLines {
            from: check,
            to: other,
            parts: lines.into_iter().step_by(2).map(|line| Part { line, quantity: None }).collect(),
        },
        28 | 29 => Command::MergeChecks { into: other?, from: check },
        30 => Command::Split { check, split: Split::BySeat },
        31 => Command::Split { check, split: Split::ByLine(vec![Vec::new(), vec![pick(&lines, b)?]]) },
        32 => Command::Split { check, split: Split::Evenly(u32::from(b % 5)) },
        33 => Command::TransferCheck { check, table: None, server: None, covers: Some(2), name: None },
        34 => tender(check, Money(i64::from(b) * 20), Money(i64::from(c)), TenderKind::Cash),
        35 | 36 => tender(check, room.checks[&check].totals().due(), Money(i64::from(b)), TenderKind::Card),
        37 => Command::Refund {
            check,
            tender: *room.checks[&check].tenders.keys().next()?,
            amount: Money(i64::from(b) * 5),
            reason: reason(),
        },
        38 => Command::CloseCheck { check },
        39 => Command::RushCourse { check, course: 1 + b % 2, on: c.is_multiple_of(2) },
        41 => Command::JoinTables { check, tables: vec![table(b), table(c)] },
        43 => Command::SetTip {
            check,
            tender: *room.checks[&check].tenders.keys().next()?,
            tip: Money(i64::from(b) * 5),
        },
        42 => Command::PartTables { check, tables: vec![table(b), table(c)] },
        40 => Command::RecallLine { check, ticket: pick(&tickets, b)?, line: pick(&lines, c)? },
        _ => Command::ReopenCheck { check, reason: reason() },
    })
}

fn table(which: u8) -> TableId {
    menu::table(["1", "2"][usize::from(which % 2)])
}

fn order(which: u8, how: u8) -> OrderLine {
    let quantity = u32::from(how % 4) + 1;
    let line = match which % 7 {
        0 => some(quantity, "soup"),
        1 => OrderLine { quantity, ..made("steak", &["rare", "fries"]) },
        2 => some(quantity, "spritz"),
        3 => some(quantity, "bread"),
        4 => some(quantity, "fondue"),
        5 => OrderLine { quantity, ..said("off the menu", "turbot", 1 + i64::from(how) * 77) },
        _ => some(quantity, "water"),
    };
    OrderLine { seat: Some(how % 3).filter(|seat| *seat > 0), ..line }
}

fn change(which: u8) -> LineChange {
    match which % 3 {
        0 => LineChange { quantity: Some(u32::from(which % 5)), ..LineChange::default() },
        1 => LineChange { note: Some("no onions".into()), ..LineChange::default() },
        _ => LineChange { seat: Some(which), ..LineChange::default() },
    }
}

fn tender(check: CheckId, amount: Money, tip: Money, kind: TenderKind) -> Command {
    Command::Tender { check, kind, amount, tip, share: None, reference: String::new() }
}

fn plays(room: &mut Room, steps: &[Step]) {
    for step in steps {
        if let Some(command) = command(room, *step) {
            let _ = room.when(Manager, command).result();
        }
    }
}

/// Moves what is billed where, and nothing else.
fn is_billing_move(command: &Command) -> bool {
    matches!(
        command,
        Command::MoveLines { .. }
            | Command::MergeChecks { .. }
            | Command::Split { .. }
            | Command::TransferCheck { .. }
    )
}

fn totals(room: &Room) -> Totals {
    let mut sum = Totals::default();
    for check in room.checks.values() {
        let totals = check.totals();
        sum.amounts += totals.amounts;
        sum.discount += totals.discount;
        sum.comp += totals.comp;
        sum.void += totals.void;
        sum.paid += totals.paid;
        sum.tips += totals.tips;
    }
    sum
}

fn facts(room: &Room) -> impl Iterator<Item = &CheckFact> {
    room.facts.values().flatten().map(|fact| &fact.fact)
}

/// What was ordered and charged less what was taken off, from the facts alone.
fn worth_by_facts(room: &Room) -> Amounts {
    let arrived: BTreeSet<LineId> = facts(room)
        .filter_map(|fact| match fact {
            CheckFact::LinesMovedOut { parts, .. } => Some(parts.iter().map(|part| part.becomes)),
            _ => None,
        })
        .flatten()
        .collect();
    let mut sum = Amounts::ZERO;
    for fact in facts(room) {
        match fact {
            CheckFact::LineAdded { line } if !arrived.contains(&line.id) => sum += line.amounts,
            CheckFact::Discounted { parts, .. } => sum -= parts.iter().map(|(_, off)| *off).sum(),
            _ => {}
        }
    }
    sum.service += room.facts.values().map(|facts| service_by_facts(facts)).sum();
    sum
}

/// What the settings of the service charge add: the last, and those that it was decided upon.
fn service_by_facts(facts: &[Marked<CheckFact>]) -> Money {
    let settings = || {
        facts.iter().filter_map(|fact| match &fact.fact {
            CheckFact::ServiceSet { change, after, parts, .. } => Some((fact.mark, *change, *after, parts)),
            _ => None,
        })
    };
    let mut sum = Money::ZERO;
    let mut next = settings().max_by_key(|(mark, change, ..)| (*mark, *change)).map(|(_, change, ..)| change);
    while let Some((_, _, after, parts)) =
        next.and_then(|id| settings().find(|(_, change, ..)| *change == id))
    {
        sum += parts.iter().map(|(_, change)| *change).sum();
        next = after;
    }
    sum
}

fn all_lines(room: &Room) -> impl Iterator<Item = &LineState> {
    room.checks.values().flat_map(|check| check.lines.values())
}

/// What still counts, and what would if it had not been undone or given away.
fn worth_by_lines(room: &Room) -> Amounts {
    all_lines(room).map(LineState::standing_amounts).sum()
}

fn check_adds_up(check: &Check) {
    let totals = check.totals();
    let lines: Amounts = check.lines.values().map(LineState::amounts).sum();
    assert_eq!(totals.amounts, lines);
    assert_eq!(totals.total(), lines.net + lines.tax + lines.service);
    let rows = check.tax_rows();
    assert_eq!(rows.iter().map(|row| row.net).sum::<Money>(), lines.net);
    assert_eq!(rows.iter().map(|row| row.tax).sum::<Money>(), lines.tax);
    let sold = check.sales_figures();
    assert_eq!(sold.sales(), totals.total());
    let items: i64 =
        sold.under("item/").filter(|(name, _)| name.ends_with("/total")).map(|(_, sum)| sum).sum();
    assert_eq!(Money(items), totals.total());
}

type TicketPicture = (bool, bool, u32, u8, Option<StationId>, Vec<(LineId, u32, bool, Progress)>);

/// All that the kitchen can see.
fn kitchen(room: &Room) -> BTreeMap<TicketId, TicketPicture> {
    let tickets = room.checks.values().flat_map(|check| check.tickets());
    tickets
        .map(|ticket| {
            let lines = ticket
                .lines
                .iter()
                .map(|line| (line.line.line.id, line.quantity, line.voided, line.progress))
                .collect();
            let open = ticket.state == TicketState::Open;
            (ticket.id, (open, ticket.rush, ticket.round, ticket.course, ticket.station, lines))
        })
        .collect()
}

proptest! {
    #![proptest_config(laws(250))]

    #[test]
    fn no_minor_unit_is_ever_lost_or_made(steps in steps(60)) {
        let mut room = Room::given_with(|it| it.venue.service_basis_points = 1250);
        for step in steps {
            let Some(command) = command(&room, step) else { continue };
            let before = totals(&room);
            let happened = room.when(Manager, command.clone()).result().is_ok();
            if happened && is_billing_move(&command) {
                prop_assert_eq!(totals(&room), before);
            }
            prop_assert_eq!(worth_by_lines(&room), worth_by_facts(&room));
        }
        for check in room.checks.values() {
            check_adds_up(check);
        }
        for line in all_lines(&room) {
            let amounts = line.standing_amounts();
            prop_assert!(amounts.net.0 >= 0 && amounts.tax.0 >= 0 && amounts.service.0 >= 0, "{:?}", line);
            prop_assert!(line.quantity() > 0 || line.amounts() == Amounts::ZERO, "{:?}", line);
        }
    }

    #[test]
    fn billing_moves_never_touch_the_kitchen(steps in steps(60)) {
        let mut room = Room::given();
        for step in steps {
            let Some(command) = command(&room, step) else { continue };
            let before = kitchen(&room);
            let moves = is_billing_move(&command);
            if room.when(Manager, command).result().is_ok() && moves {
                prop_assert_eq!(kitchen(&room), before);
            }
        }
    }

    #[test]
    fn what_is_billed_is_what_the_kitchen_makes(steps in steps(60)) {
        // Without refires and with one hub: every fired line that is not undone stands on a check exactly once.
        let mut room = Room::given();
        plays(&mut room, &steps);
        let mut billed: BTreeMap<LineId, u32> = BTreeMap::new();
        for line in all_lines(&room) {
            let home = line.line.moved_from.map_or(line.line.id, |from| from.line);
            *billed.entry(home).or_default() += line.quantity();
        }
        for line in all_lines(&room).filter(|line| line.line.moved_from.is_none()) {
            prop_assert_eq!(line.kitchen_quantity(), billed[&line.line.id], "{:?}", line);
        }
    }

    #[test]
    fn a_bumped_ticket_comes_back_only_for_a_void_or_a_recall(steps in steps(60)) {
        let mut room = Room::given();
        for step in steps {
            let Some(command) = command(&room, step) else { continue };
            let before = kitchen(&room);
            let brings_back = matches!(
                command,
                Command::VoidLine { .. } | Command::ChangeLine { .. } | Command::RecallTicket { .. }
            );
            let _ = room.when(Manager, command.clone()).result();
            for (id, (open, ..)) in kitchen(&room) {
                let was_open = before.get(&id).is_none_or(|ticket| ticket.0);
                prop_assert!(was_open || !open || brings_back, "{:?}", command);
            }
        }
    }

    #[test]
    fn the_same_facts_make_the_same_check_in_any_order_and_however_often(
        steps in steps(60),
        seed in any::<u64>(),
    ) {
        let mut room = Room::given_with(|it| it.venue.service_basis_points = 1000);
        plays(&mut room, &steps);
        for (id, facts) in &room.facts {
            let mut delivered: Vec<Marked<CheckFact>> = facts.iter().chain(facts).cloned().collect();
            shuffle(&mut delivered, seed);
            prop_assert_eq!(&Check::fold(*id, delivered).unwrap(), &*room.checks[id]);
        }
    }

    #[test]
    fn two_hubs_that_were_cut_lose_nothing_when_they_meet(
        before in steps(30),
        here in steps(20),
        there in steps(20),
    ) {
        let mut common = Room::given();
        plays(&mut common, &before);
        let (mut one, mut two) = (common.copied_to("a"), common.copied_to("b"));
        plays(&mut one, &here);
        plays(&mut two, &there);
        let mut met = one.copied_to("c");
        met.learns_from(&two);
        let mut turned = two.copied_to("c");
        turned.learns_from(&one);
        prop_assert_eq!(&met.checks, &turned.checks);
        prop_assert_eq!(worth_by_lines(&met), worth_by_facts(&met));
        for hub in [&one, &two] {
            for (id, check) in &hub.checks {
                nothing_is_lost(check, &met.checks[id]);
            }
        }
        for line in all_lines(&met) {
            let amounts = line.amounts();
            prop_assert!(amounts.net.0 >= 0 && amounts.tax.0 >= 0 && amounts.service.0 >= 0, "{:?}", line);
        }
        for check in met.checks.values() {
            let mut stand_for: Vec<LineId> =
                check.lines.values().filter(|it| it.is_standing()).filter_map(|it| it.line.replaces).collect();
            let all = stand_for.len();
            stand_for.sort_unstable();
            stand_for.dedup();
            prop_assert_eq!(stand_for.len(), all, "two lines go on for one");
            check_adds_up(check);
            let merged = matches!(check.state(), CheckState::Merged { .. });
            let stands = check.lines.values().any(LineState::is_standing);
            let paid = check.totals().paid;
            prop_assert!(!merged || (!stands && check.totals().due() == Money::ZERO && paid == Money::ZERO));
        }
    }

    #[test]
    fn a_command_that_two_hubs_accept_happens_once(before in steps(30), twice in any::<Step>()) {
        let mut one = Room::given();
        plays(&mut one, &before);
        let mut two = one.clone();
        // The other hub's clock is elsewhere, so that the facts differ in their marks.
        let _ = two.when(Manager, open("2")).result();
        let Some(command) = command(&one, twice) else { return Ok(()) };
        let first = one.when_keyed(Manager, command.clone(), "same".into()).result();
        let again = two.when_keyed(Manager, command, "same".into()).result();
        prop_assert_eq!(first.is_ok(), again.is_ok());
        for (id, check) in &one.checks {
            let both: Vec<Marked<CheckFact>> = one.facts[id].iter().chain(&two.facts[id]).cloned().collect();
            let both = Check::fold(*id, both).unwrap();
            prop_assert_eq!(both.totals(), check.totals());
            prop_assert_eq!(both.figures(), check.figures());
            prop_assert_eq!(both.lines.len(), check.lines.len());
            prop_assert_eq!(both.state(), check.state());
        }
    }

    #[test]
    fn every_day_balances_and_the_days_together_are_the_checks(evenings in evenings()) {
        let (mut acting, mut cut) = (Room::given(), Room::given().copied_to("b"));
        for (at_the_acting_hub, at_the_cut_one, event) in evenings {
            plays(&mut acting, &at_the_acting_hub);
            plays(&mut cut, &at_the_cut_one);
            if event.meet {
                acting.learns_from(&cut);
                cut = acting.copied_to("b");
            }
            if event.close {
                let _ = acting.when(Manager, super::support::commands::close_day()).result();
            }
            acting.sleeps();
            cut.sleeps();
        }
        acting.learns_from(&cut);
        let last = acting.business_date();
        while acting.business_date() <= last {
            acting.when(Manager, super::support::commands::close_day()).happens();
        }
        let closes = acting.closes();
        let mut sum = Figures::default();
        for (place, (_, z)) in closes.iter().enumerate() {
            prop_assert_eq!(z.difference(), Money::ZERO);
            prop_assert_eq!(z.number as usize, place + 1);
            sum.add_all(&z.figures);
        }
        prop_assert_eq!(sum, acting.figures_until(last));
    }
}

proptest! {
    #![proptest_config(laws(250))]

    #[test]
    fn all_cash_that_is_moved_is_in_one_drawer_or_the_next(nights in cash_nights()) {
        let (mut acting, mut cut) = (Room::given(), Room::given().copied_to("b"));
        for (moved_here, moved_there, event) in nights {
            for (room, moves) in [(&mut acting, moved_here), (&mut cut, moved_there)] {
                for (kind, amount) in moves {
                    let reason = "petty cash".to_owned();
                    let command = Command::MoveCash { kind, amount: Money(amount), reason };
                    room.when(Manager, command).happens();
                }
            }
            if event.close {
                acting.when(Manager, super::support::commands::close_day()).happens();
            }
            if event.meet {
                acting.learns_from(&cut);
                cut = acting.copied_to("b");
            }
            acting.sleeps();
            cut.sleeps();
        }
        acting.learns_from(&cut);
        let last = acting.business_date();
        while acting.business_date() <= last {
            acting.when(Manager, super::support::commands::close_day()).happens();
        }
        let all = Drawer::of(&Figures::default(), &acting.cash_moved(last));
        let mut reported = Drawer::default();
        for (_, z) in acting.closes() {
            reported.float += z.drawer.float;
            reported.paid_in += z.drawer.paid_in;
            reported.paid_out += z.drawer.paid_out;
        }
        prop_assert_eq!(reported, all);
    }
}

type Moves = Vec<(CashKind, i64)>;

fn cash_nights() -> impl Strategy<Value = Vec<(Moves, Moves, Night)>> {
    let kind = prop_oneof![Just(CashKind::Float), Just(CashKind::PaidIn), Just(CashKind::PaidOut)];
    let moves = prop::collection::vec((kind, 1..10_000_i64), 0..3);
    let night = (any::<bool>(), any::<bool>()).prop_map(|(meet, close)| Night { meet, close });
    prop::collection::vec((moves.clone(), moves, night), 1..6)
}

/// What happens at the end of an evening.
#[derive(Clone, Copy, Debug)]
struct Night {
    meet: bool,
    close: bool,
}

fn evenings() -> impl Strategy<Value = Vec<(Vec<Step>, Vec<Step>, Night)>> {
    let night = (any::<bool>(), any::<bool>()).prop_map(|(meet, close)| Night { meet, close });
    prop::collection::vec((steps(20), steps(12), night), 1..6)
}

/// A shuffle that a seed repeats: Fisher and Yates over a linear congruential generator (Knuth's MMIX constants).
fn shuffle<T>(items: &mut [T], mut seed: u64) {
    for end in (1..items.len()).rev() {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = (seed >> 33) % (end as u64 + 1);
        items.swap(end, usize::try_from(place).unwrap());
    }
}

/// Every line, tender, void and step of progress that a hub knew is still there.
fn nothing_is_lost(known: &Check, met: &Check) {
    for (id, line) in &known.lines {
        let now = &met.lines[id];
        assert!(now.progress >= line.progress);
        assert!(line.void.is_none() || now.void.is_some(), "a void stands");
        assert!(line.comp.is_none() || now.comp.is_some());
    }
    for (id, tender) in &known.tenders {
        let now = &met.tenders[id].tender;
        let same = Tender { tip: now.tip, handed: now.handed, ..tender.tender.clone() };
        assert_eq!(*now, same, "but for the tip, of which the last that was said holds");
        assert!(met.tenders[id].refunded() >= tender.refunded());
    }
    assert!(met.closes.len() >= known.closes.len());
}
