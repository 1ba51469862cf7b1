//! The lexical index: words, languages, scope, days, names of documents, following and damage.

use crate::common::{hidden, id, operator, rows, sets};
use inhouse_protocol::{Day, DocumentId, PassageId, VersionId};
use inhouse_retrieval::{LexicalIndex, Opening};
use inhouse_store::{IndexRow, Scope};
use std::path::Path;

fn open(dir: &Path) -> LexicalIndex {
    LexicalIndex::open(dir).expect("it opens")
}

fn found(index: &LexicalIndex, scope: &Scope, text: &str) -> Vec<PassageId> {
    let found = index.search(scope, text, &[], 9);
    let found = found.expect("the search succeeds");
    found.into_iter().map(|(passage, _)| passage).collect()
}

#[test]
fn endings_and_accents_and_case_of_words_do_not_matter() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let texts = ["Either party TERMINATES upon résumé review.", "Pizza."];
    index
        .apply(&rows(1, 20, "a.txt", &texts), &[])
        .expect("applied");
    assert_eq!(
        found(&index, &operator(), "terminating the resume"),
        [id(1000)]
    );
}

#[test]
fn any_text_is_a_valid_search() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    index
        .apply(&rows(1, 20, "a.txt", &["The notice period."]), &[])
        .expect("applied");
    for text in [
        "",
        "   ",
        "\"",
        "notice AND",
        "((((",
        "text:notice OR -",
        "*",
        "[a TO b]",
        "\u{0}",
        "the of and",
    ] {
        index
            .search(&operator(), text, &[], 9)
            .unwrap_or_else(|error| panic!("{text:?}: {error}"));
    }
    let long = "notice ".repeat(100_000);
    assert_eq!(found(&index, &operator(), &long), [id(1000)]);
    assert_eq!(found(&index, &operator(), "notice\" AND ("), [id(1000)]);
}

#[test]
fn passages_outside_the_scope_are_not_found_and_take_no_place() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = rows(1, 20, "a.txt", &["notice notice notice"]);
    all.extend(rows(2, 21, "b.txt", &["the notice period of the lease"]));
    all.extend(rows(
        3,
        22,
        "c.txt",
        &["a longer text with one notice in it"],
    ));
    index.apply(&all, &[]).expect("applied");

    let best = index.search(&sets(&[21, 22]), "notice", &[], 1);
    assert_eq!(best.expect("the search succeeds")[0].0, id(2000));
    assert_eq!(found(&index, &sets(&[22]), "notice"), [id(3000)]);
    assert_eq!(found(&index, &sets(&[]), "notice"), []);
    assert_eq!(found(&index, &operator(), "notice").len(), 3);
    let of_one = index.search(&sets(&[21]), "notice", &[id(3), id(2)], 9);
    let of_one = of_one.expect("the search succeeds");
    assert_eq!(of_one.len(), 1);
    assert_eq!(of_one[0].0, id(2000));
}

#[test]
fn a_document_narrower_than_its_set_is_neither_found_nor_named() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = rows(1, 20, "Kestrel.txt", &["notice notice notice to Kestrel"]);
    for row in &mut all {
        row.document = hidden(20);
    }
    all.extend(rows(2, 20, "b.txt", &["the notice period of the lease"]));
    index.apply(&all, &[]).expect("applied");

    let reader = sets(&[20]);
    let best = index.search(&reader, "notice", &[], 1);
    assert_eq!(best.expect("the search succeeds")[0].0, id(2000));
    assert_eq!(found(&index, &reader, "notice Kestrel"), [id(2000)]);
    let asked = index.search(&reader, "notice", &[hidden(20)], 9);
    assert_eq!(asked.expect("the search succeeds"), []);
    let named = |scope: &Scope| {
        index
            .named(scope, "Kestrel", 3)
            .expect("the search succeeds")
    };
    assert_eq!(named(&reader).documents, []);
    assert_eq!(named(&reader).words, [""; 0]);
    assert_eq!(named(&operator()).documents.len(), 1);
    assert_eq!(found(&index, &operator(), "notice").len(), 2);
}

/// The rows of a version of a document, in force from one day until another.
fn version(document: u32, number: u32, days: (&str, &str), texts: &[&str]) -> Vec<IndexRow> {
    let day = |text: &str| text.parse::<Day>().expect("a day").number();
    let mut rows = rows(document * 10 + number, 20, "Kestrel policy.txt", texts);
    for row in &mut rows {
        row.document = id(document);
        row.valid_from = day(days.0);
        row.valid_until = day(days.1);
    }
    rows
}

fn on(day: &str) -> Scope {
    operator().as_of(day.parse().expect("a day"))
}

