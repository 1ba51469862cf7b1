//! Whether rules may go live: whether they can be read, name what there is, and pass their tests.

use super::{Examples, RuleSource};
use crate::app::App;
use crate::config::Config;
use crate::error::AppResult;
use crate::pipeline;
use inhouse_guardrails::{RuleError, RuleSet};
use inhouse_protocol::{Role, RuleFault, RuleTestResult, RulesCheck};
use inhouse_retrieval::{Embedder, RetrievalError};

/// What rules are checked against.
pub(crate) struct Bench<'a> {
    /// Embeds examples and questions.
    pub(crate) embedder: Embedder,
    /// What was embedded before.
    pub(crate) examples: &'a Examples,
    /// Keys of the queues at the desk; none where they aren't known: then none is looked for.
    pub(crate) queues: Option<Vec<String>>,
    /// Names of the profiles that the action `model` may choose.
    pub(crate) profiles: Vec<&'a str>,
    /// The day on which a test without one of its own is judged, such as `2026-11-21`.
    pub(crate) today: String,
}

impl<'a> Bench<'a> {
    /// As things stand in this instance.
    pub(crate) async fn of(app: &'a App) -> AppResult<Self> {
        Ok(Self {
            embedder: app.search().retriever.embedder().clone(),
            examples: app.examples(),
            queues: Some(app.store.queue_keys().await?),
            profiles: app.config.inference.profile_names(),
            today: app.store.now().day().to_string(),
        })
    }

    /// Faults, and, where the rules can be read, how each of their tests came out.
    pub(crate) async fn check(&self, text: &str) -> Result<RulesCheck, RetrievalError> {
        match RuleSource::given(text) {
            Err(error) => Ok(refused(&error)),
            Ok(source) => Ok(RulesCheck {
                faults: unknown(text, &source.set, self.queues.as_deref(), &self.profiles),
                tests: self.run_tests(source).await?,
            }),
        }
    }

    /// Judges the question of each test by the rules, with what it measures where the test gives
    /// no value of its own, asked by an employee.
    async fn run_tests(&self, source: RuleSource) -> Result<Vec<RuleTestResult>, RetrievalError> {
        let tests = source.set.tests();
        let questions = tests.iter().map(|test| test.question.clone()).collect();
        let vectors = self.examples.embed(&self.embedder, questions).await?;
        let rules = source.teach(&self.embedder, self.examples).await?;
        let today = self.today.clone();
        let judge = move || {
            let results = tests.iter().zip(vectors).map(|(test, vector)| {
                let mut signals = pipeline::signals_of(&test.question, &vector, &rules);
                Role::Employee.as_str().clone_into(&mut signals.role);
                test.apply(&mut signals);
                let verdict = rules.set.judge(test.stage, &signals, test.day(&today));
                RuleTestResult {
                    rule: test.rule.clone(),
                    question: test.question.clone(),
                    expected: test.expected(),
                    came: test.came(&verdict),
                    passed: test.passes(&verdict),
                }
            });
            results.collect()
        };
        Ok(tokio::task::spawn_blocking(judge).await?)
    }
}

/// The fault of rules that can't be read.
pub(crate) fn unreadable(text: &str) -> Option<RulesCheck> {
    RuleSet::parse(text).err().map(|error| refused(&error))
}

fn refused(error: &RuleError) -> RulesCheck {
    RulesCheck {
        faults: vec![fault(error)],
        tests: Vec::new(),
    }
}

fn fault(error: &RuleError) -> RuleFault {
    let (line, message) = match error {
        RuleError::File { line, message } => (line, message.clone()),
        RuleError::Rule {
            rule,
            line,
            message,
        } => (line, format!("rule '{rule}': {message}")),
        RuleError::Topic {
            topic,
            line,
            message,
        } => (line, format!("topic '{topic}': {message}")),
    };
    RuleFault {
        line: u64::try_from(*line).ok(),
        message,
    }
}

