//! An answer's sentences with their citations, and what was checked of each.

use super::{CitationButton, Icon, IntoWhole, IntoWholes};
use crate::text;
use inhouse_protocol::{AnswerSentence, PassageRef};
use leptos::prelude::*;

/// The sentences, each as it arrives.
#[component]
pub(crate) fn Answer(
    /// Makes ids unique on the page.
    #[prop(into)]
    run: String,
    #[prop(into)] sentences: Signal<Vec<AnswerSentence>>,
    #[prop(into)] passages: Signal<Vec<PassageRef>>,
) -> impl IntoView {
    let each = move || sentences.get().into_iter().enumerate().collect::<Vec<_>>();
    let sentence = move |(at, sentence): (usize, AnswerSentence)| {
        let buttons = sentence
            .citations
            .into_iter()
            .enumerate()
            .map(|(nth, citation)| {
                let version_number = passages.with_untracked(|all| {
                    let passage = all.iter().find(|p| p.id == citation.passage);
                    passage.map(|passage| passage.version_number)
                });
                let id = format!("cite-{run}-{at}-{nth}");
                view! { <CitationButton citation=citation version_number=version_number id=id /> }
            })
            .wholes();
        view! {
            <span class="sentence">
                {sentence.text} <span class="cites">" " {buttons}</span> " "
            </span>
        }
        .whole()
    };
    view! {
        <p class="answer-text">
            <For each=each key=|(at, _)| *at children=sentence />
        </p>
    }
}

/// What was checked before each sentence was shown.
#[component]
pub(crate) fn Checks(sentences: Vec<AnswerSentence>) -> impl IntoView {
    let count = sentences.len();
    let rows = sentences
        .into_iter()
        .map(|sentence| {
            let checks = sentence
                .checks
                .into_iter()
                .map(|check| {
                    let icon = if check.passed {
                        Icon::Check
                    } else {
                        Icon::Alert
                    };
                    view! {
                        <li class:failed=!check.passed>
                            {icon.view()} <span>{text::check(check.kind)}</span>
                            {(!check.passed)
                                .then(|| view! { <span class="quiet">{check.detail}</span> })}
                        </li>
                    }
                })
                .wholes();
            view! {
                <li>
                    <p>{sentence.text}</p>
                    <ul class="check-list">{checks}</ul>
                </li>
            }
        })
        .wholes();
    view! {
        <details class="checks">
            <summary>{text::checked(count)}</summary>
            <ol>{rows}</ol>
        </details>
    }
}
