//! Taking a file in: shared by the upload in the browser, `inhouse ingest` and watched folders.

use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_ingest::{HEAD_BYTES, IngestError, Originals, detect};
use inhouse_protocol::{SetId, UploadOutcome};
use inhouse_store::{Actor, AddVersion, AddedVersion, Principal, Priority, Store};
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::Path;
use tokio::task::spawn_blocking;

pub use inhouse_ingest::names::{file_name, folder};

/// A file on its way in.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// Where it goes.
    pub set: &'a SetId,
    /// Where it lay, as [`folder`] gives it.
    pub folder: &'a str,
    /// Its own name, as [`file_name`] gives it.
    pub name: &'a str,
    /// How soon it is read.
    pub priority: Priority,
}

/// A file's content, once it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// It lies among the originals.
    Kept {
        /// In lower-case hex.
        sha256: String,
        size_bytes: u64,
        media_type: &'static str,
    },
    /// It is of a kind that is not read, with what to do.
    Refused(String),
}

/// Takes a file from the browser: [`take_in`], and this process's worker is told.
pub async fn accept(
    app: &App,
    principal: &Principal,
    file: &NewFile<'_>,
    path: &Path,
) -> AppResult<UploadOutcome> {
    let opened = File::open(path).map_err(AppError::internal)?;
    let by = principal.actor();
    let outcome = take_in(&app.store, &app.originals, &by, file, opened).await?;
    app.wake_worker();
    Ok(outcome)
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
    opened: File,
) -> AppResult<UploadOutcome> {
    let content = keep(originals, opened, file.name).await?;
    queue(store, by, file, content).await
}

/// Puts the content among the originals, if its kind is one that is read.
pub(crate) async fn keep(originals: &Originals, file: File, name: &str) -> AppResult<Content> {
    let (originals, name) = (originals.clone(), name.to_owned());
    spawn_blocking(move || keep_now(&originals, file, &name))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)
}

fn keep_now(originals: &Originals, mut file: File, name: &str) -> Result<Content, IngestError> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    let format = match detect(&head, name) {
        Ok(format) => format,
        Err(unsupported) => return Ok(Content::Refused(unsupported.reason)),
    };
    file.rewind()?;
    let (sha256, size_bytes) = originals.put_reader(file)?;
    Ok(Content::Kept {
        sha256,
        size_bytes,
        media_type: format.media_type_of(&head),
    })
}

/// Queues what [`keep`] has kept.
pub(crate) async fn queue(
    store: &Store,
    by: &Actor,
    file: &NewFile<'_>,
    content: Content,
) -> AppResult<UploadOutcome> {
    let (sha256, size_bytes, media_type) = match content {
        Content::Kept {
            sha256,
            size_bytes,
            media_type,
        } => (sha256, size_bytes, media_type.to_owned()),
        Content::Refused(reason) => return Ok(UploadOutcome::Refused { reason }),
    };
    let version = AddVersion {
        set: file.set.clone(),
        folder: file.folder.to_owned(),
        name: file.name.to_owned(),
        title: file.name.to_owned(),
        sha256,
        size_bytes,
        media_type,
        priority: file.priority,
        part_of: None,
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
    use super::*;
    use std::io::Write as _;

    #[tokio::test]
    async fn content_is_kept_from_its_first_byte_and_a_kind_that_is_not_read_is_not_kept() {
        let dir = tempfile::tempdir().unwrap();
        let originals = Originals::new(dir.path().join("originals"));
        let file = |content: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(content).unwrap();
            file.rewind().unwrap();
            file
        };
        let text = b"A text of its own.";
        let kept = keep(&originals, file(text), "a.txt").await.unwrap();
        let Content::Kept {
            sha256, size_bytes, ..
        } = kept
        else {
            panic!("{kept:?}");
        };
        assert_eq!(size_bytes, text.len() as u64);
        assert_eq!(originals.read(&sha256).unwrap(), text);
        let program = file(&[1, 2, 3, 4, 5, 0, 0, 9]);
        let refused = keep(&originals, program, "a.txt").await.unwrap();
        assert!(matches!(refused, Content::Refused(_)), "{refused:?}");
    }
}
