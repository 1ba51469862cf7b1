//! What `tesseract … tsv` prints: words with their places and how sure it is of them.

use super::raw::{Line, Place, RawPage, Reader, tenth};
use crate::parse::quality::Tally;

/// Words that tesseract is less sure of than this, of 100, are left out…
const LEAST_SURE: f64 = 15.0;
/// …and those below this count as made out badly.
const SURE: f64 = 50.0;
/// A page of words that it is, on the whole, less sure of is a picture without text.
const LEAST_SURE_PAGE: f64 = 45.0;

/// Reads its table. `dpi` is the resolution of the picture; the pages' places are in points.
pub(crate) fn parse(bytes: &[u8], dpi: u32) -> Vec<RawPage> {
    let text = String::from_utf8_lossy(bytes);
    let scale = 72.0 / f64::from(dpi.max(1));
    let mut pages: Vec<Page> = Vec::new();
    for row in text.lines() {
        let mut cells = row.splitn(12, '\t');
        let mut numbers = [0.0; 11];
        let complete = numbers.iter_mut().all(|number| {
            cells
                .next()
                .and_then(|cell| cell.parse::<f64>().ok())
                .is_some_and(|value| {
                    *number = value;
                    value.is_finite()
                })
        });
        // The head has words for numbers.
        if !complete {
            continue;
        }
        let [
            level,
            _,
            block,
            paragraph,
            line,
            _,
            left,
            top,
            width,
            height,
            sure,
        ] = numbers;
        let place = Place {
            left: left * scale,
            top: top * scale,
            right: (left + width) * scale,
            bottom: (top + height) * scale,
        };
        if level < 1.5 {
            pages.push(Page {
                size: (place.right, place.bottom),
                words: Vec::new(),
            });
        } else if level > 4.5
            && let Some(page) = pages.last_mut()
        {
            let text = cells.next().unwrap_or_default().trim();
            if !text.is_empty() {
                page.words.push(Word {
                    of_line: [block, paragraph, line],
                    text: text.to_owned(),
                    place,
                    sure,
                });
            }
        }
    }
    pages.into_iter().map(Page::finish).collect()
}

struct Word {
    /// The numbers of its block, paragraph and line.
    of_line: [f64; 3],
    text: String,
    place: Place,
    sure: f64,
}

struct Page {
    size: (f64, f64),
    words: Vec<Word>,
}

impl Page {
    fn finish(mut self) -> RawPage {
        let mut tally = Tally::default();
        for word in &self.words {
            let letters = u32::try_from(word.text.chars().count()).unwrap_or(u32::MAX);
            tally.all += letters;
            tally.bad += if word.sure < SURE { letters } else { 0 };
        }
        if sure_of(&self.words) < LEAST_SURE_PAGE {
            self.words.clear();
        }
        self.words.retain(|word| word.sure >= LEAST_SURE);
        let usual = usual_height(&self.words);
        let mut lines: Vec<Line> = Vec::new();
        let same_line = |a: &Word, b: &Word| {
            a.of_line
                .iter()
                .zip(b.of_line)
                .all(|(a, b)| (a - b).abs() < 0.5)
        };
        for words in self.words.chunk_by(same_line) {
            let Some(line) = line_of(words, usual) else {
                continue;
            };
            match lines.last_mut() {
                Some(last) if last.goes_on_with(&line) => last.append(&line),
                _ => lines.push(line),
            }
        }
        let size = (tenth(self.size.0), tenth(self.size.1));
        RawPage::new(Reader::Tesseract, size, lines, tally)
    }
}

/// How sure tesseract is of these words, a letter for a letter.
#[expect(clippy::cast_precision_loss, reason = "a mean for comparing")]
fn sure_of(words: &[Word]) -> f64 {
    let letters = |word: &Word| word.text.chars().count() as f64;
    let all: f64 = words.iter().map(letters).sum();
    let sure: f64 = words.iter().map(|word| word.sure * letters(word)).sum();
    if all > 0.0 { sure / all } else { 0.0 }
}

/// The height of most words.
fn usual_height(words: &[Word]) -> f64 {
    let mut heights: Vec<f64> = words
        .iter()
        .filter(|word| word.text.chars().count() >= 4)
        .map(|word| word.place.bottom - word.place.top)
        .collect();
    heights.sort_by(f64::total_cmp);
    heights
        .get(heights.len() / 2)
        .copied()
        .unwrap_or(10.0)
        .max(0.1)
}

