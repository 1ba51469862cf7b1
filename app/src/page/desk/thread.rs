//! What was written in an escalation, and who did what.

use super::shown::Shown;
use crate::part::{Icon, IntoWhole, IntoWholes, Replies, derive, live, paragraphs};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{EarlierExchange, EscalationId, ReplyKind, TimelineEntry};
use leptos::prelude::*;

/// The questions of the same conversation before this one, folded.
pub(super) fn earlier(all: Vec<EarlierExchange>) -> Option<AnyView> {
    if all.is_empty() {
        return None;
    }
    let count = all.len();
    let exchanges = all
        .into_iter()
        .map(|exchange| {
            view! {
                <li>
                    <p class="earlier-question">{exchange.question}</p>
                    <p class="hint">
                        {exchange.outcome.map(text::outcome)} " " <Moment at=exchange.at />
                    </p>
                    {paragraphs(&exchange.answer)}
                </li>
            }
        })
        .wholes();
    let view = view! {
        <details class="earlier">
            <summary>{text::earlier_questions(count)}</summary>
            <ol>{exchanges}</ol>
        </details>
    };
    Some(view.whole())
}

/// Replies, notes and what the asker added, and the way from a reply to an approved answer.
pub(super) fn thread(shown: Shown) -> AnyView {
    let replies = Memo::new(move |_| shown.item.with(|item| item.replies.clone()));
    let publish = Memo::new(move |_| {
        shown.item.with(|item| {
            let replied = item.replies.iter().any(|one| one.kind == ReplyKind::Reply);
            // What lies in a restricted queue stays there.
            (replied && !item.summary.queue.restricted).then(|| item.summary.id.clone())
        })
    });
    let link = |id: EscalationId| {
        view! {
            <p class="publish">
                <a class="button small" href=format!("/approved/new?from={id}")>
                    {Icon::Check.view()}
                    {text::PUBLISH_AS_APPROVED}
                </a>
                <span class="hint">{text::PUBLISH_HINT}</span>
            </p>
        }
    };
    view! {
        {live(move || view! { <Replies replies=replies.get() /> })}
        {live(move || publish.get().map(link))}
    }
    .whole()
}

/// Who did what, the oldest first. Nobody can change it.
pub(super) fn timeline(shown: Shown) -> AnyView {
    let entries = Memo::new(move |_| shown.item.with(|item| item.timeline.clone()));
    let none = derive(move || entries.with(Vec::is_empty));
    view! {
        <section class="desk-history" aria-labelledby="timeline-title" hidden=none>
            <h2 id="timeline-title">{text::DESK_TIMELINE}</h2>
            <ol class="doings">
                {live(move || entries.get().into_iter().map(entry).wholes())}
            </ol>
        </section>
    }
    .whole()
}

/// A line of the timeline.
pub(super) fn entry(entry: TimelineEntry) -> AnyView {
    let actor = entry.actor.unwrap_or_else(|| text::THE_SYSTEM.to_owned());
    view! {
        <li>
            <span>
                <strong>{actor}</strong>
                " "
                {entry.words}
            </span>
            <span class="hint">
                <Moment at=entry.at />
            </span>
        </li>
    }
    .whole()
}
