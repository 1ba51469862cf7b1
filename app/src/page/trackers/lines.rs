//! The lists of a tracker's settings as lines that people type.

use crate::text;
use inhouse_protocol::{Priority, TrackerField, TrackerPriority, TrackerRoute, TrackerSettings};

/// What stands in the four boxes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) labels: String,
    pub(super) routes: String,
    pub(super) priorities: String,
    pub(super) fields: String,
}

/// A box that can't be read: the field's name, and what to write.
pub(super) type Wrong = (&'static str, &'static str);

impl Lines {
    pub(super) fn of(settings: &TrackerSettings) -> Self {
        let routes = settings.routes.iter();
        let routes = routes.map(|r| format!("{} = {} / {}", r.queue, r.project, r.issue_type));
        let priorities = settings.priorities.iter();
        let priorities = priorities.map(|p| format!("{} = {}", p.priority.as_str(), p.name));
        let fields = settings.fields.iter();
        let fields = fields.map(|field| format!("{} = {}", field.id, field.value));
        Self {
            labels: settings.labels.join(" "),
            routes: routes.collect::<Vec<_>>().join("\n"),
            priorities: priorities.collect::<Vec<_>>().join("\n"),
            fields: fields.collect::<Vec<_>>().join("\n"),
        }
    }

    /// Puts into the settings what the lines say.
    pub(super) fn read_into(&self, settings: &mut TrackerSettings) -> Result<(), Wrong> {
        settings.labels = self.labels.split_whitespace().map(str::to_owned).collect();
        settings.routes = pairs(&self.routes)
            .map(|pair| route(pair).ok_or(("routes", text::ROUTE_WRONG)))
            .collect::<Result<_, _>>()?;
        settings.priorities = pairs(&self.priorities)
            .map(|pair| priority(pair).ok_or(("priorities", text::PRIORITY_WRONG)))
            .collect::<Result<_, _>>()?;
        settings.fields = pairs(&self.fields)
            .map(|pair| field(pair).ok_or(("fields", text::FIELD_WRONG)))
            .collect::<Result<_, _>>()?;
        Ok(())
    }
}

/// The lines that aren't empty, parted at their first `=`; nothing where there is none.
fn pairs(text: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| {
        let (name, value) = line.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        (!name.is_empty() && !value.is_empty()).then_some((name, value))
    })
}

fn route(pair: Option<(&str, &str)>) -> Option<TrackerRoute> {
    let (queue, place) = pair?;
    let (project, issue_type) = place.split_once('/')?;
    Some(TrackerRoute {
        queue: queue.to_owned(),
        project: project.trim().to_owned(),
        issue_type: issue_type.trim().to_owned(),
    })
}

fn priority(pair: Option<(&str, &str)>) -> Option<TrackerPriority> {
    let (name, there) = pair?;
    let named = |priority: &Priority| priority.as_str().eq_ignore_ascii_case(name);
    Some(TrackerPriority {
        priority: Priority::ALL.into_iter().find(named)?,
        name: there.to_owned(),
    })
}

fn field(pair: Option<(&str, &str)>) -> Option<TrackerField> {
    let (id, value) = pair?;
    Some(TrackerField {
        id: id.to_owned(),
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_comes_back_as_it_was_meant() {
        let typed = Lines {
            labels: " legal  inhouse ".to_owned(),
            routes: "hr = HR / Service request\n\nlegal=LEGAL/Task".to_owned(),
            priorities: "Urgent = Highest".to_owned(),
            fields: "customfield_1 = {\"value\": \"a = b\"}".to_owned(),
        };
        let mut settings = TrackerSettings::default();
        typed.read_into(&mut settings).unwrap();
        assert_eq!(settings.labels, ["legal", "inhouse"]);
        assert_eq!(settings.routes[0].issue_type, "Service request");
        assert_eq!(settings.routes[1].project, "LEGAL");
        assert_eq!(settings.priorities[0].priority, Priority::Urgent);
        assert_eq!(settings.fields[0].value, "{\"value\": \"a = b\"}");
        let mut again = TrackerSettings::default();
        Lines::of(&settings).read_into(&mut again).unwrap();
        assert_eq!(again, settings);
    }

    #[test]
    fn a_line_that_can_not_be_read_names_its_box() {
        let mut settings = TrackerSettings::default();
        for (lines, field) in [
            (
                Lines {
                    routes: "hr HR".to_owned(),
                    ..Lines::default()
                },
                "routes",
            ),
            (
                Lines {
                    routes: "hr = HR".to_owned(),
                    ..Lines::default()
                },
                "routes",
            ),
            (
                Lines {
                    priorities: "now = High".to_owned(),
                    ..Lines::default()
                },
                "priorities",
            ),
            (
                Lines {
                    fields: "x =".to_owned(),
                    ..Lines::default()
                },
                "fields",
            ),
        ] {
            assert_eq!(lines.read_into(&mut settings).unwrap_err().0, field);
        }
    }
}
