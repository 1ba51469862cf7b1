//! A page's data: while it loads, and when it can't be loaded.

use crate::browser;
use crate::page::{NotFoundPage, sign_in_path};
use crate::shell::PageReply;
use crate::state::answer_with;
use crate::text;
use inhouse_protocol::{ApiError, ErrorCode};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Shows `view` of what `resource` holds, `skeleton` until it is there, and what went wrong
/// where it isn't.
pub(crate) fn loaded<T, V>(
    resource: Resource<Result<T, ApiError>>,
    skeleton: fn() -> AnyView,
    view: V,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: Fn(T) -> AnyView + Clone + Send + Sync + 'static,
{
    let content = move || {
        let view = view.clone();
        Suspend::new(async move {
            match resource.await {
                Ok(data) => view(data),
                Err(error) => failed(&error),
            }
        })
    };
    view! { <Suspense fallback=skeleton>{content}</Suspense> }
}

/// In place of a page that can't be shown.
fn failed(error: &ApiError) -> AnyView {
    let status = match error.code {
        ErrorCode::NotFound => return view! { <NotFoundPage /> }.into_any(),
        ErrorCode::SignInRequired => {
            let here = use_location().pathname.get_untracked();
            answer_with(PageReply::RedirectTo(sign_in_path(&here)));
            401
        }
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
    .into_any()
}

/// Rows that are on their way, in the size they will have.
pub(crate) fn rows_to_come() -> AnyView {
    let rows = (0..5)
        .map(|_| view! { <div class="skeleton-row"></div> })
        .collect_view();
    view! {
        <div class="skeleton" aria-hidden="true">
            <div class="skeleton-title"></div>
            {rows}
        </div>
    }
    .into_any()
}
