//! What the kitchen sees of a check: tickets, rounds, voids that must be bumped.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, FireKind, FiredTicket, LineState, Mark, Phase, Progress, Removal};
use crate::ids::{LineId, StationId, TicketId};

/// A ticket as its facts left it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TicketRecord {
    fired: Mark,
    kind: FireKind,
    ticket: FiredTicket,
    round: u32,
    bumped: Option<(u32, Mark)>,
    voids_seen: BTreeSet<LineId>,
    rush: bool,
}

/// Whether a ticket is still to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// On the screen.
    Open,
    /// Cleared.
    Bumped {
        /// By whom and when.
        mark: Mark,
    },
}

/// A line on a ticket.
#[derive(Clone, Debug)]
pub struct TicketLine<'a> {
    /// The line.
    pub line: &'a LineState,
    /// How many are to be made, voided ones not counted unless all are voided.
    pub quantity: u32,
    /// All of it was undone.
    pub voided: bool,
    /// How far it is, in the round of this ticket or a later one.
    pub progress: Progress,
}

/// A ticket: the lines of one fire for one station.
#[derive(Clone, Debug)]
pub struct Ticket<'a> {
    /// Its id.
    pub id: TicketId,
    /// When it was fired, and by whom.
    pub fired: Mark,
    /// Why it exists.
    pub kind: FireKind,
    /// Who makes it.
    pub station: Option<StationId>,
    /// Its course.
    pub course: u8,
    /// From 0; each recall adds one.
    pub round: u32,
    /// To be made first.
    pub rush: bool,
    /// Some line came here only because it had nowhere to go.
    pub unrouted: bool,
    /// Whether it is still to be made.
    pub state: TicketState,
    /// Its lines, in the order they were added.
    pub lines: Vec<TicketLine<'a>>,
}

impl Ticket<'_> {
    /// How long its slowest line should take.
    pub fn prep_secs(&self) -> u32 {
        self.lines.iter().map(|line| line.line.line.prep_secs).max().unwrap_or_default()
    }

    /// Lines of it that are voided.
    pub fn voids(&self) -> Vec<LineId> {
        self.lines.iter().filter(|line| line.voided).map(|line| line.line.line.id).collect()
    }
}

impl LineState {
    fn removals(&self) -> impl Iterator<Item = &Removal> {
        self.void.iter().chain(self.portion_voids.values())
    }

    /// How many the kitchen is not to make after all, or not for this check.
    fn removed(&self) -> u32 {
        let voided: u32 = self.removals().map(|removal| removal.quantity).sum();
        voided.saturating_add(self.moved_unsent).min(self.line.quantity)
    }

    /// How many the kitchen is to make.
    pub fn kitchen_quantity(&self) -> u32 {
        self.line.quantity - self.removed()
    }

    /// Whether the kitchen still has to learn that it was voided: it was not ready when the voider looked.
    fn void_matters(&self) -> bool {
        self.kitchen_quantity() == 0 && self.removals().any(|removal| removal.phase < Phase::Ready)
    }
}

impl Check {
    /// Fires tickets. One command that two hubs did, each to the lines that it knew, fires all of them on the same tickets.
    pub(super) fn fire(&mut self, mark: Mark, kind: FireKind, tickets: &[FiredTicket]) {
        for ticket in tickets {
            for (line, round) in &ticket.lines {
                self.advance(*line, Progress { round: *round, phase: Phase::Fired });
                self.made_on.entry((*line, *round)).or_insert(ticket.id);
            }
            let rush = self.is_rushed(ticket.course);
            let record = self.tickets.entry(ticket.id).or_insert_with(|| TicketRecord {
                fired: mark,
                kind,
                ticket: FiredTicket { lines: Vec::new(), ..ticket.clone() },
                round: 0,
                bumped: None,
                voids_seen: BTreeSet::new(),
                rush,
            });
            for line in &ticket.lines {
                if !record.ticket.lines.contains(line) {
                    record.ticket.lines.push(*line);
                }
            }
            record.ticket.unrouted |= ticket.unrouted;
        }
    }

