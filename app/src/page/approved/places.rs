//! What an answer can stand on: the places that it cites, and passages at hand.

use super::answer::Shown;
use crate::part::{IntoWhole, derive};
use crate::reading::as_read;
use crate::text;
use inhouse_protocol::{Citation, PassageRef, Validity};
use leptos::ev::Event;
use leptos::prelude::*;

/// A place that may be cited.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    citation: Citation,
    /// Of the version that it stands in, where that is known.
    version: Option<(u32, Validity)>,
    chosen: bool,
}

/// The places that are cited, chosen, and after them every other passage, as a whole and not
/// chosen.
pub(super) fn places(citations: &[Citation], passages: &[PassageRef]) -> Vec<Place> {
    let version = |citation: &Citation| {
        let mut of_citation = passages.iter();
        let passage = of_citation.find(|passage| passage.id == citation.passage)?;
        Some((passage.version_number, passage.validity))
    };
    let cited = citations.iter().map(|citation| Place {
        version: version(citation),
        citation: citation.clone(),
        chosen: true,
    });
    let others = passages.iter().filter(|passage| {
        citations
            .iter()
            .all(|citation| citation.passage != passage.id)
    });
    let others = others.map(|passage| Place {
        version: Some((passage.version_number, passage.validity)),
        citation: whole(passage),
        chosen: false,
    });
    cited.chain(others).collect()
}

/// A citation of all that a passage says; its number follows when it is stored.
fn whole(passage: &PassageRef) -> Citation {
    Citation {
        number: 0,
        passage: passage.id.clone(),
        document: passage.document.clone(),
        version: passage.version.clone(),
        name: passage.name.clone(),
        title: passage.title.clone(),
        page: passage.page,
        start: passage.start,
        end: passage.end,
        quote: passage.text.clone(),
    }
}

/// The citations of the chosen places.
pub(super) fn chosen(places: &[Place]) -> Vec<Citation> {
    let chosen = places.iter().filter(|place| place.chosen);
    chosen.map(|place| place.citation.clone()).collect()
}

/// A box to tick for each place.
pub(super) fn choices(shown: Shown) -> AnyView {
    let none = Memo::new(move |_| shown.places.with(Vec::is_empty));
    // Boxes are made anew when the answer was stored: its places have another order then.
    let each = move || {
        let revision = shown
            .answer
            .with_untracked(|answer| answer.as_ref().map(|a| a.revision));
        let places = shown.places.get().into_iter().enumerate();
        places
            .map(|(at, place)| (revision, at, place))
            .collect::<Vec<_>>()
    };
    view! {
        <fieldset class="field" aria-describedby="stands-on-hint">
            <legend>{text::STANDS_ON}</legend>
            <p class="quiet" hidden=derive(move || !none.get())>
                {text::NOTHING_TO_CITE}
            </p>
            <ul class="cite-choices" hidden=derive(move || none.get())>
                <For
                    each=each
                    key=|(revision, at, _)| (*revision, *at)
                    children=move |(_, at, place)| row(shown, at, place)
                />
            </ul>
            <p class="hint" id="stands-on-hint">
                {text::STANDS_ON_HINT}
            </p>
        </fieldset>
    }
    .whole()
}

fn row(shown: Shown, at: usize, place: Place) -> AnyView {
    let citation = place.citation;
    let number = place.version.map(|(number, _)| number);
    let period = place
        .version
        .and_then(|(_, validity)| text::period(validity));
    let period = period.map(|period| {
        view! { <span class="quiet">{text::in_force(&period)}</span> }
    });
    let choose = move |event: Event| {
        let chosen = event_target_checked(&event);
        // The boxes stay as they are: only what is sent changes.
        shown.places.update_untracked(|all| {
            if let Some(place) = all.get_mut(at) {
                place.chosen = chosen;
            }
        });
    };
    view! {
        <li>
            <label class="choice">
                <input type="checkbox" checked=place.chosen on:change=choose />
                <span>
                    <strong>{citation.title.clone()}</strong>
                    " "
                    <span class="quiet">{text::place(number, citation.page)}</span>
                    " "
                    {period}
                </span>
            </label>
            <blockquote>{as_read(&citation.name, &citation.quote)}</blockquote>
        </li>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn what_is_cited_is_chosen_and_other_passages_are_at_hand() {
        let mut other = sample::passage("Notice is forty days.");
        other.id = sample::id("passage-2");
        other.version_number = 3;
        let passages = [sample::passage("Notice is thirty (30) days."), other];
        let citations = sample::sentence("Notice is thirty days.", 1).citations;
        let places = places(&citations, &passages);
        assert_eq!(places.len(), 2);
        assert_eq!(chosen(&places), citations);
        let newer = &places[1];
        assert_eq!(newer.version.map(|(number, _)| number), Some(3));
        assert_eq!(newer.citation.quote, "Notice is forty days.");
    }
}
