//! Every test that `docs/PROMISES.md` and `docs/SECURITY.md` name exists.

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

/// The tests that the third column of a page's table names exist; rows are those that start with `start`.
fn names_tests_that_exist(page: &str, start: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut text = String::new();
    sources(&root.join("crates"), &mut text);
    sources(&root.join("ui/e2e"), &mut text);
    let page = fs::read_to_string(root.join(page)).unwrap();
    let rows = page.lines().filter(|line| line.starts_with(start) && !line.starts_with("| Seen"));
    let mut named = 0;
    for row in rows {
        let tests = row.split('|').nth(3).unwrap();
        for test in tests.split('`').skip(1).step_by(2) {
            let exists = text.contains(&format!("fn {test}(")) || text.contains(&format!("test('{test}'"));
            assert!(exists, "no test is called {test:?}");
            named += 1;
        }
    }
    named
}

#[test]
fn every_promise_names_tests_that_exist() {
    let named = names_tests_that_exist("docs/PROMISES.md", "| ");
    assert!(named > 30, "{named}");
    let named = names_tests_that_exist("docs/SECURITY.md", "| V");
    assert!(named > 15, "{named}");
}
