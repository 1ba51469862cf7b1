//! How the reader wants to be answered: as the company has it, written, or in quotes only.

use crate::api::Api;
use crate::part::{FormError, IntoWholes, derive};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{AnswerMode, ApiError};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

const CHOICES: [Option<AnswerMode>; 3] =
    [None, Some(AnswerMode::Written), Some(AnswerMode::Quotes)];

/// The section of the account's page: what was chosen, and how the company has it.
#[component]
pub(super) fn AnswerChoice(mode: Option<AnswerMode>, default: AnswerMode) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let chosen = RwSignal::new(mode);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (api, mode) = (api.clone(), chosen.get_untracked());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let saved = api.set_answers(mode).await;
            let _ = busy.try_set(false);
            if saved.is_ok() {
                ui.say(text::SAVED);
            }
            let _ = error.try_set(saved.err());
        });
    };
    let choices = CHOICES
        .into_iter()
        .map(|choice| {
            let (name, means) = text::answer_mode(choice, default);
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="mode"
                        value=choice.map_or("", AnswerMode::as_str)
                        checked={choice == mode}
                        on:change=move |_| chosen.set(choice)
                    />
                    <span>{name} <span class="hint">{means}</span></span>
                </label>
            }
        })
        .wholes();
    view! {
        <section class="panel" aria-labelledby="your-answers">
            <h2 id="your-answers">{text::YOUR_ANSWERS}</h2>
            <p class="quiet">{text::YOUR_ANSWERS_LEAD}</p>
            <form method="post" on:submit=submit>
                <FormError error=error />
                <fieldset>
                    <legend class="visually-hidden">{text::YOUR_ANSWERS}</legend>
                    {choices}
                </fieldset>
                <button
                    type="submit"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::SAVE}
                </button>
            </form>
        </section>
    }
}
