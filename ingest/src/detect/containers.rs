//! What a container holds, by the names in its first kilobytes: zip files and OLE2 compound files.

use super::{Format, SAVE_AS, Unsupported, refuse};

/// What a compound file starts with.
pub(super) const OLE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// Names that are looked at.
const MOST_NAMES: usize = 2000;

/// The format of a zip file.
pub(super) fn zip(head: &[u8], extension: &str) -> Result<Format, Unsupported> {
    let names = entry_names(head);
    let any = |wanted: &dyn Fn(&str) -> bool| names.iter().any(|name| wanted(name));
    if let Some(kind) = mimetype(head) {
        return match kind {
            k if k.contains("opendocument.text") => Ok(Format::Odt),
            k if k.contains("opendocument.presentation") => Ok(Format::Odt),
            k if k.contains("opendocument.spreadsheet") => Ok(Format::Sheet),
            "application/epub+zip" => refuse("Electronic books (EPUB) are not read.", SAVE_AS),
            _ => refuse("This kind of OpenDocument file is not read.", SAVE_AS),
        };
    }
    // A file of an office program has its type of contents at its root, and a folder of its own
    // for XML; a folder of that name alone may well lie in an archive.
    let office = any(&|name| matches!(name, "[Content_Types].xml" | "_rels/.rels"));
    if let Some(format) = names.iter().find_map(|name| office_part(name, office)) {
        return Ok(format);
    }
    if any(&|name| name == "Index/Document.iwa" || name == "Index.zip") {
        return refuse("Files of Pages, Numbers and Keynote are not read.", SAVE_AS);
    }
    if any(&|name| name.starts_with("visio/") || name == "FixedDocSeq.fdseq") {
        return refuse("Files of Visio and XPS files are not read.", SAVE_AS);
    }
    // The entries that tell may stand behind large ones; the parser looks again.
    match extension {
        _ if !office => Ok(Format::Zip),
        "xlsx" | "xlsm" | "xlsb" | "xltx" => Ok(Format::Sheet),
        "pptx" | "pptm" | "ppsx" | "potx" => Ok(Format::Pptx),
        "zip" => Ok(Format::Zip),
        _ => Ok(Format::Docx),
    }
}

/// The format that has a part of this name; in an `office` file its folder is enough.
fn office_part(name: &str, office: bool) -> Option<Format> {
    let (folder, rest) = name.split_once('/')?;
    let format = match folder {
        "word" => Format::Docx,
        "xl" => Format::Sheet,
        "ppt" => Format::Pptx,
        _ => return None,
    };
    let main = matches!(
        rest,
        "document.xml" | "workbook.xml" | "workbook.bin" | "presentation.xml"
    );
    (office || main || rest.starts_with("_rels/")).then_some(format)
}

/// What an OpenDocument file says it is, in its first entry.
fn mimetype(head: &[u8]) -> Option<&str> {
    // A local header is 30 bytes long, then come the name and the stored content.
    let content = head.get(30..)?.strip_prefix(b"mimetype")?;
    let end = content
        .iter()
        .position(|b| !(b.is_ascii_alphanumeric() || b"/+.-".contains(b)))
        .unwrap_or(content.len());
    let kind = std::str::from_utf8(&content[..end]).ok()?;
    // The next header follows without a gap.
    Some(kind.strip_suffix("PK").unwrap_or(kind)).filter(|kind| kind.starts_with("application/"))
}

/// The media type of an OpenDocument file, by what it says it is.
pub(super) fn open_document(head: &[u8]) -> Option<&'static str> {
    let kind = mimetype(head)?;
    [
        "application/vnd.oasis.opendocument.text",
        "application/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.spreadsheet",
    ]
    .into_iter()
    .find(|known| kind.starts_with(known))
}

/// The names of the entries whose headers stand in `head`.
fn entry_names(head: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 0;
    while names.len() < MOST_NAMES {
        let rest = head.get(at..).unwrap_or_default();
        let Some(found) = rest.windows(4).position(|w| w == b"PK\x03\x04") else {
            break;
        };
        let header = &rest[found..];
        let Some(fixed) = header.get(..30) else {
            break;
        };
        let short = |at: usize| usize::from(u16::from_le_bytes([fixed[at], fixed[at + 1]]));
        let length = short(26);
        if let Some(name) = header.get(30..30 + length) {
            names.push(String::from_utf8_lossy(name).replace('\\', "/"));
        }
        // Past the content, which may be an archive itself, where the header knows its size.
        let size = u32::from_le_bytes([fixed[18], fixed[19], fixed[20], fixed[21]]);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let known = short(6) & 8 == 0;
        at += found + 30 + length + short(28);
        at = at.saturating_add(if known { size } else { 0 });
    }
    names
}

/// The format of a compound file: the first name that tells, the outermost stand first.
pub(super) fn ole(head: &[u8], extension: &str) -> Result<Format, Unsupported> {
    for entry in head.chunks_exact(128) {
        let Some(name) = directory_name(entry) else {
            continue;
        };
        match name.as_str() {
            "EncryptedPackage" => {
                return refuse(
                    "This Office file is encrypted.",
                    "Upload a copy without a password.",
                );
            }
            "Workbook" | "Book" => return Ok(Format::Sheet),
            "WordDocument" => return refuse_old("a Word document of before 2007 (DOC)", "DOCX"),
            "PowerPoint Document" => {
                return refuse_old("a PowerPoint presentation of before 2007 (PPT)", "PPTX");
            }
            name if name.starts_with("__nameid_") || name.starts_with("__substg1.0_") => {
                return Ok(Format::Msg);
            }
            _ => {}
        }
    }
    // The directory may stand behind what it lists; the parser looks again.
    match extension {
        "msg" => Ok(Format::Msg),
        "xls" | "xlt" | "xla" => Ok(Format::Sheet),
        "docx" | "xlsx" | "pptx" => refuse(
            "This Office file is encrypted or in the old binary format.",
            "Save a copy without a password as DOCX or PDF and upload that.",
        ),
        _ => refuse(
            "Office files of before 2007 (DOC, PPT) are not read.",
            SAVE_AS,
        ),
    }
}

fn refuse_old(what: &str, save_as: &str) -> Result<Format, Unsupported> {
    refuse(
        &format!("This is {what}, which is not read."),
        &format!("Save it as {save_as} or PDF and upload that."),
    )
}

/// The name of a directory entry (MS-CFB 2.6.1): at most 31 characters of UTF-16, its length in
/// bytes with the zero at its end, and a type of object.
fn directory_name(entry: &[u8]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes([entry[64], entry[65]]));
    if !(4..=64).contains(&length) || length % 2 == 1 || !matches!(entry[66], 1 | 2 | 5) {
        return None;
    }
    let units: Vec<u16> = entry[..length]
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    let (zero, name) = units.split_last()?;
    if *zero != 0 || name.contains(&0) {
        return None;
    }
    String::from_utf16(name).ok()
}
