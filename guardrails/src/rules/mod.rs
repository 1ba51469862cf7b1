//! The rules: what they are made of, and the set of them that is judged.

mod diff;
mod file;
mod merge;
mod message;
mod rule_test;
mod words;

pub use diff::{Changed, diff};
pub use message::Messages;
pub use rule_test::{Expect, RuleTest};
pub use words::RuleInWords;

use crate::condition::Condition;
use cel::Env;
use serde::Deserialize;
use std::sync::Arc;

/// When a rule is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// On the question, before anything is searched.
    Question,
    /// On what was found, before the model writes.
    Found,
    /// On what was written and checked.
    Written,
    /// On what was done, when the asker has it.
    After,
}

impl Stage {
    /// The stage's name in the rules file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Found => "found",
            Self::Written => "written",
            Self::After => "after",
        }
    }
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Answer, and judge no further rule of the stage.
    Answer,
    /// Go on; the message stands above the answer.
    Caution,
    /// Go on, and answer in quotes of the documents only.
    Quotes,
    /// Go on with the personal data in the question masked.
    Redact,
    /// Go on, and search with other words.
    Rewrite,
    /// Go on with another model.
    Model,
    /// Go on; only the rule's flags are set.
    Flag,
    /// Not ours to answer; nobody is bothered.
    Decline,
    /// A person has to answer. At the stage `after`: a person gets a copy.
    Escalate,
    /// The same, and an issue is made in the ticket tracker.
    Ticket,
    /// Not answered, as an attack.
    Refuse,
}

impl Action {
    /// The action's name in the rules file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Caution => "caution",
            Self::Quotes => "quotes",
            Self::Redact => "redact",
            Self::Rewrite => "rewrite",
            Self::Model => "model",
            Self::Flag => "flag",
            Self::Decline => "decline",
            Self::Escalate => "escalate",
            Self::Ticket => "ticket",
            Self::Refuse => "refuse",
        }
    }

    /// Whether the rules after it are judged as well: such actions add up, and none decides.
    pub const fn goes_on(self) -> bool {
        matches!(
            self,
            Self::Caution | Self::Quotes | Self::Redact | Self::Rewrite | Self::Model | Self::Flag
        )
    }

    /// Whether it brings the question to a person.
    pub(crate) const fn reaches_a_person(self) -> bool {
        matches!(self, Self::Escalate | Self::Ticket)
    }

    /// The action as the end of a sentence.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Caution => "answer with a caution",
            Self::Quotes => "answer in quotes only",
            Self::Redact => "mask the personal data in it",
            Self::Rewrite => "search with other words",
            Self::Model => "answer with another model",
            Self::Flag => "mark it",
            Self::Decline => "decline",
            Self::Escalate => "send it to a person",
            Self::Ticket => "send it to a person and open a ticket",
            Self::Refuse => "refuse",
        }
    }
}

/// Why a question that a rule escalates reaches a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The documents don't say.
    NotInDocuments,
    /// What was written could not be checked against the passages.
    NotVerified,
    /// Documents in force contradict each other.
    Conflict,
    /// The rule sends such questions to a person.
    #[default]
    Rule,
}

/// What happens when a rule can't be judged, or not in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// As if the rule were not there.
    Skip,
    Take(Action),
}

/// A rule as it stands in the file, its condition compiled.
#[derive(Debug, PartialEq)]
pub struct Rule {
    pub id: String,
    /// For the people who read the trace.
    pub title: String,
    pub stage: Stage,
    pub action: Action,
    /// What the asker is told; may be empty for actions that say nothing.
    pub message: Messages,
    pub reason: Reason,
    pub on_error: OnError,
    /// When it takes longer than a rule may.
    pub on_timeout: OnError,
    /// Who answers for it; may be empty.
    pub owner: String,
    /// ISO days; it counts on both and between them.
    pub effective_from: Option<String>,
    pub effective_until: Option<String>,
    /// Key of the queue at the desk.
    pub queue: Option<String>,
    /// `urgent`, `high`, `normal` or `low`.
    pub priority: Option<String>,
    /// Set when the condition holds.
    pub flags: Vec<String>,
    /// The question that is searched: `{question}` stands for the one asked.
    pub rewrite: Option<String>,
    /// Name of the task profile that answers.
    pub model: Option<String>,
    pub tests: Vec<RuleTest>,
    /// The condition as written.
    pub source: String,
    pub(crate) condition: Condition,
}

impl Rule {
    /// Whether it counts on `day`, an ISO day.
    pub(crate) fn is_effective(&self, day: &str) -> bool {
        let from = self.effective_from.as_deref();
        let until = self.effective_until.as_deref();
        from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
    }
}

/// A topic or an intent, taught by examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicExamples {
    pub label: String,
    pub examples: Vec<String>,
    /// Key of the department whose matter it is; empty: nobody said.
    pub department: String,
}

/// Rules, topics and intents, checked and compiled.
pub struct RuleSet {
    rules: Vec<Rule>,
    topics: Vec<TopicExamples>,
    intents: Vec<TopicExamples>,
    department: String,
    title: String,
    language: Arc<Env>,
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet")
            .field("rules", &self.rules)
            .field("topics", &self.topics.len())
            .field("intents", &self.intents.len())
            .finish_non_exhaustive()
    }
}

/// Why a rules file can't be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RuleError {
    /// The file is no TOML of the documented shape.
    #[error("rules, line {line}: {message}")]
    File { line: usize, message: String },
    /// A rule is wrong.
    #[error("rule '{rule}', line {line}: {message}")]
    Rule {
        rule: String,
        line: usize,
        message: String,
    },
    /// A topic or an intent is wrong.
    #[error("topic '{topic}', line {line}: {message}")]
    Topic {
        topic: String,
        line: usize,
        message: String,
    },
}

impl RuleSet {
    /// Reads a rules file. The error names the rule or topic, the line, and what to do.
    pub fn parse(toml: &str) -> Result<Self, RuleError> {
        file::read(toml)
    }

    /// Joins the rules of several departments, each given by its key and its file, into one file:
    /// the rules in that order, what one topic or intent is taught by in all of them put together.
    /// The result is a rules file that can be read; an id that stands in two of them is refused.
    pub fn merge(texts: &[(&str, &str)]) -> Result<String, RuleError> {
        let joined = merge::joined(texts)?;
        Self::parse(&joined)?;
        Ok(joined)
    }

    /// The rules in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The topics in the order of the file.
    pub fn topics(&self) -> &[TopicExamples] {
        &self.topics
    }

    /// The intents in the order of the file.
    pub fn intents(&self) -> &[TopicExamples] {
        &self.intents
    }

    /// Key of the department that the file names as its own, or empty.
    pub fn department(&self) -> &str {
        &self.department
    }

    /// Title of the file, or empty.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The rules that name a queue: id and the queue's key.
    pub fn queues(&self) -> Vec<(&str, &str)> {
        self.naming(|rule| rule.queue.as_deref())
    }

    /// The rules that name a model: id and the name of its task profile.
    pub fn models(&self) -> Vec<(&str, &str)> {
        self.naming(|rule| rule.model.as_deref())
    }

    fn naming<'a>(&'a self, name: impl Fn(&'a Rule) -> Option<&'a str>) -> Vec<(&'a str, &'a str)> {
        self.rules
            .iter()
            .filter_map(|rule| Some((rule.id.as_str(), name(rule)?)))
            .collect()
    }

    pub(crate) fn language(&self) -> &Arc<Env> {
        &self.language
    }
}
