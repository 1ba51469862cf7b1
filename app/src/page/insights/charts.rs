//! Charts of how questions ended and what is missing.

use crate::part::{IntoWhole, IntoWholes, chart_figure};
use crate::text;
use inhouse_protocol::InsightChart;
use leptos::prelude::*;

/// The section; nothing where there is nothing to draw.
pub(super) fn section(charts: Vec<(InsightChart, String)>) -> AnyView {
    if charts.is_empty() {
        return ().whole();
    }
    let figures = charts
        .into_iter()
        .map(|(chart, svg)| chart_figure(text::insight_chart(chart), Ok(svg)))
        .wholes();
    view! {
        <section class="panel" aria-labelledby="insight-charts">
            <h2 id="insight-charts">{text::CHARTS}</h2>
            <div class="charts">{figures}</div>
        </section>
    }
    .whole()
}
