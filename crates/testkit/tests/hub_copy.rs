//! A hub that joins a venue with a large store begins with a copy of it: as processes, over sockets, and with what may
//! happen on the way.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod hub;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use maitred_testkit::hub::http::Client;
use maitred_testkit::hub::parties::{Party, Waiter, check};
use maitred_testkit::hub::{HubProcess, doctor, seed};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// What makes a store of a few parties as large as that of a few months, and tells a copy from what was told by entries:
/// no entry brings it.
const PADDING: &str = "padding";
const PADDING_BYTES: u64 = 24 * 1024 * 1024;
const PARTIES: u64 = 5;

fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Reads a database that a hub may be using.
fn read(file: &Path) -> Connection {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn count(database: &Connection, of: &str) -> u64 {
    database.query_row(&format!("SELECT count(*) FROM {of}"), [], |row| row.get(0)).unwrap()
}

fn is_a_copy(file: &Path) -> bool {
    count(&read(file), &format!("meta WHERE name = '{PADDING}'")) == 1
}

/// A hub with a large store, where parties were served.
struct Venue {
    data: TempDir,
    acting: HubProcess,
    manager: Client,
    served: BTreeSet<u64>,
}

impl Venue {
    fn open() -> Self {
        let data = tempfile::tempdir().unwrap();
        seed(data.path()).unwrap();
        let database = Connection::open(data.path().join("maitred.db")).unwrap();
        let padding = "INSERT INTO meta (name, value) VALUES (?1, randomblob(?2))";
        database.execute(padding, (PADDING, PADDING_BYTES)).unwrap();
        database.close().unwrap();
        let options = ["--listen", "127.0.0.1:0"];
        let acting =
            HubProcess::start_with(&hub::maitred(), data.path(), &options, Stdio::inherit()).unwrap();
        let mut manager = acting.client();
        manager.sign_in("manager", "2468").unwrap();
        let mut venue = Self { data, acting, manager, served: BTreeSet::new() };
        venue.serve(0..PARTIES);
        venue
    }

    fn serve(&mut self, parties: std::ops::Range<u64>) {
        let mut waiter = Waiter::sign_in(self.acting.client()).unwrap();
        for party in parties {
            waiter
                .serve_one(party, |n| {
                    self.served.insert(n);
                })
                .unwrap();
        }
    }

    /// A new hub that knows this one at `there`.
    fn join(&mut self, there: SocketAddr) -> Standby {
        let data = tempfile::tempdir().unwrap();
        let hub = self.join_with(&hub::maitred(), data.path(), there);
        Standby { data, hub }
    }

    fn join_with(&mut self, binary: &Path, data: &Path, there: SocketAddr) -> HubProcess {
        let token = self.manager.post("/api/v1/hubs/tokens", None, &json!({})).unwrap();
        let (token, url) = (token.body["token"].as_str().unwrap(), format!("http://{there}"));
        let options = ["--listen", "127.0.0.1:0", "--standby-of", &url, "--enrol", token];
        HubProcess::start_with(binary, data, &options, Stdio::inherit()).unwrap()
    }

    /// What the standby says of itself; somebody is asked who signed in here.
    fn sync_of(&self, standby: &HubProcess) -> Option<Value> {
        self.manager.at(standby.address()).look("/api/v1/sync").ok()
    }

    fn stand(&mut self, standby: &HubProcess) {
        wait_for("one acts and one stands by, and both know the same", || {
            let acting = self.manager.look("/api/v1/sync").unwrap();
            self.sync_of(standby).is_some_and(|standby| {
                let roles = (acting["role"].as_str(), standby["role"].as_str());
                roles == (Some("acting"), Some("standby")) && acting["vector"] == standby["vector"]
            })
        });
    }

    /// This hub's box burns down, and the other goes on with everything that was acknowledged here.
    fn burn_down(self, standby: Standby) {
        let Self { data, acting, served, .. } = self;
        drop(acting);
        data.close().unwrap();
        let mut waiter = Waiter::sign_in(standby.hub.client()).unwrap();
        wait_for("the standby answers", || {
            waiter.send(&Party::new(1_000_000), 0).is_ok_and(|answer| answer.is_success())
        });
        let present = check(&mut waiter).unwrap();
        let lost: Vec<_> = served.difference(&present).collect();
        assert!(lost.is_empty(), "{lost:?} of {} are lost", served.len());
        standby.hub.stop().unwrap();
        doctor(&hub::maitred(), standby.data.path()).unwrap();
    }
}

struct Standby {
    data: TempDir,
    hub: HubProcess,
}

impl Standby {
    fn file(&self) -> PathBuf {
        self.data.path().join("maitred.db")
    }

    /// Nothing of a copy lies beside the database.
    fn is_tidy(&self) -> bool {
        let names = std::fs::read_dir(self.data.path()).unwrap().map(|it| it.unwrap().file_name());
        names.filter_map(|name| name.into_string().ok()).all(|name| !name.starts_with("maitred.db."))
    }
}

/// What happens to what the acting hub sends.
#[derive(Clone, Copy)]
enum Fault {
    /// It comes slowly: so long for 64 KiB.
    Slow(Duration),
    /// The connection breaks after so many bytes.
    Cut(u64),
    /// The byte there is another one.
    Flip(u64),
}

/// A way to a hub with a fault in the first so many connections that carry much.
struct Cable {
    address: SocketAddr,
    faults: Arc<AtomicU64>,
}

impl Cable {
    fn to(there: SocketAddr, fault: Fault, faults: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let faults = Arc::new(AtomicU64::new(faults));
        let left = Arc::clone(&faults);
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (near, far) = (near.unwrap(), TcpStream::connect(there).unwrap());
                let (near_in, far_out) = (near.try_clone().unwrap(), far.try_clone().unwrap());
                let left = Arc::clone(&left);
                std::thread::spawn(move || carry(near_in, far, |_, _| true));
                std::thread::spawn(move || {
                    let mut carried = 0;
                    carry(far_out, near, |bytes, length| {
                        let before = carried;
                        carried += length as u64;
                        happen(fault, &left, before, &mut bytes[..length])
                    });
                });
            }
        });
        Self { address, faults }
    }

    /// Faults that did not happen.
    fn left(&self) -> u64 {
        self.faults.load(Ordering::SeqCst)
    }
}

