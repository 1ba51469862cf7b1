use super::*;
use crate::detect::Format;
use crate::parse::parse;

fn read(text: &str) -> Vec<(Fact, String)> {
    let parsed = parse(Format::Text, text.as_bytes()).unwrap();
    let found = proposals(&parsed);
    for proposal in &found {
        assert!(proposal.quote.chars().count() <= QUOTE);
        let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed.contains(&proposal.quote), "{}", proposal.quote);
    }
    found.into_iter().map(|p| (p.fact, p.value)).collect()
}

fn only(fact: Fact, value: &str) -> Vec<(Fact, String)> {
    vec![(fact, value.to_owned())]
}

#[test]
fn the_first_day_is_read_in_two_languages() {
    for text in [
        "This policy is effective as of January 1, 2025.",
        "Effective Date: 1 January 2025",
        "Effective date | 2025-01-01",
        "It comes into force on 1st January 2025 and replaces all others.",
        "entered into as of January 1, 2025 (the “Effective Date”) by and between",
        "Gültig ab: 01.01.2025",
        "Diese Richtlinie tritt am 1. Januar 2025 in Kraft.",
        "Mit Wirkung vom 1.1.2025 gilt Folgendes.",
        "Inkrafttreten: 1. Januar 2025",
    ] {
        assert_eq!(
            read(text),
            only(Fact::EffectiveFrom, "2025-01-01"),
            "{text}"
        );
    }
}

#[test]
fn the_last_day_makes_the_next_one_the_first_no_more() {
    for text in [
        "This offer is valid until 31 December 2025.",
        "The agreement expires on December 31, 2025.",
        "Gültig bis 31.12.2025",
        "Sie tritt am 31.12.2025 außer Kraft.",
    ] {
        assert_eq!(
            read(text),
            only(Fact::EffectiveUntil, "2026-01-01"),
            "{text}"
        );
    }
}

#[test]
fn the_day_of_review_and_the_law_are_read() {
    assert_eq!(
        read("Next review: 30 June 2026"),
        only(Fact::ReviewOn, "2026-06-30")
    );
    assert_eq!(
        read("Nächste Überprüfung am 30.06.2026"),
        only(Fact::ReviewOn, "2026-06-30")
    );
    assert_eq!(
        read("This Agreement is governed by the laws of the State of Delaware."),
        only(Fact::Jurisdiction, "State of Delaware")
    );
}

#[test]
fn several_facts_come_in_order_each_once() {
    let text = "Travel policy\n\nValid from 1 May 2025 to the board's notice. Valid until 30 April \
                2027.\n\nNext review: 1 May 2026\n\nEffective date: 1 June 2099\n";
    assert_eq!(
        read(text),
        [
            (Fact::EffectiveFrom, "2025-05-01".to_owned()),
            (Fact::EffectiveUntil, "2027-05-01".to_owned()),
            (Fact::ReviewOn, "2026-05-01".to_owned()),
        ]
    );
}

#[test]
fn other_days_are_left_alone() {
    for text in [
        "The invoice of 3 March 2025 is paid.",
        "The effective interest rate is 4 % from 1 January 2025 on.",
        "Born on 1 January 1980.",
        "This policy is effective immediately. Signed on 1 January 2025.",
        "It expires two years after the Effective Date.",
        "Effective date: 03/04/2025",
    ] {
        assert!(read(text).is_empty(), "{text}");
    }
}

#[test]
fn an_end_before_the_beginning_is_a_misreading() {
    let text = "Effective from 1 May 2025. The old one is valid until 30 April 2025.";
    assert_eq!(read(text), only(Fact::EffectiveFrom, "2025-05-01"));
}

#[test]
fn governing_law_is_found_at_a_long_documents_end_and_days_are_not() {
    let filler = "The parties go on and on about this and that. ".repeat(2000);
    let text = format!(
        "{filler}\n\nThis Agreement is governed by English law. It is effective as of 1 May 2025.\n"
    );
    assert_eq!(read(&text), only(Fact::Jurisdiction, "England and Wales"));
}
