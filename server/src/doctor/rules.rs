//! Whether the rules can be read, and name what is at the desk.

use super::Check;
use crate::config::Config;
use crate::rules::{RuleSource, missing_queues};
use inhouse_protocol::RulesOrigin;
use inhouse_store::{Store, StoreError};

const NAME: &str = "rules";

/// The rules that are there without a database.
pub(super) fn configured(config: &Config) -> Check {
    let place = config.rules_path().map_or_else(
        || "the shipped ones".to_owned(),
        |path| path.display().to_string(),
    );
    match RuleSource::configured(config) {
        Ok(source) => Check::ok(NAME, format!("{place}: {}", counted(&source))),
        Err(error) => Check::fail(NAME, error.to_string(), "Correct the rules file."),
    }
}

/// The rules that decide, where the database has a say.
pub(super) async fn in_force(config: &Config, store: &Store) -> Vec<Check> {
    // Said by `configured`.
    let Ok(configured) = RuleSource::configured(config) else {
        return Vec::new();
    };
    let source = match configured.or_live(store).await {
        Ok(source) => source,
        Err(error) => {
            return vec![Check::fail(
                "live rules",
                error.to_string(),
                "Publish rules that this version reads: inhouse rules publish FILE.",
            )];
        }
    };
    let mut checks = Vec::new();
    if source.origin == RulesOrigin::Version {
        checks.push(Check::ok("live rules", counted(&source)));
    }
    checks.extend(
        queues(config, store, &source)
            .await
            .unwrap_or_else(|error| {
                Some(Check::fail(
                    NAME,
                    error.to_string(),
                    "See the database above.",
                ))
            }),
    );
    checks
}

async fn queues(
    config: &Config,
    store: &Store,
    source: &RuleSource,
) -> Result<Option<Check>, StoreError> {
    let missing = missing_queues(&source.set, &store.queue_keys().await?, config);
    Ok(missing.first().map(|first| {
        Check::warn(
            "queues of rules",
            format!("{first} ({} in all)", missing.len()),
            "Until then these questions go to the queue that their topic or language has, or to \
             Legal.",
        )
    }))
}

fn counted(source: &RuleSource) -> String {
    format!(
        "{} rules, {} topics",
        source.set.rules().len(),
        source.set.topics().len()
    )
}
