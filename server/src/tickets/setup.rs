//! Setting a tracker up: what its settings may be, and what the tracker itself says of them.

use super::choice::Reach;
use super::{Checked, TrackerError};
use crate::app::App;
use crate::error::{AppError, AppResult};
use inhouse_protocol::{
    Priority, Tracker, TrackerCheck, TrackerFollow, TrackerKind, TrackerSettings,
};
use inhouse_store::StoredTracker;
use std::collections::BTreeSet;
use url::Url;

/// Fewest characters of a secret that signs.
const SECRET_CHARS: usize = 16;
/// Most entries of each list of the settings.
const ENTRIES: usize = 50;

/// A saved tracker as admins see it.
pub(crate) fn listed(app: &App, saved: StoredTracker) -> Tracker {
    Tracker {
        hook: app.config.link(&format!("/hooks/trackers/{}", saved.id)),
        id: saved.id,
        settings: saved.settings,
        enabled: saved.enabled,
        has_token: saved.token.is_some(),
        has_webhook_secret: saved.webhook_secret.is_some(),
        created_at: saved.created_at,
        updated_at: saved.updated_at,
    }
}

/// The settings with their texts trimmed, or what is wrong with them.
pub(crate) fn prepared(mut settings: TrackerSettings) -> AppResult<TrackerSettings> {
    for text in [
        &mut settings.name,
        &mut settings.address,
        &mut settings.project,
        &mut settings.issue_type,
        &mut settings.account,
    ] {
        *text = text.trim().to_owned();
    }
    check_place(&settings)?;
    check_lists(&settings)?;
    if settings.kind == TrackerKind::Webhook && settings.follow == TrackerFollow::Polling {
        // It can't be asked.
        settings.follow = TrackerFollow::Off;
    }
    Ok(settings)
}

fn check_place(settings: &TrackerSettings) -> AppResult<()> {
    if !(1..=60).contains(&settings.name.chars().count()) {
        return Err(AppError::field(
            "name",
            "Give a name of 1 to 60 characters.",
        ));
    }
    let address = Url::parse(&settings.address).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && (settings.kind == TrackerKind::Webhook || url.query().is_none())
    });
    if address.is_none() || settings.address.len() > 500 {
        return Err(AppError::field(
            "address",
            "Give an address that begins with https://, without a name or password in it.",
        ));
    }
    if settings.kind == TrackerKind::Webhook {
        return Ok(());
    }
    if !settings.only_routes {
        check_project(&settings.project, "project")?;
        check_type(&settings.issue_type, "issue_type")?;
    }
    if settings.kind == TrackerKind::JiraCloud && !settings.account.contains('@') {
        return Err(AppError::field(
            "account",
            "Jira Cloud signs in with an e-mail and an API token. Give the e-mail.",
        ));
    }
    if settings.account.len() > 320 || settings.account.contains(':') {
        return Err(AppError::field("account", "This is no e-mail."));
    }
    Ok(())
}

/// <https://confluence.atlassian.com/adminjiraserver/changing-the-project-key-format>
fn check_project(project: &str, field: &'static str) -> AppResult<()> {
    let fits = (1..=100).contains(&project.len())
        && project
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if fits {
        Ok(())
    } else {
        Err(AppError::field(
            field,
            "Give the project's key, such as LEGAL.",
        ))
    }
}

fn check_type(name: &str, field: &'static str) -> AppResult<()> {
    if (1..=200).contains(&name.chars().count()) {
        Ok(())
    } else {
        Err(AppError::field(
            field,
            "Give the name of the issue type or request type, such as Task.",
        ))
    }
}

fn check_lists(settings: &TrackerSettings) -> AppResult<()> {
    for (field, entries) in [
        ("labels", settings.labels.len()),
        ("routes", settings.routes.len()),
        ("priorities", settings.priorities.len()),
        ("fields", settings.fields.len()),
    ] {
        if entries > ENTRIES {
            return Err(AppError::field(
                field,
                format!("At most {ENTRIES} entries."),
            ));
        }
    }
    let is_label = |label: &String| {
        (1..=255).contains(&label.len()) && !label.contains(|c: char| c.is_whitespace())
    };
    if !settings.labels.iter().all(is_label) {
        return Err(AppError::field(
            "labels",
            "Labels have no spaces and at most 255 characters.",
        ));
    }
    check_routes(settings)?;
    check_filled(settings)
}

