//! The reader's word on an answer: whether it helped, and what was missing.

use super::{FormError, IntoWhole, derive, live, typed};
use crate::api::Api;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Helpful as Said, RunId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What its parts share.
#[derive(Clone, Copy)]
struct Word {
    ui: Ui,
    api: StoredValue<Api>,
    run: StoredValue<RunId>,
    said: RwSignal<Option<bool>>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
}

impl Word {
    fn say(self, helpful: bool, comment: String) {
        let (api, run) = (self.api.get_value(), self.run.get_value());
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            match api.say_helpful(&run, &Said { helpful, comment }).await {
                Ok(()) => {
                    let _ = self.said.try_set(Some(helpful));
                    self.ui.say(text::WORD_KEPT);
                }
                Err(wrong) => {
                    let _ = self.error.try_set(Some(wrong));
                }
            }
            let _ = self.busy.try_set(false);
        });
    }
}

/// The question whether the answer of a run helped. Where it didn't, the button beside it sends the
/// question to Legal.
#[component]
pub(crate) fn Helpful(
    run: RunId,
    /// What the reader said before.
    said: Option<bool>,
) -> impl IntoView {
    let word = Word {
        ui: Ui::of_page(),
        api: StoredValue::new(expect_context()),
        run: StoredValue::new(run),
        said: RwSignal::new(said),
        error: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let answer = move |helpful: bool, name: &'static str| {
        view! {
            <button
                type="button"
                class="small"
                aria-pressed=derive(move || {
                    if word.said.get() == Some(helpful) { "true" } else { "false" }
                })
                disabled=derive(move || !word.ui.ready.get() || word.busy.get())
                on:click=move |_| word.say(helpful, String::new())
            >
                {name}
            </button>
        }
    };
    let more = move || match word.said.get() {
        None => ().whole(),
        Some(true) => view! { <p class="quiet">{text::WAS_HELPFUL}</p> }.whole(),
        Some(false) => comment_form(word),
    };
    view! {
        <div class="helpful" role="group" aria-label=text::WAS_IT_HELPFUL>
            <p class="helpful-line">
                <span class="quiet">{text::WAS_IT_HELPFUL}</span>
                {answer(true, text::HELPFUL_YES)}
                {answer(false, text::HELPFUL_NO)}
            </p>
            <FormError error=word.error />
            {live(more)}
        </div>
    }
}

fn comment_form(word: Word) -> AnyView {
    let comment = NodeRef::<html::Input>::new();
    let id = format!("missing-{}", word.run.get_value());
    let sent = RwSignal::new(false);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let words = typed(comment);
        if words.trim().is_empty() {
            return;
        }
        sent.set(true);
        word.say(false, words);
    };
    view! {
        <p class="quiet">{text::NOT_HELPFUL}</p>
        <form class="helpful-form" method="post" hidden=derive(move || sent.get()) on:submit=send>
            <label for=id.clone()>{text::WHAT_WAS_MISSING}</label>
            <input id=id name="comment" maxlength="1000" autocomplete="off" node_ref=comment />
            <button type="submit" class="small" disabled=derive(move || word.busy.get())>
                {text::SAY_MISSING}
            </button>
        </form>
    }
    .whole()
}
