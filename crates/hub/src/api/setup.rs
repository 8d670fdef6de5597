//! The first day: an empty venue is set up by whoever stands before it, once.

use axum::extract::{ConnectInfo, State};
use maitred_domain::catalogue::{Staff, Venue};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::permission::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Session;
use super::pairings::{LetInAs, let_in};
use crate::app::App;
use crate::auth::{Actor, Asking, Claimed, Device, accept_pin, digits_of, is_of_the_house, open_session};
use crate::door::Met;
use crate::extract::{IdempotencyKey, Json};
use crate::first_day;
use crate::openapi::{PublicProblems, SetupProblems};
use crate::plain;
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(setup_state))
}

/// What a screen may ask that is not paired.
pub fn open_router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(set_up))
}

/// What of a venue is there.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one step whether it is done")]
struct SetupSteps {
    /// It has a name.
    venue: bool,
    /// Somebody works here.
    manager: bool,
    /// It has a table.
    floor: bool,
    /// It sells something.
    menu: bool,
    /// Somebody makes it.
    station: bool,
    /// Somebody prints.
    printer: bool,
}

/// How far a venue is set up.
#[derive(Serialize, ToSchema)]
struct SetupState {
    /// Nobody works here yet, nor at another hub: `POST /setup` is open.
    needed: bool,
    /// What is done.
    steps: SetupSteps,
}

/// How far the venue is set up.
#[utoipa::path(get, path = "/setup", tag = "venue", security(()),
    responses((status = 200, body = SetupState), PublicProblems))]
async fn setup_state(State(app): State<App>) -> Result<axum::Json<SetupState>, Problem> {
    let catalogue = app.store.catalogue();
    let steps = SetupSteps {
        venue: !catalogue.venue.name.trim().is_empty(),
        manager: !catalogue.staff.is_empty(),
        floor: catalogue.tables.values().any(|table| !table.archived),
        menu: catalogue.items.values().any(|item| !item.archived),
        station: catalogue.stations.values().any(|station| !station.archived),
        printer: catalogue.printers.values().any(|printer| !printer.archived),
    };
    Ok(axum::Json(SetupState { needed: is_to_be_set_up(&app)?, steps }))
}

/// Whether nobody works here yet, nor at another hub.
pub fn is_to_be_set_up(app: &App) -> Result<bool, Problem> {
    Ok(app.store.catalogue().staff.is_empty() && is_alone(app)?)
}

/// Whether there is no other hub, which would know the venue: this one may not have caught up with it yet.
fn is_alone(app: &App) -> Result<bool, Problem> {
    let me = app.hubs.standing.identity.key;
    Ok(app.store.hubs()?.iter().all(|hub| hub.key == me))
}

/// A new venue.
#[derive(Deserialize, ToSchema)]
struct NewVenue {
    /// Name on the receipt.
    name: String,
    /// ISO 4217 code.
    currency: String,
    /// IANA time zone.
    time_zone: String,
    /// BCP 47 tags; the first is the venue's own.
    languages: Vec<String>,
}

/// Its first manager.
#[derive(Deserialize, ToSchema)]
struct FirstManager {
    /// As shown.
    name: String,
    /// 4 to 8 digits, not one that is tried first.
    #[schema(format = Password, pattern = "^[0-9]{4,8}$")]
    pin: String,
}

/// The screen on which it is set up, when that is not the hub's own box.
#[derive(Deserialize, ToSchema)]
struct FirstTerminal {
    /// As in the answer of `POST /pairings`.
    secret: String,
    /// What to call it.
    name: String,
}

/// A new venue and its first manager.
#[derive(Deserialize, ToSchema)]
struct SetUp {
    /// The venue.
    venue: NewVenue,
    /// Its first manager, who signs in as `manager`.
    manager: FirstManager,
    /// A screen that is not paired lets itself in, and then fetches its token by `POST /pairings/claim`.
    #[serde(default)]
    terminal: Option<FirstTerminal>,
}

