//! Documents that say different things of the same: two in force, different values for one thing.
//!
//! Found by words and figures, and careful: a false alarm takes an answer away, so whatever could
//! be another case (other people, another place, a condition, another contract) is no conflict.

mod case;
mod value;

use crate::asked::{self, Kind};
use crate::statements::{characters, without_number};
use crate::text::{stem, subject_stems, words};
use crate::units::{self, Unit};
use case::Case;
pub(crate) use case::{groups_and_places, meanings};
use std::collections::BTreeSet;
use value::Value;

/// A passage that may stand on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side<'a> {
    /// The document's id.
    pub document: &'a str,
    /// The document's title and headings, parted by ' > '.
    pub header: &'a str,
    /// The passage's text, without them.
    pub text: &'a str,
}

/// Documents that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What they differ in, in words of the question, such as 'notice period'.
    pub about: String,
    /// Two or more, of different documents, in the order of the passages.
    pub sides: Vec<Position>,
}

/// What one document says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Index of the passage among those given.
    pub passage: usize,
    /// The statement that says it: characters of the passage's text.
    pub start: usize,
    pub end: usize,
    /// The value as it stands there, such as '30 days'.
    pub value: String,
}

/// A contradiction in what `passages` say to a question. Passages of one document never
/// contradict each other, nor do contracts: each holds between its own parties.
pub fn find(question: &str, passages: &[Side<'_>]) -> Option<Contradiction> {
    let about = meanings(asked::about(question));
    if about.len() < 2 {
        return None;
    }
    let kind = asked::kind(question);
    let statements = each_documents(
        passages
            .iter()
            .enumerate()
            .filter(|(_, passage)| !is_contract(passage))
            .flat_map(|(index, passage)| statements(question, kind, &about, index, passage))
            .collect(),
    );
    let contradicts = |a: &Statement<'_>, b: &Statement<'_>| {
        a.value.is_comparable_to(&b.value)
            && a.value.differs_from(&b.value)
            && a.case.is_same_as(&b.case, &about)
    };
    let (at, first, second) = statements.iter().enumerate().find_map(|(at, first)| {
        statements[at + 1..]
            .iter()
            .find(|second| contradicts(first, second))
            .map(|second| (at, first, second))
    })?;
    let further = statements[at + 1..]
        .iter()
        .filter(|third| contradicts(first, third) && contradicts(second, third));
    let sides = [first, second]
        .into_iter()
        .chain(further)
        .map(Statement::position)
        .collect();
    Some(Contradiction {
        about: common_words(question, &first.near, &second.near),
        sides,
    })
}

/// A statement that answers the question with one value.
struct Statement<'a> {
    passage: usize,
    source: &'a Side<'a>,
    unit: Unit,
    /// The statement without the number of its clause.
    text: &'a str,
    near: BTreeSet<String>,
    value: Value,
    case: Case,
}

impl Statement<'_> {
    fn position(&self) -> Position {
        Position {
            passage: self.passage,
            start: characters(self.source.text, self.unit.start),
            end: characters(self.source.text, self.unit.end),
            value: self.value.shown(self.text),
        }
    }
}

/// The statements of a passage that are about what is asked and give one value for it.
fn statements<'a>(
    question: &str,
    kind: Kind,
    about: &BTreeSet<String>,
    index: usize,
    passage: &'a Side<'a>,
) -> Vec<Statement<'a>> {
    let header: BTreeSet<String> = subject_stems(passage.header).into_iter().collect();
    let found = units::of(passage.text).into_iter().filter_map(|unit| {
        let own = meanings(unit.own.iter().cloned());
        // The columns of a table are the head of each of its rows.
        let columns = unit.before.iter().filter(|_| unit.row);
        let near: BTreeSet<String> = &own | &meanings(header.iter().chain(columns).cloned());
        let text = without_number(&passage.text[unit.core..unit.end]);
        if !is_about(about, &own, &near) {
            return None;
        }
        let value = Value::of(text, kind, question)?;
        let case = Case::of(text, &own, &near, passage);
        Some(Statement {
            passage: index,
            source: passage,
            unit,
            text,
            near,
            value,
            case,
        })
    });
    found.collect()
}

/// Whether most of what is asked about stands near the value: half of it in the statement itself,
/// two thirds with its headings.
fn is_about(about: &BTreeSet<String>, own: &BTreeSet<String>, near: &BTreeSet<String>) -> bool {
    let inside = about.intersection(own).count();
    let nearby = about.intersection(near).count();
    inside * 2 >= about.len() && nearby * 3 >= about.len() * 2
}

/// The first statement of each document, for documents whose statements agree: one that gives
/// several values tells cases apart that words can't be trusted to tell.
fn each_documents(statements: Vec<Statement<'_>>) -> Vec<Statement<'_>> {
    let mut kept: Vec<Statement<'_>> = Vec::new();
    let mut mixed: BTreeSet<&str> = BTreeSet::new();
    for statement in statements {
        let document = statement.source.document;
        match kept.iter().find(|other| other.source.document == document) {
            None => kept.push(statement),
            Some(other) => {
                if !other.value.is_comparable_to(&statement.value)
                    || other.value.differs_from(&statement.value)
                {
                    mixed.insert(document);
                }
            }
        }
    }
    kept.retain(|statement| !mixed.contains(statement.source.document));
    kept
}

/// Whether a passage is of a contract: by its title, or by the words of its text.
fn is_contract(passage: &Side<'_>) -> bool {
    #[rustfmt::skip]
    const TITLES: &[&str] = &[
        "addendum", "agreement", "amendment", "contract", "deed", "dpa", "lease", "license", "licence", "msa", "nda",
        "order", "sow", "statement", "vereinbarung", "vertrag",
    ];
    #[rustfmt::skip]
    const RULES: &[&str] = &[
        "code", "directive", "faq", "guide", "guideline", "guidelines", "handbook", "manual", "policy", "policies",
        "procedure", "regulation", "regulations", "rules", "schedule", "standard", "handbuch", "leitfaden", "richtlinie",
    ];
    const PHRASES: &[&str] = &[
        "this agreement",
        "this contract",
        "this lease",
        "the parties",
        "either party",
        "each party",
        "neither party",
        "both parties",
        "hereunder",
        "hereof",
        "hereto",
        "dieser vertrag",
        "diesem vertrag",
        "dieses vertrags",
        "die parteien",
        "the licensee",
        "the lessee",
        "the tenant",
    ];
    let title = passage.header.split(" > ").next().unwrap_or_default();
    let words = words(title);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.lower.as_str()));
    let text = passage.text.to_lowercase();
    has(TITLES) && !has(RULES) || PHRASES.iter().any(|phrase| text.contains(phrase))
}

/// The longest run of words of the question, four at most, that both statements share.
fn common_words(question: &str, one: &BTreeSet<String>, two: &BTreeSet<String>) -> String {
    let words = words(question);
    let shared = |lower: &str| {
        meanings(lower.split('-').map(stem))
            .iter()
            .any(|stem| one.contains(stem) && two.contains(stem))
    };
    let mut best = 0..0;
    let mut at = 0;
    while at < words.len() {
        let length = words[at..]
            .iter()
            .enumerate()
            .take(4)
            .take_while(|(step, word)| shared(&word.lower) && (*step == 0 || word.gap == " "))
            .count();
        if length > best.len() {
            best = at..at + length;
        }
        at += length.max(1);
    }
    if best.is_empty() {
        return String::new();
    }
    question[words[best.start].start..words[best.end - 1].end].to_owned()
}

#[cfg(test)]
mod tests;
