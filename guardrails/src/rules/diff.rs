//! What two sets of rules do differently.

use super::{Rule, RuleSet, TopicExamples};

/// What changed from one set of rules to another: ids of rules, and 'topic …' or 'intent …' for
/// what is taught by examples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    /// Any field differs.
    pub changed: Vec<String>,
}

/// What `new` does otherwise than `old`. The order of the rules is not compared.
pub fn diff(old: &RuleSet, new: &RuleSet) -> Changed {
    let mut changed = Changed::default();
    let id = |rule: &Rule| rule.id.clone();
    changed.compare(old.rules(), new.rules(), id);
    let topic = |topic: &TopicExamples| format!("topic {}", topic.label);
    changed.compare(old.topics(), new.topics(), topic);
    let intent = |intent: &TopicExamples| format!("intent {}", intent.label);
    changed.compare(old.intents(), new.intents(), intent);
    changed
}

impl Changed {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    fn compare<T: PartialEq>(&mut self, old: &[T], new: &[T], name: impl Fn(&T) -> String) {
        for now in new {
            match old.iter().find(|before| name(before) == name(now)) {
                None => self.added.push(name(now)),
                Some(before) if before != now => self.changed.push(name(now)),
                Some(_) => {}
            }
        }
        let gone = old
            .iter()
            .filter(|before| !new.iter().any(|now| name(now) == name(before)));
        self.removed.extend(gone.map(&name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(toml: &str) -> RuleSet {
        RuleSet::parse(toml).unwrap()
    }

    fn rule(id: &str, condition: &str, message: &str) -> String {
        format!(
            "[[rule]]\nid = '{id}'\ntitle = 'T'\nstage = 'question'\ncondition = '{condition}'\n\
             action = 'decline'\nmessage = '{message}'\n"
        )
    }

    #[test]
    fn a_rule_is_changed_when_any_field_differs() {
        let old = format!(
            "{}{}",
            rule("one", "words > 1", "No."),
            rule("two", "true", "No.")
        );
        let same = diff(&rules(&old), &rules(&old));
        assert!(same.is_empty(), "{same:?}");
        for changed in [
            rule("one", "words > 2", "No."),
            rule("one", "words > 1", "Not here."),
            format!("{}owner = 'Lea'\n", rule("one", "words > 1", "No.")),
        ] {
            let new = format!("{changed}{}", rule("three", "true", "No."));
            let found = diff(&rules(&old), &rules(&new));
            assert_eq!(found.changed, ["one"], "{changed}");
            assert_eq!(found.added, ["three"]);
            assert_eq!(found.removed, ["two"]);
        }
    }

    #[test]
    fn other_examples_of_a_topic_are_a_change() {
        let topic = |last: &str| {
            rules(&format!(
                "[[topic]]\nlabel = 'gifts'\nexamples = ['a', 'b', '{last}']\n"
            ))
        };
        assert_eq!(diff(&topic("c"), &topic("d")).changed, ["topic gifts"]);
    }
}
