//! One group: its people, what it may see, its name.

use super::group_members::{AddMember, Members};
use super::groups::{FIELDS, role_tag, written};
use super::{id_in_path, only_for};
use crate::api::{Api, path};
use crate::browser;
use crate::part::{
    Field, FormError, Icon, IntoWhole, IntoWholes, bodies, derive, live, loaded, modal, only,
    rows_to_come,
};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, GroupDetail, GroupId, GroupSet, Person, Right, Role};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// The group in the path.
#[component]
pub(crate) fn GroupPage() -> impl IntoView {
    only_for(|role| role == Role::Admin, |_| view! { <Load /> }.whole())
}

#[component]
fn Load() -> impl IntoView {
    let id = id_in_path::<GroupId>("id");
    let group = bodies(move || Some(vec![path::group(&id.get()?), path::people()]));
    loaded(group, rows_to_come, |bodies| {
        let group = only(&bodies)?;
        let people = only(bodies.get(1..).unwrap_or_default())?;
        Ok(view! { <Detail group=group people=people /> }.whole())
    })
}

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) group: RwSignal<GroupDetail>,
    /// Everyone there is, to choose from.
    pub(super) people: StoredValue<Vec<Person>>,
    pub(super) error: RwSignal<Option<ApiError>>,
    pub(super) api: StoredValue<Api>,
}

impl Shown {
    pub(super) fn id(self) -> GroupId {
        self.group.with_untracked(|group| group.group.id.clone())
    }

    /// Asks for the group as it is now and says what was done.
    pub(super) async fn done(self, ui: Ui, said: String) -> Result<(), ApiError> {
        let Some(api) = self.api.try_get_value() else {
            return Ok(());
        };
        let group = api.group(&self.id()).await?;
        let _ = self.group.try_set(group);
        ui.say(said);
        Ok(())
    }
}

#[component]
fn Detail(group: GroupDetail, people: Vec<Person>) -> impl IntoView {
    let api: Api = expect_context();
    let role = group.group.role;
    let sets = sets_of(&group.sets);
    let shown = Shown {
        group: RwSignal::new(group),
        people: StoredValue::new(people),
        error: RwSignal::new(None),
        api: StoredValue::new(api),
    };
    let name = move || shown.group.with(|group| group.group.name.clone());
    let description = move || {
        shown.group.with(|group| {
            let description = &group.group.description;
            (!description.is_empty()).then(|| {
                let description = description.clone();
                view! { <p class="lead">{description}</p> }
            })
        })
    };
    let count = move || text::members(shown.group.with(|group| group.group.members));
    view! {
        <Title text=move || text::title(&name()) />
        <div class="page">
            <header class="page-head">
                <p class="crumbs">
                    <a href="/groups">{text::GROUPS}</a>
                </p>
                <h1>{live(name)}</h1>
                {live(description)}
                <p class="row-about">{role_tag(role)} <span>{live(count)}</span></p>
                {role
                    .map(|role| {
                        view! { <p class="hint">{text::role_group_explained(text::role(role))}</p> }
                    })}
            </header>
            <section class="panel" aria-labelledby="members">
                <h2 id="members" tabindex="-1">
                    {text::MEMBERS}
                </h2>
                <Members shown=shown />
                <AddMember shown=shown />
            </section>
            <section class="panel" aria-labelledby="group-sets">
                <h2 id="group-sets">{text::GROUP_SETS}</h2>
                {sets}
            </section>
            <Edit shown=shown />
            {role.is_none().then(|| view! { <Delete shown=shown /> })}
        </div>
    }
}

fn sets_of(sets: &[GroupSet]) -> AnyView {
    if sets.is_empty() {
        return view! { <p class="quiet">{text::NO_GROUP_SETS}</p> }.whole();
    }
    let sets = sets
        .iter()
        .map(|set| {
            let class = match set.right {
                Right::Read => "tag",
                Right::Manage => "tag tag-answered",
            };
            view! {
                <li>
                    {Icon::Document.view()}
                    <div class="thing">
                        <a href=format!("/documents/{}", set.id)>{set.name.clone()}</a>
                    </div>
                    <span class=class>{text::right(set.right)}</span>
                </li>
            }
        })
        .wholes();
    view! { <ul class="things">{sets}</ul> }.whole()
}

/// The form for its name and description.
#[component]
fn Edit(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let name = NodeRef::<html::Input>::new();
    let description = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let (first_name, first_description) = shown.group.with_untracked(|group| {
        let group = &group.group;
        (group.name.clone(), group.description.clone())
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let change = written(name, description);
        let api = shown.api.get_value();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let changed = match api.change_group(&shown.id(), &change).await {
                Ok(()) => shown.done(ui, text::SAVED.to_owned()).await,
                Err(wrong) => Err(wrong),
            };
            let _ = busy.try_set(false);
            let _ = error.try_set(changed.err());
        });
    };
    view! {
        <details class="add fold">
            <summary>{Icon::Down.view()} {text::EDIT_GROUP}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field
                    form="group"
                    name="name"
                    label=text::NAME
                    value=first_name
                    node=name
                    error=error
                />
                <Field
                    form="group"
                    name="description"
                    label=text::DESCRIPTION
                    hint=text::GROUP_DESCRIPTION_HINT
                    value=first_description
                    node=description
                    error=error
                    required=false
                />
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::SAVE}
                </button>
            </form>
        </details>
    }
}

/// Asks before a group goes.
#[component]
fn Delete(shown: Shown) -> impl IntoView {
    let ui = Ui::of_page();
    let navigate = use_navigate();
    let asking = RwSignal::new(false);
    let close = Callback::new(move |()| asking.set(false));
    let delete = move |_| {
        let (api, navigate) = (shown.api.get_value(), navigate.clone());
        let (id, name) = shown
            .group
            .with_untracked(|group| (group.group.id.clone(), group.group.name.clone()));
        close.run(());
        shown.error.set(None);
        spawn_local(async move {
            match api.delete_group(&id).await {
                Ok(()) => {
                    ui.say(text::deleted(&name));
                    navigate("/groups", NavigateOptions::default());
                }
                Err(error) => {
                    let _ = shown.error.try_set(Some(error));
                    browser::focus("#members");
                }
            }
        });
    };
    let content = view! {
        <h2>{text::DELETE_GROUP_TITLE}</h2>
        <p>
            <strong>{live(move || shown.group.with(|group| group.group.name.clone()))}</strong>
        </p>
        <p>{text::DELETE_GROUP_TEXT}</p>
        <div class="buttons">
            <button type="button" class="danger" on:click=delete>
                {text::DELETE}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    let dialog = modal(
        derive(move || asking.get()),
        close,
        text::DELETE_GROUP_TITLE,
        content.whole(),
    );
    view! {
        <div class="buttons end">
            <button
                type="button"
                class="danger"
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| asking.set(true)
            >
                {text::DELETE_GROUP}
            </button>
        </div>
        {dialog}
    }
}
