//! A set of labelled questions, read from the text of a file.
//!
//! JSON lines, one object a line, or CSV with a header; told apart by the first character. The
//! fields are those of [`LabelledQuestion`]; `file` is another name of `document`, and `query`
//! stands in where there is no `question`. Fields that aren't known are ignored. In CSV,
//! `answerable` is yes or no, and `spans` looks like `12-40;80-90`.

mod lines;
mod table;
#[cfg(test)]
mod tests;

use inhouse_protocol::LabelledQuestion;

/// The most questions of a set.
pub const MAX_QUESTIONS: usize = 5000;
/// The longest question, in characters.
pub const MAX_QUESTION_CHARS: usize = 4000;

/// Why a file isn't a set of questions, in words for whoever made it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(
        "There are no questions in this file. Give one a line, as JSON objects or as CSV with a header."
    )]
    Empty,
    #[error(
        "There are more than {} questions in this file. Split it into several sets.",
        MAX_QUESTIONS
    )]
    TooMany,
    #[error("This is one JSON array. Write each question as an object on a line of its own.")]
    Array,
    #[error(
        "The header has no column 'question'. Name the columns in the first line: question, document, answerable, quote, answer, category, spans."
    )]
    NoQuestionColumn,
    #[error("Line {line}: {fault}")]
    Line { line: u64, fault: Fault },
}

/// What is wrong with a line, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error(
        "this is not a JSON object with the fields of a question ({0}). Check its quotes, commas and values."
    )]
    Json(String),
    #[error("the columns can't be read ({0}). Save the file as CSV in UTF-8.")]
    Table(String),
    #[error("there are more values than columns. Put values that hold a comma in double quotes.")]
    TooManyValues,
    #[error("there is no question. Fill in 'question'.")]
    NoQuestion,
    #[error(
        "the question is longer than {} characters. Shorten it.",
        MAX_QUESTION_CHARS
    )]
    LongQuestion,
    #[error("'answerable' is '{0}'. Write yes or no, or leave it out.")]
    Answerable(String),
    #[error(
        "the span '{0}' is not two numbers. Write first character and one past the last, as in 12-40."
    )]
    Span(String),
    #[error("the span {0}-{1} is empty. The end must be greater than the start.")]
    EmptySpan(usize, usize),
}

/// Reads a set of 1 to [`MAX_QUESTIONS`] questions.
///
/// A question that has a place of its answer (spans or a quote) and doesn't say whether it is
/// answerable is answerable. A folder before the document's file name is cut off.
pub fn parse(text: &str) -> Result<Vec<LabelledQuestion>, ParseError> {
    // Spreadsheets write a byte order mark before UTF-8.
    let text = text.trim_start_matches('\u{feff}');
    match text.trim_start().chars().next() {
        None => Err(ParseError::Empty),
        Some('{') => gathered(lines::rows(text)),
        Some('[') => Err(ParseError::Array),
        Some(_) => gathered(table::rows(text)?),
    }
}

/// A question as it stands in the file.
#[derive(Debug, Default)]
struct Raw {
    question: Option<String>,
    query: Option<String>,
    document: Option<String>,
    file: Option<String>,
    answerable: Option<String>,
    spans: Vec<(usize, usize)>,
    quote: Option<String>,
    answer: Option<String>,
    category: Option<String>,
}

/// The questions of rows that come with their line, from 1.
fn gathered(
    rows: impl Iterator<Item = (u64, Result<Raw, Fault>)>,
) -> Result<Vec<LabelledQuestion>, ParseError> {
    let mut questions = Vec::new();
    for (line, row) in rows {
        if questions.len() == MAX_QUESTIONS {
            return Err(ParseError::TooMany);
        }
        let question = row
            .and_then(checked)
            .map_err(|fault| ParseError::Line { line, fault })?;
        questions.push(question);
    }
    if questions.is_empty() {
        return Err(ParseError::Empty);
    }
    Ok(questions)
}

fn checked(raw: Raw) -> Result<LabelledQuestion, Fault> {
    let question = filled(raw.question)
        .or_else(|| filled(raw.query))
        .ok_or(Fault::NoQuestion)?;
    if question.chars().count() > MAX_QUESTION_CHARS {
        return Err(Fault::LongQuestion);
    }
    if let Some((start, end)) = raw.spans.iter().find(|(start, end)| start >= end) {
        return Err(Fault::EmptySpan(*start, *end));
    }
    let quote = filled(raw.quote);
    let has_place = quote.is_some() || !raw.spans.is_empty();
    let answerable = match filled(raw.answerable) {
        Some(word) => Some(yes_or_no(&word).ok_or(Fault::Answerable(word))?),
        None => has_place.then_some(true),
    };
    Ok(LabelledQuestion {
        question,
        document: filled(raw.document)
            .or_else(|| filled(raw.file))
            .map(|path| file_name(&path).to_owned()),
        answerable,
        spans: raw.spans,
        quote,
        answer: filled(raw.answer),
        category: filled(raw.category),
    })
}

/// The text without spaces around it, where there is any.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word.to_lowercase().as_str() {
        "yes" | "true" | "1" => Some(true),
        "no" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
