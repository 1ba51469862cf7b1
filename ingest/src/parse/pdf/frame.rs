//! A page's frame: how the coordinates that a PDF draws in lie on the page as it is shown.

use pdf_extract::{Dictionary, Document, Object};

/// What a page without a size of its own has: US Letter.
const LETTER: [f64; 4] = [0.0, 0.0, 612.0, 792.0];
/// How far up the tree of pages an inherited entry is looked for.
const MOST_ANCESTORS: usize = 32;

/// The part of a page that is shown, in its own coordinates (points, `y` growing upward), and how
/// it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    left: f64,
    bottom: f64,
    right: f64,
    top: f64,
    /// Quarter turns clockwise.
    turns: i64,
}

impl Frame {
    pub(super) fn of(document: &Document, page: &Dictionary) -> Self {
        let media = rectangle(document, page, b"MediaBox").unwrap_or(LETTER);
        let crop = rectangle(document, page, b"CropBox").unwrap_or(media);
        let shown = [
            crop[0].max(media[0]),
            crop[1].max(media[1]),
            crop[2].min(media[2]),
            crop[3].min(media[3]),
        ];
        let [left, bottom, right, top] = if shown[0] < shown[2] && shown[1] < shown[3] {
            shown
        } else {
            media
        };
        let turns = inherited(document, page, b"Rotate")
            .and_then(|angle| angle.as_i64().ok())
            .map_or(0, |angle| angle.rem_euclid(360) / 90);
        Self {
            left,
            bottom,
            right,
            top,
            turns,
        }
    }

    /// Width and height as it is shown.
    pub(super) fn size(&self) -> (f64, f64) {
        let (width, height) = (self.right - self.left, self.top - self.bottom);
        if self.turns % 2 == 0 {
            (width, height)
        } else {
            (height, width)
        }
    }

    /// A point from the shown page's upper left corner, `y` growing downward.
    pub(super) fn shown(&self, x: f64, y: f64) -> (f64, f64) {
        match self.turns {
            1 => (y - self.bottom, x - self.left),
            2 => (self.right - x, y - self.bottom),
            3 => (self.top - y, self.right - x),
            _ => (x - self.left, self.top - y),
        }
    }

    /// Whether a character `size` high that is drawn there can be seen.
    pub(super) fn shows(&self, x: f64, y: f64, size: f64) -> bool {
        x > self.left - size
            && x < self.right + size
            && y > self.bottom - size
            && y < self.top + size
    }
}

/// A page's entry, or that of the nodes above it.
pub(super) fn inherited<'a>(
    document: &'a Document,
    page: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..MOST_ANCESTORS {
        if let Ok(value) = node.get_deref(key, document) {
            return Some(value);
        }
        node = node.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

/// Left, bottom, right, top.
fn rectangle(document: &Document, page: &Dictionary, key: &[u8]) -> Option<[f64; 4]> {
    let corners = inherited(document, page, key)?.as_array().ok()?;
    let mut numbers = corners.iter().map_while(|corner| {
        let (_, corner) = document.dereference(corner).ok()?;
        corner.as_float().ok().map(f64::from)
    });
    let mut next = || numbers.next().filter(|n| n.is_finite());
    let [a, b, c, d] = [next()?, next()?, next()?, next()?];
    let (left, right) = (a.min(c), a.max(c));
    let (bottom, top) = (b.min(d), b.max(d));
    (right > left && top > bottom).then_some([left, bottom, right, top])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turned_page_is_seen_upright() {
        let frame = |turns| Frame {
            left: 10.0,
            bottom: 20.0,
            right: 110.0,
            top: 220.0,
            turns,
        };
        // The point that the page's lower left corner is drawn at.
        let shown: Vec<(f64, f64)> = (0..4).map(|t| frame(t).shown(10.0, 20.0)).collect();
        assert_eq!(
            shown,
            [(0.0, 200.0), (0.0, 0.0), (100.0, 0.0), (200.0, 100.0)]
        );
        assert_eq!(frame(0).size(), (100.0, 200.0));
        assert_eq!(frame(1).size(), (200.0, 100.0));
        assert!(frame(0).shows(12.0, 25.0, 5.0) && !frame(0).shows(200.0, 25.0, 5.0));
    }
}
