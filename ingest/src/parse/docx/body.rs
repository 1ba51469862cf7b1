//! The walk through a document's body: paragraphs, tables, notes, tracked changes.

use super::super::{Draft, draft::squeeze, headings};
use super::notes::{Note, NoteKind};
use super::numbering::Numbering;
use super::styles::Styles;
use super::xml::{Element, Node};
use inhouse_protocol::BlockKind;

/// A paragraph that is open.
#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    outline: Option<u8>,
    /// Notes and comments referred to, as they are to be shown after it.
    asides: Vec<String>,
    /// Its end is deleted: what follows goes on in it.
    end_deleted: bool,
}

/// A row that is open.
#[derive(Default)]
struct Row {
    cells: Vec<String>,
    deleted: bool,
}

/// What a reader should know of a document beyond its text.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Seen {
    pub(super) tracked_changes: bool,
    pub(super) hidden_text: bool,
    /// Another document is embedded as a part of the text.
    pub(super) foreign_part: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Properties {
    Paragraph,
    Run,
    Row,
}

/// Reads the main part node by node.
pub(super) struct Body {
    styles: Styles,
    numbering: Numbering,
    notes: Vec<Note>,
    footnotes_shown: usize,
    endnotes_shown: usize,
    draft: Draft,
    title: Option<String>,
    seen: Seen,
    /// Paragraphs that are open: a text box nests one in another.
    paragraphs: Vec<Paragraph>,
    /// A paragraph whose end is deleted, and how many were open around it.
    carried: Option<(usize, Paragraph)>,
    /// Rows that are open, the innermost last.
    rows: Vec<Row>,
    cells: Vec<String>,
    /// Notes of the table that is open.
    asides: Vec<String>,
    /// Elements that are open inside one whose content is left out.
    skipped: usize,
    in_text: bool,
    /// Properties that are open: a paragraph's may hold those of its mark.
    properties: Vec<Properties>,
    hidden: bool,
}

impl Body {
    pub(super) fn new(
        styles: Styles,
        numbering: Numbering,
        notes: Vec<Note>,
        draft: Draft,
    ) -> Self {
        Self {
            styles,
            numbering,
            notes,
            footnotes_shown: 0,
            endnotes_shown: 0,
            draft,
            title: None,
            seen: Seen::default(),
            paragraphs: Vec::new(),
            carried: None,
            rows: Vec::new(),
            cells: Vec::new(),
            asides: Vec::new(),
            skipped: 0,
            in_text: false,
            properties: Vec::new(),
            hidden: false,
        }
    }

    /// The text, the title where a paragraph has the style for it, and what else was seen.
    pub(super) fn finish(mut self) -> (Draft, Option<String>, Seen) {
        self.end_carried();
        (self.draft, self.title, self.seen)
    }

    pub(super) fn step(&mut self, node: Node) {
        match node {
            Node::Open(_) if self.skipped > 0 => self.skipped += 1,
            Node::Close(_) if self.skipped > 0 => self.skipped -= 1,
            Node::Text(_) if self.skipped > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(&name),
            Node::Text(words) => {
                if self.in_text && self.hidden {
                    self.seen.hidden_text |= !words.trim().is_empty();
                } else if self.in_text {
                    self.write(&words);
                }
            }
        }
    }

