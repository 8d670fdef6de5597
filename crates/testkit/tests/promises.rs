//! Every test that `docs/PROMISES.md` names exists.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs;
use std::path::Path;

const SOURCES: [&str; 2] = ["rs", "ts"];

/// All sources under `folder`, one after the other.
fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("node_modules") && !path.ends_with("target") {
            sources(&path, text);
        } else if path.extension().is_some_and(|it| SOURCES.iter().any(|source| it == *source)) {
            text.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_promise_names_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut text = String::new();
    sources(&root.join("crates"), &mut text);
    sources(&root.join("ui/e2e"), &mut text);
    let promises = fs::read_to_string(root.join("docs/PROMISES.md")).unwrap();
    let rows = promises.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Seen"));
    let mut named = 0;
    for row in rows {
        let tests = row.split('|').nth(3).unwrap();
        for test in tests.split('`').skip(1).step_by(2) {
            let exists = text.contains(&format!("fn {test}(")) || text.contains(&format!("test('{test}'"));
            assert!(exists, "no test is called {test:?}");
            named += 1;
        }
    }
    assert!(named > 30, "{named}");
}