#[test]
fn a_search_finds_what_is_in_force_on_its_day() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = version(1, 1, ("2020-01-01", "2025-04-01"), &["ten days notice"]);
    all.extend(version(1, 2, ("2025-04-01", "2026-01-01"), &["notice"]));
    all.extend(version(1, 3, ("2090-01-01", "2091-01-01"), &["notice"]));
    index.apply(&all, &[]).expect("applied");
    for (day, expected) in [
        ("2019-12-31", None),
        ("2020-01-01", Some(11)),
        ("2025-03-31", Some(11)),
        ("2025-04-01", Some(12)),
        ("2025-12-31", Some(12)),
        ("2026-01-01", None),
        ("2090-06-01", Some(13)),
    ] {
        let expected: Vec<PassageId> = expected.iter().map(|n| id(n * 1000)).collect();
        assert_eq!(found(&index, &on(day), "notice"), expected, "{day}");
        let named = index.named(&on(day), "Kestrel", 3).expect("it succeeds");
        assert_eq!(named.documents.len(), expected.len(), "{day}");
    }
    // Those of other days take no place.
    let best = index.search(&on("2025-06-01"), "ten days notice", &[], 1);
    assert_eq!(best.expect("it succeeds")[0].0, id(12_000));
    let day = on("2025-06-01");
    let of_one = index.search(&day, "notice", &[id(1)], 9);
    assert_eq!(of_one.expect("it succeeds").len(), 1);
    assert_eq!(found(&index, &on("2025-06-01"), "ten"), []);
}

#[test]
fn old_versions_do_not_take_a_documents_name_from_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = Vec::new();
    for number in 100..130 {
        all.extend(rows(number, 20, &format!("{number}.txt"), &["A rule."]));
    }
    for number in 0..8 {
        let days = (format!("201{number}-01-01"), format!("201{number}-12-31"));
        all.extend(version(
            1,
            number,
            (days.0.as_str(), days.1.as_str()),
            &["A rule."],
        ));
    }
    all.extend(version(1, 9, ("2019-01-01", "9999-12-31"), &["A rule."]));
    index.apply(&all, &[]).expect("applied");
    let named = index.named(&operator(), "the Kestrel rule", 3);
    let named = named.expect("the search succeeds");
    assert_eq!(named.documents.len(), 1);
    assert!(named.documents[0].1 > 0.9, "{named:?}");
}

#[test]
fn words_are_stemmed_by_the_language_of_their_text() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = Vec::new();
    for (number, language, text) in [
        (1, "de", "Die Kündigungen müssen schriftlich erfolgen."),
        (2, "fr", "Les résiliations des contrats sont écrites."),
        (3, "es", "Las obligaciones de los arrendatarios."),
        (4, "en", "Terminations must be in writing. They die."),
        (5, "pl", "Wypowiedzenie umowy."),
    ] {
        let mut rows = rows(number, 20, &format!("{number}.txt"), &[text]);
        for row in &mut rows {
            language.clone_into(&mut row.language);
        }
        all.extend(rows);
    }
    index.apply(&all, &[]).expect("applied");
    for (text, expected) in [
        ("Wie muss die Kündigung erfolgen?", 1000),
        ("Kuendigung", 1000),
        ("la résiliation", 2000),
        ("resiliation contrat", 2000),
        ("¿Cuál es la obligación del arrendatario?", 3000),
        ("how is it terminated", 4000),
        ("UMOWY", 5000),
    ] {
        assert_eq!(found(&index, &operator(), text), [id(expected)], "{text}");
        let most = index.attainable(text).expect("computed");
        let best = index.search(&operator(), text, &[], 1);
        assert!(best.expect("it succeeds")[0].1 <= most, "{text}");
    }
    assert_eq!(found(&index, &operator(), "die der das ist"), []);
}

#[test]
fn a_document_is_named_in_whatever_language_it_is_asked_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = Vec::new();
    for number in 0..30 {
        let name = format!("Firma{number}Vertrag.txt");
        let mut rows = rows(number, 20, &name, &["Der Vertrag mit dem Kunden."]);
        for row in &mut rows {
            row.language = if number % 2 == 0 { "de" } else { "en" }.to_owned();
        }
        all.extend(rows);
    }
    index.apply(&all, &[]).expect("applied");
    for (text, document) in [
        ("What does the contract with Firma8Vertrag say?", 8),
        ("Was steht im Vertrag mit Firma9Vertrag?", 9),
    ] {
        let named = index.named(&operator(), text, 3).expect("it succeeds");
        assert_eq!(named.documents[0].0, id::<DocumentId>(document), "{text}");
        assert!(named.documents[0].1 > 0.9, "{named:?}");
        let rest = index.without(text, &named.words).expect("enough is left");
        assert!(!rest.contains("Firma"), "{rest}");
    }
}

