//! Temperatures: written down now and then, and an alarm when one is wrong for too long.

use jiff::Timestamp;
use maitred_device::field::message::EventId;
use maitred_domain::catalogue::Device;
use maitred_domain::decide::Command;
use maitred_domain::device_log::WatchStep;

use super::heard::{believable, is_acting, say};
use crate::app::App;

/// A temperature of a probe. A hub that does not act remembers it too, so that it can go on at once.
pub async fn reading(app: &App, probe: &Device, at: Timestamp, id: EventId, milli_celsius: i32) {
    let at = believable(at, app.now());
    let device = probe.id;
    let is_alarmed = app.store.going_on().alarm_of(device).is_some();
    let steps = {
        let mut known = app.wired.known();
        let watch = known.watches.entry(device).or_default();
        watch.hears(probe, at, &id.to_string(), milli_celsius, is_alarmed)
    };
    if !is_acting(app) {
        return;
    }
    for step in steps {
        let (key, command) = match step {
            WatchStep::Note(_) => {
                (format!("{id}/noted"), Command::NoteTemperature { device, at, milli_celsius })
            }
            // Two hubs that heard the same name one alarm.
            WatchStep::Raise { since, first, .. } => {
                (format!("{first}/raised"), Command::RaiseAlarm { device, at, since, milli_celsius })
            }
            WatchStep::Clear => (format!("{id}/cleared"), Command::ClearAlarm { device, at, milli_celsius }),
        };
        say(app, probe, &key, command).await;
    }
}
