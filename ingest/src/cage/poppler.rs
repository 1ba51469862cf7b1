//! Poppler's `pdftotext`, where it is installed, as a second opinion on PDFs that pdf-extract
//! fails on or reads badly. It runs behind the same walls, and its text is laid out in a third
//! child: this process never looks inside.

use super::order::Order;
use super::run::{self, Input};
use super::{CageConfig, judge, walls};
use crate::failure::{Cause, ParseFailure};
use crate::parse::Parsed;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = "/usr/bin/pdftotext";
/// Below this share of characters with a meaning, another parser may do better.
const LEGIBLE: f32 = 0.95;

/// The better of pdf-extract's reading and poppler's.
pub(super) async fn second_opinion(
    config: &CageConfig,
    path: &Path,
    first: Result<Parsed, ParseFailure>,
) -> Result<Parsed, ParseFailure> {
    let is_good = match &first {
        Ok(parsed) => parsed.legible >= LEGIBLE && every_page_has_text(parsed),
        Err(failure) => matches!(failure.cause, Cause::Cage | Cause::TooMuchText),
    };
    if is_good || !Path::new(PROGRAM).exists() {
        return first;
    }
    let second = read_with_poppler(config, path).await;
    match (first, second) {
        (Ok(first), Ok(second)) => {
            if worth(&second) > worth(&first) + worth(&first) / 20 {
                Ok(second)
            } else {
                Ok(first)
            }
        }
        (Ok(parsed), Err(_)) | (Err(_), Ok(parsed)) => Ok(parsed),
        // Poppler's reason counts where it is plainer: a password, or pictures only.
        (Err(first), Err(second)) => {
            if matches!(second.cause, Cause::Encrypted | Cause::NoText) {
                Err(second)
            } else {
                Err(first)
            }
        }
    }
}

async fn read_with_poppler(config: &CageConfig, path: &Path) -> Result<Parsed, ParseFailure> {
    let ended = run::child(config, "poppler", Input::File(path.to_owned())).await?;
    if ended.output_overran {
        return Err(ParseFailure::too_much_text(config.output_bytes));
    }
    if !ended.is_success() {
        let failure = ended.failure(config);
        if failure.detail.contains("Incorrect password") {
            return Err(ParseFailure::encrypted("PDF", failure.detail));
        }
        return Err(failure);
    }
    let ended = run::child(config, "pages", Input::Bytes(ended.output)).await?;
    judge(config, ended).await
}

fn every_page_has_text(parsed: &Parsed) -> bool {
    let mut pages: Vec<u32> = parsed.blocks.iter().filter_map(|b| b.page).collect();
    pages.dedup();
    parsed
        .pages
        .is_none_or(|count| pages.len() >= count as usize)
}

/// Letters and digits that have a meaning.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count weighed by a share, for comparing"
)]
fn worth(parsed: &Parsed) -> u64 {
    let letters = parsed.text.chars().filter(|c| c.is_alphanumeric()).count();
    (letters as f64 * f64::from(parsed.legible)) as u64
}

/// Turns this caged process into `pdftotext`; comes back only when that fails.
pub(super) fn become_it(order: &Order) -> ParseFailure {
    let walls = walls::limits(order, 0)
        .and_then(|()| walls::paths(&["/usr", "/lib", "/lib64", "/etc/ld.so.cache"]))
        .and_then(|()| walls::system_calls_of_a_program());
    if let Err(e) = walls {
        return ParseFailure::cage(e);
    }
    let failed = Command::new(PROGRAM)
        .args(["-enc", "UTF-8", "-eol", "unix", "-", "-"])
        .env_clear()
        .exec();
    ParseFailure::cage(format!("{PROGRAM}: {failed}"))
}
