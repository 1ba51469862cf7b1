//! Headings and clause numbers where the format doesn't mark them: 'ARTICLE IV', '7.2 Term',
//! 'CONFIDENTIALITY'.

use inhouse_protocol::BlockKind;

/// Longest line, in characters, that is taken for a heading.
const LONGEST: usize = 110;

/// The depth of '(a)' and 'b.': items of a clause rather than clauses with a heading.
const LETTERED: u8 = 4;

/// The level of a line that stands alone and reads as a heading, 1 (top) to 6.
pub(crate) fn level(line: &str) -> Option<u8> {
    let line = line.trim();
    let length = line.chars().count();
    if !(3..=LONGEST).contains(&length) || line.ends_with([';', ',']) {
        return None;
    }
    if line.chars().filter(|c| c.is_alphabetic()).count() < 3 || line.contains("___") {
        return None;
    }
    division(line)
        .or_else(|| {
            let (depth, rest) = clause_number(line).filter(|(depth, _)| *depth < LETTERED)?;
            (reads_as_title(rest) && rest.chars().count() <= 90).then_some((depth + 1).min(6))
        })
        .or_else(|| is_capitals(line).then_some(2))
}

/// What a paragraph of an office document is: its words, how it is shown (with its number), the
/// level of the heading style that it is set in, and whether it has a bullet.
pub(crate) fn kind(words: &str, shown: &str, marked: Option<u8>, bullet: bool) -> BlockKind {
    // A whole clause set in a heading's style is a numbered paragraph, no heading.
    let styled = marked.filter(|_| words.chars().count() <= 200);
    let level = styled.or_else(|| {
        if bullet || marked.is_some() || shown.ends_with('.') {
            None
        } else {
            level(shown)
        }
    });
    match level {
        Some(level) => BlockKind::Heading { level },
        None if bullet => BlockKind::ListItem,
        None => BlockKind::Paragraph,
    }
}

/// 'ARTICLE IV – TERM', 'Exhibit B', 'SECTION 3': a named division with its number.
fn division(line: &str) -> Option<u8> {
    let mut words = line.split_whitespace();
    let word = words.next()?.to_lowercase();
    let level = match word.as_str() {
        "article" | "chapter" | "part" | "exhibit" | "schedule" | "annex" | "appendix"
        | "attachment" | "title" | "artikel" | "anlage" | "anhang" => 1,
        "section" | "clause" | "abschnitt" => 2,
        _ => return None,
    };
    let number = words
        .next()?
        .trim_end_matches([':', '.', ')', ',', '–', '-']);
    let numbered = !number.is_empty()
        && (number.chars().all(|c| c.is_ascii_digit() || c == '.')
            || is_roman(number)
            || (number.chars().count() <= 4
                && number.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit())
                && number
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'))));
    let rest: Vec<&str> = words.collect();
    (numbered && (rest.is_empty() || reads_as_title(&rest.join(" ")))).then_some(level)
}

/// A clause number at a line's start: its depth ('7' is 1, '7.2' is 2, '(a)' is 4) and what
/// follows it.
pub(crate) fn clause_number(line: &str) -> Option<(u8, &str)> {
    let line = line.trim_start();
    let (mark, rest) = line.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    if let Some(section) = mark.strip_prefix('§') {
        let number = section
            .is_empty()
            .then(|| rest.split_once(char::is_whitespace));
        return match number {
            Some(Some((_, rest))) => Some((2, rest.trim_start())),
            Some(None) => None,
            None => Some((2, rest)),
        };
    }
    if let Some(inner) = mark.strip_prefix('(').and_then(|m| m.strip_suffix(')')) {
        let short =
            (1..=4).contains(&inner.len()) && inner.chars().all(|c| c.is_ascii_alphanumeric());
        return short.then_some((LETTERED, rest));
    }
    let bare = mark.trim_end_matches(['.', ')', ':']);
    let closed = bare.len() < mark.len();
    if bare.is_empty() || mark.len() > bare.len() + 2 {
        return None;
    }
    let parts: Vec<&str> = bare.split('.').collect();
    let digits = |p: &&str| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit());
    if parts.iter().all(digits) {
        // '30 days', '1998 …' are no clause numbers: a single number needs its dot.
        return (closed || parts.len() > 1)
            .then(|| (u8::try_from(parts.len()).unwrap_or(5).min(5), rest));
    }
    let mixed = parts.len() > 1
        && digits(&parts[parts.len() - 1])
        && parts[0].len() == 1
        && parts[0].chars().all(|c| c.is_ascii_uppercase());
    if mixed {
        return Some((2, rest));
    }
    if !closed {
        return None;
    }
    if is_roman(bare) && bare.chars().all(char::is_uppercase) {
        return Some((1, rest));
    }
    let letter = bare.len() == 1 && bare.chars().all(|c| c.is_ascii_alphabetic());
    letter.then_some((
        if bare.chars().all(char::is_uppercase) {
            2
        } else {
            LETTERED
        },
        rest,
    ))
}

