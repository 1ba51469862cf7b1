//! Losing a right: it is gone at the next request, in conversations that go on and in answers
//! that are being written.

use inhouse_tests::{Answer, Client, Event, EventStream, files, shared, unique};
use serde_json::json;

/// A reader in the middle of an answer out of a document that their group may see.
struct Reading {
    admin: Client,
    reader: Client,
    reader_id: String,
    group: String,
    set: String,
    document: String,
    version: String,
    word: String,
    conversation: String,
    run: String,
    stream: EventStream,
}

impl Reading {
    /// Asks a question whose answer stops after its first sentence, and reads up to there.
    async fn begin() -> Self {
        let instance = shared();
        let admin = instance.signed_in("admin").await;
        let reader = instance.signed_in("employee").await;
        let reader_id = reader.id().await;
        let group = admin.new_group(&unique("Readers")).await;
        admin.join(&group, &reader_id).await;
        let grants = [(group.as_str(), "read")];
        let set = admin.new_set_for(&unique("Lent"), "groups", &grants).await;
        let word = unique("Larkspur").replace('-', "");
        let text = format!(
            "# Supply agreement with {word}\n\nThe supply agreement with {word} provides a penalty \
             of 810,000 dollars for late delivery.\n"
        );
        let name = format!("{word}.md");
        admin
            .upload(&set, &[(&name, text.as_bytes())])
            .await
            .expect(200);
        let documents = admin.settled(&set).await;
        let id = |key: &str| documents[0][key].as_str().expect("an id").to_owned();
        let (document, version) = (id("id"), id("version"));
        let question = format!(
            "What penalty does the supply agreement with {word} provide for late delivery?"
        );
        reader.until_found(&question, &name).await;

        let conversation = reader.new_conversation().await;
        let run = reader
            .ask_in(&conversation, &format!("{question} Tell me slowly."))
            .await;
        let mut stream = reader.event_stream(&run, None).await;
        let mut told = String::new();
        while !told.contains("\"sentence\"") {
            let event = stream.next().await.expect("a sentence comes");
            told += &event.data.to_string();
        }
        assert!(told.contains("810,000"), "{told}");
        Self {
            admin,
            reader,
            reader_id,
            group,
            set,
            document,
            version,
            word,
            conversation,
            run,
            stream,
        }
    }

    /// Stops the answer, which would keep those of other tests waiting.
    async fn stop(&self) {
        let path = format!("/api/v1/runs/{}/cancel", self.run);
        self.reader.post(&path, &json!({})).await.expect(204);
    }

    fn check(&self, answer: &Answer) {
        let archive = files::all_of(&answer.bytes);
        for text in [&answer.text, &archive] {
            assert!(!text.contains("810,000"), "{answer:?}");
            let name = format!("{}.md", self.word);
            assert!(!text.contains(&name), "{answer:?}");
        }
    }

    /// Nothing of the document is left to the reader: not in the answer that goes on, not in what
    /// was answered before, not at its source.
    async fn finds_nothing(mut self) {
        for path in [
            format!("/api/v1/versions/{}/source?start=0&end=10", self.version),
            format!("/api/v1/documents/{}/original", self.document),
        ] {
            self.reader.get(&path).await.expect(404);
        }
        let path = format!("/api/v1/conversations/{}", self.conversation);
        let kept = self.reader.get(&path).await;
        let exchange = &kept.expect(200)["exchanges"][0];
        assert_eq!(exchange["passages"], json!([]));
        assert_eq!(exchange["sentences"], json!([]));
        self.check(&kept);

        // The run ends; whoever listened on, and whoever listens again, gets its end alone.
        self.stop().await;
        let mut rest = Vec::new();
        while let Some(event) = self.stream.next().await {
            rest.push(event);
        }
        let again = self.reader.events(&self.run, None).await;
        for events in [rest, again] {
            assert!(!shows(&events, "810,000"), "{events:#?}");
            let last = events.last().expect("its end");
            assert_eq!(last.data["event"], json!("done"));
        }
        // Now that the answer is kept: before, its conversation had none to show.
        let path = format!("/api/v1/conversations/{}", self.conversation);
        let kept = self.reader.get(&path).await;
        assert_eq!(kept.expect(200)["exchanges"][0]["sentences"], json!([]));
        self.check(&kept);

        // Neither does a follow-up find it, nor is it told to the legal team for the asker.
        let run = self
            .reader
            .ask_in(
                &self.conversation,
                "And what is the penalty for late delivery?",
            )
            .await;
        assert!(!shows(&self.reader.events(&run, None).await, "810,000"));
        let request = self.reader.escalate(&self.run).await;
        for path in [
            format!("/api/v1/requests/{request}"),
            "/api/v1/me/export".to_owned(),
        ] {
            let answer = self.reader.get(&path).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            self.check(&answer);
        }
    }
}

fn shows(events: &[Event], text: &str) -> bool {
    events
        .iter()
        .any(|event| event.data.to_string().contains(text))
}

#[tokio::test]
async fn who_leaves_a_group_loses_its_documents_in_the_middle_of_an_answer() {
    let reading = Reading::begin().await;
    reading
        .admin
        .leave(&reading.group, &reading.reader_id)
        .await;
    reading.finds_nothing().await;
}

#[tokio::test]
async fn a_group_that_loses_its_right_loses_the_documents_in_the_middle_of_an_answer() {
    let reading = Reading::begin().await;
    reading.admin.set_access(&reading.set, "groups", &[]).await;
    reading.finds_nothing().await;
}

#[tokio::test]
async fn a_document_that_is_narrowed_is_gone_in_the_middle_of_an_answer() {
    let reading = Reading::begin().await;
    let path = format!("/api/v1/documents/{}/access", reading.document);
    let narrowed = reading.admin.put(&path, &json!({"groups": []})).await;
    assert!(narrowed.status.is_success(), "{narrowed:?}");
    reading.finds_nothing().await;
}

#[tokio::test]
async fn a_group_that_is_deleted_gives_nobody_a_right_any_more() {
    let reading = Reading::begin().await;
    let path = format!("/api/v1/groups/{}", reading.group);
    reading.admin.delete(&path).await.expect(204);
    reading.finds_nothing().await;
}

#[tokio::test]
async fn a_program_loses_what_its_owner_loses() {
    let reading = Reading::begin().await;
    let token = reading.reader.new_token(&["ask"]).await;
    let program = Client::program(&shared().base(), &token);
    let path = format!("/api/v1/documents/{}/original", reading.document);
    assert_eq!(program.get(&path).await.status, 200);
    reading
        .admin
        .leave(&reading.group, &reading.reader_id)
        .await;
    program.get(&path).await.expect(404);
    reading.stop().await;
}

#[tokio::test]
async fn a_right_that_is_given_back_shows_the_old_answer_again() {
    let mut reading = Reading::begin().await;
    reading
        .admin
        .leave(&reading.group, &reading.reader_id)
        .await;
    reading.stop().await;
    while reading.stream.next().await.is_some() {}
    reading.admin.join(&reading.group, &reading.reader_id).await;
    let path = format!("/api/v1/conversations/{}", reading.conversation);
    let kept = reading.reader.get(&path).await.expect(200);
    assert!(kept.to_string().contains("810,000"), "{kept:#}");
}
