//! Numbers of paragraphs as Word displays them (ECMA-376 part 1, 17.9): '7.2', '(a)', 'Article IV'.

use super::archive::Part;
use super::xml::{Element, Node, walk};
use crate::failure::ParseFailure;
use crate::parse::numerals::{letters, roman};
use std::collections::HashMap;

const LEVELS: usize = 9;

#[derive(Debug, Clone)]
struct Level {
    start: u32,
    format: String,
    /// The label with `%1` for the first level's number and so on.
    label: String,
    /// All numbers as decimals, whatever the levels above say.
    legal: bool,
    style: Option<String>,
}

impl Default for Level {
    fn default() -> Self {
        Self {
            start: 1,
            format: "decimal".to_owned(),
            label: String::new(),
            legal: false,
            style: None,
        }
    }
}

#[derive(Debug, Default)]
struct List {
    definition: String,
    starts: HashMap<usize, u32>,
    levels: HashMap<usize, Level>,
}

/// The lists of a document and where their counting stands.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    definitions: HashMap<String, HashMap<usize, Level>>,
    lists: HashMap<String, List>,
    /// By definition, since lists that share one count on.
    counters: HashMap<String, [Option<u32>; LEVELS]>,
    begun: Vec<(String, usize)>,
}

impl Numbering {
    pub(super) fn read(part: &Part) -> Result<Self, ParseFailure> {
        let mut reading = Reading::default();
        walk(part, |node| match node {
            Node::Open(element) => reading.open(&element),
            Node::Close(name) => reading.close(&name),
            Node::Text(_) => {}
        })?;
        Ok(reading.finish())
    }

    /// The level of list `list` that paragraphs of `style` are on.
    pub(super) fn level_of_style(&self, list: &str, style: &str) -> Option<usize> {
        let levels = self.definitions.get(&self.lists.get(list)?.definition)?;
        levels
            .iter()
            .find(|(_, level)| level.style.as_deref() == Some(style))
            .map(|(index, _)| *index)
    }

    /// Counts one paragraph on and gives its label, such as `7.2`; `None` when it has none.
    pub(super) fn next(&mut self, list: &str, level: usize) -> Option<String> {
        let level = level.min(LEVELS - 1);
        let definition = self.lists.get(list)?.definition.clone();
        let restart = self.lists.get(list)?.starts.get(&level).copied();
        let fresh = !self.begun.iter().any(|(l, i)| l == list && *i == level);
        let shape = self.shape(list, level)?;
        let counters = self.counters.entry(definition).or_default();
        let number = match (counters[level], restart) {
            (_, Some(start)) if fresh => start,
            (Some(number), _) => number.saturating_add(1),
            (None, _) => shape.start,
        };
        counters[level] = Some(number);
        for deeper in &mut counters[level + 1..] {
            *deeper = None;
        }
        let counters = *counters;
        if fresh {
            self.begun.push((list.to_owned(), level));
        }
        let label = self.label(list, &shape, &counters);
        (!label.trim().is_empty()).then_some(label)
    }

    fn shape(&self, list: &str, level: usize) -> Option<Level> {
        let list = self.lists.get(list)?;
        list.levels
            .get(&level)
            .or_else(|| self.definitions.get(&list.definition)?.get(&level))
            .cloned()
    }

    fn label(&self, list: &str, shape: &Level, counters: &[Option<u32>; LEVELS]) -> String {
        if shape.format == "bullet" {
            return "•".to_owned();
        }
        let mut out = String::new();
        let mut chars = shape.label.chars().peekable();
        while let Some(c) = chars.next() {
            let digit = chars.peek().and_then(|d| d.to_digit(10));
            match (c, digit) {
                ('%', Some(digit @ 1..=9)) => {
                    chars.next();
                    let at = digit as usize - 1;
                    let shape_at = self.shape(list, at).unwrap_or_default();
                    let number = counters[at].unwrap_or(shape_at.start);
                    let format = if shape.legal {
                        "decimal"
                    } else {
                        &shape_at.format
                    };
                    out.push_str(&number_as(format, number));
                }
                _ => out.push(c),
            }
        }
        out.trim().to_owned()
    }
}

#[derive(Default)]
struct Reading {
    numbering: Numbering,
    definition: Option<String>,
    list: Option<String>,
    level: Option<(usize, Level)>,
    overriding: Option<usize>,
    /// Definitions that take their levels from a list style: the definition and the style.
    links: Vec<(String, String)>,
    /// List styles and the definitions that hold their levels.
    anchors: HashMap<String, String>,
}

