//! Paragraph styles: which are headings, and which number their paragraphs.

use super::archive::Part;
use super::xml::{Node, walk};
use crate::failure::ParseFailure;
use std::collections::HashMap;

#[derive(Debug, Default, Clone)]
struct Style {
    name: String,
    based_on: Option<String>,
    /// 0 is the top level, 9 is body text.
    outline: Option<u8>,
    list: Option<String>,
    level: Option<usize>,
}

/// The styles of a document, by id.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    default: Option<String>,
}

impl Styles {
    pub(super) fn read(part: &Part) -> Result<Self, ParseFailure> {
        let mut all = Self::default();
        let mut open: Option<(String, Style)> = None;
        walk(part, |node| match node {
            Node::Open(element) if element.name == "style" => {
                let id = element.attribute("styleId").unwrap_or_default().to_owned();
                let is_default = matches!(element.attribute("default"), Some("1" | "true"));
                if is_default && element.attribute("type") == Some("paragraph") {
                    all.default = Some(id.clone());
                }
                open = Some((id, Style::default()));
            }
            Node::Open(element) => {
                let Some((_, style)) = &mut open else { return };
                let value = element.value();
                match element.name.as_str() {
                    "name" => value.unwrap_or_default().clone_into(&mut style.name),
                    "basedOn" => style.based_on = value.map(str::to_owned),
                    "outlineLvl" => style.outline = value.and_then(|v| v.parse().ok()),
                    "numId" => style.list = value.map(str::to_owned),
                    "ilvl" => style.level = value.and_then(|v| v.parse().ok()),
                    _ => {}
                }
            }
            Node::Close(name) if name == "style" => {
                if let Some((id, style)) = open.take() {
                    all.styles.insert(id, style);
                }
            }
            _ => {}
        })?;
        Ok(all)
    }

    /// The style and those it is based on, nearest first.
    fn chain<'a>(&'a self, id: Option<&'a str>) -> impl Iterator<Item = (&'a str, &'a Style)> {
        let mut next = id.or(self.default.as_deref());
        std::iter::from_fn(move || {
            let id = next?;
            let style = self.styles.get(id)?;
            next = style.based_on.as_deref().filter(|base| *base != id);
            Some((id, style))
        })
        // A circle of styles ends here.
        .take(20)
    }

    /// The heading level of paragraphs in this style, 1 (top) to 6.
    pub(super) fn heading_level(&self, id: Option<&str>) -> Option<u8> {
        for (id, style) in self.chain(id) {
            if let Some(outline) = style.outline {
                return (outline < 9).then(|| (outline + 1).min(6));
            }
            let name = if style.name.is_empty() {
                id
            } else {
                &style.name
            };
            let name = name.to_lowercase();
            if let Some(number) = name.strip_prefix("heading") {
                let number: u8 = number.trim().parse().unwrap_or(1);
                return Some(number.clamp(1, 6));
            }
        }
        None
    }

    /// Whether paragraphs in this style are the document's title.
    pub(super) fn is_title(&self, id: Option<&str>) -> bool {
        self.chain(id)
            .any(|(_, style)| style.name.eq_ignore_ascii_case("title"))
    }

    /// The list that this style puts its paragraphs in: the list's id, the level if it is said,
    /// and the style that says it.
    pub(super) fn list<'a>(
        &'a self,
        id: Option<&'a str>,
    ) -> Option<(String, Option<usize>, &'a str)> {
        self.chain(id).find_map(|(id, style)| {
            let list = style.list.clone()?;
            Some((list, style.level, id))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_inherited_and_circles_end() {
        let styles = Styles::read(&Part::from(
            r#"<w:styles xmlns:w="w">
            <w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/></w:style>
            <w:style w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="N"/></w:style>
            <w:style w:styleId="C"><w:name w:val="Clause"/><w:basedOn w:val="H2"/></w:style>
            <w:style w:styleId="O"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
            <w:style w:styleId="X"><w:name w:val="x"/><w:basedOn w:val="Y"/></w:style>
            <w:style w:styleId="Y"><w:name w:val="y"/><w:basedOn w:val="X"/></w:style>
            </w:styles>"#,
        ))
        .unwrap();
        assert_eq!(styles.heading_level(Some("C")), Some(2));
        assert_eq!(styles.heading_level(Some("O")), Some(1));
        assert_eq!(styles.heading_level(None), None);
        assert_eq!(styles.heading_level(Some("X")), None);
    }
}