/// Why rules can't go live, in a sentence; none where they can.
pub(crate) fn problem(check: &RulesCheck) -> Option<String> {
    let faults = check.faults.iter().map(|fault| match fault.line {
        Some(line) => format!("line {line}: {}", fault.message),
        None => fault.message.clone(),
    });
    let failed = check.tests.iter().filter(|test| !test.passed);
    let failed = failed.map(|test| {
        format!(
            "the test '{}' of '{}' expects {}, and got {}",
            test.question, test.rule, test.expected, test.came
        )
    });
    let mut problems = faults.chain(failed);
    let first = problems.next()?;
    Some(match problems.count() {
        0 => format!("These rules can't go live: {first}."),
        more => format!("These rules can't go live: {first}; and {more} more."),
    })
}

/// What the rules name that isn't there.
fn unknown(
    text: &str,
    set: &RuleSet,
    queues: Option<&[String]>,
    profiles: &[&str],
) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    for (rule, queue) in set.queues() {
        if queues.is_some_and(|known| known.iter().all(|key| key != queue)) {
            faults.push(RuleFault {
                line: line_naming(text, "queue", queue),
                message: format!(
                    "rule '{rule}': there is no queue '{queue}' at the desk; make it there first, or \
                     name another"
                ),
            });
        }
    }
    for (rule, profile) in set.models() {
        if !profiles.contains(&profile) {
            faults.push(RuleFault {
                line: line_naming(text, "model", profile),
                message: format!(
                    "rule '{rule}': there is no profile '{profile}' in inference.profiles; use one \
                     of {}",
                    profiles.join(", ")
                ),
            });
        }
    }
    faults
}

/// The first line, from 1, that gives this value to this name.
fn line_naming(text: &str, name: &str, value: &str) -> Option<u64> {
    let names = |line: &str| {
        line.trim_start()
            .strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with('=') && rest.contains(value))
    };
    (1..)
        .zip(text.lines())
        .find(|(_, line)| names(line))
        .map(|(number, _)| number)
}

/// What the rules in force here name that isn't at the desk, in words: they go to the queue that
/// takes everything else.
pub(crate) fn missing_queues(set: &RuleSet, queues: &[String], config: &Config) -> Vec<String> {
    let profiles = config.inference.profile_names();
    unknown("", set, Some(queues), &profiles)
        .into_iter()
        .map(|fault| fault.message)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
[[rule]]
id = "to-sales"
title = "Sales answer that"
stage = "question"
condition = "words > 99"
action = "escalate"
message = "Sales have it."
queue = "sales"
"#;

    #[test]
    fn a_queue_that_is_not_there_is_named_with_its_line() {
        let set = RuleSet::parse(RULES).unwrap();
        let known = ["legal".to_owned()];
        let faults = unknown(RULES, &set, Some(&known), &["answer"]);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].line, Some(9));
        assert!(faults[0].message.contains("'sales'"), "{:?}", faults[0]);
        let known = ["sales".to_owned()];
        assert!(unknown(RULES, &set, Some(&known), &["answer"]).is_empty());
        assert!(unknown(RULES, &set, None, &["answer"]).is_empty());
    }

    #[test]
    fn a_fault_of_the_file_keeps_its_line() {
        let error = RuleSet::parse("[[rule]]\nid = 5\n").unwrap_err();
        let fault = fault(&error);
        assert!(fault.line.is_some_and(|line| line <= 2), "{fault:?}");
        assert!(!fault.message.is_empty());
    }

    #[test]
    fn what_keeps_rules_from_going_live_is_said_with_how_much_more_there_is() {
        let test = |passed| RuleTestResult {
            rule: "gifts".into(),
            question: "May I?".into(),
            expected: "this rule".into(),
            came: "no rule".into(),
            passed,
        };
        let mut check = RulesCheck {
            faults: Vec::new(),
            tests: vec![test(true)],
        };
        assert_eq!(problem(&check), None);
        check.tests.push(test(false));
        let said = problem(&check).unwrap_or_default();
        assert!(said.contains("'gifts'") && !said.contains("more"), "{said}");
        check.faults.push(RuleFault {
            line: Some(3),
            message: "no".into(),
        });
        let said = problem(&check).unwrap_or_default();
        assert!(said.contains("line 3: no; and 1 more"), "{said}");
    }

    #[test]
    fn the_line_of_a_value_is_the_one_that_gives_it() {
        let text = "# queue = \"hr\"\nqueue_of = \"hr\"\n  queue = \"hr\"\n";
        assert_eq!(line_naming(text, "queue", "hr"), Some(3));
        assert_eq!(line_naming(text, "queue", "sales"), None);
    }
}
