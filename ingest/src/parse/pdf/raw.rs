//! Pages as a reader gives them: lines in their places, before any layout.

use crate::parse::Parsed;
use crate::parse::quality::{Quality, Tally};
use serde::{Deserialize, Serialize};

/// What reads a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Reader {
    PdfExtract,
    Poppler,
    Tesseract,
}

impl Reader {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::PdfExtract => "pdf-extract",
            Self::Poppler => "poppler",
            Self::Tesseract => "tesseract",
        }
    }
}

/// A rectangle on the page as it is shown, in points from its upper left corner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// A line of a page. Lengths in points, `x` running with the writing and `y` down from line to
/// line, from anywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    /// A tab stands for a gap between columns.
    pub(crate) text: String,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) y: f64,
    /// Height of the letters.
    pub(crate) size: f64,
    pub(crate) place: Place,
}

impl Line {
    /// A line at `place`, its letters `size` high; one that is much higher than wide is written up
    /// the page, or down it if its last word stands below its first.
    pub(super) fn standing(text: String, place: Place, size: f64, downward: bool) -> Self {
        let (wide, high) = (place.right - place.left, place.bottom - place.top);
        if high > 3.0 * wide && text.chars().nth(3).is_some() {
            let (left, right, y) = if downward {
                (place.top, place.bottom, -place.right)
            } else {
                (-place.bottom, -place.top, place.left)
            };
            return Self {
                text,
                left,
                right,
                y,
                size: wide.max(0.1),
                place,
            };
        }
        Self {
            text,
            left: place.left,
            right: place.right,
            y: f64::midpoint(place.top, place.bottom),
            size,
            place,
        }
    }

    /// Takes in the line that goes on in the same row, to the right.
    pub(super) fn append(&mut self, next: &Self) {
        let gap = next.left - self.right;
        if gap > 2.5 * next.size {
            self.text.push('\t');
        } else if gap > 0.15 * next.size {
            self.text.push(' ');
        }
        self.text.push_str(&next.text);
        self.right = self.right.max(next.right);
        self.size = self.size.max(next.size);
        self.place = Place {
            left: self.place.left.min(next.place.left),
            top: self.place.top.min(next.place.top),
            right: self.place.right.max(next.place.right),
            bottom: self.place.bottom.max(next.place.bottom),
        };
    }

    /// Whether `next` stands in the same row, to the right.
    pub(super) fn goes_on_with(&self, next: &Self) -> bool {
        (next.y - self.y).abs() < 0.3 * self.size.min(next.size) && next.left > self.right
    }
}

/// A page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RawPage {
    pub(crate) reader: Reader,
    /// As it is shown, in points; 0 where it isn't known.
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The number that the file gives it.
    pub(crate) label: Option<String>,
    /// Whether there are pictures on it that a page of text could be a picture in.
    pub(crate) has_picture: bool,
    /// Whether nothing is drawn on it.
    pub(crate) is_blank: bool,
    pub(crate) quality: Quality,
    pub(crate) lines: Vec<Line>,
}

impl RawPage {
    /// A page of these lines, nothing else being known of it.
    pub(super) fn new(
        reader: Reader,
        (width, height): (f64, f64),
        lines: Vec<Line>,
        tally: Tally,
    ) -> Self {
        Self {
            reader,
            width,
            height,
            label: None,
            has_picture: false,
            is_blank: false,
            quality: Quality::of(lines.iter().map(|line| line.text.as_str()), tally),
            lines,
        }
    }

    /// A page that nothing was read of.
    pub(crate) fn blank(reader: Reader) -> Self {
        Self::new(reader, (0.0, 0.0), Vec::new(), Tally::default())
    }

    /// A page without positions: a row a line, half a letter's height a character.
    #[cfg(test)]
    #[expect(clippy::cast_precision_loss, reason = "positions of lines, not counts")]
    pub(super) fn of_plain_text(text: &str) -> Self {
        let lines = text
            .lines()
            .enumerate()
            .filter(|(_, text)| !text.trim().is_empty())
            .map(|(row, text)| {
                let body = text.trim();
                let left = (text.len() - text.trim_start().len()) as f64 * 5.0;
                let place = Place {
                    left,
                    top: row as f64 * 12.0,
                    right: left + body.chars().count() as f64 * 5.0,
                    bottom: row as f64 * 12.0 + 10.0,
                };
                Line::standing(body.to_owned(), place, 10.0, false)
            })
            .collect();
        Self::new(Reader::Poppler, (600.0, 800.0), lines, Tally::default())
    }

    /// Width and height as it is shown, in whole points.
    pub(crate) fn points(&self) -> (u32, u32) {
        (points(self.width), points(self.height))
    }

    /// Whether no other reader need look at it.
    pub(crate) fn is_good(&self) -> bool {
        self.is_blank || self.quality.is_good(self.has_picture)
    }

    /// Whether this reading is better than `other` of the same page: plainly more of it, or about
    /// as much where only this one is good.
    pub(crate) fn improves(&self, other: &Self, margin: f32) -> bool {
        let is_good = self.quality.is_good(other.has_picture);
        let margin = if is_good && !other.is_good() {
            0.9
        } else {
            margin
        };
        self.quality.beats(&other.quality, margin)
    }

    /// Takes over another reading's lines, and its measures where this one has none.
    pub(crate) fn take(&mut self, other: Self) {
        self.reader = other.reader;
        self.quality = other.quality;
        self.lines = other.lines;
        if self.width <= 0.0 || self.height <= 0.0 {
            (self.width, self.height) = (other.width, other.height);
        }
    }
}

/// All pages of a file, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct RawDocument {
    pub(crate) title: Option<String>,
    pub(crate) pages: Vec<RawPage>,
}

/// What the first look at a PDF gives.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum PdfReading {
    /// Every page was read well.
    Whole(Box<Parsed>),
    /// Some were not.
    Pages(RawDocument),
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between 0 and a million"
)]
fn points(length: f64) -> u32 {
    length.round().clamp(0.0, 1e6) as u32
}

/// A length as it is sent, to the tenth of a point.
pub(super) fn tenth(length: f64) -> f64 {
    if length.is_finite() {
        (length.clamp(-1e6, 1e6) * 10.0).round() / 10.0
    } else {
        0.0
    }
}
