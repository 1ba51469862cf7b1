//! `inhouse token …`

use super::context::Context;
use super::{people, table};
use crate::auth::bearer;
use anyhow::Context as _;
use clap::Subcommand;
use inhouse_protocol::{ApiToken, MadeApiToken, Timestamp, TokenId, TokenScope};
use inhouse_store::{NewToken, Store};
use serde_json::json;
use std::io::Write;

/// `inhouse token …`
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a program and print it, this once
    Add {
        /// The account that the program acts as
        #[arg(long = "for", value_name = "EMAIL")]
        owner: String,
        /// What it may be used for: ask, documents, desk, people, log or scim; may be repeated
        #[arg(
            long = "scope",
            value_name = "SCOPE",
            value_delimiter = ',',
            required = true
        )]
        scopes: Vec<TokenScope>,
        /// How long it lasts
        #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=365))]
        days: u32,
        /// What it is for
        #[arg(long)]
        name: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List the tokens that were not revoked, without the tokens themselves
    List {
        /// Those of this account only
        #[arg(long = "for", value_name = "EMAIL")]
        owner: Option<String>,
        /// Print JSON instead of a table
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token; it is refused from the next request on
    Revoke {
        /// The token's id, as the list shows it
        id: String,
    },
}

pub(super) async fn token(command: TokenCommand, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let by = context.principal(&store).await?.actor();
    match command {
        TokenCommand::Add {
            owner,
            scopes,
            days,
            name,
            json,
        } => {
            let owner = people::find(&store, &owner).await?;
            let token = bearer::fresh().context("the system has no randomness")?;
            let new = NewToken {
                name,
                scopes,
                days,
                hash: bearer::hash(&token),
            };
            let info = store.create_token(&by, &owner.id, &new).await?;
            made(&MadeApiToken { info, token }, json, context.out)?;
        }
        TokenCommand::List { owner, json } => {
            let tokens = of(&store, owner.as_deref()).await?;
            list(&tokens, store.now(), json, context.out)?;
        }
        TokenCommand::Revoke { id } => {
            let id: TokenId = id.parse().with_context(|| {
                format!("'{id}' is no token's id; `inhouse token list` shows them")
            })?;
            store
                .revoke_token(&by, None, &id)
                .await
                .with_context(|| format!("{id} can't be revoked"))?;
            writeln!(context.out, "Revoked {id}.")?;
        }
    }
    Ok(())
}

/// The tokens of everyone, or of one account, with their owners.
async fn of(store: &Store, owner: Option<&str>) -> anyhow::Result<Vec<(String, ApiToken)>> {
    let Some(owner) = owner else {
        return Ok(store.all_tokens().await?);
    };
    let owner = people::find(store, owner).await?;
    let tokens = store.tokens(&owner.id).await?;
    Ok(tokens
        .into_iter()
        .map(|token| (owner.email.clone(), token))
        .collect())
}

fn made(made: &MadeApiToken, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if json {
        serde_json::to_writer_pretty(&mut *out, made)?;
        writeln!(out)?;
        return Ok(());
    }
    writeln!(
        out,
        "Token {}, until {}:",
        made.info.id,
        day(made.info.expires_at)
    )?;
    writeln!(out, "{}", made.token)?;
    writeln!(out, "It is shown this once and kept nowhere.")?;
    Ok(())
}

fn list(
    tokens: &[(String, ApiToken)],
    now: Timestamp,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if json {
        let tokens: Vec<_> = tokens
            .iter()
            .map(|(owner, token)| json!({ "owner": owner, "token": token }))
            .collect();
        serde_json::to_writer_pretty(&mut *out, &tokens)?;
        writeln!(out)?;
        return Ok(());
    }
    let rows: Vec<_> = tokens
        .iter()
        .map(|(owner, token)| {
            let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            let expired = if token.expires_at <= now {
                " (expired)"
            } else {
                ""
            };
            vec![
                token.id.to_string(),
                owner.clone(),
                scopes.join(","),
                format!("{}{expired}", day(token.expires_at)),
                token.last_used_at.map_or_else(|| "never".into(), day),
                token.name.clone(),
            ]
        })
        .collect();
    table::write(
        out,
        &["id", "account", "scopes", "until", "last used", "name"],
        &rows,
    )?;
    Ok(())
}

/// The day in UTC, such as 2026-05-04.
pub(super) fn day(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_whose_tokens_there_are_and_which_have_expired() {
        let token = ApiToken {
            id: "1".parse().unwrap(),
            name: "Report".into(),
            scopes: vec![TokenScope::Ask, TokenScope::Log],
            created_at: Timestamp(0),
            expires_at: Timestamp(1_777_885_200_000),
            last_used_at: None,
        };
        let tokens = [("ada@example.com".to_owned(), token)];
        let mut out = Vec::new();
        list(&tokens, Timestamp(1_777_885_200_000), false, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "ID  ACCOUNT          SCOPES   UNTIL                 LAST USED  NAME\n\
             1   ada@example.com  ask,log  2026-05-04 (expired)  never      Report\n"
        );
    }
}
