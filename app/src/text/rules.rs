//! Texts of the rules: what is in force, versions, how they are checked and tried.

use super::phrases::{count, rule};
use inhouse_protocol::{
    Outcome, RuleVersion, RuleVersionState, Rules, RulesCheck, RulesDiff, RulesOrigin, RulesReplay,
    RulesTried,
};

pub(crate) const RULES: &str = "Rules";
pub(crate) const RULES_LEAD: &str = "They decide what becomes of a question: what is answered, what \
     goes to a person, what is declined. The legal team changes them here, in versions.";
pub(crate) const RULES_IN_FILE: &str = "These rules stand in a file of the operator's. They are \
     changed there, not here.";

// What is in force
pub(crate) const RULES_IN_ORDER: &str = "The rules in force";
pub(crate) const RULES_IN_ORDER_LEAD: &str = "They are judged from top to bottom. The first whose \
     condition holds decides; one that only adds something lets those after it have their say.";
pub(crate) const RULE_CONDITION: &str = "Condition";
pub(crate) const RULE_ACTION: &str = "What it does";
pub(crate) const RULE_MESSAGE: &str = "What the asker is told";
pub(crate) const RULE_OWNER: &str = "Answers for it";
pub(crate) const RULE_EFFECTIVE: &str = "Counts";
pub(crate) const RULE_TOPICS: &str = "Topics and intents";
pub(crate) const RULE_TOPICS_LEAD: &str =
    "Taught by examples: a question gets those whose examples are nearest in meaning.";
pub(crate) const RULE_TOPIC_LABELS: &str = "What a question is about";
pub(crate) const RULE_INTENT_LABELS: &str = "What its asker wants";
pub(crate) const RULE_SIGNALS: &str = "Signals";
pub(crate) const RULE_SIGNALS_LEAD: &str = "What conditions can look at.";
pub(crate) const SIGNAL: &str = "Signal";
pub(crate) const SIGNAL_KIND: &str = "Type";
pub(crate) const SIGNAL_FROM: &str = "Known from";
pub(crate) const SIGNAL_MEANING: &str = "Meaning";
pub(crate) const RULES_AS_TEXT: &str = "The rules in force as text";
pub(crate) const COPY_RULES: &str = "Copy the text";

// Versions
pub(crate) const RULE_VERSIONS: &str = "Versions";
pub(crate) const NO_RULE_VERSIONS: &str = "None yet. A new version starts from the rules in force; nothing changes until it is published.";
pub(crate) const NEW_RULE_VERSION: &str = "Write a new version";
pub(crate) const NEW_VERSION_FROM: &str = "Write a new version from these";
pub(crate) const NO_RULE_NOTE: &str = "Without a note";

// A version
pub(crate) const RULES_CONTENT: &str = "Rules as TOML";
pub(crate) const RULES_CONTENT_HINT: &str = "What you type is checked as you go. It is kept in this \
     browser until you save it.";
pub(crate) const RULES_NOTE: &str = "What changes and why";
pub(crate) const SAVE_RULES: &str = "Save the draft";
pub(crate) const RULES_SAVED: &str = "The draft was saved";
pub(crate) const DISCARD_RULES: &str = "Back to what was saved";
pub(crate) const RULES_APPROVED_BY: &str = "Approved by";
pub(crate) const RULES_LIVE_FROM: &str = "In force from";
pub(crate) const RULES_LIVE_UNTIL: &str = "Until";
pub(crate) const RULES_CHANGED_AT: &str = "Changed";

// Steps
pub(crate) const PUBLISH_RULES: &str = "Publish";
pub(crate) const APPROVE_RULES: &str = "Approve and publish";
pub(crate) const PROPOSE_RULES: &str = "Propose";
pub(crate) const WITHDRAW_RULES: &str = "Withdraw";
pub(crate) const TAKE_RULES_BACK: &str = "Back to draft";
pub(crate) const ROLL_RULES_BACK: &str = "Put into force again";
pub(crate) const PUBLISH_TITLE: &str = "Put these rules into force?";
pub(crate) const PUBLISH_TEXT: &str = "They decide from the next question on. The version that is \
     in force now is kept and can be put into force again.";
pub(crate) const SECOND_PERSON_LEAD: &str =
    "Somebody else from the legal team has to approve what one proposes.";
pub(crate) const SAVE_RULES_FIRST: &str = "Save the draft before it is proposed or published.";
pub(crate) const RULES_NOTE_FIRST: &str =
    "Say below what changes and why before it is proposed or published.";
pub(crate) const MEND_RULES_FIRST: &str =
    "Only rules without faults whose tests all pass can be proposed or published.";

