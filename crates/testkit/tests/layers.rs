//! Which crate may depend on which: the architecture, as a test.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// `a -> b` reads "a may depend on b"; what is not here may depend on nothing of ours.
const MAY: &[(&str, &[&str])] = &[
    ("maitred-domain", &[]),
    ("maitred-sync", &[]),
    ("maitred-store", &["maitred-domain", "maitred-sync"]),
    ("maitred-device", &["maitred-domain"]),
    ("maitred-link", &["maitred-sync", "maitred-store"]),
    ("maitred-process", &[]),
    ("maitred-wire", &[]),
    ("maitred-firmware", &["maitred-wire"]),
    ("maitred-bridge", &["maitred-device", "maitred-firmware", "maitred-process", "maitred-wire"]),
    ("maitred-views", &["maitred-domain", "maitred-store"]),
    (
        "maitred-hub",
        &[
            "maitred-domain",
            "maitred-sync",
            "maitred-store",
            "maitred-device",
            "maitred-link",
            "maitred-process",
            "maitred-views",
        ],
    ),
    (
        "maitred-relay",
        &[
            "maitred-domain",
            "maitred-sync",
            "maitred-store",
            "maitred-link",
            "maitred-process",
            "maitred-views",
        ],
    ),
    ("maitred-app", &["maitred-hub", "maitred-process"]),
];

/// Breaks things on purpose; only tests and benchmarks depend on it, and it may look at everything.
const TESTKIT: &str = "maitred-testkit";

/// Crates from elsewhere that only some crates of ours may use (the testkit aside).
const ONLY: &[(&str, &[&str])] = &[
    ("automerge", &["maitred-sync"]),
    ("rusqlite", &["maitred-store", "maitred-relay"]),
    ("tokio-postgres", &["maitred-relay"]),
    ("async-nats", &["maitred-relay"]),
];

/// Crates that pure crates never use: sockets, disks, clocks, async.
const IMPURE: &[&str] = &["tokio", "axum", "reqwest", "rusqlite", "rand", "getrandom", "tracing"];

struct Dependency {
    name: String,
    dev: bool,
}

fn workspace() -> BTreeMap<String, Vec<Dependency>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().unwrap();
            let dependencies = dependencies
                .iter()
                .map(|it| Dependency {
                    name: it["name"].as_str().unwrap().to_owned(),
                    dev: it["kind"] == "dev",
                })
                .collect();
            (package["name"].as_str().unwrap().to_owned(), dependencies)
        })
        .collect()
}

#[test]
fn no_crate_depends_on_another_but_along_the_arrows() {
    let workspace = workspace();
    let ours: BTreeSet<&str> = workspace.keys().map(String::as_str).collect();
    let known: BTreeSet<&str> = MAY.iter().map(|(name, _)| *name).chain([TESTKIT]).collect();
    assert_eq!(ours, known, "a new crate needs its place among the arrows");
    for (name, may) in MAY {
        for dependency in &workspace[*name] {
            let theirs = !ours.contains(dependency.name.as_str());
            let for_tests = dependency.dev && dependency.name == TESTKIT;
            let allowed = theirs || for_tests || may.contains(&dependency.name.as_str());
            assert!(allowed, "{name} may not depend on {}", dependency.name);
        }
    }
}

#[test]
fn automerge_and_sqlite_stay_where_they_belong() {
    for (name, dependencies) in workspace() {
        for (theirs, only) in ONLY {
            let uses = dependencies.iter().any(|dependency| dependency.name == *theirs && !dependency.dev);
            let may = only.contains(&name.as_str()) || name == TESTKIT;
            assert!(!uses || may, "{theirs} belongs to {only:?}, not to {name}");
        }
    }
}

#[test]
fn the_pure_crates_reach_no_disk_socket_or_clock() {
    let workspace = workspace();
    for name in ["maitred-domain", "maitred-sync", "maitred-wire", "maitred-firmware"] {
        for dependency in workspace[name].iter().filter(|dependency| !dependency.dev) {
            assert!(!IMPURE.contains(&dependency.name.as_str()), "{name} is pure: no {}", dependency.name);
        }
    }
}
