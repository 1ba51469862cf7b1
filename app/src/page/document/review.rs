//! Telling the owner that the document's review is due, and saying that it was done.

use super::Shown;
use crate::part::{Icon, IntoWhole, derive, live, typed};
use crate::state::Ui;
use crate::text;
use crate::time::{day_in_field, day_text};
use inhouse_protocol::{Reviewed, UserId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The note, while the review is due; its form for the owner and those who manage the set.
pub(super) fn review(shown: Shown, me: UserId) -> AnyView {
    let state = Memo::new(move |_| {
        shown.detail.with(|detail| {
            let mine = detail.facts.owner.as_ref() == Some(&me);
            let on = detail.facts.review_on.filter(|_| detail.review_due);
            (on, mine, detail.manages)
        })
    });
    let note = move || {
        let (on, mine, manages) = state.get();
        let on = on?;
        let words = text::review_due(&day_text(on), mine);
        Some(view! {
            <section class="review-note" aria-labelledby="review">
                <h2 id="review">{Icon::Clock.view()} {words}</h2>
                {(mine || manages).then(|| view! { <Form shown=shown mine=mine /> })}
            </section>
        })
    };
    live(note).whole()
}

#[component]
fn Form(shown: Shown, mine: bool) -> impl IntoView {
    let ui = Ui::of_page();
    let next = NodeRef::<html::Input>::new();
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let reviewed = Reviewed {
            next: day_in_field(&typed(next)),
        };
        let api = shown.api.get_value();
        busy.set(true);
        shown.error.set(None);
        spawn_local(async move {
            let id = shown.id();
            let change = api.reviewed(&id, &reviewed);
            let done = shown.done(ui, change, text::REVIEWED).await;
            if done.is_ok() && mine {
                ui.reviews_due.update(|due| *due = due.saturating_sub(1));
            }
            let _ = busy.try_set(false);
            let _ = shown.error.try_set(done.err());
        });
    };
    view! {
        <form class="inline-form" method="post" on:submit=submit>
            <div class="field">
                <label for="review-next">
                    {text::NEXT_REVIEW} <span class="quiet">" " {text::OPTIONAL}</span>
                </label>
                <input id="review-next" type="date" node_ref=next />
            </div>
            <button
                type="submit"
                class="primary"
                disabled=derive(move || !ui.ready.get() || busy.get())
            >
                {text::MARK_REVIEWED}
            </button>
        </form>
    }
}
