//! Approved answers: what Legal replied once and stands by, and who is given it.
//!
//! At the desk an answer is there for whoever may see every document that it cites, since its words
//! tell what they say. How one is written is in `changing`, how it moves from draft to use in
//! `states`, what takes it out of use in `review`, to whom it is given in `serving`.

mod changing;
mod citing;
mod review;
mod serving;
mod states;

pub(crate) use review::{note_reviews, to_review};
pub use serving::ApprovedText;

use crate::access::{Principal, Scope};
use crate::escalations::name_of;
use crate::restricted::desk_only;
use crate::row::Columns;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    ApprovedAnswer, ApprovedAnswerId, ApprovedAnswerSummary, Citation, DocumentId, EscalationId,
    GroupId, PassageRef, PersonName, SetId,
};
use serde_json::json;
use sqlx::any::AnyRow;
use std::collections::HashSet;

/// What changes answers takes turns: several rows hang together.
const TURN: &str = "approved";

/// Who stands for an answer that nobody owns any more, as its readers are told.
const NOBODY: &str = "Legal";

/// What answers are read from; `WHERE` follows.
macro_rules! select_answers {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.question, a.phrasings, a.body, a.state, a.review_reason, a.owner_id, ",
            name_of!("o"),
            " AS owner, o.erased_at AS owner_erased_at, ",
            name_of!("u"),
            " AS author, a.approved_at, ",
            name_of!("p"),
            " AS approver, a.valid_until, a.everyone, a.citations, a.revision, a.served,
                a.escalation_id, a.updated_at
             FROM approved_answers a
             LEFT JOIN users o ON o.id = a.owner_id
             LEFT JOIN users u ON u.id = a.author_id
             LEFT JOIN users p ON p.id = a.approved_by ",
            $rest
        )
    };
}

impl Store {
    /// The answers that the principal may see at the desk, what changed last first. `NotFound`
    /// unless they work the desk.
    pub async fn approved_answers(&self, by: &Principal) -> Result<Vec<ApprovedAnswerSummary>> {
        desk_only(by)?;
        let scope = self.scope(by).await?;
        let hidden = self.hidden_answers(&scope).await?;
        let rows = sqlx::query(select_answers!("ORDER BY a.updated_at DESC, a.id DESC"))
            .fetch_all(&self.pool)
            .await?;
        let mut answers = Vec::with_capacity(rows.len());
        for row in &rows {
            let answer = summary(row)?;
            if !hidden.contains(&answer.id) {
                answers.push(answer);
            }
        }
        Ok(answers)
    }

    /// One answer. `NotFound` unless the principal works the desk and may see every document that
    /// it cites; of one that was deleted nothing is shown. Besides what is cited, `passages` holds what
    /// it can cite: of a version that isn't in force, the nearest passage of what is, and what was
    /// found for the question that it came from.
    pub async fn approved_answer(
        &self,
        by: &Principal,
        id: &ApprovedAnswerId,
    ) -> Result<ApprovedAnswer> {
        let scope = self.scope(by).await?;
        let row = self.answer_row(by, &scope, id).await?;
        let mut answer = self.whole(by, &scope, &row).await?;
        answer.passages = self.cited_passages(&scope, &answer.citations).await?;
        let newer = self.newer_passages(&scope, &answer.citations).await?;
        let found = match &answer.escalation {
            Some(escalation) => self.found_for(&scope, escalation).await?,
            None => Vec::new(),
        };
        for at_hand in newer.into_iter().chain(found) {
            if answer.passages.iter().all(|known| known.id != at_hand.id) {
                answer.passages.push(at_hand);
            }
        }
        Ok(answer)
    }

    /// Every answer that the principal may see at the desk, without the passages that it cites, in
    /// the order made; recorded. `NotFound` unless they work the desk.
    pub async fn export_approved_answers(&self, by: &Principal) -> Result<Vec<ApprovedAnswer>> {
        desk_only(by)?;
        let scope = self.scope(by).await?;
        let hidden = self.hidden_answers(&scope).await?;
        let rows = sqlx::query(select_answers!("ORDER BY a.created_at, a.id"))
            .fetch_all(&self.pool)
            .await?;
        let mut answers = Vec::with_capacity(rows.len());
        for row in &rows {
            if !hidden.contains(&row.id("id")?) {
                answers.push(self.whole(by, &scope, row).await?);
            }
        }
        let detail = json!({ "answers": answers.len() });
        self.write()
            .await?
            .commit(
                &by.actor(),
                "approved.export",
                ("approved_answer", "all"),
                detail,
            )
            .await?;
        Ok(answers)
    }

    /// An answer without its passages.
    async fn whole(&self, by: &Principal, scope: &Scope, row: &AnyRow) -> Result<ApprovedAnswer> {
        let summary = summary(row)?;
        let approver = row.text("approver")?;
        Ok(ApprovedAnswer {
            phrasings: row.json("phrasings")?,
            body: row.text("body")?,
            groups: self.groups_of_answer(&summary.id).await?,
            citations: self.shown_citations(scope, row.json("citations")?).await?,
            passages: Vec::new(),
            author: row.text("author")?,
            approved_by: summary.approved_at.map(|_| approver),
            escalation: self.origin(by, row.maybe_id("escalation_id")?).await?,
            revision: row.number("revision")?,
            summary,
        })
    }

