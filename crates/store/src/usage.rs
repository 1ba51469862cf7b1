//! What the models consumed, by whom.

use crate::row::Columns;
use crate::{Result, Store};
use inhouse_protocol::{Timestamp, Usage};

/// How usage is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageBy {
    Person,
    Department,
    Model,
}

/// One line of a usage table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// The person's e-mail, the department or the model; none for the operator, or for people
    /// without a department.
    pub key: Option<String>,
    /// Questions with at least one model call.
    pub questions: u64,
    pub usage: Usage,
}

impl Store {
    /// Model calls from `from` up to, not including, `to`; the largest consumer first.
    pub async fn usage_by(
        &self,
        by: UsageBy,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<UsageRow>> {
        macro_rules! usage {
            ($key:literal) => {
                concat!(
                    "SELECT ", $key, " AS name,
                            COUNT(DISTINCT c.run_id) AS questions, COUNT(*) AS calls,
                            CAST(SUM(c.prompt_tokens) AS BIGINT) AS prompt_tokens,
                            CAST(SUM(c.completion_tokens) AS BIGINT) AS completion_tokens
                     FROM model_calls c LEFT JOIN users u ON u.id = c.user_id
                     WHERE c.at >= $1 AND c.at < $2
                     GROUP BY ", $key, "
                     ORDER BY CAST(SUM(c.prompt_tokens + c.completion_tokens) AS BIGINT) DESC, ",
                    $key
                )
            };
        }
        let sql = match by {
            UsageBy::Person => usage!("u.email"),
            UsageBy::Department => usage!("c.department"),
            UsageBy::Model => usage!("c.model"),
        };
        let rows = sqlx::query(sql)
            .bind(from.0)
            .bind(to.0)
            .fetch_all(&self.pool)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(UsageRow {
                    key: row.maybe_text("name")?,
                    questions: row.number("questions")?,
                    usage: Usage {
                        model_calls: row.number("calls")?,
                        prompt_tokens: row.number("prompt_tokens")?,
                        completion_tokens: row.number("completion_tokens")?,
                    },
                })
            })
            .collect()
    }

    /// What the model calls of one run consumed.
    pub async fn usage_of(&self, run: &inhouse_protocol::RunId) -> Result<Usage> {
        let row = sqlx::query(
            "SELECT COUNT(*) AS calls,
                    CAST(COALESCE(SUM(prompt_tokens), 0) AS BIGINT) AS prompt_tokens,
                    CAST(COALESCE(SUM(completion_tokens), 0) AS BIGINT) AS completion_tokens
             FROM model_calls WHERE run_id = $1",
        )
        .bind(run.as_str())
        .fetch_one(&self.pool)
        .await?;
        Ok(Usage {
            model_calls: row.number("calls")?,
            prompt_tokens: row.number("prompt_tokens")?,
            completion_tokens: row.number("completion_tokens")?,
        })
    }
}
