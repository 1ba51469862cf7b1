//! The walk through a document's body: paragraphs, tables, notes, tracked changes.

use super::super::{Draft, draft::squeeze, headings};
use super::numbering::Numbering;
use super::styles::Styles;
use super::xml::{Element, Node, walk};
use crate::failure::ParseFailure;
use inhouse_protocol::BlockKind;

/// A footnote or endnote.
pub(super) struct Note {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) endnote: bool,
}

/// A paragraph that is open.
#[derive(Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    outline: Option<u8>,
    /// Notes referred to: their place in `Body::notes` and the number shown.
    notes: Vec<(usize, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Properties {
    OfParagraph,
    OfRun,
}

/// Reads the main part node by node.
pub(super) struct Body {
    styles: Styles,
    numbering: Numbering,
    notes: Vec<Note>,
    notes_shown: usize,
    draft: Draft,
    title: Option<String>,
    /// Paragraphs that are open: a text box nests one in another.
    paragraphs: Vec<Paragraph>,
    /// Cells of rows that are open, the innermost last.
    rows: Vec<Vec<String>>,
    cells: Vec<String>,
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
            notes_shown: 0,
            draft,
            title: None,
            paragraphs: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            skipped: 0,
            in_text: false,
            properties: Vec::new(),
            hidden: false,
        }
    }

    /// The text, and the title where a paragraph has the style for it.
    pub(super) fn finish(self) -> (Draft, Option<String>) {
        (self.draft, self.title)
    }

    pub(super) fn step(&mut self, node: Node) {
        match node {
            Node::Open(_) if self.skipped > 0 => self.skipped += 1,
            Node::Close(_) if self.skipped > 0 => self.skipped -= 1,
            Node::Text(_) if self.skipped > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(&name),
            Node::Text(words) => {
                if self.in_text && !self.hidden {
                    self.write(&words);
                }
            }
        }
    }

    fn open(&mut self, element: &Element) {
        match element.name.as_str() {
            // Deletions, the old place of what was moved, the second form of a drawing, formats
            // of before, and what only editors see.
            "del" if !self.inside(Properties::OfRun) && !self.inside(Properties::OfParagraph) => {
                self.skipped = 1;
            }
            "moveFrom" if !self.inside(Properties::OfRun) => self.skipped = 1,
            "Fallback" | "pPrChange" | "rPrChange" | "tblPrChange" | "trPrChange"
            | "tcPrChange" | "sectPr" | "instrText" | "delText" | "delInstrText" | "sdtPr"
            | "binData" => self.skipped = 1,
            "p" => self.paragraphs.push(Paragraph::default()),
            "pPr" => self.properties.push(Properties::OfParagraph),
            "rPr" => self.properties.push(Properties::OfRun),
            "r" => self.hidden = false,
            "vanish" if self.inside(Properties::OfRun) && !self.inside(Properties::OfParagraph) => {
                self.hidden = element.is_on();
            }
            "t" => self.in_text = true,
            "tab" | "ptab" if !self.inside(Properties::OfParagraph) => self.write("\t"),
            "br" | "cr" if !self.inside(Properties::OfParagraph) => self.write("\n"),
            "noBreakHyphen" => self.write("-"),
            "sym" => self.symbol(element),
            "footnoteReference" => self.refer(element, false),
            "endnoteReference" => self.refer(element, true),
            "tr" => self.rows.push(Vec::new()),
            "tc" => self.cells.push(String::new()),
            name if self.inside(Properties::OfParagraph) && !self.inside(Properties::OfRun) => {
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
            "pPr" | "rPr" => {
                self.properties.pop();
            }
            "r" => self.hidden = false,
            "t" => self.in_text = false,
            "tc" => {
                let cell = squeeze(&self.cells.pop().unwrap_or_default());
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            "tr" => {
                if let Some(row) = self.rows.pop() {
                    self.end_row(&row);
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

    fn refer(&mut self, element: &Element, endnote: bool) {
        let Some(id) = element.attribute("id") else {
            return;
        };
        let place = self
            .notes
            .iter()
            .position(|note| note.endnote == endnote && note.id == id);
        if let (Some(place), Some(paragraph)) = (place, self.paragraphs.last_mut()) {
            self.notes_shown += 1;
            paragraph.notes.push((place, self.notes_shown));
            let mark = format!(" (note {})", self.notes_shown);
            paragraph.text.push_str(&mark);
        }
    }

    fn end_paragraph(&mut self, paragraph: Paragraph) {
        let label = self.label(&paragraph);
        if let Some(cell) = self.cells.last_mut() {
            if let Some(label) = label {
                cell.push_str(&label);
                cell.push(' ');
            }
            cell.push_str(&paragraph.text);
            cell.push(' ');
            for (place, number) in paragraph.notes {
                let note = &self.notes[place].text;
                cell.extend(["(note ", &number.to_string(), ": ", note, ") "]);
            }
            return;
        }
        let words = squeeze(&paragraph.text);
        if words.is_empty() {
            return;
        }
        let style = paragraph.style.as_deref();
        let is_title = self.styles.is_title(style);
        if is_title && self.title.is_none() {
            self.title = Some(words.clone());
        }
        let shown = match &label {
            Some(label) => format!("{label} {words}"),
            None => words.clone(),
        };
        let marked = match paragraph.outline {
            Some(outline) => (outline < 9).then(|| (outline + 1).min(6)),
            None if is_title => Some(1),
            None => self.styles.heading_level(style),
        };
        // A whole clause set in a heading's style is a numbered paragraph, no heading.
        let level = marked.filter(|_| words.chars().count() <= 200).or_else(|| {
            let bullet = label.as_deref() == Some("•");
            if bullet || marked.is_some() || shown.ends_with('.') {
                None
            } else {
                headings::level(&shown)
            }
        });
        let kind = match level {
            Some(level) => BlockKind::Heading { level },
            None if label.as_deref() == Some("•") => BlockKind::ListItem,
            None => BlockKind::Paragraph,
        };
        self.draft.push(kind, &shown, None);
        for (place, number) in paragraph.notes {
            let note = format!("Note {number}: {}", self.notes[place].text);
            self.draft.push(BlockKind::Paragraph, &note, None);
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
        if cells.iter().all(String::is_empty) {
            return;
        }
        let row = cells.join(" | ");
        match self.cells.last_mut() {
            // A table inside a cell becomes text of that cell.
            Some(cell) => {
                cell.push_str(&row);
                cell.push(' ');
            }
            None if cells.len() == 1 => self.draft.push(BlockKind::Paragraph, &row, None),
            None => self.draft.push(BlockKind::TableRow, &row, None),
        }
    }
}

/// The notes of a footnotes or endnotes part, without the separators.
pub(super) fn footnotes(part: &[u8]) -> Result<Vec<Note>, ParseFailure> {
    let mut notes = Vec::new();
    let mut open: Option<Note> = None;
    let (mut in_text, mut skipped) = (false, 0_usize);
    walk(part, |node| match node {
        Node::Open(_) if skipped > 0 => skipped += 1,
        Node::Close(_) if skipped > 0 => skipped -= 1,
        Node::Open(element) => match element.name.as_str() {
            "footnote" | "endnote" if element.attribute("type").is_none_or(|t| t == "normal") => {
                open = Some(Note {
                    id: element.attribute("id").unwrap_or_default().to_owned(),
                    text: String::new(),
                    endnote: false,
                });
            }
            "del" | "moveFrom" | "instrText" | "Fallback" => skipped = 1,
            "t" => in_text = true,
            "tab" | "br" | "p" => {
                if let Some(note) = &mut open {
                    note.text.push(' ');
                }
            }
            _ => {}
        },
        Node::Close(name) => match name.as_str() {
            "footnote" | "endnote" => {
                if let Some(mut note) = open.take() {
                    note.text = squeeze(&note.text);
                    notes.push(note);
                }
            }
            "t" => in_text = false,
            _ => {}
        },
        Node::Text(words) => {
            if in_text
                && skipped == 0
                && let Some(note) = &mut open
            {
                note.text.push_str(&words);
            }
        }
    })?;
    Ok(notes)
}
