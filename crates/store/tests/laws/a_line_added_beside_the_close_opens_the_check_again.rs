//! A line added beside the close: the check is open again, with a balance.

use maitred_domain::check::{CheckState, TenderKind};
use maitred_domain::decide::Command;
use maitred_domain::ids::{CheckId, named};
use maitred_domain::money::Money;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check};
use crate::support::{Venue1, order_line};

#[derive(Clone, Copy, Debug)]
enum Act {
    Order,
    /// What costs nothing is to be brought all the same.
    OrderFree,
    Pay,
    Close,
    Reopen,
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    evenings(prop_oneof![
        2 => Just(Act::Order),
        1 => Just(Act::OrderFree),
        4 => Just(Act::Pay),
        4 => Just(Act::Close),
        1 => Just(Act::Reopen),
    ])
}

fn order(venue: &Venue1) {
    let check = venue.open_check("open", "T1");
    venue.order("lines", check, &["margherita"]);
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let check = only_check(venue);
    Some(match *act {
        Act::Order => Command::AddLines { check, lines: vec![order_line("steak")] },
        Act::OrderFree => Command::AddLines { check, lines: vec![order_line("bread")] },
        Act::Pay => pay(check, venue.check(check).totals().due()),
        Act::Close => Command::CloseCheck { check },
        Act::Reopen => Command::ReopenCheck { check, reason: "one more".into() },
    })
}

fn pay(check: CheckId, amount: Money) -> Command {
    let (kind, tip, share) = (TenderKind::Card, Money::ZERO, None);
    Command::Tender { check, kind, amount, tip, share, reference: String::new() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_line_added_beside_the_close_opens_the_check_again(evening in acts()) {
        let apart = Apart::play(&evening, order, command, |_, _| {});
        let check = apart.check(only_check(apart.at(0)));
        let closes = apart.told.iter().filter(|told| matches!(told.command, Command::CloseCheck { .. }));
        let knew: Vec<_> = closes.map(|told| &told.reply.checks[0]).collect();
        let knew_all = |close: &&&std::sync::Arc<maitred_domain::check::Check>| {
            close.lines.keys().eq(check.lines.keys()) && close.tenders.keys().eq(check.tenders.keys())
        };
        let is_closed = check.state() == CheckState::Closed;
        if knew.iter().filter(knew_all).count() == 0 {
            prop_assert!(!is_closed, "nobody closed what it became");
        }
        prop_assert!(!is_closed || check.totals().due() == Money::ZERO);
        let steaks = check.lines.values().filter(|line| line.line.item == named("steak")).count();
        let owed = Money(850 + 2400 * i64::try_from(steaks).unwrap());
        prop_assert_eq!(check.totals().total(), owed, "every line is to be paid");
        let reopened = apart.told.iter().any(|told| matches!(told.command, Command::ReopenCheck { .. }));
        if knew.len() == 1 && knew.iter().filter(knew_all).count() == 1 && !reopened {
            prop_assert!(is_closed, "nothing came beside the close");
        }
        let is_open = apart.at(0).store.open_checks().iter().any(|open| open.id == check.id);
        prop_assert_eq!(is_open, !is_closed, "and everybody sees it so");
        apart.close();
    }
}
