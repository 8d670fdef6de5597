use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::Person;

fn maitred(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maitred")).args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn a_new_venue_starts_stops_when_told_and_is_backed_up_and_restored_with_its_pins() {
    let folder = tempfile::tempdir().unwrap();
    let (data, copy, other) = (folder.path().join("a"), folder.path().join("copy"), folder.path().join("b"));
    for data in [&data, &other] {
        let mut hub = Command::new(env!("CARGO_BIN_EXE_maitred"))
            .args(["serve", "--data", text(data), "--listen", "127.0.0.1:0", "--log-format", "json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(hub.stdout.take().unwrap()).lines().map_while(Result::ok);
        let base = lines.next().unwrap().strip_prefix("Maitred listens on ").unwrap().to_owned();
        let person = Person { base, token: None, client: reqwest::Client::new() };
        if data.ends_with("a") {
            assert!(lines.next().unwrap().contains("set it up"));
            let venue = json!({ "name": "Da Ada", "currency": "EUR", "time_zone": "Europe/Rome", "languages": ["it"] });
            let manager = json!({ "name": "Ada", "pin": "4907" });
            let done = person.post("/setup", json!({ "venue": venue, "manager": manager })).await;
            assert_eq!(done.status, 200, "{done:?}");
        }
        let session = person.post("/auth/login", json!({ "staff": "manager", "pin": "4907" })).await;
        assert_eq!(session.status, 200, "{session:?}");

        let told = Instant::now();
        Command::new("kill").arg(hub.id().to_string()).status().unwrap();
        assert!(hub.wait().unwrap().success());
        assert!(told.elapsed() < Duration::from_secs(5));
        if data.ends_with("a") {
            assert!(maitred(&["backup", "--data", text(data), "--to", text(&copy)]).status.success());
            assert!(maitred(&["restore", "--from", text(&copy), "--data", text(&other)]).status.success());
        }
    }
    let doctor = maitred(&["doctor", "--data", text(&other)]);
    assert!(doctor.status.success(), "{doctor:?}");
    let export = maitred(&["export", "--data", text(&other), "--format", "jsonl"]);
    assert!(export.status.success() && export.stdout.starts_with(b"{"), "{export:?}");
}

/// Starts a hub on `data`; returns it with its address.
fn serve(data: &Path) -> (Child, String) {
    let mut hub = Command::new(env!("CARGO_BIN_EXE_maitred"))
        .args(["serve", "--data", text(data), "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(hub.stdout.take().unwrap()).lines().map_while(Result::ok);
    let base = lines.next().unwrap().strip_prefix("Maitred listens on ").unwrap().to_owned();
    // A hub whose greeting nobody reads would take that for a reason to end.
    std::thread::spawn(move || lines.for_each(drop));
    (hub, base)
}

fn stop(mut hub: Child) {
    Command::new("kill").arg(hub.id().to_string()).status().unwrap();
    assert!(hub.wait().unwrap().success());
}

fn reset_pin(data: &Path, staff: &str, pin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_maitred"))
        .args(["staff", "reset-pin", "--data", text(data), "--staff", staff])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{pin}").unwrap();
    child.wait_with_output().unwrap()
}

#[tokio::test]
async fn a_forgotten_pin_is_set_anew_while_the_hub_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let refusal = |output: Output| {
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(refusal(reset_pin(&data, "manager", "4907")).contains("no database"));
    assert!(!data.exists(), "nothing is made where nothing was");

    let (hub, base) = serve(&data);
    let person = Person { base, token: None, client: reqwest::Client::new() };
    let venue = json!({
        "venue": { "name": "Aurora", "currency": "EUR", "time_zone": "Europe/Rome", "languages": ["it"] },
        "manager": { "name": "Ada", "pin": "8361" },
    });
    assert_eq!(person.post("/setup", venue).await.status, 200);
    let signed_in = person.post("/auth/login", json!({ "staff": "manager", "pin": "8361" })).await;
    let token = Some(signed_in.body["access_token"].as_str().unwrap().to_owned());
    let mut last = person.post("/auth/login", json!({ "staff": "manager", "pin": "0001" })).await;
    while last.code() != "locked-out" {
        last = person.post("/auth/login", json!({ "staff": "manager", "pin": "0001" })).await;
    }
    assert!(refusal(reset_pin(&data, "manager", "4907")).contains("a hub runs"));
    assert!(
        refusal(maitred(&["serve", "--data", text(&data), "--listen", "127.0.0.1:0"])).contains("a hub runs")
    );
    stop(hub);
    assert!(refusal(reset_pin(&data, "nobody", "4907")).contains("there are manager"));
    assert!(refusal(reset_pin(&data, "manager", "49o7")).contains("4 to 8 digits"));
    assert!(refusal(reset_pin(&data, "manager", "1234")).contains("a row of them"));
    let done = reset_pin(&data, "manager", "4907");
    assert!(done.status.success(), "{done:?}");

    let (hub, base) = serve(&data);
    let person = Person { base, token: None, client: reqwest::Client::new() };
    let session = person.post("/auth/login", json!({ "staff": "manager", "pin": "4907" })).await;
    assert_eq!(session.status, 200, "the wrong PINs are forgotten: {session:?}");
    let before = Person { token, ..person };
    assert_eq!(before.get("/venue").await.status, 401, "and whoever was signed in is not any more");
    stop(hub);
    assert!(maitred(&["doctor", "--data", text(&data)]).status.success());
}

#[test]
fn whatever_is_wrong_is_one_line_and_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let file = folder.path().join("maitred.toml");
    std::fs::write(&file, "lisen = '127.0.0.1:1'\n").unwrap();
    let cases: [(&[&str], &str); 6] = [
        (&["serve"], "--data"),
        (&["serve", "--data", data, "--relay", "relay.example"], "is not the address"),
        (&["serve", "--data", data, "--standby-of", "http://127.0.0.1:1"], "cannot reach"),
        (&["serve", "--data", data, "--config", text(&file)], "unknown field"),
        (&["serve", "--data", data, "--listen", "nowhere"], "--listen"),
        (&["doctor", "--data", "/no/such/folder"], "cannot"),
    ];
    for (arguments, wanted) in cases {
        let output = maitred(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(error.trim_end().lines().count() == 1 && error.contains(wanted), "{arguments:?}: {error}");
    }
    assert!(maitred(&["--help"]).status.success() && maitred(&["--version"]).status.success());
}

#[test]
fn whoever_started_the_hub_hears_when_it_serves_that_it_works_and_that_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let heard_at = folder.path().join("heard");
    let heard = std::os::unix::net::UnixDatagram::bind(&heard_at).unwrap();
    heard.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let next = || {
        let mut word = [0; 256];
        let length = heard.recv(&mut word).unwrap();
        String::from_utf8_lossy(&word[..length]).trim().to_owned()
    };
    let mut hub = Command::new(env!("CARGO_BIN_EXE_maitred"))
        .args(["serve", "--data", text(&folder.path().join("data")), "--listen", "127.0.0.1:0"])
        .env("NOTIFY_SOCKET", &heard_at)
        .env("WATCHDOG_USEC", "600000")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    assert_eq!(next(), "READY=1");
    assert_eq!([next(), next()], ["WATCHDOG=1", "WATCHDOG=1"]);
    Command::new("kill").arg(hub.id().to_string()).status().unwrap();
    assert!((0..100).any(|_| next() == "STOPPING=1"));
    assert!(hub.wait().unwrap().success());
}
