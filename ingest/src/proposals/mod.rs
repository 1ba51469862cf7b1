//! What a document says of itself: from when until when it is in force, when it is to be looked at
//! again, whose law it is under. Nothing of it counts before a person has confirmed it, so what is
//! read is what is written: no term is reckoned, no month guessed.

mod dates;
mod places;

use crate::parse::Parsed;
use crate::passages::Chars;
use dates::day_at;
use inhouse_protocol::{Day, Fact, Proposal};
use places::find;

/// Characters of a document's beginning that are read.
const HEAD: usize = 20_000;
/// Pages of it.
const HEAD_PAGES: u32 = 5;
/// Characters of its end: a contract's last clauses.
const TAIL: usize = 12_000;
/// Characters of a quote.
const QUOTE: usize = 200;
/// Characters between the words and the day.
const GAP: usize = 40;

/// Words before a day, in lower case; the more particular first.
const CUES: [(Fact, &[&str]); 3] = [
    (
        Fact::ReviewOn,
        &[
            "next review date",
            "next review",
            "review date",
            "review due",
            "to be reviewed by",
            "to be reviewed on",
            "due for review",
            "nächste überprüfung",
            "nächste prüfung",
            "nächste revision",
            "zu überprüfen bis",
            "überprüfung bis",
            "überprüfung am",
            "wiedervorlage",
            "revisionsdatum",
        ],
    ),
    (
        Fact::EffectiveUntil,
        &[
            "valid until",
            "valid through",
            "effective until",
            "in force until",
            "in effect until",
            "expires on",
            "expire on",
            "expiry date",
            "expiration date",
            "date of expiry",
            "applies until",
            "gültig bis",
            "gültigkeit bis",
            "gilt bis",
            "in kraft bis",
            "befristet bis",
            "laufzeit bis",
            "ablaufdatum",
            "geltungsdauer bis",
        ],
    ),
    (
        Fact::EffectiveFrom,
        &[
            "effective date",
            "effective as of",
            "effective from",
            "effective on",
            "effective",
            "with effect from",
            "in force from",
            "in force as of",
            "in force since",
            "in effect from",
            "take effect on",
            "takes effect on",
            "enters into force on",
            "enter into force on",
            "comes into force on",
            "come into force on",
            "valid from",
            "valid as of",
            "commencement date",
            "applies from",
            "gültig ab",
            "gültig seit",
            "gültig vom",
            "gültigkeit ab",
            "gilt ab",
            "gilt seit",
            "in kraft ab",
            "in kraft seit",
            "in kraft getreten am",
            "inkrafttreten",
            "mit wirkung vom",
            "mit wirkung ab",
            "mit wirkung zum",
            "wirksam ab",
            "wirksam zum",
        ],
    ),
];

/// Words that may stand between the cue and its day.
const BETWEEN: [&str; 18] = [
    "as", "of", "on", "from", "the", "is", "date", "by", "shall", "be", "ab", "am", "vom", "zum",
    "dem", "den", "this", "datum",
];

/// At most one proposal for each fact, the document's first word on it.
pub(crate) fn proposals(parsed: &Parsed) -> Vec<Proposal> {
    let mut found: Vec<Proposal> = Vec::new();
    let total = parsed.blocks.last().map_or(0, |block| block.end);
    let text = Chars::new(&parsed.text);
    for block in &parsed.blocks {
        let early = block.start < HEAD && block.page.is_none_or(|page| page <= HEAD_PAGES);
        let late = block.end + TAIL > total;
        if !early && !late {
            continue;
        }
        let known = |fact| {
            found
                .iter()
                .any(|proposal: &Proposal| proposal.fact == fact)
        };
        let mut said = Vec::new();
        let sentence = Sentence::new(text.slice(block.start, block.end));
        if early {
            said.extend(sentence.days());
        }
        if !known(Fact::Jurisdiction) {
            said.extend(sentence.place());
        }
        said.retain(|said| !known(said.0));
        for (fact, value, quote) in said {
            if found.iter().all(|proposal| proposal.fact != fact) {
                found.push(Proposal {
                    fact,
                    value,
                    quote,
                    page: block.page,
                });
            }
        }
    }
    plausible(&mut found);
    found.sort_by_key(|proposal| proposal.fact);
    found
}

/// An end before the beginning is a misreading.
fn plausible(found: &mut Vec<Proposal>) {
    let day = |fact| {
        let proposal = found.iter().find(|proposal| proposal.fact == fact)?;
        proposal.value.parse::<Day>().ok()
    };
    if let (Some(from), Some(until)) = (day(Fact::EffectiveFrom), day(Fact::EffectiveUntil))
        && until <= from
    {
        found.retain(|proposal| proposal.fact != Fact::EffectiveUntil);
    }
}

/// A block's words: as written, and in lower case, character for character.
struct Sentence {
    text: Vec<char>,
    lower: Vec<char>,
}

type Said = (Fact, String, String);

