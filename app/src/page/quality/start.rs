//! Starting an evaluation of a set.

use super::question_set::Shown;
use crate::browser;
use crate::part::{Field, FormError, Icon, IntoWholes, derive, typed};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, EvaluationKind, NewEvaluation};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["label"];
const KINDS: [EvaluationKind; 4] = [
    EvaluationKind::Retrieval,
    EvaluationKind::Rules,
    EvaluationKind::Quotes,
    EvaluationKind::Written,
];
/// The one that is chosen at first: it measures most in little time.
const KIND: EvaluationKind = EvaluationKind::Rules;

/// The form; one evaluation runs at a time.
#[component]
pub(super) fn Start(shown: Shown, underway: Memo<bool>) -> impl IntoView {
    let ui = Ui::of_page();
    let kind = RwSignal::new(KIND);
    let label = NodeRef::<html::Input>::new();
    let within = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let new = NewEvaluation {
            kind: kind.get_untracked(),
            label: typed(label).trim().to_owned(),
            within_document: within
                .get_untracked()
                .is_some_and(|within| within.checked()),
        };
        let (api, set) = (shown.api.get_value(), shown.id());
        shown.busy.set(true);
        error.set(None);
        spawn_local(async move {
            let start = api.evaluate(&set, &new);
            let started = shown.done(ui, start, text::STARTED).await;
            let _ = shown.busy.try_set(false);
            if started.is_ok() {
                browser::focus("#evaluations");
            }
            let _ = error.try_set(started.err());
        });
    };
    let kinds = KINDS
        .into_iter()
        .map(|choice| {
            let (name, means) = text::evaluation_kind(choice);
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="kind"
                        checked={choice == KIND}
                        on:change=move |_| kind.set(choice)
                    />
                    <span>{name} <span class="hint">{means}</span></span>
                </label>
            }
        })
        .wholes();
    view! {
        <details class="add">
            <summary>{Icon::Plus.view()} {text::NEW_EVALUATION}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <fieldset class="field">
                    <legend>{text::WHAT_TO_RUN}</legend>
                    {kinds}
                </fieldset>
                <Field
                    form="evaluation"
                    name="label"
                    label=text::LABEL
                    hint=text::LABEL_HINT
                    node=label
                    error=error
                    required=false
                />
                <label class="choice">
                    <input type="checkbox" name="within_document" node_ref=within />
                    <span>
                        {text::WITHIN_DOCUMENT}
                        <span class="hint">{text::WITHIN_DOCUMENT_HINT}</span>
                    </span>
                </label>
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || shown.busy.get() || underway.get())
                >
                    {text::START}
                </button>
            </form>
        </details>
    }
}
