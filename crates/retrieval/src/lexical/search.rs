//! Searching the lexical index: passages by their words, documents by what names them.
//!
//! How rare a word is among passages counts those of every day: the index keeps one number a
//! word. Among documents, where a single one more makes a name of it or not, it counts those in
//! force.

use super::words::{Language, Word};
use super::{LexicalIndex, schema};
use crate::error::Result;
use crate::vector::{self, Placed};
use inhouse_protocol::{Day, DocumentId, PassageId, SetId};
use inhouse_store::Scope;
use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, RangeQuery, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{Searcher, TantivyDocument, Term};

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

/// A word that more documents hold is no name, whatever day they are in force on.
const MANY_DOCUMENTS: u64 = 1_000;

/// BM25's saturation, as Tantivy has it.
const K1: f32 = 1.2;

type Clause = (Occur, Box<dyn Query>);

/// What a text names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Named {
    /// Surest first. The number is about how many words of the text name the document: from 1
    /// on it is meant, under one half is chance.
    pub documents: Vec<(DocumentId, f32)>,
    /// The words that name the first of them, as the index holds them in each language.
    pub words: Vec<String>,
}

impl LexicalIndex {
    /// The best passages of what `scope` holds on its day, of `documents` only unless there are
    /// none, each with its BM25 score (0 and up, comparable within one search only). Blocking:
    /// some milliseconds.
    pub fn search(
        &self,
        scope: &Scope,
        text: &str,
        documents: &[DocumentId],
        limit: usize,
    ) -> Result<Vec<(PassageId, f32)>> {
        let found = self.search_placed(scope, text, documents, limit)?;
        Ok(found
            .into_iter()
            .map(|found| (found.passage, found.score))
            .collect())
    }

    /// [`search`](Self::search), each passage with its document.
    pub fn search_placed(
        &self,
        scope: &Scope,
        text: &str,
        documents: &[DocumentId],
        limit: usize,
    ) -> Result<Vec<Placed>> {
        let mut clauses = Vec::new();
        let words = self.words(text)?;
        for (_, form) in words.iter().flat_map(|word| &word.forms) {
            let text = term_query(Term::from_field_text(self.fields.text, form));
            let header = term_query(Term::from_field_text(self.fields.header, form));
            clauses.push((Occur::Should, text));
            clauses.push((Occur::Should, boost(header, HEADER_WEIGHT)));
        }
        let found = self.find(scope, documents, clauses, limit, |found| {
            let of = vector::document(text_of(found, self.fields.document))?;
            Ok((vector::passage(text_of(found, self.fields.passage))?, of))
        })?;
        let placed = found
            .into_iter()
            .map(|((passage, document), score)| Placed {
                passage,
                document,
                score,
            });
        Ok(placed.collect())
    }

    /// The documents that `text` names, by words of their file name, title and beginning that
    /// few other documents hold. Blocking: some milliseconds.
    pub fn named(&self, scope: &Scope, text: &str, limit: usize) -> Result<Named> {
        let searcher = self.reader.searcher();
        let all = self.documents_on(&searcher, scope.on())?;
        let mut clauses = Vec::new();
        let mut rare = Vec::new();
        for word in self.words(text)? {
            let holding = self.holding(&searcher, &word, &all)?;
            let rarity = rarity(holding, all.in_force);
            if rarity > 0.0 {
                clauses.push((Occur::Should, self.on_card(&word, rarity)));
            }
            if rarity >= NAMING_RARITY {
                rare.push(word);
            }
        }
        let documents = self.find(scope, &[], clauses, limit, |found| {
            vector::document(text_of(found, self.fields.document))
        })?;
        let mut words = Vec::new();
        if let Some((first, _)) = documents.first() {
            for word in rare {
                let clause = vec![(Occur::Should, self.on_card(&word, 1.0))];
                let holds = self.find(scope, std::slice::from_ref(first), clause, 1, |_| Ok(()))?;
                if !holds.is_empty() {
                    words.extend(word.forms.into_iter().map(|(_, form)| form));
                }
            }
        }
        Ok(Named { documents, words })
    }

    /// `text` without these words, as [`Named`] gives them; `None` where too little would remain
    /// to search for, or nothing is left out.
    pub fn without(&self, text: &str, words: &[String]) -> Option<String> {
        let languages = self.languages().ok()?;
        let mut rest = String::with_capacity(text.len());
        let (mut copied, mut remaining) = (0, 0);
        for word in self.analyzers.clone().question(&languages, text) {
            if word.forms.iter().any(|(_, form)| words.contains(form)) {
                rest.push_str(&text[copied..word.place.start]);
                copied = word.place.end;
            } else {
                remaining += 1;
            }
        }
        rest.push_str(&text[copied..]);
        (copied > 0 && remaining >= FEWEST_WORDS).then_some(rest)
    }

