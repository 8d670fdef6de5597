//! The `OpenAPI` document, apart from the operations, which describe themselves.

use std::collections::BTreeMap;

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{IntoResponses, Modify, OpenApi};

use crate::live::{DeviceEvent, Heartbeat, PrintEvent};
use crate::problem::ProblemView;
use crate::views::ChangeEvent;

/// The hub's API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Maitred hub",
        description = "The venue's server. Errors are problem details (RFC 9457) with a stable `code`."
    ),
    components(schemas(ProblemView, ChangeEvent, Heartbeat, PrintEvent, DeviceEvent)),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
pub struct Document;

/// Entities of the catalogue as they are answered: whole, though who writes one may leave fields out.
const ENTITIES: [&str; 17] = [
    "Area",
    "Category",
    "Course",
    "Decor",
    "Device",
    "Item",
    "Modifier",
    "ModifierGroup",
    "PriceSchedule",
    "Printer",
    "Section",
    "Service",
    "StaffRecord",
    "Station",
    "Table",
    "Tax",
    "Venue",
];

/// Says of every field of an entity that it is there.
pub fn whole_entities(document: &mut utoipa::openapi::OpenApi) {
    let Some(components) = &mut document.components else { return };
    for name in ENTITIES {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name) {
            object.required = object.properties.keys().cloned().collect();
        }
    }
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

fn problems(statuses: &[u16]) -> BTreeMap<String, RefOr<Response>> {
    let one = |status: &u16| {
        let content = Content::new(Some(Ref::from_schema_name("Problem")));
        let response = ResponseBuilder::new()
            .description(description(*status))
            .content("application/problem+json", content)
            .build();
        (status.to_string(), RefOr::T(response))
    };
    statuses.iter().map(one).collect()
}

fn description(status: u16) -> &'static str {
    match status {
        400 => "The request is malformed",
        401 => "Nobody is signed in, or that is not the PIN",
        403 => "This needs a permission, or a paired device",
        404 => "There is no such thing",
        409 => "Not in this state; `code` says why",
        413 => "The body is too large",
        415 => "The body is of another type",
        422 => "A field, or the idempotency key, will not do; `code` says why",
        429 => "Too many; try later",
        503 => "The hub cannot do it now; the same idempotency key finds out whether it was done",
        _ => "Something went wrong in the hub",
    }
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident: $statuses:expr;)+) => {$(
        $(#[$doc])*
        pub struct $name;
        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                problems(&$statuses)
            }
        }
    )+};
}

problems! {
    /// Of a read without parameters.
    ReadProblems: [401, 403, 500, 503];
    /// Of a read with parameters.
    QueryProblems: [400, 401, 403, 500, 503];
    /// Of a read of a range.
    RangeProblems: [400, 401, 403, 422, 500, 503];
    /// Of a read of one thing.
    IdProblems: [400, 401, 403, 404, 500, 503];
    /// Of a write without a body or ids.
    PlainProblems: [401, 403, 409, 422, 429, 500, 503];
    /// Of a write without a body.
    ActionProblems: [400, 401, 403, 404, 409, 422, 429, 500, 503];
    /// Of a write with a body.
    WriteProblems: [400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503];
    /// Of a write with a body and no id, whatever the state.
    BodyProblems: [400, 401, 403, 413, 415, 422, 429, 500, 503];
    /// Of a write with a body that depends on the state, and on no id.
    DayProblems: [400, 401, 403, 409, 413, 415, 422, 429, 500, 503];
    /// Of a change of one thing, whatever its state.
    ChangeProblems: [400, 401, 403, 404, 413, 415, 422, 429, 500, 503];
    /// The same without a body.
    AskProblems: [400, 401, 403, 404, 422, 429, 500, 503];
    /// Of a sign-out.
    SignOutProblems: [401, 403, 429, 500, 503];
    /// Of setting a venue up, which nobody needs to sign in for.
    SetupProblems: [400, 403, 409, 413, 415, 422, 429, 500, 503];
    /// Of what nobody needs to sign in for.
    PublicProblems: [403, 500, 503];
    /// Of one thing that nobody needs to sign in for.
    PublicIdProblems: [400, 403, 404, 500, 503];
    /// Of what printers ask.
    AskingProblems: [400, 404, 413, 500, 503];
    /// Of a paper that a printer fetches.
    FetchingProblems: [400, 404, 413, 415, 500, 503];
    /// Of what a device may ask that is not paired.
    OpenProblems: [403, 429, 500, 503];
    /// The same with parameters.
    OpenQueryProblems: [400, 500, 503];
    /// The same with a body.
    OpenBodyProblems: [400, 413, 415, 422, 500, 503];
    /// Of a fault of the demo.
    FaultProblems: [400, 401, 403, 404, 413, 415, 422, 500, 503];
}
