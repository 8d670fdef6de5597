//! What handlers take from a request; what is malformed is a [`Problem`].

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::accounts::Door;
use crate::app::App;
use crate::limits::IDEMPOTENCY_KEY_CHARS_MAX;
use crate::problem::Problem;
use crate::storage::accounts::{User, UserRole};
use crate::storage::new_id;
use maitred_process::clock;

/// The cookie of somebody who is signed in: through TLS only, and for this host only.
pub const COOKIE_SECURE: &str = "__Host-maitred-cloud";
/// The same for a relay that is reached without TLS, on the machine itself.
pub const COOKIE_PLAIN: &str = "maitred-cloud";

/// A JSON body.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = axum::Json::<T>::from_request(request, state).await;
        body.map(|body| Self(body.0)).map_err(|rejection| {
            let code = match &rejection {
                JsonRejection::JsonSyntaxError(_) => "malformed-json",
                JsonRejection::JsonDataError(_) => "invalid-body",
                JsonRejection::MissingJsonContentType(_) => "unsupported-media-type",
                other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => "too-large",
                _ => "malformed-body",
            };
            Problem::new(code, rejection.body_text())
        })
    }
}

/// Ids in the address.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|error| Problem::new("malformed-id", error.body_text()))
    }
}

/// Parameters behind the question mark.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|error| Problem::new("malformed-query", error.body_text()))
    }
}

/// The client's key of a change; without one the relay makes it, and a retry is another change.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(Uuid::simple(new_id(clock::random())).to_string()));
        };
        let visible = |key: &&str| key.bytes().all(|byte| byte.is_ascii_graphic());
        match value.to_str().ok().filter(visible) {
            Some(key) if (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len()) => Ok(Self(key.to_owned())),
            Some(_) | None => {
                Err(Problem::new("invalid-body", "an idempotency key is 1 to 128 visible ASCII characters"))
            }
        }
    }
}

/// Whoever is signed in, even if they have to choose a password first.
pub struct Guest {
    pub user: User,
    pub token: String,
}

/// Whoever is signed in and may look.
pub struct Visitor {
    pub user: User,
    pub token: String,
}

impl Visitor {
    /// Refuses who may only look.
    pub fn may_edit(&self) -> Result<(), Problem> {
        match self.user.role {
            UserRole::Owner | UserRole::Manager => Ok(()),
            UserRole::Viewer => Err(Problem::new("forbidden", "viewers change nothing")),
        }
    }

    /// Refuses who does not own.
    pub fn may_enrol(&self) -> Result<(), Problem> {
        match self.user.role {
            UserRole::Owner => Ok(()),
            UserRole::Manager | UserRole::Viewer => Err(Problem::new("forbidden", "owners add venues")),
        }
    }
}

impl FromRequestParts<App> for Guest {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        own_site(&parts.method, &parts.headers)?;
        let nobody = || Problem::new("unauthenticated", "sign in first");
        let token = token_of(&parts.headers).ok_or_else(nobody)?.to_owned();
        let user = user_of(app, &token).await?.ok_or_else(nobody)?;
        Ok(Self { user, token })
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Guest { user, token } = Guest::from_request_parts(parts, app).await?;
        if user.must_change {
            return Err(Problem::new("password-to-change", "the password was made by somebody else"));
        }
        Ok(Self { user, token })
    }
}

/// Who shows `token`.
pub async fn user_of(app: &App, token: &str) -> Result<Option<User>, Problem> {
    let token = token.to_owned();
    let found = app.with_storage(move |app| Door::user_of(&*app.storage, &token, app.now())).await;
    Ok(found.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??)
}

/// Refuses a change that a page of another site asks for with this one's cookie.
pub fn own_site(method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    match site {
        Some("same-origin" | "none") | None => Ok(()),
        Some(_) if method.is_safe() => Ok(()),
        Some(_) => Err(Problem::new("other-site", "open the dashboard itself")),
    }
}

/// What a request shows: its `Authorization` header, or its cookie.
fn token_of(headers: &HeaderMap) -> Option<&str> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let bearer = text(header::AUTHORIZATION).and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let cookies = text(header::COOKIE).unwrap_or_default();
    let cookie = |wanted: &str| {
        let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == wanted).map(|(_, token)| token)
    };
    bearer.or_else(|| cookie(COOKIE_SECURE)).or_else(|| cookie(COOKIE_PLAIN))
}
