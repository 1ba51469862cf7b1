//! Archives: which files one holds, judged by its directory before anything is unpacked, and held
//! to while unpacking, since a directory can lie. The archive's own text is the list of its files.

use super::{Draft, Parsed};
use crate::Cause;
use crate::failure::ParseFailure;
use crate::names;
use inhouse_protocol::BlockKind;
use std::io::{Cursor, Read};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

/// Files in one archive.
pub(crate) const MOST_FILES: usize = 10_000;
/// All files together, unpacked.
pub(crate) const MOST_BYTES: u64 = 1 << 30;
/// One file, unpacked.
pub(crate) const MOST_BYTES_OF_A_FILE: u64 = 200 << 20;
/// Unpacked to packed, for files above [`RATIO_FROM`]. What people write stays far below.
const MOST_RATIO: u64 = 200;
const RATIO_FROM: u64 = 10 << 20;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    index: usize,
    pub(crate) folder: String,
    pub(crate) name: String,
    /// As the archive's directory says.
    size_bytes: u64,
}

impl Entry {
    fn path(&self) -> String {
        if self.folder.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.folder, self.name)
        }
    }
}

/// What an archive's directory says.
pub(crate) struct Contents<'a> {
    archive: Archive<'a>,
    /// The files that can be unpacked.
    pub(crate) files: Vec<Entry>,
    /// What can't be, in plain words.
    pub(crate) left_out: Vec<String>,
}

impl<'a> Contents<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ParseFailure> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        if archive.len() > MOST_FILES * 2 {
            return Err(too_many_files(archive.len()));
        }
        let mut contents = Self {
            archive,
            files: Vec::new(),
            left_out: Vec::new(),
        };
        let (mut total, mut encrypted) = (0_u64, 0);
        for index in 0..contents.archive.len() {
            let entry = contents
                .archive
                .by_index_data(index)
                .map_err(|e| broken(&e))?;
            let path = entry.name().map_err(|e| broken(&e))?.into_owned();
            if entry.is_dir() || is_litter(&path) {
                continue;
            }
            let (size, packed) = (entry.size(), entry.compressed_size());
            let reason = if entry.is_symlink() {
                Some("it is a link to another place")
            } else if entry.encrypted() {
                encrypted += 1;
                Some("it needs a password")
            } else if !is_read(entry.compression()) {
                Some("it is packed in a way that is not read")
            } else {
                None
            };
            let (folder, name) = split(&path);
            if let Some(reason) = reason {
                let path = names::file_name(&name);
                contents.left_out.push(format!("{path}: {reason}."));
                continue;
            }
            total = total.saturating_add(size);
            if size > MOST_BYTES_OF_A_FILE || size > RATIO_FROM && size / packed.max(1) > MOST_RATIO
            {
                let detail = format!("entry of {size} bytes packed into {packed}");
                return Err(ParseFailure::too_large(MOST_BYTES_OF_A_FILE, detail));
            }
            contents.files.push(Entry {
                index,
                folder,
                name,
                size_bytes: size,
            });
        }
        contents.judge(total, encrypted)
    }

    fn judge(self, total: u64, encrypted: usize) -> Result<Self, ParseFailure> {
        if self.files.len() > MOST_FILES {
            return Err(too_many_files(self.files.len()));
        }
        if total > MOST_BYTES {
            let detail = format!("{total} bytes unpacked");
            return Err(ParseFailure::too_large(MOST_BYTES, detail));
        }
        if self.files.is_empty() && encrypted > 0 {
            return Err(ParseFailure::encrypted("archive", "encrypted entries"));
        }
        Ok(self)
    }

    /// A file's bytes; the inner error says in plain words why it can't be had.
    pub(crate) fn unpack(
        &mut self,
        entry: &Entry,
    ) -> Result<Result<Vec<u8>, String>, ParseFailure> {
        let damaged = || format!("{}: it is damaged.", entry.name);
        let Ok(file) = self.archive.by_index(entry.index) else {
            return Ok(Err(damaged()));
        };
        let mut bytes = Vec::new();
        let read = file.take(MOST_BYTES_OF_A_FILE + 1).read_to_end(&mut bytes);
        if bytes.len() as u64 > MOST_BYTES_OF_A_FILE {
            let detail = format!("{} is larger than its directory says", entry.path());
            return Err(ParseFailure::too_large(MOST_BYTES_OF_A_FILE, detail));
        }
        Ok(read.map(|_| bytes).map_err(|_| damaged()))
    }
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    let contents = Contents::open(bytes)?;
    if contents.files.is_empty() {
        return Err(ParseFailure::empty());
    }
    let mut draft = Draft::default();
    let heading = match contents.files.len() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    draft.push(BlockKind::Heading { level: 1 }, &heading, None);
    for file in &contents.files {
        let line = format!("{} ({})", file.path(), size(file.size_bytes));
        draft.push(BlockKind::ListItem, &line, None);
    }
    let (text, blocks) = draft.finish();
    Parsed::new("zip", None, text, blocks)
}

