//! Pages that are pictures: painted by poppler where they are a PDF's, read by tesseract.

use super::chain::{in_words, numbers};
use super::programs::{self, Program};
use super::session::Session;
use super::{CageConfig, Progressed};
use crate::failure::{Cause, ParseFailure};
use crate::parse::Parsed;
use crate::parse::pdf::{RawDocument, RawPage, Reader};
use std::path::Path;

/// What tesseract's reading of a page has to be worth of that of its text.
const WORTH: f32 = 1.2;
/// Pixels of a page that is painted; a larger page is painted coarser.
const MOST_PAINTED: u64 = 40_000_000;
/// Below this resolution nothing can be read.
const LEAST_DPI: u32 = 40;
/// The resolution that a picture without one is taken to have.
const USUAL_DPI: u32 = 300;
/// After so many pages whose words are unknown and that tesseract reads no better, the others of
/// that kind are left: it is another language.
const MOST_IN_VAIN: u32 = 3;

/// Tesseract's numbers of ways to take a page apart.
const UPRIGHT: u32 = 3;
const ANY_WAY_UP: u32 = 1;

/// What came of reading pages as pictures, besides the pages.
#[derive(Default)]
pub(super) struct Pictures {
    pub(super) warnings: Vec<String>,
    /// Why there is no text, if there is none.
    pub(super) instead_of_no_text: Option<ParseFailure>,
}

/// Reads the pages that are not read well, or every one, as pictures, and takes what is better.
pub(super) async fn read_pages(
    session: &mut Session<'_>,
    raw: &mut RawDocument,
    every: bool,
) -> Result<Pictures, ParseFailure> {
    let mut due = numbers(&raw.pages, |page| every || !page.is_good());
    let languages = programs::tesseract_languages(&session.config.ocr_languages)
        .filter(|_| Program::PdfToPpm.is_installed());
    let Some(languages) = languages else {
        return if every {
            Err(ParseFailure::no_program("tesseract"))
        } else {
            Ok(not_installed(&raw.pages))
        };
    };
    let mut pictures = Pictures {
        instead_of_no_text: Some(ParseFailure::no_letters("PDF", "tesseract found nothing")),
        ..Pictures::default()
    };
    let most = session.config.most_pages as usize;
    if due.len() > most {
        pictures.warnings.push(format!(
            "Only the first {most} of {} pages that are pictures were read as pictures of text.",
            due.len()
        ));
        due.truncate(most);
    }
    session.allow_pictures(due.len() as u64);
    let unread = read_due(session, raw, &due, &languages, every).await?;
    let numbers: Vec<usize> = unread.iter().map(|(number, _)| *number).collect();
    if let Some((_, failure)) = unread.into_iter().next() {
        pictures.warnings.push(format!(
            "{} could not be read as pictures of text.",
            in_words(&numbers)
        ));
        pictures.instead_of_no_text = Some(failure);
    }
    Ok(pictures)
}

/// What a machine without tesseract has to say of pages that it can't read.
fn not_installed(pages: &[RawPage]) -> Pictures {
    let missing = numbers(pages, |page| {
        !page.is_good() && (page.has_picture || !page.quality.has_letters())
    });
    let mut pictures = Pictures {
        instead_of_no_text: Some(ParseFailure::pictures_only("tesseract is not installed")),
        ..Pictures::default()
    };
    if !missing.is_empty() {
        pictures.warnings.push(format!(
            "{}: pictures or empty. Text in pictures (OCR) is not read on this server; an \
             administrator can install tesseract-ocr.",
            in_words(&missing)
        ));
    }
    pictures
}

/// Reads the pages `due`, numbered from 1; gives those that could not be read.
async fn read_due(
    session: &Session<'_>,
    raw: &mut RawDocument,
    due: &[usize],
    languages: &str,
    every: bool,
) -> Result<Vec<(usize, ParseFailure)>, ParseFailure> {
    let count = u32::try_from(raw.pages.len()).unwrap_or(u32::MAX);
    let mut unread = Vec::new();
    let mut in_vain = 0;
    for number in due {
        let Some(page) = raw.pages.get_mut(number - 1) else {
            continue;
        };
        let is_foreign = page.quality.is_gibberish_only();
        if is_foreign && !every && in_vain >= MOST_IN_VAIN {
            continue;
        }
        let counted = u32::try_from(*number).unwrap_or(u32::MAX);
        session.progress.at_page(counted, count);
        match read_page(session, counted, page, languages).await {
            Ok(read) if every || read.improves(page, WORTH) => {
                in_vain = 0;
                page.take(read);
            }
            Ok(_) => in_vain += u32::from(is_foreign),
            // Ours, or of the whole file.
            Err(failure) if failure.cause == Cause::Cage || session.is_over() => {
                return Err(failure);
            }
            Err(failure) => unread.push((*number, failure)),
        }
    }
    Ok(unread)
}

