//! Charts of an evaluation: SVG that the server draws, in the page so that the style sheet colors it.

use crate::api::Api;
use crate::part::{IntoWhole, IntoWholes, chart_figure, derive, live, on_change};
use crate::text;
use inhouse_protocol::{ApiError, Chart, EvaluationId};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The section, with the charts that `names` tells; they come once the page lives.
pub(super) fn charts(id: EvaluationId, names: Signal<Vec<Chart>>) -> AnyView {
    let api: Api = expect_context();
    let drawn = RwSignal::new(Vec::<(Chart, Result<String, ApiError>)>::new());
    on_change(move || {
        let (api, id, names) = (api.clone(), id.clone(), names.get());
        spawn_local(async move {
            let mut all = Vec::new();
            for name in names {
                all.push((name, api.chart(&id, name).await));
            }
            let _ = drawn.try_set(all);
        });
    });
    let figures = move || {
        let all = drawn.get();
        if all.is_empty() {
            let to_come = names.get().into_iter();
            return to_come
                .map(|_| view! { <div class="skeleton-lines" aria-hidden="true"></div> })
                .wholes();
        }
        let all = all.into_iter();
        all.map(|(chart, drawn)| chart_figure(text::chart(chart), drawn))
            .wholes()
    };
    view! {
        <section
            class="panel"
            aria-labelledby="charts"
            hidden=derive(move || names.with(Vec::is_empty))
        >
            <h2 id="charts">{text::CHARTS}</h2>
            <div class="charts">{live(figures)}</div>
        </section>
    }
    .whole()
}
