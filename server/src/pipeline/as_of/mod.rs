//! The day that a question asks about: 'What did the policy say in March?'
//!
//! A date in a question is mostly that of a contract, an invoice or an event, and the answer is
//! to be what holds today. So a date counts only where it stands as a time ('in', 'on', 'as of',
//! 'am', 'im', 'Stand') and the same sentence speaks of another time ('did', 'was', 'in force',
//! 'galt'), and no word beside it says what happened then ('signed', 'due', 'geschlossen'). Two
//! such days in a question say nothing.

mod dates;
mod phrases;

use dates::{Grain, Kind, Period, Token, is_sign, month_named, period, relative, tokens, word};
use inhouse_protocol::Day;

/// Words before a date that may say what happened on it, and words after it.
const WORDS_BEFORE: usize = 3;
const WORDS_AFTER: usize = 2;

/// A day that a question asks about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AsOf {
    pub(super) day: Day,
    /// The question's words for it; empty where it was given beside the question.
    pub(super) words: String,
}

impl AsOf {
    pub(super) const fn given(day: Day) -> Self {
        Self {
            day,
            words: String::new(),
        }
    }

    /// For who looks into how the question was answered.
    pub(super) fn in_words(&self) -> String {
        let named = match self.words.as_str() {
            "" => String::new(),
            words => format!(" ('{words}')"),
        };
        format!(
            "The question is about {}{named}: what is in force on that day was searched.",
            self.day
        )
    }
}

/// The day that `text` asks about, where it isn't asked on `today`.
pub(super) fn find(today: Day, text: &str) -> Option<AsOf> {
    let tokens = tokens(text);
    let mut found: Option<AsOf> = None;
    for tokens in tokens.split_inclusive(|token| ends_sentence(text, &tokens, token)) {
        let sentence = Sentence::new(tokens, today);
        for at in 0..tokens.len() {
            let Some((day, end)) = sentence.day_at(at) else {
                continue;
            };
            match &found {
                Some(as_of) if as_of.day != day => return None,
                Some(_) => {}
                None => {
                    let words = text[tokens[at].start..tokens[end - 1].end].to_owned();
                    found = Some(AsOf { day, words });
                }
            }
        }
    }
    found
}

/// Full stops of dates and abbreviated months end no sentence.
fn ends_sentence(text: &str, tokens: &[Token], token: &Token) -> bool {
    match token.kind {
        Kind::Sign('?' | '!' | ';') => true,
        Kind::Sign('.') => {
            let next = text[token.end..].trim_start().chars().next();
            let before = tokens.iter().take_while(|other| other.end <= token.start);
            let after_word = before.last().is_some_and(
                |before| matches!(&before.kind, Kind::Word(word) if month_named(word).is_none()),
            );
            after_word && next.is_none_or(char::is_uppercase)
        }
        _ => false,
    }
}

/// When something is, as a question says it.
struct When {
    day: Day,
    /// The day before it begins.
    before: Day,
    /// None for a part: 'end of March'.
    grain: Option<Grain>,
    dated: bool,
}

impl When {
    /// A period that runs means today; one that is over its last day.
    fn of(period: Period, today: Day) -> Self {
        let runs = period.first <= today && today <= period.last;
        Self {
            day: if runs { today } else { period.last },
            before: period.first.plus(-1),
            grain: Some(period.grain),
            dated: period.dated,
        }
    }

    fn part(day: Day, dated: bool) -> Self {
        Self {
            day,
            before: day.plus(-1),
            grain: None,
            dated,
        }
    }
}

struct Sentence<'a> {
    tokens: &'a [Token],
    today: Day,
    german: bool,
    /// It speaks of what was.
    past: bool,
    /// It speaks of what is in force.
    in_force: bool,
}

