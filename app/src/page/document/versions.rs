//! A document's versions: a picture of their times, and each with what is known of it.

use super::Shown;
use super::timeline::timeline;
use crate::api::path;
use crate::page::file_state::state_view;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{DocumentId, VersionDetail, VersionState};
use leptos::prelude::*;

/// The section.
pub(super) fn versions(shown: Shown) -> AnyView {
    let rows = move || {
        let (versions, manages, document) = shown.detail.with(|detail| {
            (
                detail.versions.clone(),
                detail.manages,
                detail.summary.id.clone(),
            )
        });
        versions
            .iter()
            .map(|version| row(shown, &document, version, manages))
            .wholes()
    };
    view! {
        <section class="panel" aria-labelledby="versions">
            <h2 id="versions">{text::VERSIONS}</h2>
            {timeline(shown)}
            <div class="table-frame">
                <table class="listing versions">
                    <caption class="visually-hidden">{text::VERSIONS}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{text::VERSION}</th>
                            <th scope="col">{text::IN_FORCE}</th>
                            <th scope="col">{text::STATE}</th>
                            <th scope="col">{text::READ_BY}</th>
                            <th scope="col" class="number">
                                {text::PAGES_COLUMN}
                            </th>
                            <th scope="col">{text::ADDED}</th>
                            <th scope="col">
                                <span class="visually-hidden">{text::ACTIONS}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>{live(rows)}</tbody>
                </table>
            </div>
        </section>
    }
    .whole()
}

fn row(shown: Shown, document: &DocumentId, version: &VersionDetail, manages: bool) -> AnyView {
    let added_by = (!version.added_by.is_empty()).then(|| version.added_by.clone());
    let pages = version
        .pages
        .map_or_else(|| "–".to_owned(), |pages| pages.to_string());
    let title = version.title.clone();
    let edit = manages.then(|| edit(shown, version));
    view! {
        <tr>
            <th scope="row" data-label=text::VERSION>
                <span class="file-title">{text::version_name(version.number)}</span>
                <span class="quiet">{title}</span>
            </th>
            <td data-label=text::IN_FORCE>{in_force(version)}</td>
            <td data-label=text::STATE>{state_view(&version.state)}</td>
            <td data-label=text::READ_BY>{read_by(version)}</td>
            <td data-label=text::PAGES_COLUMN class="number">
                {pages}
            </td>
            <td data-label=text::ADDED>
                <Day at=version.added_at />
                {added_by.map(|name| view! { <span class="quiet">" " {name}</span> })}
            </td>
            <td class="row-actions">
                <a
                    class="button small plain"
                    href=path::original_of(document, &version.id)
                    download
                    rel="external"
                    aria-label=text::download_file(&text::version_name(version.number))
                >
                    {Icon::Download.view()}
                </a>
                {edit}
            </td>
        </tr>
    }
    .whole()
}

/// When it is in force, and whether it is today.
fn in_force(version: &VersionDetail) -> AnyView {
    if version.state != VersionState::Ready {
        return "–".whole();
    }
    let period = version.validity.map_or_else(
        || text::ON_NO_DAY_SHORT.to_owned(),
        |validity| text::period(validity).unwrap_or_else(|| text::ALWAYS.to_owned()),
    );
    let today = version.in_force.then(|| {
        view! { " " <span class="tag tag-resolved">{Icon::Check.view()} {text::TODAY}</span> }
    });
    view! {
        {period}
        {today}
    }
    .whole()
}

fn read_by(version: &VersionDetail) -> String {
    let language = (!version.language.is_empty()).then(|| text::language(&version.language));
    let parser = (!version.parser.is_empty()).then(|| version.parser.clone());
    let known: Vec<_> = parser.into_iter().chain(language).collect();
    if known.is_empty() {
        "–".to_owned()
    } else {
        known.join(", ")
    }
}

/// The button that opens the fields for its days.
fn edit(shown: Shown, version: &VersionDetail) -> AnyView {
    let ui = Ui::of_page();
    let name = text::dates_of(version.number);
    let version = version.clone();
    view! {
        <button
            type="button"
            class="small"
            aria-label=name
            disabled=derive(move || !ui.ready.get())
            on:click=move |_| shown.dating.set(Some(version.clone()))
        >
            {text::EDIT_DATES}
        </button>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn what_read_a_version_stands_with_its_language() {
        let mut version = sample::version(1);
        assert_eq!(read_by(&version), "pdf-extract, English");
        version.parser = String::new();
        version.language = String::new();
        assert_eq!(read_by(&version), "–");
    }
}
