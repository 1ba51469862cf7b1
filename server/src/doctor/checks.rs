//! The single checks.

use super::{Check, desk, rules};
use crate::app::{self, StartError};
use crate::config::{Config, EngineKind, Secret};
use crate::embedding::progress;
use crate::manifest;
use crate::tickets::tracker;
use inhouse_inference::{Checksums, InferenceError};
use inhouse_protocol::Role;
use inhouse_retrieval::QdrantIndex;
use inhouse_store::{EmbeddingModel, MasterKeys, Store, StoreError, SystemClock};
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

pub(super) fn configuration(config: &Config) -> Check {
    let found = match &config.file {
        Some(file) => file.display().to_string(),
        None => format!(
            "defaults; there is no {}",
            config.data.join("inhouse.toml").display()
        ),
    };
    Check::ok("configuration", found)
}

pub(super) fn public_url(config: &Config) -> Check {
    let url = config.public_url();
    if url.scheme() == "https" || config.server.listen.ip().is_loopback() {
        return Check::ok("address", url.to_string());
    }
    Check::warn(
        "address",
        format!("{url}, listening on {}", config.server.listen),
        "Passwords and answers travel unencrypted. Put a proxy that ends TLS in front, listen on \
         this machine only, and set server.public_url to the https:// address.",
    )
}

pub(super) fn data_folder(config: &Config) -> Check {
    const NAME: &str = "data folder";
    let dir = &config.data;
    let shown = dir.display().to_string();
    let metadata = match std::fs::metadata(dir) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Check::warn(
                NAME,
                format!("{shown} is not there"),
                "It is made at the first start. If that is not the folder you meant, name it with \
                 --data.",
            );
        }
        Err(error) => {
            return Check::fail(
                NAME,
                format!("{shown}: {error}"),
                "Name another with --data.",
            );
        }
    };
    if !metadata.is_dir() {
        return Check::fail(
            NAME,
            format!("{shown} is no folder"),
            "Name another with --data.",
        );
    }
    if let Err(error) = writable(dir) {
        return Check::fail(
            NAME,
            format!("{shown} can't be written ({error})"),
            "Give this account the right to write there, or run as the account that has it.",
        );
    }
    let secrets = config.secrets_dir();
    let open = [dir.as_path(), &secrets].into_iter().find(|dir| {
        std::fs::metadata(dir).is_ok_and(|metadata| metadata.permissions().mode() & 0o007 != 0)
    });
    match open {
        Some(open) => Check::warn(
            NAME,
            format!("every account of this machine may enter {}", open.display()),
            format!("chmod o-rwx {}", open.display()),
        ),
        None => Check::ok(NAME, shown),
    }
}

/// Makes a file and removes it.
fn writable(dir: &Path) -> std::io::Result<()> {
    let probe = dir.join(format!(".doctor-{}", uuid::Uuid::now_v7()));
    std::fs::write(&probe, [])?;
    std::fs::remove_file(probe)
}

pub(super) async fn database(config: &Config) -> Vec<Check> {
    const NAME: &str = "database";
    let kind = if config.is_sqlite() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    // Opening a SQLite database would make it.
    if config.database.url.is_none() && !config.data.join("inhouse.db").exists() {
        return vec![Check::ok(NAME, format!("{kind}, made at the first start"))];
    }
    // Looking makes no key; with a fresh one nothing opens that was sealed before.
    let made = config.record.master_key.is_some() || config.master_keys_file().exists();
    let keys = if made {
        app::master_keys(config)
    } else {
        Ok(MasterKeys::ephemeral())
    };
    let keys = match keys {
        Ok(keys) => keys,
        Err(error) => {
            return vec![Check::fail(
                "master key",
                error.to_string(),
                "A key is 32 random bytes in base64, one a line, in secrets/master.keys or \
                 record.master_key.",
            )];
        }
    };
    let opened = Store::open(&config.database_url(), Arc::new(SystemClock), keys).await;
    let store = match opened {
        Ok(store) => store,
        Err(error) => {
            return vec![Check::fail(
                NAME,
                format!("{kind}: {error}"),
                "Check that it runs and that database.url is right.",
            )];
        }
    };
    match store.pending_migrations().await {
        Err(error) => vec![Check::fail(
            NAME,
            format!("{kind}: {error}"),
            "Check that database.url names the right database.",
        )],
        Ok(0) => {
            let mut checks = vec![Check::ok(NAME, format!("{kind}, up to date"))];
            checks.push(accounts(&store).await);
            checks.push(desk::queues(&store).await);
            checks.extend(rules::in_force(config, &store).await);
            checks.push(master_key(&store).await);
            checks.push(documents(config, &store).await);
            checks
        }
        Ok(pending) if store.is_sqlite() => {
            vec![Check::ok(
                NAME,
                format!("{kind}, {pending} migrations run at the next start"),
            )]
        }
        Ok(pending) => vec![Check::fail(
            NAME,
            format!("{kind}, {pending} migrations behind"),
            "Run `inhouse migrate`.",
        )],
    }
}

