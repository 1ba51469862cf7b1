use super::*;
use std::io::Write;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn zipped(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook with these sheets: name, more attributes of its entry, and its rows.
fn workbook(sheets: &[(&str, &str, String)], more: &[(&str, String)]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let (mut entries, mut relations) = (Vec::new(), Vec::new());
    let mut parts = Vec::new();
    for (i, (name, attributes, rows)) in sheets.iter().enumerate() {
        let id = i + 1;
        entries.push(format!(
            "<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\" {attributes}/>"
        ));
        relations.push(format!(
            "<Relationship Id=\"rId{id}\" Type=\"{office}/worksheet\" \
             Target=\"worksheets/sheet{id}.xml\"/>"
        ));
        let sheet =
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{id}.xml"), sheet));
    }
    relations.push(format!(
        "<Relationship Id=\"rIdS\" Type=\"{office}/styles\" Target=\"styles.xml\"/>"
    ));
    let styles = format!(
        "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>\
         <xf numFmtId=\"9\"/></cellXfs></styleSheet>"
    );
    let workbook = format!(
        "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{}</sheets></workbook>",
        entries.concat()
    );
    let relations = format!(
        "<Relationships xmlns=\"{package}\">{}</Relationships>",
        relations.concat()
    );
    let package_relations = format!(
        "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" \
         Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let mut all = vec![
        ("_rels/.rels", package_relations),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/styles.xml", styles),
    ];
    all.extend(
        parts
            .iter()
            .map(|(name, part)| (name.as_str(), part.clone())),
    );
    all.extend(more.iter().cloned());
    zipped(&all)
}

fn text(cell: &str, words: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{words}</t></is></c>")
}

#[test]
fn sheets_are_headings_and_rows_keep_their_columns() {
    let fees = [
        "<row r=\"3\">",
        &text("C3", "Car"),
        &text("E3", "Fee"),
        &text("F3", "Since"),
        "</row><row r=\"5\">",
        &text("C5", "Small  car"),
        "<c r=\"E5\" s=\"2\"><v>0.19</v></c>",
        "<c r=\"F5\" s=\"1\"><f>TODAY()</f><v>45292</v></c></row>",
        "<row r=\"9\"><c r=\"E9\"><f>0.1+0.2</f><v>0.30000000000000004</v></c></row>",
    ]
    .concat();
    let notes = format!("<row r=\"1\">{}</row>", text("A1", "None"));
    let bytes = workbook(
        &[
            ("Fees", "", fees),
            ("Empty", "", String::new()),
            ("Notes", "state=\"hidden\"", notes),
        ],
        &[("xl/vbaProject.bin", "no project".to_owned())],
    );
    let parsed = parse(&bytes).unwrap();
    assert_eq!(
        parsed.text,
        "Fees\n\nCar | Fee | Since\nSmall car | 19% | 2024-01-01\n| 0.3\n\nNotes\n\nNone"
    );
    let kinds: Vec<BlockKind> = parsed.blocks.iter().map(|b| b.kind).collect();
    assert_eq!(kinds[0], BlockKind::Heading { level: 2 });
    assert_eq!(kinds[1..4], [BlockKind::TableRow; 3]);
    assert_eq!(
        parsed.warnings,
        ["Its hidden sheets were read too: Notes.", MACROS_IGNORED]
    );
}

#[test]
fn a_workbook_without_cells_holds_no_text() {
    let bytes = workbook(&[("Sheet1", "", String::new())], &[]);
    assert_eq!(parse(&bytes).unwrap_err().cause, FailureCause::NoText);
}

#[test]
fn cells_are_counted_over_all_sheets() {
    let mut grid = Grid::new(MOST_CELLS - 1);
    grid.add((0, 0), String::new()).unwrap();
    grid.add((0, 0), "last".to_owned()).unwrap();
    let failure = grid.add((0, 1), "more".to_owned()).unwrap_err();
    assert_eq!(failure.cause, FailureCause::TooMuchText);
    assert!(failure.reason.contains("200000 cells"));
}

#[test]
fn a_cell_far_out_costs_nothing() {
    let rows = format!(
        "<row r=\"1\">{}</row><row r=\"1048576\">{}</row>",
        text("A1", "first"),
        text("XFD1048576", "last")
    );
    let parsed = parse(&workbook(&[("Far", "", rows)], &[])).unwrap();
    assert_eq!(parsed.text, "Far\n\nfirst\n| last");
}

#[test]
fn values_read_as_shown() {
    assert_eq!(shown(&Data::Float(3.0), false), "3");
    assert_eq!(shown(&Data::Float(-0.0), false), "0");
    assert_eq!(shown(&Data::Float(0.07), true), "7%");
    assert_eq!(shown(&Data::Float(1234.5), false), "1234.5");
    assert_eq!(shown(&Data::Bool(true), false), "TRUE");
    assert_eq!(iso_date("2025-03-01T00:00:00"), "2025-03-01");
    assert_eq!(iso_date("2025-03-01T08:30:00"), "2025-03-01T08:30:00");
    let kind = calamine::ExcelDateTimeType::DateTime;
    let moment = |value| date(&ExcelDateTime::new(value, kind, false));
    assert_eq!(moment(45292.0), "2024-01-01");
    assert_eq!(moment(45292.5), "2024-01-01 12:00");
    assert_eq!(moment(0.25), "06:00");
    let kind = calamine::ExcelDateTimeType::TimeDelta;
    assert_eq!(date(&ExcelDateTime::new(1.5, kind, false)), "36:00:00");
}

#[test]
fn what_is_no_workbook_says_so() {
    let bytes = zipped(&[("readme.txt", "hello".to_owned())]);
    let failure = parse(&bytes).unwrap_err();
    assert_eq!(failure.cause, FailureCause::Broken);
    assert!(failure.reason.contains("workbook"));
    assert_eq!(
        parse(&[0xD0, 0xCF, 0x11, 0xE0, 0, 1]).unwrap_err().cause,
        FailureCause::Broken
    );
}
