//! Documents that contradict each other: what each says, side by side.

use super::{Icon, IntoWhole, IntoWholes};
use crate::reading::as_read;
use crate::state::{Place, Ui};
use crate::text;
use inhouse_protocol::{Conflict, ConflictSide, PassageRef};
use leptos::prelude::*;

/// A card for each side. `owner` makes ids unique on the page; `passages` tell the version that a
/// side stands in, and when that is in force.
pub(crate) fn conflict_view(owner: &str, conflict: &Conflict, passages: &[PassageRef]) -> AnyView {
    let heading = format!("conflict-{owner}");
    let labelled = heading.clone();
    let sides = conflict
        .sides
        .iter()
        .enumerate()
        .map(|(at, side)| side_view(format!("conflict-{owner}-{at}"), side, passages))
        .wholes();
    view! {
        <section class="conflict" aria-labelledby=labelled>
            <h3 id=heading>
                {Icon::Alert.view()} <span>{text::contradiction(&conflict.about)}</span>
            </h3>
            <ul class="conflict-sides">{sides}</ul>
        </section>
    }
    .whole()
}

fn side_view(id: String, side: &ConflictSide, passages: &[PassageRef]) -> AnyView {
    let ui = Ui::of_page();
    let citation = &side.citation;
    let passage = passages.iter().find(|p| p.id == citation.passage);
    let place = text::place(passage.map(|p| p.version_number), citation.page);
    let when = passage
        .and_then(|passage| text::period(passage.validity))
        .map(|period| view! { <span>{text::in_force(&period)}</span> });
    let quote = as_read(&citation.name, &citation.quote);
    let words = match around(&quote, &side.value) {
        Some((before, after)) => {
            let (before, after) = (before.to_owned(), after.to_owned());
            view! {
                {before}
                <mark>{side.value.clone()}</mark>
                {after}
            }
            .whole()
        }
        None => quote.whole(),
    };
    let source = Place::of_citation(citation, format!("#{id}"));
    view! {
        <li>
            <h4>{citation.title.clone()}</h4>
            <p class="passage-place">
                <span>{place}</span>
                {when}
            </p>
            <p class="conflict-value">{side.value.clone()}</p>
            <blockquote>{words}</blockquote>
            <button
                type="button"
                class="small"
                id=id
                aria-label=text::open_source_of(&citation.title)
                on:click=move |_| ui.source.set(Some(source.clone()))
            >
                {Icon::Document.view()}
                {text::OPEN_SOURCE}
            </button>
        </li>
    }
    .whole()
}

/// What of a quote stands before its value and after it; nothing where the value isn't in it.
fn around<'a>(quote: &'a str, value: &str) -> Option<(&'a str, &'a str)> {
    if value.is_empty() {
        return None;
    }
    quote.split_once(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_marked_where_it_stands_in_its_quote() {
        assert_eq!(
            around("Notice is 30 days.", "30 days"),
            Some(("Notice is ", "."))
        );
        assert_eq!(around("Notice is thirty days.", "30 days"), None);
        assert_eq!(around("Notice", ""), None);
    }
}
