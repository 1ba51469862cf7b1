//! A page's data: while it loads, and when it can't be loaded.

use super::{IntoWhole, IntoWholes};
use crate::api::{Api, parse};
use crate::browser;
use crate::page::{NotFoundPage, enrol_first, not_found, sign_in_path};
use crate::shell::PageReply;
use crate::state::answer_with;
use crate::text;
use inhouse_protocol::{ApiError, ErrorCode};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// The bodies of a page's requests to the API, in their order. Text, not types: one resource
/// serves every page, and what the server read need not be written again for the browser.
pub(crate) type Bodies = Resource<Result<Vec<String>, ApiError>>;

/// Requests `paths`, one after the other; without paths there is nothing to be found. The
/// server's response waits for it.
pub(crate) fn bodies(paths: impl Fn() -> Option<Vec<String>> + Send + Sync + 'static) -> Bodies {
    type Paths = Box<dyn Fn() -> Option<Vec<String>> + Send + Sync>;
    fn request(paths: Paths) -> Bodies {
        let api: Api = expect_context();
        Resource::new_blocking(paths, move |paths| {
            let api = api.clone();
            async move {
                let mut bodies = Vec::new();
                for path in paths.ok_or_else(not_found)? {
                    bodies.push(api.body(path).await?);
                }
                Ok(bodies)
            }
        })
    }
    request(Box::new(paths))
}

/// Shows `view` of the bodies, `skeleton` until they are there, and what went wrong where they
/// aren't.
pub(crate) fn loaded(
    bodies: Bodies,
    skeleton: fn() -> AnyView,
    view: impl Fn(Vec<String>) -> Result<AnyView, ApiError> + Send + Sync + 'static,
) -> AnyView {
    tried(bodies, skeleton, move |bodies| bodies.and_then(&view))
}

/// The same for a `view` that has an answer to some errors itself.
pub(crate) fn tried(
    bodies: Bodies,
    skeleton: fn() -> AnyView,
    view: impl Fn(Result<Vec<String>, ApiError>) -> Result<AnyView, ApiError> + Send + Sync + 'static,
) -> AnyView {
    type Shown =
        Arc<dyn Fn(Result<Vec<String>, ApiError>) -> Result<AnyView, ApiError> + Send + Sync>;
    fn show(bodies: Bodies, skeleton: fn() -> AnyView, view: Shown) -> AnyView {
        let content = move || {
            let view = Arc::clone(&view);
            Suspend::new(async move { view(bodies.await).unwrap_or_else(|error| failed(&error)) })
        };
        view! { <Suspense fallback=skeleton>{content}</Suspense> }.whole()
    }
    show(bodies, skeleton, Arc::new(view))
}

/// The one body of a page, read.
pub(crate) fn only<T: DeserializeOwned>(bodies: &[String]) -> Result<T, ApiError> {
    parse(bodies.first().map_or("", String::as_str))
}

/// In place of a page that can't be shown.
fn failed(error: &ApiError) -> AnyView {
    let status = match error.code {
        ErrorCode::NotFound => return view! { <NotFoundPage /> }.whole(),
        ErrorCode::SignInRequired => {
            let here = use_location().pathname.get_untracked();
            answer_with(PageReply::RedirectTo(sign_in_path(&here)));
            401
        }
        ErrorCode::EnrolmentRequired => return enrol_first(),
        ErrorCode::TooMany => 429,
        ErrorCode::Unavailable => 503,
        _ => 500,
    };
    if status != 401 {
        answer_with(PageReply::Status(status));
    }
    let reference = (!error.request_id.is_empty()).then(|| text::reference(&error.request_id));
    view! {
        <div class="blank">
            <h1>{text::LOAD_FAILED}</h1>
            <p>{error.message.clone()}</p>
            {reference.map(|reference| view! { <p class="quiet">{reference}</p> })}
            <button type="button" class="primary" on:click=|_| browser::reload()>
                {text::TRY_AGAIN}
            </button>
        </div>
    }
    .whole()
}

/// Rows that are on their way, in the size they will have.
pub(crate) fn rows_to_come() -> AnyView {
    let rows = (0..5)
        .map(|_| view! { <div class="skeleton-row"></div> })
        .wholes();
    view! {
        <div class="skeleton" aria-hidden="true">
            <div class="skeleton-title"></div>
            {rows}
        </div>
    }
    .whole()
}
