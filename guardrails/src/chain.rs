//! Where a rule is judged: the first rule of the stage whose condition holds decides.

use crate::rules::{Action, OnError, Reason, Rule, RuleSet, Stage};
use crate::signals::{SignalValue, Signals};

/// What the rules of a stage say.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// `None`: no rule decided, go on. Never [`Action::Quotes`].
    pub action: Option<Action>,
    /// The rule that decided.
    pub rule: Option<Decision>,
    /// The first rule that wants the answer in quotes only, where the question goes on.
    pub quotes: Option<Decision>,
    /// How each rule of the stage saw it, up to the one that decided.
    pub trace: Vec<RuleTrace>,
}

/// The rule that decided, as far as others need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub id: String,
    pub title: String,
    /// What the asker is told.
    pub message: String,
    /// Why it goes to a person, where it does.
    pub reason: Reason,
    /// An issue is made in the ticket tracker.
    pub ticket: bool,
}

/// How one rule saw the signals.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTrace {
    /// The rule's id.
    pub rule: String,
    pub title: String,
    pub stage: Stage,
    pub result: RuleResult,
    /// The signals that its condition reads.
    pub seen: Vec<Seen>,
}

/// A signal as a rule saw it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    pub name: String,
    pub value: SignalValue,
}

/// What judging a rule gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleResult {
    /// It decided.
    Matched(Action),
    NotMatched,
    /// It could not be judged. With an action, that action decided.
    Failed {
        error: String,
        action: Option<Action>,
    },
}

impl RuleTrace {
    /// One sentence for the people at the desk.
    pub fn in_words(&self) -> String {
        let said = match &self.result {
            RuleResult::Matched(action) => format!("decided: {}", action.in_words()),
            RuleResult::NotMatched => "did not apply".to_owned(),
            RuleResult::Failed {
                error,
                action: Some(action),
            } => format!("could not be judged ({error}), so: {}", action.in_words()),
            RuleResult::Failed {
                error,
                action: None,
            } => format!("could not be judged ({error}) and was passed over"),
        };
        // The question stands above the trace already.
        let seen: Vec<String> = self
            .seen
            .iter()
            .filter(|seen| seen.name != "question")
            .map(|seen| format!("{} {}", seen.name.replace('_', " "), seen.value))
            .collect();
        let seen = if seen.is_empty() {
            String::new()
        } else {
            format!(" It saw {}.", seen.join(", "))
        };
        format!("'{}' {said}.{seen}", self.title)
    }
}

impl RuleSet {
    /// Judges the rules of `stage` in the order of the file; the first that holds decides. A rule
    /// for quotes only says how to answer: those after it are judged as well.
    pub fn judge(&self, stage: Stage, signals: &Signals) -> Verdict {
        let mut trace = Vec::new();
        let mut quotes = None;
        for rule in self.rules().iter().filter(|rule| rule.stage == stage) {
            let (result, action) = match rule.condition.holds(self.language(), signals) {
                Ok(true) => (RuleResult::Matched(rule.action), Some(rule.action)),
                Ok(false) => (RuleResult::NotMatched, None),
                Err(error) => {
                    let action = match rule.on_error {
                        OnError::Skip => None,
                        OnError::Take(action) => Some(action),
                    };
                    (RuleResult::Failed { error, action }, action)
                }
            };
            let failed = matches!(result, RuleResult::Failed { .. });
            trace.push(RuleTrace {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                stage,
                result,
                seen: seen(rule, signals),
            });
            match action {
                None => {}
                Some(Action::Quotes) => {
                    quotes.get_or_insert_with(|| decision(rule, Action::Quotes, failed));
                }
                Some(action) => {
                    return Verdict {
                        action: Some(action),
                        rule: Some(decision(rule, action, failed)),
                        quotes,
                        trace,
                    };
                }
            }
        }
        Verdict {
            action: None,
            rule: None,
            quotes,
            trace,
        }
    }
}

/// A rule that failed says nothing of its own to the asker: its message may not fit.
fn decision(rule: &Rule, action: Action, failed: bool) -> Decision {
    Decision {
        id: rule.id.clone(),
        title: rule.title.clone(),
        message: match action {
            _ if !failed || action == rule.action => rule.message.clone(),
            Action::Escalate | Action::Ticket => {
                "Your question could not be judged automatically. Legal has it.".to_owned()
            }
            Action::Decline | Action::Refuse => {
                "Your question could not be judged automatically. Please ask Legal directly."
                    .to_owned()
            }
            Action::Answer | Action::Quotes => String::new(),
        },
        reason: rule.reason,
        ticket: action == Action::Ticket,
    }
}

fn seen(rule: &Rule, signals: &Signals) -> Vec<Seen> {
    rule.condition
        .reads()
        .iter()
        .filter_map(|name| {
            signals.value(name).map(|value| Seen {
                name: (*name).to_owned(),
                value,
            })
        })
        .collect()
}
