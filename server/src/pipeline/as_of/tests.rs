//! Questions of a Tuesday, 12 May 2026.

use super::*;

fn asked(text: &str) -> Option<(String, String)> {
    let today = "2026-05-12".parse().unwrap();
    find(today, text).map(|as_of| (as_of.day.to_string(), as_of.words))
}

#[track_caller]
fn asks(text: &str, day: &str) {
    let found = asked(text);
    assert_eq!(
        found.as_ref().map(|(day, _)| day.as_str()),
        Some(day),
        "{text}: {found:?}"
    );
}

#[track_caller]
fn asks_of_today(text: &str) {
    assert_eq!(asked(text), None, "{text}");
}

#[test]
fn as_of_a_date_asks_about_that_day() {
    for (text, day) in [
        (
            "What is the notice period as of 15 March 2026?",
            "2026-03-15",
        ),
        ("As of March 3rd, 2025, who approves gifts?", "2025-03-03"),
        ("as of 2025-06-30: hotel limit", "2025-06-30"),
        ("Hotel limit as at 31 December 2024?", "2024-12-31"),
        ("Which rules apply as of 1 January 2027?", "2027-01-01"),
        ("hotel limit as of the end of 2024", "2024-12-31"),
        (
            "What does the version of 3 March 2025 say on hotels?",
            "2025-03-03",
        ),
        ("Kündigungsfrist, Stand 1.3.2025?", "2025-03-01"),
        ("Kündigungsfrist (Stand: März 2025)", "2025-03-31"),
        (
            "Was sagt die Fassung vom 15. März 2025 zu Hotels?",
            "2025-03-15",
        ),
        ("Wie hoch ist die Pauschale, Stand Ende 2024?", "2024-12-31"),
    ] {
        asks(text, day);
    }
}

#[test]
fn a_date_in_a_question_about_the_past_is_the_day() {
    for (text, day) in [
        ("What did the policy say in March?", "2026-03-31"),
        ("What did the policy say in June?", "2025-06-30"),
        ("What did the policy say in May?", "2026-05-12"),
        ("What did the policy say in May 2025?", "2025-05-31"),
        ("What was the limit on March 3rd, 2025?", "2025-03-03"),
        ("What was the limit on the 3rd of March 2025?", "2025-03-03"),
        ("What was the limit on Monday, 3 March 2025?", "2025-03-03"),
        ("What was the limit on 3 March?", "2026-03-03"),
        ("What was the limit on 24 December?", "2025-12-24"),
        ("How many days of leave were allowed in 2024?", "2024-12-31"),
        (
            "How many days of leave were allowed in the year 2024?",
            "2024-12-31",
        ),
        ("How many days of leave did we have in 2026?", "2026-05-12"),
        ("What was the limit at the end of March 2025?", "2025-03-31"),
        ("What was the limit in early 2025?", "2025-01-01"),
        ("What was the hotel limit last year?", "2025-12-31"),
        ("What was the hotel limit last month?", "2026-04-30"),
        ("What was the hotel limit last March?", "2026-03-31"),
        ("What was the hotel limit yesterday?", "2026-05-11"),
        ("What was the hotel limit two years ago?", "2024-05-12"),
        ("What was the hotel limit 3 months ago?", "2026-02-12"),
        ("What was the rule before 1 January 2025?", "2024-12-31"),
        ("What was the rule before March 2025?", "2025-02-28"),
        ("What applied on 12/31/2024?", "2024-12-31"),
        ("Which policy was effective on 1 March 2025?", "2025-03-01"),
        (
            "What did the lease dated 3 March 2020 require in 2024?",
            "2024-12-31",
        ),
        (
            "I work in Berlin. What did the policy say in March?",
            "2026-03-31",
        ),
    ] {
        asks(text, day);
    }
}