    fn open(&mut self, element: &Element) {
        match element.name.as_str() {
            // Deletions, the old place of what was moved, the second form of a drawing, formats
            // of before, and what only editors see.
            "del" | "moveFrom" => self.delete(),
            "ins" | "moveTo" => self.seen.tracked_changes = true,
            "altChunk" => self.seen.foreign_part = true,
            "Fallback" | "pPrChange" | "rPrChange" | "tblPrChange" | "trPrChange"
            | "tcPrChange" | "sectPr" | "instrText" | "delText" | "delInstrText" | "sdtPr"
            | "binData" | "rt" => self.skipped = 1,
            "p" => self.begin_paragraph(),
            "pPr" => self.properties.push(Properties::Paragraph),
            "rPr" => self.properties.push(Properties::Run),
            "trPr" => self.properties.push(Properties::Row),
            "r" => self.hidden = false,
            "vanish" if self.inside(Properties::Run) && !self.inside(Properties::Paragraph) => {
                self.hidden = element.is_on();
            }
            "t" => self.in_text = true,
            "tab" | "ptab" if !self.inside(Properties::Paragraph) => self.write("\t"),
            "br" | "cr" if !self.inside(Properties::Paragraph) => self.write("\n"),
            "noBreakHyphen" => self.write("-"),
            "sym" => self.symbol(element),
            "footnoteReference" => self.refer(element, NoteKind::Footnote),
            "endnoteReference" => self.refer(element, NoteKind::Endnote),
            "commentReference" => self.refer(element, NoteKind::Comment),
            "tr" => self.rows.push(Row::default()),
            "tc" => self.cells.push(String::new()),
            name if self.inside(Properties::Paragraph) && !self.inside(Properties::Run) => {
                let Some(paragraph) = self.paragraphs.last_mut() else {
                    return;
                };
                let value = element.value();
                match name {
                    "pStyle" => paragraph.style = value.map(str::to_owned),
                    "numId" => paragraph.list = value.map(str::to_owned),
                    "ilvl" => paragraph.level = value.and_then(|v| v.parse().ok()),
                    "outlineLvl" => paragraph.outline = value.and_then(|v| v.parse().ok()),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "p" => {
                if let Some(paragraph) = self.paragraphs.pop() {
                    self.end_paragraph(paragraph);
                }
            }
            "pPr" | "rPr" | "trPr" => {
                self.properties.pop();
            }
            "r" => self.hidden = false,
            "t" => self.in_text = false,
            "tc" => {
                self.end_carried();
                let cell = squeeze(&self.cells.pop().unwrap_or_default());
                if let Some(row) = self.rows.last_mut() {
                    row.cells.push(cell);
                }
            }
            "tr" => {
                if let Some(row) = self.rows.pop()
                    && !row.deleted
                {
                    self.end_row(&row.cells);
                }
            }
            _ => {}
        }
    }

    fn inside(&self, properties: Properties) -> bool {
        self.properties.contains(&properties)
    }

    fn write(&mut self, words: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(words);
        }
    }

    /// A character of a symbol font: the private ones of Wingdings and Symbol have no meaning
    /// outside their font.
    fn symbol(&mut self, element: &Element) {
        let code = element
            .attribute("char")
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            let shown = match c {
                '\u{f0b7}' | '\u{f0a7}' | '\u{f0d8}' => '•',
                '\u{f0fe}' | '\u{f052}' => '☒',
                '\u{f0a8}' | '\u{f06f}' => '☐',
                '\u{e000}'..='\u{f8ff}' => return,
                c => c,
            };
            self.write(shown.encode_utf8(&mut [0; 4]));
        }
    }

