//! Personal data in a text: e-mail addresses, telephone numbers, accounts, cards, national
//! identity numbers, and names that stand near them.
//!
//! Contracts and policies are full of numbers. What has a checksum is found only where the sum is
//! right; what has none needs its usual form, or a word near it that says what it is.

mod accounts;
mod national;
mod people;
mod phones;

use regex::Regex;
use std::sync::LazyLock;

/// What kind of personal data it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Email,
    Phone,
    Iban,
    Card,
    /// A tax, social security or identity card number.
    NationalId,
    /// A person's name, near one of the others or after a title.
    Name,
}

impl Kind {
    /// The kind's name in signals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::NationalId => "national_id",
            Self::Name => "name",
        }
    }

    /// What stands in its place in a masked text.
    const fn mask(self) -> &'static str {
        match self {
            Self::Email => "[e-mail]",
            Self::Phone => "[phone number]",
            Self::Iban => "[IBAN]",
            Self::Card => "[card number]",
            Self::NationalId => "[id number]",
            Self::Name => "[name]",
        }
    }
}

/// Personal data in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    /// Characters before it.
    pub start: usize,
    /// Characters before what follows it.
    pub end: usize,
}

/// The same in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    kind: Kind,
    start: usize,
    end: usize,
}

/// The personal data in `text`, in order, nothing twice.
pub fn find(text: &str) -> Vec<Found> {
    // Counted onwards from the one before: the text is gone through once.
    let (mut at, mut characters) = (0, 0);
    let mut count = |byte: usize| {
        characters += text[at..byte].chars().count();
        at = byte;
        characters
    };
    spans(text)
        .into_iter()
        .map(|span| Found {
            kind: span.kind,
            start: count(span.start),
            end: count(span.end),
        })
        .collect()
}

/// `text` with words such as `[e-mail]` in place of the personal data.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for span in spans(text) {
        masked.push_str(&text[end..span.start]);
        masked.push_str(span.kind.mask());
        end = span.end;
    }
    masked.push_str(&text[end..]);
    masked
}

fn spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    // The surest first: what is found later may not overlap it.
    for find in [
        emails,
        accounts::ibans,
        accounts::cards,
        national::ids,
        phones::phones,
    ] {
        add(&mut found, find(text));
    }
    let names = people::names(text, &found);
    add(&mut found, names);
    found.sort_by_key(|span| span.start);
    found
}

fn add(found: &mut Vec<Span>, more: Vec<Span>) {
    for span in more {
        let overlaps = |other: &Span| span.start < other.end && other.start < span.end;
        if !found.iter().any(overlaps) {
            found.push(span);
        }
    }
}

fn emails(text: &str) -> Vec<Span> {
    static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
        compiled(r"[\p{L}\p{N}][\p{L}\p{N}._%+'’-]*@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,24}")
    });
    all(&EMAIL, text, Kind::Email, |_| true)
}

/// What `pattern` finds in `text` and `is` agrees with; it gets what was found.
fn all(pattern: &Regex, text: &str, kind: Kind, is: impl Fn(&str) -> bool) -> Vec<Span> {
    pattern
        .find_iter(text)
        .filter(|found| is(found.as_str()))
        .map(|found| Span {
            kind,
            start: found.start(),
            end: found.end(),
        })
        .collect()
}

/// The figures in a text.
fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

/// The characters right before a byte, at most so many.
fn before(text: &str, byte: usize, characters: usize) -> &str {
    let head = &text[..byte];
    let from = head.char_indices().rev().take(characters).last();
    &head[from.map_or(byte, |(at, _)| at)..]
}

/// Whether a number of this span stands by itself: not behind or before further figures, letters,
/// or what joins them.
fn is_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '§');
    let before = text[..start].chars().next_back();
    let mut after = text[end..].chars();
    let follows = match after.next() {
        // '4.5' and '4,5' go on; '4.' and '4,' end there.
        Some('.' | ',' | '/' | '-') => after.next().is_some_and(|c| c.is_ascii_digit()),
        Some(c) => c.is_alphanumeric() || c == '_',
        None => false,
    };
    let point = matches!(before, Some('.' | ','))
        && text[..start]
            .chars()
            .rev()
            .nth(1)
            .is_some_and(|c| c.is_ascii_digit());
    !before.is_some_and(joins) && !point && !follows
}

/// A pattern of ours.
fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is written out and tested")
}

#[cfg(test)]
mod tests;
