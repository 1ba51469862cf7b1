//! The way of a question, with an inference server whose answers are known.

use inhouse_tests::files::GIFTS;
use inhouse_tests::{Event, engine, shared, unique};
use serde_json::{Value, json};

fn last(events: &[Event]) -> &Value {
    &events.last().expect("a run has events").data
}

fn sentences(events: &[Event]) -> Vec<&Value> {
    events
        .iter()
        .map(|event| &event.data["sentence"])
        .filter(|sentence| !sentence.is_null())
        .collect()
}

#[tokio::test]
async fn an_answer_cites_the_words_that_stand_in_the_document() {
    let client = shared().signed_in("employee").await;
    let (conversation, _, events) = client.ask(GIFTS).await;
    let done = last(&events);
    assert_eq!(done["outcome"], json!("answered"), "{events:#?}");

    // What was found is told before the first sentence.
    let position = |kind: &str| {
        events
            .iter()
            .position(|event| event.data["event"] == json!(kind))
    };
    assert!(position("passages").unwrap() < position("sentence").unwrap());

    let sentences = sentences(&events);
    assert!(
        sentences[0]["text"]
            .as_str()
            .unwrap()
            .contains("45 dollars"),
        "{sentences:?}"
    );
    let citation = &sentences[0]["citations"][0];
    assert_eq!(citation["name"], json!("handbook.md"));

    // The citation's place in the source holds its quote.
    let (start, end) = (
        citation["start"].as_u64().unwrap(),
        citation["end"].as_u64().unwrap(),
    );
    let version = citation["version"].as_str().unwrap();
    let path = format!("/api/v1/versions/{version}/source?start={start}&end={end}");
    let source = client.get(&path).await.expect(200);
    let from = source["from"].as_u64().unwrap();
    let text: Vec<char> = source["text"].as_str().unwrap().chars().collect();
    let at = |offset: u64| usize::try_from(offset - from).unwrap();
    let cited: String = text[at(start)..at(end)].iter().collect();
    assert_eq!(json!(cited), citation["quote"]);
    assert!(cited.contains("45 dollars"), "{cited}");

    // The conversation keeps it all.
    let kept = client
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    let exchange = &kept["exchanges"][0];
    assert_eq!(exchange["question"], json!(GIFTS));
    assert_eq!(exchange["sentences"][0], *sentences[0]);
    assert_eq!(exchange["outcome"], json!("answered"));
    let list = client.get("/api/v1/conversations").await.expect(200);
    assert_eq!(list.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stream_goes_on_where_the_connection_was_lost() {
    let client = shared().signed_in("employee").await;
    let (_, run, events) = client.ask(GIFTS).await;
    let ids: Vec<u64> = events.iter().map(|event| event.id).collect();
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{ids:?}");
    for position in 0..events.len() - 1 {
        let rest = client.events(&run, Some(events[position].id)).await;
        assert_eq!(rest, events[position + 1..], "after event {position}");
    }
}

#[tokio::test]
async fn a_run_goes_on_when_nobody_listens() {
    let client = shared().signed_in("employee").await;
    let conversation = client.new_conversation().await;
    let run = client.ask_in(&conversation, GIFTS).await;
    let mut stream = client.event_stream(&run, None).await;
    let first = stream.next().await.unwrap();
    drop(stream);
    let rest = client.events(&run, Some(first.id)).await;
    assert_eq!(last(&rest)["outcome"], json!("answered"));
}

#[tokio::test]
async fn what_is_off_topic_is_declined_without_a_model_call() {
    let client = shared().signed_in("employee").await;
    let question = format!("Where can I order pizza? {}", unique("tonight"));
    let (_, _, events) = client.ask(&question).await;
    assert_eq!(last(&events)["outcome"], json!("declined"), "{events:#?}");
    assert!(!last(&events)["message"].as_str().unwrap().is_empty());
    assert_eq!(last(&events)["escalation"], Value::Null);
    assert_eq!(engine().asked(&question), 0);
    let searched = events
        .iter()
        .any(|event| event.data["stage"] == json!("searching"));
    assert!(!searched, "nothing is searched either");
}

#[tokio::test]
async fn what_the_documents_do_not_say_reaches_a_person() {
    let client = shared().signed_in("employee").await;
    let question = "What is the notice period in the office lease for the Berlin warehouse?";
    let (conversation, _, events) = client.ask(question).await;
    assert_eq!(last(&events)["outcome"], json!("escalated"), "{events:#?}");
    let escalation = last(&events)["escalation"].as_str().unwrap().to_owned();
    let requests = client.get("/api/v1/requests").await.expect(200);
    assert_eq!(requests[0]["id"], json!(escalation));
    assert_eq!(requests[0]["question"], json!(question));
    assert_eq!(requests[0]["state"], json!("open"));
    let kept = client
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    assert_eq!(kept["exchanges"][0]["escalation"]["id"], json!(escalation));
}

#[tokio::test]
async fn a_number_that_stands_nowhere_is_never_shown() {
    let client = shared().signed_in("employee").await;
    let question = format!("{GIFTS} Please do not invent anything. {}", unique("x"));
    let (_, _, events) = client.ask(&question).await;
    assert_eq!(engine().asked(&question), 1, "the model was asked");
    let everything = format!("{events:?}");
    assert!(!everything.contains("987,654"), "{everything}");
    assert_eq!(last(&events)["outcome"], json!("escalated"));
    let id = last(&events)["escalation"].as_str().unwrap();
    let request = client
        .get(&format!("/api/v1/requests/{id}"))
        .await
        .expect(200);
    assert_eq!(request["reason"], json!("not_verified"));
}

#[tokio::test]
async fn a_stopped_run_keeps_what_was_written_and_stops_the_model() {
    let client = shared().signed_in("employee").await;
    let question = format!("{GIFTS} Tell me slowly. {}", unique("x"));
    let conversation = client.new_conversation().await;
    let run = client.ask_in(&conversation, &question).await;
    let mut stream = client.event_stream(&run, None).await;
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        let is_sentence = event.data["event"] == json!("sentence");
        events.push(event);
        if is_sentence {
            client
                .post(&format!("/api/v1/runs/{run}/cancel"), &json!({}))
                .await
                .expect(204);
        }
    }
    assert_eq!(last(&events)["outcome"], json!("stopped"), "{events:#?}");
    engine().left(&question).await;
    let kept = client
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    let exchange = &kept["exchanges"][0];
    assert_eq!(exchange["outcome"], json!("stopped"));
    assert_eq!(exchange["sentences"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn when_the_model_fails_the_documents_own_words_answer() {
    let client = shared().signed_in("employee").await;
    let question = format!("{GIFTS} In case of a breakdown? {}", unique("x"));
    let (conversation, run, events) = client.ask(&question).await;
    assert_eq!(engine().asked(&question), 1, "the model was asked");
    assert_eq!(last(&events)["outcome"], json!("answered"), "{events:#?}");
    let message = last(&events)["message"].as_str().unwrap();
    assert!(message.contains("could not write"), "{message}");
    let quoted = sentences(&events);
    assert!(
        quoted[0]["text"].as_str().unwrap().contains("45 dollars"),
        "{quoted:?}"
    );
    assert!(quoted.iter().all(|one| one["verbatim"] == json!(true)));
    let kept = client
        .get(&format!("/api/v1/conversations/{conversation}"))
        .await
        .expect(200);
    assert_eq!(kept["exchanges"][0]["mode"], json!("quotes"));

    // Who asks for a person shows the desk that nobody wrote, and the causes stay in the log.
    let request = client.escalate(&run).await;
    let legal = shared().signed_in("legal").await;
    let path = format!("/api/v1/escalations/{request}");
    let item = legal.get(&path).await.expect(200).to_string();
    assert!(item.contains("without the model"), "{item}");
    assert!(!item.contains("out of memory"), "{item}");
}

#[tokio::test]
async fn an_answer_can_be_sent_to_a_person_with_a_note() {
    let client = shared().signed_in("employee").await;
    let (_, run, events) = client.ask(GIFTS).await;
    assert_eq!(last(&events)["escalation"], Value::Null);
    let path = format!("/api/v1/runs/{run}/escalate");
    let escalation = client
        .post(&path, &json!({"note": "I work part-time."}))
        .await
        .expect(200);
    assert_eq!(escalation["note"], json!("I work part-time."));
    assert_eq!(escalation["reason"], json!("asked"));
}

#[tokio::test]
async fn an_empty_or_endless_question_is_refused_with_what_to_do() {
    let client = shared().signed_in("employee").await;
    let conversation = client.new_conversation().await;
    let path = format!("/api/v1/conversations/{conversation}/messages");
    for question in [String::new(), "  \n ".to_owned(), "a".repeat(4_001)] {
        let refused = client.post(&path, &json!({"question": question})).await;
        let error = refused.expect(400);
        assert_eq!(error["field"], json!("question"));
        assert!(!error["request_id"].as_str().unwrap().is_empty());
    }
}
