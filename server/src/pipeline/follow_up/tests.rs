//! Follow-ups, and what they mean after the question before them.

use super::*;
use inhouse_protocol::{RunState, Timestamp};

fn exchange(question: &str, standalone: Option<String>) -> Exchange {
    Exchange {
        run: "r".parse().unwrap(),
        question: question.to_owned(),
        asked_at: Timestamp(0),
        state: RunState::Done,
        outcome: None,
        message: String::new(),
        as_of: None,
        standalone,
        mode: None,
        passages: Vec::new(),
        sentences: Vec::new(),
        conflict: None,
        caution: None,
        approved: None,
        helpful: None,
        ai_generated: false,
        escalation: None,
    }
}

/// What the last of these questions means, asked one after the other.
fn asked(questions: &[&str]) -> Option<String> {
    let mut earlier = Vec::new();
    let mut last = None;
    for question in questions {
        last = standalone(question, &earlier);
        earlier.push(exchange(question, last.clone()));
    }
    last
}

#[test]
fn a_question_that_points_back_leans_on_the_one_before() {
    assert!(leans("And for contractors?"));
    assert!(leans("How long does it last?"));
    assert!(leans("why?"));
    assert!(leans("Und in Deutschland?"));
    assert!(leans("In the Netherlands?"));
    assert!(!leans(
        "What is the notice period for employees in Germany?"
    ));
    assert!(!leans("Wie lange ist die Kündigungsfrist?"));
}

#[test]
fn the_first_question_stands_alone() {
    assert_eq!(asked(&["And for contractors?"]), None);
}

#[test]
fn an_alternative_takes_the_place_of_what_it_is_one_to() {
    let notice = "What is the notice period for employees in Sweden?";
    for (follow_up, meant) in [
        (
            "and in Germany?",
            "What is the notice period for employees in Germany?",
        ),
        (
            "And for contractors?",
            "What is the notice period for contractors in Sweden?",
        ),
        (
            "What about contractors in the United Kingdom?",
            "What is the notice period for contractors in United Kingdom?",
        ),
        (
            "part-time employees?",
            "What is the notice period for part-time employees in Sweden?",
        ),
    ] {
        assert_eq!(asked(&[notice, follow_up]).as_deref(), Some(meant));
    }
}

#[test]
fn those_outside_the_company_are_no_alternative_to_those_in_it() {
    let gifts = "Up to which value may employees accept gifts from suppliers?";
    assert_eq!(
        asked(&[gifts, "and contractors?"]).as_deref(),
        Some("Up to which value may contractors accept gifts from suppliers?")
    );
    assert_eq!(
        asked(&[gifts, "what about gifts from customers?"]).as_deref(),
        Some(
            "Up to which value may employees accept gifts from suppliers? what about gifts from customers?"
        )
    );
    assert_eq!(
        asked(&[gifts, "and from customers?"]).as_deref(),
        Some("Up to which value may employees accept gifts from customers?")
    );
}

#[test]
fn follow_ups_of_follow_ups_keep_what_was_said_before() {
    assert_eq!(
        asked(&[
            "How much notice do employees in Sweden have to give?",
            "and in Germany?",
            "and contractors?",
        ])
        .as_deref(),
        Some("How much notice do contractors in Germany have to give?")
    );
}

#[test]
fn german_follow_ups_are_understood() {
    assert_eq!(
        asked(&[
            "Wie lange ist die Kündigungsfrist für Mitarbeiter in Schweden?",
            "Und in Deutschland?",
        ])
        .as_deref(),
        Some("Wie lange ist die Kündigungsfrist für Mitarbeiter in Deutschland?")
    );
}

#[test]
fn another_party_takes_the_place_of_the_one_before() {
    assert_eq!(
        asked(&[
            "What is the term of the contract with Acme Pumps Ltd?",
            "And with Borealis?",
        ])
        .as_deref(),
        Some("What is the term of the contract with Borealis?")
    );
}

#[test]
fn what_says_more_is_put_after_the_question_before() {
    let before = "What does the Kestrel lease say about subletting?";
    for follow_up in ["Who has to agree to it?", "And for how long?", "Why?"] {
        assert_eq!(
            asked(&[before, follow_up]),
            Some(format!("{before} {follow_up}"))
        );
    }
}

#[test]
fn a_question_of_its_own_leaves_the_one_before_behind() {
    assert_eq!(
        asked(&[
            "What is the notice period for employees in Sweden?",
            "How many days a week may employees work remotely?",
        ]),
        None
    );
}
