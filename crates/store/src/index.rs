//! The rows that the indexes hold: everything a search needs, of the versions that can be found.

use crate::row::Columns;
use crate::{Result, Store, StoreError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inhouse_protocol::{DocumentId, PassageId, SetId, VersionId};

/// A passage as an index takes it in.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexRow {
    pub passage: PassageId,
    pub version: VersionId,
    pub document: DocumentId,
    pub set: SetId,
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
    pub vector: Vec<f32>,
}

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

impl Store {
    /// The rows of a version in reading order; none when it can't be found (any more): not
    /// committed, superseded, or its document deleted.
    pub async fn index_rows(&self, version: &VersionId) -> Result<Vec<IndexRow>> {
        let rows = sqlx::query(
            "SELECT p.id, p.ordinal, p.heading_path, p.page, p.start_char, p.end_char, p.text,
                    p.vector, d.id AS document_id, d.set_id, d.name, v.title, s.name AS set_name
             FROM passages p
             JOIN versions v ON v.id = p.version_id
             JOIN documents d ON d.id = v.document_id AND d.live_version = v.id
                  AND d.deleted_at IS NULL
             JOIN document_sets s ON s.id = d.set_id
             WHERE p.version_id = $1 ORDER BY p.ordinal",
        )
        .bind(version.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let title = row.text("title")?;
                let heading_path: Vec<String> = row.json("heading_path")?;
                Ok(IndexRow {
                    passage: row.id("id")?,
                    version: version.clone(),
                    document: row.id("document_id")?,
                    set: row.id("set_id")?,
                    name: row.text("name")?,
                    set_name: row.text("set_name")?,
                    page: row.maybe_number("page")?,
                    ordinal: row.number("ordinal")?,
                    start: row.number("start_char")?,
                    end: row.number("end_char")?,
                    text: row.text("text")?,
                    header: passage_header(&title, &heading_path),
                    vector: decode(&row.text("vector")?)?,
                    title,
                    heading_path,
                })
            })
            .collect()
    }

    /// Every version that can be found.
    pub async fn live_versions(&self) -> Result<Vec<VersionId>> {
        let rows = sqlx::query(
            "SELECT live_version FROM documents
             WHERE live_version IS NOT NULL AND deleted_at IS NULL ORDER BY live_version",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.id("live_version")).collect()
    }

    /// How many passages can be found: what a complete index holds.
    pub async fn live_passages(&self) -> Result<u64> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM passages p
             JOIN documents d ON d.live_version = p.version_id AND d.deleted_at IS NULL",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The embedding models that the findable versions were embedded with; more than one, or
    /// another than the configured one, means that vectors can't be compared.
    pub async fn embedding_models(&self) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT DISTINCT v.embedding_model FROM versions v
             JOIN documents d ON d.live_version = v.id AND d.deleted_at IS NULL
             WHERE v.passages > 0 ORDER BY v.embedding_model",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| row.text("embedding_model")).collect()
    }
}

/// A vector as text: its little-endian 32-bit floats in base64.
pub(crate) fn encode(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}

fn decode(text: &str) -> Result<Vec<f32>> {
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
