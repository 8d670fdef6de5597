//! Screens that want to be let in, and those who let them in.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use maitred_domain::catalogue::{EntityChanged, Screen, Terminal};
use maitred_domain::decide::Command;
use maitred_domain::ids::{StationId, TerminalId};
use maitred_domain::permission::{Permission, Role};
use maitred_process::clock;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::setup::is_to_be_set_up;
use super::terminals::TerminalView;
use crate::app::App;
use crate::auth::{self, Actor, Claimed, PairingView, is_of_the_house, proof_by};
use crate::extract::{IdempotencyKey, Json, Query};
use crate::openapi::{BodyProblems, OpenBodyProblems, OpenProblems, OpenQueryProblems, ReadProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(pairings)).routes(routes!(accept_pairing))
}

/// What a screen may ask that is not paired.
pub fn open_router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask_for_code))
        .routes(routes!(claim_pairing))
        .routes(routes!(prove_venue))
}

/// A code to be shown.
#[derive(Serialize, ToSchema)]
struct Asked {
    /// What to ask again with; nobody is to see it.
    secret: String,
    /// What to show: six characters.
    code: String,
    /// Until when it is good.
    expires_at: Timestamp,
    /// The hub's key, of which people compare the first eight digits.
    hub: String,
    /// Nobody works here yet who could type it: this screen may set the venue up, by `POST /setup`.
    sets_up: bool,
}

/// Asks for a code by which a manager lets this screen in.
#[utoipa::path(post, path = "/pairings", tag = "terminals", security(()),
    responses((status = 201, body = Asked), OpenProblems))]
async fn ask_for_code(
    State(app): State<App>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
) -> Result<(StatusCode, axum::Json<Asked>), Problem> {
    if !is_of_the_house(from) && !app.devices.is_trusting() {
        return Err(Problem::new("not-from-here", "a screen is paired in the venue's own network"));
    }
    let asked = app.pairings.ask(from.ip().to_canonical(), app.now())?;
    app.live.attention_changed();
    let hub = app.hubs.standing.identity.key.to_string();
    let auth::Asked { secret, code, expires_at } = asked;
    let sets_up = is_to_be_set_up(&app)?;
    Ok((StatusCode::CREATED, axum::Json(Asked { secret, code, expires_at, hub, sets_up })))
}

/// Which screen asks.
#[derive(Deserialize, ToSchema)]
struct Claim {
    /// As in the answer of `POST /pairings`.
    secret: String,
}

/// How a pairing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PairingState {
    /// Nobody has typed the code yet.
    Waiting,
    /// The screen is let in.
    Paired,
    /// The code is no longer good: ask for another.
    Gone,
}

/// How a pairing stands, and what the screen is when it is let in.
#[derive(Serialize, ToSchema)]
struct Pairing {
    /// How.
    state: PairingState,
    /// What the screen sends from now on, as the header `Maitred-Terminal`.
    token: Option<String>,
    /// What it is.
    terminal: Option<TerminalView>,
    /// The hub's key.
    hub: String,
}

/// Asks whether a manager has typed the code.
#[utoipa::path(post, path = "/pairings/claim", tag = "terminals", security(()), request_body = Claim,
    responses((status = 200, body = Pairing), OpenBodyProblems))]
async fn claim_pairing(State(app): State<App>, Json(body): Json<Claim>) -> axum::Json<Pairing> {
    let hub = app.hubs.standing.identity.key.to_string();
    let nothing = |state| Pairing { state, token: None, terminal: None, hub: hub.clone() };
    let catalogue = app.store.catalogue();
    axum::Json(match app.pairings.claim(&body.secret, app.now()) {
        Claimed::Waiting => nothing(PairingState::Waiting),
        Claimed::Gone => nothing(PairingState::Gone),
        Claimed::Granted { token, terminal } => match catalogue.terminal(terminal) {
            None => nothing(PairingState::Gone),
            Some(terminal) => Pairing {
                token: Some(token),
                terminal: Some(TerminalView::of(&app, terminal)),
                ..nothing(PairingState::Paired)
            },
        },
    })
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ProofQuery {
    /// Which terminal asks.
    terminal: TerminalId,
    /// What it has made up: 64 hexadecimal digits.
    nonce: String,
}

/// What only a hub of the terminal's venue can say.
#[derive(Serialize, ToSchema)]
struct Proof {
    /// The hub's key.
    hub: String,
    /// BLAKE3 of `nonce` and `hub`, one after the other, keyed with the hash of the terminal's token.
    proof: String,
}

/// Proves that this is a hub of the venue that the terminal was paired with, before it says who it is. Of a terminal that
/// nobody knows it says something too, which is no proof.
#[utoipa::path(get, path = "/pairings/proof", tag = "terminals", security(()), params(ProofQuery),
    responses((status = 200, body = Proof), OpenQueryProblems))]
