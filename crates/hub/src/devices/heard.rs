//! Events of devices as commands. An event's id is the command's key, so that one that comes again does nothing.

use jiff::{SignedDuration, Timestamp};
use maitred_device::field::DeviceId as Homie;
use maitred_device::field::message::{Call, Event, EventId, Happened};
use maitred_domain::catalogue::{Device, DeviceKind};
use maitred_domain::decide::Command;
use maitred_domain::device_log::CallKind;
use maitred_domain::ids::StaffId;
use maitred_domain::permission::Role;
use maitred_store::{CommandError, Request};

use super::keys::{self, Press};
use super::probes;
use crate::app::App;
use crate::limits::{CALL_AGE_MAX, KEY_AGE_MAX, KEY_LATE};
use crate::peer::HubRole;

/// Whether this hub acts.
pub fn is_acting(app: &App) -> bool {
    match app.hubs.standing.role() {
        HubRole::Acting | HubRole::Solo => true,
        HubRole::Standby => false,
    }
}

/// Something happened at a device.
pub async fn event(app: &App, homie: &Homie, event: &Event) {
    let now = app.now();
    if !note(app, homie.as_str(), event, now) {
        return;
    }
    app.live.device_changed(homie.as_str());
    let catalogue = app.store.catalogue();
    let Some(device) = catalogue.device_called(homie.as_str()) else { return };
    let at = Timestamp::from_millisecond(event.at_ms).unwrap_or(now).min(now);
    let age = now.duration_since(at);
    match (&event.event, device.kind) {
        (Happened::Reading { milli_celsius }, DeviceKind::Probe) => {
            probes::reading(app, device, at, event.id, *milli_celsius).await;
        }
        // A hub that does not act follows what is chosen, so that it can go on at once.
        (Happened::Key { code }, DeviceKind::BumpBar) if age <= KEY_AGE_MAX => {
            keys::pressed(app, device, Press { id: event.id, code: *code, at, is_late: age > KEY_LATE })
                .await;
        }
        (Happened::Call { what, .. }, DeviceKind::CallButton) if is_acting(app) && age <= CALL_AGE_MAX => {
            called(app, device, event.id, *what).await;
        }
        (
            Happened::Reading { .. } | Happened::Key { .. } | Happened::Call { .. } | Happened::Fault { .. },
            _,
        ) => {}
    }
}

/// Notes what it says of the device; false when it is known already.
fn note(app: &App, homie: &str, event: &Event, now: Timestamp) -> bool {
    let mut known = app.wired.known();
    let is_known = known.last.get(homie).is_some_and(|last| event.id.is_known_after(*last));
    if is_known || !known.has_room_for(homie) {
        return false;
    }
    known.last.insert(homie.to_owned(), event.id);
    let health = known.heard(homie, now);
    match &event.event {
        Happened::Key { code } => health.last_key = Some(*code),
        Happened::Reading { milli_celsius } => health.milli_celsius = Some(*milli_celsius),
        Happened::Fault { what } => health.fault = Some(what.clone()).filter(|it| !it.is_empty()),
        Happened::Call { .. } => {}
    }
    true
}

async fn called(app: &App, device: &Device, id: EventId, what: Call) {
    let what = match what {
        Call::Call => Some(CallKind::Service),
        Call::Bill => Some(CallKind::Bill),
        Call::Cancel => None,
    };
    let command = match what {
        Some(what) => Command::Call { device: device.id, what },
        None => Command::CancelCalls { device: device.id },
    };
    say(app, device, &format!("{id}"), command).await;
}

/// Does what a device says; says whether it was done, now or before.
pub async fn say(app: &App, device: &Device, event: &str, command: Command) -> bool {
    let request = Request {
        idempotency_key: format!("device/{}/{event}", device.homie),
        by: StaffId(device.id.0),
        role: Role::Kitchen,
        approval: None,
        command,
    };
    let begun = std::time::Instant::now();
    let reply = app.store.command(request).await;
    app.metrics.command(reply.as_ref().err(), begun.elapsed());
    match reply {
        Ok(_) | Err(CommandError::KeyReused) => true,
        Err(CommandError::Refused(refusal)) => {
            tracing::debug!(device = device.name, %refusal, "what a device said may not happen");
            false
        }
        Err(error) => {
            tracing::error!(device = device.name, %error, "what a device said was not done");
            false
        }
    }
}

/// A temperature whose time nobody would believe is of now.
pub fn believable(at: Timestamp, now: Timestamp) -> Timestamp {
    if now.duration_since(at) > SignedDuration::from_hours(24) { now } else { at }
}
