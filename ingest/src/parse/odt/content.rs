//! The walk through an OpenDocument body: paragraphs, lists, tables, notes, slides, sheets.

mod paragraphs;
mod tables;

use super::super::docx::xml::{Element, Node};
use super::super::sheet::{Grid, iso_date};
use super::super::{Draft, draft::squeeze};
use super::numbering::Numbering;
use super::styles::Styles;
use inhouse_protocol::BlockKind;

/// What a reader should know of a document beyond its text.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) tracked_changes: bool,
    pub(super) hidden_text: bool,
    pub(super) hidden_sheets: Vec<String>,
    pub(super) too_many_cells: bool,
    /// Slides.
    pub(super) pages: u32,
}

/// A paragraph or heading that is open.
#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    heading: Option<u8>,
    label: Option<String>,
    /// Notes and comments to be shown after it.
    asides: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AsideKind {
    Cell,
    Note,
    Comment,
    SlideNotes,
}

/// What is open and takes the text of paragraphs in it.
struct Aside {
    kind: AsideKind,
    text: String,
    /// A note's mark, or who wrote a comment.
    by: String,
    /// Paragraphs that were open around it.
    depth: usize,
    /// How often a cell is repeated, and its value where that says more than its text.
    repeated: u32,
    value: String,
}

/// An item of a list.
struct Item {
    /// The number that it is set to.
    number: Option<u32>,
}

/// A slide that is open.
#[derive(Default)]
struct Slide {
    titled: bool,
    blocks: Vec<(BlockKind, String)>,
}

/// A sheet that is open.
struct Sheet {
    name: String,
    hidden: bool,
    grid: Grid,
    row: u32,
    column: u32,
    /// How often the row that is open is repeated.
    repeated: u32,
}

/// Reads the content part node by node.
pub(super) struct Content {
    styles: Styles,
    numbering: Numbering,
    draft: Draft,
    title: Option<String>,
    seen: Seen,
    paragraphs: Vec<Paragraph>,
    asides: Vec<Aside>,
    /// Notes that wait for the end of their table.
    waiting: Vec<String>,
    /// The styles of the lists that are open.
    lists: Vec<Option<String>>,
    /// An item whose first paragraph is still to come.
    item: Option<Item>,
    rows: Vec<Vec<String>>,
    /// The roles of the frames that are open, such as `title`.
    frames: Vec<Option<String>>,
    slide: Option<Slide>,
    is_workbook: bool,
    sheet: Option<Sheet>,
    tables: usize,
    cells: usize,
    /// Elements that are open inside one whose content is left out.
    skipped: usize,
    /// Inside a note's mark or the name of who wrote a comment.
    in_by: bool,
}

impl Content {
    pub(super) fn new(styles: Styles, numbering: Numbering) -> Self {
        Self {
            styles,
            numbering,
            draft: Draft::default(),
            title: None,
            seen: Seen::default(),
            paragraphs: Vec::new(),
            asides: Vec::new(),
            waiting: Vec::new(),
            lists: Vec::new(),
            item: None,
            rows: Vec::new(),
            frames: Vec::new(),
            slide: None,
            is_workbook: false,
            sheet: None,
            tables: 0,
            cells: 0,
            skipped: 0,
            in_by: false,
        }
    }

    /// The text, the title where a paragraph has the style for it, and what else was seen.
    pub(super) fn finish(self) -> (Draft, Option<String>, Seen) {
        (self.draft, self.title, self.seen)
    }

    pub(super) fn step(&mut self, node: Node) {
        match node {
            Node::Open(element) if self.skipped > 0 => {
                self.seen.tracked_changes |= element.name == "changed-region";
                self.skipped += 1;
            }
            Node::Close(_) if self.skipped > 0 => self.skipped -= 1,
            Node::Text(_) if self.skipped > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(&name),
            Node::Text(words) => self.write(&words),
        }
    }

