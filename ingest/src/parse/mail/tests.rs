use super::*;
use crate::Cause;

/// A mail with Internet's line ends.
fn mail(lines: &str) -> Vec<u8> {
    lines.replace('\n', "\r\n").into_bytes()
}

fn names(bytes: &[u8]) -> Vec<String> {
    let files = attachments(bytes).unwrap();
    files.into_iter().map(|file| file.name).collect()
}

const HEAD: &str = "From: Ada Lane <ada@example.com>\nTo: legal@example.com, \"Ben\" \
                    <ben@example.com>\nCc: cara@example.com\nDate: Mon, 9 Mar 2026 15:00:43 \
                    +0100\nSubject: =?utf-8?Q?K=C3=BCndigung?= of the lease\nMIME-Version: 1.0\n";

#[test]
fn the_head_the_words_and_the_names_of_files_are_one_text() {
    let source = mail(&format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; \
         charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nWir k=FCndigen.\n\n> \
         Dear Ada,\n> please terminate.\n\n--b\nContent-Type: application/pdf\n\
         Content-Disposition: attachment; filename=\"../notice.pdf\"\n\
         Content-Transfer-Encoding: base64\n\nJVBERi0xLjc=\n--b--\n"
    ));
    let parsed = parse(&source).unwrap();
    assert_eq!(parsed.title.as_deref(), Some("Kündigung of the lease"));
    assert_eq!(
        parsed.text,
        "Kündigung of the lease\n\nFrom: Ada Lane <ada@example.com>\n\nTo: legal@example.com, Ben \
         <ben@example.com>\n\nCc: cara@example.com\n\nDate: 2026-03-09T15:00:43+01:00\n\n\
         Attachments: notice.pdf\n\nWir kündigen.\n\n> Dear Ada,\r\n> please terminate."
    );
    let files = attachments(&source).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, "notice.pdf");
    assert_eq!(files[0].bytes, b"%PDF-1.7");
}

#[test]
fn html_is_read_where_it_is_all_there_is_or_says_more() {
    let only = mail(&format!(
        "{HEAD}Content-Type: text/html; charset=utf-8\n\n<meta charset=iso-8859-1><h1>News</h1>\
         <p>The k\u{fc}che is <b>open</b>.</p><script>alert(1)</script>\n"
    ));
    let parsed = parse(&only).unwrap();
    assert!(parsed.text.ends_with("News\n\nThe k\u{fc}che is open."));
    let both = |plain: &str| {
        mail(&format!(
            "{HEAD}Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: \
             text/plain\n\n{plain}\n--b\nContent-Type: text/html\n\n<p>The rent rises by two in a \
             hundred from May on, and the deposit stays as it is.</p>\n--b--\n"
        ))
    };
    assert!(parse(&both("See HTML.")).unwrap().text.contains("deposit"));
    let long = "The rent rises by two in a hundred from May on.";
    assert!(!parse(&both(long)).unwrap().text.contains("deposit"));
    assert!(names(&both(long)).is_empty());
}

#[test]
fn pictures_in_the_words_and_signatures_are_no_files() {
    let source = mail(&format!(
        "{HEAD}Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n\
         <p>Hello there<img src=\"cid:logo@x\"></p>\n--b\nContent-Type: image/png\nContent-ID: \
         <logo@x>\nContent-Transfer-Encoding: base64\n\niVBORw==\n--b\nContent-Type: image/png; \
         name=scan.png\nContent-ID: <scan@x>\nContent-Transfer-Encoding: base64\n\niVBORw==\n--b\n\
         Content-Type: application/pgp-signature; name=s.asc\n\nxyz\n--b--\n"
    ));
    assert_eq!(names(&source), ["scan.png"]);
}

#[test]
fn a_mail_in_a_mail_is_a_file_of_its_own() {
    let source = mail(&format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: \
         text/plain\n\nForwarded.\n--b\nContent-Type: message/rfc822\n\nFrom: \
         dan@example.com\nSubject: Offer 3/4: rent\n\nNine hundred euros.\n--b--\n"
    ));
    let files = attachments(&source).unwrap();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, "Offer 3-4- rent.eml");
    let inner = parse(&files[0].bytes).unwrap();
    assert!(inner.text.contains("From: dan@example.com"));
    assert!(inner.text.contains("Nine hundred euros."));
    assert!(!inner.text.contains("Forwarded"));
}

#[test]
fn an_unnamed_encoding_and_utf_16_are_read() {
    let mut source = mail(&format!("{HEAD}\n"));
    source.extend(b"Die K\xFCndigung ist g\xFCltig.\r\n");
    assert!(
        parse(&source)
            .unwrap()
            .text
            .ends_with("Die Kündigung ist gültig.")
    );
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(
            format!("{HEAD}\nGültig.\n")
                .encode_utf16()
                .flat_map(u16::to_le_bytes),
        )
        .collect();
    let parsed = parse(&utf16).unwrap();
    assert!(parsed.text.ends_with("Gültig."), "{}", parsed.text);
}

#[test]
fn what_is_encrypted_or_no_mail_says_so() {
    let source = mail(&format!(
        "{HEAD}Content-Type: multipart/encrypted; boundary=b; \
         protocol=\"application/pgp-encrypted\"\n\n--b\nContent-Type: \
         application/pgp-encrypted\n\nVersion: 1\n--b--\n"
    ));
    assert_eq!(parse(&source).unwrap_err().cause, Cause::Encrypted);
    assert!(parse(b"   \n\n   \n").is_err());
}
