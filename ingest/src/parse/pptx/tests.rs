use super::*;
use inhouse_protocol::FailureCause;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn zipped(parts: &[(String, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn relations(of: &str, relations: &[(&str, &str, &str)]) -> (String, String) {
    let entries: Vec<String> = relations
        .iter()
        .map(|(id, kind, target)| {
            format!("<Relationship Id=\"{id}\" Type=\"http://x/{kind}\" Target=\"{target}\"/>")
        })
        .collect();
    let (folder, file) = of.rsplit_once('/').unwrap();
    (
        format!("{folder}/_rels/{file}.rels"),
        format!("<Relationships>{}</Relationships>", entries.concat()),
    )
}

fn shape(placeholder: &str, paragraphs: &str) -> String {
    format!(
        "<p:sp><p:nvSpPr><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>{paragraphs}\
         </p:txBody></p:sp>"
    )
}

fn line(properties: &str, text: &str) -> String {
    format!("<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>")
}

fn slide(attributes: &str, shapes: &str) -> String {
    format!(
        "<p:sld xmlns:p=\"p\" xmlns:a=\"a\" {attributes}><p:cSld><p:spTree>{shapes}</p:spTree>\
         </p:cSld></p:sld>"
    )
}

/// A presentation with these slides, shown in the order of `order`, and more parts.
fn presentation(order: &[usize], slides: &[String], more: Vec<(String, String)>) -> Vec<u8> {
    let ids: Vec<String> = order
        .iter()
        .map(|n| format!("<p:sldId id=\"{}\" r:id=\"rId{n}\"/>", 256 + n))
        .collect();
    let main = format!(
        "<p:presentation xmlns:p=\"p\" xmlns:r=\"r\"><p:sldIdLst>{}</p:sldIdLst>\
         <p:sldSz cx=\"12192000\" cy=\"6858000\"/></p:presentation>",
        ids.concat()
    );
    let named: Vec<(String, String)> = (1..=slides.len())
        .map(|n| (format!("rId{n}"), format!("slides/slide{n}.xml")))
        .collect();
    let told: Vec<(&str, &str, &str)> = named
        .iter()
        .map(|(id, target)| (id.as_str(), "slide", target.as_str()))
        .collect();
    let mut parts = vec![
        ("ppt/presentation.xml".to_owned(), main),
        relations("ppt/presentation.xml", &told),
    ];
    for ((_, target), slide) in named.iter().zip(slides) {
        parts.push((format!("ppt/{target}"), slide.clone()));
    }
    parts.extend(more);
    zipped(&parts)
}

#[test]
fn slides_are_pages_with_titles_lists_tables_and_notes() {
    let first = [
        shape("<p:ph type=\"body\"/>", &line("", "Who lends what")),
        shape("<p:ph type=\"ctrTitle\"/>", &line("", "Lending &amp; care")),
        shape("<p:ph type=\"sldNum\"/>", &line("", "1")),
    ]
    .concat();
    let body = [
        line("", "Cars"),
        line("<a:pPr lvl=\"1\"/>", "Small ones"),
        line("<a:pPr><a:buNone/></a:pPr>", "Ask first."),
        line(
            "<a:pPr><a:buAutoNum type=\"alphaLcParenR\"/></a:pPr>",
            "keys",
        ),
        line(
            "<a:pPr><a:buAutoNum type=\"alphaLcParenR\"/></a:pPr>",
            "papers",
        ),
    ]
    .concat();
    let cell = |text: &str| format!("<a:tc><a:txBody>{}</a:txBody></a:tc>", line("", text));
    let second = [
        shape("<p:ph idx=\"1\"/>", &body),
        format!(
            "<p:graphicFrame><a:tbl><a:tr>{}{}</a:tr></a:tbl></p:graphicFrame>",
            cell("Fee"),
            cell("6 euros")
        ),
    ]
    .concat();
    let notes = shape("<p:ph type=\"body\"/>", &line("", "Say it twice."));
    let bytes = presentation(
        &[2, 1],
        &[slide("show=\"0\"", &second), slide("", &first)],
        vec![
            relations(
                "ppt/slides/slide1.xml",
                &[("rId9", "notesSlide", "../notesSlides/n.xml")],
            ),
            ("ppt/notesSlides/n.xml".to_owned(), slide("", &notes)),
        ],
    );
    let parsed = parse(&bytes).unwrap();
    assert_eq!(
        parsed.text,
        "Lending & care\n\nWho lends what\n\nSlide 2\n\n• Cars\n– Small ones\n\nAsk first.\n\n\
         a) keys\nb) papers\n\nFee | 6 euros\n\nNotes: Say it twice."
    );
    assert_eq!(parsed.blocks[0].kind, BlockKind::Heading { level: 1 });
    assert_eq!(parsed.blocks[0].page, Some(1));
    let last = parsed.blocks.last().unwrap();
    assert_eq!((last.kind, last.page), (BlockKind::Footnote, Some(2)));
    assert_eq!(parsed.pages, Some(2));
    assert_eq!(
        (parsed.page_info[1].width, parsed.page_info[1].height),
        (960, 540)
    );
    assert_eq!(parsed.warnings, ["Its hidden slides were read too: 2."]);
}

#[test]
fn diagrams_and_empty_slides_are_read() {
    let diagram = "<dgm:dataModel xmlns:dgm=\"d\" xmlns:a=\"a\"><dgm:pt><dgm:t><a:p><a:r><a:t>Ask\
                   </a:t></a:r></a:p></dgm:t></dgm:pt><dgm:pt><dgm:t><a:p><a:r><a:t>Lend</a:t>\
                   </a:r></a:p></dgm:t></dgm:pt></dgm:dataModel>";
    let bytes = presentation(
        &[1, 2],
        &[slide("", ""), slide("", "")],
        vec![
            relations(
                "ppt/slides/slide2.xml",
                &[("rId3", "diagramData", "../diagrams/data1.xml")],
            ),
            ("ppt/diagrams/data1.xml".to_owned(), diagram.to_owned()),
        ],
    );
    let parsed = parse(&bytes).unwrap();
    assert_eq!(parsed.text, "Slide 2\n\n• Ask\n• Lend");
    assert_eq!(parsed.page_info[0].parser, "");
    assert_eq!(parsed.page_info[1].parser, "pptx");
}

#[test]
fn what_is_no_presentation_says_so() {
    let failure = parse(&zipped(&[("a.txt".to_owned(), "x".to_owned())])).unwrap_err();
    assert_eq!(failure.cause, FailureCause::Broken);
    assert!(failure.reason.contains("PPTX"));
    let bomb = "<!DOCTYPE p [<!ENTITY a \"aaaa\">]><p:presentation>&a;</p:presentation>";
    let parts = [("ppt/presentation.xml".to_owned(), bomb.to_owned())];
    assert_eq!(
        parse(&zipped(&parts)).unwrap_err().cause,
        FailureCause::Broken
    );
}
