//! Whether two statements speak of the same case. Only then do different values contradict each
//! other: what holds for contractors says nothing of employees, and a rule for Germany nothing of
//! Sweden. In doubt the cases are different.

use super::Side;
use crate::grounding::{self, Measure, facts_of, names_of, subjects, words_of_figures};
use crate::text::{is_empty_word, stem, subject_stems, words};
use std::collections::BTreeSet;

/// The case that a statement speaks of.
#[derive(Debug)]
pub(super) struct Case {
    /// Stems of the statement, with the head of its list.
    own: BTreeSet<String>,
    /// The same with those of the headings and of a table's columns.
    near: BTreeSet<String>,
    /// Stems of everything in the passage and its headings.
    around: BTreeSet<String>,
    /// Stem of the first word that carries a meaning.
    first: Option<String>,
    groups: BTreeSet<String>,
    places: BTreeSet<String>,
    names: BTreeSet<String>,
    /// What stands behind 'for', 'during', 'in', 'if' and their like.
    qualifiers: BTreeSet<String>,
    /// How often, and in which years.
    times: Vec<String>,
}

/// People and companies that have rules of their own. Employees are not among them: what names
/// nobody is for them.
#[rustfmt::skip]
const GROUPS: &[&str] = &[
    "agency", "agent", "applicant", "apprentice", "buyer", "candidate", "client", "consultant", "contractor",
    "customer", "director", "distributor", "driver", "executive", "external", "freelancer", "full-time", "graduate",
    "guest", "intern", "interim", "landlord", "lessee", "lessor", "licensee", "licensor", "manager", "minor",
    "official", "part-time", "pensioner", "probation", "probationary", "researcher", "retiree",
    "seasonal", "seller", "senior", "junior", "student", "subcontractor", "supplier", "temp", "temporary", "tenant",
    "trainee", "vendor", "visitor", "volunteer", "women", "men", "parent", "white-collar", "blue-collar",
];

/// Countries and regions; towns are told by their capital.
#[rustfmt::skip]
const PLACES: &[&str] = &[
    "abroad", "africa", "america", "american", "asia", "australia", "austria", "austrian", "belgium", "brazil",
    "britain", "british", "california", "canada", "china", "chinese", "czech", "danish", "delaware", "denmark",
    "domestic", "dutch", "eea", "eu", "europe", "european", "finland", "finnish", "france", "french", "german",
    "germany", "greece", "hungary", "iceland", "india", "indian", "international", "ireland", "irish", "italian",
    "italy", "japan", "japanese", "korea", "luxembourg", "mexico", "national", "netherlands", "norway", "norwegian",
    "overseas", "poland", "polish", "portugal", "romania", "scotland", "singapore", "spain", "spanish", "sweden",
    "swedish", "swiss", "switzerland", "turkey", "uk", "usa",
];

/// Words of roles and bodies: a capital makes no case of them.
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "audit", "board", "ceo", "cfo", "chief", "committee", "company", "compliance", "counsel", "data", "department",
    "executive", "finance", "function", "general", "group", "head", "hr", "human", "legal", "management", "office",
    "officer", "personnel", "policy", "privacy", "protection", "purchasing", "resources", "security", "team",
];

/// Verbs and nouns that many rules share.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "accept", "allow", "amount", "annual", "appl", "approv", "company", "deduct", "employe", "entitl", "exceed",
    "follow", "get", "give", "grant", "hand", "hold", "keep", "last", "limit", "maximum", "minimum", "need", "pay",
    "permit", "provid", "receiv", "reimburs", "requir", "retain", "select", "set", "staff", "stand", "stor", "submit",
    "take", "worker", "colleagu",
];

/// Stems of words that mean the same in company rules, and the one that they are counted as.
const SAME: &[(&str, &str)] = &[
    ("trip", "travel"),
    ("journey", "travel"),
    ("holiday", "vacation"),
    ("leav", "vacation"),
    ("laptop", "comput"),
    ("vehicl", "car"),
    ("remuner", "salary"),
    ("wag", "salary"),
];

/// The stems, words of one meaning made one.
pub(crate) fn meanings(stems: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    stems
        .into_iter()
        .map(|stem| match SAME.iter().find(|(one, _)| *one == stem) {
            Some((_, other)) => (*other).to_owned(),
            None => stem,
        })
        .collect()
}

/// Most words of one statement that the other one doesn't explain, where that one has none of its
/// own: with words on both sides they speak of different things.
const STRANGE: usize = 3;

