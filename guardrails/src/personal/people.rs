//! Names of people, where something near them says that they are: a title before, or other personal
//! data close by. Capitalised words alone are headings, companies and products.

use super::{Kind, Span, compiled};
use crate::text::is_empty_word;
use regex::Regex;
use std::sync::LazyLock;

/// How near to other personal data a name has to stand, in characters.
const NEAR: usize = 40;

/// Capitalised words that make no name of what they stand in.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "account", "address", "agreement", "american", "annex", "april", "article", "attention", "august", "bank",
    "board", "business", "card", "chief", "clause", "code", "company", "compliance", "conditions", "conduct",
    "contract", "customer", "data", "december", "department", "director", "e-mail", "email", "employee", "express",
    "facsimile", "fax", "february", "finance", "friday", "general", "group", "handbook", "head", "human", "iban",
    "information", "january", "july", "june", "kingdom", "legal", "manager", "march", "mastercard", "mobile",
    "monday", "november", "number", "october", "office", "officer", "payroll", "pension", "personal", "phone",
    "plan", "policy", "privacy", "protection", "regulation", "resources", "saturday", "schedule", "section",
    "security", "september", "service", "social", "states", "stock", "street", "sunday", "supplier", "tax", "team",
    "telephone", "terms", "thursday", "tuesday", "union", "united", "visa", "wednesday",
    "abteilung", "anschrift", "bankverbindung", "gesellschaft", "konto", "kontonummer", "kunde", "lieferant",
    "rechnung", "steuernummer", "telefon", "vertrag",
];

/// Behind a name they make a company of it.
const COMPANIES: &[&str] = &[
    "AG", "BV", "Co", "Corp", "GmbH", "Inc", "KG", "LLC", "LLP", "Limited", "Ltd", "NV", "Oy",
    "PLC", "Plc", "SA", "SARL", "SE", "SpA", "UG", "plc",
];

/// Names in `text`, next to the other personal data `found` or after a title.
pub(super) fn names(text: &str, found: &[Span]) -> Vec<Span> {
    static TITLED: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"\b(?:Mr|Mrs|Ms|Dr|Prof|Frau|Herrn?)\.?[ \u{a0}]+(?:(?:Dr|Prof)\.?[ \u{a0}]+)*((?:(?:von|van|de|der|zu|di|la|del)[ \u{a0}]+)*\p{Lu}[\p{L}'’-]*\p{Ll}(?:[ \u{a0}]+\p{Lu}[\p{L}'’-]*\p{Ll}){0,2})\b",
        )
    });
    static EMPLOYEE: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"\b(?:employee[,:]?|Employee[,:])[ \u{a0}]+(\p{Lu}[\p{L}'’-]*\p{Ll}(?:[ \u{a0}]+\p{Lu}[\p{L}'’-]*\p{Ll}){1,2})\b",
        )
    });
    static CAPITALISED: LazyLock<Regex> = LazyLock::new(|| {
        compiled(
            r"\b(\p{Lu}[\p{L}'’-]*\p{Ll}(?:[ \u{a0}](?:von|van|de|der|zu|di|la|del))*(?:[ \u{a0}]\p{Lu}[\p{L}'’-]*\p{Ll}){1,5})\b",
        )
    });
    let of = |pattern: &'static Regex| {
        pattern
            .captures_iter(text)
            .filter_map(|captures| captures.get(1))
            .map(|name| (name.start(), name.end()))
    };
    let titled = of(&TITLED).filter(|&(start, end)| !holds_other_words(&text[start..end]));
    let named = of(&EMPLOYEE).chain(of(&CAPITALISED).filter(|&span| is_near(text, span, found)));
    let named = named.filter_map(|(start, end)| name_in(text, start, end));
    titled
        .chain(named)
        .map(|(start, end)| Span {
            kind: Kind::Name,
            start,
            end,
        })
        .collect()
}

/// The name in these words, without those before it that open a sentence; two of it at least.
fn name_in(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let words = &text[start..end];
    let mut from = start;
    for word in words.split_inclusive([' ', '\u{a0}']) {
        if !is_other(word.trim_end()) {
            break;
        }
        from += word.len();
    }
    let name = &text[from..end];
    let capitals = name
        .split([' ', '\u{a0}'])
        .filter(|word| word.starts_with(char::is_uppercase));
    let next = text[end..]
        .trim_start()
        .split(|c: char| !c.is_alphanumeric())
        .next();
    let company = next.is_some_and(|next| COMPANIES.contains(&next));
    (capitals.count() >= 2 && !company && !holds_other_words(name)).then_some((from, end))
}

fn holds_other_words(name: &str) -> bool {
    name.split([' ', '\u{a0}'])
        .any(|word| word.starts_with(char::is_uppercase) && is_other(word))
}

fn is_other(word: &str) -> bool {
    let lower = word.to_lowercase();
    is_empty_word(&lower) || NO_NAMES.contains(&lower.as_str())
}

/// Whether other personal data stands near, on either side.
fn is_near(text: &str, (start, end): (usize, usize), found: &[Span]) -> bool {
    found.iter().any(|other| {
        let between = if other.end <= start {
            &text[other.end..start]
        } else if end <= other.start {
            &text[end..other.start]
        } else {
            return false;
        };
        between.chars().take(NEAR + 1).count() <= NEAR
    })
}
