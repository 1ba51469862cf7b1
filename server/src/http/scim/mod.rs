//! Provisioning by SCIM 2.0 (RFC 7643, RFC 7644): the company's identity system keeps people and
//! groups here.
//!
//! What the schemas publish is what is kept, no more. Deleting a person disables the account and
//! ends its sessions and tokens; the account stays, because the record names it.

mod answer;
mod filter;
mod group;
pub(super) mod groups;
mod patch;
mod schema;
mod user;
pub(super) mod users;

pub(super) use answer::{BODY_LIMIT_BYTES, refusal};

use crate::app::App;
use answer::{ScimError, list, ok};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

/// The most resources in one answer.
const PAGE: u64 = 500;

/// What this service can do.
pub(super) async fn service_provider_config(State(app): State<App>) -> Response {
    ok(&json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": PAGE },
        "changePassword": { "supported": false },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "API token",
            "description": "A token with the scope 'scim', made by an admin on their account page.",
            "primary": true,
        }],
        "meta": meta(&app, "ServiceProviderConfig", "/ServiceProviderConfig"),
    }))
}

/// The kinds of resources.
pub(super) async fn resource_types(State(app): State<App>) -> Response {
    list(&schema::resource_types(&app))
}

/// One kind of resource.
pub(super) async fn resource_type(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ScimError> {
    one(schema::resource_types(&app), &id)
}

/// What resources are made of.
pub(super) async fn schemas(State(app): State<App>) -> Response {
    list(&schema::schemas(&app))
}

/// What one kind of resource is made of.
pub(super) async fn schema(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ScimError> {
    one(schema::schemas(&app), &id)
}

/// Searching by POST isn't offered; the lists filter.
pub(super) async fn search() -> ScimError {
    ScimError::not_implemented("Filter the lists of /Users and /Groups instead.")
}

fn one(of: Vec<Value>, id: &str) -> Result<Response, ScimError> {
    let found = of.into_iter().find(|value| value["id"] == id);
    found
        .map(|value| ok(&value))
        .ok_or_else(ScimError::not_found)
}

/// The address of a resource.
fn location(app: &App, path: &str) -> String {
    app.config.link(&format!("/scim/v2{path}"))
}

/// What is said of a resource as such.
fn meta(app: &App, kind: &str, path: &str) -> Value {
    json!({ "resourceType": kind, "location": location(app, path) })
}

/// A moment as SCIM writes it (RFC 7643, 2.3.5).
fn moment(at: inhouse_protocol::Timestamp) -> Value {
    jiff::Timestamp::from_millisecond(at.0).map_or(Value::Null, |at| Value::String(at.to_string()))
}