    /// A deletion: of what is inside, of a paragraph's end, or of a row, by where it stands.
    fn delete(&mut self) {
        self.seen.tracked_changes = true;
        match self.properties.last() {
            None => self.skipped = 1,
            Some(Properties::Row) => {
                if let Some(row) = self.rows.last_mut() {
                    row.deleted = true;
                }
            }
            Some(_) if self.inside(Properties::Paragraph) => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    paragraph.end_deleted = true;
                }
            }
            Some(_) => {}
        }
    }

    fn refer(&mut self, element: &Element, kind: NoteKind) {
        let Some(id) = element.attribute("id") else {
            return;
        };
        let note = self.notes.iter().find(|n| n.kind == kind && n.id == id);
        let (Some(note), Some(paragraph)) = (note, self.paragraphs.last_mut()) else {
            return;
        };
        let (counter, name) = match kind {
            NoteKind::Comment => {
                if !note.text.is_empty() {
                    let by = if note.author.is_empty() { "" } else { " by " };
                    let comment = format!("Comment{by}{}: {}", note.author, note.text);
                    paragraph.asides.push(comment);
                }
                return;
            }
            NoteKind::Footnote => (&mut self.footnotes_shown, "note"),
            NoteKind::Endnote => (&mut self.endnotes_shown, "endnote"),
        };
        *counter += 1;
        let number = counter.to_string();
        paragraph.text.extend([" (", name, " ", &number, ")"]);
        let first = name[..1].to_uppercase();
        let aside = format!("{first}{} {number}: {}", &name[1..], note.text);
        paragraph.asides.push(aside);
    }

    fn begin_paragraph(&mut self) {
        let mut paragraph = Paragraph::default();
        if let Some((depth, before)) = self.carried.take() {
            if depth == self.paragraphs.len() {
                paragraph.text = before.text;
                paragraph.asides = before.asides;
            } else {
                self.carried = Some((depth, before));
            }
        }
        self.paragraphs.push(paragraph);
    }

    /// Ends a paragraph whose end is deleted, but which nothing follows.
    fn end_carried(&mut self) {
        if let Some((_, mut paragraph)) = self.carried.take() {
            paragraph.end_deleted = false;
            self.end_paragraph(paragraph);
        }
    }

    fn end_paragraph(&mut self, mut paragraph: Paragraph) {
        if paragraph.end_deleted {
            self.carried = Some((self.paragraphs.len(), paragraph));
            return;
        }
        let label = self.label(&paragraph);
        let asides = std::mem::take(&mut paragraph.asides);
        if let Some(cell) = self.cells.last_mut() {
            if let Some(label) = label {
                cell.push_str(&label);
                cell.push(' ');
            }
            cell.push_str(&paragraph.text);
            cell.push(' ');
            self.asides.extend(asides);
            return;
        }
        let words = squeeze(&paragraph.text);
        if !words.is_empty() {
            self.push_paragraph(&paragraph, &words, label.as_deref());
        }
        self.asides.extend(asides);
        self.push_asides();
    }

    fn push_paragraph(&mut self, paragraph: &Paragraph, words: &str, label: Option<&str>) {
        let style = paragraph.style.as_deref();
        let is_title = self.styles.is_title(style);
        let shown = match label {
            Some(label) => format!("{label} {words}"),
            None => words.to_owned(),
        };
        let marked = match paragraph.outline {
            Some(outline) => (outline < 9).then(|| (outline + 1).min(6)),
            None if is_title => Some(1),
            None => self.styles.heading_level(style),
        };
        if is_title && self.title.is_none() {
            self.title = Some(words.to_owned());
        }
        let bullet = label == Some("•");
        let kind = headings::kind(words, &shown, marked, bullet);
        self.draft.push(kind, &shown, None);
    }

    fn push_asides(&mut self) {
        for aside in self.asides.drain(..) {
            self.draft.push(BlockKind::Footnote, &aside, None);
        }
    }

    /// The paragraph's number or bullet as displayed.
    fn label(&mut self, paragraph: &Paragraph) -> Option<String> {
        if paragraph.text.trim().is_empty() && paragraph.list.is_none() {
            return None;
        }
        let style = paragraph.style.as_deref();
        let of_style = self.styles.list(style);
        let (list, level) = match (&paragraph.list, of_style) {
            (Some(list), from_style) => {
                let level = paragraph
                    .level
                    .or(from_style.and_then(|(_, level, _)| level));
                (list.clone(), level.unwrap_or(0))
            }
            (None, Some((list, level, by))) => {
                let level = paragraph
                    .level
                    .or(level)
                    .or_else(|| self.numbering.level_of_style(&list, by));
                (list, level.unwrap_or(0))
            }
            (None, None) => return None,
        };
        // List 0 takes a paragraph out of its style's list.
        if list == "0" {
            return None;
        }
        self.numbering.next(&list, level)
    }

    fn end_row(&mut self, cells: &[String]) {
        let row = cells.join(" | ");
        let empty = cells.iter().all(String::is_empty);
        match self.cells.last_mut() {
            // A table inside a cell becomes text of that cell.
            Some(cell) => {
                cell.push_str(if empty { "" } else { &row });
                cell.push(' ');
                return;
            }
            None if empty => {}
            None if cells.len() == 1 => self.draft.push(BlockKind::Paragraph, &row, None),
            None => self.draft.push(BlockKind::TableRow, &row, None),
        }
        self.push_asides();
    }
}
