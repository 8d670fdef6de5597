//! Line progress: furthest along wins; a recall opens a higher round. It never moves back by itself.

use std::collections::BTreeMap;

use maitred_domain::check::{CheckFact, Phase, Progress};
use maitred_domain::decide::Command;
use maitred_domain::ids::{LineId, TicketId};
use proptest::prelude::*;

use crate::apart::{Apart, Evening, config, evenings, only_check, pick};
use crate::support::Venue1;

#[derive(Clone, Copy, Debug)]
enum Act {
    Hold,
    Fire { held: bool },
    Progress { line: usize, phase: Phase },
    Bump { ticket: usize },
    Recall { ticket: usize },
    RecallLine { line: usize },
    Refire { line: usize },
    Serve,
}

fn acts() -> impl Strategy<Value = Evening<Act>> {
    let which = || 0..6_usize;
    let phase = prop_oneof![Just(Phase::Started), Just(Phase::Ready)];
    evenings(prop_oneof![
        1 => Just(Act::Hold),
        2 => any::<bool>().prop_map(|held| Act::Fire { held }),
        4 => (which(), phase).prop_map(|(line, phase)| Act::Progress { line, phase }),
        3 => which().prop_map(|ticket| Act::Bump { ticket }),
        2 => which().prop_map(|ticket| Act::Recall { ticket }),
        1 => which().prop_map(|line| Act::RecallLine { line }),
        1 => which().prop_map(|line| Act::Refire { line }),
        1 => Just(Act::Serve),
    ])
}

fn order(venue: &Venue1) {
    let check = venue.open_check("open", "T1");
    venue.order("lines", check, &["margherita", "steak", "crème brûlée"]);
}

fn command(venue: &Venue1, act: &Act) -> Option<Command> {
    let check = only_check(venue);
    let picture = venue.check(check);
    let tickets: Vec<TicketId> = picture.tickets().iter().map(|ticket| ticket.id).collect();
    let lines: Vec<LineId> = picture.lines.keys().copied().collect();
    let fired = |line: LineId| {
        let tickets = picture.tickets();
        let has = |line: LineId| move |it: &maitred_domain::check::TicketLine<'_>| it.line.line.id == line;
        tickets.iter().find(|ticket| ticket.lines.iter().any(has(line))).map(|ticket| ticket.id)
    };
    Some(match *act {
        Act::Hold => Command::HoldCourse { check, course: 1 },
        Act::Fire { held } => Command::Fire { check, course: held.then_some(1) },
        Act::Progress { line, phase } => {
            let line = pick(&lines, line)?;
            Command::ProgressLine { check, ticket: fired(line)?, line, phase }
        }
        Act::Bump { ticket } => Command::BumpTicket { check, ticket: pick(&tickets, ticket)? },
        Act::Recall { ticket } => Command::RecallTicket { check, ticket: pick(&tickets, ticket)? },
        Act::RecallLine { line } => {
            let line = pick(&lines, line)?;
            Command::RecallLine { check, ticket: fired(line)?, line }
        }
        Act::Refire { line } => {
            Command::RefireLine { check, line: pick(&lines, line)?, reason: "cold".into() }
        }
        Act::Serve => Command::Serve { check, course: 1 },
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn progress_of_a_line_never_goes_back_by_itself(evening in acts()) {
        let mut seen: BTreeMap<(usize, LineId), Progress> = BTreeMap::new();
        let apart = Apart::play(&evening, order, command, |at, venue| {
            for (id, line) in &venue.check(only_check(venue)).lines {
                let before = seen.insert((at, *id), line.progress).unwrap_or_default();
                assert!(before <= line.progress, "{before:?} became {:?}", line.progress);
            }
        });
        let mut furthest: BTreeMap<LineId, Progress> = BTreeMap::new();
        let mut reaches = |line: LineId, round, phase| {
            let progress = furthest.entry(line).or_default();
            *progress = (*progress).max(Progress { round, phase });
        };
        for fact in apart.check_facts() {
            match fact.fact {
                CheckFact::LineAdded { line } => reaches(line.id, 0, Phase::New),
                CheckFact::CourseHeld { lines, .. } => {
                    for line in lines {
                        reaches(line, 0, Phase::Held);
                    }
                }
                CheckFact::LineProgressed { line, round, phase } => reaches(line, round, phase),
                CheckFact::Fired { tickets, .. } => {
                    let lines = tickets.into_iter().flat_map(|ticket| ticket.lines);
                    lines.for_each(|(line, round)| reaches(line, round, Phase::Fired));
                }
                _ => {}
            }
        }
        let check = apart.check(only_check(apart.at(0)));
        let progress: BTreeMap<LineId, Progress> =
            check.lines.iter().map(|(id, line)| (*id, line.progress)).collect();
        prop_assert_eq!(progress, furthest);
        apart.close();
    }
}
