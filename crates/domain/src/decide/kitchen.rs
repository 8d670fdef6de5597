//! Hold, fire, refire, rush; and what the kitchen does about it.

use std::collections::{BTreeMap, BTreeSet};

use super::Refusal;
use super::draft::{Draft, reason};
use crate::check::{CheckFact, FireKind, FiredTicket, LineState, Phase, Progress, TicketState};
use crate::ids::{CheckId, LineId, StationId, TicketId};

pub(super) fn hold(draft: &mut Draft<'_>, check: CheckId, course: u8) -> Result<(), Refusal> {
    let lines: Vec<LineId> = draft
        .open_check(check)?
        .lines_in_order()
        .into_iter()
        .filter(|line| line.line.course == course && waits(line, Phase::New))
        .map(|line| line.line.id)
        .collect();
    if lines.is_empty() {
        return Err(Refusal::Nothing("hold"));
    }
    let change = draft.ids.make();
    draft.record(check, CheckFact::CourseHeld { change, course, lines });
    draft.answer.checks.push(check);
    Ok(())
}

/// Still on the check, not sent, at most at `phase`; a moved line that was sent is the other check's to make.
fn waits(line: &LineState, phase: Phase) -> bool {
    line.is_standing() && line.line.moved_from.is_none() && line.progress.phase <= phase
}

/// Fires a course, held or not; or without one every line that is new, while held courses go on waiting.
pub(super) fn fire(draft: &mut Draft<'_>, check: CheckId, course: Option<u8>) -> Result<(), Refusal> {
    let lines: Vec<LineId> = draft
        .open_check(check)?
        .lines_in_order()
        .into_iter()
        .filter(|line| match course {
            Some(course) => line.line.course == course && waits(line, Phase::Held),
            None => waits(line, Phase::New),
        })
        .map(|line| line.line.id)
        .collect();
    fire_lines(draft, check, &lines)?;
    draft.answer.checks.push(check);
    Ok(())
}

/// Fires these lines: one ticket for each station and course.
pub(super) fn fire_lines(draft: &mut Draft<'_>, check: CheckId, lines: &[LineId]) -> Result<(), Refusal> {
    let rounds: Vec<(LineId, u32)> = lines.iter().map(|line| (*line, 0)).collect();
    record_fire(draft, check, FireKind::Fire, &rounds)
}

fn record_fire(
    draft: &mut Draft<'_>,
    check: CheckId,
    kind: FireKind,
    rounds: &[(LineId, u32)],
) -> Result<(), Refusal> {
    if rounds.is_empty() {
        return Err(Refusal::Nothing("fire"));
    }
    let fire = draft.ids.make();
    let mut tickets: BTreeMap<(u8, Option<StationId>), FiredTicket> = BTreeMap::new();
    for (line, round) in rounds {
        let line = draft.check(check)?.lines.get(line).ok_or(Refusal::Unknown("line"))?.line.clone();
        let ticket = tickets.entry((line.course, line.station)).or_insert_with(|| FiredTicket {
            id: draft.ids.make(),
            station: line.station,
            course: line.course,
            lines: Vec::new(),
            unrouted: false,
        });
        ticket.lines.push((line.id, *round));
        ticket.unrouted |= line.unrouted;
    }
    draft.record(check, CheckFact::Fired { fire, kind, tickets: tickets.into_values().collect() });
    Ok(())
}

pub(super) fn refire(draft: &mut Draft<'_>, check: CheckId, line: LineId, why: &str) -> Result<(), Refusal> {
    reason(why)?;
    let (home, home_line) = match draft.standing_line(check, line)?.line.moved_from {
        Some(from) => (from.check, from.line),
        None => (check, line),
    };
    let state = draft.check(home)?.lines.get(&home_line).ok_or(Refusal::Unknown("line"))?;
    if !state.progress.phase.is_sent() {
        return Err(Refusal::WrongPhase(state.progress.phase));
    }
    let round = state.progress.round + 1;
    record_fire(draft, home, FireKind::Refire, &[(home_line, round)])?;
    draft.answer.checks.push(check);
    Ok(())
}

pub(super) fn rush(
    draft: &mut Draft<'_>,
    check: CheckId,
    ticket: Option<TicketId>,
    on: bool,
) -> Result<(), Refusal> {
    let standing = draft.check(check)?;
    if ticket.is_some_and(|ticket| standing.ticket(ticket).is_none()) {
        return Err(Refusal::Unknown("ticket"));
    }
    let change = draft.ids.make();
    draft.record(check, CheckFact::Rushed { change, ticket, course: None, on });
    if ticket.is_none() {
        rush_moved(draft, check, None, on)?;
    }
    draft.answer.checks.push(check);
    Ok(())
}

pub(super) fn rush_course(
    draft: &mut Draft<'_>,
    check: CheckId,
    course: u8,
    on: bool,
) -> Result<(), Refusal> {
    let mut lines = draft.check(check)?.lines.values();
    if !lines.any(|line| line.is_standing() && line.line.course == course) {
        return Err(Refusal::Nothing("rush"));
    }
    let change = draft.ids.make();
    draft.record(check, CheckFact::Rushed { change, ticket: None, course: Some(course), on });
    rush_moved(draft, check, Some(course), on)?;
    draft.answer.checks.push(check);
    Ok(())
}

