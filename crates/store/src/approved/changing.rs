//! Writing approved answers. Whatever is changed is a draft again: what was approved is what is
//! given.

use super::{TURN, subject};
use crate::access::Principal;
use crate::restricted::{self, desk_only};
use crate::row::{Columns, clean, new_id, to_json};
use crate::write::Write;
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    ApprovalState, ApprovedAnswerChange, ApprovedAnswerId, Citation, Day, EscalationId, GroupId,
    UserId,
};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

/// Characters of a question, and of an answer.
const QUESTION: usize = 1_000;
const BODY: usize = 20_000;
/// Other ways to ask.
const PHRASINGS: usize = 20;

/// What somebody wrote, as it is stored.
struct Fitting {
    question: String,
    phrasings: Vec<String>,
    body: String,
    owner: Option<UserId>,
    valid_until: Option<Day>,
    everyone: bool,
    groups: Vec<GroupId>,
    citations: Vec<Citation>,
}

impl Store {
    /// Keeps a draft. `NotFound` unless the principal works the desk and may see the escalation
    /// that it comes from; `Invalid`, in words, for what is too long, an audience of nobody, an
    /// owner who doesn't work the desk, or a citation that isn't there.
    pub async fn create_approved_answer(
        &self,
        by: &Principal,
        new: &ApprovedAnswerChange,
    ) -> Result<ApprovedAnswerId> {
        let fitting = self.fitting(by, new).await?;
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        if let Some(escalation) = &new.escalation {
            publishable(&mut write, by, escalation).await?;
        }
        check_names(&mut write, &fitting).await?;
        let id: ApprovedAnswerId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO approved_answers
                 (id, question, phrasings, body, state, owner_id, author_id, valid_until, everyone,
                  citations, revision, served, escalation_id, created_at, updated_at)
             VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, 1, 0, $10, $11, $11)",
        )
        .bind(id.as_str())
        .bind(fitting.question.as_str())
        .bind(to_json(&fitting.phrasings)?)
        .bind(fitting.body.as_str())
        .bind(fitting.owner.as_ref().map(UserId::as_str))
        .bind(by.user_id())
        .bind(fitting.valid_until.map(Day::number))
        .bind(i64::from(fitting.everyone))
        .bind(to_json(&fitting.citations)?)
        .bind(new.escalation.as_ref().map(EscalationId::as_str))
        .bind(now)
        .execute(write.connection())
        .await?;
        tie(&mut write, &id, &fitting).await?;
        let mut detail = told(&fitting);
        detail["escalation"] = json!(new.escalation);
        write
            .commit(&by.actor(), "approved.create", subject(&id), detail)
            .await?;
        Ok(id)
    }

    /// Writes an answer anew; it is a draft then, and out of use until it is approved again.
    /// `NotFound` unless the principal may see it, `Conflict` when somebody changed it since or it
    /// was retired, `Invalid` as in [`Self::create_approved_answer`].
    pub async fn change_approved_answer(
        &self,
        by: &Principal,
        id: &ApprovedAnswerId,
        change: &ApprovedAnswerChange,
    ) -> Result<()> {
        let scope = self.scope(by).await?;
        self.answer_row(by, &scope, id).await?;
        let fitting = self.fitting(by, change).await?;
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let row = revise(&mut write, id, change.revision).await?;
        let was: ApprovalState = row.name("state")?;
        if was == ApprovalState::Retired {
            return Err(StoreError::conflict(
                "This answer was retired. Make it a draft again before you change it.",
            ));
        }
        check_names(&mut write, &fitting).await?;
        let now = write.now().0;
        sqlx::query(
            "UPDATE approved_answers
             SET question = $2, phrasings = $3, body = $4, owner_id = $5, valid_until = $6,
                 everyone = $7, citations = $8, state = 'draft', review_reason = NULL,
                 updated_at = $9
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(fitting.question.as_str())
        .bind(to_json(&fitting.phrasings)?)
        .bind(fitting.body.as_str())
        .bind(fitting.owner.as_ref().map(UserId::as_str))
        .bind(fitting.valid_until.map(Day::number))
        .bind(i64::from(fitting.everyone))
        .bind(to_json(&fitting.citations)?)
        .bind(now)
        .execute(write.connection())
        .await?;
        for sql in [
            "DELETE FROM approved_answer_groups WHERE answer_id = $1",
            "DELETE FROM approved_answer_documents WHERE answer_id = $1",
        ] {
            write.execute(sql, id.as_str()).await?;
        }
        tie(&mut write, id, &fitting).await?;
        let mut detail = told(&fitting);
        detail["was"] = json!(was);
        write
            .commit(&by.actor(), "approved.change", subject(id), detail)
            .await
    }

    async fn fitting(&self, by: &Principal, new: &ApprovedAnswerChange) -> Result<Fitting> {
        desk_only(by)?;
        let question = length(
            &new.question,
            QUESTION,
            "A question has 1 to 1,000 characters.",
        )?;
        let body = length(&new.body, BODY, "An answer has 1 to 20,000 characters.")?;
        let phrasings = phrasings(&question, &new.phrasings)?;
        let mut groups = new.groups.clone();
        groups.sort_unstable();
        groups.dedup();
        if new.everyone {
            groups.clear();
        } else if groups.is_empty() {
            return Err(StoreError::Invalid(
                "Say who may see the answer: everyone, or people of certain groups.".into(),
            ));
        }
        let scope = self.scope(by).await?;
        let own = by.user().map(|user| user.id.clone());
        Ok(Fitting {
            question,
            phrasings,
            body,
            owner: new.owner.clone().or(own),
            valid_until: new.valid_until,
            everyone: new.everyone,
            groups,
            citations: self.checked_citations(&scope, &new.citations).await?,
        })
    }
}

