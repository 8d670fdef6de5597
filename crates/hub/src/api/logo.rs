//! The logo on the receipt.

use axum::extract::{DefaultBodyLimit, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maitred_device::picture;
use maitred_domain::catalogue::{EntityChanged, EntityKind};
use maitred_domain::decide::{Command, Refusal};
use maitred_domain::permission::Permission;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::app::App;
use crate::auth::Actor;
use crate::extract::{IdempotencyKey, Picture};
use crate::limits::PICTURE_BYTES_MAX;
use crate::openapi::{BodyProblems, PlainProblems};
use crate::problem::Problem;

pub fn router() -> OpenApiRouter<App> {
    let put = OpenApiRouter::new().routes(routes!(put_logo));
    OpenApiRouter::new()
        .routes(routes!(remove_logo))
        .merge(put.layer(DefaultBodyLimit::max(PICTURE_BYTES_MAX)))
}

/// The logo as it is printed.
#[derive(Serialize, ToSchema)]
struct LogoView {
    /// A one-bit PNG in base64, as in the venue's settings; empty for none.
    logo: String,
}

/// Puts a picture above the venue's name on every receipt: shrunk to 384 by 240 dots, its shades as patterns of dots.
/// A picture has 2 MiB and 2,000 pixels on a side at most. The logo that is there already, sent as it is, changes nothing.
#[utoipa::path(put, path = "/venue/logo", tag = "venue", params(IdempotencyKey),
    request_body(content((Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"))),
    responses((status = 200, body = LogoView), BodyProblems))]
async fn put_logo(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
    Picture(bytes): Picture,
) -> Result<axum::Json<LogoView>, Problem> {
    actor.allow(Permission::EditSettings)?;
    let read = move |_: &App| {
        let dots = picture::logo(&bytes).map_err(|error| Problem::new("bad-picture", error.to_string()))?;
        dots.to_png().map_err(|error| Problem::internal(&error))
    };
    let png = app.read(read).await?;
    write(&app, &actor, &key, STANDARD.encode(png)).await
}

/// Takes the logo off the receipt.
#[utoipa::path(delete, path = "/venue/logo", tag = "venue", params(IdempotencyKey),
    responses((status = 200, body = LogoView), PlainProblems))]
async fn remove_logo(
    State(app): State<App>,
    actor: Actor,
    key: IdempotencyKey,
) -> Result<axum::Json<LogoView>, Problem> {
    actor.allow(Permission::EditSettings)?;
    write(&app, &actor, &key, String::new()).await
}

async fn write(
    app: &App,
    actor: &Actor,
    key: &IdempotencyKey,
    logo: String,
) -> Result<axum::Json<LogoView>, Problem> {
    let fields = [("logo".to_owned(), Value::from(logo))].into();
    let changes = vec![EntityChanged { kind: EntityKind::Venue, id: Uuid::nil(), fields }];
    match app.command_refused(actor, key, Command::Edit { changes }).await? {
        Ok(_) | Err(Refusal::Nothing(_)) => {}
        Err(refusal) => return Err(refusal.into()),
    }
    Ok(axum::Json(LogoView { logo: app.store.catalogue().venue.logo.clone() }))
}
