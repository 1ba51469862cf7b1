//! A message attached to a message, as a file of its own: its storage becomes the root.

use super::properties::{FIXED, File};
use std::io::{self, Cursor, Read, Write};
use std::time::UNIX_EPOCH;

/// What stands before the short values of a message that is attached.
pub(super) const ATTACHED_HEAD: usize = 24;
/// The same of a message that is a file: eight reserved bytes more.
pub(super) const FILE_HEAD: usize = 32;

/// The bytes of a file of the message in the storage at `path`.
pub(super) fn standalone(file: &mut File<'_>, path: &str) -> io::Result<Vec<u8>> {
    let entries: Vec<(String, bool)> = file
        .walk_storage(path)?
        .map(|entry| {
            let inner = entry.path().to_string_lossy().into_owned();
            (inner, entry.is_stream())
        })
        .collect();
    let mut copy = cfb::CompoundFile::create(Cursor::new(Vec::new()))?;
    // The same message gives the same bytes, whenever it is unpacked.
    copy.set_created_time("/", UNIX_EPOCH)?;
    copy.set_modified_time("/", UNIX_EPOCH)?;
    for (from, is_stream) in entries {
        let Some(to) = from.strip_prefix(path).filter(|to| !to.is_empty()) else {
            continue;
        };
        if !is_stream {
            copy.create_storage(to)?;
            copy.set_created_time(to, UNIX_EPOCH)?;
            copy.set_modified_time(to, UNIX_EPOCH)?;
            continue;
        }
        let mut bytes = Vec::new();
        file.open_stream(&from)?.read_to_end(&mut bytes)?;
        if to.trim_start_matches('/') == FIXED && bytes.len() >= ATTACHED_HEAD {
            let reserved = [0; FILE_HEAD - ATTACHED_HEAD];
            bytes.splice(ATTACHED_HEAD..ATTACHED_HEAD, reserved);
        }
        let mut stream = copy.create_stream(to)?;
        stream.write_all(&bytes)?;
        stream.flush()?;
    }
    copy.flush()?;
    Ok(copy.into_inner().into_inner())
}
