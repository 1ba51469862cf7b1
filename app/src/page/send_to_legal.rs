//! A question in Legal's hands: sending it there, and what the asker sees of it.

use crate::api::Api;
use crate::browser;
use crate::part::{FormError, Icon, Replies, StateTag, derive, live, standing};
use crate::run::RunView;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, EscalationReason, RunId};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The button, and behind it a form for what the asker wants to add.
#[component]
pub(super) fn SendToLegal(run: RwSignal<RunView>, id: RunId) -> impl IntoView {
    let open = RwSignal::new(false);
    let form_id = format!("legal-{id}");
    let note_id = format!("note-{id}");
    let form = {
        let (form_id, note_id) = (form_id.clone(), note_id.clone());
        move || {
            open.get().then(|| {
                view! {
                    <NoteForm
                        run=run
                        id=id.clone()
                        form_id=form_id.clone()
                        note_id=note_id.clone()
                        open=open
                    />
                }
            })
        }
    };
    let toggle = move |_| {
        open.update(|open| *open = !*open);
        let note = format!("#{note_id}");
        request_animation_frame(move || browser::focus(&note));
    };
    view! {
        <button
            type="button"
            class="small"
            aria-expanded=derive(move || if open.get() { "true" } else { "false" })
            aria-controls=form_id
            on:click=toggle
        >
            {Icon::Person.view()}
            {text::SEND_TO_LEGAL}
        </button>
        {live(form)}
    }
}

#[component]
fn NoteForm(
    run: RwSignal<RunView>,
    id: RunId,
    form_id: String,
    note_id: String,
    open: RwSignal<bool>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let note = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let words = note
            .get_untracked()
            .map(|note| note.value())
            .unwrap_or_default();
        let (api, id) = (api.clone(), id.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.send_to_legal(&id, words.trim().to_owned()).await {
                Ok(escalation) => {
                    ui.say(text::LEGAL_HAS_IT);
                    run.try_update(|run| {
                        run.escalation_id = Some(escalation.summary.id.clone());
                        run.escalation = Some(escalation);
                    });
                }
                Err(wrong) => {
                    let _ = busy.try_set(false);
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <form class="note-form" id=form_id method="post" on:submit=send>
            <FormError error=error />
            <label for=note_id.clone()>
                {text::NOTE_TO_LEGAL} <span class="quiet">" " {text::OPTIONAL}</span>
            </label>
            <textarea id=note_id name="note" rows="3" maxlength="2000" node_ref=note></textarea>
            <div class="buttons">
                <button type="submit" class="primary" disabled=derive(move || busy.get())>
                    {live(move || if busy.get() { text::SENDING } else { text::SEND_TO_LEGAL })}
                </button>
                <button type="button" class="plain" on:click=move |_| open.set(false)>
                    {text::CANCEL}
                </button>
            </div>
        </form>
    }
}

/// 'Legal has your question': why, what happens next, and the replies when they are there.
#[component]
pub(super) fn WithLegal(
    run: RwSignal<RunView>,
    reason: Option<EscalationReason>,
    /// What the deciding rule says.
    message: String,
) -> impl IntoView {
    let words = if message.is_empty() {
        text::with_legal_text(reason).to_owned()
    } else {
        message
    };
    let searched = run.with_untracked(|run| run.passages.len());
    let searched = (reason == Some(EscalationReason::NotInDocuments))
        .then(|| view! { <p class="quiet">{text::searched(searched)}</p> });
    let escalation = Memo::new(move |_| run.with(|run| run.escalation.clone()));
    let replied = Memo::new(move |_| {
        escalation.with(|request| {
            let replies = request.as_ref().map(|request| &request.replies);
            replies.is_some_and(|replies| !replies.is_empty())
        })
    });
    let title = move || {
        if replied.get() {
            text::LEGAL_REPLIED
        } else {
            text::with_legal_title(reason)
        }
    };
    let request = move || {
        escalation.get().map(|request| {
            let path = format!("/requests/{}", request.summary.id);
            let ticket = request.summary.ticket.clone();
            let stands = standing(&request.summary);
            view! {
                <p class="with-legal-foot">
                    <StateTag state=request.summary.state />
                    <a href=path>{text::OPEN_REQUEST}</a>
                    {ticket.map(|ticket| view! { <span class="quiet">{ticket}</span> })}
                </p>
                {stands}
                <Replies replies=request.replies />
            }
        })
    };
    view! {
        <section class="state with-legal" aria-label=text::LEGAL>
            {Icon::Desk.view()}
            <div>
                <h3>{live(title)}</h3>
                <p hidden=derive(move || replied.get())>{words}</p>
                {searched}
                {live(request)}
            </div>
        </section>
    }
}
