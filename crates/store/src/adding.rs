//! Adding a file to a set: as a new document, or as a new version of the one of its name.

use crate::audit::Actor;
use crate::jobs::{NewJob, enqueue};
use crate::row::{Columns, big, clean, new_id};
use crate::write::Write;
use crate::{Result, Store, StoreError, groups};
use inhouse_protocol::{DocumentId, GroupId, SetId, VersionId};
use serde_json::json;

/// How many files of one person may wait before the others' that somebody looks at.
const AT_HAND: i64 = 50;

/// How soon a version is read, against the others that wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// One of many, such as a folder's files.
    #[default]
    Bulk,
    /// Somebody looks at it.
    Upload,
}

impl Priority {
    pub(crate) const fn number(self) -> i64 {
        match self {
            Self::Bulk => 0,
            Self::Upload => 10,
        }
    }
}

/// A file for a set; its original is stored already.
#[derive(Debug, Clone)]
pub struct AddVersion {
    pub set: SetId,
    /// Where the file lay, such as `2026/contracts`: parts joined by `/`, up to 400 characters;
    /// empty for a file by itself.
    pub folder: String,
    /// The file's name, with its extension, without folders; with the folder it identifies the
    /// document.
    pub name: String,
    /// Until the parser finds one; the file's name will do.
    pub title: String,
    /// The original's SHA-256 in lower-case hex.
    pub sha256: String,
    pub size_bytes: u64,
    pub media_type: String,
    pub priority: Priority,
    /// The archive or mail of the same set that it came out of.
    pub part_of: Option<DocumentId>,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddedVersion {
    /// A new document, queued.
    New {
        document: DocumentId,
        version: VersionId,
    },
    /// A new version of the document of that folder and name, queued.
    NewVersion {
        document: DocumentId,
        version: VersionId,
    },
    /// A document of the set has this content as its newest version.
    Duplicate { document: DocumentId, name: String },
}

impl Store {
    /// Adds a file to a set and queues it, unless its content is there. Of somebody who already
    /// has many files waiting, more wait behind those of others. `NotFound` when there is no such
    /// set, or in it no such document that this is a part of.
    ///
    /// A file that changed is a new version, also where another document has its new content. A
    /// part may come again, whatever became of it, without being read again; and an archive may
    /// hold the same content under two names, so that one of them can go without the other.
    pub async fn add_version(&self, by: &Actor, add: AddVersion) -> Result<AddedVersion> {
        let (name, folder) = (
            clean(&add.name).into_owned(),
            clean(&add.folder).into_owned(),
        );
        check_place(&name, &folder)?;
        let mut write = self.write().await?;
        if let Some(parent) = &add.part_of {
            hold_groups_of(&mut write, parent).await?;
        }
        // Holds the set until the end: two uploads of one name can't both be the first.
        let set = sqlx::query("UPDATE document_sets SET changed_at = $2 WHERE id = $1")
            .bind(add.set.as_str())
            .bind(write.now().0)
            .execute(write.connection())
            .await?;
        if set.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        let narrowed = match &add.part_of {
            Some(parent) => hold_parent(&mut write, parent, &add.set).await?,
            None => false,
        };
        let existing = at_place(&mut write, &add.set, &folder, &name).await?;
        let mut same = documents_with(&mut write, &add.set, &add.sha256).await?;
        same.retain(|found| found.counts(existing.as_ref().map(|(id, _)| id), &add));
        if let Some(found) = same.into_iter().next() {
            return Ok(AddedVersion::Duplicate {
                document: found.id,
                name: found.name,
            });
        }
        let fresh = existing.is_none();
        let (document, number) = if let Some((document, newest)) = existing {
            (document, newest + 1)
        } else {
            let document = insert_document(&mut write, &add, &folder, &name, narrowed).await?;
            (document, 1)
        };
        let priority = priority(&mut write, by, add.priority).await?;
        let mut detail = json!({
            "name": name, "set": add.set, "number": number, "sha256": add.sha256,
            "size_bytes": add.size_bytes,
        });
        if !folder.is_empty() {
            detail["folder"] = json!(folder);
        }
        if let Some(parent) = &add.part_of {
            detail["part_of"] = json!(parent);
        }
        let version = insert_version(&mut write, by, add, &document, number).await?;
        detail["version"] = json!(version);
        enqueue(&mut write, NewJob::ingest(&version, priority.number())?).await?;
        let action = if fresh {
            "document.add"
        } else {
            "document.add_version"
        };
        write
            .commit(by, action, ("document", document.as_str()), detail)
            .await?;
        Ok(if fresh {
            AddedVersion::New { document, version }
        } else {
            AddedVersion::NewVersion { document, version }
        })
    }
}

fn check_place(name: &str, folder: &str) -> Result<()> {
    if name.is_empty() || name.chars().count() > 255 || name.contains(['/', '\\']) {
        return Err(StoreError::Invalid(
            "A file's name has 1 to 255 characters and no folders.".into(),
        ));
    }
    // A part's folder ends with the name of what it came out of.
    let plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && part.chars().count() <= 255;
    let sound = folder.chars().count() <= 400
        && !folder.contains(|c: char| c == '\\' || c.is_control())
        && (folder.is_empty() || folder.split('/').all(plain));
    if sound {
        Ok(())
    } else {
        Err(StoreError::Invalid(
            "A folder has up to 400 characters, its parts joined by '/', none of them '..'.".into(),
        ))
    }
}

/// Holds the groups that a document is narrowed to: its parts will be too.
async fn hold_groups_of(write: &mut Write, document: &DocumentId) -> Result<()> {
    let rows = sqlx::query("SELECT group_id FROM document_grants WHERE document_id = $1")
        .bind(document.as_str())
        .fetch_all(write.connection())
        .await?;
    let mut held = rows
        .iter()
        .map(|row| row.id("group_id"))
        .collect::<Result<Vec<GroupId>>>()?;
    held.sort_unstable();
    groups::hold(write, &held.iter().collect::<Vec<_>>()).await
}

/// Holds what a file is a part of, so that it isn't deleted meanwhile; whether it is narrowed.
async fn hold_parent(write: &mut Write, parent: &DocumentId, set: &SetId) -> Result<bool> {
    let row = sqlx::query(
        "UPDATE documents SET created_at = created_at
         WHERE id = $1 AND set_id = $2 AND deleted_at IS NULL RETURNING narrowed",
    )
    .bind(parent.as_str())
    .bind(set.as_str())
    .fetch_optional(write.connection())
    .await?;
    Ok(row.ok_or(StoreError::NotFound)?.int("narrowed")? != 0)
}

/// A document whose newest version has the content that is to be added.
struct Same {
    id: DocumentId,
    name: String,
    part_of: Option<DocumentId>,
    failed: bool,
}

impl Same {
    /// Whether what is added is there already. `here` is the document of its folder and name: with
    /// other content it gets a new version, whatever else has the same.
    fn counts(&self, here: Option<&DocumentId>, add: &AddVersion) -> bool {
        match (here, &add.part_of) {
            (Some(here), Some(_)) => self.id == *here,
            (Some(here), None) => self.id == *here && !self.failed,
            (None, Some(parent)) => self.part_of.as_ref() != Some(parent) && !self.failed,
            (None, None) => !self.failed,
        }
    }
}

async fn documents_with(write: &mut Write, set: &SetId, sha256: &str) -> Result<Vec<Same>> {
    let rows = sqlx::query(
        "SELECT d.id, d.name, d.part_of, v.state
         FROM documents d JOIN versions v ON v.id = d.newest_version
         WHERE d.set_id = $1 AND d.deleted_at IS NULL AND v.sha256 = $2 ORDER BY d.id",
    )
    .bind(set.as_str())
    .bind(sha256)
    .fetch_all(write.connection())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Same {
                id: row.id("id")?,
                name: row.text("name")?,
                part_of: row.maybe_id("part_of")?,
                failed: row.text("state")? == "failed",
            })
        })
        .collect()
}

