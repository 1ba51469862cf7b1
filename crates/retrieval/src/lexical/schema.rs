//! What the lexical index stores: an entry for each passage and one for each document, and how
//! text becomes words.

use inhouse_store::IndexRow;
use std::collections::HashMap;
use std::ops::Range;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer,
    StopWordFilter, TextAnalyzer,
};
use tantivy::{Index, TantivyDocument};

/// An entry's kind.
pub(super) const PASSAGE: &str = "passage";
pub(super) const DOCUMENT: &str = "document";

const ANALYZER: &str = "inhouse_english";

/// Titles, parties and dates stand in the first characters of a document.
const BEGINNING_CHARACTERS: usize = 1_500;

/// A name stands in its document this often at least; a rare word by chance doesn't.
const COMES_BACK: u32 = 4;

/// Longer words are no words.
const LONGEST_WORD_BYTES: usize = 48;

pub(super) struct Fields {
    pub(super) kind: Field,
    pub(super) passage: Field,
    pub(super) version: Field,
    pub(super) document: Field,
    pub(super) set: Field,
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
    schema.add_text_field("text", words(IndexRecordOption::WithFreqs));
    schema.add_text_field("header", words(IndexRecordOption::WithFreqs));
    schema.add_text_field("card", words(IndexRecordOption::WithFreqs));
    schema.add_text_field("body", words(IndexRecordOption::Basic));
    schema.build()
}

/// English: words without their endings, accents and the commonest of them.
pub(super) fn analyzer() -> TextAnalyzer {
    let words = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD_BYTES))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    match StopWordFilter::new(Language::English) {
        Some(stop) => words
            .filter(stop)
            .filter(Stemmer::new(Language::English))
            .build(),
        None => words.filter(Stemmer::new(Language::English)).build(),
    }
}

/// Hears each word of `text` as the index holds it, and where it stands.
pub(super) fn for_each_word(
    analyzer: &mut TextAnalyzer,
    text: &str,
    mut hear: impl FnMut(&str, Range<usize>),
) {
    let mut stream = analyzer.token_stream(text);
    while stream.advance() {
        let token = stream.token();
        hear(&token.text, token.offset_from..token.offset_to);
    }
}

pub(super) fn register(index: &Index) {
    index.tokenizers().register(ANALYZER, analyzer());
}

impl Fields {
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Self> {
        Ok(Self {
            kind: schema.get_field("kind")?,
            passage: schema.get_field("passage")?,
            version: schema.get_field("version")?,
            document: schema.get_field("document")?,
            set: schema.get_field("set")?,
            text: schema.get_field("text")?,
            header: schema.get_field("header")?,
            card: schema.get_field("card")?,
            body: schema.get_field("body")?,
        })
    }

    /// A passage's entry.
    pub(super) fn passage(&self, row: &IndexRow) -> TantivyDocument {
        let mut entry = self.entry(PASSAGE, row);
        entry.add_text(self.passage, row.passage.as_str());
        entry.add_text(self.text, &row.text);
        entry.add_text(self.header, &row.header);
        entry
    }

    /// A document's entry, out of its version's rows. `body` is every word it holds; `card` is
    /// what names it: file name, title, and the words of its beginning that keep coming back.
    pub(super) fn document(&self, rows: &[&IndexRow]) -> Option<TantivyDocument> {
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| row.ordinal);
        let first = rows.first()?;
        let mut entry = self.entry(DOCUMENT, first);
        for name in [names(&first.name).as_str(), &first.title] {
            entry.add_text(self.card, name);
            entry.add_text(self.body, name);
        }
        let mut analyzer = analyzer();
        let mut times: HashMap<String, u32> = HashMap::new();
        for row in &rows {
            entry.add_text(self.body, &row.text);
            for_each_word(&mut analyzer, &row.text, |word, _| {
                *times.entry(word.to_owned()).or_default() += 1;
            });
        }
        let mut left = BEGINNING_CHARACTERS;
        for row in rows {
            let text: String = row.text.chars().take(left).collect();
            left -= text.chars().count();
            for_each_word(&mut analyzer, &text, |word, place| {
                if times.get(word).is_some_and(|&times| times >= COMES_BACK) {
                    entry.add_text(self.card, &text[place]);
                }
            });
            if left == 0 {
                break;
            }
        }
        Some(entry)
    }

    fn entry(&self, kind: &str, row: &IndexRow) -> TantivyDocument {
        let mut entry = TantivyDocument::new();
        entry.add_text(self.kind, kind);
        entry.add_text(self.version, row.version.as_str());
        entry.add_text(self.document, row.document.as_str());
        entry.add_text(self.set, row.set.as_str());
        entry
    }
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
