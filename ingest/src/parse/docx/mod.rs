//! DOCX (ECMA-376): what Word shows, with tracked changes as if accepted. Macros, links and
//! embedded objects are inert: only XML parts are read.

pub(crate) mod archive;
mod body;
pub(crate) mod notes;
pub(crate) mod numbering;
pub(crate) mod relations;
mod styles;
pub(crate) mod xml;

use super::{Draft, Parsed};
use crate::failure::ParseFailure;
use archive::{Archive, Part};
use body::{Body, Seen};
use inhouse_protocol::BlockKind;
use notes::{Note, NoteKind};
use numbering::Numbering;
use relations::Relation;
use styles::Styles;
use xml::{Node, walk};

/// Where an Office file keeps its title.
pub(crate) const CORE_PROPERTIES: &str = "docProps/core.xml";
/// Said of files that hold macros.
pub(crate) const MACROS_IGNORED: &str = "Its macros were ignored.";
/// Said of files with tracked changes.
pub(crate) const CHANGES_ACCEPTED: &str =
    "This file has tracked changes. It was read as if all were accepted.";
/// Said of files with hidden text.
pub(crate) const HIDDEN_LEFT_OUT: &str = "This file has hidden text. It was left out.";

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let mut archive = Archive::open(bytes, "DOCX file")?;
    let main = relations::main_part(&mut archive, "word/document.xml")?;
    let mut parts = Parts {
        relations: relations::of(&mut archive, &main)?,
        folder: main
            .rsplit_once('/')
            .map_or(String::new(), |(folder, _)| format!("{folder}/")),
        archive,
    };
    let document = parts
        .archive
        .part(&main)?
        .ok_or_else(|| ParseFailure::broken("DOCX file", format!("{main} is missing")))?;
    let styles = match parts.named("styles")? {
        Some(part) => Styles::read(&part)?,
        None => Styles::default(),
    };
    let numbering = match parts.named("numbering")? {
        Some(part) => Numbering::read(&part)?,
        None => Numbering::default(),
    };
    let mut notes: Vec<Note> = Vec::new();
    for (name, kind) in [
        ("footnotes", NoteKind::Footnote),
        ("endnotes", NoteKind::Endnote),
        ("comments", NoteKind::Comment),
    ] {
        if let Some(part) = parts.named(name)? {
            notes.extend(notes::notes(&part, kind)?);
        }
    }

    let mut draft = Draft::default();
    for head in parts.running("header")? {
        draft.push(BlockKind::Paragraph, &head, None);
    }
    let mut body = Body::new(styles, numbering, notes, draft);
    walk(&document, |node| body.step(node))?;
    let (mut draft, shown_title, seen) = body.finish();
    for foot in parts.running("footer")? {
        draft.push(BlockKind::Paragraph, &foot, None);
    }
    let title = match shown_title {
        Some(title) => Some(title),
        None => title_of(&mut parts.archive, CORE_PROPERTIES)?,
    };
    let (text, blocks) = draft.finish();
    let mut parsed = Parsed::new("docx", title, text, blocks)?;
    parsed.warnings = warnings(seen, &parts.archive);
    Ok(parsed)
}

/// The archive, seen from its main part.
struct Parts<'a> {
    archive: Archive<'a>,
    relations: Vec<Relation>,
    /// The main part's folder with a slash at its end; empty at the root.
    folder: String,
}

impl Parts<'_> {
    /// The part that the main one calls its `kind`; the one of that name beside it by custom.
    fn named(&mut self, kind: &str) -> Result<Option<Part>, ParseFailure> {
        let told = self.relations.iter().find(|r| r.kind == kind);
        let name = match told {
            Some(relation) => relation.target.clone(),
            None => format!("{}{kind}.xml", self.folder),
        };
        self.archive.part(&name)
    }

    /// The texts of all headers or footers, each once.
    fn running(&mut self, kind: &str) -> Result<Vec<String>, ParseFailure> {
        let mut texts: Vec<String> = Vec::new();
        let mut names: Vec<&str> = self
            .relations
            .iter()
            .filter(|r| r.kind == kind)
            .map(|r| r.target.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            if let Some(part) = self.archive.part(name)?
                && let Some(text) = notes::running(&part)?
                && !texts.contains(&text)
            {
                texts.push(text);
            }
        }
        Ok(texts)
    }
}

fn warnings(seen: Seen, archive: &Archive<'_>) -> Vec<String> {
    let macros = archive.holds_any(|name| name.ends_with("vbaProject.bin"));
    [
        (seen.tracked_changes, CHANGES_ACCEPTED),
        (seen.hidden_text, HIDDEN_LEFT_OUT),
        (
            seen.foreign_part,
            "Another document is embedded in this file as a part of its text. That part was not \
             read; upload it as a file of its own.",
        ),
        (macros, MACROS_IGNORED),
    ]
    .into_iter()
    .filter(|(applies, _)| *applies)
    .map(|(_, warning)| warning.to_owned())
    .collect()
}

/// The title among the file's properties, which stand in the part called `name`, if it tells
/// something.
pub(crate) fn title_of(
    archive: &mut Archive<'_>,
    name: &str,
) -> Result<Option<String>, ParseFailure> {
    let Some(part) = archive.part(name)? else {
        return Ok(None);
    };
    let mut inside = false;
    let mut title = String::new();
    // Properties that can't be read are no reason to refuse the document.
    let read = walk(&part, |node| match node {
        Node::Open(element) => inside = element.name == "title",
        Node::Close(_) => inside = false,
        Node::Text(words) if inside => title.push_str(&words),
        Node::Text(_) => {}
    });
    Ok(Some(title).filter(|title| read.is_ok() && is_telling(title)))
}

/// Titles that programs fill in by themselves tell nothing.
pub(super) fn is_telling(title: &str) -> bool {
    let title = title.trim().to_lowercase();
    let empty = [
        "untitled",
        "document",
        "document1",
        "word document",
        "title",
        "microsoft word",
        "powerpoint presentation",
        "none",
        "null",
    ];
    title.chars().filter(|c| c.is_alphabetic()).count() >= 4
        && !empty.contains(&title.as_str())
        && !title.starts_with("microsoft word -")
        && !title.starts_with("slide ")
}

#[cfg(test)]
mod tests;
