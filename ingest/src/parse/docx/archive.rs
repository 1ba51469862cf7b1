//! The zip around an office file: sizes are judged by its directory before anything is unpacked,
//! and held to while unpacking, since a directory can lie.

use crate::failure::ParseFailure;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// All entries together, unpacked.
const MOST_BYTES: u64 = 512 << 20;
/// One part that is read.
const MOST_BYTES_OF_A_PART: u64 = 128 << 20;
/// Unpacked to packed, above a megabyte. Word's own XML stays below 60.
const MOST_RATIO: u64 = 200;
const MOST_ENTRIES: usize = 20_000;

/// A part of an office file, unpacked.
pub(crate) struct Part {
    /// What the file is, for the reason of a failure, such as `DOCX file`.
    pub(crate) what: &'static str,
    pub(crate) bytes: Vec<u8>,
}

#[cfg(test)]
impl From<&str> for Part {
    fn from(xml: &str) -> Self {
        Self {
            what: "DOCX file",
            bytes: xml.as_bytes().to_vec(),
        }
    }
}

/// An office archive whose sizes have been judged.
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    what: &'static str,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens `bytes`, which are to be a `what`, such as `DOCX file`.
    pub(crate) fn open(bytes: &'a [u8], what: &'static str) -> Result<Self, ParseFailure> {
        let broken = |e: zip::result::ZipError| ParseFailure::broken(what, e.to_string());
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        if zip.len() > MOST_ENTRIES {
            let detail = format!("{} entries", zip.len());
            return Err(ParseFailure::too_large(MOST_BYTES, detail));
        }
        let mut total: u64 = 0;
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(broken)?;
            if entry.encrypted() {
                return Err(ParseFailure::encrypted(what, "encrypted zip entry"));
            }
            let (size, packed) = (entry.size(), entry.compressed_size());
            total = total.saturating_add(size);
            if size > 1 << 20 && size / packed.max(1) > MOST_RATIO {
                let detail = format!("entry of {size} bytes packed into {packed}");
                return Err(ParseFailure::too_large(MOST_BYTES, detail));
            }
        }
        if total > MOST_BYTES {
            let detail = format!("{total} bytes unpacked");
            return Err(ParseFailure::too_large(MOST_BYTES, detail));
        }
        Ok(Self {
            zip,
            what,
            left: MOST_BYTES,
        })
    }

    /// What the file is, as [`Archive::open`] was told.
    pub(crate) fn what(&self) -> &'static str {
        self.what
    }

    /// Whether there is a part of that name.
    pub(crate) fn holds(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// Whether there is a part whose name `wanted` says yes to.
    pub(crate) fn holds_any(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.zip
            .file_names()
            .filter_map(Result::ok)
            .any(|name| wanted(&name))
    }

    /// A part, unpacked; `None` when there is no part of that name.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Part>, ParseFailure> {
        let what = self.what;
        let broken = |detail: String| ParseFailure::broken(what, detail);
        let Some(index) = self.zip.index_for_name(name) else {
            return Ok(None);
        };
        let most = MOST_BYTES_OF_A_PART.min(self.left);
        let entry = self
            .zip
            .by_index(index)
            .map_err(|e| broken(e.to_string()))?;
        let mut bytes = Vec::new();
        entry
            .take(most + 1)
            .read_to_end(&mut bytes)
            .map_err(|e| broken(format!("{name}: {e}")))?;
        let size = bytes.len() as u64;
        if size > most {
            return Err(ParseFailure::too_large(most, name));
        }
        self.left -= size;
        Ok(Some(Part { what, bytes }))
    }
}
