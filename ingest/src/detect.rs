//! Which kind of file this is: by content, the name a hint among text formats only. No more than
//! names inside of containers is read here; nothing is unpacked.

mod containers;
mod texts;

use crate::failure::ParseFailure;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Text,
    Markdown,
    Html,
    /// Comma- or semicolon- or tab-separated values.
    Csv,
    Docx,
    /// A workbook: XLSX, XLSM, XLSB, XLS, ODS.
    Sheet,
    /// A presentation: PPTX.
    Pptx,
    /// An OpenDocument text or presentation.
    Odt,
    Rtf,
    /// A mail as Internet text (RFC 5322).
    Eml,
    /// A mail of Outlook.
    Msg,
    Pdf,
    /// PNG, JPEG, TIFF: read as a picture of text.
    Image,
    /// An archive: each file in it becomes a document.
    Zip,
}

impl Format {
    /// Every format, in the order of a table.
    pub const ALL: [Self; 14] = [
        Self::Text,
        Self::Markdown,
        Self::Html,
        Self::Csv,
        Self::Docx,
        Self::Sheet,
        Self::Pptx,
        Self::Odt,
        Self::Rtf,
        Self::Eml,
        Self::Msg,
        Self::Pdf,
        Self::Image,
        Self::Zip,
    ];

    /// The format's name, as `inhouse parse-child` takes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Docx => "docx",
            Self::Sheet => "sheet",
            Self::Pptx => "pptx",
            Self::Odt => "odt",
            Self::Rtf => "rtf",
            Self::Eml => "eml",
            Self::Msg => "msg",
            Self::Pdf => "pdf",
            Self::Image => "image",
            Self::Zip => "zip",
        }
    }

    /// The media type to store and to serve the original with, where its start isn't at hand:
    /// that of the commonest kind. [`Format::media_type_of`] tells kinds apart.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Csv => "text/csv",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Sheet => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Eml => "message/rfc822",
            Self::Msg => "application/vnd.ms-outlook",
            Self::Pdf => "application/pdf",
            Self::Image => "image/png",
            Self::Zip => "application/zip",
        }
    }

    /// The media type of a file of this format that starts with `head`.
    pub fn media_type_of(self, head: &[u8]) -> &'static str {
        match self {
            Self::Image if head.starts_with(&[0xFF, 0xD8, 0xFF]) => "image/jpeg",
            Self::Image if head.starts_with(b"II") || head.starts_with(b"MM") => "image/tiff",
            Self::Sheet if head.starts_with(&containers::OLE) => "application/vnd.ms-excel",
            Self::Sheet | Self::Odt => {
                containers::open_document(head).unwrap_or_else(|| self.media_type())
            }
            _ => self.media_type(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Unsupported;
    fn from_str(text: &str) -> Result<Self, Unsupported> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| Unsupported {
                reason: format!("'{text}' is no format that is read."),
            })
    }
}

/// A file of a kind that is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unsupported {
    /// What the file is and what to do, in plain words.
    pub reason: String,
}

impl From<Unsupported> for ParseFailure {
    fn from(unsupported: Unsupported) -> Self {
        Self::unsupported(unsupported.reason)
    }
}

/// What to do with a document in a format that is not read.
const SAVE_AS: &str = "Save it as PDF or DOCX and upload that.";

/// A refusal: what the file is and what to do.
fn refuse(what: &str, todo: &str) -> Result<Format, Unsupported> {
    Err(Unsupported {
        reason: format!("{what} {todo}"),
    })
}

/// Bytes of a file's start that [`detect`] wants to see; fewer are fine for shorter files.
pub const HEAD_BYTES: u64 = 64 * 1024;

/// The format of a file that starts with `head` and is called `name`.
pub fn detect(head: &[u8], name: &str) -> Result<Format, Unsupported> {
    let extension = extension(name);
    if head.is_empty() {
        return refuse("This file is empty.", "Check that it is the right file.");
    }
    // Before PDF: an archive may begin with one that is stored as it is.
    if head.starts_with(b"PK\x03\x04") {
        return containers::zip(head, &extension);
    }
    if head.starts_with(b"PK\x05\x06") {
        return refuse("This archive is empty.", "Check that it is the right file.");
    }
    if head.starts_with(&containers::OLE) {
        return containers::ole(head, &extension);
    }
    // The PDF standard's own readers accept the mark within the first kilobyte.
    if head[..head.len().min(1024)]
        .windows(5)
        .any(|w| w == b"%PDF-")
    {
        return Ok(Format::Pdf);
    }
    // Some lost it; what follows is unmistakable.
    if head.starts_with(b"%") && head.windows(6).any(|w| w == b" 0 obj") {
        return Ok(Format::Pdf);
    }
    if let Some(answer) = picture(head) {
        return answer;
    }
    if is_other_archive(head) {
        return refuse(
            "Archives other than ZIP are not unpacked.",
            "Unpack it and upload the files in it, or pack them as ZIP.",
        );
    }
    if head.starts_with(b"%!PS") {
        return refuse("PostScript files are not read.", SAVE_AS);
    }
    if !texts::is_text(head) {
        return refuse("This kind of file is not known.", SAVE_AS);
    }
    Ok(texts::format(head, &extension))
}

fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, extension)) => extension.to_ascii_lowercase(),
        None => String::new(),
    }
}

/// What to do with a picture; `None` where this is none.
fn picture(head: &[u8]) -> Option<Result<Format, Unsupported>> {
    let read: [&[u8]; 4] = [b"\x89PNG\r\n", &[0xFF, 0xD8, 0xFF], b"II*\0", b"MM\0*"];
    if read.iter().any(|mark| head.starts_with(mark)) {
        return Some(Ok(Format::Image));
    }
    let web = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    let phone = head.get(4..8) == Some(b"ftyp")
        && matches!(head.get(8..12), Some(b"heic" | b"heix" | b"mif1" | b"avif"));
    let what = match head {
        _ if head.starts_with(b"GIF8") => "GIF",
        // Two letters may well begin a text.
        _ if head.starts_with(b"BM") && !texts::is_text(head) => "BMP",
        _ if web => "WebP",
        _ if phone => "HEIC or AVIF",
        _ => return None,
    };
    Some(refuse(
        &format!("This is a picture in a format that is not read ({what})."),
        "Save it as PNG, JPEG or TIFF and upload that.",
    ))
}

fn is_other_archive(head: &[u8]) -> bool {
    let marks: [&[u8]; 6] = [
        b"7z\xBC\xAF\x27\x1C",
        b"Rar!\x1A\x07",
        b"\x1F\x8B\x08",
        b"BZh9",
        b"\xFD7zXZ\0",
        b"MSCF\0\0\0\0",
    ];
    marks.iter().any(|mark| head.starts_with(mark)) || head.get(257..262) == Some(b"ustar")
}

#[cfg(test)]
mod tests;
