//! Actions that let a question go on, and what a rule says beside its action.

use inhouse_guardrails::{Action, RuleSet, Signals, Stage, Verdict};

const TODAY: &str = "2026-03-31";

fn rule(id: &str, condition: &str, action: &str, more: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\ntitle = \"Title of {id}\"\nstage = \"question\"\n\
         condition = '{condition}'\naction = \"{action}\"\n{more}\n"
    )
}

fn judged(toml: &str, question: &str) -> Verdict {
    let rules = RuleSet::parse(toml).expect("the rules are valid");
    rules.judge(Stage::Question, &Signals::of_question(question), TODAY)
}

#[test]
fn actions_that_go_on_add_up_and_the_first_that_does_not_decides() {
    let toml = [
        rule(
            "one",
            "true",
            "caution",
            "message = 'Careful.'\nflags = ['b', 'a']",
        ),
        rule("two", "true", "caution", "message.de = 'Vorsicht.'"),
        rule("three", "true", "flag", "flags = ['a', 'c']"),
        rule("four", "false", "flag", "flags = ['never']"),
        rule("five", "true", "model", "model = 'large'"),
        rule("six", "true", "model", "model = 'larger'"),
        rule("seven", "true", "quotes", ""),
        rule("eight", "true", "decline", "message = 'No.'\nflags = ['d']"),
        rule("nine", "true", "flag", "flags = ['late']"),
    ]
    .concat();
    let verdict = judged(&toml, "May I?");
    assert_eq!(verdict.action, Some(Action::Decline));
    let cautions: Vec<&str> = verdict.cautions.iter().map(|c| c.message("en")).collect();
    assert_eq!(cautions, ["Careful.", "Vorsicht."]);
    assert_eq!(verdict.flags, ["b", "a", "c", "d"]);
    assert_eq!(verdict.model.as_deref(), Some("large"));
    assert!(verdict.quotes.is_some() && verdict.redact.is_none());
    assert_eq!(verdict.trace.len(), 8);
    assert_eq!(
        verdict.trace[0].in_words(),
        "'Title of one' decided: answer with a caution."
    );
}

#[test]
fn what_is_searched_instead_is_masked_where_personal_data_is() {
    let rewrite = rule("one", "true", "rewrite", "rewrite = 'handbook: {question}'");
    let question = "May Legal see DE89 3704 0044 0532 0130 00?";
    assert_eq!(
        judged(&rewrite, question).rewrite.as_deref(),
        Some("handbook: May Legal see DE89 3704 0044 0532 0130 00?")
    );
    let redact = rule("two", "personal_data > 0", "redact", "");
    let verdict = judged(&format!("{rewrite}{redact}"), question);
    assert_eq!(
        verdict.rewrite.as_deref(),
        Some("handbook: May Legal see [IBAN]?")
    );
    assert_eq!(verdict.redact.map(|rule| rule.id).as_deref(), Some("two"));
    assert_eq!(verdict.action, None);
}

#[test]
fn queue_and_priority_go_with_the_question_to_a_person() {
    let more =
        "queue = 'hr'\npriority = 'high'\nmessage = { en = 'HR has it.', de = 'HR hat sie.' }";
    let verdict = judged(&rule("one", "true", "ticket", more), "May I?");
    let decided = verdict.rule.expect("a rule decided");
    assert_eq!(
        (decided.queue.as_deref(), decided.priority.as_deref()),
        (Some("hr"), Some("high"))
    );
    assert!(decided.ticket);
    assert_eq!(decided.message("de-AT"), "HR hat sie.");
    assert_eq!(decided.message("fr"), "HR has it.");
}

#[test]
fn a_rule_counts_on_its_first_and_last_day_and_between_them() {
    let more = "message = 'No.'\neffective_from = '2026-03-01'\neffective_until = '2026-03-31'";
    let rules = RuleSet::parse(&rule("one", "true", "decline", more)).expect("valid");
    let counts = |day: &str| {
        let verdict = rules.judge(Stage::Question, &Signals::of_question("May I?"), day);
        assert_eq!(verdict.trace.len(), usize::from(verdict.action.is_some()));
        verdict.action.is_some()
    };
    let days = ["2026-02-28", "2026-03-01", "2026-03-31", "2026-04-01"];
    assert_eq!(days.map(counts), [false, true, true, false]);
}

#[test]
fn a_rule_for_afterwards_sees_how_the_question_ended() {
    let toml = "[[rule]]\nid = 'copy'\ntitle = 'Copy'\nstage = 'after'\n\
        condition = 'outcome == \"answered\" && rule == \"\" && grounding < 0.5'\n\
        action = 'escalate'\nqueue = 'legal'\n";
    let rules = RuleSet::parse(toml).expect("valid");
    let signals = Signals {
        outcome: "answered".to_owned(),
        sentences: 4,
        grounded: 1,
        ..Signals::of_question("May I?")
    };
    let verdict = rules.judge(Stage::After, &signals, TODAY);
    assert_eq!(verdict.action, Some(Action::Escalate));
    assert!(
        rules
            .judge(Stage::Written, &signals, TODAY)
            .trace
            .is_empty()
    );
}

#[test]
fn a_flag_that_cannot_be_judged_is_passed_over() {
    let toml = "[[rule]]\nid = 'sure'\ntitle = 'Sure'\nstage = 'found'\n\
        condition = 'answerability < 0.3'\naction = 'flag'\nflags = ['unsure']\n";
    let rules = RuleSet::parse(toml).expect("valid");
    let verdict = rules.judge(Stage::Found, &Signals::of_question("May I?"), TODAY);
    assert_eq!((verdict.action, verdict.flags.len()), (None, 0));
}
