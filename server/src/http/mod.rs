//! HTTP in: the router, built from the table of endpoints, and the layers around it.

pub mod access;
mod account;
mod approved;
mod calibrations;
mod client;
mod conversations;
mod desk;
mod documents;
mod drafts;
mod embedding;
pub mod endpoints;
mod evaluation;
mod files;
mod groups;
mod headers;
mod health;
mod holds;
mod insights;
mod intake;
mod law;
mod lingering;
mod log;
mod notices;
mod oidc;
mod pages;
mod people;
mod privacy;
mod queues;
pub mod request_id;
mod requests;
mod rules;
mod runs;
mod scim;
mod session;
mod similar;
mod sources;
mod sse;
mod templates;
mod tokens;
mod trackers;
mod versions;

use crate::app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};

/// The largest JSON body taken, in bytes; uploads have their own limit.
pub const JSON_LIMIT_BYTES: usize = 256 * 1024;

/// Everything the server answers: API, pages, files.
pub fn router(app: &App) -> Router {
    let api = endpoints::router(app);
    let pages = pages::router(app, api.clone());
    let compressible =
        DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"));
    api.merge(files::router(app))
        .merge(pages)
        .layer(from_fn_with_state(app.clone(), headers::secure))
        .layer(DefaultBodyLimit::max(JSON_LIMIT_BYTES))
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(from_fn(request_id::layer))
        .layer(from_fn(lingering::layer))
}
