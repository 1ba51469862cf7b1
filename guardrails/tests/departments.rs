//! The rules that ship, alone and together, with the tests that they bring.

use inhouse_guardrails::{DEPARTMENTS, Reason, RuleSet, RuleTest, Signals, shipped_rules};
use std::collections::BTreeSet;

const TODAY: &str = "2026-03-31";

fn rules(departments: &[&str]) -> RuleSet {
    let text = shipped_rules(departments).expect("they ship");
    RuleSet::parse(&text).expect("the rules are valid")
}

fn keys() -> Vec<&'static str> {
    DEPARTMENTS.iter().map(|(key, _, _)| *key).collect()
}

/// None, each alone, each with legal, and all.
fn choices() -> Vec<Vec<&'static str>> {
    let alone = keys().into_iter().map(|key| vec![key]);
    let with_legal = keys().into_iter().skip(1).map(|key| vec!["legal", key]);
    let mut choices = vec![vec![], keys()];
    choices.extend(alone.chain(with_legal));
    choices
}

/// The signals of a test; the topic of a question comes from an embedding, so where the test gives
/// none there is none.
fn signals(test: &RuleTest) -> Signals {
    let mut signals = Signals {
        injection: inhouse_guardrails::injection::score(&test.question),
        ..Signals::of_question(&test.question)
    };
    test.apply(&mut signals);
    signals
}

#[test]
fn chosen_departments_are_a_valid_file_whose_tests_pass() {
    for choice in choices() {
        let rules = rules(&choice);
        for test in rules.tests() {
            let verdict = rules.judge(test.stage, &signals(&test), test.day(TODAY));
            assert!(
                test.passes(&verdict),
                "{choice:?}, '{}': expected {}, came {}",
                test.question,
                test.expected(),
                test.came(&verdict)
            );
        }
    }
}

#[test]
fn each_department_brings_topics_rules_and_tests() {
    for (key, name, toml) in DEPARTMENTS {
        let rules = RuleSet::parse(toml).expect("the rules are valid");
        assert_eq!(rules.department(), *key);
        assert!(!name.is_empty() && !rules.title().is_empty(), "{key}");
        assert!(rules.topics().len() >= 4, "{key}");
        for topic in rules.topics() {
            assert!(topic.examples.len() >= 7, "{key}: {}", topic.label);
            assert_eq!(topic.department, *key, "{}", topic.label);
        }
        for rule in rules.summaries() {
            assert!(rule.tests >= 1, "{}", rule.id);
        }
    }
}

#[test]
fn every_rule_that_ships_has_tests_and_speaks_english_and_german() {
    let rules = rules(&keys());
    for rule in rules.rules() {
        assert!(!rule.tests.is_empty(), "{}", rule.id);
        if !rule.message.is_empty() {
            let languages: Vec<&str> = rule.message.languages().collect();
            assert_eq!(languages, ["de", "en"], "{}", rule.id);
        }
    }
}

#[test]
fn topics_and_intents_that_a_rule_names_exist() {
    for choice in choices() {
        let rules = rules(&choice);
        let known: BTreeSet<&str> = (rules.topics().iter().chain(rules.intents()))
            .map(|taught| taught.label.as_str())
            .collect();
        for rule in rules.rules() {
            for name in ["topic == \"", "intent == \""] {
                for part in rule.source.split(name).skip(1) {
                    let label = part.split('"').next().unwrap_or_default();
                    assert!(known.contains(label), "{}: {label}", rule.id);
                }
            }
        }
    }
}

#[test]
fn without_a_department_there_is_what_holds_for_all() {
    let general = rules(&[]);
    let ids: Vec<&str> = general.rules().iter().map(|r| r.id.as_str()).collect();
    assert_eq!(
        (ids.first(), ids.last()),
        (Some(&"too-long"), Some(&"asked-again"))
    );
    for id in [
        "attack",
        "employment-decision",
        "off-topic",
        "nothing-grounded",
    ] {
        assert!(ids.contains(&id), "{id}");
    }
    assert!(!ids.contains(&"litigation"));
}

#[test]
fn matters_of_hr_are_turned_away_only_where_hr_is_off() {
    let decided = |departments: &[&str]| {
        let signals = Signals {
            topic: "personal-hr".to_owned(),
            topic_score: 0.7,
            topic_margin: 0.3,
            ..Signals::of_question("When is pay day?")
        };
        let stage = inhouse_guardrails::Stage::Question;
        let verdict = rules(departments).judge(stage, &signals, TODAY);
        let rule = verdict.rule.expect("a rule decided");
        (rule.id, rule.queue)
    };
    assert_eq!(decided(&["legal"]), ("personal-hr".to_owned(), None));
    let hr = ("hr-own-matter".to_owned(), Some("hr".to_owned()));
    assert_eq!(decided(&["legal", "hr"]), hr);
}

#[test]
fn a_report_of_wrongdoing_goes_to_its_own_queue_and_to_no_ticket() {
    let rules = rules(&keys());
    let rule = rules
        .rules()
        .iter()
        .find(|r| r.id == "report-of-wrongdoing");
    let rule = rule.expect("it ships");
    assert_eq!(rule.queue.as_deref(), Some("whistleblowing"));
    assert_eq!(rule.priority.as_deref(), Some("high"));
    assert_eq!(rule.action, inhouse_guardrails::Action::Escalate);
    assert_eq!(rule.reason, Reason::Rule);
    let queues: BTreeSet<&str> = rules.queues().into_iter().map(|(_, key)| key).collect();
    assert_eq!(
        queues.into_iter().collect::<Vec<_>>(),
        ["finance", "hr", "procurement", "security", "whistleblowing"]
    );
}

#[test]
fn the_narrower_department_owns_a_topic_of_both() {
    let owner = |departments: &[&str], label: &str| {
        let rules = rules(departments);
        let topic = rules.topics().iter().find(|t| t.label == label);
        topic.expect("the topic ships").department.clone()
    };
    assert_eq!(owner(&["legal"], "information-security"), "legal");
    assert_eq!(
        owner(&["legal", "security"], "information-security"),
        "security"
    );
}

#[test]
fn an_unknown_department_is_refused_with_those_there_are() {
    let error = shipped_rules(&["legal", "sales"]).expect_err("nothing ships for sales");
    let said = error.to_string();
    assert!(
        said.contains("'sales'") && said.contains("procurement"),
        "{said}"
    );
}
