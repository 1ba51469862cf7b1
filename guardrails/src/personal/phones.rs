//! Telephone numbers: international ones, and national ones where their form or a word before them
//! tells them from other numbers.

use super::{Kind, Span, compiled, digits, is_alone};
use regex::Regex;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// Telephone numbers.
pub(super) fn phones(text: &str) -> Vec<Span> {
    // ITU-T E.164: at most 15 figures; fewer than nine are hardly international numbers.
    static INTERNATIONAL: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"(\+[1-9](?:[ \u{a0}./()-]{0,2}[0-9]){8,14})"));
    // Germany, the United Kingdom and others: a code with a zero at the head, then the number.
    static WITH_ZERO: LazyLock<Regex> = LazyLock::new(|| {
        compiled(r"(\(?\b0[1-9][0-9]{1,4}\)?[ \u{a0}/-]{1,3}[0-9](?:[ \u{a0}-]?[0-9]){4,9})\b")
    });
    static IN_PAIRS: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b(0[1-9](?:[ \u{a0}.][0-9]{2}){4})\b"));
    // The North American numbering plan: neither code nor exchange begins with 0 or 1.
    static AMERICAN: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(\([2-9][0-9]{2}\) ?[2-9][0-9]{2}[ .-][0-9]{4}|\b[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}|\b[2-9][0-9]{2}\.[2-9][0-9]{2}\.[0-9]{4})\b",
        )
    });
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(?i)\b(?:tel|telefon|telefonnummer|telephone|phone|mobile|mobil|handy|handynummer|cell|fax|rufnummer|durchwahl)[.:]?\s*(?:(?:number|nr|no|is|ist|lautet|unter|at)\b[.:]?\s*){0,2}([0-9(][0-9 ()/.-]{4,18}[0-9])\b",
        )
    });
    let of = |pattern: &Regex, length| numbers(pattern, text, &length);
    let mut found = [
        of(&INTERNATIONAL, 9..=15),
        of(&WITH_ZERO, 9..=12),
        of(&IN_PAIRS, 10..=10),
        of(&AMERICAN, 10..=10),
    ]
    .concat();
    let named = of(&NAMED, 6..=15);
    found.extend(
        named
            .into_iter()
            .filter(|span| !is_date(&text[span.start..span.end])),
    );
    found
}

/// Numbers of so many figures that stand by themselves: the pattern's first group.
fn numbers(pattern: &Regex, text: &str, length: &RangeInclusive<usize>) -> Vec<Span> {
    pattern
        .captures_iter(text)
        .filter_map(|captures| captures.get(1))
        .filter(|number| length.contains(&digits(number.as_str()).len()))
        .filter(|number| is_alone(text, number.start(), number.end()))
        // Behind figures and a space it is the rest of a longer number.
        .filter(|number| {
            let before = text[..number.start()].trim_end_matches([' ', '\u{a0}']);
            !before.ends_with(|c: char| c.is_ascii_digit())
        })
        .map(|number| Span {
            kind: Kind::Phone,
            start: number.start(),
            end: number.end(),
        })
        .collect()
}

/// '12.03.2024', '2024-03-12'.
fn is_date(text: &str) -> bool {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"^(?:[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{2}|[0-9]{4})|[0-9]{4}-[0-9]{2}-[0-9]{2})$",
        )
    });
    DATE.is_match(text)
}
