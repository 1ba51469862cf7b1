//! Opening an index's folder: what can't be loaded is moved aside, never deleted, and a new one
//! takes its place.

use crate::error::{Result, RetrievalError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// How an index was found when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// It was there and could be read.
    Loaded,
    /// There was none; it is new and empty.
    Created,
    /// It could not be read; it was moved to `kept`, and a new one is in its place, empty.
    Damaged { reason: String, kept: PathBuf },
}

impl Opening {
    /// Whether the index is empty and has to be filled from the database.
    pub fn needs_rebuild(&self) -> bool {
        !matches!(self, Self::Loaded)
    }
}

/// Opens the index in `dir`: `load` where there is one, `create` where there is none or where
/// loading fails or panics. Both get the folder of the data itself.
pub(crate) fn open<T>(
    dir: &Path,
    load: impl FnOnce(&Path) -> std::result::Result<T, String>,
    create: impl FnOnce(&Path) -> Result<T>,
) -> Result<(T, Opening)> {
    std::fs::create_dir_all(dir).map_err(RetrievalError::io(dir))?;
    let current = current(dir);
    if !current.exists() {
        return Ok((create(&current)?, Opening::Created));
    }

    let reason = match catch_unwind(AssertUnwindSafe(|| load(&current))) {
        Ok(Ok(index)) => return Ok((index, Opening::Loaded)),
        Ok(Err(reason)) => reason,
        Err(panic) => panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "it panicked".to_owned()),
    };
    let kept = move_aside(dir, &current)?;
    tracing::error!(
        folder = %dir.display(), kept = %kept.display(), reason,
        "an index could not be loaded and was moved aside; it is rebuilt from the database"
    );
    Ok((create(&current)?, Opening::Damaged { reason, kept }))
}

/// The folder of the data inside an index's folder.
pub(crate) fn current(dir: &Path) -> PathBuf {
    dir.join("current")
}

fn move_aside(dir: &Path, current: &Path) -> Result<PathBuf> {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let kept = dir.join(format!("damaged-{now}"));
    std::fs::rename(current, &kept).map_err(RetrievalError::io(current))?;
    Ok(kept)
}
