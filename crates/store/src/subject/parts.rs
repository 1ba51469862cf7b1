//! The parts of an export that are rows as they stand: what is read, and what each column is.

use crate::Result;
use crate::row::Columns;
use serde_json::{Map, Value};
use sqlx::any::AnyRow;

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// A number, or a time in milliseconds since 1970.
    Number,
    /// JSON as text.
    Json,
}

/// A part of the export.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) purpose: &'static str,
    /// `$1` is the person. A column `closed_with` names the subject that a row is closed with.
    pub(super) sql: &'static str,
    pub(super) columns: &'static [(&'static str, Kind)],
    /// Not in what people fetch for themselves: whoever answers a request decides (GDPR 15(4), 23).
    pub(super) handed_out_by_others_only: bool,
}

use Kind::{Json, Number, Text};

pub(super) const PARTS: &[Part] = &[
    Part {
        name: "account",
        title: "Your account",
        purpose: "Signing in, and who may see what. Of a password only a hash is kept, and of a \
                  second factor a secret that nobody can read: neither is shown.",
        sql: "SELECT email, name, role, department, source, external_id, created_at, last_seen_at,
                     disabled_at, totp_since AS second_factor_at, ai_notice_at, answer_mode, no_mail,
                     CAST(CASE WHEN password_hash IS NULL THEN 0 ELSE 1 END AS BIGINT)
                         AS passwords
              FROM users WHERE id = $1",
        columns: &[
            ("email", Text),
            ("name", Text),
            ("role", Text),
            ("department", Text),
            ("source", Text),
            ("external_id", Text),
            ("created_at", Number),
            ("last_seen_at", Number),
            ("disabled_at", Number),
            ("second_factor_at", Number),
            ("ai_notice_at", Number),
            ("answer_mode", Text),
            ("no_mail", Number),
            ("passwords", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "identities",
        title: "Your names at providers of sign-in",
        purpose: "Recognizing you when you sign in with the company's account.",
        sql: "SELECT provider, name, linked_at FROM identities WHERE user_id = $1
              ORDER BY linked_at, provider, name",
        columns: &[("provider", Text), ("name", Text), ("linked_at", Number)],
        handed_out_by_others_only: false,
    },
    Part {
        name: "groups",
        title: "Your groups",
        purpose: "Deciding which documents you may see.",
        sql: "SELECT g.name, m.source, m.added_at
              FROM group_members m JOIN access_groups g ON g.id = m.group_id
              WHERE m.user_id = $1 ORDER BY g.name, m.source",
        columns: &[("name", Text), ("source", Text), ("added_at", Number)],
        handed_out_by_others_only: false,
    },
    Part {
        name: "sessions",
        title: "Browsers that you signed in with",
        purpose: "Keeping you signed in, and showing you where you are.",
        sql: "SELECT client, method, created_at, last_seen_at, expires_at, ended_at FROM sessions
              WHERE user_id = $1 ORDER BY created_at, id",
        columns: &[
            ("client", Text),
            ("method", Text),
            ("created_at", Number),
            ("last_seen_at", Number),
            ("expires_at", Number),
            ("ended_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "tokens",
        title: "Tokens of your programs",
        purpose: "Letting programs act for you. Of the token itself only a hash is kept.",
        sql: "SELECT name, scopes, created_at, expires_at, last_used_at, revoked_at
              FROM api_tokens WHERE user_id = $1 ORDER BY created_at, id",
        columns: &[
            ("name", Text),
            ("scopes", Json),
            ("created_at", Number),
            ("expires_at", Number),
            ("last_used_at", Number),
            ("revoked_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "recovery_codes",
        title: "Your recovery codes",
        purpose: "Signing in without the second factor, once each. Of the codes only hashes are \
                  kept.",
        sql: "SELECT used_at FROM recovery_codes WHERE user_id = $1 ORDER BY hash",
        columns: &[("used_at", Number)],
        handed_out_by_others_only: false,
    },
    Part {
        name: "replies",
        title: "Replies and notes that you wrote to others' questions",
        purpose: "Answering the questions that reach the legal team.",
        sql: "SELECT kind, body, at, 'escalation:' || escalation_id AS closed_with FROM replies
              WHERE author_id = $1
                    AND escalation_id IN (SELECT id FROM escalations
                                          WHERE user_id IS NULL OR user_id <> $1)
              ORDER BY at, id",
        columns: &[("kind", Text), ("body", Text), ("at", Number)],
        handed_out_by_others_only: false,
    },
    Part {
        name: "queues",
        title: "Queues of the desk that you are a member of",
        purpose: "Giving out in turn what comes in, and deciding who sees what is in a restricted \
                  queue.",
        sql: "SELECT q.name, m.away, m.last_given_at, m.added_at, 'queue:' || q.id AS closed_with
              FROM queue_members m JOIN queues q ON q.id = m.queue_id
              WHERE m.user_id = $1 ORDER BY q.name, q.id",
        columns: &[
            ("name", Text),
            ("away", Number),
            ("last_given_at", Number),
            ("added_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "desk_views",
        title: "Views of the desk that you saved",
        purpose: "Finding them again.",
        sql: "SELECT name, query, created_at FROM desk_views WHERE user_id = $1
              ORDER BY created_at, id",
        columns: &[("name", Text), ("query", Text), ("created_at", Number)],
        handed_out_by_others_only: false,
    },
    Part {
        name: "notices",
        title: "What you were told",
        purpose: "Telling you what became of your requests and what waits for you.",
        sql: "SELECT kind, subject_kind AS about, at, read_at, mailed_at,
                     subject_kind || ':' || subject_id AS closed_with
              FROM notices WHERE user_id = $1 ORDER BY at, id",
        columns: &[
            ("kind", Text),
            ("about", Text),
            ("at", Number),
            ("read_at", Number),
            ("mailed_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "reply_templates",
        title: "Reply templates that you changed last",
        purpose: "Replying in like words to like questions.",
        sql: "SELECT title, body, changed_at, 'queue:' || queue_id AS closed_with
              FROM reply_templates WHERE changed_by = $1 ORDER BY changed_at, id",
        columns: &[("title", Text), ("body", Text), ("changed_at", Number)],
        handed_out_by_others_only: false,
    },
    Part {
        name: "question_sets",
        title: "Sets of questions that you made",
        purpose: "Measuring how well questions are answered.",
        sql: "SELECT name, description, created_at FROM question_sets WHERE created_by = $1
              ORDER BY created_at, id",
        columns: &[
            ("name", Text),
            ("description", Text),
            ("created_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "evaluations",
        title: "Evaluations that you started",
        purpose: "Measuring how well questions are answered, and comparing with earlier times.",
        sql: "SELECT s.name AS question_set, e.label, e.kind, e.started_at, e.finished_at
              FROM evaluations e JOIN question_sets s ON s.id = e.set_id
              WHERE e.user_id = $1 ORDER BY e.started_at, e.id",
        columns: &[
            ("question_set", Text),
            ("label", Text),
            ("kind", Text),
            ("started_at", Number),
            ("finished_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "calibrations",
        title: "Calibrations that you fitted",
        purpose: "Deciding which questions are answered.",
        sql: "SELECT data, created_at FROM calibrations WHERE created_by = $1
              ORDER BY created_at, id",
        columns: &[("data", Text), ("created_at", Number)],
        handed_out_by_others_only: false,
    },
    Part {
        name: "rule_versions",
        title: "Versions of the rules that you wrote",
        purpose: "Knowing who decided what is answered without a person, and why.",
        sql: "SELECT number, state, note, created_at FROM rule_versions WHERE author_id = $1
              ORDER BY number",
        columns: &[
            ("number", Number),
            ("state", Text),
            ("note", Text),
            ("created_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "approved_answers",
        title: "Approved answers that you wrote",
        purpose: "Knowing who answered for the company, and giving the same answer again.",
        sql: "SELECT question, body, state, created_at FROM approved_answers WHERE author_id = $1
              ORDER BY created_at, id",
        columns: &[
            ("question", Text),
            ("body", Text),
            ("state", Text),
            ("created_at", Number),
        ],
        handed_out_by_others_only: false,
    },
    Part {
        name: "holds",
        title: "Legal holds on your data",
        purpose: "Keeping what a legal claim may need.",
        sql: "SELECT reason, placed_at, lifted_at FROM legal_holds WHERE user_id = $1
              ORDER BY placed_at, id",
        columns: &[
            ("reason", Text),
            ("placed_at", Number),
            ("lifted_at", Number),
        ],
        handed_out_by_others_only: true,
    },
];

/// A row as a JSON object.
pub(super) fn entry(row: &AnyRow, columns: &[(&str, Kind)]) -> Result<Value> {
    let mut entry = Map::new();
    for (column, kind) in columns {
        let value = match kind {
            Text => row.maybe_text(column)?.into(),
            Number => row.maybe_int(column)?.into(),
            Json => row.json(column)?,
        };
        entry.insert((*column).to_owned(), value);
    }
    Ok(Value::Object(entry))
}
