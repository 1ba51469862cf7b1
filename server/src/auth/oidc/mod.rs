//! Sign-in by OpenID Connect: authorization code with PKCE (RFC 7636), discovery, ID tokens checked
//! against the provider's own keys, which may change at any time.

mod claims;
mod id_token;
mod metadata;
#[cfg(test)]
mod tests;

use super::arrival::Mapping;
use super::random;
use crate::config::{Config, Secret};
use crate::outbound::{AllowList, Outbound, OutboundError, authorities, lost, read};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use claims::{Claims, Names};
use id_token::{Expected, Header, Keys};
use inhouse_store::Arrival;
use metadata::Metadata;
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardRevocableToken,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use url::Url;

/// Longest reply read, in bytes.
const MAX_REPLY: usize = 1_000_000;
/// How long what the provider says of itself is believed.
const FRESH: Duration = Duration::from_hours(1);
/// How often an unknown key makes us ask for the keys again.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// The path that the provider sends people back to.
pub const CALLBACK: &str = "/sign-in/oidc/callback";

/// Why a sign-in by the provider did not work, in words for the log: without tokens or claims.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The provider can't be reached, or answers with what is no answer.
    #[error("the OpenID provider can't be reached: {0}")]
    Unavailable(String),
    /// What it says isn't accepted.
    #[error("the OpenID provider's answer isn't accepted: {0}")]
    Refused(String),
    /// The settings can't be used.
    #[error("{0}")]
    Settings(String),
}

impl OidcError {
    fn refused(why: impl Into<String>) -> Self {
        Self::Refused(why.into())
    }
}

impl From<OutboundError> for OidcError {
    fn from(error: OutboundError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Somebody on the way to the provider.
pub struct Departure {
    /// Where the browser goes.
    pub url: Url,
    /// Comes back as the parameter `state`.
    pub state: String,
    /// Stays with the browser, as a cookie.
    pub browser: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// PKCE's verifier, for [`Provider::arrive`].
    pub verifier: String,
}

/// The company's OpenID provider.
pub struct Provider {
    issuer: String,
    client_id: String,
    client_secret: Option<Secret>,
    redirect: String,
    scopes: Vec<String>,
    names: Names,
    mapping: Mapping,
    outbound: Outbound,
    known: Mutex<Known>,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// What the provider has said of itself, and when.
#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Instant)>,
    keys: Option<(Arc<Keys>, Instant)>,
    /// When an unknown key last made us ask for the keys.
    asked_at: Option<Instant>,
}

/// The token endpoint's answer holds the ID token besides what OAuth knows.
#[derive(Deserialize, Serialize)]
struct IdTokenField {
    id_token: Option<String>,
}

impl fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdTokenField").finish_non_exhaustive()
    }
}

impl ExtraTokenFields for IdTokenField {}

type Tokens = StandardTokenResponse<IdTokenField, BasicTokenType>;

