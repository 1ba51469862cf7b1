//! Three secrets, each with words that stand nowhere else, and everybody who may or may not know
//! them.

use inhouse_tests::{Answer, Client, Instance, files, on_a_lasting_thread, settings};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// A document that one group may see.
pub(crate) struct Canary {
    /// The group's name.
    pub(crate) group: &'static str,
    /// A word of the text, a number of the text, and words of the names around it: nobody who may
    /// not see the document ever gets one of them.
    pub(crate) words: [&'static str; 4],
    /// What the document answers, without one of those words.
    pub(crate) question: &'static str,
    file: &'static str,
    set: &'static str,
}

/// The group sees a set that is its own; admins manage it.
const FALCON: Canary = Canary {
    group: "Falcon",
    words: ["Thornapple", "710,000", "Brindlewick", "Quillmarsh"],
    question: "What penalty does the amber supply agreement provide for late delivery?",
    file: "Brindlewick.md",
    set: "Quillmarsh matters",
};

/// The group manages a restricted set: nobody else can even count it.
const OTTER: Canary = Canary {
    group: "Otter",
    words: ["Saltgrave", "720,000", "Drumlock", "Vexhollow"],
    question: "What penalty does the cobalt supply agreement provide for late delivery?",
    file: "Drumlock.md",
    set: "Vexhollow case",
};

/// The group sees a document that is narrower than its set; admins manage the set.
const HERON: Canary = Canary {
    group: "Heron",
    words: ["Marrowfen", "730,000", "Pinquill", "Pinquill.md"],
    question: "What penalty does the sable supply agreement provide for late delivery?",
    file: "Pinquill.md",
    set: "Common files",
};

pub(crate) const CANARIES: [Canary; 3] = [FALCON, OTTER, HERON];

impl Canary {
    fn text(&self) -> String {
        let [word, number, ..] = self.words;
        let kind = self.question.split(' ').nth(4).expect("the agreement");
        format!(
            "# Supply agreement for {kind}, {word}\n\nThe {kind} supply agreement provides the \
             {word} penalty of {number} dollars for late delivery.\n"
        )
    }

    /// Whether somebody of this kind may see it.
    pub(crate) fn is_for(&self, kind: &str) -> bool {
        let kind = kind.strip_suffix(" program").unwrap_or(kind);
        kind == self.group || kind == "admin" && self.group != "Otter"
    }
}

/// Somebody, as data: each test makes a client of its own of them.
pub(crate) struct Somebody {
    /// A group's name, `outsider`, `legal`, `admin`, `scim` or `nobody`; a program's ends with
    /// ` program`.
    pub(crate) kind: String,
    pub(crate) id: String,
    cookie: Option<String>,
    token: Option<String>,
    bearer: Option<String>,
    base: String,
}

impl Somebody {
    fn of(kind: &str, id: &str, client: &Client, base: &str) -> Self {
        Self {
            kind: kind.to_owned(),
            id: id.to_owned(),
            cookie: client.cookie.clone(),
            token: client.token.clone(),
            bearer: client.bearer.clone(),
            base: base.to_owned(),
        }
    }

    pub(crate) fn client(&self) -> Client {
        let mut client = Client::new(&self.base);
        client.cookie.clone_from(&self.cookie);
        client.token.clone_from(&self.token);
        client.bearer.clone_from(&self.bearer);
        client
    }

    /// The account of a person, or a program that may ask.
    pub(crate) fn asks(&self) -> bool {
        !matches!(self.kind.as_str(), "nobody" | "scim")
    }

    /// The words that this one may never get.
    pub(crate) fn forbidden(&self) -> impl Iterator<Item = &'static str> {
        let secrets = CANARIES
            .into_iter()
            .filter(|canary| !canary.is_for(&self.kind));
        secrets.flat_map(|canary| canary.words)
    }

    /// Fails if an answer holds a word that this one may not get: in its headers, its body, or a
    /// file of an archive.
    #[track_caller]
    pub(crate) fn check(&self, what: &str, answer: &Answer) {
        let archive = files::all_of(&answer.bytes);
        let headers = format!("{:?}", answer.headers);
        for word in self.forbidden() {
            for text in [&answer.text, &archive, &headers] {
                assert!(
                    !text.contains(word),
                    "{} gets '{word}' from {what}: {answer:?}\n{archive}",
                    self.kind
                );
            }
        }
    }
}

/// What exists because of one canary, in the order of [`CANARIES`].
pub(crate) struct Place {
    pub(crate) group: String,
    pub(crate) set: String,
    pub(crate) document: String,
    pub(crate) version: String,
    /// Of the group's member, who asked for it and sent it to the legal team.
    pub(crate) conversation: String,
    pub(crate) run: String,
    pub(crate) request: String,
}

