//! What the parts of a version's page share, and how what is typed there is kept and checked.

use crate::api::Api;
use crate::browser;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{
    ApiError, RuleDraft, RuleVersionDetail, RuleVersionId, RuleVersionState, RulesCheck,
};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    /// As it was saved.
    pub(super) detail: RwSignal<RuleVersionDetail>,
    /// Of what stands in the editor.
    pub(super) check: RwSignal<RulesCheck>,
    pub(super) checking: RwSignal<bool>,
    /// Something was typed while a check was underway.
    again: StoredValue<bool>,
    /// What stands in the editor is not what was saved.
    pub(super) unsaved: RwSignal<bool>,
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) busy: RwSignal<bool>,
    /// The fields of the editor, while there is one.
    pub(super) content: NodeRef<html::Textarea>,
    pub(super) note: NodeRef<html::Textarea>,
    /// It is a draft that the viewer can write.
    pub(super) editable: Memo<bool>,
    pub(super) api: StoredValue<Api>,
}

impl Shown {
    /// `can_write`: the viewer writes versions here.
    pub(super) fn new(detail: RuleVersionDetail, can_write: bool) -> Self {
        let check = detail.check.clone();
        let detail = RwSignal::new(detail);
        let draft = move || detail.with(|detail| detail.version.state == RuleVersionState::Draft);
        Self {
            detail,
            check: RwSignal::new(check),
            checking: RwSignal::new(false),
            again: StoredValue::new(false),
            unsaved: RwSignal::new(false),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
            content: NodeRef::new(),
            note: NodeRef::new(),
            editable: Memo::new(move |_| can_write && draft()),
            api: StoredValue::new(expect_context()),
        }
    }

    pub(super) fn id(self) -> RuleVersionId {
        self.detail
            .with_untracked(|detail| detail.version.id.clone())
    }

    pub(super) fn begin(self) {
        self.busy.set(true);
        self.error.set(None);
    }

    /// The rules as they stand in the editor; where nothing is edited, as they were saved. Nothing
    /// once the page is gone.
    fn try_written(self) -> Option<String> {
        if self.editable.try_get_untracked()?
            && let Some(field) = self.content.try_get_untracked().flatten()
        {
            return Some(field.value());
        }
        let detail = self.detail;
        detail.try_with_untracked(|detail| as_typed(&detail.content))
    }

    pub(super) fn written(self) -> String {
        self.try_written().unwrap_or_default()
    }

    /// What is to be saved.
    pub(super) fn draft(self) -> RuleDraft {
        let note = self.note.get_untracked();
        RuleDraft {
            content: self.written(),
            note: note.map(|note| note.value()).unwrap_or_default(),
        }
    }

    /// Where this browser keeps what was typed over the text that was saved: another text has
    /// another place, so that nothing is kept over what somebody else saved meanwhile.
    pub(super) fn key(self) -> String {
        self.detail.with_untracked(|detail| {
            format!("rules:{}:{}", detail.version.id, detail.version.sha256)
        })
    }

    /// Fills the fields with what was typed here before, else with what was saved.
    pub(super) fn fill(self) {
        let (Some(content), Some(note)) = (self.content.get(), self.note.get()) else {
            return;
        };
        let kept = browser::load(&self.key());
        let typed_before = kept.is_some();
        self.detail.with_untracked(|detail| {
            if content.value().is_empty() {
                content.set_value(&kept.unwrap_or_else(|| as_typed(&detail.content)));
            }
            if note.value().is_empty() {
                note.set_value(&detail.version.note);
            }
        });
        self.compare();
        if typed_before {
            self.check();
        }
    }

    /// Puts back what was saved.
    pub(super) fn discard(self) {
        browser::save(&self.key(), "");
        if let (Some(content), Some(note)) =
            (self.content.get_untracked(), self.note.get_untracked())
        {
            self.detail.with_untracked(|detail| {
                content.set_value(&as_typed(&detail.content));
                note.set_value(&detail.version.note);
            });
        }
        self.compare();
        self.check();
    }

    /// Notes whether what stands in the fields was saved.
    pub(super) fn compare(self) {
        let (Some(content), Some(note)) = (
            self.content.try_get_untracked().flatten(),
            self.note.try_get_untracked().flatten(),
        ) else {
            return;
        };
        let unsaved = self.detail.try_with_untracked(|detail| {
            content.value() != as_typed(&detail.content)
                || note.value().trim() != as_typed(&detail.version.note)
        });
        if unsaved != self.unsaved.try_get_untracked() {
            let _ = self.unsaved.try_set(unsaved.unwrap_or_default());
        }
    }

    /// Keeps in this browser what is typed, and checks it.
    pub(super) fn keep_and_check(self) {
        let saved = self
            .detail
            .with_untracked(|detail| as_typed(&detail.content));
        let written = self.written();
        browser::save(&self.key(), if written == saved { "" } else { &written });
        self.check();
    }

    /// Has what stands in the editor checked, one check after the other; the last one is of what
    /// stands there last.
    fn check(self) {
        if self.checking.get_untracked() {
            self.again.set_value(true);
            return;
        }
        let api = self.api.get_value();
        self.checking.set(true);
        spawn_local(async move {
            while let Some(written) = self.try_written() {
                let _ = self.again.try_set_value(false);
                match api.check_rules(written).await {
                    Ok(check) => {
                        let _ = self.check.try_set(check);
                    }
                    Err(error) => {
                        let _ = self.error.try_set(Some(error));
                    }
                }
                if self.again.try_get_value() != Some(true) {
                    break;
                }
            }
            let _ = self.checking.try_set(false);
        });
    }

    /// Shows what a change came to, and says `said` where it went well.
    pub(super) async fn settle<T>(self, ui: Ui, changed: Result<T, ApiError>, said: &str) -> bool {
        let changed = match changed {
            Ok(_) => self.look().await,
            Err(error) => Err(error),
        };
        let went_well = changed.is_ok();
        if went_well {
            ui.say(said);
        }
        let _ = self.error.try_set(changed.err());
        let _ = self.busy.try_set(false);
        went_well
    }

    /// Asks for the version as it is now.
    async fn look(self) -> Result<(), ApiError> {
        let (Some(api), Some(id)) = (
            self.api.try_get_value(),
            self.detail
                .try_with_untracked(|detail| detail.version.id.clone()),
        ) else {
            return Ok(());
        };
        let now = api.rule_version(&id).await?;
        let check = now.check.clone();
        let _ = self.detail.try_set(now);
        self.compare();
        if self.unsaved.try_get_untracked() == Some(false) {
            let _ = self.check.try_set(check);
        }
        Ok(())
    }

    /// Why these rules can't be proposed or published as they stand; nothing where they can.
    pub(super) fn hindrance(self) -> Option<&'static str> {
        if self.unsaved.get() {
            return Some(text::SAVE_RULES_FIRST);
        }
        self.detail.with(|detail| {
            if !detail.check.passes() {
                Some(text::MEND_RULES_FIRST)
            } else if detail.version.note.is_empty() {
                Some(text::RULES_NOTE_FIRST)
            } else {
                None
            }
        })
    }
}

/// A text as a field holds it, whose lines end with `\n` alone.
fn as_typed(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_ends_lines_in_one_way() {
        assert_eq!(as_typed("a\r\nb\rc\n"), "a\nb\nc\n");
    }
}
