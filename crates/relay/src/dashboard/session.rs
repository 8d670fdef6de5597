//! Signing in and out.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::document::Problems;
use super::extract::{COOKIE_PLAIN, COOKIE_SECURE, Guest, Json, own_site};
use crate::accounts::{Door, SignedIn};
use crate::app::App;
use crate::limits::USER_SESSION_TIME;
use crate::problem::Problem;
use crate::storage::accounts::{User, UserRole};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(sign_in, who, sign_out)).routes(routes!(change_password))
}

/// Who is there.
#[derive(Serialize, ToSchema)]
struct UserView {
    /// As shown.
    name: String,
    /// What they sign in with.
    email: String,
    /// What they may do.
    role: UserRole,
    /// Whose venues they see.
    organisation: String,
    /// They are to choose a password before anything else.
    must_change_password: bool,
}

impl From<&User> for UserView {
    fn from(user: &User) -> Self {
        Self {
            name: user.name.clone(),
            email: user.email.clone(),
            role: user.role,
            organisation: user.organisation_name.clone(),
            must_change_password: user.must_change,
        }
    }
}

/// Address and password.
#[derive(Deserialize, ToSchema)]
struct SignIn {
    /// The address.
    email: String,
    /// The password.
    password: String,
    /// For programs: the answer holds a token for `Authorization: Bearer`, and no cookie.
    #[serde(default)]
    bearer: bool,
}

/// Somebody who is signed in.
#[derive(Serialize, ToSchema)]
struct SignedInView {
    /// Who.
    user: UserView,
    /// Until when.
    expires_at: Timestamp,
    /// What a program shows from now on; browsers have a cookie.
    token: Option<String>,
}

/// Signs in. Address and password are refused in the same words and after the same time, whichever is wrong.
#[utoipa::path(post, path = "/session", tag = "session", security(()), request_body = SignIn,
    responses((status = 200, body = SignedInView), Problems))]
async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> Result<Response, Problem> {
    own_site(&Method::POST, &headers)?;
    let signed_in = app.door.sign_in(&body.email, &body.password).await?;
    Ok(answer(&app, &headers, signed_in, body.bearer))
}

fn answer(app: &App, headers: &HeaderMap, signed_in: SignedIn, bearer: bool) -> Response {
    let SignedIn { user, token, expires_at } = signed_in;
    let cookie = cookie(app, headers, &token, USER_SESSION_TIME.as_secs());
    let view = SignedInView { user: (&user).into(), expires_at, token: bearer.then_some(token) };
    if bearer {
        axum::Json(view).into_response()
    } else {
        ([(header::SET_COOKIE, cookie)], axum::Json(view)).into_response()
    }
}

fn cookie(app: &App, headers: &HeaderMap, token: &str, secs: u64) -> String {
    let behind_tls = headers.get("x-forwarded-proto").is_some_and(|protocol| protocol == "https");
    let (name, secure) =
        if app.is_secure || behind_tls { (COOKIE_SECURE, " Secure;") } else { (COOKIE_PLAIN, "") };
    format!("{name}={token}; Path=/; Max-Age={secs}; HttpOnly;{secure} SameSite=Strict")
}

/// Who is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = UserView), Problems))]
async fn who(guest: Guest) -> axum::Json<UserView> {
    axum::Json((&guest.user).into())
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204), Problems))]
async fn sign_out(State(app): State<App>, headers: HeaderMap, guest: Guest) -> Result<Response, Problem> {
    app.with_storage(move |app| Door::sign_out(&*app.storage, &guest.token))
        .await
        .ok_or_else(|| Problem::new("internal", "the relay's log says what"))??;
    let gone = [(header::SET_COOKIE, cookie(&app, &headers, "", 0))];
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

/// A password for another.
#[derive(Deserialize, ToSchema)]
struct ChangePassword {
    /// The one before.
    old: String,
    /// 10 characters at least.
    new: String,
    /// As in `SignIn`.
    #[serde(default)]
    bearer: bool,
}

/// Chooses a password. Everybody who was signed in as this user is signed out, but for who asks.
#[utoipa::path(put, path = "/session/password", tag = "session", request_body = ChangePassword,
    responses((status = 200, body = SignedInView), Problems))]
async fn change_password(
    State(app): State<App>,
    headers: HeaderMap,
    guest: Guest,
    Json(body): Json<ChangePassword>,
) -> Result<Response, Problem> {
    let signed_in = app.door.change_password(&guest.user, &body.old, &body.new).await?;
    Ok(answer(&app, &headers, signed_in, body.bearer))
}