    /// Clears a ticket. One that was fired twice is cleared by whoever clears all that is on it.
    pub(super) fn bump(&mut self, mark: Mark, ticket: TicketId, round: u32, voids_seen: &[LineId]) {
        let Some(record) = self.tickets.get(&ticket) else { return };
        let standing = self.standing(record);
        let has_all = standing.ticket.lines.iter().all(|line| record.ticket.lines.contains(line));
        for (id, is_cleared) in [(standing.ticket.id, has_all), (ticket, true)] {
            let Some(record) = self.tickets.get_mut(&id) else { continue };
            record.bumped = record.bumped.max(is_cleared.then_some((round, mark)));
            record.voids_seen.extend(voids_seen);
        }
    }

    pub(super) fn recall(&mut self, ticket: TicketId, round: u32) {
        let Some(record) = self.tickets.get(&ticket) else { return };
        for id in [self.standing(record).ticket.id, ticket] {
            let Some(record) = self.tickets.get_mut(&id) else { continue };
            record.round = record.round.max(round);
        }
    }

    pub(super) fn rush(&mut self, ticket: Option<TicketId>, course: Option<u8>, on: bool) {
        match (ticket, course) {
            (Some(_), _) => {}
            (None, Some(course)) => drop(self.rush_courses.insert(course, on)),
            (None, None) => {
                self.rush_all = on;
                self.rush_courses.clear();
            }
        }
        let standing = ticket.and_then(|id| Some(self.standing(self.tickets.get(&id)?).ticket.id));
        let is_meant = |record: &TicketRecord| match ticket {
            Some(ticket) => record.ticket.id == ticket || standing == Some(record.ticket.id),
            None => course.is_none_or(|course| record.ticket.course == course),
        };
        for record in self.tickets.values_mut().filter(|record| is_meant(record)) {
            record.rush = on;
        }
    }

