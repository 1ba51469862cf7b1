//! A sentence and its passages: the checks, the exact words that it stands on, and those words in
//! place of a sentence that fails.

use super::{language, prompt};
use inhouse_guardrails::{citations, extract, grounding, sentences};
use inhouse_protocol::{AnswerSentence, Check, CheckKind, Citation, PassageRef};
use inhouse_store::passage_header;

/// Share of a failed sentence's subject words that a sentence of the passage has to hold to stand
/// in its place.
const CARRIES: f64 = 0.6;

/// A sentence after its checks.
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    /// Share of its words that the passages carry, 0..=1; 0 where it cites none.
    pub(super) support: f64,
}

/// Whether a sentence may be shown.
pub(super) enum Verdict {
    /// Every check passed.
    Kept(AnswerSentence),
    /// A check failed: the passage's own words stand in its place. What failed, in words.
    Replaced(AnswerSentence, String),
    /// A check failed: it is not shown. What failed, in words.
    Dropped(String),
}

/// Checks a sentence against the passages that it cites. A sentence that cites nothing, or the
/// wrong passage, is tried against each passage that was given: it is kept only where all checks
/// pass, so a citation is always one that holds.
pub(super) fn judge(written: &str, question: &str, passages: &[PassageRef]) -> Judged {
    let citations::Cited { text, numbers } = citations::extract(&prompt::unmarked(written));
    let cited: Vec<usize> = numbers
        .iter()
        .filter_map(|number| usize::try_from(*number).ok()?.checked_sub(1))
        .filter(|index| *index < passages.len())
        .collect();
    let mut failure = None;
    let mut support = 0.0;
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
        let checks = checks(&text, question, &texts);
        let failed = checks.iter().find(|check| !check.passed);
        if failed.is_none() || candidate == cited {
            support = grounding::support(&text, question, &texts.join("\n\n"));
        }
        match failed {
            None => {
                let citations = candidate
                    .iter()
                    .map(|index| {
                        let passage = &passages[*index];
                        citation(*index, passage, carrying_part(&text, &passage.text))
                    })
                    .collect();
                let sentence = AnswerSentence {
                    text,
                    citations,
                    checks,
                    verbatim: false,
                    replaces: String::new(),
                };
                return Judged {
                    verdict: Verdict::Kept(sentence),
                    support,
                };
            }
            Some(failed) if candidate == cited => failure = Some(failed.clone()),
            Some(_) => {}
        }
    }
    let verdict = match failure {
        None => Verdict::Dropped("it cites no passage that was given".to_owned()),
        // The passage speaks of somebody else: its words don't answer either.
        Some(failed) if failed.kind == CheckKind::Names => Verdict::Dropped(failed.detail),
        Some(failed) => match instead(&text, question, &cited, passages) {
            Some(sentence) => {
                let sentence = AnswerSentence {
                    replaces: in_words(failed.kind).to_owned(),
                    ..sentence
                };
                Verdict::Replaced(sentence, failed.detail)
            }
            None => Verdict::Dropped(failed.detail),
        },
    };
    Judged { verdict, support }
}

/// The sentence of a cited passage that says what the failed one is about; none where none does.
fn instead(
    text: &str,
    question: &str,
    cited: &[usize],
    passages: &[PassageRef],
) -> Option<AnswerSentence> {
    let mut best: Option<(f64, usize, (usize, usize))> = None;
    for index in cited {
        for (from, to, part) in parts(&passages[*index].text) {
            let share = grounding::carries(text, &part);
            if share >= CARRIES && best.is_none_or(|(most, ..)| share > most) {
                best = Some((share, *index, (from, to)));
            }
        }
    }
    if let Some((_, index, part)) = best {
        return Some(verbatim(index, &passages[index], part));
    }
    // Words of another language can't be compared: what answers the question stands for them.
    let index = *cited.first()?;
    let passage = &passages[index];
    if !language::differ(text, &passage.text) {
        return None;
    }
    let found = extract::best(question, &[passage.text.as_str()], 1).pop()?;
    Some(verbatim(index, passage, (found.start, found.end)))
}

/// Why the document's words stand in place of a sentence.
const fn in_words(kind: CheckKind) -> &'static str {
    match kind {
        CheckKind::Citation => "The assistant's sentence cites no passage that was found.",
        CheckKind::Quote => "The assistant's sentence quotes words that do not stand there.",
        CheckKind::Numbers => "A number in the assistant's sentence does not stand there.",
        CheckKind::Dates => "A date or period in the assistant's sentence does not stand there.",
        CheckKind::Names => "A name or term in the assistant's sentence does not stand there.",
        CheckKind::Modality => {
            "The assistant's sentence differs in what may, must or must not be done."
        }
        CheckKind::Support => "The words of the assistant's sentence do not stand there.",
    }
}

/// Which document a passage is from, and under which headings.
pub(super) fn header(passage: &PassageRef) -> String {
    passage_header(&passage.title, &passage.heading_path)
}

/// A passage as it is judged: its header above its text.
pub(super) fn with_header(passage: &PassageRef) -> String {
    format!("{}\n{}", header(passage), passage.text)
}

