//! What Legal replied, and where a request stands.

use super::{Icon, IntoWholes};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{EscalationState, Reply};
use leptos::prelude::*;

/// The replies, oldest first.
#[component]
pub(crate) fn Replies(replies: Vec<Reply>) -> impl IntoView {
    replies
        .into_iter()
        .map(|reply| {
            view! {
                <article class="reply">
                    <header>
                        {Icon::Person.view()} <strong>{reply.author}</strong>
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