/// The words of one line. Its letters are as high as is usual unless they plainly are not: a word
/// without ascenders and descenders is lower than its font.
fn line_of(words: &[Word], usual: f64) -> Option<Line> {
    let first = words.first()?;
    let mut place = first.place;
    let mut text = first.text.clone();
    let mut height = place.bottom - place.top;
    for pair in words.windows(2) {
        let (before, word) = (&pair[0], &pair[1]);
        let gap = word.place.left - before.place.right;
        text.push(if gap > 2.5 * usual { '\t' } else { ' ' });
        text.push_str(&word.text);
        height = height.max(word.place.bottom - word.place.top);
        place = Place {
            left: place.left.min(word.place.left),
            top: place.top.min(word.place.top),
            right: place.right.max(word.place.right),
            bottom: place.bottom.max(word.place.bottom),
        };
    }
    let size = if (0.5..1.45).contains(&(height / usual)) {
        usual
    } else {
        height
    };
    let place = Place {
        left: tenth(place.left),
        top: tenth(place.top),
        right: tenth(place.right),
        bottom: tenth(place.bottom),
    };
    let downward = first.place.top < words.last()?.place.top;
    let size = tenth(size.max(0.1));
    Some(Line::standing(text, place, size, downward))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n";

    fn word(line: u32, left: u32, sure: f32, text: &str) -> String {
        format!(
            "5\t1\t1\t1\t{line}\t1\t{left}\t{}\t100\t30\t{sure}\t{text}\n",
            100 * line
        )
    }

    #[test]
    fn words_become_lines_in_points() {
        let table = [
            HEAD,
            "1\t1\t0\t0\t0\t0\t0\t0\t2400\t3300\t-1\t\n",
            "4\t1\t1\t1\t1\t0\t300\t100\t900\t30\t-1\t\n",
            &word(1, 300, 96.0, "Governing"),
            &word(1, 420, 95.5, "law"),
            &word(1, 1200, 91.0, "Berlin"),
            &word(2, 300, 90.0, "Größe"),
            &word(2, 420, 3.0, "~|"),
            "1\t2\t0\t0\t0\t0\t0\t0\t2400\t3300\t-1\t\n",
        ]
        .concat();
        let pages = parse(table.as_bytes(), 300);
        assert_eq!(pages.len(), 2);
        let texts: Vec<&str> = pages[0].lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(texts, ["Governing law\tBerlin", "Größe"]);
        assert!((pages[0].width - 576.0).abs() < 0.1);
        assert!((pages[0].lines[0].place.left - 72.0).abs() < 0.1);
        assert!(pages[1].lines.is_empty());
    }

    #[test]
    fn a_page_on_its_side_is_read_line_by_line_but_not_called_good() {
        let word = |line: u32, left: u32, top: u32, sure: u32, text: &str| {
            format!("5\t1\t1\t1\t{line}\t1\t{left}\t{top}\t30\t150\t{sure}\t{text}\n")
        };
        let table = |sure| {
            [
                HEAD,
                "1\t1\t0\t0\t0\t0\t0\t0\t2400\t3300\t-1\t\n",
                &word(1, 1000, 100, 96, "Hello"),
                &word(1, 1000, 270, 96, "World"),
                &word(2, 900, 100, sure, "Second"),
                &word(2, 900, 270, 96, "line"),
            ]
            .concat()
        };
        let page = parse(table(96).as_bytes(), 300).remove(0);
        let texts: Vec<&str> = page.lines.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(texts, ["Hello World", "Second line"]);
        assert!(page.lines[0].y < page.lines[1].y, "{page:?}");
        assert!(page.is_good());
        assert!(!parse(table(30).as_bytes(), 300)[0].is_good());
    }

    #[test]
    fn a_photograph_has_no_text() {
        let table = [
            HEAD,
            "1\t1\t0\t0\t0\t0\t0\t0\t2400\t3300\t-1\t\n",
            &word(1, 300, 31.0, "oy"),
            &word(1, 500, 22.0, "|:~"),
        ]
        .concat();
        let pages = parse(table.as_bytes(), 300);
        assert!(pages[0].lines.is_empty() && pages[0].quality.is_unsure());
        assert!(parse(b"no table", 300).is_empty());
    }
}
