//! Forms: a field with its label, hint and error, and what is said of the whole form.

use super::{Icon, derive, live};
use crate::text;
use inhouse_protocol::{ApiError, ErrorCode};
use leptos::html;
use leptos::prelude::*;

/// What stands in an input now; nothing where it isn't on the page.
pub(crate) fn typed(node: NodeRef<html::Input>) -> String {
    let input = node.get_untracked();
    input.map(|input| input.value()).unwrap_or_default()
}

/// A labelled input. An error of the API that names the field stands below it.
#[component]
pub(crate) fn Field(
    /// The field's name in the API; its id is made of the form's and this.
    name: &'static str,
    /// Apart from others of the same name on the page.
    #[prop(into)]
    form: String,
    label: &'static str,
    node: NodeRef<html::Input>,
    #[prop(into)] error: Signal<Option<ApiError>>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] hint: &'static str,
    /// Which keyboard a phone shows, where the kind doesn't say it.
    #[prop(optional)]
    keyboard: Option<&'static str>,
    /// Id of the `datalist` with suggestions.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What stands in it at first.
    #[prop(optional)]
    value: Option<String>,
    #[prop(default = true)] required: bool,
) -> impl IntoView {
    let id = form + "-" + name;
    let error_id = format!("{id}-error");
    let hint_id = format!("{id}-hint");
    let wrong = Memo::new(move |_| {
        let error = error.get()?;
        (error.field.as_deref() == Some(name)).then_some(error.message)
    });
    let described = {
        let (error_id, hint_id) = (error_id.clone(), hint_id.clone());
        move || {
            if wrong.with(Option::is_some) {
                Some(error_id.clone())
            } else {
                (!hint.is_empty()).then(|| hint_id.clone())
            }
        }
    };
    view! {
        <div class="field">
            <label for=id.clone()>
                {label}
                {(!required).then(|| view! { <span class="quiet">" " {text::OPTIONAL}</span> })}
            </label>
            <input
                id=id
                name=name
                type=kind
                node_ref=node
                autocomplete=autocomplete
                inputmode=keyboard
                list=list
                value=value
                required=required
                aria-invalid=derive(move || wrong.with(Option::is_some).then_some("true"))
                aria-describedby=described
            />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            <p class="error" id=error_id role="alert" hidden=derive(move || wrong.with(Option::is_none))>
                {live(move || wrong.get())}
            </p>
        </div>
    }
}

/// What went wrong with a whole form: errors that name none of its `fields`.
#[component]
pub(crate) fn FormError(
    #[prop(into)] error: Signal<Option<ApiError>>,
    #[prop(default = &[])] fields: &'static [&'static str],
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        error.get().filter(|error| {
            let field = error.field.as_deref();
            !field.is_some_and(|field| fields.contains(&field))
        })
    });
    view! {
        <div role="alert" class="alert-place">
            {live(move || shown.get().map(|error| view! { <ErrorNote error=error /> }))}
        </div>
    }
}

/// An error where it happened, with its reference where a person can't act on it.
#[component]
pub(crate) fn ErrorNote(error: ApiError) -> impl IntoView {
    let ours = matches!(error.code, ErrorCode::Internal | ErrorCode::Unavailable);
    let reference = (ours && !error.request_id.is_empty())
        .then(|| view! { <span class="quiet">" " {text::reference(&error.request_id)}</span> });
    view! { <p class="error note">{Icon::Alert.view()} <span>{error.message} {reference}</span></p> }
}
