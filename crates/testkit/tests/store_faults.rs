//! The store on a disk that fails: every I/O operation in turn, then at random for longer, full, and slow.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use maitred_domain::check::Check;
use maitred_domain::ids::{CheckId, TableId};
use maitred_domain::table::TableStatus;
use maitred_store::{AuditFilter, CheckFilter, CommandError, Health, Options, Store};
use maitred_testkit::faulty_vfs::{self, Fault, Mode};
use maitred_testkit::trial::{self, SweepReport};
use maitred_testkit::venue::{catalogue, options, service};

fn through(vfs: &str, data: &Path) -> Options {
    Options { vfs: Some(vfs.to_owned()), ..options(data) }
}

/// What a store shows from memory.
#[derive(Clone, Debug, PartialEq)]
struct Picture {
    open: Vec<Arc<Check>>,
    tables: BTreeMap<TableId, TableStatus>,
    head: u64,
}

impl Picture {
    fn of(store: &Store) -> Self {
        Self { open: store.open_checks(), tables: store.tables(), head: store.head() }
    }
}

/// A client that keeps account of what it was told.
#[derive(Debug, Default)]
struct Client {
    acknowledged: BTreeSet<u64>,
    /// Refused for lack of a disk, and never sent again.
    refused: BTreeSet<u64>,
    /// What the store showed at the end, unless it had stopped.
    picture: Option<Picture>,
}

enum Sent {
    Acknowledged,
    /// Refused: by the disk, or by the rules because of an earlier refusal.
    Refused,
    /// Its fate is unknown, and the store has stopped.
    Unknown,
}

impl Client {
    /// Sends command `n`; a refusal must have changed nothing that anybody sees.
    fn send(&mut self, store: &Store, n: u64) -> Sent {
        let before = Picture::of(store);
        match store.command_blocking(service::request(n)) {
            Ok(reply) => {
                assert_eq!(reply.answer, service::answer(n), "command {n}");
                self.refused.remove(&n);
                self.acknowledged.insert(n);
                Sent::Acknowledged
            }
            Err(CommandError::Unhealthy(_)) => {
                assert_eq!(Picture::of(store), before, "command {n} was refused, and is seen");
                // Its health is not asked for: by now it may have found out that the disk works again.
                self.refused.insert(n);
                Sent::Refused
            }
            Err(CommandError::Refused(_)) => Sent::Refused,
            Err(CommandError::Stopped) => Sent::Unknown,
            Err(e @ (CommandError::KeyReused | CommandError::Busy)) => panic!("command {n}: {e}"),
        }
    }

    /// Serves the party whose first command is `first`. Every other command that is refused is sent again, as a
    /// person would; one whose fate is unknown is, after the store was opened again.
    fn serve(&mut self, options: &Options, mut store: Store, first: u64) -> Option<Store> {
        for n in first..first + service::COMMANDS_PER_PARTY {
            match self.send(&store, n) {
                Sent::Acknowledged => continue,
                Sent::Refused if n.is_multiple_of(2) => continue,
                Sent::Refused => {}
                Sent::Unknown => {
                    drop(store);
                    store = Store::open(options, catalogue).ok()?;
                }
            }
            if let Sent::Unknown = self.send(&store, n) {
                return None;
            }
        }
        Some(store)
    }

    /// What is wrong with what was found afterwards.
    fn check(&self, options: &Options) -> Result<BTreeSet<u64>, String> {
        let (present, store) = service::inspect(options)?;
        if let Some(n) = self.refused.intersection(&present).next() {
            return Err(format!("command {n} was refused, and happened"));
        }
        match &self.picture {
            Some(picture) if *picture != Picture::of(&store) => {
                Err(format!("memory held {picture:?}, the disk {:?}", Picture::of(&store)))
            }
            Some(_) | None => Ok(present),
        }
    }
}

