//! One call to the tracker, and what its reply means.

use super::TrackerError;
use crate::outbound::{Outbound, OutboundError, lost, read};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Longest reply read, in bytes.
const MAX_REPLY: usize = 1_000_000;
/// Longest pause that a tracker may ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How calls are made.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    pub(super) outbound: Outbound,
    /// Sent with every call; holds the authorization, marked as sensitive.
    pub(super) headers: HeaderMap,
}

impl Calls {
    /// Calls and gives the JSON of a reply with status 2xx, `Null` for an empty one.
    pub(super) async fn call(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<Value, TrackerError> {
        let body = body.map(Value::to_string);
        let text = self.send(method, url, HeaderMap::new(), body).await?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&text).map_err(|error| {
            TrackerError::Unavailable(format!("a reply with no JSON in it ({error})"))
        })
    }

    /// Calls with a body of JSON and gives what a reply with status 2xx holds.
    pub(super) async fn send(
        &self,
        method: Method,
        url: Url,
        headers: HeaderMap,
        body: Option<String>,
    ) -> Result<Vec<u8>, TrackerError> {
        let client = self.outbound.client(&url).await?;
        let request = client.request(method, url).headers(self.headers.clone());
        let mut request = request.headers(headers);
        if let Some(body) = body {
            request = request
                .header(header::CONTENT_TYPE, "application/json")
                .body(body);
        }
        let reply = request.send().await.map_err(|error| lost(&error))?;
        let status = reply.status();
        let headers = reply.headers().clone();
        let text = read(reply, MAX_REPLY).await?;
        if status.is_success() {
            Ok(text)
        } else {
            Err(refusal(status, &headers, &text))
        }
    }
}

impl From<OutboundError> for TrackerError {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::Unavailable(why) => Self::Unavailable(why),
            OutboundError::Address(why) => Self::Address(why),
        }
    }
}

fn refusal(status: StatusCode, headers: &HeaderMap, text: &[u8]) -> TrackerError {
    let retry_after = pause(headers);
    if status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::SERVICE_UNAVAILABLE && retry_after.is_some())
    {
        return TrackerError::Busy { retry_after };
    }
    if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT {
        return TrackerError::Unavailable(format!("HTTP {status}"));
    }
    let hint = match status {
        s if s.is_redirection() => {
            "it sends us to another address, which we don't follow; set the address (jira.base_url) to \
             where it is"
        }
        StatusCode::UNAUTHORIZED => {
            "check the token (jira.token), and for Cloud its e-mail (jira.email)"
        }
        StatusCode::FORBIDDEN => "the token's account may not do this",
        StatusCode::NOT_FOUND => {
            "check the address (jira.base_url) and which kind it is (jira.deployment)"
        }
        _ => "",
    };
    let mut reason = format!("HTTP {status}");
    for part in [hint, &messages(text)] {
        if !part.is_empty() {
            reason.push_str(": ");
            reason.push_str(part);
        }
    }
    TrackerError::Refused(reason)
}

/// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3).
fn pause(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if let Ok(seconds) = text.parse() {
        seconds
    } else {
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        let from_now = at.as_second() - jiff::Timestamp::now().as_second();
        u64::try_from(from_now).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

/// What Jira says is wrong: `{"errorMessages": […], "errors": {"field": "…"}}`.
fn messages(text: &[u8]) -> String {
    let Ok(reply) = serde_json::from_slice::<Value>(text) else {
        return String::new();
    };
    let general = reply["errorMessages"].as_array().into_iter().flatten();
    // A service desk has one message under another name.
    let general = general.chain(reply.get("errorMessage"));
    let general = general.filter_map(Value::as_str).map(str::to_owned);
    let fields = reply["errors"].as_object().into_iter().flatten();
    let fields = fields.filter_map(|(name, why)| Some(format!("{name}: {}", why.as_str()?)));
    let all: Vec<_> = general.chain(fields).collect();
    all.join("; ")
        .chars()
        .filter(|c| !c.is_control())
        .take(500)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn after(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        pause(&headers)
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date_and_is_capped() {
        assert_eq!(after("7"), Some(Duration::from_secs(7)));
        assert_eq!(after("86400"), Some(LONGEST_PAUSE));
        assert_eq!(after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(after("Fri, 01 Jan 2100 00:00:00 GMT"), Some(LONGEST_PAUSE));
        assert_eq!(after("soon"), None);
    }

    #[test]
    fn a_refusal_says_what_jira_said() {
        let text =
            br#"{"errorMessages":["No."],"errors":{"issuetype":"valid issue type is required"}}"#;
        let TrackerError::Refused(reason) =
            refusal(StatusCode::BAD_REQUEST, &HeaderMap::new(), text)
        else {
            panic!("400 is final");
        };
        assert_eq!(
            reason,
            "HTTP 400 Bad Request: No.; issuetype: valid issue type is required"
        );
    }
}