    /// One ticket; the one that stands for it, with that one's id, when two hubs fired the same.
    pub fn ticket(&self, id: TicketId) -> Option<Ticket<'_>> {
        self.tickets.get(&id).map(|record| self.view(self.standing(record)))
    }

    /// Every ticket that was ever fired, also those that another stands for.
    pub fn tickets_fired(&self) -> impl Iterator<Item = TicketId> {
        self.tickets.keys().copied()
    }

    /// Its tickets, oldest first.
    pub fn tickets(&self) -> Vec<Ticket<'_>> {
        let standing =
            self.tickets.values().filter(|record| self.standing(record).ticket.id == record.ticket.id);
        let mut tickets: Vec<Ticket<'_>> = standing.map(|record| self.view(record)).collect();
        tickets.sort_by_key(|ticket| (ticket.fired, ticket.station, ticket.id));
        tickets
    }

    /// Whether what is fired of a course goes first.
    pub fn is_rushed(&self, course: u8) -> bool {
        self.rush_courses.get(&course).copied().unwrap_or(self.rush_all)
    }

    /// Whether a line goes first: with the last ticket that has it, or with its course before it is fired.
    pub fn goes_first(&self, line: &LineState) -> bool {
        let has = |record: &&TicketRecord| {
            let mut lines = record.ticket.lines.iter();
            lines.any(|it| it.0 == line.line.id && self.is_made_on(record, it))
        };
        let last = self.tickets.values().filter(has).max_by_key(|record| record.fired);
        last.map_or_else(|| self.is_rushed(line.line.course), |record| record.rush)
    }

    /// Whether a ticket is where a round of a line is made. Two hubs that could not see each other may both fire it: the
    /// first fire stands, or it would be made twice.
    fn is_made_on(&self, record: &TicketRecord, line: &(LineId, u32)) -> bool {
        self.made_on.get(line).is_none_or(|ticket| *ticket == record.ticket.id)
    }

    /// The ticket itself, or when all of it is made on others, the first of those.
    fn standing<'a>(&'a self, record: &'a TicketRecord) -> &'a TicketRecord {
        let lines = &record.ticket.lines;
        if lines.iter().any(|line| self.is_made_on(record, line)) {
            return record;
        }
        let other = lines.first().and_then(|line| self.tickets.get(self.made_on.get(line)?));
        other.unwrap_or(record)
    }

    /// Whether another ticket was fired for something of this one: there may be a paper of each.
    pub fn is_fired_twice(&self, ticket: TicketId) -> bool {
        let Some(record) = self.tickets.get(&ticket) else { return false };
        let others = || self.tickets.values().filter(|other| other.ticket.id != ticket);
        record.ticket.lines.iter().any(|line| others().any(|other| other.ticket.lines.contains(line)))
    }

    /// Lines that two hubs fired and that are not ready: a kitchen that works by paper may make them twice.
    pub fn fired_twice(&self) -> Vec<&LineState> {
        let mut tickets: BTreeMap<(LineId, u32), u32> = BTreeMap::new();
        for line in self.tickets.values().flat_map(|record| &record.ticket.lines) {
            *tickets.entry(*line).or_default() += 1;
        }
        let twice = tickets.into_iter().filter(|(_, tickets)| *tickets > 1);
        let lines = twice.filter_map(|((line, round), _)| {
            let line = self.lines.get(&line)?;
            let is_being_made = line.progress.round == round && line.progress.phase < Phase::Ready;
            (is_being_made && line.kitchen_quantity() > 0).then_some(line)
        });
        lines.collect()
    }

    /// Whether no later ticket has the line; a void brings back the last one only.
    fn is_last_with(&self, record: &TicketRecord, line: LineId) -> bool {
        let has = |other: &TicketRecord| {
            other.ticket.lines.iter().any(|it| it.0 == line && self.is_made_on(other, it))
        };
        !self.tickets.values().any(|other| other.fired > record.fired && has(other))
    }

    /// Whether a line of it is to be made though it was cleared: brought back beside the bump, in a round that no other
    /// ticket asks for, or fired with it at another hub, of which whoever cleared it had not heard.
    fn is_unmade_in_part(&self, record: &TicketRecord) -> bool {
        record.ticket.lines.iter().any(|it| {
            let line = self.lines.get(&it.0).filter(|line| line.kitchen_quantity() > 0);
            line.is_some_and(|line| line.progress.phase < Phase::Ready && line.progress.round >= it.1)
                && self.is_made_on(record, it)
                && self.is_last_with(record, it.0)
        })
    }

    fn view<'a>(&'a self, record: &'a TicketRecord) -> Ticket<'a> {
        let lines: Vec<TicketLine<'_>> = record
            .ticket
            .lines
            .iter()
            .filter(|line| self.is_made_on(record, line))
            .filter_map(|(id, round)| {
                let line = self.lines.get(id)?;
                let progress = line.progress.max(Progress { round: *round, phase: Phase::Fired });
                let (quantity, voided) = match line.kitchen_quantity() {
                    0 => (line.line.quantity, true),
                    quantity => (quantity, false),
                };
                Some(TicketLine { line, quantity, voided, progress })
            })
            .collect();
        let unseen = lines.iter().any(|line| {
            let id = line.line.line.id;
            line.line.void_matters() && !record.voids_seen.contains(&id) && self.is_last_with(record, id)
        });
        let unmade = self.is_unmade_in_part(record);
        let state = match record.bumped {
            Some((round, mark)) if round >= record.round && !unseen && !unmade => {
                TicketState::Bumped { mark }
            }
            _ => TicketState::Open,
        };
        let TicketRecord { fired, kind, ticket, round, rush, .. } = record;
        Ticket {
            id: ticket.id,
            fired: *fired,
            kind: *kind,
            station: ticket.station,
            course: ticket.course,
            round: *round,
            rush: *rush,
            unrouted: ticket.unrouted,
            state,
            lines,
        }
    }
}
