//! Where the answer of a labelled question stands: the document that the label names, as the caller
//! sees it, and the characters of its text.

use crate::error::{AppError, AppResult};
use inhouse_protocol::{DocumentId, LabelledQuestion, VersionId};
use inhouse_store::{Scope, Store};
use std::collections::HashMap;
use std::sync::Arc;

/// Where an answer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) document: DocumentId,
    /// The file's name.
    pub(super) name: String,
    /// Characters of the text of the version in force; empty where the label doesn't tell.
    pub(super) spans: Vec<(usize, usize)>,
}

/// A document that a label names, or why there is none, in words.
type Known = Result<(DocumentId, String, Option<VersionId>), String>;

/// Finds the places of one evaluation's questions, each document once.
pub(super) struct Places {
    store: Store,
    scope: Scope,
    known: HashMap<String, Known>,
    /// Questions of one document mostly follow one another.
    last: Option<(VersionId, Arc<str>)>,
}

impl Places {
    /// For what `scope` shows.
    pub(super) fn new(store: Store, scope: Scope) -> Self {
        Self {
            store,
            scope,
            known: HashMap::new(),
            last: None,
        }
    }

    /// The place of a question's answer; none where its label names no document. The inner error
    /// says in words why the label doesn't fit the documents.
    pub(super) async fn of(
        &mut self,
        question: &LabelledQuestion,
    ) -> AppResult<Result<Option<Place>, String>> {
        let Some(label) = &question.document else {
            return Ok(Ok(None));
        };
        let (document, name, version) = match self.document(label).await? {
            Ok(known) => known,
            Err(why) => return Ok(Err(why)),
        };
        let spans = match (&question.quote, version) {
            // What the documents don't answer stands nowhere in them.
            _ if question.answerable == Some(false) => Vec::new(),
            _ if !question.spans.is_empty() => question.spans.clone(),
            (None, _) => Vec::new(),
            (Some(_), None) => return Ok(Err(not_in_force(&name))),
            (Some(quote), Some(version)) => {
                let text = self.text(&version).await?;
                match find(text, quote.clone()).await? {
                    Some(span) => vec![span],
                    None => return Ok(Err(not_there(&name))),
                }
            }
        };
        Ok(Ok(Some(Place {
            document,
            name,
            spans,
        })))
    }

    async fn document(&mut self, label: &str) -> AppResult<Known> {
        if let Some(known) = self.known.get(label) {
            return Ok(known.clone());
        }
        let known = self.look_up(label).await?;
        self.known.insert(label.to_owned(), known.clone());
        Ok(known)
    }

    async fn look_up(&self, label: &str) -> AppResult<Known> {
        let mut named = self.store.documents_named(&self.scope, label).await?;
        let (Some(document), true) = (named.pop(), named.is_empty()) else {
            return Ok(Err(why_not_one(label, named.len())));
        };
        let holds = document
            .validity
            .is_some_and(|validity| validity.holds_on(self.scope.on()));
        let version = if holds {
            Some(document.version)
        } else {
            let detail = self.store.document_detail(&self.scope, &document.id);
            let mut versions = detail.await?.versions.into_iter();
            versions
                .find(|version| version.in_force)
                .map(|version| version.id)
        };
        Ok(Ok((document.id, document.name, version)))
    }

    async fn text(&mut self, version: &VersionId) -> AppResult<Arc<str>> {
        if let Some((last, text)) = &self.last
            && last == version
        {
            return Ok(Arc::clone(text));
        }
        let text: Arc<str> = self
            .store
            .version_text(&self.scope, version)
            .await?
            .text
            .into();
        self.last = Some((version.clone(), Arc::clone(&text)));
        Ok(text)
    }
}

fn not_in_force(name: &str) -> String {
    format!("No version of '{name}' is in force today, so its quote stands nowhere.")
}

fn not_there(name: &str) -> String {
    format!(
        "The quote doesn't stand in '{name}' as it is in force today. Correct the question's quote."
    )
}

/// `others`: how many have that name besides one.
fn why_not_one(label: &str, others: usize) -> String {
    match others {
        0 => format!("No document '{label}' that you may see."),
        others => format!(
            "{} documents are named '{label}', so it isn't clear which is meant. Rename one of them.",
            others + 1
        ),
    }
}

/// [`place_of`] off the runtime: a contract has half a million characters.
async fn find(text: Arc<str>, quote: String) -> AppResult<Option<(usize, usize)>> {
    tokio::task::spawn_blocking(move || place_of(&text, &quote))
        .await
        .map_err(AppError::internal)
}

/// The characters of `text` where `quote` first stands, however lines break and whichever quotation
/// marks are used; none for an empty quote.
fn place_of(text: &str, quote: &str) -> Option<(usize, usize)> {
    let needle: Vec<char> = folded(quote).into_iter().map(|(_, c)| c).collect();
    let text = folded(text);
    if needle.is_empty() {
        return None;
    }
    let found = text.windows(needle.len()).find(|window| {
        window
            .iter()
            .zip(&needle)
            .all(|((_, there), wanted)| there == wanted)
    })?;
    Some((found.first()?.0, found.last()?.0 + 1))
}

/// The characters with their offsets: white space once between words and not at the ends, and one
/// kind of quotation mark.
fn folded(text: &str) -> Vec<(usize, char)> {
    let mut out: Vec<(usize, char)> = Vec::with_capacity(text.len());
    for (offset, c) in text.chars().enumerate() {
        let c = match c {
            c if c.is_whitespace() => ' ',
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' | '\u{201e}' => '"',
            c => c,
        };
        if c != ' ' || out.last().is_some_and(|(_, last)| *last != ' ') {
            out.push((offset, c));
        }
    }
    if out.last().is_some_and(|(_, last)| *last == ' ') {
        out.pop();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, quote: &str) -> Option<String> {
        let (start, end) = place_of(text, quote)?;
        Some(text.chars().skip(start).take(end - start).collect())
    }

    #[test]
    fn a_quote_is_found_across_lines_and_with_other_quotation_marks() {
        let text = "Über Gifts.\n\n  The limit is\n    45 dollars (the “Limit”).\n";
        let quote = " The limit is 45 dollars (the \"Limit\"). ";
        assert_eq!(
            found(text, quote).unwrap(),
            "The limit is\n    45 dollars (the “Limit”)."
        );
    }

    #[test]
    fn offsets_count_characters_and_the_first_place_is_taken() {
        assert_eq!(place_of("äöü 45 45", "45"), Some((4, 6)));
    }

    #[test]
    fn what_does_not_stand_there_has_no_place() {
        assert_eq!(place_of("The limit is 45 dollars.", "46 dollars"), None);
        assert_eq!(place_of("The limit.", "  "), None);
        assert_eq!(place_of("", "limit"), None);
    }

    #[test]
    fn a_document_that_is_not_there_and_one_of_several_are_told_apart() {
        assert_eq!(
            why_not_one("x.md", 0),
            "No document 'x.md' that you may see."
        );
        assert!(why_not_one("x.md", 1).starts_with("2 documents are named 'x.md'"));
    }
}
