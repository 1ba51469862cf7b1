//! Passages: spans of a text that are found and cited. They follow the document's structure: none
//! goes across a heading, a clause stays whole where it fits, and each knows its heading path. A
//! table's later rows know its first one, which names their columns.

use crate::parse::{Parsed, headings};
use inhouse_protocol::{Block, BlockKind};
use inhouse_store::NewPassage;

/// What a passage is filled up to, in characters: some 150 tokens, so that with its header it
/// stays inside the embedding model's 256.
const MOST: usize = 700;
/// What pieces of a longer block come to.
const AIM: usize = 560;
/// A clause with a title of its own starts a new passage when the one before is this long.
const ENOUGH: usize = 250;
/// What a heading may add to the block it belongs to.
const HEADING: usize = 250;

/// Splits a parsed document. `title` is the document's; a heading that repeats it is left out of
/// the paths. `passage.text` is the text's characters `start..end`; its language is left empty.
pub fn split(parsed: &Parsed, title: &str) -> Vec<NewPassage> {
    let mut splitter = Splitter {
        text: Chars::new(&parsed.text),
        markdown: parsed.parser == "markdown",
        title: plain(title, false).to_lowercase(),
        headings: Vec::new(),
        table: None,
        open: None,
        passages: Vec::new(),
    };
    for block in &parsed.blocks {
        splitter.table_of(block);
        match block.kind {
            BlockKind::Heading { level } => splitter.heading(block, level),
            _ => splitter.body(block),
        }
    }
    splitter.flush();
    splitter.passages
}

/// A passage that still grows.
struct Open {
    start: usize,
    end: usize,
    page: Option<u32>,
    path: Vec<String>,
    /// Nothing but headings so far.
    headings_only: bool,
}

/// A table whose rows follow each other.
struct Table {
    /// Its first row, where that names the columns.
    columns: Option<String>,
    /// First character of that row.
    start: usize,
}

struct Splitter<'a> {
    text: Chars<'a>,
    markdown: bool,
    title: String,
    headings: Vec<(u8, String)>,
    /// The table that is being read.
    table: Option<Table>,
    open: Option<Open>,
    passages: Vec<NewPassage>,
}

impl Splitter<'_> {
    fn heading(&mut self, block: &Block, level: u8) {
        let words = plain(self.text.slice(block.start, block.end), self.markdown);
        while self
            .headings
            .last()
            .is_some_and(|(above, _)| *above >= level)
        {
            self.headings.pop();
        }
        if !words.is_empty() && words.to_lowercase() != self.title {
            self.headings.push((level, words));
        }
        let path = self.path();
        match &mut self.open {
            Some(open) if open.headings_only && block.end - open.start <= MOST => {
                open.end = block.end;
                open.path = path;
            }
            _ => {
                self.flush();
                for (start, end) in self.pieces(block) {
                    self.flush();
                    self.open = Some(Open {
                        start,
                        end,
                        page: block.page,
                        path: path.clone(),
                        headings_only: true,
                    });
                }
            }
        }
    }

    fn body(&mut self, block: &Block) {
        let words = self.text.slice(block.start, block.end);
        let clause = match block.kind {
            BlockKind::Paragraph | BlockKind::ListItem => {
                headings::run_in_title(words).map(|(_, title)| plain(title, self.markdown))
            }
            _ => None,
        };
        let mut path = self.path();
        path.extend(clause.clone());
        if let Some(Table { columns, start }) = &self.table
            && *start < block.start
        {
            path.extend(columns.clone());
        }
        for (start, end) in self.pieces(block) {
            let fits = self.open.as_ref().is_some_and(|open| {
                let length = end - open.start;
                if open.headings_only {
                    length <= MOST + HEADING
                } else {
                    let enough = clause.is_some() && open.end - open.start >= ENOUGH;
                    length <= MOST && !enough
                }
            });
            match &mut self.open {
                Some(open) if fits => {
                    open.end = end;
                    if open.headings_only {
                        open.headings_only = false;
                        open.path.clone_from(&path);
                    }
                }
                _ => {
                    self.flush();
                    self.open = Some(Open {
                        start,
                        end,
                        page: block.page,
                        path: path.clone(),
                        headings_only: false,
                    });
                }
            }
        }
    }

    /// Notes where a table begins and ends, and what its columns are called.
    fn table_of(&mut self, block: &Block) {
        if block.kind != BlockKind::TableRow {
            // A note to a row stands between the rows.
            if block.kind != BlockKind::Footnote {
                self.table = None;
            }
        } else if self.table.is_none() {
            let row = self.text.slice(block.start, block.end);
            let names = row.contains(" | ") && !row.contains(|c: char| c.is_ascii_digit());
            self.table = Some(Table {
                columns: names.then(|| plain(row, false)),
                start: block.start,
            });
        }
    }

    fn path(&self) -> Vec<String> {
        self.headings
            .iter()
            .map(|(_, words)| words.clone())
            .collect()
    }

    fn flush(&mut self) {
        let Some(open) = self.open.take() else { return };
        let text = self.text.slice(open.start, open.end);
        // Rules and ornaments say nothing.
        if text.chars().any(char::is_alphanumeric) {
            self.passages.push(NewPassage {
                heading_path: open.path,
                page: open.page,
                start: open.start,
                end: open.end,
                text: text.to_owned(),
                language: String::new(),
            });
        }
    }

    /// A block as spans of at most [`MOST`] characters, cut where sentences end.
    fn pieces(&self, block: &Block) -> Vec<(usize, usize)> {
        if block.end - block.start <= MOST {
            return vec![(block.start, block.end)];
        }
        let chars: Vec<char> = self.text.slice(block.start, block.end).chars().collect();
        let by_line = matches!(block.kind, BlockKind::Preformatted);
        let mut pieces = Vec::new();
        let mut from = 0;
        while from < chars.len() {
            let to = cut(&chars, from, by_line);
            let blank = |i: &usize| chars[*i].is_whitespace();
            let start = (from..to).find(|i| !blank(i)).unwrap_or(to);
            let end = (start..to)
                .rev()
                .find(|i| !blank(i))
                .map_or(start, |i| i + 1);
            if start < end {
                pieces.push((block.start + start, block.start + end));
            }
            from = to;
        }
        pieces
    }
}

