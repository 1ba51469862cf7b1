//! Documents to upload, made where they are needed.

use crate::Instance;
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;

/// A company's rules of conduct, with facts that questions ask for.
pub const HANDBOOK: &str = "\
# Rules of conduct

## 1 Confidentiality

The confidentiality obligations of a supplier continue for 6 years after the end of the contract. \
A supplier returns all confidential documents within 30 days.

## 2 Expense claims

Expense claims must be submitted within 45 days of the date of the expense. \
Claims above 500 dollars require written approval by the department head.

## 3 Remote work

Employees may work remotely for up to 3 days per week after the probation period. \
Remote work from another country requires prior written approval by Human Resources.

## 4 Gifts

Employees may accept gifts from a supplier up to a total value of 45 dollars per calendar year. \
Every gift must be recorded in the gift register.
";

/// A question that the handbook answers: 45 dollars.
pub const GIFTS: &str = "Up to which total value may employees accept gifts from a supplier?";

/// Uploads the handbook into a set that everyone sees, and waits until it can be found.
pub fn put_handbook(instance: &Instance) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let admin = instance.signed_in("admin").await;
        let set = admin.new_set("Policies", "everyone").await;
        let files = [("handbook.md", HANDBOOK.as_bytes())];
        admin.upload(&set, &files).await.expect(200);
        admin.settled(&set).await;
        admin.until_found(GIFTS, "handbook.md").await;
    });
}

/// A one-page PDF with these lines (PDF 1.4, one uncompressed content stream, Helvetica).
pub fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut content = String::from("BT /F1 12 Tf 72 760 Td 16 TL\n");
    for line in lines {
        let escaped = line
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        let _ = writeln!(content, "({escaped}) Tj T*");
    }
    content.push_str("ET");
    let objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R \
          /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_vec(),
        stream("", content.as_bytes()),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
            .to_vec(),
    ];
    whole_pdf(&objects)
}

/// A stream object's content, with `entries` in its dictionary.
fn stream(entries: &str, content: &[u8]) -> Vec<u8> {
    let mut object = format!("<< {entries}/Length {} >>\nstream\n", content.len()).into_bytes();
    object.extend_from_slice(content);
    object.extend_from_slice(b"\nendstream");
    object
}

/// A file of these objects, the first its catalog.
fn whole_pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    let mut end = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(end, "{place:010} 00000 n ");
    }
    let _ = write!(
        end,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    file.extend_from_slice(end.as_bytes());
    file
}

/// A PDF whose page tree leads back to itself.
pub fn cyclic_pdf() -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>",
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 3\n0000000000 65535 f \n");
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(
        file,
        "trailer\n<< /Size 3 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n"
    );
    file.into_bytes()
}

const DOCX_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const DOCX_RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;

/// A DOCX file with a heading and these paragraphs.
pub fn docx(heading: &str, paragraphs: &[&str]) -> Vec<u8> {
    let mut body = format!(
        r#"<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>{heading}</w:t></w:r></w:p>"#
    );
    for paragraph in paragraphs {
        let _ = write!(body, "<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>");
    }
    let document = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    zipped(&[
        ("[Content_Types].xml", DOCX_TYPES.as_bytes()),
        ("_rels/.rels", DOCX_RELATIONS.as_bytes()),
        ("word/document.xml", document.as_bytes()),
    ])
}

/// A DOCX file whose text expands to `megabytes` from almost nothing.
pub fn docx_bomb(megabytes: usize) -> Vec<u8> {
    let text = "a".repeat(megabytes << 20);
    docx("Bomb", &[&text])
}

/// The files of an archive with their names; none for what is no archive.
pub fn unzipped(archive: &[u8]) -> Vec<(String, String)> {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(archive)) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).expect("the archive can be read");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("the file is whole");
        let name = file.name().expect("a file has a name").into_owned();
        all.push((name, String::from_utf8_lossy(&bytes).into_owned()));
    }
    all
}

/// All that stands in an archive, names and contents, as one text to search in.
pub fn all_of(archive: &[u8]) -> String {
    unzipped(archive)
        .into_iter()
        .fold(String::new(), |text, (name, content)| {
            text + &name + "\n" + &content + "\n"
        })
}

/// A picture of a page with these lines, as PNG.
pub fn picture(lines: &[&str]) -> Vec<u8> {
    rendered(lines, "-png")
}

/// A PDF of one page that is nothing but a picture of these lines, as a scanner makes it.
pub fn scanned_pdf(lines: &[&str]) -> Vec<u8> {
    let jpeg = rendered(lines, "-jpeg");
    let (width, height) = (1700, 2339);
    let drawn = b"q 612 0 0 842 0 0 cm /Im1 Do Q";
    let mut objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 842] /Contents 4 0 R \
          /Resources << /XObject << /Im1 5 0 R >> >> >>"
            .to_vec(),
    ];
    objects.push(stream("", drawn));
    let picture = format!(
        "/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB \
         /BitsPerComponent 8 /Filter /DCTDecode "
    );
    objects.push(stream(&picture, &jpeg));
    whole_pdf(&objects)
}

/// A page with these lines, drawn at 200 dpi.
fn rendered(lines: &[&str], format: &str) -> Vec<u8> {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let page = folder.path().join("page.pdf");
    std::fs::write(&page, pdf(lines)).expect("the page can be written");
    let drawn = std::process::Command::new("pdftoppm")
        .args(["-r", "200", "-singlefile", format])
        .arg(&page)
        .output()
        .expect("pdftoppm runs");
    assert!(drawn.status.success(), "{drawn:?}");
    drawn.stdout
}

/// An archive of these files.
pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive
            .start_file(*name, SimpleFileOptions::default())
            .and_then(|()| archive.write_all(content).map_err(Into::into))
            .expect("the archive can be written");
    }
    archive
        .finish()
        .expect("the archive can be finished")
        .into_inner()
}