// Checks
pub(crate) const RULE_CHECKS: &str = "Checks";
pub(crate) const CHECKING_RULES: &str = "Checking…";
pub(crate) const PASSED_RULE_TESTS: &str = "Tests that pass";
pub(crate) const TEST_PASSED: &str = "Passes";
pub(crate) const TEST_FAILED: &str = "Fails";

// Comparing
pub(crate) const RULES_COMPARED: &str = "Compared with the rules in force";
pub(crate) const SAME_RULES: &str = "They are the same.";
pub(crate) const RULES_ADDED: &str = "New";
pub(crate) const RULES_REMOVED: &str = "Gone";
pub(crate) const RULES_OTHERWISE: &str = "Changed";
pub(crate) const CHANGED_LINES: &str = "Changed lines";

// Trying
pub(crate) const TRY_RULES: &str = "Try a question";
pub(crate) const TRY_RULES_LEAD: &str = "Nothing is stored, nobody is told, and no model is asked. \
     The search sees what you may see.";
pub(crate) const QUESTION_TO_TRY: &str = "A question";
pub(crate) const JUDGE_QUESTION_ONLY: &str = "Judge the question only";
pub(crate) const JUDGE_QUESTION_ONLY_HINT: &str = "Without a search of the documents.";
pub(crate) const TRY_IT: &str = "Try";
pub(crate) const TRYING: &str = "Trying…";
pub(crate) const NO_QUESTION_TO_TRY: &str = "Type a question.";
pub(crate) const GOES_TO_QUEUE: &str = "Goes to";
pub(crate) const RULE_FLAGS: &str = "Flags";
pub(crate) const WHAT_WAS_MEASURED: &str = "What was measured";
pub(crate) const HOW_RULES_SAW_IT: &str = "How each rule saw it";

// Judging anew
pub(crate) const REPLAY_RULES: &str = "What would have changed";
pub(crate) const REPLAY_RULES_LEAD: &str = "The last questions, judged anew by the rules in force and \
     by these, as far as what was known of them is kept. Restricted queues are left out, and a \
     question is shown only where it reached the desk.";
pub(crate) const REPLAY_HOW_MANY: &str = "How many";
pub(crate) const REPLAY: &str = "Judge them anew";
pub(crate) const REPLAYING: &str = "Judging…";
pub(crate) const HOW_IT_ENDS: &str = "How it ends";
pub(crate) const BY_THESE_RULES: &str = "By these rules";
pub(crate) const BY_RULES_IN_FORCE: &str = "By those in force";

/// How many of the last questions can be judged anew.
pub(crate) const REPLAY_SIZES: [(u64, &str); 3] = [
    (50, "The last 50"),
    (200, "The last 200"),
    (1000, "The last 1,000"),
];

/// Where the rules in force come from, in a sentence.
pub(crate) fn rules_origin(rules: &Rules) -> String {
    match rules.origin {
        RulesOrigin::File => "In force is a file of the operator's.".to_owned(),
        RulesOrigin::Version => {
            let live = |version: &&RuleVersion| version.state == RuleVersionState::Live;
            match rules.versions.iter().find(live) {
                Some(live) => format!("In force is {}.", lower_version(live.number)),
                None => "In force is a version of the legal team's.".to_owned(),
            }
        }
        RulesOrigin::Shipped => {
            let on = rules.departments.iter().filter(|(_, on)| *on);
            let names: Vec<&str> = on.map(|(name, _)| name.as_str()).collect();
            format!(
                "In force are the rules that ship with Inhouse, for: {}.",
                names.join(", ")
            )
        }
    }
}

fn lower_version(number: u64) -> String {
    format!("version {number}")
}

pub(crate) fn rules_version(number: u64) -> String {
    format!("Version {number}")
}

pub(crate) fn rules_state(state: RuleVersionState) -> &'static str {
    match state {
        RuleVersionState::Draft => "Draft",
        RuleVersionState::Proposed => "Proposed",
        RuleVersionState::Live => "In force",
        RuleVersionState::Former => "Was in force",
        RuleVersionState::Withdrawn => "Withdrawn",
    }
}

/// What was done with a version that stands in `state` now.
pub(crate) fn rules_moved(state: RuleVersionState) -> &'static str {
    match state {
        RuleVersionState::Draft => "The version is a draft again",
        RuleVersionState::Proposed => "The version was proposed",
        RuleVersionState::Live => "The rules are in force",
        RuleVersionState::Former => "The rules are not in force any more",
        RuleVersionState::Withdrawn => "The version was withdrawn",
    }
}

