//! Requests that come from elsewhere: a page of somebody else that a browser in the house has open, or a name of somebody
//! else that was made to lead here.
//!
//! A name can be turned to any address, an address cannot be turned to another: the hub answers to the address that the
//! connection reached, and to names that it has itself.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::door::Met;
use crate::problem::Problem;

/// Says to handlers where a request is from, and lets none through that is meant for somebody else or comes from a page
/// of somebody else.
pub async fn only_meant_for_us(
    State(app): State<App>,
    ConnectInfo(met): ConnectInfo<Met>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Err(problem) = check(&app, met, &request) {
        return problem.into_response();
    }
    request.extensions_mut().insert(ConnectInfo(met.from));
    next.run(request).await
}

fn check(app: &App, met: Met, request: &Request) -> Result<(), Problem> {
    let host = host_of(request)?;
    if !app.names.has(&host, met.at) {
        return Err(Problem::new(
            "not-this-host",
            "start the hub with --host-name to have it answer to that name",
        ));
    }
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    if origins.all(|origin| is_of(&host, origin) || app.peers.serve(origin)) {
        Ok(())
    } else {
        Err(Problem::new("foreign-page", "pages of this venue's hubs may ask, and no others"))
    }
}

/// Whom a request is meant for.
fn host_of(request: &Request) -> Result<Authority, Problem> {
    let refused = |why: &str| Problem::new("not-this-host", why);
    if let Some(authority) = request.uri().authority() {
        // HTTP/2 says it there; in HTTP/1 that is how one asks a proxy.
        if request.version() < Version::HTTP_2 {
            return Err(refused("the hub is nobody's proxy"));
        }
        return Ok(authority.clone());
    }
    let one = only(request.headers()).ok_or_else(|| refused("a request names one host"))?;
    one.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(|| refused("that is no host"))
}

fn only(headers: &HeaderMap) -> Option<&HeaderValue> {
    let mut all = headers.get_all(header::HOST).iter();
    all.next().filter(|_| all.next().is_none())
}

/// Whether an origin is the one that serves its pages under `host`.
fn is_of(host: &Authority, origin: &HeaderValue) -> bool {
    let Some(text) = origin.to_str().ok() else { return false };
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let port_default = match scheme {
        "http" => 80,
        "https" => 443,
        _ => return false,
    };
    let Ok(authority) = authority.parse::<Authority>() else { return false };
    let port = |it: &Authority| it.port_u16().unwrap_or(port_default);
    authority.host().eq_ignore_ascii_case(host.host()) && port(&authority) == port(host)
}

/// The names that the hub answers to, beside the address that a connection reached.
#[derive(Clone, Debug, Default)]
pub struct Names(Vec<String>);

impl Names {
    /// Those that were given to it, and those of its box.
    pub fn new(given: impl IntoIterator<Item = String>) -> Self {
        let own = Some(own_name()).filter(|name| !name.is_empty());
        let own = own.into_iter().flat_map(|name| [format!("{name}.local"), name]);
        let all = given.into_iter().chain(own).chain(["localhost".to_owned()]);
        Self(all.map(|name| name.to_ascii_lowercase()).collect())
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a request for `host` that reached `at` is meant for this hub.
    fn has(&self, host: &Authority, at: SocketAddr) -> bool {
        let name = host.host().trim_matches(['[', ']']);
        match name.parse::<IpAddr>() {
            Ok(address) => {
                let (address, at) = (address.to_canonical(), at.ip().to_canonical());
                address == at || (address.is_loopback() && at.is_loopback()) || self.knows(name)
            }
            Err(_) => self.knows(name.trim_end_matches('.')),
        }
    }

    fn knows(&self, name: &str) -> bool {
        self.0.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

/// What the box is called.
#[cfg(unix)]
fn own_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn own_name() -> String {
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(text: &str) -> Authority {
        text.parse().unwrap()
    }

    #[test]
    fn the_hub_answers_to_its_address_and_its_names_and_to_no_other() {
        let names = Names::new(["Maitred-0f.local".to_owned(), "203.0.113.9".to_owned()]);
        let at: SocketAddr = "192.168.1.20:8080".parse().unwrap();
        for own in [
            "192.168.1.20:8080",
            "192.168.1.20",
            "localhost:8080",
            "maitred-0F.local.:8080",
            "203.0.113.9:443",
        ] {
            assert!(names.has(&host(own), at), "{own}");
        }
        for other in
            ["evil.example", "192.168.1.21", "127.0.0.1:8080", "[::1]", "maitred-0f.local.evil.example"]
        {
            assert!(!names.has(&host(other), at), "{other}");
        }
        let own_box: SocketAddr = "[::ffff:127.0.0.1]:8080".parse().unwrap();
        for own in ["127.0.0.1:8080", "[::1]:8080", "LOCALHOST"] {
            assert!(names.has(&host(own), own_box), "{own}");
        }
    }

    #[test]
    fn a_page_is_of_the_hub_that_serves_it_under_that_very_host() {
        let is = |at: &str, origin: &'static str| is_of(&host(at), &HeaderValue::from_static(origin));
        assert!(is("192.168.1.20:8080", "http://192.168.1.20:8080"));
        assert!(is("hub.local", "http://HUB.local:80"));
        assert!(is("hub.local", "https://hub.local"));
        for foreign in [
            "null",
            "http://evil.example",
            "http://192.168.1.20:8081",
            "file://",
            "http://192.168.1.20:8080.evil.example",
        ] {
            assert!(!is("192.168.1.20:8080", foreign), "{foreign}");
        }
    }
}
