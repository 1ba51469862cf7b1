//! What stands beside a document's body: footnotes, endnotes, comments, headers and footers.

use super::super::draft::squeeze;
use super::archive::Part;
use super::xml::{Element, Node, walk};
use crate::failure::ParseFailure;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoteKind {
    Footnote,
    Endnote,
    Comment,
}

/// A note that the body refers to by its id.
pub(super) struct Note {
    pub(super) kind: NoteKind,
    pub(super) id: String,
    /// Who wrote a comment; empty for other notes.
    pub(super) author: String,
    pub(super) text: String,
}

/// The notes of a part, without the separators that Word keeps among them.
pub(super) fn notes(part: &Part, kind: NoteKind) -> Result<Vec<Note>, ParseFailure> {
    let mut reading = Reading::default();
    let mut notes = Vec::new();
    let mut open: Option<Note> = None;
    walk(part, |node| match node {
        Node::Open(element) if is_note(&element.name) => {
            if element.attribute("type").is_none_or(|t| t == "normal") {
                let text = |name| element.attribute(name).unwrap_or_default().to_owned();
                open = Some(Note {
                    kind,
                    id: text("id"),
                    author: squeeze(&text("author")),
                    text: String::new(),
                });
            }
            reading.text.clear();
        }
        Node::Close(name) if is_note(&name) => {
            if let Some(mut note) = open.take() {
                note.text = squeeze(&reading.text);
                notes.push(note);
            }
        }
        node => reading.step(node),
    })?;
    Ok(notes)
}

fn is_note(name: &str) -> bool {
    matches!(name, "footnote" | "endnote" | "comment")
}

/// The text of a header or footer without page numbers; `None` where nothing else is in it.
pub(super) fn running(part: &Part) -> Result<Option<String>, ParseFailure> {
    let mut reading = Reading::default();
    walk(part, |node| reading.step(node))?;
    let text = squeeze(&reading.text);
    Ok(is_telling_head(&text).then_some(text))
}

/// Whether a running head says more than which page this is.
pub(crate) fn is_telling_head(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .any(|word| {
            let word = word.to_lowercase();
            !matches!(
                word.as_str(),
                "page" | "of" | "p" | "seite" | "von" | "s" | "de" | "sur" | "página"
            )
        })
}

/// Reads the words of a part whose paragraphs need no structure.
#[derive(Default)]
struct Reading {
    text: String,
    in_text: bool,
    skipped: usize,
    /// The instruction of the field that is open, and whether its result has begun.
    field: Option<(String, bool)>,
    in_instruction: bool,
}

impl Reading {
    fn step(&mut self, node: Node) {
        match node {
            Node::Open(_) if self.skipped > 0 => self.skipped += 1,
            Node::Close(_) if self.skipped > 0 => self.skipped -= 1,
            Node::Text(_) if self.skipped > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close(name) => match name.as_str() {
                "t" => self.in_text = false,
                "instrText" => self.in_instruction = false,
                _ => {}
            },
            Node::Text(words) if self.in_instruction => {
                if let Some((instruction, _)) = &mut self.field {
                    instruction.push_str(&words);
                }
            }
            Node::Text(words) => {
                if self.in_text && !self.counts_pages() {
                    self.text.push_str(&words);
                }
            }
        }
    }

    fn open(&mut self, element: &Element) {
        match element.name.as_str() {
            "del" | "moveFrom" | "Fallback" | "delText" => self.skipped = 1,
            "fldSimple" if element.attribute("instr").is_some_and(is_page_field) => {
                self.skipped = 1;
            }
            "fldChar" => match element.attribute("fldCharType") {
                Some("begin") => self.field = Some((String::new(), false)),
                Some("separate") => {
                    if let Some((_, result)) = &mut self.field {
                        *result = true;
                    }
                }
                _ => self.field = None,
            },
            "instrText" => self.in_instruction = true,
            "t" => self.in_text = true,
            "tab" | "ptab" | "br" | "p" | "tc" => self.text.push(' '),
            _ => {}
        }
    }

    /// Whether the field that is open shows a page's number or the number of pages.
    fn counts_pages(&self) -> bool {
        self.field
            .as_ref()
            .is_some_and(|(instruction, result)| *result && is_page_field(instruction))
    }
}

fn is_page_field(instruction: &str) -> bool {
    let field = instruction.split_whitespace().next().unwrap_or_default();
    ["PAGE", "NUMPAGES", "SECTIONPAGES"]
        .iter()
        .any(|name| field.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_told_from_a_page_number() {
        let head = |xml: &str| running(&Part::from(xml)).unwrap();
        assert_eq!(
            head(
                "<w:hdr><w:p><w:r><w:t>Loan policy</w:t><w:tab/></w:r><w:r><w:fldChar \
                 w:fldCharType=\"begin\"/><w:instrText> PAGE </w:instrText><w:fldChar \
                 w:fldCharType=\"separate\"/><w:t>12</w:t><w:fldChar w:fldCharType=\"end\"/>\
                 </w:r></w:p></w:hdr>"
            )
            .as_deref(),
            Some("Loan policy")
        );
        assert_eq!(
            head(
                "<w:ftr><w:p><w:r><w:t>Page 1 of </w:t></w:r><w:fldSimple w:instr=\" NUMPAGES \
                 \"><w:r><w:t>9</w:t></w:r></w:fldSimple></w:p></w:ftr>"
            ),
            None
        );
    }

    #[test]
    fn comments_have_their_authors() {
        let part = Part::from(
            "<w:comments><w:comment w:id=\"3\" w:author=\"Ada  Roth\"><w:p><w:r><w:t>Why \
             </w:t></w:r></w:p><w:p><w:r><w:t>six?</w:t></w:r></w:p></w:comment></w:comments>",
        );
        let notes = notes(&part, NoteKind::Comment).unwrap();
        assert_eq!(notes.len(), 1);
        assert_eq!(
            (notes[0].author.as_str(), notes[0].text.as_str()),
            ("Ada Roth", "Why six?")
        );
    }
}
