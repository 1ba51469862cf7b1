//! To whom an approved answer is given: who is in its audience and may see every document that it
//! cites, as long as all of these are in force and its own time isn't over.

use super::{NOBODY, owner_of};
use crate::access::{Principal, Scope, groups_of};
use crate::escalations::name_of;
use crate::row::Columns;
use crate::{Result, Store};
use inhouse_protocol::{ApprovedAnswerId, DocumentId, GivenAnswer, SetId};
use sqlx::any::AnyRow;
use std::collections::HashSet;

/// An answer that may be given, to be compared with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovedText {
    pub id: ApprovedAnswerId,
    pub question: String,
    /// Other ways to ask the same.
    pub phrasings: Vec<String>,
    pub body: String,
}

/// In use on the day `$2`, for the person `$1` ('' for the operator, who may read everything), and
/// this one where `$3` names one.
const GIVEN: &str = concat!(
    "SELECT a.id, a.question, a.phrasings, a.body, a.citations, a.approved_at, a.owner_id, ",
    name_of!("o"),
    " AS owner, o.erased_at AS owner_erased_at
     FROM approved_answers a LEFT JOIN users o ON o.id = a.owner_id
     WHERE a.state = 'approved' AND (a.valid_until IS NULL OR a.valid_until >= $2)
       AND ($3 = '' OR a.id = $3)
       AND (a.everyone = 1 OR $1 = ''
            OR EXISTS (SELECT 1 FROM approved_answer_groups k
                       WHERE k.answer_id = a.id AND k.group_id IN (",
    groups_of!(),
    ")))
     ORDER BY a.approved_at DESC, a.id"
);

impl Store {
    /// The answers that may be given to the principal on the scope's day, the newest first.
    pub async fn approved_texts(&self, to: &Principal, scope: &Scope) -> Result<Vec<ApprovedText>> {
        let rows = self.given_rows(to, scope, "").await?;
        rows.iter()
            .map(|row| {
                Ok(ApprovedText {
                    id: row.id("id")?,
                    question: row.text("question")?,
                    phrasings: row.json("phrasings")?,
                    body: row.text("body")?,
                })
            })
            .collect()
    }

    /// An answer as it is given to the principal now; none where it may not be.
    pub async fn given_answer(
        &self,
        id: &ApprovedAnswerId,
        to: &Principal,
    ) -> Result<Option<GivenAnswer>> {
        let scope = self.scope(to).await?;
        let rows = self.given_rows(to, &scope, id.as_str()).await?;
        rows.first().map(given).transpose()
    }

    async fn given_rows(&self, to: &Principal, scope: &Scope, id: &str) -> Result<Vec<AnyRow>> {
        let rows = sqlx::query(GIVEN)
            .bind(to.user_id().unwrap_or_default())
            .bind(scope.on().number())
            .bind(id)
            .fetch_all(&self.pool)
            .await?;
        if rows.is_empty() {
            return Ok(rows);
        }
        let barred = self.barred_answers(scope).await?;
        let mut free = Vec::with_capacity(rows.len());
        for row in rows {
            if !barred.contains(&row.text("id")?) {
                free.push(row);
            }
        }
        Ok(free)
    }

    /// The ids of approved answers of which a document is outside the scope, deleted, or in force
    /// in another version on the scope's day.
    async fn barred_answers(&self, scope: &Scope) -> Result<HashSet<String>> {
        let rows = sqlx::query(
            "SELECT k.answer_id, d.id, d.set_id, d.deleted_at,
                    COALESCE(v.valid_from, 0) AS valid_from, COALESCE(v.valid_until, 0) AS valid_until
             FROM approved_answer_documents k
             JOIN approved_answers a ON a.id = k.answer_id AND a.state = 'approved'
             JOIN documents d ON d.id = k.document_id
             LEFT JOIN versions v ON v.id = k.version_id AND v.state = 'ready'",
        )
        .fetch_all(&self.pool)
        .await?;
        let day = scope.on().number();
        let mut barred = HashSet::new();
        for row in rows {
            let (set, document): (SetId, DocumentId) = (row.id("set_id")?, row.id("id")?);
            let in_force = (row.int("valid_from")?..row.int("valid_until")?).contains(&day);
            let there = row.maybe_int("deleted_at")?.is_none();
            if !(in_force && there && scope.shows(&set, &document)) {
                barred.insert(row.text("answer_id")?);
            }
        }
        Ok(barred)
    }
}

fn given(row: &AnyRow) -> Result<GivenAnswer> {
    let owner = owner_of(row)?;
    Ok(GivenAnswer {
        id: row.id("id")?,
        owner: owner.map_or_else(|| NOBODY.to_owned(), |owner| owner.name),
        approved_at: row.time("approved_at")?,
        body: row.text("body")?,
        citations: row.json("citations")?,
    })
}
