use super::*;
use crate::Cause;
use std::io::Write;

type Building = cfb::CompoundFile<Cursor<Vec<u8>>>;

fn put(file: &mut Building, path: &str, bytes: &[u8]) {
    let mut stream = file.create_stream(path).unwrap();
    stream.write_all(bytes).unwrap();
    stream.flush().unwrap();
}

fn put_text(file: &mut Building, storage: &str, tag: u16, words: &str) {
    let bytes: Vec<u8> = words.encode_utf16().flat_map(u16::to_le_bytes).collect();
    put(
        file,
        &format!("{storage}/__substg1.0_{tag:04X}001F"),
        &bytes,
    );
}

/// The stream of short values: a head of zeros, then number, type and value of each.
fn put_fixed(file: &mut Building, storage: &str, head: usize, values: &[(u16, u16, u64)]) {
    let mut bytes = vec![0; head];
    for (tag, kind, value) in values {
        bytes.extend(kind.to_le_bytes());
        bytes.extend(tag.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(value.to_le_bytes());
    }
    put(file, &format!("{storage}/__properties_version1.0"), &bytes);
}

/// 2026-03-09T14:00:43Z in tenths of microseconds since 1601.
const SENT: u64 = (1_773_064_843 + 11_644_473_600) * 10_000_000;

fn building() -> Building {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    put_text(&mut file, "", SUBJECT, "Kündigung");
    put_text(&mut file, "", SENDER_NAME, "Ada Lane");
    put_text(&mut file, "", SENDER_ADDRESS, "/O=EXCHANGE/CN=ADA");
    put_text(&mut file, "", SENDER_SMTP, "ada@example.com");
    put_text(&mut file, "", TO, "Ben; legal@example.com");
    put_fixed(&mut file, "", 32, &[(SENT_AT, 0x0040, SENT)]);
    file
}

fn attach(file: &mut Building, number: u8, name: &str, bytes: &[u8]) {
    let storage = format!("/__attach_version1.0_#{number:08X}");
    file.create_storage(&storage).unwrap();
    put_text(file, &storage, LONG_NAME, name);
    put(file, &format!("{storage}/__substg1.0_37010102"), bytes);
    put_fixed(file, &storage, 8, &[(ATTACH_METHOD, 3, 1)]);
}

fn finish(mut file: Building) -> Vec<u8> {
    file.flush().unwrap();
    file.into_inner().into_inner()
}

#[test]
fn a_message_reads_as_a_letter_with_its_files() {
    let mut file = building();
    put_text(&mut file, "", BODY, "Wir kündigen den Vertrag.\r\n");
    attach(&mut file, 0, "notice.pdf", b"%PDF-1.7");
    let bytes = finish(file);
    let parsed = parse(&bytes).unwrap();
    assert_eq!(
        parsed.text,
        "Kündigung\n\nFrom: Ada Lane <ada@example.com>\n\nTo: Ben, legal@example.com\n\nDate: \
         2026-03-09T14:00:43Z\n\nAttachments: notice.pdf\n\nWir kündigen den Vertrag."
    );
    let found = attachments(&bytes).unwrap();
    assert_eq!(found.files.len(), 1);
    assert_eq!(found.files[0].name, "notice.pdf");
    assert_eq!(found.files[0].bytes, b"%PDF-1.7");
    assert!(found.left_out.is_empty());
}

#[test]
fn html_and_rich_text_are_read_where_there_is_no_plain_text() {
    let mut file = building();
    put(
        &mut file,
        "/__substg1.0_10130102",
        b"<html><body><p>Der K\xE4ufer zahlt.</p></body></html>",
    );
    file.remove_stream("/__properties_version1.0").unwrap();
    put_fixed(&mut file, "", 32, &[(0x3FDE, 3, 1252)]);
    assert!(
        parse(&finish(file))
            .unwrap()
            .text
            .ends_with("Der Käufer zahlt.")
    );

    let mut file = building();
    let rtf = "{\\rtf1\\ansi\\pard Nine hundred euros.\\par}";
    let packed = compressed_rtf::compress_rtf(rtf).unwrap();
    put(&mut file, "/__substg1.0_10090102", &packed);
    let parsed = parse(&finish(file)).unwrap();
    assert!(
        parsed.text.contains("Nine hundred euros."),
        "{}",
        parsed.text
    );
}

#[test]
fn rich_text_that_lies_about_its_size_is_left_alone() {
    let mut lying = compressed_rtf::compress_rtf("{\\rtf1 x}").unwrap();
    lying[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(unpack_rtf(&lying), None);
    assert_eq!(unpack_rtf(b"short"), None);
    let mut plain = compressed_rtf::encode_rtf("{\\rtf1 x}").unwrap();
    plain[4..8].copy_from_slice(&1000_u32.to_le_bytes());
    assert_eq!(unpack_rtf(&plain), None);
}

#[test]
fn a_message_in_a_message_is_a_file_of_its_own() {
    let mut file = building();
    put_text(&mut file, "", BODY, "See below.");
    let storage = "/__attach_version1.0_#00000000";
    let inner = "/__attach_version1.0_#00000000/__substg1.0_3701000D";
    file.create_storage(storage).unwrap();
    file.create_storage(inner).unwrap();
    put_text(&mut file, storage, DISPLAY_NAME, "Offer: rent");
    put_fixed(&mut file, storage, 8, &[(ATTACH_METHOD, 3, 5)]);
    put_text(&mut file, inner, SUBJECT, "Offer: rent");
    put_text(&mut file, inner, BODY, "Nine hundred euros.");
    put_fixed(&mut file, inner, 24, &[(SENT_AT, 0x0040, SENT)]);
    let bytes = finish(file);

    assert!(!parse(&bytes).unwrap().text.contains("Nine hundred"));
    let found = attachments(&bytes).unwrap();
    assert_eq!(found.files.len(), 1);
    assert_eq!(found.files[0].name, "Offer- rent.msg");
    assert_eq!(attachments(&bytes).unwrap().files, found.files);
    let inner = parse(&found.files[0].bytes).unwrap();
    assert_eq!(
        inner.text,
        "Offer: rent\n\nDate: 2026-03-09T14:00:43Z\n\nNine hundred euros."
    );
}

#[test]
fn what_is_encrypted_or_damaged_says_so() {
    let mut file = building();
    put_text(&mut file, "", MESSAGE_CLASS, "IPM.Note.SMIME");
    assert_eq!(parse(&finish(file)).unwrap_err().cause, Cause::Encrypted);
    let mut file = building();
    attach(
        &mut file,
        0,
        "encrypted.asc",
        b"-----BEGIN PGP MESSAGE-----",
    );
    let storage = "/__attach_version1.0_#00000000";
    put_text(&mut file, storage, MIME_TYPE, "application/pgp-encrypted");
    assert_eq!(parse(&finish(file)).unwrap_err().cause, Cause::Encrypted);
    let mut bytes = finish(building());
    bytes.truncate(600);
    assert_eq!(parse(&bytes).unwrap_err().cause, Cause::Broken);
}
