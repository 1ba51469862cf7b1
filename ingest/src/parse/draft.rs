//! A text under construction, for the formats whose text is ours to lay out.

use inhouse_protocol::{Block, BlockKind};

/// Collects blocks into one text, blank lines between them, and keeps their offsets.
#[derive(Default)]
pub(crate) struct Draft {
    text: String,
    chars: usize,
    blocks: Vec<Block>,
}

impl Draft {
    /// Appends a block; blank text is left out. Rows of a table and items of a list follow each
    /// other without a blank line.
    pub(crate) fn push(&mut self, kind: BlockKind, text: &str, page: Option<u32>) {
        let close = matches!(
            (self.blocks.last().map(|b| b.kind), kind),
            (Some(BlockKind::TableRow), BlockKind::TableRow)
                | (Some(BlockKind::ListItem), BlockKind::ListItem)
        );
        self.append(if close { "\n" } else { "\n\n" }, kind, text, page);
    }

    /// Appends a block that goes on in the sentence of the one before, as a paragraph does at a
    /// page's end.
    pub(crate) fn go_on(&mut self, kind: BlockKind, text: &str, page: Option<u32>) {
        self.append(" ", kind, text, page);
    }

    fn append(&mut self, separator: &str, kind: BlockKind, text: &str, page: Option<u32>) {
        let text = match kind {
            BlockKind::Preformatted => text.trim_end().trim_start_matches(['\n', '\r']),
            _ => text.trim(),
        };
        if text.is_empty() {
            return;
        }
        if !self.blocks.is_empty() {
            self.text.push_str(separator);
            self.chars += separator.len();
        }
        let start = self.chars;
        self.text.push_str(text);
        self.chars += text.chars().count();
        self.blocks.push(Block {
            kind,
            start,
            end: self.chars,
            page,
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// How many blocks there are so far.
    pub(crate) fn len(&self) -> usize {
        self.blocks.len()
    }

    /// The block that was appended last.
    pub(crate) fn last(&self) -> Option<&Block> {
        self.blocks.last()
    }

    pub(crate) fn finish(self) -> (String, Vec<Block>) {
        (self.text, self.blocks)
    }
}

/// `text` with each run of blanks as one space, trimmed.
pub(crate) fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}
