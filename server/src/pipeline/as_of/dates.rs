//! Dates as people write them in a question, English or German.

use inhouse_protocol::Day;

/// Years that a question may be about.
const YEARS: std::ops::RangeInclusive<i64> = 1900..=2199;

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "januar", "jänner"],
    &["february", "feb", "februar"],
    &["march", "mar", "märz", "maerz", "mrz"],
    &["april", "apr"],
    &["may", "mai"],
    &["june", "jun", "juni"],
    &["july", "jul", "juli"],
    &["august", "aug"],
    &["september", "sept", "sep"],
    &["october", "oct", "oktober", "okt"],
    &["november", "nov"],
    &["december", "dec", "dezember", "dez"],
];

/// Numbers that people write out before 'years ago'.
const COUNTS: [(&[&str], i64); 6] = [
    (&["a", "an", "one", "einem", "einer"], 1),
    (&["two", "zwei"], 2),
    (&["three", "drei"], 3),
    (&["four", "vier"], 4),
    (&["five", "fünf"], 5),
    (&["six", "sechs"], 6),
];

const LAST: [&str; 11] = [
    "last",
    "letztes",
    "letzten",
    "letzte",
    "letztem",
    "vergangenes",
    "vergangenen",
    "vergangene",
    "voriges",
    "vorigen",
    "vorige",
];

/// A word, a number or a sign, and where it stands, in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// In lower case; with its digits, as in 'q3'.
    Word(String),
    Number {
        value: i64,
        digits: usize,
    },
    Sign(char),
}

/// How much time a date takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Day,
    Month,
    Year,
}

/// A day, month or year that is named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Period {
    pub(super) first: Day,
    pub(super) last: Day,
    pub(super) grain: Grain,
    /// It says which year.
    pub(super) dated: bool,
}

impl Period {
    const fn day(day: Day, dated: bool) -> Self {
        Self {
            first: day,
            last: day,
            grain: Grain::Day,
            dated,
        }
    }

    fn month(year: i64, month: u32, dated: bool) -> Option<Self> {
        let next = if month == 12 {
            Day::of(year + 1, 1, 1)
        } else {
            Day::of(year, month + 1, 1)
        };
        Some(Self {
            first: Day::of(year, month, 1)?,
            last: next?.plus(-1),
            grain: Grain::Month,
            dated,
        })
    }

    fn year(year: i64) -> Option<Self> {
        Some(Self {
            first: Day::of(year, 1, 1)?,
            last: Day::of(year, 12, 31)?,
            grain: Grain::Year,
            dated: true,
        })
    }
}

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let start = text.len() - rest.len();
        let length = if first.is_alphanumeric() {
            rest.find(|c: char| !c.is_alphanumeric())
                .unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        if first.is_whitespace() {
            continue;
        }
        let kind = if first.is_alphanumeric() {
            number(piece).unwrap_or_else(|| Kind::Word(piece.to_lowercase()))
        } else {
            Kind::Sign(first)
        };
        let end = start + length;
        tokens.push(Token { kind, start, end });
    }
    tokens
}