impl<'a> Sentence<'a> {
    fn new(tokens: &'a [Token], today: Day) -> Self {
        let count = |known: &[&str]| {
            let words = (0..tokens.len()).filter_map(|at| word(tokens, at));
            words.filter(|word| known.contains(word)).count()
        };
        let german = count(phrases::GERMAN) > count(phrases::ENGLISH);
        let sentence = Self {
            tokens,
            today,
            german,
            past: false,
            in_force: false,
        };
        let (past, in_force) = if german {
            (phrases::PAST_GERMAN, phrases::IN_FORCE_GERMAN)
        } else {
            (phrases::PAST_ENGLISH, phrases::IN_FORCE_ENGLISH)
        };
        Self {
            past: sentence.says(past),
            in_force: sentence.says(in_force),
            ..sentence
        }
    }

    fn says(&self, known: &[&str]) -> bool {
        (0..self.tokens.len())
            .any(|at| self.word(at).is_some_and(|word| known.contains(&word)) && !self.of_asker(at))
    }

    /// The verb is about a person: 'last year I was in Berlin'.
    fn of_asker(&self, at: usize) -> bool {
        let verb = self.word(at).unwrap_or_default();
        let beside = [at.wrapping_sub(1), at + 1];
        let mut beside = beside.into_iter().filter_map(|at| self.word(at));
        phrases::OF_STATE.contains(&verb) && beside.any(|word| phrases::PEOPLE.contains(&word))
    }

