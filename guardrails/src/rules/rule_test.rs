//! Tests that a rule brings with it: questions, and what is to become of them.

use super::{RuleSet, Stage};
use crate::chain::{RuleResult, Verdict};
use crate::signals::{SignalValue, Signals};

/// A question, and which rule is to decide it.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTest {
    /// Id of the rule that brings it.
    pub rule: String,
    /// The stage of that rule.
    pub stage: Stage,
    pub question: String,
    pub expect: Expect,
    /// Signals that are given; all others are measured.
    pub signals: Vec<(String, SignalValue)>,
    /// A day on which the rule counts, where it doesn't always.
    pub(super) day: Option<String>,
}

/// What a test expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// The rule that brings the test holds.
    This,
    /// It doesn't.
    NotThis,
    /// The rule with this id holds.
    Rule(String),
    /// No rule decides: the question goes on.
    Nothing,
}

impl Expect {
    /// As it stands in the rules file: `this`, `not this`, `none`, or a rule's id.
    pub(super) fn read(text: &str) -> Self {
        match text {
            "this" => Self::This,
            "not this" => Self::NotThis,
            "none" => Self::Nothing,
            id => Self::Rule(id.to_owned()),
        }
    }
}

impl RuleTest {
    /// Sets the signals that the test gives.
    pub fn apply(&self, signals: &mut Signals) {
        for (name, value) in &self.signals {
            // The file was refused where a signal can't have the value.
            signals.set(name, value.clone());
        }
    }

    /// Whether the test gives `signal`, so that it need not be measured.
    pub fn gives(&self, signal: &str) -> bool {
        self.signals.iter().any(|(name, _)| name == signal)
    }

    /// The day to judge on: `today`, or the first or last on which the rule counts.
    pub fn day<'a>(&'a self, today: &'a str) -> &'a str {
        self.day.as_deref().unwrap_or(today)
    }

    /// Whether the rules of its stage did what it expects.
    pub fn passes(&self, verdict: &Verdict) -> bool {
        let held = |id: &str| held(verdict).any(|rule| rule == id);
        match &self.expect {
            Expect::This => held(&self.rule),
            Expect::NotThis => !held(&self.rule),
            Expect::Rule(id) => held(id),
            Expect::Nothing => verdict.rule.is_none(),
        }
    }

    /// What is expected, in words.
    pub fn expected(&self) -> String {
        match &self.expect {
            Expect::This => format!("the rule '{}'", self.rule),
            Expect::NotThis => format!("not the rule '{}'", self.rule),
            Expect::Rule(id) => format!("the rule '{id}'"),
            Expect::Nothing => "no rule decides".to_owned(),
        }
    }

    /// What came, in words.
    pub fn came(&self, verdict: &Verdict) -> String {
        let rules: Vec<String> = held(verdict).map(|rule| format!("'{rule}'")).collect();
        match rules.as_slice() {
            [] => "no rule".to_owned(),
            [one] => format!("the rule {one}"),
            several => format!("the rules {}", several.join(", ")),
        }
    }
}

/// The rules that held, or that took their fail mode.
fn held(verdict: &Verdict) -> impl Iterator<Item = &str> {
    let acted = |result: &RuleResult| match result {
        RuleResult::Matched(_) => true,
        RuleResult::Failed { action, .. } => action.is_some(),
        RuleResult::NotMatched => false,
    };
    let traces = verdict.trace.iter();
    traces
        .filter(move |trace| acted(&trace.result))
        .map(|trace| trace.rule.as_str())
}

impl RuleSet {
    /// The tests of all rules, in the order of the file.
    pub fn tests(&self) -> Vec<RuleTest> {
        let tests = self.rules().iter().flat_map(|rule| &rule.tests);
        tests.cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: &str = "
[[rule]]
id = 'long'
title = 'Long'
stage = 'question'
condition = \"words > 3 && topic == 'gifts'\"
action = 'decline'
message = 'Too long.'
effective_from = '2030-05-01'

[[rule.test]]
question = 'May I keep the pen?'
expect = 'this'
signals = { topic = 'gifts', topic_score = 1 }

[[rule.test]]
question = 'May I keep the pen?'
expect = 'none'

[[rule.test]]
question = 'The pen?'
expect = 'this'
signals = { topic = 'gifts' }

[[rule.test]]
question = 'May I keep the pen?'
expect = 'other'
signals = { topic = 'gifts' }
";

    fn run(rules: &RuleSet, test: &RuleTest) -> Verdict {
        let mut signals = Signals::of_question(&test.question);
        test.apply(&mut signals);
        rules.judge(test.stage, &signals, test.day("2026-01-01"))
    }

    #[test]
    fn a_test_is_judged_with_its_signals_on_a_day_on_which_its_rule_counts() {
        let rules = RuleSet::parse(LONG).unwrap();
        let tests = rules.tests();
        let passed: Vec<bool> = tests
            .iter()
            .map(|test| test.passes(&run(&rules, test)))
            .collect();
        assert_eq!(passed, [true, true, false, false]);
        assert!(tests[0].gives("topic") && !tests[1].gives("topic"));
        assert_eq!(tests[0].came(&run(&rules, &tests[0])), "the rule 'long'");
        assert_eq!(tests[2].came(&run(&rules, &tests[2])), "no rule");
        assert_eq!(tests[2].expected(), "the rule 'long'");
        assert_eq!(tests[1].expected(), "no rule decides");
    }
}
