//! A PDF, page by page, by the first reader that reads the page well: pdf-extract, then poppler's
//! `pdftotext`, then tesseract on a picture of the page.

use super::ocr::{self, Pictures};
use super::programs::Program;
use super::session::{self, Session};
use super::{CageConfig, Order, Progressed};
use crate::failure::{Cause, ParseFailure};
use crate::parse::Parsed;
use crate::parse::pdf::{PdfReading, RawDocument, RawPage};
use inhouse_protocol::ParserChoice;
use std::path::Path;

/// What poppler's reading of a page has to be worth of pdf-extract's.
const WORTH_OF_POPPLER: f32 = 1.05;
/// Stretches of pages that are named one by one.
const MOST_STRETCHES: usize = 8;

pub(super) async fn read(
    config: &CageConfig,
    path: &Path,
    choice: ParserChoice,
    progress: &dyn Progressed,
) -> Result<Parsed, ParseFailure> {
    let mut session = Session::new(config, path, progress);
    let first = match look(&session, choice).await {
        Ok(PdfReading::Whole(parsed)) => return session::parsed(*parsed),
        Ok(PdfReading::Pages(raw)) => Ok(raw),
        Err(failure) => Err(failure),
    };
    if let Err(failure) = &first
        && matches!(
            failure.cause,
            Cause::Cage | Cause::TooMuchText | Cause::TooLarge
        )
    {
        return Err(failure.clone());
    }
    let raw = match choice {
        ParserChoice::PdfExtract => first?,
        ParserChoice::Auto => with_poppler(&session, first).await?,
        ParserChoice::Poppler => {
            if !Program::PdfToText.is_installed() {
                return Err(ParseFailure::no_program("poppler"));
            }
            let second = poppler(&session, None).await?;
            instead(first.ok(), second)
        }
        // Poppler only where the pages could not even be counted.
        ParserChoice::Ocr => match first {
            Ok(raw) => raw,
            Err(failure) => with_poppler(&session, Err(failure)).await?,
        },
    };
    match choice {
        ParserChoice::PdfExtract | ParserChoice::Poppler => finish(&session, raw, None).await,
        ParserChoice::Auto | ParserChoice::Ocr => {
            let mut raw = raw;
            let every = choice == ParserChoice::Ocr;
            let pictures = ocr::read_pages(&mut session, &mut raw, every).await?;
            finish(&session, raw, Some(pictures)).await
        }
    }
}

/// Pdf-extract's reading.
async fn look(session: &Session<'_>, choice: ParserChoice) -> Result<PdfReading, ParseFailure> {
    if choice == ParserChoice::Auto {
        session.ask(&session.order("pdf")?, None).await
    } else {
        let order = session.order("pdf-pages")?;
        session.ask(&order, None).await.map(PdfReading::Pages)
    }
}

/// Has poppler read from the first page to the last that isn't read well, and takes what is better.
async fn with_poppler(
    session: &Session<'_>,
    first: Result<RawDocument, ParseFailure>,
) -> Result<RawDocument, ParseFailure> {
    let poor = |raw: &RawDocument| {
        let from = raw.pages.iter().position(|page| !page.is_good())?;
        let to = raw.pages.iter().rposition(|page| !page.is_good())?;
        Some((from, to))
    };
    let range = match &first {
        Ok(raw) => poor(raw),
        Err(_) => Some((0, 0)),
    };
    let Some((from, to)) = range.filter(|_| Program::PdfToText.is_installed()) else {
        return first;
    };
    let pages = first.is_ok().then_some((from + 1, to + 1));
    let second = poppler(session, pages).await;
    match (first, second) {
        (Ok(mut raw), Ok(second)) => {
            for (page, read) in raw.pages.iter_mut().skip(from).zip(second.pages) {
                if !page.is_good() && read.improves(page, WORTH_OF_POPPLER) {
                    page.take(read);
                }
            }
            Ok(raw)
        }
        (Ok(raw), Err(failure)) if failure.cause != Cause::Cage => Ok(raw),
        (Err(_), Ok(mut second)) if !second.pages.is_empty() => {
            for page in &mut second.pages {
                // Poppler doesn't say.
                page.has_picture = true;
            }
            Ok(second)
        }
        (_, Err(failure)) if matches!(failure.cause, Cause::Encrypted | Cause::Cage) => {
            Err(failure)
        }
        (Ok(raw), _) => Ok(raw),
        (Err(failure), _) => Err(failure),
    }
}

