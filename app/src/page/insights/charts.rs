//! Charts that the server draws, in the page so that the style sheet colors them.

use crate::api::Api;
use crate::part::{ErrorNote, IntoWhole, IntoWholes, live, on_change};
use crate::text;
use inhouse_protocol::{ApiError, InsightChart};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The section; the charts come once the page lives.
pub(super) fn section(names: Vec<InsightChart>, days: u32) -> AnyView {
    if names.is_empty() {
        return ().whole();
    }
    let api: Api = expect_context();
    let drawn = RwSignal::new(Vec::<(InsightChart, Result<String, ApiError>)>::new());
    let count = names.len();
    on_change(move || {
        let (api, names) = (api.clone(), names.clone());
        spawn_local(async move {
            let mut all = Vec::new();
            for name in names {
                all.push((name, api.insight_chart(name, days).await));
            }
            let _ = drawn.try_set(all);
        });
    });
    let figures = move || {
        let all = drawn.get();
        if all.is_empty() {
            return (0..count)
                .map(|_| view! { <div class="skeleton-lines" aria-hidden="true"></div> })
                .wholes();
        }
        let figures = all.into_iter();
        figures
            .map(|(chart, drawn)| figure(text::insight_chart(chart), drawn))
            .wholes()
    };
    view! {
        <section class="panel" aria-labelledby="insight-charts">
            <h2 id="insight-charts">{text::CHARTS}</h2>
            <div class="charts">{live(figures)}</div>
        </section>
    }
    .whole()
}

fn figure(name: &'static str, drawn: Result<String, ApiError>) -> AnyView {
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
