//! Tokens with which programs work in one's name.

use crate::api::{Api, invalid};
use crate::browser;
use crate::part::{
    ErrorNote, Field, FormError, Icon, IntoWhole, IntoWholes, copy_button, derive, live, on_change,
};
use crate::state::Ui;
use crate::text;
use crate::time::Day;
use inhouse_protocol::{
    ApiError, ApiToken, MadeApiToken, NewApiToken, Role, Timestamp, TokenScope,
};
use leptos::ev::{Event, SubmitEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Fields whose errors stand below them.
const FIELDS: &[&str] = &["name", "scopes", "days"];
/// How long a token may be valid, in days; the API takes up to 365.
const LIFETIMES: [u32; 4] = [30, 90, 180, 365];
/// The one that is chosen at first.
const LIFETIME: u32 = 90;

/// The scopes that give `role` something to do; the API refuses the others.
fn scopes_of(role: Role) -> Vec<TokenScope> {
    let fits = |scope: &TokenScope| match scope {
        TokenScope::Ask | TokenScope::Documents => true,
        TokenScope::Desk => role == Role::Legal,
        TokenScope::People | TokenScope::Log | TokenScope::Scim => role == Role::Admin,
    };
    TokenScope::ALL.into_iter().filter(fits).collect()
}

#[derive(Clone, Copy)]
struct Tokens {
    all: RwSignal<Vec<ApiToken>>,
    /// Made a moment ago: shown once.
    made: RwSignal<Option<MadeApiToken>>,
    error: RwSignal<Option<ApiError>>,
}

/// The section of the account's page.
#[component]
pub(super) fn TokenSection(tokens: Vec<ApiToken>, role: Role) -> impl IntoView {
    let tokens = Tokens {
        all: RwSignal::new(tokens),
        made: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let none = Memo::new(move |_| tokens.all.with(Vec::is_empty));
    let made = move || {
        let made = tokens.made.get();
        made.map(|made| view! { <Made tokens=tokens made=made /> })
    };
    let error = move || {
        let error = tokens.error.get();
        error.map(|error| view! { <ErrorNote error=error /> })
    };
    view! {
        <section class="panel" aria-labelledby="tokens">
            <h2 id="tokens" tabindex="-1">
                {text::TOKENS}
            </h2>
            <p class="quiet">{text::TOKENS_LEAD}</p>
            <div role="alert">{live(error)}</div>
            {live(made)}
            <p class="quiet" hidden=derive(move || !none.get())>
                {text::NO_TOKENS}
            </p>
            <ul class="things" hidden=derive(move || none.get())>
                <For each=move || tokens.all.get() key=|token| token.id.clone() let(token)>
                    <TokenRow token=token tokens=tokens />
                </For>
            </ul>
            <NewToken tokens=tokens role=role />
        </section>
    }
}

#[component]
fn TokenRow(token: ApiToken, tokens: Tokens) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let name = token.name.clone();
    let revoke = move |_| {
        let (api, id, name) = (api.clone(), token.id.clone(), token.name.clone());
        tokens.error.set(None);
        spawn_local(async move {
            match api.revoke_token(&id).await {
                Ok(()) => {
                    tokens
                        .all
                        .try_update(|all| all.retain(|token| token.id != id));
                    ui.say(text::revoked(&name));
                    browser::focus("#tokens");
                }
                Err(error) => {
                    let _ = tokens.error.try_set(Some(error));
                }
            }
        });
    };
    let scopes = token
        .scopes
        .iter()
        .map(|scope| view! { <span class="tag">{text::scope(*scope)}</span> })
        .wholes();
    let last_used = token
        .last_used_at
        .map_or_else(|| text::NEVER.whole(), |at| view! { <Day at=at /> }.whole());
    view! {
        <li>
            {Icon::Key.view()}
            <div class="thing">
                <p class="thing-name">{name.clone()} {scopes}</p>
                <p class="hint">
                    {text::LAST_USED} ": " {last_used} " · " <Expiry at=token.expires_at />
                </p>
            </div>
            <button
                type="button"
                class="small"
                aria-label=text::revoke_token(&name)
                disabled=derive(move || !ui.ready.get())
                on:click=revoke
            >
                {text::REVOKE}
            </button>
        </li>
    }
}

/// When a token ends, or that it has; the server's clock is not known here, so the browser says.
#[component]
fn Expiry(at: Timestamp) -> impl IntoView {
    let over = RwSignal::new(false);
    on_change(move || over.set(browser::now() > at));
    view! {
        <span class:error=derive(move || over.get())>
            {live(move || if over.get() { text::EXPIRED } else { text::EXPIRES })} " "
            <Day at=at />
        </span>
    }
}

/// The token, the one time it is shown.
#[component]
fn Made(tokens: Tokens, made: MadeApiToken) -> impl IntoView {
    let secret = made.token.clone();
    let done = move |_| {
        tokens.made.set(None);
        browser::focus("#tokens");
    };
    view! {
        <div class="made" id="made-token" tabindex="-1" role="group" aria-labelledby="made-title">
            <h3 id="made-title">{text::TOKEN_MADE}</h3>
            <p>{text::TOKEN_MADE_TEXT}</p>
            <p class="secret">
                <code>{made.token}</code>
            </p>
            <div class="buttons">
                {copy_button(text::COPY_PLAIN, move || secret.clone())}
                <button type="button" class="small plain" on:click=done>
                    {text::DONE}
                </button>
            </div>
        </div>
    }
}

/// The form for a new token.
#[component]
fn NewToken(tokens: Tokens, role: Role) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let form = NodeRef::<html::Form>::new();
    let name = NodeRef::<html::Input>::new();
    let days = NodeRef::<html::Select>::new();
    let scopes = RwSignal::new(Vec::<TokenScope>::new());
    let error = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let no_scope = Memo::new(move |_| {
        let error = error.get()?;
        (error.field.as_deref() == Some("scopes")).then_some(error.message)
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(name), Some(days)) = (name.get_untracked(), days.get_untracked()) else {
            return;
        };
        let token = NewApiToken {
            name: name.value().trim().to_owned(),
            scopes: scopes.get_untracked(),
            days: days.value().parse().unwrap_or(LIFETIME),
        };
        if token.scopes.is_empty() {
            error.set(Some(invalid("scopes", text::NO_SCOPE)));
            return;
        }
        let api = api.clone();
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let made = api.new_token(&token).await;
            let _ = busy.try_set(false);
            match made {
                Ok(made) => {
                    tokens
                        .all
                        .try_update(|all| all.insert(0, made.info.clone()));
                    let _ = tokens.made.try_set(Some(made));
                    let _ = scopes.try_set(Vec::new());
                    if let Some(form) = form.try_get_untracked().flatten() {
                        form.reset();
                    }
                    ui.say(text::TOKEN_MADE);
                    request_animation_frame(|| browser::focus("#made-token"));
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    };
    let choices = scopes_of(role)
        .into_iter()
        .map(|scope| {
            let change = move |event: Event| {
                let chosen = event_target_checked(&event);
                scopes.update(|scopes| {
                    scopes.retain(|other| *other != scope);
                    if chosen {
                        scopes.push(scope);
                    }
                });
            };
            view! {
                <label class="choice">
                    <input type="checkbox" name="scopes" value=scope.as_str() on:change=change />
                    <span>
                        {text::scope(scope)} <span class="hint">{text::scope_explained(scope)}</span>
                    </span>
                </label>
            }
        })
        .wholes();
    let lifetimes = LIFETIMES
        .into_iter()
        .map(|number| {
            view! {
                <option value=number.to_string() selected={number == LIFETIME}>
                    {text::days(number)}
                </option>
            }
        })
        .wholes();
    view! {
        <details class="add">
            <summary>{Icon::Plus.view()} {text::NEW_TOKEN}</summary>
            <form method="post" node_ref=form on:submit=submit>
                <FormError error=error fields=FIELDS />
                <Field
                    form="token"
                    name="name"
                    label=text::NAME
                    hint=text::TOKEN_NAME_HINT
                    node=name
                    error=error
                />
                <fieldset class="field" aria-describedby="token-scopes-error">
                    <legend>{text::SCOPES}</legend>
                    {choices}
                    <p
                        class="error"
                        id="token-scopes-error"
                        role="alert"
                        hidden=derive(move || no_scope.with(Option::is_none))
                    >
                        {live(move || no_scope.get())}
                    </p>
                </fieldset>
                <div class="field">
                    <label for="token-days">{text::DAYS}</label>
                    <select id="token-days" name="days" node_ref=days>
                        {lifetimes}
                    </select>
                </div>
                <button
                    type="submit"
                    class="primary"
                    disabled=derive(move || !ui.ready.get() || busy.get())
                >
                    {text::MAKE_TOKEN}
                </button>
            </form>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_offered_only_scopes_that_it_has_a_use_for() {
        assert_eq!(
            scopes_of(Role::Employee),
            [TokenScope::Ask, TokenScope::Documents]
        );
        assert!(!scopes_of(Role::Admin).contains(&TokenScope::Desk));
        assert!(!scopes_of(Role::Legal).contains(&TokenScope::People));
    }
}
