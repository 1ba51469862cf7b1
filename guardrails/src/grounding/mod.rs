//! Checks a written sentence against the passages that it cites, before anybody sees it.
//!
//! The checks are about words and figures, not about meaning: a sentence passes when all that
//! could mislead in it (quotes, numbers, amounts, dates, periods, names, 'shall', 'may', 'not')
//! stands in the passages too and most of its other words do. They err on the strict side; what
//! fails is replaced by the quote itself or dropped, never shown as an answer.

mod bounds;
mod context;
mod dates;
mod defined;
mod facts;
mod modality;
mod names;
mod numbers;
mod quotes;
mod reading;
mod roles;
mod units;

use crate::citations;
use crate::statements::without_list_mark;
use crate::text::{stem, subject_stems, words};
use context::Context;
use std::collections::BTreeSet;

pub(crate) use bounds::{Bound, bound};
pub(crate) use context::subjects;
pub(crate) use dates::Date;
pub(crate) use facts::{Fact, Measure};
pub(crate) use modality::{Force, Frame, frames_of, is_conditional};
pub(crate) use names::names as names_of;
pub(crate) use reading::{Side, facts_of};
pub(crate) use units::Unit;

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
    /// Every name stands in the passage.
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

impl Finding {
    /// What a further check found, where this one found nothing wrong.
    fn or(self, further: impl FnOnce() -> Option<String>) -> Self {
        match self {
            Self::Passed => further().map_or(Self::Passed, Self::Failed),
            other => other,
        }
    }

    /// Both findings in one: what failed first, else that something was checked.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Failed(detail), _) | (_, Self::Failed(detail)) => Self::Failed(detail),
            (Self::Nothing, Self::Nothing) => Self::Nothing,
            _ => Self::Passed,
        }
    }
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
    let own = subjects(sentence);
    let about: BTreeSet<String> = own.union(&subjects(question)).cloned().collect();
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
    let figures = |mine: &[Fact]| {
        figures(mine, &theirs, &source).or(|| {
            mine.iter()
                .find_map(|fact| bounds::turned(sentence, fact, &theirs, &context, &own))
        })
    };
    [
        (CheckKind::Quote, quotes::check(sentence, passages)),
        (CheckKind::Numbers, figures(&numbers)),
        (CheckKind::Dates, figures(&times)),
        (
            CheckKind::Names,
            names::check(sentence, &source).and(defined::check(sentence, question, &source)),
        ),
        (CheckKind::Modality, modality::check(sentence, passages)),
        (CheckKind::Support, supported(sentence, question, &source)),
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

/// The share of the sentence's subject words that stand in `source`, 0..=1. Words that it only
/// takes over from the question and those of its figures count neither way. 0 where none of its
/// words stands there.
pub fn support(sentence: &str, question: &str, source: &str) -> f64 {
    let sentence = citations::extract(sentence).text;
    Carried::of(&sentence, question, source).share()
}

/// The share of the sentence's subject words that stand in a sentence of a passage, 0..=1: how
/// much of what was written a quote of that sentence would say too.
pub fn carries(sentence: &str, passage_sentence: &str) -> f64 {
    support(sentence, "", passage_sentence)
}

/// Stems of the words that figures and their bounds are written with.
pub(crate) fn words_of_figures(text: &str) -> BTreeSet<String> {
    let bounds = words(text).into_iter().map(|word| word.lower);
    facts_of(text, Side::Claim)
        .iter()
        .flat_map(|fact| subject_stems(&fact.text))
        .chain(bounds.filter(|w| bounds::is_cue(w)).map(|w| stem(&w)))
        .collect()
}

/// Which of a sentence's subject words stand in the passages: stems.
struct Carried {
    carried: usize,
    missing: Vec<String>,
}

impl Carried {
    fn of(sentence: &str, question: &str, source: &str) -> Self {
        let mut neutral: BTreeSet<String> = subject_stems(question).into_iter().collect();
        // Figures have their own checks, and may be written in other words.
        neutral.append(&mut words_of_figures(sentence));
        let found: BTreeSet<String> = subject_stems(source).into_iter().collect();
        let (there, not): (Vec<String>, Vec<String>) = subject_stems(sentence)
            .into_iter()
            .partition(|word| found.contains(word));
        Self {
            carried: there.len(),
            missing: not.into_iter().filter(|w| !neutral.contains(w)).collect(),
        }
    }

    const fn total(&self) -> usize {
        self.carried + self.missing.len()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "counts of words of one sentence"
    )]
    fn share(&self) -> f64 {
        if self.carried == 0 {
            return 0.0;
        }
        self.carried as f64 / self.total() as f64
    }
}

/// Whether enough of the sentence's subject words stand in the passages.
fn supported(sentence: &str, question: &str, source: &str) -> Finding {
    let carried = Carried::of(sentence, question, source);
    if carried.carried == 0 {
        return Finding::Failed("none of its words stand in the cited passage".to_owned());
    }
    if carried.share() >= SUPPORT {
        return Finding::Passed;
    }
    Finding::Failed(format!(
        "{} of its {} words stand in the cited passage; missing: {}",
        carried.carried,
        carried.total(),
        carried.missing.join(", ")
    ))
}

#[cfg(test)]
mod pairs;
#[cfg(test)]
mod tests;
