//! What comes over ports, and what must not.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use maitred_wire::{DeviceKind, Hello};
use serde_json::json;

use crate::house::{Board, Bridge, Broker, PATIENCE, Pty, Stranger, pipe};

pub fn hello(serial: &str, boot: u32) -> Hello {
    let serial = serial.try_into().unwrap();
    Hello { kind: DeviceKind::BumpBar, boot, first: 1, firmware: (1, 0, 0), serial }
}

#[test]
fn garbage_on_one_port_is_nobody_elses() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state", "maitred/1/+/event"]);
    let mut noisy = Pty::open();
    let grill = Board::on(hello("grill", 1));
    let nowhere = "/dev/ttyNothing";
    let ports = ["--port", noisy.text(), "--port", grill.path.to_str().unwrap(), "--port", nowhere];
    let _bridge = Bridge::start(&broker, &ports);
    stranger.hear("homie/5/bump-bar-grill/$state", "ready");
    let mut seed = 1_u64;
    for code in 0..20 {
        let garbage: Vec<u8> = (0..500)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (seed >> 33).to_le_bytes()[0] & 0x3f
            })
            .collect();
        noisy.device.write_all(&garbage).unwrap();
        grill.press(code);
        let event = stranger.json("maitred/1/bump-bar-grill/event");
        assert_eq!(event["event"], json!({"kind": "key", "code": code}));
    }
}

#[test]
fn plain_devices_are_spoken_to_as_their_manuals_say() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state", "maitred/1/#"]);
    let (mut keys, mut display) = (Pty::open(), Pty::open());
    let name = |pty: &Pty| pty.path.file_name().unwrap().to_str().unwrap().to_owned();
    let (bar, till) = (format!("bump-bar-{}", name(&keys)), format!("customer-display-{}", name(&display)));
    let ports = [format!("{},ascii-keys", keys.text()), format!("{},cd5220,9600", display.text())];
    let _bridge = Bridge::start(&broker, &["--port", &ports[0], "--port", &ports[1]]);
    stranger.hear(&format!("homie/5/{till}/$state"), "ready");
    let show = json!({"id": "11111111-2222-4333-8444-000000000001", "expires_at_ms": i64::MAX,
        "do": {"kind": "show", "lines": ["Total", "12.50"]}});
    broker.publish(&format!("maitred/1/{till}/command"), &show.to_string());
    assert_eq!(stranger.json(&format!("maitred/1/{till}/answer"))["outcome"], "done");
    let mut shown = [0; 18];
    display.device.read_exact(&mut shown).unwrap();
    assert_eq!(shown, *b"\x0c\x1bQATotal\r\x1bQB12.50");
    keys.device.write_all(b"\r\nA\r\n").unwrap();
    let event = stranger.json(&format!("maitred/1/{bar}/event"));
    assert_eq!(event["event"], json!({"kind": "key", "code": 65}));
}

#[test]
fn keys_of_a_keyboard_are_heard_as_the_kernel_tells_them() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state", "maitred/1/#"]);
    let folder = tempfile::tempdir().unwrap();
    let path = pipe(folder.path());
    let port = format!("{},keyboard", path.to_str().unwrap());
    let _bridge = Bridge::start(&broker, &["--port", &port]);
    let mut recorded = OpenOptions::new().write(true).open(&path).unwrap();
    stranger.hear("homie/5/bump-bar-keys/$state", "ready");
    // As recorded of a bar of ten keys: the scan code, the key, and that this was all; then the same with the key up.
    for (class, code, value) in
        [(4_u16, 4_u16, 0x7_0059_i32), (1, 79, 1), (0, 0, 0), (4, 4, 0x7_0059), (1, 79, 0), (0, 0, 0)]
    {
        let time = [0_u8; 2 * size_of::<usize>()];
        let bytes = [&time[..], &class.to_ne_bytes(), &code.to_ne_bytes(), &value.to_ne_bytes()].concat();
        recorded.write_all(&bytes).unwrap();
    }
    assert_eq!(stranger.json("maitred/1/bump-bar-keys/event")["event"], json!({"kind": "key", "code": 79}));
    stranger.hears_nothing_of("maitred/1/bump-bar-keys/event", Duration::from_millis(300));
    drop(recorded);
    stranger.hear("homie/5/bump-bar-keys/$state", "lost");
}

#[test]
fn a_device_on_frames_says_again_what_was_not_safe_when_its_cable_was_pulled() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state", "maitred/1/+/event"]);
    let board = Board::on(hello("grill", 1));
    // Pressed before anybody listens.
    board.press(1);
    let _bridge = Bridge::start(&broker, &["--port", board.path.to_str().unwrap()]);
    assert_eq!(stranger.json("maitred/1/bump-bar-grill/event")["id"], "00000001-1");
    let begun = Instant::now();
    while board.waiting() > 0 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_device_that_falls_silent_is_lost_until_it_is_heard_again() {
    let broker = Broker::start();
    let stranger = Stranger::listen(&broker, "stranger", &["homie/5/+/$state"]);
    let hub = Stranger::listen(&broker, "hub", &["maitred/1/+/event"]);
    let board = Board::on(hello("grill", 1));
    let _bridge = Bridge::start(&broker, &["--port", board.path.to_str().unwrap()]);
    stranger.hear("homie/5/bump-bar-grill/$state", "ready");
    board.mute(true);
    board.press(1);
    stranger.hear("homie/5/bump-bar-grill/$state", "lost");
    board.mute(false);
    stranger.hear("homie/5/bump-bar-grill/$state", "ready");
    assert_eq!(hub.json("maitred/1/bump-bar-grill/event")["id"], "00000001-1");
}
