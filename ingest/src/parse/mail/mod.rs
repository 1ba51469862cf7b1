//! Mails as Internet text (RFC 5322 with MIME): the mail's own words, and what came with it.

mod letter;
#[cfg(test)]
mod tests;

use super::{Parsed, text};
use crate::failure::ParseFailure;
use crate::names;
pub(crate) use letter::{Body, Letter, better};
use mail_parser::{
    Addr, Address, ContentType, Message, MessageParser, MessagePart, MimeHeaders, PartType,
};
use std::borrow::Cow;

/// A file that came with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let source = decoded(bytes);
    let message = read(&source)?;
    let files = files(&message);
    let letter = Letter {
        subject: message.subject().unwrap_or_default().to_owned(),
        from: addresses(message.from().into_iter().flat_map(Address::iter)),
        to: addresses(message.all_to().flat_map(Address::iter)),
        cc: addresses(message.all_cc().flat_map(Address::iter)),
        date: message
            .date()
            .filter(|date| date.is_valid())
            .map(mail_parser::DateTime::to_rfc3339)
            .unwrap_or_default(),
        attachments: files.into_iter().map(|(name, _)| name).collect(),
        bodies: better(
            bodies(&message, &message.text_body),
            bodies(&message, &message.html_body),
        ),
    };
    letter.parse("eml")
}

/// The files that came with a mail; its own words and the pictures set in them are none.
pub(crate) fn attachments(bytes: &[u8]) -> Result<Vec<Attachment>, ParseFailure> {
    let source = decoded(bytes);
    let message = read(&source)?;
    let files = files(&message);
    Ok(files
        .into_iter()
        .map(|(name, part)| Attachment {
            name,
            bytes: content(part),
        })
        .collect())
}

/// Whether a mail's content is encrypted, by the type of it.
pub(crate) fn is_encrypted_type(media_type: &str) -> bool {
    matches!(
        media_type,
        "multipart/encrypted" | "application/pgp-encrypted"
    )
}

/// The mail as bytes: some programs save it as UTF-16.
fn decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bytes.starts_with(&[0xFF, 0xFE])
        || bytes.starts_with(&[0xFE, 0xFF])
        || bytes.iter().take(64).any(|b| *b == 0)
    {
        Cow::Owned(text::decode(bytes).into_owned().into_bytes())
    } else {
        Cow::Borrowed(bytes)
    }
}

fn read(source: &[u8]) -> Result<Message<'_>, ParseFailure> {
    let message = MessageParser::default()
        .parse(source)
        .filter(|message| !message.parts.is_empty())
        .ok_or_else(|| ParseFailure::broken("mail", "no headers"))?;
    let root = media_type(message.root_part());
    let enveloped = message
        .root_part()
        .content_type()
        .and_then(|kind| kind.attribute("smime-type"))
        .is_some_and(|kind| kind.eq_ignore_ascii_case("enveloped-data"));
    if is_encrypted_type(&root) || enveloped {
        return Err(ParseFailure::encrypted("mail", root));
    }
    Ok(message)
}

/// `text/plain`, in lower case; empty where it isn't named.
fn media_type(part: &MessagePart<'_>) -> String {
    part.content_type().map_or_else(String::new, |kind| {
        let subtype = kind.subtype().unwrap_or_default();
        format!("{}/{subtype}", kind.ctype()).to_lowercase()
    })
}

/// `Name <address>`, several joined by commas.
fn addresses<'a, 'x: 'a>(of: impl Iterator<Item = &'a Addr<'x>>) -> String {
    let one = |addr: &Addr<'_>| match (addr.name(), addr.address()) {
        (Some(name), Some(address)) if name != address => format!("{name} <{address}>"),
        (Some(one), _) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    };
    let all: Vec<String> = of.map(one).filter(|one| !one.is_empty()).collect();
    all.join(", ")
}

