//! Screens that were let in.

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use maitred_domain::catalogue::{EntityChanged, Screen, Terminal};
use maitred_domain::decide::Command;
use maitred_domain::ids::{StationId, TerminalId};
use maitred_domain::permission::{Permission, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::auth::{Actor, Device};
use crate::extract::{IdempotencyKey, Json, Path};
use crate::openapi::{AskProblems, ChangeProblems, PublicProblems, ReadProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(this_device))
        .routes(routes!(terminals))
        .routes(routes!(change_terminal, revoke_terminal))
}

/// A screen that was let in.
#[derive(Serialize, ToSchema)]
pub struct TerminalView {
    /// Its id.
    id: TerminalId,
    /// As shown.
    name: String,
    /// What it shows first.
    screen: Screen,
    /// The station of a kitchen screen.
    station: Option<StationId>,
    /// Where that is in the addresses of screens.
    station_slug: Option<String>,
    /// What it may serve at most; any role without one.
    role: Option<Role>,
    /// Who let it in.
    paired_by: String,
    /// When.
    paired_at: Timestamp,
    /// When this hub heard of it last, since it was started.
    last_seen: Option<Timestamp>,
    /// Whether nobody else could read what it said then.
    encrypted: Option<bool>,
}

impl TerminalView {
    pub(super) fn of(app: &App, terminal: &Terminal) -> Self {
        let catalogue = app.store.catalogue();
        let station = terminal.station.and_then(|id| catalogue.stations.get(&id));
        let seen = app.terminals.last_seen(terminal.id);
        Self {
            id: terminal.id,
            name: terminal.name.clone(),
            screen: terminal.screen,
            station: terminal.station,
            station_slug: station.map(|it| it.slug.clone()),
            role: terminal.role,
            paired_by: catalogue.staff_name(terminal.paired_by).to_owned(),
            paired_at: terminal.paired_at,
            last_seen: seen.map(|it| it.at),
            encrypted: seen.map(|it| it.is_encrypted),
        }
    }
}

/// Why a device may speak with the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum LetInAs {
    /// It is the box that the hub runs on.
    OwnBox,
    /// The hub lets in whoever reaches it.
    TrustedNetwork,
    /// A manager let it in.
    Terminal,
}

/// The device that asks.
#[derive(Serialize, ToSchema)]
struct ThisDevice {
    /// Why it may.
    let_in_as: LetInAs,
    /// Which terminal it is.
    terminal: Option<TerminalView>,
    /// How many digits everybody's PIN has; `null` when they differ, or when that is not known of some.
    pin_digits: Option<u8>,
}

/// What the hub takes this device for.
#[utoipa::path(get, path = "/terminal", tag = "terminals", security(()),
    responses((status = 200, body = ThisDevice), PublicProblems))]
async fn this_device(State(app): State<App>, device: Device) -> axum::Json<ThisDevice> {
    let catalogue = app.store.catalogue();
    let terminal = device.terminal().and_then(|id| catalogue.terminal(id));
    let let_in_as = match device {
        Device::OwnBox => LetInAs::OwnBox,
        Device::Trusted(_) => LetInAs::TrustedNetwork,
        Device::Terminal(_) => LetInAs::Terminal,
    };
    axum::Json(ThisDevice {
        let_in_as,
        terminal: terminal.map(|it| TerminalView::of(&app, it)),
        pin_digits: catalogue.pin_digits(),
    })
}

/// Terminals of the venue, and whether others may speak with the hub too.
#[derive(Serialize, ToSchema)]
struct TerminalsView {
    /// By name.
    terminals: Vec<TerminalView>,
    /// The hub lets in whoever reaches it, paired or not.
    trusts_network: bool,
}

/// Terminals of the venue.
#[utoipa::path(get, path = "/terminals", tag = "terminals", responses((status = 200, body = TerminalsView), ReadProblems))]
async fn terminals(State(app): State<App>, actor: Actor) -> Result<axum::Json<TerminalsView>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let catalogue = app.store.catalogue();
    let used = catalogue.terminals.values().filter(|it| !it.archived);
    let mut terminals: Vec<_> = used.map(|it| TerminalView::of(&app, it)).collect();
    terminals.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(axum::Json(TerminalsView { terminals, trusts_network: app.devices.is_trusting() }))
}

/// A terminal as it is to be.
#[derive(Deserialize, ToSchema)]
struct TerminalInput {
    /// As shown.
    name: String,
    /// What it shows first.
    screen: Screen,
    /// The station of a kitchen screen.
    #[serde(default)]
    station: Option<StationId>,
    /// What it may serve at most; any role without one.
    #[serde(default)]
    role: Option<Role>,
}

fn terminal(app: &App, id: TerminalId) -> Result<Terminal, Problem> {
    app.store.catalogue().terminal(id).cloned().ok_or_else(|| Problem::unknown("terminal"))
}

/// Calls a terminal otherwise, or lets it do something else.
#[utoipa::path(post, path = "/terminals/{id}", tag = "terminals", params(("id" = TerminalId, Path), IdempotencyKey),
    request_body = TerminalInput, responses((status = 200, body = TerminalView), ChangeProblems))]
async fn change_terminal(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<TerminalId>,
    Json(body): Json<TerminalInput>,
) -> Result<axum::Json<TerminalView>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let before = terminal(&app, id)?;
    let TerminalInput { name, screen, station, role } = body;
    let after = Terminal { name: name.trim().to_owned(), screen, station, role, ..before.clone() };
    if let Some(change) = EntityChanged::between(Some(&before), &after) {
        app.command(&actor, &key, Command::Edit { changes: vec![change] }).await?;
    }
    Ok(axum::Json(TerminalView::of(&app, &terminal(&app, id)?)))
}

/// Takes a terminal out of the venue: whoever is signed in there is signed out, and its event streams end.
#[utoipa::path(delete, path = "/terminals/{id}", tag = "terminals", params(("id" = TerminalId, Path), IdempotencyKey),
    responses((status = 204), AskProblems))]
async fn revoke_terminal(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Path(id): Path<TerminalId>,
) -> Result<StatusCode, Problem> {
    actor.allow(Permission::EditSettings)?;
    let before = terminal(&app, id)?;
    let after = Terminal { archived: true, ..before.clone() };
    let changes = EntityChanged::between(Some(&before), &after).into_iter().collect();
    app.command(&actor, &key, Command::Edit { changes }).await?;
    Ok(StatusCode::NO_CONTENT)
}