/// Sweeps faults over one party, served from what `prepare` leaves in the folder.
fn sweep(vfs: &str, first: u64, prepare: impl Fn(&Path)) -> SweepReport {
    let plan = faulty_vfs::register(vfs).expect("each test has its own name");
    let client = RefCell::new(Client::default());
    let report = trial::sweep(
        &plan,
        |data| {
            prepare(data);
            let options = through(vfs, data);
            let mut served = Client::default();
            let store = Store::open(&options, catalogue).ok();
            if let Some(store) = store.and_then(|store| served.serve(&options, store, first)) {
                served.picture = (!store.is_stopped()).then(|| Picture::of(&store));
            }
            let acknowledged = served.acknowledged.clone();
            client.replace(served);
            acknowledged
        },
        |data| client.borrow().check(&options(data)),
    )
    .expect("the party is served undisturbed");
    eprintln!("{vfs}: {report}");
    report
}

#[test]
fn no_fault_at_any_operation_of_a_party_loses_doubles_or_invents_a_command() {
    let template = tempfile::tempdir().unwrap();
    let store = Store::open(&options(template.path()), catalogue).unwrap();
    for n in 0..service::COMMANDS_PER_PARTY + 3 {
        store.command_blocking(service::request(n)).unwrap();
    }
    drop(store);
    let report = sweep("store-party", 2 * service::COMMANDS_PER_PARTY, |data| {
        std::fs::copy(template.path().join("maitred.db"), data.join("maitred.db")).unwrap();
    });
    assert!(report.faults > 200, "{report}");
    assert_eq!(report.broken, [""; 0]);
}

#[test]
fn no_fault_at_any_operation_of_a_first_start_leaves_something_that_cannot_be_opened() {
    // The party's last two commands need nobody to be there.
    let report = sweep("store-start", service::COMMANDS_PER_PARTY - 2, |_| {});
    assert!(report.faults > 200, "{report}");
    assert_eq!(report.broken, [""; 0]);
}

