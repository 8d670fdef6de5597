use maitred_hub::config::Settings;
use maitred_hub::serve::Hub;
use reqwest::{Method, Response};
use serde_json::{Value, json};

const PEER: &str = "http://192.168.1.20:8080";

async fn hub_with_peer(data: &std::path::Path) -> Hub {
    let settings = Settings { demo: true, peers: vec![PEER.parse().unwrap()], ..Settings::new(data) };
    Hub::start(settings).await.unwrap()
}

async fn ask(hub: &Hub, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = reqwest::Client::new().request(method, format!("http://{}{path}", hub.address));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn a_page_that_a_peer_served_may_write_here_and_any_other_page_may_not() {
    let data = tempfile::tempdir().unwrap();
    let hub = hub_with_peer(data.path()).await;
    let preflight = async |origin: &str| {
        let wanted = "authorization,content-type,idempotency-key,last-event-id";
        let asked = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", wanted),
        ];
        ask(&hub, Method::OPTIONS, "/api/v1/checks", &asked).await
    };
    let allowed = preflight(PEER).await;
    assert!(allowed.status().is_success(), "{allowed:?}");
    assert_eq!(header(&allowed, "access-control-allow-origin"), PEER);
    assert!(header(&allowed, "vary").contains("origin"), "{allowed:?}");
    for name in ["authorization", "content-type", "idempotency-key", "last-event-id"] {
        assert!(header(&allowed, "access-control-allow-headers").contains(name), "{name}");
    }
    for method in ["GET", "POST", "PUT", "DELETE"] {
        assert!(header(&allowed, "access-control-allow-methods").contains(method), "{method}");
    }
    for stranger in ["http://192.168.1.20", "https://192.168.1.20:8080", "http://evil.example", "null"] {
        assert_eq!(header(&preflight(stranger).await, "access-control-allow-origin"), "", "{stranger}");
    }
}

#[tokio::test]
async fn a_page_that_a_peer_served_reads_refusals_too() {
    let data = tempfile::tempdir().unwrap();
    let hub = hub_with_peer(data.path()).await;
    for (method, path, status) in [
        (Method::GET, "/api/v1/floor", 401),
        (Method::GET, "/api/v1/nowhere", 404),
        (Method::DELETE, "/api/v1/floor", 405),
        (Method::GET, "/readyz", 200),
    ] {
        let answer = ask(&hub, method, path, &[("origin", PEER)]).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_eq!(header(&answer, "access-control-allow-origin"), PEER, "{path}");
        assert!(header(&answer, "access-control-expose-headers").contains("retry-after"), "{path}");
    }
}

#[tokio::test]
async fn a_page_of_this_hub_may_ask_hubs_that_join_long_after_a_browser_kept_it() {
    let data = tempfile::tempdir().unwrap();
    let hub = hub_with_peer(data.path()).await;
    let page = ask(&hub, Method::GET, "/", &[]).await;
    let policy = header(&page, "content-security-policy");
    assert!(policy.starts_with("default-src 'self';"), "{policy}");
    assert!(policy.ends_with("; connect-src 'self' http: https:"), "{policy}");
}

#[tokio::test]
async fn a_station_learns_where_the_other_hubs_are() {
    let data = tempfile::tempdir().unwrap();
    let hub = hub_with_peer(data.path()).await;
    let client = reqwest::Client::new();
    let base = format!("http://{}/api/v1", hub.address);
    let login = client.post(format!("{base}/auth/login")).json(&json!({ "staff": "waiter", "pin": "2222" }));
    let session: Value = login.send().await.unwrap().json().await.unwrap();
    let sync = client.get(format!("{base}/sync")).bearer_auth(session["access_token"].as_str().unwrap());
    let sync: Value = sync.send().await.unwrap().json().await.unwrap();
    let peer = json!({ "kind": "hub", "url": PEER, "secure_url": null, "origin": null, "state": "known", "lag_ms": null });
    assert_eq!(sync["peers"], json!([peer]));
}
