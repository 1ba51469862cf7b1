//! Erasing a person: first what it would do, then, with a reason and the e-mail typed again, done.

use crate::api::{Api, invalid};
use crate::browser;
use crate::part::{ErrorNote, Field, FormError, Icon, IntoWhole, IntoWholes, derive, live};
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ApiError, Counted, EraseRequest, ErasureReport, Person};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["reason", "confirm"];

/// What the steps share.
#[derive(Clone, Copy)]
struct Erasing {
    person: StoredValue<Person>,
    people: RwSignal<Vec<Person>>,
    /// The preview, then what was done.
    report: RwSignal<Option<ErasureReport>>,
}

/// From the first look to the report.
#[component]
pub(super) fn Erasure(person: Person, people: RwSignal<Vec<Person>>) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let erasing = Erasing {
        person: StoredValue::new(person),
        people,
        report: RwSignal::new(None),
    };
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let prepare = move |_| {
        let (api, id) = (api.clone(), erasing.person.with_value(|p| p.id.clone()));
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let preview = api.preview_erasure(&id).await;
            let _ = busy.try_set(false);
            match preview {
                Ok(preview) => {
                    let _ = erasing.report.try_set(Some(preview));
                    request_animation_frame(|| browser::focus("#erasure"));
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let wrong = move || error.get().map(|error| view! { <ErrorNote error=error /> });
    let told = move || {
        let report = erasing.report.get();
        report.map(|report| view! { <Report report=report erasing=erasing /> })
    };
    view! {
        <div hidden=derive(move || erasing.report.with(Option::is_some))>
            <button
                type="button"
                class="danger"
                disabled=derive(move || !ui.ready.get() || busy.get())
                on:click=prepare
            >
                {live(move || if busy.get() { text::PREPARING } else { text::PREPARE_ERASURE })}
            </button>
            <div class="alert-place" role="alert">
                {live(wrong)}
            </div>
        </div>
        {live(told)}
    }
}

#[component]
fn Report(report: ErasureReport, erasing: Erasing) -> impl IntoView {
    let done = report.done;
    let title = if done {
        text::ERASURE_DONE
    } else {
        text::ERASE
    };
    let held = report.held_by.clone();
    let may_erase = !done && held.is_none();
    let held = held.map(|reason| {
        view! {
            <p class="note">
                {Icon::Lock.view()}
                <span>
                    <strong>{text::ERASURE_HELD} ": "</strong>
                    {reason}
                </span>
            </p>
        }
    });
    let removes = if done {
        text::ERASURE_REMOVED
    } else {
        text::ERASURE_REMOVES
    };
    let kept = report
        .kept
        .into_iter()
        .map(|kept| {
            let counted = Counted {
                what: kept.what,
                count: kept.count,
            };
            view! {
                <li>
                    <strong>{text::counted(&counted)}</strong>
                    " "
                    <span class="tag">{kept.article}</span>
                    <span class="kept-why">{kept.why}</span>
                </li>
            }
        })
        .wholes();
    let elsewhere = report
        .elsewhere
        .into_iter()
        .map(|what| view! { <li>{what}</li> })
        .wholes();
    view! {
        <section class="erasure" aria-labelledby="erasure">
            <h3 id="erasure" tabindex="-1">
                {title}
            </h3>
            {done
                .then(|| {
                    view! {
                        <p class="note good-note">
                            {Icon::Check.view()} <span>{text::ERASURE_DONE_TEXT}</span>
                        </p>
                    }
                })}
            {held}
            <h4>{removes}</h4>
            {removed(&report.removed)}
            {part(text::ERASURE_KEEPS, kept)}
            {part(text::ERASURE_ELSEWHERE, elsewhere)}
            {may_erase.then(|| view! { <Confirm erasing=erasing /> })}
        </section>
    }
}

/// What goes; kinds of which there are none aren't listed.
fn removed(all: &[Counted]) -> AnyView {
    let rows = all
        .iter()
        .filter(|counted| counted.count > 0)
        .map(|counted| view! { <li>{text::counted(counted)}</li> })
        .wholes();
    if rows.is_empty() {
        view! { <p class="quiet">{text::ERASURE_NOTHING}</p> }.whole()
    } else {
        view! { <ul class="bullets">{rows}</ul> }.whole()
    }
}

/// A titled list, where there is something in it.
fn part(title: &'static str, rows: Vec<AnyView>) -> Option<AnyView> {
    (!rows.is_empty()).then(|| {
        view! {
            <h4>{title}</h4>
            <ul class="bullets">{rows}</ul>
        }
        .whole()
    })
}

/// The last step.
#[component]
fn Confirm(erasing: Erasing) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let reason = NodeRef::<html::Input>::new();
    let confirm = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(reason), Some(confirm)) = (reason.get_untracked(), confirm.get_untracked())
        else {
            return;
        };
        let request = EraseRequest {
            confirm: confirm.value().trim().to_owned(),
            reason: reason.value().trim().to_owned(),
        };
        let (id, email) = erasing
            .person
            .with_value(|person| (person.id.clone(), person.email.clone()));
        if request.confirm.to_lowercase() != email.to_lowercase() {
            error.set(Some(invalid("confirm", text::ERASURE_CONFIRM_WRONG)));
            browser::focus("#erase-confirm");
            return;
        }
        let api = api.clone();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let erased = api.erase(&id, &request).await;
            let _ = busy.try_set(false);
            match erased {
                Ok(report) => {
                    if report.done {
                        ui.say(text::ERASURE_DONE);
                        erasing.people.try_update(|all| {
                            if let Some(person) = all.iter_mut().find(|person| person.id == id) {
                                person.erased = true;
                            }
                        });
                    }
                    let _ = erasing.report.try_set(Some(report));
                    request_animation_frame(|| browser::focus("#erasure"));
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    view! {
        <form method="post" on:submit=submit>
            <p class="note">{Icon::Alert.view()} <span>{text::ERASURE_FINAL}</span></p>
            <FormError error=error fields=FIELDS />
            <Field
                form="erase"
                name="reason"
                label=text::ERASURE_REASON
                hint=text::ERASURE_REASON_HINT
                node=reason
                error=error
            />
            <Field
                form="erase"
                name="confirm"
                label=text::ERASURE_CONFIRM
                node=confirm
                error=error
            />
            <div class="buttons">
                <button
                    type="submit"
                    class="danger"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {live(move || if busy.get() { text::ERASING } else { text::ERASE_FOR_GOOD })}
                </button>
                <button
                    type="button"
                    class="plain"
                    on:click=move |_| erasing.report.set(None)
                >
                    {text::CANCEL}
                </button>
            </div>
        </form>
    }
}
