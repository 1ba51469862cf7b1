//! The pieces of a drawing: lines, bars, points, texts; and the element around them.

use std::fmt::Write as _;

/// Width of every chart, in units of the drawing.
pub(super) const WIDTH: f64 = 640.0;

/// A place in the drawing: units from the left and from the top.
pub(super) type Place = (f64, f64);

/// Where a text stands against its place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A drawing of a certain height.
pub(super) struct Drawing {
    height: f64,
    body: String,
}

impl Drawing {
    pub(super) fn new(height: f64) -> Self {
        Self {
            height,
            body: String::new(),
        }
    }

    pub(super) fn line(&mut self, class: &str, from: Place, to: Place) {
        let _ = write!(
            self.body,
            r#"<line class="{class}" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="currentColor"/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    pub(super) fn dashed(&mut self, class: &str, from: Place, to: Place) {
        let _ = write!(
            self.body,
            r#"<line class="{class}" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="currentColor" stroke-dasharray="6 5"/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    /// A line through places, in their order.
    pub(super) fn path(&mut self, class: &str, places: impl IntoIterator<Item = Place>) {
        let _ = write!(
            self.body,
            r#"<polyline class="{class}" fill="none" stroke="currentColor" points=""#
        );
        for (x, y) in places {
            let _ = write!(self.body, "{x:.1},{y:.1} ");
        }
        self.body.push_str(r#""/>"#);
    }

    /// A bar from a corner at the top left.
    pub(super) fn bar(&mut self, class: &str, corner: Place, width: f64, height: f64) {
        let _ = write!(
            self.body,
            r#"<rect class="{class}" x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" fill="currentColor" fill-opacity="0.4"/>"#,
            corner.0,
            corner.1,
            width.max(0.0),
            height.max(0.0)
        );
    }

    pub(super) fn circle(&mut self, place: Place) {
        let _ = write!(
            self.body,
            r#"<circle class="chart-point" cx="{:.1}" cy="{:.1}" r="6" fill="currentColor"/>"#,
            place.0, place.1
        );
    }

    pub(super) fn diamond(&mut self, (x, y): Place) {
        let _ = write!(
            self.body,
            r#"<path class="chart-point" d="M{x:.1} {:.1}l7 7l-7 7l-7 -7z" fill="currentColor"/>"#,
            y - 7.0
        );
    }

    pub(super) fn square(&mut self, (x, y): Place) {
        self.bar("chart-point", (x - 5.0, y - 5.0), 10.0, 10.0);
    }

    /// An interval between two places on a line, with a stroke across at each end.
    pub(super) fn interval(&mut self, from: Place, to: Place) {
        self.line("chart-interval", from, to);
        let upright = (to.0 - from.0).abs() < (to.1 - from.1).abs();
        let (across, along) = if upright { (5.0, 0.0) } else { (0.0, 5.0) };
        for (x, y) in [from, to] {
            self.line(
                "chart-interval",
                (x - across, y - along),
                (x + across, y + along),
            );
        }
    }

    /// A text whose baseline is at the place.
    pub(super) fn text(&mut self, anchor: Anchor, (x, y): Place, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.body,
            r#"<text class="chart-text" x="{x:.1}" y="{y:.1}" font-size="15" text-anchor="{anchor}" fill="currentColor">{}</text>"#,
            escaped(text)
        );
    }

    /// A text that reads upwards, its middle at the place.
    pub(super) fn upright_text(&mut self, (x, y): Place, text: &str) {
        let _ = write!(
            self.body,
            r#"<text class="chart-text" x="{x:.1}" y="{y:.1}" font-size="15" text-anchor="middle" fill="currentColor" transform="rotate(-90 {x:.1} {y:.1})">{}</text>"#,
            escaped(text)
        );
    }

    /// The element, with what a screen reader says: the title, then the description.
    pub(super) fn finished(self, title: &str, description: &str) -> String {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" width="100%" viewBox="0 0 {WIDTH:.0} {:.0}"><title>{}</title><desc>{}</desc>{}</svg>"#,
            self.height,
            escaped(title),
            escaped(description),
            self.body
        )
    }
}

/// A square field whose two axes go from 0 to 100 %.
pub(super) struct Field {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Field {
    /// The place of two shares, 0..=1.
    pub(super) fn place(&self, across: f64, up: f64) -> Place {
        (
            self.left + across.clamp(0.0, 1.0) * self.width,
            self.top + (1.0 - up.clamp(0.0, 1.0)) * self.height,
        )
    }

    /// Lines and percentages at each quarter, and what the axes mean.
    pub(super) fn axes(&self, drawing: &mut Drawing, across: &str, up: &str) {
        for quarter in 0..=4_u32 {
            let share = f64::from(quarter) / 4.0;
            let label = format!("{} %", quarter * 25);
            let class = if quarter == 0 {
                "chart-axis"
            } else {
                "chart-grid"
            };
            drawing.line(class, self.place(share, 0.0), self.place(share, 1.0));
            drawing.line(class, self.place(0.0, share), self.place(1.0, share));
            let (x, y) = self.place(share, 0.0);
            drawing.text(Anchor::Middle, (x, y + 20.0), &label);
            let (x, y) = self.place(0.0, share);
            drawing.text(Anchor::End, (x - 8.0, y + 5.0), &label);
        }
        let middle = self.left + self.width / 2.0;
        drawing.text(
            Anchor::Middle,
            (middle, self.top + self.height + 44.0),
            across,
        );
        drawing.upright_text((16.0, self.top + self.height / 2.0), up);
    }
}

/// The text with what means something to XML escaped, and without what XML can't hold.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            char if char.is_control() => escaped.push(' '),
            char => escaped.push(char),
        }
    }
    escaped
}

/// The text, its end cut where it is longer than `most` characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
