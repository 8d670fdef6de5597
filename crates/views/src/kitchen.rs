//! What the kitchen sees: tickets, held courses, all-day counts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use maitred_domain::check::{self, Check, FireKind, LineState, Phase};
use maitred_domain::ids::{CheckId, LineId, ModifierId, StationId, TicketId, named};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Progress, Views};

/// Why a ticket is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// Ordered.
    Fire,
    /// To be made once more.
    Refire,
    /// To wait: quiet, not counted, cannot be bumped.
    Held,
}

/// Whether a ticket is on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// To be made.
    Open,
    /// Cleared.
    Bumped,
}

/// A line on a ticket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketLineView {
    /// Its id.
    pub id: LineId,
    /// As shown.
    pub name: String,
    /// In other languages as the menu has them now, by BCP 47 tag.
    pub names: BTreeMap<String, String>,
    /// How many.
    pub quantity: u32,
    /// How.
    pub modifiers: Vec<String>,
    /// The same in other languages, one for each of `modifiers`.
    pub modifier_names: Vec<BTreeMap<String, String>>,
    /// What else.
    pub note: String,
    /// For whom.
    pub seat: Option<u8>,
    /// What can hurt a guest.
    pub allergens: Vec<String>,
    /// How far it is.
    pub progress: Progress,
    /// Not to be made after all.
    pub voided: bool,
    /// How long it should take.
    pub prep_secs: u32,
    /// The voided line it stands for.
    pub replaces: Option<LineId>,
}

/// A ticket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TicketView {
    /// Its id.
    pub id: TicketId,
    /// Its check.
    pub check_id: CheckId,
    /// What people call the check; where it was merged into another, that one.
    pub check_number: String,
    /// Where the party sits.
    pub table_name: Option<String>,
    /// Who makes it; `null` when the venue has nobody.
    pub station: Option<StationId>,
    /// Its course.
    pub course: u8,
    /// Why it is there.
    pub kind: TicketKind,
    /// From 0; each recall adds one.
    pub round: u32,
    /// It goes first.
    pub rush: bool,
    /// Whether it is on the screen.
    pub state: TicketState,
    /// When it was fired; of a held one when its last line was ordered.
    pub fired_at: Timestamp,
    /// When it was cleared.
    pub bumped_at: Option<Timestamp>,
    /// How long its slowest line should take.
    pub prep_secs: u32,
    /// Who serves.
    pub server: String,
    /// How many eat.
    pub covers: u32,
    /// Its lines.
    pub lines: Vec<TicketLineView>,
}

/// One item over all open tickets.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AllDayItem {
    /// As shown.
    pub name: String,
    /// How many are to be made.
    pub quantity: u32,
    /// Of those, how many with each modifier.
    pub modifiers: Vec<AllDayModifier>,
}

/// One modifier of an item over all open tickets.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AllDayModifier {
    /// As shown.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

/// The id under which a held course stands at a station.
pub fn held_ticket_id(check: CheckId, course: u8, station: Option<StationId>) -> TicketId {
    let station = station.map(|station| station.to_string()).unwrap_or_default();
    named(&format!("held/{check}/{course}/{station}"))
}

/// Every ticket of a check: fired ones, oldest first, then held courses.
pub fn check_tickets(views: &Views<'_>, check: &Check) -> Vec<TicketView> {
    let fired = check.tickets();
    let fired = fired.iter().map(|ticket| views.ticket(check, ticket));
    fired.chain(held(views, check)).collect()
}

fn held(views: &Views<'_>, check: &Check) -> Vec<TicketView> {
    let mut courses: BTreeMap<(u8, Option<StationId>), Vec<&LineState>> = BTreeMap::new();
    for line in check.lines_in_order() {
        let here = line.is_standing() && line.line.moved_from.is_none();
        if here && line.progress.phase == Phase::Held {
            courses.entry((line.line.course, line.line.station)).or_default().push(line);
        }
    }
    courses.into_iter().map(|((course, station), lines)| views.held(check, course, station, &lines)).collect()
}

