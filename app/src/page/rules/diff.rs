//! What a version has otherwise than the rules in force.

use crate::part::{IntoWhole, IntoWholes};
use crate::text;
use inhouse_protocol::{DiffLine, LineChange, RulesDiff};
use leptos::prelude::*;

/// Which rules differ, and the lines.
pub(super) fn compared(diff: &RulesDiff) -> AnyView {
    if diff.lines.is_empty() {
        return view! { <p class="quiet">{text::SAME_RULES}</p> }.whole();
    }
    let lines = diff.lines.iter().map(line).wholes();
    view! {
        {rules(diff)}
        <div class="rules-diff" tabindex="0" role="group" aria-label=text::CHANGED_LINES>
            {lines}
        </div>
    }
    .whole()
}

/// Which rules are new, gone or changed, by id; nothing where only words around them differ.
pub(super) fn rules(diff: &RulesDiff) -> Option<AnyView> {
    let rows = text::rules_differ(diff)
        .into_iter()
        .map(|(what, rules)| {
            view! {
                <dt>{what}</dt>
                <dd>{rules}</dd>
            }
        })
        .wholes();
    (!rows.is_empty()).then(|| view! { <dl class="facts">{rows}</dl> }.whole())
}

fn line(line: &DiffLine) -> AnyView {
    let words = line.text.clone();
    match line.change {
        LineChange::Same => view! { <span class="diff-line">"  " {words}</span> }.whole(),
        LineChange::Added => view! { <ins class="diff-line">"+ " {words}</ins> }.whole(),
        LineChange::Removed => view! { <del class="diff-line">"− " {words}</del> }.whole(),
    }
}