/// A text without white space around it; `Invalid` where it is empty or too long.
fn length(text: &str, most: usize, wrong: &str) -> Result<String> {
    let text = clean(text.trim()).into_owned();
    if (1..=most).contains(&text.chars().count()) {
        Ok(text)
    } else {
        Err(StoreError::Invalid(wrong.into()))
    }
}

/// The other ways to ask, each once, without empty ones and the question itself.
fn phrasings(question: &str, all: &[String]) -> Result<Vec<String>> {
    let mut fitting: Vec<String> = Vec::new();
    for phrasing in all {
        if phrasing.trim().is_empty() {
            continue;
        }
        let wrong = "Another way to ask has at most 1,000 characters.";
        let phrasing = length(phrasing, QUESTION, wrong)?;
        if phrasing != question && !fitting.contains(&phrasing) {
            fitting.push(phrasing);
        }
    }
    if fitting.len() > PHRASINGS {
        return Err(StoreError::Invalid(
            "An answer has at most 20 other ways to ask.".into(),
        ));
    }
    Ok(fitting)
}

/// What the record says of an answer: no words of it.
fn told(fitting: &Fitting) -> Value {
    let documents = documents(&fitting.citations);
    let documents: Vec<_> = documents.iter().map(|(document, _)| document).collect();
    json!({
        "owner": fitting.owner,
        "valid_until": fitting.valid_until,
        "everyone": fitting.everyone,
        "groups": fitting.groups,
        "documents": documents,
    })
}

/// The documents that are cited, each once with its version.
fn documents(citations: &[Citation]) -> Vec<(&str, &str)> {
    let cited = citations.iter();
    let mut documents: Vec<_> = cited
        .map(|citation| (citation.document.as_str(), citation.version.as_str()))
        .collect();
    documents.sort_unstable();
    documents.dedup();
    documents
}

/// What lies in a restricted queue isn't published; what the principal may not see isn't there.
async fn publishable(write: &mut Write, by: &Principal, escalation: &EscalationId) -> Result<()> {
    restricted::check(write, by, escalation).await?;
    let restricted: i64 = sqlx::query_scalar(
        "SELECT q.restricted FROM escalations e JOIN queues q ON q.id = e.queue_id
         WHERE e.id = $1",
    )
    .bind(escalation.as_str())
    .fetch_one(write.connection())
    .await?;
    if restricted == 0 {
        Ok(())
    } else {
        Err(StoreError::Invalid(
            "What lies in a restricted queue is not published.".into(),
        ))
    }
}

/// The owner works the desk, and the groups are there.
async fn check_names(write: &mut Write, fitting: &Fitting) -> Result<()> {
    if let Some(owner) = &fitting.owner {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM users
             WHERE id = $1 AND role = 'legal' AND disabled_at IS NULL",
        )
        .bind(owner.as_str())
        .fetch_one(write.connection())
        .await?;
        if count == 0 {
            return Err(StoreError::Invalid(
                "The owner must be somebody who works the desk.".into(),
            ));
        }
    }
    for group in &fitting.groups {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM access_groups WHERE id = $1")
            .bind(group.as_str())
            .fetch_one(write.connection())
            .await?;
        if count == 0 {
            return Err(StoreError::Invalid(
                "One of these groups isn't there any more. Choose again.".into(),
            ));
        }
    }
    Ok(())
}

/// Writes the groups that an answer is for and the documents that it cites.
async fn tie(write: &mut Write, id: &ApprovedAnswerId, fitting: &Fitting) -> Result<()> {
    for group in &fitting.groups {
        sqlx::query("INSERT INTO approved_answer_groups (answer_id, group_id) VALUES ($1, $2)")
            .bind(id.as_str())
            .bind(group.as_str())
            .execute(write.connection())
            .await?;
    }
    for (document, version) in documents(&fitting.citations) {
        sqlx::query(
            "INSERT INTO approved_answer_documents (answer_id, document_id, version_id)
             VALUES ($1, $2, $3)",
        )
        .bind(id.as_str())
        .bind(document)
        .bind(version)
        .execute(write.connection())
        .await?;
    }
    Ok(())
}

/// Takes an answer for a change and counts its revision up: the row as it was before. `NotFound`
/// when it isn't there, `Conflict` when somebody changed it after the caller had looked.
pub(super) async fn revise(
    write: &mut Write,
    id: &ApprovedAnswerId,
    revision: Option<u64>,
) -> Result<AnyRow> {
    let row = sqlx::query(
        "UPDATE approved_answers SET revision = revision + 1 WHERE id = $1
         RETURNING state, author_id, owner_id, approved_at, valid_until, revision",
    )
    .bind(id.as_str())
    .fetch_optional(write.connection())
    .await?
    .ok_or(StoreError::NotFound)?;
    let before = row.number::<u64>("revision")? - 1;
    if revision.is_some_and(|seen| seen != before) {
        return Err(StoreError::conflict(
            "Somebody changed this answer meanwhile. Look at it again, then repeat your change.",
        ));
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_ways_to_ask_count_once_and_have_an_end() {
        let asked = |all: &[&str]| {
            let all: Vec<String> = all.iter().map(|&one| one.to_owned()).collect();
            phrasings("How long?", &all)
        };
        let kept = asked(&[" For how long? ", "", "How long?", "For how long?"]);
        assert_eq!(kept.expect("these fit"), ["For how long?"]);
        let many: Vec<String> = (0..21).map(|number| format!("Way {number}?")).collect();
        assert!(phrasings("How long?", &many).is_err());
        assert!(asked(&[&"x".repeat(1_001)]).is_err());
    }
}