/// The folder and the name of a path inside an archive, both harmless.
fn split(path: &str) -> (String, String) {
    let (folder, name) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    (names::folder(folder), names::file_name(name))
}

/// What systems and programs leave behind: nobody's documents.
fn is_litter(path: &str) -> bool {
    path.split(['/', '\\']).any(|part| {
        let hidden = part.starts_with('.') && part.chars().any(|c| c != '.');
        let lower = part.to_lowercase();
        hidden
            || part.starts_with("~$")
            || matches!(lower.as_str(), "__macosx" | "thumbs.db" | "desktop.ini")
    })
}

fn is_read(method: CompressionMethod) -> bool {
    matches!(
        method,
        CompressionMethod::Stored | CompressionMethod::Deflated
    )
}

fn broken(error: &ZipError) -> ParseFailure {
    ParseFailure::broken("ZIP archive", error.to_string())
}

pub(crate) fn too_many_files(count: usize) -> ParseFailure {
    ParseFailure {
        cause: Cause::TooLarge,
        reason: format!(
            "This file holds more than {MOST_FILES} files, the most that are unpacked from one. \
             Split it and upload the parts."
        ),
        detail: format!("{count} files"),
    }
}

/// '3 KB', as file managers show it.
fn size(bytes: u64) -> String {
    match bytes {
        b if b < 1 << 10 => format!("{b} bytes"),
        b if b < 1 << 20 => format!("{} KB", b.div_ceil(1 << 10)),
        b => format!("{} MB", b.div_ceil(1 << 20)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    /// An archive of these files.
    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, deflated()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn deflated() -> SimpleFileOptions {
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
    }

    #[test]
    fn an_archive_reads_as_the_list_of_its_files() {
        let zip = archive(&[
            ("contracts/2026/lease.txt", b"rent"),
            ("readme.md", &[b'x'; 3000]),
            ("__MACOSX/._lease.txt", b"junk"),
            ("contracts/.DS_Store", b"junk"),
            ("contracts/~$lease.docx", b"junk"),
            ("Thumbs.db", b"junk"),
        ]);
        let parsed = parse(&zip).unwrap();
        assert_eq!(
            parsed.text,
            "2 files\n\ncontracts/2026/lease.txt (4 bytes)\nreadme.md (3 KB)"
        );
        assert_eq!(parsed.parser, "zip");
    }

    #[test]
    fn names_that_lead_elsewhere_lead_nowhere() {
        let zip = archive(&[
            ("../../etc/passwd", b"root"),
            ("/abs.txt", b"a"),
            ("C:\\temp\\..\\b.txt", b"b"),
        ]);
        let contents = Contents::open(&zip).unwrap();
        let paths: Vec<String> = contents.files.iter().map(Entry::path).collect();
        assert_eq!(paths, ["etc/passwd", "abs.txt", "temp/b.txt"]);
    }

    #[test]
    fn a_link_is_left_out() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("a.txt", deflated()).unwrap();
        zip.write_all(b"text").unwrap();
        zip.add_symlink("passwords.txt", "/etc/passwd", deflated())
            .unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let mut contents = Contents::open(&bytes).unwrap();
        assert_eq!(contents.files.len(), 1);
        assert_eq!(
            contents.left_out,
            ["passwords.txt: it is a link to another place."]
        );
        let file = contents.files[0].clone();
        assert_eq!(contents.unpack(&file).unwrap(), Ok(b"text".to_vec()));
    }

    #[test]
    fn an_encrypted_archive_says_so() {
        let mut zip = archive(&[("a.txt", b"secret")]);
        // Bit 0 of the flags: in the local header at 6, in the directory's at 8.
        zip[6] |= 1;
        let directory = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        zip[directory + 8] |= 1;
        assert_eq!(parse(&zip).unwrap_err().cause, Cause::Encrypted);
    }

    #[test]
    fn what_unpacks_to_too_much_is_not_unpacked() {
        let zip = archive(&[("zeros.txt", &vec![0; 12 << 20])]);
        assert_eq!(parse(&zip).unwrap_err().cause, Cause::TooLarge);

        // A directory that lies: 12 MB, it says, are 12 bytes.
        let mut zip = archive(&[("zeros.txt", &vec![0; 12 << 20])]);
        let directory = zip.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
        zip[directory + 24..directory + 28].copy_from_slice(&12_u32.to_le_bytes());
        let mut contents = Contents::open(&zip).unwrap();
        let file = contents.files[0].clone();
        // Read up to the limit, or called damaged: never more than the limit.
        if let Ok(bytes) = contents.unpack(&file).unwrap() {
            assert!(bytes.len() as u64 <= MOST_BYTES_OF_A_FILE);
        }
    }

    #[test]
    fn an_empty_archive_and_a_damaged_one_are_refused() {
        assert_eq!(parse(&archive(&[])).unwrap_err().cause, Cause::NoText);
        let mut zip = archive(&[("a.txt", b"text")]);
        zip.truncate(20);
        assert_eq!(parse(&zip).unwrap_err().cause, Cause::Broken);
    }
}
