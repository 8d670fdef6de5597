//! Tasks of devices on their way: told until the device answers, or until they are of no use any more.

use std::time::Instant;

use maitred_device::field::message::{
    Action, Answer, Channel, Colour, Command, Message as _, Outcome, Pattern,
};
use maitred_device::paper::Language;
use maitred_device::words::words;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::ids::{CheckId, TenderId};
use maitred_domain::money::Money;
use maitred_domain::wire::{DeviceTask, Signal};
use maitred_store::{TaskRow, TaskState};

use super::broker::Broker;
use super::heard::is_acting;
use crate::app::App;
use crate::limits::TASK_TOLD_AGAIN;
use crate::printing::language;
use crate::views::money::Currency;

/// Tells devices what waits for them. One that acts no longer leaves it to the one that does: what lives for seconds is
/// over before anybody could hear it twice.
pub async fn tell(app: &App, broker: &dyn Broker) {
    let waiting = match app.store.waiting_tasks() {
        Ok(waiting) => waiting,
        Err(error) => return tracing::error!(%error, "tasks of devices cannot be read"),
    };
    let catalogue = app.store.catalogue();
    for task in waiting {
        if task.expires_at <= app.now() {
            settle(app, &task, TaskState::Expired, Some("the device did not answer".to_owned())).await;
        } else if shows_another(app, &task) {
            settle(app, &task, TaskState::Refused, Some("a till shows another check there".to_owned())).await;
        } else if is_acting(app) && app.wired.is_connected() && is_due(app, &task) {
            send(app, broker, &catalogue, &task);
        }
    }
}

/// Whether a payment is of another check than the one that a till shows on that display.
fn shows_another(app: &App, task: &TaskRow) -> bool {
    let shown = app.wired.known().showing.get(&task.device).copied();
    match (&task.task, shown) {
        (DeviceTask::ShowCheck { check, tender: Some(_) }, Some(shown)) => *check != shown,
        _ => false,
    }
}

fn is_due(app: &App, task: &TaskRow) -> bool {
    let told = app.wired.known().told.get(&task.id).copied();
    told.is_none_or(|told| told.elapsed() >= TASK_TOLD_AGAIN)
}

fn send(app: &App, broker: &dyn Broker, catalogue: &Catalogue, task: &TaskRow) {
    let device = catalogue.devices.get(&task.device).filter(|device| !device.archived);
    let Some(homie) = device.and_then(|device| device.homie.parse().ok()) else { return };
    let Some(action) = action(app, &task.task, device.map(|it| it.kind)) else { return };
    let command = Command { id: task.id, expires_at_ms: task.expires_at.as_millisecond(), action };
    if !broker.publish(Channel::Command.topic(&homie), command.bytes()) {
        return;
    }
    let mut known = app.wired.known();
    known.told.insert(task.id, Instant::now());
    match &task.task {
        DeviceTask::ShowCheck { check, tender: None } => drop(known.showing.insert(task.device, *check)),
        DeviceTask::ShowNothing => drop(known.showing.remove(&task.device)),
        DeviceTask::ShowCheck { tender: Some(_), .. }
        | DeviceTask::Page { .. }
        | DeviceTask::Signal { .. }
        | DeviceTask::Test => {}
    }
}

/// A device answered.
pub async fn answered(app: &App, answer: Answer) {
    let task = match app.store.device_task(answer.id) {
        Ok(Some(task)) => task,
        Ok(None) => return,
        Err(error) => return tracing::error!(%error, "a task of a device cannot be read"),
    };
    let state = match answer.outcome {
        Outcome::Done => TaskState::Done,
        Outcome::Refused => TaskState::Refused,
        Outcome::Expired => TaskState::Expired,
    };
    settle(app, &task, state, answer.why).await;
}

async fn settle(app: &App, task: &TaskRow, state: TaskState, problem: Option<String>) {
    app.wired.known().told.remove(&task.id);
    if let Err(error) = app.store.settle_task(task.id, state, problem).await {
        tracing::error!(%error, "what became of a task of a device is not written down");
    }
    if let Some(device) = app.store.catalogue().devices.get(&task.device) {
        app.live.device_changed(&device.homie);
    }
}

fn action(
    app: &App,
    task: &DeviceTask,
    kind: Option<maitred_domain::catalogue::DeviceKind>,
) -> Option<Action> {
    use maitred_domain::catalogue::DeviceKind as K;
    Some(match task {
        DeviceTask::Page { pager } => Action::Page { pager: *pager, pattern: Pattern::Long },
        DeviceTask::ShowCheck { check, tender } => Action::Show { lines: check_lines(app, *check, *tender)? },
        DeviceTask::ShowNothing => Action::Show { lines: Vec::new() },
        DeviceTask::Signal { signal: Signal::NewTicket } => Action::Sound { pattern: Pattern::Double },
        DeviceTask::Signal { signal: Signal::Alarm } => Action::Light { colour: Colour::Red, blink: true },
        DeviceTask::Signal { signal: Signal::Off } => Action::Light { colour: Colour::Off, blink: false },
        DeviceTask::Test => match kind? {
            K::PagerBase => Action::Page { pager: 1, pattern: Pattern::Short },
            K::CustomerDisplay => Action::Show {
                lines: vec![app.store.catalogue().venue.name.clone(), "1234567890".to_owned()],
            },
            // Most of them have nothing to do that anybody would see; that it answers is the test.
            K::Beacon | K::BumpBar | K::CallButton | K::Probe | K::Drawer => {
                Action::Sound { pattern: Pattern::Short }
            }
        },
    })
}

/// Customer displays of two lines have Latin letters alone.
fn display_language(catalogue: &Catalogue) -> Language {
    match language(catalogue) {
        Language::Ar => Language::En,
        latin @ (Language::En | Language::De | Language::Es | Language::Fr | Language::It) => latin,
    }
}

/// What the guest reads: what is to be paid; or what was paid, what is left of it, or what comes back.
fn check_lines(app: &App, check: CheckId, tender: Option<TenderId>) -> Option<Vec<String>> {
    let check = app.store.check(check).ok()??;
    let catalogue = app.store.catalogue();
    let (currency, words) = (Currency::of(&catalogue.venue), words(display_language(&catalogue)));
    let line = |word: &str, amount: Money| format!("{word} {}", currency.format(amount));
    let (total, due) = (check.totals().total(), check.totals().due());
    let Some(tender) = tender.and_then(|id| check.tenders.get(&id)).map(|state| &state.tender) else {
        return Some(vec![line(words.total, total), line(words.due, due)]);
    };
    let (paid, change) = (tender.amount + tender.tip, tender.handed - tender.amount - tender.tip);
    Some(if due > Money::ZERO {
        vec![line(words.paid, paid), line(words.due, due)]
    } else if change > Money::ZERO {
        vec![words.thank_you.to_owned(), line(words.cash_change, change)]
    } else {
        vec![words.thank_you.to_owned(), line(words.paid, paid)]
    })
}
