//! Keys of bump bars: they choose a ticket of their station, and say what is to become of it.

use jiff::Timestamp;
use maitred_device::field::message::EventId;
use maitred_domain::catalogue::{Device, KeyAction};
use maitred_domain::check::{Phase, TicketState};
use maitred_domain::decide::Command;
use maitred_domain::ids::{LineId, StationId, TicketId};
use maitred_store::KeyPress;
use serde::Serialize;
use utoipa::ToSchema;

use super::heard::{is_acting, say};
use crate::app::App;
use crate::limits::{KEY_AGE_MAX, KEYS_LEFT_MAX};
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

/// A key as it was pressed.
#[derive(Clone, Copy, Debug)]
pub struct Press {
    /// Which press.
    pub id: EventId,
    /// As the bar says it.
    pub code: u16,
    /// When.
    pub at: Timestamp,
    /// So long ago that nobody saw anything happen.
    pub is_late: bool,
}

/// What a key wants of the hub that acts, which is another.
#[derive(Clone, Debug)]
pub struct Left {
    bar: Device,
    key: String,
    at: Timestamp,
    command: Command,
}

/// A key was pressed. A hub that does not act follows what is chosen, and keeps what it would have done.
pub async fn pressed(app: &App, bar: &Device, press: Press) {
    let (Some(station), Some(action)) = (bar.station, bar.key(press.code)) else { return };
    take_over(app).await;
    if is_impatience(app, station, action, press.is_late) {
        return;
    }
    let tickets = tickets(app, station);
    let before = app.wired.known().chosen.get(&station).copied().unwrap_or_default();
    let chosen = before.among(&tickets);
    let (after, command) = act(app, station, action, chosen, &tickets);
    for (n, command) in command.into_iter().enumerate() {
        let key = if n == 0 { press.id.to_string() } else { format!("{}/{n}", press.id) };
        if is_acting(app) {
            say(app, bar, &key, command).await;
        } else {
            leave(app, Left { bar: bar.clone(), key, at: press.at, command });
        }
    }
    // What was cleared gives its place to the next.
    let after = after.among(&self::tickets(app, station));
    app.wired.known().chosen.insert(station, after);
    let Chosen { ticket, line, .. } = after;
    app.live.pressed(Pressed { station, action, ticket, line });
    if let Err(error) = app.store.keep_key_press(after.kept(app, bar, station, press.id)).await {
        tracing::error!(%error, bar = bar.name, "what a bump bar has chosen is not written down");
    }
}

/// Whether somebody presses again what has not happened yet: several keys then come late, and are one.
fn is_impatience(app: &App, station: StationId, action: KeyAction, is_late: bool) -> bool {
    let does = matches!(action, KeyAction::Bump | KeyAction::Recall | KeyAction::Start | KeyAction::Rush);
    let mut known = app.wired.known();
    if does && is_late {
        return known.late.insert(station, action) == Some(action);
    }
    known.late.remove(&station);
    false
}

fn leave(app: &App, left: Left) {
    let mut known = app.wired.known();
    let oldest = app.now() - KEY_AGE_MAX;
    known.left.retain(|left| left.at >= oldest);
    if known.left.len() < KEYS_LEFT_MAX {
        known.left.push_back(left);
    }
}

/// Does what another hub was to do, if that may not have done it: what it did is known by its key, and done once.
pub async fn take_over(app: &App) {
    if !is_acting(app) {
        return;
    }
    let left = std::mem::take(&mut app.wired.known().left);
    let oldest = app.now() - KEY_AGE_MAX;
    for Left { bar, key, command, .. } in left.into_iter().filter(|left| left.at >= oldest) {
        say(app, &bar, &key, command).await;
    }
}

impl Chosen {
    /// As it was kept.
    pub fn of(press: &KeyPress) -> Self {
        Self {
            ticket: press.ticket,
            line: press.line,
            place: usize::try_from(press.place).unwrap_or(usize::MAX),
        }
    }

    fn kept(self, app: &App, bar: &Device, station: StationId, id: EventId) -> KeyPress {
        let Self { ticket, line, place } = self;
        let (homie, place) = (bar.homie.clone(), u32::try_from(place).unwrap_or(u32::MAX));
        KeyPress { homie, boot: id.boot, seq: id.seq, at: app.now(), station, ticket, line, place }
    }

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
