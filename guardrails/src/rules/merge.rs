//! Joins the rules files of several departments into one, comments and all.

use super::RuleError;
use super::file::{Meta, file_error};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// What a file holds, as far as joining goes; everything else is left as it is written.
#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    rule: Vec<HeldRule>,
    #[serde(default)]
    topic: Vec<Taught>,
    #[serde(default)]
    intent: Vec<Taught>,
}

#[derive(Deserialize)]
struct HeldRule {
    id: String,
}

#[derive(Deserialize)]
struct Taught {
    label: String,
    examples: Vec<String>,
    #[serde(default)]
    department: String,
}

/// What a piece of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// Comments before everything else.
    Head,
    Meta,
    Rule,
    Topic,
    Intent,
}

/// The files joined, in this order.
pub(super) fn joined(texts: &[(&str, &str)]) -> Result<String, RuleError> {
    let mut files = Vec::with_capacity(texts.len());
    for &(name, text) in texts {
        let held: Held = toml::from_str(text).map_err(|error| file_error(text, &error))?;
        files.push((name, pieces(text), held));
    }
    let replaced: BTreeSet<String> = files
        .iter()
        .flat_map(|(_, _, held)| held.meta.replaces.iter().cloned())
        .collect();
    let mut joining = Joining::default();
    for (name, pieces, held) in files {
        let count = |kind| pieces.iter().filter(|(piece, _)| *piece == kind).count();
        let counted = [Piece::Rule, Piece::Topic, Piece::Intent].map(count);
        if counted != [held.rule.len(), held.topic.len(), held.intent.len()] {
            return Err(RuleError::File {
                line: 1,
                message: format!(
                    "the rules of '{name}' can't be joined with others: begin each rule, topic and \
                     intent with a line of its own, such as [[rule]]"
                ),
            });
        }
        let (mut rules, mut topics, mut intents) = (
            held.rule.into_iter(),
            held.topic.into_iter(),
            held.intent.into_iter(),
        );
        for (piece, text) in pieces {
            match piece {
                Piece::Meta => {}
                Piece::Rule if rules.next().is_some_and(|rule| replaced.contains(&rule.id)) => {}
                Piece::Head | Piece::Rule => joining.parts.push(text),
                Piece::Topic => joining.teach(piece, topics.next(), text),
                Piece::Intent => joining.teach(piece, intents.next(), text),
            }
        }
    }
    let parts = joining.parts.iter().map(|part| part.trim());
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    Ok(parts.join("\n\n") + "\n")
}

#[derive(Default)]
struct Joining {
    parts: Vec<String>,
    /// What is taught, and at which part.
    taught: BTreeMap<(Piece, String), (usize, Taught)>,
}

impl Joining {
    /// Adds a topic or intent, or its examples to those of the one with its label.
    fn teach(&mut self, piece: Piece, taught: Option<Taught>, text: String) {
        let Some(taught) = taught else {
            return;
        };
        let key = (piece, taught.label.clone());
        let Some((at, known)) = self.taught.get_mut(&key) else {
            self.taught.insert(key, (self.parts.len(), taught));
            self.parts.push(text);
            return;
        };
        for example in taught.examples {
            if !known.examples.contains(&example) {
                known.examples.push(example);
            }
        }
        // The later file is that of the narrower department.
        if !taught.department.is_empty() {
            known.department = taught.department;
        }
        self.parts[*at] = written(piece, known);
    }
}

/// A topic or intent as it stands in a file.
fn written(piece: Piece, taught: &Taught) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let head = if piece == Piece::Topic {
        "topic"
    } else {
        "intent"
    };
    let mut text = format!("[[{head}]]\nlabel = {}\n", quoted(&taught.label));
    if !taught.department.is_empty() {
        let _ = writeln!(text, "department = {}", quoted(&taught.department));
    }
    text.push_str("examples = [\n");
    for example in &taught.examples {
        let _ = writeln!(text, "  {},", quoted(example));
    }
    text.push_str("]\n");
    text
}

/// Takes a file apart where its tables begin. Comments above a table belong to it.
fn pieces(text: &str) -> Vec<(Piece, String)> {
    let mut pieces = vec![(Piece::Head, String::new())];
    let mut comments = String::new();
    // The mark that ends the text over several lines that a line stands in.
    let mut within: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if within.is_none() {
            if bare.is_empty() || bare.starts_with('#') {
                comments.push_str(line);
                continue;
            }
            if let Some(piece) = begins(bare) {
                if piece == Piece::Meta {
                    add(&mut pieces, &std::mem::take(&mut comments));
                }
                pieces.push((piece, std::mem::take(&mut comments)));
            }
        }
        add(&mut pieces, &std::mem::take(&mut comments));
        add(&mut pieces, line);
        within = within_after(bare, within);
    }
    add(&mut pieces, &comments);
    pieces
}