#[test]
fn a_document_is_named_by_words_that_few_hold_and_only_within_the_scope() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = Vec::new();
    for number in 0..30 {
        let texts = [
            "This supply agreement is made with the customer.",
            "Insurance of one million is required.",
        ];
        all.extend(rows(
            number,
            20 + number % 2,
            &format!("Firm{number}Corp-Supply.txt"),
            &texts,
        ));
    }
    index.apply(&all, &[]).expect("applied");

    let named = |scope: &Scope, text: &str| {
        let named = index.named(scope, text, 3);
        named.expect("the search succeeds")
    };
    let text = "What insurance is required in the agreement with Firm7Corp?";
    let by_name = named(&operator(), text);
    let (document, number) = &by_name.documents[0];
    assert_eq!(*document, id::<DocumentId>(7));
    assert!(*number > 0.9, "{by_name:?}");
    assert_eq!(by_name.words, ["firm7corp"]);
    assert_eq!(
        index.without(text, &by_name.words).as_deref(),
        Some("What insurance is required in the agreement with ?")
    );
    assert_eq!(index.without("Firm7Corp insurance", &by_name.words), None);

    let by_none = named(&operator(), "What insurance is required of a customer?");
    assert!(by_none.documents.iter().all(|(_, number)| *number < 0.5));
    assert_eq!(by_none.words, [""; 0]);
    assert_eq!(named(&sets(&[20]), "Firm7Corp").documents, []);
}

#[test]
fn a_party_names_its_contract_if_it_keeps_coming_back() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let mut all = Vec::new();
    for number in 0..30 {
        let opening = format!("Between Party{number} and the customer, in Town{number}.");
        let clause = format!("Party{number} delivers. Party{number} warrants. Party{number} pays.");
        let texts = [opening.as_str(), clause.as_str()];
        all.extend(rows(number, 20, &format!("{number}.txt"), &texts));
    }
    index.apply(&all, &[]).expect("applied");
    let number = |text: &str| {
        let named = index.named(&operator(), text, 1);
        let named = named.expect("the search succeeds");
        named.documents.first().map_or(0.0, |(_, number)| *number)
    };
    assert!(number("what does party7 pay") > 0.9);
    assert!(number("who lives in town7") < 0.1);
}

#[test]
fn a_new_version_takes_the_place_of_the_old_and_a_removed_one_goes() {
    let dir = tempfile::tempdir().expect("a folder");
    let index = open(dir.path());
    let old = rows(1, 20, "a.txt", &["thirty days notice", "and more"]);
    let mut new = rows(1, 20, "a.txt", &["sixty days notice"]);
    for row in &mut new {
        row.version = id(2);
        row.passage = id(2000);
    }
    index.apply(&old, &[]).expect("applied");
    index.apply(&old, &[]).expect("applied again");
    assert_eq!(index.count().expect("counted"), 2);

    let gone: [VersionId; 1] = [id(1)];
    index.apply(&new, &gone).expect("superseded");
    assert_eq!(index.count().expect("counted"), 1);
    assert_eq!(found(&index, &operator(), "thirty notice"), [id(2000)]);
    index.clear().expect("cleared");
    assert_eq!(index.count().expect("counted"), 0);
}

#[test]
fn the_cursor_moves_with_the_commit_and_outlives_the_process() {
    let dir = tempfile::tempdir().expect("a folder");
    {
        let index = open(dir.path());
        assert_eq!(index.opening(), &Opening::Created);
        assert_eq!(index.cursor().expect("read"), 0);
        let rows = rows(1, 20, "a.txt", &["notice"]);
        index.apply_up_to(&rows, &[], 17).expect("applied");
        index.apply(&[], &[id(99)]).expect("applied");
    }
    let index = open(dir.path());
    assert_eq!(index.opening(), &Opening::Loaded);
    assert_eq!(index.cursor().expect("read"), 17);
    assert_eq!(found(&index, &operator(), "notice"), [id(1000)]);
    index.clear().expect("cleared");
    assert_eq!(index.cursor().expect("read"), 0);
}

#[test]
fn a_damaged_index_is_kept_aside_and_asks_to_be_rebuilt() {
    let dir = tempfile::tempdir().expect("a folder");
    {
        let index = open(dir.path());
        index
            .apply(&rows(1, 20, "a.txt", &["notice"]), &[])
            .expect("applied");
    }
    std::fs::write(dir.path().join("current/meta.json"), "not json").expect("damaged");

    let index = open(dir.path());
    let Opening::Damaged { kept, .. } = index.opening() else {
        panic!("{:?}", index.opening());
    };
    assert!(kept.join("meta.json").is_file());
    assert_eq!(found(&index, &operator(), "notice"), []);
}
