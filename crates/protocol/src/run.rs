//! Asking: conversations, runs and the events a run streams.

use crate::{
    AnswerMode, AnswerSentence, Conflict, ConversationId, Day, Escalation, EscalationId,
    GivenAnswer, PassageRef, RunId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Answered out of the documents.
    Answered,
    /// Handed to a person.
    Escalated,
    /// Not ours to answer; nobody was bothered.
    Declined,
    /// Refused by a rule, for instance an attack.
    Refused,
    /// The asker stopped it.
    Stopped,
}

impl Outcome {
    /// The outcome's name in the database and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Escalated => "escalated",
            Self::Declined => "declined",
            Self::Refused => "refused",
            Self::Stopped => "stopped",
        }
    }
}

/// Whether a run still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Running,
    Done,
}

/// What a run is doing, as told to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Rules look at the question.
    Judging,
    /// The indexes are searched.
    Searching,
    /// The model reads the passages.
    Reading,
    /// Sentences are being written and checked.
    Checking,
}

/// `POST /api/v1/conversations/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMessage {
    /// The question, 1 to 4,000 characters.
    pub question: String,
}

/// The answer to a new message: the run that was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    pub conversation: ConversationId,
    pub state: RunState,
}

/// `POST /api/v1/runs/{id}/escalate`: the asker wants a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendToLegal {
    /// What the asker adds, up to 2,000 characters.
    #[serde(default)]
    pub note: String,
}

/// `POST /api/v1/runs/{id}/helpful`: the asker's word on an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helpful {
    pub helpful: bool,
    /// Up to 1,000 characters.
    #[serde(default)]
    pub comment: String,
}

/// An event of a run. `Done` is the last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum RunEvent {
    Stage {
        stage: Stage,
    },
    /// What was found, before the model writes a word.
    Passages {
        passages: Vec<PassageRef>,
        /// The day that the question asks about, where it names one.
        #[serde(default)]
        as_of: Option<Day>,
        /// What was searched for, where the question leans on those before it.
        #[serde(default)]
        standalone: Option<String>,
    },
    /// Documents in force contradict each other; the question goes to a person.
    Conflict {
        conflict: Conflict,
    },
    /// What Legal replied before to the same question; nothing is written.
    Approved {
        answer: GivenAnswer,
    },
    /// A rule's words that stand above the answer.
    Caution {
        text: String,
    },
    /// One checked sentence.
    Sentence {
        sentence: AnswerSentence,
    },
    /// How it ended.
    Done {
        outcome: Outcome,
        /// What the deciding rule says to the asker; empty for a plain answer.
        message: String,
        escalation: Option<EscalationId>,
    },
}

/// An event with its place in the run's stream, as the SSE `id` (from 1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StreamedEvent {
    pub seq: u64,
    #[serde(flatten)]
    pub event: RunEvent,
}

/// A question and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub run: RunId,
    pub question: String,
    pub asked_at: Timestamp,
    pub state: RunState,
    pub outcome: Option<Outcome>,
    /// What the deciding rule says to the asker; empty for a plain answer.
    pub message: String,
    /// The day that the question asks about, where it names one.
    pub as_of: Option<Day>,
    /// What was searched for, where the question leans on those before it.
    pub standalone: Option<String>,
    /// How it was answered; none where nothing was to be answered.
    pub mode: Option<AnswerMode>,
    pub passages: Vec<PassageRef>,
    pub sentences: Vec<AnswerSentence>,
    /// What the documents say differently, where that is why a person has it.
    pub conflict: Option<Conflict>,
    /// A rule's words that stand above the answer.
    pub caution: Option<String>,
    /// What Legal replied before to the same question, where that was given.
    pub approved: Option<GivenAnswer>,
    /// The asker's word on the answer.
    pub helpful: Option<bool>,
    /// The sentences were written by an AI system (AI Act 50(2)).
    pub ai_generated: bool,
    /// The escalation with its replies, where there is one.
    pub escalation: Option<Escalation>,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub title: String,
    pub updated_at: Timestamp,
}

/// A conversation with all its exchanges, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub title: String,
    pub exchanges: Vec<Exchange>,
}
