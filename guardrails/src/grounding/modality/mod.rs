//! 'Shall', 'may' and 'not' have to agree with the passage.
//!
//! Each statement about an action ('shall not disclose', 'may be assigned') is a frame: what is
//! said of which verb. A frame of the sentence is held against the frames of the passages about
//! the same verb; it fails when some speak of the same thing and none says the same.

//!
//! Beside the frames, three things must not be turned round: a condition ('unless' into 'if'),
//! who does it where the parties stand against each other, and a plain statement into its denial.

mod conditions;
mod frames;
mod german;

use super::{Finding, bounds, roles};
use crate::sentences;
use crate::text::{Word, subject_stems, words};
use conditions::{Condition, conditions};
use std::collections::BTreeSet;

pub(crate) use frames::{Force, Frame, frames_of};

/// A sentence, of a passage or one that is checked.
struct Statement {
    stems: BTreeSet<String>,
    frames: Vec<Frame>,
    conditions: Vec<Condition>,
    /// A 'not' of some kind stands anywhere in it.
    negative: bool,
    /// A 'not' stands outside its conditions.
    denied: bool,
    /// The side of the contract that acts.
    actor: Option<&'static str>,
}

impl Statement {
    fn of(sentence: &str) -> Self {
        let words = words(sentence);
        let (conditions, outside) = conditions(&words);
        Self {
            stems: subject_stems(sentence).into_iter().collect(),
            frames: frames::frames(&words),
            negative: words.iter().any(|word| is_negative(&word.lower)),
            denied: says_not(&outside),
            actor: roles::actor(&words),
            conditions,
        }
    }

    /// Whether `other` speaks of the same: it shares most of the words, and three at least.
    fn is_close_to(&self, other: &Self) -> bool {
        let shared = self.stems.intersection(&other.stems).count();
        shared >= 3 && shared * 10 >= self.stems.len() * 7
    }

    /// 'May with consent' for 'shall not without consent': both halves are turned, so that the
    /// whole says the same.
    fn is_contraposition_of(&self, other: &Self) -> bool {
        self.denied != other.denied
            && self
                .conditions
                .iter()
                .any(|mine| other.conditions.iter().any(|theirs| mine.is_turned(theirs)))
    }
}

/// Whether a text says 'not' of some kind, its conditions and exceptions left out.
pub(super) fn denies(text: &str) -> bool {
    says_not(&conditions(&words(text)).1)
}

/// Whether a 'not' stands among these words that is no part of 'no more than' and its like.
fn says_not(words: &[&Word<'_>]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let next = words.get(at + 1).map_or("", |next| next.lower.as_str());
        is_denial(&word.lower) && !bounds::is_cue(next)
    })
}

pub(super) fn check(sentence: &str, passages: &[&str]) -> Finding {
    let mine = Statement::of(sentence);
    let theirs: Vec<Statement> = passages
        .iter()
        .flat_map(|passage| passage.split("\n\n"))
        .flat_map(sentences::split)
        .map(|s| Statement::of(&s))
        .collect();
    let wrong = mine
        .frames
        .iter()
        .find_map(|frame| wrong_frame(frame, &mine, &theirs))
        .or_else(|| turned_condition(&mine, &theirs))
        .or_else(|| wrong_actor(&mine, &theirs))
        .or_else(|| wrong_denial(&mine, &theirs));
    if let Some(detail) = wrong {
        return Finding::Failed(detail);
    }
    let plain = mine.frames.is_empty() && mine.conditions.is_empty();
    if plain && !mine.negative && mine.actor.is_none() {
        Finding::Nothing
    } else {
        Finding::Passed
    }
}

/// What a frame says that the passages don't, in words.
fn wrong_frame(frame: &Frame, mine: &Statement, theirs: &[Statement]) -> Option<String> {
    Some(match contradiction(frame, mine, theirs)? {
        Contradiction::Side(mine, other) => {
            format!("it says of the {mine} what the cited passage says of the {other}")
        }
        Contradiction::Force(other) => {
            let what = if frame.verb.is_empty() {
                "this"
            } else {
                &frame.verb
            };
            format!(
                "it says that '{what}' {}, the cited passage that it {}",
                frame.force.in_words(),
                other.in_words()
            )
        }
    })
}

/// A condition of the sentence that the passages have as its opposite.
fn turned_condition(mine: &Statement, theirs: &[Statement]) -> Option<String> {
    mine.conditions.iter().find_map(|condition| {
        let mut turned = None;
        for statement in theirs {
            let shared = mine.stems.intersection(&statement.stems).count();
            for other in statement.conditions.iter().filter(|o| condition.is_like(o)) {
                // With both halves turned it says the same.
                if condition.negative == other.negative || mine.denied != statement.denied {
                    return None;
                }
                if shared * 2 >= mine.stems.len() {
                    turned = Some(other.word.as_str());
                }
            }
        }
        turned.map(|other| {
            format!(
                "it says '{}' where the cited passage says '{other}'",
                condition.word
            )
        })
    })
}

