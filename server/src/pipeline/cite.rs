//! A sentence and its passages: the checks, and the exact words that it stands on.

use inhouse_guardrails::{citations, grounding};
use inhouse_protocol::{AnswerSentence, Check, CheckKind, Citation, PassageRef};
use inhouse_store::passage_header;

/// A sentence after its checks.
pub(super) enum Judged {
    /// Every check passed: it may be shown.
    Kept(AnswerSentence),
    /// A check failed: it is not shown. What failed, in words.
    Dropped(String),
}

/// Checks a sentence against the passages that it cites. A sentence that cites nothing, or the
/// wrong passage, is tried against each passage that was given: it is kept only where all checks
/// pass, so a citation is always one that holds.
pub(super) fn judge(written: &str, question: &str, passages: &[PassageRef]) -> Judged {
    let citations::Cited { text, numbers } = citations::extract(written);
    let cited: Vec<usize> = numbers
        .iter()
        .filter_map(|number| usize::try_from(*number).ok()?.checked_sub(1))
        .filter(|index| *index < passages.len())
        .collect();
    let mut failure = String::from("it cites no passage that was given");
    let singles = (0..passages.len()).map(|index| vec![index]);
    for candidate in std::iter::once(cited.clone()).chain(singles) {
        if candidate.is_empty() {
            continue;
        }
        // With its header: a sentence may name the document that it is from.
        let texts: Vec<String> = candidate
            .iter()
            .map(|index| with_header(&passages[*index]))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let checks = checks(&text, question, &texts);
        match checks.iter().find(|check| !check.passed) {
            None => {
                let citations = candidate
                    .iter()
                    .map(|index| citation(&text, *index, &passages[*index]))
                    .collect();
                return Judged::Kept(AnswerSentence {
                    text,
                    citations,
                    checks,
                });
            }
            Some(failed) if candidate == cited => failure.clone_from(&failed.detail),
            Some(_) => {}
        }
    }
    Judged::Dropped(failure)
}

/// A passage as it is judged: its header (document and headings) above its text.
pub(super) fn with_header(passage: &PassageRef) -> String {
    let header = passage_header(&passage.title, &passage.heading_path);
    format!("{header}\n{}", passage.text)
}

fn checks(sentence: &str, question: &str, passages: &[&str]) -> Vec<Check> {
    let cites = Check {
        kind: CheckKind::Citation,
        passed: true,
        detail: String::new(),
    };
    let checked = grounding::check(sentence, question, passages)
        .into_iter()
        .map(|result| Check {
            kind: kind(result.kind),
            passed: result.passed,
            detail: if result.passed {
                String::new()
            } else {
                result.detail
            },
        });
    std::iter::once(cites)
        .chain(checked.filter(|check| check.kind != CheckKind::Citation))
        .collect()
}

const fn kind(kind: grounding::CheckKind) -> CheckKind {
    match kind {
        grounding::CheckKind::Citation => CheckKind::Citation,
        grounding::CheckKind::Quote => CheckKind::Quote,
        grounding::CheckKind::Numbers => CheckKind::Numbers,
        grounding::CheckKind::Dates => CheckKind::Dates,
        grounding::CheckKind::Names => CheckKind::Names,
        grounding::CheckKind::Modality => CheckKind::Modality,
        grounding::CheckKind::Support => CheckKind::Support,
    }
}

/// The citation of a passage by a sentence: the part of the passage that carries it.
fn citation(sentence: &str, index: usize, passage: &PassageRef) -> Citation {
    let (from, to) = carrying_part(sentence, &passage.text);
    Citation {
        number: u32::try_from(index + 1).unwrap_or(u32::MAX),
        passage: passage.id.clone(),
        document: passage.document.clone(),
        version: passage.version.clone(),
        name: passage.name.clone(),
        title: passage.title.clone(),
        page: passage.page,
        start: passage.start + from,
        end: passage.start + to,
        quote: passage.text.chars().skip(from).take(to - from).collect(),
    }
}

/// Character range of the sentence of `passage` that shares most words with `sentence`; the whole
/// passage where none shares any.
fn carrying_part(sentence: &str, passage: &str) -> (usize, usize) {
    let wanted = words(sentence);
    let mut best = (0, 0, passage.chars().count());
    let mut at = 0;
    for part in inhouse_guardrails::sentences::split(passage) {
        let length = part.chars().count();
        let blank = part.chars().take_while(|c| c.is_whitespace()).count();
        let trailing = part.chars().rev().take_while(|c| c.is_whitespace()).count();
        let shared = words(&part)
            .iter()
            .filter(|word| wanted.contains(word))
            .count();
        if shared > best.0 {
            best = (shared, at + blank, at + length - trailing);
        }
        at += length;
    }
    (best.1, best.2)
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() > 2 || word.chars().all(|c| c.is_ascii_digit()))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::carrying_part;

    #[test]
    fn the_quote_is_the_sentence_that_carries_the_claim() {
        let passage = "Gifts are rare. Gifts above EUR 50 need approval by Legal. Ask early.";
        let (from, to) = carrying_part("A gift above EUR 50 needs approval.", passage);
        let quote: String = passage.chars().skip(from).take(to - from).collect();
        assert_eq!(quote, "Gifts above EUR 50 need approval by Legal.");
    }
}
