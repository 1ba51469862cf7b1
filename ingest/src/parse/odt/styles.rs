//! Styles of an OpenDocument file: which paragraphs are headings, which sheets are hidden.

use super::super::docx::xml::Node;
use std::collections::HashMap;

#[derive(Debug, Default, Clone)]
struct Style {
    parent: Option<String>,
    /// 1 is the top level.
    outline: Option<u8>,
    list: Option<String>,
    /// A table of this style isn't shown.
    hidden_table: bool,
    hidden_text: bool,
}

/// The styles of a document, by name; those of the content part after the common ones.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    open: Option<(String, Style)>,
}

impl Styles {
    /// Takes the next node of a part.
    pub(super) fn step(&mut self, node: &Node) {
        match node {
            Node::Open(element) if element.name == "style" => {
                let text = |name| element.attribute(name).map(str::to_owned);
                let style = Style {
                    parent: text("parent-style-name"),
                    outline: text("default-outline-level").and_then(|level| level.parse().ok()),
                    list: text("list-style-name").filter(|list| !list.is_empty()),
                    ..Style::default()
                };
                self.open = text("name").map(|name| (name, style));
            }
            Node::Open(element) => {
                let Some((_, style)) = &mut self.open else {
                    return;
                };
                match element.name.as_str() {
                    "table-properties" => {
                        style.hidden_table = element.attribute("display") == Some("false");
                    }
                    "text-properties" => {
                        let display = element.attribute("display");
                        style.hidden_text = display == Some("none");
                    }
                    _ => {}
                }
            }
            Node::Close(name) if name == "style" => {
                if let Some((name, style)) = self.open.take() {
                    self.styles.insert(name, style);
                }
            }
            _ => {}
        }
    }

    /// The style and those above it, nearest first.
    fn chain<'a>(&'a self, name: Option<&'a str>) -> impl Iterator<Item = &'a Style> {
        let mut next = name;
        std::iter::from_fn(move || {
            let name = next?;
            let style = self.styles.get(name)?;
            next = style.parent.as_deref();
            Some(style)
        })
        // A circle of styles ends here.
        .take(20)
    }

    /// The heading level of paragraphs in this style, 1 (top) to 6.
    pub(super) fn heading_level(&self, name: Option<&str>) -> Option<u8> {
        self.chain(name)
            .find_map(|style| style.outline)
            .filter(|level| *level > 0)
            .map(|level| level.min(6))
    }

    /// Whether paragraphs in this style are the document's title.
    pub(super) fn is_title(&self, name: Option<&str>) -> bool {
        let named = |name: &str| name.eq_ignore_ascii_case("title");
        let below = |style: &Style| style.parent.as_deref().is_some_and(named);
        name.is_some_and(named) || self.chain(name).any(below)
    }

    /// The list style of paragraphs in this style.
    pub(super) fn list<'a>(&'a self, name: Option<&'a str>) -> Option<&'a str> {
        self.chain(name).find_map(|style| style.list.as_deref())
    }

    pub(super) fn hides_table(&self, name: Option<&str>) -> bool {
        self.chain(name).any(|style| style.hidden_table)
    }

    pub(super) fn hides_text(&self, name: Option<&str>) -> bool {
        self.chain(name).any(|style| style.hidden_text)
    }
}
