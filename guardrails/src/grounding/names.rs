//! Names of people, companies, places and defined terms have to stand in the passage. That the
//! question named them is not enough: the passage may speak of somebody else.

use super::{Finding, not_in_passage};
use crate::text::{Word, is_empty_word, stem, words};
use std::collections::BTreeSet;

/// Capitalised words that are no names.
#[rustfmt::skip]
pub(super) const NO_NAMES: &[&str] = &[
    "annex", "appendix", "article", "articles", "chapter", "clause", "clauses", "exhibit", "i", "no", "page",
    "paragraph", "part", "passage", "policy", "schedule", "section", "sections", "subsection", "yes",
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
];

pub(super) fn check(sentence: &str, source: &str) -> Finding {
    let names = names(sentence);
    if names.is_empty() {
        return Finding::Nothing;
    }
    let known: BTreeSet<String> = words(source)
        .iter()
        .flat_map(|word| parts(&word.lower))
        .collect();
    let missing: Vec<&str> = names
        .iter()
        .filter(|name| {
            !parts(&name.to_lowercase())
                .iter()
                .all(|part| known.contains(part))
        })
        .copied()
        .collect();
    not_in_passage(&missing)
}

/// Stems of a word and of its parts between hyphens.
fn parts(lower: &str) -> Vec<String> {
    lower
        .replace('’', "'")
        .split(['-', '\u{2010}', '\u{2011}'])
        .map(stem)
        .collect()
}

/// The words of a sentence that look like names or parts of one.
pub(crate) fn names(sentence: &str) -> Vec<&str> {
    let words = words(sentence);
    let nouns_have_capitals = looks_german(&words);
    words
        .iter()
        .enumerate()
        .filter(|(at, word)| {
            let lower = word.lower.as_str();
            if NO_NAMES.contains(&lower) || word.text.chars().count() < 2 {
                return false;
            }
            let mut chars = word.text.chars();
            let capital = chars.next().is_some_and(char::is_uppercase);
            let inner_capital = chars.any(char::is_uppercase);
            if inner_capital {
                return word.text.chars().all(char::is_alphabetic) || capital;
            }
            if !capital || nouns_have_capitals || is_empty_word(lower) {
                return false;
            }
            if !opens_sentence(word, *at) {
                return true;
            }
            // 'Norrland Components must …': the first word is part of a name when the next is.
            words.get(at + 1).is_some_and(|next| {
                next.gap == " "
                    && next.text.starts_with(char::is_uppercase)
                    && !NO_NAMES.contains(&next.lower.as_str())
                    && !is_empty_word(&next.lower)
            })
        })
        .map(|(_, word)| word.text)
        .collect()
}

/// The capital only marks the beginning of a sentence, a list item or a quote.
fn opens_sentence(word: &Word<'_>, at: usize) -> bool {
    at == 0
        || word
            .gap
            .contains(['.', '!', '?', ':', '\n', '"', '“', '‘', '•', '\''])
}

/// In German every noun has a capital, so only capitals inside a word tell a name.
fn looks_german(words: &[Word<'_>]) -> bool {
    const GERMAN: &[&str] = &[
        "der", "die", "das", "und", "ist", "nicht", "ein", "eine", "mit", "für", "von", "auf",
        "dem", "den", "des", "zu", "werden", "oder", "bei", "darf", "muss", "sind",
    ];
    let umlaut =
        |word: &Word<'_>| word.text == word.lower && word.lower.contains(['ä', 'ö', 'ü', 'ß']);
    words
        .iter()
        .filter(|word| GERMAN.contains(&word.lower.as_str()) || umlaut(word))
        .count()
        >= 2
}
