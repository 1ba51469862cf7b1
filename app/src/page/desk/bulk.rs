//! One act on many escalations: carried out, told item by item, and taken back.

use super::act::Act;
use crate::api::Api;
use inhouse_protocol::{
    ApiError, BulkChange, BulkResult, EscalationChange, EscalationId, EscalationSummary,
    MergeEscalation,
};

/// As many as the API takes at once.
const MOST: usize = 200;

/// What became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// Each question, with why it was not changed; nothing where it was.
    pub(super) items: Vec<(String, Option<String>)>,
    /// What takes the changes back.
    pub(super) undo: Vec<BulkChange>,
}

impl Done {
    pub(super) fn changed(&self) -> usize {
        let changed = self.items.iter().filter(|(_, error)| error.is_none());
        changed.count()
    }
}

/// Does it with each of `items`, one by one in the end: what fails leaves the others alone.
pub(super) async fn carry_out(
    api: &Api,
    items: &[EscalationSummary],
    act: &Act,
) -> Result<Done, ApiError> {
    match act {
        Act::Change(change) => {
            let all = items.iter();
            let all: Vec<_> = all.map(|item| (item.id.clone(), item.revision)).collect();
            let name = |id: &EscalationId| {
                let item = items.iter().find(|item| item.id == *id);
                item.map(|item| item.question.clone()).unwrap_or_default()
            };
            change_all(api, &all, change, name).await
        }
        Act::MergeInto(into) => Ok(merge_all(api, items, into).await),
    }
}

/// Takes back what was done.
pub(super) async fn take_back(api: &Api, undo: &[BulkChange]) -> Result<Done, ApiError> {
    let mut whole = Done::default();
    for change in undo {
        let name = |_: &EscalationId| String::new();
        let done = change_all(api, &change.escalations, &change.change, name).await?;
        whole.items.extend(done.items);
    }
    Ok(whole)
}

async fn change_all(
    api: &Api,
    all: &[(EscalationId, u64)],
    change: &EscalationChange,
    name: impl Fn(&EscalationId) -> String,
) -> Result<Done, ApiError> {
    let mut done = Done::default();
    let mut results = Vec::new();
    for some in all.chunks(MOST) {
        let change = BulkChange {
            escalations: some.to_vec(),
            change: change.clone(),
        };
        results.extend(api.change_many(&change).await?);
    }
    for result in &results {
        done.items.push((name(&result.id), result.error.clone()));
    }
    done.undo = undo_of(results);
    Ok(done)
}

async fn merge_all(api: &Api, items: &[EscalationSummary], into: &EscalationId) -> Done {
    let mut done = Done::default();
    for item in items.iter().filter(|item| item.id != *into) {
        let merge = MergeEscalation {
            into: into.clone(),
            revision: Some(item.revision),
        };
        let merged = api.merge(&item.id, &merge).await;
        let error = merged.err().map(|error| error.message);
        done.items.push((item.question.clone(), error));
    }
    done
}

/// What takes the changes back: each different one once, for all that it belongs to.
fn undo_of(results: Vec<BulkResult>) -> Vec<BulkChange> {
    let mut all: Vec<BulkChange> = Vec::new();
    for result in results {
        if result.error.is_some() || result.undo == EscalationChange::default() {
            continue;
        }
        let item = (result.id, result.revision);
        match all.iter_mut().find(|other| other.change == result.undo) {
            Some(same) => same.escalations.push(item),
            None => all.push(BulkChange {
                escalations: vec![item],
                change: result.undo,
            }),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::Priority;

    fn result(id: &str, before: Priority, error: Option<&str>) -> BulkResult {
        BulkResult {
            id: sample::id(id),
            error: error.map(str::to_owned),
            revision: 2,
            undo: EscalationChange {
                priority: Some(before),
                ..EscalationChange::default()
            },
        }
    }

    #[test]
    fn what_was_alike_before_is_taken_back_together() {
        let undo = undo_of(vec![
            result("a", Priority::Low, None),
            result("b", Priority::High, None),
            result("c", Priority::Low, None),
            result("d", Priority::Low, Some("Lea Berg changed this meanwhile.")),
        ]);
        let ids: Vec<Vec<&str>> = undo
            .iter()
            .map(|change| {
                change
                    .escalations
                    .iter()
                    .map(|(id, _)| id.as_str())
                    .collect()
            })
            .collect();
        assert_eq!(ids, [vec!["a", "c"], vec!["b"]]);
        assert_eq!(undo[1].change.priority, Some(Priority::High));
    }
}
