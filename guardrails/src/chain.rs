//! Where a rule is judged: the first rule of the stage whose condition holds decides; those that let
//! the question go on add up.

use crate::personal;
use crate::rules::{Action, Messages, OnError, Reason, Rule, RuleSet, Stage};
use crate::signals::{SignalValue, Signals};
use std::time::{Duration, Instant};

/// The longest that judging one condition may take. Conditions are bounded when they are loaded, so
/// this is reached only where something is wrong.
const LONGEST: Duration = Duration::from_millis(20);

/// What the rules of a stage say.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdict {
    /// `None`: no rule decided, go on. Never an action that [goes on](Action::goes_on).
    pub action: Option<Action>,
    /// The rule that decided.
    pub rule: Option<Decision>,
    /// The rules whose message stands above the answer, in order.
    pub cautions: Vec<Decision>,
    /// The first rule that wants the answer in quotes only, where the question goes on.
    pub quotes: Option<Decision>,
    /// The first rule that wants the personal data in the question masked.
    pub redact: Option<Decision>,
    /// The question to search instead, by the first rule that has one; masked where `redact` is
    /// given.
    pub rewrite: Option<String>,
    /// Name of the task profile that answers, by the first rule that names one.
    pub model: Option<String>,
    /// Flags of all rules whose condition held, each once.
    pub flags: Vec<String>,
    /// How each rule of the stage saw it, up to the one that decided.
    pub trace: Vec<RuleTrace>,
}

/// A rule that applied, as far as others need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub id: String,
    pub title: String,
    /// What the asker is told.
    pub message: Messages,
    /// Why it goes to a person, where it does.
    pub reason: Reason,
    /// An issue is made in the ticket tracker.
    pub ticket: bool,
    /// Key of the queue that it goes to, where it goes to a person and the rule names one.
    pub queue: Option<String>,
    /// `urgent`, `high`, `normal` or `low`, likewise.
    pub priority: Option<String>,
}

impl Decision {
    /// What the asker is told in the language of this code, else in English or the first language
    /// that there is.
    pub fn message(&self, language: &str) -> &str {
        self.message.in_language(language)
    }
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
    /// Judges the rules of `stage` that count `today`, an ISO day, in the order of the file; the
    /// first that holds decides. A rule whose action goes on only adds to the verdict: those after
    /// it are judged as well.
    pub fn judge(&self, stage: Stage, signals: &Signals, today: &str) -> Verdict {
        self.judge_within(LONGEST, stage, signals, today)
    }

    fn judge_within(
        &self,
        longest: Duration,
        stage: Stage,
        signals: &Signals,
        today: &str,
    ) -> Verdict {
        let mut verdict = Verdict::default();
        let mut rewrite = None;
        let of_stage = self.rules().iter().filter(|rule| rule.stage == stage);
        for rule in of_stage.filter(|rule| rule.is_effective(today)) {
            let (result, action) = self.result(rule, signals, longest);
            let failed = matches!(result, RuleResult::Failed { .. });
            if matches!(result, RuleResult::Matched(_)) {
                verdict.add_flags(rule);
            }
            verdict.trace.push(RuleTrace {
                rule: rule.id.clone(),
                title: rule.title.clone(),
                stage,
                result,
                seen: seen(rule, signals),
            });
            let Some(action) = action else { continue };
            if action == Action::Rewrite && rewrite.is_none() {
                rewrite.clone_from(&rule.rewrite);
            }
            if !verdict.goes_on(rule, action, failed) {
                verdict.action = Some(action);
                verdict.rule = Some(decision(rule, action, failed));
                break;
            }
        }
        verdict.rewrite = rewrite.map(|rewrite| match verdict.redact {
            Some(_) => rewrite.replace("{question}", &personal::mask(&signals.question)),
            None => rewrite.replace("{question}", &signals.question),
        });
        verdict
    }

