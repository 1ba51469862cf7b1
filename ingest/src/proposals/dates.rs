//! Days as people write them, in English and German.

use inhouse_protocol::Day;

const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner", "jan"],
    &["february", "februar", "feber", "feb"],
    &["march", "märz", "mar", "mrz"],
    &["april", "apr"],
    &["may", "mai"],
    &["june", "juni", "jun"],
    &["july", "juli", "jul"],
    &["august", "aug"],
    &["september", "sept", "sep"],
    &["october", "oktober", "oct", "okt"],
    &["november", "nov"],
    &["december", "dezember", "dec", "dez"],
];

/// Words inside a day: '1st day of January'.
const INSIDE: [&str; 3] = ["of", "day", "the"];

/// A word or a number of a text: its characters `start..end`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    text: String,
    end: usize,
}

/// The day that stands at character `at` of a text in lower case, and one past its last character.
/// A day of which the month could be meant by either number is none.
pub(super) fn day_at(text: &[char], at: usize) -> Option<(Day, usize)> {
    let tokens = tokens(text, at);
    numbers(&tokens)
        .or_else(|| day_first(&tokens))
        .or_else(|| month_first(&tokens))
}

/// The next words and numbers, with what divides them; enough for the longest way to write a day.
fn tokens(text: &[char], at: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut from = at;
    while tokens.len() < 12 && from < text.len() {
        let kind = kind(text[from]);
        let mut end = from + 1;
        // Marks stand for themselves, one by one.
        while kind != Kind::Mark && end < text.len() && self::kind(text[end]) == kind {
            end += 1;
        }
        if kind != Kind::Blank {
            tokens.push(Token {
                text: text[from..end].iter().collect(),
                end,
            });
        }
        from = end;
    }
    tokens
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digits,
    Letters,
    Blank,
    Mark,
}

fn kind(c: char) -> Kind {
    match c {
        c if c.is_ascii_digit() => Kind::Digits,
        c if c.is_alphabetic() => Kind::Letters,
        c if c.is_whitespace() => Kind::Blank,
        _ => Kind::Mark,
    }
}

impl Token {
    fn number(&self, digits: std::ops::RangeInclusive<usize>) -> Option<u32> {
        let sound = digits.contains(&self.text.len());
        sound.then(|| self.text.parse().ok()).flatten()
    }

    fn is(&self, mark: &str) -> bool {
        self.text == mark
    }
}

fn year(token: &Token) -> Option<i64> {
    let year = token.number(4..=4).filter(|y| (1900..=2199).contains(y))?;
    Some(i64::from(year))
}

fn month(token: &Token) -> Option<u32> {
    let found = MONTHS
        .iter()
        .position(|names| names.contains(&token.text.as_str()))?;
    u32::try_from(found + 1).ok()
}

/// `2026-03-15`, `15.03.2026`, `25/3/2026`.
fn numbers(tokens: &[Token]) -> Option<(Day, usize)> {
    let [first, mark, second, again, third, ..] = tokens else {
        return None;
    };
    if mark.text != again.text {
        return None;
    }
    let day = if let (Some(year), true) = (year(first), mark.is("-")) {
        Day::of(year, second.number(1..=2)?, third.number(1..=2)?)
    } else {
        let (first, second, year) = (first.number(1..=2)?, second.number(1..=2)?, year(third)?);
        match mark.text.as_str() {
            "." => Day::of(year, second, first),
            "/" | "-" if first > 12 || first == second => Day::of(year, second, first),
            "/" | "-" if second > 12 => Day::of(year, first, second),
            _ => None,
        }
    };
    Some((day?, third.end))
}

/// `15 March 2026`, `15. März 2026`, `the 15th day of March, 2026`.
fn day_first(tokens: &[Token]) -> Option<(Day, usize)> {
    let mut rest = tokens.iter().filter(|t| !INSIDE.contains(&t.text.as_str()));
    let day = rest.next()?.number(1..=2)?;
    let mut next = rest.next()?;
    if next.is(".") || ordinal(next) {
        next = rest.next()?;
    }
    let month = month(next)?;
    let mut next = rest.next()?;
    if next.is(",") || next.is(".") {
        next = rest.next()?;
    }
    Some((Day::of(year(next)?, month, day)?, next.end))
}

/// `March 15, 2026`, `Mar. 15th 2026`.
fn month_first(tokens: &[Token]) -> Option<(Day, usize)> {
    let mut rest = tokens.iter();
    let month = month(rest.next()?)?;
    let mut next = rest.next()?;
    if next.is(".") {
        next = rest.next()?;
    }
    let day = next.number(1..=2)?;
    let mut next = rest.next()?;
    if ordinal(next) {
        next = rest.next()?;
    }
    if next.is(",") {
        next = rest.next()?;
    }
    Some((Day::of(year(next)?, month, day)?, next.end))
}

fn ordinal(token: &Token) -> bool {
    matches!(token.text.as_str(), "st" | "nd" | "rd" | "th")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let chars: Vec<char> = text.to_lowercase().chars().collect();
        day_at(&chars, 0).map(|(day, _)| day.to_string())
    }

    #[test]
    fn one_day_in_many_ways() {
        for text in [
            "2026-03-15",
            "15.03.2026",
            "15.3.2026.",
            "15/03/2026",
            "03/15/2026",
            "15-03-2026",
            "March 15, 2026",
            "March 15th, 2026 (the",
            "Mar. 15 2026",
            "15 March 2026",
            "15th of March 2026",
            "15th day of March, 2026",
            "15. März 2026",
            "15. Mrz. 2026",
        ] {
            assert_eq!(read(text).as_deref(), Some("2026-03-15"), "{text}");
        }
    }

    #[test]
    fn what_could_be_another_day_or_is_none_is_left_alone() {
        for text in [
            "03/04/2026",
            "31.02.2026",
            "15.03.26",
            "March 2026",
            "2026",
            "maybe 15, 2026",
            "15 apples 2026",
            "15.13.2026",
            "March 15, 0026",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("04/04/2026").as_deref(), Some("2026-04-04"));
    }

    #[test]
    fn the_end_is_told() {
        let chars: Vec<char> = "from 1 may 2026 on".chars().collect();
        assert_eq!(day_at(&chars, 5).map(|(_, end)| end), Some(15));
    }
}
