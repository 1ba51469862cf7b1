//! Quoted words have to stand in the passage verbatim, but for white space, quote style and
//! hyphens.

use super::Finding;

pub(super) fn check(sentence: &str, passages: &[&str]) -> Finding {
    let quoted = quoted(sentence);
    if quoted.is_empty() {
        return Finding::Nothing;
    }
    let sources: Vec<String> = passages.iter().map(|p| plain(p)).collect();
    let missing = quoted.iter().find(|quote| {
        let pieces: Vec<String> = plain(quote)
            .split("...")
            .map(|piece| piece.trim_matches([' ', ',', '.', ';', ':']).to_owned())
            .filter(|piece| !piece.is_empty())
            .collect();
        !sources.iter().any(|source| in_order(&pieces, source))
    });
    match missing {
        None => Finding::Passed,
        Some(quote) => Finding::Failed(format!(
            "'{quote}' is quoted but does not stand in the cited passage"
        )),
    }
}

/// The pieces stand in the text one after the other.
fn in_order(pieces: &[String], source: &str) -> bool {
    let mut from = 0;
    pieces
        .iter()
        .all(|piece| match find(&source[from..], piece) {
            Some(end) => {
                from += end;
                true
            }
            None => false,
        })
}

/// End of `piece` in `source`; its first letter may differ in case, as a sentence's head does.
fn find(source: &str, piece: &str) -> Option<usize> {
    if let Some(at) = source.find(piece) {
        return Some(at + piece.len());
    }
    let mut chars = piece.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    let other: String = if first.is_uppercase() {
        first.to_lowercase().chain(rest.chars()).collect()
    } else {
        first.to_uppercase().chain(rest.chars()).collect()
    };
    source.find(&other).map(|at| at + other.len())
}

/// One space between words, straight quotes, plain hyphens, three points for an ellipsis.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = false;
    for c in text.chars() {
        let c = match c {
            '“' | '”' | '„' | '«' | '»' | '‟' => '"',
            '‘' | '’' | '‚' | '‹' | '›' | '`' => '\'',
            '\u{2010}' | '\u{2011}' | '–' | '—' => '-',
            '\u{ad}' => continue,
            c => c,
        };
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space && !out.is_empty() {
            out.push(' ');
        }
        space = false;
        if c == '…' {
            out.push_str("...");
        } else {
            out.push(c);
        }
    }
    out
}

/// What stands between quotation marks.
fn quoted(sentence: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = sentence;
    while let Some(at) = rest.find(['"', '“', '„', '«', '‘', '\'']) {
        let Some(open) = rest[at..].chars().next() else {
            break;
        };
        let before = rest[..at].chars().next_back();
        let inner = &rest[at + open.len_utf8()..];
        let close = match open {
            '"' => inner.find('"'),
            '“' => inner.find(['”', '"']),
            '„' => inner.find(['“', '”', '"']),
            '«' => inner.find('»'),
            '‘' | '\'' if before.is_none_or(|c| !c.is_alphanumeric()) => closing_single(inner),
            _ => None,
        };
        match close {
            Some(end) => {
                let words = inner[..end].trim();
                if words.chars().any(char::is_alphanumeric) {
                    found.push(words.to_owned());
                }
                let mark = inner[end..].chars().next().map_or(1, char::len_utf8);
                rest = &inner[end + mark..];
            }
            None => rest = inner,
        }
    }
    found
}

/// A closing single quote ends a word; an apostrophe stands inside one.
fn closing_single(inner: &str) -> Option<usize> {
    inner
        .char_indices()
        .filter(|(_, c)| matches!(c, '’' | '\''))
        .find(|(at, c)| {
            let after = inner[at + c.len_utf8()..].chars().next();
            let before = inner[..*at].chars().next_back();
            after.is_none_or(|a| !a.is_alphanumeric()) && before.is_some_and(|b| !b.is_whitespace())
        })
        .map(|(at, _)| at)
}
