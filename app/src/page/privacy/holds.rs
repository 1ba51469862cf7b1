//! Legal holds: those in force, those lifted, and placing one.

use crate::api::{Api, invalid};
use crate::browser;
use crate::part::{
    ErrorNote, Field, FormError, Icon, IntoWhole, IntoWholes, derive, find_person, live, modal,
    people_list, typed,
};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{ApiError, HoldKind, LegalHold, NewHold, Person};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["person", "reason"];
/// Id of the list of suggestions for a person.
const PEOPLE: &str = "hold-people";

/// What the parts of the section share.
#[derive(Clone, Copy)]
struct All {
    holds: RwSignal<Vec<LegalHold>>,
    /// The one that is about to be lifted.
    lifting: RwSignal<Option<LegalHold>>,
    error: RwSignal<Option<ApiError>>,
}

impl All {
    /// Those in force, or those lifted.
    fn of(self, in_force: bool) -> Vec<LegalHold> {
        self.holds.with(|all| {
            let wanted = all
                .iter()
                .filter(|hold| hold.lifted_at.is_none() == in_force);
            wanted.cloned().collect()
        })
    }
}

/// What a hold covers, in words.
fn covered(hold: &LegalHold) -> String {
    match (hold.kind, &hold.person_name) {
        (HoldKind::Person, Some(name)) => name.clone(),
        (HoldKind::Person, None) => text::SOMEBODY.to_owned(),
        (HoldKind::Everything, _) => text::hold_kind(HoldKind::Everything).to_owned(),
    }
}

/// The section of the privacy page.
#[component]
pub(super) fn Holds(people: RwSignal<Vec<Person>>, holds: Vec<LegalHold>) -> impl IntoView {
    let all = All {
        holds: RwSignal::new(holds),
        lifting: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let none = Memo::new(move |_| all.of(true).is_empty());
    let no_lifted = Memo::new(move |_| all.of(false).is_empty());
    let wrong = move || {
        let error = all.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <section class="panel" aria-labelledby="holds">
            <h2 id="holds" tabindex="-1">
                {text::HOLDS}
            </h2>
            <p class="quiet">{text::HOLDS_LEAD}</p>
            <div role="alert">{live(wrong)}</div>
            <p class="quiet" hidden=derive(move || !none.get())>
                {text::NO_HOLDS}
            </p>
            <ul class="things" hidden=derive(move || none.get())>
                <For each=move || all.of(true) key=|hold| hold.id.clone() let(hold)>
                    <HoldRow hold=hold all=all />
                </For>
            </ul>
            <Place people=people all=all />
            <details class="lifted" hidden=derive(move || no_lifted.get())>
                <summary>{text::LIFTED_HOLDS}</summary>
                <ul class="things">
                    <For each=move || all.of(false) key=|hold| hold.id.clone() let(hold)>
                        <HoldRow hold=hold all=all />
                    </For>
                </ul>
            </details>
            {confirm_lifting(all)}
        </section>
    }
}

#[component]
fn HoldRow(hold: LegalHold, all: All) -> impl IntoView {
    let ui = Ui::of_page();
    let what = covered(&hold);
    let lift = hold.lifted_at.is_none().then(|| {
        let (hold, name) = (hold.clone(), text::lift_hold_of(&what));
        view! {
            <button
                type="button"
                class="small"
                aria-label=name
                disabled=derive(move || !ui.ready.get())
                on:click=move |_| all.lifting.set(Some(hold.clone()))
            >
                {text::LIFT}
            </button>
        }
    });
    let lifted = hold
        .lifted_at
        .map(|at| view! { " · " {text::LIFTED_ON} " " <Day at=at /> });
    view! {
        <li>
            {Icon::Lock.view()}
            <div class="thing">
                <p class="thing-name">{what}</p>
                <p>{hold.reason}</p>
                <p class="hint">
                    {text::PLACED_BY} " " {hold.placed_by} ", " <Day at=hold.placed_at /> {lifted}
                </p>
            </div>
            {lift}
        </li>
    }
}

/// Asks before a hold is lifted.
fn confirm_lifting(all: All) -> AnyView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let open = derive(move || all.lifting.with(Option::is_some));
    let close = Callback::new(move |()| all.lifting.set(None));
    let what = move || {
        let what = all.lifting.with(|hold| hold.as_ref().map(covered));
        what.unwrap_or_default()
    };
    let lift = move |_| {
        let Some(hold) = all.lifting.get_untracked() else {
            return;
        };
        let api = api.clone();
        close.run(());
        all.error.set(None);
        spawn_local(async move {
            match api.lift_hold(&hold.id).await {
                Ok(()) => {
                    all.holds.try_update(|holds| {
                        if let Some(lifted) = holds.iter_mut().find(|other| other.id == hold.id) {
                            lifted.lifted_at = Some(browser::now());
                        }
                    });
                    ui.say(text::HOLD_LIFTED);
                    browser::focus("#holds");
                }
                Err(error) => {
                    let _ = all.error.try_set(Some(error));
                }
            }
        });
    };
    let content = view! {
        <h2>{text::LIFT_TITLE}</h2>
        <p>
            <strong>{live(what)}</strong>
        </p>
        <p>{text::LIFT_TEXT}</p>
        <div class="buttons">
            <button type="button" class="danger" on:click=lift>
                {text::LIFT}
            </button>
            <button type="button" class="plain" on:click=move |_| close.run(())>
                {text::CANCEL}
            </button>
        </div>
    };
    modal(open, close, text::LIFT_TITLE, content.whole())
}

