//! Separated values: a row of the file is a row of a table, whatever separates its cells.

use super::draft::squeeze;
use super::{Draft, Parsed, text};
use crate::failure::ParseFailure;
use csv::{Reader, ReaderBuilder, StringRecord};
use inhouse_protocol::BlockKind;

/// What may separate cells, the likelier first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Rows that are looked at to find the separator.
const SAMPLE_ROWS: usize = 100;

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let text = text::decode(bytes);
    let separator = separator(&text).unwrap_or(SEPARATORS[0]);
    let mut draft = Draft::default();
    let mut reader = reader(&text, separator);
    let mut record = StringRecord::new();
    let broken = |e: csv::Error| ParseFailure::broken("CSV file", e.to_string());
    while reader.read_record(&mut record).map_err(broken)? {
        let cells: Vec<String> = record.iter().map(squeeze).collect();
        push_row(&mut draft, &cells);
    }
    let (text, blocks) = draft.finish();
    Parsed::new("csv", None, text, blocks)
}

/// Appends a row without the empty cells at its end; a row of nothing else is left out.
pub(super) fn push_row(draft: &mut Draft, cells: &[String]) {
    let filled = cells.iter().rposition(|cell| !cell.is_empty());
    if let Some(last) = filled {
        draft.push(BlockKind::TableRow, &cells[..=last].join(" | "), None);
    }
}

/// What separates the cells of this text, if most rows have as many cells as each other.
pub(crate) fn separator(text: &str) -> Option<u8> {
    let mut best: Option<(usize, u8)> = None;
    for separator in SEPARATORS {
        let score = consistency(text, separator);
        if score > best.map_or(0, |(score, _)| score) {
            best = Some((score, separator));
        }
    }
    best.map(|(_, separator)| separator)
}

/// Percent of the rows that have the most frequent number of cells; 0 where that is one cell or
/// less than 60 % agree.
fn consistency(text: &str, separator: u8) -> usize {
    let mut reader = reader(text, separator);
    let mut record = StringRecord::new();
    let mut widths: Vec<usize> = Vec::new();
    while widths.len() < SAMPLE_ROWS && matches!(reader.read_record(&mut record), Ok(true)) {
        widths.push(record.len());
    }
    widths.sort_unstable();
    let (mut most, mut run) = ((0, 0), (0, 0));
    for width in &widths {
        run = if run.0 == *width {
            (*width, run.1 + 1)
        } else {
            (*width, 1)
        };
        if run.1 >= most.1 {
            most = run;
        }
    }
    let (width, rows) = most;
    let share = rows * 100 / widths.len().max(1);
    if width > 1 && share >= 60 { share } else { 0 }
}

fn reader(text: &str, separator: u8) -> Reader<&[u8]> {
    ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<String> {
        let parsed = parse(bytes).unwrap();
        assert!(parsed.blocks.iter().all(|b| b.kind == BlockKind::TableRow));
        parsed.text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_separator_is_the_one_that_all_rows_agree_on() {
        assert_eq!(
            rows(b"Fee, net;Tax\n100,5;19\n\n\"a;\nb\";7\n"),
            ["Fee, net | Tax", "100,5 | 19", "a; b | 7"]
        );
        assert_eq!(rows(b"a\tb\nc\td\n"), ["a | b", "c | d"]);
        assert_eq!(rows(b"a|b|c\r\nd|e|f"), ["a | b | c", "d | e | f"]);
        assert_eq!(separator("one\ntwo\nthree\n"), None);
        assert_eq!(
            separator("Dear Sir,\nwe write\nto you, and you,\nonce more\n"),
            None
        );
    }

    #[test]
    fn rows_may_be_shorter_and_empty_ends_are_dropped() {
        assert_eq!(
            rows(b"Team,City,Cups\nBlues,STL,,\n,,\n,PHI,2\n"),
            ["Team | City | Cups", "Blues | STL", "| PHI | 2"]
        );
    }

    #[test]
    fn other_encodings_are_read_too() {
        let utf16: Vec<u8> = "\u{feff}Größe;Preis\r\n4;5\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(rows(&utf16), ["Größe | Preis", "4 | 5"]);
        assert!(parse(b",,\n,,\n").is_err());
    }
}