    /// How a rule sees the signals, and what it does.
    fn result(
        &self,
        rule: &Rule,
        signals: &Signals,
        longest: Duration,
    ) -> (RuleResult, Option<Action>) {
        let timed = || {
            let start = Instant::now();
            let holds = rule.condition.holds(self.language(), signals);
            (holds, start.elapsed())
        };
        let (mut holds, mut took) = timed();
        if took >= longest {
            // A busy machine may have taken the time: a condition that is slow is so twice.
            (holds, took) = timed();
        }
        let (error, fail) = match holds {
            _ if took >= longest => (
                format!("it took longer than {} ms", longest.as_millis()),
                rule.on_timeout,
            ),
            Ok(true) => return (RuleResult::Matched(rule.action), Some(rule.action)),
            Ok(false) => return (RuleResult::NotMatched, None),
            Err(error) => (error, rule.on_error),
        };
        let action = match fail {
            OnError::Skip => None,
            OnError::Take(action) => Some(action),
        };
        (RuleResult::Failed { error, action }, action)
    }
}

impl Verdict {
    fn add_flags(&mut self, rule: &Rule) {
        for flag in &rule.flags {
            if !self.flags.contains(flag) {
                self.flags.push(flag.clone());
            }
        }
    }

    /// Takes over what a rule does that lets the question go on; false when it decides.
    fn goes_on(&mut self, rule: &Rule, action: Action, failed: bool) -> bool {
        let decision = || decision(rule, action, failed);
        match action {
            Action::Caution => self.cautions.push(decision()),
            Action::Quotes => {
                self.quotes.get_or_insert_with(decision);
            }
            Action::Redact => {
                self.redact.get_or_insert_with(decision);
            }
            Action::Model => self.model = self.model.take().or_else(|| rule.model.clone()),
            Action::Rewrite | Action::Flag => {}
            Action::Answer
            | Action::Decline
            | Action::Escalate
            | Action::Ticket
            | Action::Refuse => return false,
        }
        true
    }
}

/// A rule that failed says nothing of its own to the asker: its message may not fit.
fn decision(rule: &Rule, action: Action, failed: bool) -> Decision {
    let person = action.reaches_a_person();
    Decision {
        id: rule.id.clone(),
        title: rule.title.clone(),
        message: match action {
            _ if !failed || action == rule.action => rule.message.clone(),
            Action::Escalate | Action::Ticket => Messages::of(
                "Your question could not be judged automatically. Legal has it.",
                "Ihre Frage konnte nicht automatisch beurteilt werden. Legal hat sie erhalten.",
            ),
            Action::Decline | Action::Refuse => Messages::of(
                "Your question could not be judged automatically. Please ask Legal directly.",
                "Ihre Frage konnte nicht automatisch beurteilt werden. Bitte fragen Sie Legal \
                 direkt.",
            ),
            Action::Caution => Messages::of(
                "A rule about this question could not be judged. Ask Legal before you act on the \
                 answer.",
                "Eine Regel zu dieser Frage konnte nicht beurteilt werden. Fragen Sie Legal, bevor \
                 Sie nach der Antwort handeln.",
            ),
            Action::Answer
            | Action::Quotes
            | Action::Redact
            | Action::Rewrite
            | Action::Model
            | Action::Flag => Messages::default(),
        },
        reason: rule.reason,
        ticket: action == Action::Ticket,
        queue: rule.queue.clone().filter(|_| person),
        priority: rule.priority.clone().filter(|_| person),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(more: &str) -> RuleSet {
        RuleSet::parse(&format!(
            "[[rule]]\nid = 'one'\ntitle = 'One'\nstage = 'question'\ncondition = 'words > 1'\n\
             action = 'decline'\nmessage = 'No.'\n{more}\n"
        ))
        .unwrap()
    }

    fn overrun(rules: &RuleSet) -> Verdict {
        let signals = Signals::of_question("May I?");
        rules.judge_within(Duration::ZERO, Stage::Question, &signals, "2026-03-31")
    }

    #[test]
    fn a_rule_that_overruns_its_time_takes_its_fail_mode_and_says_so() {
        let verdict = overrun(&rules(""));
        assert_eq!(verdict.action, Some(Action::Escalate));
        assert_eq!(
            verdict.trace[0].in_words(),
            "'One' could not be judged (it took longer than 0 ms), so: send it to a person. It saw \
             words 2."
        );
        assert_eq!(overrun(&rules("on_error = 'skip'")).action, None);
        let other = overrun(&rules("on_error = 'skip'\non_timeout = 'refuse'"));
        assert_eq!(other.action, Some(Action::Refuse));
    }

    #[test]
    fn a_rule_that_overruns_sets_no_flags() {
        let flags = "flags = ['seen']\non_error = 'flag'";
        assert!(overrun(&rules(flags)).flags.is_empty());
    }
}
