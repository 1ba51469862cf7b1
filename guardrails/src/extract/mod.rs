//! The statements of passages that answer a question best, in the documents' own words and
//! without a model.
//!
//! A statement scores by the question's subject words that stand in it (rare ones count more; the
//! heading above it and the statement before it count in part), by whether it holds the kind of
//! answer that was asked for, and by the place of its passage.

use crate::asked::{self, Kind};
use crate::statements::characters;
use crate::text::{subject_stems, words};
use crate::units::{self, Unit};
use std::collections::BTreeSet;

/// Where a passage stands, and what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'a> {
    /// The document's title and headings; may be empty.
    pub header: &'a str,
    pub text: &'a str,
}

/// A statement of a passage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extract {
    /// Index of the passage among those given.
    pub passage: usize,
    /// Characters of the passage's text, without white space around.
    pub start: usize,
    pub end: usize,
    /// How well it fits the question, 0..=1.
    pub score: f64,
}

/// Lowest score that is given out.
const LOWEST: f64 = 0.2;
/// Share of the best score that a further statement has to reach.
const NEAR_BEST: f64 = 0.55;
/// What a word counts for that stands in the heading, in the statement before, or elsewhere in
/// the passage.
const IN_HEADER: f64 = 0.7;
const IN_STATEMENT_BEFORE: f64 = 0.5;
const IN_PASSAGE: f64 = 0.25;
/// What each further passage loses, and what it keeps at least.
const PLACE: f64 = 0.03;
const PLACE_FLOOR: f64 = 0.7;

/// The best statements of `passages` (texts without their headings, the best passage first) for a
/// question: at most `most`, the best first, none twice.
pub fn best(question: &str, passages: &[&str], most: usize) -> Vec<Extract> {
    let sources: Vec<Source<'_>> = passages
        .iter()
        .map(|text| Source { header: "", text })
        .collect();
    best_of(question, &sources, most)
}

/// As [`best`], with the headings that the passages stand under.
pub fn best_of(question: &str, passages: &[Source<'_>], most: usize) -> Vec<Extract> {
    let asked = Asked::of(question, passages);
    let mut found: Vec<(f64, usize, Unit)> = Vec::new();
    for (index, passage) in passages.iter().enumerate() {
        let header: BTreeSet<String> = subject_stems(passage.header).into_iter().collect();
        let all: BTreeSet<String> = subject_stems(passage.text).into_iter().collect();
        for unit in units::of(passage.text) {
            let score = asked.score(&unit, passage.text, &header, &all) * place(index);
            if score >= LOWEST {
                found.push((score, index, unit));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let enough = found.first().map_or(0.0, |best| best.0 * NEAR_BEST);
    let mut chosen: Vec<(f64, usize, Unit)> = Vec::new();
    for (score, index, unit) in found {
        if score < enough || chosen.len() >= most {
            break;
        }
        let text = passages[index].text;
        if let Some((.., other)) = chosen
            .iter_mut()
            .find(|(_, at, other)| *at == index && other.overlaps(&unit))
        {
            other.join(&unit);
            continue;
        }
        let again = chosen
            .iter()
            .any(|(_, at, other)| is_same(passages[*at].text, other, text, &unit));
        if !again {
            chosen.push((score, index, unit));
        }
    }
    chosen
        .iter()
        .map(|(score, index, unit)| Extract {
            passage: *index,
            start: characters(passages[*index].text, unit.start),
            end: characters(passages[*index].text, unit.end),
            score: score.clamp(0.0, 1.0),
        })
        .collect()
}

/// What a passage's place among the others leaves of a score.
fn place(index: usize) -> f64 {
    let index = u32::try_from(index).map_or(f64::MAX, f64::from);
    (1.0 - PLACE * index).max(PLACE_FLOOR)
}

/// What is asked, with the weight of each word.
struct Asked {
    kind: Kind,
    about: BTreeSet<String>,
    /// The same, with the weight of each.
    stems: Vec<(String, f64)>,
}

impl Asked {
    /// A word weighs the more the fewer of the passages hold it: ln((N + 1) / (n + 0.5)), the
    /// inverse document frequency over the passages. One that none holds weighs as one that a
    /// single passage holds.
    fn of(question: &str, passages: &[Source<'_>]) -> Self {
        let texts: Vec<BTreeSet<String>> = passages
            .iter()
            .map(|passage| subject_stems(passage.text).into_iter().collect())
            .collect();
        let count = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
        let about = asked::about(question);
        let stems = about
            .iter()
            .map(|stem| {
                let holding = texts.iter().filter(|text| text.contains(stem)).count();
                let rare = (count(texts.len() + 1) / (count(holding.max(1)) + 0.5)).ln();
                (stem.clone(), 0.3 + rare.max(0.0))
            })
            .collect();
        Self {
            kind: asked::kind(question),
            about,
            stems,
        }
    }

    /// How well a statement fits, 0..=1.
    fn score(
        &self,
        unit: &Unit,
        text: &str,
        header: &BTreeSet<String>,
        all: &BTreeSet<String>,
    ) -> f64 {
        let total: f64 = self.stems.iter().map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return 0.0;
        }
        let covered: f64 = self
            .stems
            .iter()
            .map(|(stem, weight)| {
                let part = if unit.own.contains(stem) {
                    1.0
                } else if header.contains(stem) {
                    IN_HEADER
                } else if unit.before.contains(stem) {
                    IN_STATEMENT_BEFORE
                } else if all.contains(stem) {
                    IN_PASSAGE
                } else {
                    0.0
                };
                part * weight
            })
            .sum();
        let speaks = self.stems.iter().any(|(stem, _)| unit.own.contains(stem));
        let answers = self.kind.stands_in(&text[unit.core..unit.end], &self.about);
        if !(speaks || answers && self.kind.is_figure()) {
            return 0.0;
        }
        covered / total * if answers { 1.0 } else { self.kind.without() }
    }
}

impl Kind {
    /// What is left of the score of a statement that doesn't hold the kind of answer asked for.
    /// 'When' is often answered with an event, 'may I' with a plain statement.
    const fn without(self) -> f64 {
        match self {
            Self::Open => 1.0,
            Self::Date | Self::Permission => 0.8,
            Self::Person => 0.7,
            _ => 0.5,
        }
    }
}

/// Whether two statements say the same in almost the same words. Other figures make another
/// statement.
fn is_same(a: &str, one: &Unit, b: &str, two: &Unit) -> bool {
    let set = |text: &str| -> BTreeSet<String> {
        words(text).into_iter().map(|word| word.lower).collect()
    };
    let (one, two) = (set(&a[one.core..one.end]), set(&b[two.core..two.end]));
    let differs = one
        .symmetric_difference(&two)
        .any(|word| word.contains(|c: char| c.is_ascii_digit()) && word.len() > 1);
    let shared = one.intersection(&two).count();
    let all = one.union(&two).count();
    !differs && shared * 10 >= all * 9
}

#[cfg(test)]
mod tests;
