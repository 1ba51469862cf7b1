//! Rules as people read them.

use super::{Rule, RuleSet};
use std::fmt::Write as _;

/// A rule for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleInWords {
    pub id: String,
    pub title: String,
    pub stage: &'static str,
    /// As written.
    pub condition: String,
    /// What it does.
    pub action: String,
    /// What the asker is told, in English or the first language that it has.
    pub message: String,
    /// Who answers for it, or empty.
    pub owner: String,
    /// From and until when it counts; empty: always.
    pub effective: String,
    /// How many tests it has.
    pub tests: usize,
}

impl RuleSet {
    /// The rules as people read them, in the order of the file.
    pub fn summaries(&self) -> Vec<RuleInWords> {
        self.rules().iter().map(in_words).collect()
    }
}

fn in_words(rule: &Rule) -> RuleInWords {
    RuleInWords {
        id: rule.id.clone(),
        title: rule.title.clone(),
        stage: rule.stage.as_str(),
        condition: rule.source.trim().to_owned(),
        action: action(rule),
        message: rule.message.in_language("en").to_owned(),
        owner: rule.owner.clone(),
        effective: effective(rule),
        tests: rule.tests.len(),
    }
}

/// 'send it to a person, queue hr, priority high; flags: leave'.
fn action(rule: &Rule) -> String {
    let mut words = rule.action.in_words().to_owned();
    for (name, value) in [
        ("queue", &rule.queue),
        ("priority", &rule.priority),
        ("model", &rule.model),
        ("as", &rule.rewrite),
    ] {
        if let Some(value) = value {
            let _ = write!(words, ", {name} {value}");
        }
    }
    if !rule.flags.is_empty() {
        let _ = write!(words, "; flags: {}", rule.flags.join(", "));
    }
    words
}

fn effective(rule: &Rule) -> String {
    match (&rule.effective_from, &rule.effective_until) {
        (None, None) => String::new(),
        (Some(from), None) => format!("from {from}"),
        (None, Some(until)) => format!("until {until}"),
        (Some(from), Some(until)) => format!("from {from} until {until}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_told_in_words() {
        let rules = RuleSet::parse(
            "[[rule]]\nid = 'leave'\ntitle = 'Leave'\nstage = 'question'\ncondition = 'words > 1'\n\
             action = 'escalate'\nqueue = 'hr'\npriority = 'high'\nflags = ['leave']\n\
             message = { en = 'HR has it.', de = 'HR hat sie.' }\nowner = 'Lea Berg'\n\
             effective_from = '2026-01-01'\n[[rule.test]]\nquestion = 'May I go?'\nexpect = 'this'\n",
        )
        .unwrap();
        let [told] = rules.summaries().try_into().unwrap();
        assert_eq!(
            told.action,
            "send it to a person, queue hr, priority high; flags: leave"
        );
        assert_eq!(told.effective, "from 2026-01-01");
        assert_eq!((told.message.as_str(), told.tests), ("HR has it.", 1));
        assert_eq!((told.owner.as_str(), told.stage), ("Lea Berg", "question"));
    }
}
