//! Signing in by the company's OpenID provider: leaving for it, and coming back.
//!
//! Both are pages to a browser: what goes wrong leads to the sign-in page with a word that it
//! explains, and the reason goes to the log.

use super::session;
use crate::app::App;
use crate::auth::bearer::hash;
use crate::auth::cookie;
use crate::auth::oidc::{OidcError, Provider};
use crate::error::{AppError, AppResult};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use inhouse_protocol::SignInMethod;
use inhouse_store::{OidcFlow, User, Welcome};
use std::collections::HashMap;
use url::{Url, form_urlencoded};

/// How long somebody may be away.
const AWAY_MS: i64 = 10 * 60_000;
/// The cookie that binds a sign-in to one browser.
const COOKIE: &str = "oidc";
/// The longest path to go back to, in bytes.
const PATH_BYTES: usize = 2_000;

/// Sends somebody to the provider; `next` is the page to come back to.
pub(super) async fn leave(
    State(app): State<App>,
    RawQuery(query): RawQuery,
) -> AppResult<Response> {
    let provider = app.oidc.as_ref().ok_or(AppError::NotFound)?;
    let departure = match provider.depart().await {
        Ok(departure) => departure,
        Err(error) => return explained(&app, failed(&error)),
    };
    let next = parameters(query.as_deref()).remove("next");
    let flow = OidcFlow {
        state_hash: hash(&departure.state),
        browser_hash: hash(&departure.browser),
        nonce: departure.nonce,
        verifier: departure.verifier,
        return_to: next
            .and_then(|path| page(&path))
            .unwrap_or_else(|| "/".to_owned()),
    };
    if !app.store.keep_oidc_flow(&flow, AWAY_MS).await? {
        return Err(AppError::TooMany {
            retry_after_s: 60,
            message: "Too many people are signing in. Wait a minute and try again.".into(),
        });
    }
    let cookie = app.cookie.keep(COOKIE, &departure.browser, AWAY_MS / 1000);
    redirect(departure.url.as_str(), &[cookie])
}

/// Takes somebody back from the provider and opens their session.
pub(super) async fn come_back(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> AppResult<Response> {
    let provider = app.oidc.as_ref().ok_or(AppError::NotFound)?;
    let parameters = parameters(query.as_deref());
    let Some(flow) = taken(&app, &parameters, &headers).await? else {
        return explained(&app, "expired");
    };
    let user = match arrived(&app, provider, parameters, &flow).await? {
        Ok(user) => user,
        Err(code) => return explained(&app, code),
    };
    let opened = session::open(&app, &user, SignInMethod::Oidc, &headers).await?;
    let mut cookies: Vec<_> = opened
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .map(|cookie| Some(cookie.clone()))
        .collect();
    cookies.push(app.cookie.keep(COOKIE, "", 0));
    redirect(&flow.return_to, &cookies)
}

/// The sign-in that comes back, if this browser left for it.
async fn taken(
    app: &App,
    parameters: &HashMap<String, String>,
    headers: &HeaderMap,
) -> AppResult<Option<OidcFlow>> {
    let browser = cookie::named(headers, &app.cookie.name_of(COOKIE));
    let (Some(state), Some(browser)) = (parameters.get("state"), browser) else {
        return Ok(None);
    };
    let flow = app
        .store
        .take_oidc_flow(&hash(state), &hash(&browser))
        .await?;
    Ok(flow)
}

/// Whose account it is, or the word that the sign-in page explains.
async fn arrived(
    app: &App,
    provider: &Provider,
    mut parameters: HashMap<String, String>,
    flow: &OidcFlow,
) -> AppResult<Result<User, &'static str>> {
    match provider
        .sent(parameters.get("iss").map(String::as_str))
        .await
    {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!("an answer came in the name of another OpenID provider");
            return Ok(Err("refused"));
        }
        Err(error) => return Ok(Err(failed(&error))),
    }
    if let Some(error) = parameters.get("error") {
        // RFC 6749, 4.1.2.1: the codes are a short list; what isn't is not repeated in the log.
        let known = error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let error = if known { error.as_str() } else { "unknown" };
        tracing::warn!(error, "the OpenID provider didn't sign somebody in");
        let cancelled = matches!(error, "access_denied" | "login_required");
        return Ok(Err(if cancelled { "cancelled" } else { "refused" }));
    }
    let Some(code) = parameters.remove("code") else {
        return Ok(Err("refused"));
    };
    let arrival = provider
        .arrive(code, &flow.nonce, flow.verifier.clone())
        .await;
    let arrival = match arrival {
        Ok(arrival) => arrival,
        Err(error) => return Ok(Err(failed(&error))),
    };
    Ok(match app.welcome(&arrival).await? {
        Welcome::Person(user) => Ok(user),
        Welcome::Refused(reason) => Err(reason.code()),
    })
}

