//! Figures for Prometheus, in its text format.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use maitred_store::{CommandError, Health, JobState};

use crate::app::App;
use crate::backup::Place;
use crate::problem::Problem;

/// Upper bounds of the latency histogram, in milliseconds.
const BUCKETS_MS: [u64; 10] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];

/// Counters since the start.
#[derive(Default)]
pub struct Metrics {
    done: AtomicU64,
    refused: AtomicU64,
    failed: AtomicU64,
    buckets: [AtomicU64; BUCKETS_MS.len()],
    micros: AtomicU64,
    /// Journal entries sent to event streams.
    pub published: AtomicU64,
    /// Event streams cut off because their client read too slowly.
    pub cut_off: AtomicU64,
}

impl Metrics {
    /// Counts a command.
    pub fn command(&self, error: Option<&CommandError>, took: Duration) {
        let counter = match error {
            None => &self.done,
            Some(CommandError::Refused(_) | CommandError::KeyReused) => &self.refused,
            Some(CommandError::Busy | CommandError::Unhealthy(_) | CommandError::Stopped) => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
        let reached = BUCKETS_MS.iter().zip(&self.buckets).filter(|(bound, _)| micros <= *bound * 1_000);
        for (_, bucket) in reached {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn write_commands(&self, text: &mut String) {
        let [done, refused, failed] = [&self.done, &self.refused, &self.failed].map(load);
        head(text, "maitred_commands_total", "counter", "Commands, by outcome.");
        for (outcome, count) in [("done", done), ("refused", refused), ("failed", failed)] {
            line(text, &format!("maitred_commands_total{{outcome=\"{outcome}\"}}"), count);
        }
        head(text, "maitred_command_seconds", "histogram", "Time from a command to its durable answer.");
        for (bound, bucket) in BUCKETS_MS.iter().zip(&self.buckets) {
            let le = format!("{}.{:03}", bound / 1_000, bound % 1_000);
            line(text, &format!("maitred_command_seconds_bucket{{le=\"{le}\"}}"), load(bucket));
        }
        let count = done + refused + failed;
        line(text, "maitred_command_seconds_bucket{le=\"+Inf\"}", count);
        let micros = load(&self.micros);
        line(
            text,
            "maitred_command_seconds_sum",
            format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000),
        );
        line(text, "maitred_command_seconds_count", count);
    }
}

/// Everything, as Prometheus reads it.
pub fn text(app: &App) -> Result<String, Problem> {
    let mut text = String::new();
    app.metrics.write_commands(&mut text);

    head(&mut text, "maitred_event_streams", "gauge", "Event streams that are open.");
    line(&mut text, "maitred_event_streams", app.live.clients());
    head(&mut text, "maitred_events_published_total", "counter", "Journal entries sent to event streams.");
    line(&mut text, "maitred_events_published_total", load(&app.metrics.published));
    head(
        &mut text,
        "maitred_event_streams_cut_off_total",
        "counter",
        "Event streams whose client was too slow.",
    );
    line(&mut text, "maitred_event_streams_cut_off_total", load(&app.metrics.cut_off));

    head(&mut text, "maitred_journal_seq", "gauge", "Last committed journal entry.");
    line(&mut text, "maitred_journal_seq", app.store.head());
    head(&mut text, "maitred_store_healthy", "gauge", "1 when the store can write.");
    line(&mut text, "maitred_store_healthy", u8::from(app.store.health() == Health::Healthy));
    if let Some(damage) = app.upkeep.damage() {
        head(&mut text, "maitred_database_damages", "gauge", "Damages that the check at the start found.");
        line(&mut text, "maitred_database_damages", damage.len());
    }
    head(&mut text, "maitred_wal_bytes", "gauge", "Size of the database's write-ahead log.");
    line(&mut text, "maitred_wal_bytes", app.store.wal_bytes());
    write_backups(&mut text, app);
    head(&mut text, "maitred_open_checks", "gauge", "Checks that are open.");
    line(&mut text, "maitred_open_checks", app.store.open_checks().len());

    head(&mut text, "maitred_print_jobs", "gauge", "Print jobs that are not done, by state.");
    let counts = app.store.job_counts()?;
    for state in
        [JobState::Queued, JobState::Attempting, JobState::Sent, JobState::Indeterminate, JobState::Expired]
    {
        let count = counts.get(&state).copied().unwrap_or_default();
        line(&mut text, &format!("maitred_print_jobs{{state=\"{}\"}}", state.as_str()), count);
    }
    Ok(text)
}

/// How old the last backups are, and which come to nothing.
fn write_backups(text: &mut String, app: &App) {
    let places = || Place::ALL.into_iter().filter(|place| app.backups.goes_to(*place));
    head(text, "maitred_backup_age_seconds", "gauge", "Age of the last backup, by where it is.");
    for place in places() {
        if let Some(made) = app.backups.made(place) {
            let name = format!("maitred_backup_age_seconds{{place=\"{}\"}}", place.as_str());
            line(text, &name, app.now().duration_since(made.at).as_secs());
        }
    }
    head(text, "maitred_backup_failing", "gauge", "1 when the last attempt at a backup came to nothing.");
    for place in places() {
        let name = format!("maitred_backup_failing{{place=\"{}\"}}", place.as_str());
        line(text, &name, u8::from(app.backups.failure(place).is_some()));
    }
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "{name} {value}");
}
