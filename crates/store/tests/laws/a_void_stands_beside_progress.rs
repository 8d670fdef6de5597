//! Void beside progress: the void stands; if the line was made, it is waste; its ticket must be bumped.

use std::collections::BTreeMap;

use maitred_domain::check::{CheckFact, Mark, Phase, TicketState};
use maitred_domain::decide::Command;
use maitred_domain::ids::{LineId, TicketId};
use maitred_domain::money::Money;
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check, pick};
use crate::support::Venue1;

#[derive(Clone, Copy, Debug)]
enum Act {
    Void { line: usize },
    Progress { line: usize, phase: Phase },
    Bump { ticket: usize },
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    let which = || 0..3_usize;
    let phase = prop_oneof![Just(Phase::Started), Just(Phase::Ready)];
    evenings(prop_oneof![
        2 => which().prop_map(|line| Act::Void { line }),
        3 => (which(), phase).prop_map(|(line, phase)| Act::Progress { line, phase }),
        2 => which().prop_map(|ticket| Act::Bump { ticket }),
    ])
}

fn fire(venue: &Venue1) {
    let check = venue.open_check("open", "T1");
    venue.order("lines", check, &["margherita", "steak", "crème brûlée"]);
    venue.done("fire", Command::Fire { check, course: None });
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let check = only_check(venue);
    let picture = venue.check(check);
    let tickets: Vec<TicketId> = picture.tickets().iter().map(|ticket| ticket.id).collect();
    let lines: Vec<LineId> = picture.lines.keys().copied().collect();
    Some(match *act {
        Act::Void { line } => {
            let (line, reason) = (pick(&lines, line)?, "changed their mind".into());
            Command::VoidLine { check, line, reason, quantity: None }
        }
        Act::Progress { line, phase } => {
            let line = pick(&lines, line)?;
            let tickets = picture.tickets();
            let with = tickets.iter().find(|it| it.lines.iter().any(|it| it.line.line.id == line))?;
            Command::ProgressLine { check, ticket: with.id, line, phase }
        }
        Act::Bump { ticket } => Command::BumpTicket { check, ticket: pick(&tickets, ticket)? },
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_void_stands_beside_progress(evening in acts()) {
        let apart = Apart::play(&evening, fire, command, |_, _| {});
        let (facts, check) = (apart.check_facts(), apart.check(only_check(apart.at(0))));
        let mut worth = Money::ZERO;
        for (id, line) in &check.lines {
            let voids: BTreeMap<Mark, Phase> = facts.iter().filter_map(|it| match it.fact {
                CheckFact::LineVoided { line, phase, .. } if line == *id => Some((it.mark, phase)),
                _ => None,
            }).collect();
            let was_made = facts.iter().any(|it| matches!(
                it.fact,
                CheckFact::LineProgressed { line, phase, .. } if line == *id && phase >= Phase::Started
            ));
            let seen = facts.iter().any(|it| matches!(
                &it.fact,
                CheckFact::TicketBumped { voids_seen, .. } if voids_seen.contains(id)
            ));
            prop_assert_eq!(line.void.is_some(), !voids.is_empty());
            prop_assert_eq!(line.is_standing(), voids.is_empty());
            prop_assert_eq!(line.is_waste(), was_made && !voids.is_empty());
            if line.is_standing() {
                worth += line.line.amounts.total();
            }
            // The first to undo it did so before it was ready: its station must clear it knowingly.
            if voids.values().next().is_some_and(|phase| *phase < Phase::Ready) && !seen {
                let tickets = check.tickets();
                let ticket = tickets.iter().find(|it| it.lines.iter().any(|it| it.line.line.id == *id)).unwrap();
                prop_assert_eq!(ticket.state, TicketState::Open);
            }
        }
        prop_assert_eq!(check.totals().total(), worth);
        apart.close();
    }
}
