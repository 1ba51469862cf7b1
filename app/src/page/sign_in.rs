//! Signing in.

use super::after_sign_in;
use crate::api::Api;
use crate::browser;
use crate::part::{Field, FormError, Icon, derive, live};
use crate::shell::PageReply;
use crate::state::{Ui, answer_with, viewer};
use crate::text;
use inhouse_protocol::{ApiError, SignIn};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["email", "password"];

/// E-mail and password.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let next = use_query_map().with_untracked(|query| query.get("next"));
    if viewer().is_some() {
        answer_with(PageReply::RedirectTo(
            after_sign_in(next.as_deref()).to_owned(),
        ));
    }
    let email = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(email), Some(secret)) = (email.get_untracked(), password.get_untracked()) else {
            return;
        };
        let with = SignIn {
            email: email.value().trim().to_owned(),
            password: secret.value(),
        };
        let (api, next) = (api.clone(), next.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.sign_in(&with).await {
                Ok(_) => browser::go(after_sign_in(next.as_deref())),
                Err(wrong) => {
                    error.set(Some(wrong));
                    busy.set(false);
                    browser::focus("#sign-in-password");
                }
            }
        });
    };
    view! {
        <Title text=text::title(text::SIGN_IN) />
        <div class="sign-in">
            <p class="brand">{Icon::Mark.view()} <span>{text::PRODUCT}</span></p>
            <h1>{text::SIGN_IN}</h1>
            <form method="post" on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field
                    form="sign-in"
                    name="email"
                    label=text::EMAIL
                    kind="email"
                    autocomplete="username"
                    node=email
                    error=error
                />
                <Field
                    form="sign-in"
                    name="password"
                    label=text::PASSWORD
                    kind="password"
                    autocomplete="current-password"
                    node=password
                    error=error
                />
                <button
                    type="submit"
                    class="primary wide"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {live(move || if busy.get() { text::SIGNING_IN } else { text::SIGN_IN })}
                </button>
            </form>
            <p class="hint">{text::SIGN_IN_HELP}</p>
        </div>
    }
}
