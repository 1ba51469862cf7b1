//! Searching the lexical index: passages by their words, documents by what names them.

use super::{LexicalIndex, schema};
use crate::error::{Result, RetrievalError};
use inhouse_protocol::{DocumentId, PassageId, SetId};
use inhouse_store::Scope;
use std::collections::HashSet;
use std::str::FromStr;
use tantivy::collector::TopDocs;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{TantivyDocument, Term};

/// Words of a question that are searched for; the rest is left out.
const WORDS: usize = 64;

/// Characters of a question that are read at most.
const QUESTION_CHARACTERS: usize = 8_000;

/// Without the words that name a document, a question needs this many others.
const FEWEST_WORDS: usize = 2;

/// How rare a word has to be to be taken for a name.
const NAMING_RARITY: f32 = 0.5;

/// What a word in the title or the headings counts, against 1 in the text.
const HEADER_WEIGHT: f32 = 0.3;

/// Documents from which on a word of a single one names it.
const FEW_DOCUMENTS: u64 = 10;

/// BM25's saturation, as Tantivy has it.
const K1: f32 = 1.2;

/// What a text names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Named {
    /// Surest first. The number is about how many words of the text name the document: from 1
    /// on it is meant, under one half is chance.
    pub documents: Vec<(DocumentId, f32)>,
    /// The words that name the first of them, as the index holds them.
    pub words: Vec<String>,
}

impl LexicalIndex {
    /// The best passages of what `scope` holds, of `documents` only unless there are none, each
    /// with its BM25 score (0 and up, comparable within one search only). Blocking: some
    /// milliseconds.
    pub fn search(
        &self,
        scope: &Scope,
        text: &str,
        documents: &[DocumentId],
        limit: usize,
    ) -> Result<Vec<(PassageId, f32)>> {
        let mut clauses = Vec::new();
        for word in self.words(text) {
            let text = term_query(Term::from_field_text(self.fields.text, &word));
            let header = term_query(Term::from_field_text(self.fields.header, &word));
            clauses.push((Occur::Should, text));
            clauses.push((Occur::Should, boost(header, HEADER_WEIGHT)));
        }
        self.find(scope, documents, clauses, limit, |found| {
            let id = text_of(found, self.fields.passage);
            PassageId::from_str(id).map_err(|_| RetrievalError::Id(id.to_owned()))
        })
    }

    /// The documents that `text` names, by words of their file name, title and beginning that
    /// few other documents hold. Blocking: some milliseconds.
    pub fn named(&self, scope: &Scope, text: &str, limit: usize) -> Result<Named> {
        let searcher = self.reader.searcher();
        let kind = Term::from_field_text(self.fields.kind, schema::DOCUMENT);
        let all = searcher.doc_freq(&kind)?;
        let mut clauses = Vec::new();
        let mut rare = Vec::new();
        for word in self.words(text) {
            let holding = searcher.doc_freq(&Term::from_field_text(self.fields.body, &word))?;
            let rarity = rarity(holding, all);
            if rarity > 0.0 {
                clauses.push((Occur::Should, self.on_card(&word, rarity)));
            }
            if rarity >= NAMING_RARITY {
                rare.push(word);
            }
        }
        let documents = self.find(scope, &[], clauses, limit, |found| {
            let id = text_of(found, self.fields.document);
            DocumentId::from_str(id).map_err(|_| RetrievalError::Id(id.to_owned()))
        })?;
        let mut words = Vec::new();
        if let Some((first, _)) = documents.first() {
            for word in rare {
                let clause = vec![(Occur::Should, self.on_card(&word, 1.0))];
                let holds = self.find(scope, std::slice::from_ref(first), clause, 1, |_| Ok(()))?;
                if !holds.is_empty() {
                    words.push(word);
                }
            }
        }
        Ok(Named { documents, words })
    }

    /// `text` without these words, as [`Named`] gives them; `None` where too little would remain
    /// to search for, or nothing is left out.
    pub fn without(&self, text: &str, words: &[String]) -> Option<String> {
        let mut rest = String::with_capacity(text.len());
        let (mut copied, mut remaining) = (0, 0);
        schema::for_each_word(&mut self.analyzer.clone(), text, |word, place| {
            if words.iter().any(|naming| naming == word) {
                rest.push_str(&text[copied..place.start]);
                copied = place.end;
            } else {
                remaining += 1;
            }
        });
        rest.push_str(&text[copied..]);
        (copied > 0 && remaining >= FEWEST_WORDS).then_some(rest)
    }

