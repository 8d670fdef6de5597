//! What goes wrong, as a client sees it: RFC 9457 `application/problem+json`, from one table.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maitred_domain::decide::Refusal;
use maitred_store::{CommandError, ReadError};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::accounts::SignInError;
use crate::cloud::{CloudCommandError, CloudError};
use crate::storage::StorageError;

/// Every problem: its code, its status, its title.
pub const TABLE: [(&str, u16, &str); 24] = [
    ("malformed-json", 400, "The body is not JSON"),
    ("malformed-id", 400, "An id in the address is malformed"),
    ("malformed-query", 400, "A parameter is malformed"),
    ("malformed-body", 400, "The body did not arrive whole"),
    ("unauthenticated", 401, "Nobody is signed in"),
    ("wrong-password", 401, "Address and password do not belong together"),
    ("forbidden", 403, "This needs another role"),
    ("other-site", 403, "This was asked for by another site"),
    ("password-to-change", 403, "Choose your own password first"),
    ("not-found", 404, "There is no such thing"),
    ("no-such-route", 404, "There is nothing at this address"),
    ("method-not-allowed", 405, "This address does not take that method"),
    ("no-hub-yet", 409, "No hub of the venue has called yet"),
    ("refused", 409, "The venue does not take that"),
    ("too-large", 413, "The body is too large"),
    ("unsupported-media-type", 415, "The body is of another type"),
    ("invalid-body", 422, "The body does not have the right fields"),
    ("weak-password", 422, "That password will not do"),
    ("locked-out", 429, "Too many wrong passwords"),
    ("busy", 429, "The relay is busy"),
    ("internal", 500, "Something went wrong in the relay"),
    ("stopping", 503, "The relay is stopping"),
    ("timed-out", 503, "It took too long"),
    ("unhealthy", 503, "The relay cannot reach its storage"),
];

/// A problem on its way to a client.
#[derive(Clone, Debug)]
pub struct Problem {
    row: &'static (&'static str, u16, &'static str),
    detail: Cow<'static, str>,
    extras: Map<String, Value>,
}

impl Problem {
    /// The problem of the table called `code`.
    pub fn new(code: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        let row = TABLE.iter().find(|row| row.0 == code).expect("every code is in the table");
        Self { row, detail: detail.into(), extras: Map::new() }
    }

    /// Adds a member for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extras.insert(name.to_owned(), value.into());
        self
    }

    /// What went wrong this time, in words.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// There is no such `what`, or it is not for this user to see.
    pub fn unknown(what: &str) -> Self {
        Self::new("not-found", format!("there is no such {what}"))
    }

    /// Something that is nobody's fault outside: it is logged, not sent.
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new("internal", "the relay's log says what")
    }
}

/// A problem, as RFC 9457 says. More members depend on the code: `retry_after_secs`, `refusal`.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemView {
    /// `urn:maitred:problem:` and the code.
    pub r#type: String,
    /// What kind of thing went wrong.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong this time.
    pub detail: String,
    /// A stable name for programs.
    pub code: String,
    /// What depends on the code.
    #[serde(flatten)]
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub extras: Map<String, Value>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, number, title) = *self.row;
        let retry_after = self.extras.get("retry_after_secs").and_then(Value::as_i64);
        let body = ProblemView {
            r#type: format!("urn:maitred:problem:{code}"),
            title: title.to_owned(),
            status: number,
            detail: self.detail.into_owned(),
            code: code.to_owned(),
            extras: self.extras,
        };
        let status = StatusCode::from_u16(number).expect("the table holds statuses");
        let json = HeaderValue::from_static("application/problem+json");
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, json)], body).into_response();
        if let Some(secs) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        Self::internal(&error)
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::internal(&error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unknown(what) => Self::unknown(what),
            refusal => Self::new("refused", refusal.to_string()).with("refusal", refusal.code()),
        }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::Busy => Self::new("busy", "too much is written").with("retry_after_secs", 1),
            CommandError::Stopped => Self::new("stopping", "the same key finds out whether it was done"),
            error @ (CommandError::KeyReused | CommandError::Unhealthy(_)) => Self::internal(&error),
        }
    }
}

impl From<CloudError> for Problem {
    fn from(error: CloudError) -> Self {
        match error {
            CloudError::Busy => Self::new("busy", error.to_string()).with("retry_after_secs", 10),
            CloudError::Open(_) | CloudError::Io(_) => Self::internal(&error),
        }
    }
}

impl From<CloudCommandError> for Problem {
    fn from(error: CloudCommandError) -> Self {
        match error {
            CloudCommandError::Command(error) => error.into(),
            CloudCommandError::NotLevel => Self::new("unhealthy", error.to_string()),
            CloudCommandError::NotShared => {
                Self::new("timed-out", "the same key finds out whether it was done")
            }
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let text = error.to_string();
        match error {
            SignInError::Wrong => Self::new("wrong-password", text),
            SignInError::LockedOut(secs) => Self::new("locked-out", text).with("retry_after_secs", secs),
            SignInError::Weak => Self::new("weak-password", text),
            SignInError::Busy => Self::new("busy", text).with("retry_after_secs", 1),
            SignInError::Storage(error) => Self::internal(&error),
        }
    }
}
