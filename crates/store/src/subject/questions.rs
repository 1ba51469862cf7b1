//! The person's conversations: questions, what came out of them, and what a person replied.

use super::{Readers, SubjectSection};
use crate::escalations::{priority_of, words};
use crate::log::run_subject;
use crate::row::Columns;
use crate::{Result, Store};
use inhouse_protocol::{Conflict, EscalationId, ReplyKind, RunId};
use serde_json::{Value, json};
use sqlx::any::AnyRow;

const RUNS: &str = "SELECT r.id, r.conversation_id, c.title, r.question, r.standalone_question,
        r.as_of, r.department, r.state, r.outcome, r.rule, r.message, r.trace, r.mode, r.asked_at,
        r.finished_at, r.topic, r.language, r.caution, r.flags, r.approved_answer_id, r.helpful,
        r.helpful_comment
     FROM runs r LEFT JOIN conversations c ON c.id = r.conversation_id
     WHERE r.user_id = $1 ORDER BY r.asked_at, r.id";

impl Store {
    pub(super) async fn export_questions(&self, readers: &Readers) -> Result<[SubjectSection; 2]> {
        let rows = sqlx::query(RUNS)
            .bind(readers.person.id.as_str())
            .fetch_all(&self.pool)
            .await?;
        let (mut questions, mut requests) = (Vec::new(), Vec::new());
        for row in &rows {
            let run: RunId = row.id("id")?;
            if readers.closed.contains(&run_subject(&run)) {
                continue;
            }
            questions.push(self.export_question(readers, &run, row).await?);
            requests.extend(self.export_requests(readers, &run).await?);
        }
        Ok([
            SubjectSection {
                name: "questions",
                title: "Your questions and what came out of them",
                purpose: "Answering them, and explaining later how an answer came about (AI Act 12, \
                          13 and 14). Answers are written by an AI system, except where the mode is \
                          'quotes': those are the documents' own words.",
                entries: questions,
            },
            SubjectSection {
                name: "requests",
                title: "Your questions that reached the legal team",
                purpose: "Having a person answer. What was told to a restricted queue, such as a report \
                          of wrongdoing, is only in the export that you make yourself.",
                entries: requests,
            },
        ])
    }

    async fn export_question(&self, readers: &Readers, run: &RunId, row: &AnyRow) -> Result<Value> {
        let mut content = self.kept_of_run(run).await?;
        let all = content.parts();
        for scope in &readers.scopes {
            content = self.shown_to(scope, content).await?;
        }
        let left_out = all - content.parts();
        let sentences = content.sentences.iter();
        let answer: Vec<_> = sentences.map(|s| s.text.as_str()).collect();
        let sources: Vec<_> = content
            .passages
            .iter()
            .map(|passage| json!({ "document": passage.name, "text": passage.text }))
            .collect();
        Ok(json!({
            "question": row.text("question")?,
            "asked_at": row.int("asked_at")?,
            "conversation": row.maybe_text("title")?,
            "department": row.maybe_text("department")?,
            "as_of": row.maybe_day("as_of")?,
            "searched_as": row.maybe_text("standalone_question")?,
            "state": row.text("state")?,
            "outcome": row.maybe_text("outcome")?,
            "rule": row.maybe_text("rule")?,
            "rules_saw": words(&row.json("trace")?),
            "message": row.text("message")?,
            "mode": row.maybe_text("mode")?,
            "topic": row.maybe_text("topic")?,
            "language": row.maybe_text("language")?,
            "flags": row.maybe_json::<Vec<String>>("flags")?,
            "caution": row.maybe_text("caution")?,
            "approved_answer": row.maybe_text("approved_answer_id")?,
            "answer": answer,
            "sources": sources,
            "conflict": content.conflict.as_ref().map(told),
            "left_out": left_out,
            "helpful": row.maybe_int("helpful")?.map(|helpful| helpful > 0),
            "comment": row.maybe_text("helpful_comment")?,
            "finished_at": row.maybe_int("finished_at")?,
            "model_calls": self.export_calls(run).await?,
        }))
    }

    async fn export_calls(&self, run: &RunId) -> Result<Vec<Value>> {
        let rows = sqlx::query(
            "SELECT task, engine, model, prompt_tokens, completion_tokens, duration_ms, error, at
             FROM model_calls WHERE run_id = $1 ORDER BY number",
        )
        .bind(run.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(json!({
                    "task": row.text("task")?,
                    "engine": row.text("engine")?,
                    "model": row.text("model")?,
                    "prompt_tokens": row.int("prompt_tokens")?,
                    "completion_tokens": row.int("completion_tokens")?,
                    "duration_ms": row.int("duration_ms")?,
                    "error": row.maybe_text("error")?,
                    "at": row.int("at")?,
                }))
            })
            .collect()
    }

    /// What reached the legal team of a question. What its members wrote among themselves is for
    /// whoever answers a request to hand out (GDPR 15(4)).
    async fn export_requests(&self, readers: &Readers, run: &RunId) -> Result<Vec<Value>> {
        let rows = self
            .escalation_rows("WHERE e.run_id = $1 ORDER BY e.created_at", run.as_str())
            .await?;
        let kinds: &[ReplyKind] = if readers.own {
            &[ReplyKind::Reply, ReplyKind::Asker]
        } else {
            &[
                ReplyKind::Reply,
                ReplyKind::Asker,
                ReplyKind::Note,
                ReplyKind::Ticket,
            ]
        };
        let mut requests = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: EscalationId = row.id("id")?;
            let replies = self.replies(&id, kinds).await?;
            let replies: Vec<_> = replies
                .iter()
                .map(|reply| {
                    json!({
                        "kind": reply.kind, "author": reply.author, "body": reply.body,
                        "at": reply.at,
                    })
                })
                .collect();
            requests.push(json!({
                "question": row.text("question")?,
                "note": row.text("note")?,
                "reason": row.text("reason")?,
                "rule": row.maybe_text("rule")?,
                "queue": row.text("queue_name")?,
                "priority": priority_of(row)?,
                "state": row.text("state")?,
                "ticket": row.maybe_text("ticket_key")?,
                "ticket_state": row.maybe_text("ticket_state")?,
                "created_at": row.int("created_at")?,
                "first_reply_at": row.maybe_int("first_reply_at")?,
                "waiting_since": row.maybe_int("waiting_since")?,
                "resolved_at": row.maybe_int("resolved_at")?,
                "withdrawn_at": row.maybe_int("withdrawn_at")?,
                "reopened": row.int("reopened")?,
                "rating": row.maybe_int("rating")?,
                "rating_comment": row.maybe_text("rating_comment")?,
                "replies": replies,
            }));
        }
        Ok(requests)
    }
}

/// What documents say differently, without where it stands.
fn told(conflict: &Conflict) -> Value {
    let sides = conflict.sides.iter().map(|side| {
        json!({
            "document": side.citation.name, "value": side.value, "quote": side.citation.quote,
        })
    });
    json!({ "about": conflict.about, "sides": sides.collect::<Vec<_>>() })
}
