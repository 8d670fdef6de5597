//! What goes wrong, as a client sees it: RFC 9457 `application/problem+json`, from one table.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Every problem: its code, its status, its title.
pub const TABLE: [(&str, u16, &str); 6] = [
    ("no-such-route", 404, "There is nothing at this address"),
    ("method-not-allowed", 405, "This address does not take that method"),
    ("busy", 429, "The relay is busy"),
    ("internal", 500, "Something went wrong in the relay"),
    ("stopping", 503, "The relay is stopping"),
    ("unhealthy", 503, "The relay cannot reach its storage"),
];

/// A problem on its way to a client.
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    row: &'static (&'static str, u16, &'static str),
    detail: &'static str,
}

impl Problem {
    /// The problem of the table called `code`.
    pub fn new(code: &str, detail: &'static str) -> Self {
        let row = TABLE.iter().find(|row| row.0 == code).expect("every code is in the table");
        Self { row, detail }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (code, number, title) = *self.row;
        let body = json!({
            "type": format!("urn:maitred:problem:{code}"),
            "title": title,
            "status": number,
            "detail": self.detail,
            "code": code,
        });
        let status = StatusCode::from_u16(number).expect("the table holds statuses");
        let json = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, json)], body.to_string()).into_response()
    }
}
