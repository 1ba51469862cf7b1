//! Where in the passages a figure stands: it counts only where the same thing is spoken of.
//!
//! A table or a list holds many figures of one kind. 'Contracts are kept for 7 years' is no true
//! sentence because invoices are.

use crate::statements;
use crate::text::subject_stems;
use std::collections::BTreeSet;

/// Words that belong to the figure itself and tell nothing about its subject: stems.
#[rustfmt::skip]
const FIGURE_WORDS: &[&str] = &[
    "year", "month", "week", "day", "hour", "minut", "quarter", "fortnight", "business", "work", "calendar",
    "eur", "euro", "usd", "dollar", "gbp", "sek", "kronor", "percent", "cent", "amount", "valu",
    "total", "least", "most", "maximum", "minimum",
    "jahr", "jahren", "mon", "monat", "monaten", "prozent", "stund", "stunden", "tag", "tagen", "woch", "wochen",
];

/// The statements of a text, each with what it is about.
pub(super) struct Context<'a> {
    pub(super) source: &'a str,
    statements: Vec<Statement>,
}

struct Statement {
    start: usize,
    end: usize,
    /// What it is about itself.
    own: BTreeSet<String>,
    /// Of the statement and, unless it is a row of a table, of the one before it.
    stems: BTreeSet<String>,
}

impl<'a> Context<'a> {
    /// Takes a text apart into sentences, list items and rows of tables.
    pub(super) fn of(source: &'a str) -> Self {
        let mut before = BTreeSet::new();
        let statements = statements::pieces(source)
            .into_iter()
            .map(|piece| {
                let own = subjects(&source[piece.start..piece.end]);
                let stems = if piece.row {
                    own.clone()
                } else {
                    own.union(&before).cloned().collect()
                };
                before.clone_from(&own);
                Statement {
                    start: piece.start,
                    end: piece.end,
                    own,
                    stems,
                }
            })
            .collect();
        Self { source, statements }
    }

    /// Whether the statement at a byte offset speaks of one of the subjects. Without a subject,
    /// any statement does.
    pub(super) fn speaks_of(&self, at: usize, subjects: &BTreeSet<String>) -> bool {
        subjects.is_empty()
            || self
                .at(at)
                .is_some_and(|statement| !statement.stems.is_disjoint(subjects))
    }

    /// Whether the statement at a byte offset says mostly the same words as `subjects`, and its
    /// text.
    pub(super) fn restates(&self, at: usize, subjects: &BTreeSet<String>) -> Option<&'a str> {
        let statement = self.at(at)?;
        let shared = statement.own.intersection(subjects).count();
        (!subjects.is_empty() && shared * 10 >= subjects.len() * 7)
            .then(|| &self.source[statement.start..statement.end])
    }

    fn at(&self, at: usize) -> Option<&Statement> {
        self.statements
            .iter()
            .find(|statement| statement.start <= at && at < statement.end)
    }
}

/// What a text is about, the words of figures left out.
pub(crate) fn subjects(text: &str) -> BTreeSet<String> {
    subject_stems(text)
        .into_iter()
        .filter(|stem| !FIGURE_WORDS.contains(&stem.as_str()))
        .collect()
}