/// Where the piece that starts at `from` ends: near an equal share of what is left, best after a
/// sentence.
fn cut(chars: &[char], from: usize, by_line: bool) -> usize {
    let left = chars.len() - from;
    if left <= MOST {
        return chars.len();
    }
    let ideal = left / left.div_ceil(AIM);
    let window = ideal / 2..(ideal + ideal / 3).min(MOST);
    let mut best = (usize::MAX, from + ideal);
    for length in window {
        let at = from + length;
        let (before, here) = (chars[at - 1], chars[at]);
        let penalty = if before == '\n' {
            if by_line { 0 } else { 20 }
        } else if !here.is_whitespace() {
            if matches!(before, '。' | '！' | '？') {
                0
            } else {
                continue;
            }
        } else if ends_sentence(chars, at) {
            0
        } else {
            match before {
                ';' | ':' => 60,
                ',' => 160,
                _ => 300,
            }
        };
        let distance = length.abs_diff(ideal) + penalty;
        if distance < best.0 {
            best = (distance, at);
        }
    }
    best.1
}

/// Whether a sentence ends before the blank at `at`: not after 'Inc.', 'No.' or an initial.
fn ends_sentence(chars: &[char], at: usize) -> bool {
    let mut last = at - 1;
    while last > 0 && matches!(chars[last], '"' | '”' | '’' | ')' | ']') {
        last -= 1;
    }
    match chars[last] {
        '!' | '?' => true,
        '.' => {
            let word_start = chars[..last]
                .iter()
                .rposition(|c| !c.is_alphanumeric())
                .map_or(0, |i| i + 1);
            let word: String = chars[word_start..last].iter().collect();
            let next = chars[at..].iter().find(|c| !c.is_whitespace());
            let starts = next.is_none_or(|c| !c.is_lowercase());
            let short = word.chars().count() <= 1
                || matches!(
                    word.as_str(),
                    "Inc"
                        | "No"
                        | "Nos"
                        | "Sec"
                        | "Art"
                        | "Mr"
                        | "Ms"
                        | "Mrs"
                        | "Dr"
                        | "Co"
                        | "Corp"
                        | "Ltd"
                        | "vs"
                        | "St"
                        | "cf"
                        | "Nr"
                        | "Abs"
                        | "bzw"
                );
            starts && !short
        }
        _ => false,
    }
}

/// A heading as one line; without Markdown's marks where it has them. At most 160 characters.
fn plain(heading: &str, markdown: bool) -> String {
    let mut line = String::new();
    for word in heading.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if markdown {
        line = without_links(&line);
        line.retain(|c| !matches!(c, '*' | '`' | '#'));
    }
    let line = line.trim().trim_end_matches([':', '–', '-']).trim_end();
    line.chars().take(160).collect()
}

/// `[words](target)` as `words`.
fn without_links(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('[') {
        let Some((words, tail)) = after.split_once("](") else {
            break;
        };
        let Some((_, tail)) = tail.split_once(')') else {
            break;
        };
        out.push_str(before);
        out.push_str(words);
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// A text that is sliced by characters.
pub(crate) struct Chars<'a> {
    text: &'a str,
    /// The byte at which character `STRIDE * i` starts.
    marks: Vec<usize>,
}

const STRIDE: usize = 256;

impl<'a> Chars<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let marks = text
            .char_indices()
            .step_by(STRIDE)
            .map(|(byte, _)| byte)
            .collect();
        Self { text, marks }
    }

    fn byte(&self, char: usize) -> usize {
        let Some(from) = self.marks.get(char / STRIDE) else {
            return self.text.len();
        };
        let rest = &self.text[*from..];
        let within = rest.char_indices().nth(char % STRIDE);
        within.map_or(self.text.len(), |(byte, _)| from + byte)
    }

    /// The characters `start..end`.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &'a str {
        &self.text[self.byte(start)..self.byte(end)]
    }
}

#[cfg(test)]
#[path = "passages_tests.rs"]
mod tests;