type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Provider {
    /// The provider that `config` names; `None` if it names none. Nothing is called yet.
    pub fn new(config: &Config) -> Result<Option<Self>, OidcError> {
        let oidc = &config.oidc;
        let Some(issuer) = oidc.issuer.clone() else {
            return Ok(None);
        };
        let trusted = match config.oidc_ca_file() {
            Some(file) => authorities(&file)
                .map_err(|why| OidcError::Settings(format!("setting oidc.ca_file: {why}")))?,
            None => Vec::new(),
        };
        let outbound = Outbound::new(
            AllowList::new("oidc.allow", &oidc.allow),
            Duration::from_secs(oidc.connect_timeout_s),
            Duration::from_secs(oidc.timeout_s),
        );
        Ok(Some(Self {
            issuer,
            client_id: oidc.client_id.clone(),
            client_secret: oidc.client_secret.clone(),
            redirect: config.link(CALLBACK),
            scopes: oidc.scopes.clone(),
            names: Names::of(oidc),
            mapping: Mapping::of_oidc(oidc),
            outbound: outbound.trusting(trusted),
            known: Mutex::default(),
        }))
    }

    /// Where to send somebody who wants to sign in, and what has to fit when they come back.
    pub async fn depart(&self) -> Result<Departure, OidcError> {
        let metadata = self.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce, browser) = (secret()?, secret()?, secret()?);
        let scopes = self.scopes.iter().cloned().map(Scope::new);
        let (url, _) = self
            .client(&metadata)?
            .authorize_url(|| CsrfToken::new(state.clone()))
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .add_extra_param("nonce", nonce.clone())
            .url();
        Ok(Departure {
            url,
            state,
            browser,
            nonce,
            verifier: verifier.into_secret(),
        })
    }

    /// Whether an answer's `iss` parameter is this provider's (RFC 9207). It may be missing only
    /// where the provider doesn't promise it.
    pub async fn sent(&self, iss: Option<&str>) -> Result<bool, OidcError> {
        match iss {
            Some(iss) => Ok(iss == self.issuer),
            None => Ok(!self.metadata().await?.names_itself_in_answers),
        }
    }

    /// Who somebody is who comes back with `code`.
    pub async fn arrive(
        &self,
        code: String,
        nonce: &str,
        verifier: String,
    ) -> Result<Arrival, OidcError> {
        let metadata = self.metadata().await?;
        let http = Http(&self.outbound);
        let tokens: Tokens = self
            .client(&metadata)?
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&http)
            .await
            .map_err(|error| exchange_failed(&error))?;
        let id_token = tokens
            .extra_fields()
            .id_token
            .as_deref()
            .ok_or_else(|| OidcError::refused("there is no ID token"))?;
        let told = self.verified(id_token, nonce).await?;
        let mut claims = Claims::of_id_token(told);
        if let Some(endpoint) = &metadata.userinfo
            && self.names.are_missing_in(&claims)
        {
            let token = tokens.access_token().secret();
            let text = self.get(endpoint, Some(token)).await?;
            claims.add_userinfo(&text)?;
        }
        claims.arrival(&self.issuer, &self.names, &self.mapping)
    }

    /// Whether people can sign in with these settings; what was found, in words.
    pub async fn check(&self) -> Result<String, OidcError> {
        let metadata = self.metadata().await?;
        let keys = self.keys(&metadata).await?;
        if keys.is_empty() {
            return Err(OidcError::refused(
                "it has no key that we take (RS256, PS256, ES256, EdDSA)",
            ));
        }
        Ok(format!("{}, {} keys", self.issuer, keys.len()))
    }

    fn client(&self, metadata: &Metadata) -> Result<Client, OidcError> {
        let wrong = |error: url::ParseError| OidcError::Settings(error.to_string());
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(wrong)?;
        let mut client: Client = oauth2::Client::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(metadata.authorization.clone()))
            .set_token_uri(TokenUrl::from_url(metadata.token.clone()))
            .set_redirect_uri(redirect);
        if metadata.wants_secret_in_body {
            client = client.set_auth_type(AuthType::RequestBody);
        }
        if let Some(secret) = &self.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        Ok(client)
    }

    async fn get(&self, url: &Url, bearer: Option<&str>) -> Result<Vec<u8>, OidcError> {
        let client = self.outbound.client(url).await?;
        let mut request = client
            .get(url.clone())
            .header(http::header::ACCEPT, "application/json");
        if let Some(token) = bearer {
            request = request.bearer_auth(token);
        }
        let reply = request.send().await.map_err(|error| lost(&error))?;
        let status = reply.status();
        if status != http::StatusCode::OK {
            return Err(OidcError::Unavailable(format!(
                "HTTP {status} from {}",
                url.path()
            )));
        }
        Ok(read(reply, MAX_REPLY).await?)
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((metadata, at)) = &known.metadata
            && at.elapsed() < FRESH
        {
            return Ok(metadata.clone());
        }
        let url = metadata::address(&self.issuer)?;
        let metadata = Arc::new(Metadata::parse(&self.get(&url, None).await?, &self.issuer)?);
        known.metadata = Some((metadata.clone(), Instant::now()));
        Ok(metadata)
    }

    async fn keys(&self, metadata: &Metadata) -> Result<Arc<Keys>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some((keys, at)) = &known.keys
            && at.elapsed() < FRESH
        {
            return Ok(keys.clone());
        }
        self.fetch_keys(&mut known, metadata).await
    }

    /// The keys anew, because a token names one that we don't know: the provider may have changed
    /// them since. None when that was asked a moment ago.
    async fn newer_keys(&self, metadata: &Metadata) -> Result<Option<Arc<Keys>>, OidcError> {
        let mut known = self.known.lock().await;
        if known.asked_at.is_some_and(|at| at.elapsed() < ASK_AGAIN) {
            return Ok(None);
        }
        known.asked_at = Some(Instant::now());
        self.fetch_keys(&mut known, metadata).await.map(Some)
    }

    async fn fetch_keys(
        &self,
        known: &mut Known,
        metadata: &Metadata,
    ) -> Result<Arc<Keys>, OidcError> {
        let keys = Arc::new(Keys::parse(&self.get(&metadata.keys, None).await?)?);
        known.keys = Some((keys.clone(), Instant::now()));
        Ok(keys)
    }

    /// The claims of an ID token, if the provider made it for us and for this sign-in.
    async fn verified(
        &self,
        token: &str,
        nonce: &str,
    ) -> Result<serde_json::Map<String, serde_json::Value>, OidcError> {
        let metadata = self.metadata().await?;
        let header = Header::of(token)?;
        let expected = Expected {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce,
        };
        let keys = self.keys(&metadata).await?;
        if let Some(key) = keys.key_of(&header) {
            return key.verify(token, &header, &expected);
        }
        let newer = self.newer_keys(&metadata).await?;
        match newer.as_ref().and_then(|keys| keys.key_of(&header)) {
            Some(key) => key.verify(token, &header, &expected),
            None => Err(OidcError::refused("no key of the provider fits the token")),
        }
    }
}