async fn prove_venue(
    State(app): State<App>,
    Query(query): Query<ProofQuery>,
) -> Result<axum::Json<Proof>, Problem> {
    let is_nonce = query.nonce.len() == 64 && query.nonce.bytes().all(|it| it.is_ascii_hexdigit());
    if !is_nonce {
        return Err(Problem::new("malformed-query", "a nonce is 64 hexadecimal digits"));
    }
    let hub = app.hubs.standing.identity.key.to_string();
    let message = format!("{}{hub}", query.nonce);
    let catalogue = app.store.catalogue();
    let terminal = catalogue.terminals.get(&query.terminal);
    let proof = terminal.and_then(|it| proof_by(it, message.as_bytes()));
    let proof = proof.unwrap_or_else(|| blake3::keyed_hash(&clock::random(), message.as_bytes()));
    Ok(axum::Json(Proof { hub, proof: proof.to_string() }))
}

/// Screens that wait to be let in. What code each shows is on the screen alone.
#[utoipa::path(get, path = "/pairings", tag = "terminals", responses((status = 200, body = Vec<PairingView>), ReadProblems))]
async fn pairings(State(app): State<App>, actor: Actor) -> Result<axum::Json<Vec<PairingView>>, Problem> {
    actor.allow(Permission::EditSettings)?;
    Ok(axum::Json(app.pairings.waiting(app.now())))
}

/// Which screen to let in, as what.
#[derive(Deserialize, ToSchema)]
struct Accepted {
    /// What the screen shows; hyphens, spaces and case do not matter.
    code: String,
    /// What to call it.
    name: String,
    /// What it shows first.
    #[serde(default)]
    screen: Screen,
    /// The station of a kitchen screen.
    #[serde(default)]
    station: Option<StationId>,
    /// What it may serve at most; any role without one.
    #[serde(default)]
    role: Option<Role>,
}

/// Lets the screen in that shows the code. Wrong codes are counted for the person, and for each code that is shown.
#[utoipa::path(post, path = "/pairings/accept", tag = "terminals", params(IdempotencyKey), request_body = Accepted,
    responses((status = 201, body = TerminalView), BodyProblems))]
async fn accept_pairing(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<Accepted>,
) -> Result<(StatusCode, axum::Json<TerminalView>), Problem> {
    actor.allow(Permission::EditSettings)?;
    let pairing = app.pairings.take(actor.staff, &body.code, app.now())?;
    let Accepted { name, screen, station, role, .. } = body;
    let terminal = let_in(&app, &actor, &key, pairing, LetInAs { name, screen, station, role }).await?;
    Ok((StatusCode::CREATED, axum::Json(TerminalView::of(&app, &terminal))))
}

/// What a screen is let in as.
#[derive(Default)]
pub struct LetInAs {
    pub name: String,
    pub screen: Screen,
    pub station: Option<StationId>,
    pub role: Option<Role>,
}

/// Makes a screen whose code was taken one of the venue's terminals; or its code is good again.
pub async fn let_in(
    app: &App,
    actor: &Actor,
    key: &IdempotencyKey,
    pairing: Uuid,
    wanted: LetInAs,
) -> Result<Terminal, Problem> {
    let token = auth::mint_token();
    let terminal = Terminal {
        id: TerminalId(Uuid::new_v8(clock::random())),
        name: wanted.name.trim().to_owned(),
        screen: wanted.screen,
        station: wanted.station,
        role: wanted.role,
        token_hash: auth::hash_token(&token),
        paired_by: actor.staff,
        paired_at: app.now(),
        archived: false,
    };
    let changes = EntityChanged::between(None, &terminal).into_iter().collect();
    let done = app.command(actor, key, Command::Edit { changes }).await;
    app.pairings.settle(pairing, done.is_ok().then_some((token, terminal.id)), app.now());
    app.live.attention_changed();
    done.map(|_| terminal)
}
