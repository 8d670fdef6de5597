//! Devices, which are settings; what they said, and what they are told.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use maitred_domain::catalogue::{Device, DeviceKey, DeviceKind, EntityChanged};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::device_log::{DeviceFact, DeviceLog, Standing};
use maitred_domain::ids::{AreaId, ChangeId, CheckId, DeviceId, IdSource, StationId, TableId};
use maitred_domain::permission::Permission;
use maitred_domain::wire::{DeviceTask, TaskWanted};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::attention::{AttentionItem, items};
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path, Query};
use crate::openapi::{
    ActionProblems, AskProblems, BodyProblems, ChangeProblems, IdProblems, ReadProblems, WriteProblems,
};
use crate::problem::Problem;
use crate::views::{CheckView, DeviceView, DevicesView};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(devices, add_device))
        .routes(routes!(change_device))
        .routes(routes!(test_device))
        .routes(routes!(keys_made_with))
        .routes(routes!(give_pager))
        .routes(routes!(page))
        .routes(routes!(show_on_display))
        .routes(routes!(answer_call))
        .routes(routes!(probe_log))
        .routes(routes!(probe_log_csv))
        .routes(routes!(answer_alarm))
}

/// Devices and how they are: those of the settings, and those that were found.
#[utoipa::path(get, path = "/devices", tag = "devices",
    responses((status = 200, body = DevicesView), ReadProblems))]
async fn devices(State(app): State<App>, _: Actor) -> axum::Json<DevicesView> {
    axum::Json(DevicesView::of(&app))
}

/// A device as one sets it up. What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
struct DeviceInput {
    /// As shown.
    name: String,
    /// The station whose tickets a bump bar clears, or that a beacon is at.
    #[serde(default)]
    station: Option<StationId>,
    /// The table that a button is on.
    #[serde(default)]
    table: Option<TableId>,
    /// The area that a display or a pager base is for.
    #[serde(default)]
    area: Option<AreaId>,
    /// Keys of a bump bar.
    #[serde(default)]
    keys: Option<Vec<DeviceKey>>,
    /// Colder is wrong.
    #[serde(default)]
    low_milli_celsius: Option<i32>,
    /// Warmer is wrong.
    #[serde(default)]
    high_milli_celsius: Option<i32>,
    /// For how long, in minutes.
    #[serde(default)]
    tolerated_minutes: Option<u16>,
    /// The highest number of a pager.
    #[serde(default)]
    pagers_max: Option<u16>,
    /// No longer there.
    #[serde(default)]
    archived: Option<bool>,
}

impl DeviceInput {
    fn over(self, before: Device) -> Device {
        Device {
            name: self.name.trim().to_owned(),
            station: self.station,
            table: self.table,
            area: self.area,
            keys: self.keys.unwrap_or(before.keys),
            low_milli_celsius: self.low_milli_celsius,
            high_milli_celsius: self.high_milli_celsius,
            tolerated_minutes: self.tolerated_minutes.unwrap_or(before.tolerated_minutes),
            pagers_max: self.pagers_max.unwrap_or(before.pagers_max),
            archived: self.archived.unwrap_or(before.archived),
            ..before
        }
    }
}

/// A device that was found, and what it is to be for.
#[derive(Deserialize, ToSchema)]
struct NewDevice {
    /// What it is called on the broker.
    homie: String,
    /// What it is to be for.
    #[serde(flatten)]
    device: DeviceInput,
}

async fn edit(
    app: &App,
    actor: &Actor,
    key: &IdempotencyKey,
    before: Option<&Device>,
    after: &Device,
) -> Result<DeviceView, Problem> {
    actor.allow(Permission::EditSettings)?;
    let changes: Vec<EntityChanged> = EntityChanged::between(before, after).into_iter().collect();
    if !changes.is_empty() {
        app.command(actor, key, Command::Edit { changes }).await?;
    }
    let catalogue = app.store.catalogue();
    let device = catalogue.devices.get(&after.id).ok_or_else(|| Problem::unknown("device"))?;
    Ok(DeviceView::of(app, device, app.wired.seen_one(&device.homie)))
}

/// Adds a device that was found.
#[utoipa::path(post, path = "/devices", tag = "devices", params(IdempotencyKey), request_body = NewDevice,
    responses((status = 201, body = DeviceView), BodyProblems))]
