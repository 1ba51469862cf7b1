//! Checks an export of the log, without the database it came from.

use inhouse_record::export::{
    CHECKPOINTS, ExportError, FileVerdict, Hashed, MANIFEST, Manifest, RECORDS, SIGNATURE,
    verify_lines,
};
use inhouse_record::{Checkpoint, Fault, FaultKind, PublicKeys};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use zip::ZipArchive;
use zip::result::ZipError;

/// The largest manifest or file of checkpoints that is read, in bytes.
const SMALL: u64 = 64 * 1024 * 1024;

/// Why an export can't be checked at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// It can't be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no zip, or a file is missing in it.
    #[error("this is no whole export: {0}")]
    Zip(#[from] ZipError),
    /// The manifest doesn't hold, or a line is none.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// Checkpoints that aren't.
    #[error("the file of checkpoints: {0}")]
    Checkpoints(#[from] inhouse_record::CheckpointError),
}

/// What checking an export came to.
#[derive(Debug, Default)]
pub(crate) struct ArchiveVerdict {
    /// The key that signed; none for records without a manifest.
    pub(crate) key_id: Option<String>,
    /// What following the records came to; empty for a table, which can't be followed.
    pub(crate) records: FileVerdict,
    /// The records can't be followed: the export holds a table.
    pub(crate) only_a_table: bool,
    /// Files that aren't what the manifest says, each in a sentence.
    pub(crate) problems: Vec<String>,
}

impl ArchiveVerdict {
    /// Nothing is wrong.
    pub(crate) fn holds(&self) -> bool {
        self.problems.is_empty() && self.records.fault.is_none()
    }
}

/// Checks an export: a zip, or a file of records alone. `trusted` are the keys that may have
/// signed it; without them it is checked against the key that it names itself. `outside` are
/// checkpoints from elsewhere.
pub(crate) fn verify(
    file: File,
    trusted: Option<&PublicKeys>,
    outside: &[Checkpoint],
) -> Result<ArchiveVerdict, ArchiveError> {
    let mut file = BufReader::new(file);
    if file.fill_buf()?.starts_with(b"PK") {
        return verify_zip(file, trusted, outside);
    }
    let mut verdict = ArchiveVerdict::default();
    let (signed, unsigned) = signed_by(outside, trusted.unwrap_or(&PublicKeys::default()));
    verdict.records = verify_lines(file, &signed, false)?;
    add_fault(&mut verdict.records, unsigned);
    Ok(verdict)
}

fn verify_zip(
    file: impl Read + Seek,
    trusted: Option<&PublicKeys>,
    outside: &[Checkpoint],
) -> Result<ArchiveVerdict, ArchiveError> {
    let mut zip = ZipArchive::new(file)?;
    let bytes = small(&mut zip, MANIFEST)?;
    let signature = small(&mut zip, SIGNATURE)?;
    let manifest = Manifest::open(&bytes, &signature, trusted)?;
    let mut verdict = ArchiveVerdict {
        key_id: Some(manifest.key_id.clone()),
        problems: compare_files(&mut zip, &manifest)?,
        ..ArchiveVerdict::default()
    };
    let text = small(&mut zip, CHECKPOINTS)?;
    let mut checkpoints = Checkpoint::parse_lines(&String::from_utf8_lossy(&text))?;
    checkpoints.extend_from_slice(outside);
    // The manifest was signed with a key that is trusted, and with it the list of keys in it.
    let (signed, unsigned) = signed_by(&checkpoints, &manifest.keys());
    if !manifest.files.iter().any(|file| file.name == RECORDS) {
        verdict.only_a_table = true;
        add_fault(&mut verdict.records, unsigned);
        return Ok(verdict);
    }
    let lines = BufReader::new(zip.by_name(RECORDS)?);
    verdict.records = verify_lines(lines, &signed, manifest.complete)?;
    if verdict.records.fault.is_none() && verdict.records.records != manifest.records {
        verdict.problems.push(format!(
            "The manifest tells of {} records, and there are {}.",
            manifest.records, verdict.records.records
        ));
    }
    add_fault(&mut verdict.records, unsigned);
    Ok(verdict)
}

/// The checkpoints that one of the keys signed, and the first that none did.
fn signed_by(checkpoints: &[Checkpoint], keys: &PublicKeys) -> (Vec<Checkpoint>, Option<Fault>) {
    let (signed, unsigned): (Vec<_>, Vec<_>) = checkpoints
        .iter()
        .cloned()
        .partition(|checkpoint| checkpoint.verify(keys).is_ok());
    let fault = unsigned.iter().map(|checkpoint| checkpoint.seq).min();
    let kind = FaultKind::Unsigned;
    (signed, fault.map(|seq| Fault { seq, kind }))
}

fn add_fault(verdict: &mut FileVerdict, other: Option<Fault>) {
    let faults = [verdict.fault, other];
    verdict.fault = faults.into_iter().flatten().min_by_key(|fault| fault.seq);
}

/// Compares every file with what the manifest says of it.
fn compare_files<R: Read + Seek>(
    zip: &mut ZipArchive<R>,
    manifest: &Manifest,
) -> Result<Vec<String>, ArchiveError> {
    let mut problems = Vec::new();
    let mut others = BTreeSet::new();
    for name in zip.file_names() {
        others.insert(name?.into_owned());
    }
    for name in [MANIFEST, SIGNATURE] {
        others.remove(name);
    }
    for expected in &manifest.files {
        others.remove(&expected.name);
        let mut file = match zip.by_name(&expected.name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => {
                problems.push(format!("{} is missing.", expected.name));
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let mut hashed = Hashed::new(io::sink());
        io::copy(
            &mut file.by_ref().take(expected.bytes.saturating_add(1)),
            &mut hashed,
        )?;
        if hashed.finish(&expected.name).1 != *expected {
            problems.push(format!("{} was changed.", expected.name));
        }
    }
    problems.extend(
        others
            .into_iter()
            .map(|name| format!("{name} isn't named in the manifest.")),
    );
    Ok(problems)
}

fn small<R: Read + Seek>(zip: &mut ZipArchive<R>, name: &str) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = Vec::new();
    zip.by_name(name)?.take(SMALL).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::export::Format;
    use super::super::export::tests::packed;
    use super::*;
    use inhouse_record::SigningKeys;
    use inhouse_record::export::TABLE;
    use std::io::Write as _;
    use zip::write::SimpleFileOptions;

    fn keys() -> SigningKeys {
        SigningKeys::parse(&SigningKeys::fresh_line().unwrap(), "k").unwrap()
    }

    /// The same zip with one file put through `change`.
    fn with_changed(file: File, name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> File {
        let mut old = ZipArchive::new(file).unwrap();
        let mut new = zip::ZipWriter::new(tempfile::tempfile().unwrap());
        for index in 0..old.len() {
            let mut entry = old.by_index(index).unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            let own = entry.name().unwrap().into_owned();
            if own == name {
                bytes = change(bytes);
            }
            new.start_file(own, SimpleFileOptions::default()).unwrap();
            new.write_all(&bytes).unwrap();
        }
        let mut file = new.finish().unwrap();
        file.rewind().unwrap();
        file
    }

    #[test]
    fn an_export_holds_for_whoever_trusts_its_key() {
        let (ours, theirs) = (keys(), keys());
        let export = || packed(&["Emil", "Ada"], Format::Jsonl, &ours);
        let verdict = verify(export(), Some(ours.public_keys()), &[]).unwrap();
        assert!(verdict.holds(), "{verdict:?}");
        assert_eq!(
            (verdict.records.records, verdict.records.checkpoints),
            (2, 1)
        );
        assert_eq!(verdict.key_id, Some(ours.key_id()));
        assert!(verify(export(), None, &[]).unwrap().holds());
        let other = verify(export(), Some(theirs.public_keys()), &[]);
        assert!(matches!(
            other,
            Err(ArchiveError::Export(ExportError::UnknownKey(_)))
        ));
    }

    #[test]
    fn a_changed_record_is_named_in_the_zip_and_in_the_bare_file() {
        let keys = keys();
        let change = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            text.replacen("user.create", "user.change", 1).into_bytes()
        };
        let export = packed(&["Emil", "Ada"], Format::Jsonl, &keys);
        let verdict = verify(with_changed(export, RECORDS, change), None, &[]).unwrap();
        assert_eq!(verdict.problems, ["records.jsonl was changed."]);
        assert_eq!(verdict.records.fault.map(|fault| fault.seq), Some(1));

        let mut zip = ZipArchive::new(packed(&["Emil", "Ada"], Format::Jsonl, &keys)).unwrap();
        let lines = change(small(&mut zip, RECORDS).unwrap());
        let mut bare = tempfile::tempfile().unwrap();
        bare.write_all(&lines).unwrap();
        bare.rewind().unwrap();
        let verdict = verify(bare, None, &[]).unwrap();
        assert_eq!(verdict.records.fault.map(|fault| fault.seq), Some(1));
    }

    #[test]
    fn a_changed_manifest_and_a_changed_table_show() {
        let keys = keys();
        let add = |mut bytes: Vec<u8>| {
            bytes.push(b'\n');
            bytes
        };
        let export = packed(&["Emil"], Format::Csv, &keys);
        let changed = verify(with_changed(export, MANIFEST, add), None, &[]);
        assert!(matches!(
            changed,
            Err(ArchiveError::Export(ExportError::Forged))
        ));
        let export = packed(&["Emil"], Format::Csv, &keys);
        let verdict = verify(with_changed(export, TABLE, add), None, &[]).unwrap();
        assert!(verdict.only_a_table);
        assert_eq!(verdict.problems, ["records.csv was changed."]);
    }

    #[test]
    fn a_checkpoint_of_another_key_is_named() {
        let keys = keys();
        let export = packed(&["Emil"], Format::Jsonl, &keys);
        let foreign = Checkpoint::sign(&self::keys(), 1, "ab", 1).unwrap();
        let verdict = verify(export, Some(keys.public_keys()), &[foreign]).unwrap();
        let fault = verdict.records.fault.map(|fault| fault.kind);
        assert_eq!(fault, Some(FaultKind::Unsigned));
    }

    #[test]
    fn what_is_no_export_is_an_error_and_no_panic() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"PK nothing").unwrap();
        file.rewind().unwrap();
        assert!(verify(file, None, &[]).is_err());
    }
}
