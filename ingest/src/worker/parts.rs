//! Archives and mails: the files in them become documents of their own, in the same set, each to
//! be read by itself. Done again, it changes nothing: a part that is there already is a duplicate.

use super::Worker;
use super::watching::Pages;
use crate::cage::{self, Unpacked, UnpackedFile};
use crate::detect::{Format, HEAD_BYTES, detect};
use crate::error::Result;
use crate::names;
use crate::originals::Originals;
use inhouse_store::{
    AddVersion, AddedVersion, IngestVersion, Principal, Priority, Scope, StoreError,
};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use tokio::task::spawn_blocking;

/// Archives in archives, mails in mails: what lies deeper stays inside.
const DEEPEST: u32 = 3;
/// So many files of one container are read as soon as an upload, more as a load.
const FEW: usize = 20;
/// Files added between two looks whether the container still counts.
const LOOK_AFTER: usize = 16;
/// Warnings of one document, and the characters of each.
const MOST_WARNINGS: usize = 20;
const WARNING_CHARS: usize = 300;

const NESTED: &str = "It lies inside several other archives or mails. The files in it were left \
     out: unpack it and add them by themselves.";
const OVERTAKEN: &str = "A later version of it was added before it was read. The files are those \
     of the later one.";

/// Whether files of this format hold others.
pub(super) const fn holds_files(format: Format) -> bool {
    matches!(format, Format::Zip | Format::Eml | Format::Msg)
}

/// What people are told: how it was read, then what was left out, shortened to what can be kept.
pub(super) fn told(read: Vec<String>, left_out: Vec<String>) -> Vec<String> {
    let mut told: Vec<String> = read
        .into_iter()
        .chain(left_out)
        .map(|words| words.chars().take(WARNING_CHARS).collect())
        .collect();
    if told.len() > MOST_WARNINGS {
        let more = told.len() - (MOST_WARNINGS - 1);
        told.truncate(MOST_WARNINGS - 1);
        told.push(format!("{more} more files were left out."));
    }
    told
}

/// The files of a container that are documents now, by folder and name, and what was left out.
#[derive(Default)]
struct Taken {
    parts: Vec<(String, String)>,
    left_out: Vec<String>,
}

/// Why a container's files are no longer wanted.
enum Over {
    /// Somebody stopped it.
    Stopped,
    /// A later version of it was added.
    Overtaken,
}

impl Worker {
    /// Adds the files of an archive or a mail as documents; those that an earlier version of it
    /// had and this one hasn't are deleted. Gives what was left out, in plain words; none when
    /// somebody stopped it.
    pub(super) async fn take_apart(
        &self,
        work: &IngestVersion,
        format: Format,
    ) -> Result<Option<Vec<String>>> {
        if !work.newest {
            return Ok(Some(vec![OVERTAKEN.to_owned()]));
        }
        let folder = {
            let originals = self.originals.clone();
            spawn_blocking(move || originals.temporary_folder()).await??
        };
        let path = self.originals.path(&work.sha256)?;
        let cage = self.cage.as_wanted(&work.settings);
        let unpacking = cage::unpack(&cage, format, &path, folder.path());
        let (_, at) = Pages::new();
        let unpacked = self.unless_stopped(&work.version, at, unpacking).await?;
        let Some(unpacked) = unpacked.transpose()? else {
            return Ok(None);
        };
        if work.depth >= DEEPEST && !unpacked.files.is_empty() {
            return Ok(Some(vec![NESTED.to_owned()]));
        }
        let taken = self.add_parts(work, unpacked).await?;
        // Many small files take a while to remove.
        spawn_blocking(move || drop(folder)).await?;
        match taken {
            Ok(taken) => {
                self.store
                    .retire_parts(&work.added_by, &work.document, &taken.parts)
                    .await?;
                Ok(Some(taken.left_out))
            }
            // The later version sees to the parts, also to those that were just added.
            Err(Over::Overtaken) => Ok(Some(vec![OVERTAKEN.to_owned()])),
            Err(Over::Stopped) => Ok(None),
        }
    }

