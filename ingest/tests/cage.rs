//! The cage holds: what a parser does, or what someone makes it do, costs that file alone.

use inhouse_ingest::cage::{self, CageConfig, Progressed};
use inhouse_ingest::{Cause, Format, ParseFailure, Parsed};
use inhouse_protocol::{ParserChoice, ReadSettings};
use std::io::{Cursor, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tempfile::{NamedTempFile, TempDir};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn config() -> CageConfig {
    CageConfig {
        memory_bytes: 256 << 20,
        cpu_s: 20,
        wall_s: 30,
        output_bytes: 4 << 20,
        program: PathBuf::from(env!("CARGO_BIN_EXE_parse-child")),
        ..CageConfig::default()
    }
}

async fn read(config: &CageConfig, format: Format, content: &[u8]) -> Result<Parsed, ParseFailure> {
    let input = file(content);
    cage::read(config, format, input.path(), &ReadSettings::default(), &()).await
}

fn file(content: &[u8]) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

async fn probe(config: &CageConfig, name: &str, target: &str) -> Result<Parsed, ParseFailure> {
    let input = file(target.as_bytes());
    cage::parse_as(config, name, input.path()).await
}

/// What the probe called `name` says it could do to `target`.
async fn attempt(name: &str, target: &str) -> String {
    probe(&config(), name, target).await.unwrap().text
}

#[tokio::test]
async fn a_caged_parser_has_no_network() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    listener.set_nonblocking(true).unwrap();
    for name in ["probe-tcp", "probe-udp", "probe-unix"] {
        let said = attempt(name, &address).await;
        assert!(said.starts_with("refused"), "{name}: {said}");
    }
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_caged_parser_reaches_no_file() {
    let dir = TempDir::new().unwrap();
    let kept = dir.path().join("kept");
    std::fs::write(&kept, "original").unwrap();
    let fresh = dir.path().join("fresh");
    let (kept_name, fresh_name) = (kept.to_str().unwrap(), fresh.to_str().unwrap());
    for (name, target) in [
        ("probe-read", "/etc/passwd"),
        ("probe-read", kept_name),
        ("probe-list", "/"),
        ("probe-write", fresh_name),
        ("probe-write", kept_name),
        ("probe-append", kept_name),
        ("probe-remove", kept_name),
    ] {
        let said = attempt(name, target).await;
        assert!(said.starts_with("refused"), "{name} {target}: {said}");
    }
    assert!(!fresh.exists());
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "original");
}

#[tokio::test]
async fn a_caged_parser_starts_nothing_and_inherits_nothing() {
    for name in ["probe-exec", "probe-thread"] {
        let said = attempt(name, "-").await;
        assert!(said.starts_with("refused"), "{name}: {said}");
    }
    assert_eq!(attempt("probe-environment", "-").await, "environment: ");
    assert_ne!(attempt("probe-user", "-").await, "user 0");
}

#[tokio::test]
async fn a_panic_costs_the_file_alone() {
    let failure = probe(&config(), "probe-panic", "-").await.unwrap_err();
    assert_eq!(failure.cause, Cause::Crashed);
    assert!(failure.detail.contains("the probe panics"), "{failure}");
}

#[tokio::test]
async fn a_stack_overflow_costs_the_file_alone() {
    let failure = probe(&config(), "probe-stack", "-").await.unwrap_err();
    assert_eq!(failure.cause, Cause::Depth, "{failure}");
}

#[tokio::test]
async fn a_memory_bomb_is_stopped_at_the_limit() {
    let failure = probe(&config(), "probe-memory", "-").await.unwrap_err();
    assert_eq!(failure.cause, Cause::Memory, "{failure}");
    assert!(failure.reason.contains("256 MB"));
}

#[tokio::test]
async fn an_endless_loop_is_stopped_by_its_cpu_time() {
    let config = CageConfig {
        cpu_s: 1,
        ..config()
    };
    let failure = probe(&config, "probe-loop", "-").await.unwrap_err();
    assert_eq!(failure.cause, Cause::Time, "{failure}");
}

