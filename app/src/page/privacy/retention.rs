//! How long each class of record is kept, and what the last runs removed.

use crate::part::{IntoWhole, IntoWholes};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{Retention, RetentionClass, RetentionRun};
use leptos::prelude::*;

/// The section of the privacy page.
#[component]
pub(super) fn RetentionSection(retention: Retention) -> impl IntoView {
    let classes = retention.classes.into_iter().map(class).wholes();
    let runs = retention.runs.iter().map(run).wholes();
    let runs = if runs.is_empty() {
        view! { <p class="quiet">{text::NO_RUNS}</p> }.whole()
    } else {
        view! { <ol class="runs">{runs}</ol> }.whole()
    };
    view! {
        <section class="panel" aria-labelledby="retention">
            <h2 id="retention">{text::RETENTION}</h2>
            <p class="quiet">{text::RETENTION_LEAD}</p>
            <div class="table-frame">
                <table class="files">
                    <caption class="visually-hidden">{text::RETENTION}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text::RETENTION_WHAT}</th>
                            <th scope="col">{text::RETENTION_KEPT}</th>
                        </tr>
                    </thead>
                    <tbody>{classes}</tbody>
                </table>
            </div>
            <h3>{text::RETENTION_RUNS}</h3>
            {runs}
        </section>
    }
}

fn class(class: RetentionClass) -> AnyView {
    let kept = class
        .days
        .map_or_else(|| text::UNTIL_ERASED.to_owned(), text::days);
    view! {
        <tr>
            <th scope="row" data-label=text::RETENTION_WHAT>
                {class.what}
            </th>
            <td data-label=text::RETENTION_KEPT>{kept}</td>
        </tr>
    }
    .whole()
}

fn run(run: &RetentionRun) -> AnyView {
    let held = (run.held > 0).then(|| {
        view! { <span class="tag tag-open">{text::held_in_run(run.held)}</span> }
    });
    view! {
        <li class="row-about">
            <Moment at=run.at />
            <span>{text::removed_in_run(&run.removed)}</span>
            {held}
        </li>
    }
    .whole()
}