/// Multiples of the golden ratio: every run the same, and no two alike.
fn scattered(n: u64, below: u64) -> u64 {
    (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % below
}

#[test]
fn faults_at_random_for_a_long_time_lose_double_and_invent_nothing() {
    let vfs = "store-long";
    let plan = faulty_vfs::register(vfs).unwrap();
    let data = tempfile::tempdir().unwrap();
    let options = through(vfs, data.path());
    let mut client = Client::default();
    let mut store = Store::open(&options, catalogue).unwrap();
    let (mut struck, mut unknown) = (0, 0);
    for n in 0..100 * service::COMMANDS_PER_PARTY {
        let turn = usize::try_from(scattered(n + 1_000_000, 4)).unwrap();
        // Now and then late enough to strike in the checkpoint that some commits bring along.
        plan.arm(1 + scattered(n, 60), Fault::ALL[turn % 2], Mode::ALL[turn / 2]);
        let sent = client.send(&store, n);
        struck += u32::from(plan.fired() > 0);
        plan.disarm();
        match sent {
            Sent::Acknowledged => {}
            Sent::Refused => assert!(matches!(client.send(&store, n), Sent::Acknowledged), "command {n}"),
            Sent::Unknown => {
                unknown += 1;
                drop(store);
                store = Store::open(&options, catalogue).unwrap();
                assert!(matches!(client.send(&store, n), Sent::Acknowledged), "command {n}");
            }
        }
    }
    client.picture = Some(Picture::of(&store));
    store.shut_down();
    eprintln!("{vfs}: {} acknowledged, {struck} faults, {unknown} unknown", client.acknowledged.len());
    let present = client.check(&options).unwrap();
    assert_eq!(present, client.acknowledged);
    assert!(struck > 100 && unknown > 10);
}

/// Waits until the store can write again.
fn recovers(store: &Store) {
    let give_up_at = Instant::now() + Duration::from_secs(20);
    while store.health() != Health::Healthy {
        assert!(Instant::now() < give_up_at, "the store is still {:?}", store.health());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Everything can be read.
fn reads(store: &Store, closed: CheckId) {
    assert!(store.check(closed).unwrap().is_some());
    assert!(!store.checks(&CheckFilter::default(), 100).unwrap().is_empty());
    assert!(!store.audit(&AuditFilter::default(), 100).unwrap().rows.is_empty());
    assert!(!store.search_menu("D1", 10).unwrap().is_empty());
    store.day(None).unwrap();
    assert!(!store.open_checks().is_empty());
}

/// One party gone, another has its check.
fn party_and_a_half(store: &Store) -> u64 {
    let half = service::COMMANDS_PER_PARTY + 1;
    for n in 0..half {
        store.command_blocking(service::request(n)).unwrap();
    }
    half
}

#[test]
fn while_the_disk_is_full_orders_are_refused_and_everything_is_read_until_there_is_room() {
    let vfs = "store-full";
    let plan = faulty_vfs::register(vfs).unwrap();
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(&through(vfs, data.path()), catalogue).unwrap();
    let next = party_and_a_half(&store);
    plan.arm(1, Fault::Full, Mode::Forever);
    let refused = store.command_blocking(service::request(next)).unwrap_err();
    assert!(matches!(&refused, CommandError::Unhealthy(why) if why.contains("full")), "{refused}");
    assert!(
        store.command_blocking(service::request(0)).unwrap().replayed,
        "nothing is to be written for this"
    );
    assert!(matches!(store.health(), Health::ReadOnly { .. }), "which proves nothing about the disk");
    // Longer than it takes to try again.
    std::thread::sleep(Duration::from_millis(1500));
    assert!(matches!(store.health(), Health::ReadOnly { .. }));
    reads(&store, service::check_of(0));
    plan.disarm();
    recovers(&store);
    store.command_blocking(service::request(next)).unwrap();
    store.shut_down();
    service::healthy(data.path()).unwrap();
}

#[test]
fn a_commit_that_was_never_synced_is_synced_before_anybody_hears_that_it_happened() {
    // As after a kill: what the dead process wrote is in the log, and nobody ever synced it.
    let (died, left) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let store = Store::open(&options(died.path()), catalogue).unwrap();
    store.command_blocking(service::request(0)).unwrap();
    for file in ["maitred.db", "maitred.db-wal"] {
        std::fs::copy(died.path().join(file), left.path().join(file)).unwrap();
    }
    let plan = faulty_vfs::register("store-unsynced").unwrap();
    let store = Store::open(&through("store-unsynced", left.path()), catalogue).unwrap();
    let syncs = plan.syncs();
    assert!(store.command_blocking(service::request(0)).unwrap().replayed, "the log held it");
    assert!(syncs >= 2, "the log, then the database: {syncs}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_disk_that_is_really_full_is_read_and_taken_up_again_when_a_file_is_deleted() {
    use maitred_testkit::power_cut::{FileSystem, PowerCutDisk, available};

    if let Err(reason) = available(FileSystem::Ext4) {
        eprintln!("SKIPPED: {reason}");
        return;
    }
    let disk = PowerCutDisk::mount(FileSystem::Ext4).unwrap();
    let store = Store::open(&options(&disk.path().join("data")), catalogue).unwrap();
    let mut next = party_and_a_half(&store);
    let filling = disk.path().join("filling");
    fill_up(&filling);
    let full = loop {
        match store.command_blocking(service::request(next)) {
            Ok(_) => next += 1,
            Err(e) => break e,
        }
    };
    assert!(matches!(&full, CommandError::Unhealthy(why) if why.contains("full")), "{full}");
    reads(&store, service::check_of(0));
    std::fs::remove_file(&filling).unwrap();
    recovers(&store);
    store.command_blocking(service::request(next)).unwrap();
    service::healthy(&disk.path().join("data")).unwrap();
}

/// Writes until nothing fits any more.
#[cfg(target_os = "linux")]
fn fill_up(file: &Path) {
    use std::io::Write;

    let mut filling = std::fs::File::create(file).unwrap();
    for block_bytes in [1 << 20, 4096] {
        while filling.write_all(&vec![0x55; block_bytes]).is_ok() {}
    }
    let _ = filling.sync_all();
}

#[test]
fn many_share_one_slow_sync() {
    const CLIENTS: u64 = 32;
    const SYNC: Duration = Duration::from_millis(400);
    let vfs = "store-slow";
    let plan = faulty_vfs::register(vfs).unwrap();
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(&through(vfs, data.path()), catalogue).unwrap();
    plan.sync_delay(SYNC);
    plan.reset();
    let started = Instant::now();
    let waits: Vec<Duration> = std::thread::scope(|scope| {
        let party = |client: u64| {
            let first = client * service::COMMANDS_PER_PARTY;
            let commands = first..first + service::COMMANDS_PER_PARTY;
            let store = &store;
            scope.spawn(move || commands.map(|n| timed(store, n)).collect::<Vec<_>>())
        };
        let clients: Vec<_> = (0..CLIENTS).map(party).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let (elapsed, syncs) = (started.elapsed(), plan.syncs());
    let worst = waits.iter().max().unwrap();
    eprintln!("{} commands in {elapsed:.1?}, {syncs} syncs, the slowest took {worst:.1?}", waits.len());
    assert_eq!(u64::try_from(waits.len()).unwrap(), CLIENTS * service::COMMANDS_PER_PARTY);
    // One after the other they would take two minutes.
    assert!(elapsed < SYNC * 64, "{elapsed:?}");
    plan.sync_delay(Duration::ZERO);
    store.shut_down();
    service::healthy(data.path()).unwrap();
}

fn timed(store: &Store, n: u64) -> Duration {
    let sent = Instant::now();
    store.command_blocking(service::request(n)).unwrap();
    sent.elapsed()
}

#[test]
fn a_full_queue_answers_busy_and_what_was_taken_is_done_in_bounded_batches() {
    // The store's own bounds.
    const SUBMISSIONS_MAX: usize = 1024;
    const BATCH_MAX: usize = 256;
    let vfs = "store-queue";
    let plan = faulty_vfs::register(vfs).unwrap();
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(&through(vfs, data.path()), catalogue).unwrap();
    // Whoever is told of an entry holds the writer up.
    let (reached, is_reached) = std::sync::mpsc::channel();
    let gate = Arc::new(std::sync::Mutex::new(()));
    let held = gate.lock().unwrap();
    let at_gate = Arc::clone(&gate);
    store.observe(move |_| {
        let _ = reached.send(());
        drop(at_gate.lock().unwrap());
    });
    let open = |n: u64| service::request(n * service::COMMANDS_PER_PARTY);
    let mut first = std::pin::pin!(store.command(open(0)));
    assert!(poll(first.as_mut()).is_none());
    is_reached.recv().unwrap();
    let mut taken: Vec<_> = (1..).take(SUBMISSIONS_MAX).map(|n| Box::pin(store.command(open(n)))).collect();
    for command in &mut taken {
        assert!(poll(command.as_mut()).is_none(), "there is room");
    }
    let one_more = store.command_blocking(open(5000));
    assert!(matches!(one_more, Err(CommandError::Busy)), "{one_more:?}");
    assert_eq!(store.health(), Health::Healthy);
    plan.reset();
    drop(held);
    for command in &mut taken {
        let give_up_at = Instant::now() + Duration::from_mins(1);
        let reply = loop {
            match poll(command.as_mut()) {
                Some(reply) => break reply,
                None => assert!(Instant::now() < give_up_at, "no answer"),
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        assert!(!reply.unwrap().replayed);
    }
    let commits = usize::try_from(plan.syncs()).unwrap();
    assert!((SUBMISSIONS_MAX / BATCH_MAX..SUBMISSIONS_MAX / 8).contains(&commits), "{commits} syncs");
    assert!(!store.command_blocking(open(5000)).unwrap().replayed, "busy means that nothing happened");
    assert_eq!(store.open_checks().len(), SUBMISSIONS_MAX + 2);
}

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.poll(&mut context) {
        std::task::Poll::Ready(output) => Some(output),
        std::task::Poll::Pending => None,
    }
}
