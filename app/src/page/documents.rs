//! The document sets and making a new one, and what keeps them up to date: reviews, folders that are
//! watched, a new embedding.

mod embedding;
mod reviews;
mod watched;

use super::access::{AccessFields, Draft, Groups};
use super::only_if;
use crate::api::{Api, path};
use crate::browser;
use crate::part::{
    Field, FormError, Icon, IntoWhole, IntoWholes, bodies, derive, loaded, only, rows_to_come,
    typed,
};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Audience, DocumentSet, Me, NewDocumentSet, Role, SetAccess};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["name", "description", "grants"];

/// Admins make sets, the legal team reads them, whoever manages one sees to it, and who owns a
/// document finds the reviews that are due.
pub(crate) fn readers(me: &Me) -> bool {
    me.manages_sets || me.reviews_due > 0 || matches!(me.role, Role::Admin | Role::Legal)
}

/// The list of sets.
#[component]
pub(crate) fn DocumentsPage() -> impl IntoView {
    only_if(readers, |me| {
        let makes = me.role == Role::Admin;
        view! { <Sets makes=makes manages={makes || me.manages_sets} /> }.whole()
    })
}

#[component]
fn Sets(makes: bool, manages: bool) -> impl IntoView {
    let sets = bodies(|| Some(vec![path::sets()]));
    view! {
        <Title text=text::title(text::DOCUMENTS) />
        <div class="page">
            <header class="page-head">
                <h1>{text::DOCUMENTS}</h1>
                <p class="lead">{text::DOCUMENTS_LEAD}</p>
            </header>
            {reviews::due()}
            {loaded(
                sets,
                rows_to_come,
                move |bodies| {
                    let sets: Vec<DocumentSet> = only(&bodies)?;
                    let failed = manages.then(|| to_quarantine(&sets));
                    let rows = rows(sets, makes);
                    Ok(
                        view! {
                            {failed}
                            {rows}
                        }
                            .whole(),
                    )
                },
            )}
            {makes.then(|| view! { <NewSet /> })}
            {manages.then(watched::folders)}
            {makes.then(embedding::embedding)}
        </div>
    }
}

/// The way to what could not be read, with how much that is.
fn to_quarantine(sets: &[DocumentSet]) -> AnyView {
    let managed = sets.iter().filter(|set| set.manages);
    let failed: u64 = managed.map(|set| set.failed).sum();
    let count = (failed > 0).then(|| {
        view! { <span class="tag tag-failed">{Icon::Alert.view()} {text::failed(failed)}</span> }
    });
    view! {
        <p class="to-quarantine">
            <a href="/quarantine">{text::QUARANTINE}</a>
            {count}
        </p>
    }
    .whole()
}

fn rows(sets: Vec<DocumentSet>, makes: bool) -> AnyView {
    if sets.is_empty() {
        let words = if makes {
            text::NO_SETS
        } else {
            text::NO_SETS_READER
        };
        return view! { <div class="empty">{Icon::Document.view()} <p>{words}</p></div> }.whole();
    }
    let rows = sets
        .into_iter()
        .map(|set| {
            view! {
                <li>
                    <a class="row" href=format!("/documents/{}", set.id)>
                        <span class="row-title">{set.name}</span>
                        {(!set.description.is_empty())
                            .then(|| view! { <span class="row-text">{set.description}</span> })}
                        <span class="row-about">
                            <AudienceTag audience=set.audience />
                            <span>{text::documents(set.documents)}</span>
                            {(set.in_progress > 0)
                                .then(|| view! { <span>{text::in_progress(set.in_progress)}</span> })}
                            {(set.failed > 0)
                                .then(|| {
                                    view! {
                                        <span class="tag tag-failed">
                                            {Icon::Alert.view()} {text::failed(set.failed)}
                                        </span>
                                    }
                                })}
                        </span>
                    </a>
                </li>
            }
        })
        .wholes();
    view! { <ul class="rows">{rows}</ul> }.whole()
}

/// Who may see a set, in words and with an icon.
#[component]
pub(super) fn AudienceTag(audience: Audience) -> impl IntoView {
    let icon = match audience {
        Audience::Everyone => Icon::People,
        Audience::Groups => Icon::Group,
        Audience::Restricted => Icon::Lock,
    };
    view! { <span class="tag">{icon.view()} {text::audience(audience)}</span> }
}

/// The form for a new set; it leads to the set, where files are added.
#[component]
fn NewSet() -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let navigate = use_navigate();
    let name = NodeRef::<html::Input>::new();
    let description = NodeRef::<html::Input>::new();
    let groups = Groups::new();
    let draft = Draft::new(Audience::Everyone, Vec::new(), groups);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let SetAccess { audience, grants } = draft.access();
        let set = NewDocumentSet {
            name: typed(name).trim().to_owned(),
            description: typed(description).trim().to_owned(),
            audience,
            grants,
        };
        let (api, navigate) = (api.clone(), navigate.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.new_set(&set).await {
                // A restricted set for a group that the reader isn't in is out of sight at once.
                Ok(set) if !set.manages => browser::reload(),
                Ok(set) => navigate(
                    &format!("/documents/{}", set.id),
                    leptos_router::NavigateOptions::default(),
                ),
                Err(wrong) => {
                    let _ = busy.try_set(false);
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <details class="add" on:toggle=move |_| groups.load(error)>
            <summary>{Icon::Plus.view()} {text::NEW_SET}</summary>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field form="set" name="name" label=text::NAME node=name error=error />
                <Field
                    form="set"
                    name="description"
                    label=text::DESCRIPTION
                    node=description
                    error=error
                    required=false
                />
                <AccessFields draft=draft form="set" error=error />
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::CREATE_SET}
                </button>
            </form>
        </details>
    }
}
