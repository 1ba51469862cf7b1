//! The box in which a question is written. Its draft survives a reload.

use super::{FormError, Icon, IntoWhole, derive, live, on_change};
use crate::api::invalid;
use crate::browser;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::ApiError;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;

/// The longest question the API takes, in characters.
const LONGEST: usize = 4000;

/// A question on its way.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) enum Sending {
    #[default]
    Idle,
    Underway,
    Failed(ApiError),
}

impl Sending {
    pub(crate) fn error(&self) -> Option<ApiError> {
        match self {
            Self::Failed(error) => Some(error.clone()),
            _ => None,
        }
    }
}

/// The box, its button and the notice that an AI answers. `sending` going from `Underway` to
/// `Idle` empties the box.
#[component]
pub(crate) fn Composer(
    /// Where this browser keeps the draft.
    draft: String,
    sending: RwSignal<Sending>,
    /// A run works: the button stops it.
    #[prop(into)]
    running: Signal<bool>,
    #[prop(into)] stopping: Signal<bool>,
    ask: Callback<String>,
    stop: Callback<()>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let field = NodeRef::<html::Textarea>::new();
    let key = StoredValue::new(draft);
    on_change(move || {
        let Some(field) = field.get() else { return };
        if field.value().is_empty() {
            let draft = key.with_value(|key| browser::load(key));
            field.set_value(&draft.unwrap_or_default());
        }
        if browser::precise_pointer() {
            browser::focus("#question");
        }
    });
    let mut underway = false;
    on_change(move || {
        let sent = underway && sending.with(|s| *s == Sending::Idle);
        underway = sending.with(|s| *s == Sending::Underway);
        if let (true, Some(field)) = (sent, field.get_untracked()) {
            field.set_value("");
            key.with_value(|key| browser::save(key, ""));
        }
    });
    let submit = move || {
        let busy = running.get_untracked() || sending.with_untracked(|s| *s == Sending::Underway);
        let Some(field) = field.get_untracked().filter(|_| !busy) else {
            return;
        };
        let question = field.value().trim().to_owned();
        if question.chars().count() > LONGEST {
            sending.set(Sending::Failed(invalid("question", text::TOO_LONG)));
        } else if !question.is_empty() {
            ask.run(question);
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            submit();
        }
    };
    let on_input = move |_| {
        if let Some(field) = field.get_untracked() {
            key.with_value(|key| browser::save(key, &field.value()));
        }
    };
    let button = move || {
        if running.get() {
            view! {
                <button
                    type="button"
                    class="stop"
                    disabled=derive(move || stopping.get())
                    on:click=move |_| stop.run(())
                >
                    {Icon::Stop.view()}
                    <span>
                        {live(move || if stopping.get() { text::STOPPING } else { text::STOP })}
                    </span>
                </button>
            }
            .whole()
        } else {
            view! {
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || {
                        !ui.ready.get() || sending.with(|s| *s == Sending::Underway)
                    })
                >
                    <span>{text::ASK}</span>
                    {Icon::Send.view()}
                </button>
            }
            .whole()
        }
    };
    view! {
        <form
            class="composer"
            method="post"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                submit();
            }
        >
            <FormError error=Signal::derive(move || sending.with(Sending::error)) />
            <div class="composer-box">
                <label class="visually-hidden" for="question">
                    {text::YOUR_QUESTION}
                </label>
                <textarea
                    id="question"
                    name="question"
                    rows="1"
                    node_ref=field
                    placeholder=text::ASK_PLACEHOLDER
                    aria-describedby="ai-notice"
                    on:keydown=on_key
                    on:input=on_input
                ></textarea>
                {live(button)}
            </div>
            <p id="ai-notice" class="hint">
                {text::AI_NOTICE}
            </p>
        </form>
    }
}
