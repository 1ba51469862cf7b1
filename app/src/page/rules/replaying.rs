//! What rules would have done to the last questions.

use super::shown::Shown;
use crate::part::{FormError, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, ReplayRules, ReplayedQuestion, RulesReplay};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The form and what came of it.
#[component]
pub(super) fn Replaying(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let size = NodeRef::<html::Select>::new();
    let replayed = RwSignal::new(None::<RulesReplay>);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let [(usual, _), ..] = text::REPLAY_SIZES;
        let chosen = size.get_untracked().map(|size| size.value());
        let wanted = ReplayRules {
            content: shown.written(),
            questions: chosen.and_then(|size| size.parse().ok()).unwrap_or(usual),
        };
        let api = shown.api.get_value();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let came = api.replay_rules(&wanted).await;
            let _ = busy.try_set(false);
            match came {
                Ok(came) => {
                    ui.say(text::replayed(&came));
                    let _ = replayed.try_set(Some(came));
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let sizes = text::REPLAY_SIZES
        .into_iter()
        .map(|(size, name)| view! { <option value=size.to_string()>{name}</option> })
        .wholes();
    let result = move || replayed.with(|replayed| replayed.as_ref().map(result));
    view! {
        <section class="panel" aria-labelledby="replay-rules">
            <h2 id="replay-rules">{text::REPLAY_RULES}</h2>
            <p class="quiet">{text::REPLAY_RULES_LEAD}</p>
            <form class="inline-form" method="post" on:submit=submit>
                <div class="field">
                    <label for="replay-size">{text::REPLAY_HOW_MANY}</label>
                    <select id="replay-size" node_ref=size>
                        {sizes}
                    </select>
                </div>
                <button
                    type="submit"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {live(move || if busy.get() { text::REPLAYING } else { text::REPLAY })}
                </button>
                <FormError error=error />
            </form>
            {live(result)}
        </section>
    }
}

fn result(replay: &RulesReplay) -> AnyView {
    let summary = text::replayed(replay);
    let rows = replay
        .outcomes
        .iter()
        .map(|(outcome, before, after)| {
            view! {
                <tr>
                    <th scope="row" class="rules-end">
                        {outcome.clone()}
                    </th>
                    <td class="number" data-label=text::BY_RULES_IN_FORCE>
                        {*before}
                    </td>
                    <td class="number" data-label=text::BY_THESE_RULES>
                        {*after}
                    </td>
                </tr>
            }
        })
        .wholes();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <div class="table-frame" tabindex="0" role="group" aria-label=text::HOW_IT_ENDS>
                <table class="listing">
                    <caption class="visually-hidden">{text::HOW_IT_ENDS}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text::HOW_IT_ENDS}</th>
                            <th scope="col" class="number">
                                {text::BY_RULES_IN_FORCE}
                            </th>
                            <th scope="col" class="number">
                                {text::BY_THESE_RULES}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    let changed = replay.changed.iter().map(question).wholes();
    view! {
        <p>
            <strong>{summary}</strong>
        </p>
        {table}
        <ol class="results">{changed}</ol>
    }
    .whole()
}

fn question(changed: &ReplayedQuestion) -> AnyView {
    view! {
        <li>
            <p class="result-question">{changed.question.clone()}</p>
            <dl class="facts">
                <dt>{text::BY_RULES_IN_FORCE}</dt>
                <dd class="rules-end">{changed.before.clone()}</dd>
                <dt>{text::BY_THESE_RULES}</dt>
                <dd class="rules-end">{changed.after.clone()}</dd>
            </dl>
        </li>
    }
    .whole()
}
