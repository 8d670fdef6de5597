//! Print jobs.

use axum::extract::State;
use axum::http::StatusCode;
use maitred_domain::ids::{AreaId, JobId};
use maitred_domain::paper::{PaperSource, at_front};
use maitred_domain::permission::Permission;
use maitred_store::{JobFilter, JobSettled, JobState, PrintJob};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Path, Query};
use crate::limits::PRINT_JOBS_MAX;
use crate::openapi::{ActionProblems, AskProblems, QueryProblems};
use crate::printing::standing;
use crate::problem::Problem;
use crate::views::{JobStateView, PaperViews, PrintJobView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(print_jobs)).routes(routes!(reprint_job)).routes(routes!(dismiss_job))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct JobQuery {
    /// Only in this state.
    #[param(inline)]
    state: Option<JobStateView>,
}

/// Print jobs, newest first.
#[utoipa::path(get, path = "/print-jobs", tag = "printing", params(JobQuery),
    responses((status = 200, body = Vec<PrintJobView>), QueryProblems))]
async fn print_jobs(
    State(app): State<App>,
    _: Actor,
    Query(query): Query<JobQuery>,
) -> Result<axum::Json<Vec<PrintJobView>>, Problem> {
    let filter = JobFilter { state: query.state.map(JobState::from), printer: None };
    let jobs = app.read(move |app| {
        let views = app.views();
        Ok(app.store.print_jobs(&filter, PRINT_JOBS_MAX)?.iter().map(|job| views.print_job(job)).collect())
    });
    Ok(axum::Json(jobs.await?))
}

fn job(app: &App, id: JobId) -> Result<PrintJob, Problem> {
    app.store.print_job(id)?.ok_or_else(|| Problem::unknown("print job"))
}

/// Prints the same paper once more, headed as a duplicate.
#[utoipa::path(post, path = "/print-jobs/{id}/reprint", tag = "printing",
    params(("id" = JobId, Path), IdempotencyKey), responses((status = 200, body = PrintJobView), AskProblems))]
async fn reprint_job(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<JobId>,
) -> Result<axum::Json<PrintJobView>, Problem> {
    actor.allow(Permission::Print)?;
    let first = job(&app, id)?;
    if let PaperSource::Drawer { .. } = first.source {
        actor.allow(Permission::Drawer)?;
    }
    let key = format!("reprint/{id}/{}", key.of(actor.staff));
    let printer = standing(&app.store.catalogue(), first.wanted_printer)
        .ok_or_else(|| Problem::new("no-printer", "its printer is not used any more, and has no backup"))?;
    let again = app.store.queue_job(key, printer, first.source, true).await?;
    // A person has decided about the first one.
    if matches!(first.state, JobState::Expired | JobState::Indeterminate) {
        settle_as_dismissed(&app, id).await?;
    }
    app.queued(&again);
    Ok(axum::Json(app.views().print_job(&again)))
}

/// Decides against a paper.
#[utoipa::path(post, path = "/print-jobs/{id}/dismiss", tag = "printing",
    params(("id" = JobId, Path), IdempotencyKey), responses((status = 200, body = PrintJobView), ActionProblems))]
async fn dismiss_job(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
    Path(id): Path<JobId>,
) -> Result<axum::Json<PrintJobView>, Problem> {
    actor.allow(Permission::Print)?;
    let job = job(&app, id)?;
    let job = match job.state {
        JobState::Queued | JobState::Indeterminate | JobState::Expired => {
            settle_as_dismissed(&app, id).await?
        }
        JobState::Dismissed => job,
        JobState::Attempting | JobState::Sent => {
            return Err(Problem::new("job-not-settled", "the printer is at it"));
        }
        JobState::Confirmed | JobState::Reprinted => {
            return Err(Problem::new("job-settled", "the paper is printed"));
        }
    };
    Ok(axum::Json(app.views().print_job(&job)))
}

async fn settle_as_dismissed(app: &App, id: JobId) -> Result<PrintJob, Problem> {
    let settled = JobSettled {
        state: JobState::Dismissed,
        grade: None,
        problem: None,
        not_before: None,
        move_to: None,
    };
    let job = app.store.settle_job(id, settled).await?;
    app.live.job_changed(job.id, job.printer);
    Ok(job)
}

/// Queues a paper for the receipt printer of an area.
pub async fn queue_at_front(
    app: &App,
    actor: &Actor,
    key: &IdempotencyKey,
    area: Option<AreaId>,
    source: PaperSource,
) -> Result<(StatusCode, axum::Json<PrintJobView>), Problem> {
    let catalogue = app.store.catalogue();
    let key = format!("asked/{}/{}", source.kind(), key.of(actor.staff));
    let wanted = at_front(&catalogue, area, key, source).into_iter().next();
    let wanted = wanted.ok_or_else(|| Problem::new("no-printer", "no receipt printer is set up"))?;
    let job = app.store.queue_job(wanted.key, wanted.printer, wanted.source, false).await?;
    app.queued(&job);
    Ok((StatusCode::ACCEPTED, axum::Json(app.views().print_job(&job))))
}
