//! A hub in a network namespace of its own: no route, no name server, nobody but itself.

#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

/// Runs inside the namespace: starts the hub, signs in, seats a party, orders, fires, pays, closes, stops the hub.
const EVENING: &str = r#"
set -eu
ip link set lo up
if ip route | grep -q .; then echo "there is a route" >&2; exit 1; fi
"$MAITRED" serve --data "$DATA" --demo --listen 127.0.0.1:8080 >/dev/null 2>&1 &
hub=$!
trap 'kill $hub 2>/dev/null || true' EXIT
api=http://127.0.0.1:8080/api/v1
for _ in $(seq 100); do curl -fsS http://127.0.0.1:8080/readyz >/dev/null 2>&1 && break; sleep 0.1; done
post() { curl -fsS -X POST "$api$1" -H "Authorization: Bearer ${token:-}" -H 'content-type: application/json' -d "$2"; }
get() { curl -fsS "$api$1" -H "Authorization: Bearer $token"; }
token=$(curl -fsS -X POST "$api/auth/login" -H 'content-type: application/json' -d '{"staff":"manager","pin":"2468"}' | jq -r .access_token)
table=$(get /floor | jq -r '.areas[0].tables[0].id')
item=$(get /menu | jq -r '[.items[] | select(all(.modifier_groups[]; .min == 0))][0].id')
check=$(post /checks "{\"table_id\":\"$table\",\"covers\":2}" | jq -r .id)
post "/checks/$check/lines" "{\"lines\":[{\"item_id\":\"$item\",\"quantity\":2}]}" >/dev/null
post "/checks/$check/fire" '{}' >/dev/null
due=$(get "/checks/$check" | jq -r .due_minor)
post "/checks/$check/tenders" "{\"kind\":\"cash\",\"amount_minor\":$due}" >/dev/null
post "/checks/$check/close" '{}' | jq -r .state
post /day/close '{"counted":[]}' | jq -r .kind
"#;

#[test]
fn a_hub_without_any_network_but_its_own_serves_a_party() {
    let namespace = Command::new("unshare").args(["--net", "true"]).status();
    if !namespace.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: network namespaces are not allowed here");
        return;
    }
    let binary = Path::new(env!("CARGO_BIN_EXE_hub-worker")).with_file_name("maitred");
    assert!(binary.exists(), "build the hub first: cargo build -p maitred-hub");
    let data = tempfile::tempdir().unwrap();
    let output = Command::new("unshare")
        .args(["--net", "bash", "-c", EVENING])
        .env("MAITRED", &binary)
        .env("DATA", data.path())
        .output()
        .unwrap();
    let (said, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{complained}");
    assert_eq!(said, "closed\nz\n", "{complained}");
}
