//! 'Darf', 'muss', 'nicht' and their like. In German the verb ends its clause and the 'nicht' may
//! stand far from the modal, so a clause is read as a whole.

use super::frames::Force;
use crate::text::{Word, is_empty_word, stem};

/// Most words of a clause that are looked at.
const CLAUSE: usize = 20;

/// What is said at a word: the force and the stem of the verb, which is empty where the statement
/// is about its subject ('Geschenke sind verboten').
pub(super) fn said(words: &[Word<'_>], at: usize) -> Option<(Force, String)> {
    let lower = words[at].lower.as_str();
    if let Some(plain) = modal(lower).or_else(|| infinitive_with_zu(words, at)) {
        let end = clause_end(words, at);
        let negated =
            words[at + 1..end].iter().any(|w| is_not(&w.lower)) || subject_denied(words, at);
        // 'Soll nicht' is a ban, 'muss nicht' is none.
        let force = if negated && lower.starts_with("soll") {
            Force::Ban
        } else {
            turned(plain, negated)
        };
        return Some((force, verb(words, at, end)));
    }
    if let Some(plain) = adjective(lower) {
        return Some((turned(plain, not_before(words, at)), String::new()));
    }
    // A 'nicht' that belongs to a modal or an adjective has been read with it.
    let (start, end) = (clause_start(words, at), clause_end(words, at));
    let alone = is_not(lower)
        && !words[start..end]
            .iter()
            .any(|w| modal(&w.lower).or_else(|| adjective(&w.lower)).is_some());
    let verb = || {
        words[at + 1..end]
            .iter()
            .find(|w| !is_empty_word(&w.lower))
            .map_or_else(String::new, |w| stem(&w.lower))
    };
    alone.then(|| (Force::Denial, verb()))
}

fn modal(lower: &str) -> Option<Force> {
    match lower {
        "darf" | "dürfen" | "kann" | "können" => Some(Force::Leave),
        "muss" | "muß" | "müssen" | "soll" | "sollen" | "sollte" | "sollten" => Some(Force::Duty),
        _ => None,
    }
}

/// 'Der Lieferant hat Mängel zu melden', 'Mängel sind zu melden'.
fn infinitive_with_zu(words: &[Word<'_>], at: usize) -> Option<Force> {
    if !matches!(words[at].lower.as_str(), "hat" | "haben" | "ist" | "sind") {
        return None;
    }
    let end = clause_end(words, at);
    let zu = end > at + 2 && words[end - 2].lower == "zu";
    zu.then_some(Force::Duty)
}

fn adjective(lower: &str) -> Option<Force> {
    match lower {
        "verboten" | "untersagt" | "unzulässig" => Some(Force::Ban),
        "gestattet" | "erlaubt" | "zulässig" | "berechtigt" | "befugt" => Some(Force::Leave),
        "verpflichtet" | "erforderlich" | "notwendig" | "vorgeschrieben" => Some(Force::Duty),
        _ => None,
    }
}

/// What is left of a force behind a 'nicht'. 'Muss nicht' is no ban.
const fn turned(force: Force, negated: bool) -> Force {
    match (force, negated) {
        (Force::Leave, true) => Force::Ban,
        (Force::Ban, true) => Force::Leave,
        (Force::Duty, true) => Force::Release,
        (force, _) => force,
    }
}

fn is_not(lower: &str) -> bool {
    lower == "nicht" || lower == "niemals" || (lower.starts_with("kein") && lower.len() <= 6)
}

/// 'Kein Mitarbeiter darf …', 'Niemand darf …'.
fn subject_denied(words: &[Word<'_>], at: usize) -> bool {
    words[clause_start(words, at)..at]
        .iter()
        .any(|w| is_not(&w.lower) || w.lower == "niemand" || w.lower == "nichts")
}

fn not_before(words: &[Word<'_>], at: usize) -> bool {
    words[clause_start(words, at)..at]
        .iter()
        .any(|w| is_not(&w.lower))
}

fn clause_start(words: &[Word<'_>], at: usize) -> usize {
    (at.saturating_sub(CLAUSE)..=at)
        .rev()
        .find(|i| ends_clause(words[*i].gap))
        .unwrap_or_else(|| at.saturating_sub(CLAUSE))
}

fn clause_end(words: &[Word<'_>], at: usize) -> usize {
    (at + 1..words.len().min(at + CLAUSE))
        .find(|i| ends_clause(words[*i].gap))
        .unwrap_or_else(|| words.len().min(at + CLAUSE))
}

fn ends_clause(gap: &str) -> bool {
    gap.contains([',', ';', '.', ':', '(', '\n'])
}

/// Stem of the verb: the last word of the clause that carries a meaning, or the one before the
/// modal where that ends the clause ('wenn der Kunde zustimmen muss').
fn verb(words: &[Word<'_>], at: usize, end: usize) -> String {
    let carries = |w: &&Word<'_>| !is_empty_word(&w.lower) && w.lower != "worden";
    let last = words[at + 1..end].iter().rev().find(carries);
    let before = || {
        words[clause_start(words, at)..at]
            .iter()
            .rev()
            .find(carries)
    };
    last.or_else(before)
        .map_or_else(String::new, |w| stem(&w.lower))
}
