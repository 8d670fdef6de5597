//! What goes wrong, as a client sees it: RFC 9457 `application/problem+json`, from one table.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maitred_domain::catalogue::lint::Flaw;
use maitred_domain::decide::Refusal;
use maitred_store::{CommandError, ReadError};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Every problem: its code, its status, its title.
pub const TABLE: [(&str, u16, &str); 66] = [
    ("malformed-json", 400, "The body is not JSON"),
    ("malformed-id", 400, "An id in the address is malformed"),
    ("malformed-query", 400, "A parameter is malformed"),
    ("malformed-body", 400, "The body did not arrive whole"),
    ("unauthenticated", 401, "Nobody is signed in"),
    ("wrong-pin", 401, "That is not the PIN"),
    ("forbidden", 403, "This needs a permission"),
    ("not-from-here", 403, "This is done in the restaurant"),
    ("device-not-paired", 403, "This device is not paired with the hub"),
    ("not-on-this-terminal", 403, "This terminal serves another role"),
    ("foreign-page", 403, "A page of somebody else asks"),
    ("not-encrypted", 403, "Whoever listens on the network could read this"),
    ("not-found", 404, "There is no such thing"),
    ("no-such-route", 404, "There is nothing at this address"),
    ("method-not-allowed", 405, "This address does not take that method"),
    ("check-not-open", 409, "The check is not open"),
    ("check-open", 409, "The check is open already"),
    ("eighty-sixed", 409, "The item is not available"),
    ("not-enough-left", 409, "Not so many are left"),
    ("nothing-to-do", 409, "There is nothing to do"),
    ("line-gone", 409, "The line no longer counts"),
    ("wrong-phase", 409, "The line is not so far, or too far"),
    ("ticket-not-open", 409, "The ticket is not open"),
    ("ticket-open", 409, "The ticket is still open"),
    ("amount-due", 409, "Something is still to be paid"),
    ("exceeds-due", 409, "That is more than is to be paid"),
    ("exceeds-tender", 409, "That is more than was paid"),
    ("has-tenders", 409, "The check has payments"),
    ("day-closed", 409, "The trading day is closed"),
    ("already-set-up", 409, "The venue is set up"),
    ("no-recovery-key", 409, "There is no recovery key yet"),
    ("no-printer", 409, "No printer is set up for this"),
    ("job-not-settled", 409, "The print job is still under way"),
    ("job-settled", 409, "The print job is done"),
    ("too-large", 413, "The body is too large"),
    ("unsupported-media-type", 415, "The body is of another type"),
    ("not-this-host", 421, "The request is meant for somebody else"),
    ("invalid-body", 422, "The body does not have the right fields"),
    ("invalid-key", 422, "The idempotency key is malformed"),
    ("key-reused", 422, "The idempotency key was used for something else"),
    ("modifiers", 422, "The choices do not fit their group"),
    ("foreign-modifier", 422, "A modifier does not belong to the item"),
    ("not-a-card", 422, "Only a card payment has its tip said later"),
    ("price-needed", 422, "The price is to be said"),
    ("not-open", 422, "The item has its own name and price"),
    ("out-of-range", 422, "A value is out of range"),
    ("too-long", 422, "A text is too long"),
    ("card-number", 422, "A text looks like a card number"),
    ("reason-needed", 422, "A reason is needed"),
    ("same-check", 422, "Those are the same check"),
    ("last-table", 422, "The party has to sit somewhere"),
    ("invalid-edit", 422, "What is wanted would not work"),
    ("malformed-table", 422, "That is no table of items"),
    ("import-problems", 422, "Rows of the table cannot be read"),
    ("bad-folder", 422, "No backup can be put there"),
    ("bad-picture", 422, "The picture cannot be printed"),
    ("weak-pin", 422, "That PIN is too easy to guess"),
    ("malformed-pin", 422, "A PIN is 4 to 8 digits"),
    ("wrong-code", 422, "No screen shows that code"),
    ("invalid-entity", 422, "The setting would not be valid"),
    ("locked-out", 429, "Too many wrong PINs"),
    ("busy", 429, "The hub is busy"),
    ("internal", 500, "Something went wrong in the hub"),
    ("stopping", 503, "The hub is stopping"),
    ("timed-out", 503, "It took too long"),
    ("unhealthy", 503, "The hub cannot write"),
];

/// The code of the problem that a response is; an extension of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(pub &'static str);

/// A problem on its way to a client.
#[derive(Clone, Debug)]
pub struct Problem {
    row: &'static (&'static str, u16, &'static str),
    detail: String,
    extras: Map<String, Value>,
}

impl Problem {
    /// The problem of the table called `code`.
    pub fn new(code: &str, detail: impl Into<String>) -> Self {
        let row = TABLE.iter().find(|row| row.0 == code).expect("every code is in the table");
        Self { row, detail: detail.into(), extras: Map::new() }
    }

