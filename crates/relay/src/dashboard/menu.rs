//! The menu of one venue or many, and what is changed of it from here.

use std::collections::BTreeMap;

use axum::extract::State;
use maitred_domain::catalogue::{Catalogue, EntityChanged, EntityEdit, EntityKind, Item, Staff};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CategoryId, ItemId, StaffId};
use maitred_domain::money::Money;
use maitred_domain::permission::Role;
use maitred_store::{CommandError, Reply, Request};
use maitred_sync::Origin;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::document::Problems;
use super::extract::{IdempotencyKey, Json, Path, Visitor};
use super::venue::{Looking, look};
use crate::app::App;
use crate::cloud::CloudCommandError;
use crate::limits::{HISTORY_MAX, PUSH_VENUES_MAX};
use crate::problem::Problem;
use crate::storage::accounts::Sighting;
use crate::storage::accounts::User;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(menu)).routes(routes!(change_item)).routes(routes!(push))
}

/// Where a change made here is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// The cloud has it, no hub does yet.
    Pending,
    /// Some hubs of the venue have it.
    AtOneHub,
    /// Every hub of the venue has it.
    AtEveryHub,
}

/// How far the hubs of a venue are.
pub struct Hubs(Vec<Sighting>);

impl Hubs {
    /// As they are known now.
    pub async fn of(looking: &Looking) -> Result<Self, Problem> {
        let venue = looking.venue.id;
        let sightings = looking.app.with_storage(move |app| app.storage.sightings(venue)).await;
        Ok(Self(sightings.ok_or_else(|| Problem::new("internal", "the relay's log says what"))??))
    }

    /// Where an entry is.
    pub fn arrival(&self, (origin, seq): (Origin, u64)) -> Arrival {
        let has = |hub: &&Sighting| hub.origin == Some(origin) || hub.known.get(origin) >= seq;
        match self.0.iter().filter(has).count() {
            0 => Arrival::Pending,
            some if some < self.0.len() => Arrival::AtOneHub,
            _ => Arrival::AtEveryHub,
        }
    }

    /// How far every hub has a journal.
    fn everywhere(&self, origin: Origin) -> u64 {
        self.0.iter().map(|hub| hub.known.get(origin)).min().unwrap_or_default()
    }
}

/// An item as it is edited.
#[derive(Serialize, ToSchema)]
struct CloudItem {
    /// The item.
    item: Item,
    /// Whether there is any.
    is_available: bool,
    /// How many, when somebody counts.
    remaining: Option<i64>,
    /// Where the last change made here is; `null` when every hub has had it all along.
    arrival: Option<Arrival>,
}

/// A category of the menu.
#[derive(Serialize, ToSchema)]
struct CloudCategory {
    /// Its id.
    id: CategoryId,
    /// As shown.
    name: String,
}

/// The menu of a venue.
#[derive(Serialize, ToSchema)]
struct CloudMenu {
    /// In order; what is archived is left out.
    categories: Vec<CloudCategory>,
    /// By category, in order; archived ones too.
    items: Vec<CloudItem>,
    /// What prices are in.
    currency: String,
    /// Digits after the point.
    currency_exponent: u8,
    /// Changes made here that not every hub has yet.
    pending: usize,
}

/// The menu of a venue as it is edited, and which changes made here have not arrived.
#[utoipa::path(get, path = "/venues/{id}/menu", tag = "menu", params(("id" = Uuid, Path)),
    responses((status = 200, body = CloudMenu), Problems))]
async fn menu(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
) -> Result<axum::Json<CloudMenu>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let hubs = Hubs::of(&looking).await?;
    let menu = looking.read(move |views| {
        let on_the_way = on_the_way(views.store, &hubs)?;
        let catalogue = &views.catalogue;
        let mut categories: Vec<_> = catalogue.categories.values().filter(|it| !it.archived).collect();
        categories.sort_by_key(|category| (category.sort, category.id));
        let place = |id: CategoryId| categories.iter().position(|it| it.id == id).unwrap_or(usize::MAX);
        let mut items: Vec<&Item> = catalogue.items.values().collect();
        items.sort_by_key(|item| (place(item.category), item.sort, item.name.clone()));
        let item = |item: &Item| cloud_item(views.store, item, on_the_way.get(&item.id).copied());
        Ok(CloudMenu {
            items: items.into_iter().map(item).collect(),
            categories: categories
                .iter()
                .map(|it| CloudCategory { id: it.id, name: it.name.clone() })
                .collect(),
            currency: catalogue.venue.currency.clone(),
            currency_exponent: catalogue.venue.currency_exponent(),
            pending: on_the_way.len(),
        })
    });
    Ok(axum::Json(menu.await?))
}

