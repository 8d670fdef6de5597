//! The one task that turns entries into frames.

use std::sync::atomic::Ordering;

use maitred_store::Committed;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::frame::{self, DeviceEvent, Frame, FrameKind, Heartbeat, PrintEvent};
use crate::app::App;
use crate::limits::{DEVICE_NEWS_TIME, HEARTBEAT, REPLAY_ENTRIES_MAX};
use crate::views::{DeviceView, EntryViews, PaperViews};

/// Publishes until the hub stops. `feed` was subscribed before the store was observed, at entry `last`.
pub async fn publish(app: App, mut feed: broadcast::Receiver<std::sync::Arc<Committed>>, mut last: u64) {
    let mut beat = tokio::time::interval(HEARTBEAT);
    let mut names = app.store.names_news();
    loop {
        tokio::select! {
            () = app.stopped() => return,
            entry = feed.recv() => match entry {
                Ok(entry) if entry.seq > last => {
                    send_entry(&app, &entry);
                    last = entry.seq;
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => last = catch_up(&app, last).await,
                Err(RecvError::Closed) => return,
            },
            () = app.live.printed.notified() => send_prints(&app),
            _ = names.changed() => {
                // What was learnt of others goes on to others.
                app.hubs.grown.send_modify(|_| {});
                send(&app, FrameKind::Print, || frame::reset(last));
            }
            () = app.live.device.notified() => send_devices(&app),
            _ = beat.tick() => send_heartbeat(&app, last),
        }
    }
}

fn send(app: &App, kind: FrameKind, bytes: impl FnOnce() -> bytes::Bytes) {
    if app.live.frames.receiver_count() > 0 {
        // It fails only when the last listener has just left.
        let _ = app.live.frames.send(Frame { kind, bytes: bytes() });
    }
}

fn send_entry(app: &App, entry: &Committed) {
    app.metrics.published.fetch_add(1, Ordering::Relaxed);
    send(app, FrameKind::Change(entry.seq), || change(app, entry));
}

/// An entry as bytes.
pub fn change(app: &App, entry: &Committed) -> bytes::Bytes {
    frame::event("change", Some(entry.seq), &app.views().change_event(entry))
}

fn send_heartbeat(app: &App, seq: u64) {
    send(app, FrameKind::Heartbeat(seq), || heartbeat(app, seq));
}

/// A heartbeat as bytes.
pub fn heartbeat(app: &App, seq: u64) -> bytes::Bytes {
    let (origin, role) = (app.store.origin().to_string(), app.hubs.standing.role());
    frame::event("heartbeat", None, &Heartbeat { seq, at: app.now(), origin, role })
}

fn send_prints(app: &App) {
    let changes = app.live.take_prints();
    send(app, FrameKind::Print, || {
        let views = app.views();
        let jobs = changes.jobs.iter().filter_map(|id| app.store.print_job(*id).ok().flatten());
        let printers = changes.printers.iter().filter_map(|id| views.catalogue.printers.get(id));
        let event = PrintEvent {
            print_jobs: jobs.map(|job| views.print_job(&job)).collect(),
            printers: printers.map(|it| views.printer(it, &app.printers)).collect(),
            attention: true,
        };
        frame::event("print", None, &event)
    });
}

fn send_devices(app: &App) {
    let changes = std::mem::take(&mut *app.live.device_changes());
    send(app, FrameKind::Print, || {
        let devices: Vec<DeviceView> =
            changes.homies.iter().filter_map(|homie| DeviceView::called(app, homie)).collect();
        // Of a device in the settings it matters when it goes and when it comes back.
        let just_now = app.now() - DEVICE_NEWS_TIME;
        let is_news =
            |it: &DeviceView| it.device.is_some() && it.health.since.is_some_and(|at| at > just_now);
        let attention = changes.all || devices.iter().any(is_news);
        let event = DeviceEvent { devices, all: changes.all, pressed: changes.pressed, attention };
        frame::event("device", None, &event)
    });
}

/// Reads what the feed had no room for.
async fn catch_up(app: &App, mut last: u64) -> u64 {
    loop {
        let read = app.read(move |app| Ok(app.store.entries_after(last, REPLAY_ENTRIES_MAX)?)).await;
        match read {
            Ok(entries) if entries.is_empty() => return last,
            Ok(entries) => {
                for entry in &entries {
                    send_entry(app, entry);
                    last = entry.seq;
                }
            }
            Err(_) => return last,
        }
    }
}
