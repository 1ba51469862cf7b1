//! A window of a document's text, laid out for reading: headings, paragraphs, lists, tables and
//! page marks, with the cited span marked.

use inhouse_protocol::{Block, BlockKind, PageInfo, Source};
use std::ops::Range;

/// A run of text inside a part, marked or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) text: String,
    pub(crate) marked: bool,
}

/// A part of the page, in reading order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// A page begins here.
    Page(u32),
    /// A heading and how many headings it is nested in, itself included: a window that begins in
    /// the middle of a document skips no level.
    Heading(usize, Vec<Piece>),
    Paragraph(Vec<Piece>),
    List(Vec<Vec<Piece>>),
    /// Rows of cells.
    Table(Vec<Vec<Vec<Piece>>>),
    Footnote(Vec<Piece>),
    Preformatted(Vec<Piece>),
}

/// What parts a row's cells in the text.
const CELL_BREAK: [char; 3] = [' ', '|', ' '];

/// Lays out `source`, marking `span` (characters of the whole text). A span that is empty or
/// outside the text marks nothing.
pub(crate) fn lay_out(source: &Source, span: &Range<usize>) -> Vec<Part> {
    let window = Window {
        name: source.name.clone(),
        chars: source.text.chars().collect(),
        from: source.from,
        span: span.clone(),
    };
    let mut parts = Vec::new();
    let mut at = source.from;
    let mut page = None;
    let mut levels = Vec::new();
    for block in joined(source.blocks.clone()) {
        let start = block.start.max(at);
        let end = block.end.min(window.end());
        if start >= end {
            continue;
        }
        window.loose(at..start, &mut parts);
        if block.page.is_some() && block.page != page {
            page = block.page;
            parts.extend(page.map(Part::Page));
        }
        if let BlockKind::Heading { level } = block.kind {
            levels.retain(|above| *above < level);
            levels.push(level);
            parts.push(Part::Heading(levels.len(), window.pieces(start..end)));
        } else {
            window.block(block.kind, start..end, &mut parts);
        }
        at = end;
    }
    window.loose(at..window.end(), &mut parts);
    parts
}

/// `earlier` and `later` as one window. Where they don't meet, `later` stays as it is.
pub(crate) fn merge(earlier: &Source, later: &Source) -> Source {
    let earlier_end = earlier.from + earlier.text.chars().count();
    if earlier.from > later.from || earlier_end < later.from {
        return later.clone();
    }
    let overlap = earlier_end - later.from;
    let mut text = earlier.text.clone();
    text.extend(later.text.chars().skip(overlap));
    let mut blocks = earlier.blocks.clone();
    blocks.extend(later.blocks.iter().cloned());
    let mut page_info = earlier.page_info.clone();
    let new = |page: &&PageInfo| {
        earlier
            .page_info
            .iter()
            .all(|known| known.page != page.page)
    };
    page_info.extend(later.page_info.iter().filter(new).cloned());
    Source {
        from: earlier.from,
        text,
        blocks: joined(blocks),
        page_info,
        ..later.clone()
    }
}

/// The text of a file named `name` as it reads: without Markdown's marks of emphasis and headings
/// and the rulers of its tables.
pub(crate) fn as_read(name: &str, text: &str) -> String {
    let markdown = [".md", ".markdown"].iter().any(|end| {
        let from = name.len().saturating_sub(end.len());
        name.get(from..)
            .is_some_and(|last| last.eq_ignore_ascii_case(end))
    });
    if !markdown {
        return text.to_owned();
    }
    let is_ruler = |line: &str| line.contains("--") && line.chars().all(|c| "|-: ".contains(c));
    let lines = text.split('\n').filter(|line| !is_ruler(line)).map(|line| {
        let words = line.trim_start_matches('#');
        if words.starts_with(' ') && words.len() < line.len() {
            words.trim_start()
        } else {
            line
        }
    });
    let lines: Vec<_> = lines.collect();
    lines.join("\n").replace("**", "").replace("__", "")
}

/// The blocks in order, those that a window's edge had cut in two put together again: blocks
/// don't overlap, so two that do are one.
fn joined(mut blocks: Vec<Block>) -> Vec<Block> {
    blocks.sort_by_key(|block| (block.start, block.end));
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        match out.last_mut() {
            Some(last) if block.start < last.end && block.kind == last.kind => {
                last.end = last.end.max(block.end);
            }
            _ => out.push(block),
        }
    }
    out
}

struct Window {
    name: String,
    chars: Vec<char>,
    from: usize,
    span: Range<usize>,
}

impl Window {
    fn end(&self) -> usize {
        self.from + self.chars.len()
    }

    fn slice(&self, range: Range<usize>) -> &[char] {
        let start = range.start.saturating_sub(self.from);
        let end = range.end.saturating_sub(self.from);
        self.chars.get(start..end).unwrap_or(&[])
    }

