//! The `OpenAPI` document, apart from the operations, which describe themselves.

use std::collections::BTreeMap;

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};

use super::events::Changed;
use crate::problem::ProblemView;

/// The API of the dashboard.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Maitred cloud",
        description = "Venues of an organisation, seen from elsewhere. Errors are problem details (RFC 9457) with a stable `code`."
    ),
    servers((url = "/cloud/api/v1")),
    components(schemas(ProblemView, Changed)),
    security(("bearer" = [])),
    modifiers(&Bearer)
)]
pub struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// What may go wrong with any operation; `code` says what it was.
pub struct Problems;

impl IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let one = |(status, description): (&str, &str)| {
            let content = Content::new(Some(Ref::from_schema_name("Problem")));
            let response = ResponseBuilder::new()
                .description(description)
                .content("application/problem+json", content)
                .build();
            (status.to_owned(), RefOr::T(response))
        };
        let all = [
            ("400", "The request is malformed"),
            ("401", "Nobody is signed in, or address and password do not belong together"),
            ("403", "This needs another role, or a password of one's own"),
            ("404", "There is no such thing, or it belongs to another organisation"),
            ("409", "Not in this state; `code` says why"),
            ("413", "The body is too large"),
            ("415", "The body is of another type"),
            ("422", "A field will not do"),
            ("429", "Too many; try later"),
            ("500", "Something went wrong in the relay"),
            ("503", "The relay cannot do it now; the same idempotency key finds out whether it was done"),
        ];
        all.into_iter().map(one).collect()
    }
}
