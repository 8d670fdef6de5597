//! The floor: bare sockets, a bare sync, and a bare write to many readers. No HTTP, no hub.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::Outcome;

const ROUNDS: usize = 1_500;
/// Time between rounds: as often as the hub is written to.
const EVERY: Duration = Duration::from_micros(3_333);
const REQUEST_BYTES: usize = 400;
const ANSWER_BYTES: usize = 2_000;
const EVENT_BYTES: usize = 3_000;
const PAGE_BYTES: usize = 4_096;

/// A request and its answer over a socket of this box.
pub fn round_trips() -> Outcome<Vec<Duration>> {
    let (mut near, mut far) = pair(&TcpListener::bind("127.0.0.1:0")?)?;
    let server = std::thread::spawn(move || {
        let (mut request, answer) = ([0; REQUEST_BYTES], [1; ANSWER_BYTES]);
        while far.read_exact(&mut request).is_ok() && far.write_all(&answer).is_ok() {}
    });
    let (request, mut answer) = ([0; REQUEST_BYTES], [1; ANSWER_BYTES]);
    let took = paced(|| {
        near.write_all(&request)?;
        Ok(near.read_exact(&mut answer)?)
    });
    drop(near);
    server.join().expect("the server does not panic");
    took
}

/// A page appended to a file and synced.
pub fn syncs(folder: &Path) -> Outcome<Vec<Duration>> {
    let mut file = File::create(folder.join("bare"))?;
    paced(|| {
        file.write_all(&[0x55; PAGE_BYTES])?;
        Ok(file.sync_data()?)
    })
}

/// An event written to so many sockets, until each of their readers has it.
pub fn fan_outs(screens: usize) -> Outcome<Vec<Duration>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (arrived, arrivals) = mpsc::channel();
    let mut writers = Vec::new();
    for _ in 0..screens {
        let (mut near, far) = pair(&listener)?;
        writers.push(far);
        let arrived = arrived.clone();
        std::thread::spawn(move || {
            let mut event = [0; EVENT_BYTES];
            while near.read_exact(&mut event).is_ok() && arrived.send(Instant::now()).is_ok() {}
        });
    }
    let event = [1; EVENT_BYTES];
    let mut took = Vec::new();
    paced(|| {
        let begun = Instant::now();
        for writer in &mut writers {
            writer.write_all(&event)?;
        }
        took.extend(arrivals.iter().take(screens).map(|at| at.duration_since(begun)));
        Ok(())
    })?;
    Ok(took)
}

fn pair(listener: &TcpListener) -> std::io::Result<(TcpStream, TcpStream)> {
    let near = TcpStream::connect(listener.local_addr()?)?;
    let (far, _) = listener.accept()?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    Ok((near, far))
}

fn paced(mut round: impl FnMut() -> Outcome<()>) -> Outcome<Vec<Duration>> {
    let mut took = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        round()?;
        took.push(begun.elapsed());
        std::thread::sleep(EVERY.saturating_sub(begun.elapsed()));
    }
    Ok(took)
}
