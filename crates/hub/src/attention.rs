//! What a person should look at, derived from how things are: nothing of it is stored, and nothing of it is lost.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use maitred_domain::catalogue::{Device, Printer};
use maitred_domain::check::{Check, CheckState, LineState, TicketState};
use maitred_domain::device_log::{CallKind, Standing};
use maitred_domain::ids::{ChangeId, CheckId, DeviceId, JobId, PrinterId, TableId};
use maitred_domain::money::Money;
use maitred_domain::paper::PaperSource;
use maitred_store::{Health, JobFilter, JobState, PrintJob, SetAside};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::app::App;
use crate::devices::DeviceState;
use crate::limits::{ATTENTION_ASIDE_MAX, ATTENTION_JOBS_MAX, WAL_BYTES_MAX};
use crate::peer::{Alarm, AlarmKind, HubRole, Progress};
use crate::problem::Problem;
use crate::views::money::Currency;
use crate::views::{CHECK_OPEN_HOURS_MAX, PaperViews, Params, PrintJobView, Views, degrees, params};

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttentionKind {
    /// A line had no station and went to the catch-all, or nowhere: `names`, and `station` if one has it.
    UnroutedLine,
    /// Some of a paper may be printed, or none: `paper`, its kind; `check`, `table`, `printer`, `problem`.
    PrintFailed,
    /// A paper is too old to be printed by itself: the same.
    PrintExpired,
    /// A printer cannot print, and papers wait for it: `printer`, its `health`, how many papers in `count`.
    PrinterDown,
    /// A cash drawer is left open: `printer`, `minutes`.
    DrawerOpen,
    /// A party paid too much: `check`, `amount_minor`.
    RefundDue,
    /// A check is open for very long: `check`, `hours`.
    CheckOpenLong,
    /// Two parties were seated at one table: `table`, `checks`.
    DoubleSeated,
    /// A line was moved to two checks at once, and stands on both: `name`, `checks`.
    LineTwice,
    /// Two hubs fired the same lines, which are to be made once: `names`; `check`, `table`.
    FiredTwice,
    /// Something came beside the close of a check, which is open again: `check`, `amount_minor` to pay.
    CheckReopened,
    /// Another replica wrote what does not fit, and it could not be said again: `facts`, their names.
    EntrySetAside,
    /// A hub of a newer version says what this one does not know: it waits until this one is updated, `count` times.
    NewerVersion,
    /// Two hubs printed one paper, and neither knew of the other: `paper`, its kind; `check`, `table`, `printer`.
    PrintedTwice,
    /// More was sold than there was: `name`, how many too many in `count`.
    StockNegative,
    /// A probe is too warm or too cold for too long: `device`, `standing`, `milli_celsius` when it was raised,
    /// `limit_milli_celsius`, and what was done about it in `action`.
    ProbeAlarm,
    /// A table calls: `table`, `what` (`service` or `bill`).
    TableCall,
    /// A device of the settings is not there: `device`, its `kind` and `state`.
    DeviceGone,
    /// The hub cannot write: `problem`.
    Unhealthy,
    /// The database is damaged: `problems`.
    Damaged,
    /// The database's write-ahead log grows and grows: `mib`.
    LogLarge,
    /// What is acknowledged is on this hub's disk alone, though the venue has others.
    HubAlone,
    /// This hub fetches what another knows, and does not act before it has: `basis_points` of it are here.
    CatchingUp,
    /// Two hubs know a journal otherwise: one was restored or copied.
    HubsDisagree,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be known.
    Info,
    /// To be looked at.
    Warning,
    /// Now.
    Alarm,
}

/// Something a person should look at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttentionItem {
    /// The same for the same matter.
    pub id: String,
    /// What is wrong.
    pub kind: AttentionKind,
    /// How bad it is.
    pub severity: Severity,
    /// In short, in English, for whoever does not know `kind`.
    pub title: String,
    /// What more there is to say.
    pub detail: String,
    /// What the words of `kind` are about; each kind says what.
    #[schema(value_type = std::collections::HashMap<String, Object>)]
    pub params: Params,
    /// The check it is about.
    pub check_id: Option<CheckId>,
    /// The printer it is about.
    pub printer_id: Option<PrinterId>,
    /// The print job it is about.
    pub job_id: Option<JobId>,
    /// The device it is about.
    pub device_id: Option<DeviceId>,
    /// The table it is about, of a call.
    pub table_id: Option<TableId>,
    /// The call it is about.
    pub call_id: Option<ChangeId>,
    /// Since when.
    pub since: Timestamp,
}

