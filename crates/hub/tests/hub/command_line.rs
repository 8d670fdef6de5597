use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
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

#[test]
fn whatever_is_wrong_is_one_line_and_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    let file = folder.path().join("maitred.toml");
    std::fs::write(&file, "lisen = '127.0.0.1:1'\n").unwrap();
    let cases: [(&[&str], &str); 6] = [
        (&["serve"], "--data"),
        (&["serve", "--data", data, "--relay", "https://relay.example"], "not available in this version"),
        (&["serve", "--data", data, "--standby-of", "http://hub.example"], "not available in this version"),
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
