//! A journal entry as screens follow it: what happened, and what looks different now.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use maitred_domain::catalogue::EntityKind;
use maitred_domain::check::{Check, CheckFact, Marked};
use maitred_domain::device_log::DeviceFact;
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CheckId, LineId, StationId, TableId, TicketId};
use maitred_store::Committed;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    CheckSummary, FactView, ItemView, PaperViews, PrintJobView, PrinterView, RightsView, TableView,
    TicketState, TicketView, Views, check_tickets, held_ticket_id,
};

/// What looks different now.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing that it is to be fetched anew")]
pub struct Changed {
    /// Checks.
    pub checks: Vec<CheckSummary>,
    /// Tables.
    pub tables: Vec<TableView>,
    /// Tickets; bumped ones leave the screen.
    pub tickets: Vec<TicketView>,
    /// Items whose availability is different.
    pub items: Vec<ItemView>,
    /// Print jobs that were queued.
    pub print_jobs: Vec<PrintJobView>,
    /// Printers.
    pub printers: Vec<PrinterView>,
    /// The menu: fetch it anew.
    pub menu: bool,
    /// The floor plan: fetch it anew.
    pub floor: bool,
    /// The venue's settings: fetch them anew.
    pub venue: bool,
    /// Devices, or what they are for: fetch them anew.
    pub devices: bool,
    /// Who may do what, when somebody decided about it.
    pub rights: Option<RightsView>,
    /// The day's figures.
    pub day: bool,
    /// Perhaps what needs attention.
    pub attention: bool,
}

/// A journal entry as screens follow it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeEvent {
    /// Its place in the journal, gapless.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub staff: String,
    /// What happened.
    pub facts: Vec<FactView>,
    /// What looks different now.
    pub changed: Changed,
}

/// Entries as screens follow them.
pub trait EntryViews {
    /// An entry as screens follow it; what changed is shown as it is now.
    fn change_event(&self, entry: &Committed) -> ChangeEvent;
}

impl EntryViews for Views<'_> {
    fn change_event(&self, entry: &Committed) -> ChangeEvent {
        let checks: Vec<Arc<Check>> = entry.checks.iter().filter_map(|id| self.check(*id)).collect();
        ChangeEvent {
            seq: entry.seq,
            at: entry.at,
            staff: self.staff_name(entry.by),
            facts: entry.facts.iter().map(|fact| FactView::of(&fact.fact)).collect(),
            changed: changed(self, entry, &checks),
        }
    }
}

fn changed(views: &Views<'_>, entry: &Committed, checks: &[Arc<Check>]) -> Changed {
    use EntityKind as K;
    let shown = with_those_moved_to(views, checks);
    let stock = views.store.stock();
    let items = entry.items.iter().filter_map(|id| views.catalogue.items.get(id));
    let jobs = entry.jobs.iter().filter_map(|id| views.store.print_job(*id).ok().flatten());
    let kinds: BTreeSet<EntityKind> = entry.facts.iter().filter_map(|fact| entity_kind(&fact.fact)).collect();
    let any = |wanted: &[EntityKind]| wanted.iter().any(|kind| kinds.contains(kind));
    Changed {
        checks: shown.iter().map(|check| views.summary(check)).collect(),
        tables: changed_tables(views, entry, &shown),
        tickets: checks.iter().flat_map(|check| changed_tickets(views, entry, check)).collect(),
        items: items.map(|item| views.item(item, stock.get(&item.id))).collect(),
        print_jobs: jobs.map(|job| views.print_job(&job)).collect(),
        printers: Vec::new(),
        menu: any(&[K::Category, K::Item, K::ModifierGroup, K::Tax]),
        floor: any(&[K::Area, K::Table, K::Decor, K::Section]),
        venue: any(&[K::Venue, K::Station, K::Printer, K::Staff]),
        devices: any(&[K::Device]) || entry.facts.iter().any(|fact| changes_devices(&fact.fact)),
        rights: any(&[K::Rights]).then(|| RightsView::of(&views.catalogue)),
        day: entry.facts.iter().any(|fact| touches_books(&fact.fact)),
        attention: !entry.jobs.is_empty() || entry.facts.iter().any(|fact| asks_attention(&fact.fact)),
    }
}

/// `checks`, and those that lines of them went on to: how far the kitchen is with a line is known where it was ordered.
fn with_those_moved_to(views: &Views<'_>, checks: &[Arc<Check>]) -> Vec<Arc<Check>> {
    let mut known: BTreeSet<CheckId> = checks.iter().map(|check| check.id).collect();
    let mut all = checks.to_vec();
    let mut next = 0;
    while let Some(check) = all.get(next).cloned() {
        next += 1;
        let to = check.lines.values().flat_map(|line| &line.became).map(|(to, _)| *to);
        let unknown: Vec<CheckId> = to.filter(|to| known.insert(*to)).collect();
        all.extend(unknown.into_iter().filter_map(|to| views.check(to)));
    }
    all
}

