//! Markdown: the text stays the file's own, character for character; CommonMark gives the blocks.

use super::{Offsets, Parsed, text, tidy};
use crate::failure::ParseFailure;
use inhouse_protocol::{Block, BlockKind};
use pulldown_cmark::{Event, HeadingLevel, MetadataBlockKind, Options, Parser, Tag, TagEnd};
use std::ops::Range;

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let source = text::decode(bytes).into_owned();
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut walk = Walk::default();
    for (event, range) in Parser::new_ext(&source, options).into_offset_iter() {
        walk.step(&event, range);
    }
    walk.close();
    let offsets = Offsets::new(&source);
    let mut blocks: Vec<Block> = Vec::with_capacity(walk.blocks.len());
    for (kind, range) in walk.blocks {
        let raw = &source[range.clone()];
        let start = range.start + raw.len() - raw.trim_start().len();
        let end = range.start + raw.trim_end().len();
        if start < end {
            blocks.push(Block {
                kind,
                start: offsets.chars_before(start),
                end: offsets.chars_before(end),
                page: None,
            });
        }
    }
    let title = walk.title.or(walk.first_heading);
    Parsed::new("markdown", title, source, blocks)
}

#[derive(Default)]
struct Walk {
    blocks: Vec<(BlockKind, Range<usize>)>,
    /// The block whose inline content is being read.
    open: Option<(BlockKind, Range<usize>)>,
    /// Where the list item starts whose first block is still to come.
    item: Option<usize>,
    items: usize,
    in_footnote: bool,
    in_metadata: bool,
    in_row: bool,
    title: Option<String>,
    first_heading: Option<String>,
    heading_text: Option<String>,
}

impl Walk {
    fn step(&mut self, event: &Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(*tag),
            Event::Text(words) if self.in_metadata => self.read_title(words),
            Event::Rule => self.close(),
            Event::Html(_) => self.touch(BlockKind::Paragraph, range),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut self.heading_text {
                    heading.push_str(words);
                }
                self.inline(range);
            }
            _ => self.inline(range),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.close();
                let kind = self.leaf();
                let start = self.item.take().unwrap_or(range.start);
                self.open = Some((kind, start..range.end));
            }
            Tag::Heading { level, .. } => {
                self.close();
                self.item = None;
                // The inline content alone: without '##' or the line under it.
                let level = level_number(*level);
                self.open = Some((BlockKind::Heading { level }, range.start..range.start));
                self.heading_text = Some(String::new());
            }
            Tag::CodeBlock(_) => {
                self.close();
                self.item = None;
                self.open = Some((BlockKind::Preformatted, range));
            }
            Tag::Item => {
                self.close();
                self.items += 1;
                self.item = Some(range.start);
            }
            Tag::TableHead | Tag::TableRow => {
                self.close();
                self.in_row = true;
                self.open = Some((BlockKind::TableRow, range));
            }
            Tag::MetadataBlock(MetadataBlockKind::YamlStyle) => {
                self.close();
                self.in_metadata = true;
            }
            Tag::FootnoteDefinition(_) => {
                self.close();
                self.in_footnote = true;
                // With its number.
                self.item = Some(range.start);
            }
            Tag::HtmlBlock | Tag::List(_) | Tag::BlockQuote(_) | Tag::Table(_) => self.close(),
            Tag::TableCell => {}
            _ => self.inline(range),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                let heading = self.heading_text.take().unwrap_or_default();
                if self.first_heading.is_none() && !heading.trim().is_empty() {
                    self.first_heading = Some(heading);
                }
                self.close();
            }
            TagEnd::Item => {
                self.close();
                self.items = self.items.saturating_sub(1);
                self.item = None;
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                self.in_row = false;
                self.close();
            }
            TagEnd::FootnoteDefinition => {
                self.close();
                self.in_footnote = false;
                self.item = None;
            }
            TagEnd::MetadataBlock(_) => self.in_metadata = false,
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::HtmlBlock => self.close(),
            _ => {}
        }
    }

    /// Inline content: inside the open block, or the text of a tight list item.
    fn inline(&mut self, range: Range<usize>) {
        let kind = self.leaf();
        self.touch(kind, range);
    }

    fn touch(&mut self, kind: BlockKind, range: Range<usize>) {
        if let Some((BlockKind::Heading { .. }, open)) = &mut self.open {
            if open.start == open.end {
                *open = range;
            } else {
                open.end = open.end.max(range.end);
            }
        } else if let Some((_, open)) = &mut self.open {
            if !self.in_row {
                open.end = open.end.max(range.end);
            }
        } else {
            let start = self.item.take().unwrap_or(range.start);
            self.open = Some((kind, start..range.end));
        }
    }

    fn leaf(&self) -> BlockKind {
        if self.in_footnote {
            BlockKind::Footnote
        } else if self.items > 0 {
            BlockKind::ListItem
        } else {
            BlockKind::Paragraph
        }
    }

    fn close(&mut self) {
        if let Some(block) = self.open.take() {
            self.blocks.push(block);
        }
    }

    /// `title: …` of the front matter.
    fn read_title(&mut self, front_matter: &str) {
        let title = front_matter
            .lines()
            .find_map(|line| line.strip_prefix("title:"));
        if let Some(title) = title {
            let title = title.trim();
            let bare = ['"', '\'']
                .into_iter()
                .find_map(|q| title.strip_prefix(q)?.strip_suffix(q))
                .unwrap_or(title);
            let title = tidy(bare);
            if !title.is_empty() {
                self.title = Some(title);
            }
        }
    }
}