impl Views<'_> {
    /// A fired ticket.
    pub fn ticket(&self, check: &Check, ticket: &check::Ticket<'_>) -> TicketView {
        let (state, bumped_at) = match ticket.state {
            check::TicketState::Open => (TicketState::Open, None),
            check::TicketState::Bumped { mark } => (TicketState::Bumped, Some(mark.at())),
        };
        let kind = match ticket.kind {
            FireKind::Fire => TicketKind::Fire,
            FireKind::Refire => TicketKind::Refire,
        };
        let lines = ticket.lines.iter().map(|it| TicketLineView {
            voided: it.voided,
            ..self.ticket_line(it.line, it.quantity, it.progress.phase.into())
        });
        TicketView {
            id: ticket.id,
            station: ticket.station,
            course: ticket.course,
            kind,
            round: ticket.round,
            rush: ticket.rush,
            state,
            fired_at: ticket.fired.at(),
            bumped_at,
            prep_secs: ticket.prep_secs(),
            lines: lines.collect(),
            ..self.blank(check)
        }
    }

    fn held(
        &self,
        check: &Check,
        course: u8,
        station: Option<StationId>,
        lines: &[&LineState],
    ) -> TicketView {
        let ordered = lines.iter().map(|line| line.mark).max().unwrap_or(check.opened);
        TicketView {
            id: held_ticket_id(check.id, course, station),
            station,
            course,
            rush: check.is_rushed(course),
            fired_at: ordered.at(),
            prep_secs: lines.iter().map(|line| line.line.prep_secs).max().unwrap_or_default(),
            lines: lines.iter().map(|line| self.ticket_line(line, line.quantity(), Progress::Held)).collect(),
            ..self.blank(check)
        }
    }

    /// A held course that is gone from a station, so that screens take it away.
    pub fn held_no_more(&self, check: &Check, course: u8, station: Option<StationId>) -> TicketView {
        TicketView {
            id: held_ticket_id(check.id, course, station),
            station,
            course,
            state: TicketState::Bumped,
            ..self.blank(check)
        }
    }

    fn ticket_line(&self, state: &LineState, quantity: u32, progress: Progress) -> TicketLineView {
        let line = &state.line;
        let item = self.catalogue.items.get(&line.item);
        let choices = |id: ModifierId| {
            let groups = item.into_iter().flat_map(|item| self.catalogue.groups_of(item));
            let choice = groups.flat_map(|group| &group.modifiers).find(|choice| choice.id == id);
            choice.map(|choice| choice.names.clone()).unwrap_or_default()
        };
        TicketLineView {
            id: line.id,
            name: line.name.clone(),
            names: item.map(|item| item.names.clone()).unwrap_or_default(),
            quantity,
            modifiers: line.modifiers.iter().map(|modifier| modifier.name.clone()).collect(),
            modifier_names: line.modifiers.iter().map(|modifier| choices(modifier.id)).collect(),
            note: line.note.clone(),
            seat: line.seat,
            allergens: line.allergens.clone(),
            progress,
            voided: false,
            prep_secs: line.prep_secs,
            replaces: line.replaces,
        }
    }

    fn blank(&self, check: &Check) -> TicketView {
        let merged = self.party(check);
        let party = merged.as_deref().unwrap_or(check);
        TicketView {
            id: TicketId(check.id.0),
            check_id: check.id,
            check_number: party.number.clone(),
            table_name: self.place(party),
            station: None,
            course: 0,
            kind: TicketKind::Held,
            round: 0,
            rush: false,
            state: TicketState::Open,
            fired_at: check.opened.at(),
            bumped_at: None,
            prep_secs: 0,
            server: self.staff_name(party.server),
            covers: party.covers,
            lines: Vec::new(),
        }
    }
}

/// How many of each item are still to be made on these tickets, held ones aside; most first.
pub fn all_day(tickets: &[TicketView]) -> Vec<AllDayItem> {
    let mut items: BTreeMap<&str, (u32, BTreeMap<&str, u32>)> = BTreeMap::new();
    let to_make = tickets.iter().filter(|ticket| ticket.kind != TicketKind::Held);
    for line in to_make.flat_map(|ticket| &ticket.lines) {
        if line.voided || line.progress >= Progress::Ready {
            continue;
        }
        let (quantity, modifiers) = items.entry(&line.name).or_default();
        *quantity += line.quantity;
        for modifier in &line.modifiers {
            *modifiers.entry(modifier).or_default() += line.quantity;
        }
    }
    let modifier = |(name, quantity): (&str, u32)| AllDayModifier { name: name.to_owned(), quantity };
    let mut items: Vec<AllDayItem> = items
        .into_iter()
        .map(|(name, (quantity, modifiers))| AllDayItem {
            name: name.to_owned(),
            quantity,
            modifiers: modifiers.into_iter().map(modifier).collect(),
        })
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse(item.quantity));
    items
}
