//! A text as a row of clauses: its paragraphs, list items, table rows and notes, each with the
//! headings above it and its number.

use super::Written;
use super::number;
use inhouse_protocol::{Block, BlockKind};
use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The smallest part of a text that is compared as a whole.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    /// Headings and numbers, from the outermost in.
    pub(super) heading: Vec<String>,
    /// The heading directly above.
    title: String,
    /// It is the first below that heading.
    first: bool,
    /// The number that it begins with; empty where there is none.
    pub(super) number: String,
    /// Its words with the number, blanks made one.
    shown: String,
    /// What two clauses of the same words have in common.
    pub(super) key: String,
    /// The hashes of its words, in order of size.
    pub(super) words: Vec<u64>,
    pub(super) page: Option<u32>,
    /// First character in the text.
    pub(super) start: usize,
    /// One past the last.
    pub(super) end: usize,
}

impl Clause {
    /// Its words, for people.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Its words below its heading.
    pub(super) fn under_title(&self) -> Cow<'_, str> {
        if self.title.is_empty() {
            Cow::Borrowed(&self.shown)
        } else {
            Cow::Owned(format!("{}\n{}", self.title, self.shown))
        }
    }

    /// In one of the versions a heading begins here, and its words are others.
    pub(super) fn is_headed_otherwise(&self, other: &Self) -> bool {
        self.begins_section(other) && title(self).1 != title(other).1
    }

    /// In one of the versions a heading begins here, and its number is another.
    pub(super) fn is_renumbered_under(&self, other: &Self) -> bool {
        self.begins_section(other) && title(self).0 != title(other).0
    }

    fn begins_section(&self, other: &Self) -> bool {
        self.first || other.first
    }
}

/// The number of a clause's heading and the heading's words.
fn title(clause: &Clause) -> (&str, String) {
    let (number, words) = number::split(&clause.title, true).unwrap_or(("", &clause.title));
    (number, plain(words))
}

/// A run of the text that becomes a clause.
struct Run {
    kind: BlockKind,
    start: usize,
    end: usize,
    page: Option<u32>,
    text: String,
}

impl Run {
    fn of(block: &Block, text: String) -> Self {
        Self {
            kind: block.kind,
            start: block.start,
            end: block.end,
            page: block.page,
            text,
        }
    }
}

#[derive(Default)]
struct Builder {
    /// Level and words, from the outermost in.
    headings: Vec<(u8, String)>,
    /// The last heading, until it has a clause below it.
    bare: Option<Run>,
    /// The number of the clause that letters such as `(b)` count below.
    decimal: String,
    open: Option<Run>,
    clauses: Vec<Clause>,
}

/// The clauses of a text, in its order.
pub(super) fn clauses(written: Written<'_>) -> Vec<Clause> {
    let text = written.text;
    let starts = text.char_indices().map(|(at, _)| at);
    let bytes: Vec<usize> = starts.chain([text.len()]).collect();
    let slice = |block: &Block| {
        let end = block.end.min(bytes.len() - 1);
        &text[bytes[block.start.min(end)]..bytes[end]]
    };
    let mut builder = Builder::default();
    for block in written.blocks {
        let words = match block.kind {
            BlockKind::Preformatted => slice(block).trim().to_owned(),
            _ => without_marks(block.kind, blanks_joined(slice(block))),
        };
        if !words.is_empty() {
            builder.take(Run::of(block, words));
        }
    }
    builder.close();
    builder.close_heading();
    builder.clauses
}

impl Builder {
    fn take(&mut self, run: Run) {
        if let BlockKind::Heading { level } = run.kind {
            self.close();
            self.close_heading();
            while self
                .headings
                .last()
                .is_some_and(|(above, _)| *above >= level)
            {
                self.headings.pop();
            }
            self.headings.push((level, run.text.clone()));
            self.decimal.clear();
            self.bare = Some(run);
            return;
        }
        match &mut self.open {
            Some(open) if goes_on(open, &run) => {
                open.text.push(' ');
                open.text.push_str(&run.text);
                open.end = run.end;
            }
            _ => {
                self.close();
                self.open = Some(run);
            }
        }
    }

