//! The pages, one module each, and who may see them.

mod access;
mod account;
mod answer_choice;
mod approved;
mod ask;
mod compare;
mod conversation;
mod delete_document;
mod desk;
mod document;
mod document_access;
mod document_set;
mod documents;
mod exchange;
mod file_state;
mod group;
mod group_members;
mod groups;
mod insights;
mod law;
mod log;
mod mail_choice;
mod not_found;
mod notices;
mod people;
mod person_row;
mod person_sheet;
mod privacy;
mod progress;
mod quality;
mod quarantine;
mod request;
mod requests;
mod rules;
mod second_factor;
mod send_to_legal;
mod sessions;
mod set_access;
mod sign_in;
mod story;
mod tokens;
mod trackers;
mod uploads;

pub(crate) use account::AccountPage;
pub(crate) use approved::{AnswerPage, ApprovedPage, NewAnswerPage};
pub(crate) use ask::AskPage;
pub(crate) use compare::ComparePage;
pub(crate) use conversation::ConversationPage;
pub(crate) use desk::{DeskItemPage, DeskPage, QueuesPage, TemplatesPage};
pub(crate) use document::DocumentPage;
pub(crate) use document_set::SetPage;
pub(crate) use documents::{DocumentsPage, readers};
pub(crate) use group::GroupPage;
pub(crate) use groups::GroupsPage;
pub(crate) use insights::InsightsPage;
pub(crate) use law::LawPage;
pub(crate) use log::LogPage;
pub(crate) use not_found::NotFoundPage;
pub(crate) use notices::NoticesPage;
pub(crate) use people::PeoplePage;
pub(crate) use privacy::PrivacyPage;
pub(crate) use quality::{ComparisonPage, EvaluationPage, QualityPage, QuestionSetPage};
pub(crate) use quarantine::QuarantinePage;
pub(crate) use request::RequestPage;
pub(crate) use requests::RequestsPage;
pub(crate) use rules::{RuleVersionPage, RulesPage};
pub(crate) use sign_in::SignInPage;
pub(crate) use story::StoryPage;
pub(crate) use trackers::TrackersPage;

use crate::part::IntoWhole;
use crate::shell::PageReply;
use crate::state::{answer_with, viewer};
use crate::text;
use inhouse_protocol::{ApiError, DocumentId, ErrorCode, Me, Role, SetId};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use std::fmt::Write;
use std::str::FromStr;

/// The account's page: where a second factor is set up, also while nothing else is open.
pub(crate) const ACCOUNT: &str = "/account";

/// `page` for a viewer whose role `allow` lets in; sign-in for nobody; 'not found' for anyone else.
pub(crate) fn only_for(allow: fn(Role) -> bool, page: impl FnOnce(Me) -> AnyView) -> AnyView {
    only_if(|me| allow(me.role), page)
}

/// The same for what the role alone doesn't decide.
pub(crate) fn only_if(
    allow: impl FnOnce(&Me) -> bool,
    page: impl FnOnce(Me) -> AnyView,
) -> AnyView {
    match viewer() {
        Some(me) if me.must_enrol => enrol_first(),
        Some(me) if allow(&me) => page(me),
        Some(_) => view! { <NotFoundPage /> }.whole(),
        None => sign_in_first(),
    }
}

/// Leads to sign-in, and from there back here.
pub(crate) fn sign_in_first() -> AnyView {
    let here = use_location().pathname.get_untracked();
    answer_with(PageReply::RedirectTo(sign_in_path(&here)));
    ().whole()
}

/// Leads to where a second factor is set up; in the browser, where no redirect comes, by a link.
pub(crate) fn enrol_first() -> AnyView {
    answer_with(PageReply::RedirectTo(ACCOUNT.to_owned()));
    view! {
        <div class="blank">
            <h1>{text::ENROL_FIRST}</h1>
            <p>{text::ENROL_FIRST_TEXT}</p>
            <a class="button primary" href=ACCOUNT>
                {text::SET_UP}
            </a>
        </div>
    }
    .whole()
}

/// Every role.
pub(crate) fn anyone(_: Role) -> bool {
    true
}

/// The sign-in page that leads back to `path` afterwards.
pub(crate) fn sign_in_path(path: &str) -> String {
    leading_to("/sign-in", "next", path)
}

/// `way` with where to go afterwards, under `name` in its query.
fn leading_to(way: &str, name: &str, path: &str) -> String {
    if path == "/" || path.is_empty() {
        return way.to_owned();
    }
    format!("{way}?{name}={}", escaped(path))
}

/// `text` as it may stand in an address: all but the slashes of a path escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Where to go after sign-in: `next` if it is a path of ours, else the first page.
pub(crate) fn after_sign_in(next: Option<&str>) -> &str {
    match next {
        Some(path)
            if path.starts_with('/')
                && !path.starts_with("//")
                && !path.contains(['\\', '\n', '\r', '\t']) =>
        {
            path
        }
        _ => "/",
    }
}

/// The id in the page's path; nothing where it is no id.
pub(crate) fn id_in_path<T>(segment: &'static str) -> Memo<Option<T>>
where
    T: FromStr + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(segment)?.parse().ok()))
}

/// The page of one document.
pub(crate) fn document_page(set: &SetId, document: &DocumentId) -> String {
    format!("/documents/{set}/{document}")
}

/// What isn't there, or isn't for this viewer.
pub(crate) fn not_found() -> ApiError {
    ApiError {
        code: ErrorCode::NotFound,
        message: text::NOT_FOUND_TEXT.to_owned(),
        field: None,
        request_id: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_leads_back_to_the_page() {
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(
            sign_in_path("/desk?state=open"),
            "/sign-in?next=/desk%3Fstate%3Dopen"
        );
    }

    #[test]
    fn sign_in_leads_to_no_other_site() {
        assert_eq!(after_sign_in(Some("/requests/1")), "/requests/1");
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil.example",
        ] {
            assert_eq!(after_sign_in(Some(elsewhere)), "/");
        }
        assert_eq!(after_sign_in(None), "/");
    }
}