/// The words of these parts.
fn bodies(message: &Message<'_>, ids: &[u32]) -> Vec<Body> {
    ids.iter()
        .filter_map(|id| message.part(*id))
        .filter_map(|part| match &part.body {
            PartType::Text(words) => Some(Body::Text(guessed(message, part, words))),
            PartType::Html(source) => Some(Body::Html(guessed(message, part, source))),
            _ => None,
        })
        .collect()
}

/// The words of a part; where its encoding wasn't named and isn't UTF-8, read by what its bytes
/// look like.
fn guessed(message: &Message<'_>, part: &MessagePart<'_>, words: &str) -> String {
    let named = part
        .content_type()
        .is_some_and(|kind| kind.attribute("charset").is_some());
    let plain = part.encoding == mail_parser::Encoding::None;
    if named || !plain || !words.contains('\u{FFFD}') {
        return words.to_owned();
    }
    let bytes = message
        .raw_message
        .get(part.offset_body as usize..part.offset_end as usize);
    bytes.map_or_else(
        || words.to_owned(),
        |bytes| text::decode(bytes).into_owned(),
    )
}

/// The parts that are files, each with its name.
fn files<'m, 'x>(message: &'m Message<'x>) -> Vec<(String, &'m MessagePart<'x>)> {
    let shown: String = message
        .html_body
        .iter()
        .filter_map(|id| message.part(*id)?.text_contents())
        .collect();
    let body = |id: &u32| message.text_body.contains(id) || message.html_body.contains(id);
    let mut files = Vec::new();
    for id in &message.attachments {
        let Some(part) = message.part(*id) else {
            continue;
        };
        // Without a name it is the words in another form, or words that are damaged.
        let is_words = part.is_text() && (body(id) || !is_given_as_file(part));
        if is_words || part.is_multipart() || is_signature(part) || is_shown_in(&shown, part) {
            continue;
        }
        files.push((name_of(part, files.len() + 1), part));
    }
    files
}

fn is_given_as_file(part: &MessagePart<'_>) -> bool {
    part.attachment_name().is_some()
        || part
            .content_disposition()
            .is_some_and(ContentType::is_attachment)
}

fn is_signature(part: &MessagePart<'_>) -> bool {
    matches!(
        media_type(part).as_str(),
        "application/pkcs7-signature"
            | "application/x-pkcs7-signature"
            | "application/pgp-signature"
            | "application/pgp-keys"
    )
}

/// Whether a picture is set in the mail's words.
fn is_shown_in(html: &str, part: &MessagePart<'_>) -> bool {
    media_type(part).starts_with("image/")
        && part
            .content_id()
            .is_some_and(|id| !id.is_empty() && html.contains(&format!("cid:{id}")))
}

/// The name that a file came with, else one made up from what it is.
fn name_of(part: &MessagePart<'_>, number: usize) -> String {
    if let Some(name) = part
        .attachment_name()
        .filter(|name| !name.trim().is_empty())
    {
        return names::file_name(name);
    }
    if let Some(mail) = part.message().filter(|mail| !mail.parts.is_empty()) {
        let subject = mail.subject().unwrap_or("mail");
        return mail_name(subject);
    }
    let extension = match media_type(part).as_str() {
        "text/plain" | "" => ".txt",
        "text/html" => ".html",
        "text/csv" => ".csv",
        "text/calendar" => ".ics",
        "application/pdf" => ".pdf",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/tiff" => ".tiff",
        _ => "",
    };
    format!("attachment-{number}{extension}")
}

/// The name of a mail that came with another one.
pub(crate) fn mail_name(subject: &str) -> String {
    let subject: String = subject
        .chars()
        .map(|c| {
            if matches!(c, '/' | '\\' | ':') {
                '-'
            } else {
                c
            }
        })
        .take(120)
        .collect();
    let subject = subject.trim();
    names::file_name(&format!(
        "{}.eml",
        if subject.is_empty() { "mail" } else { subject }
    ))
}

fn content(part: &MessagePart<'_>) -> Vec<u8> {
    match &part.body {
        PartType::Message(mail) if !mail.parts.is_empty() => mail.raw_message().to_vec(),
        PartType::Message(_) => Vec::new(),
        _ => part.contents().to_vec(),
    }
}
