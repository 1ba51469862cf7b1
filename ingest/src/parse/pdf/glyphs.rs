//! From characters with positions to lines.

use super::frame::Frame;
use super::raw::{Line, Place, RawPage, Reader, tenth};
use crate::parse::quality::{Tally, is_legible};
use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

/// Characters of one page; more are left out.
const MOST_GLYPHS: usize = 1_000_000;

/// A character where it is drawn; lengths in points, `y` growing upward.
struct Glyph {
    x: f64,
    y: f64,
    advance: f64,
    size: f64,
    /// Quarter turns of the writing direction.
    turn: usize,
    text: String,
}

/// Takes what pdf-extract reads and makes lines of it, page by page.
pub(super) struct Collector<'a> {
    frames: &'a [Frame],
    /// Told of each page as it begins, and of how many there are.
    report: fn(u32, u32),
    page: u32,
    open: bool,
    glyphs: Vec<Glyph>,
    tally: Tally,
    pages: Vec<Read>,
}

/// What was read of a page.
#[derive(Clone, Default)]
struct Read {
    lines: Vec<Line>,
    tally: Tally,
}

impl<'a> Collector<'a> {
    /// A collector for as many pages as there are frames.
    pub(super) fn new(frames: &'a [Frame], report: fn(u32, u32)) -> Self {
        Self {
            frames,
            report,
            page: 0,
            open: false,
            glyphs: Vec::new(),
            tally: Tally::default(),
            pages: vec![Read::default(); frames.len()],
        }
    }

    /// The number of the last page begun, from 1; 0 before the first.
    pub(super) fn pages_begun(&self) -> u32 {
        self.page
    }

    /// Whether the last page has not come to its end.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// All pages in order.
    pub(super) fn finish(mut self) -> Vec<RawPage> {
        self.close();
        self.pages
            .into_iter()
            .zip(self.frames)
            .map(|(read, frame)| {
                RawPage::new(Reader::PdfExtract, frame.size(), read.lines, read.tally)
            })
            .collect()
    }

    fn frame(&self) -> Option<&'a Frame> {
        self.frames.get((self.page as usize).checked_sub(1)?)
    }

    fn close(&mut self) {
        let glyphs = std::mem::take(&mut self.glyphs);
        let tally = std::mem::take(&mut self.tally);
        // A page that is still open has not come to its end.
        let cut_short = std::mem::take(&mut self.open);
        let Some(frame) = self.frame() else { return };
        if let Some(read) = self.pages.get_mut(self.page as usize - 1) {
            read.lines.extend(lines_of(glyphs, frame));
            read.tally.all += tally.all;
            read.tally.bad += tally.bad;
            read.tally.outside += tally.outside;
            read.tally.cut_short |= cut_short;
        }
    }
}

impl OutputDev for Collector<'_> {
    fn begin_page(
        &mut self,
        page: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.close();
        self.page = page;
        self.open = true;
        (self.report)(page, u32::try_from(self.frames.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        self.open = false;
        self.close();
        Ok(())
    }

    fn output_character(
        &mut self,
        trm: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        self.tally.all += 1;
        if text.is_empty() || !text.chars().all(is_legible) {
            self.tally.bad += 1;
        }
        let along = trm.m11.hypot(trm.m12);
        let size = (trm.m21.hypot(trm.m22) * font_size).abs();
        let advance = (width * along * font_size).abs();
        let known = [trm.m31, trm.m32, size, advance]
            .iter()
            .all(|n| n.is_finite());
        if text.is_empty() || !known || self.glyphs.len() >= MOST_GLYPHS {
            return Ok(());
        }
        if self
            .frame()
            .is_some_and(|frame| !frame.shows(trm.m31, trm.m32, size))
        {
            self.tally.outside += 1;
        }
        let sign = if font_size < 0.0 { -1.0 } else { 1.0 };
        let turn = turn(trm.m11 * sign, trm.m12 * sign);
        self.glyphs.push(Glyph {
            x: trm.m31,
            y: trm.m32,
            advance,
            size: size.max(0.1),
            turn,
            text: plain(text),
        });
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}

/// Quarter turns, counter-clockwise, of a writing direction.
fn turn(dx: f64, dy: f64) -> usize {
    if dx.abs() >= dy.abs() {
        if dx >= 0.0 { 0 } else { 2 }
    } else if dy > 0.0 {
        1
    } else {
        3
    }
}

/// Ligatures as letters, odd blanks as blanks, controls away.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{FB00}' => out.push_str("ff"),
            '\u{FB01}' => out.push_str("fi"),
            '\u{FB02}' => out.push_str("fl"),
            '\u{FB03}' => out.push_str("ffi"),
            '\u{FB04}' => out.push_str("ffl"),
            '\u{FB05}' | '\u{FB06}' => out.push_str("st"),
            '\u{F0B7}' | '\u{F0A7}' => out.push('•'),
            c if c.is_whitespace() => out.push(' '),
            '\0' => out.push('\u{FFFD}'),
            c if c.is_control() || matches!(c, '\u{200B}' | '\u{FEFF}') => {}
            c => out.push(c),
        }
    }
    out
}

