//! What the tests of retrieval share: identifiers, scopes, rows, and where the real parts are.

use inhouse_protocol::{
    Audience, Day, DocumentAccess, DocumentId, GrantChange, GroupChange, GroupId, NewDocumentSet,
    PassageId, PersonSource, Right, Role, SetId, VersionId,
};
use inhouse_retrieval::{Embedder, EmbeddingModel};
use inhouse_store::{
    Actor, AddVersion, AddedVersion, IndexRow, MasterKeys, NewUser, Principal, Priority, Scope,
    Store, StoreError, SystemClock,
};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// The identifier with this number.
pub(crate) fn id<T: std::str::FromStr>(number: u32) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("0192c5f4-0000-7000-8000-{number:012x}")
        .parse()
        .expect("a UUID is an identifier")
}

/// Everything.
pub(crate) fn operator() -> Scope {
    scopes().operator.clone()
}

/// The sets with these numbers, as somebody sees them whose groups may read them. One document of
/// each is narrower than that: [`hidden`].
pub(crate) fn sets(numbers: &[u32]) -> Scope {
    let scope = scopes().readers.get(numbers);
    let scope = scope.expect("one of the scopes that READERS lists");
    scope.clone()
}

/// The set with this number.
pub(crate) fn set(number: u32) -> SetId {
    scopes().sets[&number].clone()
}

/// A document of the set with this number that its readers may not see.
pub(crate) fn hidden(number: u32) -> DocumentId {
    scopes().hidden[&number].clone()
}

const SETS: [u32; 7] = [0, 1, 2, 20, 21, 22, 99];
const READERS: [&[u32]; 7] = [&[], &[1], &[20], &[21], &[22], &[99], &[21, 22]];

/// Only the database says who sees what: everything here comes out of a real one.
struct Scopes {
    operator: Scope,
    readers: BTreeMap<&'static [u32], Scope>,
    sets: BTreeMap<u32, SetId>,
    hidden: BTreeMap<u32, DocumentId>,
}

fn scopes() -> &'static Scopes {
    static SCOPES: OnceLock<Scopes> = OnceLock::new();
    SCOPES.get_or_init(|| {
        // A test may be on a runtime already, and there is only one a thread.
        let made = std::thread::spawn(|| {
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            runtime.block_on(make_scopes()).expect("a database")
        });
        made.join().expect("the scopes are made")
    })
}

async fn make_scopes() -> Result<Scopes, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("inhouse.db").display());
    let store = Store::open(&url, Arc::new(SystemClock), MasterKeys::ephemeral()).await?;
    store.migrate().await?;
    let operator = store.scope(&Principal::operator()).await?;
    let (mut sets, mut groups, mut hidden) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for number in SETS {
        let group = make_group(&store, number).await?;
        let set = make_set(&store, number, &group).await?;
        hidden.insert(number, make_narrowed(&store, &operator, &set).await?);
        groups.insert(number, group);
        sets.insert(number, set);
    }
    let mut readers = BTreeMap::new();
    for (number, seen) in (0..).zip(READERS) {
        let groups: Vec<_> = seen.iter().map(|set| &groups[set]).collect();
        let reader = make_reader(&store, number, &groups).await?;
        readers.insert(seen, store.scope(&reader).await?);
    }
    store.close().await;
    Ok(Scopes {
        operator,
        readers,
        sets,
        hidden,
    })
}

async fn make_group(store: &Store, number: u32) -> Result<GroupId, StoreError> {
    let new = GroupChange {
        name: Some(format!("Readers of {number}")),
        description: None,
    };
    Ok(store.create_group(&Actor::Operator, &new).await?.id)
}

async fn make_set(store: &Store, number: u32, group: &GroupId) -> Result<SetId, StoreError> {
    let new = NewDocumentSet {
        name: format!("set {number}"),
        description: String::new(),
        audience: Audience::Groups,
        grants: vec![GrantChange {
            group: group.clone(),
            right: Right::Read,
        }],
    };
    Ok(store.create_set(&Actor::Operator, &new).await?.id)
}

/// A document that only who manages the set may see.
async fn make_narrowed(
    store: &Store,
    operator: &Scope,
    set: &SetId,
) -> Result<DocumentId, Box<dyn std::error::Error>> {
    let file = AddVersion {
        set: set.clone(),
        folder: String::new(),
        name: "narrowed.txt".into(),
        title: String::new(),
        sha256: "00".into(),
        size_bytes: 1,
        media_type: "text/plain".into(),
        priority: Priority::Bulk,
        part_of: None,
    };
    let AddedVersion::New { document, .. } = store.add_version(&Actor::Operator, file).await?
    else {
        return Err("the set was empty".into());
    };
    let nobody = DocumentAccess {
        groups: Some(Vec::new()),
    };
    store
        .set_document_access(&Actor::Operator, operator, &document, &nobody)
        .await?;
    Ok(document)
}

async fn make_reader(
    store: &Store,
    number: u32,
    groups: &[&GroupId],
) -> Result<Principal, Box<dyn std::error::Error>> {
    let email = format!("reader{number}@example.com");
    let new = NewUser {
        email: email.clone(),
        name: format!("Reader {number}"),
        role: Role::Employee,
        department: None,
        password_hash: None,
        source: PersonSource::Local,
        external_id: None,
    };
    let user = store.create_user(&Actor::Operator, new).await?;
    for group in groups {
        store.add_member(&Actor::Operator, group, &user.id).await?;
    }
    let principal = store.principal_of_email(&email).await?;
    Ok(principal.ok_or("the reader is there")?)
}

/// The folder of models: `INHOUSE_MODELS`, else where `deploy/fetch-models` puts them.
pub(crate) fn models() -> PathBuf {
    let models = std::env::var_os("INHOUSE_MODELS").map_or_else(
        || {
            let cache = std::env::var_os("XDG_CACHE_HOME").map_or_else(
                || PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache"),
                PathBuf::from,
            );
            cache.join("inhouse/models")
        },
        PathBuf::from,
    );
    assert!(
        models.is_dir(),
        "no models at {}: run deploy/fetch-models, or set INHOUSE_MODELS to their folder",
        models.display()
    );
    models
}

/// The default embedding model, loaded once.
pub(crate) fn embedder() -> Embedder {
    static EMBEDDER: OnceLock<Embedder> = OnceLock::new();
    EMBEDDER
        .get_or_init(|| {
            let models = models();
            Embedder::load(
                &EmbeddingModel::mini_lm(&models),
                &models.join("onnxruntime/libonnxruntime.so"),
            )
            .expect("the default model loads")
        })
        .clone()
}

/// The rows of a document's only version, English and in force on every day; its passages' numbers
/// follow the document's.
pub(crate) fn rows(document: u32, number: u32, name: &str, texts: &[&str]) -> Vec<IndexRow> {
    let title = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    (0..)
        .zip(texts)
        .map(|(ordinal, text)| IndexRow {
            passage: id::<PassageId>(document * 1000 + ordinal),
            version: id::<VersionId>(document),
            document: id::<DocumentId>(document),
            set: set(number),
            name: name.to_owned(),
            title: title.to_owned(),
            set_name: format!("set {number}"),
            folder: String::new(),
            valid_from: Day::FIRST.number(),
            valid_until: Day::LAST.number() + 1,
            language: "en".to_owned(),
            heading_path: Vec::new(),
            page: None,
            ordinal,
            start: 0,
            end: text.chars().count(),
            text: (*text).to_owned(),
            header: title.to_owned(),
            vector: Vec::new(),
        })
        .collect()
}
