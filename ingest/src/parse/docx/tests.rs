use super::*;
use inhouse_protocol::FailureCause as Cause;
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
            (BlockKind::Footnote, "Note 1: By mail.".to_owned()),
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
    let parsed = parse(&archive(&[("word/document.xml", &document(body))])).unwrap();
    assert_eq!(parsed.warnings, [CHANGES_ACCEPTED, HIDDEN_LEFT_OUT]);
}

#[test]
fn deleted_ends_and_rows_are_gone_too() {
    let body = "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>The fee </w:t></w:r></w:p>\
                <w:p><w:r><w:t>is six euros.</w:t></w:r></w:p>\
                <w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>old</w:t></w:r></w:p>\
                </w:tc><w:tc><w:p/></w:tc></w:tr><w:tr><w:tc><w:p><w:pPr><w:rPr><w:del/></w:rPr>\
                </w:pPr><w:r><w:t>Car</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>6</w:t></w:r>\
                </w:p></w:tc></w:tr></w:tbl>\
                <w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>Last.</w:t></w:r></w:p>";
    let texts: Vec<String> = blocks(&[("word/document.xml", &document(body))])
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(texts, ["The fee is six euros.", "Car | 6", "Last."]);
}

#[test]
fn comments_endnotes_and_running_heads_stand_where_they_belong() {
    let body = "<w:p><w:r><w:t>Ask first</w:t><w:endnoteReference w:id=\"2\"/><w:t>.</w:t>\
                <w:commentReference w:id=\"0\"/></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>Car\
                </w:t><w:commentReference w:id=\"1\"/></w:r></w:p></w:tc><w:tc><w:p/></w:tc>\
                </w:tr></w:tbl>";
    let words = |name: &str, id: &str, author: &str, text: &str| {
        format!(
            "<w:{name} w:id=\"{id}\" w:author=\"{author}\"><w:p><w:r><w:t>{text}</w:t></w:r>\
             </w:p></w:{name}>"
        )
    };
    let relation = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>")
    };
    let parts = [
        ("word/document.xml", document(body)),
        (
            "word/_rels/document.xml.rels",
            [
                "<Relationships>",
                &relation("r1", "comments", "remarks.xml"),
                &relation("r2", "header", "header1.xml"),
                &relation("r3", "header", "header2.xml"),
                &relation("r4", "footer", "footer1.xml"),
                "</Relationships>",
            ]
            .concat(),
        ),
        (
            "word/remarks.xml",
            format!(
                "<w:comments>{}{}</w:comments>",
                words("comment", "0", "Ada", "Why?"),
                words("comment", "1", "", "Which?")
            ),
        ),
        (
            "word/endnotes.xml",
            format!(
                "<w:endnotes>{}</w:endnotes>",
                words("endnote", "2", "", "By mail.")
            ),
        ),
        ("word/header1.xml", words("hdr", "", "", "Loan policy")),
        ("word/header2.xml", words("hdr", "", "", "Loan  policy")),
        ("word/footer1.xml", words("ftr", "", "", "Page 1")),
        ("word/vbaProject.bin", String::new()),
    ];
    let parts: Vec<(&str, &str)> = parts.iter().map(|(n, c)| (*n, c.as_str())).collect();
    assert_eq!(
        blocks(&parts),
        [
            (BlockKind::Paragraph, "Loan policy".to_owned()),
            (BlockKind::Paragraph, "Ask first (endnote 1).".to_owned()),
            (BlockKind::Footnote, "Endnote 1: By mail.".to_owned()),
            (BlockKind::Footnote, "Comment by Ada: Why?".to_owned()),
            (BlockKind::TableRow, "Car |".to_owned()),
            (BlockKind::Footnote, "Comment: Which?".to_owned()),
        ]
    );
    let parsed = parse(&archive(&parts)).unwrap();
    assert_eq!(parsed.warnings, [MACROS_IGNORED]);
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
