//! What plain http is good for: everything where the venue allows it, and on the hub's own box; else only how to come to TLS,
//! and what brings its own secrecy or has no secrets.

use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Secure};
use crate::door::Met;
use crate::openapi::OpenProblems;
use crate::problem::Problem;
use crate::router::CONTENT_SECURITY;

/// The page that leads over to TLS.
pub const LEADS_OVER: &str = "/secure";
const SCRIPT: &str = "/secure.js";
const CERTIFICATE: &str = "/ca.crt";
/// What is answered whoever reads along: how to come to TLS, whether the hub lives, other hubs, which encrypt by
/// themselves, and printers, which know no authority.
const ALWAYS: [&str; 8] =
    [LEADS_OVER, SCRIPT, CERTIFICATE, "/api/v1/authority", "/api/v1/peer", "/healthz", "/readyz", "/print/"];

/// Adds the way to TLS.
pub fn router() -> OpenApiRouter<App> {
    let page = OpenApiRouter::new().route(LEADS_OVER, get(lead_over)).route(SCRIPT, get(script));
    page.routes(routes!(authority_certificate))
}

/// Whether whoever listens on the network hears what is said on that connection.
pub fn is_overheard(met: Met) -> bool {
    !met.is_encrypted && !met.from.ip().to_canonical().is_loopback()
}

/// Whether what is said on that connection may be heard by whoever listens, or nobody does.
pub fn is_allowed(app: &App, met: Met) -> bool {
    app.secure.is_none() || app.store.catalogue().venue.plain_http || !is_overheard(met)
}

/// Lets through what may be overheard; leads a person to TLS, and refuses everything else.
pub async fn only_where_allowed(
    State(app): State<App>,
    ConnectInfo(met): ConnectInfo<Met>,
    request: Request,
    next: Next,
) -> Response {
    if is_allowed(&app, met) || is_always(request.uri().path()) {
        return next.run(request).await;
    }
    if is_of_a_person(&request) {
        let to = request.uri().path_and_query().map_or("/", |it| it.as_str());
        let to: String = to.bytes().map(escaped).collect();
        return Redirect::temporary(&format!("{LEADS_OVER}?to={to}")).into_response();
    }
    Problem::new("not-encrypted", "this venue wants https: GET /api/v1/authority says where").into_response()
}

fn is_always(path: &str) -> bool {
    ALWAYS.iter().any(|it| path == *it || (it.ends_with('/') && path.starts_with(it)))
}

fn is_of_a_person(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    request.method() == Method::GET && accepts.is_some_and(|it| it.contains("text/html"))
}

fn escaped(byte: u8) -> String {
    let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// Tells how a device comes to believe the venue's authority, and leads it over once it does.
async fn lead_over(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let Some(Secure { port, .. }) = app.secure else {
        return Problem::new("no-such-route", "this hub speaks no TLS").into_response();
    };
    let host = host_of(&uri, &headers).unwrap_or_else(|| "localhost".to_owned());
    let base = format!("https://{host}:{port}");
    let page = include_str!("plain/secure.html")
        .replace("{base}", &base)
        .replace("{fingerprint}", &app.authority.fingerprint());
    // The page finds out by itself whether the device believes the authority.
    let policy = format!("{CONTENT_SECURITY}; connect-src 'self' {base}");
    let policy = HeaderValue::try_from(policy).expect("a host of ours is plain text");
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

/// The host by which the hub was reached: one of its own names and addresses, or it had been refused.
fn host_of(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    let asked = || headers.get(header::HOST)?.to_str().ok()?.parse::<Authority>().ok();
    Some(uri.authority().cloned().or_else(asked)?.host().to_owned())
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("plain/secure.js"))
}

/// The certificate of the venue's own authority, as devices install it.
#[utoipa::path(get, path = "/ca.crt", tag = "terminals", security(()), responses(
    (status = 200, content_type = "application/x-x509-ca-cert", body = Vec<u8>), OpenProblems))]
async fn authority_certificate(State(app): State<App>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/x-x509-ca-cert")], app.authority.certificate().to_vec())
}
