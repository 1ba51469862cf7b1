//! Data for the tests of this crate.

use inhouse_protocol::{
    AnswerSentence, Check, CheckKind, Citation, Escalation, EscalationReason, EscalationState,
    EscalationSummary, PassageRef, Timestamp,
};

pub(crate) fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("a sample id is an id")
}

pub(crate) fn passage(text: &str) -> PassageRef {
    PassageRef {
        id: id("passage-1"),
        document: id("document-1"),
        version: id("version-1"),
        version_number: 2,
        name: "supply.pdf".to_owned(),
        title: "Supply Agreement".to_owned(),
        heading_path: vec!["9. Term".to_owned()],
        page: Some(4),
        start: 0,
        end: text.chars().count(),
        text: text.to_owned(),
        score: 0.9,
    }
}

pub(crate) fn sentence(text: &str, number: u32) -> AnswerSentence {
    AnswerSentence {
        text: text.to_owned(),
        citations: vec![Citation {
            number,
            passage: id("passage-1"),
            document: id("document-1"),
            version: id("version-1"),
            name: "supply.pdf".to_owned(),
            title: "Supply Agreement".to_owned(),
            page: Some(4),
            start: 0,
            end: 6,
            quote: "Notice".to_owned(),
        }],
        checks: vec![Check {
            kind: CheckKind::Numbers,
            passed: true,
            detail: String::new(),
        }],
    }
}

pub(crate) fn escalation(reason: EscalationReason) -> Escalation {
    Escalation {
        summary: EscalationSummary {
            id: id("escalation-1"),
            question: "May we assign the lease?".to_owned(),
            reason,
            state: EscalationState::Open,
            asker: "Emil".to_owned(),
            department: None,
            created_at: Timestamp(0),
            first_reply_at: None,
            ticket: None,
        },
        run: id("run-1"),
        conversation: None,
        note: String::new(),
        rule: None,
        passages: Vec::new(),
        trace: Vec::new(),
        replies: Vec::new(),
    }
}
