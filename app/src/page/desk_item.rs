//! One escalation on the review desk: what was asked, why it is here, what was found, the reply.

use super::desk::{Filter, legal};
use super::{id_in_path, only_for};
use crate::api::{Api, invalid, path};
use crate::browser;
use crate::part::{
    FormError, Icon, IntoWhole, IntoWholes, Passages, Replies, StateTag, bodies, conflict_view,
    derive, live, loaded, on_change, on_key, only, paragraphs, rows_to_come, typing,
};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{
    ApiError, Escalation, EscalationId, EscalationState, EscalationSummary, NewReply,
};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

/// The escalation in the path.
#[component]
pub(crate) fn DeskItemPage() -> impl IntoView {
    only_for(legal, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let id = id_in_path::<EscalationId>("id");
    let filter = Filter::in_address();
    let item = bodies(move || {
        let item = path::escalation(&id.get()?);
        Some(vec![item, path::escalations(filter.get().0)])
    });
    loaded(item, rows_to_come, move |bodies| {
        let item = only(&bodies)?;
        let list = only(bodies.get(1..).unwrap_or_default())?;
        Ok(view! { <Item item=item list=list filter=filter.get_untracked() /> }.whole())
    })
}

/// The addresses of the items before and after `id` in the list that the desk shows.
fn neighbours(
    list: &[EscalationSummary],
    id: &EscalationId,
    filter: Filter,
) -> (Option<String>, Option<String>) {
    let address = |item: &EscalationSummary| format!("/desk/{}{}", item.id, filter.query());
    let Some(at) = list.iter().position(|item| item.id == *id) else {
        return (None, list.first().map(address));
    };
    let before = at.checked_sub(1).and_then(|at| list.get(at));
    (before.map(address), list.get(at + 1).map(address))
}

#[component]
fn Item(item: Escalation, list: Vec<EscalationSummary>, filter: Filter) -> impl IntoView {
    let id = item.summary.id.clone();
    let (previous, next) = neighbours(&list, &id, filter);
    on_key(|event| {
        if typing(event) {
            return;
        }
        match event.key().as_str() {
            "j" => browser::click("#next-item"),
            "k" => browser::click("#previous-item"),
            "r" => {
                event.prevent_default();
                browser::focus("#reply");
            }
            _ => {}
        }
    });
    let link = |id: &'static str, address: Option<String>, name: &'static str| {
        address.map(|address| {
            view! {
                <a id=id href=address>
                    {name}
                </a>
            }
        })
    };
    let summary = item.summary.clone();
    let reason = text::reason_for_desk(summary.reason);
    let rule = item.rule.clone();
    let passages = item.passages.clone();
    let conflict = item.conflict.clone();
    let conflict = conflict.map(|conflict| conflict_view(id.as_str(), &conflict, &passages));
    let trace = item
        .trace
        .iter()
        .map(|line| view! { <li>{line.clone()}</li> })
        .wholes();
    let note = item.note.clone();
    let escalation = RwSignal::new(item);
    view! {
        <Title text=text::title(&summary.question) />
        <div class="page narrow">
            <header class="page-head">
                <p class="crumbs">
                    <a href=format!("/desk{}", filter.query())>{text::DESK}</a>
                    <span class="crumbs-end">
                        {link("previous-item", previous, text::PREVIOUS)}
                        {link("next-item", next.clone(), text::NEXT)}
                    </span>
                </p>
                <h1 class="question">{summary.question}</h1>
                <p class="row-about">
                    {live(move || {
                        view! { <StateTag state=escalation.with(|item| item.summary.state) /> }
                    })} <span>{text::person(&summary.asker, summary.department.as_deref())}</span>
                    <Moment at=summary.created_at />
                    {summary.ticket.map(|ticket| view! { <span>{ticket}</span> })}
                </p>
            </header>
            <section class="why">
                <h2>{text::WHY_HERE}</h2>
                <p>
                    {reason}
                    {rule.map(|rule| view! { <span class="rule">" " {text::rule(&rule)}</span> })}
                </p>
                {(!note.is_empty())
                    .then(|| {
                        view! {
                            <div class="asker-note">
                                <h3>{text::ASKER_NOTE}</h3>
                                {paragraphs(&note)}
                            </div>
                        }
                    })}
                <details>
                    <summary>{text::RULE_TRACE}</summary>
                    <ol class="trace">{trace}</ol>
                </details>
            </section>
            {conflict}
            <Passages
                owner=id.to_string()
                title=text::PASSAGES_FOUND
                passages=Signal::stored(passages)
                cited=Signal::stored(None)
            />
            <section class="thread" aria-labelledby="thread-title">
                <h2 id="thread-title">{text::REPLIES}</h2>
                {live(move || view! { <Replies replies=escalation.with(|item| item.replies.clone()) /> })}
                <ReplyForm escalation=escalation next=next filter=filter />
            </section>
        </div>
    }
}

/// The reply and what becomes of the escalation with it.
#[component]
fn ReplyForm(
    escalation: RwSignal<Escalation>,
    /// Where 'and resolve' leads: the next one of the list.
    next: Option<String>,
    filter: Filter,
) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let navigate = use_navigate();
    let id = escalation.with_untracked(|item| item.summary.id.clone());
    let draft = StoredValue::new(format!("reply:{id}"));
    let field = NodeRef::<html::Textarea>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    on_change(move || {
        if let Some(field) = field.get().filter(|field| field.value().is_empty()) {
            let kept = draft.with_value(|key| browser::load(key));
            field.set_value(&kept.unwrap_or_default());
        }
    });
    let onward = next.unwrap_or_else(|| format!("/desk{}", filter.query()));
    let finish = move |body: Option<String>, state: EscalationState| {
        let (api, id, navigate, onward) =
            (api.clone(), id.clone(), navigate.clone(), onward.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let changed = match body {
                Some(body) => api.reply(&id, &NewReply { body, state }).await,
                None => api.set_state(&id, state).await,
            };
            let _ = busy.try_set(false);
            match changed {
                Ok(item) => {
                    ui.say(text::state(item.summary.state));
                    draft.try_with_value(|key| browser::save(key, ""));
                    if let Some(field) = field.try_get_untracked().flatten() {
                        field.set_value("");
                    }
                    let _ = escalation.try_set(item);
                    if state == EscalationState::Resolved {
                        navigate(&onward, leptos_router::NavigateOptions::default());
                    }
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let written = move || {
        let body = field.get_untracked().map(|field| field.value());
        body.unwrap_or_default().trim().to_owned()
    };
    let reply = {
        let finish = finish.clone();
        move |state| {
            let body = written();
            if body.is_empty() {
                error.set(Some(invalid("body", text::REPLY_EMPTY)));
                browser::focus("#reply");
            } else {
                finish(Some(body), state);
            }
        }
    };
    let submit = {
        let reply = reply.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            reply(EscalationState::Answered);
        }
    };
    let disabled = derive(move || !ui.ready.get() || busy.get());
    let resolved = move || escalation.with(|i| i.summary.state == EscalationState::Resolved);
    let toggle = move |_| {
        finish(
            None,
            if escalation.with_untracked(|i| i.summary.state) == EscalationState::Resolved {
                EscalationState::Open
            } else {
                EscalationState::Resolved
            },
        );
    };
    view! {
        <form class="reply-form" method="post" on:submit=submit>
            <FormError error=error />
            <label for="reply">{text::YOUR_REPLY}</label>
            <textarea
                id="reply"
                name="body"
                rows="6"
                maxlength="20000"
                node_ref=field
                aria-describedby="reply-hint"
                on:input=move |_| {
                    if let Some(field) = field.get_untracked() {
                        draft.with_value(|key| browser::save(key, &field.value()));
                    }
                }
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
                    on:click=move |_| reply(EscalationState::Resolved)
                >
                    {Icon::Check.view()}
                    {text::SEND_AND_RESOLVE}
                </button>
                <button type="button" class="plain" disabled=disabled on:click=toggle>
                    {live(move || if resolved() { text::REOPEN } else { text::RESOLVE })}
                </button>
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::EscalationReason;

    fn summary(id: &str) -> EscalationSummary {
        let mut summary = sample::escalation(EscalationReason::Rule).summary;
        summary.id = sample::id(id);
        summary
    }

    #[test]
    fn the_neighbours_keep_the_filter_and_end_with_the_list() {
        let list = [summary("a"), summary("b"), summary("c")];
        let all = Filter(None);
        let of = |id: &str| neighbours(&list, &sample::id(id), all);
        assert_eq!(of("a"), (None, Some("/desk/b?state=all".to_owned())));
        assert_eq!(of("c"), (Some("/desk/b?state=all".to_owned()), None));
    }

    #[test]
    fn an_item_that_left_the_list_leads_to_its_first() {
        let list = [summary("b")];
        let open = Filter(Some(EscalationState::Open));
        assert_eq!(
            neighbours(&list, &sample::id("a"), open),
            (None, Some("/desk/b".to_owned()))
        );
    }
}
