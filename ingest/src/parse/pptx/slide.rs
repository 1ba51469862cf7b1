//! The walk through a slide: shapes with their paragraphs, and tables.

use super::super::docx::archive::Part;
use super::super::docx::numbering::number_as;
use super::super::docx::xml::{Element, Node, walk};
use super::super::draft::squeeze;
use crate::failure::ParseFailure;
use inhouse_protocol::BlockKind;

const LEVELS: usize = 9;

/// What a slide says.
#[derive(Default)]
pub(super) struct Slide {
    pub(super) blocks: Vec<(BlockKind, String)>,
    pub(super) titled: bool,
    pub(super) hidden: bool,
}

impl Slide {
    pub(super) fn read(part: &Part) -> Result<Self, ParseFailure> {
        let mut walking = Walk::default();
        walk(part, |node| walking.step(node))?;
        Ok(walking.slide)
    }

    /// Appends the text of the page of notes that belongs to the slide.
    pub(super) fn notes(&mut self, notes: &Self) {
        let lines: Vec<&str> = notes.blocks.iter().map(|(_, text)| text.as_str()).collect();
        if !lines.is_empty() {
            let text = format!("Notes: {}", lines.join(" "));
            self.blocks.push((BlockKind::Footnote, text));
        }
    }
}

/// The lines of a diagram.
pub(super) fn diagram(part: &Part) -> Result<Vec<(BlockKind, String)>, ParseFailure> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut in_text = false;
    walk(part, |node| match node {
        Node::Open(element) => in_text = element.name == "t",
        Node::Text(words) if in_text => line.push_str(&words),
        Node::Text(_) => {}
        Node::Close(name) => {
            // A run's text, and the point of the diagram that holds it, are both called 't'.
            in_text = false;
            if name == "p" {
                let words = squeeze(&std::mem::take(&mut line));
                if !words.is_empty() {
                    lines.push((BlockKind::ListItem, format!("• {words}")));
                }
            }
        }
    })?;
    Ok(lines)
}

/// What a shape is for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// A text box.
    #[default]
    Free,
    Title {
        /// Of the whole presentation or of a part of it.
        centred: bool,
    },
    Subtitle,
    /// A list, unless it has one paragraph only.
    Body,
    /// Date, number, running head: said on each slide.
    Running,
}

#[derive(Default)]
struct Paragraph {
    text: String,
    level: usize,
    bullet: Option<bool>,
    /// The format of its number, and where the counting starts.
    number: Option<(String, u32)>,
}

#[derive(Default)]
struct Walk {
    slide: Slide,
    role: Role,
    paragraphs: Vec<Paragraph>,
    open: Option<Paragraph>,
    rows: Vec<Vec<String>>,
    cell: Option<String>,
    in_text: bool,
    skipped: usize,
}

impl Walk {
    fn step(&mut self, node: Node) {
        match node {
            Node::Open(_) if self.skipped > 0 => self.skipped += 1,
            Node::Close(_) if self.skipped > 0 => self.skipped -= 1,
            Node::Text(_) if self.skipped > 0 => {}
            Node::Open(element) => self.open(&element),
            Node::Close(name) => self.close(&name),
            Node::Text(words) => {
                if let (true, Some(paragraph)) = (self.in_text, &mut self.open) {
                    paragraph.text.push_str(&words);
                }
            }
        }
    }

