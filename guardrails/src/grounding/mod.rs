//! Checks a written sentence against the passages that it cites, before anybody sees it.
//!
//! The checks are about words and figures, not about meaning: a sentence passes when all that
//! could mislead in it (quotes, numbers, amounts, dates, periods, names, 'shall', 'may', 'not')
//! stands in the passages too and most of its other words do. They err on the strict side; what
//! fails is replaced by the quote itself or dropped, never shown as an answer.

mod context;
mod dates;
mod facts;
mod modality;
mod names;
mod numbers;
mod quotes;
mod roles;
mod units;

use crate::citations;
use crate::text::subject_stems;
use context::{Context, subjects};
use facts::{Fact, Measure, Side, facts_of};
use std::collections::BTreeSet;

/// Share of the sentence's own subject words that have to stand in the passages.
const SUPPORT: f64 = 0.55;

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckKind {
    /// It cites a passage that was given to the model.
    Citation,
    /// Quoted words stand in the passage verbatim.
    Quote,
    /// Every number, percentage and amount stands in the passage.
    Numbers,
    /// Every date and period stands in the passage.
    Dates,
    /// Every name stands in the passage or the question.
    Names,
    /// 'shall', 'may' and 'not' agree with the passage.
    Modality,
    /// Its words are carried by the passage.
    Support,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    pub kind: CheckKind,
    pub passed: bool,
    /// What failed, in words; empty when passed.
    pub detail: String,
}

/// What one check found.
enum Finding {
    /// The sentence holds nothing to check.
    Nothing,
    Passed,
    /// What failed, in words.
    Failed(String),
}

impl CheckResult {
    fn of(kind: CheckKind, finding: Finding) -> Option<Self> {
        let (passed, detail) = match finding {
            Finding::Nothing => return None,
            Finding::Passed => (true, String::new()),
            Finding::Failed(detail) => (false, detail),
        };
        Some(Self {
            kind,
            passed,
            detail,
        })
    }
}

/// Checks `sentence` against `passages`, those it cites, header and text each.
///
/// `Citation` and `Support` are always reported; the others when the sentence holds something
/// for them to check. Citation markers in the sentence are left out of account.
pub fn check(sentence: &str, question: &str, passages: &[&str]) -> Vec<CheckResult> {
    let cited = citations::extract(sentence);
    let sentence = without_list_mark(&cited.text);
    let citation = if passages.is_empty() {
        Finding::Failed("it cites no passage that was found".to_owned())
    } else {
        Finding::Passed
    };
    let mut findings = vec![(CheckKind::Citation, citation)];
    if !passages.is_empty() {
        findings.extend(against(sentence, question, passages));
    }
    findings
        .into_iter()
        .filter_map(|(kind, finding)| CheckResult::of(kind, finding))
        .collect()
}

/// The checks of a sentence that cites something.
fn against(sentence: &str, question: &str, passages: &[&str]) -> [(CheckKind, Finding); 6] {
    let source = passages.join("\n\n");
    let mine = facts_of(sentence, Side::Claim);
    let context = Context::of(&source);
    let about: BTreeSet<String> = subjects(sentence)
        .union(&subjects(question))
        .cloned()
        .collect();
    let theirs: Vec<Fact> = facts_of(&source, Side::Source)
        .into_iter()
        .filter(|fact| context.speaks_of(fact.start, &about))
        .collect();
    let (times, numbers): (Vec<Fact>, Vec<Fact>) = mine.into_iter().partition(|fact| {
        matches!(
            fact.measure,
            Measure::Date(_) | Measure::Period(_) | Measure::Rate(..)
        )
    });
    [
        (CheckKind::Quote, quotes::check(sentence, passages)),
        (CheckKind::Numbers, figures(&numbers, &theirs, &source)),
        (CheckKind::Dates, figures(&times, &theirs, &source)),
        (CheckKind::Names, names::check(sentence, question, &source)),
        (CheckKind::Modality, modality::check(sentence, passages)),
        (CheckKind::Support, support(sentence, question, &source)),
    ]
}

