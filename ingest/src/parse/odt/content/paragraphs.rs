//! Paragraphs, headings and the items of lists.

use super::super::super::docx::xml::Element;
use super::super::super::draft::squeeze;
use super::super::super::headings;
use super::super::numbering::OUTLINE;
use super::{Content, Paragraph};
use inhouse_protocol::BlockKind;

impl Content {
    pub(super) fn begin_list(&mut self, element: &Element) {
        let own = element.attribute("style-name").map(str::to_owned);
        let style = own.or_else(|| self.lists.last().cloned().flatten());
        let goes_on = element.attribute("continue-numbering") == Some("true")
            || element.attribute("continue-list").is_some();
        if self.lists.is_empty()
            && !goes_on
            && let Some(style) = &style
        {
            self.numbering.restart(style);
        }
        self.lists.push(style);
    }

    pub(super) fn begin_paragraph(&mut self, element: &Element) {
        let style = element.attribute("style-name").map(str::to_owned);
        let heading = (element.name == "h").then(|| {
            let level = element.attribute("outline-level");
            level.and_then(|l| l.parse().ok()).unwrap_or(1_u8).max(1)
        });
        let label = match (self.item.take(), heading) {
            (Some(item), _) => {
                let list = self.lists.last().cloned().flatten();
                let list = list.or_else(|| self.styles.list(style.as_deref()).map(str::to_owned));
                match list {
                    Some(list) => self.numbering.next(&list, self.lists.len(), item.number),
                    None => Some("•".to_owned()),
                }
            }
            (None, Some(level)) if element.attribute("is-list-header") != Some("true") => {
                self.numbering.next(OUTLINE, usize::from(level), None)
            }
            _ => None,
        };
        self.paragraphs.push(Paragraph {
            style,
            heading,
            label,
            ..Paragraph::default()
        });
    }

    pub(super) fn end_paragraph(&mut self) {
        let Some(paragraph) = self.paragraphs.pop() else {
            return;
        };
        let words = squeeze(&paragraph.text);
        let shown = match &paragraph.label {
            Some(label) if !words.is_empty() => format!("{label} {words}"),
            _ => words.clone(),
        };
        if let Some(aside) = self.asides.last_mut() {
            aside.text.push_str(&shown);
            aside.text.push(' ');
            self.waiting.extend(paragraph.asides);
            return;
        }
        if !words.is_empty() {
            let kind = self.kind(&paragraph, &words, &shown);
            self.emit(kind, shown);
        }
        self.waiting.extend(paragraph.asides);
        self.emit_waiting();
    }

    fn kind(&mut self, paragraph: &Paragraph, words: &str, shown: &str) -> BlockKind {
        let role = self.frames.iter().rev().find_map(Option::as_deref);
        if let (Some(slide), Some("title")) = (&mut self.slide, role) {
            slide.titled = true;
            return BlockKind::Heading { level: 2 };
        }
        let style = paragraph.style.as_deref();
        let is_title = self.slide.is_none() && self.styles.is_title(style);
        if is_title && self.title.is_none() {
            self.title = Some(words.to_owned());
        }
        let marked = match paragraph.heading {
            Some(level) => Some(level.min(6)),
            None if is_title => Some(1),
            None => self.styles.heading_level(style),
        };
        let bullet = paragraph.label.as_deref() == Some("•");
        if self.slide.is_some() && marked.is_none() {
            // Lines of a slide are short; capitals make no heading of them.
            return if bullet {
                BlockKind::ListItem
            } else {
                BlockKind::Paragraph
            };
        }
        headings::kind(words, shown, marked, bullet)
    }
}