/// The words of the passage at `part`, in characters, as a sentence of the answer. `index` is the
/// passage's place, from 0.
pub(super) fn verbatim(index: usize, passage: &PassageRef, part: (usize, usize)) -> AnswerSentence {
    let citation = citation(index, passage, part);
    AnswerSentence {
        text: prompt::one_line(&citation.quote),
        citations: vec![citation],
        checks: [CheckKind::Citation, CheckKind::Quote]
            .map(|kind| Check {
                kind,
                passed: true,
                detail: String::new(),
            })
            .to_vec(),
        verbatim: true,
        replaces: String::new(),
    }
}

fn checks(sentence: &str, question: &str, passages: &[String]) -> Vec<Check> {
    let passages: Vec<&str> = passages.iter().map(String::as_str).collect();
    let cites = Check {
        kind: CheckKind::Citation,
        passed: true,
        detail: String::new(),
    };
    let checked = grounding::check(sentence, question, &passages)
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

/// The citation of the characters `from..to` of a passage. `index` is its place, from 0.
pub(super) fn citation(index: usize, passage: &PassageRef, (from, to): (usize, usize)) -> Citation {
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
        quote: passage
            .text
            .chars()
            .skip(from)
            .take(to.saturating_sub(from))
            .collect(),
    }
}

/// The sentences of a passage with their characters, without the white space around them.
pub(super) fn parts(passage: &str) -> Vec<(usize, usize, String)> {
    let mut at = 0;
    let mut parts = Vec::new();
    for part in sentences::split(passage) {
        let from = at + part.chars().take_while(|c| c.is_whitespace()).count();
        at += part.chars().count();
        let trimmed = part.trim();
        if !trimmed.is_empty() {
            parts.push((from, from + trimmed.chars().count(), trimmed.to_owned()));
        }
    }
    parts
}

/// Character range of the sentence of `passage` that shares most words with `sentence`; the whole
/// passage where none shares any.
fn carrying_part(sentence: &str, passage: &str) -> (usize, usize) {
    let wanted = words(sentence);
    let mut best = (0, 0, passage.chars().count());
    for (from, to, part) in parts(passage) {
        let shared = words(&part)
            .iter()
            .filter(|word| wanted.contains(word))
            .count();
        if shared > best.0 {
            best = (shared, from, to);
        }
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
    use super::super::sample::passage;
    use super::*;

    const GIFTS: &str =
        "Gifts are rare. Gifts from a supplier above EUR 50 need approval by Legal.\n Ask early.";
    const QUESTION: &str = "Which gifts need approval?";

    fn judged(sentence: &str) -> Verdict {
        judge(sentence, QUESTION, &[passage(GIFTS)]).verdict
    }

    #[test]
    fn the_quote_is_the_sentence_that_carries_the_claim() {
        let Verdict::Kept(sentence) = judged("Gifts above EUR 50 need approval by Legal [1].")
        else {
            panic!("it stands there");
        };
        let citation = &sentence.citations[0];
        assert_eq!(
            citation.quote,
            "Gifts from a supplier above EUR 50 need approval by Legal."
        );
        assert_eq!(citation.start, 100 + GIFTS.find("Gifts from").unwrap());
        assert!(!sentence.verbatim);
    }

    #[test]
    fn a_sentence_with_a_wrong_number_gives_way_to_the_documents_words() {
        let Verdict::Replaced(sentence, why) =
            judged("Gifts from a supplier above EUR 80 need approval by Legal [1].")
        else {
            panic!("the passage has a sentence about it");
        };
        assert!(sentence.verbatim);
        assert_eq!(
            sentence.text,
            "Gifts from a supplier above EUR 50 need approval by Legal."
        );
        assert_eq!(sentence.text, sentence.citations[0].quote);
        assert!(sentence.checks.iter().all(|check| check.passed));
        // What was invented is told to the desk only.
        assert!(
            why.contains("80") && !sentence.replaces.contains("80"),
            "{why}"
        );
        assert!(!sentence.replaces.is_empty());
    }

    #[test]
    fn a_sentence_about_something_else_is_dropped() {
        let strange = judged("The limit for hotels is 987 dollars a night [1].");
        assert!(matches!(strange, Verdict::Dropped(_)));
        let uncited = judged("Bicycles may be parked in the yard.");
        assert!(matches!(uncited, Verdict::Dropped(why) if why.contains("cites no passage")));
    }

    #[test]
    fn a_translated_sentence_that_words_cannot_carry_gives_way_to_the_quote() {
        let passage = passage(
            "Employees may work remotely for up to three days per week. The notice period for \
             employees is one month to the end of a calendar month.",
        );
        let judged = judge(
            "Die Kündigungsfrist für Angestellte beträgt einen Monat zum Ende eines Monats [1].",
            "What is the notice period for employees?",
            &[passage],
        );
        let Verdict::Replaced(sentence, _) = judged.verdict else {
            panic!("the passage answers the question");
        };
        assert!(
            sentence.text.starts_with("The notice period"),
            "{}",
            sentence.text
        );
    }

    #[test]
    fn parts_keep_their_characters() {
        let text = "  Überall. \n\nZwei Sätze folgen. Ende";
        for (from, to, part) in parts(text) {
            let there: String = text.chars().skip(from).take(to - from).collect();
            assert_eq!(there, part);
        }
        assert_eq!(parts(text).len(), 3);
    }
}
