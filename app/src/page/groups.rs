//! The groups, and making one.

use super::only_for;
use crate::api::{Api, path};
use crate::part::{
    Field, FormError, Icon, IntoWhole, IntoWholes, bodies, derive, loaded, only, rows_to_come,
    typed,
};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Group, GroupChange, Role};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Fields whose errors stand below them.
pub(super) const FIELDS: &[&str] = &["name", "description"];

/// Only admins manage groups.
#[component]
pub(crate) fn GroupsPage() -> impl IntoView {
    only_for(|role| role == Role::Admin, |_| view! { <Groups /> }.whole())
}

#[component]
fn Groups() -> impl IntoView {
    let groups = bodies(|| Some(vec![path::groups()]));
    view! {
        <Title text=text::title(text::GROUPS) />
        <div class="page">
            <header class="page-head">
                <h1>{text::GROUPS}</h1>
                <p class="lead">{text::GROUPS_LEAD}</p>
            </header>
            {loaded(groups, rows_to_come, |bodies| Ok(rows(only(&bodies)?)))}
            <NewGroup />
        </div>
    }
}

fn rows(groups: Vec<Group>) -> AnyView {
    if groups.is_empty() {
        return view! { <div class="empty">{Icon::Group.view()} <p>{text::NO_GROUPS}</p></div> }
            .whole();
    }
    let rows = groups
        .into_iter()
        .map(|group| {
            view! {
                <li>
                    <a class="row" href=format!("/groups/{}", group.id)>
                        <span class="row-title">{group.name}</span>
                        {(!group.description.is_empty())
                            .then(|| view! { <span class="row-text">{group.description}</span> })}
                        <span class="row-about">
                            {role_tag(group.role)} <span>{text::members(group.members)}</span>
                        </span>
                    </a>
                </li>
            }
        })
        .wholes();
    view! { <ul class="rows">{rows}</ul> }.whole()
}

/// Says that everyone of a role is in the group.
pub(super) fn role_tag(role: Option<Role>) -> Option<AnyView> {
    role.map(|role| {
        let words = text::role_group(text::role(role));
        view! { <span class="tag">{Icon::Person.view()} {words}</span> }.whole()
    })
}

/// The form for a new group; it leads to the group, where people are added.
#[component]
fn NewGroup() -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let navigate = use_navigate();
    let name = NodeRef::<html::Input>::new();
    let description = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let group = written(name, description);
        let (api, navigate) = (api.clone(), navigate.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.new_group(&group).await {
                Ok(group) => navigate(&format!("/groups/{}", group.id), NavigateOptions::default()),
                Err(wrong) => {
                    let _ = busy.try_set(false);
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <details class="add">
            <summary>{Icon::Plus.view()} {text::NEW_GROUP}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field form="group" name="name" label=text::NAME node=name error=error />
                <Field
                    form="group"
                    name="description"
                    label=text::DESCRIPTION
                    hint=text::GROUP_DESCRIPTION_HINT
                    node=description
                    error=error
                    required=false
                />
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::MAKE_GROUP}
                </button>
            </form>
        </details>
    }
}

/// What stands in the two fields of a group.
pub(super) fn written(
    name: NodeRef<html::Input>,
    description: NodeRef<html::Input>,
) -> GroupChange {
    GroupChange {
        name: Some(typed(name).trim().to_owned()),
        description: Some(typed(description).trim().to_owned()),
    }
}
