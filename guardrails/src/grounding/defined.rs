//! Defined terms: where a contract defines 'Net Sales', a sentence about 'Gross Sales' is about
//! something else.

use super::names::NO_NAMES;
use super::{Finding, not_in_passage};
use crate::text::{Word, is_empty_word, stem, words};

/// Most words of a term.
const MOST: usize = 6;

/// Checks the terms of several words that the sentence uses. One that stands in the passages or
/// in the question word for word passes. One that doesn't fails where the passages define another
/// term of the same noun.
pub(super) fn check(sentence: &str, question: &str, source: &str) -> Finding {
    let defined = definitions(source);
    if defined.is_empty() {
        return Finding::Nothing;
    }
    let used = terms(sentence);
    if used.is_empty() {
        return Finding::Nothing;
    }
    let known = [stems(source), stems(question)];
    let strange: Vec<&str> = used
        .into_iter()
        .filter(|term| {
            let own = stems(term);
            let said = known
                .iter()
                .any(|text| text.windows(own.len()).any(|part| part == own));
            let holds_a_term = defined
                .iter()
                .any(|term| own.windows(term.len()).any(|part| part == term));
            let rivals = defined
                .iter()
                .any(|term| term.len() > 1 && term.last() == own.last());
            !said && !holds_a_term && rivals
        })
        .collect();
    not_in_passage(&strange)
}

/// The terms that a text defines: capitalised words in quotation marks.
fn definitions(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['“', '"', '„', '‘']) {
        let open = rest[at..].chars().next().unwrap_or('"');
        let inner = &rest[at + open.len_utf8()..];
        let close: &[char] = match open {
            '‘' => &['’'],
            '„' => &['“', '”', '"'],
            _ => &['”', '"'],
        };
        let Some(end) = inner.find(close) else {
            rest = inner;
            continue;
        };
        let term = inner[..end].trim().trim_matches('*');
        let capital = term.starts_with(char::is_uppercase);
        let count = term.split_whitespace().count();
        if capital && (1..=MOST).contains(&count) && !term.ends_with(['.', '!', '?']) {
            found.push(stems(term));
        }
        let close = inner[end..].chars().next().map_or(1, char::len_utf8);
        rest = &inner[end + close..];
    }
    found
}

/// Runs of two and more capitalised words.
fn terms(sentence: &str) -> Vec<&str> {
    let words = words(sentence);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let length = words[at..]
            .iter()
            .enumerate()
            .take_while(|(step, word)| is_capitalised(word) && (*step == 0 || word.gap == " "))
            .count();
        if (2..=MOST).contains(&length) {
            found.push(&sentence[words[at].start..words[at + length - 1].end]);
        }
        at += length.max(1);
    }
    found
}

fn is_capitalised(word: &Word<'_>) -> bool {
    word.text.starts_with(char::is_uppercase)
        && !is_empty_word(&word.lower)
        && !NO_NAMES.contains(&word.lower.as_str())
}

/// Stems of all words, in order.
fn stems(text: &str) -> Vec<String> {
    words(text).iter().map(|word| stem(&word.lower)).collect()
}
