//! What may be quoted of a passage: sentences, list items with the head of their list, rows of
//! tables. Headings and questions are left out.

use crate::grounding::{Side, facts_of};
use crate::statements::{Piece, pieces, trimmed, without_number};
use crate::text::{subject_stems, words};
use std::collections::BTreeSet;

/// Longest statement that is put together of a list's head and items, in bytes.
const MOST: usize = 600;

/// A statement that may be quoted: byte offsets in the passage.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Where the item or row itself begins; `start` is that of its list's head.
    pub(crate) core: usize,
    /// What it is about: stems, with those of its list's head.
    pub(crate) own: BTreeSet<String>,
    /// What the statement before it is about; of a row, what its columns are.
    pub(crate) before: BTreeSet<String>,
    pub(crate) row: bool,
}

impl Unit {
    pub(crate) const fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Takes in an overlapping statement where both together are not too long.
    pub(crate) fn join(&mut self, other: &Self) {
        let (start, end) = (self.start.min(other.start), self.end.max(other.end));
        if end - start <= MOST {
            (self.start, self.end) = (start, end);
        }
    }
}

/// The head of a list or the columns of a table.
struct Head {
    start: usize,
    stems: BTreeSet<String>,
}

/// The statements of a passage that may be quoted.
pub(crate) fn of(text: &str) -> Vec<Unit> {
    let pieces: Vec<Piece> = pieces(text);
    let mut units = Vec::new();
    let mut before = BTreeSet::new();
    let mut list: Option<Head> = None;
    let mut columns: Option<Head> = None;
    for (at, piece) in pieces.iter().enumerate() {
        let (start, end) = trimmed(text, piece.start, piece.end);
        let start = without_heading_lines(text, start, end);
        let words = &text[start..end];
        let stems: BTreeSet<String> = subject_stems(words).into_iter().collect();
        let next = pieces.get(at + 1);
        let head = || Head {
            start,
            stems: stems.clone(),
        };
        if piece.row {
            let first = columns.is_none() && next.is_some_and(|next| next.row);
            if first {
                columns = Some(head());
            } else if words.contains(char::is_alphanumeric) {
                let before = columns.as_ref().map(|c| c.stems.clone());
                units.push(Unit {
                    start,
                    end,
                    core: start,
                    own: stems,
                    before: before.unwrap_or_default(),
                    row: true,
                });
            }
            list = None;
            continue;
        }
        columns = None;
        let item = is_item(words);
        let opens = words.ends_with(':')
            && next.is_some_and(|next| is_item(text[next.start..next.end].trim()));
        if opens {
            list = Some(head());
        } else if !item {
            list = None;
        }
        if !opens && is_statement(words) {
            let under = list.as_ref().filter(|_| item);
            let whole = under.filter(|head| end - head.start <= MOST);
            let own = match under {
                Some(head) => stems.union(&head.stems).cloned().collect(),
                None => stems.clone(),
            };
            units.push(Unit {
                start: whole.map_or(start, |head| head.start),
                end,
                core: start,
                own,
                before: std::mem::take(&mut before),
                row: false,
            });
        }
        before = stems;
    }
    units
}

/// Whether a piece is an item of a list: '- …', '• …', '1. …', '(a) …'.
fn is_item(text: &str) -> bool {
    if text.starts_with(['•', '–']) || text.starts_with("- ") || text.starts_with("* ") {
        return true;
    }
    let bare = text.strip_prefix('(').unwrap_or(text);
    let mark = bare.chars().take_while(char::is_ascii_alphanumeric).count();
    let number = bare[..mark].bytes().all(|b| b.is_ascii_digit());
    let closes = bare[mark..].starts_with(") ") || number && bare[mark..].starts_with(". ");
    (1..=2).contains(&mark) && (number || mark == 1) && closes
}

/// Whether a piece says something: no heading, no question, no scrap.
fn is_statement(text: &str) -> bool {
    let bare = without_number(text);
    let count = words(bare).len();
    let closed = bare.trim_end_matches(['"', '”', ')', '*', '\'', '’']);
    if count < 2 || text.starts_with('#') || closed.ends_with('?') {
        return false;
    }
    let ends = closed.ends_with(['.', ';', '!', '。']);
    let item = text.starts_with(['-', '•', '*', '–']);
    let says = || bare.contains(':') || !facts_of(bare, Side::Claim).is_empty();
    ends || item || count > 9 || bare.contains('\n') || says()
}

/// Start of what follows the headings at the head of a piece, which a line break parts from it.
fn without_heading_lines(text: &str, mut start: usize, end: usize) -> usize {
    while let Some(length) = text[start..end].find('\n') {
        let (line, rest) = text[start..end].split_at(length);
        let next = rest.trim_start();
        let opens = next.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
        if !(opens && is_heading_line(line.trim())) {
            break;
        }
        start = end - next.len();
    }
    start
}

/// '# Limits', '12 Term and Termination', 'LIMITS', 'Notice periods'. A line of a sentence that is
/// broken has more words, and they are small ones.
fn is_heading_line(line: &str) -> bool {
    if line.starts_with('#') {
        return true;
    }
    let bare = without_number(line).trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let words = words(bare);
    let closed = line.ends_with(['.', ',', ';', ':', '!', '?']);
    let large = words
        .iter()
        .filter(|word| word.text.chars().count() > 3)
        .all(|word| word.text.starts_with(char::is_uppercase));
    let few = words.len() <= 4 && !words.is_empty() && bare.starts_with(char::is_uppercase);
    !closed && words.len() <= 9 && (large || few)
}
