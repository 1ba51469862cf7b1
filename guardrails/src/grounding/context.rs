//! Where in the passages a figure stands: it counts only where the same thing is spoken of.
//!
//! A table or a list holds many figures of one kind. 'Contracts are kept for 7 years' is no true
//! sentence because invoices are.

use crate::sentences;
use crate::text::subject_stems;
use std::collections::BTreeSet;

/// Words that belong to the figure itself and tell nothing about its subject.
const FIGURE_WORDS: &[&str] = &[
    "year", "month", "week", "day", "hour", "minut", "quarter", "busines", "work", "calendar",
    "eur", "euro", "usd", "dollar", "gbp", "sek", "kronor", "percent", "cent", "amount", "valu",
    "total", "least", "most", "maximum", "minimum",
];

/// The statements of a text, each with what it is about.
pub(super) struct Context {
    statements: Vec<Statement>,
}

struct Statement {
    start: usize,
    end: usize,
    /// Of the statement and, unless it is a row of a table, of the one before it.
    stems: BTreeSet<String>,
}

impl Context {
    /// Takes a text apart into sentences, list items and rows of tables.
    pub(super) fn of(source: &str) -> Self {
        let mut pieces: Vec<(usize, usize, bool)> = Vec::new();
        let mut at = 0;
        for part in sentences::split(source) {
            if part.contains('|') {
                for line in part.split_inclusive('\n') {
                    pieces.push((at, at + line.len(), line.contains('|')));
                    at += line.len();
                }
            } else {
                pieces.push((at, at + part.len(), false));
                at += part.len();
            }
        }
        let mut before = BTreeSet::new();
        let statements = pieces
            .into_iter()
            .map(|(start, end, row)| {
                let own = subjects(&source[start..end]);
                let stems = if row {
                    own.clone()
                } else {
                    own.union(&before).cloned().collect()
                };
                before = own;
                Statement { start, end, stems }
            })
            .collect();
        Self { statements }
    }

    /// Whether the statement at a byte offset speaks of one of the subjects. Without a subject,
    /// any statement does.
    pub(super) fn speaks_of(&self, at: usize, subjects: &BTreeSet<String>) -> bool {
        subjects.is_empty()
            || self
                .statements
                .iter()
                .filter(|s| s.start <= at && at < s.end)
                .any(|s| !s.stems.is_disjoint(subjects))
    }
}

/// What a text is about, the words of figures left out.
pub(super) fn subjects(text: &str) -> BTreeSet<String> {
    subject_stems(text)
        .into_iter()
        .filter(|stem| !FIGURE_WORDS.contains(&stem.as_str()))
        .collect()
}
