//! Rules files that are refused, with the rule, the line and what to do.

use super::rule;
use inhouse_guardrails::{MAX_CONDITION_CHARS, RuleError, RuleSet};

#[track_caller]
fn refused(toml: &str) -> String {
    RuleSet::parse(toml)
        .expect_err("the rules are wrong")
        .to_string()
}

#[test]
fn errors_name_the_rule_and_the_line() {
    let good = rule("good", "question", "true", "decline", "");
    let error = RuleSet::parse(&format!(
        "{good}{}",
        rule("bad", "question", "wordz > 3", "decline", "")
    ))
    .expect_err("there is no such signal");
    let RuleError::Rule {
        rule,
        line,
        message,
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((rule.as_str(), *line), ("bad", 13));
    assert!(
        message.starts_with("there is no signal 'wordz'"),
        "{message}"
    );
}

#[test]
fn what_a_condition_may_not_hold_is_refused() {
    for (stage, condition, says) in [
        ("question", "words >", "no valid expression"),
        ("question", "words", "no yes or no"),
        ("question", "words > \"a\"", "can't be judged"),
        ("question", "false && words > \"a\"", "can't be judged"),
        (
            "question",
            "answerability > 0.5",
            "known only from the stage 'found'",
        ),
        (
            "found",
            "grounded > 0",
            "known only from the stage 'written'",
        ),
        ("question", "[1,2].all(x, x > 0)", "can't be used"),
        ("question", "question.reverse() == \"\"", "can't be used"),
        ("question", "question.matches(\"(\")", "no valid pattern"),
        ("question", "question.matches(topic)", "written out"),
        (
            "question",
            "size(question).matches(\"a\")",
            "goes with a signal",
        ),
        ("question", "words.matches(\"a\")", "is no text"),
        (
            "question",
            "question.matches(\"(a{1000}){1000}\")",
            "no valid pattern",
        ),
        ("question", "topic.label == \"x\"", "no fields"),
        ("question", "topic.exists(t, t == \"x\")", "is no list"),
        ("question", "groups.exists(g, g > 3)", "can't be judged"),
        (
            "question",
            "groups.exists(topic, topic == \"x\")",
            "the name of a signal",
        ),
        (
            "question",
            "groups.exists(g, tags.exists(t, t == g))",
            "inside another one",
        ),
        (
            "question",
            "groups.exists(g, g.matches(\"x\"))",
            "not inside an exists",
        ),
    ] {
        let toml = rule("r", stage, condition, "decline", "");
        let error = refused(&toml);
        assert!(error.starts_with("rule 'r', line 5:"), "{error}");
        assert!(error.contains(says), "{condition}: {error}");
    }
}

#[test]
fn a_condition_is_capped_in_length_and_parts() {
    let long = format!("question != \"{}\"", "x".repeat(MAX_CONDITION_CHARS));
    assert!(refused(&rule("r", "question", &long, "decline", "")).contains("characters"));
    let many = vec!["words > 1"; 60].join(" || ");
    assert!(refused(&rule("r", "question", &many, "decline", "")).contains("parts"));
    let pattern = format!("question.matches(\"{}\")", "x".repeat(1_001));
    assert!(refused(&rule("r", "question", &pattern, "decline", "")).contains("pattern"));
}

#[test]
fn a_deeply_nested_condition_is_refused_without_harm() {
    let deep = format!("{}true{}", "(".repeat(900), ")".repeat(900));
    assert!(refused(&rule("r", "question", &deep, "decline", "")).contains("valid expression"));
}

#[test]
fn wrong_files_are_refused() {
    for (toml, says) in [
        (
            rule("Bad Id", "question", "true", "decline", ""),
            "small letters",
        ),
        (
            rule("r", "question", "true", "decline", "colour = 1"),
            "unknown field",
        ),
        (rule("r", "later", "true", "decline", ""), "unknown variant"),
        (
            rule("r", "question", "true", "decline", "ticket = true"),
            "'ticket' goes with",
        ),
        (
            rule("r", "question", "true", "refuse", "reason = \"rule\""),
            "'reason' goes with",
        ),
        (
            rule("r", "written", "true", "quotes", ""),
            "'quotes' goes with the stages",
        ),
        (
            rule("r", "written", "true", "decline", "on_error = \"quotes\""),
            "'quotes' goes with the stages",
        ),
        (
            rule("r", "found", "true", "redact", ""),
            "'redact' goes with the stage 'question'",
        ),
        (
            rule("r", "after", "true", "decline", ""),
            "'decline' goes with the stages",
        ),
        (
            rule("r", "question", "true", "decline", "queue = \"hr\""),
            "'queue' goes with",
        ),
        (
            rule("r", "question", "true", "escalate", "priority = \"soon\""),
            "no priority",
        ),
        (
            rule("r", "question", "true", "rewrite", "rewrite = \"gifts\""),
            "with {question} where",
        ),
        (rule("r", "question", "true", "flag", ""), "say in 'flags'"),
        (rule("r", "question", "true", "model", ""), "say in 'model'"),
        (
            rule("r", "question", "true", "flag", "flags = [\"Two words\"]"),
            "is no flag",
        ),
        (
            rule("r", "question", "true", "decline", "model = \"large\""),
            "'model' goes with the action 'model' only",
        ),
        (
            rule(
                "r",
                "question",
                "true",
                "decline",
                "effective_from = \"2026-02-30\"",
            ),
            "is no day",
        ),
        (
            rule(
                "r",
                "question",
                "true",
                "decline",
                "effective_from = \"2026-02-03\"\neffective_until = \"2026-02-02\"",
            ),
            "before that",
        ),
        (
            rule(
                "r",
                "question",
                "true",
                "decline",
                "[[rule.test]]\nquestion = \"May I?\"\nexpect = \"this\"\nsignals = { words = \"many\" }",
            ),
            "of the type int",
        ),
        (
            rule("r", "question", "true", "decline", "").repeat(2),
            "another rule has this id",
        ),
        (
            rule("r", "question", "true", "decline", "").replace("Message of r.", " "),
            "message is empty",
        ),
        (
            "[[topic]]\nlabel = \"t\"\nexamples = [\"a\", \"b\"]".to_owned(),
            "at least 3",
        ),
        (
            "[[topic]]\nlabel = \"t\"\nexamples = [\"a\", \"b\", \"a\"]".to_owned(),
            "twice",
        ),
        ("rule = 3".to_owned(), "line 1"),
    ] {
        let error = refused(&toml);
        assert!(error.contains(says), "{error}");
    }
}
