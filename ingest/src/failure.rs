//! Why a file could not be read, in words for people.

pub(crate) use inhouse_protocol::FailureCause as Cause;
use serde::{Deserialize, Serialize};

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{reason} ({detail})")]
pub struct ParseFailure {
    pub cause: Cause,
    /// What is wrong and what to do, in plain words.
    pub reason: String,
    /// What the parser said, for the log.
    pub detail: String,
}

impl ParseFailure {
    fn new(cause: Cause, reason: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            cause,
            reason: reason.into(),
            detail: detail.into(),
        }
    }

    pub(crate) fn unsupported(reason: impl Into<String>) -> Self {
        Self::new(Cause::Unsupported, reason, "unsupported format")
    }

    pub(crate) fn encrypted(what: &str, detail: impl Into<String>) -> Self {
        let reason = format!("This {what} is encrypted. Upload a copy without a password.");
        Self::new(Cause::Encrypted, reason, detail)
    }

    /// A PDF whose text none of the readers that were asked could find.
    pub(crate) fn no_text_layer(detail: impl Into<String>) -> Self {
        Self::new(
            Cause::NoText,
            "No text was found in this PDF in the way it was to be read: its pages are empty or \
             pictures, such as a scan. Retry it as pictures of text (OCR).",
            detail,
        )
    }

    /// As [`no_text_layer`](Self::no_text_layer), on a machine that can't read pictures.
    pub(crate) fn pictures_only(detail: impl Into<String>) -> Self {
        Self::new(
            Cause::NoText,
            "No text was found in this PDF: its pages are empty or pictures, such as a scan. \
             Text in pictures (OCR) is not read on this server; an administrator can install \
             tesseract-ocr and poppler-utils. Or upload a copy with text in it.",
            detail,
        )
    }

    /// Looked at as pictures, and still no letters.
    pub(crate) fn no_letters(what: &str, detail: impl Into<String>) -> Self {
        let reason = format!(
            "No text was found in this {what}, also not by reading it as a picture of text (OCR): \
             it is empty, or shows pictures or handwriting only. Upload a sharper scan or a copy \
             with text in it."
        );
        Self::new(Cause::NoText, reason, detail)
    }

    /// A picture, on a machine that can't read pictures.
    pub(crate) fn no_ocr(detail: impl Into<String>) -> Self {
        Self::new(
            Cause::Unsupported,
            "This file is a picture. Text in pictures (OCR) is not read on this server; an \
             administrator can install tesseract-ocr. Or upload a copy with text in it.",
            detail,
        )
    }

    /// A PDF that a certain program was to read, which isn't there.
    pub(crate) fn no_program(what: &str) -> Self {
        let reason = format!(
            "This file was to be read by {what}, which is not installed on this server. Retry it \
             with another choice, or ask an administrator to install it."
        );
        Self::new(Cause::Unsupported, reason, "not installed")
    }

    /// A picture with more pixels or pages than are read.
    pub(crate) fn too_many_pixels(what: &str, detail: impl Into<String>) -> Self {
        let reason = format!(
            "This picture has more than {what}, the most that are read from one file. Scan it at \
             300 dots per inch, or split it, and upload it again."
        );
        Self::new(Cause::TooLarge, reason, detail)
    }

    pub(crate) fn empty() -> Self {
        Self::new(
            Cause::NoText,
            "This file holds no text. Check that it is the right file.",
            "no text",
        )
    }

    pub(crate) fn broken(what: &str, detail: impl Into<String>) -> Self {
        let reason = format!(
            "This file is damaged or is not really a {what}. Open it in the program it was \
             made with, save it again, and upload the new copy."
        );
        Self::new(Cause::Broken, reason, detail)
    }

    pub(crate) fn too_large(limit_bytes: u64, detail: impl Into<String>) -> Self {
        let reason = format!(
            "This file unpacks to more than {} or is packed suspiciously tightly, so it was not \
             opened. Remove large pictures or attachments and upload it again.",
            size(limit_bytes)
        );
        Self::new(Cause::TooLarge, reason, detail)
    }

    pub(crate) fn too_many_pages(limit: usize, detail: impl Into<String>) -> Self {
        let reason = format!(
            "This PDF has more than {limit} pages, the most that are read from one file. Split it \
             and upload the parts."
        );
        Self::new(Cause::TooLarge, reason, detail)
    }

    pub(crate) fn too_much_text(limit_bytes: u64) -> Self {
        let reason = format!(
            "This file holds more text than is read from one file ({}). Split it and upload the \
             parts.",
            size(limit_bytes)
        );
        Self::new(Cause::TooMuchText, reason, "output limit")
    }

    pub(crate) fn memory(limit_bytes: u64, detail: impl Into<String>) -> Self {
        let reason = format!(
            "Reading this file needed more than {} of memory, so it was stopped. Split the file, \
             or save it again in the program it was made with.",
            size(limit_bytes)
        );
        Self::new(Cause::Memory, reason, detail)
    }

    pub(crate) fn time(limit_s: u64, detail: impl Into<String>) -> Self {
        let reason = format!(
            "Reading this file took longer than {limit_s} seconds, so it was stopped. Split the \
             file, or save it again in the program it was made with."
        );
        Self::new(Cause::Time, reason, detail)
    }

    pub(crate) fn depth(detail: impl Into<String>) -> Self {
        Self::new(
            Cause::Depth,
            "This file is nested too deeply to be read. Save it again in the program it was made \
             with, and upload the new copy.",
            detail,
        )
    }

    pub(crate) fn crashed(detail: impl Into<String>) -> Self {
        Self::new(
            Cause::Crashed,
            "The parser could not cope with this file; it may be damaged. Save it again in the \
             program it was made with, and upload the new copy.",
            detail,
        )
    }

    pub(crate) fn cage(detail: impl Into<String>) -> Self {
        Self::new(
            Cause::Cage,
            "The protected surroundings in which files are read could not be set up on this \
             machine, so the file was not opened. Run 'inhouse doctor' to see what is missing.",
            detail,
        )
    }
}

/// A size in words: '1 GB', '64 MB', '300 bytes'.
fn size(bytes: u64) -> String {
    const MB: u64 = 1 << 20;
    match bytes {
        b if b >= 1 << 30 && b.is_multiple_of(1 << 30) => format!("{} GB", b >> 30),
        b if b >= MB => format!("{} MB", b / MB),
        b => format!("{b} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_what_happened_and_what_to_do() {
        let failure = ParseFailure::memory(1 << 30, "abort");
        assert_eq!(
            failure.reason,
            "Reading this file needed more than 1 GB of memory, so it was stopped. Split the \
             file, or save it again in the program it was made with."
        );
        assert!(ParseFailure::time(60, "").reason.contains("60 seconds"));
    }
}
