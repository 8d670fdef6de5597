//! The venues of an organisation, their hubs, and new ones.

use std::collections::BTreeMap;

use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use maitred_sync::{Origin, Tip};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::document::Problems;
use super::extract::{Json, Visitor};
use crate::app::App;
use crate::limits::{SIGHTING_LASTS, TOKEN_LIFETIME};
use crate::problem::Problem;
use crate::storage::accounts::Sighting;
use crate::storage::{Storage, StorageError, Venue};
use crate::tenants::{self, IssueError};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(venues)).routes(routes!(enrol))
}

/// A hub of a venue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HubView {
    /// Its key.
    pub key: String,
    /// In the order they were enrolled, from 1.
    pub number: usize,
    /// Whether it is connected now.
    pub is_connected: bool,
    /// When it was heard last; now when it is connected, `null` when it never was.
    pub seen_at: Option<Timestamp>,
    /// What runs there: `maitred/0.1.0`.
    pub version: String,
    /// Entries that are here and not there yet.
    pub behind: u64,
}

/// A venue in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VenueCard {
    /// Which.
    pub id: Uuid,
    /// What it is called here.
    pub name: String,
    /// Its hubs that are not revoked.
    pub hubs: Vec<HubView>,
    /// Up to when what is shown is sure to be all: now while a hub is connected; `null` before the first was.
    pub as_of: Option<Timestamp>,
}

/// How a venue's hubs are seen at `now`.
pub fn card(storage: &dyn Storage, venue: &Venue, now: Timestamp) -> Result<VenueCard, StorageError> {
    let tips = storage.tips(venue.id)?;
    let sightings = storage.sightings(venue.id)?;
    let enrolled = storage.hubs(venue.id)?;
    let current = enrolled.iter().filter(|hub| !hub.is_revoked);
    let hubs: Vec<HubView> = current
        .enumerate()
        .map(|(index, hub)| {
            let sighting = sightings.iter().find(|sighting| sighting.hub == hub.hub);
            let is_connected = sighting.is_some_and(|it| is_there(it, now));
            HubView {
                key: hub.hub.to_string(),
                number: index + 1,
                is_connected,
                seen_at: sighting.map(|it| if is_connected { now } else { it.seen_at }),
                version: sighting.map(|it| it.version.clone()).unwrap_or_default(),
                behind: sighting.map_or(0, |it| behind(it, &tips)),
            }
        })
        .collect();
    let as_of = hubs.iter().filter_map(|hub| hub.seen_at).max();
    Ok(VenueCard { id: venue.id.0, name: venue.name.clone(), hubs, as_of })
}

/// Whether a hub is connected: it said so, and not too long ago.
pub fn is_there(sighting: &Sighting, now: Timestamp) -> bool {
    let lasts = SignedDuration::try_from(SIGHTING_LASTS).expect("minutes are in range");
    sighting.is_connected && now.duration_since(sighting.seen_at) < lasts
}

/// Entries of other journals than the hub's own that it does not have.
fn behind(sighting: &Sighting, tips: &BTreeMap<Origin, Tip>) -> u64 {
    let others = tips.iter().filter(|(origin, _)| Some(**origin) != sighting.origin);
    others.map(|(origin, tip)| tip.seq.saturating_sub(sighting.known.get(*origin))).sum()
}

/// The venues of one's organisation, by name, with how their hubs are.
#[utoipa::path(get, path = "/venues", tag = "venues", responses((status = 200, body = Vec<VenueCard>), Problems))]
async fn venues(State(app): State<App>, visitor: Visitor) -> Result<axum::Json<Vec<VenueCard>>, Problem> {
    let cards = app.with_storage(move |app| {
        let venues = app.storage.venues_of(visitor.user.organisation)?;
        let card = |venue: &Venue| card(&*app.storage, venue, app.now());
        venues.iter().map(card).collect::<Result<Vec<_>, StorageError>>()
    });
    Ok(axum::Json(cards.await.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??))
}

/// Where a hub is to belong.
#[derive(Deserialize, ToSchema)]
struct Enrol {
    /// The venue's name; a new one is made.
    venue: String,
}

/// What lets one hub in.
#[derive(Serialize, ToSchema)]
struct EnrolView {
    /// Which venue.
    venue_id: Uuid,
    /// Good once.
    token: String,
    /// Until when.
    expires_at: Timestamp,
}

/// Makes a token with which one hub joins a venue of one's organisation, within a day. Owners only.
#[utoipa::path(post, path = "/venues", tag = "venues", request_body = Enrol,
    responses((status = 200, body = EnrolView), Problems))]
async fn enrol(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Enrol>,
) -> Result<axum::Json<EnrolView>, Problem> {
    visitor.may_enrol()?;
    let organisation = visitor.user.organisation_name.clone();
    let made = app.with_storage(move |app| -> Result<EnrolView, Problem> {
        let made = tenants::issue(&*app.storage, &app.clock, &organisation, &body.venue);
        let token = made.map_err(|error| match error {
            IssueError::Name => Problem::new("invalid-body", error.to_string()).with("field", "venue"),
            IssueError::Storage(error) => error.into(),
        })?;
        let venues = app.storage.venues_of(visitor.user.organisation)?;
        let venue = venues.iter().find(|venue| venue.name == body.venue.trim());
        let venue_id = venue.ok_or_else(|| Problem::unknown("venue"))?.id.0;
        let lifetime = SignedDuration::try_from(TOKEN_LIFETIME).expect("a day is in range");
        Ok(EnrolView { venue_id, token, expires_at: app.now() + lifetime })
    });
    Ok(axum::Json(made.await.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??))
}
