//! The rules file: its format, and reading it with errors that name the rule and the line.

use crate::condition::{Condition, language};
use cel::Env;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use toml::Spanned;

/// Fewest examples of a topic.
const MIN_EXAMPLES: usize = 3;

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
}

impl Stage {
    /// The stage's name in the rules file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Question => "question",
            Self::Found => "found",
            Self::Written => "written",
        }
    }
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Answer, and judge no further rule of the stage.
    Answer,
    /// Answer in quotes of the documents only; the rules after it are judged as well.
    Quotes,
    /// Not ours to answer; nobody is bothered.
    Decline,
    /// A person has to answer.
    Escalate,
    /// A person has to answer, and an issue is made in the ticket tracker.
    Ticket,
    /// Not answered, as an attack.
    Refuse,
}

impl Action {
    /// The action's name in the rules file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Quotes => "quotes",
            Self::Decline => "decline",
            Self::Escalate => "escalate",
            Self::Ticket => "ticket",
            Self::Refuse => "refuse",
        }
    }

    /// The action as the end of a sentence.
    pub(crate) const fn in_words(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Quotes => "answer in quotes only",
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

/// What happens when a rule can't be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    /// As if the rule were not there.
    Skip,
    Take(Action),
}

/// A rule as it stands in the file, its condition compiled.
#[derive(Debug)]
pub struct Rule {
    pub id: String,
    /// For the people who read the trace.
    pub title: String,
    pub stage: Stage,
    pub action: Action,
    /// What the asker is told; may be empty for `answer` and `quotes`.
    pub message: String,
    pub reason: Reason,
    pub on_error: OnError,
    /// The condition as written.
    pub source: String,
    pub(crate) condition: Condition,
}

/// A topic, taught by examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicExamples {
    pub label: String,
    pub examples: Vec<String>,
}

/// Rules and topics, checked and compiled.
pub struct RuleSet {
    rules: Vec<Rule>,
    topics: Vec<TopicExamples>,
    language: Arc<Env>,
}

