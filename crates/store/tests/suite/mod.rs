//! One world a test: a fresh database, a clock that stands, and builders for what a test needs.

mod approved;
mod approved_kept;
mod asking;
mod clocks;
mod conflicts;
mod desk;
mod desk_list;
mod desk_pairs;
mod desk_work;
mod directory;
mod documents;
mod embeddings;
mod evaluations;
mod export;
mod facts;
mod groups;
mod indexing;
mod intake;
mod jobs;
mod judged;
mod log;
mod measuring;
mod notices;
mod oidc_flows;
mod own_requests;
mod parts;
mod people;
mod privacy;
mod queues;
mod record;
mod refusals;
mod replay;
mod restricted;
mod retention;
mod reviews;
mod rights;
mod rule_versions;
mod schema;
mod scim;
mod sessions;
mod tampering;
mod together;
mod tokens;
mod totp;
mod trackers;
mod validity;
mod visibility;
mod watched;

use inhouse_protocol::{
    AnswerSentence, Audience, Block, BlockKind, ChangeEscalation, Check, CheckKind, Citation, Day,
    DeskFilter, DocumentId, EscalationChange, EscalationState, FailureCause, GrantChange,
    GroupChange, GroupId, NewDocumentSet, NewReply, PassageRef, PersonSource, ReplyKind, Right,
    Role, RunId, SetId, Timestamp, VersionId,
};
use inhouse_store::{
    Actor, AddVersion, AddedVersion, Committed, ManualClock, MasterKeys, NewPassage, NewUser,
    Principal, Priority, Scope, Store, User,
};
use sqlx::{AssertSqlSafe, Connection as _};
use std::pin::Pin;
use std::sync::Arc;
use tempfile::TempDir;

/// How a test ends.
pub(crate) type Done = Result<(), Box<dyn std::error::Error>>;

/// A test as it is run: boxed, so that what drives it is compiled once and not for each.
pub(crate) type Test = fn(World) -> Pin<Box<dyn Future<Output = Done>>>;

/// Runs the named tests of this module on both databases.
macro_rules! both {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[test]
            fn $name() -> crate::suite::Done {
                crate::suite::run(crate::suite::Database::Sqlite, |world| Box::pin(super::$name(world)))
            })*
        }
        mod on_postgres {
            $(#[test]
            fn $name() -> crate::suite::Done {
                crate::suite::run(crate::suite::Database::Postgres, |world| Box::pin(super::$name(world)))
            })*
        }
    };
}
pub(crate) use both;

/// Monday, 4 May 2026, 09:00 UTC.
pub(crate) const MORNING: Timestamp = Timestamp(1_777_885_200_000);

/// The model that embeds.
pub(crate) const MODEL: &str = "tiny";

