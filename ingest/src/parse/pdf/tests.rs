use super::*;
use inhouse_protocol::BlockKind;
use std::fmt::Write;

/// A PDF of the given objects, numbered from 1, the first being the catalog.
pub(crate) fn of_objects(objects: &[String]) -> Vec<u8> {
    let mut pdf = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        writeln!(pdf, "{} 0 obj\n{object}\nendobj", i + 1).unwrap();
    }
    let start = pdf.len();
    writeln!(pdf, "xref\n0 {}\n0000000000 65535 f ", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(pdf, "{offset:010} 00000 n ").unwrap();
    }
    write!(
        pdf,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    )
    .unwrap();
    pdf.into_bytes()
}

fn parse(bytes: &[u8]) -> Result<Parsed, ParseFailure> {
    assemble(read_pages(bytes, |_, _| ())?)
}

fn stream(content: &str) -> String {
    format!(
        "<< /Length {} >>\nstream\n{content}\nendstream",
        content.len()
    )
}

/// A line of text: x, y from the bottom, size.
type Text<'a> = (f64, f64, f64, &'a str);

fn pdf(pages: &[Vec<Text<'_>>]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|i| format!("{} 0 R", 4 + 2 * i))
        .collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} >>",
            kids.join(" "),
            pages.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    for (i, page) in pages.iter().enumerate() {
        let mut content = String::from("BT\n");
        for (x, y, size, text) in page {
            writeln!(content, "/F1 {size} Tf 1 0 0 1 {x} {y} Tm ({text}) Tj").unwrap();
        }
        content.push_str("ET");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R /Resources \
             << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * i
        ));
        objects.push(stream(&content));
    }
    of_objects(&objects)
}

fn read(pages: &[Vec<Text<'_>>]) -> Vec<(BlockKind, u32, String)> {
    let parsed = parse(&pdf(pages)).unwrap();
    let chars: Vec<char> = parsed.text.chars().collect();
    let slice = |start, end| chars[start..end].iter().collect();
    parsed
        .blocks
        .iter()
        .map(|b| (b.kind, b.page.unwrap(), slice(b.start, b.end)))
        .collect()
}

#[test]
fn lines_become_paragraphs_and_broken_words_are_whole_again() {
    let page = vec![
        (72.0, 700.0, 18.0, "Rental Agreement"),
        (72.0, 660.0, 11.0, "1. TERM"),
        (
            72.0,
            640.0,
            11.0,
            "The tenant keeps the premises in good repair and may not under-",
        ),
        (
            72.0,
            627.0,
            11.0,
            "take any building work without the landlord's written non-",
        ),
        (72.0, 614.0, 11.0, "refundable consent."),
        (
            72.0,
            588.0,
            11.0,
            "The landlord may inspect the premises after a notice of two days.",
        ),
    ];
    assert_eq!(
        read(&[page]),
        [
            (
                BlockKind::Heading { level: 1 },
                1,
                "Rental Agreement".to_owned()
            ),
            (BlockKind::Heading { level: 2 }, 1, "1. TERM".to_owned()),
            (
                BlockKind::Paragraph,
                1,
                "The tenant keeps the premises in good repair and may not undertake any building \
                 work without the landlord's written non-refundable consent."
                    .to_owned()
            ),
            (
                BlockKind::Paragraph,
                1,
                "The landlord may inspect the premises after a notice of two days.".to_owned()
            ),
        ]
    );
}

#[test]
fn running_lines_go_and_a_sentence_goes_on_over_the_page() {
    let footers = ["Page 1 of 4", "Page 2 of 4", "Page 3 of 4", "Page 4 of 4"];
    let bodies = [
        "The parties agree that the seller delivers",
        "the goods to the buyer.",
        "Risk passes with the goods.",
        "The end.",
    ];
    let pages: Vec<Vec<Text<'_>>> = footers
        .iter()
        .zip(bodies)
        .map(|(footer, body)| {
            vec![
                (72.0, 760.0, 9.0, "Confidential - Supply Agreement"),
                (72.0, 600.0, 11.0, body),
                (280.0, 30.0, 9.0, footer),
            ]
        })
        .collect();
    let parsed = parse(&pdf(&pages)).unwrap();
    assert_eq!(
        parsed.text,
        "The parties agree that the seller delivers the goods to the buyer.\n\nRisk passes with \
         the goods.\n\nThe end."
    );
    assert_eq!(parsed.pages, Some(4));
    let of_blocks: Vec<Option<u32>> = parsed.blocks.iter().map(|b| b.page).collect();
    assert_eq!(of_blocks, [Some(1), Some(2), Some(3), Some(4)]);
}

#[test]
fn rows_with_column_gaps_are_table_rows() {
    let page = vec![
        (
            72.0,
            700.0,
            11.0,
            "Fees are as follows in every year of the term of this agreement:",
        ),
        (72.0, 680.0, 11.0, "Basic"),
        (300.0, 680.0, 11.0, "100"),
        (72.0, 666.0, 11.0, "Extra"),
        (300.0, 666.0, 11.0, "200"),
    ];
    let found = read(&[page]);
    assert_eq!(found[1], (BlockKind::TableRow, 1, "Basic | 100".to_owned()));
    assert_eq!(found[2], (BlockKind::TableRow, 1, "Extra | 200".to_owned()));
}

#[test]
fn a_page_that_fails_costs_that_page_alone() {
    let mut objects: Vec<String> = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Kids [4 0 R 5 0 R 7 0 R] /Count 3 >>".into(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".into(),
    ];
    let page = |contents: usize| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {contents} 0 R \
             /Resources << /Font << /F1 3 0 R >> >> >>"
        )
    };
    objects.push(page(6));
    // A graphics state that isn't there makes pdf-extract panic.
    objects.push(page(8));
    objects.push(stream("BT /F1 11 Tf 72 700 Td (First page.) Tj ET"));
    objects.push(page(9));
    objects.push(stream(
        "/Missing gs BT /F1 11 Tf 72 700 Td (Second page.) Tj ET",
    ));
    objects.push(stream("BT /F1 11 Tf 72 700 Td (Third page.) Tj ET"));
    let parsed = parse(&of_objects(&objects)).unwrap();
    assert_eq!(parsed.text, "First page.\n\nThird page.");
    assert_eq!(parsed.pages, Some(3));
}

