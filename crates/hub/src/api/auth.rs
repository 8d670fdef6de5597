//! Signing in.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use maitred_domain::catalogue::Staff;
use maitred_domain::permission::Permission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{self, Actor, AskedToApprove, Device, SignedIn};
use crate::extract::{IdempotencyKey, Json};
use crate::openapi::{BodyProblems, PublicProblems, ReadProblems, SignOutProblems};
use crate::problem::Problem;
use crate::views::StaffTile;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(staff_tiles))
        .routes(routes!(login))
        .routes(routes!(approve))
        .routes(routes!(me))
        .routes(routes!(logout))
}

/// Who can sign in on this device.
#[utoipa::path(get, path = "/staff/tiles", tag = "sign-in", security(()),
    responses((status = 200, body = Vec<StaffTile>), PublicProblems))]
async fn staff_tiles(State(app): State<App>, device: Device) -> axum::Json<Vec<StaffTile>> {
    let catalogue = app.store.catalogue();
    let terminal = device.terminal().and_then(|id| catalogue.terminal(id));
    let is_served = |staff: &Staff| terminal.is_none_or(|it| it.serves(staff.role).is_some());
    let mut tiles: Vec<StaffTile> =
        catalogue.staff.values().filter(|it| !it.archived && is_served(it)).map(StaffTile::from).collect();
    tiles.sort_by(|a, b| (a.role, &a.name).cmp(&(b.role, &b.name)));
    axum::Json(tiles)
}

/// A PIN.
#[derive(Deserialize, ToSchema)]
struct Login {
    /// What one signs in as.
    staff: String,
    /// The PIN.
    #[schema(format = Password)]
    pin: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// To be sent as `Authorization: Bearer`.
    access_token: String,
    /// Until when.
    expires_at: Timestamp,
    /// Who.
    staff: StaffTile,
    /// What they may do.
    permissions: Vec<Permission>,
}

/// Signs in. Wrong PINs are counted for the device and the person together.
#[utoipa::path(post, path = "/auth/login", tag = "sign-in", security(()), request_body = Login,
    responses((status = 200, body = Session), BodyProblems))]
async fn login(
    State(app): State<App>,
    device: Device,
    Json(login): Json<Login>,
) -> Result<axum::Json<Session>, Problem> {
    let session = auth::sign_in(&app, &login.staff, &login.pin, device).await?;
    Ok(axum::Json(Session::of(session)))
}

impl Session {
    /// A session that was opened just now.
    pub(crate) fn of(session: SignedIn) -> Self {
        Self {
            access_token: session.token,
            expires_at: session.expires_at,
            staff: StaffTile::from(&session.staff),
            permissions: session.permissions,
        }
    }
}

/// A command that whoever wants to do it may not.
#[derive(Deserialize, ToSchema)]
struct Approve {
    /// The idempotency key that it will be sent under.
    #[schema(min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    command_key: String,
    /// What they may not: of `void`, `void_sent`, `comp`, `discount`, `refund`, `reopen`.
    #[schema(min_items = 1, max_items = 6)]
    permissions: Vec<Permission>,
    /// What somebody who may signs in as.
    staff: String,
    /// Their PIN.
    #[schema(format = Password)]
    pin: String,
}

/// An approval.
#[derive(Serialize, ToSchema)]
struct Approved {
    /// Whose.
    by: StaffTile,
    /// The command has to be here by then.
    expires_at: Timestamp,
}

/// Lets whoever is signed in do one command that they may not, with the PIN of somebody who may. The audit log names
/// both. Wrong PINs are counted as at a sign-in.
#[utoipa::path(post, path = "/auth/approve", tag = "sign-in", request_body = Approve,
    responses((status = 200, body = Approved), BodyProblems))]
async fn approve(
    State(app): State<App>,
    actor: Actor,
    device: Device,
    Json(body): Json<Approve>,
) -> Result<axum::Json<Approved>, Problem> {
    let Approve { command_key, permissions, staff, pin } = body;
    let key = IdempotencyKey::new(&command_key)?;
    let asked = AskedToApprove { key: &key, permissions: &permissions, handle: &staff, pin: &pin };
    let (by, expires_at) = auth::approve(&app, &actor, device, asked).await?;
    Ok(axum::Json(Approved { by: StaffTile::from(&by), expires_at }))
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct Me {
    /// Who.
    staff: StaffTile,
    /// What they may do.
    permissions: Vec<Permission>,
}

/// Who is signed in.
#[utoipa::path(get, path = "/auth/me", tag = "sign-in", responses((status = 200, body = Me), ReadProblems))]
async fn me(State(app): State<App>, actor: Actor) -> Result<axum::Json<Me>, Problem> {
    let catalogue = app.store.catalogue();
    let staff = catalogue.staff.get(&actor.staff).ok_or_else(|| Problem::unknown("staff member"))?;
    Ok(axum::Json(Me { staff: staff.into(), permissions: actor.permissions }))
}

/// Signs out.
#[utoipa::path(post, path = "/auth/logout", tag = "sign-in", responses((status = 204), SignOutProblems))]
async fn logout(State(app): State<App>, actor: Actor) -> Result<StatusCode, Problem> {
    auth::sign_out(&app, &actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
