//! Simulated devices for tests and the demo, with controls over HTTP on this box alone.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use maitred_device::field::message::Call;
use maitred_device::field::{DeviceId, DeviceKind};
use maitred_process::clock;
use maitred_wire as wire;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::ports::{Profile, Wanted};
use crate::simulated::{KEYS, Outside, Powered, Seen, Touch};

/// What a probe measures at first, in thousandths of a degree Celsius.
const FRIDGE_MILLI_CELSIUS: i32 = 4_000;

/// A device to simulate: a kind, and after a colon what tells it apart from others of that kind.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SimulatedKind {
    kind: DeviceKind,
    serial: String,
}

/// What cannot be simulated.
#[derive(Debug, thiserror::Error)]
#[error(
    "{0:?} cannot be simulated: a kind of device, and perhaps a name after a colon, such as bump-bar:grill"
)]
pub struct NoSimulatedKind(String);

impl FromStr for SimulatedKind {
    type Err = NoSimulatedKind;

    fn from_str(text: &str) -> Result<Self, NoSimulatedKind> {
        let (kind, serial) = text.split_once(':').unwrap_or((text, "simulated"));
        let kind = DeviceKind::of_homie(kind).filter(|_| !serial.is_empty());
        let kind = kind.ok_or_else(|| NoSimulatedKind(text.to_owned()))?;
        Ok(Self { kind, serial: serial.to_owned() })
    }
}

impl TryFrom<String> for SimulatedKind {
    type Error = NoSimulatedKind;

    fn try_from(text: String) -> Result<Self, NoSimulatedKind> {
        text.parse()
    }
}

/// Why nothing is simulated.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// A pseudo-terminal, a folder or a thread is missing.
    #[error("cannot simulate devices")]
    Device(#[source] std::io::Error),
    /// Two have one id.
    #[error("two simulated devices would be {0}")]
    Twice(DeviceId),
    /// The controls cannot listen.
    #[error("cannot listen on {address}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The controls would be open to others.
    #[error("controls of simulated devices listen on this box alone, not on {0}")]
    NotLoopback(SocketAddr),
}

/// Simulated devices at work.
pub struct Simulated {
    /// Where the controls listen.
    pub address: SocketAddr,
    /// Removed in the end, with the links to ports in it.
    folder: TempDir,
}

impl Simulated {
    /// The ports of all of them.
    pub fn ports(&self) -> Wanted {
        Wanted { path: self.folder.path().join("*"), profile: Profile::Frames, baud: Profile::Frames.baud() }
    }
}

struct Shared {
    devices: Mutex<BTreeMap<DeviceId, Device>>,
}

struct Device {
    kind: DeviceKind,
    serial: String,
    link: PathBuf,
    outside: Outside,
    power: Option<Powered>,
}

/// Switches devices on, and listens for controls.
///
/// # Errors
/// [`SimulateError`] when something is missing.
pub async fn start(kinds: &[SimulatedKind], address: SocketAddr) -> Result<Simulated, SimulateError> {
    if !address.ip().is_loopback() {
        return Err(SimulateError::NotLoopback(address));
    }
    let folder =
        tempfile::Builder::new().prefix("maitred-ports-").tempdir().map_err(SimulateError::Device)?;
    let mut devices = BTreeMap::new();
    for it in kinds {
        let id = DeviceId::of(it.kind, &it.serial);
        if devices.contains_key(&id) {
            return Err(SimulateError::Twice(id));
        }
        let link = folder.path().join(id.as_str());
        let outside = Outside::default();
        outside.set_temperature(Some(FRIDGE_MILLI_CELSIUS));
        let mut device = Device { kind: it.kind, serial: it.serial.clone(), link, outside, power: None };
        device.plug().map_err(SimulateError::Device)?;
        devices.insert(id, device);
    }
    let listen = |source| SimulateError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(listen)?;
    let address = listener.local_addr().map_err(listen)?;
    let shared = Arc::new(Shared { devices: Mutex::new(devices) });
    let router = Router::new()
        .route("/simulated", get(list))
        .route("/simulated/{id}/press", post(press))
        .route("/simulated/{id}/call", post(call))
        .route("/simulated/{id}/temperature", post(temperature))
        .route("/simulated/{id}/unplug", post(unplug))
        .route("/simulated/{id}/plug", post(plug))
        .with_state(shared);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(Simulated { address, folder })
}