/// The document of this folder and name, and its newest version's number.
async fn at_place(
    write: &mut Write,
    set: &SetId,
    folder: &str,
    name: &str,
) -> Result<Option<(DocumentId, i64)>> {
    let row = sqlx::query(
        "SELECT d.id, v.number FROM documents d JOIN versions v ON v.id = d.newest_version
         WHERE d.set_id = $1 AND d.folder = $2 AND d.name = $3 AND d.deleted_at IS NULL",
    )
    .bind(set.as_str())
    .bind(folder)
    .bind(name)
    .fetch_optional(write.connection())
    .await?;
    row.map(|row| Ok((row.id("id")?, row.int("number")?)))
        .transpose()
}

/// How soon it is read: behind the others' once many files of theirs wait.
async fn priority(write: &mut Write, by: &Actor, wanted: Priority) -> Result<Priority> {
    if wanted == Priority::Bulk {
        return Ok(wanted);
    }
    let waiting: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM (
             SELECT j.id FROM jobs j JOIN versions v ON v.id = j.subject
             WHERE j.kind = 'ingest' AND j.state = 'waiting' AND v.added_by = $1 LIMIT $2
         ) AS theirs",
    )
    .bind(by.to_string())
    .bind(AT_HAND)
    .fetch_one(write.connection())
    .await?;
    Ok(if waiting < AT_HAND {
        wanted
    } else {
        Priority::Bulk
    })
}

