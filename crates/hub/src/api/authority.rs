//! What a device installs to believe that a hub is one of the venue.

use std::net::SocketAddr;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::{App, Secure};
use crate::openapi::OpenProblems;
use crate::plain;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(authority))
}

/// The venue's own authority. Nothing of it is secret.
#[derive(Serialize, ToSchema)]
struct AuthorityView {
    /// Its certificate in PEM; `GET /ca.crt` is the same in DER.
    pem: String,
    /// SHA-256 of that, as devices show it: pairs of hexadecimal digits with colons between them.
    fingerprint: String,
    /// Where this hub speaks TLS, addresses before names; none where it does not.
    urls: Vec<String>,
    /// Where a device that does not believe the authority yet is told how to, over plain http.
    install_url: Option<String>,
}

/// The venue's own authority: what a device must have installed to speak with its hubs over TLS.
#[utoipa::path(get, path = "/authority", tag = "terminals", security(()),
    responses((status = 200, body = AuthorityView), OpenProblems))]
async fn authority(State(app): State<App>) -> axum::Json<AuthorityView> {
    let urls = app.secure.as_ref().map(urls_of).unwrap_or_default();
    let port = app.hubs.at.borrow().as_ref().map(|at| at.port);
    let host = urls.first().and_then(|url| url.strip_prefix("https://")?.rsplit_once(':'));
    let install_url =
        host.zip(port).map(|((host, _), port)| format!("http://{host}:{port}{}", plain::LEADS_OVER));
    axum::Json(AuthorityView {
        pem: app.authority.pem().to_owned(),
        fingerprint: app.authority.fingerprint(),
        urls,
        install_url,
    })
}

/// Where screens reach the hub over TLS; this box's own addresses are of no use to them.
fn urls_of(secure: &Secure) -> Vec<String> {
    let house = secure.certificates.house();
    let addresses = house.addresses.into_iter().filter(|address| !address.is_loopback());
    let addresses = addresses.map(|address| SocketAddr::new(address, secure.port).to_string());
    let names = house.names.into_iter().filter(|name| name != "localhost");
    let names = names.map(|name| format!("{name}:{}", secure.port));
    addresses.chain(names).map(|at| format!("https://{at}")).collect()
}