async fn add_device(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(NewDevice { homie, device }): Json<NewDevice>,
) -> Result<(StatusCode, axum::Json<DeviceView>), Problem> {
    actor.allow(Permission::EditSettings)?;
    let unknown = || Refusal::InvalidEntity { kind: "device", problem: "it was not found".to_owned() };
    let kind = app.wired.seen_one(&homie).and_then(|seen| seen.kind).ok_or_else(unknown)?;
    let id = IdSource::new(&format!("device/{}", key.of(actor.staff))).make();
    let new = device.over(Device::found(id, &homie, "", kind));
    Ok((StatusCode::CREATED, axum::Json(edit(&app, &actor, &key, None, &new).await?)))
}

fn device(app: &App, id: DeviceId) -> Result<Device, Problem> {
    let catalogue = app.store.catalogue();
    let device = catalogue.devices.get(&id).filter(|device| !device.archived);
    device.cloned().ok_or_else(|| Problem::unknown("device"))
}

fn probe(app: &App, id: DeviceId) -> Result<Device, Problem> {
    let catalogue = app.store.catalogue();
    let probe = catalogue.devices.get(&id).filter(|device| device.kind == DeviceKind::Probe);
    probe.cloned().ok_or_else(|| Problem::unknown("probe"))
}

/// Changes a device; a place or a limit that is left out is taken away.
#[utoipa::path(post, path = "/devices/{id}", tag = "devices", params(("id" = DeviceId, Path), IdempotencyKey),
    request_body = DeviceInput, responses((status = 200, body = DeviceView), ChangeProblems))]
async fn change_device(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DeviceId>,
    Json(body): Json<DeviceInput>,
) -> Result<axum::Json<DeviceView>, Problem> {
    let before = device(&app, id)?;
    let after = body.over(before.clone());
    Ok(axum::Json(edit(&app, &actor, &key, Some(&before), &after).await?))
}

/// Lets a device show that it works.
#[utoipa::path(post, path = "/devices/{id}/test", tag = "devices", params(("id" = DeviceId, Path), IdempotencyKey),
    responses((status = 202), AskProblems))]
async fn test_device(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DeviceId>,
) -> Result<StatusCode, Problem> {
    actor.allow(Permission::EditSettings)?;
    let device = device(&app, id)?;
    ask(&app, format!("asked/test/{}", key.of(actor.staff)), &device, DeviceTask::Test).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn ask(app: &App, key: String, device: &Device, task: DeviceTask) -> Result<(), Problem> {
    let lives_secs = task.lives_secs();
    app.store.queue_task(TaskWanted { key, device: device.id, task, lives_secs }).await?;
    app.wired.wake();
    Ok(())
}

/// The keys that a bump bar is made with: what it does while it was taught nothing.
#[utoipa::path(get, path = "/devices/keys", tag = "devices",
    responses((status = 200, body = Vec<DeviceKey>), ReadProblems))]
async fn keys_made_with(_: Actor) -> axum::Json<Vec<DeviceKey>> {
    axum::Json(Device::keys_made_with())
}

/// A pager for a party.
#[derive(Deserialize, ToSchema)]
struct GivePager {
    /// Its number; `null` when the party gives it back.
    pager: Option<u16>,
}

/// Gives the party a pager, or takes it back. Whoever had it before has given it back.
#[utoipa::path(post, path = "/checks/{id}/pager", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    request_body = GivePager, responses((status = 200, body = CheckView), WriteProblems))]
async fn give_pager(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(check): Path<CheckId>,
    Json(GivePager { pager }): Json<GivePager>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::GivePager { check, pager }).await
}

/// Calls the party by its pager.
#[utoipa::path(post, path = "/checks/{id}/page", tag = "checks", params(("id" = CheckId, Path), IdempotencyKey),
    responses((status = 200, body = CheckView), ActionProblems))]
async fn page(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(check): Path<CheckId>,
) -> Result<axum::Json<CheckView>, Problem> {
    app.check_command(&actor, &key, Command::Page { check }).await
}

/// What a display is to show.
#[derive(Deserialize, ToSchema)]
struct ShowOnDisplay {
    /// The check; `null` when the guest is to see nothing any more.
    check_id: Option<CheckId>,
}

/// Shows the guest at a till what is to be paid. Payments of that check are shown there by themselves.
#[utoipa::path(post, path = "/displays/{id}/show", tag = "devices", params(("id" = DeviceId, Path), IdempotencyKey),
    request_body = ShowOnDisplay, responses((status = 202), ChangeProblems))]
