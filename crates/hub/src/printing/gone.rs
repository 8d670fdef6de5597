//! Printers that are gone: what they were to print goes to their backup, or to a person.

use std::collections::BTreeSet;

use maitred_domain::catalogue::{Catalogue, Printer};
use maitred_domain::ids::PrinterId;
use maitred_domain::paper::PaperSource;
use maitred_store::{CommandError, JobFilter, JobSettled, JobState, PrintJob};

use super::ledger::{expired, settled};
use crate::app::App;
use crate::limits::PRINT_JOBS_MAX;

/// Where papers of `printer` are printed: there, or while it is gone at its backup, or at the backup of that.
pub fn standing(catalogue: &Catalogue, printer: PrinterId) -> Option<PrinterId> {
    let mut seen = BTreeSet::new();
    let mut next = Some(printer);
    while let Some(printer) = next.filter(|id| seen.insert(*id)).and_then(|id| catalogue.printers.get(&id)) {
        if !printer.archived {
            return Some(printer.id);
        }
        next = printer.backup;
    }
    None
}

/// Takes everything from the queues of printers that are gone. Their tasks have ended.
pub async fn empty_queues(app: &App) {
    let catalogue = app.store.catalogue();
    for printer in catalogue.printers.values().filter(|printer| printer.archived) {
        if let Err(error) = empty_queue(app, &catalogue, printer).await {
            tracing::error!(printer = printer.name, %error, "papers of a printer that is gone stay where they are");
        }
    }
}

async fn empty_queue(app: &App, catalogue: &Catalogue, printer: &Printer) -> Result<(), EmptyError> {
    if app.store.waiting_jobs(printer.id)?.0 == 0 {
        return Ok(());
    }
    let backup = standing(catalogue, printer.id);
    for state in [JobState::Queued, JobState::Indeterminate, JobState::Attempting, JobState::Sent] {
        let filter = JobFilter { state: Some(state), printer: Some(printer.id) };
        for job in app.store.print_jobs(&filter, PRINT_JOBS_MAX)? {
            let settled = moved(&job, &printer.name, backup);
            let to = settled.move_to.unwrap_or(printer.id);
            app.store.settle_job(job.id, settled).await?;
            app.live.job_changed(job.id, to);
        }
    }
    app.printers.wake();
    Ok(())
}

/// What becomes of a job whose printer, called `name`, is gone.
fn moved(job: &PrintJob, name: &str, backup: Option<PrinterId>) -> JobSettled {
    let problem = format!("{name} is not used any more");
    // A drawer is wired to its own printer, and a test page shows nothing of another.
    let movable = !matches!(job.source, PaperSource::Drawer { .. } | PaperSource::Test);
    let Some(backup) = backup.filter(|_| movable) else { return expired(&problem) };
    let state = match job.state {
        // Its task was stopped in the middle of it.
        JobState::Attempting | JobState::Sent => JobState::Indeterminate,
        JobState::Queued
        | JobState::Indeterminate
        | JobState::Confirmed
        | JobState::Reprinted
        | JobState::Expired
        | JobState::Dismissed => JobState::Queued,
    };
    JobSettled { problem: Some(problem), move_to: Some(backup), ..settled(state) }
}

#[derive(Debug, thiserror::Error)]
enum EmptyError {
    #[error(transparent)]
    Read(#[from] maitred_store::ReadError),
    #[error(transparent)]
    Write(#[from] CommandError),
}

#[cfg(test)]
mod tests {
    use maitred_domain::catalogue::PrinterRole;
    use maitred_domain::ids::named;

    use super::*;

    fn printer(name: &str, backup: Option<&str>, archived: bool) -> (PrinterId, Printer) {
        let (id, backup) = (named(name), backup.map(named));
        let printer = Printer {
            id,
            name: name.into(),
            address: String::new(),
            profile: String::new(),
            role: PrinterRole::Kitchen,
            stations: Vec::new(),
            areas: Vec::new(),
            copies: 1,
            backup,
            archived,
        };
        (id, printer)
    }

    #[test]
    fn papers_go_on_to_the_first_backup_that_stands() {
        let printers = [
            printer("old", Some("older"), true),
            printer("older", Some("bar"), true),
            printer("bar", None, false),
            printer("round", Some("about"), true),
            printer("about", Some("round"), true),
            printer("alone", None, true),
        ];
        let catalogue = Catalogue { printers: printers.into(), ..Catalogue::default() };
        assert_eq!(standing(&catalogue, named("old")), Some(named("bar")));
        assert_eq!(standing(&catalogue, named("bar")), Some(named("bar")));
        assert_eq!(standing(&catalogue, named("round")), None);
        assert_eq!(standing(&catalogue, named("alone")), None);
    }
}
