//! Ports come and go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc;

use super::{FromPort, Line, PortId, Profile, Wanted, framed, keyboard, plain};

/// How often it is looked for ports.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The ports that are watched.
#[derive(Clone)]
pub struct Watched {
    /// Which are wanted.
    pub wanted: Vec<Wanted>,
    /// Draws random bits.
    pub draw: fn() -> u32,
    /// Where ports tell what they hear.
    pub to_bridge: mpsc::Sender<FromPort>,
}

/// Opens ports as they appear, on a thread of its own, until nobody listens any more.
///
/// # Errors
/// When there is no thread.
pub fn watch(watched: Watched) -> std::io::Result<()> {
    let open = Arc::new(Mutex::new(BTreeSet::new()));
    let next = AtomicU64::new(1);
    thread::Builder::new().name("ports".into()).spawn(move || {
        while !watched.to_bridge.is_closed() {
            for wanted in &watched.wanted {
                for path in wanted.present() {
                    open_once(&watched, wanted, &path, &open, &next);
                }
            }
            thread::sleep(LOOK_EVERY);
        }
    })?;
    Ok(())
}

type Open = Arc<Mutex<BTreeSet<PathBuf>>>;

fn open_once(watched: &Watched, wanted: &Wanted, path: &Path, open: &Open, next: &AtomicU64) {
    if !lock(open).insert(path.to_owned()) {
        return;
    }
    let port = PortId(next.fetch_add(1, Ordering::Relaxed));
    let held = Held { path: path.to_owned(), open: Arc::clone(open) };
    let (profile, baud, draw) = (wanted.profile, wanted.baud, watched.draw);
    let to_bridge = watched.to_bridge.clone();
    let started = thread::Builder::new().name(format!("port {}", port.0)).spawn(move || {
        let held = held;
        let line = Line { port, path: held.path.clone(), to_bridge };
        let ended = match profile {
            Profile::Frames => framed::run(&line, baud, draw),
            Profile::Keyboard => keyboard::run(&line, draw),
            Profile::AsciiKeys
            | Profile::AsciiPager
            | Profile::Lrs(_)
            | Profile::Cd5220
            | Profile::EscPosDisplay => plain::run(&line, profile, baud, draw),
        };
        if let Err(error) = ended {
            tracing::warn!(port = %held.path.display(), "{error}");
        }
    });
    if let Err(error) = started {
        tracing::warn!(port = %path.display(), "no thread for it: {error}");
    }
}

/// A path that is open; it can be opened again when this is dropped.
struct Held {
    path: PathBuf,
    open: Open,
}

impl Drop for Held {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.path);
    }
}

fn lock(open: &Open) -> std::sync::MutexGuard<'_, BTreeSet<PathBuf>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}
