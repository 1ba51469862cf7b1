//! Which kind of file this is: by content, the name a hint among text formats only.

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

    /// The media type to store and to serve the original with.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Html => "text/html",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
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
        [
            Self::Text,
            Self::Markdown,
            Self::Html,
            Self::Docx,
            Self::Pdf,
        ]
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

/// Bytes of a file's start that [`detect`] wants to see; fewer are fine for shorter files.
pub const HEAD_BYTES: u64 = 64 * 1024;

/// The format of a file that starts with `head` and is called `name`.
pub fn detect(head: &[u8], name: &str) -> Result<Format, Unsupported> {
    let refuse = |what: &str, todo: &str| {
        Err(Unsupported {
            reason: format!("{what} {todo}"),
        })
    };
    let save_as = "Save it as PDF, DOCX, HTML, Markdown or text and upload that.";
    let extension = extension(name);

    if head.is_empty() {
        return refuse("This file is empty.", "Check that it is the right file.");
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
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return match zip_kind(head, &extension) {
            Some("docx") => Ok(Format::Docx),
            Some("xlsx") => refuse("Excel workbooks are not read yet.", save_as),
            Some("pptx") => refuse("PowerPoint presentations are not read yet.", save_as),
            Some("odf") => refuse("OpenDocument files are not read yet.", save_as),
            _ => refuse(
                "Archives are not unpacked yet.",
                "Unpack it and upload the files in it.",
            ),
        };
    }
    if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return match extension.as_str() {
            "docx" | "xlsx" | "pptx" => refuse(
                "This Office file is encrypted or in the old binary format.",
                "Save a copy without a password as DOCX or PDF and upload that.",
            ),
            "msg" => refuse("Outlook messages are not read yet.", save_as),
            _ => refuse(
                "Office files of before 2007 (DOC, XLS, PPT) are not read.",
                save_as,
            ),
        };
    }
    if let Some(what) = picture(head) {
        return refuse(
            &format!("This is a picture ({what})."),
            "Text in pictures (OCR) is not read yet. Upload a copy with text in it.",
        );
    }
    if head.starts_with(b"{\\rtf") {
        return refuse("RTF files are not read yet.", save_as);
    }
    if !is_text(head) {
        return refuse("This kind of file is not known.", save_as);
    }
    let start = text_start(head);
    if ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|mark| start.starts_with(mark))
    {
        return Ok(Format::Html);
    }
    match extension.as_str() {
        "md" | "markdown" | "mdown" => Ok(Format::Markdown),
        "html" | "htm" | "xhtml" => Ok(Format::Html),
        "eml" => refuse("Mails are not read yet.", save_as),
        _ if start.starts_with("<?xml") && start.contains("<html") => Ok(Format::Html),
        _ => Ok(Format::Text),
    }
}

fn extension(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, extension)) => extension.to_ascii_lowercase(),
        None => String::new(),
    }
}

/// What a zip holds, by the names of its first entries, else by the name's extension.
fn zip_kind(head: &[u8], extension: &str) -> Option<&'static str> {
    let holds = |needle: &str| {
        head.windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    if holds("mimetypeapplication/vnd.oasis") {
        return Some("odf");
    }
    for (folder, kind) in [("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")] {
        if holds(folder) {
            return Some(kind);
        }
    }
    // The entries that tell may stand behind large ones; the parser looks again.
    match extension {
        "docx" | "docm" | "dotx" => Some("docx"),
        "xlsx" | "xlsm" => Some("xlsx"),
        "pptx" | "pptm" => Some("pptx"),
        "odt" | "ods" | "odp" => Some("odf"),
        _ => None,
    }
}

fn picture(head: &[u8]) -> Option<&'static str> {
    let marks: [(&[u8], &str); 7] = [
        (b"\x89PNG\r\n", "PNG"),
        (&[0xFF, 0xD8, 0xFF], "JPEG"),
        (b"GIF8", "GIF"),
        (b"II*\0", "TIFF"),
        (b"MM\0*", "TIFF"),
        (b"BM", "BMP"),
        (b"RIFF", "WebP"),
    ];
    let (mark, what) = marks.iter().find(|(mark, _)| head.starts_with(mark))?;
    // Two and four letters may well begin a text.
    match *what {
        "BMP" if is_text(head) => None,
        "WebP" if head.get(8..12) != Some(b"WEBP") => None,
        _ => (!mark.is_empty()).then_some(what),
    }
}

/// Whether these bytes can be text: UTF-16 with or without a mark, or hardly any control bytes.
fn is_text(head: &[u8]) -> bool {
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    if head.contains(&0) {
        return crate::parse::text::utf16_without_mark(head).is_some();
    }
    let control = |b: &&u8| {
        (**b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C | 0x1B)) || **b == 0x7F
    };
    head.iter().filter(control).count() * 50 <= head.len()
}

/// The first letters of a text in lower case, without a byte order mark, blanks and comments.
fn text_start(head: &[u8]) -> String {
    let text = crate::parse::text::decode(&head[..head.len().min(4096)]);
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        match comment.split_once("-->") {
            Some((_, after)) => rest = after.trim_start(),
            None => break,
        }
    }
    rest.chars().take(2048).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_decides_over_the_name() {
        assert_eq!(detect(b"%PDF-1.7\n...", "letter.txt"), Ok(Format::Pdf));
        assert_eq!(detect(b"%\xE4\n1 0 obj <<>>", "a.txt"), Ok(Format::Pdf));
        assert_eq!(detect(b"<!DOCTYPE html><p>x", "a.txt"), Ok(Format::Html));
        assert_eq!(
            detect(b"\xEF\xBB\xBF <!-- made by x -->\n<html>", "a.md"),
            Ok(Format::Html)
        );
        assert!(detect(b"PK\x03\x04....xl/workbook.xml", "a.docx").is_err());
        assert!(detect(b"\x89PNG\r\n\x1a\n", "a.pdf").is_err());
    }

    #[test]
    fn the_name_decides_among_text() {
        assert_eq!(detect(b"# Title", "a.MD"), Ok(Format::Markdown));
        assert_eq!(detect(b"# Title", "a.txt"), Ok(Format::Text));
        assert_eq!(detect(b"# Title", "noextension"), Ok(Format::Text));
        assert_eq!(detect(b"BMW pays 4 %", "a.txt"), Ok(Format::Text));
        assert_eq!(detect("M\u{fc}nchen".as_bytes(), "a"), Ok(Format::Text));
        assert_eq!(detect(b"\xFF\xFEa\0b\0", "a.txt"), Ok(Format::Text));
        assert_eq!(detect(b"a\0b\0c\0d\0", "a.txt"), Ok(Format::Text));
    }

    #[test]
    fn a_refusal_says_what_the_file_is_and_what_to_do() {
        let reason = detect(&[0xD0, 0xCF, 0x11, 0xE0, 1], "plan.docx")
            .unwrap_err()
            .reason;
        assert_eq!(
            reason,
            "This Office file is encrypted or in the old binary format. Save a copy without a \
             password as DOCX or PDF and upload that."
        );
        assert!(detect(b"", "a.txt").unwrap_err().reason.contains("empty"));
        assert!(detect(&[1, 2, 3, 4, 5, 0, 0, 9], "a.bin").is_err());
    }
}
