//! The rows that the indexes hold: everything a search needs, of the versions that can be found.

use crate::row::Columns;
use crate::{Result, Store, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inhouse_protocol::{DocumentId, PassageId, SetId, VersionId};
use sqlx::any::AnyRow;

/// A passage as an index takes it in.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexRow {
    pub passage: PassageId,
    pub version: VersionId,
    pub document: DocumentId,
    pub set: SetId,
    /// Where the file lay among those it came with; empty where it lay by itself.
    pub folder: String,
    /// The file's name, with its extension.
    pub name: String,
    pub title: String,
    pub set_name: String,
    pub heading_path: Vec<String>,
    pub page: Option<u32>,
    /// Place in the version, from 0.
    pub ordinal: u32,
    pub start: usize,
    pub end: usize,
    pub text: String,
    /// What stands before the text when it is embedded; see [`passage_header`].
    pub header: String,
    /// ISO 639-1; empty where it isn't known.
    pub language: String,
    /// The number of the first day on which the version is in force.
    pub valid_from: i64,
    /// The number of the first day on which it no more is; after `valid_from`.
    pub valid_until: i64,
    /// By the model that was asked for; empty where there is none yet.
    pub vector: Vec<f32>,
}

/// Joins versions, as `v`, and their documents, as `d`, to passages, as `p`: those that can be
/// found, on whatever day.
macro_rules! findable {
    () => {
        " JOIN versions v ON v.id = p.version_id AND v.state = 'ready'
               AND v.valid_from < v.valid_until
          JOIN documents d ON d.id = v.document_id AND d.deleted_at IS NULL "
    };
}
pub(crate) use findable;

/// The short header that says where a passage is from: the title, then its headings, joined by
/// ` > `. A heading that repeats the title is left out.
pub fn passage_header(title: &str, heading_path: &[String]) -> String {
    let mut header = title.trim().to_owned();
    for heading in heading_path {
        let heading = heading.trim();
        if !heading.is_empty() && heading != title.trim() {
            header.push_str(" > ");
            header.push_str(heading);
        }
    }
    header
}

/// What is embedded of a passage: its header, then its text. The vectors of one model can be
/// compared only if all were made of this.
pub fn embedded_text(header: &str, text: &str) -> String {
    format!("{header}\n{text}")
}

impl Store {
    /// The rows of a version in reading order, each with its vector by `model`; none when it can't
    /// be found (any more): not committed, in force on no day, or its document deleted.
    pub async fn index_rows(&self, version: &VersionId, model: &str) -> Result<Vec<IndexRow>> {
        let rows = sqlx::query(concat!(
            "SELECT p.id, p.ordinal, p.heading_path, p.page, p.start_char, p.end_char, p.text,
                    p.language, x.vector, d.id AS document_id, d.set_id, d.folder, d.name, v.title,
                    v.valid_from, v.valid_until, s.name AS set_name
             FROM passages p",
            findable!(),
            "JOIN document_sets s ON s.id = d.set_id
             LEFT JOIN passage_vectors x ON x.model = $2 AND x.passage_id = p.id
             WHERE p.version_id = $1 ORDER BY p.ordinal"
        ))
        .bind(version.as_str())
        .bind(model)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| index_row(row, version)).collect()
    }

    /// Every version that can be found, on whatever day.
    pub async fn findable_versions(&self) -> Result<Vec<VersionId>> {
        let rows = sqlx::query(
            "SELECT v.id FROM versions v
             JOIN documents d ON d.id = v.document_id AND d.deleted_at IS NULL
             WHERE v.state = 'ready' AND v.valid_from < v.valid_until ORDER BY v.id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }

    /// How many passages can be found, on whatever day: what a complete index holds.
    pub async fn findable_passages(&self) -> Result<u64> {
        let count: i64 =
            sqlx::query_scalar(concat!("SELECT COUNT(*) FROM passages p", findable!()))
                .fetch_one(&self.pool)
                .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }
}

fn index_row(row: &AnyRow, version: &VersionId) -> Result<IndexRow> {
    let title = row.text("title")?;
    let heading_path: Vec<String> = row.json("heading_path")?;
    let vector = row.maybe_text("vector")?;
    Ok(IndexRow {
        passage: row.id("id")?,
        version: version.clone(),
        document: row.id("document_id")?,
        set: row.id("set_id")?,
        folder: row.text("folder")?,
        name: row.text("name")?,
        set_name: row.text("set_name")?,
        page: row.maybe_number("page")?,
        ordinal: row.number("ordinal")?,
        start: row.number("start_char")?,
        end: row.number("end_char")?,
        text: row.text("text")?,
        header: passage_header(&title, &heading_path),
        language: row.text("language")?,
        valid_from: row.int("valid_from")?,
        valid_until: row.int("valid_until")?,
        vector: vector.as_deref().map_or(Ok(Vec::new()), decode)?,
        title,
        heading_path,
    })
}

/// A vector as text: its little-endian 32-bit floats in base64.
pub(crate) fn encode(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

pub(crate) fn decode(text: &str) -> Result<Vec<f32>> {
    let corrupt = || StoreError::Corrupt("a passage's vector".into());
    let bytes = STANDARD.decode(text).map_err(|_| corrupt())?;
    let (floats, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(corrupt());
    }
    Ok(floats
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_comes_back_as_it_went_in() {
        let vector = vec![0.0, -1.5, f32::MIN_POSITIVE, 3.25e7];
        assert_eq!(decode(&encode(&vector)).expect("what was encoded"), vector);
        assert!(decode("AAA=").is_err());
    }

    #[test]
    fn a_header_names_title_and_headings_once() {
        let path = ["Lease".to_owned(), "2 Term".to_owned()];
        assert_eq!(passage_header("Lease", &path), "Lease > 2 Term");
        assert_eq!(passage_header("Lease", &[]), "Lease");
    }
}
