//! Tokens of programs: what one may be used for, until when, and that it stops at once. The token
//! itself is never here, only its SHA-256.

use crate::access::Principal;
use crate::audit::Actor;
use crate::row::{Columns, new_id, to_json};
use crate::users::{checked_name, lock_user, user, user_columns};
use crate::write::{Personal, Write};
use crate::{Result, Store, StoreError};
use inhouse_protocol::{ApiToken, Role, TokenId, TokenScope, UserId};
use serde_json::json;
use sqlx::any::AnyRow;

/// `last_used_at` is written at most this often.
const TOUCH_EVERY_MS: i64 = 60_000;

/// A program that goes on with a revoked token is recorded at most this often.
const REFUSAL_EVERY_MS: i64 = 3_600_000;

/// The most tokens of one person that are in force at the same time.
const MOST_TOKENS: i64 = 50;

/// The longest life of a token.
const MOST_DAYS: u32 = 365;

const DAY_MS: i64 = 86_400_000;

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// 1 to 120 characters: what it is for.
    pub name: String,
    /// At least one; each has to be of use to the owner's role.
    pub scopes: Vec<TokenScope>,
    /// 1 to 365.
    pub days: u32,
    /// SHA-256 of the token, in hex.
    pub hash: String,
}

/// Who comes with a token, and what it may be used for.
#[derive(Debug, Clone)]
pub struct TokenHolder {
    pub principal: Principal,
    pub token: TokenId,
    pub scopes: Vec<TokenScope>,
}

/// Whether a role has anything to do with a scope.
const fn of_use(role: Role, scope: TokenScope) -> bool {
    match scope {
        TokenScope::Ask | TokenScope::Documents => true,
        TokenScope::Desk => matches!(role, Role::Legal),
        TokenScope::People | TokenScope::Log | TokenScope::Scim => matches!(role, Role::Admin),
    }
}

impl Store {
    /// Makes a token for `owner`. `Invalid` when a field is out of range or a scope is of no use
    /// to the owner's role, `Conflict` when the owner has too many, `NotFound` when the account
    /// is disabled or gone.
    pub async fn create_token(
        &self,
        by: &Actor,
        owner: &UserId,
        new: &NewToken,
    ) -> Result<ApiToken> {
        let name = checked_name(&new.name)?;
        if !(1..=MOST_DAYS).contains(&new.days) {
            return Err(StoreError::Invalid(format!(
                "A token lasts 1 to {MOST_DAYS} days."
            )));
        }
        let mut write = self.write().await?;
        let user = lock_user(&mut write, owner).await?;
        if user.disabled_at.is_some() || user.erased_at.is_some() {
            return Err(StoreError::NotFound);
        }
        let scopes = checked_scopes(&new.scopes, user.role)?;
        not_too_many(&mut write, owner).await?;
        let now = write.now();
        let token = ApiToken {
            id: new_id()?,
            name,
            scopes,
            created_at: now,
            expires_at: now.plus_ms(i64::from(new.days) * DAY_MS),
            last_used_at: None,
        };
        insert(&mut write, owner, &token, &new.hash).await?;
        let detail = json!({
            "token": token.id,
            "scopes": token.scopes,
            "expires_at": token.expires_at,
        });
        let personal = Personal {
            of: owner.as_str(),
            data: json!({ "name": token.name }),
        };
        let subject = ("user", owner.as_str());
        write
            .commit_about(by, "token.create", subject, detail, personal)
            .await?;
        Ok(token)
    }

