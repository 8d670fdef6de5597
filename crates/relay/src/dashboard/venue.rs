//! One venue as it is now: floor, open checks, figures.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use jiff::civil::Date;
use maitred_domain::check::Check;
use maitred_domain::ids::CheckId;
use maitred_store::AuditFilter;
use maitred_sync::Origin;
use maitred_views::{
    AuditEntry, CheckSummary, CheckView, FloorView, ReportParts, ReportView, VenueView, Views,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::document::Problems;
use super::extract::{Path, Query, Visitor};
use super::venues::{VenueCard, card};
use crate::app::App;
use crate::cloud::CloudReplica;
use crate::ids::VenueId;
use crate::limits::{CATCHING_UP_TIME_MAX, HISTORY_MAX, REDUCTIONS_MAX, REPORT_DAYS_MAX, SHARING_TIME_MAX};
use crate::problem::Problem;
use crate::storage::Venue;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(venue))
        .routes(routes!(report))
        .routes(routes!(check))
        .routes(routes!(check_history))
}

/// A venue that somebody may see, with its replica.
pub struct Looking {
    pub app: App,
    pub venue: Venue,
    pub replica: CloudReplica,
    /// It knows all that the relay knew when it was asked for.
    pub is_caught_up: bool,
}

/// A venue of the visitor's own organisation, which others cannot be told from venues that are not.
pub async fn of(app: &App, visitor: &Visitor, id: Uuid) -> Result<Venue, Problem> {
    let organisation = visitor.user.organisation;
    let venues = app.with_storage(move |app| app.storage.venues_of(organisation)).await;
    let venues = venues.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??;
    venues.into_iter().find(|venue| venue.id == VenueId(id)).ok_or_else(|| Problem::unknown("venue"))
}

/// The same with its replica, which knows what the relay knows unless that takes too long.
pub async fn look(app: &App, visitor: &Visitor, id: Uuid) -> Result<Looking, Problem> {
    let venue = of(app, visitor, id).await?;
    let realm = venue.realm.ok_or_else(|| Problem::new("no-hub-yet", "enrol a hub first"))?;
    let of = venue.id;
    let replica = app.with_storage(move |app| app.cloud.of(of, realm)).await;
    let replica = replica.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??;
    let mut looking = Looking { app: app.clone(), venue, replica, is_caught_up: true };
    looking.is_caught_up = looking.catch_up().await?;
    Ok(looking)
}

impl Looking {
    /// Reads from the disk, off the threads that serve requests.
    pub async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Views<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (store, now) = (self.replica.store.clone(), self.app.now());
        let done = tokio::task::spawn_blocking(move || read(&Views::new(&store, now))).await;
        done.map_err(|error| Problem::internal(&error))?
    }

    /// How its hubs are seen.
    pub async fn card(&self) -> Result<VenueCard, Problem> {
        let venue = self.venue.clone();
        let card = self.app.with_storage(move |app| card(&*app.storage, &venue, app.now())).await;
        Ok(card.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??)
    }

    /// How far the relay has every journal on its disk.
    async fn kept(&self) -> Result<BTreeMap<Origin, u64>, Problem> {
        let venue = self.venue.id;
        let tips = self.app.with_storage(move |app| app.storage.tips(venue)).await;
        let tips = tips.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??;
        Ok(tips.into_iter().map(|(origin, tip)| (origin, tip.seq)).collect())
    }

    /// Waits until the replica knows what the relay knows now; false when it does not after a while.
    async fn catch_up(&self) -> Result<bool, Problem> {
        let wanted = self.kept().await?;
        let mut growth = self.replica.growth.clone();
        let caught_up = async {
            loop {
                let store = self.replica.store.clone();
                let known = tokio::task::spawn_blocking(move || store.vector()).await;
                let known = known.map_err(|error| Problem::internal(&error))??;
                if wanted.iter().all(|(origin, seq)| known.get(*origin) >= *seq) {
                    return Ok(true);
                }
                // Entries that cannot be taken, or a store that is closed: then it is not to be waited for.
                if growth.changed().await.is_err() {
                    return Ok(false);
                }
            }
        };
        tokio::time::timeout(CATCHING_UP_TIME_MAX, caught_up).await.unwrap_or(Ok(false))
    }

    /// Waits until the relay has an entry of the replica on its disk: only then is an edit acknowledged.
    pub async fn shared(&self, (origin, seq): (Origin, u64)) -> Result<(), Problem> {
        let mut wakeups = self.app.wakeups.follow(self.venue.id);
        let shared = async {
            while self.kept().await?.get(&origin).is_none_or(|kept| *kept < seq) {
                // A wake-up may be lost: it is looked again after a moment.
                let _ = tokio::time::timeout(Duration::from_millis(250), wakeups.changed()).await;
            }
            Ok(())
        };
        let late = |_| Problem::new("timed-out", "the same idempotency key finds out whether it was done");
        tokio::time::timeout(SHARING_TIME_MAX, shared).await.map_err(late)?
    }
}

