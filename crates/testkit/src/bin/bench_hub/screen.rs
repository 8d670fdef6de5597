//! From the waiter's touch to the kitchen's screen, while everybody is busy.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use maitred_testkit::hub::parties::{Party, STEPS, Waiter};
use maitred_testkit::hub::screen::Screen;
use maitred_testkit::hub::{HubProcess, seed};

use crate::report::{Figure, Target};
use crate::{Outcome, floor, maitred, permille_ms};

const SCREENS: usize = 60;
const WAITERS: u32 = 20;
const WRITES_PER_SEC: u32 = 300;
const WARM_UP: Duration = Duration::from_secs(3);
const RUN: Duration = Duration::from_secs(20);
/// How long the last events may take.
const REST: Duration = Duration::from_secs(2);
const TARGET_MS: f64 = 50.0;
const FIRE: usize = 2;

/// What the waiters and the screens noted.
#[derive(Default)]
struct Notes {
    /// When each party's fire was due. A waiter who is late counts as if they were not.
    fired: BTreeMap<u64, Instant>,
    /// Answers, from when they were due.
    answered: Vec<Duration>,
    /// When the fire of a party was on a screen; once for each screen.
    seen: Vec<(u64, Instant)>,
    /// Waiters that came too late to keep the pace.
    late: usize,
}

/// Measures fires under load.
pub fn measure(folder: &Path) -> Outcome<Vec<Figure>> {
    seed(folder)?;
    let hub = HubProcess::start(&maitred()?, folder, Stdio::inherit())?;
    let waiter = Waiter::sign_in(hub.client())?;
    let notes = Mutex::new(Notes::default());
    std::thread::scope(|scope| -> Outcome<()> {
        for _ in 0..SCREENS {
            let screen = Screen::open(&waiter.client)?;
            let notes = &notes;
            scope.spawn(move || follow(screen, notes));
        }
        let begin = Instant::now() + Duration::from_millis(100);
        let waiters: Vec<_> = (0..WAITERS)
            .map(|number| {
                let (waiter, notes) = (waiter.again(), &notes);
                scope.spawn(move || serve(waiter, number, begin, notes))
            })
            .collect();
        for waiter in waiters {
            waiter.join().expect("a waiter does not panic")?;
        }
        std::thread::sleep(REST);
        hub.stop()?;
        Ok(())
    })?;
    figures(notes.into_inner()?, folder)
}

fn figures(notes: Notes, folder: &Path) -> Outcome<Vec<Figure>> {
    let wanted = notes.fired.len() * SCREENS;
    let mut took: Vec<Duration> = notes
        .seen
        .iter()
        .filter_map(|(party, at)| Some(at.saturating_duration_since(*notes.fired.get(party)?)))
        .collect();
    if took.len() != wanted || wanted == 0 {
        return Err(format!("{wanted} tickets were to be seen, {} were", took.len()).into());
    }
    eprintln!("{} fires, {} commands late by more than 10 ms", notes.fired.len(), notes.late);
    let mut answered = notes.answered;
    let (mut round_trips, mut syncs, mut fan_outs) =
        (floor::round_trips()?, floor::syncs(folder)?, floor::fan_outs(SCREENS)?);
    let mut rows = Vec::new();
    for (name, permille) in [("p50", 500), ("p99", 990)] {
        let bare = [
            ("bare round trip", permille_ms(&mut round_trips, permille)),
            ("bare sync", permille_ms(&mut syncs, permille)),
            ("bare write to 60 screens", permille_ms(&mut fan_outs, permille)),
        ];
        let floor_ms = bare.iter().map(|(_, ms)| ms).sum();
        let seen =
            Figure::new(&format!("screen/fire_to_screen_{name}"), permille_ms(&mut took, permille), "ms");
        let seen = if name == "p99" { seen.wants(Target::AtMost(TARGET_MS)) } else { seen };
        rows.push(seen.beside(floor_ms, "bare round trip + sync + write to 60 screens"));
        let answer =
            Figure::new(&format!("screen/answer_{name}"), permille_ms(&mut answered, permille), "ms");
        rows.push(answer.beside(bare[0].1 + bare[1].1, "bare round trip + sync"));
        rows.extend(
            bare.map(|(what, ms)| Figure::new(&format!("{}_{name}", what.replace(' ', "_")), ms, "ms")),
        );
    }
    Ok(rows)
}

/// Notes when each party's fire comes to a screen, until the hub stops.
fn follow(mut screen: Screen, notes: &Mutex<Notes>) {
    let mut seen = Vec::new();
    while let Ok(event) = screen.next_event() {
        let at = Instant::now();
        if event.data.contains("\"type\":\"fired\"") {
            seen.extend(party_of(&event.data).map(|party| (party, at)));
        }
    }
    notes.lock().expect("nobody panics").seen.extend(seen);
}

/// The party of an event: the notes of its lines say so.
fn party_of(data: &str) -> Option<u64> {
    let (_, rest) = data.split_once("\"name\":\"party ")?;
    rest.split('"').next()?.parse().ok()
}

/// Serves parties, one command at every beat of this waiter.
fn serve(mut waiter: Waiter, number: u32, begin: Instant, notes: &Mutex<Notes>) -> Outcome<()> {
    let beat = Duration::from_secs(1) * WAITERS / WRITES_PER_SEC;
    let mut due = begin + beat * number / WAITERS;
    let (mut fired, mut answered, mut late) = (BTreeMap::new(), Vec::new(), 0);
    for party in (u64::from(number)..).step_by(WAITERS as usize) {
        if due > begin + WARM_UP + RUN {
            break;
        }
        let mut party_now = Party::new(party);
        for step in 0..STEPS.len() {
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            late += usize::from(due.elapsed() > Duration::from_millis(10));
            let answer = waiter.send(&party_now, step)?;
            if !answer.is_success() {
                return Err(format!("{answer:?}").into());
            }
            if due > begin + WARM_UP {
                answered.push(due.elapsed());
                if step == FIRE {
                    fired.insert(party, due);
                }
            }
            party_now.learn(step, &answer);
            due += beat;
        }
    }
    let mut notes = notes.lock().map_err(|_| "somebody panicked")?;
    notes.fired.extend(fired);
    notes.answered.extend(answered);
    notes.late += late;
    Ok(())
}
