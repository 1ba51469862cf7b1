//! Who may see the set on the page, for those who manage it.

use super::access::{AccessFields, Draft, Groups};
use crate::api::Api;
use crate::browser;
use crate::part::{FormError, Icon, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, DocumentSet};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["grants"];

/// The fold with the form.
#[component]
pub(super) fn SetAccessForm(set: RwSignal<DocumentSet>, groups: Groups) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let navigate = use_navigate();
    let (audience, grants) = set.with_untracked(|set| (set.audience, set.grants.clone()));
    let draft = Draft::new(audience, grants, groups);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let id = set.with_untracked(|set| set.id.clone());
        let access = draft.access();
        let (api, navigate) = (api.clone(), navigate.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let sets = match api.set_access(&id, &access).await {
                Ok(()) => api.sets().await,
                Err(wrong) => Err(wrong),
            };
            let _ = busy.try_set(false);
            let now = match sets {
                Ok(sets) => sets.into_iter().find(|set| set.id == id),
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                    return;
                }
            };
            ui.say(text::SAVED);
            match now {
                Some(now) if now.manages => {
                    let _ = set.try_set(now);
                }
                // The page has parts that are no longer this reader's.
                Some(_) => browser::reload(),
                None => navigate("/documents", NavigateOptions::default()),
            }
        });
    };
    let summary = move || {
        set.with(|set| {
            let grants = text::grants(&set.grants);
            if grants.is_empty() {
                text::audience(set.audience).to_owned()
            } else {
                format!("{}: {grants}", text::audience(set.audience))
            }
        })
    };
    view! {
        <details class="add fold" on:toggle=move |_| groups.load(error)>
            <summary>
                {Icon::Down.view()} <span>{text::WHO_MAY_SEE}</span>
                <span class="summary-note">{live(summary)}</span>
            </summary>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <AccessFields draft=draft form="access" error=error />
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::SAVE_ACCESS}
                </button>
            </form>
        </details>
    }
}
