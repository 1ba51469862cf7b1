//! What was found for a run is kept as it was shown; who reads it later may see less by then.
//! Everything that shows what is stored of passages passes through here.

use crate::access::Scope;
use crate::row::{Columns, placeholders};
use crate::{Result, Store};
use inhouse_protocol::{
    AnswerSentence, Citation, Conflict, DocumentId, PassageId, PassageRef, RunEvent, RunId,
};
use sqlx::AssertSqlSafe;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Ids of one `IN` list.
const AT_ONCE: usize = 500;

/// The documents, of those asked about, whose content somebody may see now.
pub(crate) struct Visible(HashSet<DocumentId>);

/// What is kept of a run that comes out of documents.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunContent {
    pub(crate) passages: Vec<PassageRef>,
    pub(crate) sentences: Vec<AnswerSentence>,
    pub(crate) conflict: Option<Conflict>,
}

impl RunContent {
    /// How many parts there are: passages, sentences and a conflict.
    pub(crate) fn parts(&self) -> usize {
        self.passages.len() + self.sentences.len() + usize::from(self.conflict.is_some())
    }

    fn documents(&self) -> Vec<&DocumentId> {
        let found = self.passages.iter().map(|passage| &passage.document);
        let cited = self.sentences.iter().flat_map(|s| &s.citations);
        let differing = self.conflict.iter().flat_map(citations);
        let cited = cited.chain(differing).map(|citation| &citation.document);
        found.chain(cited).collect()
    }
}

impl Store {
    /// What was found and written for a run, as far as the scope shows it.
    pub(crate) async fn shown_of_run(&self, scope: &Scope, run: &RunId) -> Result<RunContent> {
        let kept = self.kept_of_run(run).await?;
        self.shown_to(scope, kept).await
    }

    /// What was found and written for a run: nobody's to see before [`Self::shown_to`].
    pub(crate) async fn kept_of_run(&self, run: &RunId) -> Result<RunContent> {
        let rows = sqlx::query("SELECT shown FROM run_passages WHERE run_id = $1 ORDER BY number")
            .bind(run.as_str())
            .fetch_all(&self.pool)
            .await?;
        let passages = rows
            .iter()
            .map(|row| row.json::<PassageRef>("shown"))
            .collect::<Result<_>>()?;
        let rows =
            sqlx::query("SELECT sentence FROM run_sentences WHERE run_id = $1 ORDER BY number")
                .bind(run.as_str())
                .fetch_all(&self.pool)
                .await?;
        let sentences = rows
            .iter()
            .map(|row| row.json::<AnswerSentence>("sentence"))
            .collect::<Result<_>>()?;
        let row = sqlx::query("SELECT conflict FROM runs WHERE id = $1")
            .bind(run.as_str())
            .fetch_optional(&self.pool)
            .await?;
        let conflict = match row {
            Some(row) => row.maybe_json("conflict")?,
            None => None,
        };
        Ok(RunContent {
            passages,
            sentences,
            conflict,
        })
    }

    /// The part of a run's content that the scope shows.
    pub(crate) async fn shown_to(&self, scope: &Scope, content: RunContent) -> Result<RunContent> {
        let visible = self.visible(scope, content.documents()).await?;
        Ok(visible.content(content))
    }

    /// Which of `documents` are in the scope and not deleted: for what is kept of them elsewhere,
    /// such as in the results of an evaluation.
    pub async fn shown_documents(
        &self,
        scope: &Scope,
        documents: &BTreeSet<DocumentId>,
    ) -> Result<HashSet<DocumentId>> {
        Ok(self.visible(scope, documents.iter().collect()).await?.0)
    }

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
    fn passages(&self, mut passages: Vec<PassageRef>) -> Vec<PassageRef> {
        passages.retain(|passage| self.0.contains(&passage.document));
        passages
    }

    /// Whether every document is visible that is cited: a sentence carries what its passages say,
    /// and one side of a conflict tells of the other.
    fn shows<'a>(&self, citations: impl IntoIterator<Item = &'a Citation>) -> bool {
        let mut citations = citations.into_iter();
        citations.all(|citation| self.0.contains(&citation.document))
    }

    /// What may be shown, its citations counted anew along the passages.
    fn content(&self, content: RunContent) -> RunContent {
        let passages = self.passages(content.passages);
        let (mut sentences, mut conflict) = (content.sentences, content.conflict);
        sentences.retain(|sentence| self.shows(&sentence.citations));
        conflict = conflict.filter(|conflict| self.shows(citations(conflict)));
        let numbers: HashMap<&PassageId, u32> = passages
            .iter()
            .map(|passage| &passage.id)
            .zip(1..)
            .collect();
        let cited = sentences.iter_mut().flat_map(|s| &mut s.citations);
        let sides = conflict.iter_mut().flat_map(|conflict| &mut conflict.sides);
        for citation in cited.chain(sides.map(|side| &mut side.citation)) {
            if let Some(number) = numbers.get(&citation.passage) {
                citation.number = *number;
            }
        }
        RunContent {
            passages,
            sentences,
            conflict,
        }
    }

    /// The event as it may be shown; none for a sentence, an approved answer or a conflict that
    /// may not.
    pub(crate) fn event(&self, event: RunEvent) -> Option<RunEvent> {
        match event {
            RunEvent::Passages {
                passages,
                as_of,
                standalone,
            } => Some(RunEvent::Passages {
                passages: self.passages(passages),
                as_of,
                standalone,
            }),
            RunEvent::Sentence { sentence } => self
                .shows(&sentence.citations)
                .then_some(RunEvent::Sentence { sentence }),
            RunEvent::Conflict { conflict } => self
                .shows(citations(&conflict))
                .then_some(RunEvent::Conflict { conflict }),
            RunEvent::Approved { answer } => self
                .shows(&answer.citations)
                .then_some(RunEvent::Approved { answer }),
            other @ (RunEvent::Stage { .. } | RunEvent::Caution { .. } | RunEvent::Done { .. }) => {
                Some(other)
            }
        }
    }
}

/// Where the sides of a conflict stand.
fn citations(conflict: &Conflict) -> impl Iterator<Item = &Citation> {
    conflict.sides.iter().map(|side| &side.citation)
}

/// The documents that an event shows something of.
pub(crate) fn documents_of(event: &RunEvent) -> Vec<&DocumentId> {
    match event {
        RunEvent::Passages { passages, .. } => passages.iter().map(|p| &p.document).collect(),
        RunEvent::Sentence { sentence } => sentence.citations.iter().map(|c| &c.document).collect(),
        RunEvent::Conflict { conflict } => citations(conflict).map(|c| &c.document).collect(),
        RunEvent::Approved { answer } => answer.citations.iter().map(|c| &c.document).collect(),
        RunEvent::Stage { .. } | RunEvent::Caution { .. } | RunEvent::Done { .. } => Vec::new(),
    }
}