async fn show_on_display(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DeviceId>,
    Json(ShowOnDisplay { check_id }): Json<ShowOnDisplay>,
) -> Result<StatusCode, Problem> {
    actor.allow(Permission::Order)?;
    let display = Some(device(&app, id)?).filter(|device| device.kind == DeviceKind::CustomerDisplay);
    let display = display.ok_or_else(|| Problem::unknown("display"))?;
    let task = match check_id {
        Some(check) => DeviceTask::ShowCheck { check: app.check(check)?.id, tender: None },
        None => DeviceTask::ShowNothing,
    };
    ask(&app, format!("asked/show/{}", key.of(actor.staff)), &display, task).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Somebody is on their way to the table that calls.
#[utoipa::path(post, path = "/attention/calls/{id}/answer", tag = "attention",
    params(("id" = ChangeId, Path), IdempotencyKey),
    responses((status = 200, body = Vec<AttentionItem>), ActionProblems))]
async fn answer_call(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(call): Path<ChangeId>,
) -> Result<axum::Json<Vec<AttentionItem>>, Problem> {
    app.command(&actor, &key, Command::AnswerCall { call }).await?;
    Ok(axum::Json(app.read(items).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// The trading day; the open one when not said.
    #[param(value_type = Option<String>, example = "2026-11-21")]
    date: Option<Date>,
}

/// A temperature that was written down.
#[derive(Serialize, ToSchema)]
struct NotedTemperature {
    /// When.
    at: Timestamp,
    /// In thousandths of a degree Celsius.
    milli_celsius: i32,
    /// Whether it was as it should be.
    standing: Standing,
}

/// What was done about an alarm.
#[derive(Clone, Serialize, ToSchema)]
struct AlarmAnswer {
    /// When.
    at: Timestamp,
    /// By whom.
    staff: String,
    /// What.
    action: String,
}

/// An alarm of a probe.
#[derive(Serialize, ToSchema)]
struct AlarmView {
    /// Which.
    id: ChangeId,
    /// Since when it was too warm or too cold.
    since: Timestamp,
    /// When somebody was called.
    raised_at: Timestamp,
    /// When it was back; `null` while it is not.
    cleared_at: Option<Timestamp>,
    /// Too warm or too cold.
    standing: Standing,
    /// What it was when somebody was called.
    milli_celsius: i32,
    /// What it may be.
    limit_milli_celsius: i32,
    /// What was done about it, oldest first.
    answers: Vec<AlarmAnswer>,
}

/// A trading day of a probe.
#[derive(Serialize, ToSchema)]
struct ProbeLogView {
    /// Which probe, as it is set up now.
    device: Device,
    /// The day.
    #[schema(value_type = String)]
    date: Date,
    /// Temperatures, oldest first: one each quarter of an hour, and each that crossed a limit.
    readings: Vec<NotedTemperature>,
    /// Alarms, oldest first.
    alarms: Vec<AlarmView>,
}

fn log_of(app: &App, device: Device, date: Option<Date>) -> Result<ProbeLogView, Problem> {
    let date = date.unwrap_or_else(|| app.store.business_date());
    let facts = app.store.device_log(DeviceLog::Probe { device: device.id, date })?;
    let views = app.views();
    let (mut readings, mut alarms) = (Vec::new(), Vec::<AlarmView>::new());
    for marked in facts {
        let (mark, fact) = (marked.mark, marked.fact);
        match fact {
            DeviceFact::TemperatureNoted { at, milli_celsius, standing, .. } => {
                readings.push(NotedTemperature { at, milli_celsius, standing });
            }
            DeviceFact::AlarmRaised { alarm, since, milli_celsius, standing, limit_milli_celsius } => {
                alarms.push(AlarmView {
                    id: alarm,
                    since,
                    raised_at: mark.at(),
                    cleared_at: None,
                    standing,
                    milli_celsius,
                    limit_milli_celsius,
                    answers: Vec::new(),
                });
            }
            DeviceFact::AlarmCleared { alarm, at, .. } => {
                if let Some(alarm) = alarms.iter_mut().find(|it| it.id == alarm) {
                    alarm.cleared_at = Some(at);
                }
            }
            DeviceFact::AlarmAnswered { alarm, action, .. } => {
                if let Some(alarm) = alarms.iter_mut().find(|it| it.id == alarm) {
                    let staff = views.staff_name(mark.by);
                    alarm.answers.push(AlarmAnswer { at: mark.at(), staff, action });
                }
            }
            DeviceFact::CallRaised { .. }
            | DeviceFact::CallAnswered { .. }
            | DeviceFact::PagerGiven { .. }
            | DeviceFact::Paged { .. } => {}
        }
    }
    readings.sort_by_key(|reading| reading.at);
    Ok(ProbeLogView { device, date, readings, alarms })
}

/// What a probe measured on a trading day, its alarms, and what was done about them.
#[utoipa::path(get, path = "/probes/{id}/log", tag = "devices", params(("id" = DeviceId, Path), LogQuery),
    responses((status = 200, body = ProbeLogView), IdProblems))]