pub(crate) struct World {
    /// The members of the groups first, in the order of [`CANARIES`].
    pub(crate) people: Vec<Somebody>,
    pub(crate) places: Vec<Place>,
}

impl World {
    pub(crate) fn somebody(&self, kind: &str) -> &Somebody {
        self.people
            .iter()
            .find(|somebody| somebody.kind == kind)
            .expect("somebody of this kind")
    }

    /// Puts everything into an instance.
    pub(crate) async fn build(instance: &Instance) -> Self {
        let base = instance.base();
        let admin = instance.signed_in("admin").await;
        let mut people = Vec::new();
        let mut places = Vec::new();
        for canary in &CANARIES {
            let member = instance.signed_in("employee").await;
            let id = member.id().await;
            let group = admin.new_group(canary.group).await;
            admin.join(&group, &id).await;
            let place = put(canary, &admin, &member, group).await;
            people.push(Somebody::of(canary.group, &id, &member, &base));
            places.push(place);
        }
        people.extend(others(instance, &admin).await);
        Self { people, places }
    }
}

/// Puts a canary in its place; its reader finds it, asks about it and sends it to the legal team.
async fn put(canary: &Canary, admin: &Client, member: &Client, group: String) -> Place {
    let (audience, grants) = match canary.group {
        "Falcon" => ("groups", vec![(group.as_str(), "read")]),
        "Otter" => ("restricted", vec![(group.as_str(), "manage")]),
        _ => ("everyone", Vec::new()),
    };
    let set = admin.new_set_for(canary.set, audience, &grants).await;
    let keeper = if canary.group == "Otter" {
        member
    } else {
        admin
    };
    let text = canary.text();
    keeper
        .upload(&set, &[(canary.file, text.as_bytes())])
        .await
        .expect(200);
    let documents = keeper.settled(&set).await;
    let (document, version) = (&documents[0]["id"], &documents[0]["version"]);
    let id = |value: &Value| value.as_str().expect("an id").to_owned();
    if canary.group == "Heron" {
        let path = format!("/api/v1/documents/{}/access", id(document));
        let narrowed = keeper.put(&path, &json!({"groups": [group]})).await;
        assert!(narrowed.status.is_success(), "{narrowed:?}");
    }
    member.until_found(canary.question, canary.file).await;
    let (conversation, run, events) = member.ask(canary.question).await;
    let told = format!("{events:?}");
    for word in &canary.words[..3] {
        assert!(told.contains(word), "its own reader gets '{word}': {told}");
    }
    Place {
        group,
        set,
        document: id(document),
        version: id(version),
        request: member.escalate(&run).await,
        conversation,
        run,
    }
}

/// Everybody else, each outside at least one canary.
async fn others(instance: &Instance, admin: &Client) -> Vec<Somebody> {
    let base = instance.base();
    let outsider = instance.signed_in("employee").await;
    let legal = instance.signed_in("legal").await;
    let mut all = vec![Somebody::of("nobody", "", &Client::new(&base), &base)];
    let programs: [(&str, &Client, &[&str]); 3] = [
        ("outsider", &outsider, &["ask"]),
        ("legal", &legal, &["ask", "desk"]),
        ("admin", admin, &["ask", "documents", "people", "log"]),
    ];
    for (kind, client, scopes) in programs {
        let id = client.id().await;
        let program = Client::program(&base, &client.new_token(scopes).await);
        all.push(Somebody::of(kind, &id, client, &base));
        all.push(Somebody::of(
            &format!("{kind} program"),
            &id,
            &program,
            &base,
        ));
    }
    let scim = Client::program(&base, &admin.new_token(&["scim"]).await);
    all.push(Somebody::of("scim", &admin.id().await, &scim, &base));
    all
}

/// The world that the canary tests share, in an instance of its own.
pub(crate) fn world() -> &'static World {
    static WORLD: OnceLock<(Instance, World)> = OnceLock::new();
    let (_, world) = WORLD.get_or_init(|| {
        on_a_lasting_thread(|| {
            let instance = Instance::start_in("canary", &settings());
            let world = built(&instance);
            (instance, world)
        })
    });
    world
}

/// [`World::build`] outside a test's runtime: what it makes outlives the test.
fn built(instance: &Instance) -> World {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(World::build(instance))
}

/// The e-mail under which somebody signs in, as an admin sees it; for the command line.
pub(crate) async fn email_of(world: &World, kind: &str) -> String {
    let people = world.somebody("admin").client().get("/api/v1/people").await;
    let people = people.expect(200);
    let people = people.as_array().expect("a list");
    let id = &world.somebody(kind).id;
    let person = people.iter().find(|person| person["id"] == json!(id));
    let email = person.expect("the person is listed")["email"].as_str();
    email.expect("an e-mail").to_owned()
}
