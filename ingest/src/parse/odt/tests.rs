use super::*;
use inhouse_protocol::{BlockKind, FailureCause};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zipped(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn content(styles: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><office:document-content xmlns:office=\"o\" xmlns:text=\"t\" \
         xmlns:table=\"b\" xmlns:style=\"s\" xmlns:draw=\"d\" xmlns:dc=\"c\" xmlns:svg=\"v\" \
         xmlns:presentation=\"p\"><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body>{body}</office:body></office:document-content>"
    )
}

fn read(styles: &str, body: &str) -> Parsed {
    parse(&zipped(&[("content.xml", &content(styles, body))])).unwrap()
}

fn blocks(parsed: &Parsed) -> Vec<(BlockKind, String)> {
    let chars: Vec<char> = parsed.text.chars().collect();
    let slice = |start, end| chars[start..end].iter().collect();
    parsed
        .blocks
        .iter()
        .map(|b| (b.kind, slice(b.start, b.end)))
        .collect()
}

#[test]
fn headings_lists_tables_and_notes_are_as_displayed() {
    let styles = "<style:style style:name=\"P1\" style:parent-style-name=\"Title\"/>\
        <text:list-style style:name=\"L1\"><text:list-level-style-number text:level=\"1\" \
        style:num-format=\"1\" style:num-suffix=\".\"/><text:list-level-style-bullet \
        text:level=\"2\"/></text:list-style>";
    let body = "<office:text><text:sequence-decls><text:sequence-decl/></text:sequence-decls>\
        <text:p text:style-name=\"P1\">Loan policy</text:p>\
        <text:h text:outline-level=\"2\">Who may<text:s text:c=\"3\"/>borrow</text:h>\
        <text:list text:style-name=\"L1\"><text:list-item><text:p>Staff &amp; trainees.</text:p>\
        <text:list><text:list-item><text:p>with keys</text:p></text:list-item></text:list>\
        </text:list-item><text:list-item><text:p>Guests.</text:p></text:list-item></text:list>\
        <text:p>Ask first<text:note text:note-class=\"footnote\"><text:note-citation>1\
        </text:note-citation><text:note-body><text:p>By mail.</text:p></text:note-body>\
        </text:note>.<office:annotation><dc:creator>Ada Roth</dc:creator><dc:date>2025\
        </dc:date><text:p>Why?</text:p></office:annotation></text:p>\
        <table:table><table:table-row><table:table-cell><text:p>Car</text:p></table:table-cell>\
        <table:table-cell><text:p>Fee</text:p><text:p>a day</text:p></table:table-cell>\
        </table:table-row></table:table>\
        <text:p><draw:frame><svg:title>A picture</svg:title><draw:text-box><text:p>In a box.\
        </text:p></draw:text-box></draw:frame></text:p></office:text>";
    let parsed = read(styles, body);
    assert_eq!(
        blocks(&parsed),
        [
            (BlockKind::Heading { level: 1 }, "Loan policy".to_owned()),
            (BlockKind::Heading { level: 2 }, "Who may borrow".to_owned()),
            (BlockKind::Paragraph, "1. Staff & trainees.".to_owned()),
            (BlockKind::ListItem, "• with keys".to_owned()),
            (BlockKind::Paragraph, "2. Guests.".to_owned()),
            (BlockKind::Paragraph, "Ask first (note 1).".to_owned()),
            (BlockKind::Footnote, "Note 1: By mail.".to_owned()),
            (BlockKind::Footnote, "Comment by Ada Roth: Why?".to_owned()),
            (BlockKind::TableRow, "Car | Fee a day".to_owned()),
            (BlockKind::Paragraph, "In a box.".to_owned()),
        ]
    );
    assert_eq!(parsed.title.as_deref(), Some("Loan policy"));
    assert!(parsed.warnings.is_empty());
}

