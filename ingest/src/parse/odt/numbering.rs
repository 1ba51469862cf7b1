//! Numbers of headings and list items as displayed (OpenDocument 1.2, 16.30 and following).

use super::super::docx::numbering::number_as;
use super::super::docx::xml::{Element, Node};
use std::collections::HashMap;

const LEVELS: usize = 10;

/// The style that numbers headings.
pub(super) const OUTLINE: &str = "";

#[derive(Debug, Clone)]
struct Level {
    bullet: bool,
    format: &'static str,
    prefix: String,
    suffix: String,
    start: u32,
    /// How many levels' numbers are shown.
    shown: usize,
}

/// The list styles of a document and where their counting stands.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    styles: HashMap<String, HashMap<usize, Level>>,
    counters: HashMap<String, [Option<u32>; LEVELS]>,
    open: Option<String>,
}

impl Numbering {
    /// Takes the next node of a part.
    pub(super) fn step(&mut self, node: &Node) {
        match node {
            Node::Open(element) => match element.name.as_str() {
                "list-style" => {
                    let name = element.attribute("name").unwrap_or_default().to_owned();
                    self.styles.insert(name.clone(), HashMap::new());
                    self.open = Some(name);
                }
                "outline-style" => self.open = Some(OUTLINE.to_owned()),
                "list-level-style-number"
                | "list-level-style-bullet"
                | "list-level-style-image"
                | "outline-level-style" => self.add_level(element),
                _ => {}
            },
            Node::Close(name) if matches!(name.as_str(), "list-style" | "outline-style") => {
                self.open = None;
            }
            _ => {}
        }
    }

    fn add_level(&mut self, element: &Element) {
        let number = |name| {
            element
                .attribute(name)
                .and_then(|n| n.parse::<usize>().ok())
        };
        let text = |name| element.attribute(name).unwrap_or_default().to_owned();
        let (Some(style), Some(level)) = (&self.open, number("level")) else {
            return;
        };
        let bullet = !matches!(
            element.name.as_str(),
            "list-level-style-number" | "outline-level-style"
        );
        let format = match element.attribute("num-format") {
            Some("1") => "decimal",
            Some("a") => "lowerLetter",
            Some("A") => "upperLetter",
            Some("i") => "lowerRoman",
            Some("I") => "upperRoman",
            _ => "none",
        };
        let start = number("start-value").and_then(|start| u32::try_from(start).ok());
        let level_style = Level {
            bullet,
            format,
            prefix: text("num-prefix"),
            suffix: text("num-suffix"),
            start: start.unwrap_or(1),
            shown: number("display-levels").unwrap_or(1).clamp(1, LEVELS),
        };
        self.styles
            .entry(style.clone())
            .or_default()
            .insert(level.clamp(1, LEVELS), level_style);
    }

    /// Starts the counting of `style` anew.
    pub(super) fn restart(&mut self, style: &str) {
        self.counters.remove(style);
    }

    /// Counts one item of `style` on `level` (from 1) on, or to `to`, and gives its label, such
    /// as `7.2` or `•`; `None` when it has none.
    pub(super) fn next(&mut self, style: &str, level: usize, to: Option<u32>) -> Option<String> {
        let level = level.clamp(1, LEVELS);
        let levels = self.styles.get(style)?;
        let shape = levels.get(&level)?;
        if shape.bullet {
            return Some("•".to_owned());
        }
        let counters = self.counters.entry(style.to_owned()).or_default();
        let next = match counters[level - 1] {
            Some(number) => number.saturating_add(1),
            None => shape.start,
        };
        counters[level - 1] = Some(to.unwrap_or(next));
        for deeper in &mut counters[level..] {
            *deeper = None;
        }
        if shape.format == "none" {
            return None;
        }
        let first = (level + 1).saturating_sub(shape.shown).max(1);
        let numbers: Vec<String> = (first..=level)
            .filter_map(|at| {
                let of = levels.get(&at).filter(|of| !of.bullet)?;
                let number = counters[at - 1].unwrap_or(of.start);
                Some(number_as(of.format, number)).filter(|number| !number.is_empty())
            })
            .collect();
        let label = format!("{}{}{}", shape.prefix, numbers.join("."), shape.suffix);
        Some(label.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::docx::archive::Part;
    use super::super::super::docx::xml::walk;
    use super::*;

    fn numbering(xml: &str) -> Numbering {
        let mut numbering = Numbering::default();
        walk(&Part::from(xml), |node| numbering.step(&node)).unwrap();
        numbering
    }

    #[test]
    fn levels_show_those_above_and_restart_below_a_new_one() {
        let mut numbering = numbering(
            r#"<x><text:list-style style:name="L1">
            <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
            <text:list-level-style-number text:level="2" style:num-format="1"
              text:display-levels="2"/>
            <text:list-level-style-number text:level="3" style:num-format="a"
              style:num-prefix="(" style:num-suffix=")" text:start-value="3"/>
            <text:list-level-style-bullet text:level="4" text:bullet-char="-"/>
            </text:list-style></x>"#,
        );
        let mut label = |level| numbering.next("L1", level, None).unwrap();
        assert_eq!(label(1), "1.");
        assert_eq!(label(2), "1.1");
        assert_eq!(label(2), "1.2");
        assert_eq!(label(3), "(c)");
        assert_eq!(label(4), "•");
        assert_eq!(label(1), "2.");
        assert_eq!(label(2), "2.1");
        assert_eq!(numbering.next("L1", 1, Some(7)).as_deref(), Some("7."));
        numbering.restart("L1");
        assert_eq!(numbering.next("L1", 1, None).as_deref(), Some("1."));
        assert_eq!(numbering.next("other", 1, None), None);
    }

    #[test]
    fn headings_without_a_format_have_no_number() {
        let mut numbering = numbering(
            r#"<x><text:outline-style><text:outline-level-style text:level="1"
            style:num-format="I" style:num-suffix="."/><text:outline-level-style text:level="2"
            style:num-format=""/></text:outline-style></x>"#,
        );
        assert_eq!(numbering.next(OUTLINE, 1, None).as_deref(), Some("I."));
        assert_eq!(numbering.next(OUTLINE, 2, None), None);
    }
}
