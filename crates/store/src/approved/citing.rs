//! What an approved answer stands on: passages that its author may see.

use crate::access::{Principal, Scope};
use crate::passages::passage;
use crate::row::{Columns, placeholders};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{Citation, DocumentId, PassageId, PassageRef, VersionId};
use sqlx::AssertSqlSafe;
use std::collections::{HashMap, HashSet};

/// Citations of one answer.
const CITATIONS: usize = 50;

/// Share of a quote's words that a passage of a newer version has to hold to be offered in its
/// place: a clause that was reworded keeps more than half of them.
const CARRIED: f64 = 0.5;

/// Passages of versions that were read, of documents that are there.
const PASSAGES: &str = "SELECT p.id, d.id AS document_id, d.set_id, v.id AS version_id, v.number,
            d.name, v.title, v.valid_from, v.valid_until, p.heading_path, p.page, p.start_char,
            p.end_char, p.text
     FROM passages p
     JOIN versions v ON v.id = p.version_id AND v.state = 'ready'
     JOIN documents d ON d.id = v.document_id AND d.deleted_at IS NULL
     WHERE ";

impl Store {
    /// The passages that are cited, in their order, each once, whatever day their version is in
    /// force on; those that the scope shows.
    pub(super) async fn cited_passages(
        &self,
        scope: &Scope,
        citations: &[Citation],
    ) -> Result<Vec<PassageRef>> {
        let mut ids: Vec<&PassageId> = Vec::new();
        for citation in citations {
            if !ids.contains(&&citation.passage) {
                ids.push(&citation.passage);
            }
        }
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("{PASSAGES} p.id IN ({})", placeholders(1, ids.len()));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for id in &ids {
            query = query.bind(id.as_str());
        }
        let mut found: HashMap<PassageId, PassageRef> = HashMap::new();
        for row in query.fetch_all(&self.pool).await? {
            let passage = passage(&row)?;
            if scope.shows(&row.id("set_id")?, &passage.document) {
                found.insert(passage.id.clone(), passage);
            }
        }
        Ok(ids.into_iter().filter_map(|id| found.remove(id)).collect())
    }

    /// For what is cited of a version that isn't in force on the scope's day: the passage, in what
    /// is in force instead, that says most nearly the same.
    pub(super) async fn newer_passages(
        &self,
        scope: &Scope,
        citations: &[Citation],
    ) -> Result<Vec<PassageRef>> {
        let sql = format!(
            "{PASSAGES} (d.id = $1 OR d.supersedes = $1) AND v.id <> $2
                 AND v.valid_from <= $3 AND v.valid_until > $3
             ORDER BY v.id, p.ordinal"
        );
        let mut found: Vec<PassageRef> = Vec::new();
        for citation in citations {
            let rows = sqlx::query(AssertSqlSafe(sql.clone()))
                .bind(citation.document.as_str())
                .bind(citation.version.as_str())
                .bind(scope.on().number())
                .fetch_all(&self.pool)
                .await?;
            let mut passages = Vec::with_capacity(rows.len());
            for row in &rows {
                let passage = passage(row)?;
                if scope.shows(&row.id("set_id")?, &passage.document) {
                    passages.push(passage);
                }
            }
            let nearest = nearest(&citation.quote, passages);
            found.extend(nearest.filter(|new| found.iter().all(|known| known.id != new.id)));
        }
        Ok(found)
    }

    /// Those of `citations` that name something here which the principal may cite; for what comes
    /// from another instance.
    pub async fn citable(&self, by: &Principal, citations: &[Citation]) -> Result<Vec<Citation>> {
        let scope = self.scope(by).await?;
        let passages = self.cited_passages(&scope, citations).await?;
        let known = |citation: &&Citation| {
            let mut of_passage = passages.iter();
            let passage = of_passage.find(|passage| passage.id == citation.passage);
            passage.is_some_and(|passage| cited(citation.number, passage, citation).is_ok())
        };
        Ok(citations.iter().filter(known).cloned().collect())
    }