/// Whether every check passed.
pub fn passed(results: &[CheckResult]) -> bool {
    !results.is_empty() && results.iter().all(|result| result.passed)
}

/// Whether a sentence of the model says that the passages don't answer the question.
pub fn says_not_found(sentence: &str) -> bool {
    let lower = sentence.to_lowercase().replace('’', "'");
    let about = [
        "passage",
        "document",
        "excerpt",
        "information",
        "text",
        "context",
        "source",
        "provided",
        "given",
    ];
    let lacks = [
        "do not say",
        "don't say",
        "does not say",
        "doesn't say",
        "do not answer",
        "don't answer",
        "does not answer",
        "do not contain",
        "don't contain",
        "does not contain",
        "doesn't contain",
        "do not mention",
        "does not mention",
        "doesn't mention",
        "do not provide",
        "does not provide",
        "doesn't provide",
        "do not specify",
        "does not specify",
        "do not include information",
        "does not include information",
        "do not state",
        "does not state",
        "not specified in",
        "not mentioned in",
        "not stated in",
        "not provided in",
        "no information",
        "not enough information",
        "cannot be determined",
        "not found in",
    ];
    about.iter().any(|word| lower.contains(word)) && lacks.iter().any(|say| lower.contains(say))
}

/// A list mark at the head is no part of the sentence: '1. ', '(a) ', '- '.
fn without_list_mark(sentence: &str) -> &str {
    let trimmed = sentence
        .trim_start()
        .trim_start_matches(['-', '•', '*', '–'])
        .trim_start();
    let bare = trimmed.strip_prefix('(').unwrap_or(trimmed);
    let mark = bare.chars().take_while(char::is_ascii_alphanumeric).count();
    let number = bare[..mark].bytes().all(|b| b.is_ascii_digit());
    let fits = (1..=2).contains(&mark) && (number || mark == 1);
    match bare[mark..].strip_prefix([')', '.']) {
        Some(rest) if fits && rest.starts_with(' ') => rest.trim_start(),
        _ => trimmed,
    }
}

/// Whether each figure of the sentence stands in the passages.
fn figures(mine: &[Fact], theirs: &[Fact], source: &str) -> Finding {
    if mine.is_empty() {
        return Finding::Nothing;
    }
    let missing: Vec<&str> = mine
        .iter()
        .filter(|fact| !fact.stands_in(theirs, source))
        .map(|fact| fact.text.as_str())
        .collect();
    not_in_passage(&missing)
}

/// 'a' and 'b' don't stand in the cited passage.
fn not_in_passage(missing: &[&str]) -> Finding {
    if missing.is_empty() {
        return Finding::Passed;
    }
    let each: BTreeSet<String> = missing.iter().map(|word| format!("'{word}'")).collect();
    let verb = if each.len() == 1 {
        "does not"
    } else {
        "do not"
    };
    let list: Vec<String> = each.into_iter().collect();
    Finding::Failed(format!(
        "{} {verb} stand in the cited passage",
        list.join(", ")
    ))
}

/// The share of the sentence's subject words found in the passages. Words that it only takes
/// over from the question count neither way.
fn support(sentence: &str, question: &str, source: &str) -> Finding {
    let asked: BTreeSet<String> = subject_stems(question).into_iter().collect();
    let found: BTreeSet<String> = subject_stems(source).into_iter().collect();
    let words = subject_stems(sentence);
    let carried = words.iter().filter(|w| found.contains(*w)).count();
    let missing: Vec<&str> = words
        .iter()
        .filter(|w| !found.contains(*w) && !asked.contains(*w))
        .map(String::as_str)
        .collect();
    let total = carried + missing.len();
    if carried == 0 {
        return Finding::Failed("none of its words stand in the cited passage".to_owned());
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of words of one sentence"
    )]
    let share = carried as f64 / total as f64;
    if share >= SUPPORT {
        return Finding::Passed;
    }
    Finding::Failed(format!(
        "{carried} of its {total} words stand in the cited passage; missing: {}",
        missing.join(", ")
    ))
}

#[cfg(test)]
mod tests;