    async fn add_parts(
        &self,
        work: &IngestVersion,
        unpacked: Unpacked,
    ) -> Result<std::result::Result<Taken, Over>> {
        let mut taken = Taken::default();
        for words in unpacked.left_out {
            taken.left_out.push(format!("Left out: {words}"));
        }
        let priority = if unpacked.files.len() <= FEW {
            Priority::Upload
        } else {
            Priority::Bulk
        };
        let everything = self.store.scope(&Principal::operator()).await?;
        for (at, file) in unpacked.files.into_iter().enumerate() {
            if at.is_multiple_of(LOOK_AFTER)
                && let Some(over) = self.is_over(work).await?
            {
                return Ok(Err(over));
            }
            self.add_part(work, file, priority, &everything, &mut taken)
                .await?;
            self.wake.notify_one();
        }
        Ok(match self.is_over(work).await? {
            Some(over) => Err(over),
            None => Ok(taken),
        })
    }

    async fn is_over(&self, work: &IngestVersion) -> Result<Option<Over>> {
        if !self.is_on_its_way(&work.version).await? {
            return Ok(Some(Over::Stopped));
        }
        let now = self.store.version_for_ingest(&work.version).await?;
        Ok((!now.newest).then_some(Over::Overtaken))
    }

    async fn add_part(
        &self,
        work: &IngestVersion,
        file: UnpackedFile,
        priority: Priority,
        everything: &Scope,
        taken: &mut Taken,
    ) -> Result<()> {
        let folder = names::inside(&work.folder, &work.name, &file.folder);
        let UnpackedFile { name, path, .. } = file;
        let (originals, called) = (self.originals.clone(), name.clone());
        let kept = spawn_blocking(move || keep(&originals, &path, &called)).await??;
        let (media_type, sha256, size_bytes) = match kept {
            Ok(kept) => kept,
            Err(reason) => {
                taken.left_out.push(format!("Left out: {name}: {reason}"));
                return Ok(());
            }
        };
        let add = AddVersion {
            set: work.set.clone(),
            folder: folder.clone(),
            name: name.clone(),
            title: name.clone(),
            sha256,
            size_bytes,
            media_type,
            priority,
            part_of: Some(work.document.clone()),
        };
        let is_here = match self.store.add_version(&work.added_by, add).await {
            Ok(AddedVersion::New { .. } | AddedVersion::NewVersion { .. }) => true,
            // The same content elsewhere in the set stands for it; what stood here before doesn't.
            Ok(AddedVersion::Duplicate { document, .. }) => {
                match self.store.document(everything, &document).await {
                    Ok(known) => known.folder == folder && known.name == name,
                    Err(StoreError::NotFound) => false,
                    Err(e) => return Err(e.into()),
                }
            }
            Err(StoreError::Invalid(why)) => {
                taken.left_out.push(format!("Left out: {name}: {why}"));
                false
            }
            Err(e) => return Err(e.into()),
        };
        if is_here {
            taken.parts.push((folder, name));
        }
        Ok(())
    }
}

/// A file whose original is kept: its media type, its SHA-256, its size in bytes; or why it isn't
/// read.
type Kept = std::result::Result<(String, String, u64), String>;

fn keep(originals: &Originals, path: &Path, name: &str) -> Result<Kept> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    let format = match detect(&head, name) {
        Ok(format) => format,
        Err(unsupported) => return Ok(Err(unsupported.reason)),
    };
    let (sha256, size_bytes) = originals.put_file(path)?;
    let media_type = format.media_type_of(&head).to_owned();
    Ok(Ok((media_type, sha256, size_bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_fits() {
        let many = |count: usize| (0..count).map(|i| format!("file {i}")).collect::<Vec<_>>();
        assert_eq!(told(many(2), many(1)), ["file 0", "file 1", "file 0"]);
        let told = told(vec!["x".repeat(999)], many(40));
        assert_eq!(told.len(), MOST_WARNINGS);
        assert_eq!(told[0].len(), WARNING_CHARS);
        assert_eq!(told[19], "22 more files were left out.");
    }
}
