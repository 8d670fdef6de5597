//! Keys of bump bars: they choose a ticket of their station, and say what is to become of it.

use maitred_device::field::message::EventId;
use maitred_domain::catalogue::{Device, KeyAction};
use maitred_domain::check::{Phase, TicketState};
use maitred_domain::decide::Command;
use maitred_domain::ids::{LineId, StationId, TicketId};
use serde::Serialize;
use utoipa::ToSchema;

use super::heard::say;
use crate::app::App;
use crate::views::{Progress, TicketView, check_tickets};

/// What a bar has chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Which ticket.
    pub ticket: Option<TicketId>,
    /// Which line of it.
    pub line: Option<LineId>,
    /// Where the ticket was: what moves into its place is chosen next.
    place: usize,
}

/// A key of a bump bar was pressed; what the station's screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pressed {
    /// At which station.
    pub station: StationId,
    /// What the key does.
    pub action: KeyAction,
    /// The ticket that is chosen then.
    pub ticket: Option<TicketId>,
    /// The line of it that is chosen then.
    pub line: Option<LineId>,
}

/// Open tickets of a station as its screen shows them: what is rushed first, then the oldest.
fn tickets(app: &App, station: StationId) -> Vec<TicketView> {
    let views = app.views();
    let checks = app.kitchen_checks().unwrap_or_default();
    let all = checks.iter().flat_map(|check| check_tickets(&views, check));
    let mut tickets: Vec<TicketView> = all
        .filter(|ticket| ticket.station == Some(station) && ticket.state == crate::views::TicketState::Open)
        .filter(|ticket| ticket.kind != crate::views::TicketKind::Held)
        .collect();
    tickets.sort_by_key(|ticket| (!ticket.rush, ticket.fired_at, ticket.id));
    tickets
}

/// A key was pressed.
pub async fn pressed(app: &App, bar: &Device, id: EventId, code: u16) {
    let (Some(station), Some(action)) = (bar.station, bar.key(code)) else { return };
    let tickets = tickets(app, station);
    let before = app.wired.known().chosen.get(&station).copied().unwrap_or_default();
    let chosen = before.among(&tickets);
    let (after, command) = act(app, station, action, chosen, &tickets);
    for (n, command) in command.into_iter().enumerate() {
        let key = if n == 0 { id.to_string() } else { format!("{id}/{n}") };
        say(app, bar, &key, command).await;
    }
    // What was cleared gives its place to the next.
    let after = after.among(&self::tickets(app, station));
    app.wired.known().chosen.insert(station, after);
    let Chosen { ticket, line, .. } = after;
    app.live.pressed(Pressed { station, action, ticket, line });
}

impl Chosen {
    /// The same among the tickets that are open now.
    fn among(self, tickets: &[TicketView]) -> Self {
        let Some(ticket) = self.ticket else { return self };
        if let Some(place) = tickets.iter().position(|it| it.id == ticket) {
            return Self { place, ..self };
        }
        let place = self.place.min(tickets.len().saturating_sub(1));
        Self { ticket: tickets.get(place).map(|it| it.id), line: None, place }
    }

    fn at(place: usize, tickets: &[TicketView]) -> Self {
        Self { ticket: tickets.get(place).map(|it| it.id), line: None, place }
    }

    /// The next ticket, or the one before.
    fn step(self, tickets: &[TicketView], forward: bool) -> Self {
        let place = match (self.ticket, forward) {
            (None, _) => 0,
            (Some(_), true) => (self.place + 1).min(tickets.len().saturating_sub(1)),
            (Some(_), false) => self.place.saturating_sub(1),
        };
        Self::at(place, tickets)
    }

    /// The next line of the ticket, or the one before; beyond them the whole ticket.
    fn step_line(self, tickets: &[TicketView], down: bool) -> Self {
        let Some(ticket) = self.ticket.and_then(|id| tickets.iter().find(|it| it.id == id)) else {
            return self.step(tickets, true);
        };
        let at = self.line.and_then(|id| ticket.lines.iter().position(|line| line.id == id));
        let next = match (at, down) {
            (None, true) => Some(0),
            (None, false) => ticket.lines.len().checked_sub(1),
            (Some(at), true) => Some(at + 1),
            (Some(at), false) => at.checked_sub(1),
        };
        Self { line: next.and_then(|at| ticket.lines.get(at)).map(|line| line.id), ..self }
    }
}

/// What a key does, as it does on the keyboard of the screen.
fn act(
    app: &App,
    station: StationId,
    action: KeyAction,
    chosen: Chosen,
    tickets: &[TicketView],
) -> (Chosen, Vec<Command>) {
    if let Some(place) = action.place() {
        let is_there = place < tickets.len();
        return (if is_there { Chosen::at(place, tickets) } else { chosen }, Vec::new());
    }
    let ticket = chosen.ticket.and_then(|id| tickets.iter().find(|it| it.id == id));
    match (action, ticket) {
        (KeyAction::Next, _) | (KeyAction::Bump, None) => (chosen.step(tickets, true), Vec::new()),
        (KeyAction::Previous, _) => (chosen.step(tickets, false), Vec::new()),
        (KeyAction::LineDown, _) => (chosen.step_line(tickets, true), Vec::new()),
        (KeyAction::LineUp, _) => (chosen.step_line(tickets, false), Vec::new()),
        (KeyAction::Recall, _) => (chosen, recall(app, station).into_iter().collect()),
        (KeyAction::Bump, Some(ticket)) => (chosen, bump(ticket, chosen.line).into_iter().collect()),
        (KeyAction::Start, Some(ticket)) => (chosen, start(ticket)),
        (KeyAction::Rush, Some(ticket)) => {
            let rush = Command::Rush { check: ticket.check_id, ticket: Some(ticket.id), on: !ticket.rush };
            (chosen, vec![rush])
        }
        // The screen's own business.
        _ => (chosen, Vec::new()),
    }
}

/// Clears the ticket; or says of the line that it is ready, or that it is not after all.
fn bump(ticket: &TicketView, line: Option<LineId>) -> Option<Command> {
    let (check, id) = (ticket.check_id, ticket.id);
    let Some(line) = line.and_then(|id| ticket.lines.iter().find(|line| line.id == id)) else {
        return Some(Command::BumpTicket { check, ticket: id });
    };
    match line.progress {
        _ if line.voided => None,
        Progress::New | Progress::Held | Progress::Served => None,
        Progress::Fired | Progress::Started => {
            Some(Command::ProgressLine { check, ticket: id, line: line.id, phase: Phase::Ready })
        }
        Progress::Ready => Some(Command::RecallLine { check, ticket: id, line: line.id }),
    }
}

fn start(ticket: &TicketView) -> Vec<Command> {
    let (check, id) = (ticket.check_id, ticket.id);
    let waiting = ticket.lines.iter().filter(|line| !line.voided && line.progress == Progress::Fired);
    waiting
        .map(|line| Command::ProgressLine { check, ticket: id, line: line.id, phase: Phase::Started })
        .collect()
}

/// The ticket of the station that was cleared last comes back.
fn recall(app: &App, station: StationId) -> Option<Command> {
    let (ticket, check) = app.store.bumped_tickets(Some(station), 1).ok()?.first().copied()?;
    let is_cleared = app.store.check(check).ok()??.ticket(ticket)?.state != TicketState::Open;
    is_cleared.then_some(Command::RecallTicket { check, ticket })
}
