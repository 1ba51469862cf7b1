//! What was found for a run is kept as it was shown; who reads it later may see less by then.
//! Everything that shows stored passages or sentences passes through here.

use crate::access::Scope;
use crate::row::{Columns, placeholders};
use crate::{Result, Store};
use inhouse_protocol::{AnswerSentence, DocumentId, PassageId, PassageRef, RunEvent};
use sqlx::AssertSqlSafe;
use std::collections::{HashMap, HashSet};

/// Ids of one `IN` list.
const AT_ONCE: usize = 500;

/// The documents, of those asked about, whose content somebody may see now.
pub(crate) struct Visible(HashSet<DocumentId>);

impl Store {
    /// Which of `documents` are in the scope and not deleted. Superseded versions count: an old
    /// answer keeps its source.
    pub(crate) async fn visible(
        &self,
        scope: &Scope,
        mut documents: Vec<&DocumentId>,
    ) -> Result<Visible> {
        documents.sort_unstable();
        documents.dedup();
        let mut visible = HashSet::with_capacity(documents.len());
        for ids in documents.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT id, set_id FROM documents WHERE deleted_at IS NULL AND id IN ({})",
                placeholders(1, ids.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id.as_str());
            }
            for row in query.fetch_all(&self.pool).await? {
                let document = row.id("id")?;
                if scope.shows(&row.id("set_id")?, &document) {
                    visible.insert(document);
                }
            }
        }
        Ok(Visible(visible))
    }
}

impl Visible {
    pub(crate) fn passages(&self, mut passages: Vec<PassageRef>) -> Vec<PassageRef> {
        passages.retain(|passage| self.0.contains(&passage.document));
        passages
    }

    /// A sentence carries what its passages say: without one of them it isn't shown either.
    fn shows(&self, sentence: &AnswerSentence) -> bool {
        sentence
            .citations
            .iter()
            .all(|citation| self.0.contains(&citation.document))
    }

    /// The sentences that may be shown, their citations counted anew along `passages`.
    pub(crate) fn sentences(
        &self,
        mut sentences: Vec<AnswerSentence>,
        passages: &[PassageRef],
    ) -> Vec<AnswerSentence> {
        let numbers: HashMap<&PassageId, u32> = passages
            .iter()
            .map(|passage| &passage.id)
            .zip(1..)
            .collect();
        sentences.retain(|sentence| self.shows(sentence));
        for citation in sentences.iter_mut().flat_map(|s| &mut s.citations) {
            if let Some(number) = numbers.get(&citation.passage) {
                citation.number = *number;
            }
        }
        sentences
    }

    /// The event as it may be shown; none for a sentence that may not.
    pub(crate) fn event(&self, event: RunEvent) -> Option<RunEvent> {
        match event {
            RunEvent::Passages { passages, as_of } => Some(RunEvent::Passages {
                passages: self.passages(passages),
                as_of,
            }),
            RunEvent::Sentence { sentence } => self
                .shows(&sentence)
                .then_some(RunEvent::Sentence { sentence }),
            other @ (RunEvent::Stage { .. } | RunEvent::Done { .. }) => Some(other),
        }
    }
}

/// The documents that an event shows something of.
pub(crate) fn documents_of(event: &RunEvent) -> Vec<&DocumentId> {
    match event {
        RunEvent::Passages { passages, .. } => passages.iter().map(|p| &p.document).collect(),
        RunEvent::Sentence { sentence } => sentence.citations.iter().map(|c| &c.document).collect(),
        RunEvent::Stage { .. } | RunEvent::Done { .. } => Vec::new(),
    }
}
