//! Requests that a page of somebody else sends, or that were made to lead here, and devices that ask too much.

use std::net::SocketAddr;
use std::time::Duration;

use maitred_hub::limits::{CONNECTIONS_OF_ADDRESS_MAX, REQUESTS_AHEAD_MAX, STREAMS_OF_DEVICE_MAX};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::events::Stream;
use crate::pairing::{Tablet, address, called, inside, screen_at, venue};
use crate::support::{House, open, send};

/// Pages, the API, what everybody may see, and an upgrade.
const ROUTES: [&str; 7] =
    ["/", "/healthz", "/openapi.json", "/api/v1/floor", "/api/v1/pairings/proof", "/api/v1/peer", "/nowhere"];

/// What the hub answers to a request as it is written: its status, and all it says.
async fn raw(house: &House, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", house.hub.address.port())).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    // Some of it ends with the connection, and a problem with its brace.
    while !(said.contains("\r\n\r\n") && said.ends_with('}')) {
        let mut chunk = [0; 4096];
        let read = tokio::time::timeout(Duration::from_secs(30), stream.read(&mut chunk));
        let length = read.await.expect("the hub answers").unwrap();
        if length == 0 {
            break;
        }
        said.push_str(&String::from_utf8_lossy(&chunk[..length]));
    }
    let status = said.split(' ').nth(1).and_then(|it| it.parse().ok());
    (status.unwrap_or_else(|| panic!("{said}")), said)
}

const UPGRADE: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn a_forged_host_is_refused_on_every_route_and_on_upgrades() {
    let house = open().await;
    let own = format!("127.0.0.1:{}", house.hub.address.port());
    for route in ROUTES {
        let upgrade = if route.ends_with("peer") { UPGRADE } else { "Connection: close\r\n" };
        for host in ["evil.example", "192.0.2.7", "127.0.0.1.evil.example", "", "a b"] {
            let (status, said) =
                raw(&house, &format!("GET {route} HTTP/1.1\r\nHost: {host}\r\n{upgrade}\r\n")).await;
            assert!(status == 421 || status == 400, "{route} of {host}: {said}");
        }
        let twice =
            format!("GET {route} HTTP/1.1\r\nHost: {own}\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
        assert_eq!(raw(&house, &twice).await.0, 421, "{route}");
        let none = format!("GET {route} HTTP/1.0\r\n\r\n");
        assert_eq!(raw(&house, &none).await.0, 421, "{route}");
    }
    let named = format!(
        "GET /healthz HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n",
        house.hub.address.port()
    );
    assert_eq!(raw(&house, &named).await.0, 200);
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn the_hub_is_nobodys_proxy() {
    let house = open().await;
    let own = format!("127.0.0.1:{}", house.hub.address.port());
    for target in ["http://evil.example/api/v1/floor".to_owned(), format!("http://{own}/healthz")] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n\r\n");
        let (status, said) = raw(&house, &request).await;
        assert!(status == 421 && said.contains("not-this-host"), "{said}");
    }
    house.hub.stop().await.unwrap();
}

#[tokio::test]
async fn a_page_of_somebody_else_or_of_nobody_is_refused_on_every_route_and_on_upgrades() {
    let house = open().await;
    let manager = house.manager().await;
    let own = format!("http://127.0.0.1:{}", house.hub.address.port());
    for route in ROUTES {
        for origin in ["http://evil.example", "null", "https://127.0.0.1", "file://"] {
            let request = manager.request(Method::GET, &format!("/{route}")).header("Origin", origin);
            let answer = send(request).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::FORBIDDEN, "foreign-page"),
                "{route} {origin}"
            );
        }
        let answer = send(manager.request(Method::GET, &format!("/{route}")).header("Origin", &own)).await;
        assert_ne!(answer.body["code"], "foreign-page", "{route}");
    }
    let upgrade = format!(
        "GET /api/v1/peer HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://evil.example\r\n{UPGRADE}Connection: close\r\n\r\n"
    );
    assert_eq!(raw(&house, &upgrade).await.0, 403);
    let written =
        manager.request(Method::POST, "/checks").header("Origin", "null").json(&json!({ "covers": 2 }));
    assert_eq!(send(written).await.code(), "foreign-page");
    house.hub.stop().await.unwrap();
}

#[test]
fn a_device_that_asks_too_much_waits_and_nobody_else_does() {
    inside("elsewhere", "a_device_that_asks_too_much_waits_and_nobody_else_does", async {
        let house = venue().await;
        let mut tablet = Tablet::paired(&house, 7, called("Bar")).await;
        tablet.sign_in("waiter", "2222").await;
        let stranger = screen_at(&house, 7);
        let mut refused = None;
        for _ in 0..REQUESTS_AHEAD_MAX * 20 {
            let answer = stranger.get("//healthz").await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                refused = Some(answer.code().to_owned());
                break;
            }
        }
        assert_eq!(refused.as_deref(), Some("busy"));
        // The terminal at the same address, and whoever is at another one.
        assert_eq!(tablet.get("/floor").await.status, StatusCode::OK);
        assert_eq!(screen_at(&house, 8).get("//healthz").await.status, StatusCode::OK);

        let mut streams = Vec::new();
        for _ in 0..STREAMS_OF_DEVICE_MAX {
            streams.push(Stream::answering(tablet.request(Method::GET, "/events")).await);
        }
        assert_eq!(tablet.get("/events").await.code(), "busy");
        let mut other = Tablet::paired(&house, 8, called("Till")).await;
        other.sign_in("waiter", "2222").await;
        Stream::answering(other.request(Method::GET, "/events")).await;
        house.hub.stop().await.unwrap();
    });
}

#[test]
fn an_address_has_so_many_connections_and_no_more() {
    inside("elsewhere", "an_address_has_so_many_connections_and_no_more", async {
        let house = venue().await;
        let at = SocketAddr::new(address(1), house.hub.address.port());
        let call = async |n: u8| {
            let socket = TcpSocket::new_v4().unwrap();
            socket.bind(SocketAddr::new(address(n), 0)).unwrap();
            socket.connect(at).await.unwrap()
        };
        let is_alive = async |stream: &mut TcpStream| {
            let request = format!("GET /healthz HTTP/1.1\r\nHost: {at}\r\n\r\n");
            let mut byte = [0];
            stream.write_all(request.as_bytes()).await.is_ok()
                && matches!(stream.read(&mut byte).await, Ok(1))
        };
        let mut open = Vec::new();
        for _ in 0..CONNECTIONS_OF_ADDRESS_MAX {
            let mut stream = call(7).await;
            assert!(is_alive(&mut stream).await);
            open.push(stream);
        }
        assert!(!is_alive(&mut call(7).await).await);
        assert!(is_alive(&mut call(8).await).await);
        drop(open);
        house.hub.stop().await.unwrap();
    });
}