/// A part is narrowed as what it came out of.
async fn insert_document(
    write: &mut Write,
    add: &AddVersion,
    folder: &str,
    name: &str,
    narrowed: bool,
) -> Result<DocumentId> {
    let id: DocumentId = new_id()?;
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO documents (id, set_id, folder, name, part_of, narrowed, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(add.set.as_str())
    .bind(folder)
    .bind(name)
    .bind(add.part_of.as_ref().map(DocumentId::as_str))
    .bind(i64::from(narrowed))
    .bind(now)
    .execute(write.connection())
    .await?;
    if let (true, Some(parent)) = (narrowed, &add.part_of) {
        sqlx::query(
            "INSERT INTO document_grants (document_id, group_id)
             SELECT $1, group_id FROM document_grants WHERE document_id = $2",
        )
        .bind(id.as_str())
        .bind(parent.as_str())
        .execute(write.connection())
        .await?;
    }
    Ok(id)
}

async fn insert_version(
    write: &mut Write,
    by: &Actor,
    add: AddVersion,
    document: &DocumentId,
    number: i64,
) -> Result<VersionId> {
    let id: VersionId = new_id()?;
    let now = write.now().0;
    let title = if add.title.trim().is_empty() {
        add.name
    } else {
        add.title
    };
    sqlx::query(
        "INSERT INTO versions
             (id, document_id, number, title, sha256, size_bytes, media_type, state, done,
              total, reason, passages, parser, added_by, added_at, moved_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'queued', 0, 0, '', 0, '', $8, $9, $9)",
    )
    .bind(id.as_str())
    .bind(document.as_str())
    .bind(number)
    .bind(clean(title.trim()).into_owned())
    .bind(add.sha256)
    .bind(big(add.size_bytes)?)
    .bind(clean(&add.media_type).into_owned())
    .bind(by.to_string())
    .bind(now)
    .execute(write.connection())
    .await?;
    sqlx::query("UPDATE documents SET newest_version = $2 WHERE id = $1")
        .bind(document.as_str())
        .bind(id.as_str())
        .execute(write.connection())
        .await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::check_place;

    #[test]
    fn a_folder_leads_nowhere_else() {
        for folder in ["", "2026", "2026/contracts", "a.zip/b c/d", "..a/b."] {
            assert!(check_place("x.txt", folder).is_ok(), "{folder}");
        }
        let long = "x".repeat(256);
        for folder in [
            "/etc", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "a\nb", &long,
        ] {
            assert!(check_place("x.txt", folder).is_err(), "{folder}");
        }
        for name in ["", "a/b", "a\\b", long.as_str()] {
            assert!(check_place(name, "").is_err(), "{name}");
        }
    }
}
