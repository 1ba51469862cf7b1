//! What a process starts with goes into the record: settings without secrets, and the rules.

use crate::app::{App, StartError};
use inhouse_store::Started;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use toml::Table;

/// Records the start of this process, `serve` or `worker`, and what changed since the last one.
pub(crate) async fn record_start(app: &App, process: &str) -> Result<(), StartError> {
    let started = Started {
        process: process.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        settings: app.config.changed_settings(),
        rules: fingerprints(&app.rules().text),
    };
    app.store.record_start(&started).await?;
    Ok(())
}

/// A hash of each rule and topic by its id, and of their order, which decides too.
fn fingerprints(rules: &str) -> BTreeMap<String, Value> {
    let mut prints = BTreeMap::new();
    // The chain was read out of the same text before.
    let table = rules.parse::<Table>().unwrap_or_default();
    for (section, value) in &table {
        let Some(entries) = value.as_array() else {
            prints.insert(section.clone(), print(&value.to_string()));
            continue;
        };
        let mut order = Vec::new();
        for (place, entry) in (1..).zip(entries) {
            let id = entry.get("id").and_then(toml::Value::as_str);
            let id = id.map_or_else(|| format!("{place}"), str::to_owned);
            prints.insert(format!("{section} {id}"), print(&entry.to_string()));
            order.push(id);
        }
        prints.insert(format!("{section} order"), print(&order.join(" ")));
    }
    prints
}

fn print(text: &str) -> Value {
    hex::encode(Sha256::digest(text)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "[[rule]]\nid = \"a\"\naction = \"answer\"\n[[rule]]\nid = \"b\"\n";

    #[test]
    fn a_changed_rule_changes_its_own_print_alone() {
        let was = fingerprints(RULES);
        let now = fingerprints(&RULES.replace("answer", "refuse"));
        let changed: Vec<_> = was.keys().filter(|id| was[*id] != now[*id]).collect();
        assert_eq!(changed, ["rule a"]);
    }

    #[test]
    fn another_order_is_a_change() {
        let turned = "[[rule]]\nid = \"b\"\n[[rule]]\nid = \"a\"\naction = \"answer\"\n";
        let (was, now) = (fingerprints(RULES), fingerprints(turned));
        assert_ne!(was["rule order"], now["rule order"]);
        assert_eq!(was["rule a"], now["rule a"]);
    }

    #[test]
    fn every_shipped_rule_has_a_print_by_its_id() {
        let shipped = inhouse_guardrails::shipped_rules(&["legal"]).unwrap();
        let prints = fingerprints(&shipped);
        assert!(prints.contains_key("rule too-long"), "{prints:?}");
        assert!(prints.contains_key("rule order"), "{prints:?}");
    }
}
