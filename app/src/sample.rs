//! Data for the tests of this crate.

use inhouse_protocol::{
    AnswerSentence, Check, CheckKind, Citation, Conflict, ConflictSide, DocumentSummary,
    Escalation, EscalationReason, EscalationState, EscalationSummary, EvaluationResult,
    LabelledQuestion, PassageRef, Priority, QueueName, Timestamp, Validity, VersionDates,
    VersionDetail, VersionState,
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
        validity: Validity::default(),
        score: 0.9,
    }
}

/// A document that is in its index.
pub(crate) fn document(name_of_id: &str, folder: &str, name: &str) -> DocumentSummary {
    DocumentSummary {
        id: id(name_of_id),
        set: id("set-1"),
        folder: folder.to_owned(),
        name: name.to_owned(),
        title: name.to_owned(),
        version: id("version-1"),
        version_number: 1,
        validity: Some(Validity::default()),
        media_type: "application/pdf".to_owned(),
        size_bytes: 2048,
        pages: Some(3),
        passages: 12,
        added_at: Timestamp(0),
        moved_at: Timestamp(0),
        part_of: None,
        attention: false,
        narrowed: false,
        groups: Vec::new(),
        state: VersionState::Ready,
    }
}

/// A version that was read, in force since ever.
pub(crate) fn version(number: u32) -> VersionDetail {
    VersionDetail {
        id: id(&format!("version-{number}")),
        number,
        title: "Supply Agreement".to_owned(),
        added_at: Timestamp(0),
        added_by: "Ada Falk".to_owned(),
        size_bytes: 2048,
        pages: Some(3),
        passages: 12,
        parser: "pdf-extract".to_owned(),
        language: "en".to_owned(),
        dates: VersionDates::default(),
        validity: Some(Validity::default()),
        in_force: true,
        proposals: Vec::new(),
        warnings: Vec::new(),
        page_info: Vec::new(),
        state: VersionState::Ready,
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
        verbatim: false,
        replaces: String::new(),
    }
}

/// Two documents that name another notice.
pub(crate) fn conflict() -> Conflict {
    let side = |value: &str, number| ConflictSide {
        value: value.to_owned(),
        citation: sentence("", number).citations.remove(0),
    };
    Conflict {
        about: "notice".to_owned(),
        sides: vec![side("thirty days", 1), side("sixty days", 2)],
    }
}

/// What became of a question that the documents answer, or don't.
pub(crate) fn result(answerable: Option<bool>) -> EvaluationResult {
    EvaluationResult {
        number: 1,
        question: LabelledQuestion {
            question: "How long is the notice?".to_owned(),
            answerable,
            ..LabelledQuestion::default()
        },
        error: None,
        outcome: None,
        rule: None,
        answerability: None,
        recall: None,
        first_gold: None,
        cites_gold: None,
        took_ms: 0.0,
        found: Vec::new(),
        sentences: Vec::new(),
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
            queue: QueueName {
                id: id("queue-1"),
                key: "legal".to_owned(),
                name: "Legal".to_owned(),
                restricted: false,
            },
            priority: Priority::Normal,
            assignee: None,
            topic: String::new(),
            language: "en".to_owned(),
            first_reply_due: None,
            resolution_due: None,
            snoozed_until: None,
            waiting_since: None,
            merged_into: None,
            withdrawn_at: None,
            rating: None,
            revision: 1,
        },
        run: id("run-1"),
        conversation: None,
        note: String::new(),
        rule: None,
        passages: Vec::new(),
        conflict: None,
        trace: Vec::new(),
        replies: Vec::new(),
        earlier: Vec::new(),
        timeline: Vec::new(),
        draft: None,
        duplicates: Vec::new(),
        ticket_url: None,
        ticket_state: None,
        rating_comment: String::new(),
    }
}