/// Whether the keys of people open with the master keys that are there.
async fn master_key(store: &Store) -> Check {
    const NAME: &str = "master key";
    match store.check_keys().await {
        Ok(()) => Check::ok(NAME, "opens the personal data of the record"),
        Err(error) => Check::fail(
            NAME,
            error.to_string(),
            "Put the missing key back into secrets/master.keys or record.master_key. Without it \
             personal data of the record can't be read.",
        ),
    }
}

async fn accounts(store: &Store) -> Check {
    const NAME: &str = "accounts";
    let people = match store.users().await {
        Ok(people) => people,
        Err(error) => return Check::fail(NAME, error.to_string(), "See the database above."),
    };
    let active = |role| {
        people
            .iter()
            .filter(|p| p.role == role && !p.disabled)
            .count()
    };
    let found = Role::ALL
        .map(|role| format!("{} {role}", active(role)))
        .join(", ");
    if active(Role::Admin) == 0 {
        return Check::warn(
            NAME,
            found,
            "There is no admin. Add one: inhouse user add EMAIL --role admin",
        );
    }
    if active(Role::Legal) == 0 {
        return Check::warn(
            NAME,
            found,
            "Nobody works the review desk. Add somebody: inhouse user add EMAIL --role legal",
        );
    }
    Check::ok(NAME, found)
}

/// What can be found, and whether a change to another embedding model goes on.
async fn documents(config: &Config, store: &Store) -> Check {
    const NAME: &str = "documents";
    let looked = async {
        let passages = store.findable_passages().await?;
        let (models, state) = (
            store.embedding_models().await?,
            store.embedding_state().await?,
        );
        Ok::<_, StoreError>((passages, models, state))
    };
    let (passages, models, state) = match looked.await {
        Ok(looked) => looked,
        Err(error) => return Check::fail(NAME, error.to_string(), "See the database above."),
    };
    let found = format!("{passages} passages can be found");
    let Ok(active) = app::active(&models) else {
        return Check::ok(NAME, found);
    };
    let wanted = &config.embedding.id;
    if active.model == *wanted {
        return Check::ok(NAME, found);
    }
    if let Err(error) = former(config, active).await {
        return Check::fail(
            NAME,
            app::without_former(&active.model, wanted, &error.to_string()),
            "Put its files back, or run `inhouse reindex --embed`.",
        );
    }
    match &state.next {
        Some(next) if next.paused => Check::warn(
            NAME,
            format!("{found} with {}; {}", active.model, progress(next)),
            "Run `inhouse embedding resume`.",
        ),
        Some(next) => Check::ok(
            NAME,
            format!("{found} with {}; {}", active.model, progress(next)),
        ),
        None => Check::warn(
            NAME,
            format!("{found} with {}, not with {wanted}", active.model),
            "The next `inhouse serve` embeds them again while it answers.",
        ),
    }
}

/// Whether the model that answers loads, where the configuration names another.
async fn former(config: &Config, model: &EmbeddingModel) -> Result<(), StartError> {
    app::embedder(&app::config_of(config, model)?).await?;
    Ok(())
}

pub(super) fn site(config: &Config) -> Check {
    const NAME: &str = "interface";
    let site = config.site_dir();
    let missing = ["inhouse.js", "inhouse_bg.wasm", "inhouse.css"]
        .into_iter()
        .find(|file| !site.join("pkg").join(file).is_file());
    match missing {
        None => Check::ok(NAME, site.display().to_string()),
        Some(file) => Check::fail(
            NAME,
            format!("{} is missing", site.join("pkg").join(file).display()),
            "Run `make build`, or set server.site to where the interface's files are.",
        ),
    }
}