    /// Adds a member for programs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extras.insert(name.to_owned(), value.into());
        self
    }

    /// Its stable name.
    pub fn code(&self) -> &'static str {
        self.row.0
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.row.1).expect("the table holds statuses")
    }

    /// There is no such `what`.
    pub fn unknown(what: &'static str) -> Self {
        Refusal::Unknown(what).into()
    }

    /// Something that is nobody's fault outside: it is logged, not sent.
    pub fn internal(cause: &dyn std::error::Error) -> Self {
        let mut causes = vec![cause.to_string()];
        let mut source = cause.source();
        while let Some(cause) = source {
            causes.push(cause.to_string());
            source = cause.source();
        }
        tracing::error!(cause = causes.join(": "), "a request failed");
        Self::new("internal", "the hub's log says what")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status();
        let (code, number, title) = *self.row;
        let retry_after = self.extras.get("retry_after_secs").and_then(Value::as_i64);
        let body = ProblemView {
            r#type: format!("urn:maitred:problem:{code}"),
            title: title.to_owned(),
            status: number,
            detail: self.detail,
            code: code.to_owned(),
            extras: self.extras,
        };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let json = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, json)], body).into_response();
        response.extensions_mut().insert(Code(code));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(secs) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.code(), refusal.to_string());
        match refusal {
            Refusal::AmountDue(due) | Refusal::ExceedsDue(due) => problem.with("due_minor", due.0),
            Refusal::ExceedsTender(left) => problem.with("left_minor", left.0),
            Refusal::EightySixed(item)
            | Refusal::ForeignModifier(item)
            | Refusal::PriceNeeded(item)
            | Refusal::NotOpen(item) => problem.with("item", item),
            Refusal::OnlyLeft { item, remaining } => problem.with("item", item).with("remaining", remaining),
            Refusal::Modifiers { group, min, max, .. } => {
                problem.with("group", group).with("min", min).with("max", max)
            }
            Refusal::WrongPhase(phase) => problem.with("phase", phase.as_str()),
            Refusal::OutOfRange { field, min, max } => {
                problem.with("field", field).with("min", min).with("max", max)
            }
            Refusal::TooLong { field, chars_max } => {
                problem.with("field", field).with("chars_max", chars_max)
            }
            Refusal::InvalidEdit(flaws) => problem.with("errors", flaws.iter().map(flaw).collect::<Value>()),
            Refusal::Forbidden(permission) => {
                problem.with("permission", serde_json::to_value(permission).unwrap_or_default())
            }
            _ => problem,
        }
    }
}

fn flaw(flaw: &Flaw) -> Value {
    json!({
        "severity": flaw.severity,
        "kind": flaw.kind,
        "id": flaw.id,
        "field": flaw.field,
        "code": flaw.code,
        "detail": flaw.detail,
    })
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let text = error.to_string();
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::KeyReused => Self::new("key-reused", text),
            CommandError::Busy => Self::new("busy", text).with("retry_after_secs", 1),
            CommandError::Unhealthy(cause) => {
                tracing::error!(cause, "the store cannot write");
                Self::new("unhealthy", "the disk refuses; reading goes on")
            }
            CommandError::Stopped => Self::new("stopping", "the same key finds out whether it was done"),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self::internal(&error)
    }
}

/// A problem, as RFC 9457 says. More members depend on the code: `due_minor`, `retry_after_secs`, `attempts_left`.
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

#[cfg(test)]
mod tests {
    use super::*;
    use maitred_domain::check::{CheckState, Phase};
    use maitred_domain::money::Money;
    use maitred_domain::permission::Permission;

    #[test]
    fn every_refusal_is_a_problem_of_the_table() {
        let name = String::new;
        let refusals = [
            Refusal::Forbidden(Permission::Order),
            Refusal::Unknown("check"),
            Refusal::CheckNotOpen(CheckState::Closed),
            Refusal::CheckAlreadyOpen,
            Refusal::EightySixed(name()),
            Refusal::OnlyLeft { item: name(), remaining: 1 },
            Refusal::Modifiers { group: name(), min: 1, max: 1, chosen: 0 },
            Refusal::ForeignModifier(name()),
            Refusal::PriceNeeded(name()),
            Refusal::NotOpen(name()),
            Refusal::OutOfRange { field: "covers", min: 0, max: 1 },
            Refusal::TooLong { field: "note", chars_max: 1 },
            Refusal::CardNumber("note"),
            Refusal::NoReason,
            Refusal::Nothing("fire"),
            Refusal::LineGone,
            Refusal::WrongPhase(Phase::New),
            Refusal::TicketNotOpen,
            Refusal::TicketStillOpen,
            Refusal::AmountDue(Money(1)),
            Refusal::ExceedsDue(Money(1)),
            Refusal::ExceedsTender(Money(1)),
            Refusal::NotACard,
            Refusal::HasTenders,
            Refusal::SameCheck,
            Refusal::DayClosed,
            Refusal::AlreadySetUp,
            Refusal::InvalidEdit(Vec::new()),
            Refusal::InvalidEntity { kind: "item", problem: name() },
        ];
        for refusal in refusals {
            let code = refusal.code();
            assert_eq!(Problem::from(refusal).code(), code);
        }
    }

    #[test]
    fn a_close_with_an_amount_due_says_how_much() {
        let problem = Problem::from(Refusal::AmountDue(Money(250)));
        assert_eq!((problem.status(), &problem.extras["due_minor"]), (StatusCode::CONFLICT, &250.into()));
    }
}
