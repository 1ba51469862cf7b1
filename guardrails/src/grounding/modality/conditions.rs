//! Conditions and exceptions: 'unless notice is given' must not become 'if notice is given'.

use crate::text::{Word, subject_stems};
use std::collections::BTreeSet;

/// What a statement hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    /// 'Unless', 'except', 'without' against 'if', 'with', 'when'.
    pub(super) negative: bool,
    /// The word that opens it.
    pub(super) word: String,
    stems: BTreeSet<String>,
}

impl Condition {
    /// Whether two conditions name the same thing.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let shared = self.stems.intersection(&other.stems).count();
        shared > 0 && shared * 10 >= self.stems.len() * 6
    }

    /// Whether the two name the same thing, one as what is needed and one as what must not be.
    pub(super) fn is_turned(&self, other: &Self) -> bool {
        self.negative != other.negative && self.is_like(other)
    }
}

/// Most words of a condition that are looked at.
const MOST: usize = 9;

/// The conditions of a sentence, and the words that belong to none.
pub(super) fn conditions<'a, 'b>(words: &'b [Word<'a>]) -> (Vec<Condition>, Vec<&'b Word<'a>>) {
    let mut found = Vec::new();
    let mut outside = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some(negative) = connective(words, at) else {
            outside.push(&words[at]);
            at += 1;
            continue;
        };
        let word = words[at].lower.clone();
        at += 1;
        // 'Except with', 'only if': the first of the two says which it is.
        while at < words.len() && connective(words, at).is_some() {
            at += 1;
        }
        let from = at;
        let mut stems = BTreeSet::new();
        while at < words.len()
            && at < from + MOST
            && (at == from || !words[at].gap.contains([',', ';', '.', ':']))
            && connective(words, at).is_none()
        {
            stems.extend(subject_stems(words[at].text));
            at += 1;
        }
        if !stems.is_empty() {
            found.push(Condition {
                negative,
                word,
                stems,
            });
        }
    }
    (found, outside)
}

/// Whether a word opens a condition (`false`) or an exception (`true`).
fn connective(words: &[Word<'_>], at: usize) -> Option<bool> {
    let before = at.checked_sub(1).map_or("", |i| words[i].lower.as_str());
    let next = words.get(at + 1).map_or("", |w| w.lower.as_str());
    match words[at].lower.as_str() {
        "unless" | "except" | "excepting" | "without" | "ohne" | "außer" | "ausser" => Some(true),
        "save" if matches!(next, "that" | "for" | "as" | "where") => Some(true),
        "than" if before == "other" => Some(true),
        "denn" if before == "sei" => Some(true),
        "if" | "when" | "with" | "provided" | "upon" | "wenn" | "sofern" | "falls" | "mit" => {
            Some(false)
        }
        "subject" if next == "to" => Some(false),
        _ => None,
    }
}