impl std::fmt::Debug for RuleSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RuleSet")
            .field("rules", &self.rules)
            .field("topics", &self.topics.len())
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
    /// A topic is wrong.
    #[error("topic '{topic}', line {line}: {message}")]
    Topic {
        topic: String,
        line: usize,
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Spanned<RuleEntry>>,
    #[serde(default)]
    topic: Vec<Spanned<TopicEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    title: String,
    stage: Stage,
    condition: Spanned<String>,
    action: Action,
    #[serde(default)]
    message: String,
    #[serde(default)]
    reason: Option<Reason>,
    #[serde(default)]
    ticket: bool,
    #[serde(default)]
    on_error: OnErrorEntry,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum OnErrorEntry {
    Skip,
    Answer,
    Quotes,
    Decline,
    #[default]
    Escalate,
    Ticket,
    Refuse,
}

impl From<OnErrorEntry> for OnError {
    fn from(entry: OnErrorEntry) -> Self {
        match entry {
            OnErrorEntry::Skip => Self::Skip,
            OnErrorEntry::Answer => Self::Take(Action::Answer),
            OnErrorEntry::Quotes => Self::Take(Action::Quotes),
            OnErrorEntry::Decline => Self::Take(Action::Decline),
            OnErrorEntry::Escalate => Self::Take(Action::Escalate),
            OnErrorEntry::Ticket => Self::Take(Action::Ticket),
            OnErrorEntry::Refuse => Self::Take(Action::Refuse),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicEntry {
    label: String,
    examples: Vec<String>,
}

impl RuleSet {
    /// Reads a rules file: `[[rule]]` tables with `id`, `title`, `stage`, `condition`, `action`,
    /// `message`, optionally `reason`, `ticket`, `on_error`; `[[topic]]` tables with `label` and
    /// `examples`.
    pub fn parse(toml: &str) -> Result<Self, RuleError> {
        let file: File = toml::from_str(toml).map_err(|error| RuleError::File {
            line: error.span().map_or(1, |span| line_of(toml, span.start)),
            message: error.message().to_owned(),
        })?;
        let language = language();
        let mut rules: Vec<Rule> = Vec::with_capacity(file.rule.len());
        for entry in file.rule {
            let line = line_of(toml, entry.span().start);
            let entry = entry.into_inner();
            let id = entry.id.clone();
            let duplicate = rules.iter().any(|rule| rule.id == id);
            let rule = read_rule(toml, &language, line, entry)?;
            if duplicate {
                return Err(RuleError::Rule {
                    rule: id,
                    line,
                    message: "another rule has this id; give it its own".to_owned(),
                });
            }
            rules.push(rule);
        }
        let mut labels = BTreeSet::new();
        let mut topics = Vec::with_capacity(file.topic.len());
        for entry in file.topic {
            let line = line_of(toml, entry.span().start);
            let topic = read_topic(line, entry.into_inner())?;
            if !labels.insert(topic.label.clone()) {
                return Err(RuleError::Topic {
                    topic: topic.label,
                    line,
                    message: "another topic has this label; put their examples together".to_owned(),
                });
            }
            topics.push(topic);
        }
        Ok(Self {
            rules,
            topics,
            language,
        })
    }

    /// The rules in the order of the file.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The topics in the order of the file.
    pub fn topics(&self) -> &[TopicExamples] {
        &self.topics
    }

    pub(crate) fn language(&self) -> &Arc<Env> {
        &self.language
    }
}

fn read_rule(
    toml: &str,
    language: &Arc<Env>,
    line: usize,
    entry: RuleEntry,
) -> Result<Rule, RuleError> {
    let wrong = |line: usize, message: String| RuleError::Rule {
        rule: entry.id.clone(),
        line,
        message,
    };
    let is_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if entry.id.is_empty() || !entry.id.chars().all(is_id) {
        return Err(wrong(
            line,
            "an id has small letters, digits and hyphens, such as 'off-topic'".to_owned(),
        ));
    }
    if entry.title.trim().is_empty() {
        return Err(wrong(line, "the title is empty".to_owned()));
    }
    let on_error = OnError::from(entry.on_error);
    let action = action_of(entry.action, entry.ticket, entry.stage, on_error)
        .map_err(|message| wrong(line, message))?;
    if entry.message.trim().is_empty() && !matches!(action, Action::Answer | Action::Quotes) {
        return Err(wrong(
            line,
            "the message is empty; say what the asker is told".to_owned(),
        ));
    }
    if entry.reason.is_some() && !matches!(action, Action::Escalate | Action::Ticket) {
        return Err(wrong(
            line,
            "'reason' goes with the actions 'escalate' and 'ticket' only".to_owned(),
        ));
    }
    let condition_line = line_of(toml, entry.condition.span().start);
    let condition = Condition::compile(language, entry.stage, entry.condition.get_ref())
        .map_err(|message| wrong(condition_line, message))?;
    Ok(Rule {
        stage: entry.stage,
        action,
        reason: entry.reason.unwrap_or_default(),
        on_error,
        source: entry.condition.into_inner(),
        condition,
        id: entry.id,
        title: entry.title,
        message: entry.message.trim().to_owned(),
    })
}

/// What a rule does, its ticket with it. The error says what doesn't go together.
fn action_of(
    action: Action,
    ticket: bool,
    stage: Stage,
    on_error: OnError,
) -> Result<Action, String> {
    let quotes = action == Action::Quotes || on_error == OnError::Take(Action::Quotes);
    if quotes && stage == Stage::Written {
        return Err(
            "'quotes' goes with the stages 'question' and 'found': at 'written' the answer is there"
                .to_owned(),
        );
    }
    match (action, ticket) {
        (Action::Escalate, true) => Ok(Action::Ticket),
        (Action::Answer | Action::Quotes | Action::Decline | Action::Refuse, true) => Err(format!(
            "'ticket' goes with the action 'escalate', not with '{}'",
            action.as_str()
        )),
        (action, _) => Ok(action),
    }
}

fn read_topic(line: usize, entry: TopicEntry) -> Result<TopicExamples, RuleError> {
    let distinct: BTreeSet<&str> = entry
        .examples
        .iter()
        .map(|example| example.trim())
        .filter(|example| !example.is_empty())
        .collect();
    let message = if entry.label.trim().is_empty() {
        "the label is empty".to_owned()
    } else if distinct.len() < entry.examples.len() {
        "an example is empty or stands there twice".to_owned()
    } else if distinct.len() < MIN_EXAMPLES {
        format!(
            "a topic needs at least {MIN_EXAMPLES} examples, this one has {}",
            distinct.len()
        )
    } else {
        return Ok(TopicExamples {
            label: entry.label,
            examples: entry.examples,
        });
    };
    Err(RuleError::Topic {
        topic: entry.label,
        line,
        message,
    })
}

/// Line of a byte offset, from 1.
fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset)
        .map_or(1, |before| 1 + before.matches('\n').count())
}