impl Case {
    /// The case of a statement: its text, what it is about itself and with its headings, and the
    /// passage that it stands in.
    pub(super) fn of(
        statement: &str,
        own: &BTreeSet<String>,
        near: &BTreeSet<String>,
        passage: &Side<'_>,
    ) -> Self {
        let in_text = |list: &[&str], text: &str| -> BTreeSet<String> {
            words(text)
                .iter()
                .filter(|word| is_listed(list, &word.lower))
                .map(|word| stem(&word.lower))
                .collect()
        };
        let in_both = |list: &[&str]| -> BTreeSet<String> {
            in_text(list, statement)
                .union(&in_text(list, passage.header))
                .cloned()
                .collect()
        };
        let subjects = subjects(statement);
        let measures = subject_stems(statement)
            .into_iter()
            .filter(|stem| !subjects.contains(stem));
        let figures = meanings(measures.chain(words_of_figures(statement)));
        let without = |stems: &BTreeSet<String>| stems.difference(&figures).cloned().collect();
        Self {
            near: near.clone(),
            around: [passage.header, passage.text]
                .into_iter()
                .flat_map(subject_stems)
                .collect(),
            first: meanings(subject_stems(statement).into_iter().take(1)).pop_first(),
            groups: in_both(GROUPS),
            places: in_both(PLACES),
            names: names_of(statement)
                .into_iter()
                .filter(|name| !is_listed(ROLES, &name.to_lowercase()))
                .flat_map(subject_stems)
                .collect(),
            qualifiers: without(&meanings(qualifiers(statement))),
            times: times(statement),
            own: without(own),
        }
    }

    /// Whether both speak of the same case, as far as words can tell. `asked` is what the
    /// question is about.
    pub(super) fn is_same_as(&self, other: &Self, asked: &BTreeSet<String>) -> bool {
        let strange = (
            self.strange_words(other, asked),
            other.strange_words(self, asked),
        );
        self.groups == other.groups
            && self.places == other.places
            && self.times == other.times
            && self.names.iter().all(|name| other.around.contains(name))
            && other.names.iter().all(|name| self.around.contains(name))
            && !self.is_narrower(other, asked)
            && !other.is_narrower(self, asked)
            && matches!(strange, (0, 0..=STRANGE) | (0..=STRANGE, 0))
            && !(self.is_strange_subject(other, asked) && other.is_strange_subject(self, asked))
    }

    /// Whether something narrows this statement that stands neither in the other nor in the
    /// question.
    fn is_narrower(&self, other: &Self, asked: &BTreeSet<String>) -> bool {
        self.qualifiers
            .iter()
            .any(|stem| !other.near.contains(stem) && !asked.contains(stem))
    }

    /// How many words of this statement stand neither in the other nor in the question.
    fn strange_words(&self, other: &Self, asked: &BTreeSet<String>) -> usize {
        self.own
            .iter()
            .filter(|stem| !other.near.contains(*stem) && !asked.contains(*stem))
            .filter(|stem| !GENERIC.contains(&stem.as_str()))
            .count()
    }

    /// Whether this statement begins with something that the other doesn't speak of.
    fn is_strange_subject(&self, other: &Self, asked: &BTreeSet<String>) -> bool {
        self.first
            .as_ref()
            .is_some_and(|first| !other.near.contains(first) && !asked.contains(first))
    }
}

/// Stems of the people, companies and places in `text` that have rules of their own.
pub(crate) fn groups_and_places(text: &str) -> BTreeSet<String> {
    words(text)
        .iter()
        .filter(|word| is_listed(GROUPS, &word.lower) || is_listed(PLACES, &word.lower))
        .map(|word| stem(&word.lower))
        .collect()
}

/// Whether a word or its singular stands in a list.
fn is_listed(list: &[&str], lower: &str) -> bool {
    let bare = lower.strip_suffix("'s").unwrap_or(lower);
    list.contains(&bare)
        || bare
            .strip_suffix('s')
            .is_some_and(|one| list.contains(&one))
}

/// Stems behind words that narrow what is said.
fn qualifiers(statement: &str) -> BTreeSet<String> {
    const OPENERS: &[&str] = &[
        "for", "of", "in", "during", "if", "when", "where", "while", "unless", "except", "without",
        "with", "outside", "inside", "under", "after", "before", "on", "from", "since", "until",
        "für", "bei", "während", "wenn", "sofern", "außer", "ohne", "nach", "vor",
    ];
    const PLAIN: &[&str] = &[
        "writing", "written", "advance", "case", "total", "text", "form", "side", "sides", "party",
        "parties",
    ];
    let words = words(statement);
    let mut found = BTreeSet::new();
    let mut inside = false;
    for word in &words {
        let lower = word.lower.as_str();
        if word.gap.contains([',', ';', '.', ':', '|'])
            || matches!(lower, "is" | "are" | "may" | "shall" | "must")
        {
            inside = false;
        }
        if OPENERS.contains(&lower) {
            inside = true;
        } else if inside && !is_empty_word(lower) && !PLAIN.contains(&lower) {
            found.extend(subjects(word.text));
        }
    }
    found
}

/// How often something is and which years and dates a statement names, as far as they are not the
/// value itself.
fn times(statement: &str) -> Vec<String> {
    let mut found: Vec<String> = facts_of(statement, grounding::Side::Claim)
        .into_iter()
        .filter_map(|fact| match fact.measure {
            Measure::Rate(unit, factor) => Some(format!("{unit:?} {factor}")),
            Measure::Plain
                if fact.written.iter().any(|v| (1900.0..2100.0).contains(v))
                    && fact.text.len() == 4 =>
            {
                Some(fact.text)
            }
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}
