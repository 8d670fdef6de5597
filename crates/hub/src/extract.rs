//! What handlers take from a request; what is malformed is a [`Problem`].

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::limits::{BODY_BYTES_MAX, IDEMPOTENCY_KEY_CHARS_MAX, IMPORT_BYTES_MAX, PICTURE_BYTES_MAX};
use crate::problem::Problem;
use maitred_process::clock;

/// A JSON body.
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(rejection) => Err(refuse_body(&rejection)),
        }
    }
}

fn refuse_body(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::JsonSyntaxError(error) => Problem::new("malformed-json", error.body_text()),
        JsonRejection::JsonDataError(error) => Problem::new("invalid-body", error.body_text()),
        JsonRejection::MissingJsonContentType(error) => {
            Problem::new("unsupported-media-type", error.body_text())
        }
        other if other.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Problem::new("too-large", "a body holds 256 KiB at most").with("bytes_max", BODY_BYTES_MAX)
        }
        other => Problem::new("malformed-body", other.body_text()),
    }
}

/// A table as comma-separated values.
pub struct Csv(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with("text/csv")) {
            return Err(Problem::new("unsupported-media-type", "the body is text/csv"));
        }
        match Bytes::from_request(request, state).await {
            Ok(body) => Ok(Self(body)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                let problem = Problem::new("too-large", "a table holds 4 MiB at most");
                Err(problem.with("bytes_max", IMPORT_BYTES_MAX))
            }
            Err(error) => Err(Problem::new("malformed-body", error.body_text())),
        }
    }
}

/// A picture, as its bytes: what it is, they say themselves.
pub struct Picture(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Picture {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !kind.is_some_and(|kind| matches!(kind.trim(), "image/png" | "image/jpeg")) {
            return Err(Problem::new("unsupported-media-type", "the body is image/png or image/jpeg"));
        }
        match Bytes::from_request(request, state).await {
            Ok(body) => Ok(Self(body)),
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                let problem = Problem::new("too-large", "a picture holds 2 MiB at most");
                Err(problem.with("bytes_max", PICTURE_BYTES_MAX))
            }
            Err(error) => Err(Problem::new("malformed-body", error.body_text())),
        }
    }
}

/// Ids in the address.
pub struct Path<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0))
            .map_err(|rejection: PathRejection| Problem::new("malformed-id", rejection.body_text()))
    }
}

/// Parameters behind the question mark.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|query| Self(query.0))
            .map_err(|rejection: QueryRejection| Problem::new("malformed-query", rejection.body_text()))
    }
}

/// The client's key of a write; without one the hub makes it, and a retry is another write.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdempotencyKey(String);

const HEADER: &str = "idempotency-key";

impl IdempotencyKey {
    /// One that nobody had before.
    pub fn fresh() -> Self {
        Self(format!("hub-{}", Uuid::new_v8(clock::random())))
    }

    /// A key as a client made it.
    ///
    /// # Errors
    /// The problem `invalid-key` when it is none.
    pub fn new(key: &str) -> Result<Self, Problem> {
        let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if is_visible && (1..=IDEMPOTENCY_KEY_CHARS_MAX).contains(&key.len()) {
            return Ok(Self(key.to_owned()));
        }
        Err(Problem::new("invalid-key", "an idempotency key is 1 to 128 visible ASCII characters"))
    }

    /// The key as the store takes it: nobody's key can meet another person's.
    pub fn of(&self, staff: maitred_domain::ids::StaffId) -> String {
        format!("{staff}/{}", self.0)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get(HEADER) else {
            return Ok(Self::fresh());
        };
        // What is no text is no key either.
        Self::new(value.to_str().unwrap_or_default())
    }
}

impl utoipa::IntoParams for IdempotencyKey {
    fn into_params(
        _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
    ) -> Vec<utoipa::openapi::path::Parameter> {
        use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(IDEMPOTENCY_KEY_CHARS_MAX))
            .pattern(Some("^[!-~]+$"));
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some("The same key is the same write: sent again, it answers and does nothing."))
            .schema(Some(text));
        vec![parameter.build()]
    }
}
