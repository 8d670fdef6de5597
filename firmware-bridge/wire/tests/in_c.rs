//! The C that strangers start from says and hears the same bytes.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use maitred_wire::{Action, Call, Colour, DeviceKind, Event, Fault, Frame, Hello, Outcome, Pattern, Status};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// What the example in C writes, and says of `packets`.
fn example(packets: &[Vec<u8>]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("example");
    let here = env!("CARGO_MANIFEST_DIR");
    let compiled = Command::new("cc")
        .args([
            "-std=c99",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic",
            "-I",
            &format!("{here}/include"),
            "-o",
        ])
        .arg(&program)
        .args([format!("{here}/c/example.c"), format!("{here}/c/maitred_wire.c")])
        .status()
        .unwrap();
    assert!(compiled.success());
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for packet in packets {
        writeln!(stdin, "{}", hex(packet)).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn what_a_device_says_has_the_same_bytes_in_c() {
    let event = |event| Frame::Event { boot: 7, seq: 70_000, event };
    let frames = [
        Frame::Hello(Hello {
            kind: DeviceKind::Probe,
            boot: 0xdead_beef,
            first: 300,
            firmware: (1, 2, 3),
            serial: "walk-in".try_into().unwrap(),
        }),
        event(Event::Key { code: 260 }),
        event(Event::Call { button: 260, what: Call::Bill }),
        event(Event::Reading { milli_celsius: -18_500 }),
        event(Event::Fault { what: Fault::KeyStuck }),
        Frame::Status(Status { battery_percent: None, dropped: 0, up_seconds: 3600 }),
        Frame::Status(Status { battery_percent: Some(80), dropped: 0, up_seconds: 3600 }),
        Frame::Answer { session: u32::MAX, seq: 1, outcome: Outcome::Refused },
    ];
    let ours: Vec<String> = frames.iter().map(|frame| hex(&frame.packet())).collect();
    assert_eq!(example(&[]), ours);
}

#[test]
fn what_a_bridge_says_is_understood_in_c_and_garbage_is_not() {
    let command = |action| Frame::Command { session: 9, seq: 300, action };
    let frames = [
        Frame::Greet,
        Frame::Welcome { boot: 0xdead_beef, session: 9, safe: 1 },
        Frame::Ack { boot: 1, safe: 70_000 },
        command(Action::Page { pager: 12, pattern: Pattern::Long }),
        command(Action::Show { upper: "Total".try_into().unwrap(), lower: "€ 12.50".try_into().unwrap() }),
        command(Action::Light { colour: Colour::Red, blink: true }),
        command(Action::Sound { pattern: Pattern::Alarm }),
        Frame::Status(Status::default()),
    ];
    let mut packets: Vec<Vec<u8>> = frames.iter().map(|frame| frame.packet().as_slice().to_vec()).collect();
    for packet in &mut packets {
        assert_eq!(packet.pop(), Some(0));
    }
    let mut changed = packets[2].clone();
    changed[3] ^= 1;
    packets.extend([changed, vec![0xff; 200], vec![1], vec![]]);
    let said = example(&packets);
    let zero = "action 0 pager 0 pattern 0 colour 0 blink 0 [] []";
    assert_eq!(
        said[8..],
        [
            format!("4 boot 0 session 0 safe 0 seq 0 {zero}"),
            format!("5 boot 3735928559 session 9 safe 1 seq 0 {zero}"),
            format!("6 boot 1 session 0 safe 70000 seq 0 {zero}"),
            "7 boot 0 session 9 safe 0 seq 300 action 0 pager 12 pattern 3 colour 0 blink 0 [] []".into(),
            "7 boot 0 session 9 safe 0 seq 300 action 1 pager 0 pattern 0 colour 0 blink 0 [Total] [€ 12.50]"
                .into(),
            "7 boot 0 session 9 safe 0 seq 300 action 2 pager 0 pattern 0 colour 1 blink 1 [] []".into(),
            "7 boot 0 session 9 safe 0 seq 300 action 3 pager 0 pattern 4 colour 0 blink 0 [] []".into(),
            "noise".into(),
            "noise".into(),
            "noise".into(),
            "noise".into(),
            "noise".into(),
        ]
    );
}