fn changed_tables(views: &Views<'_>, entry: &Committed, checks: &[Arc<Check>]) -> Vec<TableView> {
    // Also the tables of checks that another hub wrote to.
    let at = checks.iter().flat_map(|check| check.tables());
    let changed: BTreeSet<TableId> = entry.tables.iter().copied().chain(at).collect();
    if changed.is_empty() {
        return Vec::new();
    }
    let (states, open) = (views.store.tables(), views.store.open_checks());
    let open: Vec<&Check> = open.iter().map(AsRef::as_ref).collect();
    let tables = changed.iter().filter_map(|id| views.catalogue.tables.get(id));
    tables.map(|table| views.table(table, states.get(&table.id).copied(), &open)).collect()
}

/// Tickets on the screen, those this entry cleared, and held courses that are gone.
fn changed_tickets(views: &Views<'_>, entry: &Committed, check: &Check) -> Vec<TicketView> {
    let facts: Vec<&CheckFact> = entry
        .facts
        .iter()
        .filter_map(|Marked { fact, .. }| match fact {
            Fact::Check { id, fact } if *id == check.id => Some(fact),
            Fact::Check { .. }
            | Fact::Table { .. }
            | Fact::Stock { .. }
            | Fact::Day { .. }
            | Fact::Device { .. }
            | Fact::Entity { .. } => None,
        })
        .collect();
    let cleared: BTreeSet<TicketId> = facts
        .iter()
        .filter_map(|fact| match fact {
            CheckFact::TicketBumped { ticket, .. } => Some(*ticket),
            _ => None,
        })
        .collect();
    let mut tickets = check_tickets(views, check);
    tickets.retain(|ticket| ticket.state == TicketState::Open || cleared.contains(&ticket.id));
    let shown: BTreeSet<TicketId> = tickets.iter().map(|ticket| ticket.id).collect();
    let gone = no_longer_held(&facts, check);
    let gone = gone
        .into_iter()
        .filter(|(course, station)| !shown.contains(&held_ticket_id(check.id, *course, *station)));
    tickets.extend(gone.map(|(course, station)| views.held_no_more(check, course, station)));
    tickets
}

/// Courses at stations that may have been held before these facts.
fn no_longer_held(facts: &[&CheckFact], check: &Check) -> BTreeSet<(u8, Option<StationId>)> {
    let lines = facts.iter().flat_map(|fact| -> Vec<LineId> {
        match fact {
            CheckFact::Fired { tickets, .. } => {
                tickets.iter().flat_map(|ticket| &ticket.lines).map(|(line, _)| *line).collect()
            }
            CheckFact::LineVoided { line, .. } => vec![*line],
            CheckFact::LinesMovedOut { parts, .. } => parts.iter().map(|part| part.line).collect(),
            _ => Vec::new(),
        }
    });
    lines.filter_map(|id| check.lines.get(&id)).map(|state| (state.line.course, state.line.station)).collect()
}

fn entity_kind(fact: &Fact) -> Option<EntityKind> {
    match fact {
        Fact::Entity { change } => Some(change.kind),
        Fact::Check { .. }
        | Fact::Table { .. }
        | Fact::Stock { .. }
        | Fact::Day { .. }
        | Fact::Device { .. } => None,
    }
}

/// Whether devices, or the pagers that are out, look different after `fact`.
fn changes_devices(fact: &Fact) -> bool {
    let Fact::Device { fact, .. } = fact else { return false };
    match fact {
        DeviceFact::AlarmRaised { .. }
        | DeviceFact::AlarmCleared { .. }
        | DeviceFact::PagerGiven { .. }
        | DeviceFact::Paged { .. } => true,
        DeviceFact::TemperatureNoted { .. }
        | DeviceFact::AlarmAnswered { .. }
        | DeviceFact::CallRaised { .. }
        | DeviceFact::CallAnswered { .. } => false,
    }
}

fn touches_books(fact: &Fact) -> bool {
    match fact {
        Fact::Check { fact, .. } => matches!(
            fact,
            CheckFact::Tendered { .. }
                | CheckFact::Refunded { .. }
                | CheckFact::TipSet { .. }
                | CheckFact::CheckOpened { .. }
                | CheckFact::CheckClosed { .. }
                | CheckFact::CheckReopened { .. }
                | CheckFact::CheckMerged { .. }
        ),
        Fact::Day { .. } => true,
        Fact::Table { .. } | Fact::Stock { .. } | Fact::Device { .. } | Fact::Entity { .. } => false,
    }
}

/// Whether the list of what needs attention may be different after `fact`.
fn asks_attention(fact: &Fact) -> bool {
    match fact {
        Fact::Check { fact, .. } => !matches!(
            fact,
            CheckFact::LineAdded { .. }
                | CheckFact::CourseHeld { .. }
                | CheckFact::LineProgressed { .. }
                | CheckFact::TicketRecalled { .. }
                | CheckFact::Rushed { .. }
                | CheckFact::SharesSet { .. }
        ),
        Fact::Device { fact, .. } => !matches!(fact, DeviceFact::TemperatureNoted { .. }),
        Fact::Stock { .. } | Fact::Entity { .. } => true,
        Fact::Table { .. } | Fact::Day { .. } => false,
    }
}
