//! One question of an evaluation: its place is found, it is asked, and what came is measured.

use super::places::{Place, Places};
use super::stored::Stored;
use crate::app::App;
use crate::error::{AppError, AppResult};
use crate::pipeline::{self, EvaluateRequest, Evaluated};
use inhouse_evaluation::Measured;
use inhouse_protocol::{EvaluationKind, EvaluationResult, FoundPlace, LabelledQuestion};
use inhouse_store::{Principal, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Places kept in a result, for people to look at; the figures are over all.
const FOUND_SHOWN: usize = 10;

/// What an evaluation runs of each question, and where it searches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) kind: EvaluationKind,
    /// Search each question in its own document only, where it has one.
    pub(super) within_document: bool,
}

/// A question that was asked.
pub(super) struct Asked {
    pub(super) stored: Stored,
    /// Its way failed; a label that doesn't fit the documents is no failure.
    pub(super) failed: bool,
}

/// Asks the questions of one evaluation.
pub(super) struct Asking {
    app: App,
    principal: Principal,
    plan: Plan,
    places: Places,
}

impl Asking {
    /// For somebody who sees `scope`.
    pub(super) fn new(app: &App, principal: &Principal, plan: Plan, scope: Scope) -> Self {
        Self {
            app: app.clone(),
            principal: principal.clone(),
            plan,
            places: Places::new(app.store.clone(), scope),
        }
    }

    /// Asks the question with this number, from 1. Fails only where nothing more can be asked.
    pub(super) async fn ask(
        &mut self,
        number: usize,
        question: &LabelledQuestion,
    ) -> AppResult<Asked> {
        let place = match self.places.of(question).await? {
            Ok(place) => place,
            Err(why) => return Ok(not_asked(number, question, why, false)),
        };
        let within = self.plan.within_document;
        let request = EvaluateRequest {
            question: question.question.clone(),
            document: place
                .as_ref()
                .filter(|_| within)
                .map(|place| place.document.clone()),
            kind: self.plan.kind,
        };
        match pipeline::evaluate(&self.app, &self.principal, &request).await {
            Ok(evaluated) => Ok(Asked {
                stored: stored(number, question, place, evaluated),
                failed: false,
            }),
            Err(error) => Ok(not_asked(number, question, in_words(number, &error), true)),
        }
    }
}

fn in_words(number: usize, error: &AppError) -> String {
    if let AppError::Invalid { message, .. } = error {
        return message.clone();
    }
    tracing::error!(number, %error, "a question of an evaluation failed");
    "The question's way failed; the server's log says why.".to_owned()
}

fn not_asked(number: usize, question: &LabelledQuestion, why: String, failed: bool) -> Asked {
    Asked {
        stored: Stored {
            result: EvaluationResult {
                error: Some(why),
                ..empty(number, question)
            },
            measured: Measured::default(),
            features: BTreeMap::new(),
            documents: BTreeSet::new(),
        },
        failed,
    }
}

fn empty(number: usize, question: &LabelledQuestion) -> EvaluationResult {
    EvaluationResult {
        number,
        question: question.clone(),
        error: None,
        outcome: None,
        rule: None,
        answerability: None,
        recall: None,
        first_gold: None,
        cites_gold: None,
        took_ms: 0.0,
        found: Vec::new(),
        sentences: Vec::new(),
    }
}

fn stored(
    number: usize,
    question: &LabelledQuestion,
    place: Option<Place>,
    evaluated: Evaluated,
) -> Stored {
    let citations = || evaluated.sentences.iter().flat_map(|s| &s.citations);
    let found_in = evaluated.passages.iter().map(|passage| &passage.document);
    let cited_in = citations().map(|citation| &citation.document);
    let documents = found_in.chain(cited_in).cloned().collect();
    let cited: Vec<FoundPlace> = citations()
        .map(|citation| FoundPlace {
            document: citation.name.clone(),
            start: citation.start,
            end: citation.end,
        })
        .collect();
    let measured = measured(place, &evaluated);
    let answered = !evaluated.sentences.is_empty();
    let result = EvaluationResult {
        outcome: evaluated.outcome,
        rule: evaluated.rule,
        answerability: evaluated.answerability,
        recall: measured.recall(),
        first_gold: measured.first_gold(),
        cites_gold: answered.then(|| measured.cites_gold(&cited)).flatten(),
        took_ms: evaluated.took_ms,
        found: measured.hits.iter().take(FOUND_SHOWN).cloned().collect(),
        sentences: evaluated.sentences.into_iter().map(|s| s.text).collect(),
        ..empty(number, question)
    };
    let features = evaluated.features.into_iter();
    Stored {
        result,
        measured,
        // JSON has no other numbers.
        features: features.filter(|(_, value)| value.is_finite()).collect(),
        documents,
    }
}