async fn probe_log(
    State(app): State<App>,
    _: Actor,
    Path(id): Path<DeviceId>,
    Query(query): Query<LogQuery>,
) -> Result<axum::Json<ProbeLogView>, Problem> {
    let probe = probe(&app, id)?;
    Ok(axum::Json(app.read(move |app| log_of(app, probe, query.date)).await?))
}

/// The same as comma-separated values, in the order of time.
#[utoipa::path(get, path = "/probes/{id}/log/csv", tag = "devices", params(("id" = DeviceId, Path), LogQuery),
    responses((status = 200, content_type = "text/csv", body = String), IdProblems))]
async fn probe_log_csv(
    State(app): State<App>,
    _: Actor,
    Path(id): Path<DeviceId>,
    Query(query): Query<LogQuery>,
) -> Result<Response, Problem> {
    let probe = probe(&app, id)?;
    let log = app.read(move |app| log_of(app, probe, query.date)).await?;
    let csv = log.csv().map_err(|error| Problem::internal(&error))?;
    let name = format!("attachment; filename=\"temperatures-{}.csv\"", log.date);
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, csv).into_response())
}

impl ProbeLogView {
    fn csv(&self) -> Result<String, csv::Error> {
        let mut rows: Vec<(Timestamp, [String; 5])> = Vec::new();
        let name = || maitred_store::guarded(&self.device.name);
        let celsius = maitred_device::field::homie::celsius;
        let word = |standing: Standing| match standing {
            Standing::Within => "within",
            Standing::Low => "too cold",
            Standing::High => "too warm",
        };
        for it in &self.readings {
            let row = [
                name(),
                "reading".into(),
                celsius(it.milli_celsius),
                word(it.standing).into(),
                String::new(),
            ];
            rows.push((it.at, row));
        }
        for it in &self.alarms {
            let limit = format!("{}, limit {}", word(it.standing), celsius(it.limit_milli_celsius));
            rows.push((
                it.raised_at,
                [name(), "alarm".into(), celsius(it.milli_celsius), limit, String::new()],
            ));
            if let Some(at) = it.cleared_at {
                rows.push((at, [name(), "cleared".into(), String::new(), String::new(), String::new()]));
            }
            for answer in &it.answers {
                let action = maitred_store::guarded(&answer.action);
                let staff = maitred_store::guarded(&answer.staff);
                rows.push((answer.at, [name(), "corrective action".into(), String::new(), action, staff]));
            }
        }
        rows.sort_by_key(|(at, _)| *at);
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(["at", "probe", "what", "celsius", "detail", "by"])?;
        for (at, row) in rows {
            csv.write_record(std::iter::once(at.to_string()).chain(row))?;
        }
        let bytes = csv.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// What was done about an alarm.
#[derive(Deserialize, ToSchema)]
struct AnswerAlarm {
    /// The day of the log that it is in.
    #[schema(value_type = String)]
    date: Date,
    /// In words: "moved everything to the other fridge".
    action: String,
}

/// Writes down what was done about an alarm, also when it is over.
#[utoipa::path(post, path = "/probes/{id}/alarms/{alarm}/answer", tag = "devices",
    params(("id" = DeviceId, Path), ("alarm" = ChangeId, Path), IdempotencyKey), request_body = AnswerAlarm,
    responses((status = 200, body = ProbeLogView), WriteProblems))]
async fn answer_alarm(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path((id, alarm)): Path<(DeviceId, ChangeId)>,
    Json(AnswerAlarm { date, action }): Json<AnswerAlarm>,
) -> Result<axum::Json<ProbeLogView>, Problem> {
    let probe = probe(&app, id)?;
    let log = DeviceLog::Probe { device: id, date };
    app.command(&actor, &key, Command::AnswerAlarm { log, alarm, action }).await?;
    Ok(axum::Json(app.read(move |app| log_of(app, probe, Some(date))).await?))
}
