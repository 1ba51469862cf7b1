//! HTML: headings, paragraphs, lists, tables. Scripts, styles and forms are dropped; nothing is
//! loaded.

use super::draft::squeeze;
use super::{Draft, Parsed, text};
use crate::failure::ParseFailure;
use ego_tree::iter::Edge;
use encoding_rs::{Encoding, UTF_8};
use inhouse_protocol::BlockKind;
use scraper::{Html, Node};
use std::borrow::Cow;

/// Elements whose content is no text of the document.
const DROPPED: [&str; 19] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed",
    "canvas", "audio", "video", "select", "button", "textarea", "nav", "dialog", "datalist",
    "title",
];

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let source = decode(bytes);
    let page = Html::parse_document(&source);
    let mut walk = Walk::default();
    let mut dropped = 0_usize;
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    let name = element.name();
                    if dropped == 0 && name == "title" && walk.title.is_none() {
                        let words = node.children().filter_map(|child| match child.value() {
                            Node::Text(words) => Some(words.to_string()),
                            _ => None,
                        });
                        walk.title = Some(words.collect());
                    }
                    if dropped > 0 || DROPPED.contains(&name) || element.attr("hidden").is_some() {
                        dropped += 1;
                    } else {
                        walk.open(name, |attribute| element.attr(attribute));
                    }
                }
                Node::Text(words) if dropped == 0 => walk.words(words),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    if dropped > 0 {
                        dropped -= 1;
                    } else {
                        walk.close(element.name());
                    }
                }
            }
        }
    }
    walk.flush();
    let heading = walk.heading;
    let title = walk.title.filter(|t| !t.trim().is_empty()).or(heading);
    let (text, blocks) = walk.draft.finish();
    Parsed::new("html", title, text, blocks)
}

/// By byte order mark, else by the charset that the first kilobyte names, else as plain text.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if Encoding::for_bom(bytes).is_none() && text::wide_without_mark(bytes).is_none() {
        let head: String = bytes
            .iter()
            .take(1024)
            .map(|b| char::from(*b).to_ascii_lowercase())
            .collect();
        // XHTML names it in its first line.
        let declared = head.starts_with("<?xml").then_some("encoding=");
        let named = ["charset="].into_iter().chain(declared);
        let named = named
            .filter_map(|key| head.split(key).nth(1))
            .find_map(|rest| {
                let rest = rest.trim_start_matches(['"', '\'', ' ']);
                let end =
                    rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_')))?;
                Encoding::for_label(&rest.as_bytes()[..end])
            });
        if let Some(encoding) = named
            && encoding != UTF_8
            && encoding.is_ascii_compatible()
        {
            return encoding.decode_without_bom_handling(bytes).0;
        }
    }
    text::decode(bytes)
}

/// A list that is open: its numbers, or `None` for bullets.
struct List {
    next: Option<i64>,
    style: Style,
}

#[derive(Clone, Copy)]
enum Style {
    Decimal,
    LowerLetter,
    UpperLetter,
}

#[derive(Default)]
struct Walk {
    draft: Draft,
    title: Option<String>,
    heading: Option<String>,
    line: String,
    level: Option<u8>,
    lists: Vec<List>,
    /// The mark of the item whose text is still to come.
    mark: Option<String>,
    /// Cells of the rows that are open, the innermost last.
    rows: Vec<Vec<String>>,
    preformatted: usize,
}

