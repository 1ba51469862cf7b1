//! Which kind of text this is.

use super::Format;
use crate::parse::{csv, text};

/// The format of what is text.
pub(super) fn format(head: &[u8], extension: &str) -> Format {
    let text = text::decode(head);
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if start.starts_with("{\\rtf") {
        return Format::Rtf;
    }
    if is_html(start) {
        return Format::Html;
    }
    if is_mail(start, extension) {
        return Format::Eml;
    }
    match extension {
        "md" | "markdown" | "mdown" => Format::Markdown,
        "html" | "htm" | "xhtml" => Format::Html,
        "csv" | "tsv" | "tab" if csv::separator(whole_lines(&text)).is_some() => Format::Csv,
        _ => Format::Text,
    }
}

/// Whether these bytes can be text: UTF-16 or UTF-32 with or without a mark, or hardly any
/// control bytes.
pub(super) fn is_text(head: &[u8]) -> bool {
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    if head.contains(&0) {
        return head.starts_with(&[0, 0, 0xFE, 0xFF]) || text::wide_without_mark(head).is_some();
    }
    let control = |b: &&u8| {
        (**b < 0x20 && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0B | 0x0C | 0x1B)) || **b == 0x7F
    };
    head.iter().filter(control).count() * 50 <= head.len()
}

/// The text up to its last line break: what follows may be cut.
fn whole_lines(text: &str) -> &str {
    match text.rfind('\n') {
        Some(end) => &text[..=end],
        None => text,
    }
}

/// Whether the first element, behind comments and declarations, is one of HTML.
fn is_html(start: &str) -> bool {
    let mut rest = start;
    while let Some(comment) = rest.strip_prefix("<!--") {
        match comment.split_once("-->") {
            Some((_, after)) => rest = after.trim_start(),
            None => break,
        }
    }
    let first: String = rest.chars().take(2048).collect::<String>().to_lowercase();
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|mark| first.starts_with(mark))
        || (first.starts_with("<?xml") && first.contains("<html"))
}

/// Headers that people write over a letter too.
const OF_LETTERS: [&str; 6] = ["from", "to", "cc", "date", "subject", "sent"];

/// Headers that only a mail program writes.
const OF_MAILS: [&str; 12] = [
    "received",
    "return-path",
    "delivered-to",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "reply-to",
    "in-reply-to",
    "references",
    "bcc",
    "sender",
];

/// Whether the text begins with the headers of a mail: at least two that are known, one of them
/// of those that only a mail program writes, unless the name says that it is a mail.
fn is_mail(start: &str, extension: &str) -> bool {
    let (mut letters, mut mails) = (0, 0);
    // The line before the headers that mailboxes have.
    let skipped = usize::from(start.starts_with("From "));
    for line in start.lines().skip(skipped).take(200) {
        if line.starts_with([' ', '\t']) && letters + mails > 0 {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            break;
        };
        let name = name.to_ascii_lowercase();
        let shaped = name
            .bytes()
            .all(|b| b.is_ascii_graphic() && b != b'<' && b != b'{');
        if !shaped || name.is_empty() {
            break;
        }
        letters += usize::from(OF_LETTERS.contains(&name.as_str()));
        mails += usize::from(OF_MAILS.contains(&name.as_str()) || name.starts_with("x-"));
    }
    letters + mails >= 2 && (mails > 0 || extension == "eml")
}
