//! Bank accounts and payment cards.

use super::{Kind, Span, compiled, digits};
use regex::Regex;
use std::sync::LazyLock;

/// Countries of the IBAN and how long it is there (SWIFT's IBAN registry).
#[rustfmt::skip]
const COUNTRIES: &[(&str, usize)] = &[
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22), ("BH", 22),
    ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24), ("DE", 22), ("DK", 18), ("DO", 28),
    ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18), ("FO", 18), ("FR", 27), ("GB", 22), ("GE", 22), ("GI", 23),
    ("GL", 18), ("GR", 27), ("GT", 28), ("HR", 21), ("HU", 28), ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26),
    ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28), ("LC", 32), ("LI", 21), ("LT", 20), ("LU", 20),
    ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22), ("MK", 19), ("MR", 27), ("MT", 31), ("MU", 30),
    ("NL", 18), ("NO", 15), ("PK", 24), ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22),
    ("SA", 24), ("SC", 31), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("ST", 25), ("SV", 28), ("TL", 23),
    ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20),
];

/// IBANs, with or without spaces, whose checksum is right.
pub(super) fn ibans(text: &str) -> Vec<Span> {
    static START: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b[A-Za-z]{2}[0-9]{2}"));
    START
        .find_iter(text)
        .filter_map(|start| {
            let end = start.start() + iban(&text[start.start()..])?;
            Some(Span {
                kind: Kind::Iban,
                start: start.start(),
                end,
            })
        })
        .collect()
}

/// Bytes of the IBAN at the head of `text`.
fn iban(text: &str) -> Option<usize> {
    let country = text.get(..2)?.to_ascii_uppercase();
    let (_, length) = COUNTRIES.iter().find(|(code, _)| *code == country)?;
    let mut account = String::new();
    let mut spaced = false;
    for (at, c) in text.char_indices() {
        if account.len() == *length {
            return (!c.is_alphanumeric() && is_iban(&account)).then_some(at);
        }
        match c {
            ' ' | '\u{a0}' | '-' if !spaced => spaced = true,
            c if c.is_ascii_alphanumeric() => {
                account.push(c.to_ascii_uppercase());
                spaced = false;
            }
            _ => return None,
        }
    }
    (account.len() == *length && is_iban(&account)).then_some(text.len())
}

/// ISO 7064, modulus 97, 10: the first four characters at the end, letters as 10 to 35.
fn is_iban(account: &str) -> bool {
    let (head, rest) = account.split_at(4);
    let remainder = rest.chars().chain(head.chars()).try_fold(0, |sum, c| {
        let value = c.to_digit(36)?;
        let shift = if value < 10 { 10 } else { 100 };
        Some((sum * shift + value) % 97)
    });
    remainder == Some(1)
}

/// Numbers of payment cards of the networks in use whose check digit is right.
pub(super) fn cards(text: &str) -> Vec<Span> {
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b[0-9](?:[ \u{a0}-]?[0-9]){12,25}\b"));
    NUMBER
        .find_iter(text)
        .filter_map(|number| {
            let end = number.start() + card(number.as_str())?;
            Some(Span {
                kind: Kind::Card,
                start: number.start(),
                end,
            })
        })
        .collect()
}

/// Bytes of the card number at the head of `number`: further figures may follow behind a space.
fn card(number: &str) -> Option<usize> {
    let ends: Vec<usize> = number
        .char_indices()
        .filter(|(_, c)| c.is_ascii_digit())
        .map(|(at, _)| at + 1)
        .collect();
    let figures = digits(number);
    (13..=ends.len().min(19)).rev().find_map(|count| {
        let end = ends[count - 1];
        let whole = !number[end..].starts_with(|c: char| c.is_ascii_digit());
        let is_card = whole && is_network(&figures[..count]) && luhn(&figures[..count]);
        is_card.then_some(end)
    })
}

/// Whether cards begin like this and are so long (the networks' issuer identification numbers).
fn is_network(figures: &[u32]) -> bool {
    let length = figures.len();
    let head = |count: usize| figures[..count].iter().fold(0, |sum, d| sum * 10 + d);
    match head(1) {
        4 => matches!(length, 16 | 19),
        5 => {
            (length == 16 && (51..=55).contains(&head(2)))
                || matches!(head(4), 5018 | 5020 | 5038 | 5893)
        }
        2 => length == 16 && (2221..=2720).contains(&head(4)),
        3 => match head(2) {
            34 | 37 => length == 15,
            36 | 38 | 39 => length >= 14,
            35 => length >= 16 && (3528..=3589).contains(&head(4)),
            _ => length >= 14 && (300..=305).contains(&head(3)),
        },
        6 => {
            matches!(head(4), 6304 | 6759 | 6761..=6763)
                || (length >= 16
                    && (matches!(head(2), 62 | 65)
                        || head(4) == 6011
                        || (644..=649).contains(&head(3))))
        }
        _ => false,
    }
}

/// The check digit of Luhn (ISO/IEC 7812-1, annex B): every second figure from the right is
/// doubled, and the sum of all figures is a multiple of ten.
pub(super) fn luhn(figures: &[u32]) -> bool {
    let sum: u32 = figures
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &figure)| match (at % 2 == 1, figure) {
            (false, figure) => figure,
            (true, figure) if figure > 4 => figure * 2 - 9,
            (true, figure) => figure * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}
