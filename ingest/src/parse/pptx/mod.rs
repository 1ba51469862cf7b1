//! PPTX (ECMA-376): slide by slide in the order of the show, each a page: title, lines, tables,
//! diagrams, the numbers of charts, the speaker's notes.

mod chart;
mod slide;

use super::docx::archive::Archive;
use super::docx::relations::{self, Relation};
use super::docx::xml::{Node, walk};
use super::docx::{CORE_PROPERTIES, MACROS_IGNORED, title_of};
use super::{Draft, Parsed};
use crate::failure::ParseFailure;
use inhouse_protocol::{BlockKind, PageInfo};
use slide::Slide;

const WHAT: &str = "PPTX file";

/// English Metric Units in a point.
const EMU: u32 = 12_700;

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let mut archive = Archive::open(bytes, WHAT)?;
    let main = relations::main_part(&mut archive, "ppt/presentation.xml")?;
    let show = Show::read(&mut archive, &main)?;
    let mut draft = Draft::default();
    let mut page_info = Vec::new();
    let mut hidden = Vec::new();
    let mut page = 0;
    for name in &show.slides {
        page += 1;
        let mut slide = read_slide(&mut archive, name)?;
        let blocks = std::mem::take(&mut slide.blocks);
        push_slide(&mut draft, page, slide.titled, &blocks);
        if slide.hidden {
            hidden.push(page.to_string());
        }
        page_info.push(PageInfo {
            page,
            label: None,
            parser: if blocks.is_empty() { "" } else { "pptx" }.to_owned(),
            width: show.width / EMU,
            height: show.height / EMU,
        });
    }
    let (text, blocks) = draft.finish();
    let title = title_of(&mut archive, CORE_PROPERTIES)?;
    let mut parsed = Parsed::new("pptx", title, text, blocks)?;
    parsed.pages = Some(page);
    parsed.page_info = page_info;
    if !hidden.is_empty() {
        let mut warning = format!("Its hidden slides were read too: {}.", hidden.join(", "));
        if warning.len() > 300 {
            warning = format!("Its {} hidden slides were read too.", hidden.len());
        }
        parsed.warnings.push(warning);
    }
    if archive.holds_any(|name| name.ends_with("vbaProject.bin")) {
        parsed.warnings.push(MACROS_IGNORED.to_owned());
    }
    Ok(parsed)
}

/// Appends a slide: its title first, wherever it stands; a slide without one is named by its
/// number, or its text would seem to belong to the slide before.
pub(super) fn push_slide(
    draft: &mut Draft,
    page: u32,
    titled: bool,
    blocks: &[(BlockKind, String)],
) {
    let is_heading = |kind: &BlockKind| matches!(kind, BlockKind::Heading { .. });
    if !titled && !blocks.is_empty() {
        let heading = BlockKind::Heading { level: 2 };
        draft.push(heading, &format!("Slide {page}"), Some(page));
    }
    let (titles, rest): (Vec<_>, Vec<_>) = blocks.iter().partition(|(kind, _)| is_heading(kind));
    for (kind, text) in titles.into_iter().chain(rest) {
        draft.push(*kind, text, Some(page));
    }
}

/// The slides of a presentation, in order.
struct Show {
    slides: Vec<String>,
    /// In English Metric Units.
    width: u32,
    height: u32,
}

impl Show {
    fn read(archive: &mut Archive<'_>, main: &str) -> Result<Self, ParseFailure> {
        let part = archive
            .part(main)?
            .ok_or_else(|| ParseFailure::broken(WHAT, format!("{main} is missing")))?;
        let relations = relations::of(archive, main)?;
        let mut show = Self {
            slides: Vec::new(),
            width: 0,
            height: 0,
        };
        walk(&part, |node| {
            let Node::Open(element) = node else { return };
            let number = |name| element.attribute(name).and_then(|n| n.parse().ok());
            match element.name.as_str() {
                "sldSz" => {
                    show.width = number("cx").unwrap_or_default();
                    show.height = number("cy").unwrap_or_default();
                }
                "sldId" => {
                    let id = element.prefixed("id");
                    let target = relations.iter().find(|r| Some(r.id.as_str()) == id);
                    // A slide that is listed twice is read once.
                    if let Some(Relation { target, .. }) = target
                        && !show.slides.contains(target)
                    {
                        show.slides.push(target.clone());
                    }
                }
                _ => {}
            }
        })?;
        Ok(show)
    }
}

/// A slide with what belongs to it.
fn read_slide(archive: &mut Archive<'_>, name: &str) -> Result<Slide, ParseFailure> {
    let Some(part) = archive.part(name)? else {
        return Ok(Slide::default());
    };
    let mut slide = Slide::read(&part)?;
    for relation in relations::of(archive, name)? {
        let kind = relation.kind.as_str();
        if !matches!(kind, "diagramData" | "chart" | "notesSlide") {
            continue;
        }
        let Some(part) = archive.part(&relation.target)? else {
            continue;
        };
        match kind {
            "diagramData" => slide.blocks.extend(slide::diagram(&part)?),
            "chart" => slide.blocks.extend(chart::rows(&part)?),
            _ => slide.notes(&Slide::read(&part)?),
        }
    }
    Ok(slide)
}

#[cfg(test)]
mod tests;
