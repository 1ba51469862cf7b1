//! The navigation: pages by role, recent questions, the reader's own settings.

use super::bell::bell;
use super::{Icon, IntoWhole, IntoWholes, bodies, derive, live, on_change, only};
use crate::api::{Api, path};
use crate::browser;
use crate::page::{ACCOUNT, readers};
use crate::shell::Theme;
use crate::state::Ui;
use crate::text;
use inhouse_protocol::{ConversationSummary, Me, Role};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// Conversations listed; older ones are found by their questions' links.
const RECENT: usize = 30;

/// The page that lists the sets, and the documents to look at again.
const DOCUMENTS: &str = "/documents";

/// Pages that the legal team works with and admins look at.
const RULES: &str = "/rules";
const INSIGHTS: &str = "/insights";

type Link = (&'static str, &'static str, Icon);

/// The pages for one's daily work, in the order of the navigation.
fn pages(me: &Me) -> Vec<Link> {
    let mut pages = vec![
        ("/", text::ASK, Icon::Ask),
        ("/requests", text::MY_REQUESTS, Icon::Request),
    ];
    if me.role == Role::Legal {
        pages.push(("/desk", text::DESK, Icon::Desk));
        pages.push(("/approved", text::APPROVED_ANSWERS, Icon::Approved));
    }
    if readers(me) {
        pages.push((DOCUMENTS, text::DOCUMENTS, Icon::Document));
    }
    if me.role == Role::Legal {
        pages.push((RULES, text::RULES, Icon::Rules));
        pages.push((INSIGHTS, text::INSIGHTS, Icon::Missing));
    }
    pages
}

/// The pages for running it, below the others.
fn running(role: Role) -> Vec<Link> {
    if role != Role::Admin {
        return Vec::new();
    }
    vec![
        ("/people", text::PEOPLE, Icon::People),
        ("/groups", text::GROUPS, Icon::Group),
        ("/quality", text::QUALITY, Icon::Quality),
        (INSIGHTS, text::INSIGHTS, Icon::Missing),
        (RULES, text::RULES, Icon::Rules),
        ("/trackers", text::TRACKERS, Icon::Send),
        ("/log", text::RECORD, Icon::Log),
        ("/privacy", text::PRIVACY, Icon::Shield),
        ("/law", text::LAW, Icon::Law),
    ]
}

fn list(links: Vec<Link>) -> Option<AnyView> {
    if links.is_empty() {
        return None;
    }
    let links = links
        .into_iter()
        .map(|(path, name, icon)| {
            view! {
                <li>
                    <a href=path aria-current=current(path.to_owned())>
                        {icon.view()}
                        <span>{name}</span>
                        {(path == DOCUMENTS).then(reviews_due)}
                    </a>
                </li>
            }
        })
        .wholes();
    Some(view! { <ul>{links}</ul> }.whole())
}

/// How many documents the reader should look at again.
fn reviews_due() -> AnyView {
    let due = Ui::of_page().reviews_due;
    let badge = move || {
        let due = due.get();
        (due > 0).then(|| {
            view! {
                <span class="badge">
                    {due} <span class="visually-hidden">" " {text::reviews_due(due)}</span>
                </span>
            }
        })
    };
    live(badge).whole()
}

/// The side of the page; on a phone a bar whose button opens it.
#[component]
pub(crate) fn Rail(me: Me) -> impl IntoView {
    let ui = Ui::of_page();
    // Until the second factor is set up there is only the page where that is done.
    let open = !me.must_enrol;
    let pages = open.then(|| list(pages(&me))).flatten();
    let running = open.then(|| list(running(me.role))).flatten();
    view! {
        <header class="rail">
            <div class="rail-head">
                <a class="brand" href="/">
                    {Icon::Mark.view()}
                    <span>{text::PRODUCT}</span>
                </a>
                {open.then(bell)}
                <button
                    id="menu-button"
                    type="button"
                    class="plain square menu-button"
                    aria-label=text::MENU
                    aria-controls="menu"
                    aria-expanded=derive(move || if ui.menu_open.get() { "true" } else { "false" })
                    on:click=move |_| ui.menu_open.update(|open| *open = !*open)
                >
                    {live(move || if ui.menu_open.get() { Icon::Close } else { Icon::Menu }.view())}
                </button>
            </div>
            <div id="menu" class="menu" class:open=derive(move || ui.menu_open.get())>
                <nav aria-label=text::PAGES>
                    {pages}
                    {running}
                </nav>
                {open.then(|| view! { <Recent /> })}
                <div class="rail-foot">
                    <a class="me" href=ACCOUNT aria-current=current(ACCOUNT.to_owned())>
                        {Icon::Person.view()}
                        <span class="me-name">{me.name}</span>
                        <span class="quiet">{text::role(me.role)}</span>
                        <span class="visually-hidden">{text::ACCOUNT}</span>
                    </a>
                    <div class="rail-tools">
                        <ThemeSwitch />
                        <button
                            type="button"
                            class="plain square keys-button"
                            aria-label=text::KEYBOARD
                            title=text::KEYBOARD
                            on:click=move |_| ui.keys_open.set(true)
                        >
                            {Icon::Keyboard.view()}
                        </button>
                        <SignOut />
                    </div>
                </div>
            </div>
        </header>
    }
}

/// `aria-current` of a link to `path`: on its page, and on those below it.
fn current(path: String) -> Signal<Option<&'static str>> {
    let here = use_location().pathname;
    derive(move || here.with(|here| leads_to(&path, here).then_some("page")))
}

