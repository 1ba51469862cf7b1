//! What is written to the asker, and what is noted among the people of the desk. Both survive a
//! reload until they were sent.

use super::presence;
use super::shown::Shown;
use super::templates::filled;
use crate::api::invalid;
use crate::browser;
use crate::part::{FormError, Icon, IntoWhole, IntoWholes, derive, live, on_change};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, EscalationState, NewReply, ReplyKind, ReplyTemplate};
use leptos::ev::{Event, KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Keeps what is written in `field` in this browser under a `key` of its own.
fn keep(field: NodeRef<html::Textarea>, key: StoredValue<String>) {
    on_change(move || {
        if let Some(field) = field.get().filter(|field| field.value().is_empty()) {
            let kept = key.with_value(|key| browser::load(key));
            field.set_value(&kept.unwrap_or_default());
        }
    });
}

/// What is written in `field`.
fn written(field: NodeRef<html::Textarea>) -> String {
    let body = field.try_get_untracked().flatten();
    body.map(|field| field.value().trim().to_owned())
        .unwrap_or_default()
}

/// Sends what is written; the field is empty once that went well, which is given back.
async fn send(
    shown: Shown,
    ui: Ui,
    field: NodeRef<html::Textarea>,
    key: StoredValue<String>,
    new: &NewReply,
) -> bool {
    let (Some(api), said) = (shown.api.try_get_value(), text::was_sent(new.kind)) else {
        return false;
    };
    let replied = api.reply(&shown.id(), new).await;
    let went_well = shown.settle(ui, replied, said).await;
    if went_well {
        key.try_with_value(|key| browser::save(key, ""));
        if let Some(field) = field.try_get_untracked().flatten() {
            field.set_value("");
        }
    }
    went_well
}

/// The reply and what becomes of the escalation with it.
#[component]
pub(super) fn ReplyForm(
    shown: Shown,
    /// Those that fit its queue.
    templates: Vec<ReplyTemplate>,
    go: Callback<String>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let key = StoredValue::new(format!("reply:{}", shown.id()));
    let error = RwSignal::new(None::<ApiError>);
    keep(shown.reply, key);
    let reply = move |state: EscalationState, wait: bool| {
        let body = written(shown.reply);
        if body.is_empty() {
            error.set(Some(invalid("body", text::REPLY_EMPTY)));
            browser::focus("#reply");
            return;
        }
        let new = NewReply {
            body,
            kind: ReplyKind::Reply,
            state,
            wait,
            revision: Some(shown.revision()),
            draft: shown.using.get_untracked(),
        };
        error.set(None);
        shown.begin();
        spawn_local(async move {
            if send(shown, ui, shown.reply, key, &new).await {
                let _ = shown.using.try_set(None);
                if state == EscalationState::Resolved {
                    shown.go_on(go);
                }
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        reply(EscalationState::Answered, false);
    };
    let by_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            reply(EscalationState::Answered, false);
        }
    };
    let began = StoredValue::new(false);
    let typed = move |_: Event| {
        let Some(field) = shown.reply.get_untracked() else {
            return;
        };
        key.with_value(|key| browser::save(key, &field.value()));
        if !began.get_value() {
            began.set_value(true);
            presence::tell(shown);
        }
    };
    let disabled = derive(move || !ui.ready.get() || shown.busy.get());
    view! {
        <form class="reply-form" method="post" on:submit=submit>
            <FormError error=error />
            <div class="reply-head">
                <label for="reply">{text::YOUR_REPLY}</label>
                {template_choice(shown, templates)}
            </div>
            <textarea
                id="reply"
                name="body"
                rows="6"
                maxlength="20000"
                node_ref=shown.reply
                aria-describedby="reply-hint"
                on:input=typed
                on:keydown=by_key
            ></textarea>
            <p id="reply-hint" class="hint">
                {text::REPLY_HINT}
            </p>
            <div class="buttons">
                <button type="submit" class="primary" disabled=disabled>
                    {text::SEND_REPLY}
                </button>
                <button
                    type="button"
                    disabled=disabled
                    on:click=move |_| reply(EscalationState::Resolved, false)
                >
                    {Icon::Check.view()}
                    {text::SEND_AND_RESOLVE}
                </button>
                <button
                    type="button"
                    disabled=disabled
                    on:click=move |_| reply(EscalationState::Answered, true)
                >
                    {Icon::Pause.view()}
                    {text::SEND_AND_WAIT}
                </button>
            </div>
        </form>
    }
}

/// The prepared replies; choosing one puts it into the reply.
fn template_choice(shown: Shown, templates: Vec<ReplyTemplate>) -> Option<AnyView> {
    if templates.is_empty() {
        return None;
    }
    let options = templates
        .iter()
        .map(|one| view! { <option value=one.id.to_string()>{one.title.clone()}</option> })
        .wholes();
    let choice = NodeRef::<html::Select>::new();
    let choose = move |event: Event| {
        let id = event_target_value(&event);
        if let Some(template) = templates.iter().find(|one| one.id.as_str() == id) {
            let me = shown.me.with_value(|me| me.name.clone());
            let words = shown
                .item
                .with_untracked(|item| filled(&template.body, &item.summary, &me));
            shown.put(&words);
        }
        if let Some(choice) = choice.get_untracked() {
            choice.set_value("");
        }
    };
    let view = view! {
        <select
            class="template-choice"
            aria-label=text::INSERT_TEMPLATE
            node_ref=choice
            on:change=choose
        >
            <option value="">{text::INSERT_TEMPLATE}</option>
            {options}
        </select>
    };
    Some(view.whole())
}

/// A note among the people of the desk. It looks like nothing that the asker could get.
#[component]
pub(super) fn NoteForm(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let field = NodeRef::<html::Textarea>::new();
    let key = StoredValue::new(format!("note:{}", shown.id()));
    let error = RwSignal::new(None::<ApiError>);
    keep(field, key);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let body = written(field);
        if body.is_empty() {
            error.set(Some(invalid("body", text::NOTE_EMPTY)));
            browser::focus("#note");
            return;
        }
        let new = NewReply {
            body,
            kind: ReplyKind::Note,
            // A note changes no state.
            state: EscalationState::Answered,
            wait: false,
            // Nor can it clash with what another does.
            revision: None,
            draft: None,
        };
        error.set(None);
        shown.begin();
        spawn_local(async move {
            send(shown, ui, field, key, &new).await;
        });
    };
    let kept = move |_: Event| {
        if let Some(field) = field.get_untracked() {
            key.with_value(|key| browser::save(key, &field.value()));
        }
    };
    let only_members = Memo::new(move |_| shown.item.with(|item| item.summary.queue.restricted));
    let hint = move || {
        if only_members.get() {
            text::NOTE_HINT_RESTRICTED
        } else {
            text::NOTE_HINT
        }
    };
    view! {
        <form class="note-box" method="post" on:submit=submit>
            <FormError error=error />
            <label for="note">{Icon::Note.view()} {text::INTERNAL_NOTE}</label>
            <textarea
                id="note"
                name="note"
                rows="3"
                maxlength="20000"
                node_ref=field
                aria-describedby="note-hint"
                on:input=kept
            ></textarea>
            <p id="note-hint" class="hint">
                {live(hint)}
            </p>
            <div class="buttons">
                <button
                    type="submit"
                    disabled=derive(move || !ui.ready.get() || shown.busy.get())
                >
                    {text::ADD_NOTE}
                </button>
            </div>
        </form>
    }
}