fn measured(place: Option<Place>, evaluated: &Evaluated) -> Measured {
    let hits = evaluated.passages.iter().map(|passage| FoundPlace {
        document: passage.name.clone(),
        start: passage.start,
        end: passage.end,
    });
    let sentences = &evaluated.sentences;
    let (gold_document, gold) = match place {
        Some(place) => (Some(place.name), place.spans),
        None => (None, Vec::new()),
    };
    let replaced = sentences.iter().filter(|s| !s.replaces.is_empty()).count();
    Measured {
        hits: hits.collect(),
        gold_document,
        gold,
        sentences: sentences.len(),
        cited: sentences.iter().filter(|s| !s.citations.is_empty()).count(),
        replaced,
        // Those that were replaced have failed too.
        dropped: evaluated.dropped.saturating_sub(replaced),
        tokens: evaluated.tokens,
        search_ms: evaluated.search_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{AnswerSentence, Citation, Outcome, PassageRef, Validity};

    fn document(name: &str) -> inhouse_protocol::DocumentId {
        format!("d-{}", name.replace('.', "-")).parse().unwrap()
    }

    fn passage(name: &str, start: usize, end: usize) -> PassageRef {
        PassageRef {
            id: format!("p-{start}").parse().unwrap(),
            document: document(name),
            version: "v".parse().unwrap(),
            version_number: 1,
            name: name.to_owned(),
            title: name.to_owned(),
            heading_path: Vec::new(),
            page: None,
            start,
            end,
            text: "x".repeat(end - start),
            validity: Validity::default(),
            score: 0.5,
        }
    }

    fn sentence(of: &PassageRef) -> AnswerSentence {
        AnswerSentence {
            text: "It is 45 dollars.".into(),
            citations: vec![Citation {
                number: 1,
                passage: of.id.clone(),
                document: of.document.clone(),
                version: of.version.clone(),
                name: of.name.clone(),
                title: of.title.clone(),
                page: None,
                start: of.start,
                end: of.end,
                quote: of.text.clone(),
            }],
            checks: Vec::new(),
            verbatim: true,
            replaces: "numbers".into(),
        }
    }

    fn evaluated(passages: Vec<PassageRef>, sentences: Vec<AnswerSentence>) -> Evaluated {
        Evaluated {
            outcome: Some(Outcome::Answered),
            rule: None,
            answerability: Some(0.9),
            features: vec![("gap".into(), 0.25), ("odd".into(), f64::NAN)],
            passages,
            sentences,
            dropped: 2,
            tokens: 120,
            search_ms: 3.0,
            took_ms: 8.0,
        }
    }

    fn place(name: &str, spans: &[(usize, usize)]) -> Place {
        Place {
            document: document(name),
            name: name.to_owned(),
            spans: spans.to_vec(),
        }
    }

    #[test]
    fn what_came_is_measured_against_the_place_of_the_answer() {
        let passages = vec![passage("b.md", 0, 100), passage("a.md", 100, 200)];
        let sentences = vec![sentence(&passages[1])];
        let kept = stored(
            3,
            &LabelledQuestion::default(),
            Some(place("a.md", &[(150, 250)])),
            evaluated(passages, sentences),
        );
        assert_eq!(kept.result.number, 3);
        assert_eq!(kept.result.recall, Some(0.5));
        assert_eq!(kept.result.first_gold, Some(2));
        assert_eq!(kept.result.cites_gold, Some(true));
        assert_eq!(kept.result.found[0].document, "b.md");
        assert_eq!(kept.documents.len(), 2);
        let Measured {
            cited,
            replaced,
            dropped,
            ..
        } = kept.measured;
        assert_eq!((cited, replaced, dropped), (1, 1, 1));
        assert_eq!(kept.features.len(), 1, "JSON has no NaN");
    }

    #[test]
    fn without_a_place_and_without_an_answer_nothing_is_said_of_them() {
        let kept = stored(
            1,
            &LabelledQuestion::default(),
            Some(place("a.md", &[(0, 10)])),
            evaluated(vec![passage("a.md", 0, 10)], Vec::new()),
        );
        assert_eq!(kept.result.cites_gold, None);
        let kept = stored(
            1,
            &LabelledQuestion::default(),
            None,
            evaluated(vec![passage("a.md", 0, 10)], Vec::new()),
        );
        assert_eq!((kept.result.recall, kept.result.first_gold), (None, None));
    }

    #[test]
    fn what_is_kept_can_be_read_back() {
        let passages: Vec<_> = (0..20)
            .map(|n| passage("a.md", n * 10, n * 10 + 10))
            .collect();
        let kept = stored(
            1,
            &LabelledQuestion::default(),
            None,
            evaluated(passages, Vec::new()),
        );
        assert_eq!(kept.result.found.len(), FOUND_SHOWN);
        assert_eq!(kept.measured.hits.len(), 20);
        let json = serde_json::to_value(&kept).unwrap();
        assert_eq!(serde_json::from_value::<Stored>(json).unwrap(), kept);
    }
}