fn add(pieces: &mut [(Piece, String)], text: &str) {
    if let Some((_, last)) = pieces.last_mut() {
        last.push_str(text);
    }
}

/// What begins with this line.
fn begins(line: &str) -> Option<Piece> {
    let name = line.split('#').next().unwrap_or_default().trim_end();
    match name {
        "[meta]" => Some(Piece::Meta),
        "[[rule]]" => Some(Piece::Rule),
        "[[topic]]" => Some(Piece::Topic),
        "[[intent]]" => Some(Piece::Intent),
        _ => None,
    }
}

/// Whether the line after this one stands in a text over several lines, and what ends it.
fn within_after<'a>(line: &str, within: Option<&'a str>) -> Option<&'a str> {
    let mut within = within;
    let mut rest = line;
    loop {
        let found = match within {
            Some(mark) => rest.find(mark).map(|at| (at, None)),
            None => ["'''", "\"\"\""]
                .into_iter()
                .filter_map(|mark| rest.find(mark).map(|at| (at, Some(mark))))
                .min(),
        };
        let Some((at, next)) = found else {
            return within;
        };
        rest = &rest[at + 3..];
        within = next;
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::RuleSet;

    const FIRST: &str = "# The format.\n\n[meta]\ndepartment = 'general'\n\n\
        # On a person.\n[[rule]]\nid = 'pay'\ntitle = 'Pay'\nstage = 'question'\ncondition = '''\n\
        topic == \"pay\"\n|| question == \"[[rule]]\"\n'''\naction = 'decline'\nmessage = 'Ask HR.'\n\n\
        [[rule]]\nid = 'other'\ntitle = 'Other'\nstage = 'question'\ncondition = 'false'\n\
        action = 'decline'\nmessage = 'No.'\n\n\
        [[topic]]\nlabel = 'pay'\nexamples = [\n  # wages\n  'When is pay day?', 'b', 'c',\n]\n";

    const SECOND: &str = "[meta]\ndepartment = 'hr'\ntitle = 'HR'\nreplaces = ['pay']\n\n\
        [[rule]]\nid = 'hr-pay'\ntitle = 'Pay'\nstage = 'question'\ncondition = 'topic == \"pay\"'\n\
        action = 'escalate'\nqueue = 'hr'\nmessage = 'HR has it.'\n\n[[rule.test]]\n\
        question = 'When?'\nexpect = 'this'\nsignals = { topic = 'pay' }\n\n\
        [[topic]]\nlabel = 'pay'\ndepartment = 'hr'\nexamples = ['b', 'Where is my \"payslip\"?', 'd']\n";

    fn ids(rules: &RuleSet) -> Vec<&str> {
        rules.rules().iter().map(|rule| rule.id.as_str()).collect()
    }

    #[test]
    fn joined_files_are_one_file_with_the_rules_in_their_order() {
        let text = RuleSet::merge(&[("general", FIRST), ("hr", SECOND)]).unwrap();
        let rules = RuleSet::parse(&text).unwrap();
        assert_eq!(ids(&rules), ["other", "hr-pay"]);
        assert_eq!(rules.tests().len(), 1);
        assert!(text.starts_with("# The format.\n"), "{text}");
        assert!(!text.contains("[meta]"), "{text}");
    }

    #[test]
    fn examples_of_one_topic_are_put_together() {
        let text = RuleSet::merge(&[("general", FIRST), ("hr", SECOND)]).unwrap();
        let rules = RuleSet::parse(&text).unwrap();
        let [topic] = rules.topics() else {
            panic!("one topic: {:?}", rules.topics());
        };
        assert_eq!(
            topic.examples,
            [
                "When is pay day?",
                "b",
                "c",
                "Where is my \"payslip\"?",
                "d"
            ]
        );
        assert_eq!(topic.department, "hr");
    }

    #[test]
    fn one_file_alone_stays_as_it_is_but_for_its_meta_table() {
        let text = RuleSet::merge(&[("general", FIRST)]).unwrap();
        assert_eq!(ids(&RuleSet::parse(&text).unwrap()), ["pay", "other"]);
        assert!(
            text.contains("# On a person.\n[[rule]]\nid = 'pay'"),
            "{text}"
        );
        assert!(text.contains("# wages"), "{text}");
    }

    #[test]
    fn an_id_in_two_files_is_refused() {
        let error = RuleSet::merge(&[("a", FIRST), ("b", FIRST)]).unwrap_err();
        assert!(
            error.to_string().contains("another rule has this id"),
            "{error}"
        );
    }
}
