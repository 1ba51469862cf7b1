//! Versions of the rules: written, proposed, approved, live, and what they followed. What the text
//! says is the caller's to check: here it is a text.

mod past;

pub use past::PastQuestion;

use crate::access::Principal;
use crate::restricted::desk_only;
use crate::row::{Columns, big, clean, new_id};
use crate::users::person_name;
use crate::write::Write;
use crate::{Result, Store, StoreError, notices};
use inhouse_protocol::{RuleVersion, RuleVersionId, RuleVersionState};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyRow;

/// One change of the versions at a time: their numbers and which one is live hang together.
const TURN: &str = "rules";

/// The longest text of rules, and the longest note, in characters.
const CONTENT: usize = 500_000;
const NOTE: usize = 2_000;

/// Characters of a hash that people are shown.
const SHORT_HASH: usize = 12;

/// Who stands for a version that was written or approved on the command line.
const OPERATOR: &str = "The operator";

/// The version that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveRules {
    pub id: RuleVersionId,
    /// From 1.
    pub number: u64,
    /// TOML.
    pub content: String,
    /// Of the content, in hex.
    pub sha256: String,
}

/// What versions are read from; what follows `FROM …` is given.
macro_rules! select_versions {
    ($rest:literal) => {
        concat!(
            "SELECT v.id, v.number, v.state, v.note, v.sha256, v.content, v.created_at,
                    v.updated_at, v.live_from, v.live_until,
                    (SELECT ",
            person_name!(),
            " FROM users u WHERE u.id = v.author_id) AS author,
                    (SELECT ",
            person_name!(),
            " FROM users u WHERE u.id = v.approved_by) AS approver
             FROM rule_versions v ",
            $rest
        )
    };
}

impl Store {
    /// The version that decides; none where nobody published one.
    pub async fn live_rules(&self) -> Result<Option<LiveRules>> {
        let row = sqlx::query(
            "SELECT id, number, content, sha256 FROM rule_versions WHERE state = 'live'",
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| {
            Ok(LiveRules {
                id: row.id("id")?,
                number: row.number("number")?,
                content: row.text("content")?,
                sha256: row.text("sha256")?,
            })
        })
        .transpose()
    }

    /// Its id alone, for a look at every question.
    pub async fn live_rules_id(&self) -> Result<Option<RuleVersionId>> {
        let row = sqlx::query("SELECT id FROM rule_versions WHERE state = 'live'")
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| row.id("id")).transpose()
    }

    /// Keeps a draft. `NotFound` unless the principal works the desk, `Invalid` where the text or
    /// the note is too long.
    pub async fn create_rule_version(
        &self,
        by: &Principal,
        content: &str,
        note: &str,
        based_on: Option<u64>,
    ) -> Result<RuleVersionId> {
        desk_only(by)?;
        let (content, note) = checked(content, note)?;
        let sha256 = digest(&content);
        let based_on = based_on.map(big).transpose()?;
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let number: i64 =
            sqlx::query_scalar("SELECT COALESCE(MAX(number), 0) + 1 FROM rule_versions")
                .fetch_one(write.connection())
                .await?;
        let id: RuleVersionId = new_id()?;
        let now = write.now().0;
        sqlx::query(
            "INSERT INTO rule_versions
                 (id, number, content, sha256, state, note, based_on, author_id, created_at,
                  updated_at)
             VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $8)",
        )
        .bind(id.as_str())
        .bind(number)
        .bind(content)
        .bind(sha256.as_str())
        .bind(note)
        .bind(based_on)
        .bind(by.user_id())
        .bind(now)
        .execute(write.connection())
        .await?;
        let detail = json!({ "number": number, "sha256": sha256, "based_on": based_on });
        let subject = ("rule_version", id.as_str());
        write
            .commit(&by.actor(), "rules.draft", subject, detail)
            .await?;
        Ok(id)
    }

    /// Writes a draft anew. `NotFound` when there is no such version or the principal doesn't work
    /// the desk, `Conflict` when it is no draft any more.
    pub async fn change_rule_version(
        &self,
        by: &Principal,
        id: &RuleVersionId,
        content: &str,
        note: &str,
    ) -> Result<()> {
        desk_only(by)?;
        let (content, note) = checked(content, note)?;
        let sha256 = digest(&content);
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let row = standing(&mut write, id).await?;
        if row.name::<RuleVersionState>("state")? != RuleVersionState::Draft {
            return Err(StoreError::conflict(
                "These rules are no draft any more. Start a new version from them.",
            ));
        }
        let now = write.now().0;
        sqlx::query(
            "UPDATE rule_versions SET content = $2, sha256 = $3, note = $4, updated_at = $5
             WHERE id = $1",
        )
        .bind(id.as_str())
        .bind(content)
        .bind(sha256.as_str())
        .bind(note)
        .bind(now)
        .execute(write.connection())
        .await?;
        let detail = json!({ "was": row.text("sha256")?, "sha256": sha256 });
        let subject = ("rule_version", id.as_str());
        write
            .commit(&by.actor(), "rules.edit", subject, detail)
            .await
    }

    /// Moves a version on. What goes live takes the place of what was, in the same transaction.
    ///
    /// `checked` is the hash of the content that the caller found to be in order. With
    /// `second_person`, a version goes live by somebody who neither wrote on it nor proposed it;
    /// one that was live before was approved before.
    ///
    /// `NotFound` as in [`Self::change_rule_version`]; `Conflict`, in words, where it can't go
    /// from where it stands to there, or was changed after it was checked; `Invalid` without a
    /// note.
    pub async fn set_rule_version_state(
        &self,
        by: &Principal,
        id: &RuleVersionId,
        to: RuleVersionState,
        checked: &str,
        second_person: bool,
    ) -> Result<()> {
        desk_only(by)?;
        let mut write = self.write().await?;
        write.take_turn(TURN).await?;
        let row = standing(&mut write, id).await?;
        let from: RuleVersionState = row.name("state")?;
        let sha256 = row.text("sha256")?;
        if sha256 != checked {
            return Err(StoreError::conflict(
                "Somebody changed these rules meanwhile. Look at them again, then repeat this.",
            ));
        }
        let action = step(from, to)?;
        let decides = matches!(to, RuleVersionState::Proposed | RuleVersionState::Live);
        if decides && row.text("note")?.is_empty() {
            return Err(StoreError::Invalid(
                "Say in the note what changes and why.".into(),
            ));
        }
        if to == RuleVersionState::Live && second_person {
            approvable(&mut write, by, id, from).await?;
        }
        let former = if to == RuleVersionState::Live {
            go_live(&mut write, by, id).await?
        } else {
            let now = write.now().0;
            sqlx::query("UPDATE rule_versions SET state = $2, updated_at = $3 WHERE id = $1")
                .bind(id.as_str())
                .bind(to.as_str())
                .bind(now)
                .execute(write.connection())
                .await?;
            None
        };
        let detail = json!({
            "number": row.int("number")?, "from": from, "to": to, "sha256": sha256,
            "former": former,
        });
        let subject = ("rule_version", id.as_str());
        if to == RuleVersionState::Proposed {
            notices::tell_team(&mut write, by, "rules_proposed", subject).await?;
        }
        write.commit(&by.actor(), action, subject, detail).await
    }

    /// Every version, the newest first.
    pub async fn rule_versions(&self) -> Result<Vec<RuleVersion>> {
        let rows = sqlx::query(select_versions!("ORDER BY v.number DESC"))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(version).collect()
    }

    /// A version with its content, which is TOML.
    pub async fn rule_version(&self, id: &RuleVersionId) -> Result<(RuleVersion, String)> {
        let row = sqlx::query(select_versions!("WHERE v.id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?
            .ok_or(StoreError::NotFound)?;
        Ok((version(&row)?, row.text("content")?))
    }

    /// The same by its number.
    pub async fn rule_version_numbered(&self, number: u64) -> Result<(RuleVersion, String)> {
        let row = sqlx::query(select_versions!("WHERE v.number = $1"))
            .bind(big(number)?)
            .fetch_optional(&self.pool)
            .await?
            .ok_or(StoreError::NotFound)?;
        Ok((version(&row)?, row.text("content")?))
    }
}

/// Text and note as they are kept.
fn checked(content: &str, note: &str) -> Result<(String, String)> {
    let (content, note) = (clean(content).into_owned(), clean(note.trim()).into_owned());
    if !(1..=CONTENT).contains(&content.chars().count()) {
        return Err(StoreError::Invalid(
            "Rules have 1 to 500,000 characters.".into(),
        ));
    }
    if note.chars().count() > NOTE {
        return Err(StoreError::Invalid(
            "A note has at most 2,000 characters.".into(),
        ));
    }
    Ok((content, note))
}

fn digest(content: &str) -> String {
    hex::encode(Sha256::digest(content.as_bytes()))
}

/// Where a version stands.
async fn standing(write: &mut Write, id: &RuleVersionId) -> Result<AnyRow> {
    sqlx::query("SELECT number, state, sha256, note FROM rule_versions WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(write.connection())
        .await?
        .ok_or(StoreError::NotFound)
}

/// What the record calls this step, where there is one.
fn step(from: RuleVersionState, to: RuleVersionState) -> Result<&'static str> {
    use RuleVersionState::{Draft, Former, Live, Proposed, Withdrawn};
    Ok(match (from, to) {
        (Draft, Proposed) => "rules.propose",
        (Draft | Proposed | Former, Live) => "rules.publish",
        (Draft | Proposed, Withdrawn) => "rules.withdraw",
        (Proposed, Draft) => "rules.return",
        (Live, Live) => return Err(StoreError::conflict("These rules are live already.")),
        (Live, _) => {
            return Err(StoreError::conflict(
                "These rules are live. They go when another version takes their place.",
            ));
        }
        (Withdrawn, _) => {
            return Err(StoreError::conflict(
                "These rules were withdrawn. Start a new version from them.",
            ));
        }
        (Former, _) => {
            return Err(StoreError::conflict(
                "These rules decided once: they can go live again, or a new version can start \
                 from them.",
            ));
        }
        (Draft | Proposed, _) => {
            return Err(StoreError::conflict(
                "These rules stand there already, or can't go there. Look at them again.",
            ));
        }
    })
}

/// Whether this person may be the second one. Who wrote on a version or proposed it, the record
/// knows.
async fn approvable(
    write: &mut Write,
    by: &Principal,
    id: &RuleVersionId,
    from: RuleVersionState,
) -> Result<()> {
    if from == RuleVersionState::Former {
        return Ok(());
    }
    if from == RuleVersionState::Draft {
        return Err(StoreError::conflict(
            "A second person approves rules here. Propose these first.",
        ));
    }
    let own: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM audit
         WHERE subject = $1 AND actor = $2
           AND action IN ('rules.draft', 'rules.edit', 'rules.propose')",
    )
    .bind(format!("rule_version:{id}"))
    .bind(by.actor().to_string())
    .fetch_one(write.connection())
    .await?;
    if own > 0 {
        return Err(StoreError::conflict(
            "You wrote or proposed these rules: somebody else has to approve them.",
        ));
    }
    Ok(())
}

/// Puts a version in the place of the live one; gives the number of that, where there was one.
async fn go_live(write: &mut Write, by: &Principal, id: &RuleVersionId) -> Result<Option<i64>> {
    let now = write.now().0;
    let former = sqlx::query(
        "UPDATE rule_versions SET state = 'former', live_until = $1, updated_at = $1
         WHERE state = 'live' RETURNING number",
    )
    .bind(now)
    .fetch_optional(write.connection())
    .await?;
    sqlx::query(
        "UPDATE rule_versions
         SET state = 'live', approved_by = $2, live_from = $3, live_until = NULL, updated_at = $3
         WHERE id = $1",
    )
    .bind(id.as_str())
    .bind(by.user_id())
    .bind(now)
    .execute(write.connection())
    .await?;
    former.map(|row| row.int("number")).transpose()
}

fn version(row: &AnyRow) -> Result<RuleVersion> {
    let live_from = row.maybe_time("live_from")?;
    let approver = row.maybe_text("approver")?;
    Ok(RuleVersion {
        id: row.id("id")?,
        number: row.number("number")?,
        state: row.name("state")?,
        note: row.text("note")?,
        author: row
            .maybe_text("author")?
            .unwrap_or_else(|| OPERATOR.to_owned()),
        approved_by: approver.or_else(|| live_from.map(|_| OPERATOR.to_owned())),
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        live_from,
        live_until: row.maybe_time("live_until")?,
        sha256: row.text("sha256")?.chars().take(SHORT_HASH).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use RuleVersionState::{Draft, Former, Live, Proposed, Withdrawn};

    #[test]
    fn a_version_goes_from_draft_to_live_and_never_back_out_of_what_is_over() {
        let all = [Draft, Proposed, Live, Former, Withdrawn];
        let steps: Vec<_> = all
            .iter()
            .flat_map(|&from| all.iter().map(move |&to| (from, to)))
            .filter(|&(from, to)| step(from, to).is_ok())
            .collect();
        assert_eq!(
            steps,
            [
                (Draft, Proposed),
                (Draft, Live),
                (Draft, Withdrawn),
                (Proposed, Draft),
                (Proposed, Live),
                (Proposed, Withdrawn),
                (Former, Live),
            ]
        );
    }

    #[test]
    fn a_text_of_nothing_and_one_that_is_too_long_are_refused() {
        assert!(checked("", "").is_err());
        assert!(checked(&"x".repeat(CONTENT + 1), "").is_err());
        assert!(checked("x", &"x".repeat(NOTE + 1)).is_err());
        let kept = checked("a\0", " why ").unwrap();
        assert_eq!(kept, ("a\u{FFFD}".to_owned(), "why".to_owned()));
    }
}
