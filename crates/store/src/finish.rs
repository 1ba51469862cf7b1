//! How a run ends: its outcome, everything that explains it, the escalation it became and the
//! last event of its stream, in one transaction.

mod record;

use crate::audit::Actor;
use crate::escalations::{self, NewEscalation};
use crate::events;
use crate::row::{Columns, big, clean, to_json};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{
    AnswerMode, AnswerSentence, ApprovedAnswerId, Conflict, Day, EscalationId, Outcome, PassageRef,
    RunEvent, RunId,
};
use record::record_of;
use serde_json::{Value, json};
use sqlx::any::AnyRow;

/// Everything that is kept of a run.
#[derive(Debug, Clone)]
pub struct FinishRun {
    pub outcome: Outcome,
    /// The id of the rule that decided.
    pub rule: Option<String>,
    /// What the deciding rule says to the asker; empty for a plain answer.
    pub message: String,
    /// The probability, 0..=1, that the documents answer the question, where it was computed.
    pub answerability: Option<f32>,
    /// The question as it was searched for, where it was rewritten.
    pub standalone_question: Option<String>,
    /// The day that the question asks about, where it names one.
    pub as_of: Option<Day>,
    /// How it was answered; none where nothing was to be answered.
    pub mode: Option<AnswerMode>,
    /// What the question is about, by the rules' topics.
    pub topic: Option<String>,
    /// The question's language as a code such as `de`, where it could be told.
    pub language: Option<String>,
    /// A rule's words that stand above the answer.
    pub caution: Option<String>,
    /// Flags that rules set, each once.
    pub flags: Vec<String>,
    /// The approved answer that was given; it is counted as given once more.
    pub approved: Option<ApprovedAnswerId>,
    /// Everything besides the passages that the answer depends on, by name: models, thresholds,
    /// versions. Nothing secret: it goes into the record as it is. Null where it isn't known.
    pub settings: Value,
    /// What each rule saw. An object; the texts at `rules[].words` are what the desk reads.
    pub trace: Value,
    pub timings_ms: Value,
    /// What was found, in the order shown.
    pub passages: Vec<PassageRef>,
    /// What was written and checked, in order.
    pub sentences: Vec<AnswerSentence>,
    /// What the documents say differently.
    pub conflict: Option<Conflict>,
    pub model_calls: Vec<ModelCall>,
    /// The question goes to a person; required for the outcome `Escalated`, unless the operator
    /// asked, who is answered on the spot. Beside another outcome: a person looks at it as well.
    pub escalation: Option<NewEscalation>,
}

impl FinishRun {
    /// An end with nothing found, written or called.
    pub const fn new(outcome: Outcome) -> Self {
        Self {
            outcome,
            rule: None,
            message: String::new(),
            answerability: None,
            standalone_question: None,
            as_of: None,
            mode: None,
            topic: None,
            language: None,
            caution: None,
            flags: Vec::new(),
            approved: None,
            settings: Value::Null,
            trace: Value::Null,
            timings_ms: Value::Null,
            passages: Vec::new(),
            sentences: Vec::new(),
            conflict: None,
            model_calls: Vec::new(),
            escalation: None,
        }
    }
}

/// One call of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelCall {
    /// What it was for, such as `answer`.
    pub task: String,
    pub engine: String,
    pub model: String,
    /// SHA-256 of the prompt, in hex.
    pub prompt_sha256: String,
    pub parameters: Value,
    pub prompt_tokens: u32,
    pub completion_tokens: u32,
    pub duration_ms: u64,
    pub error: Option<String>,
}

impl Store {
    /// Ends a run, once: `Conflict` when it has ended, `NotFound` when there is none. Returns
    /// its escalation, be it this one or one that the asker made meanwhile.
    pub async fn finish_run(&self, run: &RunId, end: FinishRun) -> Result<Option<EscalationId>> {
        let mut write = self.write().await?;
        let Some(row) = close(&mut write, run, &end).await? else {
            let known: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM runs WHERE id = $1")
                .bind(run.as_str())
                .fetch_one(write.connection())
                .await?;
            return Err(if known == 0 {
                StoreError::NotFound
            } else {
                StoreError::conflict("This question is done already.")
            });
        };
        let user = row.maybe_text("user_id")?;
        let department = row.maybe_text("department")?;
        let (mut detail, told) = record_of(&mut write, &end).await?;
        let FinishRun {
            outcome,
            message,
            passages,
            sentences,
            model_calls,
            approved,
            escalation: new,
            ..
        } = end;
        insert_passages(&mut write, run, &passages).await?;
        insert_sentences(&mut write, run, &sentences).await?;
        if let Some(approved) = approved {
            let given = "UPDATE approved_answers SET served = served + 1 WHERE id = $1";
            write.execute(given, approved.as_str()).await?;
        }
        for (number, call) in (1_i64..).zip(&model_calls) {
            let payer = (user.as_deref(), department.as_deref());
            insert_call(&mut write, run, number, call, payer).await?;
        }
        let escalation = match &new {
            Some(new) => Some(
                escalations::open(&mut write, run, user.as_deref(), new)
                    .await?
                    .0,
            ),
            None => escalations::id_of_run(&mut write, run).await?,
        };
        if outcome == Outcome::Escalated && escalation.is_none() && user.is_some() {
            return Err(StoreError::Invalid(
                "an escalated question needs its escalation".into(),
            ));
        }
        let done = RunEvent::Done {
            outcome,
            message: clean(&message).into_owned(),
            escalation: escalation.clone(),
        };
        events::insert(&mut write, run, row.int("last_event")?, &done).await?;
        detail["escalation"] = json!(escalation);
        let subject = ("run", run.as_str());
        let personal = if let Some(of) = user.as_deref() {
            Some(Personal { of, data: told })
        } else {
            // The operator is no person whose data it were.
            detail["told"] = told;
            None
        };
        write
            .commit_with(&Actor::System, "run.finish", subject, detail, personal)
            .await?;
        Ok(escalation)
    }
}