fn cloud_item(store: &maitred_store::Store, item: &Item, arrival: Option<Arrival>) -> CloudItem {
    let stock = store.stock().get(&item.id).copied().unwrap_or_default();
    CloudItem { item: item.clone(), is_available: stock.is_available(), remaining: stock.remaining, arrival }
}

/// Items with changes made here that not every hub has.
fn on_the_way(store: &maitred_store::Store, hubs: &Hubs) -> Result<BTreeMap<ItemId, Arrival>, Problem> {
    let edits = store.own_edits_after(hubs.everywhere(store.origin()), HISTORY_MAX)?;
    let item = |fact: &Fact| match fact {
        Fact::Entity { change } if change.kind == EntityKind::Item => Some(ItemId(change.id)),
        Fact::Stock { id, .. } => Some(*id),
        Fact::Entity { .. }
        | Fact::Check { .. }
        | Fact::Table { .. }
        | Fact::Day { .. }
        | Fact::Device { .. } => None,
    };
    Ok(edits.iter().filter_map(|edit| Some((item(&edit.fact)?, hubs.arrival(edit.entry)))).collect())
}

/// What an item is to be; a field that is left out stays as it is.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItemChange {
    /// What it is called.
    name: Option<String>,
    /// Its ordinary price.
    price_minor: Option<Money>,
    /// Where it stands on the menu.
    category_id: Option<CategoryId>,
    /// Off the menu.
    archived: Option<bool>,
    /// `false` eighty-sixes it.
    available: Option<bool>,
}