    /// The row of an answer that the principal may see.
    async fn answer_row(
        &self,
        by: &Principal,
        scope: &Scope,
        id: &ApprovedAnswerId,
    ) -> Result<AnyRow> {
        desk_only(by)?;
        let row = sqlx::query(select_answers!("WHERE a.id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .ok_or(StoreError::NotFound)?;
        if self.hidden_answers(scope).await?.contains(id) {
            return Err(StoreError::NotFound);
        }
        Ok(row)
    }

    /// The answers that cite a document that the scope doesn't show. Of a deleted document its set
    /// decides, and for a narrowed one the right to manage that: whom it was narrowed to is told of
    /// documents that are there.
    async fn hidden_answers(&self, scope: &Scope) -> Result<HashSet<ApprovedAnswerId>> {
        let rows = sqlx::query(
            "SELECT k.answer_id, d.id, d.set_id, d.narrowed, d.deleted_at
             FROM approved_answer_documents k JOIN documents d ON d.id = k.document_id",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut hidden = HashSet::new();
        for row in rows {
            let (set, document): (SetId, DocumentId) = (row.id("set_id")?, row.id("id")?);
            let gone = row.maybe_int("deleted_at")?.is_some() && row.int("narrowed")? != 0;
            let shown = if gone {
                scope.manages(&set)
            } else {
                scope.shows(&set, &document)
            };
            if !shown {
                hidden.insert(row.id("answer_id")?);
            }
        }
        Ok(hidden)
    }

    /// The citations of documents that are there and in the scope, counted anew.
    async fn shown_citations(
        &self,
        scope: &Scope,
        citations: Vec<Citation>,
    ) -> Result<Vec<Citation>> {
        let documents = citations.iter().map(|citation| citation.document.clone());
        let shown = self.shown_documents(scope, &documents.collect()).await?;
        let citations = citations.into_iter();
        let citations = citations.filter(|citation| shown.contains(&citation.document));
        Ok((1..)
            .zip(citations)
            .map(|(number, citation)| Citation { number, ..citation })
            .collect())
    }

    async fn groups_of_answer(&self, id: &ApprovedAnswerId) -> Result<Vec<(GroupId, String)>> {
        let rows = sqlx::query(
            "SELECT g.id, g.name FROM approved_answer_groups k
             JOIN access_groups g ON g.id = k.group_id
             WHERE k.answer_id = $1 ORDER BY g.name_key",
        )
        .bind(id.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok((row.id("id")?, row.text("name")?)))
            .collect()
    }

    /// The escalation that an answer came from, unless it lies in a queue that the reader may not
    /// see by now.
    async fn origin(
        &self,
        by: &Principal,
        escalation: Option<EscalationId>,
    ) -> Result<Option<EscalationId>> {
        let Some(id) = escalation else {
            return Ok(None);
        };
        let row = sqlx::query("SELECT queue_id FROM escalations WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let hidden = self.hidden_queues(by).await?;
        let closed = hidden.contains(&row.text("queue_id")?);
        Ok((!closed).then_some(id))
    }

    /// What was found for the question of an escalation, in force and to be seen in the scope.
    async fn found_for(&self, scope: &Scope, id: &EscalationId) -> Result<Vec<PassageRef>> {
        let row = sqlx::query("SELECT run_id FROM escalations WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else {
            return Ok(Vec::new());
        };
        let found = self.shown_of_run(scope, &row.id("run_id")?).await?.passages;
        let ids: Vec<_> = found.into_iter().map(|passage| passage.id).collect();
        self.passages(scope, &ids).await
    }
}

/// What the log's records of an answer are about.
fn subject(id: &ApprovedAnswerId) -> (&'static str, &str) {
    ("approved_answer", id.as_str())
}

/// Whoever stands for an answer; none once they are erased.
fn owner_of(row: &AnyRow) -> Result<Option<PersonName>> {
    let erased = row.maybe_int("owner_erased_at")?.is_some();
    let id = row.maybe_id("owner_id")?.filter(|_| !erased);
    let name = row.text("owner")?;
    Ok(id.map(|id| PersonName { id, name }))
}

fn summary(row: &AnyRow) -> Result<ApprovedAnswerSummary> {
    Ok(ApprovedAnswerSummary {
        id: row.id("id")?,
        question: row.text("question")?,
        state: row.name("state")?,
        review_reason: row.maybe_text("review_reason")?,
        owner: owner_of(row)?,
        valid_until: row.maybe_day("valid_until")?,
        everyone: row.int("everyone")? != 0,
        served: row.number("served")?,
        approved_at: row.maybe_time("approved_at")?,
        updated_at: row.time("updated_at")?,
    })
}
