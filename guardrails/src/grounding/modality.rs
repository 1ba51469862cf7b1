//! 'Shall', 'may' and 'not' have to agree with the passage.
//!
//! Each statement about an action ('shall not disclose', 'may be assigned') is a frame: what is
//! said of which verb. A frame of the sentence is held against the frames of the passages about
//! the same verb; it fails when some speak of the same thing and none says the same.

use super::{Finding, roles};
use crate::sentences;
use crate::text::{Word, is_empty_word, stem, subject_stems, words};
use std::collections::BTreeSet;

/// What is said of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Force {
    /// Shall, must, is required to.
    Duty,
    /// May, can, is allowed to.
    Leave,
    /// Shall not, may not, is prohibited.
    Ban,
    /// Need not, is not required to.
    Release,
    /// Does not, is not.
    Denial,
}

impl Force {
    const fn in_words(self) -> &'static str {
        match self {
            Self::Duty => "has to be",
            Self::Leave => "may be",
            Self::Ban => "may not be",
            Self::Release => "need not be",
            Self::Denial => "is not",
        }
    }

    /// Whether a sentence may say `self` where the passage says `other`.
    fn agrees(self, other: Self) -> bool {
        self == other
            || matches!(
                (self, other),
                (Self::Ban, Self::Denial)
                    | (Self::Denial, Self::Ban | Self::Release)
                    | (Self::Release, Self::Denial | Self::Leave)
                    | (Self::Leave, Self::Release)
            )
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Frame {
    force: Force,
    /// The verb's stem; empty where the statement is about its subject ('gifts are prohibited').
    verb: String,
    /// The side of the contract that it is said of.
    side: Option<&'static str>,
}

/// A sentence of a passage.
struct Statement {
    stems: BTreeSet<String>,
    frames: Vec<Frame>,
    negative: bool,
}

pub(super) fn check(sentence: &str, passages: &[&str]) -> Finding {
    let mine = statement(sentence);
    let theirs: Vec<Statement> = passages
        .iter()
        .flat_map(|passage| passage.split("\n\n"))
        .flat_map(sentences::split)
        .map(|s| statement(&s))
        .collect();
    for frame in &mine.frames {
        let contradiction = contradiction(frame, &mine, &theirs);
        if let Some(Contradiction::Side(mine, other)) = contradiction {
            return Finding::Failed(format!(
                "it says of the {mine} what the cited passage says of the {other}"
            ));
        }
        if let Some(Contradiction::Force(other)) = contradiction {
            let what = if frame.verb.is_empty() {
                "this"
            } else {
                &frame.verb
            };
            return Finding::Failed(format!(
                "it says that '{what}' {}, the cited passage that it {}",
                frame.force.in_words(),
                other.in_words()
            ));
        }
    }
    let denies = mine.frames.iter().any(|f| f.force == Force::Denial);
    if denies && !theirs.iter().any(|statement| statement.negative) {
        return Finding::Failed("it denies something, the cited passage does not".to_owned());
    }
    if mine.frames.is_empty() && !mine.negative {
        if let Some(verb) = asserts_what_is_denied(&mine, &theirs) {
            return Finding::Failed(format!(
                "it states '{verb}' plainly, the cited passage with a 'not'"
            ));
        }
        return Finding::Nothing;
    }
    Finding::Passed
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
                _ => Contradiction::Force(found.force),
            };
            other = other.or(Some(contradiction));
        }
    }
    other
}

