//! What it costs that nobody reads along and everybody proves who they are: the same commands over plain http on the hub's own
//! box, and over TLS from a paired terminal.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use maitred_testkit::hub::http::Client;
use maitred_testkit::hub::parties::{Party, STEPS, Waiter};
use maitred_testkit::hub::{HubProcess, seed};
use serde_json::{Value, json};

use crate::report::{Figure, Target};
use crate::{Outcome, maitred, permille_ms};

/// Parties that come before anything is measured, and those that are, of each kind.
const WARM_UP: u64 = 50;
const PARTIES: u64 = 600;
/// Terminals that serve in turn, each over a connection of its own: one alone would ask more than a device may
/// ([`maitred_hub::limits::REQUESTS_AHEAD_MAX`]).
const TERMINALS: u64 = 5;
/// What both together may cost.
const RATIO_MAX: f64 = 1.15;

/// Measures commands one after the other, each kind in its turn, so that both have the same disk and the same neighbours.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    seed(folder)?;
    let options = ["--listen", "127.0.0.1:0", "--listen-tls", "127.0.0.1:0"];
    let mut hub = HubProcess::start_with(&maitred()?, folder, &options, Stdio::inherit())?;
    let address = hub.secure_address()?;
    let mut plain = Waiter::sign_in(hub.client())?;
    let mut secure = Vec::new();
    for number in 0..TERMINALS {
        let (authority, terminal) = paired(&hub, number)?;
        let mut waiter = plain.again();
        waiter.client = plain.client.over_tls(address, &authority, &terminal)?;
        waiter.client.sign_in("waiter", "2222")?;
        secure.push(waiter);
    }
    let (mut took_plain, mut took_secure) = (Vec::new(), Vec::new());
    for (number, turn) in (0..WARM_UP + PARTIES).zip((0..secure.len()).cycle()) {
        let (one, other) = (serve(&mut plain, 2 * number)?, serve(&mut secure[turn], 2 * number + 1)?);
        if number >= WARM_UP {
            took_plain.extend(one);
            took_secure.extend(other);
        }
    }
    hub.stop()?;
    let (plain_ms, secure_ms) = (permille_ms(&mut took_plain, 500), permille_ms(&mut took_secure, 500));
    let secure = Figure::new("tls/command_tls_and_terminal_p50", secure_ms, "ms");
    Ok(vec![
        Figure::new("tls/command_plain_p50", plain_ms, "ms"),
        secure.beside(plain_ms, "plain http, no terminal").wants(Target::AtMost(RATIO_MAX)),
    ])
}

/// Sends a party's commands; how long each took.
fn serve(waiter: &mut Waiter, number: u64) -> Outcome<Vec<Duration>> {
    let mut party = Party::new(number);
    let mut took = Vec::with_capacity(STEPS.len());
    for step in 0..STEPS.len() {
        let begun = Instant::now();
        let answer = waiter.send(&party, step)?;
        took.push(begun.elapsed());
        if !answer.is_success() {
            return Err(format!("{answer:?}").into());
        }
        party.learn(step, &answer);
    }
    Ok(took)
}

/// The hub's authority, and the token of a terminal that a manager let in.
fn paired(hub: &HubProcess, number: u64) -> Outcome<(String, String)> {
    let (mut screen, mut manager): (Client, Client) = (hub.client(), hub.client());
    manager.sign_in("manager", "2468")?;
    let asked = screen.post("/api/v1/pairings", None, &json!({}))?.body;
    let name = format!("bench-{number}");
    let accepted = json!({ "code": asked["code"], "name": name });
    let accepted = manager.post("/api/v1/pairings/accept", Some(&name), &accepted)?;
    if !accepted.is_success() {
        return Err(format!("{accepted:?}").into());
    }
    let claimed = screen.post("/api/v1/pairings/claim", None, &json!({ "secret": asked["secret"] }))?;
    let authority = screen.look("/api/v1/authority")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("the hub does not pair");
    Ok((text(&authority["pem"])?, text(&claimed.body["token"])?))
}
