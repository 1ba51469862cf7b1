//! An approved answer as it is given: its words, who stands for them and since when, and their
//! sources.

use super::{CitationButton, Icon, IntoWhole, IntoWholes, paragraphs};
use crate::text;
use crate::time::Day;
use inhouse_protocol::{Citation, GivenAnswer};
use leptos::prelude::*;
use std::fmt::Write;

/// The answer; `owner` makes ids unique on the page.
pub(crate) fn given_view(owner: &str, answer: GivenAnswer) -> AnyView {
    let heading = format!("given-{owner}");
    let labelled = heading.clone();
    let sources = sources(owner, answer.citations);
    view! {
        <section class="given" aria-labelledby=labelled>
            <h3 id=heading class="given-by">
                {Icon::Check.view()}
                <span>{text::APPROVED_ON} " " <Day at=answer.approved_at /></span>
            </h3>
            <div class="answer-text">{paragraphs(&answer.body)}</div>
            <p class="hint">{text::answered_for_by(&answer.owner)}</p>
            {sources}
        </section>
    }
    .whole()
}

fn sources(owner: &str, citations: Vec<Citation>) -> Option<AnyView> {
    if citations.is_empty() {
        return None;
    }
    let rows = citations
        .into_iter()
        .map(|citation| {
            let id = format!("given-{owner}-{}", citation.number);
            let title = citation.title.clone();
            let place = text::place(None, citation.page);
            view! {
                <li>
                    <CitationButton citation=citation version_number=None id=id />
                    <span>{title} " " <span class="quiet">{place}</span></span>
                </li>
            }
        })
        .wholes();
    let view = view! {
        <h4 class="given-sources">{text::SOURCES}</h4>
        <ul class="given-list">{rows}</ul>
    };
    Some(view.whole())
}

/// The same as plain text, for the clipboard.
pub(crate) fn given_as_text(answer: &GivenAnswer) -> String {
    let mut out = answer.body.trim().to_owned();
    let _ = write!(out, "\n\n{}.", text::answered_for_by(&answer.owner));
    if !answer.citations.is_empty() {
        let _ = write!(out, "\n\n{}", text::SOURCES);
    }
    for citation in &answer.citations {
        let quote: Vec<&str> = citation.quote.split_whitespace().collect();
        let quote = quote.join(" ");
        let _ = write!(out, "\n[{}] {}", citation.number, citation.title);
        if let Some(page) = citation.page {
            let _ = write!(out, ", {}", text::page(page));
        }
        let _ = write!(out, ": \u{201c}{quote}\u{201d}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::Timestamp;

    #[test]
    fn what_was_given_is_copied_with_whoever_stands_for_it_and_its_sources() {
        let citations = sample::sentence("Notice is thirty days.", 1).citations;
        let answer = GivenAnswer {
            id: sample::id("answer-1"),
            owner: "Lena Berg".to_owned(),
            approved_at: Timestamp(0),
            body: "Thirty days.\n".to_owned(),
            citations,
        };
        let text = given_as_text(&answer);
        assert!(
            text.starts_with("Thirty days.\n\nAnswered for by Lena Berg."),
            "{text}"
        );
        assert!(text.contains("\n[1] Supply Agreement"), "{text}");
    }
}
