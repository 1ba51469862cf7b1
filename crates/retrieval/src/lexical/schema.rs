//! What the lexical index stores: an entry for each passage and one for each document, of every
//! version that is in force on some day.

use super::words::{Analyzers, Language, marked};
use inhouse_store::IndexRow;
use std::collections::HashMap;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{Index, TantivyDocument};

/// An entry's kind.
pub(super) const PASSAGE: &str = "passage";
pub(super) const DOCUMENT: &str = "document";

const ANALYZER: &str = "inhouse_words";

/// Titles, parties and dates stand in the first characters of a document.
const BEGINNING_CHARACTERS: usize = 1_500;

/// A name stands in its document this often at least; a rare word by chance doesn't.
const COMES_BACK: u32 = 4;

pub(super) struct Fields {
    pub(super) kind: Field,
    pub(super) passage: Field,
    pub(super) version: Field,
    pub(super) document: Field,
    pub(super) set: Field,
    /// The first day in force, and the first day no more, as numbers.
    pub(super) valid_from: Field,
    pub(super) valid_until: Field,
    /// Of the words.
    pub(super) language: Field,
    pub(super) text: Field,
    pub(super) header: Field,
    pub(super) card: Field,
    pub(super) body: Field,
}

pub(super) fn schema() -> Schema {
    let words = |option| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(ANALYZER)
                .set_index_option(option),
        )
    };
    let mut schema = Schema::builder();
    schema.add_text_field("kind", STRING);
    schema.add_text_field("passage", STORED);
    schema.add_text_field("version", STRING);
    schema.add_text_field("document", STRING | STORED);
    schema.add_text_field("set", STRING);
    schema.add_i64_field("valid_from", FAST);
    schema.add_i64_field("valid_until", FAST);
    schema.add_text_field("language", STRING);
    schema.add_text_field("text", words(IndexRecordOption::WithFreqs));
    schema.add_text_field("header", words(IndexRecordOption::WithFreqs));
    schema.add_text_field("card", words(IndexRecordOption::WithFreqs));
    schema.add_text_field("body", words(IndexRecordOption::Basic));
    schema.build()
}

pub(super) fn register(index: &Index) {
    index.tokenizers().register(ANALYZER, Analyzers::new());
}

impl Fields {
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Self> {
        Ok(Self {
            kind: schema.get_field("kind")?,
            passage: schema.get_field("passage")?,
            version: schema.get_field("version")?,
            document: schema.get_field("document")?,
            set: schema.get_field("set")?,
            valid_from: schema.get_field("valid_from")?,
            valid_until: schema.get_field("valid_until")?,
            language: schema.get_field("language")?,
            text: schema.get_field("text")?,
            header: schema.get_field("header")?,
            card: schema.get_field("card")?,
            body: schema.get_field("body")?,
        })
    }

    /// A passage's entry.
    pub(super) fn passage(&self, row: &IndexRow) -> TantivyDocument {
        let language = Language::of(&row.language);
        let mut entry = self.entry(PASSAGE, row, language);
        entry.add_text(self.passage, row.passage.as_str());
        entry.add_text(self.text, marked(language, &row.text));
        entry.add_text(self.header, marked(language, &row.header));
        entry
    }

    /// A document's entry, out of its version's rows. `body` is every word it holds; `card` is
    /// what names it: file name, title, and the words of its beginning that keep coming back.
    pub(super) fn document(
        &self,
        rows: &[&IndexRow],
        analyzers: &mut Analyzers,
    ) -> Option<TantivyDocument> {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| row.ordinal);
        let first = rows.first()?;
        let language = main_language(&rows);
        let mut entry = self.entry(DOCUMENT, first, language);
        for name in [names(&first.name).as_str(), &first.title] {
            entry.add_text(self.card, marked(language, name));
            entry.add_text(self.body, marked(language, name));
        }
        let mut times: HashMap<String, u32> = HashMap::new();
        for row in &rows {
            let language = Language::of(&row.language);
            entry.add_text(self.body, marked(language, &row.text));
            analyzers.each(language, &row.text, |word, _| {
                *times.entry(word.to_owned()).or_default() += 1;
            });
        }
        let mut left = BEGINNING_CHARACTERS;
        for row in rows {
            let language = Language::of(&row.language);
            let text: String = row.text.chars().take(left).collect();
            left -= text.chars().count();
            analyzers.each(language, &text, |word, place| {
                if times.get(word).is_some_and(|&times| times >= COMES_BACK) {
                    entry.add_text(self.card, marked(language, &text[place]));
                }
            });
            if left == 0 {
                break;
            }
        }
        Some(entry)
    }

    fn entry(&self, kind: &str, row: &IndexRow, language: Language) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        entry.add_text(self.kind, kind);
        entry.add_text(self.version, row.version.as_str());
        entry.add_text(self.document, row.document.as_str());
        entry.add_text(self.set, row.set.as_str());
        entry.add_i64(self.valid_from, row.valid_from);
        entry.add_i64(self.valid_until, row.valid_until);
        entry.add_text(self.language, language.code());
        entry
    }
}

/// The language of most of the rows.
fn main_language(rows: &[&IndexRow]) -> Language {
    let rows_in = |language| {
        let languages = rows.iter().map(|row| Language::of(&row.language));
        languages.filter(|&other| other == language).count()
    };
    // Of several, the first that the program knows: `max_by_key` takes the last.
    let languages = Language::ALL.into_iter().rev();
    languages
        .max_by_key(|&language| rows_in(language))
        .unwrap_or(Language::English)
}

/// A file's name as words: 'NeoformaInc_1999.txt' holds 'Neoforma'.
fn names(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mut words = String::with_capacity(stem.len() + 16);
    let mut before = ' ';
    for character in stem.chars() {
        if before.is_lowercase() && character.is_uppercase() {
            words.push(' ');
        }
        words.push(character);
        before = character;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_spaces_is_read_as_words() {
        assert_eq!(names("NeoformaInc_1999.txt"), "Neoforma Inc_1999");
        assert_eq!(names("Reisekosten-Richtlinie"), "Reisekosten-Richtlinie");
    }
}