/// The form for a new hold.
#[component]
fn Place(people: RwSignal<Vec<Person>>, all: All) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let form = NodeRef::<html::Form>::new();
    let person = NodeRef::<html::Input>::new();
    let reason = NodeRef::<html::Input>::new();
    let kind = RwSignal::new(HoldKind::Person);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let kind_now = kind.get_untracked();
        let covered = match kind_now {
            HoldKind::Everything => None,
            HoldKind::Person => {
                match people.with_untracked(|all| find_person(all, &typed(person))) {
                    Ok(id) => Some(id),
                    Err(message) => {
                        error.set(Some(invalid("person", message)));
                        browser::focus("#hold-person");
                        return;
                    }
                }
            }
        };
        let hold = NewHold {
            kind: kind_now,
            person: covered,
            reason: typed(reason).trim().to_owned(),
        };
        let api = api.clone();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let placed = api.place_hold(&hold).await;
            let _ = busy.try_set(false);
            match placed {
                Ok(hold) => {
                    all.holds.try_update(|holds| holds.insert(0, hold));
                    ui.say(text::HOLD_PLACED);
                    let _ = kind.try_set(HoldKind::Person);
                    if let Some(form) = form.try_get_untracked().flatten() {
                        form.reset();
                    }
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let kinds = [HoldKind::Person, HoldKind::Everything]
        .into_iter()
        .map(|choice| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="kind"
                        value=choice.as_str()
                        checked={choice == HoldKind::Person}
                        on:change=move |_| kind.set(choice)
                    />
                    <span>{text::hold_kind(choice)}</span>
                </label>
            }
        })
        .wholes();
    let whom = move || {
        (kind.get() == HoldKind::Person).then(|| {
            view! {
                <Field
                    form="hold"
                    name="person"
                    label=text::PERSON_LABEL
                    hint=text::MEMBER_EMAIL
                    list=PEOPLE
                    node=person
                    error=error
                />
            }
        })
    };
    view! {
        <details class="add">
            <summary>{Icon::Plus.view()} {text::PLACE_HOLD}</summary>
            <form method="post" node_ref=form on:submit=submit>
                <FormError error=error fields=FIELDS />
                <fieldset class="field">
                    <legend>{text::HOLD_COVERS}</legend>
                    {kinds}
                </fieldset>
                {live(whom)}
                {people.with_untracked(|all| people_list(PEOPLE, all))}
                <Field
                    form="hold"
                    name="reason"
                    label=text::HOLD_REASON
                    hint=text::HOLD_REASON_HINT
                    node=reason
                    error=error
                />
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::PLACE_HOLD}
                </button>
            </form>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::Timestamp;

    #[test]
    fn a_hold_on_somebody_without_a_name_still_says_what_it_covers() {
        let mut hold = LegalHold {
            id: sample::id("hold-1"),
            kind: HoldKind::Person,
            person: Some(sample::id("user-1")),
            person_name: Some("Emil Berg".to_owned()),
            reason: "Case 12/2026".to_owned(),
            placed_by: "Ada".to_owned(),
            placed_at: Timestamp(0),
            lifted_at: None,
        };
        assert_eq!(covered(&hold), "Emil Berg");
        hold.person_name = None;
        assert_eq!(covered(&hold), text::SOMEBODY);
        hold.kind = HoldKind::Everything;
        assert_eq!(covered(&hold), "Everything");
    }
}