pub(super) async fn onnx_runtime(config: &Config) -> Check {
    const NAME: &str = "ONNX Runtime";
    let path = config.onnx_runtime();
    let shown = path.display().to_string();
    if !path.is_file() {
        return Check::fail(
            NAME,
            format!("{shown} is missing"),
            "Run `make models`, or set models.onnx_runtime to the library's file.",
        );
    }
    let Some(shipped) = manifest::file_at(&config.models_dir(), &path) else {
        return Check::ok(NAME, format!("{shown}, your own"));
    };
    let stamps = config.data.join("checksums.json");
    let expected = shipped.sha256.clone();
    let checked =
        tokio::task::spawn_blocking(move || Checksums::open(stamps).verify(&path, &expected)).await;
    match checked {
        Ok(Ok(())) => Check::ok(NAME, shown),
        Ok(Err(error)) => Check::fail(NAME, error.to_string(), "Run `make models`."),
        Err(error) => Check::fail(NAME, error.to_string(), "Run this again."),
    }
}

pub(super) async fn embedding(config: &Config) -> Check {
    const NAME: &str = "embedding";
    const ADVICE: &str = "Run `make models`, or correct [embedding] and [models].";
    let embedder = match app::embedder(config).await {
        Ok(embedder) => embedder,
        Err(error) => return Check::fail(NAME, error.to_string(), ADVICE),
    };
    match embedder.query("Does this model embed?".to_owned()).await {
        Ok(vector) => Check::ok(
            NAME,
            format!("{}, {} dimensions", config.embedding.id, vector.len()),
        ),
        Err(error) => Check::fail(NAME, error.to_string(), ADVICE),
    }
}

pub(super) async fn inference(config: &Config) -> Check {
    const NAME: &str = "answers";
    let settings = &config.inference;
    let advice = match settings.engine {
        EngineKind::None => {
            return Check::warn(
                NAME,
                "no model writes",
                "Answers are quotes of the documents, without a model. If that is not meant, set \
                 inference.engine.",
            );
        }
        EngineKind::MistralRs => "Run `make models`, or correct inference.path.",
        EngineKind::OpenAi => "Check that the server runs, and [inference.endpoint].",
    };
    let engine = match app::engine(config).await {
        Ok(Some(engine)) => engine,
        Ok(None) => return Check::ok(NAME, "no model writes"),
        Err(error) => return Check::fail(NAME, error.to_string(), advice),
    };
    match engine.check().await {
        Ok(()) => {
            let info = engine.info();
            Check::ok(NAME, format!("{} with {}", info.engine, info.model))
        }
        Err(InferenceError::Busy) => Check::ok(NAME, "busy"),
        Err(error) => Check::fail(NAME, error.to_string(), advice),
    }
}

pub(super) async fn vectors(config: &Config) -> Check {
    const NAME: &str = "vectors";
    let Some(url) = &config.qdrant.url else {
        return Check::ok(
            NAME,
            format!("Qdrant Edge in {}", config.vectors_dir().display()),
        );
    };
    let key = config.qdrant.api_key.as_ref().map(Secret::expose);
    let collection = app::vector_collection(config, &config.embedding.id);
    match QdrantIndex::look(url.as_str(), key, &collection).await {
        Ok(Some(count)) => Check::ok(
            NAME,
            format!("Qdrant server, {collection}: {count} vectors"),
        ),
        Ok(None) => Check::ok(
            NAME,
            format!("Qdrant server, {collection} is made at the start"),
        ),
        Err(error) => Check::fail(
            NAME,
            error.to_string(),
            "Check that the Qdrant server runs, and [qdrant]: url names its gRPC port.",
        ),
    }
}

pub(super) async fn tickets(config: &Config) -> Check {
    const NAME: &str = "tickets";
    let tracker = match tracker(config) {
        Ok(Some(tracker)) => tracker,
        Ok(None) => return Check::ok(NAME, "none configured"),
        Err(error) => return Check::fail(NAME, error.to_string(), "Correct [jira]."),
    };
    match tracker.check().await {
        Ok(checked) if checked.missing.is_empty() => Check::ok(NAME, checked.found),
        Ok(checked) => {
            let names: Vec<_> = checked
                .missing
                .into_iter()
                .map(|field| field.name)
                .collect();
            Check::fail(
                NAME,
                format!("{}: it requires {}", checked.found, names.join(", ")),
                "Make these fields optional there, or choose another issue type in [jira].",
            )
        }
        Err(error) => Check::fail(NAME, error.to_string(), "Correct [jira]."),
    }
}