/// The sentence says of one side of the contract what the passages say of the other.
fn wrong_actor(mine: &Statement, theirs: &[Statement]) -> Option<String> {
    let actor = mine.actor?;
    let sides: BTreeSet<String> = roles::stems();
    let own: BTreeSet<&String> = mine.stems.difference(&sides).collect();
    let mut wrong = None;
    for statement in theirs {
        let shared = own.iter().filter(|s| statement.stems.contains(**s)).count();
        if shared < 2 || shared * 10 < own.len() * 8 {
            continue;
        }
        match statement.actor {
            Some(other) if roles::opposite(actor, other) => wrong = Some(other),
            _ => return None,
        }
    }
    wrong.map(|other| format!("it says of the {actor} what the cited passage says of the {other}"))
}

/// The sentence denies what the passages state, or states plainly what they deny.
fn wrong_denial(mine: &Statement, theirs: &[Statement]) -> Option<String> {
    let denial = |f: &&Frame| matches!(f.force, Force::Denial);
    if mine.frames.iter().any(|f| denial(&f)) {
        if !theirs.iter().any(|statement| statement.negative) {
            return Some("it denies something, the cited passage does not".to_owned());
        }
        let close: Vec<&Statement> = theirs.iter().filter(|s| mine.is_close_to(s)).collect();
        let denied = mine
            .frames
            .iter()
            .filter(denial)
            .find(|f| !f.verb.is_empty() && close.iter().all(|s| s.stems.contains(&f.verb)));
        if let Some(frame) = denied
            && !close.is_empty()
            && close.iter().all(|s| !s.negative)
        {
            return Some(format!(
                "it denies '{}', the cited passage states it",
                frame.verb
            ));
        }
    }
    if mine.frames.is_empty() && !mine.negative {
        return asserts_what_is_denied(mine, theirs)
            .map(|verb| format!("it states '{verb}' plainly, the cited passage with a 'not'"));
    }
    None
}

/// Whether what a text says hangs on a condition or has an exception.
pub(crate) fn is_conditional(text: &str) -> bool {
    let words = words(text);
    !conditions(&words).0.is_empty() || words.iter().any(|word| word.lower == "only")
}

/// How a statement contradicts the passages.
enum Contradiction {
    /// They say this of the same thing.
    Force(Force),
    /// They say the same of the other side: the sentence's and theirs.
    Side(&'static str, &'static str),
}

/// What the passages say of the same thing, if none of them agrees with the frame.
fn contradiction(frame: &Frame, mine: &Statement, theirs: &[Statement]) -> Option<Contradiction> {
    let mut other = None;
    for statement in theirs {
        let shared = mine.stems.intersection(&statement.stems).count();
        let about_verb = |f: &&Frame| f.verb == frame.verb;
        // A frame without a verb is about the subject: most of the sentence has to be shared.
        let needed = if frame.verb.is_empty() {
            (mine.stems.len() / 2).max(2)
        } else {
            2.min(mine.stems.len())
        };
        if shared < needed {
            continue;
        }
        for found in statement.frames.iter().filter(about_verb) {
            let contradiction = match (frame.side, found.side) {
                (Some(mine), Some(theirs)) if roles::opposite(mine, theirs) => {
                    Contradiction::Side(mine, theirs)
                }
                _ if frame.force.agrees(found.force) => return None,
                _ if mine.is_contraposition_of(statement) => return None,
                _ => Contradiction::Force(found.force),
            };
            other = other.or(Some(contradiction));
        }
    }
    other
}

/// A verb that the sentence states plainly while the passage's sentence about it only denies it.
fn asserts_what_is_denied<'a>(mine: &'a Statement, theirs: &'a [Statement]) -> Option<&'a str> {
    let mut denied = None;
    for statement in theirs.iter().filter(|s| mine.is_close_to(s)) {
        let verb = statement.frames.iter().find(|f| {
            matches!(f.force, Force::Ban | Force::Denial)
                && !f.verb.is_empty()
                && mine.stems.contains(&f.verb)
        });
        match verb {
            Some(frame) => denied = Some(frame.verb.as_str()),
            None => return None,
        }
    }
    denied
}

/// Words that carry a 'not' of some kind.
fn is_negative(lower: &str) -> bool {
    matches!(
        lower,
        "not"
            | "no"
            | "never"
            | "none"
            | "neither"
            | "nor"
            | "without"
            | "cannot"
            | "except"
            | "unless"
            | "only"
            | "void"
            | "nothing"
            | "nobody"
            | "refuse"
            | "refuses"
            | "refused"
            | "reject"
            | "rejected"
            | "decline"
            | "declined"
            | "fails"
            | "lapses"
            | "outside"
    ) || lower.ends_with("n't")
        || [
            "prohibit",
            "forbid",
            "exclud",
            "exempt",
            "waive",
            "non-",
            "nicht",
            "kein",
            "verbot",
            "untersag",
            "unzuläss",
            "niemand",
            "niemals",
            "ausgeschlossen",
            "ohne",
            "außer",
        ]
        .iter()
        .any(|head| lower.starts_with(head))
}

/// Words that turn what is said outside a condition into its opposite.
fn is_denial(lower: &str) -> bool {
    matches!(
        lower,
        "not" | "no" | "never" | "none" | "neither" | "nor" | "cannot" | "nobody" | "nothing"
    ) || lower.ends_with("n't")
        || [
            "prohibit",
            "forbid",
            "nicht",
            "kein",
            "verbot",
            "untersag",
            "unzuläss",
            "niemand",
        ]
        .iter()
        .any(|head| lower.starts_with(head))
}
