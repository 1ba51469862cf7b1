//! The versions that were written, and the start of another.

use super::version_page;
use crate::api::Api;
use crate::part::{ErrorNote, Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use crate::time::Moment;
use inhouse_protocol::{ApiError, RuleDraft, RuleVersion, RuleVersionState, Rules};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The list; who `can_write` can start another version from the rules in force.
pub(super) fn section(rules: &Rules, can_write: bool) -> AnyView {
    let rows = rules.versions.iter().map(row).wholes();
    let list = if rows.is_empty() {
        view! { <p class="quiet">{text::NO_RULE_VERSIONS}</p> }.whole()
    } else {
        view! { <ul class="rows">{rows}</ul> }.whole()
    };
    let content = rules.content.clone();
    let start = can_write.then(move || {
        let content = Callback::new(move |()| content.clone());
        view! { <NewVersion name=text::NEW_RULE_VERSION content=content /> }
    });
    view! {
        <section class="panel" aria-labelledby="rule-versions">
            <h2 id="rule-versions">{text::RULE_VERSIONS}</h2>
            {list}
            {start}
        </section>
    }
    .whole()
}

fn row(version: &RuleVersion) -> AnyView {
    let note = if version.note.is_empty() {
        text::NO_RULE_NOTE.to_owned()
    } else {
        version.note.clone()
    };
    view! {
        <li>
            <a class="row" href=version_page(&version.id)>
                <span class="row-title">{text::rules_version(version.number)}</span>
                <span class="row-text">{note}</span>
                <span class="row-about">
                    {state_tag(version.state)} <span>{version.author.clone()}</span>
                    <Moment at=version.updated_at />
                </span>
            </a>
        </li>
    }
    .whole()
}

/// Where a version stands, in words and with an icon.
pub(super) fn state_tag(state: RuleVersionState) -> AnyView {
    let (class, icon) = match state {
        RuleVersionState::Draft => ("tag", Icon::Note),
        RuleVersionState::Proposed => ("tag tag-open", Icon::Clock),
        RuleVersionState::Live => ("tag tag-resolved", Icon::Check),
        RuleVersionState::Former => ("tag", Icon::Pause),
        RuleVersionState::Withdrawn => ("tag", Icon::Close),
    };
    view! { <span class=class>{icon.view()} {text::rules_state(state)}</span> }.whole()
}

/// The button that makes a draft of `content` and leads to it.
#[component]
pub(super) fn NewVersion(name: &'static str, content: Callback<(), String>) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let navigate = use_navigate();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let start = move |_| {
        let (api, navigate) = (api.clone(), navigate.clone());
        let draft = RuleDraft {
            content: content.run(()),
            note: String::new(),
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let made = api.draft_rules(&draft).await;
            let _ = busy.try_set(false);
            match made {
                Ok(version) => navigate(&version_page(&version.id), NavigateOptions::default()),
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let wrong = move || error.get().map(|error| view! { <ErrorNote error=error /> });
    view! {
        <div class="buttons">
            <button
                type="button"
                disabled=derive(move || !ui.ready.get() || busy.get())
                on:click=start
            >
                {Icon::Plus.view()}
                {name}
            </button>
        </div>
        <div role="alert">{live(wrong)}</div>
    }
}
