//! Passages for a question: searched for, put in order by their sentences, and grown to the clauses
//! that they are part of.

mod clauses;
mod sentences;

pub(crate) use sentences::Nearness;

use crate::app::{App, Search};
use crate::error::{AppError, AppResult};
use inhouse_protocol::PassageRef;
use inhouse_retrieval::{Found, Query};
use inhouse_store::Scope;

/// What a question finds.
pub(crate) struct Finding {
    /// The search's own account.
    pub(crate) found: Found,
    /// With their text and score, best first.
    pub(crate) passages: Vec<PassageRef>,
    /// How near the sentences of the first passages come to what is asked; none where nobody wanted
    /// to know.
    pub(crate) nearness: Nearness,
    /// The passages that were looked at, before any grew, best first.
    pub(crate) beside: Vec<PassageRef>,
}

/// What the sentences of the passages are looked at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sentences {
    /// Only to put passages in order, where that is configured.
    Order,
    /// Also to judge whether they answer.
    Judge,
}

/// What the query finds within the scope: at most its limit of passages.
pub(crate) async fn passages(
    app: &App,
    search: &Search,
    scope: &Scope,
    query: &Query,
    wanted: Sentences,
) -> AppResult<Finding> {
    let settings = &app.config.retrieval;
    // A clause grows out of passages that were found, so more of them are looked at than wanted.
    let looked_at = Query {
        limit: query.limit.max(clauses::WITHIN),
        ..query.clone()
    };
    let found = search
        .retriever
        .search(scope, &looked_at)
        .await
        .map_err(AppError::internal)?;
    let ids: Vec<_> = found.hits.iter().map(|hit| hit.passage.clone()).collect();
    let mut passages = app.store.passages(scope, &ids).await?;
    for passage in &mut passages {
        if let Some(hit) = found.hits.iter().find(|hit| hit.passage == passage.id) {
            passage.score = hit.score;
        }
    }
    let mut nearness = Nearness::default();
    if settings.rerank || wanted == Sentences::Judge {
        let looked = sentences::look(search.retriever.embedder(), &found.aim, &passages).await?;
        if settings.rerank {
            passages = looked.in_order(passages);
        }
        nearness = looked.nearness;
    }
    let beside = passages.clone();
    let grown = clauses::grow(&app.store, scope, passages, settings.clause_characters).await?;
    Ok(Finding {
        found,
        passages: grown.into_iter().take(query.limit).collect(),
        nearness,
        beside,
    })
}

/// The first passages that fit into so many characters; the first one in any case.
pub(super) fn fitting(passages: Vec<PassageRef>, characters: usize) -> Vec<PassageRef> {
    let mut left = characters;
    let mut fitting: Vec<PassageRef> = Vec::with_capacity(passages.len());
    for passage in passages {
        let length = passage.end - passage.start;
        if length <= left || fitting.is_empty() {
            left = left.saturating_sub(length);
            fitting.push(passage);
        }
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::super::sample::passage_of;
    use super::*;

    #[test]
    fn the_first_passage_is_kept_and_others_as_far_as_they_fit() {
        let long = "x".repeat(100);
        let passages = || {
            vec![
                passage_of("a", &long),
                passage_of("b", &long),
                passage_of("c", "y"),
            ]
        };
        let names = |characters| -> Vec<String> {
            let fitting = fitting(passages(), characters);
            fitting.into_iter().map(|passage| passage.text).collect()
        };
        assert_eq!(names(10), [long.as_str()]);
        assert_eq!(names(120), [long.as_str(), "y"]);
        assert_eq!(names(300).len(), 3);
    }
}