    /// Makes a clause of what is open.
    fn close(&mut self) {
        let Some(run) = self.open.take() else { return };
        let (number, words) = number::split(&run.text, false).unwrap_or(("", &run.text));
        let mut heading: Vec<String> = self.headings.iter().map(|(_, text)| text.clone()).collect();
        if number::is_letter(number) {
            if !self.decimal.is_empty() {
                heading.push(self.decimal.clone());
            }
            heading.push(number.to_owned());
        } else if !number.is_empty() {
            number.clone_into(&mut self.decimal);
            heading.push(number.to_owned());
        }
        let first = self.bare.take().is_some();
        let title = self.headings.last().map(|(_, text)| text.clone());
        let key = plain(words);
        let number = number.to_owned();
        self.push(run, heading, title.unwrap_or_default(), first, number, key);
    }

    /// Makes a clause of a heading that has none below it.
    fn close_heading(&mut self) {
        let Some(run) = self.bare.take() else { return };
        let above = self.headings.len().saturating_sub(1);
        let heading = self.headings[..above].iter();
        let heading = heading.map(|(_, text)| text.clone()).collect();
        let (number, words) = number::split(&run.text, true).unwrap_or(("", &run.text));
        // A heading and a paragraph of the same words are two things.
        let (number, key) = (number.to_owned(), format!("# {}", plain(words)));
        self.push(run, heading, String::new(), false, number, key);
    }

    fn push(
        &mut self,
        run: Run,
        heading: Vec<String>,
        title: String,
        first: bool,
        number: String,
        key: String,
    ) {
        self.clauses.push(Clause {
            heading,
            title,
            first,
            number,
            words: hashes(&key),
            key,
            shown: run.text,
            page: run.page,
            start: run.start,
            end: run.end,
        });
    }
}

/// Whether a paragraph continues what stands before it: cut by the end of a page, perhaps.
fn goes_on(open: &Run, run: &Run) -> bool {
    let ended = open.text.ends_with(|c: char| ".;:!?…\"”)".contains(c));
    let text = matches!(open.kind, BlockKind::Paragraph | BlockKind::ListItem);
    text && !ended
        && run.kind == BlockKind::Paragraph
        && run.text.starts_with(char::is_lowercase)
        && number::split(&run.text, false).is_none()
}

/// Without what Markdown puts before headings and list items, and below headings.
fn without_marks(kind: BlockKind, text: String) -> String {
    let marks: &[char] = match kind {
        BlockKind::Heading { .. } => &['#'],
        BlockKind::ListItem => &['-', '*', '+', '\u{2022}'],
        _ => return text,
    };
    let rest = text.trim_start_matches(marks);
    if rest.len() < text.len() && !rest.starts_with(' ') {
        return text;
    }
    let rest = rest.trim_start();
    match (kind, rest.rsplit_once(' ')) {
        (BlockKind::Heading { .. }, Some((words, line)))
            if line.len() > 1 && line.trim_matches(['=', '-']).is_empty() =>
        {
            words.to_owned()
        }
        _ => rest.to_owned(),
    }
}

fn blanks_joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// The text as it counts when two are held against each other: whichever quotation marks and
/// dashes a program wrote, and wherever its lines break.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| *c != '\u{ad}')
        .map(|c| match c {
            '\u{2018}'..='\u{201b}' => '\'',
            '\u{201c}'..='\u{201f}' | '«' | '»' => '"',
            '\u{2010}'..='\u{2015}' => '-',
            other => other,
        })
        .collect();
    blanks_joined(&text)
}

fn hashes(text: &str) -> Vec<u64> {
    let mut hashes: Vec<u64> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut hasher = DefaultHasher::new();
            word.to_lowercase().hash(&mut hasher);
            hasher.finish()
        })
        .collect();
    hashes.sort_unstable();
    hashes
}
