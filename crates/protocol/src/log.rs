//! The audit log as its readers see it.

use crate::{
    AnswerMode, AnswerSentence, Conflict, EscalationId, Outcome, PassageRef, RunId, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `POST /api/v1/log/openings`: who opens the log says why; the reading is recorded with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLog {
    /// 10 to 500 characters.
    pub reason: String,
}

/// The answer: what every reading of the log carries as `opening`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogOpening {
    /// The number of the record that holds the reason.
    pub opening: i64,
    pub expires_at: Timestamp,
}

/// The query of `GET /api/v1/log` and of the export; what is absent doesn't narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFilter {
    /// Who did it, or whom it was about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<UserId>,
    /// What it was done to, as `kind:id`, such as `document:…` or `run:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The kind: an action such as `run.ask`, or its first part such as `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// From this moment on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Before this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogRecord {
    pub seq: i64,
    pub at: Timestamp,
    /// The record belongs to a restricted set that the reader is outside of: only its place, time
    /// and hash are shown, and what follows but `hash` is empty. Of what lies in a restricted queue
    /// of the desk the action and the subject are shown too.
    pub withheld: bool,
    /// `user:…`, `operator` or `system`.
    pub actor: String,
    /// The actor's name, where it is a person who was not erased.
    pub actor_name: Option<String>,
    /// A dotted verb such as `document.add`.
    pub action: String,
    /// `kind:id`.
    pub subject: String,
    /// What the subject is called now, where it has a name.
    pub subject_name: Option<String>,
    pub detail: Value,
    /// The personal data of the record; null where there is none, or where the key of the person
    /// it is about was destroyed (then `erased`).
    pub personal: Value,
    pub erased: bool,
    /// SHA-256 in hex, over this record and the one before it.
    pub hash: String,
}

/// `GET /api/v1/log`: a page, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogPage {
    pub records: Vec<LogRecord>,
    /// The `before` of the next page, where there is one.
    pub before: Option<i64>,
    pub state: LogState,
}

/// How the chain stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogState {
    /// Number of the newest record.
    pub newest: i64,
    /// Records before this number were removed by retention; 1 where none was.
    pub first: i64,
    /// The last record that a signed checkpoint vouches for.
    pub checkpoint: Option<i64>,
    pub checkpoint_at: Option<Timestamp>,
    /// The Ed25519 public key that signs, in base64, and its id.
    pub public_key: String,
    pub key_id: String,
}

/// `POST /api/v1/log/verify`: the whole chain, followed now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogVerdict {
    pub records: u64,
    pub checkpoints: u64,
    /// The first bad record and what is wrong with it, in words; none when all fits.
    pub fault: Option<LogFault>,
    pub took_ms: u64,
}

/// The first thing that doesn't fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFault {
    pub seq: i64,
    pub message: String,
}

/// `GET /api/v1/log/questions/{id}`: everything about one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuestionStory {
    pub run: RunId,
    pub asked_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// The asker's name; none for the operator or an erased person.
    pub asker: Option<String>,
    pub asker_id: Option<UserId>,
    pub department: Option<String>,
    pub question: String,
    pub standalone_question: Option<String>,
    pub outcome: Option<Outcome>,
    pub rule: Option<String>,
    pub message: String,
    /// Probability in 0..=1 that the documents answer the question, where it was computed.
    pub answerability: Option<f32>,
    /// How it was answered; none where nothing was to be answered.
    pub mode: Option<AnswerMode>,
    /// With what it was answered, by name: models, thresholds, versions. Null of an earlier version.
    pub settings: Value,
    /// What each rule saw, in words.
    pub trace: Vec<String>,
    /// Milliseconds a step.
    pub timings_ms: Value,
    /// What was found, those passages that the reader may see.
    pub passages: Vec<PassageRef>,
    /// How many more there were.
    pub passages_withheld: u64,
    pub sentences: Vec<AnswerSentence>,
    /// What the documents say differently, where the reader may see all of them.
    pub conflict: Option<Conflict>,
    pub model_calls: Vec<ModelCallInfo>,
    pub escalation: Option<EscalationId>,
    /// The records about the question and its escalation, oldest first.
    pub records: Vec<LogRecord>,
}

/// A call of a model, as kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCallInfo {
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