/// The title a clause opens with, where it runs on in the same line: '7.2 Termination. Either
/// party may …' gives the depth and '7.2 Termination'.
pub(crate) fn run_in_title(paragraph: &str) -> Option<(u8, &str)> {
    let (depth, rest) = clause_number(paragraph)?;
    let stop = rest
        .char_indices()
        .take(80)
        .find(|(i, c)| {
            matches!(c, '.' | ':' | '–' | '—' | '\n')
                && rest[i + c.len_utf8()..].starts_with(|n: char| n.is_whitespace() || n == '-')
        })
        .map(|(i, _)| i)?;
    let title = rest[..stop].trim_end();
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 3 || !reads_as_title(title) {
        return None;
    }
    let start = paragraph.len() - paragraph.trim_start().len();
    let end = title.as_ptr() as usize - paragraph.as_ptr() as usize + title.len();
    Some((depth, &paragraph[start..end]))
}

/// Whether the words are set as a title: the long ones capitalised, no sentence's end inside.
fn reads_as_title(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['–', '-', '—', ':']).trim();
    let body = text.strip_suffix(['.', ':']).unwrap_or(text);
    let words: Vec<&str> = body.split_whitespace().collect();
    if words.is_empty() || words.len() > 14 {
        return false;
    }
    // A full stop inside belongs to a sentence, unless an abbreviation or a number carries it.
    if body.contains(". ") || (text.ends_with('.') && words.len() > 10) {
        return false;
    }
    let starts_upper = |w: &&str| {
        w.chars()
            .find(|c| c.is_alphanumeric())
            .is_some_and(|c| c.is_uppercase() || c.is_numeric())
    };
    if !starts_upper(&words[0]) {
        return false;
    }
    let long: Vec<&&str> = words.iter().filter(|w| w.chars().count() > 4).collect();
    let upper = long.iter().filter(|w| starts_upper(w)).count();
    // One lower-case word is let pass ('Term and termination'), two among few are not.
    upper * 3 >= long.len() * 2 || (words.len() <= 4 && long.len() <= 2)
}

/// A line in capitals, of words rather than of codes.
pub(crate) fn is_capitals(line: &str) -> bool {
    let (mut upper, mut lower, mut other) = (0, 0, 0);
    for c in line.chars() {
        if c.is_lowercase() {
            lower += 1;
        } else if c.is_uppercase() {
            upper += 1;
        } else if c.is_numeric() || matches!(c, '_' | '*' | '$' | '=' | '|' | '/') {
            other += 1;
        }
    }
    let word = line
        .split(|c: char| !c.is_alphabetic())
        .any(|w| w.chars().count() >= 4);
    word && lower * 12 <= upper
        && other * 3 <= upper
        && line.split_whitespace().count() <= 14
        && !(line.ends_with('.') && line.split_whitespace().count() > 6)
}

fn is_roman(text: &str) -> bool {
    (1..=6).contains(&text.len())
        && text
            .chars()
            .all(|c| matches!(c.to_ascii_uppercase(), 'I' | 'V' | 'X' | 'L' | 'C'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbered_clauses_articles_and_capitals_are_headings() {
        assert_eq!(level("ARTICLE IV"), Some(1));
        assert_eq!(level("Article 4 – Confidential Information"), Some(1));
        assert_eq!(level("Exhibit 10.16"), Some(1));
        assert_eq!(level("7. Term and Termination"), Some(2));
        assert_eq!(level("7.2 Effect of Termination"), Some(3));
        assert_eq!(level("LIMITATION OF LIABILITY"), Some(2));
        assert_eq!(level("IV. TERM"), Some(2));
    }

    #[test]
    fn sentences_dates_and_signature_lines_are_no_headings() {
        for line in [
            "Article 4 shall survive the end of this agreement",
            "Section 4.2 of this Agreement applies to all orders placed by the buyer.",
            "30 Days after the Effective Date",
            "1. the buyer pays the price within thirty days of the invoice;",
            "By: ____________________",
            "The parties agree as follows:",
            "12/05/1999",
        ] {
            assert_eq!(level(line), None, "{line}");
        }
    }

    #[test]
    fn a_clause_number_gives_its_depth() {
        assert_eq!(clause_number("7.2 Term").map(|c| c.0), Some(2));
        assert_eq!(clause_number("(a) the seller").map(|c| c.0), Some(4));
        assert_eq!(clause_number("§ 4 Zahlung"), Some((2, "Zahlung")));
        assert_eq!(clause_number("1999 was a year"), None);
        assert_eq!(clause_number("a thing"), None);
    }

    #[test]
    fn a_title_that_runs_on_is_found() {
        let clause = "7.2 Effect of Termination. Upon termination the licence ends.";
        assert_eq!(run_in_title(clause), Some((2, "7.2 Effect of Termination")));
        assert_eq!(
            run_in_title("7.2 Upon termination the licence ends. So."),
            None
        );
    }
}
