//! What is measured, once for all tests: only one evaluation runs at a time.

use inhouse_tests::{Client, shared, unique};
use serde_json::{Value, json};
use std::sync::Mutex;
use tokio::sync::OnceCell;

pub(crate) struct Measured {
    pub(crate) questions: String,
    pub(crate) evaluation: String,
    /// Evaluations to be removed: one for each test that removes some.
    spare: Mutex<Vec<String>>,
}

impl Measured {
    pub(crate) async fn here() -> &'static Self {
        static MEASURED: OnceCell<Measured> = OnceCell::const_new();
        MEASURED.get_or_init(Self::new).await
    }

    async fn new() -> Self {
        let admin = shared().signed_in("admin").await;
        let questions = Self::spare_set(&admin).await;
        let mut evaluations = Vec::new();
        for _ in 0..4 {
            let kind = json!({"kind": "retrieval"});
            let evaluated = admin.evaluate(&questions, &kind).await;
            evaluations.push(text(&evaluated["evaluation"]["id"]));
        }
        Self {
            questions,
            evaluation: evaluations.remove(0),
            spare: Mutex::new(evaluations),
        }
    }

    /// A set of one question.
    pub(crate) async fn spare_set(admin: &Client) -> String {
        let labelled = json!({
            "question": "How many days may employees work remotely?",
            "document": "handbook.md",
            "quote": "up to 3 days per week after the probation period",
        });
        let name = unique("Questions");
        admin.new_question_set(&name, &[labelled]).await
    }

    pub(crate) fn spare_evaluation(&self) -> String {
        let mut spare = self.spare.lock().expect("no test panicked with it");
        spare.pop().expect("there is one for each test")
    }
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
