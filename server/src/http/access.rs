//! Who may call an endpoint, judged before its handler runs.
//!
//! A browser comes with the session's cookie and proves with each change that it comes from our
//! pages; a program comes with a token in the `Authorization` header, which no other site can make
//! a browser send. Who may not know an endpoint gets the same 404 as for one that doesn't exist.

use super::scim;
use crate::app::App;
use crate::auth::bearer::{self, Bearer};
use crate::auth::origin;
use crate::error::AppError;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{Role, SessionId, SignInMethod, TokenId, TokenScope};
use inhouse_store::{Principal, User};
use std::fmt;

/// The header that carries the cross-site token.
pub const CROSS_SITE_HEADER: &str = "x-csrf-token";

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone who reaches the server.
    Public,
    /// Anyone signed in; the handler answers only for what is theirs.
    SignedIn,
    /// Signed in with one of these roles.
    Roles(&'static [Role]),
    /// An admin's token with the scope of provisioning, and no browser.
    Scim,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("public"),
            Self::SignedIn => f.write_str("signed-in"),
            Self::Roles(roles) => {
                let names: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
                f.write_str(&names.join(","))
            }
            Self::Scim => f.write_str("scim"),
        }
    }
}

/// Who is calling, once [`guard`] has let them in.
#[derive(Clone)]
pub struct Caller {
    /// What they may do and see.
    pub principal: Principal,
    /// Their account.
    pub user: User,
    /// The browser they are signed in with; none for a program.
    pub session: Option<SessionId>,
    /// The program's token; none for a browser.
    pub token: Option<TokenId>,
    /// A second factor has to be set up before anything else.
    pub must_enrol: bool,
    /// What the token may be used for.
    scopes: Vec<TokenScope>,
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(AppError::SignInRequired)
    }
}

/// Who makes a request: whom its token names where it brings one, else whom its cookie names;
/// none when that is not in force.
pub(super) async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, AppError> {
    match bearer::presented(headers) {
        Bearer::Absent => browser(app, headers).await,
        Bearer::Malformed => Ok(None),
        Bearer::Hash(hash) => program(app, &hash).await,
    }
}

/// The session that the request's cookie names, whether it is in force or not.
pub(super) fn presented_session(app: &App, headers: &HeaderMap) -> Option<SessionId> {
    let token = app.cookie.token(headers)?;
    app.keys.session_of(&token).ok()
}

