//! Removes what is old enough, once a day, and says how long each class is kept.

use crate::app::App;
use crate::config::Retention;
use inhouse_protocol::RetentionClass;
use inhouse_store::{Actor, RetentionLimits, RetentionMode};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The last run is this old, in milliseconds, before there is another.
const EVERY_MS: i64 = 24 * 3_600_000;
/// How often that is looked at: processes come and go.
const LOOK: Duration = Duration::from_mins(30);

/// Runs until `halt`. Of several workers one does it.
pub(crate) async fn keep(app: App, halt: CancellationToken) {
    let limits = limits(&app.config.retention);
    let mode = RetentionMode::Every(EVERY_MS);
    loop {
        match app
            .store
            .apply_retention(&Actor::System, &limits, mode)
            .await
        {
            Ok(None) => {}
            Ok(Some(run)) => {
                let removed: u64 = run.removed.iter().map(|counted| counted.count).sum();
                tracing::info!(
                    removed,
                    held = run.held,
                    "what was kept long enough is removed"
                );
            }
            Err(error) => {
                tracing::error!(%error, "nothing was removed by age; trying again later");
            }
        }
        tokio::select! {
            () = halt.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// The configuration in the store's words.
pub(crate) fn limits(config: &Retention) -> RetentionLimits {
    RetentionLimits {
        conversations_days: config.conversations_days,
        requests_days: config.requests_days,
        sessions_days: config.sessions_days,
        log_days: config.log_days,
    }
}

/// How long each class is kept, in the order people read them.
pub(crate) fn classes(config: &Retention) -> Vec<RetentionClass> {
    let class = |class: &str, what: &str, days: u32| RetentionClass {
        class: class.to_owned(),
        what: what.to_owned(),
        days: (days > 0).then_some(days),
    };
    vec![
        class(
            "conversations",
            "Questions with their answers, from the conversation's last question or reply. One with \
             a request to the legal team stays as long as the request.",
            config.conversations_days,
        ),
        class(
            "requests",
            "Requests to the legal team and the replies to them, from the last reply. An open \
             request stays.",
            config.requests_days,
        ),
        class(
            "sessions",
            "Signed-in browsers and tokens of programs, from their end.",
            config.sessions_days,
        ),
        class(
            "log",
            "Records of the log, and the figures of questions that were removed. The log is cut at \
             a signed checkpoint, and not while any legal hold is in force.",
            config.log_days,
        ),
    ]
}
