//! `inhouse user …`

use super::context::Context;
use super::{UserCommand, password, table};
use crate::auth::password::Passwords;
use anyhow::{Context as _, bail};
use inhouse_protocol::{PersonChange, PersonSource, Role};
use inhouse_store::{NewUser, Store, User};

/// One hash at a time: there is one password.
const PARALLEL: usize = 1;

pub(super) async fn user(command: UserCommand, context: Context<'_>) -> anyhow::Result<()> {
    let store = context.store().await?;
    let by = context.principal(&store).await?.actor();
    match command {
        UserCommand::Add {
            email,
            name,
            role,
            department,
            password,
        } => {
            let password = password::get(&password)?;
            let name = name.unwrap_or_else(|| before_at(&email).to_owned());
            let password_hash = Passwords::new(PARALLEL).hash(&password.text).await?;
            let new = NewUser {
                email,
                name,
                role,
                department,
                password_hash: Some(password_hash),
                source: PersonSource::Local,
                external_id: None,
            };
            let user = store.create_user(&by, new).await?;
            writeln!(context.out, "Added {} ({}).", user.email, user.role)?;
            if password.made {
                writeln!(context.out, "Password: {}", password.text)?;
            }
            if !context.config.sign_in.local {
                writeln!(
                    context.out,
                    "Signing in with a password is turned off (sign_in.local)."
                )?;
            }
        }
        UserCommand::List { json } => list(&store, json, context).await?,
        UserCommand::Disable { email } => {
            let user = find(&store, &email).await?;
            let change = PersonChange {
                role: None,
                disabled: Some(true),
            };
            store.change_user(&by, &user.id, &change).await?;
            writeln!(
                context.out,
                "Disabled {}; its sessions have ended and its tokens are revoked.",
                user.email
            )?;
        }
        UserCommand::Password { email, password } => {
            let user = find(&store, &email).await?;
            let password = password::get(&password)?;
            let hash = Passwords::new(PARALLEL).hash(&password.text).await?;
            store.set_password_hash(&by, &user.id, &hash).await?;
            writeln!(
                context.out,
                "Set the password of {}; its sessions have ended.",
                user.email
            )?;
            if password.made {
                writeln!(context.out, "Password: {}", password.text)?;
            }
        }
        UserCommand::RemoveTotp { email } => {
            let user = find(&store, &email).await?;
            if user.totp_since.is_none() {
                bail!("{} has no second factor", user.email);
            }
            store.remove_totp(&by, &user.id).await?;
            writeln!(
                context.out,
                "Removed the second factor of {}; its sessions have ended.",
                user.email
            )?;
        }
    }
    Ok(())
}

async fn list(store: &Store, json: bool, context: Context<'_>) -> anyhow::Result<()> {
    let people = store.users().await?;
    if json {
        serde_json::to_writer_pretty(&mut *context.out, &people)?;
        writeln!(context.out)?;
        return Ok(());
    }
    let rows: Vec<_> = people
        .into_iter()
        .map(|person| {
            let state = match (person.erased, person.disabled) {
                (true, _) => "erased",
                (false, true) => "disabled",
                (false, false) => "active",
            };
            vec![
                person.email,
                person.name,
                person.role.to_string(),
                person.department.unwrap_or_default(),
                state.to_owned(),
                person.source.as_str().to_owned(),
                if person.totp { "yes" } else { "no" }.to_owned(),
            ]
        })
        .collect();
    table::write(
        context.out,
        &[
            "e-mail",
            "name",
            "role",
            "department",
            "state",
            "source",
            "second factor",
        ],
        &rows,
    )?;
    if rows.is_empty() {
        writeln!(
            context.out,
            "There are no accounts yet. Add the first: inhouse user add EMAIL --role {}",
            Role::Admin
        )?;
    }
    Ok(())
}

/// The account of this e-mail.
pub(super) async fn find(store: &Store, email: &str) -> anyhow::Result<User> {
    store
        .user_by_email(email)
        .await?
        .with_context(|| format!("there is no account {email}; `inhouse user list` shows all"))
}

fn before_at(email: &str) -> &str {
    email.split_once('@').map_or(email, |(name, _)| name)
}
