//! The walk through an RTF file, group by group.

use super::letters::Letters;
use super::paragraphs::{Frame, Properties, Purpose, Read};
use super::tokens::Token;
use crate::failure::ParseFailure;

/// Groups inside groups. Word's own files stay below 30.
const MOST_DEPTH: usize = 500;

/// What becomes of text in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    /// It is collected.
    Kept,
    /// It is dropped; groups inside may be kept.
    Ignored,
    /// It is dropped with all groups inside.
    Skipped,
    FontTable,
    StyleSheet,
}

/// Whether text is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    Shown,
    Hidden,
    Deleted,
}

/// What holds inside a group and ends with it.
#[derive(Clone)]
struct Group {
    text: Text,
    /// The group has a frame of its own.
    framed: bool,
    sight: Sight,
    font: Option<i32>,
    /// Bytes that stand in for a Unicode character.
    stand_ins: usize,
    /// The group begins with `\*`: what isn't known is skipped.
    optional: bool,
    /// Of a style that is being read.
    style: i32,
    outline: Option<i32>,
    properties: Properties,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            text: Text::Kept,
            framed: false,
            sight: Sight::Shown,
            font: None,
            stand_ins: 1,
            optional: false,
            style: 0,
            outline: None,
            properties: Properties::default(),
        }
    }
}

/// Reads token by token.
pub(super) struct Reader {
    group: Group,
    outer: Vec<Group>,
    frames: Vec<Frame>,
    letters: Letters,
    read: Read,
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            group: Group::default(),
            outer: Vec::new(),
            frames: vec![Frame::new(Purpose::Body)],
            letters: Letters::default(),
            read: Read::default(),
        }
    }
}

impl Reader {
    pub(super) fn step(&mut self, token: Token<'_>) -> Result<(), ParseFailure> {
        if let Token::Byte(byte) = token {
            self.letters.byte(byte);
            return Ok(());
        }
        self.flush();
        match token {
            Token::Open => {
                self.letters.skip = 0;
                if self.outer.len() >= MOST_DEPTH {
                    return Err(ParseFailure::depth("RTF groups"));
                }
                let mut inner = self.group.clone();
                inner.framed = false;
                inner.optional = false;
                self.outer.push(std::mem::replace(&mut self.group, inner));
                if self.group.text == Text::StyleSheet {
                    self.group.style = 0;
                    self.group.outline = None;
                    self.begin(Purpose::Style);
                }
            }
            Token::Close => {
                self.letters.skip = 0;
                self.close_group();
            }
            Token::Symbol(_) if self.letters.skip > 0 => self.letters.skip -= 1,
            Token::Symbol(symbol) => self.symbol(symbol),
            Token::Word(word, number) => {
                // A word may stand in for a character too; more often none is there.
                self.letters.skip = 0;
                self.word(word, number);
            }
            Token::Byte(_) => {}
        }
        Ok(())
    }

    /// What was read; groups that are open are taken as closed.
    pub(super) fn finish(mut self) -> Read {
        self.flush();
        while !self.outer.is_empty() {
            self.close_group();
        }
        self.end_paragraph();
        self.read.end_table();
        self.read
    }

    fn close_group(&mut self) {
        let Some(outer) = self.outer.pop() else {
            return;
        };
        let group = std::mem::replace(&mut self.group, outer);
        if !group.framed {
            return;
        }
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        match frame.purpose {
            Purpose::Style => self.read.add_style(group.style, group.outline, &frame.text),
            Purpose::Body => {
                self.read.end_paragraph(&mut frame, &group.properties);
            }
            _ => {}
        }
        if let Some(outer) = self.frames.last_mut() {
            self.read.close(frame, outer);
        }
    }

    /// Begins a text of its own that ends with the group.
    fn begin(&mut self, purpose: Purpose) {
        if !self.group.framed {
            self.group.framed = true;
            self.frames.push(Frame::new(purpose));
        }
        if self.group.text != Text::StyleSheet {
            self.group.text = Text::Kept;
        }
    }

    fn flush(&mut self) {
        let words = self.letters.flush(self.group.font);
        self.write(&words);
    }

