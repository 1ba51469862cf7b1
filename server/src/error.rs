//! What a handler returns when it can't do what was asked, and how that looks on the wire.
//!
//! A 5xx shows a fixed sentence and the request id; its cause goes to the log only.

use axum::Json;
use axum::extract::FromRequest;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use inhouse_protocol::{ApiError, ErrorCode};
use inhouse_store::StoreError;
use std::fmt::Display;

/// The result of a handler.
pub type AppResult<T> = Result<T, AppError>;

/// An error on its way to the caller.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A field or the whole request is invalid.
    #[error("{message}")]
    Invalid {
        /// What to do about it.
        message: String,
        /// The field at fault.
        field: Option<&'static str>,
    },
    /// Nobody is signed in.
    #[error("sign-in required")]
    SignInRequired,
    /// E-mail and password don't match.
    #[error("wrong credentials")]
    WrongCredentials,
    /// The password is right, and a code of the second factor is needed too.
    #[error("a code of the second factor is needed")]
    SecondFactorRequired,
    /// The code of the second factor is wrong or was used.
    #[error("wrong code of the second factor")]
    WrongCode,
    /// A second factor has to be set up before anything else.
    #[error("a second factor has to be set up")]
    EnrolmentRequired,
    /// The request can't prove that it comes from our pages.
    #[error("cross-site request refused")]
    CrossSite,
    /// It doesn't exist, or the caller may not know that it does.
    #[error("not found")]
    NotFound,
    /// Changed meanwhile, or a name is taken.
    #[error("{0}")]
    Conflict(String),
    /// The body is larger than allowed.
    #[error("the limit is {limit_bytes} bytes")]
    TooLarge {
        /// The largest body taken.
        limit_bytes: u64,
    },
    /// Too many tries or questions.
    #[error("too many requests")]
    TooMany {
        /// When to try again.
        retry_after_s: u64,
        /// What is limited.
        message: String,
    },
    /// A part that is needed doesn't answer.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// Our fault.
    #[error("internal: {0}")]
    Internal(String),
}

impl AppError {
    /// An invalid field, with what to do about it.
    pub fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            field: Some(field),
        }
    }

    /// An invalid request, with what to do about it.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid {
            message: message.into(),
            field: None,
        }
    }

    /// Our fault; `cause` goes to the log.
    pub fn internal(cause: impl Display) -> Self {
        Self::Internal(cause.to_string())
    }

    const fn parts(&self) -> (StatusCode, ErrorCode) {
        match self {
            Self::Invalid { .. } => (StatusCode::BAD_REQUEST, ErrorCode::Invalid),
            Self::SignInRequired => (StatusCode::UNAUTHORIZED, ErrorCode::SignInRequired),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, ErrorCode::WrongCredentials),
            Self::SecondFactorRequired | Self::WrongCode => {
                (StatusCode::UNAUTHORIZED, ErrorCode::SecondFactorRequired)
            }
            Self::EnrolmentRequired => (StatusCode::FORBIDDEN, ErrorCode::EnrolmentRequired),
            Self::CrossSite => (StatusCode::FORBIDDEN, ErrorCode::CrossSite),
            Self::NotFound => (StatusCode::NOT_FOUND, ErrorCode::NotFound),
            Self::Conflict(_) => (StatusCode::CONFLICT, ErrorCode::Conflict),
            Self::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::TooLarge),
            Self::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooMany),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, ErrorCode::Internal),
        }
    }

    /// What went wrong and what to do, for the caller.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Invalid { message, .. } | Self::TooMany { message, .. } => message.clone(),
            Self::SignInRequired => "Sign in first.".into(),
            Self::WrongCredentials => {
                "E-mail and password don't match. Check both and try again.".into()
            }
            Self::SecondFactorRequired => {
                "Enter the six digits that your authenticator app shows, or a recovery code.".into()
            }
            Self::WrongCode => {
                "This code doesn't fit, or it was used already. Wait for the next one and try \
                 again."
                    .into()
            }
            Self::EnrolmentRequired => {
                "Your role needs a second factor. Set it up on your account page first.".into()
            }
            Self::CrossSite => {
                "This request didn't come from our pages. Reload the page and try again.".into()
            }
            Self::NotFound => "There is nothing here, or it isn't yours to see.".into(),
            Self::Conflict(what) => what.clone(),
            Self::TooLarge { limit_bytes } => format!(
                "This is larger than the {} MB allowed. Split it, or ask your administrator.",
                limit_bytes / 1_000_000
            ),
            Self::Unavailable(_) => {
                "A part of the system doesn't answer. Try again in a minute.".into()
            }
            Self::Internal(_) => {
                "Something failed on our side. Nothing was lost; try again, and name the \
                 reference if it stays."
                    .into()
            }
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Conflict { what } => Self::Conflict(what),
            StoreError::Invalid(message) => Self::invalid(message),
            other => Self::internal(other),
        }
    }
}

impl From<inhouse_protocol::ParseIdError> for AppError {
    fn from(_: inhouse_protocol::ParseIdError) -> Self {
        Self::NotFound
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let (status, code) = self.parts();
        let request_id = crate::http::request_id::current();
        if status.is_server_error() {
            tracing::error!(%request_id, error = %self, "request failed");
        }
        let field = match &self {
            Self::Invalid { field, .. } => field.map(str::to_owned),
            Self::WrongCode => Some("code".to_owned()),
            _ => None,
        };
        let body = ApiError {
            code,
            message: self.message(),
            field,
            request_id,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        // Also where nothing is behind the path: what may not be seen must look the same.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110, 15.5.2, wants a way in to be named; this is the one for programs.
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Self::TooMany { retry_after_s, .. } = self {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        response
    }
}

/// `axum::Json`, with our shape of error when the body doesn't parse.
pub struct Body<T>(pub T);

impl<T, S> FromRequest<S> for Body<T>
where
    T: serde::de::DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = AppError;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, AppError> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(unreadable(rejection.status(), &rejection.body_text())),
        }
    }
}

fn unreadable(status: StatusCode, what: &str) -> AppError {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        return AppError::TooLarge {
            limit_bytes: crate::http::JSON_LIMIT_BYTES as u64,
        };
    }
    AppError::invalid(format!("The request's body can't be read: {what}."))
}

/// [`Body`] that may be left out: then it is the default.
pub struct OptionalBody<T>(pub T);

impl<T, S> FromRequest<S> for OptionalBody<T>
where
    T: serde::de::DeserializeOwned + Default,
    S: Send + Sync,
{
    type Rejection = AppError;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self, AppError> {
        let bytes = match axum::body::Bytes::from_request(request, state).await {
            Ok(bytes) if bytes.is_empty() => return Ok(Self(T::default())),
            Ok(bytes) => bytes,
            Err(rejection) => return Err(unreadable(rejection.status(), &rejection.body_text())),
        };
        match Json::<T>::from_bytes(&bytes) {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(unreadable(rejection.status(), &rejection.body_text())),
        }
    }
}