/// Poppler's reading of all pages, or of those from the first to the last named, counted from 1.
async fn poppler(
    session: &Session<'_>,
    pages: Option<(usize, usize)>,
) -> Result<RawDocument, ParseFailure> {
    let mut order = session.order(Program::PdfToText.name())?;
    if let Some((first, last)) = pages {
        order.first = number(first);
        order.last = number(last);
    }
    let printed = session.run(&order, None).await.map_err(|failure| {
        if failure.detail.contains("Incorrect password") {
            ParseFailure::encrypted("PDF", failure.detail)
        } else {
            failure
        }
    })?;
    let order: Order = session.order("bbox")?;
    session.ask(&order, Some(printed)).await
}

/// Poppler's pages in place of pdf-extract's, with what only that one knows of them.
fn instead(first: Option<RawDocument>, second: RawDocument) -> RawDocument {
    let Some(mut raw) = first else { return second };
    for (page, read) in raw.pages.iter_mut().zip(second.pages) {
        page.take(read);
    }
    raw
}

/// Makes blocks of the pages and says what could not be read.
async fn finish(
    session: &Session<'_>,
    raw: RawDocument,
    pictures: Option<Pictures>,
) -> Result<Parsed, ParseFailure> {
    let pictures = pictures.unwrap_or_default();
    let mut warnings = pictures.warnings;
    let doubtful: Vec<usize> = numbers(&raw.pages, |page| page.quality.is_doubtful());
    if !doubtful.is_empty() {
        warnings.push(format!(
            "{}: some of the text may be wrong or missing, since its characters could not all be \
             made out.",
            in_words(&doubtful)
        ));
    }
    let mut parsed = session.assemble(raw).await.map_err(|failure| {
        match (failure.cause, pictures.instead_of_no_text) {
            (Cause::NoText, Some(reason)) => reason,
            _ => failure,
        }
    })?;
    parsed.warnings.extend(warnings);
    Ok(parsed)
}

/// The numbers of these pages, from 1.
pub(super) fn numbers(pages: &[RawPage], which: impl Fn(&RawPage) -> bool) -> Vec<usize> {
    let pages = pages.iter().enumerate();
    pages
        .filter(|(_, page)| which(page))
        .map(|(index, _)| index + 1)
        .collect()
}

/// 'Page 3', 'Pages 3–7 and 9'. The numbers rise.
pub(super) fn in_words(pages: &[usize]) -> String {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for page in pages {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == *page => *last = *page,
            _ => stretches.push((*page, *page)),
        }
    }
    let left_out = stretches.len() > MOST_STRETCHES;
    stretches.truncate(MOST_STRETCHES);
    let mut names: Vec<String> = stretches
        .into_iter()
        .map(|(first, last)| match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first}–{last}"),
        })
        .collect();
    if left_out {
        names.push("others".to_owned());
    }
    let word = if pages.len() == 1 { "Page" } else { "Pages" };
    match names.pop() {
        Some(last) if !names.is_empty() => format!("{word} {} and {last}", names.join(", ")),
        Some(only) => format!("{word} {only}"),
        None => String::new(),
    }
}

fn number(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_named_in_stretches() {
        assert_eq!(in_words(&[3]), "Page 3");
        assert_eq!(in_words(&[3, 4, 5, 9]), "Pages 3–5 and 9");
        assert_eq!(in_words(&[1, 3, 5]), "Pages 1, 3 and 5");
        let many: Vec<usize> = (0..40).map(|n| 2 * n + 1).collect();
        assert!(in_words(&many).ends_with("15 and others"));
    }
}
