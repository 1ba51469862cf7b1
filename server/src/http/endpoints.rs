//! Every endpoint of the API and who may call it: the one table that the router is built from.
//!
//! An endpoint that isn't here doesn't exist; `tests/golden/permissions.txt` holds the same table
//! with the status that each role gets, and its test fails when the two differ.

use super::access::{Access, guard};
use super::{conversations, desk, documents, health, people, requests, runs, session, sources};
use crate::app::App;
use crate::error::AppError;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, any, on};
use inhouse_protocol::Role;

const ADMIN: Access = Access::Roles(&[Role::Admin]);
const LEGAL: Access = Access::Roles(&[Role::Legal]);
const LEGAL_AND_ADMIN: Access = Access::Roles(&[Role::Legal, Role::Admin]);

/// An endpoint: a method on a path, who may call it, and what answers.
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{id}` for a part that varies.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    handler: MethodRouter<App>,
}

fn endpoint<H, T>(method: Method, path: &'static str, access: Access, handler: H) -> Endpoint
where
    H: Handler<T, App>,
    T: 'static,
{
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::PATCH => MethodFilter::PATCH,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    Endpoint {
        method,
        path,
        access,
        handler: on(filter, handler),
    }
}

/// All endpoints, in the order people read them.
pub fn all() -> Vec<Endpoint> {
    use Access::{Public, SignedIn};
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PATCH: Method = Method::PATCH;
    const DELETE: Method = Method::DELETE;
    vec![
        endpoint(GET, "/healthz", Public, health::live),
        endpoint(GET, "/readyz", Public, health::ready),
        endpoint(POST, "/api/v1/session", Public, session::sign_in),
        endpoint(DELETE, "/api/v1/session", SignedIn, session::sign_out),
        endpoint(GET, "/api/v1/me", SignedIn, session::me),
        endpoint(
            GET,
            "/api/v1/suggestions",
            SignedIn,
            conversations::suggestions,
        ),
        endpoint(GET, "/api/v1/conversations", SignedIn, conversations::list),
        endpoint(
            POST,
            "/api/v1/conversations",
            SignedIn,
            conversations::create,
        ),
        endpoint(
            GET,
            "/api/v1/conversations/{id}",
            SignedIn,
            conversations::show,
        ),
        endpoint(
            POST,
            "/api/v1/conversations/{id}/messages",
            SignedIn,
            conversations::ask,
        ),
        endpoint(GET, "/api/v1/runs/{id}/events", SignedIn, runs::events),
        endpoint(POST, "/api/v1/runs/{id}/cancel", SignedIn, runs::cancel),
        endpoint(POST, "/api/v1/runs/{id}/escalate", SignedIn, runs::escalate),
        endpoint(
            GET,
            "/api/v1/versions/{id}/source",
            SignedIn,
            sources::source,
        ),
        endpoint(
            GET,
            "/api/v1/documents/{id}/original",
            SignedIn,
            sources::original,
        ),
        endpoint(GET, "/api/v1/requests", SignedIn, requests::list),
        endpoint(GET, "/api/v1/requests/{id}", SignedIn, requests::show),
        endpoint(GET, "/api/v1/escalations", LEGAL, desk::list),
        endpoint(GET, "/api/v1/escalations/{id}", LEGAL, desk::show),
        endpoint(POST, "/api/v1/escalations/{id}/replies", LEGAL, desk::reply),
        endpoint(
            POST,
            "/api/v1/escalations/{id}/state",
            LEGAL,
            desk::set_state,
        ),
        endpoint(
            GET,
            "/api/v1/document-sets",
            LEGAL_AND_ADMIN,
            documents::sets,
        ),
        endpoint(POST, "/api/v1/document-sets", ADMIN, documents::create_set),
        endpoint(
            GET,
            "/api/v1/document-sets/{id}/documents",
            LEGAL_AND_ADMIN,
            documents::list,
        ),
        endpoint(
            POST,
            "/api/v1/document-sets/{id}/documents",
            ADMIN,
            documents::upload,
        ),
        endpoint(
            POST,
            "/api/v1/documents/{id}/retry",
            ADMIN,
            documents::retry,
        ),
        endpoint(DELETE, "/api/v1/documents/{id}", ADMIN, documents::delete),
        endpoint(GET, "/api/v1/people", ADMIN, people::list),
        endpoint(POST, "/api/v1/people", ADMIN, people::create),
        endpoint(PATCH, "/api/v1/people/{id}", ADMIN, people::change),
        endpoint(
            POST,
            "/api/v1/people/{id}/password",
            ADMIN,
            people::set_password,
        ),
    ]
}

/// The router of all endpoints, each behind its guard; what else is asked under `/api` is 404.
pub(super) fn router(app: &App) -> Router {
    let upload_limit = usize::try_from(app.config.server.max_upload_bytes).unwrap_or(usize::MAX);
    let mut router = Router::new();
    for endpoint in all() {
        let guard = from_fn_with_state((app.clone(), endpoint.access), guard);
        let mut handler = endpoint.handler.layer(guard);
        if endpoint.method == Method::POST && endpoint.path.ends_with("}/documents") {
            handler = handler.layer(DefaultBodyLimit::max(upload_limit));
        }
        router = router.route(endpoint.path, handler);
    }
    router
        .route("/api/{*rest}", any(|| async { AppError::NotFound }))
        .with_state(app.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statuses of that table are asked of the running server by the black-box tests.
    #[test]
    fn every_endpoint_stands_in_the_table_of_permissions_and_no_other() {
        let table = include_str!("../../../tests/golden/permissions.txt");
        let listed: Vec<(&str, &str)> = table
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.next()?))
            })
            .collect();
        let all = all();
        let existing: Vec<_> = all.iter().map(|e| (e.method.as_str(), e.path)).collect();
        assert_eq!(listed, existing);
    }
}
