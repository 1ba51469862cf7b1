//! Which side of a figure is meant: 'at least' and 'up to' must not change places.

use super::context::Context;
use super::facts::{Fact, Measure};
use super::modality;
use super::units::currency;
use crate::text::words;
use std::collections::BTreeSet;

/// The side of a figure that is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The figure and what is above it.
    AtLeast,
    /// The figure and what is below it.
    AtMost,
    /// Only what is above it.
    Above,
    /// Only what is below it.
    Below,
}

impl Bound {
    const fn in_words(self) -> &'static str {
        match self {
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::Above => "more than",
            Self::Below => "less than",
        }
    }

    /// Whether both look to the same side.
    pub(crate) const fn same_side(self, other: Self) -> bool {
        matches!(self, Self::AtLeast | Self::Above) == matches!(other, Self::AtLeast | Self::Above)
    }

    /// The same seen from the other end: 'no later than 30 days before' is at least 30 days before.
    const fn seen_from_the_end(self) -> Self {
        match self {
            Self::AtLeast => Self::AtMost,
            Self::AtMost => Self::AtLeast,
            Self::Above => Self::Below,
            Self::Below => Self::Above,
        }
    }

    /// 'Not more than' is at most, 'not less than' at least.
    const fn denied(self) -> Self {
        match self {
            Self::Above => Self::AtMost,
            Self::Below => Self::AtLeast,
            other => other,
        }
    }

    /// Whether the two make different statements of one figure whatever is said of it: 'at least
    /// 50' and 'at most 50'. 'Up to 50 is allowed' and 'more than 50 is not' say the same.
    const fn excludes(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::AtLeast, Self::AtMost) | (Self::AtMost, Self::AtLeast)
        )
    }
}

/// Words before a figure that belong to it.
#[rustfmt::skip]
const FILLERS: &[&str] = &[
    "a", "an", "the", "of", "to", "for", "value", "total", "amount", "sum", "period", "aggregate", "about",
    "approximately", "von", "einem", "einer", "einen", "dem", "der", "wert", "betrag", "zu",
];

/// Whether a word behind 'no' or 'not' belongs to a figure: 'no more than', 'not exceed'.
pub(super) fn is_cue(word: &str) -> bool {
    matches!(
        word,
        "above"
            | "below"
            | "earlier"
            | "exceed"
            | "exceeding"
            | "fewer"
            | "greater"
            | "higher"
            | "later"
            | "less"
            | "longer"
            | "lower"
            | "more"
            | "over"
            | "shorter"
    )
}

/// The side that the words around a figure of `text` give it.
pub(crate) fn bound(text: &str, fact: &Fact) -> Option<Bound> {
    matches!(
        fact.measure,
        Measure::Percent | Measure::Money(_) | Measure::Period(_) | Measure::Plain
    )
    .then(|| before(text, fact).or_else(|| after(text, fact)))?
}

/// What is wrong with the side that the sentence gives its figure, in words: every figure of the
/// passages that says it is meant to another side. `about` is what the sentence speaks of.
pub(super) fn turned(
    sentence: &str,
    fact: &Fact,
    theirs: &[Fact],
    context: &Context<'_>,
    about: &BTreeSet<String>,
) -> Option<String> {
    let mine = bound(sentence, fact)?;
    let mut said = None;
    for other in theirs.iter().filter(|other| fact.is_said_by(other)) {
        let found = bound(context.source, other)?;
        let restated = || {
            context
                .restates(other.start, about)
                .is_some_and(|text| modality::denies(text) == modality::denies(sentence))
        };
        if !(mine.excludes(found) || !mine.same_side(found) && restated()) {
            return None;
        }
        said = Some(found);
    }
    let (mine, said) = (mine.in_words(), said?.in_words());
    Some(format!(
        "it says '{mine} {0}', the cited passage '{said} {0}'",
        fact.text
    ))
}

/// 'At least', 'no more than', 'exceeding' before the figure.
fn before(text: &str, fact: &Fact) -> Option<Bound> {
    let from = text[..fact.start]
        .char_indices()
        .rev()
        .nth(90)
        .map_or(0, |(at, _)| at);
    let head = &text[from..fact.start];
    let words = words(head);
    let parts = |gap: &str| gap.contains([',', ';', ':', '.', '|', '\n']);
    let last = words.last()?;
    if parts(&head[last.end..]) {
        return None;
    }
    let open = words.iter().rposition(|word| parts(word.gap)).unwrap_or(0);
    let near: Vec<&str> = words[open..]
        .iter()
        .map(|word| word.lower.as_str())
        .collect();
    let fillers = near
        .iter()
        .rev()
        .take_while(|word| FILLERS.contains(word) || currency(word).is_some())
        .count();
    let rest = text[fact.end..].trim_start();
    // 'Up to' ends with a filler, so every cut is tried, the longest first.
    (0..=fillers.min(6))
        .map(|left_out| &near[..near.len() - left_out])
        .find_map(|near| cue(near, &fact.measure).or_else(|| time_cue(near, rest)))
        .or_else(|| from_on(&near, rest))
}

