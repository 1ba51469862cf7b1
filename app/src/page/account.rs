//! One's own account: how one is answered and told, the second factor, where one is signed in,
//! programs, one's data.

use super::answer_choice::AnswerChoice;
use super::mail_choice::MailSection;
use super::second_factor::SecondFactor;
use super::sessions::session_list;
use super::sign_in_first;
use super::tokens::TokenSection;
use crate::api::{Api, path};
use crate::browser;
use crate::part::{ErrorNote, Icon, IntoWhole, bodies, live, loaded, only, rows_to_come};
use crate::state::{Ui, viewer};
use crate::text;
use inhouse_protocol::{ApiError, MailChoice, Me, SessionInfo};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// Everyone has one, also who has to set up a second factor before anything else.
#[component]
pub(crate) fn AccountPage() -> impl IntoView {
    match viewer() {
        Some(me) => view! { <Account me=me /> }.whole(),
        None => sign_in_first(),
    }
}

#[component]
fn Account(me: Me) -> impl IntoView {
    let must_enrol = me.must_enrol;
    let role = me.role;
    let data = bodies(move || {
        let mut paths = vec![path::totp()];
        if !must_enrol {
            paths.extend([path::own_sessions(), path::tokens(), path::me()]);
        }
        Some(paths)
    });
    let sections = move |bodies: Vec<String>| {
        let state = only(&bodies)?;
        let factor = view! { <SecondFactor state=state must_enrol=must_enrol /> };
        if must_enrol {
            return Ok(factor.whole());
        }
        let sessions = only(bodies.get(1..).unwrap_or_default())?;
        let tokens = only(bodies.get(2..).unwrap_or_default())?;
        // What the page came with may be older than the choice.
        let me: Me = only(bodies.get(3..).unwrap_or_default())?;
        let by_mail = me.mail == MailChoice::On;
        let mail = (me.mail != MailChoice::None).then(|| view! { <MailSection on=by_mail /> });
        Ok(view! {
            <AnswerChoice mode=me.answer_mode default=me.default_answer_mode />
            {mail}
            {factor}
            <Sessions sessions=sessions />
            <TokenSection tokens=tokens role=role />
            <YourData />
        }
        .whole())
    };
    let notice = must_enrol.then(|| {
        view! {
            <p class="note">
                {Icon::Shield.view()}
                <span>
                    <strong>{text::ENROL_FIRST} ". "</strong>
                    {text::ENROL_FIRST_TEXT}
                </span>
            </p>
        }
    });
    view! {
        <Title text=text::title(text::ACCOUNT) />
        <div class="page narrow">
            <header class="page-head">
                <h1>{text::ACCOUNT}</h1>
                <p class="row-about">
                    <strong>{me.name}</strong>
                    <span>{me.email}</span>
                    <span class="tag">{text::role(role)}</span>
                </p>
                {notice}
            </header>
            {loaded(data, rows_to_come, sections)}
        </div>
    }
}

/// Where one is signed in.
#[component]
fn Sessions(sessions: Vec<SessionInfo>) -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let sessions = RwSignal::new(sessions);
    let error = RwSignal::new(None::<ApiError>);
    let end = Callback::new(move |session: SessionInfo| {
        let api = api.clone();
        error.set(None);
        spawn_local(async move {
            match api.end_session(&session.id).await {
                Ok(()) => {
                    sessions.try_update(|all| all.retain(|other| other.id != session.id));
                    ui.say(text::SESSION_ENDED);
                    browser::focus("#sessions");
                }
                Err(wrong) => {
                    let _ = error.try_set(Some(wrong));
                }
            }
        });
    });
    let wrong = move || error.get().map(|error| view! { <ErrorNote error=error /> });
    view! {
        <section class="panel" aria-labelledby="sessions">
            <h2 id="sessions" tabindex="-1">
                {text::SESSIONS}
            </h2>
            <p class="quiet">{text::SESSIONS_LEAD}</p>
            <div role="alert">{live(wrong)}</div>
            {session_list(sessions, Some(end))}
        </section>
    }
}

/// GDPR 15 and 20, without asking anyone.
#[component]
fn YourData() -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="your-data">
            <h2 id="your-data">{text::YOUR_DATA}</h2>
            <p class="quiet">{text::YOUR_DATA_LEAD}</p>
            <div class="buttons">
                <a class="button" href=path::own_export() download rel="external">
                    {Icon::Download.view()}
                    {text::DOWNLOAD_DATA}
                </a>
                <a class="button plain" href="/law">
                    {Icon::Law.view()}
                    {text::LAW_LINK}
                </a>
            </div>
        </section>
    }
}