/// Calls for the `oauth2` crate, by our own rules for calls.
struct Http<'a>(&'a Outbound);

impl<'c> AsyncHttpClient<'c> for Http<'_> {
    type Error = OutboundError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OutboundError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(self.0, request))
    }
}

async fn send(outbound: &Outbound, request: HttpRequest) -> Result<HttpResponse, OutboundError> {
    let (parts, body) = request.into_parts();
    let url = Url::parse(&parts.uri.to_string())
        .map_err(|error| OutboundError::Address(error.to_string()))?;
    let client = outbound.client(&url).await?;
    let reply = client
        .request(parts.method, url)
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        .map_err(|error| lost(&error))?;
    let (status, headers) = (reply.status(), reply.headers().clone());
    let mut response = HttpResponse::new(read(reply, MAX_REPLY).await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Why no tokens came. The provider's error code is one of a list (RFC 6749, 5.2); its description
/// may hold anything and is left out.
fn exchange_failed(error: &RequestTokenError<OutboundError, BasicErrorResponse>) -> OidcError {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let hint = match answer.error() {
                BasicErrorResponseType::InvalidClient
                | BasicErrorResponseType::UnauthorizedClient => {
                    "it doesn't know us; check oidc.client_id and oidc.client_secret"
                }
                BasicErrorResponseType::InvalidGrant => {
                    "the code has run out, was used, or belongs to another redirect address"
                }
                _ => "it doesn't take our request for tokens",
            };
            OidcError::refused(hint)
        }
        RequestTokenError::Request(error) => error.clone().into(),
        RequestTokenError::Parse(..) => {
            OidcError::refused("the token endpoint's answer can't be read")
        }
        RequestTokenError::Other(_) => OidcError::refused("the token endpoint gives no tokens"),
    }
}

/// 256 random bits as text.
fn secret() -> Result<String, OidcError> {
    let bytes = random::bytes::<32>();
    let bytes = bytes.map_err(|error| OidcError::Unavailable(error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
