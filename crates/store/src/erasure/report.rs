//! What an erasure removes, what it keeps and why: counted before anything changes.

use crate::Result;
use crate::holds::reason_against;
use crate::row::Columns;
use crate::users::User;
use inhouse_protocol::{Counted, ErasureReport, Kept, PersonSource};
use sqlx::AnyConnection;

/// What goes, and how it is counted; `$1` is the person.
const REMOVED: [(&str, &str); 14] = [
    (
        "accounts (e-mail, name, role, department, password, second factor)",
        "SELECT COUNT(*) FROM users WHERE id = $1",
    ),
    (
        "conversations",
        "SELECT COUNT(*) FROM conversations WHERE user_id = $1",
    ),
    (
        "questions with their answers",
        "SELECT COUNT(*) FROM runs WHERE user_id = $1",
    ),
    (
        "requests to the legal team",
        "SELECT COUNT(*) FROM escalations WHERE user_id = $1",
    ),
    (
        "replies to these requests",
        "SELECT COUNT(*) FROM replies
         WHERE escalation_id IN (SELECT id FROM escalations WHERE user_id = $1)",
    ),
    (
        "signed-in browsers",
        "SELECT COUNT(*) FROM sessions WHERE user_id = $1",
    ),
    (
        "tokens of programs",
        "SELECT COUNT(*) FROM api_tokens WHERE user_id = $1",
    ),
    (
        "recovery codes",
        "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1",
    ),
    (
        "names at a provider of sign-in",
        "SELECT COUNT(*) FROM identities WHERE user_id = $1",
    ),
    (
        "memberships of groups",
        "SELECT COUNT(DISTINCT group_id) FROM group_members WHERE user_id = $1",
    ),
    (
        "memberships of queues of the desk",
        "SELECT COUNT(*) FROM queue_members WHERE user_id = $1",
    ),
    (
        "saved views of the desk",
        "SELECT COUNT(*) FROM desk_views WHERE user_id = $1",
    ),
    (
        "notices that they were sent",
        "SELECT COUNT(*) FROM notices WHERE user_id = $1",
    ),
    (
        "lifted legal holds",
        "SELECT COUNT(*) FROM legal_holds WHERE user_id = $1 AND lifted_at IS NOT NULL",
    ),
];

/// What stays, how it is counted (`$1` is the person), by which article, and why.
const KEPT: [(&str, &str, &str, &str); 9] = [
    (
        "records of the log",
        "SELECT COUNT(*) FROM audit
         WHERE actor = 'user:' || $1 OR subject = 'user:' || $1
               OR sealed LIKE '{\"for\":\"' || $1 || '\"%'",
        "GDPR 17(3)(b), AI Act 26(6)",
        "The log has to be kept, and removing a record would break the chain that proves it whole. \
         What is personal in these records is encrypted, and the key is destroyed: they name a \
         number. They go when the log's time is over.",
    ),
    (
        "replies to others, as a member of the legal team",
        "SELECT COUNT(*) FROM replies
         WHERE author_id = $1
               AND escalation_id IN (SELECT id FROM escalations
                                     WHERE user_id IS NULL OR user_id <> $1)",
        "GDPR 17(3)(e)",
        "They are legal advice that somebody else relied on. They stay without their author's \
         name.",
    ),
    (
        "versions of documents that they added",
        "SELECT COUNT(*) FROM versions WHERE added_by = 'user:' || $1",
        "GDPR 17(3)(e)",
        "The documents are the company's own, and who brought one in is part of its proof. They \
         name a number.",
    ),
    (
        "documents that they own",
        "SELECT COUNT(*) FROM documents WHERE owner_id = $1",
        "GDPR 17(3)(e)",
        "Who was to see to a document of the company is part of its proof. They name a number, and \
         are shown as owned by nobody.",
    ),
    (
        "sets of questions, evaluations and calibrations that they made",
        "SELECT (SELECT COUNT(*) FROM question_sets WHERE created_by = $1)
                + (SELECT COUNT(*) FROM evaluations WHERE user_id = $1)
                + (SELECT COUNT(*) FROM calibrations WHERE created_by = $1)",
        "GDPR 17(3)(e)",
        "They are the company's proof of how well its questions are answered. They name a number.",
    ),
    (
        "versions of the rules that they wrote or approved",
        "SELECT COUNT(*) FROM rule_versions WHERE author_id = $1 OR approved_by = $1",
        "GDPR 17(3)(e)",
        "Who decided what is answered without a person is part of the company's proof. They name a \
         number, and are shown as written by nobody.",
    ),
    (
        "reply templates that they changed last",
        "SELECT COUNT(*) FROM reply_templates WHERE changed_by = $1",
        "GDPR 17(3)(e)",
        "They are the legal team's common words. They stay without the name of who wrote them.",
    ),
    (
        "approved answers that they wrote, approved or own",
        "SELECT COUNT(*) FROM approved_answers
         WHERE author_id = $1 OR approved_by = $1 OR owner_id = $1",
        "GDPR 17(3)(e)",
        "They are the company's answers that others relied on. They stay without the name of who \
         wrote, approved or owns them.",
    ),
    (
        "figures of the model's use",
        "SELECT COUNT(*) FROM model_calls WHERE user_id = $1",
        "GDPR recital 26",
        "Sizes and durations that belong to nobody any more.",
    ),
];

