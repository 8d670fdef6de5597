//! The hub itself, its disk, and other boxes.

use jiff::Timestamp;
use maitred_store::{Health, SetAside};
use serde_json::{Value, json};

use super::{AttentionItem, AttentionKind, Severity};
use crate::app::App;
use crate::backup::{Failure, Place};
use crate::limits::{ATTENTION_ASIDE_MAX, BACKUP_AGE_MAX, WAL_BYTES_MAX};
use crate::peer::{Alarm, AlarmKind, HubRole, Progress};
use crate::problem::Problem;
use crate::views::params;

pub(super) fn database(app: &App, now: Timestamp) -> Vec<AttentionItem> {
    let alarm = |kind, title: &str, detail: String, about: Value| {
        let item = AttentionItem::new(kind, Severity::Alarm, "store", now, title.to_owned());
        AttentionItem { detail, params: params(about), ..item }
    };
    let mut items = Vec::new();
    if let Health::ReadOnly { problem } = app.store.health() {
        let about = json!({ "problem": problem });
        items.push(alarm(AttentionKind::Unhealthy, "The hub cannot write", problem, about));
    }
    if let Some(damage) = app.upkeep.damage().filter(|damage| !damage.is_empty()) {
        let title = "The database is damaged: restore the last backup";
        items.push(alarm(AttentionKind::Damaged, title, damage.join("; "), json!({ "problems": damage })));
    }
    let log_bytes = app.store.wal_bytes();
    if log_bytes > WAL_BYTES_MAX {
        let mib = log_bytes / (1024 * 1024);
        let (title, detail) = (
            "Something reads the database and does not end",
            format!("{mib} MiB wait to be copied into the database"),
        );
        items.push(alarm(AttentionKind::LogLarge, title, detail, json!({ "mib": mib })));
    }
    items
}

/// Backups that come to nothing: an alarm when the last one is old.
pub(super) fn backups(app: &App, now: Timestamp) -> impl Iterator<Item = AttentionItem> {
    Place::ALL.into_iter().filter_map(move |place| {
        let Failure { since, fault, problem, .. } = app.backups.failure(place)?;
        let age = app.backups.made(place).map(|made| now.duration_since(made.at));
        let severity = match age {
            Some(age) if age < BACKUP_AGE_MAX => Severity::Warning,
            Some(_) | None => Severity::Alarm,
        };
        let (kind, title) = (AttentionKind::BackupFailed, "No backup is made".to_owned());
        let item = AttentionItem::new(kind, severity, place.as_str(), since, title);
        let hours = age.map(|age| age.as_hours());
        let about = json!({ "place": place.as_str(), "fault": fault, "problem": problem, "hours": hours });
        Some(AttentionItem { detail: problem, params: params(about), ..item })
    })
}

/// Screens that wait to be let in: one item, however many pretend to be one.
pub(super) fn pairings(app: &App, now: Timestamp) -> Option<AttentionItem> {
    let waiting = app.pairings.waiting(now);
    let (first, count) = (waiting.first()?, waiting.len());
    let title = "A screen waits to be paired".to_owned();
    let item =
        AttentionItem::new(AttentionKind::PairingWaits, Severity::Info, "screens", first.asked_at, title);
    Some(AttentionItem { params: params(json!({ "count": count })), ..item })
}

pub(super) fn hubs(app: &App, now: Timestamp) -> Result<Vec<AttentionItem>, Problem> {
    let disagree = |alarm: Alarm| {
        let (kind, of) = (AttentionKind::HubsDisagree, alarm.origin.to_string());
        let title = match alarm.kind {
            AlarmKind::Rewound => "This hub was restored or copied while its old self is known to another",
            AlarmKind::Forked | AlarmKind::Refused(_) => "Two hubs know one journal otherwise",
        };
        let item = AttentionItem::new(kind, Severity::Alarm, &of, alarm.at, title.to_owned());
        AttentionItem { detail: format!("from entry {} of {of} on", alarm.seq), ..item }
    };
    let mut items: Vec<AttentionItem> = app.hubs.standing.alarms().into_iter().map(disagree).collect();
    items.extend(app.hubs.standing.catching_up().map(|progress| catching_up(progress, now)));
    let others = app.store.hubs()?.iter().filter(|hub| !hub.removed).count() > 1;
    if others && app.hubs.standing.role() == HubRole::Solo {
        let title = "No other hub has what is acknowledged here".to_owned();
        items.push(AttentionItem::new(AttentionKind::HubAlone, Severity::Warning, "hub", now, title));
    }
    Ok(items)
}

fn catching_up(progress: Progress, now: Timestamp) -> AttentionItem {
    let points = progress.basis_points();
    let title = format!("This hub is catching up: {}%", points / 100);
    let item = AttentionItem::new(AttentionKind::CatchingUp, Severity::Info, "hub", now, title);
    let left = progress.secs_left.map(|secs| format!(", {} to go", duration(secs)));
    let mib = |bytes: u64| bytes / (1024 * 1024);
    let done = match progress.copy_bytes {
        Some(of) => format!("{} of {} MiB of a copy", mib(progress.bytes), mib(of)),
        None => format!("{} of {} entries, {} MiB", progress.entries, progress.of, mib(progress.bytes)),
    };
    let detail = format!("{done}{}", left.unwrap_or_default());
    AttentionItem { detail, params: params(json!({ "basis_points": points })), ..item }
}

fn duration(secs: u64) -> String {
    if secs < 60 { format!("{secs} s") } else { format!("{} min", secs.div_ceil(60)) }
}

/// What another replica wrote and nobody knows otherwise.
pub(super) fn set_aside(app: &App) -> Result<Vec<AttentionItem>, Problem> {
    let item = |aside: SetAside| {
        let (kind, of) = (AttentionKind::EntrySetAside, format!("{}/{}", aside.origin, aside.seq));
        let title = "What another box wrote does not fit here".to_owned();
        let facts: Vec<&str> = aside.facts.iter().map(|fact| fact.fact.name()).collect();
        let item = AttentionItem::new(kind, Severity::Alarm, &of, aside.at, title);
        let detail = format!("{}: {}", facts.join(", ").replace('_', " "), aside.problem);
        let check_id = aside.facts.iter().find_map(|fact| fact.fact.check());
        AttentionItem { detail, params: params(json!({ "facts": facts })), check_id, ..item }
    };
    let (newer, strange): (Vec<_>, Vec<_>) =
        app.store.set_aside(ATTENTION_ASIDE_MAX)?.into_iter().partition(|aside| aside.is_newer);
    let mut items: Vec<AttentionItem> = strange.into_iter().map(item).collect();
    items.extend(newer_version(&newer));
    Ok(items)
}

/// What waits until this hub is of the version that wrote it.
fn newer_version(newer: &[SetAside]) -> Option<AttentionItem> {
    let since = newer.iter().map(|aside| aside.at).min()?;
    let title = "Another hub is newer: update this one".to_owned();
    let item = AttentionItem::new(AttentionKind::NewerVersion, Severity::Warning, "hub", since, title);
    let detail = format!("{} entries wait for it; everything else goes on", newer.len());
    Some(AttentionItem { detail, params: params(json!({ "count": newer.len() })), ..item })
}
