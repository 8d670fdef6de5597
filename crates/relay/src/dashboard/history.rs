//! What became of an item: every change of every field, also of those that do not stand any more.

use std::collections::BTreeSet;

use axum::extract::State;
use jiff::Timestamp;
use maitred_domain::catalogue::Catalogue;
use maitred_domain::fact::Fact;
use maitred_domain::ids::{CategoryId, ItemId};
use maitred_domain::stock::StockFact;
use maitred_store::EditRow;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::document::Problems;
use super::extract::{Path, Visitor};
use super::menu::{Arrival, Hubs};
use super::venue::look;
use crate::app::App;
use crate::limits::HISTORY_MAX;
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(item_history))
}

/// One field that somebody set.
#[derive(Serialize, ToSchema)]
struct FieldSet {
    /// When.
    at: Timestamp,
    /// Who, as shown.
    staff: String,
    /// Which field, as in `Item`; `available` for the eighty-six.
    field: String,
    /// What to; of a category its name.
    #[schema(value_type = Object)]
    value: Value,
    /// It is so now. Of two people who set one field the later one stands, wherever they were; the other is here.
    stands: bool,
    /// It was set from the cloud.
    from_cloud: bool,
    /// Where the change is.
    arrival: Arrival,
}

/// What became of an item of the menu, newest first.
#[utoipa::path(get, path = "/venues/{id}/menu/items/{item}/history", tag = "menu",
    params(("id" = Uuid, Path), ("item" = ItemId, Path)),
    responses((status = 200, body = Vec<FieldSet>), Problems))]
async fn item_history(
    State(app): State<App>,
    visitor: Visitor,
    Path((id, item)): Path<(Uuid, ItemId)>,
) -> Result<axum::Json<Vec<FieldSet>>, Problem> {
    let looking = look(&app, &visitor, id).await?;
    let hubs = Hubs::of(&looking).await?;
    let history = looking.read(move |views| {
        let edits = views.store.item_edits(item, HISTORY_MAX)?;
        // The newest of each field comes first, and stands.
        let mut seen = BTreeSet::new();
        let mut history = Vec::new();
        for edit in &edits {
            for (field, value) in fields(edit, &views.catalogue) {
                let stands = seen.insert(field.clone());
                history.push(FieldSet {
                    at: edit.mark.at(),
                    staff: views.staff_name(edit.mark.by),
                    field,
                    value,
                    stands,
                    from_cloud: edit.entry.0 == views.store.origin(),
                    arrival: hubs.arrival(edit.entry),
                });
            }
        }
        Ok(history)
    });
    Ok(axum::Json(history.await?))
}

fn fields(edit: &EditRow, catalogue: &Catalogue) -> Vec<(String, Value)> {
    match &edit.fact {
        Fact::Entity { change } => {
            let fields = change.fields.iter().filter(|(name, _)| *name != "id");
            fields.map(|(name, value)| (name.clone(), shown(name, value, catalogue))).collect()
        }
        Fact::Stock { fact: StockFact::AvailabilitySet { available, .. }, .. } => {
            vec![("available".to_owned(), json!(available))]
        }
        Fact::Stock { .. }
        | Fact::Check { .. }
        | Fact::Table { .. }
        | Fact::Day { .. }
        | Fact::Device { .. } => Vec::new(),
    }
}

fn shown(name: &str, value: &Value, catalogue: &Catalogue) -> Value {
    let category = value.as_str().filter(|_| name == "category").and_then(|id| id.parse::<CategoryId>().ok());
    let category = category.and_then(|id| catalogue.categories.get(&id));
    category.map_or_else(|| value.clone(), |category| json!(category.name))
}
