//! Everybody who calls: one of each kind that rights tell apart.

use inhouse_tests::{Client, PASSWORD, shared};

/// The kinds, in the order of the tables' columns.
pub(crate) const KINDS: [&str; 8] = [
    "nobody", "employee", "outsider", "manager", "legal", "admin", "token", "scim",
];

/// What is asked where only the asking matters: nothing is searched for it.
pub(crate) const OFF_TOPIC: &str = "Where can I order pizza?";

/// A caller and what is theirs.
pub(crate) struct Who {
    pub(crate) kind: &'static str,
    pub(crate) email: String,
    pub(crate) client: Client,
    /// The account's id.
    pub(crate) id: String,
    pub(crate) conversation: String,
    pub(crate) run: String,
    pub(crate) request: String,
}

impl Who {
    async fn new(kind: &'static str) -> Self {
        let email = shared().person(role(kind));
        let mut client = Client::new(&shared().base());
        client.sign_in(&email, PASSWORD).await;
        let id = client.id().await;
        Self::asking(kind, email, id, client).await
    }

    async fn asking(kind: &'static str, email: String, id: String, client: Client) -> Self {
        let (conversation, run, _) = client.ask(OFF_TOPIC).await;
        let request = client.escalate(&run).await;
        Self {
            kind,
            email,
            client,
            id,
            conversation,
            run,
            request,
        }
    }

    /// Somebody who knows what is another's, and comes as `client`.
    fn knowing(&self, kind: &'static str, client: Client) -> Self {
        Self {
            kind,
            client,
            email: self.email.clone(),
            id: self.id.clone(),
            conversation: self.conversation.clone(),
            run: self.run.clone(),
            request: self.request.clone(),
        }
    }

    /// They have a browser that is signed in.
    pub(crate) fn has_session(&self) -> bool {
        self.client.cookie.is_some()
    }

    /// Somebody else of the same role, signed in: for what leaves its mark on an account.
    pub(crate) async fn stand_in(&self) -> Client {
        shared().signed_in(role(self.kind)).await
    }
}

fn role(kind: &str) -> &str {
    match kind {
        "legal" | "admin" => kind,
        _ => "employee",
    }
}

/// One of each kind, in the order of the columns: `token` is a program of the employee's with the
/// scope `ask`, `scim` one of an admin's with the scope `scim`.
pub(crate) async fn everybody() -> Vec<Who> {
    let base = shared().base();
    let mut all = Vec::new();
    for kind in KINDS[1..6].iter().copied() {
        all.push(Who::new(kind).await);
    }
    let [employee, .., admin] = &all[..] else {
        panic!("five people were made");
    };
    let token = Client::program(&base, &employee.client.new_token(&["ask"]).await);
    let (email, id) = (employee.email.clone(), employee.id.clone());
    let program = Who::asking("token", email, id, token).await;
    let scim = Client::program(&base, &admin.client.new_token(&["scim"]).await);
    let scim = employee.knowing("scim", scim);
    let nobody = employee.knowing("nobody", Client::new(&base));
    all.insert(0, nobody);
    all.extend([program, scim]);
    all
}
