//! The rules file: its format, and reading it with errors that name the rule and the line.

mod fits;

use super::rule_test::{Expect, RuleTest};
use super::{Action, Messages, OnError, Reason, Rule, RuleError, RuleSet, Stage, TopicExamples};
use crate::condition::{Condition, language};
use crate::signals::{SIGNALS, SignalValue, Signals};
use cel::Env;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use toml::Spanned;

/// Fewest examples of a topic.
const MIN_EXAMPLES: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    rule: Vec<Spanned<RuleEntry>>,
    #[serde(default)]
    topic: Vec<Spanned<TopicEntry>>,
    #[serde(default)]
    intent: Vec<Spanned<TopicEntry>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Meta {
    department: String,
    title: String,
    /// Ids of rules of other files in whose place this file's rules stand.
    pub(super) replaces: Vec<String>,
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
    message: Messages,
    #[serde(default)]
    reason: Option<Reason>,
    #[serde(default)]
    ticket: bool,
    #[serde(default)]
    on_error: Option<FailEntry>,
    #[serde(default)]
    on_timeout: Option<FailEntry>,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    effective_from: Option<String>,
    #[serde(default)]
    effective_until: Option<String>,
    #[serde(default)]
    queue: Option<String>,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default)]
    flags: Vec<String>,
    #[serde(default)]
    rewrite: Option<String>,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    test: Vec<Spanned<TestEntry>>,
}

/// What a rule may do where it can't be judged: everything that needs no more said.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum FailEntry {
    Skip,
    Answer,
    Caution,
    Quotes,
    Redact,
    Flag,
    Decline,
    Escalate,
    Ticket,
    Refuse,
}