#[test]
fn pictures_only_is_told_from_broken() {
    let failure = parse(&pdf(&[vec![]])).unwrap_err();
    assert_eq!(failure.cause, Cause::NoText);
    assert!(failure.reason.contains("OCR"));
    assert_eq!(parse(b"%PDF-1.4 nothing").unwrap_err().cause, Cause::Broken);
}

#[test]
fn each_line_of_the_text_has_its_place_on_the_page() {
    let page = vec![
        (
            60.0,
            700.0,
            10.0,
            "The tenant keeps the premises in good repair and under-",
        ),
        (
            60.0,
            688.0,
            10.0,
            "takes no work without the consent of the landlord.",
        ),
        (60.0, 400.0, 10.0, "A line further down."),
    ];
    let parsed = parse(&pdf(&[page])).unwrap();
    let chars: Vec<char> = parsed.text.chars().collect();
    let text = |b: &LineBox| chars[b.start..b.end].iter().collect::<String>();
    let texts: Vec<String> = parsed.boxes.iter().map(text).collect();
    assert_eq!(
        texts,
        [
            "The tenant keeps the premises in good repair and under",
            "takes no work without the consent of the landlord.",
            "A line further down."
        ]
    );
    let last = parsed.boxes[2];
    // 60 of 600 points from the left; its foot 400 of 800 from the bottom.
    assert_eq!((last.page, last.left), (1, 1000));
    assert!(last.top > 4800 && last.top < 5000, "{last:?}");
    assert!(
        last.top + last.height > 5000 && last.height < 150,
        "{last:?}"
    );
    let info = &parsed.page_info[0];
    assert_eq!((info.width, info.height), (600, 800));
    assert_eq!((info.page, info.parser.as_str()), (1, "pdf-extract"));
}

