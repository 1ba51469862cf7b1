//! Writes an export of the log: a zip with the records, page by page, and a signed manifest.
//! `inhouse_record::export` says what is in it.

use inhouse_protocol::{LogFilter, LogRecord, Timestamp};
use inhouse_record::export::{
    CHECKPOINTS, ExportError, FileEntry, Hashed, MANIFEST, Manifest, PUBLIC_KEY, RECORDS,
    SIGNATURE, TABLE, cell, write_line,
};
use inhouse_record::{Checkpoint, PublicKey, SigningKeys};
use inhouse_store::{ExportedRecord, LogExport, StoreError};
use serde_json::Value;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek as _, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const README: &str = include_str!("export_readme.txt");
const README_NAME: &str = "README.txt";

/// The columns of the table.
const COLUMNS: [&str; 13] = [
    "seq",
    "at",
    "at_ms",
    "actor",
    "actor_name",
    "action",
    "subject",
    "subject_name",
    "detail",
    "personal",
    "erased",
    "withheld",
    "hash",
];

/// How the records are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// JSON Lines, which verify.
    #[default]
    Jsonl,
    /// A table for reading.
    Csv,
}

impl Format {
    /// The format's name in the API and on the command line.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
        }
    }
}

/// Why an export can't be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the export.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The zip.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    /// The file that it is written to.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A row of the table.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A step of the work panicked, or the process is stopping.
    #[error("the export was broken off: {0}")]
    BrokenOff(#[from] tokio::task::JoinError),
}

/// Writes the export into `file`, and gives it back at its beginning with what was written. Holds
/// a page of records at a time.
pub(crate) async fn pack(
    mut export: LogExport,
    filter: &LogFilter,
    format: Format,
    keys: &SigningKeys,
    (file, now): (File, Timestamp),
) -> Result<(File, Manifest), PackError> {
    let filter = serde_json::to_value(filter).map_err(io::Error::from)?;
    let manifest = Manifest::new(keys, now.0, export.by().to_string(), filter);
    let mut packing = Packing::start(file, format, manifest)?;
    loop {
        let page = export.next_page().await?;
        if page.is_empty() {
            break;
        }
        // Packing takes milliseconds of processor time a page.
        packing = tokio::task::spawn_blocking(move || packing.add(&page)).await??;
    }
    let checkpoints = export.checkpoints().to_vec();
    let keys = keys.clone();
    tokio::task::spawn_blocking(move || packing.finish(&checkpoints, &keys)).await?
}

/// A zip whose file of records is being written.
struct Packing {
    records: Records,
    manifest: Manifest,
}

enum Records {
    Lines(Box<Hashed<ZipWriter<File>>>),
    Table(Box<csv::Writer<Hashed<ZipWriter<File>>>>),
}

impl Packing {
    fn start(file: File, format: Format, manifest: Manifest) -> Result<Self, PackError> {
        let mut zip = ZipWriter::new(file);
        let options = SimpleFileOptions::default().large_file(true);
        let records = match format {
            Format::Jsonl => {
                zip.start_file(RECORDS, options)?;
                Records::Lines(Box::new(Hashed::new(zip)))
            }
            Format::Csv => {
                zip.start_file(TABLE, options)?;
                let mut table = csv::Writer::from_writer(Hashed::new(zip));
                table.write_record(COLUMNS)?;
                Records::Table(Box::new(table))
            }
        };
        Ok(Self { records, manifest })
    }

    fn add(mut self, page: &[ExportedRecord]) -> Result<Self, PackError> {
        for exported in page {
            match &mut self.records {
                Records::Lines(out) => write_line(out.as_mut(), &exported.line)?,
                Records::Table(table) => {
                    table.write_record(row(&exported.record).iter().map(|text| {
                        match cell(text) {
                            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
                        }
                    }))?;
                }
            }
            self.manifest.count(&exported.line);
        }
        Ok(self)
    }

    fn finish(
        self,
        checkpoints: &[Checkpoint],
        keys: &SigningKeys,
    ) -> Result<(File, Manifest), PackError> {
        let mut manifest = self.manifest;
        let (mut zip, entry) = self.records.finish()?;
        manifest.files.push(entry);
        let mut lines = Vec::new();
        let first = manifest.first.unwrap_or(i64::MAX);
        for checkpoint in checkpoints.iter().filter(|one| one.seq >= first) {
            write_line(&mut lines, checkpoint)?;
            manifest.checkpoints += 1;
        }
        let key = keys.public_keys().iter().next();
        let pem = key.map(PublicKey::to_pem).unwrap_or_default();
        for (name, content) in [
            (CHECKPOINTS, lines.as_slice()),
            (PUBLIC_KEY, pem.as_bytes()),
            (README_NAME, README.as_bytes()),
        ] {
            manifest.files.push(add_file(&mut zip, name, content)?);
        }
        let (bytes, signature) = manifest.sign(keys)?;
        add_file(&mut zip, MANIFEST, &bytes)?;
        add_file(&mut zip, SIGNATURE, &signature)?;
        let mut file = zip.finish()?;
        file.rewind()?;
        Ok((file, manifest))
    }
}