    /// The BM25 score that no passage can exceed for this text, header aside: what makes scores
    /// of different questions comparable.
    pub fn attainable(&self, text: &str) -> Result<f32> {
        let searcher = self.reader.searcher();
        let passages =
            searcher.doc_freq(&Term::from_field_text(self.fields.kind, schema::PASSAGE))?;
        // A passage holds the words of one language.
        let mut sums: BTreeMap<Language, f32> = BTreeMap::new();
        let words = self.words(text)?;
        for (language, form) in words.iter().flat_map(|word| &word.forms) {
            let holding = searcher.doc_freq(&Term::from_field_text(self.fields.text, form))?;
            if holding > 0 {
                *sums.entry(*language).or_default() += idf(holding, passages) * (1.0 + K1);
            }
        }
        Ok(sums.into_values().fold(0.0, f32::max))
    }

    fn find<T>(
        &self,
        scope: &Scope,
        documents: &[DocumentId],
        mut clauses: Vec<Clause>,
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
        clauses.extend(
            self.not_in_force(scope.on())
                .map(|query| (Occur::MustNot, query)),
        );
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

    /// Finds what isn't in force on `day` yet, and what isn't any more: to be left out. Both are
    /// nothing at all for a part of the index where everything is in force, and leave the search
    /// as fast as it is without them.
    fn not_in_force(&self, day: Day) -> [Box<dyn Query>; 2] {
        let day = day.number();
        let later = Bound::Excluded(Term::from_field_i64(self.fields.valid_from, day));
        let over = Bound::Included(Term::from_field_i64(self.fields.valid_until, day));
        [
            Box::new(RangeQuery::new(later, Bound::Unbounded)),
            Box::new(RangeQuery::new(Bound::Unbounded, over)),
        ]
    }

    /// How many documents are in force on `day`.
    fn documents_on(&self, searcher: &Searcher, day: Day) -> Result<Documents> {
        let kind = Term::from_field_text(self.fields.kind, schema::DOCUMENT);
        let all = searcher.doc_freq(&kind)?;
        let outside = BooleanQuery::union(self.not_in_force(day).into());
        let outside = BooleanQuery::intersection(vec![term_query(kind), Box::new(outside)]);
        let outside = searcher.search(&outside, &Count)? as u64;
        Ok(Documents {
            day,
            in_force: all.saturating_sub(outside),
            others: outside > 0,
        })
    }

    /// How many of the documents hold the word, in any language.
    fn holding(&self, searcher: &Searcher, word: &Word, all: &Documents) -> Result<u64> {
        let forms = word.forms.iter();
        let terms: Vec<Term> = forms
            .map(|(_, form)| Term::from_field_text(self.fields.body, form))
            .collect();
        let mut holding = 0;
        for term in &terms {
            holding += searcher.doc_freq(term)?;
        }
        if !all.others || holding == 0 || holding > MANY_DOCUMENTS {
            return Ok(holding);
        }
        let mut clauses: Vec<Clause> = vec![(Occur::Must, any_of(terms))];
        clauses.extend(
            self.not_in_force(all.day)
                .map(|query| (Occur::MustNot, query)),
        );
        Ok(searcher.search(&BooleanQuery::new(clauses), &Count)? as u64)
    }

    /// Finds documents with this word on their card.
    fn on_card(&self, word: &Word, score: f32) -> Box<dyn Query> {
        let forms = word.forms.iter();
        let terms = forms.map(|(_, form)| Term::from_field_text(self.fields.card, form));
        Box::new(ConstScoreQuery::new(any_of(terms.collect()), score))
    }

    /// The text's words as the index holds them, each once, the first ones of a long text.
    fn words(&self, text: &str) -> Result<Vec<Word>> {
        let text = text
            .char_indices()
            .nth(QUESTION_CHARACTERS)
            .map_or(text, |(end, _)| &text[..end]);
        let mut words = self.analyzers.clone().question(&self.languages()?, text);
        let mut seen = HashSet::new();
        for word in &mut words {
            word.forms.retain(|form| seen.insert(form.clone()));
        }
        words.retain(|word| !word.forms.is_empty());
        words.truncate(WORDS);
        Ok(words)
    }

    /// The languages of what the index holds; never none.
    fn languages(&self) -> Result<Vec<Language>> {
        let searcher = self.reader.searcher();
        let mut languages = Vec::new();
        for language in Language::ALL {
            let term = Term::from_field_text(self.fields.language, language.code());
            if searcher.doc_freq(&term)? > 0 {
                languages.push(language);
            }
        }
        if languages.is_empty() {
            languages.push(Language::English);
        }
        Ok(languages)
    }
}

/// The documents that are in force on a day.
struct Documents {
    day: Day,
    in_force: u64,
    /// The index holds others too.
    others: bool,
}

pub(super) fn term_query(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

/// Lets through what holds any of these terms.
fn any_of(mut terms: Vec<Term>) -> Box<dyn Query> {
    match terms.len() {
        1 => term_query(terms.remove(0)),
        _ => Box::new(TermSetQuery::new(terms)),
    }
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