    /// Citations as they are stored: their words, names and numbers come from the passages.
    /// `Invalid` for a passage that the scope doesn't show, characters outside of it, two versions
    /// of one document, or too many.
    pub(super) async fn checked_citations(
        &self,
        scope: &Scope,
        citations: &[Citation],
    ) -> Result<Vec<Citation>> {
        if citations.len() > CITATIONS {
            return Err(StoreError::Invalid(
                "An answer cites at most 50 places.".into(),
            ));
        }
        let passages = self.cited_passages(scope, citations).await?;
        let mut versions: HashMap<DocumentId, VersionId> = HashMap::new();
        let mut checked = Vec::with_capacity(citations.len());
        for (number, citation) in (1..).zip(citations) {
            let mut of_passage = passages.iter();
            let passage = of_passage.find(|passage| passage.id == citation.passage);
            let passage = passage.ok_or_else(|| {
                StoreError::Invalid(format!(
                    "What citation {number} names isn't there, or isn't yours to see."
                ))
            })?;
            let version = versions
                .entry(passage.document.clone())
                .or_insert_with(|| passage.version.clone());
            if *version != passage.version {
                return Err(StoreError::Invalid(format!(
                    "'{}' is cited in two versions. Cite the one that is in force.",
                    passage.title
                )));
            }
            checked.push(cited(number, passage, citation)?);
        }
        Ok(checked)
    }
}

/// A citation with everything that follows from the passage.
fn cited(number: u32, passage: &PassageRef, citation: &Citation) -> Result<Citation> {
    let inside = passage.start <= citation.start
        && citation.start < citation.end
        && citation.end <= passage.end;
    if !inside {
        return Err(StoreError::Invalid(format!(
            "Citation {number} reaches beyond its passage."
        )));
    }
    let words = passage.text.chars().skip(citation.start - passage.start);
    Ok(Citation {
        number,
        passage: passage.id.clone(),
        document: passage.document.clone(),
        version: passage.version.clone(),
        name: passage.name.clone(),
        title: passage.title.clone(),
        page: passage.page,
        start: citation.start,
        end: citation.end,
        quote: words.take(citation.end - citation.start).collect(),
    })
}

/// The passage that holds most of a quote's words, the first of equals; none where all hold too
/// few.
fn nearest(quote: &str, passages: Vec<PassageRef>) -> Option<PassageRef> {
    let wanted = words(quote);
    let mut best: Option<(usize, PassageRef)> = None;
    for passage in passages {
        let held = words(&passage.text).intersection(&wanted).count();
        if best.as_ref().is_none_or(|(most, _)| held > *most) {
            best = Some((held, passage));
        }
    }
    let (held, passage) = best?;
    let count = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    (held > 0 && count(held) >= CARRIED * count(wanted.len())).then_some(passage)
}

fn words(text: &str) -> HashSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Validity;

    fn passage(id: &str, text: &str) -> PassageRef {
        PassageRef {
            id: id.parse().expect("an identifier"),
            document: "d".parse().expect("an identifier"),
            version: "v".parse().expect("an identifier"),
            version_number: 2,
            name: "gifts.txt".into(),
            title: "Gifts".into(),
            heading_path: Vec::new(),
            page: Some(3),
            start: 100,
            end: 100 + text.chars().count(),
            text: text.into(),
            validity: Validity::default(),
            score: 0.0,
        }
    }

    #[test]
    fn a_reworded_clause_is_found_in_the_newer_version() {
        let passages = || {
            vec![
                passage("a", "Travel is booked by the office."),
                passage("b", "Gifts of up to EUR 50 a year may be accepted."),
            ]
        };
        let found = nearest("Gifts up to EUR 40 a year may be taken.", passages());
        assert_eq!(found.map(|found| found.id.to_string()), Some("b".into()));
        assert_eq!(nearest("Whistleblowers are protected.", passages()), None);
        assert_eq!(nearest("", passages()), None);
    }

    #[test]
    fn a_citation_takes_its_words_from_the_passage() {
        let passage = passage("a", "Fünfzig Euro im Jahr.");
        let asked = |start, end| Citation {
            number: 9,
            passage: passage.id.clone(),
            document: "other".parse().expect("an identifier"),
            version: "other".parse().expect("an identifier"),
            name: String::new(),
            title: String::new(),
            page: None,
            start,
            end,
            quote: "What nobody wrote.".into(),
        };
        let cited_words = cited(1, &passage, &asked(108, 112)).expect("inside the passage");
        assert_eq!(cited_words.quote, "Euro");
        assert_eq!((cited_words.page, cited_words.number), (Some(3), 1));
        assert_eq!(cited_words.document, passage.document);
        for (start, end) in [(99, 105), (110, 110), (110, 200)] {
            assert!(cited(1, &passage, &asked(start, end)).is_err());
        }
    }
}
