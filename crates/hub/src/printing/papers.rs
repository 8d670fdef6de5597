//! What a job prints, written when it is printed: what changed since is on it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use maitred_device::paper::{
    DrawerKick, Heading, KitchenTicket, Language, Paper, ReplacedLine, TestPage, TicketKind, TicketLine,
};
use maitred_domain::catalogue::Catalogue;
use maitred_domain::check::{CHANGED, Check, FireKind, LineState};
use maitred_domain::ids::{CheckId, LineId, StationId, TicketId};
use maitred_domain::paper::PaperSource;
use maitred_store::PrintJob;

use super::{allergy, receipt, report, temperatures};
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
        PaperSource::Temperatures { probe, date } => {
            Paper::Report(temperatures::report(views, *probe, *date)?)
        }
        PaperSource::Drawer { .. } => Paper::Drawer(DrawerKick::Pin2),
        PaperSource::Test => test_page(views, job),
    };
    Some(paper.headed(heading(views, job)))
}

/// Whether two hubs fired the same: there may be a paper of each.
fn is_fired_twice(views: &Views<'_>, source: &PaperSource) -> bool {
    let PaperSource::Ticket { check, ticket } = source else { return false };
    views.check(*check).is_some_and(|check| check.is_fired_twice(*ticket))
}

/// What the first line of a job's next paper admits.
pub fn heading(views: &Views<'_>, job: &PrintJob) -> Heading {
    match job.indeterminate_attempts {
        0 if is_fired_twice(views, &job.source) => Heading::Reprint { n: 1 },
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

fn blank(views: &Views<'_>, check: &Check, station: Option<StationId>) -> KitchenTicket {
    let catalogue = &views.catalogue;
    let merged = views.party(check);
    let check = merged.as_deref().unwrap_or(check);
    let station = station.and_then(|id| catalogue.stations.get(&id));
    KitchenTicket {
        station: station.map(|station| station.name.clone()).unwrap_or_default(),
        check: check.number.clone(),
        table: check.place(catalogue),
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
    let changes = ticket.lines.iter().all(|it| replaced(&check, it.line).is_some());
    let kind = match ticket.kind {
        FireKind::Refire => TicketKind::Refire,
        FireKind::Fire if changes => TicketKind::Change,
        FireKind::Fire => TicketKind::Fire,
    };
    let lines = ticket.lines.iter().map(|it| TicketLine {
        voided: it.voided,
        replaces: replaced(&check, it.line).filter(|_| ticket.kind == FireKind::Fire).map(replaced_line),
        ..ticket_line(it.line, it.quantity)
    });
    let why = ticket.lines.iter().filter_map(|it| replaced(&check, it.line)?.void.as_ref());
    let why: BTreeSet<&str> = why.map(|void| void.reason.as_str()).filter(|why| is_said(why)).collect();
    Some(Paper::Ticket(KitchenTicket {
        kind,
        rush: ticket.rush,
        course: course_name(&views.catalogue, ticket.course),
        fired_at: local(&views.catalogue, ticket.fired.at(), "%H:%M"),
        lines: lines.collect(),
        note: (!why.is_empty()).then(|| why.into_iter().collect::<Vec<_>>().join("; ")),
        ..blank(views, &check, ticket.station)
    }))
}

/// The line that `line` stands for, when its station had that to make and has not been told otherwise.
fn replaced<'a>(check: &'a Check, line: &LineState) -> Option<&'a LineState> {
    let old = check.lines.get(&line.line.replaces?)?;
    (old.progress.phase.is_sent() && old.line.station == line.line.station).then_some(old)
}

fn replaced_line(old: &LineState) -> ReplacedLine {
    let quantity = old.void.as_ref().map_or(old.line.quantity, |void| void.quantity);
    let TicketLine { name, modifiers, note, .. } = ticket_line(old, quantity);
    ReplacedLine { quantity, name, modifiers, note }
}

/// Whether a person gave this reason; the other is there for the books.
fn is_said(reason: &str) -> bool {
    !reason.is_empty() && reason != CHANGED
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
        replaces: None,
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
        note: is_said(reason).then(|| reason.to_owned()),
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
        language: language(&views.catalogue),
    })
}