impl ItemChange {
    fn fields(&self) -> Map<String, Value> {
        let Self { name, price_minor, category_id, archived, available: _ } = self;
        let fields = [
            ("name", name.as_ref().map(|it| json!(it.trim()))),
            ("price", price_minor.map(|it| json!(it))),
            ("category", category_id.map(|it| json!(it))),
            ("archived", archived.map(|it| json!(it))),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

/// An item after a change, and where the change is.
#[derive(Serialize, ToSchema)]
struct ItemChanged {
    /// The item as the cloud knows it now: with what the venue changed meanwhile.
    item: Item,
    /// Whether there is any.
    is_available: bool,
    /// Where the change is; `null` when everything was so already.
    arrival: Option<Arrival>,
}

/// Changes an item. Only what differs is written, field by field: what the venue changes meanwhile of other fields stays,
/// and of two changes of one field the later one. It is answered when the relay has it on its disk; hubs have it when
/// they are connected.
#[utoipa::path(patch, path = "/venues/{id}/menu/items/{item}", tag = "menu",
    params(("id" = Uuid, Path), ("item" = ItemId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key is the same change")),
    request_body = ItemChange, responses((status = 200, body = ItemChanged), Problems))]
async fn change_item(
    State(app): State<App>,
    visitor: Visitor,
    key: IdempotencyKey,
    Path((id, item)): Path<(Uuid, ItemId)>,
    Json(change): Json<ItemChange>,
) -> Result<axum::Json<ItemChanged>, Problem> {
    visitor.may_edit()?;
    let looking = look(&app, &visitor, id).await?;
    Ok(axum::Json(change_at(&looking, &visitor.user, &key, item, &change).await?))
}

async fn change_at(
    looking: &Looking,
    user: &User,
    key: &IdempotencyKey,
    item: ItemId,
    change: &ItemChange,
) -> Result<ItemChanged, Problem> {
    let store = &looking.replica.store;
    let catalogue = store.catalogue();
    if !catalogue.items.contains_key(&item) {
        return Err(Problem::unknown("item"));
    }
    let fields = change.fields();
    let edit = EntityEdit { kind: EntityKind::Item, id: item.0, entity: Some(fields), base: None };
    let edit = edit.change(&catalogue).map_err(|error| {
        Problem::new("invalid-body", error.detail).with("field", error.field.unwrap_or_default())
    })?;
    let mut entry = None;
    if let Some(edit) = edit {
        let mut changes: Vec<EntityChanged> = known_here(&catalogue, user).into_iter().collect();
        changes.push(edit);
        let done = command(looking, user, &format!("{}/item", key.0), Command::Edit { changes }).await?;
        entry = done.map(|reply| reply.entry).or(entry);
    }
    if let Some(available) = change.available {
        let is_so = store.stock().get(&item).copied().unwrap_or_default().is_available() == available;
        if !is_so {
            if let Some(me) = known_here(&store.catalogue(), user) {
                let me = Command::Edit { changes: vec![me] };
                command(looking, user, &format!("{}/user", key.0), me).await?;
            }
            let set = Command::SetAvailability { item, available, remaining: None };
            let done = command(looking, user, &format!("{}/availability", key.0), set).await?;
            entry = done.map(|reply| reply.entry).or(entry);
        }
    }
    if let Some(entry) = entry {
        looking.shared(entry).await?;
    }
    let arrival = match entry {
        Some(entry) => Some(Hubs::of(looking).await?.arrival(entry)),
        None => None,
    };
    let catalogue = store.catalogue();
    let changed = catalogue.items.get(&item).ok_or_else(|| Problem::unknown("item"))?;
    let CloudItem { item, is_available, .. } = cloud_item(store, changed, arrival);
    Ok(ItemChanged { item, is_available, arrival })
}

/// Does a command in the name of a user; `None` when everything is so already.
async fn command(
    looking: &Looking,
    user: &User,
    key: &str,
    command: Command,
) -> Result<Option<Reply>, Problem> {
    let by = StaffId(user.id.0);
    let idempotency_key = format!("cloud/{by}/{key}");
    let request = Request { idempotency_key, by, role: Role::Manager, approval: None, command };
    match looking.replica.command(request).await {
        Ok(reply) => Ok(Some(reply)),
        Err(CloudCommandError::Command(CommandError::Refused(Refusal::Nothing(_)))) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What makes a user known to the venue, whose hubs say who did what: somebody who cannot sign in there.
fn known_here(catalogue: &Catalogue, user: &User) -> Option<EntityChanged> {
    let id = StaffId(user.id.0);
    let before = catalogue.staff.get(&id);
    if before.is_some_and(|before| before.erased || before.name == user.name) {
        return None;
    }
    let staff = Staff {
        id,
        handle: format!("cloud-{}", user.id.0.simple()),
        name: user.name.clone(),
        role: Role::Manager,
        pin_hash: String::new(),
        pin_digits: None,
        archived: true,
        erased: false,
    };
    EntityChanged::between(before, &staff)
}

/// One change for many venues.
#[derive(Deserialize, ToSchema)]
struct Push {
    /// Where the item was chosen.
    venue_id: Uuid,
    /// Which item.
    item_id: ItemId,
    /// What it is to be.
    change: ItemChange,
    /// Where it is to be so; 200 at most.
    #[schema(max_items = 200)]
    venue_ids: Vec<Uuid>,
}

/// What came of it in one venue.
#[derive(Serialize, ToSchema)]
struct Pushed {
    /// Which.
    venue_id: Uuid,
    /// What it is called.
    venue: String,
    /// The item there.
    changed: Option<ItemChanged>,
    /// Why nothing changed, in words.
    problem: Option<String>,
}

/// Changes an item in many venues, each by itself: an item with the same id, or else the one with the same name. A category
/// is found by its name.
#[utoipa::path(post, path = "/menu/changes", tag = "menu",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key is the same change")),
    request_body = Push, responses((status = 200, body = Vec<Pushed>), Problems))]
async fn push(
    State(app): State<App>,
    visitor: Visitor,
    key: IdempotencyKey,
    Json(push): Json<Push>,
) -> Result<axum::Json<Vec<Pushed>>, Problem> {
    visitor.may_edit()?;
    if push.venue_ids.len() > PUSH_VENUES_MAX {
        return Err(Problem::new("invalid-body", "a change goes to 200 venues at most"));
    }
    let from = look(&app, &visitor, push.venue_id).await?;
    let catalogue = from.replica.store.catalogue();
    let item = catalogue.items.get(&push.item_id).ok_or_else(|| Problem::unknown("item"))?;
    let category = push.change.category_id.and_then(|id| catalogue.categories.get(&id));
    let category = category.map(|category| category.name.clone());
    let mut pushed = Vec::new();
    for id in push.venue_ids {
        let venue = super::venue::of(&app, &visitor, id).await?;
        let done = push_to(&app, &visitor, &key, id, item, category.as_deref(), &push.change).await;
        let (changed, problem) = match done {
            Ok(changed) => (Some(changed), None),
            Err(problem) => (None, Some(problem.detail().to_owned())),
        };
        pushed.push(Pushed { venue_id: id, venue: venue.name, changed, problem });
    }
    Ok(axum::Json(pushed))
}

async fn push_to(
    app: &App,
    visitor: &Visitor,
    key: &IdempotencyKey,
    venue: Uuid,
    item: &Item,
    category: Option<&str>,
    change: &ItemChange,
) -> Result<ItemChanged, Problem> {
    let looking = look(app, visitor, venue).await?;
    let catalogue = looking.replica.store.catalogue();
    let same_name = || catalogue.items.values().find(|other| other.name == item.name && !other.archived);
    let there = catalogue.items.get(&item.id).or_else(same_name).ok_or_else(|| Problem::unknown("item"))?.id;
    let mut change = change.clone();
    if let Some(name) = category {
        let found = catalogue.categories.values().find(|it| it.name == name && !it.archived);
        change.category_id = Some(found.ok_or_else(|| Problem::unknown("category"))?.id);
    }
    change_at(&looking, &visitor.user, key, there, &change).await
}