impl Walk {
    fn open<'a>(&mut self, name: &str, attribute: impl Fn(&str) -> Option<&'a str>) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.level = name[1..].parse().ok();
            }
            "br" => self.line.push('\n'),
            "ul" | "menu" | "ol" => {
                self.flush();
                let style = match attribute("type") {
                    Some("a") => Style::LowerLetter,
                    Some("A") => Style::UpperLetter,
                    _ => Style::Decimal,
                };
                let start = attribute("start").and_then(|s| s.trim().parse().ok());
                self.lists.push(List {
                    next: (name == "ol").then(|| start.unwrap_or(1)),
                    style,
                });
            }
            "li" => {
                self.flush();
                let value = attribute("value").and_then(|v| v.trim().parse().ok());
                self.mark = Some(
                    self.lists
                        .last_mut()
                        .map_or("• ".to_owned(), |list| list.mark(value)),
                );
            }
            "pre" => {
                self.flush();
                self.preformatted += 1;
            }
            "tr" => {
                self.flush();
                self.rows.push(Vec::new());
            }
            "td" | "th" => self.line.clear(),
            _ if is_block(name) => self.flush(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "ul" | "ol" | "menu" => {
                self.flush();
                self.lists.pop();
            }
            "pre" => {
                self.flush();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            "td" | "th" => {
                let cell = squeeze(&std::mem::take(&mut self.line));
                match self.rows.last_mut() {
                    Some(row) => row.push(cell),
                    None => self.line = cell,
                }
            }
            "tr" => self.close_row(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.level = None;
            }
            _ if is_block(name) => self.flush(),
            _ => {}
        }
    }

    fn close_row(&mut self) {
        let Some(cells) = self.rows.pop() else { return };
        if cells.iter().all(String::is_empty) {
            return;
        }
        let row = cells.join(" | ");
        match self.rows.last_mut() {
            // A table in a cell becomes text of that cell.
            Some(_) => {
                self.line.push_str(&row);
                self.line.push(' ');
            }
            None if cells.len() == 1 => self.draft.push(BlockKind::Paragraph, &row, None),
            None => self.draft.push(BlockKind::TableRow, &row, None),
        }
    }

    fn words(&mut self, words: &str) {
        self.line.push_str(words);
    }

    /// Ends the block that is open. Inside a cell, the text goes on to the cell's end.
    fn flush(&mut self) {
        if !self.rows.is_empty() {
            self.line.push(' ');
            self.mark = None;
            return;
        }
        let line = std::mem::take(&mut self.line);
        if line.trim().is_empty() {
            return;
        }
        if self.preformatted > 0 {
            self.draft.push(BlockKind::Preformatted, &line, None);
            return;
        }
        let words = squeeze(&line);
        if let Some(level) = self.level {
            if level == 1 && self.heading.is_none() {
                self.heading = Some(words.clone());
            }
            self.draft.push(BlockKind::Heading { level }, &words, None);
        } else if let Some(mark) = self.mark.take() {
            let words = format!("{mark}{words}");
            self.draft.push(BlockKind::ListItem, &words, None);
        } else if self.lists.is_empty() {
            self.draft.push(BlockKind::Paragraph, &words, None);
        } else {
            self.draft.push(BlockKind::ListItem, &words, None);
        }
    }
}

impl List {
    fn mark(&mut self, value: Option<i64>) -> String {
        let Some(next) = &mut self.next else {
            return "• ".to_owned();
        };
        if let Some(value) = value {
            *next = value;
        }
        let number = *next;
        *next = next.saturating_add(1);
        let letter = u32::try_from(number - 1)
            .ok()
            .filter(|n| *n < 26)
            .and_then(|n| char::from_u32(u32::from(b'a') + n));
        match (self.style, letter) {
            (Style::LowerLetter, Some(letter)) => format!("{letter}. "),
            (Style::UpperLetter, Some(letter)) => format!("{}. ", letter.to_ascii_uppercase()),
            _ => format!("{number}. "),
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "header"
            | "hr"
            | "html"
            | "legend"
            | "main"
            | "p"
            | "section"
            | "summary"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (Option<String>, String) {
        let parsed = parse(source.as_bytes()).unwrap();
        let chars: Vec<char> = parsed.text.chars().collect();
        let mut lines = String::new();
        for block in &parsed.blocks {
            let words: String = chars[block.start..block.end].iter().collect();
            let kind = match block.kind {
                BlockKind::Heading { level } => format!("h{level}"),
                BlockKind::Paragraph => "p".into(),
                BlockKind::ListItem => "li".into(),
                BlockKind::TableRow => "tr".into(),
                BlockKind::Footnote => "fn".into(),
                BlockKind::Preformatted => "pre".into(),
            };
            lines.extend([&kind, ": ", &words, "\n"]);
        }
        (parsed.title, lines)
    }

    #[test]
    fn structure_is_kept_and_scripts_are_not() {
        let (title, lines) = read(
            "<html><head><title> Travel\n policy</title><style>p{}</style></head><body>\
             <script>alert('x')</script><h1>Travel</h1><p>Book <b>early</b>,\n travel&nbsp;light.\
             <br>Always.<ul><li>Train<li><p>Bus</p></ul><ol start=3 type=a><li>One<ol><li>Deep\
             </ol></ol><table><tr><th>Class</th><th>Who</th></tr><tr><td>1<td>Board<p>and you\
             </table><pre>a\n  b</pre><div>Loose <span hidden>secret</span></div></body></html>",
        );
        assert_eq!(title.as_deref(), Some("Travel policy"));
        assert_eq!(
            lines,
            "h1: Travel\np: Book early, travel light. Always.\nli: • Train\nli: • Bus\nli: c. \
             One\nli: 1. Deep\ntr: Class | Who\ntr: 1 | Board and you\npre: a\n  b\np: Loose\n"
        );
    }

    #[test]
    fn a_named_charset_is_used() {
        let parsed =
            parse(b"<meta charset=\"iso-8859-2\"><p>Bo\xBFena writes a policy</p>").unwrap();
        assert_eq!(parsed.text, "Bożena writes a policy");
        let source =
            b"<?xml version=\"1.0\" encoding=\"iso-8859-2\"?><html><p>Bo\xBFena</p></html>";
        assert_eq!(parse(source).unwrap().text, "Bożena");
    }

    #[test]
    fn ten_thousand_nested_elements_are_read_flat() {
        let source = format!("{}deep{}", "<div>".repeat(10_000), "</div>".repeat(10_000));
        assert_eq!(parse(source.as_bytes()).unwrap().text, "deep");
    }
}
