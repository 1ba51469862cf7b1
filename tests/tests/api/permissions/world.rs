//! What all callers try to reach, and each endpoint called as it is meant to be called.

use super::callers::{OFF_TOPIC, Who};
use super::measured::Measured;
use super::table::Row;
use super::team::Team;
use inhouse_tests::{Answer, Client, PASSWORD, files, shared, totp, unique};
use reqwest::Method;
use serde_json::{Value, json};

const REASON: &str = "A test of what is permitted.";

/// What exists, made by an admin.
pub(crate) struct World {
    admin: Client,
    /// The employee's group reads it, the manager's manages it, the legal team reads it.
    set: String,
    grants: Vec<Value>,
    readers: String,
    document: String,
    version: String,
    failed: String,
    /// The employee's.
    escalation: String,
    session: String,
    person: String,
    group: String,
    /// Made by SCIM.
    provisioned: String,
    provisioned_group: String,
    scim: Client,
    measured: &'static Measured,
    team: Team,
}

/// A request, ready to be sent.
pub(crate) struct Prepared {
    pub(crate) client: Client,
    pub(crate) method: Method,
    pub(crate) path: String,
    body: Body,
}

enum Body {
    None,
    Json(Value),
    Scim(Value),
    File,
}

impl Prepared {
    pub(crate) async fn send(&self) -> Answer {
        let Self {
            client,
            method,
            path,
            body,
        } = self;
        match body {
            Body::None => Client::send(client.request(method, path)).await,
            Body::Json(body) => Client::send(client.request(method, path).json(body)).await,
            Body::Scim(body) => client.scim(method, path, body).await,
            Body::File => {
                let content = unique("Some text");
                let set = path.split('/').nth(4).expect("the set's id");
                client
                    .upload(set, &[("some.txt", content.as_bytes())])
                    .await
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A person as a SCIM client sends one.
pub(crate) fn scim_user() -> Value {
    let email = format!("{}@example.com", unique("provisioned"));
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": email,
        "displayName": "Provisioned Person",
        "name": {"formatted": "Provisioned Person"},
        "emails": [{"value": email, "type": "work", "primary": true}],
        "active": true,
    })
}

/// A group as a SCIM client sends one.
pub(crate) fn scim_group() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": unique("Provisioned group"),
    })
}

fn scim_patch(attribute: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": attribute, "value": unique("Renamed")}],
    })
}

impl World {
    /// Builds it for these callers: their groups get rights on its set.
    pub(crate) async fn for_callers(all: &[Who]) -> Self {
        let of = |kind: &str| all.iter().find(|who| who.kind == kind).expect("a caller");
        let admin = shared().signed_in("admin").await;
        let readers = admin.new_group(&unique("Readers")).await;
        let managers = admin.new_group(&unique("Managers")).await;
        let others = admin.new_group(&unique("Others")).await;
        for (group, kind) in [
            (&readers, "employee"),
            (&managers, "manager"),
            (&others, "outsider"),
        ] {
            admin.join(group, &of(kind).id).await;
        }
        let grants = [
            (readers.as_str(), "read"),
            (managers.as_str(), "manage"),
            ("legal-team", "read"),
        ];
        let set = admin
            .new_set_for(&unique("Permissions"), "groups", &grants)
            .await;
        let uploads: [(&str, &[u8]); 2] = [
            ("rule.txt", b"A rule that a group may read."),
            ("broken.pdf", &files::cyclic_pdf()),
        ];
        admin.upload(&set, &uploads).await.expect(200);
        let documents = admin.settled(&set).await;
        let named = |name: &str| {
            documents
                .iter()
                .find(|document| document["name"] == json!(name))
                .expect("it was uploaded")
        };
        let sessions = of("employee").client.get("/api/v1/me/sessions").await;
        let scim = of("scim").client.clone();
        let made = async |kind: &str, resource: Value| {
            let path = format!("/scim/v2/{kind}");
            text(&scim.scim(&Method::POST, &path, &resource).await.expect(201)["id"])
        };
        Self {
            grants: grants
                .iter()
                .map(|(group, right)| json!({"group": group, "right": right}))
                .collect(),
            set,
            readers,
            document: text(&named("rule.txt")["id"]),
            version: text(&named("rule.txt")["version"]),
            failed: text(&named("broken.pdf")["id"]),
            escalation: of("employee").request.clone(),
            session: text(&sessions.expect(200)[0]["id"]),
            person: new_person(&admin).await.0,
            group: admin.new_group(&unique("Group")).await,
            provisioned: made("Users", scim_user()).await,
            provisioned_group: made("Groups", scim_group()).await,
            scim,
            admin,
            measured: Measured::here().await,
            team: Team::new().await,
        }
    }

