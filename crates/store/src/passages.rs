//! Passages and source windows as people see them, inside their scope.

use crate::access::Scope;
use crate::row::{Columns, big, placeholders};
use crate::{Result, Store, StoreError, validity};
use inhouse_protocol::{Block, LineBox, PageInfo, PassageId, PassageRef, Source, VersionId};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;
use std::collections::{BTreeSet, HashMap};

/// Ids of one `IN` list.
const AT_ONCE: usize = 500;

impl Store {
    /// The passages of these ids, in the order asked. Left out: what is outside the scope, of a
    /// version that isn't in force on the scope's day, of a deleted document, or unknown. `score`
    /// is 0.
    pub async fn passages(&self, scope: &Scope, ids: &[PassageId]) -> Result<Vec<PassageRef>> {
        let mut found: HashMap<PassageId, PassageRef> = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT p.id, d.id AS document_id, d.set_id, v.id AS version_id, v.number, d.name,
                        v.title, v.valid_from, v.valid_until, p.heading_path, p.page,
                        p.start_char, p.end_char, p.text
                 FROM passages p
                 JOIN versions v ON v.id = p.version_id AND v.state = 'ready'
                      AND v.valid_from <= $1 AND v.valid_until > $1
                 JOIN documents d ON d.id = v.document_id AND d.deleted_at IS NULL
                 WHERE p.id IN ({})",
                placeholders(2, ids.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(scope.on().number());
            for id in ids {
                query = query.bind(id.as_str());
            }
            for row in query.fetch_all(&self.pool).await? {
                let passage = passage(&row)?;
                if scope.shows(&row.id("set_id")?, &passage.document) {
                    found.insert(passage.id.clone(), passage);
                }
            }
        }
        Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
    }

