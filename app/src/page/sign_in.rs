//! Signing in: by password, with a code where the account has a second factor, or through the
//! company's provider.

use super::{ACCOUNT, after_sign_in, leading_to};
use crate::api::{Api, path};
use crate::browser;
use crate::part::{
    ErrorNote, Field, FormError, Icon, IntoWhole, bodies, derive, live, loaded, only, rows_to_come,
};
use crate::shell::PageReply;
use crate::state::{Ui, answer_with, viewer};
use crate::text;
use inhouse_protocol::{ApiError, ErrorCode, SignIn, SignInOptions};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["email", "password", "code"];

/// The ways in that are configured.
#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.with_untracked(|query| query.get("next"));
    let failure = query.with_untracked(|query| query.get("error"));
    if viewer().is_some() {
        answer_with(PageReply::RedirectTo(
            after_sign_in(next.as_deref()).to_owned(),
        ));
    }
    let options = bodies(|| Some(vec![path::sign_in_options()]));
    view! {
        <Title text=text::title(text::SIGN_IN) />
        <div class="sign-in">
            <p class="brand">{Icon::Mark.view()} <span>{text::PRODUCT}</span></p>
            <h1>{text::SIGN_IN}</h1>
            {failure.map(|code| view! { <ErrorNote error=sent_back(&code) /> })}
            {loaded(
                options,
                rows_to_come,
                move |bodies| Ok(ways(&only(&bodies)?, next.clone())),
            )}
            <p class="hint">{text::SIGN_IN_HELP}</p>
        </div>
    }
}

/// What the address says of a sign-in through the company that failed, in our own words.
fn sent_back(code: &str) -> ApiError {
    ApiError {
        code: ErrorCode::WrongCredentials,
        message: text::sign_in_failure(code).to_owned(),
        field: None,
        request_id: String::new(),
    }
}

fn ways(options: &SignInOptions, next: Option<String>) -> AnyView {
    if !options.password && options.oidc.is_none() {
        return view! { <p class="note">{Icon::Alert.view()} <span>{text::NO_WAY_IN}</span></p> }
            .whole();
    }
    let provider = options.oidc.as_ref().map(|name| {
        let way = leading_to("/sign-in/oidc", "next", after_sign_in(next.as_deref()));
        view! {
            <a class="button primary wide" href=way rel="external">
                {text::sign_in_with(name)}
            </a>
        }
    });
    let both = options.password && options.oidc.is_some();
    view! {
        {provider}
        {both.then(|| view! { <p class="or">{text::OR}</p> })}
        {options.password.then(|| view! { <ByPassword next=next primary=!both /> })}
    }
    .whole()
}

/// E-mail and password, then a code where one is asked for.
#[component]
fn ByPassword(next: Option<String>, primary: bool) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let email = NodeRef::<html::Input>::new();
    let password = NodeRef::<html::Input>::new();
    let code = NodeRef::<html::Input>::new();
    let asks_code = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let failed = move |wrong: ApiError| {
        busy.set(false);
        if wrong.code == ErrorCode::SecondFactorRequired && !asks_code.get_untracked() {
            asks_code.set(true);
            ui.say(text::SECOND_STEP_TEXT);
        } else {
            error.set(Some(wrong));
        }
        // After the field is there.
        request_animation_frame(move || {
            browser::focus(if asks_code.get_untracked() {
                "#sign-in-code"
            } else {
                "#sign-in-password"
            });
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let value = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value());
        let (Some(email), Some(password)) = (value(email), value(password)) else {
            return;
        };
        let with = SignIn {
            email: email.trim().to_owned(),
            password,
            code: value(code).filter(|_| asks_code.get_untracked()),
        };
        let (api, next) = (api.clone(), next.clone());
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            match api.sign_in(&with).await {
                Ok(me) if me.must_enrol => browser::go(ACCOUNT),
                Ok(_) => browser::go(after_sign_in(next.as_deref())),
                Err(wrong) => failed(wrong),
            }
        });
    };
    let back = move |_| {
        asks_code.set(false);
        error.set(None);
        if let Some(password) = password.get_untracked() {
            password.set_value("");
        }
        request_animation_frame(|| browser::focus("#sign-in-password"));
    };
    let second_step = move || {
        asks_code.get().then(|| {
            view! {
                <h2>{text::SECOND_STEP}</h2>
                <p class="quiet">{text::SECOND_STEP_TEXT}</p>
                <Field
                    form="sign-in"
                    name="code"
                    label=text::SIGN_IN_CODE
                    hint=text::SIGN_IN_CODE_HINT
                    autocomplete="one-time-code"
                    node=code
                    error=error
                />
            }
        })
    };
    let action = move || match (busy.get(), asks_code.get()) {
        (true, _) => text::SIGNING_IN,
        (false, true) => text::CONTINUE,
        (false, false) => text::SIGN_IN,
    };
    view! {
        <form method="post" on:submit=submit>
            <FormError error=error fields=FIELDS />
            <div class="fields" hidden=derive(move || asks_code.get())>
                <Field
                    form="sign-in"
                    name="email"
                    label=text::EMAIL
                    keyboard="email"
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
            </div>
            <div class="fields">{live(second_step)}</div>
            <button
                type="submit"
                class="wide"
                class:primary=primary
                disabled=derive(move || !ui.ready.get() || busy.get())
            >
                {live(action)}
            </button>
            <button
                type="button"
                class="plain wide"
                hidden=derive(move || !asks_code.get())
                on:click=back
            >
                {text::BACK}
            </button>
        </form>
    }
}