/// Whether a 'not' stands among the words `from..=to` places before the last.
fn negated(words: &[&str], from: usize, to: usize) -> bool {
    (from..=to).any(|back| {
        let word = words.len().checked_sub(back + 1).map(|at| words[at]);
        matches!(
            word,
            Some("no" | "not" | "never" | "nor" | "nicht" | "cannot" | "kein" | "keine")
        )
    })
}

/// The side that the last of these words name.
fn cue(words: &[&str], measure: &Measure) -> Option<Bound> {
    let last = *words.last()?;
    let before = words.len().checked_sub(2).map_or("", |at| words[at]);
    let turned = |bound: Bound, from: usize, to: usize| {
        if negated(words, from, to) {
            bound.denied()
        } else {
            bound
        }
    };
    let found = match (before, last) {
        ("at", "least") | (_, "mindestens" | "wenigstens" | "minimum" | "ab") => Bound::AtLeast,
        ("at" | "the", "most")
        | ("up" | "limited", "to")
        | ("bis", "zu")
        | ("capped", "at")
        | (_, "maximum" | "höchstens" | "maximal") => Bound::AtMost,
        (_, "within" | "innerhalb" | "binnen") if matches!(measure, Measure::Period(_)) => {
            Bound::AtMost
        }
        ("more" | "longer" | "greater" | "higher", "than")
        | ("mehr" | "länger" | "höher", "als")
        | ("in", "excess") => turned(Bound::Above, 2, 3),
        ("less" | "fewer" | "shorter" | "lower", "than")
        | ("weniger" | "kürzer" | "niedriger", "als") => turned(Bound::Below, 2, 3),
        (_, "exceed" | "exceeds" | "exceeding" | "exceeded") => turned(Bound::Above, 1, 3),
        (_, "above" | "beyond") => turned(Bound::Above, 1, 1),
        (_, "below") => turned(Bound::Below, 1, 1),
        // 'Under 4.2' names a clause.
        (_, "over" | "über") if *measure != Measure::Plain => turned(Bound::Above, 1, 1),
        (_, "under" | "unter") if *measure != Measure::Plain => turned(Bound::Below, 1, 1),
        _ => return None,
    };
    Some(found)
}

/// 'No later than 30 days after', 'at the latest 10 days before'.
fn time_cue(words: &[&str], rest: &str) -> Option<Bound> {
    let last = *words.last()?;
    let before = words.len().checked_sub(2).map_or("", |at| words[at]);
    let found = match (before, last) {
        ("later", "than") | ("später", "als") => Bound::Above,
        ("earlier", "than") | ("früher", "als") => Bound::Below,
        ("the" | "at", "latest") | (_, "spätestens") => Bound::AtMost,
        ("the" | "at", "earliest") | (_, "frühestens") => Bound::AtLeast,
        _ => return None,
    };
    let found = if negated(words, 2, 2) {
        found.denied()
    } else {
        found
    };
    let ahead = ["before", "prior", "ahead", "in advance", "vor", "vorher"]
        .iter()
        .any(|word| begins(rest, word));
    Some(if ahead {
        found.seen_from_the_end()
    } else {
        found
    })
}

/// 'From EUR 10 on'.
fn from_on(near: &[&str], rest: &str) -> Option<Bound> {
    let from = near.iter().rev().take(3).any(|word| *word == "from");
    let on = ["on", "onwards", "upwards", "and above"]
        .iter()
        .any(|word| begins(rest, word));
    (from && on).then_some(Bound::AtLeast)
}

/// 'Or more', 'at most' after the figure.
fn after(text: &str, fact: &Fact) -> Option<Bound> {
    const CUES: &[(&str, Bound)] = &[
        ("or more", Bound::AtLeast),
        ("or longer", Bound::AtLeast),
        ("or above", Bound::AtLeast),
        ("or over", Bound::AtLeast),
        ("and more", Bound::AtLeast),
        ("and above", Bound::AtLeast),
        ("oder mehr", Bound::AtLeast),
        ("und mehr", Bound::AtLeast),
        ("at least", Bound::AtLeast),
        ("minimum", Bound::AtLeast),
        ("or less", Bound::AtMost),
        ("or fewer", Bound::AtMost),
        ("or below", Bound::AtMost),
        ("or shorter", Bound::AtMost),
        ("oder weniger", Bound::AtMost),
        ("at most", Bound::AtMost),
        ("at the most", Bound::AtMost),
        ("maximum", Bound::AtMost),
        ("höchstens", Bound::AtMost),
    ];
    let rest = text[fact.end..].trim_start_matches([')', ' ', ',']);
    let (cue, bound) = CUES.iter().find(|(cue, _)| begins(rest, cue))?;
    // 'At most' may belong to the figure that comes next.
    let next = rest[cue.len()..].trim_start().chars().next();
    let closes = next.is_none_or(|c| matches!(c, '.' | ',' | ';' | ')' | '|'));
    (cue.starts_with(['o', 'u']) || cue.starts_with("and ") || closes).then_some(*bound)
}

/// Whether the text begins with these words, in small letters or not.
fn begins(text: &str, words: &str) -> bool {
    text.get(..words.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(words))
        && !text[words.len()..].starts_with(char::is_alphanumeric)
}