    fn word(&self, at: usize) -> Option<&'a str> {
        word(self.tokens, at)
    }

    /// The day asked about in the words that begin at a token, and the token after them.
    fn day_at(&self, at: usize) -> Option<(Day, usize)> {
        if let Some(next) = self.anchor(at) {
            let (when, end) = self.when(next)?;
            return (!self.of_event(at, end)).then_some((when.day, end));
        }
        let (day, dated, end) = self.timed(at)?;
        let asked = self.past && day <= self.today || self.in_force && dated;
        (asked && !self.of_event(at, end)).then_some((day, end))
    }

    /// The token after words that need no other to ask about a day: 'as of', 'Stand:'.
    fn anchor(&self, at: usize) -> Option<usize> {
        match (self.word(at)?, self.word(at + 1)) {
            ("as", Some("of" | "at"))
            | ("version", Some("of" | "from" | "vom" | "von"))
            | ("fassung", Some("vom" | "von")) => Some(at + 2),
            ("stand", _) => {
                let next = at + 1 + usize::from(is_sign(self.tokens, at + 1, &[':', '.']));
                let joined = matches!(self.word(next), Some("vom" | "zum" | "am" | "per"));
                Some(next + usize::from(joined)).filter(|&next| self.when(next).is_some())
            }
            _ => None,
        }
    }

    /// A day with the word that makes it a time, whether it says its year, and the token after.
    fn timed(&self, at: usize) -> Option<(Day, bool, usize)> {
        if let Some((period, end)) = relative(self.tokens, at, self.today) {
            let when = When::of(period, self.today);
            return Some((when.day, when.dated, end));
        }
        let first = self.word(at)?;
        if let Some(next) = self.before(at) {
            let (when, end) = self.when(next)?;
            return Some((when.before, when.dated, end));
        }
        let (when, end) = match first {
            // 'Ende 2024' and 'galt 2024' stand without a preposition.
            "ende" | "anfang" => self.when(at)?,
            _ if self.german && phrases::PAST_GERMAN.contains(&first) => {
                let (when, end) = self.when(at + 1)?;
                return (when.grain == Some(Grain::Year)).then_some((when.day, true, end));
            }
            _ => self.when(at + 1)?,
        };
        let fits = matches!(
            (first, when.grain),
            ("on" | "am" | "zum" | "per" | "at", Some(Grain::Day))
                | ("in" | "im" | "during", Some(Grain::Month | Grain::Year))
                | ("at" | "in" | "ende" | "anfang" | "zum", None)
        );
        fits.then_some((when.day, when.dated, end))
    }

    /// The token after 'before'.
    fn before(&self, at: usize) -> Option<usize> {
        match (self.word(at)?, self.word(at + 1)) {
            ("before", _) => Some(at + 1),
            ("prior", Some("to")) | ("vor", Some("dem" | "der")) => Some(at + 2),
            ("vor", _) if self.german => Some(at + 1),
            _ => None,
        }
    }

    /// The date that begins at a token, with what stands before it ('the end of', 'Monday, the'),
    /// and the token after it.
    fn when(&self, at: usize) -> Option<(When, usize)> {
        let mut at = at;
        if self
            .word(at)
            .is_some_and(|word| phrases::WEEKDAYS.contains(&word))
        {
            at += 1 + usize::from(is_sign(self.tokens, at + 1, &[',']));
        }
        let the = matches!(self.word(at), Some("the" | "den" | "dem"));
        at += usize::from(the);
        if let Some(last) = self.word(at).and_then(part) {
            let joined = matches!(self.word(at + 1), Some("of" | "des" | "vom"));
            let (period, end) = self.named(at + 1 + usize::from(joined))?;
            let day = if last { period.last } else { period.first };
            return Some((When::part(day, period.dated), end));
        }
        let (period, end) = self.named(at)?;
        // 'in the March report' is about a report.
        let day = period.grain == Grain::Day || self.is_year(at);
        (!the || day).then(|| (When::of(period, self.today), end))
    }

    /// A date, also 'the year 2024' and 'Jahr 2024'.
    fn named(&self, at: usize) -> Option<(Period, usize)> {
        period(self.tokens, at + usize::from(self.is_year(at)), self.today)
    }

    fn is_year(&self, at: usize) -> bool {
        matches!(self.word(at), Some("year" | "jahr" | "jahre" | "jahres"))
    }

    /// The date is that of an event, or one end of a span of time.
    fn of_event(&self, start: usize, end: usize) -> bool {
        // What stands before another date belongs to that one.
        let before = (0..start).rev().take_while(|&at| !self.is_number(at));
        let before = before.filter_map(|at| Some((at, self.word(at)?)));
        let happened = before.take(WORDS_BEFORE).any(|(at, word)| {
            let stood = at > 0 && matches!(self.word(at - 1), Some("was" | "were" | "is" | "are"));
            phrases::EVENTS.contains(&word) || word == "effective" && !stood
        });
        // A German participle stands behind: 'am 3. März geschlossen'.
        let after = (end..self.tokens.len()).filter_map(|at| self.word(at));
        let follows = self.german && after.take(WORDS_AFTER).any(is_event_behind);
        let beside = start.checked_sub(1).and_then(|at| self.word(at));
        let bounds = beside.is_some_and(|word| phrases::BOUNDING.contains(&word));
        happened || follows || bounds || self.is_span(end)
    }

    fn is_number(&self, at: usize) -> bool {
        let kind = self.tokens.get(at).map(|token| &token.kind);
        matches!(kind, Some(Kind::Number { .. }))
    }

    /// Another date follows: 'in March and April', '2023-2024'.
    fn is_span(&self, end: usize) -> bool {
        let joined = is_sign(self.tokens, end, &['-', '–', '/'])
            || self
                .word(end)
                .is_some_and(|word| phrases::JOINING.contains(&word));
        joined && (self.is_number(end + 1) || self.when(end + 1).is_some())
    }
}

/// Whether a word names the end of a period, or its beginning.
fn part(word: &str) -> Option<bool> {
    match word {
        "end" | "ende" | "late" => Some(true),
        "beginning" | "start" | "early" | "anfang" | "beginn" => Some(false),
        _ => None,
    }
}

/// As a participle with any ending: 'geschlossenen'.
fn is_event_behind(word: &str) -> bool {
    let stems = phrases::EVENTS.iter().filter(|event| event.len() > 5);
    let mut stems = stems.filter(|event| event.ends_with('t') || event.ends_with("en"));
    stems.any(|event| word.starts_with(event))
}

#[cfg(test)]
mod tests;
