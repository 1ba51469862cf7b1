//! Groups of like questions that the documents did not answer.
//!
//! Leader clustering (Hartigan, Clustering Algorithms, 1975, chapter 3): each question joins the
//! group whose first question is nearest, if it is near enough, and else begins its own. One pass,
//! and the same groups for the same questions.

use super::figures::median;
use inhouse_protocol::{EscalationReason, MissingTopic, Timestamp, UserId};
use inhouse_retrieval::cosine;
use inhouse_store::{AskedQuestion, Calendar};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Cosine similarity from which on two questions are about the same.
const ALIKE: f32 = 0.7;

/// From this number of people on their group says nothing of one of them.
const FEW: usize = 3;

/// A question that the documents did not answer.
pub(super) struct Unanswered<'a> {
    /// Of the period, not of the one before it.
    pub(super) now: bool,
    pub(super) question: &'a AskedQuestion,
    pub(super) vector: Arc<[f32]>,
}

/// Whether the documents failed it: a person had to be asked, and no rule wanted it so.
pub(super) fn is_unanswered(question: &AskedQuestion) -> bool {
    question.escalation.as_ref().is_some_and(|escalation| {
        matches!(
            escalation.reason,
            EscalationReason::NotInDocuments
                | EscalationReason::NotVerified
                | EscalationReason::Asked
                | EscalationReason::Conflict
        )
    })
}

/// The groups that have a question in the period, the largest first. `reads`: the reader sees the
/// questions at the desk, so that no group is too small to be named.
pub(super) fn groups(
    all: &[Unanswered<'_>],
    reads: bool,
    calendar: &Calendar,
) -> Vec<MissingTopic> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, question) in all.iter().enumerate() {
        let nearest = groups
            .iter_mut()
            .map(|group| (cosine(&all[group[0]].vector, &question.vector), group))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((near, group)) if near >= ALIKE => group.push(at),
            _ => groups.push(vec![at]),
        }
    }
    let mut told: Vec<MissingTopic> = groups
        .iter()
        .filter_map(|group| {
            let members: Vec<&Unanswered<'_>> = group.iter().map(|at| &all[*at]).collect();
            topic(&members, reads, calendar)
        })
        .collect();
    told.sort_by(|a, b| {
        let larger = b.questions.cmp(&a.questions);
        larger.then(b.last_at.cmp(&a.last_at))
    });
    told
}

/// A group in figures; none where all of it was asked in the period before.
fn topic(members: &[&Unanswered<'_>], reads: bool, calendar: &Calendar) -> Option<MissingTopic> {
    let now: Vec<&Unanswered<'_>> = members.iter().copied().filter(|one| one.now).collect();
    let newest = now.iter().max_by_key(|one| one.question.asked_at)?;
    let people: BTreeSet<&UserId> = members
        .iter()
        .filter_map(|one| one.question.user.as_ref())
        .collect();
    let many = people.len() >= FEW;
    let waits = now.iter().filter_map(|one| {
        let escalation = one.question.escalation.as_ref()?;
        let reply: Timestamp = escalation.first_reply_at?;
        Some(calendar.business_ms(escalation.created_at, reply))
    });
    let waited = median(waits.collect()).and_then(|ms| u64::try_from(ms / 60_000).ok());
    let escalation = newest
        .question
        .escalation
        .as_ref()
        .map(|one| one.id.clone());
    Some(MissingTopic {
        label: (many || reads).then(|| middle(members).question.question.clone()),
        questions: now.len() as u64,
        before: (members.len() - now.len()) as u64,
        people: many.then_some(people.len() as u64),
        departments: if many { departments(&now) } else { Vec::new() },
        waited_minutes: waited,
        escalation: escalation.filter(|_| reads),
        last_at: newest.question.asked_at,
    })
}

/// The question nearest to the sum of all.
fn middle<'a, 'b>(members: &[&'a Unanswered<'b>]) -> &'a Unanswered<'b> {
    let mut sum = vec![0.0_f32; members[0].vector.len()];
    for member in members {
        for (total, value) in sum.iter_mut().zip(member.vector.iter()) {
            *total += value;
        }
    }
    let near = |one: &Unanswered<'_>| cosine(&sum, &one.vector);
    members
        .iter()
        .copied()
        .reduce(|best, one| if near(one) > near(best) { one } else { best })
        .unwrap_or(members[0])
}

/// The departments that asked, the most frequent first.
fn departments(members: &[&Unanswered<'_>]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for member in members {
        if let Some(department) = member.question.department.as_deref() {
            *counts.entry(department).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
        .into_iter()
        .map(|(name, _)| name.to_owned())
        .collect()
}
