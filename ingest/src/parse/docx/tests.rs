use super::*;
use crate::failure::Cause;
use inhouse_protocol::BlockKind;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn document(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\" xmlns:mc=\"mc\"><w:body>{body}\
         </w:body></w:document>"
    )
}

fn blocks(parts: &[(&str, &str)]) -> Vec<(BlockKind, String)> {
    let parsed = parse(&archive(parts)).unwrap();
    let chars: Vec<char> = parsed.text.chars().collect();
    let slice = |start, end| chars[start..end].iter().collect();
    parsed
        .blocks
        .iter()
        .map(|b| (b.kind, slice(b.start, b.end)))
        .collect()
}

const STYLES: &str = r#"<w:styles xmlns:w="w">
  <w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style>
  <w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style></w:styles>"#;

const NUMBERING: &str = r#"<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
  </w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"#;

#[test]
fn headings_numbers_tables_and_notes_are_as_displayed() {
    let numbered = |level: usize, text: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"1\"/></w:numPr>\
             </w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [
        "<w:p><w:pPr><w:pStyle w:val=\"Title\"/></w:pPr><w:r><w:t>Loan Policy</w:t></w:r></w:p>",
        "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>Who may borrow</w:t></w:r></w:p>",
        &numbered(0, "Staff may borrow a car."),
        &numbered(1, "Staff means employees &amp; trainees."),
        &numbered(0, "Guests may not."),
        "<w:p><w:r><w:t xml:space=\"preserve\">Ask </w:t></w:r><w:r><w:t>first</w:t>\
         <w:footnoteReference w:id=\"7\"/><w:tab/><w:t>.</w:t></w:r></w:p>",
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Car</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Fee\
         </w:t></w:r></w:p><w:p><w:r><w:t>a day</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    ]
    .concat();
    let notes = "<w:footnotes xmlns:w=\"w\"><w:footnote w:type=\"separator\" w:id=\"0\"><w:p/>\
                 </w:footnote><w:footnote w:id=\"7\"><w:p><w:r><w:t>By mail.</w:t></w:r></w:p>\
                 </w:footnote></w:footnotes>";
    let parts = [
        ("word/document.xml", document(&body)),
        ("word/styles.xml", STYLES.to_owned()),
        ("word/numbering.xml", NUMBERING.to_owned()),
        ("word/footnotes.xml", notes.to_owned()),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(n, c)| (*n, c.as_str())).collect();
    assert_eq!(
        blocks(&parts),
        [
            (BlockKind::Heading { level: 1 }, "Loan Policy".to_owned()),
            (BlockKind::Heading { level: 1 }, "Who may borrow".to_owned()),
            (
                BlockKind::Paragraph,
                "1. Staff may borrow a car.".to_owned()
            ),
            (
                BlockKind::Paragraph,
                "1.1 Staff means employees & trainees.".to_owned()
            ),
            (BlockKind::Paragraph, "2. Guests may not.".to_owned()),
            (BlockKind::Paragraph, "Ask first (note 1) .".to_owned()),
            (BlockKind::Paragraph, "Note 1: By mail.".to_owned()),
            (BlockKind::TableRow, "Car | Fee a day".to_owned()),
        ]
    );
    let parsed = parse(&archive(&parts)).unwrap();
    assert_eq!(parsed.title.as_deref(), Some("Loan Policy"));
}

#[test]
fn tracked_changes_read_as_accepted_and_each_drawing_once() {
    let body = "<w:p><w:r><w:t>The fee is </w:t></w:r><w:del><w:r><w:delText>five</w:delText>\
                </w:r></w:del><w:ins><w:r><w:t>six</w:t></w:r></w:ins><w:moveFrom><w:r><w:t>gone\
                </w:t></w:r></w:moveFrom><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>\
                <w:r><w:t xml:space=\"preserve\"> euros</w:t></w:r><w:r><mc:AlternateContent>\
                <mc:Choice><w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p>\
                </w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>In a box.</w:t></w:r></w:p>\
                </mc:Fallback></mc:AlternateContent></w:r></w:p>";
    let texts: Vec<String> = blocks(&[("word/document.xml", &document(body))])
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(texts, ["In a box.", "The fee is six euros"]);
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    zip.start_file("word/document.xml", options).unwrap();
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..64 {
        zip.write_all(&chunk).unwrap();
    }
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 100_000);
    assert_eq!(parse(&bomb).unwrap_err().cause, Cause::TooLarge);
}

#[test]
fn an_entity_bomb_and_deep_xml_fail_with_a_reason() {
    let bomb = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
                <w:document xmlns:w=\"w\"><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body>\
                </w:document>";
    let failure = parse(&archive(&[("word/document.xml", bomb)])).unwrap_err();
    assert_eq!(failure.cause, Cause::Broken);
    let deep = document(&"<w:sdt>".repeat(100_000));
    let failure = parse(&archive(&[("word/document.xml", &deep)])).unwrap_err();
    assert_eq!(failure.cause, Cause::Depth);
}

#[test]
fn what_is_no_docx_says_so() {
    assert_eq!(parse(b"PK\x03\x04junk").unwrap_err().cause, Cause::Broken);
    let other = archive(&[("readme.txt", "hello")]);
    let failure = parse(&other).unwrap_err();
    assert_eq!(failure.cause, Cause::Broken);
    assert!(failure.reason.contains("DOCX"));
}
