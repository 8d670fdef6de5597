//! From the key of a bump bar to the kitchen's screen: a simulated microcontroller behind a pseudo-terminal, the bridge, a
//! real broker, the hub with its sync, an event stream.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use maitred_testkit::bridge::{
    BridgeProcess, KEY_BUMP, KEY_FIRST, KEY_RECALL, ticket_for_the_bar, until_the_bar_is_there,
};
use maitred_testkit::hub::screen::Screen;
use maitred_testkit::hub::{HubProcess, seed};
use maitred_testkit::servers::Mosquitto;

use crate::report::{Figure, Target};
use crate::{Outcome, floor, maitred, permille_ms};

const KEYS: usize = 300;
const WARM_UP: usize = 12;
const TARGET_MS: f64 = 60.0;
/// A person's pause between two keys.
const PAUSE: Duration = Duration::from_millis(40);

/// Measures keys; nothing where no broker is installed.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    let Some(broker) = Mosquitto::start()? else { return Ok(Vec::new()) };
    seed(folder)?;
    let options = ["--listen", "127.0.0.1:0", "--broker", &broker.url()];
    let hub = HubProcess::start_with(&maitred()?, folder, &options, Stdio::inherit())?;
    let bridge = BridgeProcess::start(&maitred()?.with_file_name("maitred-bridge"), &broker.url())?;
    let mut manager = hub.client();
    manager.sign_in("manager", "2468")?;
    until_the_bar_is_there(&mut manager)?;
    ticket_for_the_bar(&mut manager, 0)?;
    let mut screen = Screen::open(&manager)?;
    let mut took = Vec::with_capacity(KEYS);
    for n in 0..WARM_UP + KEYS {
        // Chosen, cleared, brought back: each of the latter is a command with its sync.
        let code = [KEY_FIRST, KEY_BUMP, KEY_RECALL][n % 3];
        let pressed = Instant::now();
        bridge.press(code)?;
        while !is_key(&screen.next_event()?) {}
        if n >= WARM_UP {
            took.push(pressed.elapsed());
        }
        std::thread::sleep(PAUSE);
    }
    hub.stop()?;
    let (mut round_trips, mut syncs) = (floor::round_trips()?, floor::syncs(folder)?);
    let mut figure = |name: &str, permille| {
        let bare = permille_ms(&mut round_trips, permille) + permille_ms(&mut syncs, permille);
        let took = permille_ms(&mut took, permille);
        (Figure::new(&format!("keys/key_to_screen_{name}"), took, "ms"), bare)
    };
    let (half, half_bare) = figure("p50", 500);
    let (most, _) = figure("p99", 990);
    let beside = "bare round trip + sync";
    Ok(vec![half.beside(half_bare, beside), most.wants(Target::AtMost(TARGET_MS))])
}

fn is_key(event: &maitred_testkit::hub::screen::Event) -> bool {
    event.name == "device" && !event.data.contains("\"pressed\":[]")
}