    /// Calls an endpoint of the table as it is meant to be called.
    pub(crate) async fn call(&self, who: &Who, row: &Row) -> Answer {
        self.prepared(who, row).await.send().await
    }

    /// A page's path with an id that exists.
    pub(crate) fn page(&self, who: &Who, path: &str) -> String {
        let id = match path.trim_start_matches('/').split('/').next() {
            Some("c") => &who.conversation,
            Some("log") => &who.run,
            Some("requests") => &who.request,
            Some("desk") => &self.escalation,
            Some("groups") => &self.group,
            Some("approved") => &self.team.answer,
            Some("rules") => &self.team.rules,
            Some("quality") => &self.measured.questions,
            _ => &self.set,
        };
        let path = path.replace("{document}", &self.document);
        let path = path.replace("{evaluation}", &self.measured.evaluation);
        path.replace("{id}", id)
    }

    /// The request with ids that exist and, where they have an owner, are the caller's; with a body
    /// that fits.
    pub(crate) async fn prepared(&self, who: &Who, row: &Row) -> Prepared {
        let client = self.client(who, row).await;
        let id = self.id(who, &client, row).await;
        let path = row.path.replace("{id}", &id);
        let desk = path.starts_with("/api/v1/queues");
        let user = if desk {
            &self.team.person
        } else {
            &self.person
        };
        let path = path.replace("{user}", user);
        let path = path.replace("{name}", "figures");
        Prepared {
            path: path + &self.query(&client, who, row).await,
            body: self.body(who, &client, row, &id).await,
            method: row.method.parse().expect("a method"),
            client,
        }
    }

    /// The caller, or somebody like them where the call leaves its mark on the account.
    async fn client(&self, who: &Who, row: &Row) -> Client {
        let mut client = who.client.clone();
        if row.is("POST", "/api/v1/session") {
            // In a browser that is signed in, it would end that session.
            client.cookie = None;
            client.token = None;
        }
        let factor = row.path.starts_with("/api/v1/me/totp") && !row.reads();
        let marks = factor || row.is("DELETE", "/api/v1/session");
        if marks && who.has_session() {
            client = who.stand_in().await;
        }
        client
    }

    async fn id(&self, who: &Who, client: &Client, row: &Row) -> String {
        if let Some(spare) = self.team.spare(who, client, row).await {
            return spare;
        }
        let Row { method, path } = row;
        match (method.as_str(), path.as_str()) {
            ("DELETE", "/api/v1/me/sessions/{id}") => self.spare_session(who).await,
            ("DELETE", "/api/v1/tokens/{id}") if who.has_session() => {
                let token = json!({"name": "Spare", "scopes": ["ask"], "days": 1});
                text(&client.post("/api/v1/tokens", &token).await.expect(201)["id"])
            }
            ("POST", "/api/v1/runs/{id}/escalate") if who.has_session() || who.kind == "token" => {
                client.ask(OFF_TOPIC).await.1
            }
            ("DELETE", "/api/v1/documents/{id}") => self.spare_document().await,
            (_, "/api/v1/documents/{id}/retry") => {
                // It has failed again, after the caller before.
                self.admin.settled(&self.set).await;
                self.failed.clone()
            }
            (_, "/api/v1/documents/{id}/cancel") => {
                self.admin.settled(&self.set).await;
                self.document.clone()
            }
            ("DELETE", "/api/v1/people/{id}/totp") => self.spare_person_with_totp().await,
            ("POST", "/api/v1/people/{id}/erase") => new_person(&self.admin).await.0,
            ("DELETE", "/api/v1/groups/{id}") => self.admin.new_group(&unique("Spare")).await,
            ("DELETE", "/api/v1/groups/{id}/members/{user}") => {
                self.admin.join(&self.group, &self.person).await;
                self.group.clone()
            }
            ("DELETE", "/api/v1/holds/{id}") => self.spare_hold().await,
            ("DELETE", "/api/v1/question-sets/{id}") => Measured::spare_set(&self.admin).await,
            ("DELETE", "/api/v1/evaluations/{id}") if who.kind == "admin" => {
                self.measured.spare_evaluation()
            }
            ("DELETE", "/scim/v2/Users/{id}") => self.provision("Users", scim_user()).await,
            ("DELETE", "/scim/v2/Groups/{id}") => self.provision("Groups", scim_group()).await,
            (_, "/scim/v2/ResourceTypes/{id}") => "User".to_owned(),
            (_, "/scim/v2/Schemas/{id}") => "urn:ietf:params:scim:schemas:core:2.0:User".to_owned(),
            (_, path) => {
                let standing = self.team.standing(path);
                standing.unwrap_or_else(|| self.standing(who, path).clone())
            }
        }
    }