/// Whom the request's session cookie names, if it is in force.
pub(super) async fn browser(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, AppError> {
    match presented_session(app, headers) {
        Some(session) => of_session(app, session).await,
        None => Ok(None),
    }
}

/// Who is signed in with this session, if it is in force.
pub(super) async fn of_session(app: &App, session: SessionId) -> Result<Option<Caller>, AppError> {
    let Some((principal, method)) = app.store.signed_in(&session).await? else {
        return Ok(None);
    };
    let user = principal.user().cloned();
    Ok(user.map(|user| Caller {
        must_enrol: must_enrol(app, &user, method),
        principal,
        user,
        session: Some(session),
        token: None,
        scopes: Vec::new(),
    }))
}

async fn program(app: &App, hash: &str) -> Result<Option<Caller>, AppError> {
    let Some(holder) = app.store.principal_of_token(hash).await? else {
        return Ok(None);
    };
    let user = holder.principal.user().cloned();
    Ok(user.map(|user| Caller {
        must_enrol: false,
        principal: holder.principal,
        user,
        session: None,
        token: Some(holder.token),
        scopes: holder.scopes,
    }))
}

/// Whether the configuration asks this person for a second factor that they don't have. Who signs
/// in elsewhere has it there.
fn must_enrol(app: &App, user: &User, method: SignInMethod) -> bool {
    let here = matches!(method, SignInMethod::Password | SignInMethod::PasswordTotp);
    let required = app.config.sign_in.totp_required.contains(&user.role);
    here && required && user.totp_since.is_none()
}

/// Lets the request through to its handler, or refuses it.
pub(super) async fn guard(
    State((app, access, scope)): State<(App, Access, Option<TokenScope>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let judged = match caller(&app, request.headers()).await {
        Ok(caller) => judge(&app, access, scope, caller.as_ref(), &request).map(|()| caller),
        Err(error) => Err(error),
    };
    match judged {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
        }
        Ok(None) => {}
        Err(error) if access == Access::Scim => return scim::refusal(error),
        Err(error) => return error.into_response(),
    }
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(header::HeaderValue::from_static("no-store"));
    response
}

fn judge(
    app: &App,
    access: Access,
    scope: Option<TokenScope>,
    caller: Option<&Caller>,
    request: &Request,
) -> Result<(), AppError> {
    if access == Access::Public {
        let refused = origin::changes(request.method()) && !is_ours(app, request);
        return if refused {
            Err(AppError::CrossSite)
        } else {
            Ok(())
        };
    }
    let caller = caller.ok_or(AppError::SignInRequired)?;
    match &caller.session {
        Some(session) => judge_browser(app, access, caller, session, request),
        None => judge_program(access, scope, caller),
    }
}

fn judge_browser(
    app: &App,
    access: Access,
    caller: &Caller,
    session: &SessionId,
    request: &Request,
) -> Result<(), AppError> {
    if access == Access::Scim || !has_role(access, caller.user.role) {
        return Err(AppError::NotFound);
    }
    let proof = request.headers().get(CROSS_SITE_HEADER);
    let proves = proof
        .and_then(|value| value.to_str().ok())
        .is_some_and(|sent| app.keys.is_cross_site_token(session, sent));
    if origin::changes(request.method()) && !(is_ours(app, request) && proves) {
        return Err(AppError::CrossSite);
    }
    if caller.must_enrol && !serves_enrolment(request) {
        return Err(AppError::EnrolmentRequired);
    }
    Ok(())
}

/// A program's token does what its scopes say and its owner's role allows, where programs are
/// meant to come at all.
fn judge_program(
    access: Access,
    scope: Option<TokenScope>,
    caller: &Caller,
) -> Result<(), AppError> {
    let needed = match access {
        Access::Scim => Some(TokenScope::Scim),
        _ => scope,
    };
    let in_scope = needed.is_some_and(|scope| caller.scopes.contains(&scope));
    if in_scope && has_role(access, caller.user.role) {
        Ok(())
    } else {
        Err(AppError::NotFound)
    }
}

fn has_role(access: Access, role: Role) -> bool {
    match access {
        Access::Public | Access::SignedIn => true,
        Access::Roles(roles) => roles.contains(&role),
        Access::Scim => role == Role::Admin,
    }
}

fn is_ours(app: &App, request: &Request) -> bool {
    origin::is_ours(request.headers(), app.config.server.public_url.as_ref())
}

/// What stays open to somebody who has to set up a second factor first: to do that, to be told
/// what they talk to, and to leave.
fn serves_enrolment(request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>();
    path.is_some_and(|path| {
        let path = path.as_str();
        matches!(
            path,
            "/api/v1/session" | "/api/v1/me" | "/api/v1/me/ai-notice"
        ) || path.starts_with("/api/v1/me/totp")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::endpoints;
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::routing::any;
    use std::collections::BTreeSet;
    use tower::ServiceExt as _;

    const ADMIN: Access = Access::Roles(&[Role::Admin]);

    #[test]
    fn provisioning_is_for_admins_and_a_role_for_those_who_have_it() {
        for (access, allowed) in [
            (Access::Public, &Role::ALL[..]),
            (Access::SignedIn, &Role::ALL[..]),
            (ADMIN, &[Role::Admin]),
            (Access::Scim, &[Role::Admin]),
        ] {
            for role in Role::ALL {
                assert_eq!(
                    has_role(access, role),
                    allowed.contains(&role),
                    "{access} {role}"
                );
            }
        }
    }

    async fn tell(request: Request) -> String {
        serves_enrolment(&request).to_string()
    }

    #[tokio::test]
    async fn who_has_to_enrol_reaches_what_serves_that_and_nothing_else() {
        let paths: BTreeSet<_> = endpoints::all().iter().map(|e| e.path).collect();
        let mut router = Router::new();
        for path in &paths {
            router = router.route(path, any(tell));
        }
        let mut open = Vec::new();
        for path in paths {
            let asked = path.replace("{id}", "1").replace("{user}", "2");
            let request = Request::get(asked).body(Body::empty()).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            let body = to_bytes(answer.into_body(), 16).await.unwrap();
            if body == "true" {
                open.push(path);
            }
        }
        assert_eq!(
            open,
            [
                "/api/v1/me",
                "/api/v1/me/ai-notice",
                "/api/v1/me/totp",
                "/api/v1/me/totp/confirm",
                "/api/v1/me/totp/remove",
                "/api/v1/session",
            ]
        );
    }
}
