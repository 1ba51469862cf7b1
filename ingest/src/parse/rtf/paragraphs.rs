//! The text that the reader has come to: paragraphs, cells, notes.

use super::super::draft::squeeze;
use super::super::headings;
use inhouse_protocol::BlockKind;
use std::collections::HashMap;

/// What text is collected for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Body,
    /// A paragraph's number or bullet.
    Label,
    Note {
        endnote: bool,
    },
    Comment,
    CommentAuthor,
    Header,
    Footer,
    Title,
    /// An entry of the style sheet.
    Style,
}

/// Text under construction; one in another as groups nest.
pub(super) struct Frame {
    pub(super) purpose: Purpose,
    pub(super) text: String,
    label: String,
    asides: Vec<String>,
}

impl Frame {
    pub(super) fn new(purpose: Purpose) -> Self {
        Self {
            purpose,
            text: String::new(),
            label: String::new(),
            asides: Vec::new(),
        }
    }
}

/// A paragraph's properties; they hold until they are reset.
#[derive(Debug, Clone, Default)]
pub(super) struct Properties {
    pub(super) style: i32,
    /// 0 is the top level.
    pub(super) outline: Option<i32>,
    pub(super) in_table: bool,
}

/// A style of the style sheet.
#[derive(Debug, Default, Clone)]
pub(super) struct Style {
    level: Option<u8>,
    is_title: bool,
}

/// What was read.
#[derive(Default)]
pub(super) struct Read {
    pub(super) blocks: Vec<(BlockKind, String)>,
    pub(super) heads: Vec<String>,
    pub(super) feet: Vec<String>,
    /// Of the paragraph that has the style for it.
    pub(super) shown_title: Option<String>,
    /// Of the file's properties.
    pub(super) title: Option<String>,
    pub(super) tracked_changes: bool,
    pub(super) hidden_text: bool,
    styles: HashMap<i32, Style>,
    cell: String,
    row: Vec<String>,
    waiting: Vec<String>,
    footnotes: usize,
    endnotes: usize,
    author: String,
}

impl Read {
    /// Notes a style: its number, its level (0 is the top), and its name.
    pub(super) fn add_style(&mut self, number: i32, outline: Option<i32>, name: &str) {
        let name = name.trim().trim_end_matches(';').trim().to_lowercase();
        let named = name.strip_prefix("heading ").and_then(|n| n.parse().ok());
        let level = outline.and_then(level).or(named);
        let style = Style {
            level: level.map(|level| level.clamp(1, 6)),
            is_title: name == "title",
        };
        self.styles.insert(number, style);
    }

    /// Ends the paragraph that `frame` holds.
    pub(super) fn end_paragraph(&mut self, frame: &mut Frame, properties: &Properties) {
        let words = squeeze(&std::mem::take(&mut frame.text));
        let label = squeeze(&std::mem::take(&mut frame.label));
        let asides = std::mem::take(&mut frame.asides);
        let mut shown = words.clone();
        let bullet = super::super::text::bullet(&format!("{label} "));
        if !label.is_empty() && !words.is_empty() {
            let label = if bullet { "•" } else { label.as_str() };
            shown = format!("{label} {words}");
        }
        self.waiting.extend(asides);
        if properties.in_table {
            self.cell.push_str(&shown);
            self.cell.push(' ');
            return;
        }
        self.end_table();
        if !words.is_empty() {
            let style = self.styles.get(&properties.style);
            let is_title = style.is_some_and(|style| style.is_title);
            if is_title && self.shown_title.is_none() {
                self.shown_title = Some(words.clone());
            }
            let marked = match properties.outline {
                Some(outline) => level(outline),
                None if is_title => Some(1),
                None => style.and_then(|style| style.level),
            };
            let kind = headings::kind(&words, &shown, marked, bullet);
            self.blocks.push((kind, shown));
        }
        self.push_waiting();
    }

    /// Ends a cell, which ends its last paragraph.
    pub(super) fn end_cell(&mut self, frame: &mut Frame) {
        let in_table = Properties {
            in_table: true,
            ..Properties::default()
        };
        self.end_paragraph(frame, &in_table);
        self.row.push(squeeze(&std::mem::take(&mut self.cell)));
    }

    pub(super) fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if row.iter().any(|cell| !cell.is_empty()) {
            let kind = if row.len() == 1 {
                BlockKind::Paragraph
            } else {
                BlockKind::TableRow
            };
            self.blocks.push((kind, row.join(" | ")));
        }
        self.push_waiting();
    }

    /// Ends a row that has no end of its own.
    pub(super) fn end_table(&mut self) {
        if !self.cell.trim().is_empty() {
            self.row.push(squeeze(&self.cell));
        }
        self.cell.clear();
        if !self.row.is_empty() {
            self.end_row();
        }
    }

    fn push_waiting(&mut self) {
        let notes = self.waiting.drain(..);
        self.blocks
            .extend(notes.map(|note| (BlockKind::Footnote, note)));
    }

    /// Takes what a frame inside `outer` has collected.
    pub(super) fn close(&mut self, mut inner: Frame, outer: &mut Frame) {
        let text = squeeze(&inner.text);
        outer.asides.append(&mut inner.asides);
        match inner.purpose {
            Purpose::Body | Purpose::Style => {}
            Purpose::Label => outer.label = text,
            Purpose::CommentAuthor => self.author = text,
            Purpose::Title => self.title = Some(text),
            Purpose::Header => add_running(&mut self.heads, text),
            Purpose::Footer => add_running(&mut self.feet, text),
            Purpose::Comment => {
                let by = std::mem::take(&mut self.author);
                let by = if by.is_empty() {
                    by
                } else {
                    format!(" by {by}")
                };
                if !text.is_empty() {
                    outer.asides.push(format!("Comment{by}: {text}"));
                }
            }
            Purpose::Note { endnote } => {
                let (counter, name, first) = if endnote {
                    (&mut self.endnotes, "endnote", "Endnote")
                } else {
                    (&mut self.footnotes, "note", "Note")
                };
                *counter += 1;
                let number = counter.to_string();
                outer.text.extend([" (", name, " ", &number, ")"]);
                outer.asides.push(format!("{first} {number}: {text}"));
            }
        }
    }
}

fn level(outline: i32) -> Option<u8> {
    let level = u8::try_from(outline).ok()?;
    (level < 9).then(|| (level + 1).min(6))
}

fn add_running(texts: &mut Vec<String>, text: String) {
    if super::super::docx::notes::is_telling_head(&text) && !texts.contains(&text) {
        texts.push(text);
    }
}