    /// An id that stays, for the first `{id}` of a path.
    fn standing<'a>(&'a self, who: &'a Who, path: &str) -> &'a String {
        let before = path.split("/{id}").next().unwrap_or_default();
        match before {
            "/api/v1/conversations" => &who.conversation,
            "/api/v1/runs" | "/api/v1/log/questions" => &who.run,
            "/api/v1/requests" => &who.request,
            "/api/v1/escalations" => &self.escalation,
            "/api/v1/documents" => &self.document,
            "/api/v1/versions" => &self.version,
            "/api/v1/people" => &self.person,
            "/api/v1/groups" => &self.group,
            "/api/v1/question-sets" => &self.measured.questions,
            "/api/v1/evaluations" => &self.measured.evaluation,
            "/scim/v2/Users" => &self.provisioned,
            "/scim/v2/Groups" => &self.provisioned_group,
            _ => &self.set,
        }
    }

    async fn body(&self, who: &Who, client: &Client, row: &Row, id: &str) -> Body {
        if row.reads() {
            return Body::None;
        }
        if let Some(body) = self.team.body(row, &self.escalation) {
            return Body::Json(body);
        }
        Body::Json(match (row.method.as_str(), row.path.as_str()) {
            ("POST", "/api/v1/document-sets/{id}/documents") => return Body::File,
            (_, path) if path.starts_with("/scim") => return scim_body(row),
            ("POST", "/api/v1/session") => json!({"email": who.email, "password": PASSWORD}),
            ("POST", "/api/v1/me/totp/confirm" | "/api/v1/me/totp/remove") => {
                second_factor(who, client, row).await
            }
            ("POST", "/api/v1/tokens") => {
                json!({"name": "A program", "scopes": ["ask"], "days": 1})
            }
            ("POST", "/api/v1/conversations/{id}/messages") => json!({"question": OFF_TOPIC}),
            ("POST", "/api/v1/document-sets") => {
                json!({"name": unique("Made"), "audience": "everyone"})
            }
            ("PUT", "/api/v1/document-sets/{id}/access") => {
                json!({"audience": "groups", "grants": self.grants})
            }
            ("PUT", "/api/v1/documents/{id}/access") => {
                json!({"groups": [self.readers, "legal-team"]})
            }
            ("PUT", "/api/v1/documents/{id}/facts") => json!({"jurisdiction": "Germany"}),
            ("POST", "/api/v1/documents/{id}/reviewed") => json!({"next": "2199-01-31"}),
            ("PUT", "/api/v1/versions/{id}/dates") => json!({"effective_from": "2020-01-01"}),
            ("POST", "/api/v1/question-sets") => {
                json!({"name": unique("Questions"), "questions": "question\nHow long?\n"})
            }
            ("PUT", "/api/v1/question-sets/{id}/baseline") | ("POST", "/api/v1/calibrations") => {
                json!({"evaluation": self.measured.evaluation})
            }
            ("POST", "/api/v1/question-sets/{id}/evaluations") => json!({"kind": "retrieval"}),
            ("PUT", "/api/v1/me/answers") => json!({"mode": "quotes"}),
            ("POST", "/api/v1/people") => person(),
            ("PATCH", "/api/v1/people/{id}") => json!({"disabled": false}),
            ("POST", "/api/v1/people/{id}/password") => json!({"password": PASSWORD}),
            ("POST", "/api/v1/people/{id}/erase") => {
                json!({"confirm": self.email_of(id).await, "reason": REASON})
            }
            ("POST" | "PATCH", "/api/v1/groups" | "/api/v1/groups/{id}") => {
                json!({"name": unique("Group"), "description": "Made by a test."})
            }
            ("POST", "/api/v1/log/openings") => json!({"reason": REASON}),
            ("POST", "/api/v1/holds") => self.hold(),
            _ => json!({}),
        })
    }

