//! The record of what an instance runs with: each start, and what changed since the last one.

use crate::audit::Actor;
use crate::row::Columns;
use crate::{Result, Store};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// What a process starts with. Without secrets: it goes into the record as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// `serve` or `worker`: each is compared with its own kind.
    pub process: String,
    pub version: String,
    /// The settings that are not the default, by name.
    pub settings: BTreeMap<String, Value>,
    /// Of each rule and topic, by id, a hash of everything it says.
    pub rules: BTreeMap<String, Value>,
}

impl Store {
    /// Records the start of a process, and first, where settings or rules differ from those of the
    /// last start, what differs.
    pub async fn record_start(&self, started: &Started) -> Result<()> {
        let process = started.process.as_str();
        self.record_change("settings.change", ("settings", process), &started.settings)
            .await?;
        self.record_change("rules.change", ("rules", process), &started.rules)
            .await?;
        let detail = json!({
            "version": started.version,
            "settings_sha256": digest(&started.settings),
            "rules_sha256": digest(&started.rules),
        });
        self.write()
            .await?
            .commit(
                &Actor::System,
                "settings.start",
                ("settings", process),
                detail,
            )
            .await
    }

    async fn record_change(
        &self,
        action: &str,
        subject: (&str, &str),
        now: &BTreeMap<String, Value>,
    ) -> Result<()> {
        let was = self.last_values(action, subject).await?;
        if was.as_ref() == Some(now) {
            return Ok(());
        }
        let detail = json!({
            "changed": differences(&was.unwrap_or_default(), now),
            "values": now,
        });
        self.write()
            .await?
            .commit(&Actor::System, action, subject, detail)
            .await
    }

    /// The values of the last change; none where there was no start before, or its record is gone.
    async fn last_values(
        &self,
        action: &str,
        (kind, id): (&str, &str),
    ) -> Result<Option<BTreeMap<String, Value>>> {
        let row = sqlx::query(
            "SELECT detail FROM audit WHERE action = $1 AND subject = $2
             ORDER BY seq DESC LIMIT 1",
        )
        .bind(action)
        .bind(format!("{kind}:{id}"))
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let detail: Value = row.json("detail")?;
        Ok(serde_json::from_value(detail["values"].clone()).ok())
    }
}

/// Each value that is another one now: `was` and `now`, null where there is none.
fn differences(was: &BTreeMap<String, Value>, now: &BTreeMap<String, Value>) -> Map<String, Value> {
    let names: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| was.get(*name) != now.get(*name))
        .map(|name| {
            let change = json!({ "was": was.get(name), "now": now.get(name) });
            (name.clone(), change)
        })
        .collect()
}

fn digest(values: &BTreeMap<String, Value>) -> String {
    hex::encode(Sha256::digest(json!(values).to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_went_came_or_changed_is_told_with_both_values() {
        let values = |pairs: &[(&str, i64)]| -> BTreeMap<String, Value> {
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), json!(value)))
                .collect()
        };
        let was = values(&[("gone", 1), ("same", 2), ("other", 3)]);
        let now = values(&[("new", 4), ("same", 2), ("other", 5)]);
        assert_eq!(
            Value::Object(differences(&was, &now)),
            json!({
                "gone": { "was": 1, "now": null },
                "new": { "was": null, "now": 4 },
                "other": { "was": 3, "now": 5 },
            })
        );
    }
}