/// What happens to bytes after so many; false when the connection breaks.
fn happen(fault: Fault, left: &AtomicU64, before: u64, bytes: &mut [u8]) -> bool {
    let here = |at: u64| (before..before + bytes.len() as u64).contains(&at);
    let once = || left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
    match fault {
        Fault::Slow(pause) => std::thread::sleep(pause),
        Fault::Cut(at) => return !(here(at) && once()),
        Fault::Flip(at) => {
            if here(at) && once() {
                bytes[usize::try_from(at - before).unwrap()] ^= 1;
            }
        }
    }
    true
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut meet: impl FnMut(&mut [u8], usize) -> bool) {
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if !meet(&mut bytes, length) || to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        // It may have ended already.
        let _ = stream.shutdown(Shutdown::Both);
    }
}

#[test]
fn a_new_hub_begins_with_a_copy_and_is_a_hub_of_its_own() {
    let mut venue = Venue::open();
    let there = venue.acting.address();
    let standby = venue.join(there);
    venue.stand(&standby.hub);
    let (acting, copy) = (read(&venue.data.path().join("maitred.db")), read(&standby.file()));
    assert!(is_a_copy(&standby.file()) && standby.is_tidy());
    let [mine, theirs] = [&acting, &copy].map(|database| {
        let origin = "SELECT value FROM meta WHERE name = 'origin'";
        database.query_row(origin, [], |row| row.get::<_, [u8; 16]>(0)).unwrap()
    });
    assert_ne!(mine, theirs, "a copy that went on as the same would fork its journal");
    // What waits for a printer there is printed there.
    assert!(count(&acting, "print_jobs") > 0);
    assert_eq!(count(&copy, "print_jobs"), 0);
    assert_eq!(count(&copy, "hubs"), 2);
    drop((acting, copy));
    // Both know what either does now.
    venue.serve(PARTIES..2 * PARTIES);
    let mut waiter = Waiter::sign_in(venue.manager.at(standby.hub.address())).unwrap();
    waiter
        .serve_one(3 * PARTIES, |n| {
            venue.served.insert(n);
        })
        .unwrap();
    venue.stand(&standby.hub);
    venue.burn_down(standby);
}

