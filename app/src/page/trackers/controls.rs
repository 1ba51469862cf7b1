//! The controls of the form: each writes what is typed into the draft.

use super::form::{Draft, Form};
use crate::part::{IntoWhole, IntoWholes, derive, live};
use leptos::prelude::*;

/// Puts what was typed into its place.
pub(super) type Put = fn(&mut Draft, String);

pub(super) fn input(
    form: Form,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    put: Put,
) -> AnyView {
    let id = form.id(name);
    let control = view! {
        <input
            id=id
            name=name
            type="text"
            autocomplete="off"
            value=value
            aria-invalid=invalid_now(form, name)
            aria-describedby=form.id(&format!("{name}-about"))
            on:input=move |event| form.write(|draft| put(draft, event_target_value(&event)))
        />
    };
    field(form, name, label, hint, control.whole())
}

pub(super) fn secret(
    form: Form,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    put: Put,
) -> AnyView {
    let id = form.id(name);
    let control = view! {
        <input
            id=id
            name=name
            type="password"
            autocomplete="new-password"
            aria-invalid=invalid_now(form, name)
            aria-describedby=form.id(&format!("{name}-about"))
            on:input=move |event| form.write(|draft| put(draft, event_target_value(&event)))
        />
    };
    field(form, name, label, hint, control.whole())
}

pub(super) fn area(
    form: Form,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    value: String,
    put: Put,
) -> AnyView {
    let id = form.id(name);
    let control = view! {
        <textarea
            id=id
            name=name
            rows="3"
            autocomplete="off"
            spellcheck="false"
            aria-invalid=invalid_now(form, name)
            aria-describedby=form.id(&format!("{name}-about"))
            prop:value=value
            on:input=move |event| form.write(|draft| put(draft, event_target_value(&event)))
        ></textarea>
    };
    field(form, name, label, hint, control.whole())
}

pub(super) fn select(
    form: Form,
    name: &'static str,
    label: &'static str,
    options: &[(&'static str, &'static str)],
    chosen: &str,
    put: Put,
) -> AnyView {
    let id = form.id(name);
    let options = options
        .iter()
        .map(|&(value, words)| {
            view! {
                <option value=value selected={value == chosen}>
                    {words}
                </option>
            }
        })
        .wholes();
    let control = view! {
        <select
            id=id
            name=name
            on:change=move |event| form.write(|draft| put(draft, event_target_value(&event)))
        >
            {options}
        </select>
    };
    field(form, name, label, "", control.whole())
}

pub(super) fn tick(
    form: Form,
    label: &'static str,
    checked: bool,
    put: fn(&mut Draft, bool),
) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="checkbox"
                checked=checked
                on:change=move |event| form.write(|draft| put(draft, event_target_checked(&event)))
            />
            <span>{label}</span>
        </label>
    }
    .whole()
}

fn invalid_now(form: Form, name: &'static str) -> Signal<Option<&'static str>> {
    let wrong = form.wrong(name);
    derive(move || wrong.with(Option::is_some).then_some("true"))
}

/// A control with its label, its hint and what is wrong with it.
fn field(
    form: Form,
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    control: AnyView,
) -> AnyView {
    let wrong = form.wrong(name);
    view! {
        <div class="field">
            <label for=form.id(name)>{label}</label>
            {control}
            <div id=form.id(&format!("{name}-about"))>
                {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
                <p class="error" role="alert" hidden=derive(move || wrong.with(Option::is_none))>
                    {live(move || wrong.get())}
                </p>
            </div>
        </div>
    }
    .whole()
}