impl Sentence {
    fn new(words: &str) -> Self {
        let squeezed = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: Vec<char> = squeezed.chars().take(HEAD).collect();
        let lower = text
            .iter()
            .map(|c| c.to_lowercase().next().unwrap_or(*c))
            .collect();
        Self { text, lower }
    }

    /// The days that follow their cues, the first of each fact.
    fn days(&self) -> Vec<Said> {
        let mut said = Vec::new();
        for (fact, cues) in CUES {
            let mut first: Option<(usize, usize, Day)> = None;
            for cue in cues {
                let Some((at, end, day)) = self.cued(cue) else {
                    continue;
                };
                if first.is_none_or(|(known, _, _)| at < known) {
                    first = Some((at, end, day));
                }
            }
            if fact != Fact::ReviewOn && first.is_none() {
                first = self.begins_or_ends(fact == Fact::EffectiveFrom);
            }
            if let Some((at, end, day)) = first {
                // 'Until' names the last day; what is kept is the first one no more.
                let day = if fact == Fact::EffectiveUntil {
                    day.plus(1)
                } else {
                    day
                };
                said.push((fact, day.to_string(), self.quote(at, end)));
            }
        }
        said
    }

    /// Where a cue stands with a day behind it, or with one right before it in brackets: 'as of 1
    /// May 2026 (the "Effective Date")'.
    fn cued(&self, cue: &str) -> Option<(usize, usize, Day)> {
        let mut from = 0;
        while let Some(at) = find(&self.lower, cue, from) {
            let behind = at + cue.chars().count();
            let ends = self.lower.get(behind).is_none_or(|c| !c.is_alphanumeric());
            if ends && let Some((day, end)) = self.day_behind(behind) {
                return Some((at, end, day));
            }
            if cue == "effective date"
                && let Some((start, day)) = self.day_before(at)
            {
                return Some((start, behind, day));
            }
            from = at + 1;
        }
        None
    }

    /// The day after `at`, with nothing but small words and marks between.
    fn day_behind(&self, at: usize) -> Option<(Day, usize)> {
        let mut from = at;
        while from < self.lower.len() && from < at + GAP {
            if !self.lower[from].is_alphanumeric() {
                from += 1;
                continue;
            }
            if let Some(found) = day_at(&self.lower, from) {
                return Some(found);
            }
            let word: String = self.lower[from..]
                .iter()
                .take_while(|c| c.is_alphanumeric())
                .collect();
            if !BETWEEN.contains(&word.as_str()) {
                return None;
            }
            from += word.chars().count();
        }
        None
    }

    /// The day that ends shortly before `at`, a bracket between them; and where it starts.
    fn day_before(&self, at: usize) -> Option<(usize, Day)> {
        let from = at.saturating_sub(2 * GAP);
        (from..at).filter(|i| self.starts_word(*i)).find_map(|i| {
            let (day, end) = day_at(&self.lower, i)?;
            let between = self.lower.get(end..at)?;
            (between.len() < GAP && between.contains(&'(')).then_some((i, day))
        })
    }

    /// 'Tritt am 1. Mai 2026 in Kraft', '… außer Kraft'.
    fn begins_or_ends(&self, into: bool) -> Option<(usize, usize, Day)> {
        let words = if into { " in kraft" } else { " außer kraft" };
        ["tritt", "treten"].into_iter().find_map(|cue| {
            let at = find(&self.lower, cue, 0)?;
            let near = self.lower.len().min(at + 2 * GAP);
            (at..near).filter(|i| self.starts_word(*i)).find_map(|i| {
                let (day, end) = day_at(&self.lower, i)?;
                let words: Vec<char> = words.chars().collect();
                let follows = self.lower[end..].starts_with(&words);
                follows.then(|| (at, end + words.len(), day))
            })
        })
    }

    fn starts_word(&self, at: usize) -> bool {
        self.lower[at].is_alphanumeric() && (at == 0 || !self.lower[at - 1].is_alphanumeric())
    }

    fn place(&self) -> Option<Said> {
        let (name, at, end) = places::governing(&self.text, &self.lower)?;
        Some((Fact::Jurisdiction, name, self.quote(at, end)))
    }

    /// The words around characters `start..end`, at most 200 characters, from a word's start to a
    /// word's end.
    fn quote(&self, start: usize, end: usize) -> String {
        let end = end.min(self.text.len());
        let around = QUOTE.saturating_sub(end - start) / 2;
        let mut from = start.saturating_sub(around);
        let mut until = (end + around).min(self.text.len()).min(from + QUOTE);
        while from > 0 && from < start && !self.text[from - 1].is_whitespace() {
            from += 1;
        }
        while until < self.text.len() && until > end && !self.text[until].is_whitespace() {
            until -= 1;
        }
        let quote: String = self.text[from..until.max(from)].iter().collect();
        quote.trim().to_owned()
    }
}

#[cfg(test)]
mod tests;
