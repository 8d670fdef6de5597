//! What `docs/OPERATIONS.md` says to type is typed: every block of commands, in order, at a box in a folder.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take that happens by itself.
const SOON: Duration = Duration::from_mins(2);
/// What is typed at every question.
const TYPED: &str = "8361\n";

/// What stands for systemd, and for who only root can become: a hub as a process of the test's own.
const STAND_INS: [(&str, &str); 5] = [
    (
        "systemctl",
        r#"case "$1 $2" in
"start maitred-hub")
    maitred serve --config "$BOX/hub.toml" </dev/null >>"$BOX/hub.log" 2>&1 &
    echo $! >"$BOX/pid"
    until curl -fs -o /dev/null "$HUB/readyz"; do kill -0 "$(cat "$BOX/pid")"; sleep 0.1; done ;;
"stop maitred-hub")
    pid=$(cat "$BOX/pid")
    kill "$pid"
    while grep -qs '^State:.[^Z]' "/proc/$pid/status"; do sleep 0.05; done ;;
"status maitred-hub") kill -0 "$(cat "$BOX/pid")" ;;
*) exit 1 ;;
esac"#,
    ),
    ("journalctl", r#"[ "$1" = --vacuum-size=50M ] || tail -n 50 "$BOX/hub.log""#),
    ("timedatectl", r#"[ "$1" = status ]"#),
    ("chown", r#"[ "$1 $2" = "-R maitred-hub:" ] && [ -d "$3" ]"#),
    ("runuser", r#"[ "$1 $2 $3" = "-u maitred-hub --" ] && shift 3 && exec "$@""#),
];

/// A box: its folders are those of a real one, below `root`.
struct Rig {
    root: tempfile::TempDir,
    hub: String,
}

impl Rig {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        for folder in ["bin", "var/lib/maitred/hub", "media/stick", "root"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
        }
        let rig = Self { root, hub: format!("http://{free}") };
        let settings = format!(
            "data = \"{}\"\nlisten = \"{free}\"\nno-discovery = true\n",
            rig.path("/var/lib/maitred/hub").display()
        );
        fs::write(rig.path("/hub.toml"), settings).unwrap();
        for (name, script) in STAND_INS {
            let file = rig.path(&format!("/bin/{name}"));
            fs::write(&file, format!("#!/bin/sh\nset -eu\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }
        std::os::unix::fs::symlink(program("maitred"), rig.path("/bin/maitred")).unwrap();
        rig
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path.trim_start_matches('/'))
    }

    /// Types `commands`, with the folders and the address of this box.
    fn type_in(&self, commands: &str) -> Output {
        let root = self.root.path().to_str().unwrap();
        let port = self.hub.rsplit(':').next().unwrap();
        let mut here = commands
            .replace("127.0.0.1:8080", &format!("127.0.0.1:{port}"))
            .replace(":8080", &format!(":{port}"));
        for folder in ["/var/lib/maitred", "/media/stick", "/root/"] {
            here = here.replace(folder, &format!("{root}{folder}"));
        }
        let path = format!("{}:{}", self.path("/bin").display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &here])
            .env("PATH", path)
            .env("BOX", root)
            .env("HUB", &self.hub)
            .stdin(Stdio::piped())
            .stdout(File::create(self.path("/out")).unwrap())
            .stderr(File::create(self.path("/err")).unwrap())
            .spawn()
            .unwrap();
        // A block that asks for nothing does not read it.
        let _ = shell.stdin.take().unwrap().write_all(TYPED.as_bytes());
        let status = shell.wait().unwrap();
        Output {
            status,
            stdout: fs::read(self.path("/out")).unwrap(),
            stderr: fs::read(self.path("/err")).unwrap(),
        }
    }

    fn must(&self, commands: &str) -> String {
        let output = self.type_in(commands);
        let log = fs::read_to_string(self.path("/hub.log")).unwrap_or_default();
        assert!(output.status.success(), "{commands}\n{}\n{log}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Asks the hub as the manager's screen does.
    fn ask(&self, method: &str, path: &str, token: &str, body: &Value) -> Value {
        let said = Command::new("curl")
            .args(["-fsS", "-X", method, &format!("{}/api/v1{path}", self.hub), "-d", &body.to_string()])
            .args(["-H", "content-type: application/json", "-H", &format!("authorization: Bearer {token}")])
            .output()
            .unwrap();
        assert!(said.status.success(), "{method} {path}: {}", String::from_utf8_lossy(&said.stderr));
        serde_json::from_slice(&said.stdout).unwrap()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if let Ok(pid) = fs::read_to_string(self.path("/pid")) {
            let _ = Command::new("kill").arg(pid.trim()).status();
        }
    }
}

/// A program that a build of the workspace puts beside our own.
fn program(name: &str) -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_hub-worker")).with_file_name(name);
    assert!(program.exists(), "build it first: cargo build --bin {name}");
    program
}

/// The blocks of commands of the page, with the line that each begins in.
fn blocks(page: &str) -> Vec<(usize, String)> {
    let (mut blocks, mut block) = (Vec::new(), None);
    for (line, text) in (1..).zip(page.lines()) {
        match (&mut block, text) {
            (None, "```sh") => block = Some((line, String::new())),
            (None, fence) if fence.starts_with("```") => panic!("line {line}: a block is of sh"),
            (None, _) => {}
            (Some(_), "```") => blocks.extend(block.take()),
            (Some((_, commands)), text) => {
                commands.push_str(text);
                commands.push('\n');
            }
        }
    }
    blocks
}

#[test]
fn every_command_of_the_operations_page_works() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/OPERATIONS.md");
    let blocks = blocks(&fs::read_to_string(page).unwrap());
    assert!(blocks.len() > 10, "{}", blocks.len());
    let rig = Rig::new();
    rig.must("systemctl start maitred-hub");
    let venue = json!({
        "venue": { "name": "Da Ada", "currency": "EUR", "time_zone": "Europe/Rome", "languages": ["it"] },
        "manager": { "name": "Ada", "pin": "4907" },
    });
    let session = rig.ask("POST", "/setup", "", &venue);
    let token = session["access_token"].as_str().unwrap();
    let plan = json!({ "folder": rig.path("/media/stick"), "to_relay": false, "at": null, "keep_days": 30 });
    rig.ask("PUT", "/backup", token, &plan);
    let key = rig.ask("POST", "/backup/recovery-key", token, &json!({}));
    fs::write(rig.path("/root/recovery-key"), key["recovery_key"].as_str().unwrap()).unwrap();
    let begun = Instant::now();
    while rig.ask("GET", "/backup", token, &json!({}))["folder"]["at"].is_null() {
        assert!(begun.elapsed() < SOON, "no backup is made");
        std::thread::sleep(Duration::from_millis(100));
    }
    for (line, commands) in blocks {
        println!("line {line}:\n{commands}");
        rig.must(&commands);
    }
    let signed_in = rig.ask("POST", "/auth/login", "", &json!({ "staff": "manager", "pin": TYPED.trim() }));
    assert_eq!(
        signed_in["staff"]["handle"], "manager",
        "the new PIN is in the backup that was made after it"
    );
    rig.must("systemctl stop maitred-hub");
    assert!(rig.must("maitred doctor --data /var/lib/maitred/hub").contains("all is well"));
    assert!(fs::read_to_string(rig.path("/media/stick/facts.jsonl")).unwrap().starts_with('{'));
}

/// The spans of a page's text that are command lines of our programs.
fn command_lines(page: &str) -> impl Iterator<Item = Vec<&str>> {
    // Between fences every second piece is code.
    let spans = page.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2));
    spans.map(|span| span.split_whitespace().collect()).filter(|words: &Vec<&str>| {
        matches!(words[..], ["maitred" | "maitred-relay" | "maitred-bridge", next, ..] if !next.starts_with('('))
    })
}

/// What has places to fill in, such as in a table, cannot be typed as it stands: its words are those that the program knows.
#[test]
fn every_option_that_a_page_names_is_one_of_its_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let pages = ["docs/OPERATIONS.md", "README.md", "packaging/README.md"];
    let pages = pages.map(|page| fs::read_to_string(root.join(page)).unwrap());
    let mut looked_at = 0;
    for words in pages.iter().flat_map(|page| command_lines(page)) {
        let is_name = |word: &&&str| word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
        let said = words[1..].iter().take_while(|word| is_name(word) && !word.starts_with('-'));
        let help = Command::new(program(words[0])).args(said).arg("--help").output().unwrap();
        assert!(help.status.success(), "{words:?}: {}", String::from_utf8_lossy(&help.stderr));
        let known = String::from_utf8_lossy(&help.stdout);
        for option in words.iter().map(|word| word.trim_start_matches('[')).filter(|it| it.starts_with("--"))
        {
            let option = option.trim_end_matches([']', '.']);
            assert!(known.split_whitespace().any(|word| word == option), "{words:?}: {option} in\n{known}");
            looked_at += 1;
        }
    }
    assert!(looked_at > 30, "{looked_at}");
}