fn check_routes(settings: &TrackerSettings) -> AppResult<()> {
    let mut queues = BTreeSet::new();
    for route in &settings.routes {
        let is_key = (1..=60).contains(&route.queue.len())
            && route
                .queue
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !is_key || !queues.insert(route.queue.as_str()) {
            return Err(AppError::field(
                "routes",
                "Name each queue once, by its key: small letters, digits and hyphens.",
            ));
        }
        if settings.kind != TrackerKind::Webhook {
            check_project(&route.project, "routes")?;
            check_type(&route.issue_type, "routes")?;
        }
    }
    if settings.only_routes && settings.routes.is_empty() {
        return Err(AppError::field(
            "routes",
            "Name the queues that it is for, or let it take all.",
        ));
    }
    Ok(())
}

/// What further fields are filled with.
fn check_filled(settings: &TrackerSettings) -> AppResult<()> {
    let priorities: BTreeSet<Priority> = settings.priorities.iter().map(|p| p.priority).collect();
    let named = |name: &str| (1..=100).contains(&name.chars().count());
    if priorities.len() != settings.priorities.len()
        || !settings.priorities.iter().all(|p| named(p.name.trim()))
    {
        return Err(AppError::field(
            "priorities",
            "Name each priority once, with what it is called in the tracker.",
        ));
    }
    let is_id = |id: &str| {
        (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let ours = ["project", "issuetype", "summary", "description", "labels"];
    for field in &settings.fields {
        if !is_id(&field.id) || ours.contains(&field.id.as_str()) || field.value.len() > 2_000 {
            return Err(AppError::field(
                "fields",
                "Give each field's id, such as customfield_10010, and a value of at most 2,000 \
                 characters. Project, type, summary, description and labels are filled already.",
            ));
        }
    }
    Ok(())
}

/// Asks the tracker whether issues can be made. `Invalid` where secrets are missing that it needs.
pub(crate) async fn check(app: &App, tracker: &StoredTracker) -> AppResult<TrackerCheck> {
    let settings = &tracker.settings;
    let Some(token) = &tracker.token else {
        return Err(AppError::field(
            "token",
            "Give the token that the tracker accepts, or the secret that signs.",
        ));
    };
    let signs = settings.kind == TrackerKind::Webhook;
    if signs && token.expose().chars().count() < SECRET_CHARS {
        return Err(AppError::field(
            "token",
            format!("A secret that signs has at least {SECRET_CHARS} characters."),
        ));
    }
    let secret = tracker.webhook_secret.as_ref();
    if settings.follow == TrackerFollow::Webhook
        && secret.is_none_or(|secret| secret.expose().chars().count() < SECRET_CHARS)
    {
        return Err(AppError::field(
            "webhook_secret",
            format!(
                "Give the secret that the tracker signs with: at least {SECRET_CHARS} characters."
            ),
        ));
    }
    let checked = match Reach::of(&app.config).open(tracker) {
        Ok(opened) => opened.check().await,
        Err(error) => Err(error),
    };
    Ok(told(checked))
}

fn told(checked: Result<Checked, TrackerError>) -> TrackerCheck {
    match checked {
        Ok(checked) if checked.missing.is_empty() => TrackerCheck {
            found: checked.found,
            ..TrackerCheck::default()
        },
        Ok(checked) => {
            let names: Vec<_> = checked
                .missing
                .iter()
                .map(|field| format!("{} ({})", field.name, field.id))
                .collect();
            TrackerCheck {
                found: checked.found,
                problem: Some(format!(
                    "The tracker requires fields that are not filled: {}. Give each a value, or make \
                     it optional there.",
                    names.join(", ")
                )),
                missing: checked.missing,
            }
        }
        Err(error) => TrackerCheck {
            problem: Some(sentence(&error)),
            ..TrackerCheck::default()
        },
    }
}

fn sentence(error: &TrackerError) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
