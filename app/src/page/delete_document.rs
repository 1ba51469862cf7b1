//! Asking before a document goes, with what still refers to it.

use crate::api::Api;
use crate::part::{ErrorNote, Icon, IntoWhole, IntoWholes, derive, live, modal, on_change};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, DocumentSummary, References};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog, open while a document is about to be `deleting`; `gone` is called once it is, what
/// goes wrong stands in `error`.
pub(super) fn confirm_delete(
    deleting: RwSignal<Option<DocumentSummary>>,
    error: RwSignal<Option<ApiError>>,
    gone: Callback<DocumentSummary>,
) -> AnyView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let references = RwSignal::new(None);
    ask_what_refers(deleting, references, api.clone());
    let close = Callback::new(move |()| deleting.set(None));
    let name = move || {
        let name = deleting.with(|file| file.as_ref().map(|file| file.name.clone()));
        name.unwrap_or_default()
    };
    let delete = move |_| {
        let Some(file) = deleting.get_untracked() else {
            return;
        };
        let api = api.clone();
        close.run(());
        error.set(None);
        spawn_local(async move {
            match api.delete_document(&file.id).await {
                Ok(()) => {
                    ui.say(text::deleted(&file.name));
                    gone.try_run(file);
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let shown = move || match references.get() {
        Some(Ok(references)) => told(&references),
        Some(Err(error)) => view! { <ErrorNote error=error /> }.whole(),
        None => view! { <p class="quiet">{text::LOADING}</p> }.whole(),
    };
    let content = view! {
        <h2>{text::DELETE_TITLE}</h2>
        <p>
            <strong>{live(name)}</strong>
        </p>
        <p>{text::DELETE_TEXT}</p>
        <div class="references">{live(shown)}</div>
        <div class="buttons">
            <button type="button" class="danger" on:click=delete>
                {text::DELETE}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    modal(
        derive(move || deleting.with(Option::is_some)),
        close,
        text::DELETE_TITLE,
        content.whole(),
    )
}

/// Asks what refers to the document as soon as one is about to go.
fn ask_what_refers(
    deleting: RwSignal<Option<DocumentSummary>>,
    references: RwSignal<Option<Result<References, ApiError>>>,
    api: Api,
) {
    on_change(move || {
        references.set(None);
        let Some(file) = deleting.get() else {
            return;
        };
        let api = api.clone();
        spawn_local(async move {
            let found = api.references(&file.id).await;
            let still = deleting
                .try_get_untracked()
                .flatten()
                .is_some_and(|now| now.id == file.id);
            if still {
                let _ = references.try_set(Some(found));
            }
        });
    });
}

/// What refers to it, or that nothing does.
fn told(references: &References) -> AnyView {
    let told = text::references(references);
    if told.is_empty() {
        return view! { <p class="quiet">{text::NOTHING_REFERS}</p> }.whole();
    }
    let rows = told
        .into_iter()
        .map(|words| view! { <li>{Icon::Alert.view()} <span>{words}</span></li> })
        .wholes();
    view! { <ul class="warnings">{rows}</ul> }.whole()
}