fn level_number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> (Option<String>, Vec<(BlockKind, String)>) {
        let parsed = parse(source.as_bytes()).unwrap();
        assert_eq!(parsed.text, source);
        let chars: Vec<char> = source.chars().collect();
        let blocks = parsed
            .blocks
            .iter()
            .map(|b| (b.kind, chars[b.start..b.end].iter().collect()))
            .collect();
        (parsed.title, blocks)
    }

    #[test]
    fn blocks_point_into_the_raw_file() {
        let (title, blocks) = read(
            "---\ntitle: \"Privacy – short\"\nlayout: x\n---\n\n## What we *collect*\n\nWe collect \
             names\nand mails.\n\n- first **item**\n- second\n  - nested\n\n1. loose\n\n   more\n\n\
             | a | b |\n|---|---|\n| ä | 2 |\n\n```\ncode\n```\n",
        );
        assert_eq!(title.as_deref(), Some("Privacy – short"));
        assert_eq!(
            blocks,
            [
                (
                    BlockKind::Heading { level: 2 },
                    "What we *collect*".to_owned()
                ),
                (
                    BlockKind::Paragraph,
                    "We collect names\nand mails.".to_owned()
                ),
                (BlockKind::ListItem, "- first **item**".to_owned()),
                (BlockKind::ListItem, "- second".to_owned()),
                (BlockKind::ListItem, "- nested".to_owned()),
                (BlockKind::ListItem, "1. loose".to_owned()),
                (BlockKind::ListItem, "more".to_owned()),
                (BlockKind::TableRow, "| a | b |".to_owned()),
                (BlockKind::TableRow, "| ä | 2 |".to_owned()),
                (BlockKind::Preformatted, "```\ncode\n```".to_owned()),
            ]
        );
    }

    #[test]
    fn footnotes_keep_their_numbers() {
        let (_, blocks) = read("Cars may be lent.[^1]\n\n[^1]: Not on Sundays.\n\nThe end.\n");
        assert_eq!(
            blocks,
            [
                (BlockKind::Paragraph, "Cars may be lent.[^1]".to_owned()),
                (BlockKind::Footnote, "[^1]: Not on Sundays.".to_owned()),
                (BlockKind::Paragraph, "The end.".to_owned()),
            ]
        );
    }

    #[test]
    fn without_front_matter_the_first_heading_is_the_title() {
        let (title, blocks) = read("Terms of `use`\n==============\n\nText.");
        assert_eq!(title.as_deref(), Some("Terms of use"));
        assert_eq!(blocks[0].1, "Terms of `use`");
    }
}
