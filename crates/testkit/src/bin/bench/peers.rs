//! A full replica fills an empty one over loopback: ours, and others that are made for it, with the same orders.
//!
//! The others are Node programs in `bench-peers`, run when their packages are installed there. Each gets one JSON line for
//! every change, `{"doc", "facts"}`. Compared is the time from the empty one's first connection until it has every change on
//! its disk: ours in SQLite with everything that the screens read, synced for each batch; automerge-repo's with one
//! document for each of ours, in files; `PouchDB`'s with one document for each change, in `LevelDB`.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use maitred_store::Store;
use maitred_sync::{Output, Session};
use serde::Deserialize;

use crate::report::{Figure, Target};
use crate::session::REALM;
use crate::{Outcome, empty, number};

#[derive(Deserialize)]
struct Copied {
    changes: u64,
    seconds: f64,
}

/// Measures ours beside each of the others that is installed.
pub fn measure(home: &Path, full: &Store, new: &Store, orders: &str) -> Outcome<Vec<Figure>> {
    let file = home.join("orders.jsonl");
    std::fs::write(&file, orders)?;
    let Told { took, .. } = copy(full, new)?;
    let rate = number(orders.lines().count() as u64) / took.as_secs_f64();
    let mut figures = vec![Figure::new("session/fresh/rate", rate, "changes per s")];
    for (program, name, least) in [
        ("automerge_repo.mjs", "session/fresh/rate_to_automerge_repo", 10.0),
        ("pouchdb.mjs", "session/fresh/rate_to_pouchdb_server", 3.0),
    ] {
        let Some(copied) = run(program, &file, &empty(home, program)?)? else { continue };
        let theirs = number(copied.changes) / copied.seconds;
        let figure = Figure::new(name, rate, "changes per s").beside(theirs, program);
        figures.push(figure.wants(Target::AtLeast(least)));
    }
    Ok(figures)
}

fn run(program: &str, orders: &Path, folder: &Path) -> Outcome<Option<Copied>> {
    let home = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/bench-peers"));
    if !home.join("node_modules").exists() {
        eprintln!("bench: {program} is left out: run `npm install --no-save` in {}", home.display());
        return Ok(None);
    }
    let output = Command::new("node").arg(home.join(program)).args([orders, folder]).output()?;
    if !output.status.success() {
        return Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let lines = String::from_utf8(output.stdout)?;
    Ok(Some(serde_json::from_str(lines.lines().last().unwrap_or_default())?))
}

/// What it took to tell everything.
pub struct Told {
    pub took: Duration,
    /// What the teller said.
    pub bytes: u64,
}

/// Lets `full` tell `new` everything over loopback.
pub fn copy(full: &Store, new: &Store) -> Outcome<Told> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let started = Instant::now();
    std::thread::scope(|scope| {
        let teller = scope.spawn(|| {
            let said =
                listener.accept().map_err(Into::into).and_then(|(stream, _)| talk(full, stream, |_| false));
            said.map_err(|e: Box<dyn std::error::Error>| e.to_string())
        });
        let wanted = full.vector()?;
        talk(new, TcpStream::connect(address)?, |store| {
            store.vector().is_ok_and(|known| known.covers(&wanted))
        })?;
        let took = started.elapsed();
        let bytes = teller.join().expect("the teller panicked")?;
        Ok(Told { took, bytes })
    })
}

/// Holds one end of a session until the other hangs up or `is_done`, and returns how many bytes it said.
fn talk(store: &Store, stream: TcpStream, is_done: impl Fn(&Store) -> bool) -> Outcome<u64> {
    stream.set_nodelay(true)?;
    let mut stream = Counted { stream, bytes: 0 };
    let (mut session, hello) = store.open_session(REALM)?;
    say(&mut stream, &hello)?;
    while let Some(frame) = hear(&mut stream.stream)? {
        let has_stored = answer(store, &mut session, &mut stream, &frame)?;
        if has_stored && is_done(store) {
            break;
        }
        while let Some(frame) = store.next_frame(&mut session)? {
            say(&mut stream, &frame)?;
        }
    }
    Ok(stream.bytes)
}

fn answer(store: &Store, session: &mut Session, stream: &mut Counted, frame: &[u8]) -> Outcome<bool> {
    let mut has_stored = false;
    for output in store.receive(session, frame)? {
        match output {
            Output::Send(frame) => say(stream, &frame)?,
            Output::Store(delivery) => {
                let number = delivery.number;
                let vector = store.deliver_blocking(delivery)?;
                say(stream, &session.stored(number, &vector))?;
                has_stored = true;
            }
            Output::Agreed { .. } | Output::Acknowledged(_) => {}
            alarm => return Err(format!("the hubs do not agree: {alarm:?}").into()),
        }
    }
    Ok(has_stored)
}

struct Counted {
    stream: TcpStream,
    bytes: u64,
}

fn say(to: &mut Counted, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    to.bytes += u64::from(length) + 4;
    to.stream.write_all(&[&length.to_be_bytes(), frame].concat())
}

/// The next frame; `None` when the other side has hung up.
fn hear(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(e) if matches!(e.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
            return Ok(None);
        }
        other => other?,
    }
    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut frame)?;
    Ok(Some(frame))
}
