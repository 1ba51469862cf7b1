//! An answer as plain text, with its citations, for the clipboard.

use crate::run::RunView;
use crate::text;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The sentences with their citation numbers, then the sources: number, title, version, page and
/// the words cited. The mark of the AI goes along.
pub(crate) fn answer_with_citations(run: &RunView) -> String {
    let mut out = String::new();
    let mut sources = BTreeMap::new();
    if let Some(day) = run.as_of.filter(|_| !run.sentences.is_empty()) {
        let _ = writeln!(out, "{}:", text::as_of(day));
    }
    for (at, sentence) in run.sentences.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let words = sentence.text.trim();
        if sentence.verbatim {
            let _ = write!(out, "\u{201c}{}\u{201d}", one_line(words));
        } else {
            out.push_str(words);
        }
        for citation in &sentence.citations {
            let _ = write!(out, " [{}]", citation.number);
            sources.entry(citation.number).or_insert(citation);
        }
    }
    if !sources.is_empty() {
        let _ = write!(out, "\n\n{}", text::SOURCES);
    }
    for (number, citation) in sources {
        let _ = write!(out, "\n[{number}] {}", citation.title);
        let passage = run.passages.get((number as usize).wrapping_sub(1));
        if let Some(passage) = passage {
            let _ = write!(out, ", {}", text::version(passage.version_number));
            if let Some(period) = text::period(passage.validity) {
                let _ = write!(out, ", {}", text::in_force(&period));
            }
        }
        if let Some(page) = citation.page {
            let _ = write!(out, ", {}", text::page(page));
        }
        let _ = write!(out, ": \u{201c}{}\u{201d}", one_line(&citation.quote));
    }
    if run.ai_generated && !out.is_empty() {
        let _ = write!(out, "\n\n{}.", text::WRITTEN_BY_AI);
    } else if run.quotes_only() {
        let _ = write!(out, "\n\n{}.", text::QUOTES_ONLY);
    }
    out
}

fn one_line(quote: &str) -> String {
    quote.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::{AnswerSentence, Day, Validity};

    fn written(sentences: Vec<AnswerSentence>) -> RunView {
        RunView {
            sentences,
            passages: vec![sample::passage("Notice is thirty (30) days.")],
            ai_generated: true,
            ..RunView::started()
        }
    }

    #[test]
    fn each_source_is_listed_once_with_its_version_page_and_words() {
        let run = written(vec![
            sample::sentence("Notice is thirty days.", 1),
            sample::sentence("It is given in writing.", 1),
        ]);
        assert_eq!(
            answer_with_citations(&run),
            "Notice is thirty days. [1] It is given in writing. [1]\n\n\
             Sources\n[1] Supply Agreement, version 2, page 4: \u{201c}Notice\u{201d}\n\n\
             Written by an AI system."
        );
    }

    #[test]
    fn an_answer_about_an_earlier_day_says_so_and_when_its_source_was_in_force() {
        let mut run = written(vec![sample::sentence("Notice is thirty days.", 1)]);
        run.as_of = Day::of(2025, 3, 31);
        run.passages[0].validity = Validity {
            from: None,
            until: Day::of(2026, 1, 1),
        };
        assert_eq!(
            answer_with_citations(&run),
            "As of 31 Mar 2025:\nNotice is thirty days. [1]\n\n\
             Sources\n[1] Supply Agreement, version 2, in force until 31 Dec 2025, page 4: \
             \u{201c}Notice\u{201d}\n\nWritten by an AI system."
        );
    }

    #[test]
    fn the_documents_own_words_stand_in_quotation_marks() {
        let mut quote = sample::sentence("Notice is\nthirty (30) days.", 1);
        quote.verbatim = true;
        let mut run = written(vec![quote]);
        run.ai_generated = false;
        let copied = answer_with_citations(&run);
        assert!(copied.starts_with("\u{201c}Notice is thirty (30) days.\u{201d} [1]\n"));
        assert!(copied.ends_with(&format!("\n\n{}.", text::QUOTES_ONLY)));
    }

    #[test]
    fn an_answer_without_citations_is_its_words_and_who_wrote_them() {
        let mut sentence = sample::sentence("Hello.", 1);
        sentence.citations.clear();
        let mut run = written(vec![sentence]);
        assert_eq!(
            answer_with_citations(&run),
            "Hello.\n\nWritten by an AI system."
        );
        run.ai_generated = false;
        assert_eq!(answer_with_citations(&run), "Hello.");
    }
}
