//! The properties of an Outlook message: MAPI's numbered values, each in a stream named after it,
//! the short ones together in a stream of their own.

use crate::parse::text;
use cfb::CompoundFile;
use encoding_rs::{Encoding, UTF_16LE};
use std::io::{Cursor, Read};

pub(super) type File<'a> = CompoundFile<Cursor<&'a [u8]>>;

/// A property's number.
pub(super) type Tag = u16;

pub(super) const MESSAGE_CLASS: Tag = 0x001A;
pub(super) const SUBJECT: Tag = 0x0037;
pub(super) const SENT_AT: Tag = 0x0039;
pub(super) const SENDER_NAME: Tag = 0x0C1A;
pub(super) const SENDER_ADDRESS: Tag = 0x0C1F;
pub(super) const SENDER_SMTP: Tag = 0x5D01;
pub(super) const CC: Tag = 0x0E03;
pub(super) const TO: Tag = 0x0E04;
pub(super) const DELIVERED_AT: Tag = 0x0E06;
pub(super) const BODY: Tag = 0x1000;
pub(super) const RTF: Tag = 0x1009;
pub(super) const HTML: Tag = 0x1013;
pub(super) const DISPLAY_NAME: Tag = 0x3001;
pub(super) const ATTACHED_BYTES: Tag = 0x3701;
pub(super) const SHORT_NAME: Tag = 0x3704;
pub(super) const ATTACH_METHOD: Tag = 0x3705;
pub(super) const LONG_NAME: Tag = 0x3707;
pub(super) const MIME_TYPE: Tag = 0x370E;
pub(super) const CONTENT_ID: Tag = 0x3712;
const INTERNET_CODE_PAGE: Tag = 0x3FDE;
const CODE_PAGE: Tag = 0x3FFD;

/// The stream of the short values.
pub(super) const FIXED: &str = "__properties_version1.0";
/// Bytes of one of them.
const FIXED_BYTES: usize = 16;
const LONG: u16 = 0x0003;
const TIME: u16 = 0x0040;
const STRING_8: u16 = 0x001E;
const STRING: u16 = 0x001F;
const BINARY: u16 = 0x0102;

/// The properties of one storage: the message, or an attachment.
pub(super) struct Properties {
    /// The storage's path, without a slash at its end.
    path: String,
    /// Number, type and value.
    fixed: Vec<(Tag, u16, u64)>,
}

impl Properties {
    /// The properties of the storage at `path`, empty for the message itself; `head` is the length
    /// of what stands before the short values.
    pub(super) fn of(file: &mut File<'_>, path: &str, head: usize) -> Self {
        let bytes = stream(file, &format!("{path}/{FIXED}")).unwrap_or_default();
        let fixed = bytes
            .get(head..)
            .unwrap_or_default()
            .chunks_exact(FIXED_BYTES)
            .map(|row| {
                let short = |at: usize| u16::from_le_bytes([row[at], row[at + 1]]);
                let value = row[8..16].iter().rev();
                let value = value.fold(0, |value, byte| (value << 8) | u64::from(*byte));
                (short(2), short(0), value)
            })
            .collect();
        Self {
            path: path.to_owned(),
            fixed,
        }
    }

    fn fixed(&self, tag: Tag, kind: u16) -> Option<u64> {
        let found = self.fixed.iter().find(|(t, k, _)| *t == tag && *k == kind);
        found.map(|(_, _, value)| *value)
    }

    pub(super) fn long(&self, tag: Tag) -> Option<u32> {
        let value = self.fixed(tag, LONG)? & u64::from(u32::MAX);
        u32::try_from(value).ok()
    }

    /// A moment, in milliseconds since 1970.
    pub(super) fn time_ms(&self, tag: Tag) -> Option<i64> {
        // Tenths of microseconds since 1601.
        let ticks = self.fixed(tag, TIME)?;
        let since_1601 = i64::try_from(ticks / 10_000).ok()?;
        (since_1601 > 0).then_some(since_1601 - 11_644_473_600_000)
    }

    fn name(&self, tag: Tag, kind: u16) -> String {
        format!("{}/__substg1.0_{tag:04X}{kind:04X}", self.path)
    }

    pub(super) fn bytes(&self, file: &mut File<'_>, tag: Tag) -> Option<Vec<u8>> {
        stream(file, &self.name(tag, BINARY))
    }

    /// A text, without what ends it; empty where there is none. `message` knows the code page.
    pub(super) fn text(&self, file: &mut File<'_>, tag: Tag, message: &Self) -> String {
        let words = if let Some(bytes) = stream(file, &self.name(tag, STRING)) {
            UTF_16LE.decode_without_bom_handling(&bytes).0.into_owned()
        } else if let Some(bytes) = stream(file, &self.name(tag, STRING_8)) {
            message.decode(&bytes, CODE_PAGE)
        } else {
            String::new()
        };
        words.trim_end_matches('\0').trim().to_owned()
    }

    /// HTML is bytes in a code page that is named beside it, if it isn't a text.
    pub(super) fn html(&self, file: &mut File<'_>) -> Option<String> {
        let html = match self.bytes(file, HTML) {
            Some(bytes) => self.decode(&bytes, INTERNET_CODE_PAGE),
            None => self.text(file, HTML, self),
        };
        (!html.trim().is_empty()).then_some(html)
    }

    fn decode(&self, bytes: &[u8], code_page: Tag) -> String {
        let encoding = self.long(code_page).and_then(encoding_of);
        match encoding {
            Some(encoding) => encoding.decode(bytes).0.into_owned(),
            None => text::decode(bytes).into_owned(),
        }
    }

    /// Where the message that is attached lies.
    pub(super) fn attached_message(&self) -> String {
        format!("{}/__substg1.0_{ATTACHED_BYTES:04X}000D", self.path)
    }
}

/// The bytes of a stream; none where there is no such stream or it is damaged.
pub(super) fn stream(file: &mut File<'_>, path: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.open_stream(path).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The encoding of a Windows code page.
fn encoding_of(code_page: u32) -> Option<&'static Encoding> {
    let label = match code_page {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 | 51949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        20127 => "windows-1252".to_owned(),
        20866 => "koi8-r".to_owned(),
        28591..=28605 => format!("iso-8859-{}", code_page - 28590),
        50220..=50222 => "iso-2022-jp".to_owned(),
        54936 => "gb18030".to_owned(),
        65001 => "utf-8".to_owned(),
        page => format!("windows-{page}"),
    };
    Encoding::for_label(label.as_bytes())
}
