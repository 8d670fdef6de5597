//! From the waiter's touch to the first byte at an idle printer, and papers to bytes.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use maitred_device::encode::{Stamp, encode};
use maitred_device::paper::{Logo, Paper, Receipt};
use maitred_device::profile::Profile;
use maitred_testkit::hub::parties::{Party, Waiter};
use maitred_testkit::hub::{HubProcess, seed_with};

use crate::report::{Figure, Target};
use crate::{Outcome, floor, maitred, permille_ms};

const FIRES: u64 = 300;
const WARM_UP_FIRES: u64 = 30;
const FIRE: usize = 2;
/// The ticket of a fire is at the printer by then, or the run has failed.
const WAIT_MAX: Duration = Duration::from_secs(20);
const FIRST_BYTE_TARGET_MS: f64 = 30.0;
const PICTURES: u32 = 400;
const RASTER_TARGET_MB_PER_SEC: f64 = 50.0;
/// `ESC t`: what every ticket begins with, behind the questions.
const BODY: [u8; 2] = [0x1b, 0x74];
/// `GS r 1`: all that was sent is to be answered now.
const ASK_PROCESSED: [u8; 3] = [0x1d, 0x72, 0x01];

/// Measures fires, one at a time, each when the printer is done with the one before; and the encoder.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    let printer = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("tcp://{}", printer.local_addr()?);
    seed_with(
        folder,
        |it| if it.name == "Kitchen" { address.clone() } else { "tcp://127.0.0.1:1".to_owned() },
    )?;
    let (seen, firsts) = channel();
    std::thread::spawn(move || {
        for stream in printer.incoming().flatten() {
            // A connection that breaks is followed by the next.
            let _ = answer(stream, &seen);
        }
    });
    let hub = HubProcess::start(&maitred()?, folder, Stdio::inherit())?;
    let mut waiter = Waiter::sign_in(hub.client())?;
    let mut took = Vec::new();
    for number in 0..WARM_UP_FIRES + FIRES {
        let first = fire(&mut waiter, number, &firsts)?;
        if number >= WARM_UP_FIRES {
            took.push(first);
        }
    }
    hub.stop()?;
    let sync_ms = permille_ms(&mut floor::syncs(folder)?, 990);
    let first_byte = Figure::new("printing/fire_to_first_byte", permille_ms(&mut took, 990), "ms p99");
    Ok(vec![
        Figure::new("printing/sync", sync_ms, "ms p99"),
        first_byte.wants(Target::AtMost(FIRST_BYTE_TARGET_MS + sync_ms)),
        raster(),
    ])
}

/// Serves a party until it fires; how long after that the first byte of its ticket came.
fn fire(waiter: &mut Waiter, number: u64, firsts: &Receiver<Instant>) -> Outcome<Duration> {
    let mut party = Party::new(number);
    let mut fired = Instant::now();
    for step in 0..=FIRE {
        fired = Instant::now();
        let answer = waiter.send(&party, step)?;
        party.learn(step, &answer);
    }
    let first = firsts.recv_timeout(WAIT_MAX).map_err(|_| "no ticket came to the printer")?;
    Ok(first.saturating_duration_since(fired))
}

/// A printer that has paper, and prints as fast as it reads.
fn answer(mut stream: TcpStream, seen: &Sender<Instant>) -> Outcome<()> {
    stream.set_nodelay(true)?;
    let (mut bytes, mut told, mut is_ticket) = ([0; 4_096], Vec::new(), false);
    loop {
        let length = stream.read(&mut bytes)?;
        if length == 0 {
            return Ok(());
        }
        told.extend_from_slice(&bytes[..length]);
        if !is_ticket && told.windows(BODY.len()).any(|part| part == BODY) {
            is_ticket = true;
            seen.send(Instant::now())?;
        }
        stream.write_all(&replies(&mut told))?;
    }
}

/// What it says to the questions in `told`, which are taken out.
fn replies(told: &mut Vec<u8>) -> Vec<u8> {
    let mut replies = Vec::new();
    let mut done = 0;
    for at in 0..told.len() {
        let rest = &told[at..];
        let (reply, length): (&[u8], usize) = match *rest {
            [0x10, 0x04, _, ..] => (&[0x12], 3),
            [0x1d, 0x61, _, ..] => (&[0x14, 0, 0, 0x0f], 3),
            [0x1d, 0x28, 0x48, 0x06, 0, 0x30, 0x30, a, b, c, d, ..] => {
                replies.extend([0x37, 0x22, a, b, c, d, 0]);
                (&[], 11)
            }
            _ if rest.starts_with(&ASK_PROCESSED) => (&[0x00], 3),
            _ => continue,
        };
        replies.extend(reply);
        done = at + length;
    }
    told.drain(..done.min(told.len()));
    replies
}

/// Bytes a second of a paper that is nearly all picture.
fn raster() -> Figure {
    let logo = Logo { width_dots: 384, rows: (0..384 / 8 * 2_000_u32).map(|n| n.to_le_bytes()[0]).collect() };
    let paper = Paper::Receipt(Receipt { logo: Some(logo), ..Receipt::default() });
    let profile = Profile::default();
    let begun = Instant::now();
    let bytes: usize =
        (0..PICTURES).map(|attempt| encode(&paper, &profile, Stamp { number: 1, attempt }).bytes.len()).sum();
    let megabytes = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX)) / 1e6;
    let per_sec = megabytes / begun.elapsed().as_secs_f64();
    Figure::new("printing/raster_encoder", per_sec, "MB/s").wants(Target::AtLeast(RASTER_TARGET_MB_PER_SEC))
}
