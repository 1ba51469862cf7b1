//! What became of the last change: of each item, and a way to take it back.

use super::bulk::Done;
use super::listed::Listed;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use leptos::prelude::*;

pub(super) fn outcome(listed: Listed) -> AnyView {
    let content = move || listed.done.get().map(|done| told(listed, done));
    view! { <div class="outcome-place">{live(content)}</div> }.whole()
}

fn told(listed: Listed, done: Done) -> AnyView {
    let ui = Ui::of_page();
    let changed = done.changed();
    let failed = done.items.len() > changed;
    let undo = (!done.undo.is_empty()).then(|| {
        view! {
            <button
                type="button"
                class="small"
                disabled=derive(move || listed.busy.get())
                on:click=move |_| listed.take_back(ui)
            >
                {text::UNDO_IT}
                " "
                <kbd aria-hidden="true">"Z"</kbd>
            </button>
        }
    });
    let items = (failed || done.items.len() > 1).then(|| {
        let items = done
            .items
            .into_iter()
            .filter(|(question, error)| !question.is_empty() || error.is_some())
            .map(|(question, error)| {
                let wrong = error.is_some();
                let icon = if wrong { Icon::Alert } else { Icon::Check };
                view! {
                    <li class:error=wrong>
                        {icon.view()} <span>{question}</span>
                        {error.map(|error| view! { <span>{error}</span> })}
                    </li>
                }
            })
            .wholes();
        view! {
            <details open=failed>
                <summary>{text::EACH_OF_THEM}</summary>
                <ul class="preview">{items}</ul>
            </details>
        }
    });
    view! {
        <div class="note calm outcome">
            <p>{text::so_many_changed(changed)}</p>
            {undo}
            <button
                type="button"
                class="small plain"
                on:click=move |_| listed.done.set(None)
            >
                {text::DISMISS_OUTCOME}
            </button>
            {items}
        </div>
    }
    .whole()
}
