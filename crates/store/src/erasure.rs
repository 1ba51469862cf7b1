//! Erasing a person (GDPR 17): what they left is removed, what has to stay is counted with its
//! article, and the key of their personal data in the record is destroyed. One transaction with
//! its record, which names only a number.

mod report;

use crate::audit::Actor;
use crate::holds::{checked_reason, take_turn};
use crate::restricted::{keep_escalations_closed, keep_runs_closed};
use crate::row::{Columns, placeholders};
use crate::users::{User, change_in, not_erased};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError, notices, sealing, sign_in};
use inhouse_protocol::{ErasureReport, PersonChange, RunId, UserId};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

/// Ids of one `IN` list.
const AT_ONCE: usize = 500;

impl Store {
    /// What an erasure would remove and keep, and whether a hold stands against it. `NotFound`
    /// when there is no such account, `Conflict` when the person was erased already.
    pub async fn preview_erasure(&self, person: &UserId) -> Result<ErasureReport> {
        let user = self.user(person).await?;
        not_erased(&user)?;
        let mut connection = self.pool.acquire().await?;
        report::look(&mut connection, &user, self.is_sqlite()).await
    }

    /// Erases a person; where a legal hold stands against it, nothing happens and the report says
    /// so. Ends their questions in work.
    ///
    /// `NotFound` when there is no such account; `Conflict` for oneself, the last admin, and
    /// somebody who was erased already; `Invalid` for a reason that is too short or too long, or
    /// names the person: it stays in the record.
    pub async fn erase_person(
        &self,
        by: &Actor,
        person: &UserId,
        reason: &str,
    ) -> Result<ErasureReport> {
        let reason = checked_reason(reason)?;
        if *by == Actor::User(person.clone()) {
            return Err(StoreError::conflict(
                "Nobody erases themselves. Ask another admin.",
            ));
        }
        let mut write = self.write().await?;
        take_turn(&mut write).await?;
        let disabled = PersonChange {
            disabled: Some(true),
            ..PersonChange::default()
        };
        let (user, _) = change_in(&mut write, person, &disabled).await?;
        not_erased(&user)?;
        if names(&reason, &user.email) || names(&reason, &user.name) {
            return Err(StoreError::Invalid(
                "The reason stays in the record. Give it without the person's name and e-mail."
                    .into(),
            ));
        }
        let mut report = report::look(write.connection(), &user, self.is_sqlite()).await?;
        if report.held_by.is_some() {
            // Dropping the transaction undoes that the account was disabled.
            return Ok(report);
        }
        remove(&mut write, &user).await?;
        report.done = true;
        let mut detail = json!({ "removed": report.removed, "kept": report.kept });
        let personal = match by {
            Actor::User(admin) => Some(Personal {
                of: admin.as_str(),
                data: json!({ "reason": reason }),
            }),
            Actor::Operator | Actor::System => {
                detail["reason"] = reason.into();
                None
            }
        };
        let subject = ("user", person.as_str());
        write
            .commit_with(by, "subject.erase", subject, detail, personal)
            .await?;
        if let Err(error) = self.scrub().await {
            tracing::error!(%error, "what was erased is deleted, but not yet overwritten; the next removal does it");
        }
        Ok(report)
    }

    /// A person's questions that are in work.
    pub async fn running_runs_of(&self, person: &UserId) -> Result<Vec<RunId>> {
        let rows = sqlx::query("SELECT id FROM runs WHERE user_id = $1 AND state = 'running'")
            .bind(person.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| row.id("id")).collect()
    }

