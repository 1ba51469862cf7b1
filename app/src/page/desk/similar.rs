//! What is like an escalation: past cases, whose reply may serve again, and approved answers.

use super::shown::Shown;
use crate::part::{IntoWhole, IntoWholes, StateTag, derive, live, on_change, paragraphs};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{
    ApiError, ApprovedAnswerSummary, EscalationId, EscalationState, MergeEscalation, Similar,
    SimilarCase,
};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the section knows.
#[derive(Clone, Copy)]
struct Found {
    shown: Shown,
    /// Nothing until it came.
    similar: RwSignal<Option<Result<Similar, ApiError>>>,
    go: Callback<String>,
    ui: Ui,
}

pub(super) fn similar(shown: Shown, go: Callback<String>) -> AnyView {
    let found = Found {
        shown,
        similar: RwSignal::new(None),
        go,
        ui: Ui::of_page(),
    };
    on_change(move || look(found));
    let cases = move || match found.similar.get() {
        None => view! { <p class="quiet">{text::LOOKING_FOR_CASES}</p> }.whole(),
        Some(Err(error)) => view! { <p class="quiet">{error.message}</p> }.whole(),
        Some(Ok(similar)) if similar.cases.is_empty() => {
            view! { <p class="quiet">{text::NOTHING_SIMILAR}</p> }.whole()
        }
        Some(Ok(similar)) => {
            let cases = similar.cases.into_iter();
            let cases = cases.map(|one| case(found, one)).wholes();
            view! { <ul class="cases">{cases}</ul> }.whole()
        }
    };
    let answers = move || match found.similar.get() {
        Some(Ok(similar)) if !similar.approved.is_empty() => {
            let answers = similar.approved.into_iter().map(answer).wholes();
            let view = view! {
                <section aria-labelledby="near-title">
                    <h2 id="near-title">{text::NEAR_ANSWERS}</h2>
                    <ul class="cases">{answers}</ul>
                </section>
            };
            Some(view.whole())
        }
        _ => None,
    };
    view! {
        {live(answers)}
        <section aria-labelledby="similar">
            <h2 id="similar" tabindex="-1">
                {text::SIMILAR_CASES}
            </h2>
            {live(cases)}
        </section>
    }
    .whole()
}

fn look(found: Found) {
    let (api, id) = (found.shown.api.get_value(), found.shown.id());
    spawn_local(async move {
        let similar = api.similar(&id).await;
        let _ = found.similar.try_set(Some(similar));
    });
}

/// A past case: how like it is, what was replied, and what can be done with both.
fn case(found: Found, case: SimilarCase) -> AnyView {
    let shown = found.shown;
    let other = case.escalation;
    let page = format!("/desk/{}", other.id);
    let unresolved = other.state != EscalationState::Resolved && other.merged_into.is_none();
    let disabled = derive(move || !found.ui.ready.get() || shown.busy.get());
    let merge = unresolved.then(|| {
        let here = {
            let (id, revision) = (other.id.clone(), other.revision);
            move |_| merge_here(found, id.clone(), revision)
        };
        let there = {
            let id = other.id.clone();
            move |_| merge_there(found, id.clone())
        };
        view! {
            <button type="button" class="small" disabled=disabled on:click=here>
                {text::MERGE_HERE}
            </button>
            <button type="button" class="small plain" disabled=disabled on:click=there>
                {text::MERGE_THERE}
            </button>
        }
    });
    let reply = (!case.reply.is_empty()).then(|| {
        let words = case.reply.clone();
        view! {
            <details>
                <summary>{text::ITS_REPLY}</summary>
                {paragraphs(&case.reply)}
                <button
                    type="button"
                    class="small"
                    disabled=disabled
                    on:click=move |_| shown.put(&words)
                >
                    {text::USE_REPLY}
                </button>
            </details>
        }
    });
    view! {
        <li>
            <a href=page>{other.question}</a>
            <p class="row-about">
                <span>{text::likeness(case.score)}</span>
                <StateTag state=other.state />
            </p>
            {reply}
            <div class="buttons">{merge}</div>
        </li>
    }
    .whole()
}

/// Makes the other one a duplicate of this one.
fn merge_here(found: Found, other: EscalationId, revision: u64) {
    let (shown, ui) = (found.shown, found.ui);
    let (api, id) = (shown.api.get_value(), shown.id());
    shown.begin();
    spawn_local(async move {
        let merge = MergeEscalation {
            into: id.clone(),
            revision: Some(revision),
        };
        let merged = match api.merge(&other, &merge).await {
            Ok(()) => api.escalation(&id).await,
            Err(error) => Err(error),
        };
        if shown.settle(ui, merged, text::WAS_MERGED).await {
            look(found);
        }
    });
}

/// Makes this one a duplicate of the other one, and goes there.
fn merge_there(found: Found, other: EscalationId) {
    let (shown, ui) = (found.shown, found.ui);
    let (api, id) = (shown.api.get_value(), shown.id());
    let merge = MergeEscalation {
        into: other.clone(),
        revision: Some(shown.revision()),
    };
    shown.begin();
    spawn_local(async move {
        match api.merge(&id, &merge).await {
            Ok(()) => {
                ui.say(text::WAS_MERGED);
                found.go.run(format!("/desk/{other}"));
            }
            Err(error) => {
                shown.settle(ui, Err(error), "").await;
            }
        }
    });
}

fn answer(answer: ApprovedAnswerSummary) -> AnyView {
    view! {
        <li>
            <a href=format!("/approved/{}", answer.id)>{answer.question}</a>
            {answer
                .owner
                .map(|owner| view! { <p class="hint">{text::owned_by(&owner.name)}</p> })}
        </li>
    }
    .whole()
}