/// The word for a failure, whose reason goes to the log.
fn failed(error: &OidcError) -> &'static str {
    tracing::warn!(%error, "a sign-in by OpenID Connect failed");
    match error {
        OidcError::Unavailable(_) | OidcError::Settings(_) => "unavailable",
        OidcError::Refused(_) => "refused",
    }
}

/// Leads to the sign-in page with a word that it explains.
fn explained(app: &App, code: &str) -> AppResult<Response> {
    let cookie = app.cookie.keep(COOKIE, "", 0);
    redirect(&format!("/sign-in?error={code}"), &[cookie])
}

fn redirect(to: &str, cookies: &[Option<HeaderValue>]) -> AppResult<Response> {
    let location = HeaderValue::from_str(to).map_err(AppError::internal)?;
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, location);
    for cookie in cookies {
        let cookie = cookie.clone();
        let cookie = cookie.ok_or_else(|| AppError::internal("the cookie is no header value"))?;
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A query's parameters; of one that comes twice, the first.
fn parameters(query: Option<&str>) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        found
            .entry(name.into_owned())
            .or_insert_with(|| value.into_owned());
    }
    found
}

/// A path of ours as a browser will read it; none where it leads elsewhere or to no page.
fn page(path: &str) -> Option<String> {
    const HERE: &str = "http://here.invalid";
    if path.len() > PATH_BYTES || !path.starts_with('/') || path.contains('\\') {
        return None;
    }
    let here = Url::parse(HERE).ok()?;
    let there = here.join(path).ok()?;
    if there.origin() != here.origin() {
        return None;
    }
    let path = &there.as_str()[HERE.len()..];
    let none = ["//", "/api/", "/scim/", "/sign-in"];
    (!none.iter().any(|start| path.starts_with(start))).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_of_ours_is_gone_back_to() {
        for (path, expected) in [
            ("/", Some("/")),
            ("/requests/1?a=b#c", Some("/requests/1?a=b#c")),
            ("/a b", Some("/a%20b")),
            ("/a\r\nset-cookie: x", Some("/aset-cookie:%20x")),
            ("//evil.example.com", None),
            ("/\\evil.example.com", None),
            ("/\t/evil.example.com", None),
            ("/.//evil.example.com", None),
            ("https://evil.example.com", None),
            ("javascript:alert(1)", None),
            ("/api/v1/me", None),
            ("/sign-in?next=/", None),
            ("", None),
        ] {
            assert_eq!(page(path).as_deref(), expected, "{path:?}");
        }
        assert_eq!(page(&format!("/{}", "x".repeat(PATH_BYTES))), None);
    }

    #[test]
    fn of_a_parameter_that_comes_twice_the_first_counts() {
        let found = parameters(Some("code=a&state=b%20c&code=d"));
        assert_eq!(found["code"], "a");
        assert_eq!(found["state"], "b c");
        assert!(parameters(None).is_empty());
    }
}