    /// Names of the sets that these passages' documents are in, and the documents' tags; each once
    /// and in order. Left out: documents outside the scope.
    pub async fn sets_and_tags(
        &self,
        scope: &Scope,
        passages: &[PassageRef],
    ) -> Result<(Vec<String>, Vec<String>)> {
        let documents: BTreeSet<_> = passages.iter().map(|passage| &passage.document).collect();
        let documents: Vec<_> = documents.into_iter().collect();
        let (mut sets, mut tags) = (BTreeSet::new(), BTreeSet::new());
        for ids in documents.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT d.id, d.set_id, s.name, d.tags FROM documents d
                 JOIN document_sets s ON s.id = d.set_id WHERE d.id IN ({})",
                placeholders(1, ids.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id.as_str());
            }
            for row in query.fetch_all(&self.pool).await? {
                if scope.shows(&row.id("set_id")?, &row.id("id")?) {
                    sets.insert(row.text("name")?);
                    tags.extend(row.json::<Vec<String>>("tags")?);
                }
            }
        }
        Ok((sets.into_iter().collect(), tags.into_iter().collect()))
    }

    /// How much the text of each passage looks like instructions to an assistant, 0..=1; those that
    /// nobody scored yet are left out.
    pub async fn passage_injection(&self, ids: &[PassageId]) -> Result<HashMap<PassageId, f64>> {
        let mut scores = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT id, CAST(injection AS TEXT) AS injection FROM passages
                 WHERE injection IS NOT NULL AND id IN ({})",
                placeholders(1, ids.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id.as_str());
            }
            for row in query.fetch_all(&self.pool).await? {
                if let Ok(score) = row.text("injection")?.parse() {
                    scores.insert(row.id("id")?, score);
                }
            }
        }
        Ok(scores)
    }

    /// Keeps scores as [`Self::passage_injection`] gives them. They follow from the text alone, so
    /// that they leave no record.
    pub async fn set_passage_injection(&self, scores: &[(PassageId, f64)]) -> Result<()> {
        let mut write = self.write().await?;
        for (id, score) in scores {
            sqlx::query("UPDATE passages SET injection = $2 WHERE id = $1")
                .bind(id.as_str())
                .bind(*score)
                .execute(write.connection())
                .await?;
        }
        write.commit_unrecorded().await
    }

    /// The text around `start..end` of a version, `margin` characters on both sides, with its
    /// blocks and pages, and the places of its lines; whatever day it is in force on, so that old
    /// answers still show their source.
    /// `NotFound` outside the scope, for a deleted document, and for a version without text.
    pub async fn source(
        &self,
        scope: &Scope,
        version: &VersionId,
        start: usize,
        end: usize,
        margin: usize,
    ) -> Result<Source> {
        self.check_version(scope, version).await?;
        let row = sqlx::query(
            "SELECT d.id AS document_id, d.name, v.number, v.title, v.added_at, v.pages,
                    v.valid_from, v.valid_until, s.name AS set_name, t.characters, t.blocks,
                    t.boxes, t.pages AS page_info
             FROM versions v
             JOIN documents d ON d.id = v.document_id AND d.deleted_at IS NULL
             JOIN document_sets s ON s.id = d.set_id
             JOIN version_texts t ON t.version_id = v.id
             WHERE v.id = $1",
        )
        .bind(version.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        let total: usize = row.number("characters")?;
        let from = start.saturating_sub(margin).min(total);
        let to = end.max(start).saturating_add(margin).min(total);
        let text = self.window(version, from, to).await?;
        let mut blocks: Vec<Block> = row.json("blocks")?;
        blocks.retain(|block| block.start < to && block.end > from);
        let mut boxes: Vec<LineBox> = row.json("boxes")?;
        boxes.retain(|line| line.start < to && line.end > from);
        let page_info = pages_of(row.json("page_info")?, &blocks, &boxes);
        boxes.retain(|line| line.start < end && line.end > start);
        let validity = validity::shown(&row)?;
        let today = self.now().day();
        Ok(Source {
            document: row.id("document_id")?,
            version: version.clone(),
            version_number: row.number("number")?,
            superseded: !validity.is_some_and(|validity| validity.holds_on(today)),
            validity,
            name: row.text("name")?,
            title: row.text("title")?,
            set_name: row.text("set_name")?,
            added_at: row.time("added_at")?,
            pages: row.maybe_number("pages")?,
            from,
            total,
            text,
            blocks,
            boxes,
            page_info,
        })
    }

    /// The characters `start..end` of a version's text. `NotFound` outside the scope and for a
    /// version without text.
    pub async fn text(
        &self,
        scope: &Scope,
        version: &VersionId,
        start: usize,
        end: usize,
    ) -> Result<String> {
        self.check_version(scope, version).await?;
        self.window(version, start, end).await
    }

    /// `NotFound` unless the scope shows the version's document: one short look-up, the same for
    /// what is outside the scope and for what doesn't exist.
    async fn check_version(&self, scope: &Scope, version: &VersionId) -> Result<()> {
        let row = sqlx::query(
            "SELECT d.id, d.set_id FROM versions v
             JOIN documents d ON d.id = v.document_id AND d.deleted_at IS NULL
             WHERE v.id = $1",
        )
        .bind(version.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let row = row.ok_or(StoreError::NotFound)?;
        if scope.shows(&row.id("set_id")?, &row.id("id")?) {
            Ok(())
        } else {
            Err(StoreError::NotFound)
        }
    }

    async fn window(&self, version: &VersionId, from: usize, to: usize) -> Result<String> {
        // PostgreSQL's SUBSTR counts in 32 bits.
        let text = sqlx::query_scalar(
            "SELECT SUBSTR(text, CAST($2 AS INTEGER), CAST($3 AS INTEGER))
             FROM version_texts WHERE version_id = $1",
        )
        .bind(version.as_str())
        .bind(big(from + 1)?)
        .bind(big(to - from)?)
        .fetch_one(&self.pool)
        .await?;
        Ok(text)
    }
}

pub(crate) fn passage(row: &AnyRow) -> Result<PassageRef> {
    Ok(PassageRef {
        id: row.id("id")?,
        document: row.id("document_id")?,
        version: row.id("version_id")?,
        version_number: row.number("number")?,
        name: row.text("name")?,
        title: row.text("title")?,
        heading_path: row.json("heading_path")?,
        page: row.maybe_number("page")?,
        start: row.number("start_char")?,
        end: row.number("end_char")?,
        text: row.text("text")?,
        validity: validity::shown(row)?.unwrap_or_default(),
        score: 0.0,
    })
}

/// The pages that these blocks and lines stand on, and those between.
fn pages_of(mut pages: Vec<PageInfo>, blocks: &[Block], boxes: &[LineBox]) -> Vec<PageInfo> {
    let of_blocks = blocks.iter().filter_map(|block| block.page);
    let on: BTreeSet<u32> = of_blocks
        .chain(boxes.iter().map(|line| line.page))
        .collect();
    let (first, last) = (on.first().copied(), on.last().copied());
    pages.retain(|info| first <= Some(info.page) && Some(info.page) <= last);
    pages
}
