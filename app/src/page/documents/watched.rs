//! Folders of the server whose files are kept in a set: where each stands, and what was not taken.

use crate::api::{Api, path};
use crate::browser;
use crate::part::{ErrorNote, Icon, IntoWhole, IntoWholes, bodies, live, on_change, only, tried};
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{ErrorCode, WatchedFolder};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often the folders are asked for.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// The section; nothing where no folder is watched.
pub(super) fn folders() -> AnyView {
    let folders = bodies(|| Some(vec![path::watched()]));
    tried(
        folders,
        || ().whole(),
        |bodies| {
            Ok(match bodies.and_then(|bodies| only(&bodies)) {
                Ok(folders) => section(folders),
                // Nobody manages a set before there is one.
                Err(error) if error.code == ErrorCode::NotFound => ().whole(),
                Err(error) => view! { <ErrorNote error=error /> }.whole(),
            })
        },
    )
}

fn section(folders: Vec<WatchedFolder>) -> AnyView {
    if folders.is_empty() {
        return ().whole();
    }
    let all = RwSignal::new(folders);
    look_again(all);
    let rows = move || all.get().into_iter().map(folder).wholes();
    view! {
        <section class="panel" aria-labelledby="watched">
            <h2 id="watched">{text::WATCHED}</h2>
            <p class="quiet">{text::WATCHED_LEAD}</p>
            <ul class="things">{live(rows)}</ul>
        </section>
    }
    .whole()
}

fn look_again(all: RwSignal<Vec<WatchedFolder>>) {
    let api: Api = expect_context();
    on_change(move || {
        let api = api.clone();
        let look = move || {
            if !browser::visible() {
                return;
            }
            let api = api.clone();
            spawn_local(async move {
                // Rows that stay the same are left alone, with what is unfolded in them.
                if let Ok(folders) = api.watched().await
                    && all.try_with_untracked(|known| *known != folders) == Some(true)
                {
                    let _ = all.try_set(folders);
                }
            });
        };
        if let Ok(handle) = set_interval_with_handle(look, LOOK_AGAIN) {
            on_cleanup(move || handle.clear());
        }
    });
}

fn folder(folder: WatchedFolder) -> AnyView {
    let set = folder
        .set
        .map(|set| view! { <a href=format!("/documents/{set}")>{folder.set_name.clone()}</a> });
    let looked = folder
        .looked_at
        .map(|at| view! { <span>{text::LOOKED_AT} " " <Moment at=at /></span> });
    let problem = (!folder.problem.is_empty())
        .then(|| view! { <p class="error">{Icon::Alert.view()} " " {folder.problem}</p> });
    let refused = (!folder.refused.is_empty()).then(|| {
        let words = text::refused(folder.refused.len());
        let rows = folder
            .refused
            .into_iter()
            .map(|file| {
                view! {
                    <li>
                        <strong>{file.path}</strong>
                        " "
                        {file.reason}
                    </li>
                }
            })
            .wholes();
        view! {
            <details class="refused">
                <summary>{words}</summary>
                <ul>{rows}</ul>
            </details>
        }
    });
    view! {
        <li>
            {Icon::Folder.view()}
            <div class="thing">
                <p class="thing-name">
                    <code>{folder.folder}</code>
                    {set}
                </p>
                {problem}
                <p class="row-about">
                    <span>{text::files_taken(folder.files)}</span>
                    {looked}
                </p>
                {refused}
            </div>
        </li>
    }
    .whole()
}
