//! Counts as bars: by kind of outcome, and against the period before.

use super::svg::{Anchor, Drawing, WIDTH, shortened};
use crate::real;
use std::fmt::Write as _;

const LEFT: f64 = 250.0;
const RIGHT: f64 = WIDTH - 150.0;
const ROW: f64 = 32.0;
const BAR: f64 = 18.0;
/// Characters of a row's name that there is room for.
const NAME: usize = 27;
/// How the parts of a bar are told apart beside their order: each class has its own fill.
const PARTS: [&str; 3] = ["chart-bar chart-good", "chart-bar", "chart-bar chart-bad"];

/// A row of counts under a name.
pub struct Counted<'a> {
    pub name: &'a str,
    /// One for each series, at most three.
    pub counts: [u64; 3],
}

/// Rows of bars, each made of three parts that stand one after the other; the counts stand beside
/// them in the same order. None where every count is 0.
pub fn stacked(title: &str, series: [&str; 3], rows: &[Counted<'_>]) -> Option<String> {
    let most = rows.iter().map(|row| row.counts.iter().sum()).max()?;
    if most == 0 {
        return None;
    }
    let top = 56.0;
    let bottom = top + ROW * real(rows.len());
    let mut drawing = Drawing::new(bottom + 8.0);
    let mut x = 0.0;
    for (name, class) in series.iter().zip(PARTS) {
        drawing.bar(class, (x, 8.0), 18.0, 18.0);
        drawing.text(Anchor::Start, (x + 26.0, 22.0), name);
        x += 200.0;
    }
    drawing.text(Anchor::End, (WIDTH, 22.0), "in this order");
    let mut description = String::new();
    let mut middle = top + ROW / 2.0;
    for row in rows {
        drawing.text(
            Anchor::Start,
            (0.0, middle + 5.0),
            &shortened(row.name, NAME),
        );
        let mut from = LEFT;
        for (count, class) in row.counts.iter().zip(PARTS) {
            let width = share(*count, most) * (RIGHT - LEFT);
            drawing.bar(class, (from, middle - BAR / 2.0), width, BAR);
            from += width;
        }
        let [first, second, third] = row.counts;
        let values = format!("{first} · {second} · {third}");
        drawing.text(Anchor::End, (WIDTH, middle + 5.0), &values);
        let _ = write!(
            description,
            "{}: {first} {}, {second} {}, {third} {}. ",
            row.name, series[0], series[1], series[2]
        );
        middle += ROW;
    }
    Some(drawing.finished(title, description.trim_end()))
}

/// A count now and in the period before.
pub struct Compared<'a> {
    pub name: &'a str,
    pub count: u64,
    pub before: u64,
}

/// Rows of bars; a diamond stands where the period before was. None where every count is 0.
pub fn compared(title: &str, rows: &[Compared<'_>]) -> Option<String> {
    let most = rows.iter().map(|row| row.count.max(row.before)).max()?;
    if most == 0 {
        return None;
    }
    let top = 44.0;
    let bottom = top + ROW * real(rows.len());
    let mut drawing = Drawing::new(bottom + 8.0);
    drawing.bar("chart-bar", (0.0, 8.0), 18.0, 18.0);
    drawing.text(Anchor::Start, (26.0, 22.0), "now");
    drawing.diamond((109.0, 17.0));
    drawing.text(Anchor::Start, (126.0, 22.0), "the period before");
    let mut description = String::new();
    let mut middle = top + ROW / 2.0;
    for row in rows {
        drawing.text(
            Anchor::Start,
            (0.0, middle + 5.0),
            &shortened(row.name, NAME),
        );
        let across = |count: u64| share(count, most) * (RIGHT - LEFT);
        drawing.bar(
            "chart-bar",
            (LEFT, middle - BAR / 2.0),
            across(row.count),
            BAR,
        );
        drawing.diamond((LEFT + across(row.before), middle));
        let values = format!("{}, before {}", row.count, row.before);
        drawing.text(Anchor::End, (WIDTH, middle + 5.0), &values);
        let _ = write!(description, "{}: {values}. ", row.name);
        middle += ROW;
    }
    Some(drawing.finished(title, description.trim_end()))
}

/// The share of `count` in `most`, 0..=1.
fn share(count: u64, most: u64) -> f64 {
    let number = |count: u64| real(usize::try_from(count).unwrap_or(usize::MAX));
    number(count) / number(most.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_count_is_readable_without_the_picture() {
        let rows = [
            Counted {
                name: "gifts & meals",
                counts: [4, 2, 1],
            },
            Counted {
                name: "",
                counts: [0, 0, 3],
            },
        ];
        let svg = stacked("By topic", ["answered", "to a person", "declined"], &rows).unwrap();
        assert!(svg.contains("gifts &amp; meals: 4 answered, 2 to a person, 1 declined."));
        assert!(svg.contains(">4 · 2 · 1<"), "{svg}");
        assert!(!svg.contains("style="));
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(stacked("By topic", ["a", "b", "c"], &[]), None);
        let row = Compared {
            name: "rent",
            count: 0,
            before: 0,
        };
        assert_eq!(compared("Missing", &[row]), None);
    }

    #[test]
    fn a_row_says_what_it_was_before() {
        let row = Compared {
            name: "rent",
            count: 5,
            before: 2,
        };
        let svg = compared("Missing", &[row]).unwrap();
        assert!(svg.contains("rent: 5, before 2."));
    }
}
