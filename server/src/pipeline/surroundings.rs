//! What is known of a question besides its words: who asks, when, and how often before.

use super::way::{Asked, Purpose};
use crate::app::App;
use crate::error::AppResult;
use inhouse_guardrails::Signals;
use inhouse_protocol::{Role, Timestamp};

const WEEK_MS: i64 = 7 * 86_400_000;

/// Adds it to the signals of the question's words.
pub(super) async fn add(app: &App, asked: &Asked, signals: Signals) -> AppResult<Signals> {
    let now = app.store.now();
    let calendar = app.store.calendar();
    // What is measured doesn't depend on what was asked before.
    let before = if asked.purpose == Purpose::Measure {
        0
    } else {
        let since = Timestamp(now.0.saturating_sub(WEEK_MS));
        app.store
            .asked_on_topic(&asked.principal, &signals.topic, since)
            .await?
    };
    Ok(Signals {
        role: asked
            .principal
            .role()
            .map_or("operator", Role::as_str)
            .to_owned(),
        department: asked.principal.department().unwrap_or_default().to_owned(),
        groups: app.store.groups_named(&asked.principal).await?,
        hour: usize::try_from(calendar.hour(now)).unwrap_or_default(),
        weekday: calendar.weekday(now).to_owned(),
        working_hours: calendar.is_open(now),
        asked_this_week: usize::try_from(before)
            .unwrap_or(usize::MAX)
            .saturating_add(1),
        ..signals
    })
}

/// The day by which rules are in effect, in the instance's time zone, as ISO 8601.
pub(super) fn today(app: &App) -> String {
    app.store.calendar().day(app.store.now()).to_string()
}
