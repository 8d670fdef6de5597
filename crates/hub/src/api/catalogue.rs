//! The catalogue as its editors read, check and change it.

use axum::extract::State;
use maitred_domain::catalogue::lint::{Flaw, Severity};
use maitred_domain::catalogue::{Catalogue, EditError, EntityChanged, EntityEdit, EntityKind};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::permission::Permission;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Json};
use crate::limits::{CATALOGUE_CHANGES_MAX, CATALOGUE_PROBLEMS_MAX};
use crate::openapi::{BodyProblems, ReadProblems};
use crate::problem::Problem;
use crate::views::{CatalogueProblem, CatalogueView, RightsView, entity_fields, name_of};

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(catalogue))
        .routes(routes!(change_catalogue))
        .routes(routes!(check_catalogue))
        .routes(routes!(permissions))
}

/// Whoever edits something may look.
fn allow_editor(actor: &Actor) -> Result<(), Problem> {
    let edits = [Permission::EditMenu, Permission::EditFloor, Permission::EditStaff];
    let edits = edits.into_iter().any(|it| actor.may(it));
    if edits { Ok(()) } else { actor.allow(Permission::EditSettings) }
}

/// Settings, floor, menu, stations, printers and staff as they are edited: whole, what is archived included.
#[utoipa::path(get, path = "/catalogue", tag = "catalogue",
    responses((status = 200, body = CatalogueView), ReadProblems))]
async fn catalogue(State(app): State<App>, actor: Actor) -> Result<axum::Json<CatalogueView>, Problem> {
    allow_editor(&actor)?;
    Ok(axum::Json(CatalogueView::of(&app.store.catalogue(), &actor.permissions)))
}

/// One entity as it is to be.
#[derive(Deserialize, ToSchema)]
struct ChangeInput {
    /// Of which kind.
    kind: EntityKind,
    /// Which one; a new one's id is made by who makes it. The venue has none.
    #[serde(default)]
    id: Uuid,
    /// The whole entity as in `GET /catalogue`; `null` archives it. A field that is left out stays as it is.
    #[schema(value_type = Option<std::collections::HashMap<String, Value>>)]
    entity: Option<Map<String, Value>>,
    /// The entity as the editor saw it: a field that is the same in both is not touched.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::HashMap<String, Value>>)]
    base: Option<Map<String, Value>>,
}

impl From<ChangeInput> for EntityEdit {
    fn from(ChangeInput { kind, id, entity, base }: ChangeInput) -> Self {
        let id = if kind == EntityKind::Venue { Uuid::nil() } else { id };
        Self { kind, id, entity, base }
    }
}

/// Changes that belong together: all or none.
#[derive(Deserialize, ToSchema)]
struct ChangesInput {
    /// In any order; 1,000 at most.
    #[schema(max_items = 1000)]
    changes: Vec<ChangeInput>,
}

/// Entities as they are wanted, and what is wrong with how they are.
struct Wanted {
    edits: Vec<EntityEdit>,
    changes: Vec<EntityChanged>,
    problems: Vec<CatalogueProblem>,
}

impl Wanted {
    fn of(input: ChangesInput, catalogue: &Catalogue) -> Result<Self, Problem> {
        if input.changes.len() > CATALOGUE_CHANGES_MAX {
            let max = i64::try_from(CATALOGUE_CHANGES_MAX).unwrap_or(i64::MAX);
            return Err(Refusal::OutOfRange { field: "changes", min: 0, max }.into());
        }
        let edits: Vec<EntityEdit> = input.changes.into_iter().map(EntityEdit::from).collect();
        let (mut changes, mut problems) = (Vec::new(), Vec::new());
        for (index, edit) in edits.iter().enumerate() {
            match edit.change(catalogue) {
                Ok(change) => changes.extend(change),
                Err(error) => problems.push(malformed(catalogue, index, edit, error)),
            }
        }
        Ok(Self { edits, changes, problems })
    }

    /// The flaw as a problem, with the change that brings it about.
    fn problem(&self, catalogue: &Catalogue, flaw: &Flaw) -> CatalogueProblem {
        let of = |kind, id| self.edits.iter().position(|edit| (edit.kind, edit.id) == (kind, id));
        let other = flaw.other.and_then(|(kind, id)| of(kind, id));
        CatalogueProblem { index: of(flaw.kind, flaw.id).or(other), ..CatalogueProblem::of(catalogue, flaw) }
    }

    /// The catalogue with the changes.
    fn edited(&self, catalogue: &Catalogue) -> Catalogue {
        let mut edited = catalogue.clone();
        for change in &self.changes {
            // What does not fit was found before, and is among the problems.
            let _ = edited.change(change);
        }
        edited
    }
}

fn malformed(catalogue: &Catalogue, index: usize, edit: &EntityEdit, error: EditError) -> CatalogueProblem {
    CatalogueProblem {
        severity: Severity::Error,
        code: error.code.to_owned(),
        kind: edit.kind,
        id: edit.id,
        name: name_of(catalogue, edit.kind, edit.id),
        field: error.field,
        other_kind: None,
        other_id: None,
        other_name: None,
        index: Some(index),
        detail: error.detail,
    }
}