/// What moved here after it was fired is on tickets of the check it came from.
fn rush_moved(draft: &mut Draft<'_>, check: CheckId, course: Option<u8>, on: bool) -> Result<(), Refusal> {
    let mut tickets: BTreeSet<(CheckId, TicketId)> = BTreeSet::new();
    for line in draft.check(check)?.lines.values().filter(|line| line.is_standing()) {
        let Some(from) = line.line.moved_from else { continue };
        if course.is_some_and(|course| line.line.course != course) {
            continue;
        }
        let made_on = draft.check(from.check)?.tickets().into_iter().filter(|ticket| {
            ticket.state == TicketState::Open && ticket.lines.iter().any(|it| it.line.line.id == from.line)
        });
        tickets.extend(made_on.map(|ticket| (from.check, ticket.id)));
    }
    for (home, ticket) in tickets {
        let change = draft.ids.make();
        draft.record(home, CheckFact::Rushed { change, ticket: Some(ticket), course: None, on });
    }
    Ok(())
}

pub(super) fn progress(
    draft: &mut Draft<'_>,
    check: CheckId,
    ticket: TicketId,
    line: LineId,
    phase: Phase,
) -> Result<(), Refusal> {
    if !matches!(phase, Phase::Started | Phase::Ready) {
        return Err(Refusal::WrongPhase(phase));
    }
    let standing = draft.check(check)?.ticket(ticket).ok_or(Refusal::Unknown("ticket"))?;
    let on_ticket =
        standing.lines.iter().find(|it| it.line.line.id == line).ok_or(Refusal::Unknown("line"))?;
    if on_ticket.voided {
        return Err(Refusal::LineGone);
    }
    let now = on_ticket.progress;
    if now.phase < phase {
        draft.record(check, CheckFact::LineProgressed { line, round: now.round, phase });
    }
    draft.answer.checks.push(check);
    Ok(())
}

pub(super) fn bump(draft: &mut Draft<'_>, check: CheckId, id: TicketId) -> Result<(), Refusal> {
    let ticket = draft.check(check)?.ticket(id).ok_or(Refusal::Unknown("ticket"))?;
    if ticket.state != TicketState::Open {
        return Err(Refusal::TicketNotOpen);
    }
    // Where two hubs fired the same, it stands for the ticket that was meant.
    let (id, round, voids_seen) = (ticket.id, ticket.round, ticket.voids());
    let ready: Vec<(LineId, u32)> = ticket
        .lines
        .iter()
        .filter(|line| !line.voided && line.progress.phase < Phase::Ready)
        .map(|line| (line.line.line.id, line.progress.round))
        .collect();
    for (line, round) in ready {
        draft.record(check, CheckFact::LineProgressed { line, round, phase: Phase::Ready });
    }
    draft.record(check, CheckFact::TicketBumped { ticket: id, round, voids_seen });
    draft.answer.checks.push(check);
    Ok(())
}

/// Brings a ticket back; its lines are being made again, in a higher round.
pub(super) fn recall(draft: &mut Draft<'_>, check: CheckId, id: TicketId) -> Result<(), Refusal> {
    let ticket = draft.check(check)?.ticket(id).ok_or(Refusal::Unknown("ticket"))?;
    if ticket.state == TicketState::Open {
        return Err(Refusal::TicketStillOpen);
    }
    let (id, round) = (ticket.id, ticket.round + 1);
    let lines: Vec<(LineId, Progress)> = ticket
        .lines
        .iter()
        .filter(|line| !line.voided)
        .map(|line| (line.line.line.id, line.progress))
        .collect();
    draft.record(check, CheckFact::TicketRecalled { ticket: id, round });
    for (line, progress) in lines {
        let fact = CheckFact::LineProgressed { line, round: progress.round + 1, phase: Phase::Fired };
        draft.record(check, fact);
    }
    draft.answer.checks.push(check);
    Ok(())
}

/// Takes back how far one line of an open ticket is: it is being made again, in a higher round.
pub(super) fn recall_line(
    draft: &mut Draft<'_>,
    check: CheckId,
    id: TicketId,
    line: LineId,
) -> Result<(), Refusal> {
    let ticket = draft.check(check)?.ticket(id).ok_or(Refusal::Unknown("ticket"))?;
    if ticket.state != TicketState::Open {
        return Err(Refusal::TicketNotOpen);
    }
    let on_ticket = ticket.lines.iter().find(|it| it.line.line.id == line).ok_or(Refusal::Unknown("line"))?;
    if on_ticket.voided {
        return Err(Refusal::LineGone);
    }
    let Progress { round, phase } = on_ticket.progress;
    if phase <= Phase::Fired {
        return Err(Refusal::WrongPhase(phase));
    }
    draft.record(check, CheckFact::LineProgressed { line, round: round + 1, phase: Phase::Fired });
    draft.answer.checks.push(check);
    Ok(())
}

/// Everything of a course that the kitchen made leaves the pass, also what it knows by the check it moved from.
pub(super) fn serve(draft: &mut Draft<'_>, check: CheckId, course: u8) -> Result<(), Refusal> {
    let mut lines: BTreeMap<(CheckId, LineId), u32> = BTreeMap::new();
    for line in draft.check(check)?.lines.values().filter(|line| line.line.course == course) {
        let (home, made) = match line.line.moved_from {
            Some(from) if line.is_standing() => {
                (from.check, draft.check(from.check)?.lines.get(&from.line).ok_or(Refusal::Unknown("line"))?)
            }
            Some(_) => continue,
            None => (check, line),
        };
        if made.kitchen_quantity() > 0 && (Phase::Fired..Phase::Served).contains(&made.progress.phase) {
            lines.insert((home, made.line.id), made.progress.round);
        }
    }
    if lines.is_empty() {
        return Err(Refusal::Nothing("serve"));
    }
    for ((home, line), round) in lines {
        draft.record(home, CheckFact::LineProgressed { line, round, phase: Phase::Served });
    }
    draft.answer.checks.push(check);
    Ok(())
}
