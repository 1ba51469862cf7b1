//! CSV with a header, separated by comma, semicolon or tab.

use super::{Fault, ParseError, Raw};
use csv::{ReaderBuilder, StringRecord, Trim};

/// What a column holds.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    Question,
    Query,
    Document,
    File,
    Answerable,
    Spans,
    Quote,
    Answer,
    Category,
    Unknown,
}

/// The rows under the header, each with the number of its first line.
pub(super) fn rows(
    text: &str,
) -> Result<impl Iterator<Item = (u64, Result<Raw, Fault>)>, ParseError> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .trim(Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let columns: Vec<Column> = reader
        .headers()
        .map_err(|error| ParseError::Line {
            line: 1,
            fault: Fault::Table(error.to_string()),
        })?
        .iter()
        .map(column)
        .collect();
    if !columns.contains(&Column::Question) && !columns.contains(&Column::Query) {
        return Err(ParseError::NoQuestionColumn);
    }
    Ok(reader
        .into_records()
        .map(move |record| match record {
            Ok(record) => {
                let line = record.position().map_or(0, csv::Position::line);
                (line, row(&columns, &record))
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                (line, Err(Fault::Table(error.to_string())))
            }
        })
        // What spreadsheets leave below a table: separators only.
        .filter(|(_, row)| !matches!(row, Ok(None)))
        .map(|(line, row)| (line, row.map(Option::unwrap_or_default))))
}

/// The separator that stands most often in the header.
fn delimiter(text: &str) -> u8 {
    let header = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let times = |mark: u8| header.bytes().filter(|byte| *byte == mark).count();
    [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|mark| times(*mark))
        .unwrap_or(b',')
}

fn column(name: &str) -> Column {
    match name.to_lowercase().as_str() {
        "question" => Column::Question,
        "query" => Column::Query,
        "document" => Column::Document,
        "file" => Column::File,
        "answerable" => Column::Answerable,
        "spans" => Column::Spans,
        "quote" => Column::Quote,
        "answer" => Column::Answer,
        "category" => Column::Category,
        _ => Column::Unknown,
    }
}

/// None for a row without any value.
fn row(columns: &[Column], record: &StringRecord) -> Result<Option<Raw>, Fault> {
    if record.iter().all(str::is_empty) {
        return Ok(None);
    }
    if record
        .iter()
        .skip(columns.len())
        .any(|value| !value.is_empty())
    {
        return Err(Fault::TooManyValues);
    }
    let mut raw = Raw::default();
    for (column, value) in columns.iter().zip(record) {
        let place = match column {
            Column::Question => &mut raw.question,
            Column::Query => &mut raw.query,
            Column::Document => &mut raw.document,
            Column::File => &mut raw.file,
            Column::Answerable => &mut raw.answerable,
            Column::Quote => &mut raw.quote,
            Column::Answer => &mut raw.answer,
            Column::Category => &mut raw.category,
            Column::Spans => {
                raw.spans = spans(value)?;
                continue;
            }
            Column::Unknown => continue,
        };
        *place = Some(value.to_owned());
    }
    Ok(Some(raw))
}

/// `12-40;80-90`, in characters.
fn spans(text: &str) -> Result<Vec<(usize, usize)>, Fault> {
    text.split([';', ',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| {
            let fault = || Fault::Span(part.to_owned());
            let (start, end) = part.split_once('-').ok_or_else(fault)?;
            let number = |digits: &str| digits.parse().map_err(|_| fault());
            Ok((number(start)?, number(end)?))
        })
        .collect()
}
