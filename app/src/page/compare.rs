//! Two versions of a document, clause by clause.

mod clauses;
mod merged;

use super::{anyone, document_page, id_in_path, not_found, only_for};
use crate::api::path;
use crate::browser::{self, Align};
use crate::part::{
    Icon, IntoWhole, IntoWholes, bodies, derive, loaded, on_key, only, rows_to_come, typing,
};
use crate::state::Ui;
use crate::text;
use clauses::{Tally, clauses};
use inhouse_protocol::{
    ComparedVersion, Comparison, DocumentDetail, DocumentId, SetId, VersionDetail, VersionId,
    VersionState,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The two versions of the address.
#[component]
pub(crate) fn ComparePage() -> impl IntoView {
    only_for(anyone, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let set = id_in_path::<SetId>("set");
    let id = id_in_path::<DocumentId>("document");
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let version = |name| query.get(name)?.parse::<VersionId>().ok();
            version("before").zip(version("after"))
        })
    });
    let data = bodies(move || {
        set.get()?;
        let id = id.get()?;
        let comparison = asked
            .get()
            .map(|(before, after)| path::comparison(&id, &before, &after));
        let detail = path::document(&id);
        Some([detail].into_iter().chain(comparison).collect())
    });
    loaded(data, rows_to_come, move |bodies| {
        let detail: DocumentDetail = only(&bodies)?;
        if set.get_untracked().as_ref() != Some(&detail.summary.set) {
            return Err(not_found());
        }
        let comparison = match bodies.get(1..) {
            Some(rest) if !rest.is_empty() => Some(only::<Comparison>(rest)?),
            _ => None,
        };
        Ok(page(&detail, comparison))
    })
}

fn page(detail: &DocumentDetail, comparison: Option<Comparison>) -> AnyView {
    let summary = &detail.summary;
    let document = document_page(&summary.set, &summary.id);
    let read = detail
        .versions
        .iter()
        .filter(|version| version.state == VersionState::Ready);
    let read: Vec<_> = read.cloned().collect();
    let chosen = comparison
        .as_ref()
        .map(|comparison| (comparison.before.id.clone(), comparison.after.id.clone()));
    let form = choice(&summary.set, &summary.id, &read, chosen);
    let title = summary.title.clone();
    view! {
        <Title text=text::title(text::COMPARE_VERSIONS) />
        <div class="page wide">
            <header class="page-head">
                <p class="crumbs">
                    <a href=document>{title}</a>
                </p>
                <h1>{text::COMPARE_VERSIONS}</h1>
                {form}
            </header>
            {comparison.map(compared)}
        </div>
    }
    .whole()
}

/// The choice of two versions; those before and after `chosen`, else the two newest. It leads to
/// the page without a script too.
pub(super) fn choice(
    set: &SetId,
    document: &DocumentId,
    versions: &[VersionDetail],
    chosen: Option<(VersionId, VersionId)>,
) -> AnyView {
    let newest = |at: usize| versions.get(at).map(|version| version.id.clone());
    let (before, after) = match chosen {
        Some((before, after)) => (Some(before), Some(after)),
        None => (newest(1), newest(0)),
    };
    let options = |now: Option<&VersionId>| {
        versions
            .iter()
            .map(|version| {
                let selected = Some(&version.id) == now;
                let name = text::version_choice(version.number, version.validity);
                view! {
                    <option value=version.id.to_string() selected=selected>
                        {name}
                    </option>
                }
            })
            .wholes()
    };
    let before = options(before.as_ref());
    let after = options(after.as_ref());
    let action = format!("{}/compare", document_page(set, document));
    view! {
        <form class="inline-form" method="get" action=action>
            <div class="field">
                <label for="compare-before">{text::BEFORE}</label>
                <select id="compare-before" name="before">
                    {before}
                </select>
            </div>
            <div class="field">
                <label for="compare-after">{text::AFTER}</label>
                <select id="compare-after" name="after">
                    {after}
                </select>
            </div>
            <button type="submit">{text::COMPARE}</button>
        </form>
    }
    .whole()
}

/// Where the reader is among the changes.
#[derive(Clone, Copy)]
struct Walk {
    /// Changes in all.
    changes: usize,
    /// The change that the reader went to, from 1; 0 before any.
    at: RwSignal<usize>,
}

impl Walk {
    /// To the next change or the one before; beyond the ends to the other end.
    fn go(self, forward: bool) {
        let Some(now) = self.at.try_get_untracked() else {
            return;
        };
        if self.changes == 0 {
            return;
        }
        let next = match (now, forward) {
            (now, true) => now % self.changes + 1,
            (0 | 1, false) => self.changes,
            (now, false) => now - 1,
        };
        self.at.set(next);
        let change = format!("#change-{next}");
        browser::focus(&change);
        browser::scroll_to(&change, Align::Start);
    }
}

fn compared(comparison: Comparison) -> AnyView {
    let tally = Tally::of(&comparison.clauses);
    let walk = Walk {
        changes: tally.changes(),
        at: RwSignal::new(0),
    };
    on_key(move |event| {
        if !typing(event) && matches!(event.key().as_str(), "n" | "p") {
            event.prevent_default();
            walk.go(event.key() == "n");
        }
    });
    let sides = view! {
        <div class="sides-head" aria-hidden="true">
            {side_name(text::BEFORE, &comparison.before)}
            {side_name(text::AFTER, &comparison.after)}
        </div>
    };
    let summary = text::tally(
        tally.changed,
        tally.added,
        tally.removed,
        tally.moved,
        tally.same,
    );
    view! {
        <div class="compare-head">
            <p role="status">{summary}</p>
            {(tally.changes() > 0).then(|| steps(walk))}
            <p class="legend">
                <span>
                    <del>{text::REMOVED_WORDS}</del>
                </span>
                <span>
                    <ins>{text::ADDED_WORDS}</ins>
                </span>
            </p>
        </div>
        {sides}
        {clauses(comparison.clauses)}
    }
    .whole()
}

fn side_name(what: &'static str, version: &ComparedVersion) -> AnyView {
    let name = text::version_choice(version.number, version.validity);
    view! {
        <p>
            <strong>{what}</strong>
            " "
            {name}
        </p>
    }
    .whole()
}

/// The buttons to the changes, which have keys too.
fn steps(walk: Walk) -> AnyView {
    let ui = Ui::of_page();
    let step = |forward: bool| {
        let (label, key) = if forward {
            (text::NEXT_CHANGE, "N")
        } else {
            (text::PREVIOUS_CHANGE, "P")
        };
        view! {
            <button
                type="button"
                class="small"
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| walk.go(forward)
            >
                {label}
                <kbd class="keys-hint" aria-hidden="true">
                    {key}
                </kbd>
            </button>
        }
        .whole()
    };
    view! {
        <div class="compare-steps">
            {Icon::Down.view()} {step(true)} {step(false)}
        </div>
    }
    .whole()
}