impl From<FailEntry> for OnError {
    fn from(entry: FailEntry) -> Self {
        Self::Take(match entry {
            FailEntry::Skip => return Self::Skip,
            FailEntry::Answer => Action::Answer,
            FailEntry::Caution => Action::Caution,
            FailEntry::Quotes => Action::Quotes,
            FailEntry::Redact => Action::Redact,
            FailEntry::Flag => Action::Flag,
            FailEntry::Decline => Action::Decline,
            FailEntry::Escalate => Action::Escalate,
            FailEntry::Ticket => Action::Ticket,
            FailEntry::Refuse => Action::Refuse,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TestEntry {
    question: String,
    expect: String,
    #[serde(default)]
    signals: BTreeMap<String, ValueEntry>,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a signal is true or false, a number, a text, or a list of texts"
)]
enum ValueEntry {
    Flag(bool),
    Whole(i64),
    Share(f64),
    Text(String),
    List(Vec<String>),
}

impl From<ValueEntry> for SignalValue {
    fn from(entry: ValueEntry) -> Self {
        match entry {
            ValueEntry::Flag(flag) => Self::Flag(flag),
            ValueEntry::Whole(number) => Self::Whole(number),
            ValueEntry::Share(number) => Self::Share(number),
            ValueEntry::Text(text) => Self::Text(text),
            ValueEntry::List(list) => Self::List(list),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TopicEntry {
    label: String,
    examples: Vec<String>,
    #[serde(default)]
    department: String,
}

/// Reads a rules file.
pub(super) fn read(toml: &str) -> Result<RuleSet, RuleError> {
    let file: File = toml::from_str(toml).map_err(|error| file_error(toml, &error))?;
    let language = language();
    let mut ids = BTreeSet::new();
    let mut rules = Vec::with_capacity(file.rule.len());
    for entry in file.rule {
        let line = line_of(toml, entry.span().start);
        let rule = read_rule(toml, &language, line, entry.into_inner())?;
        if !ids.insert(rule.id.clone()) {
            return Err(RuleError::Rule {
                rule: rule.id,
                line,
                message: "another rule has this id".to_owned(),
            });
        }
        rules.push(rule);
    }
    Ok(RuleSet {
        rules,
        topics: read_topics(toml, file.topic)?,
        intents: read_topics(toml, file.intent)?,
        department: file.meta.department,
        title: file.meta.title,
        language,
    })
}

/// What is wrong with a file that has not the shape of one.
pub(super) fn file_error(toml: &str, error: &toml::de::Error) -> RuleError {
    RuleError::File {
        line: error.span().map_or(1, |span| line_of(toml, span.start)),
        message: error.message().to_owned(),
    }
}

fn read_rule(
    toml: &str,
    language: &Arc<Env>,
    line: usize,
    entry: RuleEntry,
) -> Result<Rule, RuleError> {
    let id = entry.id.clone();
    let wrong = |line: usize, message: String| RuleError::Rule {
        rule: id.clone(),
        line,
        message,
    };
    let action = fits::action_of(&entry).map_err(|message| wrong(line, message))?;
    let default = match action {
        Action::Flag => OnError::Skip,
        _ => OnError::Take(Action::Escalate),
    };
    let on_error = entry.on_error.map_or(default, OnError::from);
    let on_timeout = entry.on_timeout.map_or(on_error, OnError::from);
    fits::check(&entry, action, [on_error, on_timeout]).map_err(|message| wrong(line, message))?;
    let condition_line = line_of(toml, entry.condition.span().start);
    let condition = Condition::compile(language, entry.stage, entry.condition.get_ref())
        .map_err(|message| wrong(condition_line, message))?;
    let day = entry.effective_from.as_ref();
    let day = day.or(entry.effective_until.as_ref()).cloned();
    let mut tests = Vec::with_capacity(entry.test.len());
    for test in entry.test {
        let line = line_of(toml, test.span().start);
        let test = read_test(&entry.id, entry.stage, day.clone(), test.into_inner());
        tests.push(test.map_err(|message| wrong(line, message))?);
    }
    Ok(Rule {
        stage: entry.stage,
        action,
        reason: entry.reason.unwrap_or_default(),
        on_error,
        on_timeout,
        source: entry.condition.into_inner(),
        condition,
        id: entry.id,
        title: entry.title,
        message: entry.message,
        owner: entry.owner.trim().to_owned(),
        effective_from: entry.effective_from,
        effective_until: entry.effective_until,
        queue: entry.queue,
        priority: entry.priority,
        flags: entry.flags,
        rewrite: entry.rewrite,
        model: entry.model,
        tests,
    })
}

fn read_test(
    rule: &str,
    stage: Stage,
    day: Option<String>,
    entry: TestEntry,
) -> Result<RuleTest, String> {
    if entry.question.trim().is_empty() {
        return Err("a test has no question".to_owned());
    }
    let mut signals = Vec::with_capacity(entry.signals.len());
    for (name, value) in entry.signals {
        let value = SignalValue::from(value);
        if !Signals::default().set(&name, value.clone()) {
            let kind = SIGNALS.iter().find(|signal| signal.name == name);
            return Err(match kind {
                Some(signal) if name != "grounding" => {
                    format!("in a test, '{name}' has to be of the type {}", signal.kind)
                }
                Some(_) => "in a test, give sentences and grounded: 'grounding' follows from them"
                    .to_owned(),
                None => format!("a test gives '{name}', but there is no such signal"),
            });
        }
        signals.push((name, value));
    }
    Ok(RuleTest {
        rule: rule.to_owned(),
        stage,
        question: entry.question,
        expect: Expect::read(entry.expect.trim()),
        signals,
        day,
    })
}

fn read_topics(
    toml: &str,
    entries: Vec<Spanned<TopicEntry>>,
) -> Result<Vec<TopicExamples>, RuleError> {
    let mut labels = BTreeSet::new();
    let mut topics = Vec::with_capacity(entries.len());
    for entry in entries {
        let line = line_of(toml, entry.span().start);
        let topic = read_topic(line, entry.into_inner())?;
        if !labels.insert(topic.label.clone()) {
            return Err(RuleError::Topic {
                topic: topic.label,
                line,
                message: "another one has this label; put their examples together".to_owned(),
            });
        }
        topics.push(topic);
    }
    Ok(topics)
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
            "at least {MIN_EXAMPLES} examples are needed, there are {}",
            distinct.len()
        )
    } else {
        return Ok(TopicExamples {
            label: entry.label,
            examples: entry.examples,
            department: entry.department,
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
