//! Devices as screens show them.

use jiff::Timestamp;
use maitred_domain::catalogue::{Device, DeviceKind};
use maitred_domain::check::Mark;
use maitred_domain::device_log::{Pager, Standing};
use maitred_domain::ids::{ChangeId, CheckId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::devices::{DeviceHealth, Seen};
use crate::views::Views;

/// A device: one of the settings, or one that was found and is in no settings yet.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeviceView {
    /// What it is called on the broker.
    pub homie: String,
    /// What it is.
    pub kind: DeviceKind,
    /// What it calls itself.
    pub found_as: String,
    /// What it is for; `null` while it is in no settings.
    pub device: Option<Device>,
    /// How it is.
    pub health: DeviceHealth,
    /// How a probe's temperature stands to its limits.
    pub standing: Option<Standing>,
    /// A probe's alarm that stands.
    pub alarm: Option<ChangeId>,
}

/// All devices, and the way to them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DevicesView {
    /// The hub knows a broker.
    pub has_broker: bool,
    /// It is there.
    pub is_connected: bool,
    /// Devices of the settings, then those that were found.
    pub devices: Vec<DeviceView>,
    /// Pagers that parties carry, by their numbers.
    pub pagers: Vec<PagerView>,
}

/// A pager that a party carries.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PagerView {
    /// As it stands on it.
    pub number: u16,
    /// Whose check.
    pub check_id: CheckId,
    /// What people call it.
    pub check_number: String,
    /// Where the party sits; `null` while it waits, or takes away.
    pub place: Option<String>,
    /// A name, where there is one.
    pub name: String,
    /// Since when.
    pub given_at: Timestamp,
    /// When the party was called last.
    pub paged_at: Option<Timestamp>,
}

impl PagerView {
    /// Of a check that nobody knows any more: `None`.
    fn of(views: &Views<'_>, check: CheckId, pager: &Pager) -> Option<Self> {
        let check = views.check(check)?;
        Some(Self {
            number: pager.number,
            check_id: check.id,
            check_number: check.number.clone(),
            place: views.place(&check),
            name: check.name.clone(),
            given_at: pager.given.at(),
            paged_at: pager.paged.map(Mark::at),
        })
    }
}

impl DeviceView {
    /// A device of the settings.
    pub fn of(app: &App, device: &Device, seen: Option<Seen>) -> Self {
        let seen = seen.unwrap_or_default();
        let going_on = app.store.going_on();
        Self {
            homie: device.homie.clone(),
            kind: device.kind,
            found_as: seen.name.unwrap_or_default(),
            standing: seen.health.milli_celsius.map(|milli| Standing::of(device, milli)),
            alarm: going_on.alarm_of(device.id).map(|(id, _)| id),
            health: seen.health,
            device: Some(device.clone()),
        }
    }

    /// One that was found; `None` for what is no device of ours.
    fn found(homie: &str, seen: Seen) -> Option<Self> {
        let kind = seen.kind?;
        let found_as = seen.name.unwrap_or_default();
        let (standing, alarm, device) = (None, None, None);
        Some(Self { homie: homie.to_owned(), kind, found_as, device, health: seen.health, standing, alarm })
    }

    /// The device called `homie`, whether it is in the settings or not.
    pub fn called(app: &App, homie: &str) -> Option<Self> {
        let seen = app.wired.seen_one(homie);
        match app.store.catalogue().device_called(homie) {
            Some(device) => Some(Self::of(app, device, seen)),
            None => Self::found(homie, seen?),
        }
    }
}

impl DevicesView {
    /// All of them.
    pub fn of(app: &App) -> Self {
        let mut seen = app.wired.seen();
        let catalogue = app.store.catalogue();
        let known = catalogue.devices.values().filter(|device| !device.archived);
        let mut devices: Vec<DeviceView> =
            known.map(|device| DeviceView::of(app, device, seen.remove(&device.homie))).collect();
        devices.sort_by(|a, b| (a.kind, name(a)).cmp(&(b.kind, name(b))));
        devices.extend(seen.into_iter().filter_map(|(homie, seen)| DeviceView::found(&homie, seen)));
        let (views, going_on) = (app.views(), app.store.going_on());
        let out = going_on.pagers.iter().filter_map(|(check, pager)| PagerView::of(&views, *check, pager));
        let mut pagers: Vec<PagerView> = out.collect();
        pagers.sort_by_key(|pager| (pager.number, pager.given_at));
        Self { has_broker: app.has_broker, is_connected: app.wired.is_connected(), devices, pagers }
    }
}

fn name(view: &DeviceView) -> &str {
    view.device.as_ref().map_or("", |device| device.name.as_str())
}
