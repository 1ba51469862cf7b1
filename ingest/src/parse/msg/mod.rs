//! Mails as Outlook keeps them (MS-OXMSG): properties in a compound file.

mod properties;
mod standalone;
#[cfg(test)]
mod tests;

use super::Parsed;
use super::mail::{Attachment, Body, Letter, better, is_encrypted_type, mail_name};
use crate::failure::ParseFailure;
use crate::names;
use inhouse_protocol::Timestamp;
use properties::{
    ATTACH_METHOD, ATTACHED_BYTES, BODY, CC, CONTENT_ID, DELIVERED_AT, DISPLAY_NAME, File,
    LONG_NAME, MESSAGE_CLASS, MIME_TYPE, Properties, RTF, SENDER_ADDRESS, SENDER_NAME, SENDER_SMTP,
    SENT_AT, SHORT_NAME, SUBJECT, TO,
};
use standalone::{FILE_HEAD, standalone};
use std::io::Cursor;

/// Storages of attachments are called so, with a number.
const ATTACHMENT: &str = "__attach_version1.0_";
/// What stands before the short values of an attachment.
const ATTACHMENT_HEAD: usize = 8;
/// An attachment that is a message.
const METHOD_MESSAGE: u32 = 5;
/// Rich text, unpacked; more is no letter.
const MOST_RTF: u32 = 32 << 20;

/// What came with a message.
pub(crate) struct Attachments {
    pub(crate) files: Vec<Attachment>,
    /// What could not be had, in plain words.
    pub(crate) left_out: Vec<String>,
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let mut file = open(bytes)?;
    let message = Properties::of(&mut file, "", FILE_HEAD);
    let parts = parts(&mut file, &message);
    let class = message.text(&mut file, MESSAGE_CLASS, &message);
    let signed = class.contains("MultipartSigned");
    let sealed = class.starts_with("IPM.Note.SMIME") && !signed
        || parts.iter().any(|part| is_encrypted_type(&part.media_type));
    if sealed {
        return Err(ParseFailure::encrypted("mail", class));
    }
    let mut words = |tag| message.text(&mut file, tag, &message);
    let (name, smtp, address) = (
        words(SENDER_NAME),
        words(SENDER_SMTP),
        words(SENDER_ADDRESS),
    );
    let (subject, to, cc) = (words(SUBJECT), words(TO), words(CC));
    let plain = words(BODY);
    let letter = Letter {
        subject,
        from: sender(&name, &smtp, &address),
        to: to.replace("; ", ", "),
        cc: cc.replace("; ", ", "),
        date: date(&message),
        attachments: parts.into_iter().map(|part| part.name).collect(),
        bodies: bodies(&mut file, &message, plain),
    };
    letter.parse("msg")
}

/// The files that came with a message; the pictures set in its words are none.
pub(crate) fn attachments(bytes: &[u8]) -> Result<Attachments, ParseFailure> {
    let mut file = open(bytes)?;
    let message = Properties::of(&mut file, "", FILE_HEAD);
    let (mut files, mut left_out) = (Vec::new(), Vec::new());
    for part in parts(&mut file, &message) {
        let bytes = match &part.message {
            Some(path) => standalone(&mut file, path).ok(),
            None => part.properties.bytes(&mut file, ATTACHED_BYTES),
        };
        match bytes {
            Some(bytes) => files.push(Attachment {
                name: part.name,
                bytes,
            }),
            None => left_out.push(format!(
                "{}: it is not in the mail itself, or damaged.",
                part.name
            )),
        }
    }
    Ok(Attachments { files, left_out })
}

fn open(bytes: &[u8]) -> Result<File<'_>, ParseFailure> {
    cfb::CompoundFile::open(Cursor::new(bytes))
        .map_err(|e| ParseFailure::broken("Outlook message", e.to_string()))
}

/// An attachment, before its bytes are read.
struct Part {
    name: String,
    media_type: String,
    properties: Properties,
    /// Where the message lies, if it is one.
    message: Option<String>,
}

fn parts(file: &mut File<'_>, message: &Properties) -> Vec<Part> {
    let mut paths: Vec<String> = file
        .read_root_storage()
        .filter(|entry| entry.is_storage() && entry.name().starts_with(ATTACHMENT))
        .map(|entry| format!("/{}", entry.name()))
        .collect();
    paths.sort_unstable();
    let html = message.html(file).unwrap_or_default();
    let mut parts = Vec::new();
    for path in paths {
        let properties = Properties::of(file, &path, ATTACHMENT_HEAD);
        let mut words = |tag| properties.text(file, tag, message);
        let media_type = words(MIME_TYPE).to_lowercase();
        let id = words(CONTENT_ID);
        if media_type.starts_with("image/") && !id.is_empty() && html.contains(&format!("cid:{id}"))
        {
            continue;
        }
        let given = [words(LONG_NAME), words(SHORT_NAME), words(DISPLAY_NAME)];
        let given = given.into_iter().find(|name| !name.is_empty());
        let is_message = properties.long(ATTACH_METHOD) == Some(METHOD_MESSAGE);
        let inner = is_message.then(|| properties.attached_message());
        let name = match given {
            Some(name) if is_message => mail_name(&name).replace(".eml", ".msg"),
            Some(name) => names::file_name(&name),
            None => format!("attachment-{}", parts.len() + 1),
        };
        parts.push(Part {
            name,
            media_type,
            message: inner,
            properties,
        });
    }
    parts
}

/// 'Name <address>'. An address of Exchange itself is no address for people.
fn sender(name: &str, smtp: &str, address: &str) -> String {
    let address = [smtp, address].into_iter().find(|a| a.contains('@'));
    match address {
        Some(address) if name.is_empty() || name == address => address.to_owned(),
        Some(address) => format!("{name} <{address}>"),
        None => name.to_owned(),
    }
}

/// When it was sent, as RFC 3339; empty where that isn't known.
fn date(message: &Properties) -> String {
    let at = message
        .time_ms(SENT_AT)
        .or_else(|| message.time_ms(DELIVERED_AT));
    at.map_or_else(String::new, |at| {
        let second = at.div_euclid(1000).rem_euclid(86_400);
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let day = Timestamp(at).day();
        format!("{day}T{hour:02}:{minute:02}:{:02}Z", second % 60)
    })
}

/// The words: plain, or HTML, or rich text where there is nothing else.
fn bodies(file: &mut File<'_>, message: &Properties, plain: String) -> Vec<Body> {
    let rich: Vec<Body> = message.html(file).into_iter().map(Body::Html).collect();
    let plain: Vec<Body> = Some(plain)
        .filter(|words| !words.is_empty())
        .into_iter()
        .map(Body::Text)
        .collect();
    let found = better(plain, rich);
    if !found.is_empty() {
        return found;
    }
    let packed = message.bytes(file, RTF).unwrap_or_default();
    unpack_rtf(&packed).into_iter().map(Body::Rtf).collect()
}

/// Outlook's compressed rich text (MS-OXRTFCP). What its head says is held against what is there,
/// since it decides how much memory is taken.
fn unpack_rtf(packed: &[u8]) -> Option<Vec<u8>> {
    let head = packed.get(..16)?;
    let number =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (size, kind) = (number(4), &head[8..12]);
    let there = u32::try_from(packed.len() - 16).ok()?;
    if size > MOST_RTF || kind == b"MELA" && size > there {
        return None;
    }
    let text = compressed_rtf::decompress_rtf(packed).ok()?;
    let bytes = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?'));
    Some(bytes.collect())
}
