//! Answers and errors in SCIM's shapes (RFC 7644, 3.1, 3.4.2, 3.12).

use crate::error::AppError;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use inhouse_store::StoreError;
use serde_json::{Map, Value, json};

/// The largest body taken, in bytes: a group with some ten thousand people.
pub(in crate::http) const BODY_LIMIT_BYTES: usize = 2 * 1024 * 1024;

const CONTENT_TYPE: &str = "application/scim+json";

/// An error as the client is told it.
#[derive(Debug)]
pub(in crate::http) struct ScimError {
    status: StatusCode,
    /// RFC 7644, table 9.
    kind: Option<&'static str>,
    detail: String,
}

impl ScimError {
    fn new(status: StatusCode, kind: Option<&'static str>, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            detail: detail.into(),
        }
    }

    fn invalid(kind: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Some(kind), detail)
    }

    /// The body isn't what the request needs.
    pub(super) fn syntax(detail: impl Into<String>) -> Self {
        Self::invalid("invalidSyntax", detail)
    }

    /// A value is missing or can't be kept.
    pub(super) fn value(detail: impl Into<String>) -> Self {
        Self::invalid("invalidValue", detail)
    }

    /// The filter can't be read or isn't supported.
    pub(super) fn filter(detail: impl Into<String>) -> Self {
        Self::invalid("invalidFilter", detail)
    }

    /// The path of a change can't be read or leads nowhere.
    pub(super) fn path(detail: impl Into<String>) -> Self {
        Self::invalid("invalidPath", detail)
    }

    /// Nothing fits the path's filter.
    pub(super) fn no_target(detail: impl Into<String>) -> Self {
        Self::invalid("noTarget", detail)
    }

    /// The client can't change this.
    pub(super) fn read_only(detail: impl Into<String>) -> Self {
        Self::invalid("mutability", detail)
    }

    pub(super) fn not_found() -> Self {
        Self::from(AppError::NotFound)
    }

    pub(super) fn not_implemented(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, None, detail)
    }
}

impl From<AppError> for ScimError {
    fn from(error: AppError) -> Self {
        let detail = error.message();
        let kind = match &error {
            AppError::Conflict(_) => Some("uniqueness"),
            AppError::Invalid { .. } => Some("invalidValue"),
            _ => None,
        };
        // Logs what is our fault.
        let status = error.into_response().status();
        Self::new(status, kind, detail)
    }
}

impl From<StoreError> for ScimError {
    fn from(error: StoreError) -> Self {
        AppError::from(error).into()
    }
}

impl IntoResponse for ScimError {
    fn into_response(self) -> Response {
        (self.status, shaped(&self.body())).into_response()
    }
}

impl ScimError {
    fn body(&self) -> Value {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.as_u16().to_string(),
            "detail": self.detail,
        });
        if let Some(kind) = self.kind {
            body["scimType"] = kind.into();
        }
        body
    }
}

/// A refusal from outside of these handlers, such as the guard's, in SCIM's shape; with the headers
/// that it has elsewhere.
pub(in crate::http) fn refusal(error: AppError) -> Response {
    let detail = error.message();
    let mut response = error.into_response();
    let body = ScimError::new(response.status(), None, detail).body();
    *response.body_mut() = Body::from(body.to_string());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    headers.remove(header::CONTENT_LENGTH);
    response
}

fn shaped(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], body.to_string()).into_response()
}

/// A resource.
pub(super) fn ok(body: &Value) -> Response {
    shaped(body)
}

/// A resource that was just made.
pub(super) fn made(body: &Value) -> Response {
    let mut response = (StatusCode::CREATED, shaped(body)).into_response();
    let location = body["meta"]["location"].as_str();
    if let Some(location) = location.and_then(|text| HeaderValue::from_str(text).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// All resources of a short list.
pub(super) fn list(resources: &[Value]) -> Response {
    page(resources.len() as u64, 1, resources)
}

/// A part of a list, from the `start`th, counted from 1.
pub(super) fn page(total: u64, start: u64, resources: &[Value]) -> Response {
    shaped(&json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": resources.len(),
        "Resources": resources,
    }))
}

/// A body that is a JSON object, whatever content type it says.
pub(in crate::http) struct Object(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = ScimError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ScimError> {
        let limit_bytes = BODY_LIMIT_BYTES as u64;
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| AppError::TooLarge { limit_bytes })?;
        serde_json::from_slice(&body)
            .map(Self)
            .map_err(|error| ScimError::syntax(format!("The body is no JSON object: {error}.")))
    }
}
