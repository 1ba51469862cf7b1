//! The fields of a new issue: the mapping of queue, priority, due date, labels and custom fields.

use super::{Deployment, Jira, label};
use crate::tickets::{Ticket, body};
use serde_json::{Map, Value, json};

impl Jira {
    /// What an issue says, before its markup.
    pub(super) fn text(&self, ticket: &Ticket) -> body::Text {
        body::text(ticket, self.page(ticket), self.settings.include_question)
    }

    /// Where the question is, for those who may read it.
    fn page(&self, ticket: &Ticket) -> String {
        format!("{}{}", self.desk, ticket.escalation)
    }

    /// The fields of an issue, `project` and `issuetype` among them.
    pub(super) fn fields(&self, ticket: &Ticket) -> Map<String, Value> {
        let (project, issue_type) = self.place(&ticket.queue);
        let text = self.text(ticket);
        let mut fields = self.chosen_fields(ticket);
        let mut labels = self.settings.labels.clone();
        labels.push(label(&ticket.escalation));
        let described = match self.deployment {
            Deployment::DataCenter => text.wiki(),
            Deployment::Cloud => text.adf(),
        };
        for (name, value) in [
            ("project", json!({ "key": project })),
            ("issuetype", json!({ "name": issue_type })),
            ("summary", Value::String(text.summary)),
            ("description", described),
            ("labels", json!(labels)),
        ] {
            fields.insert(name.to_owned(), value);
        }
        fields
    }

    /// The fields that the settings choose: priority, due date, custom ones.
    pub(super) fn chosen_fields(&self, ticket: &Ticket) -> Map<String, Value> {
        let mut fields = Map::new();
        for field in &self.settings.fields {
            let value = filled(value(&field.value), &|name| self.variable(name, ticket));
            fields.insert(field.id.clone(), value);
        }
        let priorities = &self.settings.priorities;
        if let Some(mapped) = priorities.iter().find(|p| p.priority == ticket.priority) {
            fields.insert("priority".to_owned(), json!({ "name": mapped.name }));
        }
        if let Some(due) = ticket.due_at.filter(|_| self.settings.due_date) {
            fields.insert("duedate".to_owned(), json!(due.day()));
        }
        fields
    }

    /// The ids of the fields that an issue is made with, apart from project and type.
    pub(super) fn filled_fields(&self) -> Vec<&str> {
        let mut ids = vec!["summary", "description"];
        if !self.makes_requests() {
            ids.push("labels");
        }
        if !self.settings.priorities.is_empty() {
            ids.push("priority");
        }
        if self.settings.due_date {
            ids.push("duedate");
        }
        ids.extend(self.settings.fields.iter().map(|field| field.id.as_str()));
        ids
    }

    fn variable(&self, name: &str, ticket: &Ticket) -> Option<String> {
        Some(match name {
            "reference" => ticket.escalation.to_string(),
            "link" => self.page(ticket),
            "queue" => ticket.queue.clone(),
            "priority" => ticket.priority.as_str().to_owned(),
            _ => return None,
        })
    }
}

/// A field's value: JSON where it is some, else a text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// A value with `{name}` filled in, in each text of it; afterwards it is not read as JSON again.
fn filled(value: Value, variable: &dyn Fn(&str) -> Option<String>) -> Value {
    match value {
        Value::String(mut text) => {
            for name in ["reference", "link", "queue", "priority"] {
                if let Some(with) = variable(name) {
                    text = text.replace(&format!("{{{name}}}"), &with);
                }
            }
            Value::String(text)
        }
        Value::Array(values) => values
            .into_iter()
            .map(|value| filled(value, variable))
            .collect(),
        Value::Object(values) => values
            .into_iter()
            .map(|(name, value)| (name, filled(value, variable)))
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_json_or_a_text_and_its_variables_can_not_break_it() {
        let known = |name: &str| (name == "queue").then(|| r#"a", "b"#.to_owned());
        for (text, expected) in [
            ("Legal", json!("Legal")),
            ("12", json!(12)),
            (r#"{"value": "{queue}"}"#, json!({ "value": r#"a", "b"# })),
            (
                r#"[{"name": "x {queue}"}]"#,
                json!([{ "name": r#"x a", "b"# }]),
            ),
            ("{queue} {link}", json!(r#"a", "b {link}"#)),
        ] {
            assert_eq!(filled(value(text), &known), expected, "{text}");
        }
    }
}
