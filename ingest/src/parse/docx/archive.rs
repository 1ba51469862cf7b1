//! The zip around a DOCX: sizes are judged by its directory before anything is unpacked, and
//! held to while unpacking, since a directory can lie.

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

/// An Office archive whose sizes have been judged.
pub(super) struct Archive<'a>(ZipArchive<Cursor<&'a [u8]>>);

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ParseFailure> {
        let broken = |e: zip::result::ZipError| ParseFailure::broken("DOCX file", e.to_string());
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
        if archive.len() > MOST_ENTRIES {
            let detail = format!("{} entries", archive.len());
            return Err(ParseFailure::too_large(MOST_BYTES, detail));
        }
        let mut total: u64 = 0;
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(broken)?;
            if entry.encrypted() {
                return Err(ParseFailure::encrypted("document", "encrypted zip entry"));
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
        Ok(Self(archive))
    }

    /// A part's bytes; `None` when there is no part of that name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, ParseFailure> {
        let broken = |detail: String| ParseFailure::broken("DOCX file", detail);
        let Some(index) = self.0.index_for_name(name) else {
            return Ok(None);
        };
        let entry = self.0.by_index(index).map_err(|e| broken(e.to_string()))?;
        let mut part = Vec::new();
        entry
            .take(MOST_BYTES_OF_A_PART + 1)
            .read_to_end(&mut part)
            .map_err(|e| broken(format!("{name}: {e}")))?;
        if part.len() as u64 > MOST_BYTES_OF_A_PART {
            return Err(ParseFailure::too_large(MOST_BYTES_OF_A_PART, name));
        }
        Ok(Some(part))
    }
}