#[test]
fn what_is_done_while_a_copy_is_on_its_way_arrives_too_and_progress_is_shown() {
    let mut venue = Venue::open();
    let cable = Cable::to(venue.acting.address(), Fault::Slow(Duration::from_millis(10)), 0);
    let standby = venue.join(cable.address);
    let mut catching_up = Value::Null;
    wait_for("some of the copy", || {
        // Nobody works there yet who could ask for more.
        catching_up = standby.hub.client().look("/readyz").unwrap()["catching_up"].clone();
        catching_up["bytes"].as_u64().is_some_and(|bytes| bytes > 0)
    });
    assert!(catching_up["bytes"].as_u64() < catching_up["copy_bytes"].as_u64(), "{catching_up}");
    assert!(catching_up["copy_bytes"].as_u64() > Some(PADDING_BYTES), "{catching_up}");
    venue.serve(PARTIES..2 * PARTIES);
    venue.stand(&standby.hub);
    assert!(is_a_copy(&standby.file()) && standby.is_tidy());
    venue.burn_down(standby);
}

#[test]
fn a_copy_that_is_cut_or_changed_on_the_way_is_begun_again() {
    for fault in [Fault::Cut(PADDING_BYTES / 2), Fault::Flip(PADDING_BYTES / 2)] {
        let mut venue = Venue::open();
        let cable = Cable::to(venue.acting.address(), fault, 1);
        let standby = venue.join(cable.address);
        venue.stand(&standby.hub);
        assert_eq!(cable.left(), 0);
        assert!(is_a_copy(&standby.file()) && standby.is_tidy());
        venue.burn_down(standby);
    }
}

#[test]
fn a_hub_to_which_no_copy_comes_through_is_told_the_entries() {
    let mut venue = Venue::open();
    let cable = Cable::to(venue.acting.address(), Fault::Cut(PADDING_BYTES / 2), 1_000);
    let standby = venue.join(cable.address);
    venue.stand(&standby.hub);
    assert_eq!(cable.left(), 997, "three tries");
    assert!(!is_a_copy(&standby.file()) && standby.is_tidy());
    venue.burn_down(standby);
}

#[test]
fn a_hub_without_room_for_a_copy_is_told_the_entries() {
    let mut venue = Venue::open();
    let folder = tempfile::tempdir().unwrap();
    let (data, script) = (folder.path().join("data"), folder.path().join("maitred"));
    std::fs::create_dir(&data).unwrap();
    // A disk of its own, too small to keep what a copy leaves free beside it.
    let mount = format!("mount -t tmpfs -o size=80m none {}", data.display());
    let maitred = hub::maitred();
    let lines = format!(
        "#!/bin/sh\nexec unshare --mount sh -c '{mount} && exec {} \"$@\"' sh \"$@\"\n",
        maitred.display()
    );
    std::fs::write(&script, lines).unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let can_mount = std::process::Command::new("unshare").args(["--mount", "true"]).status();
    if !can_mount.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no disk can be made here");
        return;
    }
    let there = venue.acting.address();
    let standby = venue.join_with(&script, &data, there);
    venue.stand(&standby);
    let file = PathBuf::from(format!("/proc/{}/root{}/maitred.db", standby.pid(), data.display()));
    assert!(std::fs::metadata(file).unwrap().len() < PADDING_BYTES);
    let mut waiter = Waiter::sign_in(standby.client()).unwrap();
    let present = check(&mut waiter).unwrap();
    assert!(venue.served.is_subset(&present));
}
