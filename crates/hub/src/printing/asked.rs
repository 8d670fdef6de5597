//! What printers ask over HTTP: Star's `CloudPRNT` and Epson's Server Direct Print.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use maitred_device::asking::{Answer, AskError, Form, Handed, cloudprnt, epson};
use maitred_domain::address::Caller;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::callers::is_token;
use crate::app::App;
use crate::extract::{Path, Query};
use crate::openapi::{AskingProblems, FetchingProblems};
use crate::problem::Problem;

/// Everything under `/print`.
pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(poll, fetch, acknowledge)).routes(routes!(direct_print))
}

/// Printers show no reasons: who has not the token is told that there is nothing.
fn admit(app: &App, token: &str) -> Result<(), Problem> {
    if is_token(&app.pins, token) { Ok(()) } else { Err(Problem::unknown("address for printers")) }
}

fn unreadable(error: &AskError) -> Problem {
    Problem::new("malformed-body", error.to_string())
}

/// A `CloudPRNT` printer says how it is, and asks whether there is a paper.
#[utoipa::path(post, path = "/cloudprnt/{token}", tag = "printers that ask", security(()),
    params(("token" = String, Path)),
    request_body(content = String, content_type = "application/json"),
    responses((status = 200, content_type = "application/json", body = serde_json::Value), AskingProblems))]
async fn poll(State(app): State<App>, Path(token): Path<String>, body: Bytes) -> Result<Response, Problem> {
    admit(&app, &token)?;
    let (caller, ask) = cloudprnt::read_poll(&body).map_err(|error| unreadable(&error))?;
    let answer = app.printers.callers.visit(&caller, ask, app.now()).await;
    Ok(axum::Json(cloudprnt::answer_poll(answer)).into_response())
}

/// What a `CloudPRNT` printer says in its address.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CloudPrntQuery {
    /// Its hardware address; without it, its header says it.
    #[serde(default)]
    mac: Option<String>,
    /// The paper that it was told of.
    #[serde(default)]
    token: Option<String>,
    /// What it wants it as.
    #[serde(default, rename = "type")]
    media_type: Option<String>,
    /// What became of it.
    #[serde(default)]
    code: Option<String>,
}

impl CloudPrntQuery {
    fn caller(&self, headers: &HeaderMap) -> Result<Caller, Problem> {
        let header = headers.get("x-star-mac").and_then(|mac| mac.to_str().ok());
        let mac = self.mac.as_deref().or(header).unwrap_or_default();
        Caller::cloudprnt(mac).map_err(|error| unreadable(&error.into()))
    }
}

/// A `CloudPRNT` printer fetches its paper.
#[utoipa::path(get, path = "/cloudprnt/{token}", tag = "printers that ask", security(()),
    params(("token" = String, Path), CloudPrntQuery),
    responses((status = 200, content_type = "application/vnd.star.starprnt", body = Vec<u8>),
        FetchingProblems))]
async fn fetch(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(query): Query<CloudPrntQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    admit(&app, &token)?;
    let caller = query.caller(&headers)?;
    let media_type = query.media_type.as_deref().unwrap_or_default();
    let Some(ask) = cloudprnt::read_fetch(media_type, query.token.as_deref()) else {
        return Err(Problem::new(
            "unsupported-media-type",
            "the answer to a poll says what papers can be had as",
        ));
    };
    match app.printers.callers.visit(&caller, ask, app.now()).await {
        Answer::Paper(handed) => Ok(paper(handed).into_response()),
        Answer::Nothing | Answer::Ready { .. } | Answer::AskStatus | Answer::Heard => {
            Err(Problem::unknown("paper"))
        }
    }
}

/// A picture says with headers what bytes of a printer's language say themselves.
fn paper(handed: Handed) -> impl IntoResponse {
    let mut headers = HeaderMap::new();
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    match handed.form {
        Form::EscPos => set("content-type", "application/octet-stream"),
        Form::StarPrnt => set("content-type", "application/vnd.star.starprnt"),
        Form::Png => {
            set("content-type", "image/png");
            set("x-star-cut", "full; feed=true");
            set("x-star-cashdrawer", if handed.drawer.is_some() { "start" } else { "none" });
        }
    }
    (headers, handed.bytes)
}

/// A `CloudPRNT` printer says what became of its paper.
#[utoipa::path(delete, path = "/cloudprnt/{token}", tag = "printers that ask", security(()),
    params(("token" = String, Path), CloudPrntQuery),
    responses((status = 200, description = "It was heard"), AskingProblems))]
async fn acknowledge(
    State(app): State<App>,
    Path(token): Path<String>,
    Query(query): Query<CloudPrntQuery>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    admit(&app, &token)?;
    let caller = query.caller(&headers)?;
    let ask = cloudprnt::read_report(query.code.as_deref().unwrap_or_default(), query.token.as_deref());
    app.printers.callers.visit(&caller, ask, app.now()).await;
    Ok(StatusCode::OK)
}

/// A printer with Server Direct Print takes its next paper, or says what became of one.
#[utoipa::path(post, path = "/epson/{token}", tag = "printers that ask", security(()),
    params(("token" = String, Path)),
    request_body(content = String, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "ePOS-Print XML; empty when there is nothing",
        content_type = "text/xml", body = String), AskingProblems))]
async fn direct_print(
    State(app): State<App>,
    Path(token): Path<String>,
    body: Bytes,
) -> Result<Response, Problem> {
    admit(&app, &token)?;
    let (caller, ask) = epson::read_form(&body).map_err(|error| unreadable(&error))?;
    let answer = match ask {
        Some(ask) => app.printers.callers.visit(&caller, ask, app.now()).await,
        None => Answer::Heard,
    };
    let kind = [(header::CONTENT_TYPE, "text/xml; charset=utf-8")];
    Ok((kind, epson::write_answer(&answer)).into_response())
}