    fn open(&mut self, element: &Element) {
        let text = |name| element.attribute(name).map(str::to_owned);
        match element.name.as_str() {
            // What is no text of the document: deletions, declarations, scripts, pictures'
            // descriptions, formulas' code.
            "tracked-changes"
            | "automatic-styles"
            | "font-face-decls"
            | "scripts"
            | "forms"
            | "event-listeners"
            | "binary-data"
            | "settings"
            | "sequence-decls"
            | "variable-decls"
            | "user-field-decls"
            | "named-expressions"
            | "database-ranges"
            | "math"
            | "ruby-text"
            | "title"
            | "desc"
            | "content-validations" => self.skipped = 1,
            _ if self.is_hidden(element) => {
                self.seen.hidden_text = true;
                self.skipped = 1;
            }
            "p" | "h" => self.begin_paragraph(element),
            "s" => {
                let count = text("c").and_then(|c| c.parse().ok()).unwrap_or(1_usize);
                self.write(&" ".repeat(count.min(100)));
            }
            "tab" => self.write("\t"),
            "line-break" => self.write("\n"),
            "list" => self.begin_list(element),
            "list-item" => {
                let number = text("start-value").and_then(|n| n.parse().ok());
                self.item = Some(Item { number });
            }
            "list-header" => self.item = None,
            "note" => self.begin_aside(AsideKind::Note, element),
            "annotation" => self.begin_aside(AsideKind::Comment, element),
            "notes" => self.begin_aside(AsideKind::SlideNotes, element),
            "table-cell" | "covered-table-cell" => self.begin_aside(AsideKind::Cell, element),
            "note-citation" => self.in_by = true,
            "creator" => self.in_by = self.is_beside(AsideKind::Comment),
            "frame" => self.frames.push(text("class")),
            "page" => {
                self.seen.pages += 1;
                self.slide = Some(Slide::default());
            }
            "spreadsheet" => self.is_workbook = true,
            "table" => self.begin_table(element),
            "table-row" => {
                self.rows.push(Vec::new());
                if let Some(sheet) = &mut self.sheet {
                    sheet.column = 0;
                    sheet.repeated = repeated(element, "number-rows-repeated");
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" | "h" => self.end_paragraph(),
            "list" => {
                self.lists.pop();
            }
            "list-item" => self.item = None,
            "note" | "annotation" | "notes" | "table-cell" | "covered-table-cell" => {
                self.end_aside();
            }
            "note-citation" | "creator" => self.in_by = false,
            "frame" => {
                self.frames.pop();
            }
            "page" => self.end_slide(),
            "table" => self.end_table(),
            "table-row" => self.end_row(),
            _ => {}
        }
    }

    /// Whether an element and what is in it is not shown.
    fn is_hidden(&self, element: &Element) -> bool {
        let style = element.attribute("style-name");
        match element.name.as_str() {
            "hidden-text" => true,
            "hidden-paragraph" => element.attribute("is-hidden") != Some("false"),
            "section" => element.attribute("display") == Some("none"),
            "span" | "p" => self.styles.hides_text(style),
            _ => false,
        }
    }

    /// Whether what is open last is a `kind` without a paragraph open in it.
    fn is_beside(&self, kind: AsideKind) -> bool {
        self.asides
            .last()
            .is_some_and(|aside| aside.kind == kind && aside.depth == self.paragraphs.len())
    }

    fn write(&mut self, words: &str) {
        let depth = self.asides.last().map_or(0, |aside| aside.depth);
        if self.in_by {
            if let Some(aside) = self.asides.last_mut() {
                aside.by.push_str(words);
            }
        } else if self.paragraphs.len() > depth
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
            paragraph.text.push_str(words);
        }
    }

    fn emit(&mut self, kind: BlockKind, text: String) {
        match &mut self.slide {
            Some(slide) => slide.blocks.push((kind, text)),
            None => self.draft.push(kind, &text, None),
        }
    }

    fn emit_waiting(&mut self) {
        for aside in std::mem::take(&mut self.waiting) {
            self.emit(BlockKind::Footnote, aside);
        }
    }

    fn begin_aside(&mut self, kind: AsideKind, element: &Element) {
        let value = element
            .attribute("date-value")
            .map(iso_date)
            .filter(|_| kind == AsideKind::Cell);
        self.asides.push(Aside {
            kind,
            text: String::new(),
            by: String::new(),
            depth: self.paragraphs.len(),
            repeated: repeated(element, "number-columns-repeated"),
            value: value.unwrap_or_default().to_owned(),
        });
    }

    fn end_aside(&mut self) {
        let Some(aside) = self.asides.pop() else {
            return;
        };
        let text = squeeze(&aside.text);
        let by = squeeze(&aside.by);
        match aside.kind {
            AsideKind::Cell => {
                let text = if aside.value.is_empty() {
                    text
                } else {
                    aside.value
                };
                self.end_cell(&text, aside.repeated);
            }
            _ if text.is_empty() => {}
            AsideKind::Note => {
                let mark = if by.is_empty() { "*" } else { &by };
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.text.extend([" (note ", mark, ")"]);
                    paragraph.asides.push(format!("Note {mark}: {text}"));
                }
            }
            AsideKind::Comment => {
                let by = if by.is_empty() {
                    by
                } else {
                    format!(" by {by}")
                };
                let comment = format!("Comment{by}: {text}");
                match self.paragraphs.last_mut() {
                    Some(paragraph) => paragraph.asides.push(comment),
                    None => self.waiting.push(comment),
                }
            }
            AsideKind::SlideNotes => self.emit(BlockKind::Footnote, format!("Notes: {text}")),
        }
    }

    fn end_slide(&mut self) {
        let Some(slide) = self.slide.take() else {
            return;
        };
        let page = self.seen.pages;
        super::super::pptx::push_slide(&mut self.draft, page, slide.titled, &slide.blocks);
    }
}

/// How often an element counts.
fn repeated(element: &Element, name: &str) -> u32 {
    let count = element.attribute(name).and_then(|n| n.parse().ok());
    count.unwrap_or(1_u32).max(1)
}
