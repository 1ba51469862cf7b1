//! Whether what ships holds together: files that are there, questions whose labels are true.

use super::*;
use inhouse_protocol::{Audience, LabelledQuestion};
use std::collections::{BTreeMap, BTreeSet};

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/sample")
}

fn questions() -> Vec<LabelledQuestion> {
    let folder = shipped();
    let set = read(&folder).unwrap().questions.read(&folder).unwrap();
    inhouse_evaluation::question::parse(&set.questions).unwrap()
}

/// The sample's file of this name.
fn file_named(name: &str) -> PathBuf {
    let sample = read(&shipped()).unwrap();
    let mut files = sample.sets.iter().flat_map(|set| &set.files);
    let file = files.find(|file| file.file_name().is_some_and(|own| own == name));
    shipped().join(file.unwrap_or_else(|| panic!("no document is named {name}")))
}

/// The words of a document with one blank between them: of DOCX and PDF from the text that they are
/// made of, of HTML without its tags, a row's cells joined as the parsers join them.
fn words_of(file: &Path) -> String {
    let source = file.file_stem().map(|stem| {
        let mut name = stem.to_owned();
        name.push(".txt");
        shipped().join("source").join(name)
    });
    let text = match file.extension().and_then(|extension| extension.to_str()) {
        Some("docx" | "pdf") => std::fs::read_to_string(source.unwrap()).unwrap(),
        Some("html") => without_tags(&std::fs::read_to_string(file).unwrap()),
        _ => std::fs::read_to_string(file).unwrap(),
    };
    one_blank(&text)
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for piece in html.replace("</td><td>", " | ").split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
    }
    text.replace("&amp;", "&")
}

fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_shipped_sample_has_its_files_a_set_for_a_group_and_each_role() {
    let folder = shipped();
    let sample = read(&folder).unwrap();
    for file in sample.sets.iter().flat_map(|set| &set.files) {
        assert!(folder.join(file).is_file(), "{}", file.display());
    }
    assert!(
        sample
            .sets
            .iter()
            .any(|set| set.set.audience == Audience::Groups && !set.set.grants.is_empty())
    );
    for role in Role::ALL {
        assert!(
            sample.person.iter().any(|person| person.role == role),
            "{role}"
        );
    }
    assert!(!sample.suggestions.is_empty());
}

#[test]
fn the_quote_of_each_question_stands_in_its_document_word_for_word() {
    let mut documents = BTreeMap::new();
    for question in questions() {
        let Some(document) = &question.document else {
            assert!(question.quote.is_none(), "{}", question.question);
            continue;
        };
        let words = documents
            .entry(document.clone())
            .or_insert_with(|| words_of(&file_named(document)));
        if let Some(quote) = &question.quote {
            assert!(words.contains(&one_blank(quote)), "{document}: {quote}");
        }
    }
}

#[test]
fn what_is_answered_has_a_place_and_what_is_not_has_none() {
    for question in questions() {
        match question.answerable {
            Some(true) => assert!(question.quote.is_some(), "{}", question.question),
            Some(false) => assert!(question.quote.is_none(), "{}", question.question),
            None => {
                // What two documents say differently: neither answer is the right one.
                assert!(question.document.is_none() && question.answer.is_some());
            }
        }
    }
}

#[test]
fn a_third_of_the_questions_is_not_answered_and_each_category_has_both_kinds() {
    let questions = questions();
    let unanswerable = questions.iter().filter(|q| q.answerable == Some(false));
    assert!(questions.len() >= 60);
    assert!(unanswerable.count() * 3 >= questions.len());
    let mut categories: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for question in &questions {
        let category = question.category.clone().unwrap();
        categories
            .entry(category)
            .or_default()
            .extend(question.answerable);
    }
    for (category, kinds) in categories {
        assert_eq!(kinds.len(), 2, "{category}");
    }
}

#[test]
fn no_question_is_asked_twice_and_none_names_what_only_some_may_see() {
    let sample = read(&shipped()).unwrap();
    let narrow: BTreeSet<_> = sample
        .sets
        .iter()
        .filter(|set| set.set.audience != Audience::Everyone)
        .flat_map(|set| &set.files)
        .filter_map(|file| file.file_name()?.to_str())
        .collect();
    let mut asked = BTreeSet::new();
    for question in questions() {
        assert!(asked.insert(question.question.clone()));
        let document = question.document.as_deref().unwrap_or_default();
        assert!(!narrow.contains(document), "{}", question.question);
    }
}
