//! XML of office files as a stream of elements by local name: no entities but the five
//! predefined ones, no document type, bounded depth.

use super::archive::Part;
use crate::failure::ParseFailure;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements inside elements. Word's own files stay below 60.
const MOST_DEPTH: usize = 400;

/// What a part consists of, for a walk.
pub(crate) enum Node {
    Open(Element),
    /// An element's end, by local name.
    Close(String),
    Text(String),
}

/// A start tag: its local name and its attributes.
pub(crate) struct Element {
    pub(crate) name: String,
    /// Names with their prefixes.
    attributes: Vec<(String, String)>,
}

impl Element {
    /// An attribute's value by its local name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key.rsplit_once(':').map_or(key.as_str(), |(_, k)| k) == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of the attribute with this local name that has a prefix: `r:id` beside `id`.
    pub(crate) fn prefixed(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key.rsplit_once(':').is_some_and(|(_, k)| k == name))
            .map(|(_, value)| value.as_str())
    }

    /// `w:val`, and whether a switch such as `<w:b/>` is on.
    pub(crate) fn value(&self) -> Option<&str> {
        self.attribute("val")
    }

    pub(crate) fn is_on(&self) -> bool {
        !matches!(self.value(), Some("0" | "false" | "off"))
    }
}

/// Walks through a part, giving each node to `visit`.
pub(crate) fn walk(part: &Part, mut visit: impl FnMut(Node)) -> Result<(), ParseFailure> {
    let broken = |detail: String| ParseFailure::broken(part.what, detail);
    let text = super::super::text::decode(&part.bytes);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = true;
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|e| broken(e.to_string()))?;
        match event {
            Event::Start(tag) => {
                depth += 1;
                if depth > MOST_DEPTH {
                    return Err(ParseFailure::depth("XML elements"));
                }
                visit(Node::Open(element(&tag)));
            }
            Event::Empty(tag) => {
                let element = element(&tag);
                let name = element.name.clone();
                visit(Node::Open(element));
                visit(Node::Close(name));
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(local(tag.local_name().as_ref())));
            }
            Event::Text(words) => {
                let words = words.xml10_content().map_err(|e| broken(e.to_string()))?;
                visit(Node::Text(words.into_owned()));
            }
            Event::CData(words) => {
                let words = words.decode().map_err(|e| broken(e.to_string()))?;
                visit(Node::Text(words.into_owned()));
            }
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|e| broken(e.to_string()))?;
                match character(&name) {
                    Some(c) => visit(Node::Text(c.to_string())),
                    None => return Err(broken(format!("unknown entity '{name}'"))),
                }
            }
            Event::DocType(_) => return Err(broken("a document type definition".to_owned())),
            Event::Eof if depth > 0 => return Err(broken("the XML ends too early".to_owned())),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn element(tag: &BytesStart<'_>) -> Element {
    let attributes = tag
        .attributes()
        .filter_map(Result::ok)
        .map(|a| {
            let raw = String::from_utf8_lossy(&a.value).into_owned();
            (local(a.key.as_ref()), unescape(&raw))
        })
        .collect();
    Element {
        name: local(tag.local_name().as_ref()),
        attributes,
    }
}

fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// An attribute's value with the predefined entities resolved; others stay as they are written.
fn unescape(raw: &str) -> String {
    if !raw.contains('&') {
        return raw.to_owned();
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after
            .split_once(';')
            .and_then(|(name, tail)| Some((character(name)?, tail)));
        if let Some((c, tail)) = entity {
            out.push(c);
            rest = tail;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::FailureCause as Cause;

    fn text_of(xml: &str) -> Result<String, ParseFailure> {
        let mut text = String::new();
        walk(&Part::from(xml), |node| {
            if let Node::Text(words) = node {
                text.push_str(&words);
            }
        })?;
        Ok(text)
    }

    #[test]
    fn predefined_entities_are_resolved_and_others_refused() {
        assert_eq!(
            text_of("<a>x &amp; y &#228;&#x20ac;</a>").unwrap(),
            "x & y ä€"
        );
        assert_eq!(text_of("<a>&bomb;</a>").unwrap_err().cause, Cause::Broken);
    }

    #[test]
    fn a_document_type_is_refused_before_its_entities_expand() {
        let bomb = "<!DOCTYPE a [<!ENTITY b \"xxxx\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>";
        assert_eq!(text_of(bomb).unwrap_err().cause, Cause::Broken);
    }

    #[test]
    fn attributes_are_found_with_and_without_their_prefix() {
        let part = Part::from(r#"<p:sldId id="256" r:id="rId2" xmlns:r="r" xmlns:p="p"/>"#);
        let mut seen = Vec::new();
        walk(&part, |node| {
            if let Node::Open(element) = node {
                seen.push(element.attribute("id").unwrap().to_owned());
                seen.push(element.prefixed("id").unwrap().to_owned());
            }
        })
        .unwrap();
        assert_eq!(seen, ["256", "rId2"]);
    }

    #[test]
    fn a_million_nested_elements_are_refused() {
        let deep = "<a>".repeat(1_000_000);
        assert_eq!(text_of(&deep).unwrap_err().cause, Cause::Depth);
    }
}
