//! What the pages of measuring share.

use crate::browser;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live, modal, on_change};
use crate::text;
use inhouse_protocol::{Evaluation, EvaluationId, EvaluationState, QuestionSetId};
use leptos::prelude::*;
use std::time::Duration;

/// How often it is asked how far an evaluation is.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

pub(super) fn set_page(set: &QuestionSetId) -> String {
    format!("/quality/{set}")
}

pub(super) fn evaluation_page(set: &QuestionSetId, evaluation: &EvaluationId) -> String {
    format!("{}/evaluations/{evaluation}", set_page(set))
}

pub(super) fn is_running(state: EvaluationState) -> bool {
    state == EvaluationState::Running
}

/// Where an evaluation stands, in words and with an icon.
pub(super) fn state_tag(state: EvaluationState) -> AnyView {
    let (class, icon) = match state {
        EvaluationState::Running => ("tag tag-open", Icon::Clock),
        EvaluationState::Done => ("tag tag-resolved", Icon::Check),
        EvaluationState::Stopped => ("tag", Icon::Stop),
        EvaluationState::Failed => ("tag tag-failed", Icon::Alert),
    };
    view! { <span class=class>{icon.view()} {text::evaluation_state(state)}</span> }.whole()
}

/// How far an evaluation is.
pub(super) fn progress(name: String, done: Signal<usize>, all: usize) -> AnyView {
    view! {
        <p class="embedding-progress">
            <progress
                max=all.max(1).to_string()
                value=derive(move || done.get().to_string())
                aria-label=name
            ></progress>
            <span>{live(move || text::questions_of(done.get(), all))}</span>
        </p>
    }
    .whole()
}

/// Does `look` every few seconds while something is `underway` and the page is looked at.
pub(super) fn look_while(underway: Memo<bool>, look: impl Fn() + Clone + 'static) {
    on_change(move || {
        if !underway.get() {
            return;
        }
        let look = look.clone();
        let again = move || {
            if browser::visible() {
                look();
            }
        };
        if let Ok(handle) = set_interval_with_handle(again, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// Asks before something is deleted: the dialog, open while `asking`.
pub(super) fn confirm(
    asking: RwSignal<bool>,
    title: &'static str,
    words: &'static str,
    delete: Callback<()>,
) -> AnyView {
    let close = Callback::new(move |()| asking.set(false));
    let go = move |_| {
        close.run(());
        delete.run(());
    };
    let content = view! {
        <h2>{title}</h2>
        <p>{words}</p>
        <div class="buttons">
            <button type="button" class="danger" on:click=go>
                {text::DELETE}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    modal(derive(move || asking.get()), close, title, content.whole())
}

/// The choice of two evaluations that are done. It leads to their comparison without a script too;
/// nothing where there are fewer than two.
pub(super) fn choice(
    set: &QuestionSetId,
    evaluations: &[Evaluation],
    before: Option<&EvaluationId>,
    after: Option<&EvaluationId>,
) -> Option<AnyView> {
    let done = |evaluation: &&Evaluation| evaluation.state == EvaluationState::Done;
    let done: Vec<_> = evaluations.iter().filter(done).collect();
    let newest = |at: usize| done.get(at).map(|evaluation| &evaluation.id);
    if done.len() < 2 {
        return None;
    }
    let after = after.or_else(|| newest(0));
    let before = before
        .filter(|before| Some(*before) != after)
        .or_else(|| done.iter().map(|one| &one.id).find(|id| Some(*id) != after));
    let options = |now: Option<&EvaluationId>| {
        done.iter()
            .map(|evaluation| {
                let selected = Some(&evaluation.id) == now;
                let name = text::evaluation_choice(evaluation);
                view! {
                    <option value=evaluation.id.to_string() selected=selected>
                        {name}
                    </option>
                }
            })
            .wholes()
    };
    let (before, after) = (options(before), options(after));
    let action = format!("{}/compare", set_page(set));
    let form = view! {
        <form class="inline-form" method="get" action=action>
            <div class="field">
                <label for="compare-before">{text::BEFORE}</label>
                <select id="compare-before" name="before">
                    {before}
                </select>
            </div>
            <div class="field">
                <label for="compare-after">{text::AFTER}</label>
                <select id="compare-after" name="after">
                    {after}
                </select>
            </div>
            <button type="submit">{text::COMPARE}</button>
        </form>
    };
    Some(form.whole())
}