/// Which database a test runs on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// Runs a test in a world of its own.
pub(crate) fn run(database: Database, test: Test) -> Done {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let world = match database {
            Database::Sqlite => World::sqlite().await?,
            Database::Postgres => World::postgres().await?,
        };
        test(world).await
    })
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) keys: MasterKeys,
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl World {
    pub(crate) async fn sqlite() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let url = format!("sqlite://{}", folder.path().join("inhouse.db").display());
        Self::open(url, Some(folder)).await
    }

    pub(crate) async fn postgres() -> Result<Self, Box<dyn std::error::Error>> {
        let server = std::env::var("INHOUSE_TEST_POSTGRES_URL").map_err(
            |_| "INHOUSE_TEST_POSTGRES_URL is not set: `make test` starts PostgreSQL and sets it",
        )?;
        sqlx::any::install_default_drivers();
        let schema = format!("t{}", uuid::Uuid::new_v4().simple());
        let mut connection = sqlx::AnyConnection::connect(&server).await?;
        sqlx::query(AssertSqlSafe(format!("CREATE SCHEMA {schema}")))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        let separator = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{separator}options%5Bsearch_path%5D={schema}");
        Self::open(url, None).await
    }

    async fn open(
        url: String,
        folder: Option<TempDir>,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let clock = Arc::new(ManualClock::new(MORNING));
        let keys = MasterKeys::ephemeral();
        let store = Store::open(&url, clock.clone(), keys.clone()).await?;
        store.migrate().await?;
        Ok(Self {
            store,
            clock,
            keys,
            url,
            _folder: folder,
        })
    }

    /// The same database as another process sees it.
    pub(crate) async fn other_process(&self) -> Result<Store, Box<dyn std::error::Error>> {
        Ok(Store::open(&self.url, self.clock.clone(), self.keys.clone()).await?)
    }

    /// Does to the database what the product never would.
    pub(crate) async fn tamper(&self, sql: &str) -> Done {
        let mut connection = sqlx::AnyConnection::connect(&self.url).await?;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(())
    }

    pub(crate) async fn person(
        &self,
        name: &str,
        role: Role,
    ) -> Result<(User, Principal), Box<dyn std::error::Error>> {
        let email = format!("{name}@example.com");
        let new = NewUser {
            email: email.clone(),
            name: name.to_owned(),
            role,
            department: Some("Sales".into()),
            password_hash: Some("$argon2id$fake".into()),
            source: PersonSource::Local,
            external_id: None,
        };
        let user = self.store.create_user(&Actor::Operator, new).await?;
        let principal = self.store.principal_of_email(&email).await?;
        Ok((user, principal.ok_or("the person is there")?))
    }

    /// A set that no group has a right on.
    pub(crate) async fn set(
        &self,
        name: &str,
        audience: Audience,
    ) -> Result<SetId, Box<dyn std::error::Error>> {
        self.set_for(name, audience, &[]).await
    }

    /// A restricted set that only a group without members manages.
    pub(crate) async fn closed_set(&self, name: &str) -> Result<SetId, Box<dyn std::error::Error>> {
        let nobody = self.group(&format!("{name} managers"), &[]).await?;
        self.set_for(name, Audience::Restricted, &[(&nobody, Right::Manage)])
            .await
    }

    /// A set with rights for groups.
    pub(crate) async fn set_for(
        &self,
        name: &str,
        audience: Audience,
        grants: &[(&GroupId, Right)],
    ) -> Result<SetId, Box<dyn std::error::Error>> {
        let new = NewDocumentSet {
            name: name.to_owned(),
            description: String::new(),
            audience,
            grants: granted(grants),
        };
        Ok(self.store.create_set(&Actor::Operator, &new).await?.id)
    }

    /// A set that the legal team reads.
    pub(crate) async fn legal_set(&self, name: &str) -> Result<SetId, Box<dyn std::error::Error>> {
        let team = "legal-team".parse()?;
        self.set_for(name, Audience::Groups, &[(&team, Right::Read)])
            .await
    }

    /// A group with these people.
    pub(crate) async fn group(
        &self,
        name: &str,
        people: &[&User],
    ) -> Result<GroupId, Box<dyn std::error::Error>> {
        let new = GroupChange {
            name: Some(name.to_owned()),
            description: None,
        };
        let group = self.store.create_group(&Actor::Operator, &new).await?.id;
        for person in people {
            self.store
                .add_member(&Actor::Operator, &group, &person.id)
                .await?;
        }
        Ok(group)
    }

    /// Queues a file whose content is `text`.
    pub(crate) async fn add(
        &self,
        set: &SetId,
        name: &str,
        text: &str,
    ) -> Result<AddedVersion, Box<dyn std::error::Error>> {
        Ok(self
            .store
            .add_version(&Actor::Operator, file(set, name, text))
            .await?)
    }

    /// A document that can be found.
    pub(crate) async fn document(
        &self,
        set: &SetId,
        name: &str,
        text: &str,
    ) -> Result<(DocumentId, VersionId), Box<dyn std::error::Error>> {
        let (document, version) = ids(self.add(set, name, text).await?)?;
        self.store.commit_version(&version, found(text)).await?;
        Ok((document, version))
    }

    pub(crate) async fn everything(&self) -> Result<Scope, Box<dyn std::error::Error>> {
        Ok(self.store.scope(&Principal::operator()).await?)
    }

    /// A version that could not be read.
    pub(crate) async fn fail(&self, version: &VersionId, reason: &str) -> Done {
        self.store
            .fail_version(version, FailureCause::Encrypted, reason)
            .await?;
        Ok(())
    }

    /// Moves the clock on by whole days.
    pub(crate) fn pass_days(&self, days: i64) {
        self.clock.advance_ms(days * 86_400_000);
    }

    pub(crate) fn today(&self) -> Day {
        self.store.now().day()
    }

    /// The versions that an index answers with on a day, in the order of their ids.
    pub(crate) async fn in_force_on(
        &self,
        day: Day,
    ) -> Result<Vec<VersionId>, Box<dyn std::error::Error>> {
        let mut versions = Vec::new();
        for version in self.store.findable_versions().await? {
            let rows = self.store.index_rows(&version, MODEL).await?;
            let holds = |from: i64, until: i64| from <= day.number() && day.number() < until;
            if rows
                .first()
                .is_some_and(|row| holds(row.valid_from, row.valid_until))
            {
                versions.push(version);
            }
        }
        Ok(versions)
    }

    /// The same today.
    pub(crate) async fn in_force(&self) -> Result<Vec<VersionId>, Box<dyn std::error::Error>> {
        self.in_force_on(self.today()).await
    }

    /// The passages of a version, as the operator sees them today.
    pub(crate) async fn passages_of(
        &self,
        version: &VersionId,
    ) -> Result<Vec<PassageRef>, Box<dyn std::error::Error>> {
        let rows = self.store.index_rows(version, MODEL).await?;
        let ids: Vec<_> = rows.into_iter().map(|row| row.passage).collect();
        Ok(self.store.passages(&self.everything().await?, &ids).await?)
    }

    /// A question in a conversation of its own.
    pub(crate) async fn ask(
        &self,
        by: &Principal,
        question: &str,
    ) -> Result<RunId, Box<dyn std::error::Error>> {
        let conversation = self.store.create_conversation(by).await?;
        Ok(self.store.start_run(by, &conversation, question).await?)
    }
}

