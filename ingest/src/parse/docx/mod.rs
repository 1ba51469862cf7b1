//! DOCX (ECMA-376): what Word shows, with tracked changes as if accepted. Macros, links and
//! embedded objects are inert: only XML parts are read.

mod archive;
mod body;
mod numbering;
mod styles;
mod xml;

use super::{Draft, Parsed};
use crate::failure::ParseFailure;
use archive::Archive;
use body::{Body, footnotes};
use numbering::Numbering;
use styles::Styles;
use xml::{Node, walk};

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let mut archive = Archive::open(bytes)?;
    let main = main_part(&mut archive)?;
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let beside = |name: &str| {
        if folder.is_empty() {
            name.to_owned()
        } else {
            format!("{folder}/{name}")
        }
    };
    let document = archive
        .part(&main)?
        .ok_or_else(|| ParseFailure::broken("DOCX file", format!("{main} is missing")))?;
    let styles = match archive.part(&beside("styles.xml"))? {
        Some(part) => Styles::read(&part)?,
        None => Styles::default(),
    };
    let numbering = match archive.part(&beside("numbering.xml"))? {
        Some(part) => Numbering::read(&part)?,
        None => Numbering::default(),
    };
    let mut notes = match archive.part(&beside("footnotes.xml"))? {
        Some(part) => footnotes(&part)?,
        None => Vec::new(),
    };
    if let Some(part) = archive.part(&beside("endnotes.xml"))? {
        notes.extend(footnotes(&part)?.into_iter().map(|mut note| {
            note.endnote = true;
            note
        }));
    }

    let mut body = Body::new(styles, numbering, notes, Draft::default());
    walk(&document, |node| body.step(node))?;
    let (draft, shown_title) = body.finish();
    let title = shown_title.or(match archive.part("docProps/core.xml")? {
        Some(part) => core_title(&part).filter(|title| is_telling(title)),
        None => None,
    });
    let (text, blocks) = draft.finish();
    Parsed::new("docx", title, text, blocks)
}

/// The main document's part by the package's relationships; `word/document.xml` by custom.
fn main_part(archive: &mut Archive<'_>) -> Result<String, ParseFailure> {
    let mut main = None;
    if let Some(part) = archive.part("_rels/.rels")? {
        walk(&part, |node| {
            if let Node::Open(element) = node
                && element.name == "Relationship"
                && element
                    .attribute("Type")
                    .is_some_and(|t| t.ends_with("/officeDocument"))
            {
                main = element
                    .attribute("Target")
                    .map(|target| target.trim_start_matches('/').to_owned());
            }
        })?;
    }
    Ok(main.unwrap_or_else(|| "word/document.xml".to_owned()))
}

fn core_title(part: &[u8]) -> Option<String> {
    let mut inside = false;
    let mut title = String::new();
    walk(part, |node| match node {
        Node::Open(element) => inside = element.name == "title",
        Node::Close(_) => inside = false,
        Node::Text(words) if inside => title.push_str(&words),
        Node::Text(_) => {}
    })
    .ok()?;
    Some(title).filter(|t| !t.trim().is_empty())
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
