//! What a sentence says of an action: 'shall', 'may', 'not' and their like, in English; German is
//! read by [`super::german`].

use super::super::{bounds, roles};
use super::german;
use crate::text::{Word, is_empty_word, stem, words};

/// What is said of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Force {
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
    pub(super) const fn in_words(self) -> &'static str {
        match self {
            Self::Duty => "has to be",
            Self::Leave => "may be",
            Self::Ban => "may not be",
            Self::Release => "need not be",
            Self::Denial => "is not",
        }
    }

    /// Whether a sentence may say `self` where the passage says `other`.
    pub(super) fn agrees(self, other: Self) -> bool {
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
pub(crate) struct Frame {
    pub(crate) force: Force,
    /// The verb's stem; empty where the statement is about its subject ('gifts are prohibited').
    pub(crate) verb: String,
    /// The side of the contract that it is said of.
    pub(super) side: Option<&'static str>,
    /// Where the words stand that say it: byte offsets.
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What a text says of actions.
pub(crate) fn frames_of(text: &str) -> Vec<Frame> {
    frames(&words(text))
}

pub(super) fn frames(words: &[Word<'_>]) -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if let Some((force, verb)) = german::said(words, at) {
            frames.push(Frame {
                force,
                verb,
                side: None,
                start: words[at].start,
                end: words[at].end,
            });
            at += 1;
            continue;
        }
        let (force, taken) = force(words, at);
        if let Some(force) = force {
            // 'Permitted' and its like are about their subject, unless 'to' or 'from' follows.
            let said = words[at + taken - 1].lower.as_str();
            let next = words.get(at + taken).map_or("", |w| w.lower.as_str());
            let about_subject = is_participle(said) && !matches!(next, "to" | "from");
            let mut verbs = if about_subject {
                vec![String::new()]
            } else {
                verbs(words, at + taken)
            };
            if matches!(said, "no" | "without") {
                // Nouns follow; those joined to the first may belong to what comes next.
                verbs.truncate(1);
            }
            for verb in verbs {
                frames.push(Frame {
                    force,
                    verb,
                    side: roles::before(words, at),
                    start: words[at].start,
                    end: words[at + taken - 1].end,
                });
            }
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
                ((!bounds::is_cue(word(2))).then_some(Force::Denial), 2)
            }
        }
        "don't" | "doesn't" | "didn't" => {
            let release = matches!(word(1), "have" | "need") && word(2) == "to";
            if release {
                (Some(Force::Release), 3)
            } else {
                ((!bounds::is_cue(word(1))).then_some(Force::Denial), 1)
            }
        }
        "isn't" | "aren't" | "wasn't" | "won't" => participle(word(1), true, 1),
        "is" | "are" | "be" | "was" | "were" | "been" | "being" => {
            let not = usize::from(negated(1));
            participle(word(1 + not), not == 1, 1 + not)
        }
        // 'Shall not assign nor transfer'; 'nor shall it' is read at 'shall'.
        "nor" if !matches!(word(1), "shall" | "may" | "must" | "can" | "is" | "are") => {
            (Some(Force::Denial), 1)
        }
        // 'Not later than' belongs to the figure.
        "not" | "never" if bounds::is_cue(word(1)) => (None, 2),
        "not" | "never" => (Some(Force::Denial), 1),
        // 'needs no approval', 'without consent'; but 'No, …' denies nothing.
        "no" | "without" => {
            let plain = !matches!(word(1), "" | "undue") && !bounds::is_cue(word(1));
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
            "no" | "neither" | "nor" | "nobody" | "none" | "nothing"
        ) {
            return true;
        }
    }
    false
}

/// Stems of the verb that follows and of those joined to it ('assign, transfer or pledge'); an
/// empty one when none follows in the same clause.
fn verbs(words: &[Word<'_>], from: usize) -> Vec<String> {
    let Some(mut at) = verb(words, from) else {
        return vec![String::new()];
    };
    let mut found = vec![stem(&words[at].lower)];
    // Only what stands right beside the verb: 'accept a gift or a meal' joins no verbs.
    while found.len() < 4 {
        let joins = |word: &Word<'_>| matches!(word.lower.as_str(), "or" | "nor" | "and");
        let Some(next) = words.get(at + 1) else { break };
        let joined = if joins(next) && !next.gap.contains([';', '.', ':']) {
            at + 2
        } else if next.gap.trim() == ","
            && words
                .get(at + 2)
                .is_some_and(|w| w.gap.trim() == "," || joins(w))
        {
            at + 1
        } else {
            break;
        };
        match words.get(joined) {
            Some(word) if !is_empty_word(&word.lower) => found.push(stem(&word.lower)),
            _ => break,
        }
        at = joined;
    }
    found
}

/// Where the verb stands that follows in the same clause.
fn verb(words: &[Word<'_>], from: usize) -> Option<usize> {
    for (step, word) in words[from.min(words.len())..].iter().take(6).enumerate() {
        if word.gap.contains([';', '.', ':', '(', ',']) && step > 0 || word.gap.contains(['.', ';'])
        {
            return None;
        }
        let lower = word.lower.as_str();
        let adverb =
            lower.ends_with("ly") && !matches!(lower, "apply" | "comply" | "supply" | "rely");
        if !(is_empty_word(lower) || adverb || lower == "first") {
            return Some(from + step);
        }
    }
    None
}
