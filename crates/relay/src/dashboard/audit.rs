//! Who did what.

use axum::extract::State;
use jiff::Timestamp;
use maitred_domain::ids::{CheckId, StaffId};
use maitred_store::AuditFilter;
use maitred_views::AuditPageView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::document::Problems;
use super::extract::{Path, Query, Visitor};
use super::venue::look;
use crate::app::App;
use crate::limits::{AUDIT_PAGE_DEFAULT, AUDIT_PAGE_MAX};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(audit)).routes(routes!(people))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditQuery {
    /// Done by.
    staff_id: Option<StaffId>,
    /// About.
    check_id: Option<CheckId>,
    /// From.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Until before.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Lines of a page: 100 when not said, 500 at most.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<u64>,
}

/// Who did what in a venue, newest first.
#[utoipa::path(get, path = "/venues/{id}/audit", tag = "audit", params(("id" = Uuid, Path), AuditQuery),
    responses((status = 200, body = AuditPageView), Problems))]
async fn audit(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
    Query(query): Query<AuditQuery>,
) -> Result<axum::Json<AuditPageView>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let limit = query.limit.unwrap_or(AUDIT_PAGE_DEFAULT).clamp(1, AUDIT_PAGE_MAX);
    let AuditQuery { staff_id, check_id, from, to, cursor, .. } = query;
    let filter = AuditFilter { by: staff_id, check: check_id, from, to, cursor };
    let page = looking.read(move |views| {
        let page = views.store.audit(&filter, limit)?;
        Ok(AuditPageView {
            entries: page.rows.iter().map(|row| views.audit_entry(row)).collect(),
            next_cursor: page.next_cursor.map(|cursor| cursor.to_string()),
        })
    });
    Ok(axum::Json(page.await?))
}

/// Somebody who did things in a venue, or may have.
#[derive(Serialize, ToSchema)]
struct PersonView {
    /// Their id.
    id: StaffId,
    /// As shown.
    name: String,
}

/// Who works in a venue, and who changed something there from the cloud, by name.
#[utoipa::path(get, path = "/venues/{id}/people", tag = "audit", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<PersonView>), Problems))]
async fn people(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<Vec<PersonView>>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let catalogue = looking.replica.store.catalogue();
    let person = |(id, staff): (&StaffId, &maitred_domain::catalogue::Staff)| PersonView {
        id: *id,
        name: staff.name.clone(),
    };
    let mut people: Vec<PersonView> = catalogue.staff.iter().map(person).collect();
    people.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(axum::Json(people))
}
