use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn relay(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maitred-relay")).args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap()
}

fn serve(data: &Path) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_maitred-relay"))
        .args(["serve", "--data", text(data), "--listen", "127.0.0.1:0", "--log-format", "json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base = line.trim().strip_prefix("Maitred relay listens on ").unwrap().to_owned();
    (child, base)
}

#[tokio::test]
async fn a_relay_starts_says_how_it_is_and_stops_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (mut child, base) = serve(&data);
    for (path, status) in
        [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/nothing", 404), ("/api/v1/peer", 400)]
    {
        let answer = reqwest::get(format!("{base}{path}")).await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
        if path == "/metrics" {
            assert!(answer.text().await.unwrap().contains("\nmaitred_relay_hubs 0\n"));
        }
    }
    let token = relay(&["enrol", "--data", text(&data), "--org", "Ada", "--venue", "Aurora"]);
    assert!(token.status.success(), "{token:?}");
    assert_eq!(said(&token).trim().len(), 40, "beside the relay that runs");
    assert!(said(&relay(&["hubs", "--data", text(&data)])).contains("Ada / Aurora"));
    let told = Instant::now();
    Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(child.wait().unwrap().success());
    assert!(told.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_is_asked_wrongly_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(folder.path());
    for (arguments, why) in [
        (&["serve"][..], "say where the data is"),
        (&["serve", "--data", data, "--listen", "0.0.0.0:0"], "--plain"),
        (&["serve", "--data", data, "--tls-cert", "cert.pem"], "go together"),
        (&["enrol", "--data", data, "--org", " ", "--venue", "Aurora"], "1 to 200 characters"),
        (&["revoke", "--data", data, "--hub", "ab"], "64 hexadecimal digits"),
        (&["revoke", "--data", data, "--hub", &"0".repeat(64)], "no hub has the key"),
    ] {
        let output = relay(arguments);
        assert!(!output.status.success() && said(&output).contains(why), "{arguments:?}: {}", said(&output));
        assert_eq!(said(&output).lines().count(), 1, "{}", said(&output));
    }
}
