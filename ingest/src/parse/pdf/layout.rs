//! From lines to blocks: paragraphs joined again, headings and table rows recognised.

use crate::parse::{Draft, headings, text};
use inhouse_protocol::BlockKind;
use std::collections::HashSet;

/// A line of a page. Lengths in one unit a page, `y` grows downward.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// A tab stands for a gap between columns.
    pub(super) text: String,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) y: f64,
    /// Height of the letters.
    pub(super) size: f64,
    /// Blank characters since the last other one.
    pub(super) blanks: u32,
}

impl Line {
    /// Lines of a page that has no positions: a row a line, half a letter's height a character.
    #[expect(clippy::cast_precision_loss, reason = "positions of lines, not counts")]
    pub(super) fn of_plain_text(page: &str) -> Vec<Self> {
        page.lines()
            .enumerate()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(row, text)| {
                let body = text.trim();
                let indent = text.len() - text.trim_start().len();
                let left = indent as f64 * 0.4;
                Self {
                    text: body.to_owned(),
                    left,
                    right: left + body.chars().count() as f64 * 0.4,
                    y: row as f64,
                    size: 0.8,
                    blanks: 0,
                }
            })
            .collect()
    }
}

/// The blocks of all pages.
pub(super) fn blocks(pages: &[Vec<Line>]) -> Draft {
    let words = words_of(pages);
    let mut writer = Writer {
        draft: Draft::default(),
        body_size: body_size(pages),
        words,
        ended: true,
        last_kind: None,
    };
    for (index, page) in pages.iter().enumerate() {
        writer.page(page, u32::try_from(index + 1).ok());
    }
    writer.draft
}

/// The letters' height of most of the text.
fn body_size(pages: &[Vec<Line>]) -> f64 {
    let mut sizes: Vec<(f64, usize)> = pages
        .iter()
        .flatten()
        .map(|line| (line.size, line.text.len()))
        .collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, n)| n).sum::<usize>() / 2;
    let mut sum = 0;
    for (size, n) in sizes {
        sum += n;
        if sum >= half {
            return size;
        }
    }
    1.0
}

/// The words inside lines, for telling a broken word from one with a hyphen of its own.
fn words_of(pages: &[Vec<Line>]) -> HashSet<String> {
    let mut words = HashSet::new();
    for line in pages.iter().flatten() {
        for word in line.text.split(|c: char| !c.is_alphanumeric() && c != '-') {
            if word.len() > 3 && !word.ends_with('-') {
                words.insert(word.to_lowercase());
            }
        }
    }
    words
}

/// What is usual on a page.
struct Measure {
    spacing: f64,
    left: f64,
    right: f64,
}

impl Measure {
    fn of(lines: &[Line]) -> Self {
        let mut steps: Vec<f64> = lines
            .windows(2)
            .map(|pair| pair[1].y - pair[0].y)
            .zip(lines)
            .filter(|(step, line)| *step > 0.3 * line.size && *step < 3.0 * line.size)
            .map(|(step, _)| step)
            .collect();
        let mut lefts: Vec<f64> = lines.iter().map(|line| line.left).collect();
        let mut rights: Vec<f64> = lines.iter().map(|line| line.right).collect();
        for list in [&mut steps, &mut lefts, &mut rights] {
            list.sort_by(f64::total_cmp);
        }
        let at = |list: &[f64], percent: usize| list.get(list.len() * percent / 100).copied();
        // The lower third: where paragraphs are short, half of all steps are gaps.
        Self {
            spacing: at(&steps, 33).unwrap_or(f64::MAX / 4.0),
            left: at(&lefts, 10).unwrap_or(0.0),
            right: at(&rights, 90).unwrap_or(0.0),
        }
    }
}

struct Writer {
    draft: Draft,
    body_size: f64,
    words: HashSet<String>,
    /// Whether the last paragraph came to a sentence's end.
    ended: bool,
    last_kind: Option<BlockKind>,
}

impl Writer {
    fn page(&mut self, lines: &[Line], page: Option<u32>) {
        let measure = Measure::of(lines);
        let mut first = true;
        let mut from = 0;
        while from < lines.len() {
            let rows = table_rows(&lines[from..]);
            if rows > 0 {
                for line in &lines[from..from + rows] {
                    let cells: Vec<&str> = line.text.split('\t').map(str::trim).collect();
                    self.push(BlockKind::TableRow, &cells.join(" | "), page, false);
                }
                self.ended = true;
                from += rows;
                first = false;
                continue;
            }
            let mut to = from + 1;
            while to < lines.len()
                && !breaks(&lines[from..to], &lines[to], &measure)
                && table_rows(&lines[to..]) == 0
            {
                to += 1;
            }
            self.paragraph(&lines[from..to], page, first);
            first = false;
            from = to;
        }
    }

    fn paragraph(&mut self, lines: &[Line], page: Option<u32>, first_of_page: bool) {
        let joined = self.join(lines);
        let words = joined.trim();
        let kind = self.kind(lines, words);
        let goes_on = first_of_page
            && !self.ended
            && kind == BlockKind::Paragraph
            && matches!(
                self.last_kind,
                Some(BlockKind::Paragraph | BlockKind::ListItem)
            )
            && words.starts_with(|c: char| c.is_lowercase() || c.is_numeric() || c == '(');
        self.push(kind, words, page, goes_on);
        self.ended = words.ends_with(['.', ':', ';', '!', '?', '”', '"'])
            || matches!(kind, BlockKind::Heading { .. });
    }

