//! A course that two hubs fire while they cannot see each other: every line is on one ticket, that of the first fire,
//! and is made once. Whoever clears the other ticket clears that one.

use std::collections::{BTreeMap, BTreeSet};

use maitred_domain::check::{CheckFact, FireKind, Mark, Phase, TicketState};
use maitred_domain::decide::Command;
use maitred_domain::ids::{LineId, TicketId};
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check, pick};
use crate::support::{Venue1, order_line};

#[derive(Clone, Copy, Debug)]
enum Act {
    Order,
    Hold,
    Fire { held: bool },
    Bump { ticket: usize },
    Refire { line: usize },
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    evenings(prop_oneof![
        1 => Just(Act::Order),
        1 => Just(Act::Hold),
        5 => any::<bool>().prop_map(|held| Act::Fire { held }),
        2 => (0..4_usize).prop_map(|ticket| Act::Bump { ticket }),
        1 => (0..4_usize).prop_map(|line| Act::Refire { line }),
    ])
}

fn hold(venue: &Venue1) {
    let check = venue.open_check("open", "T1");
    venue.order("lines", check, &["margherita", "steak", "steak"]);
    venue.done("hold", Command::HoldCourse { check, course: 1 });
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let check = only_check(venue);
    let picture = venue.check(check);
    let tickets: Vec<TicketId> = picture.tickets().iter().map(|ticket| ticket.id).collect();
    let lines: Vec<LineId> = picture.lines.keys().copied().collect();
    Some(match *act {
        Act::Order => Command::AddLines { check, lines: vec![order_line("margherita")] },
        Act::Hold => Command::HoldCourse { check, course: 1 },
        Act::Fire { held } => Command::Fire { check, course: held.then_some(1) },
        Act::Bump { ticket } => Command::BumpTicket { check, ticket: pick(&tickets, ticket)? },
        Act::Refire { line } => {
            Command::RefireLine { check, line: pick(&lines, line)?, reason: "dropped".into() }
        }
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_held_course_that_two_hubs_fire_is_made_once(evening in acts()) {
        let apart = Apart::play(&evening, hold, command, |_, _| {});
        let check = apart.check(only_check(apart.at(0)));
        let mut first: BTreeMap<LineId, (Mark, String, TicketId)> = BTreeMap::new();
        let mut fired = Vec::new();
        for fact in apart.check_facts() {
            let key = fact.fact.key();
            let CheckFact::Fired { kind, tickets, .. } = fact.fact else { continue };
            for ticket in tickets {
                fired.push(ticket.id);
                for (line, _) in ticket.lines.iter().filter(|_| kind == FireKind::Fire) {
                    let by = (fact.mark, key.clone(), ticket.id);
                    let known = first.entry(*line).or_insert_with(|| by.clone());
                    *known = by.min(known.clone());
                }
            }
        }
        for (line, (.., ticket)) in &first {
            let with: Vec<TicketId> = check.tickets().into_iter()
                .filter(|it| it.kind == FireKind::Fire && it.lines.iter().any(|it| it.line.line.id == *line))
                .map(|it| it.id)
                .collect();
            prop_assert_eq!(with, vec![*ticket], "a line is on one ticket");
        }
        let open = check.tickets().into_iter().filter(|ticket| ticket.state == TicketState::Open);
        let on_screens: BTreeSet<LineId> = open.flat_map(|it| it.lines).map(|it| it.line.line.id).collect();
        for ticket in check.tickets() {
            prop_assert!(!ticket.lines.is_empty(), "no ticket is empty");
            let mut unmade = ticket.lines.iter().filter(|it| it.line.progress.phase < Phase::Ready);
            prop_assert!(unmade.all(|it| on_screens.contains(&it.line.line.id)), "what is to be made is on a screen");
        }
        for ticket in fired {
            prop_assert!(check.ticket(ticket).is_some(), "a station that still shows it is answered");
        }
        apart.close();
    }
}