/// Sets an empty venue up: its settings, its first manager, courses, reasons, a tax, a station that takes everything and
/// an area. Signs the manager in, on a screen that is paired by that if it was not.
///
/// Only while nobody works here or ever did, and only from this box or a private network. Where the hub speaks TLS, screens
/// are to, unless this very request came over plain http from another device.
#[utoipa::path(post, path = "/setup", tag = "venue", security(()), params(IdempotencyKey), request_body = SetUp,
    responses((status = 200, body = Session), SetupProblems))]
async fn set_up(
    State(app): State<App>,
    ConnectInfo(met): ConnectInfo<Met>,
    Asking(device): Asking,
    key: IdempotencyKey,
    Json(body): Json<SetUp>,
) -> Result<axum::Json<Session>, Problem> {
    if !is_alone(&app)? {
        return Err(Refusal::AlreadySetUp.into());
    }
    if !is_of_the_house(met.from) {
        return Err(Problem::new("not-from-here", "a venue is set up from its own network"));
    }
    let SetUp { venue, manager, terminal } = body;
    let screen = Screen::of(&app, device, terminal)?;
    accept_pin(&manager.pin)?;
    let settings = Venue {
        name: venue.name.trim().to_owned(),
        currency: venue.currency,
        time_zone: venue.time_zone,
        languages: venue.languages,
        plain_http: app.secure.is_none() || plain::is_overheard(met),
        ..Venue::default()
    };
    let blank = first_day::manager(manager.name.trim().to_owned());
    let (pins, pin, salt) = (app.pins.clone(), manager.pin, key.of(blank.id));
    let pin_digits = digits_of(&pin);
    let pin_hash = app.read(move |_| Ok(pins.hash_salted_by(&pin, &salt))).await?;
    let actor = Actor {
        staff: blank.id,
        role: Role::Manager,
        permissions: Role::Manager.permissions_as_delivered(),
        token_hash: [0; 32],
        terminal: None,
    };
    let first = Staff { pin_hash, pin_digits, ..blank };
    let changes = first_day::catalogue(settings, first.clone()).as_changes();
    app.command(&actor, &key, Command::SetUp { changes }).await?;
    let device = screen.paired(&app, &actor).await?;
    let session = open_session(&app, first, device).await?;
    Ok(axum::Json(Session::of(session)))
}

/// Where a venue is set up.
enum Screen {
    Paired(Device),
    Unpaired(FirstTerminal),
}

impl Screen {
    fn of(app: &App, device: Option<Device>, terminal: Option<FirstTerminal>) -> Result<Self, Problem> {
        match (device, terminal) {
            (Some(device), _) => Ok(Self::Paired(device)),
            (None, Some(terminal))
                if !matches!(app.pairings.claim(&terminal.secret, app.now()), Claimed::Gone) =>
            {
                Ok(Self::Unpaired(terminal))
            }
            (None, _) => Err(not_asked()),
        }
    }

    /// The device that it is; an unpaired one is let in, once.
    async fn paired(self, app: &App, manager: &Actor) -> Result<Device, Problem> {
        let FirstTerminal { secret, name } = match self {
            Self::Paired(device) => return Ok(device),
            Self::Unpaired(terminal) => terminal,
        };
        if let Claimed::Granted { terminal, .. } = app.pairings.claim(&secret, app.now()) {
            return Ok(Device::Terminal(terminal));
        }
        let pairing = app.pairings.take_own(&secret, app.now()).ok_or_else(not_asked)?;
        let wanted = LetInAs { name, ..LetInAs::default() };
        let terminal = let_in(app, manager, &IdempotencyKey::fresh(), pairing, wanted).await?;
        Ok(Device::Terminal(terminal.id))
    }
}

fn not_asked() -> Problem {
    Problem::new("device-not-paired", "a screen that sets a venue up asks POST /api/v1/pairings first")
}