fn lines_of(glyphs: Vec<Glyph>, frame: &Frame) -> Vec<Line> {
    let mut by_turn: [Vec<Glyph>; 4] = Default::default();
    for glyph in glyphs {
        by_turn[glyph.turn].push(glyph);
    }
    let mut turns = [0, 1, 2, 3];
    turns.sort_by_key(|turn| std::cmp::Reverse(by_turn[*turn].len()));
    let mut lines = Vec::new();
    for turn in turns {
        let glyphs = std::mem::take(&mut by_turn[turn]);
        let mut writer = Writer::default();
        for glyph in glyphs {
            // Into a frame whose x runs with the writing and whose y runs down the page.
            let (x, y) = match turn {
                0 => (glyph.x, -glyph.y),
                1 => (glyph.y, glyph.x),
                2 => (-glyph.x, glyph.y),
                _ => (-glyph.y, -glyph.x),
            };
            writer.write(x, y, &glyph);
        }
        let mut of_turn = in_reading_order(writer.finish());
        for line in &mut of_turn {
            line.place = place(line, turn, frame);
            for length in [&mut line.left, &mut line.right, &mut line.y, &mut line.size] {
                *length = tenth(*length);
            }
        }
        lines.extend(of_turn);
    }
    lines
}

/// Where a line in the frame of its writing stands on the page as it is shown.
fn place(line: &Line, turn: usize, frame: &Frame) -> Place {
    // From the letters' foot, which is where `y` is.
    let (top, bottom) = (line.y - 0.8 * line.size, line.y + 0.22 * line.size);
    let corner = |x: f64, y: f64| match turn {
        0 => frame.shown(x, -y),
        1 => frame.shown(y, x),
        2 => frame.shown(-x, y),
        _ => frame.shown(-y, -x),
    };
    let (ax, ay) = corner(line.left, top);
    let (bx, by) = corner(line.right, bottom);
    Place {
        left: tenth(ax.min(bx)),
        top: tenth(ay.min(by)),
        right: tenth(ax.max(bx)),
        bottom: tenth(ay.max(by)),
    }
}

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    line: Option<Line>,
    last_x: f64,
    last: String,
    blank: bool,
    /// Blank characters since the last other one.
    blanks: u32,
}

impl Writer {
    fn write(&mut self, x: f64, y: f64, glyph: &Glyph) {
        let size = glyph.size;
        let is_blank = glyph.text.trim().is_empty();
        if let Some(line) = &mut self.line {
            let tall = size.max(line.size);
            let gap = x - line.right;
            let same = (y - line.y).abs() < 0.5 * tall && gap > -0.7 * tall;
            // Bold made by drawing a letter twice.
            let doubled = (x - self.last_x).abs() < 0.12 * size
                && (y - line.y).abs() < 0.2 * size
                && self.last == glyph.text;
            if doubled && !is_blank {
                return;
            }
            if same {
                if is_blank {
                    self.blank = true;
                    line.right = line.right.max(x + glyph.advance.min(size));
                    // A run of blanks is a gap between columns.
                    self.blanks += 1;
                    return;
                }
                if gap > 2.5 * size || self.blanks >= 4 {
                    line.text.push('\t');
                } else if self.blank || gap > 0.15 * size {
                    line.text.push(' ');
                }
                self.blanks = 0;
                line.text.push_str(&glyph.text);
                line.right = line.right.max(x + glyph.advance);
                // A line's height is that of most of it, not of a raised note number.
                if line.text.len() < 8 {
                    line.size = tall;
                    line.y = if size >= line.size { y } else { line.y };
                }
                self.after(x, glyph);
                return;
            }
        }
        if is_blank {
            return;
        }
        self.end_line();
        self.line = Some(Line {
            text: glyph.text.clone(),
            left: x,
            right: x + glyph.advance,
            y,
            size,
            place: Place::default(),
        });
        self.blanks = 0;
        self.after(x, glyph);
    }

    fn after(&mut self, x: f64, glyph: &Glyph) {
        self.last_x = x;
        self.last.clone_from(&glyph.text);
        self.blank = false;
    }

    fn end_line(&mut self) {
        self.blank = false;
        let Some(line) = self.line.take() else { return };
        let again = self.lines.last().is_some_and(|before| {
            before.text == line.text
                && (before.left - line.left).abs() < 0.3 * line.size
                && (before.y - line.y).abs() < 0.3 * line.size
        });
        if !again {
            self.lines.push(line);
        }
    }

    fn finish(mut self) -> Vec<Line> {
        self.end_line();
        self.lines
    }
}

/// Lines as drawn, unless they are drawn in no order at all: then from top to bottom.
fn in_reading_order(mut lines: Vec<Line>) -> Vec<Line> {
    let ups = lines
        .windows(2)
        .filter(|pair| pair[1].y < pair[0].y - 1.5 * pair[0].size)
        .count();
    if lines.len() < 6 || ups * 5 <= lines.len() {
        return lines;
    }
    lines.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for line in lines {
        match rows.last_mut() {
            Some(row) if (line.y - row[0].y).abs() < 0.4 * line.size.min(row[0].size) => {
                row.push(line);
            }
            _ => rows.push(vec![line]),
        }
    }
    rows.into_iter()
        .filter_map(|mut row| {
            row.sort_by(|a, b| a.left.total_cmp(&b.left));
            row.into_iter().reduce(|mut line, next| {
                line.append(&next);
                line
            })
        })
        .collect()
}
