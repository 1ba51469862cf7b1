//! Plain text: the encoding found out, the text kept as it is, its structure recognised.

mod encoding;

use super::{Offsets, Parsed, headings};
use crate::failure::ParseFailure;
use inhouse_protocol::{Block, BlockKind};

pub(crate) use encoding::{decode, wide_without_mark};

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let text = decode(bytes).into_owned();
    let offsets = Offsets::new(&text);
    let mut blocks = Vec::new();
    for span in blocks_of(&text) {
        blocks.push(Block {
            kind: span.kind,
            start: offsets.chars_before(span.start),
            end: offsets.chars_before(span.end),
            page: None,
        });
    }
    Parsed::new("text", None, text, blocks)
}

/// A block in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    kind: BlockKind,
    start: usize,
    end: usize,
}

#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn span(self, kind: BlockKind) -> Span {
        let start = self.start + self.text.len() - self.text.trim_start().len();
        let end = self.start + self.text.trim_end().len();
        Span { kind, start, end }
    }

    fn is_blank(self) -> bool {
        self.text.trim().is_empty()
    }
}

fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for text in text.split_inclusive(['\n', '\x0C']) {
        lines.push(Line { start, text });
        start += text.len();
    }
    lines
}

fn blocks_of(text: &str) -> Vec<Span> {
    let lines = lines(text);
    let written = lines.iter().filter(|l| !l.is_blank());
    let (mut count, mut long) = (0, 0);
    for line in written {
        count += 1;
        long += usize::from(line.text.len() > 200);
    }
    // Where many lines are long, nobody has wrapped them: each line is a paragraph.
    let unwrapped = long * 10 >= count.max(1);

    let mut spans = Vec::new();
    let mut run: Vec<Line<'_>> = Vec::new();
    for line in lines {
        if line.is_blank() {
            paragraphs(&std::mem::take(&mut run), &mut spans);
        } else {
            run.push(line);
            if unwrapped {
                paragraphs(&std::mem::take(&mut run), &mut spans);
            }
        }
    }
    paragraphs(&run, &mut spans);
    spans
}

/// The blocks of lines that follow each other without a blank one.
fn paragraphs(run: &[Line<'_>], spans: &mut Vec<Span>) {
    let Some((first, rest)) = run.split_first() else {
        return;
    };
    let capitals = |line: &Line<'_>| headings::is_capitals(line.text.trim());
    let heading = headings::level(first.text);
    // A title over two or three lines, all in capitals.
    if run.len() <= 3 && heading.is_some() && run.iter().all(capitals) {
        let level = heading.unwrap_or(2);
        spans.push(join(run, BlockKind::Heading { level }));
        return;
    }
    match heading {
        Some(level) if rest.is_empty() || !rest.first().is_some_and(capitals) => {
            let wraps = rest.first().is_some_and(|next| continues(first, next));
            if !wraps {
                spans.push(first.span(BlockKind::Heading { level }));
                paragraphs(rest, spans);
                return;
            }
        }
        _ => {}
    }
    if is_preformatted(run) {
        spans.push(join(run, BlockKind::Preformatted));
        return;
    }
    let mut start = 0;
    for i in 1..run.len() {
        if begins_block(&run[i - 1], &run[i]) {
            spans.push(join(&run[start..i], kind_of(&run[start])));
            start = i;
        }
    }
    spans.push(join(&run[start..], kind_of(&run[start])));
}

/// Whether a line that looks like a heading is only the first of a wrapped sentence.
fn continues(line: &Line<'_>, next: &Line<'_>) -> bool {
    let next = next.text.trim();
    let ends = line.text.trim_end().ends_with(['.', ':']);
    !ends && next.starts_with(char::is_lowercase) && !bullet(next)
}

fn begins_block(before: &Line<'_>, line: &Line<'_>) -> bool {
    let text = line.text.trim();
    if bullet(text) {
        return true;
    }
    let before = before.text.trim_end();
    let ended = before.ends_with(['.', ';', ':', '?', '!', '"', '”', ')'])
        || before.ends_with(" and")
        || before.ends_with(" or");
    ended && headings::clause_number(text).is_some()
}

fn kind_of(line: &Line<'_>) -> BlockKind {
    if bullet(line.text.trim()) {
        BlockKind::ListItem
    } else {
        BlockKind::Paragraph
    }
}

/// Whether a line starts with a list's mark.
pub(crate) fn bullet(text: &str) -> bool {
    let mut chars = text.chars();
    let mark = chars.next();
    matches!(
        mark,
        Some('•' | '·' | '▪' | '●' | '○' | '◦' | '■' | '□' | '➢' | '\u{f0b7}')
    ) || (matches!(mark, Some('-' | '*' | '–' | 'o')) && matches!(chars.next(), Some(' ' | '\t')))
}

/// Columns: most lines of several have wide gaps inside.
fn is_preformatted(run: &[Line<'_>]) -> bool {
    let gaps = |line: &&Line<'_>| {
        let text = line.text.trim();
        text.contains("    ") || text.contains('\t') || text.contains("-----")
    };
    run.len() >= 2 && run.iter().filter(gaps).count() * 2 > run.len()
}

fn join(run: &[Line<'_>], kind: BlockKind) -> Span {
    let (first, last) = (run[0], run[run.len() - 1]);
    Span {
        kind,
        start: first.span(kind).start,
        end: last.span(kind).end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(BlockKind, String)> {
        let parsed = parse(text.as_bytes()).unwrap();
        assert_eq!(parsed.text, text);
        let chars: Vec<char> = parsed.text.chars().collect();
        let slice = |b: &Block| chars[b.start..b.end].iter().collect();
        parsed.blocks.iter().map(|b| (b.kind, slice(b))).collect()
    }

    #[test]
    fn headings_paragraphs_and_items_are_told_apart() {
        let text = "SUPPLY\nAGREEMENT\n\n1. Definitions\nThe term \u{201c}goods\u{201d} means\nall \
                    goods.\n\n- first\n- second\n\nA plain paragraph\nover two lines.\n";
        assert_eq!(
            read(text),
            [
                (BlockKind::Heading { level: 2 }, "SUPPLY\nAGREEMENT".into()),
                (BlockKind::Heading { level: 2 }, "1. Definitions".into()),
                (
                    BlockKind::Paragraph,
                    "The term \u{201c}goods\u{201d} means\nall goods.".into()
                ),
                (BlockKind::ListItem, "- first".into()),
                (BlockKind::ListItem, "- second".into()),
                (
                    BlockKind::Paragraph,
                    "A plain paragraph\nover two lines.".into()
                ),
            ]
        );
    }

    #[test]
    fn long_lines_are_a_paragraph_each_and_columns_stay_as_they_are() {
        let long = "word ".repeat(60);
        let text = format!("{long}\r\n{long}\r\n");
        assert_eq!(read(&text).len(), 2);
        let table = "Fee        100\nTax         19\nSum        119";
        assert_eq!(read(table), [(BlockKind::Preformatted, table.to_owned())]);
    }

    #[test]
    fn a_nul_is_replaced_and_an_empty_file_refused() {
        let parsed = parse(b"\xEF\xBB\xBFab\0cd").unwrap();
        assert_eq!(parsed.text, "ab\u{FFFD}cd");
        assert!(parse(b" \n\t\n").is_err());
        assert!(parse(b"").is_err());
    }
}
