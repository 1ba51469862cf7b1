//! Taking a file in: shared by the upload in the browser and `inhouse ingest`.

use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_ingest::{HEAD_BYTES, Originals, detect};
use inhouse_protocol::{SetId, UploadOutcome};
use inhouse_store::{Actor, AddVersion, AddedVersion, Principal, Priority, Store};
use std::io::Read as _;
use std::path::Path;

const NAME_CHARS: usize = 200;

/// The file's own name: no folders, no control characters, at most 200 characters.
pub fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARS)
        .collect();
    let name = name.trim().trim_start_matches('.').to_owned();
    if name.is_empty() {
        "unnamed".into()
    } else {
        name
    }
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    std::fs::File::open(path)?
        .take(HEAD_BYTES)
        .read_to_end(&mut head)?;
    Ok(head)
}

/// Takes a file from the browser: [`take_in`], and this process's worker is told.
pub async fn accept(
    app: &App,
    principal: &Principal,
    set: &SetId,
    name: &str,
    path: &Path,
) -> AppResult<UploadOutcome> {
    let by = principal.actor();
    let file = NewFile {
        set,
        name,
        path,
        priority: Priority::Upload,
    };
    let outcome = take_in(&app.store, &app.originals, &by, &file).await?;
    app.wake_worker();
    Ok(outcome)
}

/// A file on its way in.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// Where it goes.
    pub set: &'a SetId,
    /// Its own name, as [`file_name`] gives it.
    pub name: &'a str,
    /// Where it lies now.
    pub path: &'a Path,
    /// How soon it is read.
    pub priority: Priority,
}

/// Stores the file under its content hash and queues it for reading, or says why not.
///
/// # Errors
/// When the file or the database fails; what is wrong with the file itself is an outcome.
pub async fn take_in(
    store: &Store,
    originals: &Originals,
    by: &Actor,
    file: &NewFile<'_>,
) -> AppResult<UploadOutcome> {
    let format = match detect(&head(file.path).map_err(AppError::internal)?, file.name) {
        Ok(format) => format,
        Err(unsupported) => {
            return Ok(UploadOutcome::Refused {
                reason: unsupported.reason,
            });
        }
    };
    let (originals, source) = (originals.clone(), file.path.to_owned());
    let (sha256, size_bytes) = tokio::task::spawn_blocking(move || originals.put_file(&source))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    let version = AddVersion {
        set: file.set.clone(),
        name: file.name.to_owned(),
        title: file.name.to_owned(),
        sha256,
        size_bytes,
        media_type: format.media_type().to_owned(),
        priority: file.priority,
    };
    Ok(match store.add_version(by, version).await? {
        AddedVersion::New { document, version } => UploadOutcome::Added { document, version },
        AddedVersion::NewVersion { document, version } => {
            UploadOutcome::NewVersion { document, version }
        }
        AddedVersion::Duplicate { document, name } => UploadOutcome::Duplicate { document, name },
    })
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_never_carries_a_path() {
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("C:\\docs\\nda.pdf"), "nda.pdf");
        assert_eq!(file_name(".."), "unnamed");
        assert_eq!(file_name("a\u{0}b\n.txt"), "ab.txt");
    }
}
