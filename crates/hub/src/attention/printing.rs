//! Papers and printers.

use jiff::SignedDuration;
use maitred_domain::catalogue::Printer;
use maitred_domain::paper::PaperSource;
use maitred_store::{JobFilter, JobState, PrintJob};
use serde_json::json;

use super::{AttentionItem, AttentionKind, Severity};
use crate::app::App;
use crate::limits::ATTENTION_JOBS_MAX;
use crate::printing::MovedPapers;
use crate::problem::Problem;
use crate::views::{PaperViews, Params, PrintJobView, PrinterView, Views, params};

/// Papers of which another hub has one too, that says nothing of it either.
pub(super) fn printed_twice(app: &App, views: &Views<'_>) -> Result<Vec<AttentionItem>, Problem> {
    let jobs = app.store.printed_twice(ATTENTION_JOBS_MAX)?;
    // A drawer that was opened twice needs nobody.
    let papers = jobs.into_iter().filter(|job| !matches!(job.source, PaperSource::Drawer { .. }));
    let item = |job: PrintJob| {
        let view = views.print_job(&job);
        let title = format!("{} was printed by two hubs", view.title);
        let (kind, of) = (AttentionKind::PrintedTwice, job.id.to_string());
        let item = AttentionItem::new(kind, Severity::Alarm, &of, job.created_at, title);
        let detail = "One command reached both: there may be two papers of it, for one dish.".to_owned();
        let (check_id, printer_id, job_id) = (view.check_id, Some(view.printer), Some(view.id));
        AttentionItem { detail, params: of_paper(views, &view), check_id, printer_id, job_id, ..item }
    };
    Ok(papers.map(item).collect())
}

/// What the words about a paper name.
fn of_paper(views: &Views<'_>, view: &PrintJobView) -> Params {
    let check = view.check_id.and_then(|id| views.check(id));
    params(json!({
        "paper": view.kind,
        "check": check.as_ref().map(|check| &check.number),
        "table": check.as_ref().and_then(|check| views.place(check)),
        "printer": views.catalogue.printers.get(&view.printer).map(|printer| &printer.name),
        "problem": view.problem,
    }))
}

pub(super) fn jobs(app: &App, views: &Views<'_>) -> Result<Vec<AttentionItem>, Problem> {
    let mut items = Vec::new();
    for (state, kind, severity) in [
        (JobState::Indeterminate, AttentionKind::PrintFailed, Severity::Alarm),
        (JobState::Expired, AttentionKind::PrintExpired, Severity::Warning),
    ] {
        let filter = JobFilter { state: Some(state), printer: None };
        for job in app.store.print_jobs(&filter, ATTENTION_JOBS_MAX)? {
            let view = views.print_job(&job);
            let title = match kind {
                AttentionKind::PrintExpired => format!("{} was never printed", view.title),
                _ => format!("{} may not be on paper", view.title),
            };
            let item = AttentionItem::new(kind, severity, &job.id.to_string(), job.created_at, title);
            items.push(AttentionItem {
                params: of_paper(views, &view),
                detail: view.problem.unwrap_or_default(),
                check_id: view.check_id,
                printer_id: Some(view.printer),
                job_id: Some(view.id),
                ..item
            });
        }
    }
    Ok(items)
}

/// Printers that are down while papers want them: an alarm while any waits; if others print them all, somebody must know where
/// they come out.
pub(super) fn printers(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    let printers = views.catalogue.printers.values().filter(|printer| !printer.archived);
    let views_of = printers.map(|printer| views.printer(printer, &app.printers));
    let down = views_of.filter(|printer| printer.health.is_down()).filter_map(|printer| {
        let moved = app.printers.moved.of(printer.id);
        (printer.queued > 0 || moved.is_some()).then_some((printer, moved))
    });
    let item = |(printer, moved): (PrinterView, Option<MovedPapers>)| {
        let since = printer.oldest_queued_at.or(moved.map(|moved| moved.since)).unwrap_or(views.now);
        let backup =
            moved.and_then(|moved| views.catalogue.printers.get(&moved.to)).map(|backup| &backup.name);
        let severity = if printer.queued > 0 { Severity::Alarm } else { Severity::Warning };
        let title = match backup {
            Some(backup) if printer.queued == 0 => format!("{} does not print; {backup} does", printer.name),
            Some(_) | None => format!("{} does not print; {} wait", printer.name, printer.queued),
        };
        let of = printer.id.to_string();
        let item = AttentionItem::new(AttentionKind::PrinterDown, severity, &of, since, title);
        let about = json!({
            "printer": printer.name,
            "health": printer.health,
            "count": printer.queued,
            "backup": backup,
            "moved": moved.map(|moved| moved.count),
        });
        let detail = serde_json::to_value(printer.health).ok();
        let detail = detail.and_then(|health| health.as_str().map(|health| health.replace('_', " ")));
        AttentionItem {
            detail: detail.unwrap_or_default(),
            params: params(about),
            printer_id: Some(printer.id),
            ..item
        }
    };
    down.map(item).collect()
}

/// Drawers that stand open for longer than the venue likes.
pub(super) fn drawers(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    let minutes_max = views.catalogue.venue.drawer_open_minutes;
    let limit = SignedDuration::from_mins(i64::from(minutes_max));
    let printers = views.catalogue.printers.values().filter(|printer| !printer.archived && minutes_max > 0);
    let item = |printer: &Printer| {
        let since = app.printers.drawers.open_since(printer.id)?;
        let open_for = views.now.duration_since(since);
        let title = format!("The drawer at {} is open", printer.name);
        let of = printer.id.to_string();
        let item = AttentionItem::new(AttentionKind::DrawerOpen, Severity::Warning, &of, since, title);
        let about = json!({ "printer": printer.name, "minutes": open_for.as_mins() });
        let detail = format!("For {} minutes.", open_for.as_mins());
        (open_for >= limit).then(|| AttentionItem {
            detail,
            params: params(about),
            printer_id: Some(printer.id),
            ..item
        })
    };
    printers.filter_map(item).collect()
}
