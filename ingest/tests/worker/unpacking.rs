//! Containers in the cage: what comes out, and what doesn't.

use crate::instance::{cage, zip};
use inhouse_ingest::cage::{Unpacked, unpack};
use inhouse_ingest::{Cause, Format, ParseFailure};
use std::fs;
use tempfile::TempDir;

async fn unpacked(format: Format, content: &[u8]) -> (TempDir, Result<Unpacked, ParseFailure>) {
    let dir = TempDir::new().unwrap();
    let (path, into) = (dir.path().join("container"), dir.path().join("into"));
    fs::write(&path, content).unwrap();
    fs::create_dir(&into).unwrap();
    let unpacked = unpack(&cage(), format, &path, &into).await;
    (dir, unpacked)
}

#[tokio::test]
async fn files_come_out_under_numbers_whatever_they_are_called() {
    let large = vec![b'x'; 3 << 20];
    let archive = zip(&[
        ("../../escape.txt", b"one"),
        ("a/b/large.txt", &large),
        ("/a/b/large.txt", b"two"),
        ("a/.hidden", b"nothing"),
    ]);
    let (dir, unpacked) = unpacked(Format::Zip, &archive).await;
    let unpacked = unpacked.unwrap();
    let places: Vec<(&str, &str, u64)> = unpacked
        .files
        .iter()
        .map(|f| (f.folder.as_str(), f.name.as_str(), f.size_bytes))
        .collect();
    assert_eq!(
        places,
        [
            ("", "escape.txt", 3),
            ("a/b", "large.txt", 3 << 20),
            ("a/b", "large (2).txt", 3),
        ]
    );
    assert_eq!(fs::read(&unpacked.files[1].path).unwrap(), large);
    assert_eq!(fs::read(&unpacked.files[2].path).unwrap(), b"two");
    // Nothing was written but into the one folder.
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    assert_eq!(fs::read_dir(dir.path().join("into")).unwrap().count(), 3);
}

#[tokio::test]
async fn a_mail_gives_its_attachments() {
    let mail = "From: a@example.com\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: \
                multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello.\
                \r\n--b\r\nContent-Type: application/octet-stream; name=data.bin\r\n\
                Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n";
    let (_dir, unpacked) = unpacked(Format::Eml, mail.as_bytes()).await;
    let files = unpacked.unwrap().files;
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].name, "data.bin");
    assert_eq!(fs::read(&files[0].path).unwrap(), [0, 1, 2]);
}

#[tokio::test]
async fn a_bomb_and_a_damaged_archive_are_told_by_their_cause() {
    let bomb = zip(&[("zeros.txt", &vec![0; 30 << 20])]);
    let (_dir, bomb) = unpacked(Format::Zip, &bomb).await;
    assert_eq!(bomb.unwrap_err().cause, Cause::TooLarge);
    let (_dir, damaged) = unpacked(Format::Zip, b"PK\x03\x04 and no more").await;
    assert_eq!(damaged.unwrap_err().cause, Cause::Broken);
    let (_dir, other) = unpacked(Format::Text, b"Just words.").await;
    assert!(other.is_err());
}