impl Records {
    fn finish(self) -> Result<(ZipWriter<File>, FileEntry), PackError> {
        Ok(match self {
            Self::Lines(out) => out.finish(RECORDS),
            Self::Table(table) => {
                let out = table.into_inner().map_err(|error| {
                    io::Error::new(error.error().kind(), error.error().to_string())
                })?;
                out.finish(TABLE)
            }
        })
    }
}

fn add_file(zip: &mut ZipWriter<File>, name: &str, content: &[u8]) -> Result<FileEntry, PackError> {
    zip.start_file(name, SimpleFileOptions::default())?;
    let mut out = Hashed::new(zip);
    out.write_all(content)?;
    Ok(out.finish(name).1)
}

/// The cells of a record, along [`COLUMNS`].
fn row(record: &LogRecord) -> [String; COLUMNS.len()] {
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        value => value.to_string(),
    };
    let yes = |is: bool| if is { "yes" } else { "" }.to_owned();
    [
        record.seq.to_string(),
        moment(record.at),
        record.at.0.to_string(),
        record.actor.clone(),
        record.actor_name.clone().unwrap_or_default(),
        record.action.clone(),
        record.subject.clone(),
        record.subject_name.clone().unwrap_or_default(),
        text(&record.detail),
        text(&record.personal),
        yes(record.erased),
        yes(record.withheld),
        record.hash.clone(),
    ]
}

/// RFC 3339 in UTC; empty where the calendar ends.
fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|at| at.to_string())
        .unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use inhouse_record::export::Line;
    use serde_json::json;
    use std::io::Read as _;

    /// An export of records whose personal data is `texts`, in a file of its own.
    pub(crate) fn packed(texts: &[&str], format: Format, keys: &SigningKeys) -> File {
        let manifest = Manifest::new(keys, 7, "operator".into(), json!({}));
        let mut packing = Packing::start(tempfile::tempfile().unwrap(), format, manifest).unwrap();
        let mut previous = String::new();
        for (text, seq) in texts.iter().zip(1..) {
            let exported = exported(seq, text, &previous);
            previous.clone_from(&exported.line.hash);
            packing = packing.add(&[exported]).unwrap();
        }
        let checkpoint = Checkpoint::sign(keys, 1, &hash_of_first(texts), 7).unwrap();
        packing.finish(&[checkpoint], keys).unwrap().0
    }

    fn hash_of_first(texts: &[&str]) -> String {
        exported(1, texts[0], "").line.hash
    }

    fn exported(seq: i64, text: &str, previous: &str) -> ExportedRecord {
        let mut line = Line {
            seq,
            at: 1_777_885_200_000,
            actor: "operator".into(),
            action: "user.create".into(),
            subject: "user:1".into(),
            detail: "{}".into(),
            sealed: "s".into(),
            withheld: None,
            personal: Some(json!({ "name": text })),
            previous: previous.into(),
            hash: String::new(),
        };
        line.hash = inhouse_record::hash(previous, &line.entry());
        let record = LogRecord {
            seq,
            at: Timestamp(line.at),
            withheld: false,
            actor: line.actor.clone(),
            actor_name: None,
            action: line.action.clone(),
            subject: line.subject.clone(),
            subject_name: Some(text.into()),
            detail: json!({}),
            personal: json!({ "name": text }),
            erased: false,
            hash: line.hash.clone(),
        };
        ExportedRecord { record, line }
    }

    #[test]
    fn a_table_holds_no_formula_whatever_people_are_called() {
        let keys = SigningKeys::parse(&SigningKeys::fresh_line().unwrap(), "k").unwrap();
        let names = ["=HYPERLINK(\"x\")", "+1", "-1", "@a", "\tb", "\rc", "Emil"];
        let file = packed(&names, Format::Csv, &keys);
        let mut archive = zip::ZipArchive::new(file).unwrap();
        let mut text = String::new();
        let mut table = archive.by_name(TABLE).unwrap();
        table.read_to_string(&mut text).unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), names.len());
        for (row, name) in rows.iter().zip(names) {
            let expected = if name == "Emil" {
                name.to_owned()
            } else {
                format!("'{name}")
            };
            assert_eq!(&row[7], expected);
            assert_eq!(&row[1], "2026-05-04T09:00:00Z");
            for field in row {
                assert!(
                    !field.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{field}"
                );
            }
        }
    }
}
