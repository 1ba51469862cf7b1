//! Where a file stands on its way in, in words, with its progress or its reason.

use crate::part::{Icon, IntoWhole};
use crate::text;
use inhouse_protocol::{FailureCause, VersionState};
use leptos::prelude::*;

/// Whether the file waits or is being read.
pub(super) fn is_moving(state: &VersionState) -> bool {
    !matches!(state, VersionState::Ready | VersionState::Failed { .. })
}

/// Whether the file could not be read.
pub(super) fn has_failed(state: &VersionState) -> bool {
    matches!(state, VersionState::Failed { .. })
}

/// The state, its bar or its reason.
pub(super) fn state_view(state: &VersionState) -> AnyView {
    match state {
        VersionState::Queued => view! { <span class="tag">{text::QUEUED}</span> }.whole(),
        VersionState::Reading { done, total } => {
            underway(text::READING, text::reading(*done, *total), *done, *total)
        }
        VersionState::Embedding { done, total } => {
            underway(text::EMBEDDING, text::EMBEDDING.to_owned(), *done, *total)
        }
        VersionState::Ready => {
            view! { <span class="tag tag-resolved">{Icon::Check.view()} {text::READY}</span> }
                .whole()
        }
        VersionState::Failed {
            cause: FailureCause::Cancelled,
            ..
        } => view! { <span class="tag">{Icon::Stop.view()} {text::CANCELLED}</span> }.whole(),
        VersionState::Failed { reason, .. } => view! {
            <span class="tag tag-failed">{Icon::Alert.view()} {text::FAILED}</span>
            <span class="reason">{reason.clone()}</span>
        }
        .whole(),
    }
}

/// What is being done and how much of it is, as soon as that is known.
fn underway(name: &'static str, words: String, done: u64, total: u64) -> AnyView {
    let bar = (total > 0).then(|| {
        view! {
            <progress max=total.to_string() value=done.to_string() aria-label=name></progress>
        }
    });
    view! {
        <span class="tag tag-open">{words}</span>
        {bar}
    }
    .whole()
}
