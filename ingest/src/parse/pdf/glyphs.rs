//! From characters with positions to lines.

use super::layout::Line;
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
#[derive(Default)]
pub(super) struct Collector {
    page: u32,
    open: bool,
    glyphs: Vec<Glyph>,
    pages: Vec<(u32, Vec<Line>)>,
    good: u64,
    all: u64,
}

impl Collector {
    /// The number of the last page begun, from 1; 0 before the first.
    pub(super) fn pages_begun(&self) -> u32 {
        self.page
    }

    /// Whether the last page has not come to its end.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Share of the characters that have a meaning.
    pub(super) fn legible(&self) -> f32 {
        super::share(self.good, self.all)
    }

    /// The lines of each of `count` pages.
    pub(super) fn finish(mut self, count: usize) -> Vec<Vec<Line>> {
        self.close();
        let mut pages = Vec::new();
        pages.resize_with(count, Vec::new);
        for (number, lines) in self.pages {
            if let Some(page) = pages.get_mut((number as usize).saturating_sub(1)) {
                page.extend(lines);
            }
        }
        pages
    }

    fn close(&mut self) {
        let glyphs = std::mem::take(&mut self.glyphs);
        if !glyphs.is_empty() {
            self.pages.push((self.page, lines_of(glyphs)));
        }
        self.open = false;
    }
}

impl OutputDev for Collector {
    fn begin_page(
        &mut self,
        page: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.close();
        self.page = page;
        self.open = true;
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
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
        self.all += 1;
        if !text.is_empty() && text.chars().all(is_legible) {
            self.good += 1;
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

/// Whether a character means something outside its font.
pub(super) fn is_legible(c: char) -> bool {
    !matches!(c, '\u{FFFD}' | '\u{E000}'..='\u{F8FF}')
        && (!c.is_control() || matches!(c, '\t' | '\n' | '\r'))
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
fn plain(text: &str) -> String {
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

fn lines_of(glyphs: Vec<Glyph>) -> Vec<Line> {
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
        lines.extend(in_reading_order(writer.finish()));
    }
    lines
}

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    line: Option<Line>,
    last_x: f64,
    last: String,
    blank: bool,
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
                    line.blanks += 1;
                    return;
                }
                if gap > 2.5 * size || line.blanks >= 4 {
                    line.text.push('\t');
                } else if self.blank || gap > 0.15 * size {
                    line.text.push(' ');
                }
                line.blanks = 0;
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
            blanks: 0,
        });
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
                let gap = next.left - line.right;
                if gap > 2.5 * next.size {
                    line.text.push('\t');
                } else if gap > 0.15 * next.size {
                    line.text.push(' ');
                }
                line.text.push_str(&next.text);
                line.right = line.right.max(next.right);
                line.size = line.size.max(next.size);
                line
            })
        })
        .collect()
}
