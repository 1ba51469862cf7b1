//! What `pdftotext -bbox-layout` prints: words in lines in blocks, with their places.

use super::glyphs::plain;
use super::raw::{Line, Place, RawDocument, RawPage, Reader, tenth};
use crate::parse::quality::Tally;

/// Reads its XHTML, one tag a line, whatever else stands in it.
pub(crate) fn parse(bytes: &[u8]) -> RawDocument {
    let text = String::from_utf8_lossy(bytes);
    let mut pages = Vec::new();
    let mut page: Option<Page> = None;
    let mut words: Vec<Word> = Vec::new();
    for row in text.lines() {
        let row = row.trim();
        if row.starts_with("<page ") {
            pages.extend(page.take().map(Page::finish));
            page = Some(Page {
                width: number(row, " width=\"").unwrap_or(0.0),
                height: number(row, " height=\"").unwrap_or(0.0),
                lines: Vec::new(),
                tally: Tally::default(),
            });
        } else if row.starts_with("<line") {
            words.clear();
        } else if row.starts_with("<word ") {
            words.extend(word(row));
        } else if row.starts_with("</line") {
            let line = line_of(&words);
            words.clear();
            if let (Some(page), Some(line)) = (&mut page, line) {
                page.push(line);
            }
        }
    }
    pages.extend(page.map(Page::finish));
    RawDocument { title: None, pages }
}

struct Page {
    width: f64,
    height: f64,
    lines: Vec<Line>,
    tally: Tally,
}

impl Page {
    fn push(&mut self, line: Line) {
        self.tally.add(&line.text);
        match self.lines.last_mut() {
            Some(last) if last.goes_on_with(&line) => last.append(&line),
            _ => self.lines.push(line),
        }
    }

    fn finish(self) -> RawPage {
        // A turned page is measured before it is turned, its words after.
        let right = self.lines.iter().map(|line| line.place.right);
        let turned = right.fold(0.0, f64::max) > self.width + 2.0 && self.height > self.width;
        let size = if turned {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        RawPage::new(Reader::Poppler, size, self.lines, self.tally)
    }
}

struct Word {
    text: String,
    place: Place,
}

fn word(row: &str) -> Option<Word> {
    let (_, text) = row.split_once('>')?;
    let (text, _) = text.split_once("</word>")?;
    let text = plain(&unescaped(text)).trim().to_owned();
    let place = Place {
        left: number(row, " xMin=\"")?,
        top: number(row, " yMin=\"")?,
        right: number(row, " xMax=\"")?,
        bottom: number(row, " yMax=\"")?,
    };
    (!text.is_empty()).then_some(Word { text, place })
}

/// The words of one line, a tab for a gap between columns.
fn line_of(words: &[Word]) -> Option<Line> {
    let first = words.first()?;
    let mut place = first.place;
    for word in words {
        place.left = place.left.min(word.place.left);
        place.top = place.top.min(word.place.top);
        place.right = place.right.max(word.place.right);
        place.bottom = place.bottom.max(word.place.bottom);
    }
    let longest = words.iter().max_by_key(|word| word.text.len())?;
    let size = (longest.place.bottom - longest.place.top).max(0.1);
    let mut text = first.text.clone();
    for pair in words.windows(2) {
        let gap = pair[1].place.left - pair[0].place.right;
        text.push(if gap > 2.5 * size { '\t' } else { ' ' });
        text.push_str(&pair[1].text);
    }
    let downward = first.place.top < words.last()?.place.top;
    Some(Line::standing(text, place, size, downward))
}

/// The number after `mark`, which is an attribute's name with its quote.
fn number(row: &str, mark: &str) -> Option<f64> {
    let from = row.find(mark)? + mark.len();
    let (digits, _) = row[from..].split_once('"')?;
    digits.parse().ok().map(tenth)
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(left: f64, top: f64, text: &str) -> String {
        let right = left + 6.0 * f64::from(u32::try_from(text.len()).unwrap());
        format!(
            "<word xMin=\"{left:.6}\" yMin=\"{top:.6}\" xMax=\"{right:.6}\" yMax=\"{:.6}\">{text}\
             </word>",
            top + 10.0
        )
    }

    fn page(rows: &[&[(f64, f64, &str)]]) -> String {
        let mut out = String::from("  <page width=\"600.000000\" height=\"800.000000\">\n");
        for row in rows {
            out.push_str("<line xMin=\"1\">\n");
            for (left, top, text) in *row {
                out.push_str(&word(*left, *top, text));
                out.push('\n');
            }
            out.push_str("</line>\n");
        }
        out + "  </page>\n"
    }

    #[test]
    fn words_become_lines_with_their_places() {
        let text = page(&[
            &[
                (72.0, 100.0, "Fees"),
                (100.0, 100.0, "&amp;"),
                (300.0, 100.0, "Cost&lt;5"),
            ],
            &[(72.0, 120.0, "7.2")],
            &[(110.0, 120.0, "Term")],
        ]) + &page(&[]);
        let raw = parse(text.as_bytes());
        assert_eq!(raw.pages.len(), 2);
        let lines: Vec<&str> = raw.pages[0].lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(lines, ["Fees &\tCost<5", "7.2 Term"]);
        let place = raw.pages[0].lines[1].place;
        assert!((place.left - 72.0).abs() < 0.1 && (place.right - 134.0).abs() < 0.1);
        assert!(raw.pages[1].lines.is_empty() && !raw.pages[1].is_good());
    }

    #[test]
    fn a_turned_page_has_its_sides_the_other_way_round() {
        let text = page(&[&[(650.0, 100.0, "Landscape")]]);
        let raw = parse(text.as_bytes());
        assert!((raw.pages[0].width - 800.0).abs() < 0.1);
    }

    #[test]
    fn nonsense_gives_no_pages() {
        assert!(
            parse(b"<page\n<word xMin=\"1\">x</word>\n\xFF\xFE")
                .pages
                .is_empty()
        );
        assert!(parse(b"").pages.is_empty());
    }
}