impl Reading {
    fn open(&mut self, element: &Element) {
        let text = |name: &str| element.attribute(name).map(str::to_owned);
        let index = || element.attribute("ilvl").and_then(|v| v.parse().ok());
        match element.name.as_str() {
            "abstractNum" => self.definition = text("abstractNumId"),
            "num" => {
                self.list = text("numId");
            }
            "abstractNumId" => {
                if let (Some(list), Some(definition)) = (&self.list, element.value()) {
                    let list = self.numbering.lists.entry(list.clone()).or_default();
                    definition.clone_into(&mut list.definition);
                }
            }
            "numStyleLink" => {
                if let (Some(definition), Some(style)) = (&self.definition, element.value()) {
                    self.links.push((definition.clone(), style.to_owned()));
                }
            }
            "styleLink" => {
                if let (Some(definition), Some(style)) = (&self.definition, element.value()) {
                    self.anchors.insert(style.to_owned(), definition.clone());
                }
            }
            "lvlOverride" => self.overriding = index(),
            "startOverride" => {
                let start = element.value().and_then(|v| v.parse().ok());
                if let (Some(list), Some(level), Some(start)) = (&self.list, self.overriding, start)
                {
                    let list = self.numbering.lists.entry(list.clone()).or_default();
                    list.starts.insert(level, start);
                }
            }
            "lvl" => self.level = Some((index().unwrap_or(0), Level::default())),
            _ => {
                if let Some((_, level)) = &mut self.level {
                    match element.name.as_str() {
                        "start" => {
                            level.start = element.value().and_then(|v| v.parse().ok()).unwrap_or(1);
                        }
                        "numFmt" => {
                            element
                                .value()
                                .unwrap_or("decimal")
                                .clone_into(&mut level.format);
                        }
                        "lvlText" => element.value().unwrap_or("").clone_into(&mut level.label),
                        "isLgl" => level.legal = element.is_on(),
                        "pStyle" => level.style = element.value().map(str::to_owned),
                        _ => {}
                    }
                }
            }
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "lvl" => {
                let Some((index, level)) = self.level.take() else {
                    return;
                };
                if let (Some(list), Some(_)) = (&self.list, self.overriding) {
                    let list = self.numbering.lists.entry(list.clone()).or_default();
                    list.levels.insert(index, level);
                } else if let Some(definition) = &self.definition {
                    let definitions = &mut self.numbering.definitions;
                    let levels = definitions.entry(definition.clone()).or_default();
                    levels.insert(index, level);
                }
            }
            "lvlOverride" => self.overriding = None,
            "abstractNum" => self.definition = None,
            "num" => self.list = None,
            _ => {}
        }
    }

    fn finish(mut self) -> Numbering {
        let definitions = &mut self.numbering.definitions;
        for (definition, style) in self.links {
            let anchor = self.anchors.get(&style);
            if let Some(levels) = anchor.and_then(|anchor| definitions.get(anchor)).cloned() {
                definitions.entry(definition).or_insert(levels);
            }
        }
        self.numbering
    }
}

/// A number in one of Word's formats; formats we don't know are decimal.
pub(crate) fn number_as(format: &str, number: u32) -> String {
    match format {
        "none" => String::new(),
        "decimalZero" => format!("{number:02}"),
        "lowerLetter" => letters(number).to_lowercase(),
        "upperLetter" => letters(number),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        "ordinal" => {
            let suffix = match (number % 10, number % 100) {
                (1, n) if n != 11 => "st",
                (2, n) if n != 12 => "nd",
                (3, n) if n != 13 => "rd",
                _ => "th",
            };
            format!("{number}{suffix}")
        }
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legal_list() -> Numbering {
        Numbering::read(&Part::from(
            r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="5">
            <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperRoman"/>
              <w:lvlText w:val="Article %1"/><w:pStyle w:val="Top"/></w:lvl>
            <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/>
              <w:lvlText w:val="%1.%2"/></w:lvl>
            <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/>
              <w:lvlText w:val="(%3)"/></w:lvl></w:abstractNum>
            <w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>
            <w:num w:numId="2"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="2">
              <w:startOverride w:val="4"/></w:lvlOverride></w:num></w:numbering>"#,
        ))
        .unwrap()
    }

    #[test]
    fn levels_count_on_and_restart_below_a_new_one() {
        let mut numbering = legal_list();
        let mut label = |level| numbering.next("1", level).unwrap();
        assert_eq!(label(0), "Article I");
        assert_eq!(label(1), "1.1");
        assert_eq!(label(2), "(a)");
        assert_eq!(label(2), "(b)");
        assert_eq!(label(1), "1.2");
        assert_eq!(label(2), "(a)");
        assert_eq!(label(0), "Article II");
        assert_eq!(label(1), "2.1");
    }

    #[test]
    fn an_override_restarts_once() {
        let mut numbering = legal_list();
        assert_eq!(numbering.next("2", 2).unwrap(), "(d)");
        assert_eq!(numbering.next("2", 2).unwrap(), "(e)");
        assert_eq!(numbering.next("9", 0), None);
        assert_eq!(numbering.level_of_style("1", "Top"), Some(0));
    }

    #[test]
    fn a_list_style_gives_its_levels_to_the_lists_that_link_to_it() {
        let mut numbering = Numbering::read(&Part::from(
            r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="1">
            <w:styleLink w:val="Clauses"/><w:lvl w:ilvl="0"><w:lvlText w:val="§ %1"/></w:lvl>
            </w:abstractNum><w:abstractNum w:abstractNumId="2"><w:numStyleLink w:val="Clauses"/>
            </w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="2"/></w:num>
            </w:numbering>"#,
        ))
        .unwrap();
        assert_eq!(numbering.next("7", 0).as_deref(), Some("§ 1"));
        assert_eq!(numbering.next("7", 0).as_deref(), Some("§ 2"));
    }

    #[test]
    fn numbers_are_written_in_words_own_ways() {
        assert_eq!(number_as("lowerLetter", 28), "bb");
        assert_eq!(number_as("upperRoman", 1994), "MCMXCIV");
        assert_eq!(number_as("ordinal", 22), "22nd");
    }
}
