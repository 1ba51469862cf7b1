//! What Legal replied, and where a request stands.

use super::{Icon, IntoWholes};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{EscalationState, Reply, ReplyKind};
use leptos::prelude::*;

/// What was written, oldest first: replies, and at the desk also notes and what came from the
/// tracker. A note looks nothing like a reply.
#[component]
pub(crate) fn Replies(replies: Vec<Reply>) -> impl IntoView {
    replies
        .into_iter()
        .map(|reply| {
            let (class, icon, kind) = look(reply.kind);
            view! {
                <article class=class>
                    <header>
                        {icon.view()} <strong>{reply.author}</strong>
                        {kind.map(|kind| view! { <span class="tag">{kind}</span> })}
                        <span class="quiet">
                            <Moment at=reply.at />
                        </span>
                    </header>
                    {paragraphs(&reply.body)}
                </article>
            }
        })
        .wholes()
}

/// Class, icon and, for all but replies, what it is called.
fn look(kind: ReplyKind) -> (&'static str, Icon, Option<&'static str>) {
    match kind {
        ReplyKind::Reply => ("reply", Icon::Person, None),
        ReplyKind::Note => ("reply internal", Icon::Note, Some(text::INTERNAL_NOTE)),
        ReplyKind::Asker => ("reply by-asker", Icon::Ask, Some(text::BY_THE_ASKER)),
        ReplyKind::Ticket => ("reply internal", Icon::Log, Some(text::FROM_THE_TRACKER)),
    }
}

/// Plain text whose blank lines separate paragraphs.
pub(crate) fn paragraphs(body: &str) -> Vec<AnyView> {
    split(body)
        .into_iter()
        .map(|paragraph| view! { <p class="lines">{paragraph}</p> })
        .wholes()
}

/// Splits at blank lines; single line breaks stay.
fn split(body: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for line in body.trim().lines().map(str::trim_end) {
        match all.last_mut() {
            Some(last) if line.is_empty() => {
                if !last.is_empty() {
                    all.push(String::new());
                }
            }
            Some(last) => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(line);
            }
            None => {}
        }
    }
    all
}

/// A request's state, in words and with an icon, not by color alone.
#[component]
pub(crate) fn StateTag(state: EscalationState) -> impl IntoView {
    let (class, icon) = match state {
        EscalationState::Open => ("tag tag-open", Icon::Request),
        EscalationState::Answered => ("tag tag-answered", Icon::Person),
        EscalationState::Resolved => ("tag tag-resolved", Icon::Check),
    };
    view! { <span class=class>{icon.view()} {text::state(state)}</span> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_part_paragraphs_and_single_breaks_stay() {
        assert_eq!(
            split("Dear Emil,\n\n\nYes.\nSee 4.2.\n"),
            ["Dear Emil,", "Yes.\nSee 4.2."]
        );
        assert_eq!(split(" "), [""]);
    }
}