#[test]
fn german_questions_are_understood() {
    for (text, day) in [
        ("Was galt im März?", "2026-03-31"),
        ("Was galt im März 2025 für Geschenke?", "2025-03-31"),
        ("Was galt am 3. März 2025?", "2025-03-03"),
        ("Was galt zum 31.12.2024?", "2024-12-31"),
        ("Was galt vor dem 1.1.2025?", "2024-12-31"),
        ("Welche Frist galt 2024?", "2024-12-31"),
        ("Welche Frist galt im Jahr 2024?", "2024-12-31"),
        ("Wie hoch war die Pauschale letztes Jahr?", "2025-12-31"),
        ("Wie hoch war die Pauschale im letzten Jahr?", "2025-12-31"),
        ("Wie hoch war die Pauschale vor zwei Jahren?", "2024-05-12"),
        ("Wie hoch war die Pauschale Ende 2024?", "2024-12-31"),
        ("Wie hoch war die Pauschale gestern?", "2026-05-11"),
        ("Was stand im Januar in der Richtlinie?", "2026-01-31"),
        ("Was durfte ein Hotel im Dezember kosten?", "2025-12-31"),
        (
            "Welche Richtlinie ist am 1. Januar 2027 in Kraft?",
            "2027-01-01",
        ),
        ("Was gilt ab sofort am 1. Juni 2026?", "2026-06-01"),
    ] {
        asks(text, day);
    }
}

#[test]
fn what_comes_into_force_needs_a_whole_date() {
    asks("Which price list applies on 1 January 2027?", "2027-01-01");
    asks("Which policy is in force in June 2026?", "2026-06-30");
    asks_of_today("Which rules apply in May?");
    asks_of_today("Which rules apply on 1 May?");
    asks_of_today("What was the limit on 1 January 2027?");
}

#[test]
fn a_date_of_the_questions_subject_is_no_day_to_ask_about() {
    for text in [
        "What is the term of the contract dated 3 March 2025?",
        "Consider the agreement made as of March 1, 2000 between Acme and Bolt: who pays?",
        "Was the agreement dated as of March 1, 2000 terminated?",
        "Who pays the invoice of March?",
        "When is the invoice due on 1 May 2026 paid?",
        "Was the invoice that was due on 1 May 2026 too high?",
        "I was born on 3 March 1990. Do I get extra leave?",
        "I was hired in March 2025. How much leave do I have?",
        "Last year I was in Berlin for three months. How is my travel paid?",
        "What happened between 1 January 2024 and 31 March 2024?",
        "What was the revenue in March and April?",
        "What was paid in 2023-2024?",
        "When did the agreement of 3 March 2025 end?",
        "Was the lease signed in March 2025 valid?",
        "What was agreed in the March 2025 contract?",
        "Can I take leave in March?",
        "How many days of leave do I have in 2026?",
        "Can I come back in March?",
        "What is the limit on March 3rd, 2025?",
        "Is the NDA valid until 1 May 2025?",
        "What did clause 5 may say on 2024 bonuses?",
        "What was the old rule since last year?",
        "Kann ich zum 31.12.2026 kündigen?",
        "Wann endet der Vertrag vom 3. März 2025?",
        "Wurde der am 3. März 2025 geschlossene Vertrag verlängert?",
        "Ist der am 3. März 2025 unterzeichnete Vertrag gültig?",
        "War die Rechnung vom März zu hoch?",
        "Wann ist die im Mai 2025 gelieferte Ware fällig?",
        "Wie viel Urlaub habe ich im Mai?",
        "What does the policy say?",
        "",
        "?!;. . 3. 2024-",
    ] {
        asks_of_today(text);
    }
}

#[test]
fn two_days_say_nothing() {
    asks_of_today("What did the policy say in March and what did it say in January?");
    let twice = "What did it say in March? What else did it say in March?";
    asks(twice, "2026-03-31");
}

#[test]
fn the_words_are_those_of_the_question() {
    let (_, words) = asked("What did the policy say on March 3rd, 2025, on gifts?").unwrap();
    assert_eq!(words, "on March 3rd, 2025");
    let (_, words) = asked("Fristen: Stand 1.3.2025.").unwrap();
    assert_eq!(words, "Stand 1.3.2025");
}

#[test]
fn any_text_can_be_read() {
    for text in [
        "märz² 1٣. as of",
        "as of as of as of",
        "in in in 2024",
        "ß–3rd 9999999",
        "the",
    ] {
        assert_eq!(asked(text), None, "{text}");
    }
    let long = "in March was ".repeat(400);
    assert_eq!(asked(&long).unwrap().0, "2026-03-31");
}
