//! An answer's sentences with their citations, and what was checked of each.

use super::{CitationButton, Icon, IntoWhole, IntoWholes, derive, live};
use crate::reading::as_read;
use crate::text;
use inhouse_protocol::{AnswerSentence, Check, PassageRef};
use leptos::prelude::*;

/// What the IPTC's vocabulary of digital sources calls content that a trained model made; as
/// machines read it, schema.org's property of that name says it of an answer (AI Act 50(2)).
const TRAINED_MODEL: &str =
    "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

/// The sentences, each as it arrives, marked for people and machines where an AI system wrote them
/// and for people where they are quotes only.
#[component]
pub(crate) fn Answer(
    /// Makes ids unique on the page.
    #[prop(into)]
    run: String,
    #[prop(into)] sentences: Signal<Vec<AnswerSentence>>,
    #[prop(into)] passages: Signal<Vec<PassageRef>>,
    #[prop(into)] by_ai: Signal<bool>,
    /// No model was asked for it.
    #[prop(into)]
    quotes_only: Signal<bool>,
) -> impl IntoView {
    let marked = Memo::new(move |_| by_ai.get() && sentences.with(|all| !all.is_empty()));
    let each = move || sentences.get().into_iter().enumerate().collect::<Vec<_>>();
    let sentence = move |(at, sentence): (usize, AnswerSentence)| {
        sentence_view(&format!("{run}-{at}"), at + 1, sentence, passages)
    };
    let for_machines = move || {
        marked
            .get()
            .then(|| view! { <meta itemprop="digitalSourceType" content=TRAINED_MODEL /> })
    };
    let for_people = move || {
        let (icon, words) = if marked.get() {
            (Icon::Mark, text::WRITTEN_BY_AI)
        } else if quotes_only.get() {
            (Icon::Document, text::QUOTES_ONLY)
        } else {
            return None;
        };
        Some(view! { <p class="hint by-ai">{icon.view()} {words}</p> })
    };
    view! {
        <div
            class="answer"
            data-ai-generated=derive(move || marked.get().then_some("true"))
            itemscope=derive(move || marked.get())
            itemtype=derive(move || marked.get().then_some("https://schema.org/CreativeWork"))
        >
            {live(for_machines)}
            <div class="answer-text" itemprop=derive(move || marked.get().then_some("text"))>
                <For each=each key=|(at, _)| *at children=sentence />
            </div>
            {live(for_people)}
        </div>
    }
}

/// A sentence with its citations and, on demand, its checks; the document's own words as a quote.
fn sentence_view(
    id: &str,
    number: usize,
    sentence: AnswerSentence,
    passages: Signal<Vec<PassageRef>>,
) -> AnyView {
    let name = sentence.citations.first().map(|c| c.name.clone());
    let buttons = sentence
        .citations
        .into_iter()
        .enumerate()
        .map(|(nth, citation)| {
            let version_number = passages.with_untracked(|all| {
                let passage = all.iter().find(|p| p.id == citation.passage);
                passage.map(|passage| passage.version_number)
            });
            let id = format!("cite-{id}-{nth}");
            view! { <CitationButton citation=citation version_number=version_number id=id /> }
        })
        .wholes();
    let (opener, checks) = checks_at(format!("checks-{id}"), number, sentence.checks);
    if !sentence.verbatim {
        return view! {
            <span class="sentence">
                {sentence.text} <span class="cites">" " {buttons} {opener}</span> " " {checks}
            </span>
        }
        .whole();
    }
    let words = name.map_or_else(
        || sentence.text.clone(),
        |name| as_read(&name, &sentence.text),
    );
    let why = (!sentence.replaces.is_empty()).then(|| {
        let why = text::replaces(&sentence.replaces);
        view! { <p class="hint">{why}</p> }
    });
    view! {
        <div class="sentence quoted">
            <blockquote>{words} <span class="cites">" " {buttons} {opener}</span></blockquote>
            {why}
            {checks}
        </div>
    }
    .whole()
}

/// The mark after a sentence, and the list of its checks that the mark opens.
fn checks_at(id: String, number: usize, checks: Vec<Check>) -> (AnyView, AnyView) {
    if checks.is_empty() {
        return (().whole(), ().whole());
    }
    let open = RwSignal::new(false);
    let failed = checks.iter().any(|check| !check.passed);
    let icon = if failed { Icon::Alert } else { Icon::Check };
    let opener = view! {
        <button
            type="button"
            class="cite checked"
            class:failed=failed
            aria-label=text::checks_of(number)
            aria-expanded=derive(move || if open.get() { "true" } else { "false" })
            aria-controls=id.clone()
            title=text::CHECKS
            on:click=move |_| open.update(|open| *open = !*open)
        >
            {icon.view()}
        </button>
    };
    let items = checks
        .into_iter()
        .map(|check| {
            let failed = !check.passed;
            view! {
                <span role="listitem" class:failed=failed>
                    {check_words(check)}
                </span>
            }
        })
        .wholes();
    let list = view! {
        <span
            class="check-list sentence-checks"
            id=id
            role="list"
            hidden=derive(move || !open.get())
        >
            {items}
        </span>
    };
    (opener.whole(), list.whole())
}

/// A check with how it went, in words and with an icon.
fn check_words(check: Check) -> AnyView {
    let icon = if check.passed {
        Icon::Check
    } else {
        Icon::Alert
    };
    let detail = (!check.passed).then(|| view! { <span class="quiet">{check.detail}</span> });
    view! {
        {icon.view()}
        <span>{text::check(check.kind)}</span>
        {detail}
    }
    .whole()
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
                    let failed = !check.passed;
                    view! { <li class:failed=failed>{check_words(check)}</li> }
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
