//! `inhouse keys …`

use super::audit::signing_keys;
use super::context::Context;
use crate::app::master_keys;
use crate::auth::SessionKeys;
use clap::{Subcommand, ValueEnum};
use inhouse_record::keyfile::put_first;
use inhouse_record::{MasterKeys, SigningKeys};
use inhouse_store::{Actor, Store};

/// Older session keys that go on to verify: a session outlives a few rotations at most.
const KEPT_SESSION_KEYS: usize = 3;

/// `inhouse keys …`
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make a new key that is used from now on; what the old ones made stays good
    Rotate {
        /// Which keys
        #[arg(value_enum)]
        which: Keys,
    },
}

/// The keys of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Keys {
    /// Sign the tokens of sessions; nobody is signed out
    Session,
    /// Sign checkpoints and exports of the log
    Audit,
    /// Wrap the keys of people; every key is wrapped anew
    Master,
}

pub(super) async fn keys(command: KeysCommand, context: Context<'_>) -> anyhow::Result<()> {
    let KeysCommand::Rotate { which } = command;
    let store = context.store().await?;
    let by = context.principal(&store).await?.actor();
    match which {
        Keys::Session => session(&store, &by, context).await,
        Keys::Audit => audit(&store, &by, context).await,
        Keys::Master => master(store, &by, context).await,
    }
}

async fn session(store: &Store, by: &Actor, context: Context<'_>) -> anyhow::Result<()> {
    let path = context.config.session_keys_file();
    let keys = SessionKeys::rotate(&path, KEPT_SESSION_KEYS)?;
    store
        .record_key_rotation(by, "session", &format!("{} keys", keys.count()))
        .await?;
    writeln!(
        context.out,
        "{} holds {} keys. Start `inhouse serve` again to sign with the new one; nobody is signed \
         out.",
        path.display(),
        keys.count()
    )?;
    Ok(())
}

async fn audit(store: &Store, by: &Actor, context: Context<'_>) -> anyhow::Result<()> {
    let path = context.config.signing_keys_file();
    // A file that can't be used is not touched.
    if path.exists() {
        SigningKeys::load_or_create(&path)?;
    }
    put_first(&path, &SigningKeys::fresh_line()?)?;
    let keys = signing_keys(&context.config)?;
    store
        .record_key_rotation(by, "audit", &keys.key_id())
        .await?;
    writeln!(
        context.out,
        "The key {} signs from the next start of `inhouse serve` and `inhouse worker` on. Keep the \
         older keys in {}, or their checkpoints verify no more. Give this key to whoever checks \
         exports: inhouse audit public-key",
        keys.key_id(),
        path.display()
    )?;
    Ok(())
}

async fn master(mut store: Store, by: &Actor, context: Context<'_>) -> anyhow::Result<()> {
    let config = &context.config;
    if config.record.master_key.is_none() {
        // The store has read them: they can be used.
        let path = config.master_keys_file();
        put_first(&path, &MasterKeys::fresh_line()?)?;
        store.close().await;
        store = context.store().await?;
    }
    let keys = master_keys(config)?;
    store
        .record_key_rotation(by, "master", keys.current())
        .await?;
    let count = store.rewrap_keys(by).await?;
    writeln!(
        context.out,
        "Wrapped {count} keys of people with the master key {}.",
        keys.current()
    )?;
    if config.record.master_key.is_some() {
        writeln!(
            context.out,
            "It is the first of record.master_key. To change it, put a new one before it, start \
             all processes again, and run this command; then take the old one away."
        )?;
    } else {
        writeln!(
            context.out,
            "Copy {} to where you keep it apart from the database. Keep its older lines until the next \
             rotation: processes that were not started again since wrap new keys with them.",
            config.master_keys_file().display()
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::args::{Cli, Command};
    use super::*;
    use clap::Parser as _;

    #[test]
    fn each_kind_of_key_can_be_rotated() {
        for (word, expected) in [
            ("session", Keys::Session),
            ("audit", Keys::Audit),
            ("master", Keys::Master),
        ] {
            let cli = Cli::try_parse_from(["inhouse", "keys", "rotate", word]).unwrap();
            let Command::Keys(KeysCommand::Rotate { which }) = cli.command else {
                panic!("{word}");
            };
            assert_eq!(which, expected);
        }
        assert!(Cli::try_parse_from(["inhouse", "keys", "rotate", "all"]).is_err());
    }
}