#[tokio::test]
async fn a_parser_that_waits_forever_is_stopped_by_the_clock() {
    let config = CageConfig {
        wall_s: 1,
        ..config()
    };
    let start = Instant::now();
    let failure = probe(&config, "probe-sleep", "-").await.unwrap_err();
    assert_eq!(failure.cause, Cause::Time, "{failure}");
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn an_endless_reply_is_cut_off() {
    let failure = probe(&config(), "probe-output", "-").await.unwrap_err();
    assert_eq!(failure.cause, Cause::TooMuchText, "{failure}");
}

#[tokio::test]
async fn a_program_that_is_no_parser_is_a_failure_of_the_cage_or_a_crash() {
    let missing = CageConfig {
        program: PathBuf::from("/nowhere/inhouse"),
        ..config()
    };
    let failure = probe(&missing, "text", "x").await.unwrap_err();
    assert_eq!(failure.cause, Cause::Cage);
    let mute = CageConfig {
        program: PathBuf::from("/bin/true"),
        ..config()
    };
    let failure = probe(&mute, "text", "x").await.unwrap_err();
    assert_eq!(failure.cause, Cause::Crashed);
    assert!(cage::check(&config()).await.is_ok());
}

#[tokio::test]
async fn every_format_is_read_in_the_cage() {
    let docx = {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("word/document.xml", SimpleFileOptions::default())
            .unwrap();
        zip.write_all(
            b"<w:document xmlns:w='w'><w:body><w:p><w:r><w:t>Some words.</w:t></w:r></w:p>\
              </w:body></w:document>",
        )
        .unwrap();
        zip.finish().unwrap().into_inner()
    };
    let pdf = one_page_pdf("BT /F1 11 Tf 72 700 Td (Some words.) Tj ET", "");
    for (format, content) in [
        (Format::Text, b"Some words.".to_vec()),
        (Format::Markdown, b"Some words.".to_vec()),
        (Format::Html, b"<p>Some words.</p>".to_vec()),
        (Format::Docx, docx),
        (Format::Pdf, pdf),
    ] {
        let parsed = read(&config(), format, &content).await.unwrap();
        assert_eq!(parsed.text, "Some words.", "{format}");
    }
}

#[tokio::test]
async fn a_pdf_that_recurses_without_end_fails_alone() {
    let cyclic = one_page_pdf("/X Do", "/XObject << /X 4 0 R >>");
    let failure = read(&config(), Format::Pdf, &cyclic).await.unwrap_err();
    assert!(
        matches!(failure.cause, Cause::Depth | Cause::NoText),
        "{failure}"
    );
}

#[tokio::test]
async fn poppler_reads_what_pdf_extract_fails_on() {
    // A graphics state that isn't there makes pdf-extract panic on the only page.
    let broken = one_page_pdf(
        "/Gone gs BT /F1 11 Tf 72 700 Td (Still readable.) Tj ET",
        "",
    );
    let parsed = read(&config(), Format::Pdf, &broken).await.unwrap();
    assert_eq!(parsed.text, "Still readable.");
    assert_eq!(parsed.parser, "poppler");
    assert_eq!(parsed.blocks[0].page, Some(1));
    let place = parsed.boxes[0];
    // 72 of 600 points from the left, 100 of 800 from the top to its foot.
    assert!((1190..1210).contains(&place.left), "{place:?}");
    assert!((1100..1260).contains(&place.top), "{place:?}");
    let info = &parsed.page_info[0];
    assert_eq!((info.width, info.height), (600, 800));
}

#[tokio::test]
async fn a_reader_that_was_chosen_reads_alone() {
    let pdf = one_page_pdf("BT /F1 24 Tf 72 700 Td (Notice period) Tj ET", "");
    let input = file(&pdf);
    for (parser, name) in [
        (ParserChoice::PdfExtract, "pdf-extract"),
        (ParserChoice::Poppler, "poppler"),
        (ParserChoice::Ocr, "tesseract"),
    ] {
        let settings = ReadSettings {
            parser,
            ..ReadSettings::default()
        };
        let parsed = cage::read(&config(), Format::Pdf, input.path(), &settings, &())
            .await
            .unwrap();
        assert_eq!(parsed.parser, name);
        assert_eq!(parsed.text, "Notice period", "{name}");
        assert_eq!(parsed.page_info[0].parser, name);
    }
}

/// Where each page was begun.
#[derive(Default)]
struct Seen(Mutex<Vec<(u32, u32)>>);

impl Progressed for Seen {
    fn at_page(&self, page: u32, of: u32) {
        self.0.lock().unwrap().push((page, of));
    }
}

#[tokio::test]
async fn a_page_that_is_a_picture_is_read_by_tesseract() {
    let letters = "BT /F1 30 Tf 72 700 Td (Governing law and notices) Tj \
                   0 -60 Td (must be in writing only) Tj ET";
    let painted = painted(&one_page_pdf(letters, ""));
    let input = file(&painted);
    let seen = Seen::default();
    let settings = ReadSettings::default();
    let parsed = cage::read(&config(), Format::Image, input.path(), &settings, &seen)
        .await
        .unwrap();
    assert_eq!(parsed.parser, "tesseract");
    assert!(
        parsed.text.contains("Governing law and notices"),
        "{}",
        parsed.text
    );
    assert_eq!(*seen.0.lock().unwrap(), [(1, 1)]);

    let scan = scanned_pdf(&painted);
    let parsed = read(&config(), Format::Pdf, &scan).await.unwrap();
    assert_eq!(parsed.parser, "tesseract");
    assert!(
        parsed.text.contains("must be in writing only"),
        "{}",
        parsed.text
    );
    let first = parsed.boxes[0];
    assert!((1100..1300).contains(&first.left), "{first:?}");
    assert_eq!(parsed.page_info[0].parser, "tesseract");
}

#[tokio::test]
async fn a_picture_without_letters_says_so_and_a_huge_one_is_not_opened() {
    let empty = painted(&one_page_pdf("", ""));
    let failure = read(&config(), Format::Image, &empty).await.unwrap_err();
    assert_eq!(failure.cause, Cause::NoText, "{failure}");
    let small = CageConfig {
        most_pixels: 1000,
        ..config()
    };
    let failure = read(&small, Format::Image, &empty).await.unwrap_err();
    assert_eq!(failure.cause, Cause::TooLarge, "{failure}");
    let failure = read(&config(), Format::Image, b"\xff\xd8\xff no picture")
        .await
        .unwrap_err();
    assert_eq!(failure.cause, Cause::Broken, "{failure}");
    assert!(cage::ocr_languages().contains(&"en".to_owned()));
}

/// The first page of a PDF as a PNG of 150 dots per inch.
fn painted(pdf: &[u8]) -> Vec<u8> {
    let input = file(pdf);
    let painted = Command::new("pdftoppm")
        .args(["-png", "-r", "150", "-f", "1", "-l", "1"])
        .arg(input.path())
        .output()
        .unwrap();
    assert!(painted.status.success());
    painted.stdout
}

/// A PDF of one page, 600 by 800 points, that shows a coloured PNG and nothing else.
fn scanned_pdf(png: &[u8]) -> Vec<u8> {
    // The PNG's data is what a PDF's own filter for it takes.
    let mut data = Vec::new();
    let mut at = 8;
    while at + 8 <= png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        if &png[at + 4..at + 8] == b"IDAT" {
            data.extend_from_slice(&png[at + 8..at + 8 + length]);
        }
        at += 12 + length;
    }
    let size = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    let (width, height) = (size(16), size(20));
    let picture = format!(
        "<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB \
         /BitsPerComponent 8 /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 3 \
         /BitsPerComponent 8 /Columns {width} >> /Length {} >>\nstream\n",
        data.len()
    );
    let picture = [picture.as_bytes(), &data, b"\nendstream"].concat();
    pdf_of(&[
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << \
          /XObject << /I 5 0 R >> >> >>"
            .to_vec(),
        b"<< /Length 28 >>\nstream\nq 600 0 0 800 0 0 cm /I Do Q\nendstream".to_vec(),
        picture,
    ])
}

/// A PDF of one page whose content, object 4, may also be used as a form.
fn one_page_pdf(content: &str, resources: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources \
             << /Font << /F1 5 0 R >> {resources} >> >>"
        ),
        format!(
            "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Length {} >>\nstream\n\
             {content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_owned(),
    ];
    pdf_of(&objects.map(String::into_bytes))
}

/// A PDF of the given objects, numbered from 1, the first being the catalog.
fn pdf_of(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(pdf.len());
        pdf.extend(format!("{} 0 obj\n", i + 1).bytes());
        pdf.extend_from_slice(object);
        pdf.extend_from_slice(b"\nendobj\n");
    }
    let start = pdf.len();
    pdf.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        pdf.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    pdf.extend(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes(),
    );
    pdf
}
