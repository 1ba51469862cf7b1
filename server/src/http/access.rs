//! Who may call an endpoint, judged before its handler runs.
//!
//! A role that may not know an endpoint gets the same 404 as for one that doesn't exist.

use crate::app::App;
use crate::auth::origin;
use crate::error::AppError;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::{Role, SessionId};
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
    /// The browser they are signed in with.
    pub session: SessionId,
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

/// The caller that the request's session cookie names, if it is in force.
pub async fn caller(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, AppError> {
    let Some(token) = app.cookie.token(headers) else {
        return Ok(None);
    };
    let Ok(session) = app.keys.session_of(&token) else {
        return Ok(None);
    };
    let Some(principal) = app.store.principal_of_session(&session).await? else {
        return Ok(None);
    };
    let user = principal.user().cloned();
    Ok(user.map(|user| Caller {
        principal,
        user,
        session,
    }))
}

/// Lets the request through to its handler, or refuses it.
pub(super) async fn guard(
    State((app, access)): State<(App, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    let caller = match caller(&app, request.headers()).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    if let Err(error) = judge(&app, access, caller.as_ref(), &request) {
        return error.into_response();
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
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
    caller: Option<&Caller>,
    request: &Request,
) -> Result<(), AppError> {
    let changes = origin::changes(request.method());
    let ours = || origin::is_ours(request.headers(), app.config.server.public_url.as_ref());
    match (access, caller) {
        (Access::Public, _) if changes && !ours() => return Err(AppError::CrossSite),
        (Access::Public, _) => return Ok(()),
        (_, None) => return Err(AppError::SignInRequired),
        (Access::Roles(roles), Some(caller)) if !roles.contains(&caller.user.role) => {
            return Err(AppError::NotFound);
        }
        _ => {}
    }
    let proves = |caller: &Caller| {
        request
            .headers()
            .get(CROSS_SITE_HEADER)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|sent| app.keys.is_cross_site_token(&caller.session, sent))
    };
    if changes && !(ours() && caller.is_some_and(proves)) {
        return Err(AppError::CrossSite);
    }
    Ok(())
}