impl AttentionItem {
    fn new(kind: AttentionKind, severity: Severity, of: &str, since: Timestamp, title: String) -> Self {
        let id = serde_json::to_value(kind).ok().and_then(|kind| Some(format!("{}/{of}", kind.as_str()?)));
        Self {
            id: id.unwrap_or_default(),
            kind,
            severity,
            title,
            detail: String::new(),
            params: Params::new(),
            check_id: None,
            printer_id: None,
            job_id: None,
            device_id: None,
            table_id: None,
            call_id: None,
            since,
        }
    }
}

/// What a person should look at, the worst first.
pub(crate) fn items(app: &App) -> Result<Vec<AttentionItem>, Problem> {
    let views = app.views();
    let checks = app.kitchen_checks()?;
    let mut items: Vec<AttentionItem> = checks.iter().flat_map(|check| of_check(&views, check)).collect();
    items.extend(double_seated(&views));
    items.extend(stock(&views));
    items.extend(jobs(app, &views)?);
    items.extend(printers(app, &views));
    items.extend(drawers(app, &views));
    items.extend(probes(app, &views));
    items.extend(calls(&views));
    items.extend(devices(app, &views));
    items.extend(database(app, views.now));
    items.extend(hubs(app, views.now)?);
    items.extend(set_aside(app)?);
    items.extend(printed_twice(app, &views)?);
    items.sort_by_key(|item| (std::cmp::Reverse(item.severity), item.since));
    Ok(items)
}

