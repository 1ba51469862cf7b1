//! What the parts of an escalation's page share, and how it follows what is done to it.

use super::act::Act;
use crate::api::Api;
use crate::browser::{self, Align};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{
    ApiError, ChangeEscalation, DraftId, ErrorCode, Escalation, EscalationId, EscalationState, Me,
    TimelineEntry,
};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) item: RwSignal<Escalation>,
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) busy: RwSignal<bool>,
    /// Who else has it open, with whether they have begun a reply.
    pub(super) others: RwSignal<Vec<(String, bool)>>,
    /// What others did since the page was read.
    pub(super) meanwhile: RwSignal<Vec<TimelineEntry>>,
    /// The field in which the reply is written.
    pub(super) reply: NodeRef<html::Textarea>,
    /// The draft that stands in it, as it was or changed.
    pub(super) using: RwSignal<Option<DraftId>>,
    /// Where 'resolve' leads: to the next one of the list.
    pub(super) onward: StoredValue<String>,
    pub(super) me: StoredValue<Me>,
    pub(super) api: StoredValue<Api>,
}

impl Shown {
    pub(super) fn new(item: Escalation, me: Me, onward: String) -> Self {
        Self {
            item: RwSignal::new(item),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            others: RwSignal::new(Vec::new()),
            meanwhile: RwSignal::new(Vec::new()),
            reply: NodeRef::new(),
            using: RwSignal::new(None),
            onward: StoredValue::new(onward),
            me: StoredValue::new(me),
            api: StoredValue::new(expect_context()),
        }
    }

    pub(super) fn id(self) -> EscalationId {
        self.item.with_untracked(|item| item.summary.id.clone())
    }

    pub(super) fn revision(self) -> u64 {
        self.item.with_untracked(|item| item.summary.revision)
    }

    pub(super) fn begin(self) {
        self.busy.set(true);
        self.error.set(None);
    }

    /// Shows what a change came to and says `said`; whether it went well. Where somebody else was
    /// faster, what they did is shown, and nothing that was written is lost.
    pub(super) async fn settle(
        self,
        ui: Ui,
        changed: Result<Escalation, ApiError>,
        said: &str,
    ) -> bool {
        let went_well = changed.is_ok();
        match changed {
            Ok(item) => {
                let _ = self.item.try_set(item);
                let _ = self.meanwhile.try_set(Vec::new());
                ui.say(said);
            }
            Err(error) => {
                if error.code == ErrorCode::Conflict {
                    self.look_again().await;
                }
                let _ = self.error.try_set(Some(error));
            }
        }
        let _ = self.busy.try_set(false);
        went_well
    }

    /// Asks for it as it is now and notes what others did.
    pub(super) async fn look_again(self) {
        let Some(api) = self.api.try_get_value() else {
            return;
        };
        let Some(id) = self.item.try_with_untracked(|item| item.summary.id.clone()) else {
            return;
        };
        let Ok(now) = api.escalation(&id).await else {
            return;
        };
        let me = self.me.try_with_value(|me| me.name.clone());
        let before = self.item.try_with_untracked(|item| item.timeline.clone());
        let (Some(me), Some(before)) = (me, before) else {
            return;
        };
        let news = by_others(&before, &now.timeline, &me);
        self.meanwhile.try_update(|all| all.extend(news));
        let _ = self.item.try_set(now);
    }

    /// Changes it; resolved, it gives way to the next of the list.
    pub(super) fn carry_out(self, ui: Ui, act: Act, go: Callback<String>) {
        let Act::Change(change) = act else { return };
        if self.busy.get_untracked() {
            return;
        }
        let resolved = change.state == Some(EscalationState::Resolved);
        let change = ChangeEscalation {
            change,
            revision: Some(self.revision()),
        };
        let (api, id) = (self.api.get_value(), self.id());
        self.begin();
        spawn_local(async move {
            let changed = api.change_escalation(&id, &change).await;
            if self.settle(ui, changed, text::SAVED).await && resolved {
                self.go_on(go);
            }
        });
    }

    /// Leads to the next of the list.
    pub(super) fn go_on(self, go: Callback<String>) {
        if let Some(onward) = self.onward.try_get_value() {
            go.run(onward);
        }
    }

    /// Puts words into the reply, after what is written there.
    pub(super) fn put(self, words: &str) {
        if let Some(field) = self.reply.get_untracked() {
            let written = field.value();
            let whole = if written.trim().is_empty() {
                words.to_owned()
            } else {
                format!("{}\n\n{words}", written.trim_end())
            };
            field.set_value(&whole);
            browser::save(&format!("reply:{}", self.id()), &whole);
            browser::scroll_to("#reply", Align::Center);
            browser::focus("#reply");
        }
    }
}

/// What stands in `now` and not in `before`, without what `me` did and what the clock did.
fn by_others(before: &[TimelineEntry], now: &[TimelineEntry], me: &str) -> Vec<TimelineEntry> {
    let by_another = |entry: &&TimelineEntry| {
        let actor = entry.actor.as_deref();
        actor.is_some_and(|actor| actor != me) && !before.contains(entry)
    };
    now.iter().filter(by_another).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use inhouse_protocol::Timestamp;

    #[test]
    fn only_what_others_did_since_is_news() {
        let entry = |actor: Option<&str>, kind: &str| TimelineEntry {
            at: Timestamp(0),
            actor: actor.map(str::to_owned),
            kind: kind.to_owned(),
            words: String::new(),
        };
        let before = [entry(Some("Lea Berg"), "note")];
        let now = [
            before[0].clone(),
            entry(Some("Lena"), "priority"),
            entry(None, "warned"),
            entry(Some("Lea Berg"), "assigned"),
        ];
        let news = by_others(&before, &now, "Lena");
        assert_eq!(news, [entry(Some("Lea Berg"), "assigned")]);
    }
}