pub(crate) fn granted(grants: &[(&GroupId, Right)]) -> Vec<GrantChange> {
    let grants = grants.iter().map(|(group, right)| GrantChange {
        group: (*group).clone(),
        right: *right,
    });
    grants.collect()
}

pub(crate) fn file(set: &SetId, name: &str, text: &str) -> AddVersion {
    AddVersion {
        set: set.clone(),
        folder: String::new(),
        name: name.to_owned(),
        title: String::new(),
        // The content stands for its hash.
        sha256: format!("sha-{}", text.replace('\0', "0")),
        size_bytes: text.len() as u64,
        media_type: "text/plain".into(),
        priority: Priority::Bulk,
        part_of: None,
    }
}

pub(crate) fn ids(
    added: AddedVersion,
) -> Result<(DocumentId, VersionId), Box<dyn std::error::Error>> {
    match added {
        AddedVersion::New { document, version }
        | AddedVersion::NewVersion { document, version } => Ok((document, version)),
        AddedVersion::Duplicate { name, .. } => Err(format!("a duplicate of {name}").into()),
    }
}

/// What a parser finds in a text: a passage and a block a line.
pub(crate) fn found(text: &str) -> Committed {
    let mut start = 0;
    let mut passages = Vec::new();
    for line in text.split('\n') {
        let end = start + line.chars().count();
        passages.push(NewPassage {
            heading_path: vec!["1 Term".into()],
            page: Some(1),
            start,
            end,
            text: line.to_owned(),
            language: "en".into(),
        });
        start = end + 1;
    }
    Committed {
        title: "A title".into(),
        parser: "lines 1".into(),
        pages: Some(1),
        text: text.to_owned(),
        blocks: passages
            .iter()
            .map(|passage| Block {
                kind: BlockKind::Paragraph,
                start: passage.start,
                end: passage.end,
                page: None,
            })
            .collect(),
        boxes: Vec::new(),
        page_info: Vec::new(),
        warnings: Vec::new(),
        language: "en".into(),
        proposals: Vec::new(),
        vectors: passages.iter().map(|_| vec![0.25, -1.0]).collect(),
        passages,
        embedding_model: MODEL.into(),
    }
}

/// A reply that leaves the question in this state.
pub(crate) fn reply(body: &str, state: EscalationState) -> NewReply {
    NewReply {
        body: body.to_owned(),
        kind: ReplyKind::Reply,
        state,
        wait: false,
        revision: None,
        draft: None,
    }
}

/// A change to this state, whatever was changed meanwhile.
pub(crate) fn to_state(state: EscalationState) -> ChangeEscalation {
    ChangeEscalation {
        change: EscalationChange {
            state: Some(state),
            ..EscalationChange::default()
        },
        revision: None,
    }
}

/// What the desk lists in any state.
pub(crate) fn everything_at_the_desk() -> DeskFilter {
    DeskFilter {
        state: Some("all".into()),
        ..DeskFilter::default()
    }
}

/// A sentence that cites `passage` as the first source.
pub(crate) fn sentence(passage: &PassageRef) -> AnswerSentence {
    AnswerSentence {
        text: "It ends in May.".into(),
        citations: vec![Citation {
            number: 1,
            passage: passage.id.clone(),
            document: passage.document.clone(),
            version: passage.version.clone(),
            name: passage.name.clone(),
            title: passage.title.clone(),
            page: passage.page,
            start: passage.start,
            end: passage.end,
            quote: passage.text.clone(),
        }],
        checks: vec![Check {
            kind: CheckKind::Citation,
            passed: true,
            detail: String::new(),
        }],
        verbatim: false,
        replaces: String::new(),
    }
}