    fn push(&mut self, kind: BlockKind, words: &str, page: Option<u32>, goes_on: bool) {
        if goes_on && !self.draft.is_empty() {
            self.draft.go_on(kind, words, page);
        } else {
            self.draft.push(kind, words, page);
        }
        self.last_kind = Some(kind);
    }

    fn kind(&self, lines: &[Line], words: &str) -> BlockKind {
        if text::bullet(words) {
            return BlockKind::ListItem;
        }
        let length = words.chars().count();
        let letters = words.chars().filter(|c| c.is_alphabetic()).count();
        let large = lines.iter().all(|line| line.size > 1.15 * self.body_size);
        if lines.len() <= 3 && large && letters >= 3 && length <= 150 && !words.ends_with('.') {
            let level = if lines[0].size > 1.5 * self.body_size {
                1
            } else {
                2
            };
            return BlockKind::Heading {
                level: headings::level(words).unwrap_or(level),
            };
        }
        let capitals = || lines.iter().all(|line| headings::is_capitals(&line.text));
        match headings::level(words) {
            Some(level) if lines.len() == 1 || (lines.len() <= 3 && capitals()) => {
                BlockKind::Heading { level }
            }
            _ => BlockKind::Paragraph,
        }
    }

    /// Lines as one text; a word broken at a line's end is whole again.
    fn join(&self, lines: &[Line]) -> String {
        let mut out = String::new();
        for line in lines {
            let next = line.text.replace('\t', " ");
            let next = next.trim();
            if out.is_empty() {
                out.push_str(next);
                continue;
            }
            let soft = out.ends_with('\u{AD}');
            let hyphen = soft || out.ends_with(['-', '‐']);
            let before = out.trim_end_matches(['-', '‐', '\u{AD}']);
            let broken = hyphen
                && before.ends_with(char::is_alphabetic)
                && next.starts_with(char::is_lowercase);
            if broken {
                let head = before
                    .rsplit(|c: char| !c.is_alphanumeric() && c != '-')
                    .next()
                    .unwrap_or_default()
                    .to_lowercase();
                let tail = next
                    .split(|c: char| !c.is_alphanumeric() && c != '-')
                    .next()
                    .unwrap_or_default()
                    .to_lowercase();
                let keeps = !soft
                    && !self.words.contains(&format!("{head}{tail}"))
                    && (self.words.contains(&format!("{head}-{tail}"))
                        || matches!(
                            head.as_str(),
                            "non"
                                | "self"
                                | "co"
                                | "ex"
                                | "pre"
                                | "sub"
                                | "third"
                                | "full"
                                | "long"
                                | "short"
                                | "well"
                        ));
                let length = before.len();
                out.truncate(length);
                if keeps {
                    out.push('-');
                }
            } else if !hyphen
                || before.ends_with(char::is_whitespace)
                || !next.starts_with(char::is_alphanumeric)
            {
                out.push(' ');
            }
            out.push_str(next);
        }
        out.retain(|c| c != '\u{AD}');
        out
    }
}

/// How many of the first lines are rows of a table: at least two in a row with column gaps. One
/// gap after a clause number only sets the number apart.
fn table_rows(lines: &[Line]) -> usize {
    let is_row = |line: &&Line| line.text.contains('\t') && !is_number_set_apart(line);
    let rows = lines.iter().take_while(is_row).count();
    if rows >= 2 { rows } else { 0 }
}

/// '7.2 <gap> The seller …', '• <gap> …'.
fn is_number_set_apart(line: &Line) -> bool {
    let Some((mark, _)) = line.text.split_once('\t') else {
        return false;
    };
    let mark = mark.trim();
    line.text.matches('\t').count() == 1
        && (mark.chars().count() <= 6
            && (mark.ends_with(['.', ')'])
                || mark.contains('.')
                || text::bullet(&format!("{mark} "))))
}

/// Whether `line` begins a new paragraph after the lines of the one that is open.
fn breaks(open: &[Line], line: &Line, measure: &Measure) -> bool {
    let Some(before) = open.last() else {
        return false;
    };
    let step = line.y - before.y;
    let (small, tall) = (line.size.min(before.size), line.size.max(before.size));
    if small < 0.87 * tall || step > 1.3 * measure.spacing.max(0.8 * tall) {
        return true;
    }
    let words = line.text.trim();
    let previous = before.text.trim_end();
    let ended = previous.ends_with(['.', ';', ':', '!', '?', '”', '"'])
        || previous.ends_with(" and")
        || previous.ends_with(" or");
    let lower = words.starts_with(char::is_lowercase);
    // Up the page again: another column, or a text drawn later.
    if step < -0.5 * tall {
        return ended || !lower;
    }
    if text::bullet(words) {
        return true;
    }
    let numbered = headings::clause_number(&words.replace('\t', " ")).is_some();
    let width = (measure.right - measure.left).max(1.0);
    let short = before.right < measure.right - 0.2 * width;
    if numbered && (ended || short) {
        return true;
    }
    // A heading is a line of its own, before and after.
    if !lower && open.len() == 1 && headings::level(previous).is_some() && short {
        return !(headings::is_capitals(previous) && headings::is_capitals(words) && step > 0.0);
    }
    if short && headings::level(words).is_some() && !lower {
        return true;
    }
    let indented =
        line.left > before.left + 1.2 * line.size && line.left < measure.right - 0.5 * width;
    ended && !lower && (short || indented)
}