    /// A person's tokens that were not revoked, newest first; expired ones too.
    pub async fn tokens(&self, owner: &UserId) -> Result<Vec<ApiToken>> {
        let rows = sqlx::query(
            "SELECT id, name, scopes, created_at, expires_at, last_used_at FROM api_tokens
             WHERE user_id = $1 AND revoked_at IS NULL ORDER BY created_at DESC, id DESC",
        )
        .bind(owner.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(token).collect()
    }

    /// Everyone's tokens that were not revoked, each with its owner's e-mail, by e-mail and then
    /// newest first; for the operator.
    pub async fn all_tokens(&self) -> Result<Vec<(String, ApiToken)>> {
        let rows = sqlx::query(
            "SELECT u.email, t.id, t.name, t.scopes, t.created_at, t.expires_at, t.last_used_at
             FROM api_tokens t JOIN users u ON u.id = t.user_id
             WHERE t.revoked_at IS NULL ORDER BY u.email, t.created_at DESC, t.id DESC",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| Ok((row.text("email")?, token(row)?)))
            .collect()
    }

    /// Revokes a token; with `owner`, only one of theirs. `NotFound` when there is none, or it was
    /// revoked already.
    pub async fn revoke_token(
        &self,
        by: &Actor,
        owner: Option<&UserId>,
        id: &TokenId,
    ) -> Result<()> {
        let mut write = self.write().await?;
        let now = write.now().0;
        let revoked: Option<String> = sqlx::query_scalar(
            "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL
             RETURNING user_id",
        )
        .bind(id.as_str())
        .bind(now)
        .fetch_optional(write.connection())
        .await?;
        let user = revoked.ok_or(StoreError::NotFound)?;
        if owner.is_some_and(|owner| owner.as_str() != user) {
            // Leaving here rolls back what was revoked of somebody else's.
            return Err(StoreError::NotFound);
        }
        let detail = json!({ "token": id });
        write
            .commit(by, "token.revoke", ("user", &user), detail)
            .await
    }

    /// Who comes with the token of this hash; none when there is none, it has expired or was
    /// revoked, or the account is disabled.
    pub async fn principal_of_token(&self, hash: &str) -> Result<Option<TokenHolder>> {
        let row = sqlx::query(concat!(
            "SELECT ",
            user_columns!("u."),
            ", t.id AS token_id, t.scopes, t.expires_at, t.last_used_at, t.revoked_at
             FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.hash = $1"
        ))
        .bind(hash)
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let user = user(&row)?;
        let token: TokenId = row.id("token_id")?;
        let last_used = row.maybe_time("last_used_at")?;
        let idle = |every_ms: i64| last_used.is_none_or(|at| self.now().since_ms(at) >= every_ms);
        if row.maybe_time("revoked_at")?.is_some() {
            if idle(REFUSAL_EVERY_MS) {
                self.record_refused_token(&user.id, &token).await?;
            }
            return Ok(None);
        }
        let dead = user.disabled_at.is_some() || user.erased_at.is_some();
        if dead || self.now() >= row.time("expires_at")? {
            return Ok(None);
        }
        if idle(TOUCH_EVERY_MS) {
            let mut write = self.write().await?;
            touch(&mut write, &token).await?;
            write.commit_unrecorded().await?;
        }
        Ok(Some(TokenHolder {
            scopes: row.json("scopes")?,
            principal: Principal::of(user, None),
            token,
        }))
    }

    /// Somebody still uses a revoked token: a forgotten program, or a thief.
    async fn record_refused_token(&self, user: &UserId, token: &TokenId) -> Result<()> {
        let mut write = self.write().await?;
        touch(&mut write, token).await?;
        let detail = json!({ "token": token, "revoked": true });
        let subject = ("user", user.as_str());
        write
            .commit(&Actor::System, "token.refused", subject, detail)
            .await
    }
}

/// Revokes every token of an account, within the change that makes it necessary; gives how many
/// there were.
pub(crate) async fn revoke_all(write: &mut Write, user: &UserId) -> Result<u64> {
    let now = write.now().0;
    let revoked = sqlx::query(
        "UPDATE api_tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL",
    )
    .bind(user.as_str())
    .bind(now)
    .execute(write.connection())
    .await?;
    Ok(revoked.rows_affected())
}

async fn insert(write: &mut Write, owner: &UserId, token: &ApiToken, hash: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO api_tokens (id, user_id, name, hash, scopes, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(token.id.as_str())
    .bind(owner.as_str())
    .bind(token.name.as_str())
    .bind(hash)
    .bind(to_json(&token.scopes)?)
    .bind(token.created_at.0)
    .bind(token.expires_at.0)
    .execute(write.connection())
    .await?;
    Ok(())
}

async fn touch(write: &mut Write, token: &TokenId) -> Result<()> {
    let now = write.now().0;
    sqlx::query("UPDATE api_tokens SET last_used_at = $2 WHERE id = $1")
        .bind(token.as_str())
        .bind(now)
        .execute(write.connection())
        .await?;
    Ok(())
}

async fn not_too_many(write: &mut Write, owner: &UserId) -> Result<()> {
    let now = write.now().0;
    let in_force: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM api_tokens
         WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2",
    )
    .bind(owner.as_str())
    .bind(now)
    .fetch_one(write.connection())
    .await?;
    if in_force >= MOST_TOKENS {
        return Err(StoreError::conflict(format!(
            "There are {MOST_TOKENS} tokens in force already. Revoke one that is not needed."
        )));
    }
    Ok(())
}

/// The scopes in order, each once.
fn checked_scopes(scopes: &[TokenScope], role: Role) -> Result<Vec<TokenScope>> {
    if let Some(scope) = scopes.iter().find(|scope| !of_use(role, **scope)) {
        return Err(StoreError::Invalid(format!(
            "The scope '{scope}' is of no use to the role {role}."
        )));
    }
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(StoreError::Invalid(
            "Choose at least one scope for the token.".into(),
        ));
    }
    Ok(scopes)
}

fn token(row: &AnyRow) -> Result<ApiToken> {
    Ok(ApiToken {
        id: row.id("id")?,
        name: row.text("name")?,
        scopes: row.json("scopes")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        last_used_at: row.maybe_time("last_used_at")?,
    })
}