    /// Overwrites what was deleted. On SQLite the file is written anew, since a page that was
    /// split may keep a copy of what `secure_delete` overwrote elsewhere, and the write-ahead log
    /// is emptied; on PostgreSQL the space of deleted rows is given back.
    pub async fn scrub(&self) -> Result<()> {
        let Some(writers) = &self.writers else {
            sqlx::raw_sql(
                "VACUUM users, sessions, api_tokens, identities, conversations, runs, run_events,
                        run_passages, run_sentences, model_calls, escalations, escalation_events,
                        escalation_presence, escalation_drafts, replies, jobs, queue_members,
                        desk_views, notices, subject_keys, audit",
            )
            .execute(&self.pool)
            .await?;
            return Ok(());
        };
        let _turn = writers.lock().await;
        let mut connection = self.pool.acquire().await?;
        // The copy that VACUUM makes is as large as the database: not into memory.
        sqlx::raw_sql("PRAGMA temp_store = FILE")
            .execute(&mut *connection)
            .await?;
        let written = sqlx::raw_sql("VACUUM").execute(&mut *connection).await;
        sqlx::raw_sql("PRAGMA temp_store = MEMORY")
            .execute(&mut *connection)
            .await?;
        written?;
        let busy: i64 = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut *connection)
            .await?;
        if busy != 0 {
            return Err(StoreError::Invalid(
                "the write-ahead log is being read and could not be emptied".into(),
            ));
        }
        Ok(())
    }
}

/// Removes what is the person's and scrubs the account.
///
/// On PostgreSQL a question may be on its way in: rows are taken in the order in which asking,
/// ending and replying take them, and the questions twice, the second time with the conversations
/// held, so that none slips through.
async fn remove(write: &mut Write, user: &User) -> Result<()> {
    let id = user.id.as_str();
    remove_questions(write, id).await?;
    write
        .execute("UPDATE conversations SET title = '' WHERE user_id = $1", id)
        .await?;
    remove_questions(write, id).await?;
    for sql in [
        "DELETE FROM conversations WHERE user_id = $1",
        "DELETE FROM sessions WHERE user_id = $1",
        "DELETE FROM api_tokens WHERE user_id = $1",
        "DELETE FROM recovery_codes WHERE user_id = $1",
        "DELETE FROM identities WHERE user_id = $1",
        "DELETE FROM group_members WHERE user_id = $1",
        "DELETE FROM desk_views WHERE user_id = $1",
        // A restricted queue doesn't open because its last member is gone: a number stays in it.
        "DELETE FROM queue_members WHERE user_id = $1
         AND (EXISTS (SELECT 1 FROM queue_members o
                      WHERE o.queue_id = queue_members.queue_id AND o.user_id <> $1)
              OR EXISTS (SELECT 1 FROM queues q
                         WHERE q.id = queue_members.queue_id AND q.restricted = 0))",
        "UPDATE queue_members SET away = 1, last_given_at = NULL WHERE user_id = $1",
        "DELETE FROM legal_holds WHERE user_id = $1",
        "DELETE FROM escalation_presence WHERE user_id = $1",
        "DELETE FROM notices WHERE user_id = $1",
        "UPDATE escalations SET assignee_id = NULL, revision = revision + 1 WHERE assignee_id = $1",
    ] {
        write.execute(sql, id).await?;
    }
    let origin = sign_in::account_origin(&user.email);
    write
        .execute("DELETE FROM sign_in_failures WHERE origin = $1", &origin)
        .await?;
    scrub_account(write, &user.id).await?;
    sealing::destroy(write, &user.id).await
}

async fn remove_questions(write: &mut Write, user: &str) -> Result<()> {
    let now = write.now().0;
    // Ends what is in work; whoever works on it is refused its next event. The rows are held.
    let rows = sqlx::query(
        "UPDATE runs SET state = 'done', outcome = COALESCE(outcome, 'stopped'),
                finished_at = COALESCE(finished_at, $2)
         WHERE user_id = $1 RETURNING id",
    )
    .bind(user)
    .bind(now)
    .fetch_all(write.connection())
    .await?;
    let runs = ids(&rows)?;
    // Held too: a reply that comes at the same time waits and finds nothing.
    let rows = sqlx::query("UPDATE escalations SET note = '' WHERE user_id = $1 RETURNING id")
        .bind(user)
        .fetch_all(write.connection())
        .await?;
    remove_escalations(write, &ids(&rows)?).await?;
    // A department of one is a name too; what is removed for its age stays counted by department.
    with_ids(
        write,
        "UPDATE model_calls SET department = NULL WHERE run_id",
        &runs,
    )
    .await?;
    empty_runs(write, &runs).await
}