async fn close(write: &mut Write, run: &RunId, end: &FinishRun) -> Result<Option<AnyRow>> {
    let now = write.now().0;
    let settings = match &end.settings {
        Value::Null => None,
        settings => Some(to_json(settings)?),
    };
    let flags = match end.flags.as_slice() {
        [] => None,
        flags => Some(to_json(flags)?),
    };
    let row = sqlx::query(
        // A NULL number would be sent as a 32-bit float, and the statement kept for 64-bit
        // ones: a text is converted by the database.
        "UPDATE runs SET state = 'done', outcome = $2, rule = $3, message = $4,
                answerability = CAST($5 AS DOUBLE PRECISION), standalone_question = $6,
                trace = $7, timings = $8, finished_at = $9, active_at = $9, as_of = $10,
                mode = $11, settings = $12, conflict = $13, topic = $14, language = $15,
                caution = $16, flags = $17, approved_answer_id = $18, last_event = last_event + 1
         WHERE id = $1 AND state = 'running'
         RETURNING user_id, department, last_event",
    )
    .bind(run.as_str())
    .bind(end.outcome.as_str())
    .bind(end.rule.clone())
    .bind(clean(&end.message).into_owned())
    .bind(end.answerability.map(|probability| probability.to_string()))
    .bind(
        end.standalone_question
            .as_deref()
            .map(|text| clean(text).into_owned()),
    )
    .bind(to_json(&end.trace)?)
    .bind(to_json(&end.timings_ms)?)
    .bind(now)
    .bind(end.as_of.map(Day::number))
    .bind(end.mode.map(AnswerMode::as_str))
    .bind(settings)
    .bind(end.conflict.as_ref().map(to_json).transpose()?)
    .bind(end.topic.clone())
    .bind(end.language.clone())
    .bind(end.caution.as_deref().map(|text| clean(text).into_owned()))
    .bind(flags)
    .bind(end.approved.as_ref().map(ApprovedAnswerId::as_str))
    .fetch_optional(write.connection())
    .await?;
    Ok(row)
}

async fn insert_passages(write: &mut Write, run: &RunId, passages: &[PassageRef]) -> Result<()> {
    for (number, passage) in (1_i64..).zip(passages) {
        sqlx::query(
            "INSERT INTO run_passages
                 (run_id, number, passage_id, version_id, document_id, shown)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(run.as_str())
        .bind(number)
        .bind(passage.id.as_str())
        .bind(passage.version.as_str())
        .bind(passage.document.as_str())
        .bind(to_json(passage)?)
        .execute(write.connection())
        .await?;
    }
    Ok(())
}

async fn insert_sentences(
    write: &mut Write,
    run: &RunId,
    sentences: &[AnswerSentence],
) -> Result<()> {
    for (number, sentence) in (1_i64..).zip(sentences) {
        sqlx::query("INSERT INTO run_sentences (run_id, number, sentence) VALUES ($1, $2, $3)")
            .bind(run.as_str())
            .bind(number)
            .bind(to_json(sentence)?)
            .execute(write.connection())
            .await?;
    }
    Ok(())
}

async fn insert_call(
    write: &mut Write,
    run: &RunId,
    number: i64,
    call: &ModelCall,
    (user, department): (Option<&str>, Option<&str>),
) -> Result<()> {
    let now = write.now().0;
    sqlx::query(
        "INSERT INTO model_calls
             (run_id, number, user_id, department, task, engine, model, prompt_sha256,
              parameters, prompt_tokens, completion_tokens, duration_ms, error, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(run.as_str())
    .bind(number)
    .bind(user)
    .bind(department)
    .bind(call.task.as_str())
    .bind(call.engine.as_str())
    .bind(call.model.as_str())
    .bind(call.prompt_sha256.as_str())
    .bind(to_json(&call.parameters)?)
    .bind(i64::from(call.prompt_tokens))
    .bind(i64::from(call.completion_tokens))
    .bind(big(call.duration_ms)?)
    .bind(call.error.as_deref().map(|text| clean(text).into_owned()))
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(())
}