/// A verb that the sentence states plainly while the passage's sentence about it only denies it.
fn asserts_what_is_denied<'a>(mine: &'a Statement, theirs: &'a [Statement]) -> Option<&'a str> {
    let close = |s: &&Statement| {
        let shared = mine.stems.intersection(&s.stems).count();
        shared >= 3 && shared * 10 >= mine.stems.len() * 7
    };
    let mut denied = None;
    for statement in theirs.iter().filter(close) {
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

fn statement(sentence: &str) -> Statement {
    let words = words(sentence);
    Statement {
        stems: subject_stems(sentence).into_iter().collect(),
        frames: frames(&words),
        negative: words.iter().any(|word| is_negative(&word.lower)),
    }
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
            "prohibit", "forbid", "exclud", "exempt", "waive", "non-", "nicht", "kein",
        ]
        .iter()
        .any(|head| lower.starts_with(head))
}

fn frames(words: &[Word<'_>]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (force, taken) = force(words, at);
        if let Some(force) = force {
            // 'Permitted' and its like are about their subject, unless 'to' or 'from' follows.
            let said = words[at + taken - 1].lower.as_str();
            let next = words.get(at + taken).map_or("", |w| w.lower.as_str());
            let about_subject = is_participle(said) && !matches!(next, "to" | "from");
            let verb = if about_subject {
                String::new()
            } else {
                verb(words, at + taken)
            };
            let side = roles::before(words, at);
            frames.push(Frame { force, verb, side });
        }
        at += taken.max(1);
    }
    frames
}

/// What is said at a word, if it is a modal or a negation, and how many words say it.
fn force(words: &[Word<'_>], at: usize) -> (Option<Force>, usize) {
    let word = |offset: usize| {
        words
            .get(at + offset)
            .filter(|w| offset == 0 || !w.gap.contains([',', ';', '.', ':']))
            .map_or("", |w| w.lower.as_str())
    };
    let negated = |offset: usize| matches!(word(offset), "not" | "never");
    match word(0) {
        // The month.
        "may" if words[at].text.starts_with('M') && at > 0 => (None, 1),
        "shall" | "must" | "should" => {
            let not = negated(1);
            let no_subject = nobody_before(words, at);
            let force = if not || no_subject {
                Force::Ban
            } else {
                Force::Duty
            };
            (Some(force), 1 + usize::from(not))
        }
        "may" | "can" => {
            let not = negated(1);
            let no_subject = nobody_before(words, at);
            let force = if not || no_subject {
                Force::Ban
            } else {
                Force::Leave
            };
            (Some(force), 1 + usize::from(not))
        }
        "cannot" | "can't" | "mustn't" | "shan't" | "shouldn't" => (Some(Force::Ban), 1),
        "needn't" => (Some(Force::Release), 1),
        "need" if negated(1) => (Some(Force::Release), 2),
        "need" | "needs" | "has" | "have" if word(1) == "to" => (Some(Force::Duty), 2),
        "do" | "does" | "did" if negated(1) => {
            let release = matches!(word(2), "have" | "need") && word(3) == "to";
            if release {
                (Some(Force::Release), 4)
            } else {
                (Some(Force::Denial), 2)
            }
        }
        "don't" | "doesn't" | "didn't" => {
            let release = matches!(word(1), "have" | "need") && word(2) == "to";
            if release {
                (Some(Force::Release), 3)
            } else {
                (Some(Force::Denial), 1)
            }
        }
        "isn't" | "aren't" | "wasn't" | "won't" => participle(word(1), true, 1),
        "is" | "are" | "be" | "was" | "were" | "been" | "being" => {
            let not = usize::from(negated(1));
            participle(word(1 + not), not == 1, 1 + not)
        }
        "not" | "never" => (Some(Force::Denial), 1),
        // 'needs no approval', 'without consent'; but 'No, …' and 'no later than' deny nothing.
        "no" | "without" => {
            let plain = !matches!(
                word(1),
                "" | "later" | "more" | "less" | "longer" | "fewer" | "earlier" | "undue"
            );
            (plain.then_some(Force::Denial), 1)
        }
        _ => (None, 1),
    }
}

/// A word that says by itself what may be done.
fn is_participle(word: &str) -> bool {
    matches!(
        word,
        "required"
            | "obliged"
            | "obligated"
            | "mandatory"
            | "allowed"
            | "permitted"
            | "entitled"
            | "permissible"
            | "prohibited"
            | "forbidden"
            | "barred"
    )
}

/// 'required', 'allowed', 'prohibited' after a form of 'be'.
fn participle(word: &str, not: bool, taken: usize) -> (Option<Force>, usize) {
    let force = match (word, not) {
        ("required" | "obliged" | "obligated" | "mandatory", false) => Force::Duty,
        ("required" | "obliged" | "obligated" | "mandatory", true) => Force::Release,
        ("allowed" | "permitted" | "entitled" | "permissible", false)
        | ("prohibited" | "forbidden" | "barred", true) => Force::Leave,
        ("allowed" | "permitted" | "entitled" | "permissible", true)
        | ("prohibited" | "forbidden" | "barred", false) => Force::Ban,
        (_, true) => return (Some(Force::Denial), taken),
        (_, false) => return (None, 1),
    };
    (Some(force), taken + 1)
}

/// 'No employee may …', 'Neither party shall …'.
fn nobody_before(words: &[Word<'_>], at: usize) -> bool {
    let mut steps = 0;
    let mut back = at;
    while back > 0 && steps < 5 && !words[back].gap.contains([',', ';', '.', ':']) {
        back -= 1;
        steps += 1;
        if matches!(
            words[back].lower.as_str(),
            "no" | "neither" | "nobody" | "none" | "nothing"
        ) {
            return true;
        }
    }
    false
}

/// Stem of the verb that follows; empty when none follows in the same clause.
fn verb(words: &[Word<'_>], from: usize) -> String {
    for (step, word) in words[from.min(words.len())..].iter().take(6).enumerate() {
        if word.gap.contains([';', '.', ':', '(', ',']) && step > 0 || word.gap.contains(['.', ';'])
        {
            break;
        }
        let lower = word.lower.as_str();
        if is_empty_word(lower)
            || lower.ends_with("ly")
                && lower != "apply"
                && lower != "comply"
                && lower != "supply"
                && lower != "rely"
            || lower == "first"
        {
            continue;
        }
        return stem(lower);
    }
    String::new()
}
