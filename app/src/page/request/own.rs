//! What the asker does with a request: adds to it, withdraws it, opens it again, rates it.

use crate::api::Api;
use crate::part::{FormError, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Escalation, EscalationId, EscalationState, RateRequest};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::pin::Pin;

type Change = Pin<Box<dyn Future<Output = Result<Escalation, ApiError>>>>;

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Own {
    ui: Ui,
    api: StoredValue<Api>,
    /// As it stands now.
    pub(super) request: RwSignal<Escalation>,
    error: RwSignal<Option<ApiError>>,
    busy: RwSignal<bool>,
}

impl Own {
    pub(super) fn of(request: Escalation) -> Self {
        Self {
            ui: Ui::of_page(),
            api: StoredValue::new(expect_context()),
            request: RwSignal::new(request),
            error: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// Reads it again.
    pub(super) fn look(self) {
        let api = self.api.get_value();
        let Some(id) = self.id() else { return };
        spawn_local(async move {
            if let Ok(now) = api.request(&id).await {
                self.show(now);
            }
        });
    }

    fn id(self) -> Option<EscalationId> {
        let known = |request: &Escalation| request.summary.id.clone();
        self.request.try_with_untracked(known)
    }

    /// What did not change isn't shown anew: somebody may be reading it.
    fn show(self, now: Escalation) {
        let same = self.request.try_with_untracked(|known| *known == now);
        if same == Some(false) {
            let _ = self.request.try_set(now);
        }
    }

    /// Does a change and shows what came of it; `said` is told where it went well, and `then` done.
    fn change(self, said: &'static str, change: Change, then: impl FnOnce() + 'static) {
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            match change.await {
                Ok(now) => {
                    self.ui.say(said);
                    then();
                    self.show(now);
                }
                Err(wrong) => {
                    let _ = self.error.try_set(Some(wrong));
                }
            }
            let _ = self.busy.try_set(false);
        });
    }

    fn off(self) -> Signal<bool> {
        derive(move || !self.ui.ready.get() || self.busy.get())
    }
}

/// The forms, as far as the request's state lets one use them.
pub(super) fn actions(own: Own) -> AnyView {
    let closed = Memo::new(move |_| {
        own.request
            .with(|request| request.summary.state == EscalationState::Resolved)
    });
    let withdrawn = Memo::new(move |_| {
        own.request
            .with(|request| request.summary.withdrawn_at.is_some())
    });
    let message = move || message_form(own, closed.get());
    let withdraw = move || (!closed.get()).then(|| withdraw_form(own));
    let rating = move || (closed.get() && !withdrawn.get()).then(|| rating_form(own));
    view! {
        <section class="own-request" aria-label=text::ADD_MESSAGE>
            <FormError error=own.error />
            {live(rating)}
            {live(message)}
            {live(withdraw)}
        </section>
    }
    .whole()
}

/// A message; to a closed request it is what opens it again.
fn message_form(own: Own, closed: bool) -> AnyView {
    let field = NodeRef::<html::Textarea>::new();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let words = field.get_untracked().map(|field| field.value());
        let words = words.unwrap_or_default().trim().to_owned();
        let (api, Some(id)) = (own.api.get_value(), own.id()) else {
            return;
        };
        let clear = move || {
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
        };
        if closed {
            let change = async move { api.reopen_request(&id, words).await };
            own.change(text::OPENED_AGAIN, Box::pin(change), clear);
        } else {
            let change = async move { api.add_to_request(&id, words).await };
            own.change(text::MESSAGE_SENT, Box::pin(change), clear);
        }
    };
    let (label, button) = if closed {
        (text::WHY_AGAIN, text::REOPEN_REQUEST)
    } else {
        (text::YOUR_MESSAGE, text::ADD_MESSAGE)
    };
    let hint = closed.then(|| view! { <p class="hint">{text::REOPEN_TEXT}</p> });
    let optional = closed.then(|| view! { <span class="quiet">" " {text::OPTIONAL}</span> });
    view! {
        <form method="post" on:submit=send>
            <label for="message">{label} {optional}</label>
            <textarea
                id="message"
                name="body"
                rows="4"
                maxlength="20000"
                required={!closed}
                node_ref=field
            ></textarea>
            {hint}
            <div class="buttons">
                <button type="submit" class:primary={!closed} disabled=own.off()>
                    {button}
                </button>
            </div>
        </form>
    }
    .whole()
}

fn withdraw_form(own: Own) -> AnyView {
    let withdraw = move |event: SubmitEvent| {
        event.prevent_default();
        let (api, Some(id)) = (own.api.get_value(), own.id()) else {
            return;
        };
        let change = async move { api.withdraw_request(&id).await };
        own.change(text::WITHDRAWN_NOW, Box::pin(change), || ());
    };
    view! {
        <form method="post" on:submit=withdraw>
            <p class="hint">{text::WITHDRAW_TEXT}</p>
            <div class="buttons">
                <button type="submit" class="plain" disabled=own.off()>
                    {text::WITHDRAW_REQUEST}
                </button>
            </div>
        </form>
    }
    .whole()
}

fn rating_form(own: Own) -> AnyView {
    let (given, comment) = own
        .request
        .with_untracked(|request| (request.summary.rating, request.rating_comment.clone()));
    let chosen = RwSignal::new(given);
    let field = NodeRef::<html::Textarea>::new();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(rating), Some(id)) = (chosen.get_untracked(), own.id()) else {
            return;
        };
        let comment = field.get_untracked().map(|field| field.value());
        let rating = RateRequest {
            rating,
            comment: comment.unwrap_or_default(),
        };
        let api = own.api.get_value();
        let change = async move { api.rate_request(&id, &rating).await };
        own.change(text::RATING_SENT, Box::pin(change), || ());
    };
    let choices = text::RATINGS
        .into_iter()
        .map(|(number, name)| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="rating"
                        value=number.to_string()
                        required=true
                        checked={given == Some(number)}
                        on:change=move |_| chosen.set(Some(number))
                    />
                    <span>{name}</span>
                </label>
            }
        })
        .wholes();
    view! {
        <form method="post" on:submit=send>
            <fieldset class="ratings">
                <legend>{text::RATE_IT}</legend>
                {choices}
            </fieldset>
            <label for="rating-comment">
                {text::RATING_COMMENT} <span class="quiet">" " {text::OPTIONAL}</span>
            </label>
            <textarea
                id="rating-comment"
                name="comment"
                rows="2"
                maxlength="1000"
                prop:value=comment
                node_ref=field
            ></textarea>
            <div class="buttons">
                <button type="submit" disabled=own.off()>
                    {text::SEND_RATING}
                </button>
            </div>
        </form>
    }
    .whole()
}
