//! What was asked before and is like a question: duplicates to be merged, replies to learn from.

use super::vectors;
use crate::app::App;
use crate::approved;
use crate::error::AppResult;
use inhouse_protocol::{EscalationId, EscalationSummary, Similar, SimilarCase};
use inhouse_retrieval::cosine;
use inhouse_store::Principal;
use std::iter::once;
use std::sync::Arc;

/// Past escalations looked through, the newest first.
const PAST: u32 = 400;
/// Cosine similarity from which on two questions are called alike. Of all-MiniLM-L6-v2, questions
/// on the same matter in other words are mostly above it, on another matter of the same field below.
const ALIKE: f32 = 0.6;
const CASES: usize = 8;
const APPROVED: usize = 5;

/// Past escalations and approved answers like an escalation, of those that the principal may see.
/// `NotFound` where they may not see the escalation itself.
pub(crate) async fn similar(
    app: &App,
    principal: &Principal,
    id: &EscalationId,
) -> AppResult<Similar> {
    let (this, _) = app.store.escalation_summary(principal, id).await?;
    let mut past = app.store.past_escalations(principal, PAST).await?;
    past.retain(|(other, _)| is_another(&this, other));
    let search = app.search();
    let texts: Vec<&str> = once(this.question.as_str())
        .chain(past.iter().map(|(other, _)| other.question.as_str()))
        .collect();
    let vectors = vectors(&app.questions, &search, &texts).await?;
    let Some((question, others)) = vectors.split_first() else {
        return Ok(Similar::default());
    };
    Ok(Similar {
        approved: approved::near(app, principal, question, APPROVED).await?,
        cases: likest(question, past, others),
    })
}

/// Not the case itself, and nothing that was merged with it already.
fn is_another(this: &EscalationSummary, other: &EscalationSummary) -> bool {
    other.id != this.id
        && other.merged_into.as_ref() != Some(&this.id)
        && this.merged_into.as_ref() != Some(&other.id)
}

/// The cases that are alike, the likest first, the newer of two equals before the older.
fn likest(
    question: &[f32],
    past: Vec<(EscalationSummary, String)>,
    vectors: &[Arc<[f32]>],
) -> Vec<SimilarCase> {
    let mut cases: Vec<SimilarCase> = past
        .into_iter()
        .zip(vectors)
        .map(|((escalation, reply), vector)| SimilarCase {
            escalation,
            score: cosine(question, vector).clamp(0.0, 1.0),
            reply,
        })
        .filter(|case| case.score >= ALIKE)
        .collect();
    cases.sort_by(|a, b| {
        let newer = b.escalation.created_at.cmp(&a.escalation.created_at);
        b.score.total_cmp(&a.score).then(newer)
    });
    cases.truncate(CASES);
    cases
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::{EscalationReason, EscalationState, Priority, QueueName, Timestamp};

    fn case(id: &str, at: i64) -> (EscalationSummary, String) {
        let queue = QueueName {
            id: "q".parse().unwrap(),
            key: "legal".into(),
            name: "Legal".into(),
            restricted: false,
        };
        let summary = EscalationSummary {
            id: id.parse().unwrap(),
            question: "How long?".into(),
            reason: EscalationReason::Asked,
            state: EscalationState::Resolved,
            asker: "Emil".into(),
            department: None,
            created_at: Timestamp(at),
            first_reply_at: None,
            ticket: None,
            queue,
            priority: Priority::Normal,
            assignee: None,
            topic: String::new(),
            language: String::new(),
            first_reply_due: None,
            resolution_due: None,
            snoozed_until: None,
            waiting_since: None,
            merged_into: None,
            withdrawn_at: None,
            rating: None,
            revision: 1,
        };
        (summary, format!("Reply to {id}"))
    }

    fn ids(cases: &[SimilarCase]) -> Vec<&str> {
        let ids = cases.iter().map(|case| case.escalation.id.as_str());
        ids.collect()
    }

    #[test]
    fn the_likest_case_comes_first_and_what_is_not_alike_stays_out() {
        let past = vec![
            case("far", 4),
            case("near", 3),
            case("same", 2),
            case("twin", 5),
        ];
        let vectors: Vec<Arc<[f32]>> = [[0.0, 1.0], [0.8, 0.6], [1.0, 0.0], [1.0, 0.0]]
            .map(Arc::<[f32]>::from)
            .to_vec();
        let found = likest(&[1.0, 0.0], past, &vectors);
        assert_eq!(ids(&found), ["twin", "same", "near"]);
        assert_eq!(found[1].reply, "Reply to same");
    }

    #[test]
    fn there_are_never_more_than_fit_beside_a_reply() {
        let past: Vec<_> = (0..20).map(|at| case(&format!("c{at}"), at)).collect();
        let vectors: Vec<Arc<[f32]>> = vec![Arc::from([1.0, 0.0]); 20];
        assert_eq!(likest(&[1.0, 0.0], past, &vectors).len(), CASES);
    }

    #[test]
    fn a_case_is_not_like_itself_nor_like_its_own_duplicates() {
        let (this, _) = case("this", 1);
        let (mut duplicate, _) = case("other", 2);
        assert!(!is_another(&this, &this));
        assert!(is_another(&this, &duplicate));
        duplicate.merged_into = Some(this.id.clone());
        assert!(!is_another(&this, &duplicate));
        assert!(!is_another(&duplicate, &this));
    }
}