    fn open(&mut self, element: &Element) {
        match element.name.as_str() {
            // The second form of what newer programs draw otherwise, and fields that say which
            // slide or day it is.
            "Fallback" => self.skipped = 1,
            "fld" if element.attribute("type").is_some_and(is_running) => self.skipped = 1,
            "sld" => {
                let show = element.attribute("show");
                self.slide.hidden = matches!(show, Some("0" | "false"));
            }
            "sp" => {
                self.role = Role::Free;
                self.paragraphs.clear();
            }
            "ph" => self.role = role(element.attribute("type")),
            "p" => self.open = Some(Paragraph::default()),
            "t" => self.in_text = true,
            "br" => self.write("\n"),
            "tr" => self.rows.push(Vec::new()),
            "tc" => self.cell = Some(String::new()),
            name => {
                let Some(paragraph) = &mut self.open else {
                    return;
                };
                let text = |name| element.attribute(name);
                match name {
                    "pPr" => {
                        let level = text("lvl").and_then(|l| l.parse().ok());
                        paragraph.level = level.unwrap_or(0).min(LEVELS - 1);
                    }
                    "buNone" => paragraph.bullet = Some(false),
                    "buChar" | "buBlip" => paragraph.bullet = Some(true),
                    "buAutoNum" => {
                        let start = text("startAt").and_then(|n| n.parse().ok());
                        let format = text("type").unwrap_or_default().to_owned();
                        paragraph.number = Some((format, start.unwrap_or(1)));
                    }
                    _ => {}
                }
            }
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" => {
                let Some(paragraph) = self.open.take() else {
                    return;
                };
                match &mut self.cell {
                    Some(cell) => {
                        cell.push_str(&paragraph.text);
                        cell.push(' ');
                    }
                    None => self.paragraphs.push(paragraph),
                }
            }
            "tc" => {
                let cell = squeeze(&self.cell.take().unwrap_or_default());
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            "tr" => {
                let row = self.rows.pop().unwrap_or_default();
                if row.iter().any(|cell| !cell.is_empty()) {
                    let row = row.join(" | ");
                    self.slide.blocks.push((BlockKind::TableRow, row));
                }
            }
            "txBody" if self.cell.is_none() => self.end_shape(),
            _ => {}
        }
    }

    fn write(&mut self, words: &str) {
        if let Some(paragraph) = &mut self.open {
            paragraph.text.push_str(words);
        }
    }

    fn end_shape(&mut self) {
        let paragraphs = std::mem::take(&mut self.paragraphs);
        let filled = paragraphs
            .iter()
            .filter(|paragraph| !paragraph.text.trim().is_empty());
        match self.role {
            Role::Running => {}
            Role::Title { centred } => {
                let lines: Vec<String> = filled.map(|p| squeeze(&p.text)).collect();
                if !lines.is_empty() {
                    let level = if centred { 1 } else { 2 };
                    let heading = BlockKind::Heading { level };
                    self.slide.blocks.push((heading, lines.join(" ")));
                    self.slide.titled = true;
                }
            }
            role => {
                let listed = role == Role::Body && filled.count() > 1;
                self.push_lines(&paragraphs, listed);
            }
        }
    }

    fn push_lines(&mut self, paragraphs: &[Paragraph], listed: bool) {
        let mut counters = [None; LEVELS];
        for paragraph in paragraphs {
            let words = squeeze(&paragraph.text);
            if words.is_empty() {
                continue;
            }
            let level = paragraph.level;
            for deeper in &mut counters[level + 1..] {
                *deeper = None;
            }
            let block = if let Some((format, start)) = &paragraph.number {
                let number = counters[level].map_or(*start, |n: u32| n.saturating_add(1));
                counters[level] = Some(number);
                let text = format!("{} {words}", numbered(format, number));
                (BlockKind::ListItem, text)
            } else if paragraph.bullet.unwrap_or(listed) {
                let mark = if level == 0 { "•" } else { "–" };
                (BlockKind::ListItem, format!("{mark} {words}"))
            } else {
                (BlockKind::Paragraph, words)
            };
            self.slide.blocks.push(block);
        }
    }
}

fn is_running(field: &str) -> bool {
    field == "slidenum" || field.starts_with("datetime")
}

fn role(kind: Option<&str>) -> Role {
    match kind {
        Some("title") => Role::Title { centred: false },
        Some("ctrTitle") => Role::Title { centred: true },
        Some("subTitle") => Role::Subtitle,
        Some("dt" | "ftr" | "hdr" | "sldNum" | "sldImg") => Role::Running,
        _ => Role::Body,
    }
}

/// A number in one of PowerPoint's formats, such as `arabicPeriod` or `alphaLcParenBoth`.
fn numbered(format: &str, number: u32) -> String {
    let (family, marks) = ["ParenBoth", "ParenR", "Period", "Plain"]
        .into_iter()
        .find_map(|marks| Some((format.strip_suffix(marks)?, marks)))
        .unwrap_or((format, "Period"));
    let number = match family {
        "alphaLc" => number_as("lowerLetter", number),
        "alphaUc" => number_as("upperLetter", number),
        "romanLc" => number_as("lowerRoman", number),
        "romanUc" => number_as("upperRoman", number),
        _ => number.to_string(),
    };
    match marks {
        "ParenBoth" => format!("({number})"),
        "ParenR" => format!("{number})"),
        "Plain" => number,
        _ => format!("{number}."),
    }
}
