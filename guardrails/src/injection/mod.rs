//! How much a text looks like an attack on the assistant.
//!
//! Hand-written evidence, each sign with a weight in log-odds, added up and put through the
//! logistic function. A single trigger word ('ignore', 'override', 'bypass') is no evidence:
//! contracts and policies are full of them. What counts is an order to set instructions aside, a
//! question for the assistant's own instructions, a persona, limits taken away, disguised text.
//! A missed attack gains nothing by design: the model has no tools and every sentence is checked.

mod normalise;
mod patterns;

use crate::text::{Word, words};
use patterns::{FAMILIES, Pattern, TEMPLATE_MARKS};

/// Log-odds of an attack before any sign: one question in twenty is a generous prior.
const PRIOR: f64 = -3.0;

/// Added when the signs show only after an encoding was undone: nobody encodes by accident.
const DISGUISED: f64 = 1.5;

/// Characters that are looked at; what comes after is cut by the size rule.
const MAX_CHARS: usize = 20_000;

/// A sign of an attack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sign {
    /// What it is, as the end of 'the text …'.
    pub name: &'static str,
    /// Log-odds.
    pub weight: f64,
}

/// How much `text` looks like an attack, 0..=1. Without any sign it is 0.05.
pub fn score(text: &str) -> f64 {
    let sum: f64 = signs(text).iter().map(|sign| sign.weight).sum();
    1.0 / (1.0 + (-(PRIOR + sum)).exp())
}

/// The signs found in `text`, the strongest reading of it.
pub fn signs(text: &str) -> Vec<Sign> {
    let text: String = text.chars().take(MAX_CHARS).collect();
    let plain = normalise::plain(&text);
    let mut best = wording(&plain.text);
    let mut disguises = vec![normalise::rot13(&plain.text)];
    disguises.push(plain.text.chars().rev().collect());
    disguises.extend(normalise::without_leet(&plain.text));
    disguises.extend(normalise::decoded(&plain.text));
    for reading in disguises {
        let mut found = wording(&reading);
        // A stray match in scrambled letters is no sign: one strong family is asked for.
        if found.iter().any(|sign| sign.weight >= 2.0) {
            found.push(Sign {
                name: "hides its words",
                weight: DISGUISED,
            });
            if total(&found) > total(&best) {
                best = found;
            }
        }
    }
    best.extend(disguise(&plain));
    best
}

fn total(signs: &[Sign]) -> f64 {
    signs.iter().map(|sign| sign.weight).sum()
}

/// Signs in how the text is spelled.
fn disguise(plain: &normalise::Plain) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut add = |there: bool, name, weight| {
        if there {
            signs.push(Sign { name, weight });
        }
    };
    add(plain.tagged > 0, "holds text that no screen shows", 3.5);
    add(plain.invisible > 3, "holds invisible characters", 0.8);
    add(plain.look_alikes > 0, "mixes look-alike letters", 1.5);
    add(plain.spaced > 1, "spaces its letters out", 1.0);
    signs
}

/// Signs in the wording.
fn wording(text: &str) -> Vec<Sign> {
    let words = words(text);
    let mut signs: Vec<Sign> = FAMILIES
        .iter()
        .filter_map(|family| {
            family
                .patterns
                .iter()
                .filter(|pattern| found(pattern, &words))
                .map(|pattern| pattern.weight)
                .max_by(f64::total_cmp)
                .map(|weight| Sign {
                    name: family.name,
                    weight,
                })
        })
        .collect();
    let lower = text.to_lowercase();
    if TEMPLATE_MARKS.iter().any(|mark| lower.contains(mark)) {
        signs.push(Sign {
            name: "holds marks of a chat template",
            weight: 2.2,
        });
    }
    if lower.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("system:") || line.starts_with("assistant:")
    }) {
        signs.push(Sign {
            name: "plays a turn of the dialogue",
            weight: 1.8,
        });
    }
    if lower.contains("![") && lower.contains("](http") {
        signs.push(Sign {
            name: "wants an image from elsewhere",
            weight: 2.0,
        });
    }
    let orders = orders_to_you(&words);
    if orders >= 3 {
        signs.push(Sign {
            name: "gives the assistant many orders",
            weight: if orders >= 8 {
                2.6
            } else if orders >= 5 {
                1.8
            } else {
                1.0
            },
        });
    }
    signs
}

/// How often the text tells 'you' what you are, will or must do.
fn orders_to_you(words: &[Word<'_>]) -> usize {
    const DUTY: &[&str] = &[
        "will", "must", "are", "should", "shall", "can", "cannot", "can't", "have", "never",
        "always", "do", "don't", "only", "won't", "need", "may",
    ];
    words
        .windows(2)
        .filter(|pair| {
            matches!(pair[0].lower.as_str(), "you" | "chatgpt")
                && DUTY.contains(&pair[1].lower.as_str())
                && same_sentence(&pair[1])
        })
        .count()
}

fn found(pattern: &Pattern, words: &[Word<'_>]) -> bool {
    (0..words.len()).any(|at| {
        is_any(pattern.parts[0], &words[at].lower)
            && (!pattern.order || gives_order(words, at))
            && rest_follows(pattern, words, at)
    })
}

/// The pattern's other parts follow within its gap, in the same sentence.
fn rest_follows(pattern: &Pattern, words: &[Word<'_>], mut at: usize) -> bool {
    for part in &pattern.parts[1..] {
        let near = words[at + 1..]
            .iter()
            .take(pattern.gap + 1)
            .take_while(|word| same_sentence(word))
            .position(|word| is_any(part, &word.lower));
        match near {
            Some(steps) => at += steps + 1,
            None => return false,
        }
    }
    true
}

/// Whether a word opens a sentence or follows a word that leads to an order.
fn gives_order(words: &[Word<'_>], at: usize) -> bool {
    const LEADS: &[&str] = &[
        "please", "now", "then", "and", "just", "must", "should", "will", "first", "so", "also",
        "but", "instead", "always", "bitte", "jetzt", "simply", "ok", "okay",
    ];
    if at == 0 || !same_sentence(&words[at]) || words[at].gap.contains([':', ',', '"', '(']) {
        return true;
    }
    let before = words[at - 1].lower.as_str();
    if before == "and" || before == "then" {
        // 'Can we copy it and send it to …' asks; an order doesn't start with a question.
        return !opens_as_question(words, at);
    }
    LEADS.contains(&before)
}

/// Whether the sentence that holds the word at `at` opens like a question.
fn opens_as_question(words: &[Word<'_>], at: usize) -> bool {
    let mut first = at;
    while first > 0 && same_sentence(&words[first]) {
        first -= 1;
    }
    matches!(
        words[first].lower.as_str(),
        "can"
            | "may"
            | "do"
            | "does"
            | "is"
            | "are"
            | "should"
            | "must"
            | "who"
            | "what"
            | "when"
            | "where"
            | "how"
            | "which"
            | "am"
            | "did"
            | "has"
            | "have"
            | "will"
            | "if"
            | "why"
            | "could"
            | "would"
            | "consider"
    )
}

/// No end of a sentence stands before the word.
fn same_sentence(word: &Word<'_>) -> bool {
    !word.gap.contains(['.', '!', '?', '\n', ';']) && !word.gap.contains("**")
}

fn is_any(part: &[&str], lower: &str) -> bool {
    part.iter().any(|word| match word.strip_suffix('*') {
        Some(prefix) => lower.starts_with(prefix),
        None => lower == *word,
    })
}

#[cfg(test)]
mod tests;
