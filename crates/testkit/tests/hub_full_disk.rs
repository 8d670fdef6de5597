//! A whole hub on a disk that fills up: it says so, goes on reading, and goes on writing by itself once there is room.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hub;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use maitred_testkit::hub::http::Client;
use maitred_testkit::hub::parties::{COMMANDS_PER_PARTY, Party, STEPS, Waiter};
use maitred_testkit::hub::screen::Screen;
use maitred_testkit::hub::{HubError, HubProcess, present, seed};
use maitred_testkit::power_cut::{FileSystem, PowerCutDisk, available};

/// Parties before the disk fills up, and after there is room again.
const PARTIES: u64 = 10;
/// So many commands fit into what the database has already claimed of the disk, at most.
const COMMANDS_MAX: u64 = 20_000;
/// How long a hub that nobody writes to may take to find out that there is room again.
const RECOVERY_MAX: Duration = Duration::from_secs(10);

/// A file that takes all the room there is.
struct Ballast(PathBuf);

impl Ballast {
    fn fill(folder: &Path, name: &str) -> Self {
        use rustix::fs::{FallocateFlags, fallocate};
        let path = folder.join(name);
        let file = File::create(&path).unwrap();
        let (mut size, mut step) = (0, 64 << 20);
        while step >= 4096 {
            match fallocate(&file, FallocateFlags::empty(), size, step) {
                Ok(()) => size += step,
                Err(errno) => {
                    assert_eq!(errno, rustix::io::Errno::NOSPC);
                    step /= 2;
                }
            }
        }
        file.sync_all().unwrap();
        Self(path)
    }

    fn throw_off(self) {
        fs::remove_file(self.0).unwrap();
    }
}

/// Serves parties of which everything must be done.
fn serve(waiter: &mut Waiter, parties: std::ops::Range<u64>) -> BTreeSet<u64> {
    for number in parties.clone() {
        let mut party = Party::new(number);
        for step in 0..STEPS.len() {
            let answer = waiter.send(&party, step).unwrap();
            assert!(answer.is_success(), "{answer:?}");
            party.learn(step, &answer);
        }
    }
    (parties.start * COMMANDS_PER_PARTY..parties.end * COMMANDS_PER_PARTY).collect()
}

/// Serves one party after the other until a command is refused. Returns what was done, whose turn it was, and at which
/// step.
fn serve_until_refused(waiter: &mut Waiter, first: u64) -> (BTreeSet<u64>, Party, usize) {
    let mut done = BTreeSet::new();
    for number in first..first + COMMANDS_MAX / COMMANDS_PER_PARTY {
        let mut party = Party::new(number);
        for step in 0..STEPS.len() {
            let answer = waiter.send(&party, step).unwrap();
            if !answer.is_success() {
                assert_eq!((answer.status, answer.problem()), (503, Some("unhealthy")), "{answer:?}");
                return (done, party, step);
            }
            party.learn(step, &answer);
            done.insert(party.command(step));
        }
    }
    panic!("the disk never got full");
}

fn everything_but_writing_goes_on(hub: &HubProcess, waiter: &mut Waiter) {
    let ready = hub.client().get("/readyz").unwrap();
    assert_eq!((ready.status, ready.problem()), (503, Some("unhealthy")), "{ready:?}");
    assert_eq!(hub.client().get("/healthz").unwrap().status, 200);
    for path in ["checks", "floor", "menu", "kitchen/tickets", "print-jobs", "attention"] {
        let answer = waiter.client.get(&format!("/api/v1/{path}")).unwrap();
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    assert_eq!(Screen::open(&waiter.client).unwrap().next_event().unwrap().name, "heartbeat");
    // Signing in writes down a session.
    let refusal = hub.client().sign_in("waiter", "2222").unwrap_err().to_string();
    assert!(refusal.starts_with("503"), "{refusal}");
}

/// What it logs is what is expected of it here.
fn start(data: &Path) -> Result<HubProcess, HubError> {
    HubProcess::start(&hub::maitred(), data, Stdio::null())
}

fn wait_until_ready(mut client: Client) -> Duration {
    let begun = Instant::now();
    while client.get("/readyz").unwrap().status != 200 {
        assert!(begun.elapsed() < RECOVERY_MAX, "the hub does not find out that there is room again");
        std::thread::sleep(Duration::from_millis(20));
    }
    begun.elapsed()
}

#[test]
fn a_hub_on_a_full_disk_says_so_reads_on_and_recovers_by_itself_without_losing_or_doubling() {
    if let Err(reason) = available(FileSystem::Ext4) {
        eprintln!("SKIPPED: {reason}");
        return;
    }
    let disk = PowerCutDisk::mount(FileSystem::Ext4).unwrap();
    let data = disk.path().join("data");
    seed(&data).unwrap();
    let hub = start(&data).unwrap();
    let mut waiter = Waiter::sign_in(hub.client()).unwrap();
    let mut done = serve(&mut waiter, 0..PARTIES);

    let ballast = Ballast::fill(disk.path(), "ballast");
    let (fitted, mut party, refused) = serve_until_refused(&mut waiter, PARTIES);
    eprintln!("{} commands fitted on the full disk", fitted.len());
    done.extend(fitted);
    everything_but_writing_goes_on(&hub, &mut waiter);
    for _ in 0..3 {
        let answer = waiter.send(&party, refused).unwrap();
        assert_eq!((answer.status, answer.problem()), (503, Some("unhealthy")), "{answer:?}");
    }

    ballast.throw_off();
    eprintln!("ready again after {:?}", wait_until_ready(hub.client()));
    for step in refused..STEPS.len() {
        let answer = waiter.send(&party, step).unwrap();
        assert!(answer.is_success(), "{answer:?}");
        party.learn(step, &answer);
        done.insert(party.command(step));
    }
    let next = party.command(0) / COMMANDS_PER_PARTY + 1;
    done.extend(serve(&mut waiter, next..next + PARTIES));

    // Whoever restarts it on a full disk, hoping that it helps, has a hub that reads; also when it is killed on it.
    let ballast = Ballast::fill(disk.path(), "ballast");
    hub.stop().unwrap();
    let given_back = Ballast::fill(disk.path(), "more ballast");
    let hub = start(&data).unwrap();
    waiter.client = waiter.client.at(hub.address());
    let (fitted, party, refused) = serve_until_refused(&mut waiter, next + PARTIES);
    eprintln!("{} commands fitted on the full disk after a restart", fitted.len());
    done.extend(fitted);
    everything_but_writing_goes_on(&hub, &mut waiter);
    drop(hub);
    let hub = start(&data).unwrap();
    waiter.client = waiter.client.at(hub.address());
    let answer = waiter.send(&party, refused).unwrap();
    assert_eq!((answer.status, answer.problem()), (503, Some("unhealthy")), "{answer:?}");
    everything_but_writing_goes_on(&hub, &mut waiter);

    ballast.throw_off();
    given_back.throw_off();
    eprintln!("ready again after {:?}", wait_until_ready(hub.client()));
    let next = party.command(0) / COMMANDS_PER_PARTY + 1;
    done.extend(serve(&mut waiter, next..next + PARTIES));
    drop(waiter);
    hub.stop().unwrap();

    assert_eq!(present(&hub::maitred(), &data).unwrap(), done);
}