pub(crate) fn ids(rows: &[AnyRow]) -> Result<Vec<String>> {
    rows.iter().map(|row| row.text("id")).collect()
}

/// Removes escalations with everything that hangs on them, and what the ticket tracker's queue holds
/// of them.
pub(crate) async fn remove_escalations(write: &mut Write, ids: &[String]) -> Result<()> {
    keep_escalations_closed(write, ids).await?;
    for sql in [
        // What was merged into one that nobody replied to comes back to the desk.
        "UPDATE escalations SET state = 'open', resolved_at = NULL, revision = revision + 1
         WHERE merged_into IN (SELECT t.id FROM escalations t WHERE t.state = 'open')
               AND merged_into",
        "UPDATE escalations SET merged_into = NULL WHERE merged_into",
        "DELETE FROM escalation_events WHERE escalation_id",
        "DELETE FROM escalation_presence WHERE escalation_id",
        "DELETE FROM escalation_drafts WHERE escalation_id",
        "DELETE FROM replies WHERE escalation_id",
        "DELETE FROM jobs WHERE kind IN ('ticket', 'ticket_update') AND subject",
        "UPDATE approved_answers SET escalation_id = NULL WHERE escalation_id",
        notices::OF_ESCALATIONS,
        "DELETE FROM escalations WHERE id",
    ] {
        with_ids(write, sql, ids).await?;
    }
    Ok(())
}

/// Removes what questions and their answers say. An empty row stays of each, nobody's, since the
/// figures of its model calls hang on it: an empty question is the sign.
pub(crate) async fn empty_runs(write: &mut Write, ids: &[String]) -> Result<()> {
    keep_runs_closed(write, ids).await?;
    for sql in [
        "UPDATE runs SET question = '', standalone_question = NULL, message = '', trace = 'null',
                as_of = NULL, settings = NULL, conflict = NULL, user_id = NULL, department = NULL,
                conversation_id = NULL, topic = NULL, language = NULL, caution = NULL,
                flags = NULL, approved_answer_id = NULL, helpful_comment = NULL
         WHERE id",
        "DELETE FROM run_events WHERE run_id",
        "DELETE FROM run_passages WHERE run_id",
        "DELETE FROM run_sentences WHERE run_id",
        "UPDATE model_calls SET user_id = NULL, error = NULL WHERE run_id",
    ] {
        with_ids(write, sql, ids).await?;
    }
    Ok(())
}

/// Runs a statement that ends with the column that is to be one of `ids`; gives how many rows it
/// touched.
pub(crate) async fn with_ids(write: &mut Write, sql: &str, ids: &[String]) -> Result<u64> {
    let mut touched = 0;
    for ids in ids.chunks(AT_ONCE) {
        let sql = format!("{sql} IN ({})", placeholders(1, ids.len()));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for id in ids {
            query = query.bind(id.as_str());
        }
        touched += query.execute(write.connection()).await?.rows_affected();
    }
    Ok(touched)
}

/// Leaves of the account its number and when it was made.
async fn scrub_account(write: &mut Write, user: &UserId) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "UPDATE users SET email = $2, name = '', role = 'employee', department = NULL,
                password_hash = NULL, last_seen_at = NULL, source = 'local', external_id = NULL,
                totp_sealed = NULL, totp_since = NULL, totp_step = 0, ai_notice_at = NULL,
                answer_mode = NULL, no_mail = 0, disabled_at = $3, erased_at = $3
         WHERE id = $1",
    )
    .bind(user.as_str())
    .bind(format!("erased-{user}@invalid"))
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(())
}

/// Whether a text holds this name as words of its own, whatever its case.
fn names(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.trim().to_lowercase());
    if name.is_empty() {
        return false;
    }
    let part_of_a_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    text.match_indices(&name).any(|(at, found)| {
        !part_of_a_word(text[..at].chars().next_back())
            && !part_of_a_word(text[at + found.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_name_is_found_as_words_and_not_inside_others() {
        assert!(names("Request by Emil Huber, 3 May", "emil huber"));
        assert!(names("see emil@example.com", "emil@example.com"));
        assert!(!names("The legal team agreed", "Al"));
        assert!(!names("Any reason", ""));
    }
}