fn leads_to(path: &str, here: &str) -> bool {
    here.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || (path != "/" && rest.starts_with('/')))
}

#[component]
fn Recent() -> impl IntoView {
    let ui = Ui::of_page();
    let conversations = bodies(|| Some(vec![path::conversations()]));
    let mut known = None;
    on_change(move || {
        let now = ui.conversations.get();
        if known.replace(now).is_some_and(|before| before != now) {
            conversations.refetch();
        }
    });
    let list = move || {
        Suspend::new(async move {
            let all = conversations.await;
            match all.and_then(|bodies| only::<Vec<ConversationSummary>>(&bodies)) {
                Ok(all) if all.is_empty() => {
                    view! { <p class="quiet">{text::NO_CONVERSATIONS}</p> }.whole()
                }
                Ok(all) => view! { <ul>{links(all)}</ul> }.whole(),
                Err(error) => view! { <p class="quiet">{error.message}</p> }.whole(),
            }
        })
    };
    view! {
        <nav class="recent" aria-labelledby="recent-title">
            <h2 id="recent-title">{text::RECENT}</h2>
            <Transition fallback=|| {
                view! { <div class="skeleton-lines" aria-hidden="true"></div> }
            }>{list}</Transition>
        </nav>
    }
}

fn links(all: Vec<ConversationSummary>) -> impl IntoView {
    all.into_iter()
        .take(RECENT)
        .map(|conversation| {
            let path = format!("/c/{}", conversation.id);
            let title = if conversation.title.is_empty() {
                text::UNTITLED.to_owned()
            } else {
                conversation.title
            };
            view! {
                <li>
                    <a href=path.clone() aria-current=current(path)>
                        {title}
                    </a>
                </li>
            }
        })
        .wholes()
}

#[component]
fn ThemeSwitch() -> impl IntoView {
    let ui = Ui::of_page();
    let choices = Theme::ALL
        .into_iter()
        .map(|theme| {
            let icon = match theme {
                Theme::Light => Icon::Sun,
                Theme::Dark => Icon::Moon,
                Theme::System => Icon::System,
            };
            let choose = move |_| {
                ui.theme.set(theme);
                browser::set_theme(theme.as_str());
            };
            view! {
                <label class="square" title=text::theme(theme)>
                    <input
                        class="visually-hidden"
                        type="radio"
                        name="theme"
                        value=theme.as_str()
                        checked={ui.theme.get_untracked() == theme}
                        prop:checked=derive(move || ui.theme.get() == theme)
                        on:change=choose
                    />
                    {icon.view()}
                    <span class="visually-hidden">{text::theme(theme)}</span>
                </label>
            }
        })
        .wholes();
    view! {
        <fieldset class="themes">
            <legend class="visually-hidden">{text::THEME}</legend>
            {choices}
        </fieldset>
    }
}

#[component]
fn SignOut() -> impl IntoView {
    let ui = Ui::of_page();
    let api: Api = expect_context();
    let leave = move |_| {
        let api = api.clone();
        spawn_local(async move {
            match api.sign_out().await {
                Ok(()) => browser::go("/sign-in"),
                Err(error) => ui.say(error.message),
            }
        });
    };
    view! {
        <button type="button" class="plain" disabled=move || !ui.ready.get() on:click=leave>
            {text::SIGN_OUT}
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use inhouse_protocol::{AnswerMode, MailChoice};

    fn me(role: Role) -> Me {
        Me {
            id: sample::id("user-1"),
            email: "ada@example.com".to_owned(),
            name: "Ada Falk".to_owned(),
            role,
            manages_sets: false,
            reviews_due: 0,
            ai_notice_seen: true,
            answer_mode: None,
            default_answer_mode: AnswerMode::Written,
            unread: 0,
            mail: MailChoice::None,
            must_enrol: false,
            csrf_token: String::new(),
        }
    }

    fn paths(role: Role) -> Vec<&'static str> {
        let links = pages(&me(role)).into_iter().chain(running(role));
        links.map(|(path, ..)| path).collect()
    }

    #[test]
    fn a_link_is_current_on_its_page_and_below_it() {
        assert!(leads_to("/desk", "/desk"));
        assert!(leads_to("/desk", "/desk/1"));
        assert!(!leads_to("/desk", "/desks"));
        assert!(!leads_to("/", "/desk"));
    }

    #[test]
    fn only_legal_has_the_desk_and_only_admins_run_it() {
        assert_eq!(paths(Role::Employee), ["/", "/requests"]);
        assert_eq!(
            paths(Role::Legal),
            [
                "/",
                "/requests",
                "/desk",
                "/approved",
                "/documents",
                "/rules",
                "/insights"
            ]
        );
        assert_eq!(
            paths(Role::Admin),
            [
                "/",
                "/requests",
                "/documents",
                "/people",
                "/groups",
                "/quality",
                "/insights",
                "/rules",
                "/trackers",
                "/log",
                "/privacy",
                "/law"
            ]
        );
    }

    #[test]
    fn who_manages_a_set_has_the_documents_whatever_their_role() {
        let mut manager = me(Role::Employee);
        manager.manages_sets = true;
        let pages = pages(&manager);
        assert!(pages.iter().any(|(path, ..)| *path == DOCUMENTS));
    }

    #[test]
    fn who_owns_a_document_to_be_reviewed_finds_it_under_documents() {
        let mut owner = me(Role::Employee);
        owner.reviews_due = 1;
        assert!(
            super::pages(&owner)
                .iter()
                .any(|(path, ..)| *path == DOCUMENTS)
        );
    }
}