impl Device {
    fn plug(&mut self) -> std::io::Result<()> {
        if self.power.is_none() {
            let boot = u32::from_ne_bytes(clock::random());
            let kind = wire_kind(self.kind);
            self.power = Some(Powered::on(&self.link, kind, &self.serial, boot, self.outside.clone())?);
        }
        Ok(())
    }
}

fn wire_kind(kind: DeviceKind) -> wire::DeviceKind {
    match kind {
        DeviceKind::BumpBar => wire::DeviceKind::BumpBar,
        DeviceKind::PagerBase => wire::DeviceKind::PagerBase,
        DeviceKind::CallButton => wire::DeviceKind::CallButton,
        DeviceKind::CustomerDisplay => wire::DeviceKind::CustomerDisplay,
        DeviceKind::Beacon => wire::DeviceKind::Beacon,
        DeviceKind::Probe => wire::DeviceKind::Probe,
        DeviceKind::Drawer => wire::DeviceKind::Drawer,
    }
}

/// A simulated device as it is listed.
#[derive(Serialize)]
struct Listed {
    id: DeviceId,
    kind: &'static str,
    plugged: bool,
    /// In thousandths of a degree Celsius; only of probes, and nothing when the sensor is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    milli_celsius: Option<i32>,
    #[serde(flatten)]
    seen: Seen,
}

#[derive(Deserialize)]
struct Press {
    code: usize,
}

#[derive(Deserialize)]
struct Called {
    button: u16,
    what: Call,
}

#[derive(Deserialize)]
struct Temperature {
    milli_celsius: Option<i32>,
}

fn devices(shared: &Shared) -> MutexGuard<'_, BTreeMap<DeviceId, Device>> {
    shared.devices.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn list(State(shared): State<Arc<Shared>>) -> Json<Vec<Listed>> {
    let listed = |(id, device): (&DeviceId, &Device)| Listed {
        id: id.clone(),
        kind: device.kind.as_homie(),
        plugged: device.power.is_some(),
        milli_celsius: device.outside.temperature().filter(|_| device.kind == DeviceKind::Probe),
        seen: device.outside.seen(),
    };
    Json(devices(&shared).iter().map(listed).collect())
}

/// Does something to a device: 404 when there is none, 409 when it is unplugged or of another kind.
fn touch(shared: &Shared, id: &str, kind: DeviceKind, touch: Touch) -> StatusCode {
    let Ok(id) = id.parse::<DeviceId>() else { return StatusCode::NOT_FOUND };
    let devices = devices(shared);
    let Some(device) = devices.get(&id) else { return StatusCode::NOT_FOUND };
    match &device.power {
        Some(power) if device.kind == kind => {
            power.touch(touch);
            StatusCode::NO_CONTENT
        }
        Some(_) | None => StatusCode::CONFLICT,
    }
}

async fn press(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(Press { code }): Json<Press>,
) -> StatusCode {
    if code >= KEYS {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    touch(&shared, &id, DeviceKind::BumpBar, Touch::Press(code))
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(Called { button, what }): Json<Called>,
) -> StatusCode {
    let what = match what {
        Call::Call => wire::Call::Call,
        Call::Bill => wire::Call::Bill,
        Call::Cancel => wire::Call::Cancel,
    };
    touch(&shared, &id, DeviceKind::CallButton, Touch::Call { button, what })
}

fn change(shared: &Shared, id: &str, change: impl FnOnce(&mut Device) -> StatusCode) -> StatusCode {
    let Ok(id) = id.parse::<DeviceId>() else { return StatusCode::NOT_FOUND };
    devices(shared).get_mut(&id).map_or(StatusCode::NOT_FOUND, change)
}

async fn temperature(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(Temperature { milli_celsius }): Json<Temperature>,
) -> StatusCode {
    change(&shared, &id, |device| {
        device.outside.set_temperature(milli_celsius);
        StatusCode::NO_CONTENT
    })
}

async fn unplug(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> StatusCode {
    change(&shared, &id, |device| {
        device.power = None;
        StatusCode::NO_CONTENT
    })
}

async fn plug(State(shared): State<Arc<Shared>>, Path(id): Path<String>) -> StatusCode {
    change(&shared, &id, |device| match device.plug() {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            tracing::error!("cannot plug it in: {error}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    })
}