    /// What a path needs behind it; who may open the log, opens it.
    async fn query(&self, client: &Client, who: &Who, row: &Row) -> String {
        let path = row.path.as_str();
        match path {
            "/api/v1/versions/{id}/source" => return "?start=0&end=5".to_owned(),
            "/api/v1/documents/{id}/comparison" => {
                return format!("?before={0}&after={0}", self.version);
            }
            "/api/v1/evaluations/{id}/comparison" => {
                return format!("?with={}", self.measured.evaluation);
            }
            // Else it goes on for as long as somebody looks.
            "/api/v1/document-sets/{id}/progress" => return "?until=settled".to_owned(),
            _ => {}
        }
        if !path.starts_with("/api/v1/log") || path.ends_with("/openings") {
            return String::new();
        }
        let opening = if who.kind == "admin" {
            client.open_log().await
        } else {
            1
        };
        let format = if path.ends_with("/export") {
            "&format=jsonl"
        } else {
            ""
        };
        format!("?opening={opening}{format}")
    }

    fn hold(&self) -> Value {
        json!({"kind": "person", "person": self.person, "reason": REASON})
    }

    async fn email_of(&self, id: &str) -> String {
        let people = self.admin.get("/api/v1/people").await.expect(200);
        let mut people = people.as_array().expect("a list").iter();
        let person = people.find(|person| person["id"] == json!(id));
        text(&person.expect("the person is listed")["email"])
    }

    async fn provision(&self, kind: &str, resource: Value) -> String {
        let path = format!("/scim/v2/{kind}");
        let made = self.scim.scim(&Method::POST, &path, &resource).await;
        text(&made.expect(201)["id"])
    }

    async fn spare_document(&self) -> String {
        let content = unique("A document that is deleted again");
        let name = format!("{}.txt", unique("spare"));
        let files = [(name.as_str(), content.as_bytes())];
        let added = self.admin.upload(&self.set, &files).await.expect(200);
        text(&added[0]["document"])
    }

    async fn spare_session(&self, who: &Who) -> String {
        if !who.has_session() {
            return self.session.clone();
        }
        let mut again = Client::new(&shared().base());
        again.sign_in(&who.email, PASSWORD).await;
        let sessions = again.get("/api/v1/me/sessions").await.expect(200);
        let sessions = sessions.as_array().expect("a list");
        let current = sessions
            .iter()
            .find(|session| session["current"] == json!(true));
        text(&current.expect("it is listed")["id"])
    }

    async fn spare_person_with_totp(&self) -> String {
        let (id, email) = new_person(&self.admin).await;
        let mut client = Client::new(&shared().base());
        client.sign_in(&email, PASSWORD).await;
        client.enrol_totp().await;
        id
    }

    async fn spare_hold(&self) -> String {
        let placed = self.admin.post("/api/v1/holds", &self.hold()).await;
        assert!(placed.status.is_success(), "{placed:?}");
        text(&placed.json()["id"])
    }
}

fn person() -> Value {
    json!({
        "email": format!("{}@example.com", unique("made")),
        "name": "Made", "role": "employee", "password": PASSWORD
    })
}

/// A new account: its id and its e-mail.
async fn new_person(admin: &Client) -> (String, String) {
    let person = person();
    let made = admin.post("/api/v1/people", &person).await.expect(201);
    (text(&made["id"]), text(&person["email"]))
}

/// A code that fits, of whoever may set up a second factor or remove theirs.
async fn second_factor(who: &Who, client: &Client, row: &Row) -> Value {
    if !who.has_session() {
        return json!({"code": "000000"});
    }
    if row.path.ends_with("/confirm") {
        let enrolment = client.post("/api/v1/me/totp", &json!({})).await.json();
        return json!({"code": totp::code(&text(&enrolment["secret"]))});
    }
    // The code that confirmed is used up; a recovery code is not.
    json!({"code": client.enrol_totp().await.recovery_codes[0]})
}

fn scim_body(row: &Row) -> Body {
    Body::Scim(match (row.method.as_str(), row.path.as_str()) {
        ("POST" | "PUT", path) if path.contains("/Users") => scim_user(),
        ("POST" | "PUT", path) if path.contains("/Groups") => scim_group(),
        ("PATCH", _) => scim_patch("displayName"),
        ("POST", _) => json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}),
        _ => return Body::None,
    })
}