    /// The BM25 score that no passage can exceed for this text, header aside: what makes scores
    /// of different questions comparable.
    pub fn attainable(&self, text: &str) -> Result<f32> {
        let searcher = self.reader.searcher();
        let passages =
            searcher.doc_freq(&Term::from_field_text(self.fields.kind, schema::PASSAGE))?;
        let mut sum = 0.0;
        for word in self.words(text) {
            let holding = searcher.doc_freq(&Term::from_field_text(self.fields.text, &word))?;
            if holding > 0 {
                sum += idf(holding, passages) * (1.0 + K1);
            }
        }
        Ok(sum)
    }

    fn find<T>(
        &self,
        scope: &Scope,
        documents: &[DocumentId],
        mut clauses: Vec<(Occur, Box<dyn Query>)>,
        limit: usize,
        id: impl Fn(&TantivyDocument) -> Result<T>,
    ) -> Result<Vec<(T, f32)>> {
        if clauses.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        match scope.sets() {
            None => {}
            Some([]) => return Ok(Vec::new()),
            Some(sets) => {
                let sets = sets.iter().map(SetId::as_str);
                clauses.push((Occur::Must, one_of(self.fields.set, sets)));
            }
        }
        if !documents.is_empty() {
            let documents = documents.iter().map(DocumentId::as_str);
            clauses.push((Occur::Must, one_of(self.fields.document, documents)));
        }
        if !scope.hidden().is_empty() {
            let hidden = scope.hidden().iter().map(DocumentId::as_str);
            clauses.push((Occur::MustNot, one_of(self.fields.document, hidden)));
        }
        let query = BooleanQuery::with_minimum_required_clauses(clauses, 1);
        let searcher = self.reader.searcher();
        searcher
            .search(&query, &TopDocs::with_limit(limit).order_by_score())?
            .into_iter()
            .map(|(score, address)| {
                let found: TantivyDocument = searcher.doc(address)?;
                Ok((id(&found)?, score))
            })
            .collect()
    }

    /// Finds documents with this word on their card.
    fn on_card(&self, word: &str, score: f32) -> Box<dyn Query> {
        let query = term_query(Term::from_field_text(self.fields.card, word));
        Box::new(ConstScoreQuery::new(query, score))
    }

    /// The text's words as the index holds them, each once, the first ones of a long text.
    fn words(&self, text: &str) -> Vec<String> {
        let text = text
            .char_indices()
            .nth(QUESTION_CHARACTERS)
            .map_or(text, |(end, _)| &text[..end]);
        let mut seen = HashSet::new();
        let mut words = Vec::new();
        schema::for_each_word(&mut self.analyzer.clone(), text, |word, _| {
            if words.len() < WORDS && seen.insert(word.to_owned()) {
                words.push(word.to_owned());
            }
        });
        words
    }
}

pub(super) fn term_query(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn boost(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, weight))
}

/// Lets through entries whose `field` is one of `values`, without counting for the score.
fn one_of<'a>(field: Field, values: impl Iterator<Item = &'a str>) -> Box<dyn Query> {
    let terms = values.map(|value| Term::from_field_text(field, value));
    Box::new(ConstScoreQuery::new(
        Box::new(TermSetQuery::new(terms)),
        0.0,
    ))
}

/// The inverse document frequency of BM25, as Tantivy computes it.
fn idf(holding: u64, all: u64) -> f32 {
    let (holding, all) = (to_f32(holding), to_f32(all));
    (1.0 + (all - holding + 0.5).max(0.0) / (holding + 0.5)).ln()
}

/// How rare a word is among the documents: 1 for a word of a single one, 0 for one that all or
/// none hold. Where there are few documents, a word of a single one says less.
fn rarity(holding: u64, documents: u64) -> f32 {
    if holding == 0 {
        return 0.0;
    }
    idf(holding, documents) / idf(1, documents.max(FEW_DOCUMENTS))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of entries, used in a ratio"
)]
fn to_f32(count: u64) -> f32 {
    count as f32
}

fn text_of(document: &TantivyDocument, field: Field) -> &str {
    document
        .get_first(field)
        .and_then(|value| value.as_str())
        .unwrap_or_default()
}
