//! An answer's sentences with their citations, and what was checked of each.

use super::{CitationButton, Icon, IntoWhole, IntoWholes, derive, live};
use crate::text;
use inhouse_protocol::{AnswerSentence, PassageRef};
use leptos::prelude::*;

/// What the IPTC's vocabulary of digital sources calls content that a trained model made; as
/// machines read it, schema.org's property of that name says it of an answer (AI Act 50(2)).
const TRAINED_MODEL: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

/// The sentences, each as it arrives, marked for people and machines where an AI system wrote them.
#[component]
pub(crate) fn Answer(
    /// Makes ids unique on the page.
    #[prop(into)]
    run: String,
    #[prop(into)] sentences: Signal<Vec<AnswerSentence>>,
    #[prop(into)] passages: Signal<Vec<PassageRef>>,
    #[prop(into)] by_ai: Signal<bool>,
) -> impl IntoView {
    let marked = Memo::new(move |_| by_ai.get() && sentences.with(|all| !all.is_empty()));
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
    let for_machines = move || {
        marked
            .get()
            .then(|| view! { <meta itemprop="digitalSourceType" content=TRAINED_MODEL /> })
    };
    let for_people = move || {
        marked
            .get()
            .then(|| view! { <p class="hint by-ai">{Icon::Mark.view()} {text::WRITTEN_BY_AI}</p> })
    };
    view! {
        <div
            class="answer"
            data-ai-generated=derive(move || marked.get().then_some("true"))
            itemscope=derive(move || marked.get())
            itemtype=derive(move || marked.get().then_some("https://schema.org/CreativeWork"))
        >
            {live(for_machines)}
            <p class="answer-text" itemprop=derive(move || marked.get().then_some("text"))>
                <For each=each key=|(at, _)| *at children=sentence />
            </p>
            {live(for_people)}
        </div>
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
