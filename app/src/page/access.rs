//! Who may see a document set, as it is chosen: an audience, and groups with a right each.

use crate::api::Api;
use crate::browser;
use crate::part::{Icon, IntoWhole, IntoWholes, derive, live, on_change};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{
    ApiError, Audience, GrantChange, Group, GroupId, Right, SetAccess, SetGrant,
};
use leptos::ev::Event;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The groups there are, asked for once they are needed.
#[derive(Clone, Copy)]
pub(super) struct Groups {
    pub(super) all: RwSignal<Vec<Group>>,
    asked: StoredValue<bool>,
    api: StoredValue<Api>,
}

impl Groups {
    pub(super) fn new() -> Self {
        Self {
            all: RwSignal::new(Vec::new()),
            asked: StoredValue::new(false),
            api: StoredValue::new(expect_context()),
        }
    }

    /// Asks for them, the first time; what goes wrong stands in `error`.
    pub(super) fn load(self, error: RwSignal<Option<ApiError>>) {
        if self.asked.get_value() {
            return;
        }
        self.asked.set_value(true);
        let api = self.api.get_value();
        spawn_local(async move {
            match api.groups().await {
                Ok(groups) => {
                    let _ = self.all.try_set(groups);
                }
                Err(wrong) => {
                    let _ = self.asked.try_set_value(false);
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    }
}

/// What is chosen.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    audience: RwSignal<Audience>,
    grants: RwSignal<Vec<SetGrant>>,
    groups: Groups,
}

impl Draft {
    pub(super) fn new(audience: Audience, grants: Vec<SetGrant>, groups: Groups) -> Self {
        Self {
            audience: RwSignal::new(audience),
            grants: RwSignal::new(grants),
            groups,
        }
    }

    /// As the API takes it.
    pub(super) fn access(self) -> SetAccess {
        SetAccess {
            audience: self.audience.get_untracked(),
            grants: self.grants.with_untracked(|grants| changes(grants)),
        }
    }

    /// Groups that have no right yet.
    fn others(self) -> Vec<Group> {
        let mut groups = self.groups.all.get();
        self.grants.with(|grants| {
            groups.retain(|group| grants.iter().all(|grant| grant.group != group.id));
        });
        groups
    }

    fn give(self, id: &str, right: Right) {
        let named = self.groups.all.with_untracked(|groups| {
            let group = groups.iter().find(|group| group.id.as_str() == id);
            group.map(|group| (group.id.clone(), group.name.clone()))
        });
        if let Some((group, group_name)) = named {
            self.grants.update(|grants| {
                grants.push(SetGrant {
                    group,
                    group_name,
                    right,
                });
            });
        }
    }

    fn set_right(self, group: &GroupId, right: Right) {
        self.grants.update(|grants| {
            if let Some(grant) = grants.iter_mut().find(|grant| grant.group == *group) {
                grant.right = right;
            }
        });
    }

    fn take(self, group: &GroupId) {
        self.grants
            .update(|grants| grants.retain(|grant| grant.group != *group));
    }
}

fn changes(grants: &[SetGrant]) -> Vec<GrantChange> {
    grants
        .iter()
        .map(|grant| GrantChange {
            group: grant.group.clone(),
            right: grant.right,
        })
        .collect()
}

/// A right from its name in the API.
fn right_named(name: &str) -> Right {
    if name == Right::Manage.as_str() {
        Right::Manage
    } else {
        Right::Read
    }
}

/// The two parts of a form: the audience and the groups. An error of the field `grants` stands
/// below them.
#[component]
pub(super) fn AccessFields(
    draft: Draft,
    /// Apart from others on the page.
    form: &'static str,
    error: RwSignal<Option<ApiError>>,
) -> impl IntoView {
    let audiences = Audience::ALL
        .into_iter()
        .map(|value| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="audience"
                        value=value.as_str()
                        checked={draft.audience.get_untracked() == value}
                        on:change=move |_| draft.audience.set(value)
                    />
                    <span>
                        {text::audience(value)}
                        <span class="hint">{text::audience_explained(value)}</span>
                    </span>
                </label>
            }
        })
        .wholes();
    let wrong = Memo::new(move |_| {
        let error = error.get()?;
        (error.field.as_deref() == Some("grants")).then_some(error.message)
    });
    let none = Memo::new(move |_| draft.grants.with(Vec::is_empty));
    // What folds the form may have been opened before the page lived.
    on_change(move || {
        if browser::present(&format!("details[open] #{form}-group")) {
            draft.groups.load(error);
        }
    });
    let ids = move || {
        draft.grants.with(|grants| {
            let ids = grants.iter().map(|grant| grant.group.clone());
            ids.collect::<Vec<_>>()
        })
    };
    let error_id = format!("{form}-grants-error");
    let described_by = error_id.clone();
    view! {
        <fieldset class="field">
            <legend>{text::WHO_MAY_SEE}</legend>
            {audiences}
        </fieldset>
        <fieldset class="field" aria-describedby=described_by>
            <legend>{text::GRANTS}</legend>
            <p class="hint">{live(move || text::grants_explained(draft.audience.get()))}</p>
            <p class="quiet" hidden=derive(move || !none.get())>
                {text::NO_GRANTS}
            </p>
            <ul class="grants" hidden=derive(move || none.get())>
                <For each=ids key=Clone::clone let(id)>
                    {grant_row(draft, id)}
                </For>
            </ul>
            {add_grant(draft, form)}
            <p
                class="error"
                id=error_id
                role="alert"
                hidden=derive(move || wrong.with(Option::is_none))
            >
                {live(move || wrong.get())}
            </p>
        </fieldset>
    }
}

/// A group with its right, and a way to take it out.
fn grant_row(draft: Draft, id: GroupId) -> AnyView {
    let ui = Ui::of_page();
    let grant = draft.grants.with_untracked(|grants| {
        let grant = grants.iter().find(|grant| grant.group == id);
        grant.map(|grant| (grant.group_name.clone(), grant.right))
    });
    let Some((name, first)) = grant else {
        return ().whole();
    };
    let choose = {
        let id = id.clone();
        move |event: Event| draft.set_right(&id, right_named(&event_target_value(&event)))
    };
    view! {
        <li>
            <span class="grant-name">{Icon::Group.view()} {name.clone()}</span>
            <select
                aria-label=text::right_of(&name)
                disabled=derive(move || !ui.ready.get())
                on:change=choose
            >
                {rights(first)}
            </select>
            <button
                type="button"
                class="plain square"
                aria-label=text::remove_group(&name)
                title=text::REMOVE
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| draft.take(&id)
            >
                {Icon::Close.view()}
            </button>
        </li>
    }
    .whole()
}

fn rights(chosen: Right) -> Vec<AnyView> {
    [Right::Read, Right::Manage]
        .into_iter()
        .map(|right| {
            view! {
                <option value=right.as_str() selected={right == chosen}>
                    {text::right(right)}
                </option>
            }
        })
        .wholes()
}

/// Chooses a group that has no right yet, and gives it one.
fn add_grant(draft: Draft, form: &'static str) -> AnyView {
    let ui = Ui::of_page();
    let group = NodeRef::<html::Select>::new();
    let right = NodeRef::<html::Select>::new();
    let id = format!("{form}-group");
    let others = move || {
        draft
            .others()
            .into_iter()
            .map(|group| view! { <option value=group.id.to_string()>{group.name}</option> })
            .wholes()
    };
    let no_others = Memo::new(move |_| draft.others().is_empty());
    let add = move |_| {
        if let (Some(group), Some(right)) = (group.get_untracked(), right.get_untracked()) {
            draft.give(&group.value(), right_named(&right.value()));
            group.set_value("");
        }
    };
    view! {
        <div class="grant-new">
            <label class="visually-hidden" for=id.clone()>
                {text::GIVE_GROUP}
            </label>
            <select
                id=id
                node_ref=group
                disabled=derive(move || !ui.ready.get() || no_others.get())
            >
                <option value="">{text::CHOOSE_GROUP}</option>
                {live(others)}
            </select>
            <select
                node_ref=right
                aria-label=text::GIVE_RIGHT
                disabled=derive(move || !ui.ready.get() || no_others.get())
            >
                {rights(Right::Read)}
            </select>
            <button
                type="button"
                disabled=derive(move || !ui.ready.get() || no_others.get())
                on:click=add
            >
                {Icon::Plus.view()}
                {text::ADD}
            </button>
        </div>
    }
    .whole()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_that_is_not_known_is_the_smaller_one() {
        assert_eq!(right_named("manage"), Right::Manage);
        assert_eq!(right_named("read"), Right::Read);
        assert_eq!(right_named("own"), Right::Read);
    }
}