#[test]
fn deletions_and_hidden_text_are_dropped_and_said() {
    let styles = "<style:style style:name=\"T1\"><style:text-properties text:display=\"none\"/>\
        </style:style>";
    let body = "<office:text><text:tracked-changes><text:changed-region><text:deletion>\
        <text:p>five</text:p></text:deletion></text:changed-region></text:tracked-changes>\
        <text:p>The fee is <text:change text:change-id=\"c\"/>six<text:span \
        text:style-name=\"T1\"> secret</text:span> euros.</text:p></office:text>";
    let parsed = read(styles, body);
    assert_eq!(parsed.text, "The fee is six euros.");
    assert_eq!(parsed.warnings, [CHANGES_ACCEPTED, HIDDEN_LEFT_OUT]);
}

#[test]
fn slides_are_pages() {
    let body = "<office:presentation><draw:page draw:name=\"a\"><draw:frame \
        presentation:class=\"outline\"><draw:text-box><text:list><text:list-item><text:p>Cars\
        </text:p></text:list-item></text:list></draw:text-box></draw:frame><draw:frame \
        presentation:class=\"title\"><draw:text-box><text:p>Lending</text:p></draw:text-box>\
        </draw:frame><presentation:notes><draw:frame><draw:text-box><text:p>Say it.</text:p>\
        </draw:text-box></draw:frame></presentation:notes></draw:page><draw:page/>\
        </office:presentation>";
    let parsed = read("", body);
    assert_eq!(parsed.text, "Lending\n\n• Cars\n\nNotes: Say it.");
    assert_eq!(parsed.pages, Some(2));
    assert_eq!(parsed.page_info[1].parser, "");
    assert!(parsed.blocks.iter().all(|b| b.page == Some(1)));
}

#[test]
fn sheets_have_dates_gaps_and_hidden_ones() {
    let styles = "<style:style style:name=\"ta2\"><style:table-properties \
        table:display=\"false\"/></style:style>";
    let body = "<office:spreadsheet><table:table table:name=\"Fees\"><table:table-row \
        table:number-rows-repeated=\"3\"><table:table-cell \
        table:number-columns-repeated=\"16384\"/></table:table-row><table:table-row>\
        <table:table-cell table:number-columns-repeated=\"2\"/><table:table-cell><text:p>Car\
        </text:p></table:table-cell><table:table-cell office:date-value=\"2025-03-01T00:00:00\">\
        <text:p>01.03.25</text:p></table:table-cell><table:table-cell \
        table:number-columns-repeated=\"16380\"/></table:table-row><table:table-row \
        table:number-rows-repeated=\"1048570\"><table:table-cell/></table:table-row>\
        </table:table><table:table table:name=\"More\" table:style-name=\"ta2\">\
        <table:table-row><table:table-cell table:number-columns-repeated=\"2\"><text:p>x</text:p>\
        </table:table-cell></table:table-row></table:table></office:spreadsheet>";
    let parsed = read(styles, body);
    assert_eq!(parsed.text, "Fees\n\nCar | 2025-03-01\n\nMore\n\nx | x");
    assert_eq!(parsed.warnings, ["Its hidden sheets were read too: More."]);
    let full = body.replace("\"2\"><text:p>x", "\"4000000000\"><text:p>x");
    let bytes = zipped(&[("content.xml", &content(styles, &full))]);
    assert_eq!(parse(&bytes).unwrap_err().cause, FailureCause::TooMuchText);
}

#[test]
fn locked_broken_and_hostile_files_fail_with_a_reason() {
    let cause = |parts: &[(&str, &str)]| parse(&zipped(parts)).unwrap_err().cause;
    let manifest = "<m:file-entry><m:encryption-data/></m:file-entry>";
    assert_eq!(
        cause(&[("META-INF/manifest.xml", manifest), ("content.xml", "?")]),
        FailureCause::Encrypted
    );
    assert_eq!(cause(&[("mimetype", "x")]), FailureCause::Broken);
    let bomb = "<!DOCTYPE d [<!ENTITY a \"aaaaaaaa\">]><d>&a;</d>";
    assert_eq!(cause(&[("content.xml", bomb)]), FailureCause::Broken);
    let deep = content("", &"<text:section>".repeat(10_000));
    assert_eq!(cause(&[("content.xml", &deep)]), FailureCause::Depth);
}
