//! The demo's devices: simulated by the bridge, whose controls this hub passes on to the page.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use maitred_device::field::DeviceId as Homie;
use maitred_domain::catalogue::DeviceKind;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::{FaultProblems, ReadProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(demo_devices)).routes(routes!(touch_demo_device))
}

/// The longest that the bridge may take: it is on this box.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(2);

/// A simulated device.
#[derive(Serialize, ToSchema)]
struct DemoDevice {
    /// What it is called on the broker.
    homie: String,
    /// What it is.
    kind: DeviceKind,
    /// Whether its cable is in.
    plugged: bool,
    /// What a probe measures, in thousandths of a degree Celsius.
    milli_celsius: Option<i32>,
    /// What it was told last, in words.
    told: Option<String>,
}

/// As the bridge lists it.
#[derive(Deserialize)]
struct Listed {
    id: String,
    kind: String,
    plugged: bool,
    #[serde(default)]
    milli_celsius: Option<i32>,
    /// What it was told, in words, the last one last.
    #[serde(default)]
    done: Vec<String>,
}

impl Listed {
    fn view(self) -> Option<DemoDevice> {
        Some(DemoDevice {
            kind: DeviceKind::of_homie(&self.kind)?,
            homie: self.id,
            plugged: self.plugged,
            milli_celsius: self.milli_celsius,
            told: self.done.into_iter().last(),
        })
    }
}

async fn ask(app: &App, path: &str, body: Option<Value>) -> Result<reqwest::Response, Problem> {
    let address = app.simulated.ok_or_else(|| Problem::unknown("simulated device"))?;
    let client = reqwest::Client::builder().timeout(ANSWER_TIME_MAX).no_proxy().build();
    let client = client.map_err(|error| Problem::internal(&error))?;
    let url = format!("http://{address}/simulated{path}");
    let request = match body {
        Some(body) => client.post(url).json(&body),
        None => client.get(url),
    };
    request.send().await.map_err(|error| Problem::internal(&error))
}

/// The demo's devices; none when nothing is simulated.
#[utoipa::path(get, path = "/demo/devices", tag = "demo",
    responses((status = 200, body = Vec<DemoDevice>), ReadProblems))]
async fn demo_devices(State(app): State<App>, _: Actor) -> Result<axum::Json<Vec<DemoDevice>>, Problem> {
    if app.simulated.is_none() {
        return Ok(axum::Json(Vec::new()));
    }
    let listed = ask(&app, "", None).await?.json::<Vec<Listed>>().await;
    let listed = listed.map_err(|error| Problem::internal(&error))?;
    Ok(axum::Json(listed.into_iter().filter_map(Listed::view).collect()))
}

/// What a person does to a device.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "touch", rename_all = "snake_case")]
enum DemoTouch {
    /// Presses a key of a bump bar.
    Press {
        /// Which, from 0.
        code: u16,
    },
    /// Presses a button on a table: `call`, `bill`, `cancel`.
    Call {
        /// For what.
        what: String,
    },
    /// Warms or cools what a probe measures.
    Temperature {
        /// To that.
        milli_celsius: i32,
    },
    /// Pulls the cable.
    Unplug,
    /// Puts it in.
    Plug,
}

impl DemoTouch {
    fn said(&self) -> (&'static str, Value) {
        match self {
            Self::Press { code } => ("press", json!({ "code": code })),
            Self::Call { what } => ("call", json!({ "button": 1, "what": what })),
            Self::Temperature { milli_celsius } => ("temperature", json!({ "milli_celsius": milli_celsius })),
            Self::Unplug => ("unplug", json!({})),
            Self::Plug => ("plug", json!({})),
        }
    }
}

/// Does something to a simulated device.
#[utoipa::path(post, path = "/demo/devices/{homie}/touch", tag = "demo",
    params(("homie" = String, Path), IdempotencyKey), request_body = DemoTouch,
    responses((status = 204), FaultProblems))]
async fn touch_demo_device(
    State(app): State<App>,
    _: Actor,
    _: IdempotencyKey,
    Path(homie): Path<String>,
    Json(touch): Json<DemoTouch>,
) -> Result<StatusCode, Problem> {
    let homie: Homie = homie.parse().map_err(|_| Problem::unknown("simulated device"))?;
    let (verb, body) = touch.said();
    let answer = ask(&app, &format!("/{homie}/{verb}"), Some(body)).await?;
    if answer.status().is_success() {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::unknown("simulated device"))
}