/// A number, as in '15' or '15th'.
fn number(piece: &str) -> Option<Kind> {
    let digits = piece.trim_end_matches(|c: char| !c.is_ascii_digit());
    let suffix = &piece[digits.len()..];
    let known = ["", "st", "nd", "rd", "th"].contains(&suffix.to_lowercase().as_str());
    (known && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
        .map(|value| Kind::Number {
            value,
            digits: digits.len(),
        })
}

pub(super) fn word(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.kind {
        Kind::Word(word) => Some(word),
        Kind::Number { .. } | Kind::Sign(_) => None,
    }
}

pub(super) fn is_sign(tokens: &[Token], at: usize, signs: &[char]) -> bool {
    matches!(tokens.get(at), Some(Token { kind: Kind::Sign(sign), .. }) if signs.contains(sign))
}

pub(super) fn month_named(word: &str) -> Option<u32> {
    let mut numbered = (1..).zip(MONTHS);
    numbered
        .find(|(_, names)| names.contains(&word))
        .map(|(number, _)| number)
}

/// The date that begins at a token, and the token after it. One without a year is the latest that
/// has begun by `today`.
pub(super) fn period(tokens: &[Token], at: usize, today: Day) -> Option<(Period, usize)> {
    in_digits(tokens, at)
        .or_else(|| day_and_month(tokens, at, today))
        .or_else(|| month_first(tokens, at, today))
        .or_else(|| Some((Period::year(year(tokens, at)?)?, at + 1)))
}

/// A number of one or two digits, for a day or a month.
fn small(tokens: &[Token], at: usize) -> Option<u32> {
    match tokens.get(at)?.kind {
        Kind::Number {
            value,
            digits: 1 | 2,
        } => u32::try_from(value).ok(),
        _ => None,
    }
}

fn year(tokens: &[Token], at: usize) -> Option<i64> {
    match tokens.get(at)?.kind {
        Kind::Number { value, digits: 4 } => YEARS.contains(&value).then_some(value),
        _ => None,
    }
}

/// '2026-03-15', '15.3.2026', and '3/15/2026' where the order of day and month is clear.
fn in_digits(tokens: &[Token], at: usize) -> Option<(Period, usize)> {
    let divided = |sign| is_sign(tokens, at + 1, &[sign]) && is_sign(tokens, at + 3, &[sign]);
    let (year, month, day) = if divided('-') {
        (
            year(tokens, at)?,
            small(tokens, at + 2)?,
            small(tokens, at + 4)?,
        )
    } else if divided('.') {
        (
            year(tokens, at + 4)?,
            small(tokens, at + 2)?,
            small(tokens, at)?,
        )
    } else if divided('/') {
        let (one, other) = (small(tokens, at)?, small(tokens, at + 2)?);
        let (day, month) = match (one > 12, other > 12) {
            (true, false) => (one, other),
            (false, true) => (other, one),
            _ if one == other => (one, other),
            _ => return None,
        };
        (year(tokens, at + 4)?, month, day)
    } else {
        return None;
    };
    Some((Period::day(Day::of(year, month, day)?, true), at + 5))
}

/// '15 March 2026', '15th of March', '15. März 2026'.
fn day_and_month(tokens: &[Token], at: usize, today: Day) -> Option<(Period, usize)> {
    let day = small(tokens, at)?;
    let mut next = at + 1;
    if is_sign(tokens, next, &['.']) || word(tokens, next) == Some("of") {
        next += 1;
    }
    let month = month_named(word(tokens, next)?)?;
    of_year(tokens, next + 1, today, month, day)
}

/// 'March 15, 2026', 'March 2026', 'March'.
fn month_first(tokens: &[Token], at: usize, today: Day) -> Option<(Period, usize)> {
    let month = month_named(word(tokens, at)?)?;
    let abbreviated = usize::from(is_sign(tokens, at + 1, &['.']));
    if let Some(day) = small(tokens, at + 1 + abbreviated) {
        return of_year(tokens, at + 2 + abbreviated, today, month, day);
    }
    if let Some((year, next)) = year_after(tokens, at + 1) {
        return Some((Period::month(year, month, true)?, next));
    }
    let (this_year, this_month, _) = today.civil();
    let year = if month > this_month {
        this_year - 1
    } else {
        this_year
    };
    Some((Period::month(year, month, false)?, at + 1))
}

/// The day of a month, of the year that stands at a token or the latest.
fn of_year(
    tokens: &[Token],
    at: usize,
    today: Day,
    month: u32,
    day: u32,
) -> Option<(Period, usize)> {
    if let Some((year, next)) = year_after(tokens, at) {
        return Some((Period::day(Day::of(year, month, day)?, true), next));
    }
    let (year, ..) = today.civil();
    let latest = Day::of(year, month, day)
        .filter(|day| *day <= today)
        .or_else(|| Day::of(year - 1, month, day))?;
    Some((Period::day(latest, false), at))
}

/// A year, also after a comma, a full stop or 'of'.
fn year_after(tokens: &[Token], at: usize) -> Option<(i64, usize)> {
    let skipped = is_sign(tokens, at, &[',', '.']) || word(tokens, at) == Some("of");
    let at = at + usize::from(skipped);
    Some((year(tokens, at)?, at + 1))
}

/// 'yesterday', 'last year', 'two years ago', and the token after it.
pub(super) fn relative(tokens: &[Token], at: usize, today: Day) -> Option<(Period, usize)> {
    let first = word(tokens, at);
    match first {
        Some("yesterday" | "gestern") => return Some((Period::day(today.plus(-1), true), at + 1)),
        Some("vorgestern") => return Some((Period::day(today.plus(-2), true), at + 1)),
        Some(first) if LAST.contains(&first) => {
            let unit = word(tokens, at + 1)?;
            return Some((last(unit, today)?, at + 2));
        }
        _ => {}
    }
    let german = first == Some("vor");
    let at = at + usize::from(german);
    let count = count(tokens, at)?;
    let day = back(word(tokens, at + 1)?, count, today)?;
    if german {
        return Some((Period::day(day, true), at + 2));
    }
    (word(tokens, at + 2) == Some("ago")).then(|| (Period::day(day, true), at + 3))
}

/// The year, month or week before the running one, or the month of this name before it.
fn last(unit: &str, today: Day) -> Option<Period> {
    let (year, month, _) = today.civil();
    match unit {
        "year" | "jahr" | "jahres" => Period::year(year - 1),
        "month" | "monat" if month == 1 => Period::month(year - 1, 12, true),
        "month" | "monat" => Period::month(year, month - 1, true),
        "week" | "woche" => Some(Period::day(today.plus(-7), true)),
        _ => {
            let named = month_named(unit)?;
            Period::month(if named < month { year } else { year - 1 }, named, true)
        }
    }
}

fn count(tokens: &[Token], at: usize) -> Option<i64> {
    if let Some(count) = small(tokens, at) {
        return Some(i64::from(count));
    }
    let word = word(tokens, at)?;
    let found = COUNTS.iter().find(|(words, _)| words.contains(&word));
    found.map(|(_, count)| *count)
}

/// The day so many units ago.
fn back(unit: &str, count: i64, today: Day) -> Option<Day> {
    let (year, month, day) = today.civil();
    let months = match unit {
        "day" | "days" | "tag" | "tagen" => return Some(today.plus(-count)),
        "week" | "weeks" | "woche" | "wochen" => return Some(today.plus(-7 * count)),
        "month" | "months" | "monat" | "monaten" => count,
        "year" | "years" | "jahr" | "jahren" => 12 * count,
        _ => return None,
    };
    let months = year * 12 + i64::from(month) - 1 - months;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    let month = Period::month(year, u32::try_from(month).ok()?, true)?;
    Some(month.first.plus(i64::from(day) - 1).min(month.last))
}
