//! Backups: where they go, how old the last one is, and what opens them.

use std::path::PathBuf;

use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Time;
use maitred_domain::permission::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::backup::{BackupFault, Kept, Place, Plan, PlanError};
use crate::extract::{IdempotencyKey, Json};
use crate::limits::BACKUP_DAYS_MAX;
use crate::openapi::{DayProblems, PlainProblems, ReadProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(backups, plan_backups))
        .routes(routes!(make_recovery_key))
        .routes(routes!(back_up_now))
}

/// Where backups of this hub go, and when.
#[derive(Serialize, Deserialize, ToSchema)]
struct BackupPlan {
    /// A folder of the box that is there: where a stick is mounted.
    folder: Option<String>,
    /// To the relay too.
    to_relay: bool,
    /// When, by the venue's clock, as `04:30`; without it when the business day ends.
    #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$")]
    at: Option<String>,
    /// After how many days a backup is deleted, 1 to 30.
    #[schema(minimum = 1, maximum = 30)]
    keep_days: u8,
}

impl BackupPlan {
    fn of(plan: Plan) -> Self {
        Self {
            folder: plan.folder.map(|folder| folder.display().to_string()),
            to_relay: plan.to_relay,
            at: plan.at.map(|at| at.strftime("%H:%M").to_string()),
            keep_days: plan.keep_days,
        }
    }

    fn read(self) -> Result<Plan, Problem> {
        let days = i64::from(BACKUP_DAYS_MAX);
        if !(1..=days).contains(&i64::from(self.keep_days)) {
            let problem = Problem::new("out-of-range", format!("keep_days is 1 to {days}"));
            return Err(problem.with("field", "keep_days").with("min", 1).with("max", days));
        }
        let at = self.at.map(|at| Time::strptime("%H:%M", at)).transpose();
        let folder =
            self.folder.filter(|folder| !folder.trim().is_empty()).map(|it| PathBuf::from(it.trim()));
        if folder.as_ref().is_some_and(|folder| !folder.is_absolute()) {
            return Err(Problem::new("bad-folder", "the folder begins with /"));
        }
        Ok(Plan {
            folder,
            is_apart: false,
            to_relay: self.to_relay,
            at: at.map_err(|_| Problem::new("invalid-body", "at is a time of day such as 04:30"))?,
            keep_days: self.keep_days,
        })
    }
}

/// How backups to one place fare.
#[derive(Serialize, ToSchema)]
struct BackupState {
    /// When the last one was made.
    at: Option<Timestamp>,
    /// How long it is, in bytes.
    bytes: Option<u64>,
    /// Why the last attempt came to nothing.
    fault: Option<BackupFault>,
    /// The same in full, in English.
    problem: Option<String>,
}

impl BackupState {
    fn at(app: &App, place: Place) -> Self {
        let made = app.backups.made(place);
        let failure = app.backups.failure(place);
        Self {
            at: made.as_ref().map(|made| made.at),
            bytes: made.map(|made| made.bytes),
            fault: failure.as_ref().map(|failure| failure.fault),
            problem: failure.map(|failure| failure.problem),
        }
    }
}

/// The backups of this hub.
#[derive(Serialize, ToSchema)]
struct BackupView {
    /// Where they go, and when.
    plan: BackupPlan,
    /// The end of what seals them, by which people tell one recovery key from another; null while there is none, and no
    /// backup is made.
    recovery_key: Option<String>,
    /// This hub has a relay.
    has_relay: bool,
    /// One is being made.
    is_running: bool,
    /// In the folder.
    folder: BackupState,
    /// At the relay.
    relay: BackupState,
}

impl BackupView {
    fn now(app: &App) -> axum::Json<Self> {
        let Kept { plan, key, .. } = app.backups.kept();
        axum::Json(Self {
            plan: BackupPlan::of(plan),
            recovery_key: key.map(|key| key.mark()),
            has_relay: app.relay.is_some(),
            is_running: app.backups.is_running(),
            folder: BackupState::at(app, Place::Folder),
            relay: BackupState::at(app, Place::Relay),
        })
    }
}

/// Where backups of this hub go, and how the last ones fared.
#[utoipa::path(get, path = "/backup", tag = "operations",
    responses((status = 200, body = BackupView), ReadProblems))]
async fn backups(State(app): State<App>, actor: Actor) -> Result<axum::Json<BackupView>, Problem> {
    actor.allow(Permission::EditSettings)?;
    Ok(BackupView::now(&app))
}

/// Says where backups of this hub go; the first is made at once.
#[utoipa::path(put, path = "/backup", tag = "operations", params(IdempotencyKey), request_body = BackupPlan,
    responses((status = 200, body = BackupView), DayProblems))]
async fn plan_backups(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
    Json(plan): Json<BackupPlan>,
) -> Result<axum::Json<BackupView>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let plan = plan.read()?;
    app.read(move |app| {
        app.backups.plan(plan).map_err(|error| match error {
            PlanError::Folder(error) => Problem::new("bad-folder", error.to_string()),
            PlanError::Kept(error) => Problem::internal(&error),
        })
    })
    .await?;
    app.live.attention_changed();
    Ok(BackupView::now(&app))
}

/// What opens backups.
#[derive(Serialize, ToSchema)]
struct NewRecoveryKey {
    /// To be written down: the hub does not keep it.
    recovery_key: String,
    /// The end of what seals backups from now on.
    mark: String,
}

/// Makes a recovery key and says it this once. Backups that were made before are opened by the key of then.
#[utoipa::path(post, path = "/backup/recovery-key", tag = "operations", params(IdempotencyKey),
    responses((status = 200, body = NewRecoveryKey), PlainProblems))]
async fn make_recovery_key(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
) -> Result<axum::Json<NewRecoveryKey>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let key = app.read(|app| app.backups.renew_key().map_err(|error| Problem::internal(&error))).await?;
    Ok(axum::Json(NewRecoveryKey { recovery_key: key.text(), mark: key.seal().mark() }))
}

/// Makes a backup now.
#[utoipa::path(post, path = "/backup/now", tag = "operations", params(IdempotencyKey),
    responses((status = 200, body = BackupView), PlainProblems))]
async fn back_up_now(
    State(app): State<App>,
    actor: Actor,
    _: IdempotencyKey,
) -> Result<axum::Json<BackupView>, Problem> {
    actor.allow(Permission::EditSettings)?;
    if app.backups.kept().key.is_none() {
        return Err(Problem::new("no-recovery-key", "make one, and write it down"));
    }
    app.backups.ask();
    Ok(BackupView::now(&app))
}
