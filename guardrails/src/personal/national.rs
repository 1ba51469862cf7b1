//! National identity, tax and social security numbers, told by their checksums where they have
//! one. The Dutch number, which any eleventh number looks like, needs its name near it.

use super::accounts::luhn;
use super::{Kind, Span, all, before, compiled, digits, is_alone};
use regex::Regex;
use std::sync::LazyLock;

/// How near the name of a number has to stand, in characters.
const NEAR: usize = 40;

/// National numbers, those of each country after the other.
pub(super) fn ids(text: &str) -> Vec<Span> {
    static GERMAN_TAX: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}\b"));
    static GERMAN_PENSION: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{2} ?[0-9]\b"));
    static SPANISH: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b(?:[0-9]{8}|[XYZ]-?[0-9]{7})-?[A-Z]\b"));
    static FRENCH: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"\b[12378] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b",
        )
    });
    static ITALIAN: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"(?i)\b[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]\b",
        )
    });
    static POLISH: LazyLock<Regex> = LazyLock::new(|| compiled(r"\b[0-9]{11}\b"));
    static DUTCH: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b[0-9]{4}[ .]?[0-9]{2}[ .]?[0-9]{3}\b"));
    static SWEDISH: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b(?:19|20)?[0-9]{6}[-+][0-9]{4}\b"));
    static BRITISH: LazyLock<Regex> = LazyLock::new(|| {
        compiled(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b")
    });
    static AMERICAN: LazyLock<Regex> =
        LazyLock::new(|| compiled(r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"));
    let of = |pattern: &Regex, is: fn(&str) -> bool| all(pattern, text, Kind::NationalId, is);
    let mut found = [
        of(&GERMAN_TAX, german_tax),
        of(&GERMAN_PENSION, german_pension),
        of(&SPANISH, spanish),
        of(&FRENCH, french),
        of(&ITALIAN, italian),
        of(&POLISH, polish),
        of(&SWEDISH, swedish),
        of(&BRITISH, british),
        of(&AMERICAN, american),
    ]
    .concat();
    found.extend(
        of(&DUTCH, dutch)
            .into_iter()
            .filter(|span| names_dutch(text, span)),
    );
    found.retain(|span| is_alone(text, span.start, span.end));
    found
}

/// Tax identification number (§ 139b AO): of the first ten figures one occurs twice or three times
/// and no other more than once; check digit by ISO 7064, modulus 11, 10.
fn german_tax(number: &str) -> bool {
    let figures = digits(number);
    let (head, check) = figures.split_at(10);
    let count = |figure: u32| head.iter().filter(|d| **d == figure).count();
    let often: Vec<usize> = (0..10).map(count).filter(|count| *count > 1).collect();
    let product = head.iter().fold(10, |product, figure| {
        let sum = (figure + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    matches!(often.as_slice(), [2 | 3]) && check == [(11 - product) % 10]
}

/// Pension insurance number (§ 147 SGB VI, VKVV § 4): area, birthday, letter, serial, check digit;
/// the letter counts as its place in the alphabet, the sum is that of the figures of the products.
fn german_pension(number: &str) -> bool {
    const WEIGHTS: [u32; 12] = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let mut figures = Vec::with_capacity(13);
    for c in number.chars().filter(|c| *c != ' ') {
        match c.to_digit(36) {
            Some(letter) if letter > 9 => figures.extend([(letter - 9) / 10, (letter - 9) % 10]),
            Some(figure) => figures.push(figure),
            None => return false,
        }
    }
    let [.., check] = figures[..] else {
        return false;
    };
    let day = figures[2] * 10 + figures[3];
    let month = figures[4] * 10 + figures[5];
    let products = figures
        .iter()
        .zip(WEIGHTS)
        .map(|(figure, weight)| figure * weight);
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    // From 50 on the day tells apart people of one birthday.
    (1..=99).contains(&day) && (1..=12).contains(&month) && sum % 10 == check
}

/// DNI and NIE (Real Decreto 1553/2005; Orden INT/2058/2008): the letter follows from the number
/// modulo 23; X, Y, Z at the head count as 0, 1, 2.
fn spanish(number: &str) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let head = match number.as_bytes()[0] {
        b'Y' => 1,
        b'Z' => 2,
        _ => 0,
    };
    let value = digits(number).iter().fold(head, |sum, d| sum * 10 + d);
    let letter = usize::try_from(value % 23).map(|at| LETTERS[at]);
    letter.is_ok_and(|letter| number.as_bytes().last() == Some(&letter))
}

/// NIR (Code de la sécurité sociale, R. 115-1): the key is 97 less the number modulo 97; of Corsica
/// 2A counts as 19 and 2B as 18.
fn french(number: &str) -> bool {
    let plain = number
        .replace(' ', "")
        .replace("2A", "19")
        .replace("2B", "18");
    let figures = digits(&plain);
    let value = |part: &[u32]| {
        part.iter()
            .fold(0_u64, |sum, figure| sum * 10 + u64::from(*figure))
    };
    let month = value(&figures[3..5]);
    // 20 and more stand for an unknown month.
    let dated = (1..=12).contains(&month) || (20..=42).contains(&month) || month >= 50;
    dated && value(&figures[13..]) == 97 - value(&figures[..13]) % 97
}

/// Codice fiscale (D.M. 23 December 1976): the last letter follows from the fifteen before it,
/// those at odd places by a table.
fn italian(code: &str) -> bool {
    #[rustfmt::skip]
    const ODD: [u32; 26] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
    ];
    // A figure counts as the letter of its place: 0 as A, 9 as J.
    let places: Option<Vec<u32>> = code
        .chars()
        .map(|c| c.to_digit(36))
        .map(|value| value.map(|value| if value > 9 { value - 10 } else { value }))
        .collect();
    let Some(places) = places else {
        return false;
    };
    let (head, check) = places.split_at(15);
    let sum: u32 = head
        .iter()
        .enumerate()
        .map(|(at, &place)| match (at % 2, usize::try_from(place)) {
            (0, Ok(place)) => ODD[place],
            _ => place,
        })
        .sum();
    code.contains(|c: char| c.is_ascii_digit()) && check == [sum % 26]
}

/// PESEL (Act of 24 September 2010 on population registration): a birthday, the century in its
/// month, and a check digit.
fn polish(number: &str) -> bool {
    let figures = digits(number);
    let month = (figures[2] * 10 + figures[3]) % 20;
    let day = figures[4] * 10 + figures[5];
    let weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1];
    is_birthday(month, day) && weighted(&figures, &weights).is_multiple_of(10)
}

/// BSN: the eleven-test of Dutch numbers, the last figure counted with -1.
fn dutch(number: &str) -> bool {
    let figures = digits(number);
    let weights = [9, 8, 7, 6, 5, 4, 3, 2, 10];
    figures.iter().any(|figure| *figure > 0) && weighted(&figures, &weights).is_multiple_of(11)
}

fn names_dutch(text: &str, span: &Span) -> bool {
    let before = before(text, span.start, NEAR).to_lowercase();
    ["bsn", "burgerservicenummer", "sofi"]
        .iter()
        .any(|name| before.contains(name))
}

/// Personnummer and samordningsnummer (Folkbokföringslagen, 18 §): a birthday, 60 added to its day
/// in the latter, and the check digit of Luhn. Numbers of companies have a month from 20 on.
fn swedish(number: &str) -> bool {
    let figures = digits(number);
    let figures = &figures[figures.len() - 10..];
    let month = figures[2] * 10 + figures[3];
    let day = figures[4] * 10 + figures[5];
    is_birthday(month, day % 60) && luhn(figures)
}

/// National insurance number: it has no checksum, but prefixes that are not given out.
fn british(number: &str) -> bool {
    !["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"].contains(&&number[..2])
}

/// Social security number: it has no checksum, but numbers that are not given out.
fn american(number: &str) -> bool {
    let (area, group, serial) = (&number[..3], &number[4..6], &number[7..]);
    let given_out = !matches!(area, "000" | "666") && !area.starts_with('9');
    given_out && group != "00" && serial != "0000"
}

fn is_birthday(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

fn weighted(figures: &[u32], weights: &[u32]) -> u32 {
    figures
        .iter()
        .zip(weights)
        .map(|(figure, weight)| figure * weight)
        .sum()
}
