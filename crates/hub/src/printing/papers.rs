//! What a job prints, written when it is printed: what changed since is on it.

use jiff::Timestamp;
use maitred_device::paper::{
    DrawerKick, Heading, KitchenTicket, Language, Paper, TestPage, TicketKind, TicketLine,
};
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{Check, FireKind, LineState};
use maitred_domain::ids::{CheckId, LineId, StationId, TableId, TicketId};
use maitred_domain::paper::PaperSource;
use maitred_store::PrintJob;

use super::{allergy, receipt, report};
use crate::views::Views;

/// The paper of a job, under the heading that its past demands; `None` when what it is about cannot be found.
pub fn paper(views: &Views<'_>, job: &PrintJob) -> Option<Paper> {
    let paper = match &job.source {
        PaperSource::Ticket { check, ticket } => ticket_paper(views, *check, *ticket)?,
        PaperSource::VoidSlip { check, line, quantity, reason } => {
            void_slip(views, *check, *line, *quantity, reason)?
        }
        PaperSource::Receipt { check } => Paper::Receipt(receipt::receipt(views, &*views.check(*check)?)),
        PaperSource::Report { date } => Paper::Report(report::report(views, *date)?),
        PaperSource::Drawer { .. } => Paper::Drawer(DrawerKick::Pin2),
        PaperSource::Test => test_page(views, job),
    };
    Some(paper.headed(heading(job)))
}

/// What the first line of a job's next paper admits.
pub fn heading(job: &PrintJob) -> Heading {
    match job.indeterminate_attempts {
        0 if job.duplicate => Heading::Duplicate,
        0 => Heading::Original,
        n => Heading::Reprint { n },
    }
}

/// The language of the fixed words: the venue's own.
pub fn language(catalogue: &Catalogue) -> Language {
    Language::from_tag(catalogue.venue.languages.first().map_or("en", String::as_str))
}

/// An instant on the venue's clock.
pub fn local(catalogue: &Catalogue, at: Timestamp, format: &str) -> String {
    at.to_zoned(catalogue.venue.zone()).strftime(format).to_string()
}

/// A table's name; empty for take-away.
pub fn table_name(catalogue: &Catalogue, table: Option<TableId>) -> String {
    table.and_then(|id| catalogue.tables.get(&id)).map(|table| table.name.clone()).unwrap_or_default()
}

fn blank(views: &Views<'_>, check: &Check, station: Option<StationId>) -> KitchenTicket {
    let catalogue = &views.catalogue;
    let merged = views.party(check);
    let check = merged.as_deref().unwrap_or(check);
    let station = station.and_then(|id| catalogue.stations.get(&id));
    KitchenTicket {
        station: station.map(|station| station.name.clone()).unwrap_or_default(),
        check: check.number.clone(),
        table: table_name(catalogue, check.table),
        server: catalogue.staff_name(check.server).to_owned(),
        covers: check.covers,
        language: language(catalogue),
        ..KitchenTicket::default()
    }
}

fn course_name(catalogue: &Catalogue, course: u8) -> String {
    let named = catalogue.venue.courses.iter().find(|it| it.number == course);
    named.map_or_else(|| course.to_string(), |course| course.name.clone())
}

fn ticket_paper(views: &Views<'_>, check: CheckId, ticket: TicketId) -> Option<Paper> {
    let check = views.check(check)?;
    let ticket = check.ticket(ticket)?;
    let changes = ticket.lines.iter().all(|it| it.line.line.replaces.is_some());
    let kind = match ticket.kind {
        FireKind::Refire => TicketKind::Refire,
        FireKind::Fire if changes => TicketKind::Change,
        FireKind::Fire => TicketKind::Fire,
    };
    let lines = ticket.lines.iter().map(|it| {
        let replaced = it.line.line.replaces.and_then(|id| check.lines.get(&id));
        TicketLine {
            voided: it.voided,
            replaced_quantity: replaced.map(|old| old.line.quantity),
            ..ticket_line(it.line, it.quantity)
        }
    });
    Some(Paper::Ticket(KitchenTicket {
        kind,
        rush: ticket.rush,
        course: course_name(&views.catalogue, ticket.course),
        fired_at: local(&views.catalogue, ticket.fired.at(), "%H:%M"),
        lines: lines.collect(),
        ..blank(views, &check, ticket.station)
    }))
}

fn ticket_line(state: &LineState, quantity: u32) -> TicketLine {
    let line = &state.line;
    // What the item always contains, the kitchen knows: in capitals stands only what this guest said.
    let (allergens, note) = allergy::split_note(&line.note);
    TicketLine {
        quantity,
        name: line.name.clone(),
        modifiers: line.modifiers.iter().map(|modifier| modifier.name.clone()).collect(),
        note,
        seat: line.seat.map(u32::from),
        allergens,
        voided: false,
        replaced_quantity: None,
    }
}

fn void_slip(views: &Views<'_>, check: CheckId, line: LineId, quantity: u32, reason: &str) -> Option<Paper> {
    let check = views.check(check)?;
    let state = check.lines.get(&line)?;
    let removals = state.void.iter().chain(state.portion_voids.values());
    let at = removals.map(|removal| removal.mark.at()).max().unwrap_or(views.now);
    Some(Paper::Ticket(KitchenTicket {
        kind: TicketKind::Void,
        course: course_name(&views.catalogue, state.line.course),
        fired_at: local(&views.catalogue, at, "%H:%M"),
        lines: vec![TicketLine { voided: true, ..ticket_line(state, quantity) }],
        note: Some(reason.to_owned()).filter(|reason| !reason.is_empty()),
        ..blank(views, &check, state.line.station)
    }))
}

fn test_page(views: &Views<'_>, job: &PrintJob) -> Paper {
    let printer = views.catalogue.printers.get(&job.printer);
    let lines = [
        printer.map(|printer| printer.address.clone()),
        Some(views.catalogue.venue.name.clone()),
        Some(local(&views.catalogue, job.created_at, "%Y-%m-%d %H:%M")),
    ];
    Paper::Test(TestPage {
        heading: Heading::Original,
        printer: printer.map(|printer| printer.name.clone()).unwrap_or_default(),
        lines: lines.into_iter().flatten().collect(),
    })
}