    /// Cuts a range where the marked span begins and ends.
    fn pieces(&self, range: Range<usize>) -> Vec<Piece> {
        let first = self.span.start.clamp(range.start, range.end);
        let last = self.span.end.clamp(first, range.end);
        [
            (range.start..first, false),
            (first..last, true),
            (last..range.end, false),
        ]
        .into_iter()
        .filter(|(range, _)| !range.is_empty())
        .map(|(range, marked)| Piece {
            text: as_read(&self.name, &self.slice(range).iter().collect::<String>()),
            marked,
        })
        .collect()
    }

    fn block(&self, kind: BlockKind, range: Range<usize>, parts: &mut Vec<Part>) {
        match kind {
            BlockKind::Heading { .. } | BlockKind::Paragraph => {
                parts.push(Part::Paragraph(self.pieces(range)));
            }
            BlockKind::Footnote => parts.push(Part::Footnote(self.pieces(range))),
            BlockKind::Preformatted => parts.push(Part::Preformatted(self.pieces(range))),
            BlockKind::ListItem => {
                let item = self.pieces(range);
                match parts.last_mut() {
                    Some(Part::List(items)) => items.push(item),
                    _ => parts.push(Part::List(vec![item])),
                }
            }
            BlockKind::TableRow => {
                let row = self.cells(range);
                match parts.last_mut() {
                    Some(Part::Table(rows)) => rows.push(row),
                    _ => parts.push(Part::Table(vec![row])),
                }
            }
        }
    }

    fn cells(&self, row: Range<usize>) -> Vec<Vec<Piece>> {
        let mut cells = Vec::new();
        // Markdown has a bar at both ends too.
        let is_edge = |at: &usize| matches!(self.slice(*at..at + 1), ['|' | ' ']);
        let leading = row.clone().take_while(is_edge).count();
        let trailing = row.clone().rev().take_while(is_edge).count();
        let range = row.start + leading..row.end.saturating_sub(trailing).max(row.start + leading);
        let mut start = range.start;
        let mut at = range.start;
        while at + CELL_BREAK.len() <= range.end {
            if self.slice(at..at + CELL_BREAK.len()) == CELL_BREAK {
                cells.push(self.pieces(start..at));
                at += CELL_BREAK.len();
                start = at;
            } else {
                at += 1;
            }
        }
        cells.push(self.pieces(start..range.end));
        cells
    }