#[test]
fn text_of_a_form_stands_where_the_form_is_drawn() {
    let form = |matrix: &str, content: &str| {
        stream(content).replacen(
            "<<",
            &format!(
                "<< /Type /XObject /Subtype /Form /BBox [0 0 2000 2000] {matrix} /Resources << \
                 /Font << /F1 3 0 R >> /XObject << /Inner 7 0 R >> >>"
            ),
            1,
        )
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources \
         << /XObject << /X 6 0 R >> >> >>"
            .to_owned(),
        stream("q 0.5 0 0 0.5 30 0 cm /X Do Q"),
        form("/Matrix [1 0 0 1 0 200]", "q /Inner Do Q"),
        form("", "BT /F1 20 Tf 60 600 Td (In two forms.) Tj ET"),
    ];
    let parsed = parse(&of_objects(&objects)).unwrap();
    assert_eq!(parsed.text, "In two forms.");
    // 60 / 2 + 30 points from the left, (600 + 200) / 2 from the bottom, ten points high.
    let place = parsed.boxes[0];
    assert_eq!(place.left, 1000);
    assert!(place.top > 4800 && place.top < 5000, "{place:?}");
}

#[test]
fn a_printed_page_number_becomes_the_label() {
    let pages: Vec<Vec<Text<'_>>> = ["Page 11 of 13", "Page 12 of 13", "Page 13 of 13"]
        .into_iter()
        .zip(["First words.", "Second words.", "Third words."])
        .map(|(footer, body)| vec![(72.0, 600.0, 11.0, body), (280.0, 30.0, 9.0, footer)])
        .collect();
    let parsed = parse(&pdf(&pages)).unwrap();
    let labels: Vec<&str> = parsed
        .page_info
        .iter()
        .filter_map(|info| info.label.as_deref())
        .collect();
    assert_eq!(labels, ["11", "12", "13"]);
    assert!(!parsed.text.contains("of 13"));
}

#[test]
fn what_is_read_well_needs_no_second_reader_and_a_page_of_pixels_does() {
    let good = pdf(&[vec![(72.0, 700.0, 11.0, "Exhibit A")], vec![]]);
    // The second page is truly empty.
    assert!(matches!(
        super::read(&good, |_, _| ()).unwrap(),
        PdfReading::Whole(_)
    ));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 5 0 R /Resources \
         << /Font << /F1 3 0 R >> /XObject << /I 6 0 R >> >> >>"
            .to_owned(),
        stream("BT /F1 11 Tf 72 700 Td (DocuSign Envelope ID 12345) Tj ET /I Do"),
        "<< /Type /XObject /Subtype /Image /Width 1240 /Height 1754 /Length 0 >>\nstream\n\
         endstream"
            .to_owned(),
    ];
    let PdfReading::Pages(raw) = super::read(&of_objects(&objects), |_, _| ()).unwrap() else {
        panic!("a stamp on a picture was taken for the page's text");
    };
    assert!(raw.pages[0].has_picture && !raw.pages[0].is_good());
}

#[test]
fn pages_of_several_readers_become_one_text() {
    let raw = RawDocument {
        title: None,
        pages: vec![
            RawPage::of_plain_text("AGREEMENT\n\nThe first para-\ngraph goes on\nover lines."),
            RawPage {
                reader: Reader::Tesseract,
                ..RawPage::of_plain_text("Scanned page.")
            },
            RawPage {
                reader: Reader::Tesseract,
                ..RawPage::of_plain_text("Another scanned page.")
            },
            RawPage::blank(Reader::Tesseract),
        ],
    };
    let parsed = assemble(raw).unwrap();
    assert_eq!(
        parsed.text,
        "AGREEMENT\n\nThe first paragraph goes on over lines.\n\nScanned page.\n\nAnother scanned \
         page."
    );
    assert_eq!(parsed.parser, "tesseract + poppler");
    assert_eq!(parsed.pages, Some(4));
    let by: Vec<&str> = parsed
        .page_info
        .iter()
        .map(|info| info.parser.as_str())
        .collect();
    assert_eq!(by, ["poppler", "tesseract", "tesseract", ""]);
    assert_eq!(parsed.blocks[2].page, Some(2));
}
