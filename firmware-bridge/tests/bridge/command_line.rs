use std::process::{Command, Output};
use std::time::{Duration, Instant};

use crate::house::{Bridge, Broker};

fn bridge(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maitred-bridge")).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8([output.stdout.as_slice(), &output.stderr].concat()).unwrap()
}

#[test]
fn it_says_what_it_is_and_what_it_takes() {
    assert!(said(&bridge(&["--version"])).starts_with("maitred-bridge "));
    let help = said(&bridge(&["serve", "--help"]));
    for option in ["--broker", "--name", "--port", "--simulate", "--config", "MAITRED_BROKER"] {
        assert!(help.contains(option), "{option}: {help}");
    }
}

#[test]
fn what_is_asked_wrongly_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bridge.toml");
    std::fs::write(&file, "brokr = \"mqtt://here\"\n").unwrap();
    let file = file.to_str().unwrap();
    for (arguments, why) in [
        (&["serve", "--broker", "http://here"][..], "mqtt://"),
        (&["serve", "--port", "/dev/ttyUSB0,toaster"], "no profile"),
        (&["serve", "--port", "/dev/ttyUSB0,cd5220,fast"], "bits a second"),
        (&["serve", "--simulate", "toaster"], "cannot be simulated"),
        (&["serve", "--simulate", "probe,probe"], "two simulated devices would be probe-simulated"),
        (&["serve", "--simulate", "probe", "--controls", "0.0.0.0:0"], "on this box alone"),
        (&["serve", "--config", file], "brokr"),
    ] {
        let output = bridge(arguments);
        assert!(!output.status.success() && said(&output).contains(why), "{arguments:?}: {}", said(&output));
        assert_eq!(said(&output).lines().count(), 1, "{}", said(&output));
    }
}

#[test]
fn it_stops_when_told_also_without_a_broker() {
    let mut broker = Broker::start();
    let stop = |mut bridge: Bridge| {
        let told = Instant::now();
        bridge.process.signal("-TERM");
        assert!(bridge.process.0.wait().unwrap().success());
        assert!(told.elapsed() < Duration::from_secs(5));
    };
    stop(Bridge::start(&broker, &["--simulate", "bump-bar"]));
    broker.destroy();
    stop(Bridge::start(&broker, &["--simulate", "bump-bar"]));
}
