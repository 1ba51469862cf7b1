//! A chart that the server drew, in the page so that the style sheet colors it.

use super::{ErrorNote, IntoWhole};
use inhouse_protocol::ApiError;
use leptos::prelude::*;

/// The picture under its name, or why there is none.
pub(crate) fn chart_figure(name: &'static str, drawn: Result<String, ApiError>) -> AnyView {
    let picture = match drawn {
        // On a phone it is scrolled, by keys too.
        Ok(svg) => view! {
            <div class="chart-frame" tabindex="0" role="group" aria-label=name inner_html=svg></div>
        }
        .whole(),
        Err(error) => view! { <ErrorNote error=error /> }.whole(),
    };
    view! {
        <figure>
            <figcaption>{name}</figcaption>
            {picture}
        </figure>
    }
    .whole()
}
