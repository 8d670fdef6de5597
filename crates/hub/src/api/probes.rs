//! What probes measured, and what was done about it.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use maitred_domain::catalogue::{Device, DeviceKind};
use maitred_domain::decide::Command;
use maitred_domain::device_log::{DeviceFact, DeviceLog, Standing};
use maitred_domain::ids::{ChangeId, DeviceId};
use maitred_domain::paper::PaperSource;
use maitred_domain::permission::Permission;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::print_jobs::queue_at_front;
use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path, Query};
use crate::openapi::{ActionProblems, IdProblems, WriteProblems};
use crate::problem::Problem;
use crate::views::PrintJobView;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(probe_log))
        .routes(routes!(probe_log_csv))
        .routes(routes!(print_probe_log))
        .routes(routes!(answer_alarm))
}

fn probe(app: &App, id: DeviceId) -> Result<Device, Problem> {
    let catalogue = app.store.catalogue();
    let probe = catalogue.devices.get(&id).filter(|device| device.kind == DeviceKind::Probe);
    probe.cloned().ok_or_else(|| Problem::unknown("probe"))
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

/// Prints the log of a day at the receipt printer.
#[utoipa::path(post, path = "/probes/{id}/log/print", tag = "devices",
    params(("id" = DeviceId, Path), LogQuery, IdempotencyKey),
    responses((status = 202, body = PrintJobView), ActionProblems))]
async fn print_probe_log(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<DeviceId>,
    Query(query): Query<LogQuery>,
) -> Result<(StatusCode, axum::Json<PrintJobView>), Problem> {
    actor.allow(Permission::Print)?;
    let probe = probe(&app, id)?.id;
    let date = query.date.unwrap_or_else(|| app.store.business_date());
    queue_at_front(&app, &actor, &key, None, PaperSource::Temperatures { probe, date }).await
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
