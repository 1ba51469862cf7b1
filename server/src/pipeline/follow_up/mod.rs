//! A follow-up ('and for contractors?') is searched and answered as a question that stands alone.
//!
//! Where it only names an alternative to something in the question before it ('in Germany' for
//! 'in Sweden'), that question is asked again with the alternative in its place; so what it said
//! besides, such as the document it named, stays. Else the two are put together. The question
//! before is taken as it was understood, so that follow-ups of follow-ups work.

mod kinds;

use inhouse_protocol::Exchange;
use kinds::{counterpart, named};
use std::cmp::Reverse;

/// Words that point back to what was said before.
const POINTING: [&str; 20] = [
    "it", "its", "that", "this", "they", "them", "those", "these", "he", "she", "there", "one",
    "dafür", "dazu", "davon", "damit", "dabei", "dort", "hierfür", "hierzu",
];
/// Openings that continue a question; longer ones before those that they begin with.
const CONTINUING: [&str; 18] = [
    "and what about ",
    "and how about ",
    "what about ",
    "how about ",
    "does the same apply ",
    "und was ist mit ",
    "und wie ist es mit ",
    "was ist mit ",
    "wie ist es mit ",
    "gilt das auch ",
    "gilt das ",
    "and ",
    "but ",
    "or ",
    "also ",
    "und ",
    "aber ",
    "oder ",
];
/// Words before an alternative that a phrase begins with.
#[rustfmt::skip]
const PREPOSITIONS: [&str; 26] = [
    "in", "for", "with", "at", "from", "to", "under", "by", "of", "during", "after", "before", "between",
    "against", "für", "mit", "bei", "von", "aus", "nach", "unter", "während", "gegen", "zu", "im", "beim",
];
/// A question with more words stands alone.
const LONGEST_WORDS: usize = 12;
/// What only names an alternative has no more words.
const LONGEST_ALTERNATIVE: usize = 6;

/// The question as it is meant after those before it; `None` where it stands alone.
pub(super) fn standalone(question: &str, earlier: &[Exchange]) -> Option<String> {
    let last = earlier.last()?;
    let before = last.standalone.as_ref().unwrap_or(&last.question);
    leans(question).then(|| meant(question, before))
}

fn meant(question: &str, before: &str) -> String {
    let rest = without_opening(question);
    let words = rest.split_whitespace().count();
    if words <= LONGEST_ALTERNATIVE && !rest.is_empty() {
        if let Some(meant) = by_kind(rest, before) {
            return meant;
        }
        if let Some(meant) = by_phrase(rest, before) {
            return meant;
        }
    }
    format!("{} {}", before.trim(), question.trim())
}

/// The question before with each alternative that `rest` names in place of its counterpart; none
/// where one has no counterpart, or `rest` says more than names.
fn by_kind(rest: &str, before: &str) -> Option<String> {
    let alternatives = named(rest);
    let there = named(before);
    if !only_names(rest) {
        return None;
    }
    let mut meant = before.trim_end().to_owned();
    let mut changes: Vec<(usize, usize, &str)> = Vec::new();
    for alternative in &alternatives {
        let counterpart = counterpart(alternative, &there)?;
        let new = &rest[alternative.start..alternative.end];
        changes.push((counterpart.start, counterpart.end, new));
    }
    // From the right, so that what stands before keeps its place.
    changes.sort_by_key(|change| Reverse(change.0));
    if changes.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return None;
    }
    for (start, end, new) in changes {
        meant.replace_range(start..end, new);
    }
    Some(meant)
}

/// Whether there are words besides the alternatives, and besides those that lead to them.
fn says_more(rest: &str) -> bool {
    let names = named(rest);
    let mut others = String::new();
    let mut at = 0;
    for name in &names {
        others.push_str(&rest[at..name.start]);
        others.push(' ');
        at = name.end;
    }
    others.push_str(&rest[at..]);
    words(&others).iter().any(|word| {
        !PREPOSITIONS.contains(&word.as_str())
            && ![
                "the", "a", "an", "and", "der", "die", "den", "dem", "das", "und", "our", "your",
            ]
            .contains(&word.as_str())
    })
}

/// 'with Acme' for 'with Bolt': a preposition and a name, where the question before has the same
/// preposition with another name.
fn by_phrase(rest: &str, before: &str) -> Option<String> {
    let (preposition, name) = rest.split_once(char::is_whitespace)?;
    let preposition = preposition.to_lowercase();
    let name = name.trim();
    if !PREPOSITIONS.contains(&preposition.as_str()) || !is_name(name) {
        return None;
    }
    let lower = before.to_ascii_lowercase();
    let lead = format!(" {preposition} ");
    let start = lower.rfind(&lead)? + lead.len();
    let old = name_at(&before[start..]);
    (!old.is_empty()).then(|| {
        let end = start + old.len();
        format!("{}{name}{}", &before[..start], before[end..].trim_end())
    })
}

/// Every word of it is capitalised.
fn is_name(text: &str) -> bool {
    let mut words = text.split_whitespace().peekable();
    words.peek().is_some() && words.all(|word| word.starts_with(char::is_uppercase))
}

/// The capitalised words at the head of the text.
fn name_at(text: &str) -> &str {
    let mut end = 0;
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !bare.starts_with(char::is_uppercase) {
            break;
        }
        end = at + bare.len();
        at += word.len();
        if bare.len() < word.trim_end().len() {
            break;
        }
    }
    &text[..end]
}

/// Without the words that only continue, and without the mark at its end.
fn without_opening(question: &str) -> &str {
    let question = question.trim().trim_end_matches(['?', '.', '!']).trim_end();
    let rest = CONTINUING.iter().find_map(|opening| {
        let head = question.get(..opening.len())?;
        (head.to_lowercase() == *opening).then(|| &question[opening.len()..])
    });
    rest.unwrap_or(question).trim_start_matches([',', ' '])
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn leans(question: &str) -> bool {
    let lower = question.trim().to_lowercase();
    let words = words(&lower);
    let points = |word: &String| POINTING.contains(&word.as_str());
    words.len() <= LONGEST_WORDS
        && (CONTINUING.iter().any(|opening| lower.starts_with(opening))
            || words.len() <= 2
            || is_phrase(&words)
            || only_names(&lower)
            || words.iter().skip(1).any(points))
}

/// 'Part-time employees?': an alternative and nothing else.
fn only_names(question: &str) -> bool {
    !named(question).is_empty() && !says_more(question)
}

/// 'in Germany?', 'for part-time employees?': a phrase, not a question.
fn is_phrase(words: &[String]) -> bool {
    words.len() <= 3
        && words
            .first()
            .is_some_and(|word| PREPOSITIONS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests;