/// When the rules of a stage are judged.
pub(crate) fn rule_stage(stage: &str) -> &'static str {
    match stage {
        "question" => "On the question",
        "found" => "On what was found",
        "written" => "On what was written",
        "after" => "When the asker has it",
        _ => "Others",
    }
}

pub(crate) fn rule_tests(number: u64) -> String {
    count(number, "test", "tests")
}

pub(crate) fn examples(number: u64) -> String {
    count(number, "example", "examples")
}

/// How a check came out, in a sentence or two.
pub(crate) fn rules_checked(check: &RulesCheck) -> String {
    let failed = check.tests.iter().filter(|test| !test.passed).count();
    let all = check.tests.len();
    let faults = match check.faults.len() {
        0 => "No faults".to_owned(),
        faults => count(faults as u64, "fault", "faults"),
    };
    match (failed, all) {
        (0, 0) => format!("{faults}."),
        (0, 1) => format!("{faults}, and the one test passes."),
        (0, _) => format!("{faults}, and all {all} tests pass."),
        _ => format!("{faults}, and {failed} of {all} tests fail."),
    }
}

pub(crate) fn fault_line(line: u64) -> String {
    format!("Line {line}")
}

/// How a question that was tried would end, and which rule decided.
pub(crate) fn tried(tried: &RulesTried, question_only: bool) -> String {
    let end = match tried.outcome {
        Outcome::Answered if question_only => "The rules let it go on to the documents.",
        Outcome::Answered => "It would be answered.",
        Outcome::Escalated => "It would go to a person.",
        Outcome::Declined => "It would be declined.",
        Outcome::Refused => "It would be refused.",
        Outcome::Stopped => "It was stopped.",
    };
    match &tried.rule {
        Some(title) => format!("{end} {}", rule(title)),
        None => end.to_owned(),
    }
}

/// What a version has otherwise than the rules in force: what was done, and to which rules.
pub(crate) fn rules_differ(diff: &RulesDiff) -> Vec<(&'static str, String)> {
    [
        (RULES_ADDED, &diff.added),
        (RULES_REMOVED, &diff.removed),
        (RULES_OTHERWISE, &diff.changed),
    ]
    .into_iter()
    .filter(|(_, rules)| !rules.is_empty())
    .map(|(what, rules)| (what, rules.join(", ")))
    .collect()
}

/// What judging anew came to, in a sentence.
pub(crate) fn replayed(replay: &RulesReplay) -> String {
    if replay.questions == 0 {
        return "No question was asked yet.".to_owned();
    }
    let questions = count(replay.questions, "question", "questions");
    match replay.changed.len() {
        0 => format!("{questions} judged: all would end as they do now."),
        changed => {
            format!("{questions} judged: {changed} would end otherwise, or by another rule.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{ReplayedQuestion, RuleFault, RuleTestResult};

    fn test(passed: bool) -> RuleTestResult {
        RuleTestResult {
            rule: "attack".to_owned(),
            question: "Q?".to_owned(),
            expected: String::new(),
            came: String::new(),
            passed,
        }
    }

    #[test]
    fn a_check_is_told_by_its_faults_and_its_tests() {
        let mut check = RulesCheck::default();
        assert_eq!(rules_checked(&check), "No faults.");
        check.tests = vec![test(true), test(true)];
        assert_eq!(rules_checked(&check), "No faults, and all 2 tests pass.");
        check.tests.push(test(false));
        assert_eq!(rules_checked(&check), "No faults, and 1 of 3 tests fail.");
        check.tests.clear();
        check.faults.push(RuleFault {
            line: None,
            message: String::new(),
        });
        assert_eq!(rules_checked(&check), "1 fault.");
    }

    #[test]
    fn only_what_differs_is_told() {
        let diff = RulesDiff {
            added: vec!["a".to_owned(), "b".to_owned()],
            ..RulesDiff::default()
        };
        assert_eq!(rules_differ(&diff), [(RULES_ADDED, "a, b".to_owned())]);
    }

    #[test]
    fn judging_anew_says_how_many_change() {
        let mut replay = RulesReplay::default();
        assert_eq!(replayed(&replay), "No question was asked yet.");
        replay.questions = 1;
        assert_eq!(
            replayed(&replay),
            "1 question judged: all would end as they do now."
        );
        replay.changed.push(ReplayedQuestion {
            run: "run-1".parse().unwrap(),
            question: "Q?".to_owned(),
            before: "declined".to_owned(),
            after: "answered".to_owned(),
        });
        assert_eq!(
            replayed(&replay),
            "1 question judged: 1 would end otherwise, or by another rule."
        );
    }
}
