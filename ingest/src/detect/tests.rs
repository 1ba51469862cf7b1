use super::*;

/// The start of a zip file with entries of these names and contents, stored.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut head = Vec::new();
    for (name, content) in entries {
        head.extend_from_slice(b"PK\x03\x04");
        head.extend_from_slice(&[0; 14]);
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        head.extend_from_slice(&[size, size].concat());
        head.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        head.extend_from_slice(&[0; 2]);
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(content);
    }
    head
}

/// A compound file whose directory follows its header.
fn ole(names: &[&str]) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..8].copy_from_slice(&containers::OLE);
    for name in names {
        let mut entry = [0; 128];
        for (i, unit) in name.encode_utf16().enumerate() {
            entry[2 * i..2 * i + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[64] = u8::try_from(2 * name.len() + 2).unwrap();
        entry[66] = 2;
        head.extend_from_slice(&entry);
    }
    head
}

#[test]
fn the_content_decides_over_the_name() {
    assert_eq!(detect(b"%PDF-1.7\n...", "letter.txt"), Ok(Format::Pdf));
    assert_eq!(detect(b"%\xE4\n1 0 obj <<>>", "a.txt"), Ok(Format::Pdf));
    assert_eq!(detect(b"<!DOCTYPE html><p>x", "a.txt"), Ok(Format::Html));
    assert_eq!(
        detect(b"\xEF\xBB\xBF <!-- made by x -->\n<html>", "a.md"),
        Ok(Format::Html)
    );
    assert_eq!(detect(b"\x89PNG\r\n\x1a\n", "a.pdf"), Ok(Format::Image));
    assert_eq!(detect(b"MM\0*\0\0\0\x08", "a.txt"), Ok(Format::Image));
    assert_eq!(detect(b"\n{\\rtf1\\ansi x}", "a.doc"), Ok(Format::Rtf));
}

#[test]
fn a_zip_is_what_its_entries_are() {
    let types: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
    let office = |part| zip(&[types, (part, b"<x/>")]);
    assert_eq!(
        detect(&office("word/document.xml"), "a.zip"),
        Ok(Format::Docx)
    );
    assert_eq!(detect(&office("xl/theme.xml"), "a.docx"), Ok(Format::Sheet));
    assert_eq!(detect(&office("ppt/slides/s.xml"), "a"), Ok(Format::Pptx));
    assert_eq!(detect(&office("large.bin"), "a.pptx"), Ok(Format::Pptx));
    let odt = zip(&[(
        "mimetype",
        b"application/vnd.oasis.opendocument.textPK\x03\x04",
    )]);
    assert_eq!(detect(&odt, "a.zip"), Ok(Format::Odt));
    assert_eq!(
        Format::Odt.media_type_of(&odt),
        "application/vnd.oasis.opendocument.text"
    );
    let ods = zip(&[(
        "mimetype",
        b"application/vnd.oasis.opendocument.spreadsheet",
    )]);
    assert_eq!(detect(&ods, "a.odt"), Ok(Format::Sheet));
    assert_eq!(
        Format::Sheet.media_type_of(&ods),
        "application/vnd.oasis.opendocument.spreadsheet"
    );
    // What a stored file is made of says nothing about the one around it.
    let inner = office("xl/workbook.xml");
    let chart = zip(&[
        types,
        ("embedded.xlsx", &inner),
        ("ppt/presentation.xml", b""),
    ]);
    assert_eq!(detect(&chart, "a"), Ok(Format::Pptx));
    // A folder called 'word' in an archive makes no document of it, nor does the name.
    let archive = zip(&[
        ("word/letter.docx", b"PK"),
        ("b.txt", b"see xl/workbook.xml"),
    ]);
    assert_eq!(detect(&archive, "a.docx"), Ok(Format::Zip));
    let stored = zip(&[("a.pdf", b"%PDF-1.7")]);
    assert_eq!(detect(&stored, "a.pdf"), Ok(Format::Zip));
    assert!(detect(b"PK\x05\x06", "a.zip").is_err());
}

#[test]
fn a_compound_file_is_what_its_directory_says() {
    let msg = ole(&["Root Entry", "__nameid_version1.0", "Workbook"]);
    assert_eq!(detect(&msg, "a.xls"), Ok(Format::Msg));
    assert_eq!(
        detect(&ole(&["Root Entry", "Book"]), "a"),
        Ok(Format::Sheet)
    );
    let reason = |names: &[&str], name| detect(&ole(names), name).unwrap_err().reason;
    assert_eq!(
        reason(&["Root Entry", "EncryptedPackage"], "plan.xlsx"),
        "This Office file is encrypted. Upload a copy without a password."
    );
    assert_eq!(
        reason(&["Root Entry", "WordDocument"], "a.msg"),
        "This is a Word document of before 2007 (DOC), which is not read. Save it as DOCX or PDF \
         and upload that."
    );
    assert_eq!(detect(&ole(&["Root Entry"]), "a.msg"), Ok(Format::Msg));
    assert!(detect(&ole(&["Root Entry"]), "a.doc").is_err());
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
    assert_eq!(detect(b"a;b\nc;d\ne;f\n", "a.csv"), Ok(Format::Csv));
    assert_eq!(detect(b"a;b\nc;d\ne;f\n", "a.txt"), Ok(Format::Text));
    assert_eq!(detect(b"one line\nanother\n", "a.csv"), Ok(Format::Text));
}

#[test]
fn a_mail_is_told_by_its_headers() {
    let mail = b"Received: by x;\n Mon, 1 Jan 2024\nFrom: a@b.example\n\nHello";
    assert_eq!(detect(mail, "a.txt"), Ok(Format::Eml));
    let utf16: Vec<u8> = "MIME-Version: 1.0\nFrom: a@b.example\n\nHi"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(detect(&utf16, "a"), Ok(Format::Eml));
    let memo = b"From: the board\nTo: all staff\nSubject: cars\n\nNo cars.";
    assert_eq!(detect(memo, "memo.txt"), Ok(Format::Text));
    assert_eq!(detect(memo, "memo.eml"), Ok(Format::Eml));
    assert_eq!(detect(b"Note: this\nand: that", "a.eml"), Ok(Format::Text));
}

#[test]
fn a_refusal_says_what_the_file_is_and_what_to_do() {
    let reason = |head: &[u8]| detect(head, "a.bin").unwrap_err().reason;
    assert!(reason(b"").contains("empty"));
    assert_eq!(
        reason(b"GIF89a"),
        "This is a picture in a format that is not read (GIF). Save it as PNG, JPEG or TIFF and \
         upload that."
    );
    assert!(reason(b"7z\xBC\xAF\x27\x1C..").contains("ZIP"));
    assert!(reason(&[1, 2, 3, 4, 5, 0, 0, 9]).contains("not known"));
}

#[test]
fn every_format_has_a_name_of_its_own() {
    for format in Format::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
        assert!(format.media_type().contains('/'));
    }
    assert!("doc".parse::<Format>().is_err());
}
