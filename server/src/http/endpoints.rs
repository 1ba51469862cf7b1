//! Every endpoint of the API and who may call it: the one table that the router is built from.
//!
//! An endpoint that isn't here doesn't exist; `tests/golden/permissions.txt` holds the same table
//! with the status that each kind of caller gets, and its test fails when the two differ.

use super::access::{Access, guard};
use super::{
    account, approved, calibrations, conversations, desk, documents, drafts, embedding, evaluation,
    groups, health, holds, insights, intake, law, log, notices, oidc, people, privacy, queues,
    requests, rules, runs, scim, session, similar, sources, templates, tokens, trackers, versions,
};
use crate::app::App;
use crate::error::AppError;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodFilter, MethodRouter, any, on};
use inhouse_protocol::{Role, TokenScope};

const ADMIN: Access = Access::Roles(&[Role::Admin]);
const LEGAL: Access = Access::Roles(&[Role::Legal]);
const INSIGHT: Access = Access::Roles(&[Role::Legal, Role::Admin]);

/// An endpoint: a method on a path, who may call it, and what answers.
pub struct Endpoint {
    /// The HTTP method.
    pub method: Method,
    /// The path, with `{id}` for a part that varies.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// The scope that a program's token needs for it; none: not for programs.
    pub scope: Option<TokenScope>,
    handler: MethodRouter<App>,
}

impl Endpoint {
    /// Programs may call it too, with a token of this scope.
    const fn token(mut self, scope: TokenScope) -> Self {
        self.scope = Some(scope);
        self
    }
}