/// Paints a page of the PDF and reads it.
async fn read_page(
    session: &Session<'_>,
    number: u32,
    page: &RawPage,
    languages: &str,
) -> Result<RawPage, ParseFailure> {
    let most_pixels = session.config.most_pixels.min(MOST_PAINTED);
    let dpi = resolution(page.points(), session.config.ocr_dpi, most_pixels);
    let mut order = session.order(Program::PdfToPpm.name())?;
    (order.first, order.last, order.dpi) = (number, number, dpi);
    // A byte a pixel, and some for rounding and the head.
    order.output_bytes = most_pixels + most_pixels / 8 + 1024;
    let painted = session.run(&order, None).await?;
    let upright = recognise(session, Some(painted.clone()), languages, dpi, UPRIGHT).await?;
    let read = first_page(upright);
    if !read.quality.is_unsure() || !programs::can_turn() {
        return Ok(read);
    }
    // It may lie on its side.
    match recognise(session, Some(painted), languages, dpi, ANY_WAY_UP).await {
        Ok(turned) => {
            let turned = first_page(turned);
            Ok(if turned.improves(&read, WORTH) {
                turned
            } else {
                read
            })
        }
        Err(failure) if failure.cause == Cause::Cage => Err(failure),
        Err(_) => Ok(read),
    }
}

fn first_page(pages: Vec<RawPage>) -> RawPage {
    pages
        .into_iter()
        .next()
        .unwrap_or_else(|| RawPage::blank(Reader::Tesseract))
}

/// The resolution that a page of this size (points) is painted in.
fn resolution((width, height): (u32, u32), wanted: u32, most_pixels: u64) -> u32 {
    let area = u64::from(width) * u64::from(height);
    if area == 0 {
        return wanted;
    }
    // A point is a 72nd of an inch.
    let most = (most_pixels.saturating_mul(72 * 72) / area).isqrt();
    u32::try_from(most)
        .unwrap_or(wanted)
        .clamp(1, wanted.max(1))
        .max(LEAST_DPI.min(wanted))
}

/// Has tesseract read a picture, `bytes` or the session's file, and its table made pages. `dpi` is
/// 0 where the picture may know better.
async fn recognise(
    session: &Session<'_>,
    bytes: Option<Vec<u8>>,
    languages: &str,
    dpi: u32,
    segmentation: u32,
) -> Result<Vec<RawPage>, ParseFailure> {
    let mut order = session.order(Program::Tesseract.name())?;
    order.dpi = dpi;
    order.segmentation = segmentation;
    languages.clone_into(&mut order.languages);
    if bytes.is_none() {
        // A file may have many pages.
        order.wall_s = session.limit_s();
        order.cpu_s = order.cpu_s.max(session.limit_s());
    }
    let table = session.run(&order, bytes).await?;
    let mut order = session.order("tsv")?;
    order.dpi = if dpi == 0 { USUAL_DPI } else { dpi };
    session.ask(&order, Some(table)).await
}

/// Reads a file that is a picture, each of its pages.
pub(super) async fn read_picture(
    config: &CageConfig,
    path: &Path,
    progress: &dyn Progressed,
) -> Result<Parsed, ParseFailure> {
    let mut session = Session::new(config, path, progress);
    let Some(languages) = programs::tesseract_languages(&config.ocr_languages) else {
        return Err(ParseFailure::no_ocr("tesseract is not installed"));
    };
    let sizes: Vec<(u32, u32)> = session.ask(&session.order("image")?, None).await?;
    let pages = u32::try_from(sizes.len()).unwrap_or(u32::MAX);
    if pages > config.most_pages {
        let most = format!("{} pages", config.most_pages);
        return Err(ParseFailure::too_many_pixels(
            &most,
            format!("{pages} pages"),
        ));
    }
    let pixels = |(width, height): &(u32, u32)| u64::from(*width) * u64::from(*height);
    if let Some(size) = sizes.iter().find(|size| pixels(size) > config.most_pixels) {
        let most = format!("{} million pixels", config.most_pixels / 1_000_000);
        return Err(ParseFailure::too_many_pixels(&most, format!("{size:?}")));
    }
    session.allow_pictures(sizes.len() as u64);
    progress.at_page(1, pages.max(1));
    let broken = |failure: ParseFailure| match failure.cause {
        Cause::Crashed => ParseFailure::broken("picture", failure.detail),
        _ => failure,
    };
    let read = recognise(&session, None, &languages, 0, UPRIGHT).await;
    let mut read = read.map_err(broken)?;
    if programs::can_turn() && read.iter().any(|page| page.quality.is_unsure()) {
        let turned = recognise(&session, None, &languages, 0, ANY_WAY_UP).await;
        for (page, turned) in read.iter_mut().zip(turned.map_err(broken)?) {
            if turned.improves(page, WORTH) {
                page.take(turned);
            }
        }
    }
    read.resize_with(sizes.len().max(read.len()), || {
        RawPage::blank(Reader::Tesseract)
    });
    let raw = RawDocument {
        title: None,
        pages: read,
    };
    session.assemble(raw).await.map_err(|failure| {
        if failure.cause == Cause::NoText {
            ParseFailure::no_letters("picture", failure.detail)
        } else {
            failure
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_page_is_painted_coarser() {
        assert_eq!(resolution((595, 842), 300, 40_000_000), 300);
        assert_eq!(resolution((0, 0), 300, 40_000_000), 300);
        // A0.
        let dpi = resolution((2384, 3370), 300, 40_000_000);
        assert!((150..165).contains(&dpi), "{dpi}");
        assert_eq!(resolution((100_000, 100_000), 300, 40_000_000), LEAST_DPI);
    }

    #[test]
    fn without_tesseract_the_pages_that_are_pictures_are_named() {
        let mut pages = vec![RawPage::blank(Reader::PdfExtract); 3];
        pages[1].is_blank = true;
        let pictures = not_installed(&pages);
        assert!(pictures.warnings[0].starts_with("Pages 1 and 3: pictures or empty."));
        assert!(
            pictures
                .instead_of_no_text
                .unwrap()
                .reason
                .contains("tesseract-ocr")
        );
    }
}