/// A venue as it is now.
#[derive(Serialize, ToSchema)]
struct VenueNow {
    /// Its hubs, and up to when this is all.
    venue: VenueCard,
    /// Its settings.
    settings: VenueView,
    /// Areas, tables, and who sits where.
    floor: FloorView,
    /// Checks that are open, oldest first.
    checks: Vec<CheckSummary>,
    /// What they come to together.
    open_total_minor: i64,
    /// Guests of those checks.
    covers: u32,
    /// Everything that the relay has is in this.
    is_caught_up: bool,
}

/// A venue as it is now: floor, open checks, hubs.
#[utoipa::path(get, path = "/venues/{id}", tag = "venues", params(("id" = Uuid, Path)),
    responses((status = 200, body = VenueNow), Problems))]
async fn venue(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<VenueNow>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let (venue, is_caught_up) = (looking.card().await?, looking.is_caught_up);
    let now = looking.read(move |views| {
        let (states, open) = (views.store.tables(), views.store.open_checks());
        let open: Vec<&Check> = open.iter().map(Arc::as_ref).collect();
        Ok(VenueNow {
            venue,
            settings: views.venue(false),
            floor: views.floor(&states, &open),
            open_total_minor: open.iter().map(|check| check.totals().total().0).sum(),
            covers: open.iter().map(|check| check.covers).sum(),
            checks: open.iter().map(|check| views.summary(check)).collect(),
            is_caught_up,
        })
    });
    Ok(axum::Json(now.await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RangeQuery {
    /// The first trading day; the open one when not said.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last trading day; the open one when not said. 400 days at most.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<Date>,
}

/// Figures of trading days: totals, by day, hour, item, category, person and tender.
#[utoipa::path(get, path = "/venues/{id}/report", tag = "venues", params(("id" = Uuid, Path), RangeQuery),
    responses((status = 200, body = ReportView), Problems))]
async fn report(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
    Query(query): Query<RangeQuery>,
) -> Result<axum::Json<ReportView>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let report = looking.read(move |views| {
        let today = views.store.business_date();
        let to = query.to.unwrap_or_else(|| query.from.map_or(today, |from| from.max(today)));
        let from = query.from.unwrap_or_else(|| to.min(today));
        let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
        if !(0..=REPORT_DAYS_MAX).contains(&days) {
            let detail = "a report is of 1 to 400 days, the first before the last";
            return Err(Problem::new("malformed-query", detail));
        }
        Ok(views.report(&ReportParts {
            from,
            to,
            figures: views.store.figures(from, to)?,
            days: views.store.figures_by_day(from, to)?,
            reasons: views.store.reasons(from, to)?,
            reductions: views.store.reductions(from, to, REDUCTIONS_MAX)?,
        }))
    });
    Ok(axum::Json(report.await?))
}

/// A check.
#[utoipa::path(get, path = "/venues/{id}/checks/{check}", tag = "venues",
    params(("id" = Uuid, Path), ("check" = CheckId, Path)), responses((status = 200, body = CheckView), Problems))]
async fn check(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, check)): Path<(Uuid, CheckId)>,
) -> Result<axum::Json<CheckView>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let view = looking.read(move |views| {
        let check = views.store.check(check)?.ok_or_else(|| Problem::unknown("check"))?;
        Ok(views.check_view(&check))
    });
    Ok(axum::Json(view.await?))
}

/// What happened to a check, newest first.
#[utoipa::path(get, path = "/venues/{id}/checks/{check}/history", tag = "venues",
    params(("id" = Uuid, Path), ("check" = CheckId, Path)),
    responses((status = 200, body = Vec<AuditEntry>), Problems))]
async fn check_history(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, check)): Path<(Uuid, CheckId)>,
) -> Result<axum::Json<Vec<AuditEntry>>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let history = looking.read(move |views| {
        let filter = AuditFilter { check: Some(check), ..AuditFilter::default() };
        let page = views.store.audit(&filter, HISTORY_MAX)?;
        Ok(page.rows.iter().map(|row| views.audit_entry(row)).collect())
    });
    Ok(axum::Json(history.await?))
}
