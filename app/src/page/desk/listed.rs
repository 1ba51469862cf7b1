//! The list as it stands on the screen: what is in it, what is selected, and what was done last.

use super::act::Act;
use super::bulk::{self, Done};
use crate::api::Api;
use crate::browser;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, EscalationId, EscalationSummary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;

/// What the parts of the list share.
#[derive(Clone, Copy)]
pub(super) struct Listed {
    pub(super) items: RwSignal<Vec<EscalationSummary>>,
    pub(super) selected: RwSignal<BTreeSet<EscalationId>>,
    /// The row that has, or last had, the focus.
    pub(super) here: RwSignal<Option<EscalationId>>,
    /// What was done last, until it is dismissed.
    pub(super) done: RwSignal<Option<Done>>,
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) busy: RwSignal<bool>,
    /// The query of the address.
    pub(super) query: StoredValue<String>,
    pub(super) api: StoredValue<Api>,
}

impl Listed {
    pub(super) fn new(items: Vec<EscalationSummary>, query: String) -> Self {
        Self {
            items: RwSignal::new(items),
            selected: RwSignal::new(BTreeSet::new()),
            here: RwSignal::new(None),
            done: RwSignal::new(None),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            query: StoredValue::new(query),
            api: StoredValue::new(expect_context()),
        }
    }

    /// The selected ones; where none is, the one in focus.
    pub(super) fn targets(self) -> Vec<EscalationSummary> {
        let here = self.here.get_untracked();
        self.selected.with_untracked(|selected| {
            let meant = |item: &&EscalationSummary| {
                if selected.is_empty() {
                    here.as_ref() == Some(&item.id)
                } else {
                    selected.contains(&item.id)
                }
            };
            self.items
                .with_untracked(|items| items.iter().filter(meant).cloned().collect())
        })
    }

    /// Selects a row, or takes that back.
    pub(super) fn toggle(self, id: &EscalationId) {
        self.selected.update(|selected| {
            if !selected.remove(id) {
                selected.insert(id.clone());
            }
        });
    }

    /// Does it with what is meant; `onward` moves the focus to the next row afterwards.
    pub(super) fn carry_out(self, ui: Ui, act: Act, onward: bool) {
        let items = self.targets();
        if items.is_empty() || self.busy.get_untracked() {
            return;
        }
        let api = self.api.get_value();
        self.begin();
        spawn_local(async move {
            let done = bulk::carry_out(&api, &items, &act).await;
            self.told(ui, done, onward).await;
        });
    }

    /// Takes back what was done last.
    pub(super) fn take_back(self, ui: Ui) {
        let undo = self
            .done
            .with_untracked(|done| done.as_ref().map(|done| done.undo.clone()));
        let Some(undo) = undo.filter(|undo| !undo.is_empty() && !self.busy.get_untracked()) else {
            return;
        };
        let api = self.api.get_value();
        self.begin();
        spawn_local(async move {
            let done = bulk::take_back(&api, &undo).await;
            self.told(ui, done, false).await;
        });
    }

    fn begin(self) {
        self.busy.set(true);
        self.error.set(None);
        self.done.set(None);
    }

    async fn told(self, ui: Ui, done: Result<Done, ApiError>, onward: bool) {
        match done {
            Ok(done) => {
                ui.say(text::so_many_changed(done.changed()));
                let _ = self.done.try_set(Some(done));
                let _ = self.selected.try_set(BTreeSet::new());
            }
            Err(error) => {
                let _ = self.error.try_set(Some(error));
            }
        }
        self.look_again(true, onward).await;
        let _ = self.busy.try_set(false);
    }

    /// Asks for the list as it is now. What had the focus keeps it with `focus`, or what came to
    /// stand in its place.
    pub(super) async fn look_again(self, focus: bool, onward: bool) {
        let (Some(api), Some(query)) = (self.api.try_get_value(), self.query.try_get_value())
        else {
            return;
        };
        let Ok(now) = api.escalations(&query).await else {
            return;
        };
        let before = self.here.try_get_untracked().flatten();
        let next = self.items.try_update(|items| {
            let next = stays(items, &now, before.as_ref(), onward);
            *items = now;
            next
        });
        let next = next.flatten();
        let _ = self.here.try_set(next.clone());
        if let Some(next) = next.filter(|_| focus) {
            request_animation_frame(move || browser::focus(&row(&next)));
        }
    }
}

/// The selector of a row's link.
fn row(id: &EscalationId) -> String {
    format!("#row-{id}")
}

/// Which row the focus belongs to once `old` became `new`: the same, with `onward` the one after
/// it, and where it is gone what stands in its place.
fn stays(
    old: &[EscalationSummary],
    new: &[EscalationSummary],
    here: Option<&EscalationId>,
    onward: bool,
) -> Option<EscalationId> {
    let here = here?;
    let place = |all: &[EscalationSummary]| all.iter().position(|item| item.id == *here);
    let wanted = match place(new) {
        Some(at) => at + usize::from(onward),
        None => place(old)?,
    };
    let at = wanted.min(new.len().checked_sub(1)?);
    new.get(at).map(|item| item.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::EscalationReason;

    fn list(ids: &[&str]) -> Vec<EscalationSummary> {
        ids.iter()
            .map(|id| {
                let mut item = sample::escalation(EscalationReason::Rule).summary;
                item.id = sample::id(id);
                item
            })
            .collect()
    }

    #[test]
    fn the_focus_stays_or_goes_to_what_took_the_place() {
        let old = list(&["a", "b", "c"]);
        let after = |new: &[&str], here: &str, onward| {
            stays(&old, &list(new), Some(&sample::id(here)), onward).map(|id| id.to_string())
        };
        assert_eq!(after(&["a", "b", "c"], "b", false).as_deref(), Some("b"));
        assert_eq!(after(&["a", "b", "c"], "b", true).as_deref(), Some("c"));
        assert_eq!(after(&["a", "c"], "b", true).as_deref(), Some("c"));
        assert_eq!(after(&["a", "b"], "c", false).as_deref(), Some("b"));
        assert_eq!(after(&[], "a", false), None);
    }
}