    fn write(&mut self, words: &str) {
        let kept = match self.group.text {
            Text::Kept => true,
            Text::StyleSheet => self.group.framed,
            Text::Ignored | Text::Skipped | Text::FontTable => false,
        };
        if !kept || words.is_empty() {
            return;
        }
        match self.group.sight {
            Sight::Deleted => {}
            Sight::Hidden => self.read.hidden_text |= !words.trim().is_empty(),
            Sight::Shown => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.text.push_str(words);
                }
            }
        }
    }

    fn symbol(&mut self, symbol: u8) {
        match symbol {
            b'*' => self.group.optional = true,
            b'~' => self.write("\u{a0}"),
            b'_' => self.write("-"),
            b'\\' | b'{' | b'}' => self.write(char::from(symbol).encode_utf8(&mut [0; 4])),
            b'\r' | b'\n' => self.end_paragraph(),
            b'\t' => self.write("\t"),
            _ => {}
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        if self.group.text == Text::Skipped {
            return;
        }
        let optional = std::mem::take(&mut self.group.optional);
        if self.destination(word) || self.property(word, number) || self.character(word, number) {
            return;
        }
        if optional {
            self.group.text = Text::Skipped;
        }
    }

    /// Words that say what the group is for.
    fn destination(&mut self, word: &str) -> bool {
        match word {
            "fonttbl" => self.group.text = Text::FontTable,
            "stylesheet" => self.group.text = Text::StyleSheet,
            "info" | "shpinst" | "pntext" | "listtext" | "object" | "upr" | "ud" | "result" => {
                match word {
                    "info" | "shpinst" => self.group.text = Text::Ignored,
                    "pntext" | "listtext" => self.begin(Purpose::Label),
                    // What an object shows, and the Unicode form of text, are text.
                    _ => {}
                }
            }
            "title" if self.group.text == Text::Ignored => self.begin(Purpose::Title),
            "shptxt" => self.begin(Purpose::Body),
            "footnote" => self.begin(Purpose::Note { endnote: false }),
            "ftnalt" => {
                if let Some(frame) = self.frames.last_mut()
                    && matches!(frame.purpose, Purpose::Note { .. })
                {
                    frame.purpose = Purpose::Note { endnote: true };
                }
            }
            "annotation" => self.begin(Purpose::Comment),
            "atnauthor" => self.begin(Purpose::CommentAuthor),
            "header" | "headerl" | "headerr" | "headerf" => self.begin(Purpose::Header),
            "footer" | "footerl" | "footerr" | "footerf" => self.begin(Purpose::Footer),
            "colortbl" | "pict" | "objdata" | "fldinst" | "sp" | "shprslt" | "listtable"
            | "listoverridetable" | "revtbl" | "rsidtbl" | "generator" | "themedata"
            | "colorschememapping" | "datastore" | "latentstyles" | "xmlnstbl" | "filetbl"
            | "nonesttables" | "nesttableprops" | "bkmkstart" | "bkmkend" | "xe" | "tc"
            | "author" | "operator" | "company" | "subject" | "keywords" | "doccomm" | "atnid"
            | "atnref" | "atndate" | "atntime" | "ftnsep" | "ftnsepc" | "aftnsep" | "aftnsepc"
            | "pnseclvl" | "background" | "template" | "falt" | "panose" | "mmathPr" => {
                self.group.text = Text::Skipped;
            }
            _ => return false,
        }
        true
    }

    /// Words that set how text is read.
    fn property(&mut self, word: &str, number: Option<i32>) -> bool {
        let on = number != Some(0);
        match word {
            "ansicpg" => self.letters.set_code_page(number.unwrap_or_default()),
            "mac" => self.letters.set_code_page(10_000),
            "uc" => {
                let count = number.and_then(|n| usize::try_from(n).ok());
                self.group.stand_ins = count.unwrap_or(1).min(64);
            }
            "f" => self.group.font = number,
            "fcharset" => {
                if let (Text::FontTable, Some(font)) = (self.group.text, self.group.font) {
                    self.letters.set_font(font, number.unwrap_or_default());
                }
            }
            "plain" => {
                self.group.sight = Sight::Shown;
                self.group.font = None;
            }
            "v" => self.show(Sight::Hidden, on),
            "deleted" => {
                self.show(Sight::Deleted, on);
                self.read.tracked_changes |= on;
            }
            "revised" => self.read.tracked_changes |= on,
            "pard" => self.group.properties = Properties::default(),
            "s" if self.group.text == Text::StyleSheet => {
                self.group.style = number.unwrap_or_default();
            }
            "s" => self.group.properties.style = number.unwrap_or_default(),
            "outlinelevel" if self.group.text == Text::StyleSheet => self.group.outline = number,
            "outlinelevel" => self.group.properties.outline = number,
            "intbl" => self.group.properties.in_table = on,
            _ => return false,
        }
        true
    }

    /// Begins or ends what is hidden or deleted; what is both is deleted.
    fn show(&mut self, not: Sight, begins: bool) {
        if begins && self.group.sight != Sight::Deleted {
            self.group.sight = not;
        } else if !begins && self.group.sight == not {
            self.group.sight = Sight::Shown;
        }
    }

    /// Words that stand for characters and ends.
    fn character(&mut self, word: &str, number: Option<i32>) -> bool {
        let text = match word {
            "u" => {
                let unit = self.letters.unit(number.unwrap_or_default());
                self.letters.skip = self.group.stand_ins;
                if let Some(c) = unit {
                    self.write(c.encode_utf8(&mut [0; 4]));
                }
                return true;
            }
            "par" | "sect" => {
                self.end_paragraph();
                return true;
            }
            "cell" | "row" => {
                self.end_cell_or_row(word == "row");
                return true;
            }
            "line" | "page" | "column" | "softline" => "\n",
            "tab" | "nestcell" | "nestrow" => "\t",
            "emdash" => "—",
            "endash" => "–",
            "lquote" => "‘",
            "rquote" => "’",
            "ldblquote" => "“",
            "rdblquote" => "”",
            "bullet" => "•",
            "emspace" | "enspace" | "qmspace" => " ",
            _ => return false,
        };
        self.write(text);
        true
    }

    fn end_paragraph(&mut self) {
        // A paragraph whose end is deleted goes on in the next one.
        if self.group.text != Text::Kept || self.group.sight == Sight::Deleted {
            return;
        }
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        if frame.purpose == Purpose::Body {
            self.read.end_paragraph(frame, &self.group.properties);
        } else {
            frame.text.push(' ');
        }
    }

    fn end_cell_or_row(&mut self, row: bool) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        match (frame.purpose, row) {
            (Purpose::Body, false) => self.read.end_cell(frame),
            (Purpose::Body, true) => self.read.end_row(),
            _ => frame.text.push(' '),
        }
    }
}
