//! The model's draft of a reply, beside its sources: taken, changed or rejected by a person.

use super::shown::Shown;
use crate::browser;
use crate::part::{Answer, Icon, IntoWhole, derive, live, on_change};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{AnswerSentence, ApiError, Draft, DraftState, DraftStatus};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often it is asked whether the draft is there.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// How the draft stands on the screen.
#[derive(Clone, Copy)]
struct Drafting {
    shown: Shown,
    writing: RwSignal<bool>,
    /// Why there is none, in words.
    failed: RwSignal<Option<String>>,
}

impl Drafting {
    fn take(self, status: Result<DraftStatus, ApiError>) {
        match status {
            Ok(status) => {
                let _ = self.writing.try_set(status.writing);
                let _ = self.failed.try_set(status.error);
                if let Some(draft) = status.draft {
                    self.shown.item.try_update(|item| item.draft = Some(draft));
                }
            }
            Err(error) => {
                let _ = self.writing.try_set(false);
                let _ = self.failed.try_set(Some(error.message));
            }
        }
    }
}

pub(super) fn draft(shown: Shown) -> AnyView {
    let drafting = Drafting {
        shown,
        writing: RwSignal::new(false),
        failed: RwSignal::new(None),
    };
    look_while_writing(drafting);
    let offered = Memo::new(move |_| {
        let draft = shown.item.with(|item| item.draft.clone());
        draft.filter(|draft| draft.state == DraftState::Offered)
    });
    let content = move || match offered.get() {
        Some(draft) => offer(drafting, draft),
        None => begin(drafting),
    };
    view! {
        <section class="draft" aria-labelledby="draft-title">
            <h2 id="draft-title" tabindex="-1">
                {text::REPLY_DRAFT}
            </h2>
            {live(content)}
        </section>
    }
    .whole()
}

fn look_while_writing(drafting: Drafting) {
    on_change(move || {
        if !drafting.writing.get() {
            return;
        }
        let look = move || {
            let (api, id) = (drafting.shown.api.get_value(), drafting.shown.id());
            spawn_local(async move { drafting.take(api.draft(&id).await) });
        };
        if let Ok(handle) = set_interval_with_handle(look, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}

/// The button that has one written, or what became of that.
fn begin(drafting: Drafting) -> AnyView {
    let ui = Ui::of_page();
    let shown = drafting.shown;
    let start = move |_| {
        let (api, id) = (shown.api.get_value(), shown.id());
        drafting.writing.set(true);
        drafting.failed.set(None);
        spawn_local(async move { drafting.take(api.start_draft(&id).await) });
    };
    let failed = move || {
        let failed = drafting.failed.get();
        failed.map(|words| view! { <p class="quiet">{words}</p> })
    };
    view! {
        <p class="hint">{text::DRAFT_HINT}</p>
        <div role="status">{live(failed)}</div>
        <div class="buttons">
            <button
                type="button"
                class="small"
                disabled=derive(move || !ui.ready.get() || drafting.writing.get())
                on:click=start
            >
                {Icon::Mark.view()}
                {live(move || {
                    if drafting.writing.get() { text::DRAFTING } else { text::WRITE_DRAFT }
                })}
            </button>
        </div>
    }
    .whole()
}

/// What the draft says, as plain text for a reply.
fn plain(sentences: &[AnswerSentence]) -> String {
    let texts: Vec<&str> = sentences.iter().map(|one| one.text.trim()).collect();
    texts.join(" ")
}

fn offer(drafting: Drafting, draft: Draft) -> AnyView {
    let ui = Ui::of_page();
    let shown = drafting.shown;
    let owner = format!("draft-{}", draft.id);
    let words = StoredValue::new(plain(&draft.sentences));
    let id = StoredValue::new(draft.id);
    let take = move |focus: &'static str| {
        shown.using.set(Some(id.get_value()));
        words.with_value(|words| shown.put(words));
        browser::focus(focus);
        ui.say(text::DRAFT_TAKEN);
    };
    let reject = move |_| {
        let (api, escalation) = (shown.api.get_value(), shown.id());
        shown.begin();
        spawn_local(async move {
            match api.reject_draft(&escalation).await {
                Ok(()) => {
                    let _ = shown.using.try_set(None);
                    shown.item.try_update(|item| item.draft = None);
                    let _ = shown.busy.try_set(false);
                    ui.say(text::DRAFT_REJECTED);
                    browser::focus("#draft-title");
                    shown.look_again().await;
                }
                Err(error) => {
                    let _ = shown.busy.try_set(false);
                    let _ = shown.error.try_set(Some(error));
                }
            }
        });
    };
    let passages = shown.item.with_untracked(|item| item.passages.clone());
    let by_ai = draft.sentences.iter().any(|sentence| !sentence.verbatim);
    let disabled = derive(move || !ui.ready.get() || shown.busy.get());
    view! {
        <p class="hint">
            {text::drafted_by(&draft.model)} " " <Moment at=draft.at />
        </p>
        <Answer
            run=owner
            sentences=Signal::stored(draft.sentences)
            passages=Signal::stored(passages)
            by_ai=Signal::stored(by_ai)
            quotes_only=Signal::stored(!by_ai)
        />
        <div class="buttons">
            <button
                type="button"
                class="small"
                disabled=disabled
                on:click=move |_| take(".reply-form .primary")
            >
                {Icon::Check.view()}
                {text::ACCEPT_DRAFT}
            </button>
            <button
                type="button"
                class="small"
                disabled=disabled
                on:click=move |_| take("#reply")
            >
                {Icon::Note.view()}
                {text::EDIT_DRAFT}
            </button>
            <button type="button" class="small danger" disabled=disabled on:click=reject>
                {text::REJECT_DRAFT}
            </button>
        </div>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_draft_becomes_plain_text_sentence_by_sentence() {
        let sentences = [
            sample::sentence("Notice is thirty days. ", 1),
            sample::sentence("It ends in March.", 2),
        ];
        assert_eq!(
            plain(&sentences),
            "Notice is thirty days. It ends in March."
        );
    }
}
