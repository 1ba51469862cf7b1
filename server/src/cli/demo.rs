//! `inhouse demo`: the sample company's documents, questions and people, once.

use super::context::{Context, principal};
use super::ingest::{Intake, LiveLine, files, set_named};
use super::{password, sample};
use crate::auth::password::Passwords;
use crate::config::Config;
use crate::evaluation;
use anyhow::{Context as _, bail};
use inhouse_protocol::PersonSource;
use inhouse_store::{NewUser, Principal, Store};
use sample::{Sample, SamplePerson};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

pub(super) async fn demo(from: Option<PathBuf>, context: Context<'_>) -> anyhow::Result<()> {
    let folder = sample::folder(from)?;
    let sample = sample::read(&folder)?;
    context.config.prepare_folders()?;
    suggest(&context.config, &sample)?;
    let password = demo_password(&context.config.secrets_dir().join("demo-password"))?;
    let intake = Intake::open(&context.config, false).await?;
    let acting = principal(&intake.store, context.acting.as_deref()).await?;
    for person in &sample.person {
        add(&intake.store, &acting, person, &password).await?;
    }
    let mut failed = 0;
    for set in &sample.sets {
        let paths: Vec<_> = set.files.iter().map(|file| folder.join(file)).collect();
        let documents = files(&paths)?;
        let set = set_named(&intake.store, &acting, &set.set).await?;
        // What is there already needs no word.
        let mut said = Vec::new();
        let mut line = LiveLine::silent();
        failed += intake
            .take(&acting, &set, &documents, &mut line, &mut said)
            .await?
            .failed;
        for line in String::from_utf8_lossy(&said).lines() {
            if !line.starts_with("known") {
                writeln!(context.out, "{}: {line}", set.name)?;
            }
        }
    }
    measure_with(&intake.store, &acting, &sample, &folder).await?;
    print(&sample, &password, &context.config, context.out)?;
    if failed > 0 {
        bail!("{failed} of the sample documents could not be taken in");
    }
    Ok(())
}

async fn add(
    store: &Store,
    acting: &Principal,
    person: &SamplePerson,
    password: &str,
) -> anyhow::Result<()> {
    if store.user_by_email(&person.email).await?.is_some() {
        return Ok(());
    }
    let password_hash = Passwords::new(1).hash(password).await?;
    let new = NewUser {
        email: person.email.clone(),
        name: person.name.clone(),
        role: person.role,
        department: person.department.clone(),
        password_hash: Some(password_hash),
        source: PersonSource::Local,
        external_id: None,
    };
    store.create_user(&acting.actor(), new).await?;
    Ok(())
}

/// Makes the set of questions, unless one has its name: that one may be somebody's own by now.
async fn measure_with(
    store: &Store,
    acting: &Principal,
    sample: &Sample,
    folder: &Path,
) -> anyhow::Result<()> {
    let name = &sample.questions.name;
    let there = store.question_sets(acting).await?;
    if there.iter().any(|set| set.name == *name) {
        return Ok(());
    }
    let questions = sample.questions.read(folder)?;
    evaluation::take_in(store, acting, &questions).await?;
    Ok(())
}

/// The people's password: made at the first time, the same ever after.
fn demo_password(file: &Path) -> anyhow::Result<String> {
    let context = || format!("{} can't be used", file.display());
    let mut options = OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut new) => {
            let password = password::generate();
            writeln!(new, "{password}")
                .and_then(|()| new.sync_all())
                .with_context(context)?;
            Ok(password)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let password = std::fs::read_to_string(file).with_context(context)?;
            Ok(password.trim_end().to_owned())
        }
        Err(error) => Err(error).with_context(context),
    }
}

/// Writes the example questions into the instance's configuration, if it has none yet.
fn suggest(config: &Config, sample: &Sample) -> anyhow::Result<()> {
    let file = config.data.join("inhouse.toml");
    if config.file.is_some() || file.exists() {
        return Ok(());
    }
    let questions = toml::Value::try_from(&sample.suggestions)?;
    let text = format!(
        "# The sample company's settings. inhouse.example.toml explains all there are.\n\n\
         [interface]\nsuggestions = {questions}\n"
    );
    std::fs::write(&file, text).with_context(|| format!("{} can't be written", file.display()))
}

fn print(
    sample: &Sample,
    password: &str,
    config: &Config,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(
        out,
        "{} is loaded. Sign in at {} as",
        sample.company,
        config.public_url()
    )?;
    let width = sample
        .person
        .iter()
        .map(|person| person.email.len())
        .max()
        .unwrap_or(0);
    for person in &sample.person {
        writeln!(
            out,
            "  {:width$}  {} ({})",
            person.email, person.name, person.role
        )?;
    }
    writeln!(out, "with the password {password}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_demo_password_is_made_once_and_for_this_account_only() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("demo-password");
        let first = demo_password(&file).unwrap();
        assert_eq!(demo_password(&file).unwrap(), first);
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(first.len() >= crate::auth::password::MIN_CHARS);
    }
}
