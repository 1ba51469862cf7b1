//! The interface: server-rendered, then alive in the browser. Pages and components only; every
//! rule and all data are behind the HTTP API, reached through [`api::Transport`].
//!
//! # What the server does
//!
//! It renders [`shell`] for each route of [`App`] (all are rendered in one piece, `SsrMode::Async`,
//! so that the status is known before the first byte), and for every other path, where the page
//! 'not found' is shown. Before it renders it provides through Leptos context:
//!
//! - [`PageRequest`]: who is signed in, the theme of the cookie `theme`, and a function that takes
//!   what a page says of its response ([`PageReply`]: a status such as 404, or a redirect).
//! - `Arc<dyn` [`api::Transport`]`>`: calls the API's own router in the process, for the person
//!   who asked for the page (their cookie goes along).
//! - `leptos::nonce::Nonce`: the nonce of the response's Content-Security-Policy. The document
//!   needs `script-src 'self' 'nonce-…' 'wasm-unsafe-eval'`, `style-src 'self'`, `img-src 'self'`,
//!   `connect-src 'self'` and nothing else; it has no inline styles and no inline handlers.
//!
//! None of them is needed while routes are listed (`generate_route_list(App)`).
//!
//! # What the site folder holds
//!
//! `pkg/inhouse.js` and `pkg/inhouse_bg.wasm` (wasm-bindgen, target `web`, of this crate with the
//! feature `hydrate`), `pkg/inhouse.css` (`assets/style/*.css` joined in the order of their
//! names), `icons/favicon.svg`. `LeptosOptions` names the first part: `output_name = "inhouse"`,
//! `site_pkg_dir = "pkg"`.
#![recursion_limit = "512"]
#![expect(
    unreachable_pub,
    reason = "the component macro makes public parts of private components"
)]

pub mod api;
mod browser;
mod device;
mod page;
mod part;
mod quoting;
mod reading;
mod run;
#[cfg(test)]
mod sample;
mod shell;
mod state;
mod text;
mod time;

pub use shell::{PageReply, PageRequest, Theme, UnknownTheme, shell};

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};
use page::{
    AccountPage, AnswerPage, ApprovedPage, AskPage, ComparePage, ComparisonPage, ConversationPage,
    DeskItemPage, DeskPage, DocumentPage, DocumentsPage, EvaluationPage, GroupPage, GroupsPage,
    InsightsPage, LawPage, LogPage, NewAnswerPage, NotFoundPage, NoticesPage, PeoplePage,
    PrivacyPage, QualityPage, QuarantinePage, QuestionSetPage, QueuesPage, RequestPage,
    RequestsPage, RuleVersionPage, RulesPage, SetPage, SignInPage, StoryPage, TemplatesPage,
    TrackersPage,
};
use part::{IntoWhole, frame, on_change};
use state::{Ui, Viewer};

/// The whole interface.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let request = use_context::<PageRequest>();
    let (me, theme) = SharedValue::new(move || {
        request.map_or_else(Default::default, |request| (request.me, request.theme))
    })
    .into_inner();
    let due = me.as_ref().map_or(0, |me| me.reviews_due);
    let unread = me.as_ref().map_or(0, |me| me.unread);
    provide_context(Viewer(me));
    provide_context(api::Api::new());
    let ui = Ui::provide(theme, due, unread);
    on_change(move || {
        ui.ready.set(true);
        browser::mark_ready();
    });
    view! {
        <Router>
            {frame(view! {
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                    <Route path=path!("/") view=AskPage ssr=SsrMode::Async />
                    <Route path=path!("/c/:id") view=ConversationPage ssr=SsrMode::Async />
                    <Route path=path!("/requests") view=RequestsPage ssr=SsrMode::Async />
                    <Route path=path!("/requests/:id") view=RequestPage ssr=SsrMode::Async />
                    <Route path=path!("/notices") view=NoticesPage ssr=SsrMode::Async />
                    <Route path=path!("/desk") view=DeskPage ssr=SsrMode::Async />
                    <Route path=path!("/desk/queues") view=QueuesPage ssr=SsrMode::Async />
                    <Route path=path!("/desk/templates") view=TemplatesPage ssr=SsrMode::Async />
                    <Route path=path!("/desk/:id") view=DeskItemPage ssr=SsrMode::Async />
                    <Route path=path!("/approved") view=ApprovedPage ssr=SsrMode::Async />
                    <Route path=path!("/approved/new") view=NewAnswerPage ssr=SsrMode::Async />
                    <Route path=path!("/approved/:id") view=AnswerPage ssr=SsrMode::Async />
                    <Route path=path!("/documents") view=DocumentsPage ssr=SsrMode::Async />
                    <Route path=path!("/documents/:set") view=SetPage ssr=SsrMode::Async />
                    <Route path=path!("/documents/:set/:document") view=DocumentPage ssr=SsrMode::Async />
                    <Route path=path!("/documents/:set/:document/compare") view=ComparePage ssr=SsrMode::Async />
                    <Route path=path!("/quarantine") view=QuarantinePage ssr=SsrMode::Async />
                    <Route path=path!("/people") view=PeoplePage ssr=SsrMode::Async />
                    <Route path=path!("/groups") view=GroupsPage ssr=SsrMode::Async />
                    <Route path=path!("/groups/:id") view=GroupPage ssr=SsrMode::Async />
                    <Route path=path!("/insights") view=InsightsPage ssr=SsrMode::Async />
                    <Route path=path!("/rules") view=RulesPage ssr=SsrMode::Async />
                    <Route path=path!("/rules/versions/:id") view=RuleVersionPage ssr=SsrMode::Async />
                    <Route path=path!("/quality") view=QualityPage ssr=SsrMode::Async />
                    <Route path=path!("/quality/:set") view=QuestionSetPage ssr=SsrMode::Async />
                    <Route path=path!("/quality/:set/compare") view=ComparisonPage ssr=SsrMode::Async />
                    <Route path=path!("/quality/:set/evaluations/:evaluation") view=EvaluationPage ssr=SsrMode::Async />
                    <Route path=path!("/trackers") view=TrackersPage ssr=SsrMode::Async />
                    <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                    <Route path=path!("/log") view=LogPage ssr=SsrMode::Async />
                    <Route path=path!("/log/questions/:id") view=StoryPage ssr=SsrMode::Async />
                    <Route path=path!("/privacy") view=PrivacyPage ssr=SsrMode::Async />
                    <Route path=path!("/law") view=LawPage ssr=SsrMode::Async />
                </Routes>
            }.whole())}
        </Router>
    }
}

/// Brings the server's page to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
}