fn endpoint<H, T>(method: Method, path: &'static str, access: Access, handler: H) -> Endpoint
where
    H: Handler<T, App>,
    T: 'static,
{
    let filter = match method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::PATCH => MethodFilter::PATCH,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    Endpoint {
        method,
        path,
        access,
        scope: None,
        handler: on(filter, handler),
    }
}

/// All endpoints, in the order people read them.
#[rustfmt::skip]
pub fn all() -> Vec<Endpoint> {
    use Access::{Public, Scim, SignedIn};
    use TokenScope::{Ask, Desk, Documents, Log, People};
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    const PUT: Method = Method::PUT;
    const PATCH: Method = Method::PATCH;
    const DELETE: Method = Method::DELETE;
    vec![
        endpoint(GET, "/healthz", Public, health::live),
        endpoint(GET, "/readyz", Public, health::ready),
        // Signing in, and one's own account.
        endpoint(GET, "/api/v1/sign-in", Public, session::options),
        endpoint(POST, "/api/v1/session", Public, session::sign_in),
        endpoint(DELETE, "/api/v1/session", SignedIn, session::sign_out),
        endpoint(GET, "/sign-in/oidc", Public, oidc::leave),
        endpoint(GET, "/sign-in/oidc/callback", Public, oidc::come_back),
        endpoint(GET, "/api/v1/me", SignedIn, session::me).token(Ask),
        endpoint(POST, "/api/v1/me/ai-notice", SignedIn, account::ai_notice_seen),
        endpoint(PUT, "/api/v1/me/answers", SignedIn, account::set_answers),
        endpoint(GET, "/api/v1/me/export", SignedIn, privacy::export_own),
        endpoint(GET, "/api/v1/me/reviews", SignedIn, versions::due_reviews),
        endpoint(GET, "/api/v1/me/sessions", SignedIn, account::sessions),
        endpoint(DELETE, "/api/v1/me/sessions/{id}", SignedIn, account::end_session),
        endpoint(GET, "/api/v1/me/totp", SignedIn, account::totp),
        endpoint(POST, "/api/v1/me/totp", SignedIn, account::enrol_totp),
        endpoint(POST, "/api/v1/me/totp/confirm", SignedIn, account::confirm_totp),
        endpoint(POST, "/api/v1/me/totp/remove", SignedIn, account::remove_totp),
        endpoint(GET, "/api/v1/tokens", SignedIn, tokens::list),
        endpoint(POST, "/api/v1/tokens", SignedIn, tokens::create),
        endpoint(DELETE, "/api/v1/tokens/{id}", SignedIn, tokens::revoke),
        // Asking.
        endpoint(GET, "/api/v1/suggestions", SignedIn, conversations::suggestions).token(Ask),
        endpoint(GET, "/api/v1/conversations", SignedIn, conversations::list).token(Ask),
        endpoint(POST, "/api/v1/conversations", SignedIn, conversations::create).token(Ask),
        endpoint(GET, "/api/v1/conversations/{id}", SignedIn, conversations::show).token(Ask),
        endpoint(POST, "/api/v1/conversations/{id}/messages", SignedIn, conversations::ask).token(Ask),
        endpoint(GET, "/api/v1/runs/{id}/events", SignedIn, runs::events).token(Ask),
        endpoint(POST, "/api/v1/runs/{id}/cancel", SignedIn, runs::cancel).token(Ask),
        endpoint(POST, "/api/v1/runs/{id}/escalate", SignedIn, runs::escalate).token(Ask),
        endpoint(GET, "/api/v1/versions/{id}/source", SignedIn, sources::source).token(Ask),
        endpoint(GET, "/api/v1/documents/{id}/original", SignedIn, sources::original).token(Ask),
        endpoint(POST, "/api/v1/runs/{id}/helpful", SignedIn, runs::helpful).token(Ask),
        endpoint(GET, "/api/v1/requests", SignedIn, requests::list).token(Ask),
        endpoint(GET, "/api/v1/requests/{id}", SignedIn, requests::show).token(Ask),
        endpoint(POST, "/api/v1/requests/{id}/messages", SignedIn, requests::add).token(Ask),
        endpoint(POST, "/api/v1/requests/{id}/withdraw", SignedIn, requests::withdraw).token(Ask),
        endpoint(POST, "/api/v1/requests/{id}/reopen", SignedIn, requests::reopen).token(Ask),
        endpoint(POST, "/api/v1/requests/{id}/rating", SignedIn, requests::rate).token(Ask),
        endpoint(GET, "/api/v1/me/notices", SignedIn, notices::list).token(Ask),
        endpoint(POST, "/api/v1/me/notices/read", SignedIn, notices::read).token(Ask),
        endpoint(PUT, "/api/v1/me/mail", SignedIn, notices::set_mail),
        // The desk.
        endpoint(GET, "/api/v1/escalations", LEGAL, desk::list).token(Desk),
        endpoint(GET, "/api/v1/escalations/{id}", LEGAL, desk::show).token(Desk),
        endpoint(POST, "/api/v1/escalations/bulk", LEGAL, desk::bulk).token(Desk),
        endpoint(POST, "/api/v1/escalations/{id}/replies", LEGAL, desk::reply).token(Desk),
        endpoint(POST, "/api/v1/escalations/{id}/change", LEGAL, desk::change).token(Desk),
        endpoint(POST, "/api/v1/escalations/{id}/merge", LEGAL, desk::merge).token(Desk),
        endpoint(POST, "/api/v1/escalations/{id}/split", LEGAL, desk::split).token(Desk),
        endpoint(POST, "/api/v1/escalations/{id}/presence", LEGAL, desk::presence),
        endpoint(GET, "/api/v1/escalations/{id}/similar", LEGAL, similar::list).token(Desk),
        endpoint(GET, "/api/v1/escalations/{id}/draft", LEGAL, drafts::show).token(Desk),
        endpoint(POST, "/api/v1/escalations/{id}/draft", LEGAL, drafts::start).token(Desk),
        endpoint(DELETE, "/api/v1/escalations/{id}/draft", LEGAL, drafts::reject).token(Desk),
        endpoint(POST, "/api/v1/escalations/{id}/ticket", LEGAL, desk::ticket).token(Desk),
        endpoint(GET, "/api/v1/queues", LEGAL, queues::list).token(Desk),
        endpoint(POST, "/api/v1/queues", LEGAL, queues::create),
        endpoint(PUT, "/api/v1/queues/{id}", LEGAL, queues::change),
        endpoint(DELETE, "/api/v1/queues/{id}", LEGAL, queues::retire),
        endpoint(PUT, "/api/v1/queues/{id}/members/{user}", LEGAL, queues::set_member),
        endpoint(DELETE, "/api/v1/queues/{id}/members/{user}", LEGAL, queues::remove_member),
        endpoint(GET, "/api/v1/reply-templates", LEGAL, templates::list).token(Desk),
        endpoint(POST, "/api/v1/reply-templates", LEGAL, templates::create),
        endpoint(PUT, "/api/v1/reply-templates/{id}", LEGAL, templates::change),
        endpoint(DELETE, "/api/v1/reply-templates/{id}", LEGAL, templates::delete),
        endpoint(GET, "/api/v1/desk-views", LEGAL, templates::views),
        endpoint(POST, "/api/v1/desk-views", LEGAL, templates::save_view),
        endpoint(DELETE, "/api/v1/desk-views/{id}", LEGAL, templates::delete_view),
        endpoint(GET, "/api/v1/approved-answers", LEGAL, approved::list).token(Desk),
        endpoint(POST, "/api/v1/approved-answers", LEGAL, approved::create).token(Desk),
        endpoint(GET, "/api/v1/approved-answers/export", LEGAL, approved::export).token(Desk),
        endpoint(POST, "/api/v1/approved-answers/import", LEGAL, approved::import).token(Desk),
        endpoint(GET, "/api/v1/approved-answers/{id}", LEGAL, approved::show).token(Desk),
        endpoint(PUT, "/api/v1/approved-answers/{id}", LEGAL, approved::change).token(Desk),
        endpoint(POST, "/api/v1/approved-answers/{id}/state", LEGAL, approved::set_state).token(Desk),
        // What is missing.
        endpoint(GET, "/api/v1/insights", INSIGHT, insights::show),
        endpoint(GET, "/api/v1/insights/export", INSIGHT, insights::export),
        endpoint(GET, "/api/v1/document-requests", INSIGHT, insights::requests),
        endpoint(POST, "/api/v1/document-requests", INSIGHT, insights::request),
        endpoint(POST, "/api/v1/document-requests/{id}/state", INSIGHT, insights::decide),
        // The rules: the legal team owns them, admins see them.
        endpoint(GET, "/api/v1/rules", INSIGHT, rules::show),
        endpoint(POST, "/api/v1/rules/check", LEGAL, rules::check),
        endpoint(POST, "/api/v1/rules/try", LEGAL, rules::try_out),
        endpoint(POST, "/api/v1/rules/replay", LEGAL, rules::replay),
        endpoint(POST, "/api/v1/rules/versions", LEGAL, rules::create),
        endpoint(GET, "/api/v1/rules/versions/{id}", INSIGHT, rules::show_version),
        endpoint(PUT, "/api/v1/rules/versions/{id}", LEGAL, rules::change),
        endpoint(POST, "/api/v1/rules/versions/{id}/state", LEGAL, rules::set_state),
        // Trackers.
        endpoint(GET, "/api/v1/trackers", ADMIN, trackers::list),
        endpoint(POST, "/api/v1/trackers", ADMIN, trackers::create),
        endpoint(POST, "/api/v1/trackers/check", ADMIN, trackers::check),
        endpoint(PUT, "/api/v1/trackers/{id}", ADMIN, trackers::change),
        endpoint(DELETE, "/api/v1/trackers/{id}", ADMIN, trackers::delete),
        endpoint(POST, "/hooks/trackers/{id}", Public, trackers::hook),
        // Documents: rights on each set decide, in the handlers.
        endpoint(GET, "/api/v1/document-sets", SignedIn, documents::sets).token(Documents),
        endpoint(POST, "/api/v1/document-sets", ADMIN, documents::create_set).token(Documents),
        endpoint(PUT, "/api/v1/document-sets/{id}/access", SignedIn, documents::set_access).token(Documents),
        endpoint(GET, "/api/v1/document-sets/{id}/documents", SignedIn, documents::list).token(Documents),
        endpoint(POST, "/api/v1/document-sets/{id}/documents", SignedIn, documents::upload).token(Documents),
        endpoint(PUT, "/api/v1/documents/{id}/access", SignedIn, documents::document_access).token(Documents),
        endpoint(POST, "/api/v1/document-sets/{id}/retry", SignedIn, intake::retry_failed).token(Documents),
        endpoint(POST, "/api/v1/document-sets/{id}/cancel", SignedIn, intake::cancel_all).token(Documents),
        endpoint(GET, "/api/v1/document-sets/{id}/progress", SignedIn, intake::progress).token(Documents),
        endpoint(GET, "/api/v1/quarantine", SignedIn, intake::quarantine).token(Documents),
        endpoint(GET, "/api/v1/watched", SignedIn, intake::watched).token(Documents),
        endpoint(GET, "/api/v1/documents/{id}", SignedIn, versions::show).token(Documents),
        endpoint(PUT, "/api/v1/documents/{id}/facts", SignedIn, versions::set_facts).token(Documents),
        endpoint(GET, "/api/v1/documents/{id}/owners", SignedIn, versions::owners).token(Documents),
        endpoint(POST, "/api/v1/documents/{id}/reviewed", SignedIn, versions::reviewed).token(Documents),
        endpoint(GET, "/api/v1/documents/{id}/references", SignedIn, versions::references).token(Documents),
        endpoint(GET, "/api/v1/documents/{id}/comparison", SignedIn, versions::comparison).token(Documents),
        endpoint(PUT, "/api/v1/versions/{id}/dates", SignedIn, versions::set_dates).token(Documents),
        endpoint(POST, "/api/v1/versions/{id}/proposals", SignedIn, versions::decide_proposals).token(Documents),
        endpoint(POST, "/api/v1/documents/{id}/retry", SignedIn, intake::retry).token(Documents),
        endpoint(POST, "/api/v1/documents/{id}/cancel", SignedIn, intake::cancel).token(Documents),
        endpoint(DELETE, "/api/v1/documents/{id}", SignedIn, documents::delete).token(Documents),
        endpoint(GET, "/api/v1/embedding", ADMIN, embedding::state),
        endpoint(POST, "/api/v1/embedding/pause", ADMIN, embedding::pause),
        endpoint(POST, "/api/v1/embedding/resume", ADMIN, embedding::resume),
        // Measuring on labelled questions.
        endpoint(GET, "/api/v1/question-sets", ADMIN, evaluation::sets),
        endpoint(POST, "/api/v1/question-sets", ADMIN, evaluation::create_set),
        endpoint(GET, "/api/v1/question-sets/{id}", ADMIN, evaluation::show_set),
        endpoint(DELETE, "/api/v1/question-sets/{id}", ADMIN, evaluation::delete_set),
        endpoint(PUT, "/api/v1/question-sets/{id}/baseline", ADMIN, evaluation::set_baseline),
        endpoint(POST, "/api/v1/question-sets/{id}/evaluations", ADMIN, evaluation::start),
        endpoint(GET, "/api/v1/evaluations/{id}", ADMIN, evaluation::show),
        endpoint(POST, "/api/v1/evaluations/{id}/stop", ADMIN, evaluation::stop),
        endpoint(DELETE, "/api/v1/evaluations/{id}", ADMIN, evaluation::delete),
        endpoint(GET, "/api/v1/evaluations/{id}/comparison", ADMIN, evaluation::comparison),
        endpoint(GET, "/api/v1/evaluations/{id}/charts/{name}", ADMIN, evaluation::chart),
        endpoint(GET, "/api/v1/calibrations", ADMIN, calibrations::list),
        endpoint(POST, "/api/v1/calibrations", ADMIN, calibrations::fit),
        endpoint(POST, "/api/v1/calibrations/{id}/adopt", ADMIN, calibrations::adopt),
        endpoint(POST, "/api/v1/calibrations/shipped/adopt", ADMIN, calibrations::adopt_shipped),
        // People and groups.
        endpoint(GET, "/api/v1/people", ADMIN, people::list).token(People),
        endpoint(POST, "/api/v1/people", ADMIN, people::create).token(People),
        endpoint(PATCH, "/api/v1/people/{id}", ADMIN, people::change).token(People),
        endpoint(POST, "/api/v1/people/{id}/password", ADMIN, people::set_password),
        endpoint(DELETE, "/api/v1/people/{id}/totp", ADMIN, people::remove_totp),
        endpoint(GET, "/api/v1/people/{id}/sessions", ADMIN, people::sessions),
        endpoint(DELETE, "/api/v1/people/{id}/sessions", ADMIN, people::end_sessions),
        endpoint(GET, "/api/v1/people/{id}/export", ADMIN, privacy::export),
        endpoint(GET, "/api/v1/people/{id}/erase", ADMIN, privacy::preview_erasure),
        endpoint(POST, "/api/v1/people/{id}/erase", ADMIN, privacy::erase),
        // Names of groups are needed by whoever manages a set, and for approved answers.
        endpoint(GET, "/api/v1/groups", SignedIn, groups::list).token(People),
        endpoint(POST, "/api/v1/groups", ADMIN, groups::create).token(People),
        endpoint(GET, "/api/v1/groups/{id}", ADMIN, groups::show).token(People),
        endpoint(PATCH, "/api/v1/groups/{id}", ADMIN, groups::change).token(People),
        endpoint(DELETE, "/api/v1/groups/{id}", ADMIN, groups::delete).token(People),
        endpoint(PUT, "/api/v1/groups/{id}/members/{user}", ADMIN, groups::add_member).token(People),
        endpoint(DELETE, "/api/v1/groups/{id}/members/{user}", ADMIN, groups::remove_member).token(People),
        // The record.
        endpoint(POST, "/api/v1/log/openings", ADMIN, log::open).token(Log),
        endpoint(GET, "/api/v1/log", ADMIN, log::list).token(Log),
        endpoint(GET, "/api/v1/log/questions/{id}", ADMIN, log::question).token(Log),
        endpoint(GET, "/api/v1/log/export", ADMIN, log::export).token(Log),
        endpoint(POST, "/api/v1/log/verify", ADMIN, log::verify).token(Log),
        endpoint(GET, "/api/v1/holds", ADMIN, holds::list),
        endpoint(POST, "/api/v1/holds", ADMIN, holds::place),
        endpoint(DELETE, "/api/v1/holds/{id}", ADMIN, holds::lift),
        endpoint(GET, "/api/v1/retention", ADMIN, privacy::retention),
        endpoint(GET, "/api/v1/law", SignedIn, law::list).token(Ask),
        // Provisioning: SCIM 2.0 (RFC 7644), for a token of that scope only.
        endpoint(GET, "/scim/v2/ServiceProviderConfig", Scim, scim::service_provider_config),
        endpoint(GET, "/scim/v2/ResourceTypes", Scim, scim::resource_types),
        endpoint(GET, "/scim/v2/ResourceTypes/{id}", Scim, scim::resource_type),
        endpoint(GET, "/scim/v2/Schemas", Scim, scim::schemas),
        endpoint(GET, "/scim/v2/Schemas/{id}", Scim, scim::schema),
        endpoint(POST, "/scim/v2/.search", Scim, scim::search),
        endpoint(GET, "/scim/v2/Users", Scim, scim::users::list),
        endpoint(POST, "/scim/v2/Users", Scim, scim::users::create),
        endpoint(GET, "/scim/v2/Users/{id}", Scim, scim::users::show),
        endpoint(PUT, "/scim/v2/Users/{id}", Scim, scim::users::replace),
        endpoint(PATCH, "/scim/v2/Users/{id}", Scim, scim::users::patch),
        endpoint(DELETE, "/scim/v2/Users/{id}", Scim, scim::users::delete),
        endpoint(GET, "/scim/v2/Groups", Scim, scim::groups::list),
        endpoint(POST, "/scim/v2/Groups", Scim, scim::groups::create),
        endpoint(GET, "/scim/v2/Groups/{id}", Scim, scim::groups::show),
        endpoint(PUT, "/scim/v2/Groups/{id}", Scim, scim::groups::replace),
        endpoint(PATCH, "/scim/v2/Groups/{id}", Scim, scim::groups::patch),
        endpoint(DELETE, "/scim/v2/Groups/{id}", Scim, scim::groups::delete),
    ]
}

/// The router of all endpoints, each behind its guard; what else is asked under `/api` is 404.
pub(super) fn router(app: &App) -> Router {
    let upload_limit = usize::try_from(app.config.server.max_upload_bytes).unwrap_or(usize::MAX);
    let mut router = Router::new();
    for endpoint in all() {
        let guard = from_fn_with_state((app.clone(), endpoint.access, endpoint.scope), guard);
        let mut handler = endpoint.handler.layer(guard);
        if endpoint.method == Method::POST && endpoint.path.ends_with("}/documents") {
            handler = handler.layer(DefaultBodyLimit::max(upload_limit));
        }
        if endpoint.access == Access::Scim {
            handler = handler.layer(DefaultBodyLimit::max(scim::BODY_LIMIT_BYTES));
        }
        if endpoint.method == Method::POST && endpoint.path == "/api/v1/question-sets" {
            handler = handler.layer(DefaultBodyLimit::max(evaluation::BODY_LIMIT_BYTES));
        }
        router = router.route(endpoint.path, handler);
    }
    router
        .route("/api/{*rest}", any(|| async { AppError::NotFound }))
        .route(
            "/scim/{*rest}",
            any(|| async { scim::refusal(AppError::NotFound) }),
        )
        .with_state(app.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statuses of that table are asked of the running server by the black-box tests.
    #[test]
    fn every_endpoint_stands_in_the_table_of_permissions_and_no_other() {
        let table = include_str!("../../../tests/golden/permissions.txt");
        let listed: Vec<(&str, &str)> = table
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                Some((words.next()?, words.next()?))
            })
            .collect();
        let all = all();
        let existing: Vec<_> = all.iter().map(|e| (e.method.as_str(), e.path)).collect();
        assert_eq!(listed, existing);
    }
}
