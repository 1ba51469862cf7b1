//! The numbers that clauses carry: `7.2`, `(b)`, `§ 5`, `Article 12`.

/// Words before a clause's number.
const WORDS: [&str; 12] = [
    "§",
    "§§",
    "section",
    "article",
    "clause",
    "art.",
    "artikel",
    "ziffer",
    "ziff.",
    "abschnitt",
    "annex",
    "anlage",
];

/// What makes of a number before it an amount, whatever its case.
const UNITS: [&str; 14] = [
    "%",
    "percent",
    "prozent",
    "million",
    "millionen",
    "mio.",
    "billion",
    "milliarden",
    "eur",
    "euro",
    "usd",
    "dollars",
    "days",
    "tage",
];

/// A text's number and what follows it, if it begins with one. In a heading a bare `7` is a number
/// too; elsewhere it may well be an amount.
pub(super) fn split(text: &str, heading: bool) -> Option<(&str, &str)> {
    let end = lettered(text).or_else(|| worded(text)).or_else(|| {
        let end = decimal(text)?;
        let dotted = text[..end].contains(['.', ')']);
        (dotted || heading).then_some(end)
    })?;
    let (number, rest) = text.split_at(end);
    let trimmed = rest.trim_start();
    let apart = trimmed.len() < rest.len() || trimmed.is_empty();
    (apart && begins_a_clause(trimmed)).then_some((number, trimmed))
}

/// Whether this is the last part of a clause's number alone, such as `(b)`.
pub(super) fn is_letter(number: &str) -> bool {
    lettered(number).is_some()
}

/// `(b)`, `(iv)`, `(12)`, `b)`.
fn lettered(text: &str) -> Option<usize> {
    let opened = text.starts_with('(');
    let inner = &text[usize::from(opened)..];
    let length = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let fits = (1..=4).contains(&length) && inner[length..].starts_with(')');
    // Without its first bracket a word can look like it; a letter can't.
    let short = opened || length == 1 && inner.starts_with(|c: char| c.is_ascii_lowercase());
    (fits && short).then_some(usize::from(opened) + length + 1)
}

/// `§ 5`, `Section 7.2`.
fn worded(text: &str) -> Option<usize> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    let known = WORDS.contains(&word.to_lowercase().as_str());
    let skipped = text.len() - rest.trim_start().len();
    let number = rest.trim_start();
    let roman = number.bytes().take_while(|b| b"IVXLC".contains(b)).count();
    let end = decimal(number).or((roman > 0).then_some(roman))?;
    known.then_some(skipped + end)
}

/// `7.`, `7.2`, `7.2.1.`, `7)`: parts of up to three digits, which leaves years out.
fn decimal(text: &str) -> Option<usize> {
    let mut end = 0;
    loop {
        let digits = text[end..].bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        if digits > 3 {
            return None;
        }
        end += digits;
        match text.as_bytes().get(end) {
            Some(b'.') => end += 1,
            Some(b')') => return Some(end + 1),
            _ => break,
        }
    }
    (end > 0).then_some(end)
}

/// Whether a clause's words begin here, and not with the unit of an amount.
fn begins_a_clause(rest: &str) -> bool {
    let first = rest.split_whitespace().next().unwrap_or_default();
    !UNITS.contains(&first.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn numbers_of_clauses_are_told_from_amounts() {
        for (text, number) in [
            ("7.2 The supplier", "7.2"),
            ("7. The supplier", "7."),
            ("(b) The supplier", "(b)"),
            ("b) der Lieferant", "b)"),
            ("(iv) the supplier", "(iv)"),
            ("§ 5 Haftung", "§ 5"),
            ("Article IV Term", "Article IV"),
            ("Section 7.2.1 Term", "Section 7.2.1"),
        ] {
            let found = split(text, false).map(|(number, _)| number);
            assert_eq!(found, Some(number), "{text}");
        }
        for text in [
            "30 days after",
            "2024. The year",
            "1.5 million euros",
            "The supplier",
            "4 %",
            "note) this",
            "7.2",
            "",
        ] {
            let found = split(text, false).map(|(_, rest)| rest);
            assert!(found.is_none() || found == Some(""), "{text}: {found:?}");
        }
        assert_eq!(split("7 Term", true), Some(("7", "Term")));
        assert_eq!(split("7 Term", false), None);
    }
}
