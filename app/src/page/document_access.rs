//! Who may see a single document, of those who may see its set.

use super::access::Groups;
use super::document_set::Files;
use crate::api::Api;
use crate::part::{FormError, IntoWhole, IntoWholes, derive, live, modal};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Audience, DocumentAccess, DocumentSet, DocumentSummary, GroupId};
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog, open while a document is being narrowed.
pub(super) fn document_access(files: Files, set: RwSignal<DocumentSet>, groups: Groups) -> AnyView {
    let error = RwSignal::new(None::<ApiError>);
    let open = derive(move || files.narrowing.with(Option::is_some));
    let close = Callback::new(move |()| {
        files.narrowing.set(None);
        error.set(None);
    });
    let form = move || {
        files.narrowing.get().map(|file| {
            groups.load(error);
            view! { <Form file=file files=files set=set groups=groups error=error close=close /> }
        })
    };
    let content = view! {
        <h2>{text::DOCUMENT_ACCESS}</h2>
        {live(form)}
    };
    modal(open, close, text::DOCUMENT_ACCESS, content.whole())
}

/// The groups to choose from: those with a right on the set, all where everyone sees it, and those
/// that have the document now.
fn candidates(
    set: &DocumentSet,
    all: Vec<(GroupId, String)>,
    chosen: &[GroupId],
) -> Vec<(GroupId, String)> {
    let mut groups = all;
    if set.audience != Audience::Everyone {
        groups.retain(|(id, _)| {
            set.grants.iter().any(|grant| grant.group == *id) || chosen.contains(id)
        });
    }
    groups
}

#[component]
fn Form(
    file: DocumentSummary,
    files: Files,
    set: RwSignal<DocumentSet>,
    groups: Groups,
    error: RwSignal<Option<ApiError>>,
    close: Callback<()>,
) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let narrowed = RwSignal::new(file.narrowed);
    let before = StoredValue::new(file.groups.clone());
    let chosen = RwSignal::new(file.groups.clone());
    let busy = RwSignal::new(false);
    let name = file.name.clone();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let access = DocumentAccess {
            groups: narrowed.get_untracked().then(|| chosen.get_untracked()),
        };
        let (api, id, name) = (api.clone(), file.id.clone(), file.name.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let changed = api.document_access(&id, &access).await;
            let _ = busy.try_set(false);
            match changed {
                Ok(()) => {
                    files.all.try_update(|all| {
                        if let Some(file) = all.iter_mut().find(|file| file.id == id) {
                            file.narrowed = access.groups.is_some();
                            file.groups = access.groups.unwrap_or_default();
                        }
                    });
                    ui.say(text::changed(&name));
                    close.try_run(());
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let offered = Memo::new(move |_| {
        let all = groups.all.with(|all| {
            let named = all
                .iter()
                .map(|group| (group.id.clone(), group.name.clone()));
            named.collect::<Vec<_>>()
        });
        set.with(|set| before.with_value(|before| candidates(set, all, before)))
    });
    let choices = move || {
        let groups = offered.get();
        if groups.is_empty() {
            return view! { <p class="hint">{text::NARROW_NO_GROUPS}</p> }.whole();
        }
        groups
            .into_iter()
            .map(|(id, name)| group_choice(id, name, chosen))
            .wholes()
            .whole()
    };
    view! {
        <p>
            <strong>{name}</strong>
        </p>
        <form method="post" on:submit=submit>
            <FormError error=error />
            <fieldset class="field">
                <legend class="visually-hidden">{text::DOCUMENT_ACCESS}</legend>
                {reach_choice(false, narrowed)}
                {reach_choice(true, narrowed)}
            </fieldset>
            <fieldset class="field indented" hidden=derive(move || !narrowed.get())>
                <legend class="visually-hidden">{text::GRANTS}</legend>
                {live(choices)}
                <p class="hint">{text::NARROW_HINT}</p>
            </fieldset>
            <div class="buttons">
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::SAVE}
                </button>
                <button type="button" class="plain" on:click=move |_| close.run(())>
                    {text::CANCEL}
                </button>
            </div>
        </form>
    }
}

/// Everyone of the set, or some.
fn reach_choice(value: bool, narrowed: RwSignal<bool>) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="radio"
                name="reach"
                value={if value { "some" } else { "all" }}
                checked={narrowed.get_untracked() == value}
                on:change=move |_| narrowed.set(value)
            />
            <span>{if value { text::SOME_OF_SET } else { text::ALL_OF_SET }}</span>
        </label>
    }
    .whole()
}

fn group_choice(id: GroupId, name: String, chosen: RwSignal<Vec<GroupId>>) -> AnyView {
    let checked = chosen.with_untracked(|chosen| chosen.contains(&id));
    let value = id.to_string();
    let change = move |event: Event| {
        let wanted = event_target_checked(&event);
        chosen.update(|chosen| {
            chosen.retain(|other| *other != id);
            if wanted {
                chosen.push(id.clone());
            }
        });
    };
    view! {
        <label class="choice">
            <input type="checkbox" name="group" value=value checked=checked on:change=change />
            <span>{name}</span>
        </label>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::id;
    use inhouse_protocol::{Right, SetGrant, Timestamp};

    fn offered(audience: Audience) -> Vec<String> {
        let set = DocumentSet {
            id: id("set-1"),
            name: "Board".to_owned(),
            description: String::new(),
            audience,
            manages: true,
            grants: vec![SetGrant {
                group: id("board"),
                group_name: "Board".to_owned(),
                right: Right::Manage,
            }],
            documents: 1,
            in_progress: 0,
            failed: 0,
            created_at: Timestamp(0),
        };
        let all = ["board", "legal-team", "sales"];
        let all = all.map(|name| (id(name), name.to_owned()));
        let offered = candidates(&set, all.to_vec(), &[id("sales")]);
        offered.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn a_document_is_narrowed_to_groups_that_may_see_its_set() {
        assert_eq!(offered(Audience::Groups), ["board", "sales"]);
    }

    #[test]
    fn where_everyone_sees_the_set_every_group_can_be_chosen() {
        assert_eq!(offered(Audience::Everyone).len(), 3);
    }
}