/// What a person's erasure would do.
pub(super) async fn look(
    connection: &mut AnyConnection,
    user: &User,
    sqlite: bool,
) -> Result<ErasureReport> {
    let mut removed = Vec::new();
    for (what, sql) in REMOVED {
        let count = counted(connection, sql, user).await?;
        if count > 0 {
            let what = what.to_owned();
            removed.push(Counted { what, count });
        }
    }
    let mut kept = Vec::new();
    for (what, sql, article, why) in KEPT {
        let count = counted(connection, sql, user).await?;
        keep(&mut kept, what, count, article, why);
    }
    keep(
        &mut kept,
        "records of an earlier version that hold the e-mail in the open",
        in_the_open(connection, user).await?,
        "GDPR 17(3)(b), AI Act 26(6)",
        "They were written before personal data was encrypted and can't be changed without breaking \
         the chain. They go when the log's time is over.",
    );
    Ok(ErasureReport {
        person: user.id.clone(),
        done: false,
        removed,
        kept,
        elsewhere: elsewhere(connection, user, sqlite).await?,
        held_by: reason_against(connection, &user.id).await?,
    })
}

fn keep(kept: &mut Vec<Kept>, what: &str, count: u64, article: &str, why: &str) {
    if count > 0 {
        kept.push(Kept {
            what: what.to_owned(),
            count,
            article: article.to_owned(),
            why: why.to_owned(),
        });
    }
}

async fn counted(connection: &mut AnyConnection, sql: &'static str, user: &User) -> Result<u64> {
    let count: i64 = sqlx::query_scalar(sql)
        .bind(user.id.as_str())
        .fetch_one(connection)
        .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

async fn in_the_open(connection: &mut AnyConnection, user: &User) -> Result<u64> {
    let count: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM audit
         WHERE REPLACE(detail, $1, '') <> detail OR REPLACE(subject, $1, '') <> subject",
    )
    .bind(user.email.as_str())
    .fetch_one(connection)
    .await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// What the operator has to see to: this program can't reach there, or must not.
async fn elsewhere(
    connection: &mut AnyConnection,
    user: &User,
    sqlite: bool,
) -> Result<Vec<String>> {
    let mut elsewhere = Vec::new();
    let rows = sqlx::query(
        "SELECT ticket_key FROM escalations
         WHERE user_id = $1 AND ticket_key IS NOT NULL ORDER BY ticket_key",
    )
    .bind(user.id.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let keys: Vec<String> = rows
        .iter()
        .map(|row| row.text("ticket_key"))
        .collect::<Result<_>>()?;
    if !keys.is_empty() {
        elsewhere.push(format!(
            "Issues of the ticket tracker that name the person or their question: {}.",
            keys.join(", ")
        ));
    }
    match user.source {
        PersonSource::Local => {}
        PersonSource::Oidc | PersonSource::Ldap => elsewhere.push(
            "The account in the company's directory. While it is there, signing in makes a new \
             account here."
                .to_owned(),
        ),
        PersonSource::Scim => elsewhere.push(
            "The account in the system that provisions people here. While it is there, it makes a \
             new account here."
                .to_owned(),
        ),
    }
    elsewhere.push(
        "Backups of the database, and exports of the log or of the person's data that were handed \
         out before."
            .to_owned(),
    );
    if !sqlite {
        elsewhere.push(
            "PostgreSQL's own write-ahead log and its archive, until they are recycled.".to_owned(),
        );
    }
    Ok(elsewhere)
}
