//! Who did what.

use axum::extract::State;
use jiff::Timestamp;
use maitred_domain::ids::{CheckId, StaffId};
use maitred_domain::permission::Permission;
use maitred_store::AuditFilter;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::Query;
use crate::limits::{AUDIT_PAGE_DEFAULT, AUDIT_PAGE_MAX};
use crate::openapi::QueryProblems;
use crate::problem::Problem;
use crate::views::AuditPageView;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(audit))
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

/// Who did what, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, body = AuditPageView), QueryProblems))]
async fn audit(
    State(app): State<App>,
    actor: Actor,
    Query(query): Query<AuditQuery>,
) -> Result<axum::Json<AuditPageView>, Problem> {
    actor.allow(Permission::ViewAudit)?;
    let limit = query.limit.unwrap_or(AUDIT_PAGE_DEFAULT).clamp(1, AUDIT_PAGE_MAX);
    let AuditQuery { staff_id, check_id, from, to, cursor, .. } = query;
    let filter = AuditFilter { by: staff_id, check: check_id, from, to, cursor };
    let page = app.read(move |app| {
        let page = app.store.audit(&filter, limit)?;
        let views = app.views();
        Ok(AuditPageView {
            entries: page.rows.iter().map(|row| views.audit_entry(row)).collect(),
            next_cursor: page.next_cursor.map(|cursor| cursor.to_string()),
        })
    });
    Ok(axum::Json(page.await?))
}
