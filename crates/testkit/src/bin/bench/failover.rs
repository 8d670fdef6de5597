//! How long a restaurant waits when the hub that acts is gone: from the last answer of that one to the first of the other.
//! Killed, its connections break and the other knows at once; cut off, there is only silence.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use maitred_testkit::hub::http::Client;
use maitred_testkit::hub::parties::{Party, Waiter};
use maitred_testkit::hub::{HubProcess, seed};
use maitred_testkit::network::{self, Cable, Network, Place};
use serde_json::json;
use tempfile::TempDir;

use crate::Outcome;
use crate::report::{Figure, Target};

/// Devices that order while it happens.
const DEVICES: usize = 2;
/// More parties than come in a trial.
const PARTIES: u64 = 10_000;
/// Longer than anything takes that is not measured.
const PATIENCE: Duration = Duration::from_mins(1);
/// What is to be reached, in seconds: of 99 in 100, and always.
const P99_SECS: f64 = 2.0;
const LONGEST_SECS: f64 = 5.0;

/// A hub on a box of its own.
struct Machine {
    place: Place,
    cable: Cable,
    data: TempDir,
    address: String,
}

impl Machine {
    fn start(&self, options: &[&str]) -> Outcome<HubProcess> {
        let maitred: PathBuf = std::env::current_exe()?.with_file_name("maitred");
        let options = [&["--listen", "0.0.0.0:8080", "--trust-lan"], options].concat();
        let start = || HubProcess::start_with(&maitred, self.data.path(), &options, Stdio::inherit());
        Ok(self.place.within(start)?)
    }

    fn role(&self) -> Option<String> {
        let ask = || -> std::io::Result<_> {
            let mut manager = Client::new(([127, 0, 0, 1], 8080).into());
            manager.sign_in("manager", "2468")?;
            manager.look("/api/v1/sync")
        };
        self.place.within(ask).ok()?["role"].as_str().map(str::to_owned)
    }

    fn client(&self) -> Outcome<Client> {
        Ok(Client::new(format!("{}:8080", self.address).parse()?))
    }
}

/// What becomes of the hub that acts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Killed,
    CutOff,
}

/// Two hubs, and a room full of tablets.
struct Venue {
    network: Network,
    room: Place,
    boxes: [Machine; 2],
    acting: Option<HubProcess>,
    _standby: HubProcess,
}

impl Venue {
    fn open() -> Outcome<Self> {
        let network = Network::new(&["lan"])?;
        let plugged = |address: &str| -> Outcome<_> {
            let place = network.place()?;
            let cable = network.plug(&place, "lan", &format!("{address}/24"))?;
            Ok((place, cable))
        };
        let (room, _) = plugged("10.77.0.11")?;
        let mut boxes = Vec::new();
        for address in ["10.77.0.1", "10.77.0.2"] {
            let (place, cable) = plugged(address)?;
            boxes.push(Machine { place, cable, data: tempfile::tempdir()?, address: address.to_owned() });
        }
        let boxes: [Machine; 2] = boxes.try_into().map_err(|_| "two boxes")?;
        seed(boxes[0].data.path())?;
        let acting = boxes[0].start(&[])?;
        let token = boxes[0].place.within(|| -> Outcome<_> {
            let mut manager = Client::new(([127, 0, 0, 1], 8080).into());
            manager.sign_in("manager", "2468")?;
            Ok(manager.post("/api/v1/hubs/tokens", None, &json!({}))?)
        })?;
        let token = token.body["token"].as_str().ok_or("no token")?.to_owned();
        let standby = boxes[1].start(&["--standby-of", "http://10.77.0.1:8080", "--enrol", &token])?;
        let venue = Self { network, room, boxes, acting: Some(acting), _standby: standby };
        venue.stand()?;
        Ok(venue)
    }

    fn stand(&self) -> Outcome<()> {
        let begun = Instant::now();
        let roles = || self.boxes.each_ref().map(|it| it.role().unwrap_or_default());
        while roles() != ["acting", "standby"] {
            if begun.elapsed() > PATIENCE {
                return Err(format!("the hubs do not stand again: {:?}", roles()).into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Orders are taken, then the acting hub is gone.
    fn lose(&mut self, end: End, trial: u64) -> Outcome<Duration> {
        let mut acting = self.acting.take();
        let took = self.room.within(|| self.lose_from(&mut acting, end, trial))?;
        self.acting = Some(self.boxes[0].start(&[])?);
        self.stand()?;
        Ok(took)
    }

    /// The same, inside the room.
    fn lose_from(&self, acting: &mut Option<HubProcess>, end: End, trial: u64) -> Outcome<Duration> {
        let waiter = Waiter::sign_in(self.boxes[0].client()?)?;
        let first = trial * PARTIES;
        let mut other = waiter.at(self.boxes[1].client()?.address());
        let (last, cable) = (Mutex::new(Instant::now()), &self.boxes[0].cable);
        std::thread::scope(|scope| {
            for party in (first + 1..).take(DEVICES) {
                let (mut device, last) = (waiter.again(), &last);
                scope.spawn(move || {
                    device.serve(party, DEVICES, |_| *last.lock().expect("nobody panics") = Instant::now());
                });
            }
            std::thread::sleep(Duration::from_millis(150 + 37 * (trial % 7)));
            match end {
                End::Killed => drop(acting.take()),
                End::CutOff => self.network.cut(cable)?,
            }
            let answered = first_answer(&mut other, first)?;
            let took = answered - *last.lock().map_err(|_| "a device panicked")?;
            // Devices hear that it is gone once it is, and once they can hear.
            self.network.mend(cable)?;
            drop(acting.take());
            Ok(took)
        })
    }
}

fn first_answer(waiter: &mut Waiter, party: u64) -> Outcome<Instant> {
    let party = Party::new(party);
    let begun = Instant::now();
    while !waiter.send(&party, 0).is_ok_and(|answer| answer.is_success()) {
        if begun.elapsed() > PATIENCE {
            return Err("the other hub does not answer".into());
        }
    }
    Ok(Instant::now())
}

/// Loses the acting hub so many times each way.
pub fn measure(trials: u64) -> Outcome<Vec<Figure>> {
    if let Err(reason) = network::available() {
        eprintln!("failover is not measured: {reason}");
        return Ok(Vec::new());
    }
    let mut venue = Venue::open()?;
    let mut figures = Vec::new();
    for (name, end, begin) in [("killed", End::Killed, 0), ("cut_off", End::CutOff, trials)] {
        let trials = begin..begin + trials;
        let took: Outcome<Vec<Duration>> = trials.map(|trial| venue.lose(end, trial)).collect();
        let mut took = took?;
        took.sort_unstable();
        let secs = |at: usize| took.get(at).copied().unwrap_or_default().as_secs_f64();
        let count = took.len();
        figures.push(Figure::new(&format!("failover/{name}/p50"), secs(count / 2), "s"));
        let p99 = secs((count * 99).div_ceil(100).saturating_sub(1));
        figures.push(Figure::new(&format!("failover/{name}/p99"), p99, "s").wants(Target::AtMost(P99_SECS)));
        let longest = secs(count.saturating_sub(1));
        figures.push(
            Figure::new(&format!("failover/{name}/longest"), longest, "s")
                .wants(Target::AtMost(LONGEST_SECS)),
        );
    }
    Ok(figures)
}
