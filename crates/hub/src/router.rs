//! Everything that the hub serves, and what every request goes through.

use std::path::Path;

use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::{Json, Router};
use maitred_store::Health;
use serde::Serialize;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::decompression::DecompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use utoipa::openapi::OpenApi as Document;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::SwaggerUi;

use crate::app::App;
use crate::auth::{TERMINAL_HEADER, at_its_pace, only_meant_for_us, only_paired, written_down};
use crate::limits::{BODY_BYTES_MAX, CORS_TIME_MAX, REQUEST_TIME_MAX};
use crate::peer::{HubRole, Progress};
use crate::peers::Peers;
use crate::problem::{Problem, ProblemView};
use crate::{api, metrics, openapi, peer, plain, printing, rights, ui};

/// Pages may load what the hub itself serves, and nothing else.
pub(crate) const CONTENT_SECURITY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
                                object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// The routes with the document that describes them.
pub fn described(app: &App) -> (Router<App>, Document) {
    let paired = middleware::from_fn_with_state(app.clone(), only_paired);
    let metrics = OpenApiRouter::new().routes(routes!(show_metrics)).layer(paired.clone());
    let (router, mut document) = OpenApiRouter::with_openapi(openapi::Document::openapi())
        .routes(routes!(alive))
        .routes(routes!(ready))
        .merge(metrics)
        .merge(plain::router())
        .nest("/api/v1", api::router().layer(paired).merge(api::open_router()))
        .nest("/print", printing::router())
        .split_for_parts();
    openapi::whole_entities(&mut document);
    rights::note(&mut document);
    (router, document)
}

/// The router of a hub; `ui` is the folder of the screens.
pub fn router(app: &App, ui: Option<&Path>) -> Router {
    let (router, document) = described(app);
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    ui::with_screens(router, ui)
        .route("/api/v1/peer", any(peer::answer))
        .merge(page_of_the_document(document))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::from_fn_with_state(app.clone(), plain::only_where_allowed))
        .layer(middleware::from_fn_with_state(app.clone(), at_its_pace))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::new("internal", "the hub's log says what").into_response()
        }))
        .layer(CompressionLayer::new())
        .layer(pages_of(&app.peers))
        .layer(middleware::from_fn_with_state(app.clone(), only_meant_for_us))
        .layer(middleware::from_fn_with_state(app.clone(), written_down))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONTENT_SECURITY_POLICY, content_security()))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(header(header::REFERRER_POLICY, "no-referrer"))
        .layer(header(header::CACHE_CONTROL, "no-store"))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(app.clone())
}

/// The document, and the page that shows it. The page lies compressed in the binary, and not everybody who asks takes it so.
fn page_of_the_document(document: Document) -> Router<App> {
    let page: Router<App> = SwaggerUi::new("/docs").url("/openapi.json", document).into();
    page.layer(DecompressionLayer::new())
}

/// What pages of this hub may load, and whom they may ask: any hub. A browser keeps a page, and this with it, for longer
/// than the venue has the hubs that it has now; and whoever answers proves that it knows the screen.
fn content_security() -> HeaderValue {
    let policy = format!("{CONTENT_SECURITY}; connect-src 'self' http: https:");
    HeaderValue::try_from(policy).expect("it is plain text")
}

/// Lets pages that a peer served ask this hub, and no others.
fn pages_of(peers: &Peers) -> CorsLayer {
    let peers = peers.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| peers.serve(origin)))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("last-event-id"),
            HeaderName::from_static(TERMINAL_HEADER),
        ])
        .expose_headers([header::CONTENT_DISPOSITION, header::RETRY_AFTER])
        .max_age(CORS_TIME_MAX)
}

/// Logs a request.
fn span(request: &Request) -> tracing::Span {
    tracing::debug_span!("request", method = %request.method(), path = shown_path(request.uri()))
}

/// What of an address may be in a log: not its query, which may hold a token, nor the token at the end of a printer's address.
pub(crate) fn shown_path(uri: &Uri) -> &str {
    let path = uri.path();
    let is_printer = path.starts_with("/print/");
    path.rsplit_once('/').filter(|_| is_printer).map_or(path, |(shown, _)| shown)
}

async fn method_not_allowed() -> Problem {
    Problem::new("method-not-allowed", "the OpenAPI document says which methods it takes")
}

async fn in_time(request: Request, next: Next) -> Response {
    tokio::time::timeout(REQUEST_TIME_MAX, next.run(request)).await.unwrap_or_else(|_| {
        let detail = "the same idempotency key finds out whether it was done";
        Problem::new("timed-out", detail).into_response()
    })
}

/// How the hub is.
#[derive(Serialize, ToSchema)]
struct HealthView {
    /// `ok`; `damaged` when the process runs and the check of its database found something.
    status: &'static str,
    /// What it is among the hubs of the venue.
    role: HubRole,
    /// How far it has got with what another hub knows, while that is much: a new hub knows nobody yet who could sign in and ask.
    catching_up: Option<Progress>,
}

impl HealthView {
    fn of(app: &App, status: &'static str) -> Json<Self> {
        let standing = &app.hubs.standing;
        Json(Self { status, role: standing.role(), catching_up: standing.catching_up() })
    }
}

/// The process runs.
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()), responses((status = 200, body = HealthView)))]
async fn alive(State(app): State<App>) -> Json<HealthView> {
    let is_damaged = app.upkeep.damage().is_some_and(|damage| !damage.is_empty());
    HealthView::of(&app, if is_damaged { "damaged" } else { "ok" })
}

/// The hub takes commands.
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()), responses(
    (status = 200, body = HealthView),
    (status = 503, description = "It is stopping, or cannot write", body = ProblemView,
        content_type = "application/problem+json")))]
async fn ready(State(app): State<App>) -> Result<Json<HealthView>, Problem> {
    if *app.stopping.borrow() || app.store.is_stopped() {
        return Err(Problem::new("stopping", "another one will start"));
    }
    match app.store.health() {
        Health::Healthy => Ok(HealthView::of(&app, "ok")),
        Health::ReadOnly { .. } => Err(Problem::new("unhealthy", "the disk refuses; reading goes on")),
    }
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations", security(()), responses(
    (status = 200, content_type = "text/plain", body = String),
    (status = 403, description = "Not from this device", body = ProblemView,
        content_type = "application/problem+json")))]
async fn show_metrics(State(app): State<App>) -> Result<Response, Problem> {
    let text = app.read(metrics::text).await?;
    let format = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((StatusCode::OK, format, text).into_response())
}