/// An entity as it is now.
#[derive(Serialize, ToSchema)]
struct ChangedEntity {
    /// Of which kind.
    kind: EntityKind,
    /// Which one.
    id: Uuid,
    /// As in `GET /catalogue`.
    #[schema(value_type = std::collections::HashMap<String, Value>)]
    entity: Map<String, Value>,
}

/// What the changes came to.
#[derive(Serialize, ToSchema)]
struct ChangesDone {
    /// The entities that were named, as they are now: with what others changed meanwhile.
    entities: Vec<ChangedEntity>,
    /// What is wrong with the catalogue now.
    problems: Vec<CatalogueProblem>,
}

/// Changes the catalogue: everything that is asked for, or nothing. Only fields that differ are written, so that two
/// people who edit different fields of one thing both win; send `base` to say which you saw.
///
/// What would not work is refused with 422 `invalid-edit` and `errors`, an array of `CatalogueProblem`.
#[utoipa::path(post, path = "/catalogue/changes", tag = "catalogue", params(IdempotencyKey),
    request_body = ChangesInput, responses((status = 200, body = ChangesDone), BodyProblems))]
async fn change_catalogue(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Json(body): Json<ChangesInput>,
) -> Result<axum::Json<ChangesDone>, Problem> {
    for change in &body.changes {
        actor.allow(change.kind.permission())?;
    }
    allow_editor(&actor)?;
    let before = app.store.catalogue();
    let wanted = Wanted::of(body, &before)?;
    if !wanted.problems.is_empty() {
        return Err(refusal(&wanted.problems));
    }
    if !wanted.changes.is_empty() {
        let command = Command::Edit { changes: wanted.changes.clone() };
        match app.command_refused(&actor, &key, command).await? {
            Ok(_) | Err(Refusal::Nothing(_)) => {}
            Err(Refusal::InvalidEdit(flaws)) => {
                let edited = wanted.edited(&app.store.catalogue());
                let flaws = flaws.iter().take(CATALOGUE_PROBLEMS_MAX);
                let errors: Vec<_> = flaws.map(|flaw| wanted.problem(&edited, flaw)).collect();
                return Err(refusal(&errors));
            }
            Err(refusal) => return Err(refusal.into()),
        }
    }
    let now = app.store.catalogue();
    let entity = |edit: &EntityEdit| ChangedEntity {
        kind: edit.kind,
        id: edit.id,
        entity: entity_fields(&now, edit.kind, edit.id),
    };
    let entities = wanted.edits.iter().map(entity).collect();
    Ok(axum::Json(ChangesDone { entities, problems: problems(&now, &wanted, &actor) }))
}

fn refusal(errors: &[CatalogueProblem]) -> Problem {
    let detail = errors.first().map(|error| error.detail.clone()).unwrap_or_default();
    Problem::new("invalid-edit", detail).with("errors", serde_json::to_value(errors).unwrap_or_default())
}

/// What is wrong with a catalogue, as far as `actor` may mend it; errors first.
fn problems(catalogue: &Catalogue, wanted: &Wanted, actor: &Actor) -> Vec<CatalogueProblem> {
    let flaws = catalogue.flaws();
    let flaws = flaws.iter().filter(|flaw| actor.may(flaw.kind.permission())).take(CATALOGUE_PROBLEMS_MAX);
    flaws.map(|flaw| wanted.problem(catalogue, flaw)).collect()
}

/// What is wrong with a catalogue.
#[derive(Serialize, ToSchema)]
struct CatalogueProblems {
    /// Errors first; 500 at most.
    problems: Vec<CatalogueProblem>,
}

/// What would be wrong with the catalogue if it had these changes; with none, what is wrong with it now. Nothing is
/// written.
#[utoipa::path(post, path = "/catalogue/check", tag = "catalogue",
    request_body = ChangesInput, responses((status = 200, body = CatalogueProblems), BodyProblems))]
async fn check_catalogue(
    State(app): State<App>,
    actor: Actor,
    Json(body): Json<ChangesInput>,
) -> Result<axum::Json<CatalogueProblems>, Problem> {
    allow_editor(&actor)?;
    let before = app.store.catalogue();
    let wanted = Wanted::of(body, &before)?;
    let edited = wanted.edited(&before);
    let mut found = wanted.problems.clone();
    found.extend(problems(&edited, &wanted, &actor));
    Ok(axum::Json(CatalogueProblems { problems: found }))
}

/// Which role may do what: as delivered, and as this venue decided. A cell is changed by `POST /catalogue/changes` with
/// the kind `rights`, the role's `id`, and the permission as the field: `{"comp": "may"}` or `{"comp": "may_not"}`.
#[utoipa::path(get, path = "/permissions", tag = "catalogue", responses((status = 200, body = RightsView), ReadProblems))]
async fn permissions(State(app): State<App>, _: Actor) -> axum::Json<RightsView> {
    axum::Json(RightsView::of(&app.store.catalogue()))
}
