//! Trying a question on rules before, or after, they decide.

use crate::api::{Api, invalid};
use crate::browser;
use crate::part::{FormError, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, RulesTried, TryRules};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The form and what came of it.
#[component]
pub(super) fn Trying(
    /// The rules to try; none: those in force.
    content: Callback<(), Option<String>>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let question = NodeRef::<html::Textarea>::new();
    let only = NodeRef::<html::Input>::new();
    let tried = RwSignal::new(None::<(RulesTried, bool)>);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let field = question.get_untracked();
        let asked = field.map(|field| field.value()).unwrap_or_default();
        if asked.trim().is_empty() {
            error.set(Some(invalid("question", text::NO_QUESTION_TO_TRY)));
            browser::focus("#rules-question");
            return;
        }
        let question_only = only.get_untracked().is_some_and(|only| only.checked());
        let new = TryRules {
            content: content.run(()),
            question: asked,
            question_only,
        };
        let api = api.clone();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let came = api.try_rules(&new).await;
            let _ = busy.try_set(false);
            match came {
                Ok(came) => {
                    ui.say(text::tried(&came, question_only));
                    let _ = tried.try_set(Some((came, question_only)));
                }
                Err(wrong) => {
                    let _ = tried.try_set(None);
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let result = move || tried.with(|tried| tried.as_ref().map(|(came, only)| result(came, *only)));
    view! {
        <section class="panel" aria-labelledby="try-rules">
            <h2 id="try-rules">{text::TRY_RULES}</h2>
            <p class="quiet">{text::TRY_RULES_LEAD}</p>
            <form class="rules-try" method="post" on:submit=submit>
                <FormError error=error />
                <div class="field">
                    <label for="rules-question">{text::QUESTION_TO_TRY}</label>
                    <textarea
                        id="rules-question"
                        rows="2"
                        maxlength="4000"
                        autocomplete="off"
                        node_ref=question
                    ></textarea>
                </div>
                <label class="choice">
                    <input type="checkbox" name="question_only" node_ref=only />
                    <span>
                        {text::JUDGE_QUESTION_ONLY}
                        <span class="hint">{text::JUDGE_QUESTION_ONLY_HINT}</span>
                    </span>
                </label>
                <button
                    type="submit"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {live(move || if busy.get() { text::TRYING } else { text::TRY_IT })}
                </button>
            </form>
            {live(result)}
        </section>
    }
}

fn result(tried: &RulesTried, question_only: bool) -> AnyView {
    let message = (!tried.message.is_empty())
        .then(|| view! { <blockquote class="lines">{tried.message.clone()}</blockquote> });
    let facts = [
        (text::GOES_TO_QUEUE, tried.queue.clone()),
        (
            text::RULE_FLAGS,
            (!tried.flags.is_empty()).then(|| tried.flags.join(", ")),
        ),
    ]
    .into_iter()
    .filter_map(|(name, words)| {
        let words = words?;
        Some(view! {
            <dt>{name}</dt>
            <dd>{words}</dd>
        })
    })
    .wholes();
    let signals = tried
        .signals
        .iter()
        .map(|(name, value)| {
            view! {
                <dt>
                    <code>{name.clone()}</code>
                </dt>
                <dd>{value.clone()}</dd>
            }
        })
        .wholes();
    let trace = tried
        .trace
        .iter()
        .map(|line| view! { <li>{line.clone()}</li> })
        .wholes();
    view! {
        <div class="rules-tried">
            <p>
                <strong>{text::tried(tried, question_only)}</strong>
            </p>
            {message}
            <dl class="facts">
                {facts}
                <dt>{text::TOOK}</dt>
                <dd>{text::took(tried.took_ms)}</dd>
            </dl>
            <details>
                <summary>{text::HOW_RULES_SAW_IT}</summary>
                <ol class="trace">{trace}</ol>
            </details>
            <details>
                <summary>{text::WHAT_WAS_MEASURED}</summary>
                <dl class="facts">{signals}</dl>
            </details>
        </div>
    }
    .whole()
}
