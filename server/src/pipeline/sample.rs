//! Passages for the tests of this module's parts.

use inhouse_protocol::{PassageRef, Validity};

/// A passage of the travel policy.
pub(super) fn passage(text: &str) -> PassageRef {
    passage_of("d", text)
}

/// A passage of some document.
pub(super) fn passage_of(document: &str, text: &str) -> PassageRef {
    PassageRef {
        id: format!("passage-{document}").parse().unwrap(),
        document: document.parse().unwrap(),
        version: format!("version-{document}").parse().unwrap(),
        version_number: 1,
        name: format!("{document}.txt"),
        title: "Travel policy".into(),
        heading_path: vec!["3 Hotels".into()],
        page: None,
        start: 100,
        end: 100 + text.chars().count(),
        text: text.into(),
        validity: Validity::default(),
        score: 1.0,
    }
}
