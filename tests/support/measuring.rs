//! Sets of labelled questions and evaluations over them, as admins measure over the API.

use crate::Client;
use crate::client::text;
use serde_json::{Value, json};

impl Client {
    /// Keeps a set of questions, each with its labels, and gives its id.
    pub async fn new_question_set(&self, name: &str, questions: &[Value]) -> String {
        let lines: Vec<String> = questions.iter().map(Value::to_string).collect();
        let body = json!({"name": name, "questions": lines.join("\n")});
        let set = self.post("/api/v1/question-sets", &body).await.expect(201);
        text(&set["id"])
    }

    /// Starts an evaluation over a set and gives its id.
    pub async fn start_evaluation(&self, set: &str, what: &Value) -> String {
        let path = format!("/api/v1/question-sets/{set}/evaluations");
        text(&self.post(&path, what).await.expect(201)["id"])
    }

    /// Waits until an evaluation has ended, and gives all of it.
    pub async fn ended(&self, evaluation: &str) -> Value {
        let path = format!("/api/v1/evaluations/{evaluation}");
        self.progress
            .until(async || {
                let detail = self.get(&path).await.expect(200);
                let runs = detail["evaluation"]["state"] == json!("running");
                (!runs).then_some(detail)
            })
            .await
    }

    /// Runs an evaluation over a set to its end.
    pub async fn evaluate(&self, set: &str, what: &Value) -> Value {
        let id = self.start_evaluation(set, what).await;
        self.ended(&id).await
    }
}