    /// Text that no block claims: a paragraph up to each blank line; nothing where it is blank or
    /// mere markup, such as the `##` before a heading.
    fn loose(&self, range: Range<usize>, parts: &mut Vec<Part>) {
        let mut start = range.start;
        for at in range.clone() {
            let ends = at + 1 == range.end;
            let blank_line = self.slice(at..(at + 2).min(range.end)) == ['\n', '\n'];
            if !(ends || blank_line) {
                continue;
            }
            let paragraph = start..at + 1;
            start = at + 1;
            let text = self.slice(paragraph.clone());
            if text.iter().any(|c| c.is_alphanumeric()) {
                parts.push(Part::Paragraph(self.pieces(paragraph)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::Timestamp;

    fn source(from: usize, text: &str, blocks: Vec<Block>) -> Source {
        Source {
            document: sample::id("document-1"),
            version: sample::id("version-1"),
            version_number: 1,
            superseded: false,
            validity: None,
            name: "a.txt".to_owned(),
            title: "A".to_owned(),
            set_name: "Contracts".to_owned(),
            added_at: Timestamp(0),
            pages: None,
            from,
            total: 1000,
            text: text.to_owned(),
            blocks,
            boxes: Vec::new(),
            page_info: Vec::new(),
        }
    }

    fn block(kind: BlockKind, start: usize, end: usize, page: Option<u32>) -> Block {
        Block {
            kind,
            start,
            end,
            page,
        }
    }

    fn plain(text: &str) -> Vec<Piece> {
        vec![Piece {
            text: text.to_owned(),
            marked: false,
        }]
    }

    #[test]
    fn the_cited_words_are_marked_inside_their_paragraph() {
        let window = source(
            100,
            "Term\nSüße thirty days end",
            vec![
                block(BlockKind::Heading { level: 1 }, 100, 104, Some(2)),
                block(BlockKind::Paragraph, 105, 125, Some(2)),
            ],
        );
        let parts = lay_out(&window, &(110..121));
        assert_eq!(parts[0], Part::Page(2));
        assert_eq!(parts[1], Part::Heading(1, plain("Term")));
        let Part::Paragraph(pieces) = &parts[2] else {
            panic!("a paragraph follows the heading: {parts:?}");
        };
        let marked: Vec<_> = pieces.iter().filter(|p| p.marked).collect();
        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].text, "thirty days");
        assert_eq!(parts.len(), 3);
    }

    #[test]
    fn the_markup_of_markdown_is_not_shown() {
        let mut window = source(
            0,
            "## Term\n\n**Either** party",
            vec![
                block(BlockKind::Heading { level: 2 }, 3, 7, None),
                block(BlockKind::Paragraph, 9, 25, None),
            ],
        );
        window.name = "a.MD".to_owned();
        assert_eq!(
            lay_out(&window, &(0..0)),
            [
                Part::Heading(1, plain("Term")),
                Part::Paragraph(plain("Either party"))
            ]
        );
    }

    #[test]
    fn a_footnote_stands_apart_from_the_text() {
        let window = source(
            0,
            "Fee1\n1 Net.",
            vec![
                block(BlockKind::Paragraph, 0, 4, None),
                block(BlockKind::Footnote, 5, 11, None),
            ],
        );
        assert_eq!(
            lay_out(&window, &(0..0)),
            [
                Part::Paragraph(plain("Fee1")),
                Part::Footnote(plain("1 Net."))
            ]
        );
    }

    #[test]
    fn bars_at_the_ends_of_a_row_are_no_cells() {
        let window = source(0, "| a | b |", vec![block(BlockKind::TableRow, 0, 9, None)]);
        assert_eq!(
            lay_out(&window, &(0..0)),
            [Part::Table(vec![vec![plain("a"), plain("b")]])]
        );
    }

    #[test]
    fn a_passage_of_markdown_reads_without_its_marks() {
        assert_eq!(
            as_read(
                "a.md",
                "## 2. Schedule\n| Record | Kept |\n|---|---|\n| Tax | **10** |"
            ),
            "2. Schedule\n| Record | Kept |\n| Tax | 10 |"
        );
        assert_eq!(as_read("a.txt", "# 5 **"), "# 5 **");
        assert_eq!(as_read("a.md", "Room #5"), "Room #5");
    }

    #[test]
    fn a_window_that_begins_deep_in_a_document_skips_no_heading_level() {
        let heading = |level, start| block(BlockKind::Heading { level }, start, start + 1, None);
        let window = source(
            50,
            "a b c d",
            vec![
                heading(3, 50),
                heading(4, 52),
                heading(2, 54),
                heading(3, 56),
            ],
        );
        let depths: Vec<_> = lay_out(&window, &(0..0))
            .into_iter()
            .filter_map(|part| match part {
                Part::Heading(depth, _) => Some(depth),
                _ => None,
            })
            .collect();
        assert_eq!(depths, [1, 2, 1, 2]);
    }

    #[test]
    fn a_span_outside_the_window_marks_nothing() {
        let window = source(0, "One\n\nTwo", Vec::new());
        assert_eq!(
            lay_out(&window, &(500..600)),
            [
                Part::Paragraph(plain("One\n")),
                Part::Paragraph(plain("\nTwo"))
            ]
        );
        assert!(
            lay_out(&window, &(3..3))
                .iter()
                .all(|part| matches!(part, Part::Paragraph(p) if p.iter().all(|p| !p.marked)))
        );
    }

    #[test]
    fn rows_become_one_table_and_items_one_list() {
        let window = source(
            0,
            "a | b\nc | d\n- e\n- f",
            vec![
                block(BlockKind::TableRow, 0, 5, None),
                block(BlockKind::TableRow, 6, 11, None),
                block(BlockKind::ListItem, 12, 15, None),
                block(BlockKind::ListItem, 16, 19, None),
            ],
        );
        let parts = lay_out(&window, &(0..0));
        assert_eq!(
            parts,
            [
                Part::Table(vec![
                    vec![plain("a"), plain("b")],
                    vec![plain("c"), plain("d")]
                ]),
                Part::List(vec![plain("- e"), plain("- f")]),
            ]
        );
    }

    #[test]
    fn windows_that_meet_become_one_and_a_cut_block_is_whole_again() {
        let earlier = source(
            0,
            "0123456789",
            vec![block(BlockKind::Paragraph, 2, 10, None)],
        );
        let later = source(
            6,
            "6789abcdef",
            vec![block(BlockKind::Paragraph, 6, 16, None)],
        );
        let both = merge(&earlier, &later);
        assert_eq!(both.from, 0);
        assert_eq!(both.text, "0123456789abcdef");
        assert_eq!(both.blocks.len(), 1);
        assert_eq!((both.blocks[0].start, both.blocks[0].end), (2, 16));
    }

    #[test]
    fn windows_with_a_gap_between_them_are_not_joined() {
        let earlier = source(0, "0123", Vec::new());
        let later = source(10, "abcd", Vec::new());
        assert_eq!(merge(&earlier, &later), later);
    }
}