fn database(app: &App, now: Timestamp) -> Vec<AttentionItem> {
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

fn hubs(app: &App, now: Timestamp) -> Result<Vec<AttentionItem>, Problem> {
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
    let detail = format!(
        "{} of {} entries, {} MiB{}",
        progress.entries,
        progress.of,
        progress.bytes / (1024 * 1024),
        left.unwrap_or_default()
    );
    AttentionItem { detail, params: params(json!({ "basis_points": points })), ..item }
}

fn duration(secs: u64) -> String {
    if secs < 60 { format!("{secs} s") } else { format!("{} min", secs.div_ceil(60)) }
}

/// What another replica wrote and nobody knows otherwise.
fn set_aside(app: &App) -> Result<Vec<AttentionItem>, Problem> {
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

/// Papers of which another hub has one too, that says nothing of it either.
fn printed_twice(app: &App, views: &Views<'_>) -> Result<Vec<AttentionItem>, Problem> {
    let jobs = app.store.printed_twice(ATTENTION_JOBS_MAX)?;
    // A drawer that was opened twice needs nobody.
    let papers = jobs.into_iter().filter(|job| !matches!(job.source, PaperSource::Drawer { .. }));
    let item = |job: PrintJob| {
        let view = views.print_job(&job);
        let title = format!("{} was printed by two hubs", view.title);
        let (kind, of) = (AttentionKind::PrintedTwice, job.id.to_string());
        let item = AttentionItem::new(kind, Severity::Alarm, &of, job.created_at, title);
        let detail = "One command reached both: there may be two papers of it, for one dish.".to_owned();
        let (check_id, printer_id, job_id) = (view.check_id, Some(view.printer), Some(view.id));
        AttentionItem { detail, params: of_paper(views, &view), check_id, printer_id, job_id, ..item }
    };
    Ok(papers.map(item).collect())
}

/// What the words about a paper name.
fn of_paper(views: &Views<'_>, view: &PrintJobView) -> Params {
    let check = view.check_id.and_then(|id| views.check(id));
    params(json!({
        "paper": view.kind,
        "check": check.as_ref().map(|check| &check.number),
        "table": check.as_ref().and_then(|check| views.place(check)),
        "printer": views.catalogue.printers.get(&view.printer).map(|printer| &printer.name),
        "problem": view.problem,
    }))
}

fn fired_twice(views: &Views<'_>, check: &Check) -> Option<AttentionItem> {
    let lines = check.fired_twice();
    let since = lines.iter().map(|line| line.mark.at()).max()?;
    let names: Vec<&str> = lines.iter().map(|line| line.line.name.as_str()).collect();
    let title = format!("Two hubs fired {}: make it once", names.join(", "));
    let of = check.id.to_string();
    let item = AttentionItem::new(AttentionKind::FiredTwice, Severity::Alarm, &of, since, title);
    let detail = "There may be two papers of it. On screens it is on one ticket.".to_owned();
    let about = json!({ "names": names, "check": check.number, "table": views.place(check) });
    Some(AttentionItem { detail, params: params(about), check_id: Some(check.id), ..item })
}

/// A check that was closed, and that something came to which whoever closed it did not know.
fn reopened(views: &Views<'_>, check: &Check) -> Option<AttentionItem> {
    let close = check.closes.last().filter(|close| !check.reopened.contains_key(&close.id))?;
    if check.state() != CheckState::Open {
        return None;
    }
    let due = check.totals().due();
    let amount = Currency::of(&views.catalogue.venue).format(due);
    let title = format!("Check {} was closed and is open again: {amount} to pay", check.number);
    let (kind, of) = (AttentionKind::CheckReopened, check.id.to_string());
    let item = AttentionItem::new(kind, Severity::Warning, &of, close.mark.at(), title);
    let params = params(json!({ "check": check.number, "amount_minor": due }));
    Some(AttentionItem { params, check_id: Some(check.id), ..item })
}

fn of_check(views: &Views<'_>, check: &Check) -> Vec<AttentionItem> {
    let mut items = Vec::new();
    let id = check.id.to_string();
    for ticket in check.tickets() {
        if ticket.state == TicketState::Open && (ticket.unrouted || ticket.station.is_none()) {
            let names: Vec<&str> = ticket.lines.iter().map(|it| it.line.line.name.as_str()).collect();
            let title = format!("No station makes {}", names.join(", "));
            let since = ticket.fired.at();
            let of = ticket.id.to_string();
            let item = AttentionItem::new(AttentionKind::UnroutedLine, Severity::Alarm, &of, since, title);
            let station = ticket.station.and_then(|id| views.catalogue.stations.get(&id));
            let detail = match station {
                Some(station) => format!("It went to {}. Give the item a station.", station.name),
                None => "Nobody sees it. Give the item a station.".to_owned(),
            };
            let about = json!({ "names": names, "station": station.map(|station| &station.name) });
            items.push(AttentionItem { detail, params: params(about), check_id: Some(check.id), ..item });
        }
    }
    items.extend(check.lines.values().filter_map(|line| line_twice(views, check, line)));
    items.extend(fired_twice(views, check));
    items.extend(reopened(views, check));
    let due = check.totals().due();
    if due < Money::ZERO {
        let owed = Currency::of(&views.catalogue.venue).format(-due);
        let title = format!("Check {} is owed {owed}", check.number);
        let since = check.last().at();
        let item = AttentionItem::new(AttentionKind::RefundDue, Severity::Warning, &id, since, title);
        let params = params(json!({ "check": check.number, "amount_minor": -due }));
        items.push(AttentionItem { params, check_id: Some(check.id), ..item });
    }
    let open = check.state() == CheckState::Open;
    let age = views.now.duration_since(check.opened.at());
    if open && age > SignedDuration::from_hours(CHECK_OPEN_HOURS_MAX) {
        let title = format!("Check {} is open for {} hours", check.number, age.as_hours());
        let since = check.opened.at();
        let item = AttentionItem::new(AttentionKind::CheckOpenLong, Severity::Info, &id, since, title);
        let params = params(json!({ "check": check.number, "hours": age.as_hours() }));
        items.push(AttentionItem { params, check_id: Some(check.id), ..item });
    }
    items
}

/// A line that two hubs moved, while both of what it became are to be paid.
fn line_twice(views: &Views<'_>, check: &Check, line: &LineState) -> Option<AttentionItem> {
    if !line.is_moved_twice() {
        return None;
    }
    let became = line.became.iter().filter_map(|(check, line)| Some((views.check(*check)?, *line)));
    let standing = became.filter(|(check, line)| check.lines.get(line).is_some_and(LineState::is_standing));
    let (checks, quantities): (Vec<String>, Vec<u32>) =
        standing.map(|(check, line)| (check.number.clone(), check.lines[&line].quantity())).unzip();
    if quantities.iter().sum::<u32>() <= line.line.quantity {
        return None;
    }
    let title = format!("{} is on checks {}", line.line.name, checks.join(" and "));
    let (kind, of, since) = (AttentionKind::LineTwice, line.line.id.to_string(), check.last().at());
    let item = AttentionItem::new(kind, Severity::Warning, &of, since, title);
    let detail = "Two hubs moved it at the same time. Void it on one of them.".to_owned();
    let params = params(json!({ "name": line.line.name, "checks": checks }));
    Some(AttentionItem { detail, params, check_id: line.moved_to, ..item })
}

/// Tables with more than one check that was opened there on its own, not by a split.
fn double_seated(views: &Views<'_>) -> Vec<AttentionItem> {
    let mut tables: BTreeMap<TableId, Vec<Check>> = BTreeMap::new();
    for check in views.store.open_checks() {
        let from_a_split = check.lines.values().any(|line| line.mark.hlc == check.opened.hlc);
        for table in check.tables().into_iter().filter(|_| !from_a_split) {
            tables.entry(table).or_default().push(Check::clone(&check));
        }
    }
    let double = tables.into_iter().filter(|(_, checks)| checks.len() > 1);
    let item = |(table, checks): (TableId, Vec<Check>)| {
        let name = views.catalogue.tables.get(&table).map_or("?", |table| table.name.as_str());
        let numbers: Vec<&str> = checks.iter().map(|check| check.number.as_str()).collect();
        let since = checks.iter().map(|check| check.opened.at()).max().unwrap_or(views.now);
        let title = format!("Table {name} has checks {}", numbers.join(" and "));
        let of = table.to_string();
        let item = AttentionItem::new(AttentionKind::DoubleSeated, Severity::Warning, &of, since, title);
        let detail = "Two parties, or one party twice: move or merge.".to_owned();
        let params = params(json!({ "table": name, "checks": numbers }));
        AttentionItem { detail, params, check_id: checks.last().map(|check| check.id), ..item }
    };
    double.map(item).collect()
}

fn stock(views: &Views<'_>) -> Vec<AttentionItem> {
    let stock = views.store.stock();
    let negative =
        stock.iter().filter_map(|(id, stock)| Some((*id, stock.remaining.filter(|left| *left < 0)?)));
    let item = |(id, left): (maitred_domain::ids::ItemId, i64)| {
        let name = views.catalogue.items.get(&id).map_or("?", |item| item.name.as_str());
        let title = format!("{} too many of {name} were sold", -left);
        let (kind, severity) = (AttentionKind::StockNegative, Severity::Warning);
        let item = AttentionItem::new(kind, severity, &id.to_string(), views.now, title);
        AttentionItem { params: params(json!({ "name": name, "count": -left })), ..item }
    };
    negative.map(item).collect()
}

fn jobs(app: &App, views: &Views<'_>) -> Result<Vec<AttentionItem>, Problem> {
    let mut items = Vec::new();
    for (state, kind, severity) in [
        (JobState::Indeterminate, AttentionKind::PrintFailed, Severity::Alarm),
        (JobState::Expired, AttentionKind::PrintExpired, Severity::Warning),
    ] {
        let filter = JobFilter { state: Some(state), printer: None };
        for job in app.store.print_jobs(&filter, ATTENTION_JOBS_MAX)? {
            let view = views.print_job(&job);
            let title = match kind {
                AttentionKind::PrintExpired => format!("{} was never printed", view.title),
                _ => format!("{} may not be on paper", view.title),
            };
            let item = AttentionItem::new(kind, severity, &job.id.to_string(), job.created_at, title);
            items.push(AttentionItem {
                params: of_paper(views, &view),
                detail: view.problem.unwrap_or_default(),
                check_id: view.check_id,
                printer_id: Some(view.printer),
                job_id: Some(view.id),
                ..item
            });
        }
    }
    Ok(items)
}

fn printers(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    let printers = views.catalogue.printers.values().filter(|printer| !printer.archived);
    let views_of = printers.map(|printer| views.printer(printer, &app.printers));
    let down = views_of.filter(|printer| printer.health.is_down() && printer.queued > 0);
    let item = |printer: crate::views::PrinterView| {
        let since = printer.oldest_queued_at.unwrap_or(views.now);
        let title = format!("{} does not print; {} wait", printer.name, printer.queued);
        let of = printer.id.to_string();
        let item = AttentionItem::new(AttentionKind::PrinterDown, Severity::Alarm, &of, since, title);
        let about = json!({ "printer": printer.name, "health": printer.health, "count": printer.queued });
        let detail = serde_json::to_value(printer.health).ok();
        let detail = detail.and_then(|health| health.as_str().map(|health| health.replace('_', " ")));
        AttentionItem {
            detail: detail.unwrap_or_default(),
            params: params(about),
            printer_id: Some(printer.id),
            ..item
        }
    };
    down.map(item).collect()
}

/// Drawers that stand open for longer than the venue likes.
fn drawers(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    let minutes_max = views.catalogue.venue.drawer_open_minutes;
    let limit = SignedDuration::from_mins(i64::from(minutes_max));
    let printers = views.catalogue.printers.values().filter(|printer| !printer.archived && minutes_max > 0);
    let item = |printer: &Printer| {
        let since = app.printers.drawers.open_since(printer.id)?;
        let open_for = views.now.duration_since(since);
        let title = format!("The drawer at {} is open", printer.name);
        let of = printer.id.to_string();
        let item = AttentionItem::new(AttentionKind::DrawerOpen, Severity::Warning, &of, since, title);
        let about = json!({ "printer": printer.name, "minutes": open_for.as_mins() });
        let detail = format!("For {} minutes.", open_for.as_mins());
        (open_for >= limit).then(|| AttentionItem {
            detail,
            params: params(about),
            printer_id: Some(printer.id),
            ..item
        })
    };
    printers.filter_map(item).collect()
}

/// Probes that are too warm or too cold, each once.
fn probes(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    let going_on = app.store.going_on();
    let probes = views.catalogue.devices.values().filter(|device| !device.archived);
    let alarmed = probes.filter_map(|probe| Some((probe, going_on.alarm_of(probe.id)?.1)));
    let item = |(probe, alarm): (&Device, &maitred_domain::device_log::Alarm)| {
        let now = app.wired.seen_one(&probe.homie).and_then(|seen| seen.health.milli_celsius);
        let is = degrees(now.unwrap_or(alarm.milli_celsius));
        let how = match alarm.standing {
            Standing::Low => "too cold",
            Standing::High | Standing::Within => "too warm",
        };
        let title = format!("{} is {how}: {is}", probe.name);
        let action = alarm.answer.as_ref().map(|(_, action)| action.as_str());
        let about = json!({
            "device": probe.name,
            "standing": alarm.standing,
            "milli_celsius": now.unwrap_or(alarm.milli_celsius),
            "limit_milli_celsius": alarm.limit_milli_celsius,
            "action": action,
        });
        // Somebody who said what they did about it need not be shouted at.
        let severity = if action.is_some() { Severity::Warning } else { Severity::Alarm };
        let (kind, of) = (AttentionKind::ProbeAlarm, probe.id.to_string());
        let item = AttentionItem::new(kind, severity, &of, alarm.since, title);
        let detail = format!("The limit is {}.", degrees(alarm.limit_milli_celsius));
        AttentionItem { detail, params: params(about), device_id: Some(probe.id), ..item }
    };
    alarmed.map(item).collect()
}

/// Tables that call, each once for each thing it wants.
fn calls(views: &Views<'_>) -> Vec<AttentionItem> {
    let going_on = views.store.going_on();
    let item = |(id, call): (ChangeId, &maitred_domain::device_log::Call)| {
        let table = views.table_name(Some(call.table)).unwrap_or_else(|| "?".to_owned());
        let title = match call.what {
            CallKind::Service => format!("Table {table} calls"),
            CallKind::Bill => format!("Table {table} wants to pay"),
        };
        let (kind, since) = (AttentionKind::TableCall, call.raised.at());
        let item = AttentionItem::new(kind, Severity::Warning, &id.to_string(), since, title);
        let params = params(json!({ "table": table, "what": call.what }));
        let device_id = Some(call.device);
        AttentionItem { params, device_id, table_id: Some(call.table), call_id: Some(id), ..item }
    };
    going_on.calls_shown().into_iter().map(item).collect()
}

/// Devices of the settings that are not there. Nothing is said of them where nobody ever gave the hub a broker.
fn devices(app: &App, views: &Views<'_>) -> Vec<AttentionItem> {
    if !app.has_broker {
        return Vec::new();
    }
    let seen = app.wired.seen();
    let devices = views.catalogue.devices.values().filter(|device| !device.archived);
    let gone = devices.filter_map(|device| {
        let health = &seen.get(&device.homie)?.health;
        let since = health.since.filter(|_| !health.is_there())?;
        Some((device, health.state, since))
    });
    let item = |(device, state, since): (&Device, DeviceState, Timestamp)| {
        let title = format!("{} is not there", device.name);
        let (kind, of) = (AttentionKind::DeviceGone, device.id.to_string());
        let item = AttentionItem::new(kind, Severity::Warning, &of, since, title);
        let params = params(json!({ "device": device.name, "kind": device.kind, "state": state }));
        AttentionItem { params, device_id: Some(device.id), ..item }
    };
    gone.map(item).collect()
}
